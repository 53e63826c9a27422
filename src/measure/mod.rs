//! Pure arithmetic on findings and notes.

mod score;
mod tally;

pub use score::{Loss, Stake, score};
pub use tally::add_note;
