//! The examples of the rules, as tests.

use super::{Example, Rulebook};
use crate::model::{Note, Outcome};
use crate::text::prepared::Workspace;

/// An example that the rule did not treat as its author says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: String,
    /// The language.
    pub language: String,
    /// The note.
    pub note: String,
    /// Whether the rule should have fired (and did not).
    pub should_fire: bool,
    /// The words that it found, where it should not have fired.
    pub found: Vec<String>,
}

/// How many examples were run, and those that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Examples run.
    pub run: usize,
    /// Those that failed.
    pub failures: Vec<Failure>,
}

/// Runs the examples of every rule (or of `only`) in every language.
pub fn run(book: &Rulebook, only: Option<&str>) -> Summary {
    let mut summary = Summary::default();
    for language in &book.languages {
        let mut workspace = Workspace::new(&language.scanner);
        for (rule, check) in book.rules.iter().zip(&language.checks) {
            let Some(check) = check.as_ref().filter(|_| only.is_none_or(|id| id == rule.id)) else { continue };
            let Some(text) = rule.texts.get(&language.code) else { continue };
            let examples = text.fires.iter().map(|e| (e, true)).chain(text.spares.iter().map(|e| (e, false)));
            for (example, should_fire) in examples {
                summary.run += 1;
                let note = note_of(example, rule.when.call_type.first());
                let prepared = workspace.prepare(&note, &book.folder, &language.scanner, &language.speech);
                let outcome =
                    if rule.when.holds(&note, &language.code) { check.check(&prepared) } else { Outcome::Pass };
                let found: Vec<String> = match &outcome {
                    Outcome::Fail(hits) => {
                        hits.iter().map(|h| h.span.map_or(String::new(), |s| s.of(&note.text).to_owned())).collect()
                    }
                    _ => Vec::new(),
                };
                if found.is_empty() == should_fire {
                    summary.failures.push(Failure {
                        rule: rule.id.clone(),
                        language: language.code.clone(),
                        note: example.note.clone(),
                        should_fire,
                        found,
                    });
                }
            }
        }
    }
    summary
}

/// The example as a note; where it names no call type, the first that the rule asks for.
fn note_of(example: &Example, call_type: Option<&String>) -> Note {
    Note {
        text: example.note.clone(),
        disposition: example.disposition,
        case_id: example.case_id.clone(),
        call_type: example.call_type.clone().or_else(|| call_type.cloned()),
        channel: example.channel.clone(),
        ..Note::default()
    }
}
