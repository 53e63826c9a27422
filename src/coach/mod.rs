//! What is learnt from: exercises made from audited notes, with nobody in them who could be known.

mod anonymise;
pub mod exemplary;
mod exercise;
mod leak;
mod level;
mod model_answer;
mod names;
mod nobody;
mod numbers;
mod replay;
mod seed;
mod strangers;

pub use exemplary::is_exemplary;
pub use exercise::{Exercise, Round, pick};
pub use level::{Familiar, Level};
pub use model_answer::{Kind, Piece, blanks, model_answer};
pub use nobody::Nobody;
