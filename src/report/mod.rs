//! A report of runs as one page of HTML that needs nothing but itself: to be read, printed and handed on. It knows runs and what
//! follows from them, and no file, clock, thread or window: a figure here is the one that the program shows everywhere else.
//!
//! A section is a function in `sections`, a drawing one in `figures`; what several of them need is `told`. Nothing is written but by
//! `element`, through which no name becomes markup.

mod costs;
mod element;
mod figures;
mod judged;
mod material;
mod measured;
mod page;
mod peers;
mod samples;
mod sections;
mod told;
mod words;

pub use material::{AtStake, Material, PictureKey, Pictures, ReportRun};
pub use measured::{Measured, steps};
pub use page::{BEGINNING, page, wanted};
