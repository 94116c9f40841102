//! The runs panel: names, notes, stars, the trash and back, folders, commands, exports, and runs that others write.

use std::path::PathBuf;

use counterweight::app::{Action, GoalAction, RunState};
use counterweight::disk::runs::folder::{EVENTS_FILE, RunFolder, TAG_FILE};
use counterweight::disk::runs::follow::Follower;
use counterweight::disk::runs::saved::read_run;
use counterweight::disk::runs::tag::write_tag;
use counterweight::experiment::{Config, RunEvent, RunTag, Stakes};
use counterweight::protocol::{
    Command, Event, ExportRuns, Failure, FitEvent, Handled, Phase, Progress, ReportWritten, RestoreRuns,
    RunsCommand, RunsEvent, TagRun, TrashRuns, TrashedRun,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::predictions::act;
use super::{Bench, listed_run, scripted};

/// Opens the menu of the newest run and clicks an entry.
fn choose(bench: &mut Bench, entry: &str) {
    let more: Vec<_> = bench
        .harness
        .query_all_by_label_contains("More about run")
        .collect();
    more[0].click();
    bench.frames();
    bench.click(entry);
}

fn all_done<T>(done: Vec<T>) -> Handled<T> {
    Handled {
        done,
        failures: vec![],
    }
}

fn dir_of(name: &str) -> PathBuf {
    PathBuf::from("runs").join(name)
}

#[test]
fn a_run_is_named_noted_and_starred_in_its_own_folder() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    bench.commands();
    choose(&mut bench, "Name and note…");
    let name = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Name of the run");
    name.type_text("the good one");
    bench.frames();
    bench.click("Save");
    let (job, Command::Runs(RunsCommand::TagRun(TagRun { dir, tag }))) = bench.commands().remove(0) else {
        panic!()
    };
    assert_eq!(dir, dir_of("2026-11-22-120100-resnet18-1"));
    assert_eq!(tag.name, "the good one");
    // Only what is on disk is shown.
    assert!(bench.sees("Confusion matrix · equal"));
    bench.send(job.id, RunsEvent::Tagged(TagRun { dir, tag }));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(
        bench
            .harness
            .query_by_label_contains("Run the good one, finished")
            .is_some()
    );
    choose(&mut bench, "Give it a star");
    let (_, Command::Runs(RunsCommand::TagRun(TagRun { dir, tag }))) = bench.commands().remove(0) else {
        panic!()
    };
    assert!(tag.starred && tag.name == "the good one");
    bench.send(9, RunsEvent::Tagged(TagRun { dir, tag }));
    bench.frames();
    assert_eq!(bench.state().run_list().runs().len(), 2);
    bench.key(Modifiers::COMMAND, Key::K);
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command");
    field.type_text("only starred");
    bench.frames();
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().run_list().runs().len(), 1);
    assert!(
        bench
            .harness
            .query_by_label_contains("Run equal, finished")
            .is_none()
    );
}

#[test]
fn a_deleted_run_comes_back_whole() {
    let mut bench = Bench::trained(&["none", "1,3", "1,8"]);
    bench.commands();
    let before = bench.state().runs.all[2].clone();
    for _ in 0..2 {
        choose(&mut bench, "Move to the trash");
        let (job, Command::Runs(RunsCommand::TrashRuns(TrashRuns { dirs }))) = bench.commands().remove(0)
        else {
            panic!()
        };
        bench.send(job.id, RunsEvent::Trashed(all_done(dirs)));
        bench.send(job.id, Event::Done);
        bench.frames();
    }
    assert_eq!(bench.state().runs.newest_first(), [0]);
    assert!(bench.sees("1 : 8 is in the trash") && bench.sees("1 : 3 is in the trash"));
    // The keys undo the last one, the notice of the first its own.
    bench.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    bench.click("Undo this");
    let asked = bench.commands();
    let expected = ["2026-11-22-120100-resnet18-1", "2026-11-22-120200-resnet18-2"];
    for ((job, command), expected) in asked.into_iter().zip(expected) {
        let Command::Runs(RunsCommand::RestoreRuns(RestoreRuns { dirs })) = command else {
            panic!("{command:?}")
        };
        assert_eq!(dirs, [dir_of(expected)]);
        let weights = if expected.ends_with('1') { "1,3" } else { "1,8" };
        let config = Config {
            class_weights: weights.parse().unwrap(),
            baseline: true,
            ..Config::default()
        };
        bench.list(expected, &config, None);
        bench.send(job.id, Event::Done);
        bench.frames();
    }
    assert_eq!(bench.state().runs.newest_first(), [2, 1, 0]);
    let after = &bench.state().runs.all[2];
    assert_eq!(
        (&after.record, after.colour, after.shown),
        (&before.record, before.colour, before.shown)
    );
    assert!(bench.state().runs.trashed.is_empty());
}

/// The notice is gone by then, and what was deleted with others may have come back alone.
#[test]
fn messages_keep_the_undo_of_a_deletion_until_all_of_it_is_back() {
    let mut bench = Bench::trained(&["none", "1,3", "1,8"]);
    bench.commands();
    choose(&mut bench, "Move to the trash");
    let (job, Command::Runs(RunsCommand::TrashRuns(TrashRuns { dirs }))) = bench.commands().remove(0) else {
        panic!()
    };
    bench.send(job.id, RunsEvent::Trashed(all_done(dirs.clone())));
    bench.send(job.id, Event::Done);
    bench.frames();
    bench.click("Close the notice");
    bench.key(Modifiers::COMMAND, Key::M);
    bench.click("Undo: 1 : 8 is in the trash");
    let (job, command) = bench.commands().remove(0);
    let Command::Runs(RunsCommand::RestoreRuns(RestoreRuns { dirs: asked })) = command else {
        panic!("{command:?}")
    };
    assert_eq!(asked, dirs);
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.state().runs.trashed.is_empty());
    assert!(!bench.sees("Undo: 1 : 8 is in the trash") && bench.sees_part("1 : 8 is in the trash"));
}

/// Nothing of this window knows of them: they were deleted before it was opened.
#[test]
fn runs_that_were_deleted_before_this_start_are_listed_and_brought_back() {
    let mut bench = Bench::trained(&["none", "1,3"]);
    bench.commands();
    bench.click("Where runs are kept");
    bench.click("Deleted runs…");
    let (job, Command::Runs(RunsCommand::ListTrash(asked))) = bench.commands().remove(0) else {
        panic!()
    };
    assert_eq!(asked.runs_dirs, [bench.state().folders.runs_dir.clone()]);
    assert!(bench.sees("Looking…"));
    let gone = |dir: &str, name: &str, gone_secs| TrashedRun {
        dir: dir_of(dir),
        name: name.into(),
        gone_secs,
    };
    let runs = vec![
        gone("2026-11-20-120000-resnet18-equal-7f3a", "", 7200),
        gone("2026-11-19-120000-resnet18-1x8-11aa", "the good one", 90_000),
    ];
    bench.send(job.id, RunsEvent::TrashListed(runs));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees("Bring all 2 back") && bench.sees("deleted 2 hours ago"));
    bench.click("Bring back the good one, 2026-11-19-120000-resnet18-1x8-11aa, deleted 1 day ago");
    let (job, Command::Runs(RunsCommand::RestoreRuns(RestoreRuns { dirs }))) = bench.commands().remove(0)
    else {
        panic!()
    };
    assert_eq!(dirs, [dir_of("2026-11-19-120000-resnet18-1x8-11aa")]);
    assert!(bench.sees("Coming back…"));
    let config = Config {
        class_weights: "1,8".parse().unwrap(),
        ..Config::default()
    };
    let listed = listed_run(
        "runs".as_ref(),
        "2026-11-19-120000-resnet18-1x8-11aa",
        &config,
        None,
    );
    bench.send(job.id, RunsEvent::Restored(all_done(vec![listed])));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert_eq!(bench.state().runs.all.len(), 3);
    assert!(bench.sees("1 : 8 is back"));
    // What is left is looked for again, and what cannot be is said.
    let (job, Command::Runs(RunsCommand::ListTrash(_))) = bench.commands().remove(0) else {
        panic!()
    };
    let failure = Failure::Input;
    let message = "the trash cannot be read: no permission".into();
    bench.send(job.id, Event::Failed { message, failure });
    bench.frames();
    assert!(bench.sees("The trash cannot be read: no permission"));
}

#[test]
fn a_run_in_training_is_not_deleted_and_says_why() {
    let mut bench = Bench::open();
    bench.click("Train");
    let (job, _) = bench.commands().remove(0);
    bench.send(
        job.id,
        FitEvent::RunCreated {
            dir: dir_of("2026-11-22-120000-x"),
        },
    );
    bench.frames();
    bench.key(Modifiers::COMMAND, Key::Delete);
    assert!(bench.commands().is_empty());
    assert!(bench.sees("equal is still training; stop it before deleting it"));
}

#[test]
fn a_run_is_copied_as_a_command_exported_and_its_folder_shown() {
    let mut bench = Bench::trained(&["1,8"]);
    bench.commands();
    choose(&mut bench, "Copy as a command");
    choose(&mut bench, "Export…");
    let (job, Command::Runs(RunsCommand::ExportRuns(ExportRuns { dirs, to }))) = bench.next_command() else {
        panic!()
    };
    assert_eq!(
        (dirs, to),
        (
            vec![dir_of("2026-11-22-120000-resnet18-0")],
            PathBuf::from("/picked")
        )
    );
    let folder = PathBuf::from("/picked/x");
    bench.send(job.id, RunsEvent::Exported(all_done(vec![folder])));
    bench.frames();
    assert!(bench.sees("The run was exported to /picked/x"));
    choose(&mut bench, "Open the folder");
    assert!(bench.waits_to_see("No file manager answered (there is none); the path was copied"));
}

#[test]
fn a_report_is_written_where_the_user_says_and_can_be_opened() {
    let mut bench = Bench::trained(&["1,8"]);
    let stakes = Stakes {
        miss_costs: [("REAL".to_owned(), 10.0)].into(),
        common: None,
    };
    act(&mut bench, Action::Goal(GoalAction::SetStakes(stakes.clone())));
    bench.commands();
    choose(&mut bench, "Export report…");
    let (job, Command::Runs(RunsCommand::WriteReport(asked))) = bench.next_command() else {
        panic!()
    };
    assert_eq!(asked.runs, [dir_of("2026-11-22-120000-resnet18-0")]);
    assert_eq!((asked.to, asked.full), (PathBuf::from("/picked"), false));
    assert_eq!((asked.stakes, asked.goal), (stakes, None));
    let written = ReportWritten {
        path: "/picked".into(),
        n_runs: 1,
        unreadable: vec!["x: is gone".into()],
    };
    bench.send(job.id, RunsEvent::ReportWritten(written));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees("A report of the run was written to /picked; it says nothing of x: is gone"));
    bench.click("Open the report");
    assert!(bench.waits_to_see("No browser answered (there is none); the path was copied"));
}

/// The window beside a training in another process, which here is the test.
#[test]
fn a_run_that_another_process_writes_is_watched() {
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::open();
    let mut follower = Follower::new(home.path());
    let look = |bench: &mut Bench, follower: &mut Follower| {
        let mut events = Vec::new();
        follower
            .poll(&|_| false, &mut |event| {
                events.push(event);
                Ok(())
            })
            .unwrap();
        for event in events {
            bench.send(0, event);
        }
        bench.frames();
    };
    let config = Config {
        data: "faces".into(),
        ..Config::default()
    };
    let mut folder = RunFolder::create(home.path(), &config, &[]).unwrap();
    look(&mut bench, &mut follower);
    assert_eq!(bench.state().runs.all[0].state(), RunState::Training);
    let script = scripted::training(&config, &scripted::two_classes("faces".as_ref()), "r");
    for (i, event) in script.iter().enumerate() {
        folder.append(event).unwrap();
        if i % 7 == 0 {
            look(&mut bench, &mut follower);
            assert_eq!(bench.state().runs.all[0].n_events, i + 1);
        }
    }
    drop(folder);
    look(&mut bench, &mut follower);
    let run = &bench.state().runs.all[0];
    assert_eq!(run.state(), RunState::Finished);
    assert_eq!(run.record, read_run(&run.dir).unwrap().record);
    assert!(bench.sees("Confusion matrix · equal"));

    // A second one, whose writer dies.
    let mut folder = RunFolder::create(home.path(), &config, &[]).unwrap();
    folder.append(&script[0]).unwrap();
    look(&mut bench, &mut follower);
    assert_eq!(bench.state().runs.all[1].state(), RunState::Training);
    drop(folder);
    look(&mut bench, &mut follower);
    assert_eq!(bench.state().runs.all[1].state(), RunState::Unfinished);
}

/// Facts that the engine has told are not told again by the folder.
#[test]
fn an_own_training_is_not_counted_twice() {
    let mut bench = Bench::open();
    bench.click("Train");
    let (job, _) = bench.commands().remove(0);
    let home = tempfile::tempdir().unwrap();
    let config = Config::default();
    let mut folder = RunFolder::create(home.path(), &config, &[]).unwrap();
    let dir = folder.dir.clone();
    bench.send(job.id, FitEvent::RunCreated { dir: dir.clone() });
    let mut follower = Follower::new(home.path());
    for event in scripted::training(&config, &scripted::two_classes("faces".as_ref()), "r") {
        folder.append(&event).unwrap();
        let late = matches!(event, RunEvent::Ended { .. });
        bench.send(job.id, FitEvent::Run(event));
        if late {
            bench.send(job.id, Event::Done);
        }
        let told = &mut |event| {
            bench.engine.send(0, event);
            Ok(())
        };
        follower.poll(&|_| false, told).unwrap();
        bench.frames();
    }
    assert_eq!(bench.state().runs.all.len(), 1);
    assert_eq!(bench.state().runs.all[0].record, read_run(&dir).unwrap().record);
    assert!(dir.join(EVENTS_FILE).is_file());
}

#[test]
fn a_tag_survives_in_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let dir = RunFolder::create(home.path(), &Config::default(), &[])
        .unwrap()
        .dir;
    assert_eq!(read_run(&dir).unwrap().tag, RunTag::default());
    let tag = RunTag {
        name: "猫".into(),
        note: "two\nlines".into(),
        starred: true,
    };
    write_tag(&dir, &tag).unwrap();
    assert_eq!(read_run(&dir).unwrap().tag, tag);
    std::fs::write(dir.join(TAG_FILE), "{broken").unwrap();
    assert_eq!(read_run(&dir).unwrap().tag, RunTag::default());
}

/// Among thousands of epochs, how far one of them is says nothing of when the training ends.
#[test]
fn the_progress_of_a_training_is_that_of_all_its_epochs() {
    let mut bench = Bench::open();
    bench.click("Train");
    let (job, _) = bench.commands().remove(0);
    let dir = PathBuf::from("runs/2026-11-22-130000-x");
    bench.send(job.id, FitEvent::RunCreated { dir });
    let config = Config {
        epochs: 4,
        ..Config::default()
    };
    let data = scripted::two_classes("faces".as_ref());
    let (mut n_losses, mut epoch_steps) = (0, 0);
    for event in scripted::training(&config, &data, "x") {
        if let RunEvent::Started(started) = &event {
            epoch_steps = started.iterations_per_epoch;
        }
        if let RunEvent::Steps(steps) = &event {
            if n_losses + steps.losses.len() > epoch_steps {
                break;
            }
            n_losses += steps.losses.len();
        }
        bench.send(job.id, FitEvent::Run(event));
    }
    // Nothing of this epoch, as its phase has it.
    let progress = Progress {
        phase: Phase::Train,
        done: 0,
        total: 4207,
        per_sec: 0.0,
        left_secs: None,
    };
    bench.send(job.id, Event::Progress(progress));
    bench.frames();
    let percent = 100.0 * n_losses as f64 / (4 * epoch_steps) as f64;
    assert!(percent > 10.0, "{percent}");
    assert!(bench.sees(&format!("Progress {percent:.0} %")));
}
