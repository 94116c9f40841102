//! Commands that depend on what there is: the orders of the list, classes, presets, recent folders and runs, each by name.

use crate::app::{
    Action, AppState, ClassKey, ClassOrder, ClassPlot, DatasetAction, FigureOrder, FitAction, Grouping,
    ImagesAction, JudgeAction, ListAction, ListOrder, LookAction, MapAction, MapColour, MapLayout, MapPart,
    Normalise, Preset, RunSort, RunsAction, Showing, Shows, SweepChoice, ThemeChoice, WindowAction,
};
use crate::experiment::{ImageOrder, ImageSort};
use crate::metrics::{CLASS_FIGURES, OVERALL_FIGURES};
use crate::ui::fit::class_table::preset_name;
use crate::visible::{visible, visible_name, visible_path};

/// A command by the name it has now.
pub struct Offered {
    pub name: String,
    pub action: Action,
}

fn offer(name: impl Into<String>, action: Action) -> Offered {
    Offered {
        name: name.into(),
        action,
    }
}

/// The commands first, then folders, then runs, each the latest first.
pub fn offered(state: &AppState) -> Vec<Offered> {
    let mut all = Vec::new();
    weights(state, &mut all);
    views(state, &mut all);
    classes(state, &mut all);
    class_orders(&mut all);
    list(state, &mut all);
    folders(state, &mut all);
    runs(state, &mut all);
    all
}

fn weights(state: &AppState, all: &mut Vec<Offered>) {
    let Some(view) = &state.dataset.view else { return };
    let presets = Preset::ALL
        .into_iter()
        .filter(|preset| preset.fits(view.counts.len()));
    all.extend(presets.map(|preset| {
        let name = preset_name(preset, &preset.weights(&view.counts));
        offer(
            format!("Class weights: {name}"),
            Action::Fit(FitAction::UsePreset(preset)),
        )
    }));
    if state.train_problem().is_none() {
        let class_idx = state.weighed_class().min(view.counts.len().saturating_sub(1));
        let choice = SweepChoice {
            class_idx,
            from: 1.0,
            to: 16.0,
            count: 24,
        };
        let class = view.dataset.classes.get(class_idx).map(|class| visible(class));
        let class = class.unwrap_or_default();
        all.push(offer(
            format!("Sweep 24 weights of {class}, from 1 to 16"),
            Action::Fit(FitAction::Sweep(choice)),
        ));
    }
}

fn views(state: &AppState, all: &mut Vec<Offered>) {
    all.extend(ClassPlot::ALL.map(|plot| {
        offer(
            format!("Curve: {}", plot.name()),
            Action::Judge(JudgeAction::SetPlot(plot)),
        )
    }));
    if state.windows.showing.lists_images() {
        let similar = state.can_order_by_likeness().then_some(ImageSort::Similarity);
        all.extend(ImageSort::ALL.into_iter().chain(similar).flat_map(|by| {
            [false, true].map(|reversed| {
                let order = ImageOrder { by, reversed };
                let name = format!("Order the images: {}", by.in_words(reversed));
                offer(name, Action::Images(ImagesAction::SetOrder(order)))
            })
        }));
    }
    if state.windows.showing == Showing::Map {
        all.extend(MapLayout::ALL.map(|layout| {
            offer(
                format!("Map: by {}", layout.name()),
                Action::Map(MapAction::SetLayout(layout)),
            )
        }));
        all.extend(MapColour::ALL.map(|colour| {
            let name = format!("Map: colours {}", colour.name().to_lowercase());
            offer(name, Action::Map(MapAction::SetColour(colour)))
        }));
        let there = MapPart::ALL
            .into_iter()
            .filter(|part| state.n_of_map_part(*part) > 0);
        all.extend(there.map(|part| {
            let name = format!("Map: {}", part.name().to_lowercase());
            offer(name, Action::Map(MapAction::SetPart(part)))
        }));
    }
    let grouped = state.settings.groups_confused;
    let name = match grouped {
        true => "Confusion matrix: classes in the folder's order",
        false => "Confusion matrix: confused classes beside each other",
    };
    all.push(offer(name, Action::Window(WindowAction::GroupConfused(!grouped))));
    all.extend(Normalise::ALL.map(|normalise| {
        let name = format!("Confusion matrix: {}", normalise.name());
        offer(name, Action::Window(WindowAction::SetNormalise(normalise)))
    }));
    all.extend(
        [ThemeChoice::System, ThemeChoice::Dark, ThemeChoice::Light].map(|theme| {
            let name = format!("Theme: {}", theme.name().to_lowercase());
            offer(name, Action::Window(WindowAction::SetTheme(theme)))
        }),
    );
}

fn classes(state: &AppState, all: &mut Vec<Offered>) {
    for (class_idx, class) in state.looked_at_classes().iter().enumerate() {
        let name = format!("Weigh {} against the rest", visible(class));
        all.push(offer(name, Action::Look(LookAction::Class(class_idx))));
    }
    for class in state.looked_at_classes().iter().filter(|_| state.has_images()) {
        let shows = [
            (
                format!("Images of {} as the run judged them", visible(class)),
                Shows::Truth(class.clone()),
            ),
            (
                format!("Images predicted as {}", visible(class)),
                Shows::Predicted(class.clone()),
            ),
        ];
        all.extend(shows.map(|(name, shows)| offer(name, Action::Images(ImagesAction::Show(shows)))));
    }
    for (class_idx, class) in state.dataset.classes().iter().enumerate() {
        let name = format!("Look at the images of {}", visible(class));
        all.push(offer(
            name,
            Action::Dataset(DatasetAction::OpenGallery(Some(class_idx))),
        ));
    }
}

/// The classes beside their weights, and among the figures.
fn class_orders(all: &mut Vec<Offered>) {
    for (words, key) in [
        ("by name", ClassKey::Folder),
        ("by images", ClassKey::Images),
        ("by weight", ClassKey::Weight),
        ("by recall", ClassKey::Recall),
    ] {
        let order = ClassOrder::default().after_click(key);
        all.push(offer(
            format!("Order the classes {words}"),
            Action::Fit(FitAction::OrderClasses(order)),
        ));
    }
    for figure in CLASS_FIGURES {
        let order = FigureOrder {
            key: figure.key.into(),
            descending: false,
        };
        all.push(offer(
            format!("Order the figures by {}, lowest first", figure.name),
            Action::Window(WindowAction::OrderFigures(Some(order))),
        ));
    }
}

fn list(state: &AppState, all: &mut Vec<Offered>) {
    let now = &state.settings.list;
    let arrange = |order| Action::Runs(RunsAction::List(ListAction::SetOrder(order)));
    let mut orders = vec![RunSort::Newest, RunSort::Name, RunSort::Weight];
    orders.extend(OVERALL_FIGURES.iter().map(RunSort::overall));
    // All figures of hundreds of classes are more than anybody looks through: all of one, and one of all.
    let (recall, others) = (&CLASS_FIGURES[0], &CLASS_FIGURES[1..]);
    let classes = state.looked_at_classes();
    orders.extend(classes.iter().map(|class| RunSort::of_class(recall, class)));
    if let Some(class) = classes.get(state.weighed_class()) {
        orders.extend(others.iter().map(|figure| RunSort::of_class(figure, class)));
    }
    all.extend(orders.into_iter().filter(|by| *by != now.by).map(|by| {
        let name = format!("Order the runs by {}", by.name());
        let order = ListOrder {
            by,
            reversed: false,
            ..now.clone()
        };
        offer(name, arrange(order))
    }));
    let others = Grouping::ALL.into_iter().filter(|groups| *groups != now.groups);
    all.extend(others.map(|groups| {
        let name = format!("Group the runs: {}", groups.name().to_lowercase());
        offer(
            name,
            arrange(ListOrder {
                groups,
                ..now.clone()
            }),
        )
    }));
}

fn folders(state: &AppState, all: &mut Vec<Offered>) {
    let open = state.dataset.place();
    let others = state
        .settings
        .recent
        .iter()
        .filter(|dir| open != Some(dir.as_path()));
    all.extend(others.map(|dir| {
        let above = dir.parent().map_or_else(String::new, visible_path);
        let name = format!("Open {} in {above}", visible_name(dir));
        offer(name, Action::Dataset(DatasetAction::Open(dir.clone())))
    }));
}

fn runs(state: &AppState, all: &mut Vec<Offered>) {
    all.extend(state.runs.newest_first().into_iter().map(|run| {
        let view = &state.runs.all[run];
        let folder = match state.is_of_folder(run) {
            true => String::new(),
            false => format!(" of {}", visible_name(view.config.place())),
        };
        let began = view.began(state.runs.today);
        offer(
            format!("Go to run {}{folder}, {began}", view.label()),
            Action::Look(LookAction::Run(run)),
        )
    }));
    let others = state
        .shown()
        .into_iter()
        .filter(|&run| Some(run) != state.looking.run);
    all.extend(others.map(|run| {
        let name = format!("Compare the figures with {}", state.runs.all[run].label());
        offer(name, Action::Look(LookAction::Against(Some(run))))
    }));
}
