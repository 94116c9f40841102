//! What a user can do with the images behind what is looked at.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::Shows;
use crate::app::host::Host;
use crate::app::jobs::ShownIn;
use crate::app::looking::action::LookAction;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{Change, ImageFilter, ImageOrder};

#[derive(Debug, Clone, PartialEq)]
pub enum ImagesAction {
    /// List these images.
    Show(Shows),
    /// List the images of that cell: (true class, predicted class). Again, and it is selected no longer.
    ShowCell((usize, usize)),
    /// List the images that this became of from one run to the other.
    Between {
        before: usize,
        now: usize,
        change: Change,
    },
    /// Show the slices of one property, or of all.
    SliceBy(Option<String>),
    /// Back to what was shown before.
    Close,
    SetOrder(ImageOrder),
    SetFilter(ImageFilter),
    /// So many images on in the list; `true` selects all on the way.
    Walk(isize, bool),
    /// To the image at that place of the list; `true` selects all on the way.
    GoTo(usize, bool),
    /// Select the image where the keyboard is, or let it go.
    Toggle,
    /// The same of the image at that place of the list, to which the keyboard goes.
    ToggleAt(usize),
    /// Select the images at these places of the list, too.
    Select(Vec<usize>),
    SelectAll,
    LetGo,
    /// Show the image where the keyboard is large, or all again.
    Enlarge(bool),
    /// These are in sight.
    WantPictures(Vec<PathBuf>),
}

impl AppState {
    pub(in crate::app) fn apply_images(&mut self, action: ImagesAction, host: &mut dyn Host) {
        match action {
            ImagesAction::Show(shows) => self.show_images(shows),
            ImagesAction::ShowCell(cell) => self.show_cell(cell),
            ImagesAction::Between { before, now, change } => {
                self.apply_look(LookAction::Run(now));
                // The comparison judges by the largest score, and so must the list that it leads to.
                self.looking.set_threshold(None);
                self.looking.against = Some(before);
                self.show_images(Shows::Change(change));
            }
            ImagesAction::SliceBy(property) => self.images.slices.by = property,
            ImagesAction::Close => {
                // Beside the map, that is what is closed.
                self.windows.showing = match self.windows.showing {
                    Showing::Map => self.map.back,
                    _ => self.images.back,
                };
                self.images.selected = Arc::default();
            }
            ImagesAction::SetOrder(order) => self.order_images(order),
            ImagesAction::SetFilter(filter) => self.images.filter = filter,
            ImagesAction::Walk(step, stretches) => self.walk(step, stretches),
            ImagesAction::GoTo(place, stretches) => self.go_to(place, stretches),
            ImagesAction::Toggle => {
                if let Some(path) = self.images.at.clone() {
                    self.toggle_image(path);
                }
            }
            ImagesAction::ToggleAt(place) => {
                self.go_to(place, false);
                self.apply_images(ImagesAction::Toggle, host);
            }
            ImagesAction::Select(places) => self.select_images(Some(places)),
            ImagesAction::SelectAll => self.select_images(None),
            ImagesAction::LetGo => {
                self.images.selected = Arc::default();
                self.images.stretch = None;
            }
            ImagesAction::Enlarge(large) => self.enlarge_image(large),
            ImagesAction::WantPictures(paths) => {
                self.images.pictures.want(paths);
                self.ask_for_pictures(ShownIn::Images, host);
            }
        }
    }

    fn show_images(&mut self, shows: Shows) {
        if !self.windows.showing.lists_images() {
            self.images.back = self.windows.showing;
            self.windows.showing = Showing::Images;
        }
        if self.images.shows != shows {
            self.images.is_large = false;
        }
        self.images.shows = shows;
    }

    fn show_cell(&mut self, cell: (usize, usize)) {
        let is_selected = self.looking.cell == Some(cell);
        if !self.has_images() {
            self.looking.cell = (!is_selected).then_some(cell);
            return;
        }
        let is_listed = self.windows.showing.lists_images() && self.images.shows == Shows::Cell;
        self.images.is_large = false;
        self.looking.cell = (!is_selected || !is_listed).then_some(cell);
        self.show_images(Shows::Cell);
    }

    fn enlarge_image(&mut self, large: bool) {
        if large && self.place_in_list().is_none() {
            self.go_to(0, false);
        }
        self.images.is_large = large && self.images.at.is_some();
    }
}
