//! `disposition`: text that says the opposite of the outcome chosen in the drop-down.
//!
//! ```yaml
//! check:
//!   disposition:
//!     is: [resolved]              # where this was chosen
//!     says: [left_open]           # the text says this
//!     says_last: [open_at_end]    # or, at its end, this
//!     remarks: [opinion]          # sentences with these behind the end are not the end
//!     unless_later: [closed]      # and not this behind it
//!     spared: [closed_spared]     # phrases that make it innocent
//! ```

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus};
use crate::model::{Disposition, Hit, NotApplicable, Outcome};
use crate::text::{ListId, Prepared, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Dispositions that the rule is about.
    is: Vec<Disposition>,
    /// Lists that say the opposite.
    says: Vec<String>,
    /// Lists that say the opposite in the last sentence alone: earlier, the same words tell what happened before.
    #[serde(default)]
    says_last: Vec<String>,
    /// Lists of remarks on somebody: a last sentence with one of them leaves the end to the sentence before.
    #[serde(default)]
    remarks: Vec<String>,
    /// Lists that, behind it, take it back.
    #[serde(default)]
    unless_later: Vec<String>,
    /// Lists whose terms, where they touch it, make it innocent.
    #[serde(default)]
    spared: Vec<String>,
}

#[derive(Debug)]
struct Against {
    is: Vec<Disposition>,
    says: Vec<ListId>,
    says_last: Vec<ListId>,
    remarks: Vec<ListId>,
    unless_later: Vec<ListId>,
    spared: Vec<ListId>,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let says = builder.lists(&self.says)?;
        if says.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(Against {
            is: self.is.clone(),
            says,
            says_last: builder.lists(&self.says_last)?,
            remarks: builder.lists(&self.remarks)?,
            unless_later: builder.lists(&self.unless_later)?,
            spared: builder.lists(&self.spared)?,
        })))
    }
}

impl Check for Against {
    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        if !self.is.contains(&note.note.disposition) {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        }
        let last_starts = note.ending(&self.remarks);
        let at_end = note.hits_of(&self.says_last).filter(|hit| hit.start as usize >= last_starts);
        let last = note
            .hits_of(&self.says)
            .chain(at_end)
            .filter(|hit| !note.hits_of(&self.spared).any(|s| s.start < hit.end && hit.start < s.end))
            .max_by_key(|hit| (hit.end, hit.end - hit.start));
        let Some(last) = last else { return Outcome::Pass };
        if note.hits_of(&self.unless_later).any(|hit| hit.start >= last.start && hit.end > last.end) {
            return Outcome::Pass;
        }
        Outcome::from_hits(vec![Hit::at(note.hit_span(last))])
    }
}
