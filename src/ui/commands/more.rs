//! Commands without keys of their own: what the panels' buttons and menus do, by name.

use egui::Key;

use super::entry::{CTRL, CTRL_SHIFT, Entry, keys};
use crate::app::{
    Action, AppState, Finding, FitAction, GoalAction, HealthAction, ImagesAction, JudgeAction, LabelsAction,
    ListAction, LiveAction, LookAction, MapAction, Offer, Pick, RunsAction, Showing, Shows, WindowAction,
    Zoom,
};
use crate::ui::goal::editor::first_goal;

const fn command(name: &'static str, action: fn(&AppState) -> Option<Action>) -> Entry {
    Entry {
        name,
        keys: None,
        action,
    }
}

pub const MORE: &[Entry] = &[
    command("All images that the run judged", |s| {
        s.has_images()
            .then_some(Action::Images(ImagesAction::Show(Shows::All)))
    }),
    command("Images of the selected cell of the matrix", |s| {
        let cell = s.looking.cell.filter(|_| s.has_images());
        cell.map(|_| Action::Images(ImagesAction::Show(Shows::Cell)))
    }),
    command("Select all listed images", |s| {
        s.windows
            .showing
            .lists_images()
            .then_some(Action::Images(ImagesAction::SelectAll))
    }),
    command("Select no image any more", |s| {
        (!s.images.selected.is_empty()).then_some(Action::Images(ImagesAction::LetGo))
    }),
    command("Live weights on, or off", |s| {
        (s.watched_trial().is_some() || s.live.features_ready())
            .then_some(Action::Look(LookAction::Trial(s.watched_trial().is_none())))
    }),
    command("Compute the features, to go live", |s| {
        let is_missing = !s.live.features_ready() && s.live.features.is_some();
        let can = is_missing && s.train_problem().is_none() && s.jobs.computing_features().is_none();
        can.then_some(Action::Live(LiveAction::ComputeFeatures))
    }),
    Entry {
        name: "Undo: bring back runs that were just deleted, else the last label decision",
        keys: keys(CTRL, Key::Z),
        action: |s| {
            // What was done last is what is meant.
            let is_deleted = |run: &usize| s.runs.all.get(*run).is_some_and(|run| run.deleted);
            let deletion = s
                .notices
                .toasts
                .iter()
                .rev()
                .find_map(|toast| match &toast.offer {
                    Some(Offer::RestoreRuns(runs)) if runs.iter().any(is_deleted) => Some(runs.clone()),
                    _ => None,
                });
            if let Some(runs) = deletion {
                return Some(Action::Runs(RunsAction::Restore(runs)));
            }
            s.labels.read.as_ref()?.undo.as_ref()?;
            Some(Action::Labels(LabelsAction::Undo))
        },
    },
    Entry {
        name: "Redo the label decision that was undone",
        keys: keys(CTRL_SHIFT, Key::Z),
        action: |s| {
            s.labels.read.as_ref()?.redo.as_ref()?;
            Some(Action::Labels(LabelsAction::Redo))
        },
    },
    command("Write the label decisions as CSV…", |s| {
        let is_any = !s.labels.read.as_ref()?.images.is_empty();
        is_any.then_some(Action::Labels(LabelsAction::Export))
    }),
    command("Take in label decisions of a CSV file…", |s| {
        s.dataset
            .view
            .as_ref()
            .map(|_| Action::Labels(LabelsAction::Import))
    }),
    command(
        "Copy the cleaned folder: images as their labels were decided…",
        |s| {
            s.labels.read.as_ref()?.overlay.as_ref()?;
            Some(Action::Labels(LabelsAction::CopyCleaned))
        },
    ),
    command("Keep the live weights as a run", |s| {
        s.watched_trial().map(|_| Action::Fit(FitAction::Train))
    }),
    command("Pretrained baseline, or the trained head", |s| {
        s.selected_run()?.record.baseline()?;
        Some(Action::Look(LookAction::Baseline(!s.looking.is_baseline())))
    }),
    command("Set a goal: what the classifier is wanted for", |s| {
        let first = first_goal(s).filter(|_| s.dataset.view.is_some() && s.goal().is_none())?;
        Some(Action::Goal(GoalAction::Set(Some(first))))
    }),
    command("Find the best weighting and threshold for the goal", |s| {
        s.goal().map(|_| Action::Goal(GoalAction::Find))
    }),
    command(
        "Find the threshold for the goal, with the weights as they are",
        |s| {
            let can = !s.curve().is_empty() && s.looking.is_on_validation();
            s.goal()
                .filter(|_| can)
                .map(|_| Action::Goal(GoalAction::FindThreshold))
        },
    ),
    command("Remove the goal", |s| {
        s.goal().map(|_| Action::Goal(GoalAction::Set(None)))
    }),
    command("Health of the folder: copies, wrong labels, shortcuts…", |s| {
        let open = !s.health.open;
        s.dataset
            .view
            .as_ref()
            .map(|_| Action::Health(HealthAction::Open(open)))
    }),
    command("Map of the features, or back to the run", |s| {
        Some(Action::Map(match s.windows.showing {
            Showing::Map => MapAction::Close,
            _ => s.dataset.view.as_ref().map(|_| MapAction::Open)?,
        }))
    }),
    command("Lay out the map of the features", |s| {
        let can = s.dataset.view.is_some() && !s.is_making_map();
        can.then_some(Action::Map(MapAction::Make))
    }),
    command("Map: draw around images, or move the map", |s| {
        (s.windows.showing == Showing::Map).then_some(Action::Map(MapAction::Lasso(!s.map.lasso)))
    }),
    command("Map: choose the nearest of the image", |s| {
        let can = s.windows.showing == Showing::Map && s.at_on_map().is_some();
        can.then_some(Action::Map(MapAction::ChooseNearest))
    }),
    command("Map: choose no image any more", |s| {
        (!s.map.chosen.is_empty()).then_some(Action::Map(MapAction::LetGo))
    }),
    command("Examine the health of the folder", |s| {
        let can = s.dataset.view.is_some() && s.jobs.examining().is_none();
        can.then_some(Action::Health(HealthAction::Examine))
    }),
    command("Examine the labels again", |s| {
        let can = s.health.examined.is_some() && s.jobs.examining().is_none();
        can.then_some(Action::Health(HealthAction::ExamineLabels))
    }),
    command("Keep the copies in sight together", |s| {
        let (finding, _) = s.health.chosen.as_ref().filter(|_| s.health.open)?;
        finding
            .counts_groups()
            .then_some(Action::Health(HealthAction::KeepTogether))
    }),
    command("Leave out all exact copies but one", |s| {
        let (finding, _) = s.health.chosen.as_ref().filter(|_| s.health.open)?;
        (*finding == Finding::Duplicates).then_some(Action::Health(HealthAction::KeepOne))
    }),
    command("Keep the threshold with the run", |s| {
        s.looking
            .threshold
            .map(|_| Action::Judge(JudgeAction::KeepThreshold))
    }),
    command(
        "Probabilities with the class weights undone, or raw scores",
        |s| {
            let other = s.settings.probabilities.other();
            s.may_undo()
                .then_some(Action::Window(WindowAction::SetProbabilities(other)))
        },
    ),
    command("Clear the threshold", |s| {
        s.looking
            .threshold
            .map(|_| Action::Judge(JudgeAction::SetThreshold(None)))
    }),
    command("Reset the hyperparameters", |_| {
        Some(Action::Fit(FitAction::ResetForm))
    }),
    command("Choose a file of weights…", |_| {
        Some(Action::Pick(Pick::Weights))
    }),
    command("Train what waited when the window was closed", |s| {
        (!s.fit.left_over.is_empty()).then_some(Action::Fit(FitAction::TakeLeftOver(true)))
    }),
    command("Stop predicting, and keep what is predicted", |s| {
        s.predicting().map(|_| Action::Judge(JudgeAction::StopPredicting))
    }),
    command("Predict the others, too", |s| {
        let (table, judges) = (&s.judge.table, s.table_judges());
        let is_unfinished = |&run: &usize| {
            let (n_done, n) = table.n_done(run);
            n_done < n
        };
        let waits = s.predicting().is_none() && judges.iter().any(is_unfinished);
        waits.then_some(Action::Judge(JudgeAction::GoOn))
    }),
    command("Deleted runs: look at them, bring them back…", |s| {
        Some(Action::Window(WindowAction::OpenDeleted(!s.windows.deleted_runs)))
    }),
    command("Ask every shown run about the images", |s| {
        (s.n_judges_left_out() > 0).then_some(Action::Judge(JudgeAction::AskAllRuns))
    }),
    command("Choose all listed runs", |s| {
        (!s.run_list().rows.is_empty()).then_some(Action::Runs(RunsAction::List(ListAction::ChooseAll)))
    }),
    command("List all runs again", |s| {
        s.runs
            .is_filtered()
            .then_some(Action::Runs(RunsAction::List(ListAction::ListAll)))
    }),
    command("Export a report of the chosen runs…", |s| {
        let chosen = s.runs_acted_on();
        (!chosen.is_empty()).then_some(Action::Pick(Pick::Report(chosen)))
    }),
    command("Compare the chosen runs", |s| {
        let chosen = s.runs_acted_on();
        (chosen.len() > 1).then_some(Action::Runs(RunsAction::Compare(chosen)))
    }),
    command("Show only the chosen runs", |s| {
        let chosen = s.runs_acted_on();
        (!chosen.is_empty()).then_some(Action::Runs(RunsAction::ShowOnly(chosen)))
    }),
    command("Say all cautions again", |s| {
        let is_any = !s.settings.muted_cautions.is_empty();
        is_any.then_some(Action::Runs(RunsAction::HearCautions))
    }),
    command("Hide all runs", |s| {
        (!s.shown().is_empty()).then_some(Action::Runs(RunsAction::ShowOnly(vec![])))
    }),
    command("List the runs of another folder…", |_| {
        Some(Action::Pick(Pick::MoreRuns))
    }),
    command("Choose where new runs are kept…", |_| {
        Some(Action::Pick(Pick::RunsPlace))
    }),
    command("Log: what the program and its engine did", |_| {
        Some(Action::Window(WindowAction::ShowProgramLog(true)))
    }),
    command("Zoom in", |_| {
        Some(Action::Window(WindowAction::SetZoom(Zoom::In)))
    }),
    command("Zoom out", |_| {
        Some(Action::Window(WindowAction::SetZoom(Zoom::Out)))
    }),
    command("Zoom back to 100 %", |_| {
        Some(Action::Window(WindowAction::SetZoom(Zoom::Reset)))
    }),
];
