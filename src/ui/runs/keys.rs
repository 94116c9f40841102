//! The keys of the list of runs. It is one stop for Tab; arrows go through it.

use egui::{EventFilter, Id, Key, Modifiers, Ui};

use crate::app::{Action, AppState, ListAction, ListRow, Move, RowId, RunList, RunsAction};

/// Rows that a page has.
const PAGE: isize = 8;

/// What the keys ask for while the keyboard is in the list, and whether they ask for the menu of the row they are at.
pub fn keys(ui: &Ui, id: Id, state: &AppState, list: &RunList, actions: &mut Vec<Action>) -> bool {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    let filter = EventFilter {
        vertical_arrows: true,
        horizontal_arrows: true,
        escape: !state.runs.chosen.runs.is_empty(),
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    actions.extend(
        moved(ui)
            .into_iter()
            .map(|action| Action::Runs(RunsAction::List(action))),
    );
    let row = state.list_cursor().and_then(|cursor| list.position(&cursor));
    let row = row.map(|row| &list.rows[row]);
    let these = match (state.runs.chosen.runs.is_empty(), row) {
        (true, Some(row)) => row.runs().to_vec(),
        (true, None) => vec![],
        (false, _) => state.runs_acted_on(),
    };
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::Delete) && !these.is_empty() {
        actions.push(Action::Runs(RunsAction::Delete(these.clone())));
    }
    if pressed(Key::Space) && !these.is_empty() {
        let shown = these.iter().any(|&run| !state.runs.all[run].shown);
        actions.push(Action::Runs(RunsAction::Show { runs: these, shown }));
    }
    let entered = pressed(Key::Enter);
    if let (true, Some(ListRow::Sweep(row))) = (entered, row) {
        let (sweep, open) = (row.sweep.clone(), !row.is_open);
        actions.push(Action::Runs(RunsAction::List(ListAction::Open { sweep, open })));
        return false;
    }
    entered || ui.input_mut(|i| i.consume_key(Modifiers::SHIFT, Key::F10))
}

fn moved(ui: &Ui) -> Option<ListAction> {
    let by = |step| Move::By(step);
    let ways = [
        (Key::ArrowDown, by(1)),
        (Key::ArrowUp, by(-1)),
        (Key::PageDown, by(PAGE)),
        (Key::PageUp, by(-PAGE)),
        (Key::Home, Move::First),
        (Key::End, Move::Last),
    ];
    ui.input_mut(|i| {
        for (key, to) in ways {
            for (modifiers, extend) in [(Modifiers::SHIFT, true), (Modifiers::NONE, false)] {
                if i.consume_key(modifiers, key) {
                    return Some(ListAction::Move { to, extend });
                }
            }
        }
        let others = [
            (Modifiers::NONE, Key::ArrowRight, ListAction::Inwards),
            (Modifiers::NONE, Key::ArrowLeft, ListAction::Outwards),
            (Modifiers::COMMAND, Key::A, ListAction::ChooseAll),
            (Modifiers::NONE, Key::Escape, ListAction::ChooseNone),
        ];
        let pressed = |(modifiers, key, action)| i.consume_key(modifiers, key).then_some(action);
        others.into_iter().find_map(pressed)
    })
}

/// What a click on a row asks for.
pub fn clicked(ui: &Ui, row: RowId) -> ListAction {
    use crate::app::Choice;
    let modifiers = ui.input(|i| i.modifiers);
    let how = match (modifiers.shift, modifiers.command) {
        (true, _) => Choice::Through,
        (false, true) => Choice::Toggle,
        (false, false) => Choice::Only,
    };
    ListAction::Choose { row, how }
}
