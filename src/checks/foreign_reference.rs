//! `foreign_reference`: the note names the case of another customer.
//!
//! ```yaml
//! check:
//!   foreign_reference:
//!     labels: [reference_labels]   # words in front of a reference
//! ```
//!
//! Judged where the export tells the customer of each note and its own reference: a number behind a label that is the reference of
//! another note of this export, and of none of this customer.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, Needs, reference};
use crate::model::{Hit, NotApplicable, Outcome};
use crate::text::{ListId, Prepared, ScannerBuilder};

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Lists of words in front of a reference.
    labels: Vec<String>,
}

#[derive(Debug)]
struct Foreign {
    labels: Vec<ListId>,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let labels = builder.lists(&self.labels)?;
        Ok(if labels.is_empty() { None } else { Some(Box::new(Foreign { labels })) })
    }

    fn needs(&self) -> Needs {
        Needs { references: true, ..Needs::NONE }
    }
}

impl Check for Foreign {
    fn needs(&self) -> Needs {
        Needs { references: true, ..Needs::NONE }
    }

    fn check(&self, note: &Prepared<'_>, corpus: &Corpus) -> Outcome {
        let Some(customer) = note.note.customer.as_deref() else {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        };
        let hits = reference::labelled_codes(note, &self.labels)
            .into_iter()
            .filter(|(start, end)| corpus.is_of_another(&note.folded.text[*start..*end], customer))
            .map(|(start, end)| Hit::at(note.span(start, end)))
            .collect();
        Outcome::from_hits(hits)
    }
}
