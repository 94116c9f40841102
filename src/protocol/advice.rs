//! Advice that the engine gives and that each front end words in its own way: the window shows it as it is, the command line
//! puts its options in its place.

pub const NO_WEIGHTS_FILE: &str = "there is no such file of weights; check the path";
pub const CHOOSE_WEIGHTS: &str = "choose a file of weights of your own";
pub const CHOOSE_DEVICE: &str = "choose the CPU or the automatic choice";
pub const LOOK_AT_CACHE: &str = "the list of what is kept names them all";

/// Of a path that was taken for an image folder; the window knows what else a file may be.
pub const IS_A_FILE: &str = "is a file, not a folder";

/// Of a folder of images that lie in no folders of classes; the window predicts their classes.
pub const NO_CLASS_FOLDERS: &str = "holds images but no folders";

/// Of a table that does not say what images show; the window knows what else it may say.
pub const NO_LABEL_COLUMN: &str = "says of no image what class it is of";
