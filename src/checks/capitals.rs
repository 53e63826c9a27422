//! `capitals`: a note typed in capitals.
//!
//! ```yaml
//! check:
//!   capitals: {share: 80, letters: 40}
//! ```

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus};
use crate::model::{Hit, NotApplicable, Outcome};
use crate::text::{Prepared, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// From which share of capitals among the letters that have case, in per cent.
    share: usize,
    /// Fewest such letters for a verdict.
    letters: usize,
}

impl Compile for Spec {
    fn compile(&self, _: &mut ScannerBuilder<'_>) -> Compiled {
        Ok(Some(Box::new(self.clone())))
    }

    fn validate(&self) -> Result<(), String> {
        if (1..=100).contains(&self.share) { Ok(()) } else { Err("`share` is a per cent from 1 to 100".into()) }
    }
}

impl Check for Spec {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let (mut upper, mut cased) = (0, 0);
        for c in note.note.own_text().chars() {
            upper += usize::from(c.is_uppercase());
            cased += usize::from(c.is_uppercase() || c.is_lowercase());
        }
        if cased < self.letters {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        }
        Outcome::from_hits(if upper * 100 >= cased * self.share { vec![Hit::note()] } else { Vec::new() })
    }
}
