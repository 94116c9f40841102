//! What is asked of the open dataset where another is opened next, or where a table names its images.

use super::*;
use crate::experiment::{LabelTable, LabelsOverlay, Source};
use crate::protocol::MapCommand;

/// A table whose images lie in another folder, beside which there are more.
fn table() -> Dataset {
    Dataset {
        root: "images".into(),
        table: Some(LabelTable {
            path: "tables/some.csv".into(),
            n_lost: vec![0, 0],
        }),
        ..dataset(&[40, 20])
    }
}

fn open_table() -> (AppState, Desk, Source) {
    let (mut state, mut desk) = open(&[100, 20]);
    let table = table();
    let source = table.source();
    state.take_dataset(table, &mut desk);
    (state, desk, source)
}

#[test]
fn a_map_is_of_the_open_dataset_and_left_with_it() {
    let (mut state, mut desk, source) = open_table();
    // The form of the folder that is opened next.
    state.settings.form = Config::demo("demo".into());
    state.apply_action(Action::Map(MapAction::Make), &mut desk);
    let (job, command) = desk.last();
    let Command::Map(MapCommand::MapFeatures(request)) = command else {
        panic!("{command:?}")
    };
    assert_eq!(request.config.source(), source);
    let job = job.clone();
    state.take_dataset(dataset(&[100, 20]), &mut desk);
    assert!(job.cancel.is_cancelled() && !state.is_making_map());
    let failed = Event::Failed {
        message: "the images are gone".into(),
        failure: Failure::Input,
    };
    state.apply_event(job.id, failed, &mut desk);
    assert_eq!(state.map.problem, None, "it is of the folder that was left");
}

#[test]
fn a_run_is_trained_once_more_on_the_open_table_with_its_own_decisions() {
    let (mut state, mut desk, source) = open_table();
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let view = &mut state.runs.all[run];
    view.config.labels_overlay = Some(LabelsOverlay {
        file: "runs/labels/some.jsonl".into(),
        version: "v1".into(),
    });
    let own = view.dir.join("labels.jsonl");
    state.apply_action(Action::Fit(FitAction::JudgeOutOfFold(run)), &mut desk);
    let (_, Command::Fit(FitCommand::Train(request))) = desk.last() else {
        panic!()
    };
    assert_eq!(request.config.source(), source);
    let overlay = request.config.labels_overlay.as_ref().unwrap();
    assert_eq!((&overlay.file, &*overlay.version), (&own, "v1"));
}

#[test]
fn only_images_that_a_table_names_are_decided_about() {
    let (mut state, mut desk, _) = open_table();
    let known = [("images/0/3.png", true), ("images/0/90.png", false)];
    for (path, is_known) in known {
        assert_eq!(state.is_decidable(Path::new(path)), is_known, "{path}");
    }
    let both = known.map(|(path, _)| PathBuf::from(path)).into();
    state.apply_action(Action::Labels(LabelsAction::Select(both)), &mut desk);
    assert_eq!((state.n_decidable(), state.selected_images()), (1, vec![3]));
    // The same folder was read again, with more images.
    let mut more = (*state.dataset.view.as_ref().unwrap().dataset).clone();
    more.images = dataset(&[100, 20]).images;
    state.take_dataset(more, &mut desk);
    assert_eq!(state.n_decidable(), 2);
}

#[test]
fn a_table_is_offered_with_the_folder_of_its_images() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let table = table();
    let data = table.source();
    state.take_dataset(table, &mut desk);
    let offer = state.notices.toasts.iter().find_map(|toast| toast.offer.clone());
    let offer = offer.unwrap();
    assert_eq!(
        offer,
        Offer::Evaluate {
            run,
            data: data.clone()
        }
    );
    state.apply_action(Action::accept(&offer), &mut desk);
    let asked = desk.commands.iter().rev().find_map(|(_, command)| match command {
        Command::Judge(JudgeCommand::Evaluate(request)) => Some(request.data.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(data));
}

/// As in the terminal: what a table says of groups and parts is what its images are divided by.
#[test]
fn a_table_is_divided_as_it_says() {
    let of = |change: fn(&mut Dataset)| {
        let (mut state, mut desk) = open(&[100, 20]);
        let mut table = table();
        change(&mut table);
        state.take_dataset(table, &mut desk);
        let Config { split, groups, .. } = state.settings.form;
        (split, groups)
    };
    assert_eq!(of(|_| ()), (SplitMethod::Stratified, None));
    let groups = of(|table| table.groups_table = Some("tables/some.csv".into()));
    let of_table = Some(Groups::Csv("tables/some.csv".into()));
    assert_eq!(groups, (SplitMethod::Groups, of_table));
    // Parts come first, also where none is left to validate on: what is to be tested on may not be trained on.
    let parts = of(|table| {
        table.groups_table = Some("tables/some.csv".into());
        table.images[0].folder = Some(Part::Test);
    });
    assert_eq!(parts, (SplitMethod::Folders, None));
    // A table that lies in a folder is offered, and not taken.
    let folder = of(|folder| {
        folder.table = None;
        folder.groups_table = Some("images/groups.csv".into());
    });
    assert_eq!(folder, (SplitMethod::Stratified, None));
}

#[test]
fn training_images_of_a_run_that_is_looked_at_are_offered_whatever_is_open() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let RunEvent::Evaluated(evaluated) = evaluation([[27, 3], [2, 4]]) else {
        panic!()
    };
    state.runs.all[run].apply(&RunEvent::Evaluated(Evaluation {
        when: When::OutOfFold,
        part: Part::Train,
        ..evaluated
    }));
    assert!(state.judged_parts().contains(&Part::Train));
    state.take_dataset(table(), &mut desk);
    assert!(!state.is_of_folder(run));
    state.apply_action(Action::Look(LookAction::Run(run)), &mut desk);
    assert!(state.judged_parts().contains(&Part::Train));
}
