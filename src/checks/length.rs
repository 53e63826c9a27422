//! `length`: a note with too few or too many words to be of use.
//!
//! ```yaml
//! check:
//!   length: {min: 5, max: 250}
//! ```
//!
//! Han characters count one word for two characters.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus};
use crate::model::{Hit, Outcome};
use crate::text::{Prepared, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Fewest words that pass.
    #[serde(default)]
    min: Option<usize>,
    /// Most words that pass.
    #[serde(default)]
    max: Option<usize>,
}

impl Compile for Spec {
    fn compile(&self, _: &mut ScannerBuilder<'_>) -> Compiled {
        Ok(Some(Box::new(self.clone())))
    }

    fn validate(&self) -> Result<(), String> {
        if self.min.is_none() && self.max.is_none() { Err("give `min`, `max` or both".into()) } else { Ok(()) }
    }
}

impl Check for Spec {
    fn words(&self) -> (Option<usize>, Option<usize>) {
        (self.min, self.max)
    }

    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let words = note.words();
        let fails = self.min.is_some_and(|min| words < min) || self.max.is_some_and(|max| words > max);
        Outcome::from_hits(if fails { vec![Hit::note()] } else { Vec::new() })
    }
}
