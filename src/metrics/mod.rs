//! Figures of merit, as pure functions of counts and scores. Undefined (0/0) is `None`, never a number.

mod confusion;

pub use confusion::Confusion;
