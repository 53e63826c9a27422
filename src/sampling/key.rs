//! On what condition notes are looked at: what of it needs the rules.

use crate::model::sample::{Clause, Subject};
use crate::model::{AuditedNote, BasisPoints, Category, Note, Period};
use crate::rules::Rulebook;
use crate::yaml::did_you_mean;

impl Clause {
    /// Whether its names exist.
    ///
    /// # Errors
    /// The unknown name, with the nearest known one.
    pub fn check(&self, book: &Rulebook) -> Result<(), String> {
        let unknown = |known: &dyn Fn() -> Vec<String>| {
            let known = known();
            self.values.iter().find(|value| !known.contains(value)).map(|value| {
                let near = did_you_mean(value, known.iter().map(String::as_str));
                format!("--where {self}: there is no `{value}`{near}\n  help: `acw rules list` shows rules and their categories")
            })
        };
        let fault = match self.subject {
            Subject::Rule => unknown(&|| book.rules.iter().map(|rule| rule.id.clone()).collect()),
            Subject::Category => unknown(&|| Category::ALL.map(|category| category.name().to_owned()).to_vec()),
            Subject::Told(_) | Subject::Note | Subject::Score(..) => None,
        };
        fault.map_or(Ok(()), Err)
    }

    /// Whether a note meets it; a condition on findings is met by no note that was not audited.
    pub fn holds(&self, note: &Note, audited: Option<&AuditedNote>, book: &Rulebook, period: Period) -> bool {
        let findings = audited.map_or(&[][..], |audited| &audited.findings);
        let named = |name: &str| self.values.iter().any(|value| value.to_lowercase() == name.to_lowercase());
        match self.subject {
            Subject::Told(key) => key.of(note, period).is_some_and(|value| named(&value)),
            Subject::Note => self.values.iter().any(|value| *value == note.id),
            Subject::Rule => findings.iter().any(|finding| named(&book.rules[finding.rule].id)),
            Subject::Category => findings.iter().any(|finding| named(finding.category.name())),
            Subject::Score(low, high) => audited
                .and_then(|audited| audited.score.value())
                .is_some_and(|score| (BasisPoints(low * 100)..=BasisPoints(high * 100)).contains(&score)),
        }
    }
}
