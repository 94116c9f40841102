//! The engine's messages name no option, since they are shown in the window, too. Here its advice becomes the command
//! line's.

use std::borrow::Cow;

use crate::protocol::advice::{CHOOSE_DEVICE, CHOOSE_WEIGHTS, LOOK_AT_CACHE, NO_WEIGHTS_FILE};

/// What the engine advises, and how to do it here.
const HERE: [(&str, &str); 4] = [
    (
        NO_WEIGHTS_FILE,
        "there is no such file; weights are imagenet, none (random), or a .safetensors, .pth or .pt file",
    ),
    (CHOOSE_WEIGHTS, "name a file of weights with --weights FILE"),
    (CHOOSE_DEVICE, "use --device cpu or auto"),
    (LOOK_AT_CACHE, "`counterweight cache` lists them"),
];

/// The same message with the command line's options in it.
pub fn in_options(message: &str) -> Cow<'_, str> {
    let mut message = Cow::Borrowed(message);
    for (advice, here) in HERE {
        if message.contains(advice) {
            message = Cow::Owned(message.replace(advice, here));
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_becomes_options() {
        let said = format!("device cuda:3 is not there: no driver; {CHOOSE_DEVICE}");
        assert_eq!(
            in_options(&said),
            "device cuda:3 is not there: no driver; use --device cpu or auto"
        );
        assert_eq!(in_options("stopped"), "stopped");
    }
}
