//! What the engine says holds in the window and in the terminal, so it names no option of either. Here its words get those
//! of the command line.

use std::borrow::Cow;

/// What the engine says, and how one does it here.
const HERE: [(&str, &str); 5] = [
    (
        "there is no such file of weights; check the path",
        "there is no such file; weights are imagenet, none (random), or a .safetensors, .pth or .pt file",
    ),
    (
        "choose a file of weights of your own",
        "name a file of weights with --weights FILE",
    ),
    (
        "choose the CPU or the automatic choice",
        "use --device cpu or auto",
    ),
    ("the list of issues has them", "`counterweight scan` lists them"),
    (
        "the list of what is kept has its spaces",
        "`counterweight cache` lists them",
    ),
];

/// The same message with the command line's options in it.
pub fn in_options(message: &str) -> Cow<'_, str> {
    let mut message = Cow::Borrowed(message);
    for (said, here) in HERE {
        if message.contains(said) {
            message = Cow::Owned(message.replace(said, here));
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_where_the_engine_names_none() {
        let said = "device cuda:3 is not there: no driver; choose the CPU or the automatic choice";
        assert_eq!(
            in_options(said),
            "device cuda:3 is not there: no driver; use --device cpu or auto"
        );
        assert_eq!(in_options("stopped"), "stopped");
    }
}
