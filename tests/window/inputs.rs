//! The left panel: pictures, issues, splits, weights files, devices, the learning rate.

use std::path::{Path, PathBuf};

use counterweight::app::{Action, FitAction, Settings};
use counterweight::experiment::{
    Checked, Config, Dataset, DeviceChoice, Groups, Issue, IssueKind, Part, Remark, RemarkKind, SplitMethod,
    Stop, WeightsSource,
};
use counterweight::protocol::{
    CheckImages, Command, CountSplit, DatasetCommand, DatasetEvent, DescribeWeights, Devices, Event, Failure,
    FitCommand, FitEvent, MachineEvent, Phase, Progress, SplitCounts, Thumbnail, Thumbnails, WeightsFacts,
};
use egui::Role;
use egui_kittest::kittest::Queryable;

use super::predictions::act;
use super::{Bench, scripted};

/// Answers every question for pictures until there is none left; gives how many were sent.
fn answer_pictures(bench: &mut Bench) -> usize {
    let mut n_sent = 0;
    loop {
        let commands: Vec<_> = bench.engine.commands.try_iter().collect();
        if commands.is_empty() {
            return n_sent;
        }
        for (job, command) in commands {
            if let Command::Dataset(DatasetCommand::Thumbnails(Thumbnails { paths, .. })) = command {
                for path in paths {
                    n_sent += 1;
                    let picture = Ok(scripted::picture());
                    bench.send(job.id, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
                }
                bench.send(job.id, Event::Done);
            }
        }
        bench.frames();
    }
}

#[test]
fn only_pictures_in_sight_are_asked_for() {
    // A window of 800 gives its room to the class weights.
    let mut bench = Bench::with(Settings::default(), [1280.0, 1000.0]);
    bench.commands();
    bench.give(scripted::two_classes("faces".as_ref()));
    let in_strips = answer_pictures(&mut bench);
    assert!((8..=40).contains(&in_strips), "{in_strips}");
    bench.click("Images of FAKE");
    let in_window = answer_pictures(&mut bench);
    assert!((12..=80).contains(&in_window), "{in_window} of 5,045");
    // Nothing new in sight, nothing asked for.
    bench.frames();
    assert!(bench.engine.commands.is_empty());
    let picture = bench.harness.query_all_by_label("Predict FAKE/00001.jpg").next();
    picture.unwrap().click();
    bench.frames();
    assert_eq!(
        bench.state().judge.chosen_path().unwrap(),
        Path::new("faces/FAKE/00001.jpg")
    );
}

#[test]
fn an_issue_shows_its_file() {
    let mut bench = Bench::open();
    bench.click("2 issues");
    bench.click("REAL/00017.jpg");
    let told = "No file manager answered (there is none); the path was copied";
    assert!(bench.waits_to_see(told));
}

#[test]
fn every_image_is_checked_on_demand() {
    let mut bench = Bench::open();
    bench.commands();
    bench.click("2 issues");
    bench.click("Check every image");
    let (job, command) = bench.next_command();
    assert!(
        matches!(command, Command::Dataset(DatasetCommand::CheckImages(CheckImages { dataset })) if dataset.images.len() == 6011)
    );
    bench.send(
        job.id,
        Event::Progress(Progress {
            phase: Phase::Check,
            done: 1200,
            total: 6011,
            per_sec: 100.0,
            left_secs: Some(48.0),
        }),
    );
    bench.frames();
    assert!(bench.sees("Checking: 1,200 of 6,011"));
    bench.click("Stop checking the images");
    assert!(job.cancel.is_cancelled());
    // What was seen until then is told.
    let checked = Checked {
        place: "faces".into(),
        n_checked: vec![1200, 0],
        n_failed: vec![1, 0],
        issues: vec![Issue {
            path: "FAKE/00005.jpg".into(),
            kind: IssueKind::Undecodable,
            message: "its JPEG data is damaged; copy or download it again".into(),
        }],
        remarks: vec![Remark {
            kind: RemarkKind::OneColour,
            example: "FAKE/00009.jpg".into(),
            counts: vec![3, 0],
        }],
        is_whole: false,
    };
    bench.send(job.id, DatasetEvent::Checked(Box::new(checked)));
    let message = "stopped".into();
    bench.send(
        job.id,
        Event::Failed {
            message,
            failure: Failure::Stopped,
        },
    );
    bench.frames();
    for told in [
        "3 issues",
        "FAKE/00005.jpg",
        "Stopped after 1,200 of 6,011 images; 1 is damaged and will be left out (FAKE 1 of 1,200, 0.1 %)",
        "3 images are of one colour all over and can teach nothing; remove them where they are placeholders (FAKE 3 of \
         1,200, 0.2 %; such as FAKE/00009.jpg)",
    ] {
        assert!(bench.sees(told), "{told}");
    }
}

/// The list is where the check begins, also where a scan found nothing.
#[test]
fn a_folder_without_issues_can_be_checked() {
    let mut bench = Bench::first();
    bench.commands();
    let clean = Dataset {
        issues: vec![],
        ..scripted::two_classes("faces".as_ref())
    };
    bench.give(clean);
    bench.click("Check images…");
    bench.click("Check every image");
    assert!(matches!(
        bench.next_command().1,
        Command::Dataset(DatasetCommand::CheckImages(_))
    ));
}

#[test]
fn a_scan_can_be_stopped() {
    let settings = Settings {
        recent: vec!["/data/faces".into()],
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, [1280.0, 800.0]);
    let commands = bench.commands();
    let scan = commands
        .iter()
        .find(|(_, c)| matches!(c, Command::Dataset(DatasetCommand::Scan(_))));
    bench.click("Stop reading the folder");
    assert!(scan.unwrap().0.cancel.is_cancelled());
}

#[test]
fn the_engine_counts_what_takes_a_look_at_every_image() {
    let mut bench = Bench::open();
    bench.commands();
    let of_parts = "Images of each class in each part: ";
    assert!(bench.harness.query_by_label_contains(of_parts).is_some());
    let settings = |split, groups| Config {
        split,
        groups,
        ..Config::default()
    };
    bench.list("2026-11-22-120000-x", &settings(SplitMethod::Random, None), None);
    let groups = Some(Groups::Pattern("^..".into()));
    bench.list(
        "2026-11-22-120100-x",
        &settings(SplitMethod::Groups, groups),
        None,
    );
    for (row, n_groups, counting) in [
        (1, None, "Counting what falls to each part…"),
        (0, Some([10, 4, 0]), "Counting by the groups in the file names…"),
    ] {
        let rows: Vec<_> = bench.harness.query_all_by_label_contains("Run equal").collect();
        rows[row].click_secondary();
        bench.frames();
        bench.click("Use these settings");
        let asked = bench.commands().into_iter().find_map(|(job, c)| match c {
            Command::Dataset(DatasetCommand::CountSplit(CountSplit { dataset, config })) => {
                Some((job, dataset, config))
            }
            _ => None,
        });
        let (job, dataset, _) = asked.unwrap();
        assert_eq!(dataset.images.len(), 6011);
        assert!(bench.sees(counting));
        let counts = SplitCounts {
            parts: Ok([vec![3500, 700], vec![1545, 266], vec![0, 0]]),
            n_groups,
            notes: Vec::new(),
        };
        // An answer to an earlier question is not looked at.
        bench.send(job.id + 1000, DatasetEvent::SplitCounted(counts.clone()));
        bench.frames();
        assert!(bench.sees(counting));
        bench.send(job.id, DatasetEvent::SplitCounted(counts));
        bench.send(job.id, Event::Done);
        bench.frames();
        let view = bench.state().dataset.view.as_ref().unwrap();
        assert_eq!(view.n_train(), [3500, 700]);
        bench.harness.get_by_label_contains(of_parts).click();
        bench.frames();
        assert_eq!(bench.sees("10") && bench.sees("4"), n_groups.is_some());
        bench.key(egui::Modifiers::NONE, egui::Key::Escape);
    }
}

/// At the panel's first width there is not room for three classes in three parts in one line, nor for larger ones in two.
#[test]
fn no_part_of_a_split_is_cut_off() {
    for (classes, said) in [
        (
            &[("a", 10), ("b", 10)][..],
            "Train 7 + 7   Val 2 + 2   Test 1 + 1",
        ),
        (
            &[("a", 100), ("b", 100), ("c", 100)],
            "Train 70 + 70 + 70   Val 20 + 20 + 20   Test 10 + 10 + 10",
        ),
        (
            &[("a", 40_000), ("b", 40_000), ("c", 40_000)],
            "Train 84,000   Val 24,000   Test 12,000",
        ),
    ] {
        let mut bench = Bench::first();
        let mut data = scripted::dataset("parts".as_ref(), classes);
        for (i, image) in data.images.iter_mut().enumerate() {
            let part = [Part::Train, Part::Val, Part::Test];
            image.folder = Some(part[usize::from(i % 10 >= 7) + usize::from(i % 10 == 9)]);
        }
        bench.give(data);
        let name = format!("Images of each class in each part: {said}");
        assert!(bench.sees(&name), "{said}");
    }
}

#[test]
fn a_class_whose_files_cannot_be_read_is_not_called_empty() {
    let mut bench = Bench::first();
    let mut data = scripted::dataset("half".as_ref(), &[("good", 10), ("bad", 0)]);
    data.issues.push(Issue {
        path: "bad/1.png".into(),
        kind: IssueKind::Truncated,
        message: "the file ends before its image does".into(),
    });
    bench.give(data);
    let said = "class bad has no image that can be read; bad/1.png: the file ends before its image does";
    assert!(bench.sees(said));
}

#[test]
fn both_weights_are_in_sight_whatever_unfolds_above_them() {
    let form = Config {
        split: SplitMethod::Groups,
        groups: Some(Groups::Pattern("^..".into())),
        weights: WeightsSource::File("/w.pth".into()),
        ..Config::default()
    };
    let settings = Settings {
        form,
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, [1280.0, 800.0]);
    bench.commands();
    bench.give(scripted::two_classes("faces".as_ref()));
    let button = bench.harness.get_by_role_and_label(Role::Button, "Train").rect();
    for class in ["FAKE", "REAL"] {
        let name = format!("Weight of {class}");
        let slider = bench.harness.get_by_role_and_label(Role::Slider, &name).rect();
        assert!(
            slider.bottom() < button.top() - 40.0,
            "{class} at {slider}, {button}"
        );
    }
}

#[test]
fn a_weights_file_says_what_it_is_or_why_it_is_wrong() {
    let settings = Settings {
        form: Config {
            weights: WeightsSource::File("/w.pth".into()),
            ..Config::default()
        },
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, [1280.0, 1000.0]);
    bench.give(scripted::two_classes("faces".as_ref()));
    let asked = bench.commands();
    let asked = asked.iter().any(|(_, c)| {
        matches!(c, Command::Fit(FitCommand::DescribeWeights(DescribeWeights { arch, weights: WeightsSource::File(path) }))
            if arch == "resnet18" && path == Path::new("/w.pth"))
    });
    assert!(asked);
    let facts = |facts| {
        Event::Fit(FitEvent::WeightsDescribed(WeightsFacts {
            fits: None,
            arch: "resnet18".into(),
            weights: WeightsSource::File("/w.pth".into()),
            facts,
        }))
    };
    bench.send(0, facts(Ok("fits ResNet-18, 46.8 MB".into())));
    bench.frames();
    assert!(bench.sees("Fits ResNet-18, 46.8 MB"));
    let reason = "these weights do not fit this network but resnet50, so choose that architecture";
    bench.send(0, facts(Err(reason.into())));
    bench.frames();
    assert!(bench.sees("These weights do not fit this network but resnet50, so choose that architecture"));
    assert!(bench.sees("These weights cannot be used; see why under Weights"));
    bench.click("Choose a file of weights");
    let picked = WeightsSource::File(PathBuf::from("/picked"));
    let taken = bench.wait_for(|bench| (bench.state().settings.form.weights == picked).then_some(()));
    assert!(taken.is_some(), "{:?}", bench.state().settings.form.weights);
    // What was known is not of this file.
    assert_eq!(bench.state().train_problem(), None);
}

#[test]
fn every_device_is_offered_and_a_missing_one_is_explained() {
    let mut bench = Bench::with(Settings::default(), [1280.0, 1000.0]);
    bench.give(scripted::two_classes("faces".as_ref()));
    bench.click("Optimizer, BatchNorm, seed, device…");
    let devices = Devices {
        n_cuda: 0,
        no_cuda: Some("no NVIDIA driver on this machine".into()),
    };
    bench.send(0, MachineEvent::DevicesListed(devices));
    bench.frames();
    assert!(bench.sees("CPU only: no NVIDIA driver on this machine"));
    let devices = Devices {
        n_cuda: 2,
        no_cuda: None,
    };
    bench.send(0, MachineEvent::DevicesListed(devices));
    bench.frames();
    bench
        .harness
        .get_by_role_and_label(Role::ComboBox, "Device")
        .click_accesskit();
    bench.frames();
    bench.click("CUDA 1");
    assert_eq!(bench.state().settings.form.device, DeviceChoice::Cuda(1));
}

#[test]
fn the_learning_rate_slides_by_its_logarithm() {
    let mut bench = Bench::open();
    let slider = bench
        .harness
        .get_by_role_and_label(Role::Slider, "Learning rate, slider");
    slider.set_value_accesskit(0.000_312);
    bench.frames();
    assert_eq!(bench.state().settings.form.lr, 3e-4);
}

#[test]
fn reset_resets_what_its_heading_says_and_can_be_undone() {
    let mut bench = Bench::open();
    let set = Config {
        epochs: 7,
        train_share: 0.6,
        test_share: 0.2,
        class_weights: "1,8".parse().unwrap(),
        ..bench.state().settings.form.clone()
    };
    act(&mut bench, Action::Fit(FitAction::SetForm(Box::new(set.clone()))));
    bench.click("Reset the hyperparameters");
    bench.frames();
    let form = bench.state().settings.form.clone();
    let expected = Config {
        epochs: 2,
        ..set.clone()
    };
    assert_eq!(
        form, expected,
        "split and class weights have headings of their own"
    );
    bench.click("Undo this");
    bench.frames();
    assert_eq!(bench.state().settings.form, set);
}

#[test]
fn a_training_can_go_on_until_the_loss_is_least() {
    let mut bench = Bench::open();
    bench.click("When the training ends");
    bench.click("Least loss");
    bench.frames();
    assert_eq!(bench.state().settings.form.stop, Stop::Converged);
    assert!(!bench.sees("Epochs"), "what does nothing then is not asked for");
    assert!(bench.sees("Test share") && bench.sees("Train on"));
}
