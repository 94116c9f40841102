//! Convolutions with fewer multiplications (`winograd`, over `tiles`) and with fewer ways through memory (`stem`,
//! `stem_rows`).

pub mod stem;
mod stem_rows;
mod tiles;
pub mod winograd;
