//! The line over a panel: what it is and whose figures it shows on the left, its controls on the right. Where there is little
//! room the words say less, and a name loses its middle, before anything is cut; the whole is then under the pointer.

pub mod sorted;

use egui::{Label, RichText, Role, TextStyle, TextWrapMode, Ui, WidgetInfo, WidgetText};

use crate::short_name::{Shared, shortened};
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;

const HEIGHT: f32 = 18.0;

/// What a heading says.
#[derive(Debug, Clone, Copy)]
pub struct Title<'a> {
    /// What kind of panel it is, in more and in fewer words.
    pub kinds: [&'a str; 2],
    /// Of whom, which may be shortened; empty where that goes without saying.
    pub name: &'a str,
    /// What stands after it and is never left out, such as a threshold.
    pub after: &'a str,
}

impl<'a> Title<'a> {
    pub fn plain(text: &'a str) -> Self {
        Title {
            kinds: [text, text],
            name: "",
            after: "",
        }
    }

    pub fn whole(&self) -> String {
        self.with(self.kinds[0], self.name)
    }

    fn with(&self, kind: &str, name: &str) -> String {
        let between = if name.is_empty() { "" } else { " · " };
        format!("{kind}{between}{name}{}", self.after)
    }

    /// As much of it as fits.
    fn shown(&self, fits: impl Fn(&str) -> bool) -> String {
        let whole = self.kinds.map(|kind| self.with(kind, self.name));
        if let Some(text) = whole.into_iter().find(|text| fits(text)) {
            return text;
        }
        let kind = self.kinds[1];
        if self.name.is_empty() {
            return self.with(kind, "");
        }
        let name = shortened(self.name, Shared::default(), |name| fits(&self.with(kind, name)));
        self.with(kind, &name)
    }
}

/// The heading, and after it its controls, `right`, at the other end of the same line.
pub fn titled_row<R>(ui: &mut Ui, title: Title, right: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = theme::of(ui);
    let words = |ui: &mut Ui| {
        let room = ui.available_width();
        let fits = |text: &str| width_of(ui, theme::heading(text, theme)) <= room;
        let (whole, shown) = (title.whole(), title.shown(fits));
        let is_cut = shown != whole || !fits(&shown);
        let text = theme::heading(&shown, theme);
        let label = ui.add(Label::new(text).truncate().show_tooltip_when_elided(false));
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
        if is_cut {
            label.on_hover_text(whole);
        }
    };
    two_ended(ui, title.kinds[0], HEIGHT, words, right)
}

/// Of text in one line.
pub fn width_of(ui: &Ui, text: RichText) -> f32 {
    let text = WidgetText::from(text);
    let galley = text.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Small);
    galley.size().x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_less_before_its_name_is_cut_and_never_loses_what_stands_last() {
        let title = Title {
            kinds: ["Confusion matrix", "Matrix"],
            name: "species 09 ×12.71",
            after: " at 0.083",
        };
        let shown = |letters: usize| title.shown(|text| text.chars().count() <= letters);
        assert_eq!(shown(60), "Confusion matrix · species 09 ×12.71 at 0.083");
        assert_eq!(shown(36), "Matrix · species 09 ×12.71 at 0.083");
        assert_eq!(shown(27), "Matrix · spec…2.71 at 0.083");
        assert_eq!(Title::plain("Loss").shown(|_| false), "Loss");
    }
}
