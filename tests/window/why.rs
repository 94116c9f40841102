//! What in the large image speaks for a class.

use std::path::Path;

use counterweight::app::{Action, JudgeAction};
use counterweight::protocol::{Command, Event, Explain, Explained, Failure, Job, JudgeCommand, JudgeEvent};
use egui::{Key, Modifiers};

use super::Bench;
use super::predictions::{act, answer_all, open_images};

/// What is asked about the large image, once.
pub fn asked_why(bench: &mut Bench) -> (Job, Explain) {
    let mut commands = bench.all_commands().into_iter();
    let found = commands.find_map(|(job, command)| match command {
        Command::Judge(JudgeCommand::Explain(request)) => Some((job, request)),
        _ => None,
    });
    found.expect("a question why")
}

/// A map that is strongest in the lower right.
pub fn explained(class_idx: usize) -> Explained {
    Explained {
        class_idx,
        probabilities: vec![0.4, 0.6],
        map: (0..49).map(|i| ((i % 7) * (i / 7)) as f32).collect(),
        width: 7,
        height: 7,
        shown: [0.0, 0.0, 1.0, 1.0],
    }
}

#[test]
fn what_speaks_for_a_class_is_shown_over_the_large_image_and_told_in_words() {
    let mut bench = Bench::trained(&["1,8"]);
    let files: Vec<String> = (0..6).map(|i| format!("{i}.png")).collect();
    open_images(&mut bench, &files);
    answer_all(&mut bench, 2);
    act(&mut bench, Action::Judge(JudgeAction::Choose(Some(1))));
    act(&mut bench, Action::Judge(JudgeAction::Enlarge(true)));
    answer_all(&mut bench, 2);
    bench.click("Show why");
    bench.frames();
    let (job, request) = asked_why(&mut bench);
    assert_eq!(request.path, Path::new("/new/1.png"));
    let predicted = request.class_idx.unwrap();
    bench.send(job.id, JudgeEvent::Explained(Box::new(explained(predicted))));
    bench.send(job.id, Event::Done);
    bench.frames();
    let class = ["FAKE", "REAL"][predicted];
    assert!(bench.sees_part(&format!(
        "of what speaks for {class} lies in the lower right ninth"
    )));
    // The other class is a click away, and an answer that comes too late is not shown under the next image.
    let other = ["FAKE", "REAL"][1 - predicted];
    bench.click("Class that is asked about");
    bench.click(other);
    let (late, request) = asked_why(&mut bench);
    assert_eq!(request.class_idx, Some(1 - predicted));
    bench.key(Modifiers::NONE, Key::ArrowRight);
    bench.frames();
    assert!(late.cancel.is_cancelled());
    bench.send(late.id, JudgeEvent::Explained(Box::new(explained(1 - predicted))));
    bench.frames();
    assert!(!bench.sees_part("of what speaks for"));
    let (job, request) = asked_why(&mut bench);
    assert_eq!(Some(&request.path), bench.state().judge.chosen_path());
    assert_ne!(request.path, Path::new("/new/1.png"));
    bench.send(
        job.id,
        Event::Failed {
            message: "its model is gone".into(),
            failure: Failure::Input,
        },
    );
    bench.frames();
    assert!(bench.sees_part("its model is gone"));
}
