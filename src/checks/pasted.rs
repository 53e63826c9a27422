//! `pasted`: the same paragraph in many notes of an agent, with nothing in it that belongs to this contact.
//!
//! ```yaml
//! check:
//!   pasted:
//!     notes: 3      # from so many notes of the agent with the same sentences
//!     words: 15     # in notes of at least so many words
//! ```
//!
//! A note is pasted where each of its sentences stands in so many notes of its agent. A sentence of its own, or a number that
//! the others do not have, makes it individual. Sentences are compared by their words and numbers alone.

use schemars::JsonSchema;
use serde::Deserialize;

use super::corpus::{self, Unit};
use super::{Check, Compile, Compiled, Corpus, Needs};
use crate::model::{Hit, NotApplicable, Outcome};
use crate::text::{Prepared, ScannerBuilder, words_up_to};

/// Sentences of fewer words (`Ok.`, `Thanks.`) make a note neither individual nor pasted, unless they hold a number.
const FEWEST_WORDS: usize = 3;

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// From so many notes of the same agent (at least 2).
    notes: u32,
    /// Fewest words of a note for a verdict; two Han characters count one word.
    words: usize,
}

impl Compile for Spec {
    fn compile(&self, _: &mut ScannerBuilder<'_>) -> Compiled {
        Ok(Some(Box::new(self.clone())))
    }

    fn needs(&self) -> Needs {
        Needs { sentences: self.notes, ..Needs::NONE }
    }

    fn validate(&self) -> Result<(), String> {
        if self.notes >= 2 { Ok(()) } else { Err("`notes` is at least 2: one note repeats nothing".into()) }
    }
}

impl Check for Spec {
    fn needs(&self) -> Needs {
        Needs { sentences: self.notes, ..Needs::NONE }
    }

    fn check(&self, note: &Prepared<'_>, corpus: &Corpus) -> Outcome {
        let text = &note.folded.text;
        // Two Han characters are a word of a sentence; else words are the same in all of a note.
        let words = |unit: &Unit, enough: usize| words_up_to(&text[unit.0.clone()], enough);
        let enough = if text.is_ascii() || self.words == 0 {
            note.words() >= self.words
        } else {
            let mut units = corpus::units(text);
            units
                .try_fold(0, |all, unit| Some(all + words(&unit, self.words)).filter(|all| *all < self.words))
                .is_none()
        };
        if !enough {
            return Outcome::NotApplicable(NotApplicable::NotCalledFor);
        }
        let individual = |unit: &Unit| {
            let numbered = || text[unit.0.clone()].contains(|c: char| c.is_ascii_digit());
            (words(unit, FEWEST_WORDS) >= FEWEST_WORDS || numbered())
                && corpus.notes_with(unit, &note.note.agent, text) < self.notes
        };
        Outcome::from_hits(if corpus::units(text).any(|unit| individual(&unit)) {
            Vec::new()
        } else {
            vec![Hit::note()]
        })
    }
}
