//! Samples of an export: drawn so that they can be drawn again, written out for people to score, and weighed so that they speak for
//! the notes they were drawn from.
//!
//! A note's place in the draw is a number made from the seed and its identifier ([`identity`]); a sample takes the lowest numbers
//! of each stratum. So a draw depends on neither the order of the rows nor the number of threads, and a replacement is the
//! next number. The export is read twice: once for the frame ([`frame`]: numbers and strata only), once for the notes drawn.

mod criteria;
mod draw;
mod estimate;
mod folder;
mod frame;
mod identity;
mod key;
mod plan;
mod replace;
mod reread;
mod rows;
mod show;
pub mod text;

use std::{fmt, io};

pub use draw::{Sample, draw};
pub use estimate::{Estimated, Group, Source, by_rules, by_sheets};
pub use folder::{Writing, check_new, read, write_new};
pub use replace::replace;
pub use show::{Example, Examples, show};

use crate::audit::AuditError;
use crate::input::InputError;

/// Why nothing was drawn or estimated.
#[derive(Debug)]
pub enum SamplingError {
    /// What was asked for cannot be done; what to ask for instead.
    Usage(String),
    /// An export, a sheet or a manifest.
    Input(InputError),
    /// The export breaks the contract, in words.
    Contract(String),
    /// Writing the sample.
    Output(io::Error),
}

impl fmt::Display for SamplingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SamplingError::Usage(message) | SamplingError::Contract(message) => f.write_str(message),
            SamplingError::Input(error) => write!(f, "{error}"),
            SamplingError::Output(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for SamplingError {}

impl From<InputError> for SamplingError {
    fn from(error: InputError) -> Self {
        SamplingError::Input(error)
    }
}

impl From<AuditError> for SamplingError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Input(error) => SamplingError::Input(error),
            AuditError::Contract(_) => SamplingError::Contract(error.to_string()),
            AuditError::Output(error) => SamplingError::Output(error),
        }
    }
}
