//! Where runs are kept: shown, chosen, and other folders of runs beside it.

use std::path::{Path, PathBuf};

use counterweight::app::Settings;
use counterweight::experiment::Config;
use counterweight::protocol::{Command, KeepRunsIn, RunsCommand, RunsEvent, WatchRuns};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

/// The folders of runs that are watched from now on.
fn watched(bench: &Bench) -> Vec<PathBuf> {
    let dir = |command| match command {
        Command::Runs(RunsCommand::WatchRuns(WatchRuns { runs_dir })) => Some(runs_dir),
        _ => None,
    };
    bench
        .commands()
        .into_iter()
        .filter_map(|(_, command)| dir(command))
        .collect()
}

#[test]
fn the_place_of_new_runs_is_shown_and_can_be_chosen() {
    let mut bench = Bench::open();
    bench.click("Where runs are kept");
    bench.frames();
    let field = bench.harness.get_by_label("New runs are kept in");
    assert!(format!("{field:?}").contains("runs"));
    field.focus();
    bench.frames();
    bench.key(Modifiers::COMMAND, Key::A);
    bench
        .harness
        .get_by_label("New runs are kept in")
        .type_text("/disk/of mine/runs");
    bench.frames();
    assert!(bench.commands().is_empty(), "nothing before Enter");
    bench.key(Modifiers::NONE, Key::Enter);
    let (job, command) = bench.next_command();
    let Command::Runs(RunsCommand::KeepRunsIn(KeepRunsIn { dir })) = command else {
        panic!("{command:?}")
    };
    assert_eq!(dir, Path::new("/disk/of mine/runs"));
    assert_eq!(
        bench.state().folders.runs_dir,
        Path::new("runs"),
        "until it is done"
    );

    bench.send(job.id, RunsEvent::KeptIn(dir.clone()));
    bench.frames();
    assert_eq!(bench.state().folders.runs_dir, dir);
    assert_eq!(
        bench.state().settings.more_runs,
        [PathBuf::from("runs")],
        "still listed"
    );
    assert_eq!(watched(&bench), [dir]);
}

#[test]
fn a_folder_of_runs_is_listed_at_every_start_until_it_is_left_out() {
    let settings = Settings {
        more_runs: vec!["/colleague/runs".into()],
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, [1280.0, 800.0]);
    assert_eq!(watched(&bench), [Path::new("runs"), Path::new("/colleague/runs")]);
    bench.list("2026-11-22-120000-ours", &Config::default(), None);
    let theirs = "/colleague/runs/2026-11-22-130000-theirs";
    let data = scripted::two_classes("faces".as_ref());
    let config = Config::default();
    bench.list_in(
        "/colleague/runs".as_ref(),
        "2026-11-22-130000-theirs",
        &config,
        &data,
    );
    assert_eq!(bench.state().run_list().runs().len(), 2);

    bench.click("Where runs are kept");
    bench.frames();
    bench.click("Stop listing the runs of /colleague/runs");
    bench.frames();
    let listed = bench.state().run_list().runs();
    let dirs: Vec<&Path> = listed
        .iter()
        .map(|&run| &*bench.state().runs.all[run].dir)
        .collect();
    assert!(dirs.len() == 1 && dirs[0] != Path::new(theirs), "{dirs:?}");
    assert!(bench.state().settings.more_runs.is_empty());
}
