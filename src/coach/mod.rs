//! What is learnt from: exercises made from audited notes, with nobody in them who could be known.

pub mod anonymise;
pub mod exercise;
mod names;
mod numbers;
mod replay;
mod seed;

pub use anonymise::Anonymiser;
pub use exercise::{Round, pick};
pub use names::Invented;
pub use replay::Replay;
