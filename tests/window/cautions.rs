//! With what care the figures are to be read.

use counterweight::experiment::{Caution, Code, Config, RunEvent, RunTag};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::names::list;
use super::{Bench, scripted};

#[test]
fn cautions_stand_above_the_figures_until_nobody_wants_to_hear_them() {
    let mut bench = Bench::open();
    let data = scripted::two_classes("faces".as_ref());
    let mut script = scripted::training(&Config::default(), &data, "r");
    let (few, falling) = (
        "REAL has 8 images in validation",
        "the loss still fell when training ended",
    );
    let cautions = [(Code::FewImages, few), (Code::StillFalling, falling)];
    for (code, message) in cautions {
        let place = script.len() - 1;
        script.insert(place, RunEvent::Caution(Caution::new(code, message.into())));
    }
    list(
        &mut bench,
        "2026-11-22-120000-a",
        &script,
        None,
        RunTag::default(),
    );
    assert!(bench.sees(&format!("CW001: {few}")));
    bench.click("2 cautions");
    assert!(bench.sees(falling));
    bench.click("Say no more of CW001");
    bench.frames();
    assert!(!bench.sees(&format!("CW001: {few}")) && bench.sees(&format!("CW010: {falling}")));
    assert!(bench.sees_part("CW001 is said no more of any run"));
    bench.click("1 caution");
    bench.click("Say no more of CW010");
    bench.frames();
    assert!(!bench.sees(falling));
    // Nothing is lost, and all of it comes back.
    assert_eq!(bench.state().runs.all[0].record.cautions.len(), 2);
    bench.key(Modifiers::COMMAND, Key::K);
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command");
    field.type_text("say all cautions");
    bench.frames();
    bench.key(Modifiers::NONE, Key::Enter);
    bench.frames();
    assert!(bench.sees(&format!("CW001: {few}")));
}
