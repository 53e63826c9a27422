//! Pure arithmetic on findings and notes.

mod quality;
mod score;
mod tally;

pub use quality::{Quality, fits};
pub use score::{Loss, Stake, score};
pub use tally::add_note;
