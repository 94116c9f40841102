//! What a user can do with the map.

use std::path::PathBuf;
use std::sync::Arc;

use super::choices::{MapColour, MapLayout, MapPart};
use super::entry::Entry;
use crate::app::host::Host;
use crate::app::images::state::Shows;
use crate::app::jobs::ShownIn;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;

#[derive(Debug, Clone, PartialEq)]
pub enum MapAction {
    /// Look at the map, which is laid out where the features are there.
    Open,
    /// Back to what was shown before.
    Close,
    /// Lay the folder out, which computes features that are missing.
    Make,
    SetLayout(MapLayout),
    SetColour(MapColour),
    SetPart(MapPart),
    /// Whether dragging draws around images.
    Lasso(bool),
    /// The images at these places of the map, in place of those that are chosen or beside them.
    Choose {
        places: Vec<u32>,
        adds: bool,
    },
    /// All shown images that are this; again, and they are let go.
    ChooseEntry {
        entry: Entry,
        adds: bool,
    },
    /// Of those that are chosen, only the ones in this cell of their matrix.
    ChooseCell((usize, usize)),
    /// The image where the keyboard is, and those that are nearest to it.
    ChooseNearest,
    LetGo,
    /// The keyboard goes to that image.
    GoTo(PathBuf),
    /// Show that image large, where its run has judged it.
    Enlarge(PathBuf),
    /// Of these the pictures are to be seen.
    WantPictures(Vec<PathBuf>),
}

impl AppState {
    pub(in crate::app) fn apply_map(&mut self, action: MapAction, host: &mut dyn Host) {
        match action {
            MapAction::Open => self.open_map(host),
            MapAction::Close => {
                self.windows.showing = self.map.back;
                self.images.is_large = false;
            }
            MapAction::Make => self.make_map(host),
            MapAction::SetLayout(layout) => self.map.layout = layout,
            MapAction::SetColour(colour) => self.map.colour = colour,
            MapAction::SetPart(part) => self.map.part = part,
            MapAction::Lasso(lasso) => self.map.lasso = lasso,
            MapAction::Choose { places, adds } => self.choose_on_map(places, adds),
            MapAction::ChooseEntry { entry, adds } => self.choose_entry(entry, adds),
            MapAction::ChooseCell(cell) => {
                let places = self.chosen_in_cell(cell);
                self.choose_on_map(places, false);
            }
            MapAction::ChooseNearest => {
                let places = self.nearest_on_map();
                self.choose_on_map(places, false);
            }
            MapAction::LetGo => self.choose_on_map(vec![], false),
            MapAction::GoTo(path) => self.images.at = Some(path),
            MapAction::Enlarge(path) => self.enlarge_on_map(path),
            MapAction::WantPictures(paths) => {
                self.map.pictures.want(paths);
                self.ask_for_pictures(ShownIn::Map, host);
            }
        }
    }

    fn open_map(&mut self, host: &mut dyn Host) {
        if self.windows.showing != Showing::Map {
            // From a list of images one comes back to what was there before it.
            self.map.back = match self.windows.showing {
                Showing::Images => self.images.back,
                other => other,
            };
            self.windows.showing = Showing::Map;
            self.images.is_large = false;
        }
        if self.map.made.is_none() && self.live.features_ready() {
            self.make_map(host);
        }
    }

    /// One of another part is seen among the images of that part.
    fn enlarge_on_map(&mut self, path: PathBuf) {
        if self.place_of(&path).is_none()
            && let Some(part) = self.judged_part(&path)
        {
            self.looking.part = part;
        }
        self.images.is_large = self.place_of(&path).is_some();
        self.images.at = Some(path);
    }

    /// The list beside the map is theirs; without any, that of all mistakes.
    fn choose_on_map(&mut self, mut places: Vec<u32>, adds: bool) {
        if adds {
            places.extend(self.map.chosen.iter());
        }
        places.sort_unstable();
        places.dedup();
        self.images.is_large = false;
        match places.is_empty() {
            false => self.images.shows = Shows::Chosen,
            true if self.images.shows == Shows::Chosen => self.images.shows = Shows::Mistakes,
            true => {}
        }
        self.map.chosen = Arc::new(places);
    }

    fn choose_entry(&mut self, entry: Entry, adds: bool) {
        let (points, by) = (self.map_points(), self.map.colour);
        let shown = self.shown_on_map();
        let is_one = |place: &u32| {
            points
                .get(*place as usize)
                .is_some_and(|point| Entry::of(by, point) == entry)
        };
        let places: Vec<u32> = shown.iter().copied().filter(is_one).collect();
        match *self.map.chosen == places {
            true => self.choose_on_map(vec![], false),
            false => self.choose_on_map(places, adds),
        }
    }
}
