//! The centre before there is a result: what the program is for, what the open folder holds, how far the first job is, and
//! the next step.

use egui::{
    Align, ColorImage, Id, Layout, Rect, Response, RichText, ScrollArea, TextureHandle, Ui, pos2, vec2,
};

use super::gallery::Pictures;
use crate::app::{Action, AppState, DatasetAction, DatasetView, FitAction, JobView, Pick};
use crate::metrics::{percent, thousands};
use crate::ui::bars::speed;
use crate::ui::commands::hint;
use crate::ui::fit::train::three;
use crate::ui::parts::icons;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, named, primary_button};
use crate::visible::visible;

const WIDTH: f32 = 520.0;
/// Classes whose pictures are shown: the largest ones and the rarest ones.
const MOST_CLASSES: usize = 6;
const PICTURE_SIDE: f32 = 56.0;
const BUTTON_WIDTH: f32 = 230.0;
/// Leaves of the demo, and how many of them are healthy.
const LEAVES: (usize, usize) = (7, 6);

/// What it keeps between frames.
#[derive(Default)]
pub struct StartPage {
    leaves: Option<TextureHandle>,
    /// The button of the next step, once it stood there.
    offered: Option<Id>,
}

impl StartPage {
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        let room = ui.available_size();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.set_max_width(WIDTH.min(room.x - 24.0));
                ui.add_space((room.y * 0.12).clamp(8.0, 96.0));
                ui.with_layout(Layout::top_down(Align::Min), |ui| match &state.dataset.view {
                    Some(view) => self.of_folder(ui, state, view, pictures, actions),
                    None => self.welcome(ui, state, actions),
                });
            });
        });
    }

    fn welcome(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        title(ui, "Decide how to weigh a rare class");
        text(
            ui,
            "With far more images of one class than of another, a network learns to overlook the rare one, and its \
             accuracy still looks fine. Here you give the rare class more weight and see at once what that finds, and \
             what it costs.",
        );
        ui.add_space(10.0);
        self.leaves(ui);
        ui.add_space(10.0);
        if let Some(job) = state.jobs.foreground() {
            return work(ui, job);
        }
        ui.horizontal(|ui| {
            let demo = primary_button(ui, icons::TRAIN, "Try the demo", BUTTON_WIDTH, true);
            named(&demo, egui::Role::Button, "Try the demo");
            let tip = "Draws 1,400 leaves, six healthy ones to each blighted one; nothing is downloaded";
            begin_with(&mut self.offered, &demo);
            if demo.on_hover_text(tip).clicked() {
                actions.push(Action::Dataset(DatasetAction::OpenDemo));
            }
            let open = ui.add(egui::Button::new("Open a folder…").min_size(vec2(0.0, 30.0)));
            if open
                .on_hover_text(hint("One sub-folder per class", "Ctrl+O"))
                .clicked()
            {
                actions.push(Action::Pick(Pick::Folder));
            }
        });
        text(
            ui,
            "A folder with one sub-folder of images per class can also be dropped anywhere here, and so can a table (CSV) of \
             images and their labels.",
        );
    }

    /// What the folder holds, and what to do with it.
    fn of_folder(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        title(ui, &headline(view));
        text(ui, &if_always_the_largest(view));
        ui.add_space(10.0);
        match state.jobs.foreground() {
            Some(job) => work(ui, job),
            None => next_step(ui, state, &mut self.offered, actions),
        }
        ui.add_space(10.0);
        let classes = shown_classes(&view.counts);
        let n_more = view.counts.len() - classes.len();
        for (place, &class_idx) in classes.iter().enumerate() {
            if n_more > 0 && place == MOST_CLASSES / 2 {
                fine_print(ui, &format!("… {n_more} classes between them …"), theme::of(ui));
            }
            let n = thousands(view.counts[class_idx] as u64);
            ui.label(format!("{}  {n}", visible(&view.dataset.classes[class_idx])));
            pictures.large_strip(ui, state, view, class_idx, PICTURE_SIDE, actions);
        }
    }

    /// Six healthy ones and a blighted one, as the demo draws them.
    fn leaves(&mut self, ui: &mut Ui) {
        let texture = self.leaves.get_or_insert_with(|| {
            let leaves = eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/leaves.png"));
            let leaves = leaves.unwrap_or_default();
            let size = [leaves.width as usize, leaves.height as usize];
            let image = ColorImage::from_rgba_unmultiplied(size, &leaves.rgba);
            ui.ctx()
                .load_texture("leaves", image, egui::TextureOptions::LINEAR)
        });
        let (n, n_healthy) = LEAVES;
        let gap = 4.0;
        let side = ((ui.available_width() + gap) / n as f32 - gap).min(64.0);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), side + 20.0), egui::Sense::hover());
        for i in 0..n {
            let place = Rect::from_min_size(rect.min + vec2(i as f32 * (side + gap), 0.0), vec2(side, side));
            let (from, to) = (i as f32 / n as f32, (i + 1) as f32 / n as f32);
            let part = Rect::from_min_max(pos2(from, 0.0), pos2(to, 1.0));
            ui.painter().image(texture.id(), place, part, theme::untinted());
        }
        let theme = theme::of(ui);
        for (i, name) in [(0, "healthy, six of seven"), (n_healthy, "blighted")] {
            let place = rect.min + vec2(i as f32 * (side + gap), side + 4.0);
            let font = theme::font(11.5);
            ui.painter()
                .text(place, egui::Align2::LEFT_TOP, name, font, theme.muted);
        }
        named(
            &response,
            egui::Role::Image,
            "Six healthy leaves and a blighted one",
        );
    }
}

/// The next step has the keyboard as soon as it is there, unless something else has it: Enter takes it.
fn begin_with(offered: &mut Option<Id>, button: &Response) {
    let before = offered.replace(button.id);
    let focused = button.ctx.memory(|memory| memory.focused());
    let is_free = focused.is_none() || focused == before;
    if before != Some(button.id) && is_free {
        button.request_focus();
    }
}

fn title(ui: &mut Ui, text: &str) {
    ui.add(egui::Label::new(theme::strong(text).size(20.0)).wrap());
    ui.add_space(6.0);
}

fn text(ui: &mut Ui, text: &str) {
    let theme = theme::of(ui);
    ui.add(egui::Label::new(RichText::new(text).color(theme.muted)).wrap());
}

fn headline(view: &DatasetView) -> String {
    let images = thousands(view.dataset.images.len() as u64);
    let name = |class_idx: usize| visible(&view.dataset.classes[class_idx]);
    match view.counts[..] {
        [a, b] => format!(
            "{} {} to {} {}",
            thousands(a as u64),
            name(0),
            thousands(b as u64),
            name(1)
        ),
        _ => format!("{images} images of {} classes", view.counts.len()),
    }
}

/// Why accuracy says little here.
fn if_always_the_largest(view: &DatasetView) -> String {
    let largest = (0..view.counts.len()).max_by_key(|&i| (view.counts[i], std::cmp::Reverse(i)));
    let (Some(largest), n) = (largest, view.dataset.images.len()) else {
        return String::new();
    };
    if view.counts.iter().all(|&count| count == view.counts[0]) {
        return "All classes have the same number of images.".into();
    }
    let share = percent(Some(view.counts[largest] as f64 / n as f64), 1);
    let name = |class_idx: usize| visible(&view.dataset.classes[class_idx]).into_owned();
    let others = match view.counts.len() {
        2 => format!("not one {}", name(1 - largest)),
        n => format!("none of the other {} classes", n - 1),
    };
    format!(
        "Always predicting {} is right for {share} of the images and finds {others}: look at the recall of each class, \
         not at accuracy.",
        name(largest)
    )
}

/// All of few; of many the largest ones, then the rarest ones, in the order of their counts.
fn shown_classes(counts: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    if counts.len() <= MOST_CLASSES {
        return order;
    }
    order.sort_by_key(|&i| (std::cmp::Reverse(counts[i]), i));
    let rarest = order.split_off(order.len() - MOST_CLASSES / 2);
    order.truncate(MOST_CLASSES / 2);
    order.into_iter().chain(rarest).collect()
}

fn next_step(ui: &mut Ui, state: &AppState, offered: &mut Option<Id>, actions: &mut Vec<Action>) {
    // The reason stands where it can be fixed.
    if state.train_problem().is_some() {
        return text(ui, "Fix what is marked on the left; then you can train.");
    }
    let (label, action) = match three(state) {
        Some(three) => (three, FitAction::TrainThree),
        None => (format!("Train {}", state.form_label()), FitAction::Train),
    };
    let button = primary_button(ui, icons::TRAIN, &label, BUTTON_WIDTH.max(260.0), true);
    named(&button, egui::Role::Button, &format!("Begin: {label}"));
    begin_with(offered, &button);
    if button.clicked() {
        actions.push(Action::Fit(action));
    }
    text(
        ui,
        "Or choose class weights on the left first. Each training becomes a run that stays.",
    );
}

/// How far the job is that one waits for.
fn work(ui: &mut Ui, job: &JobView) {
    let theme = theme::of(ui);
    let doing = job.purpose.doing();
    ui.label(theme::strong(crate::app::sentence_case(&doing)));
    let Some(progress) = job.progress else { return };
    ui.horizontal(|ui| speed(ui, &progress, None));
    let count = match (progress.done, progress.total) {
        (0, 0) => None,
        (done, 0) => Some(thousands(done)),
        (done, total) => Some(format!("{} of {}", thousands(done), thousands(total))),
    };
    // A job of one phase bears its name.
    let phase = Some(progress.phase.name()).filter(|&phase| phase != doing);
    let parts = [phase.map(str::to_owned), count];
    fine_print(
        ui,
        &parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        theme,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_classes_the_ends_are_shown() {
        assert_eq!(shown_classes(&[5, 9]), [0, 1]);
        let counts = [10, 80, 30, 40, 50, 60, 70, 20];
        assert_eq!(shown_classes(&counts), [1, 6, 5, 2, 7, 0]);
    }
}
