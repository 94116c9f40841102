//! The icons that the window uses, all from one kept icon font. An icon alone always has a name to be read aloud.

pub use egui_material_icons::icons::{
    ICON_CONTRAST as SYSTEM, ICON_DARK_MODE as DARK, ICON_FOLDER_OPEN as OPEN_FOLDER, ICON_IMAGE as IMAGE,
    ICON_LIGHT_MODE as LIGHT, ICON_PLAY_ARROW as TRAIN, ICON_SEARCH as SEARCH, ICON_STOP as STOP,
};
