//! Where Tab goes on. egui forgets its place as soon as nothing has the keyboard: after Enter in a field, or when a menu closes,
//! Tab would begin again at the window's first control.

use egui::{Context, FocusDirection, Id, Key, LayerId, Order};

/// The place in the window itself, not in what floats over it.
#[derive(Default)]
pub struct TabPlace {
    last: Option<Id>,
    /// The keyboard was in a menu or a list that has not been clicked.
    was_in_popup: bool,
    goes_on: Option<FocusDirection>,
}

impl TabPlace {
    /// Before anything is drawn.
    pub fn begin_frame(&mut self, ctx: &Context) {
        if ctx.input(|i| i.pointer.any_pressed()) {
            *self = TabPlace::default();
        }
        if let Some(direction) = self.goes_on.take() {
            return ctx.memory_mut(|memory| memory.move_focus(direction));
        }
        let (is_tab, is_back) = ctx.input(|i| (i.key_pressed(Key::Tab), i.modifiers.shift));
        if is_tab && ctx.memory(|memory| memory.focused().is_none()) && self.give_back(ctx) {
            let direction = match is_back {
                true => FocusDirection::Previous,
                false => FocusDirection::Next,
            };
            // Not at once: a field that had no focus in the frame before would take what is for the next one.
            self.goes_on = Some(direction);
            ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            ctx.request_repaint();
        }
    }

    /// After everything is drawn.
    pub fn end_frame(&mut self, ctx: &Context) {
        let focused = ctx.memory(|memory| memory.focused());
        let place = focused.and_then(|id| Some((id, layer_of(ctx, id)?)));
        if let Some((id, layer)) = place {
            self.was_in_popup = layer.order == Order::Foreground;
            if layer == LayerId::background() {
                self.last = Some(id);
            }
        } else if focused.is_none() && std::mem::take(&mut self.was_in_popup) {
            self.give_back(ctx);
        }
    }

    /// False where what had the keyboard is no longer there.
    fn give_back(&self, ctx: &Context) -> bool {
        let last = self.last.filter(|&id| layer_of(ctx, id).is_some());
        if let Some(last) = last {
            ctx.memory_mut(|memory| memory.request_focus(last));
        }
        last.is_some()
    }
}

/// Of something that is drawn. To ask for its response would count clicks elsewhere a second time.
pub fn layer_of(ctx: &Context, id: Id) -> Option<LayerId> {
    ctx.viewport(|viewport| {
        let now = viewport.this_pass.widgets.get(id);
        let widget = now.or_else(|| viewport.prev_pass.widgets.get(id));
        widget.map(|widget| widget.layer_id)
    })
}
