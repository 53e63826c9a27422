//! The examples of the rules, as tests.

use smol_str::SmolStr;

use super::{Example, Rulebook};
use crate::checks::{Corpus, Needs};
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
        for (index, (rule, check)) in book.rules.iter().zip(&language.checks).enumerate() {
            let asked = only.is_none_or(|id| id == rule.id);
            let Some(text) = rule.texts.get(&language.code).filter(|_| asked) else { continue };
            let Some(check) = check else {
                // It has none of its lists there, for a slip in their names perhaps, and keeps none of its promises.
                summary.run += text.fires.len();
                summary.failures.extend(text.fires.iter().map(|example| Failure {
                    rule: rule.id.clone(),
                    language: language.code.clone(),
                    note: example.note.clone(),
                    should_fire: true,
                    found: Vec::new(),
                }));
                continue;
            };
            let examples = text.fires.iter().map(|e| (e, true)).chain(text.spares.iter().map(|e| (e, false)));
            for (example, should_fire) in examples {
                summary.run += 1;
                let note = note_of(example, book.call_type_of(index));
                let corpus = corpus_of(example, &note, check.needs(), book);
                let prepared = workspace.prepare(&note, &book.folder, &language.scanner, &language.speech);
                let outcome = if book.applies(index, &note, &language.code) {
                    check.check(&prepared, &corpus)
                } else {
                    Outcome::Pass
                };
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

/// Every example of every rule in one language, as a note and its export.
pub(super) fn notes(book: &Rulebook, language: &str) -> Vec<(Note, Corpus)> {
    let texts = book.rules.iter().enumerate().filter_map(|(index, rule)| Some((index, rule.texts.get(language)?)));
    texts
        .flat_map(|(index, text)| {
            let examples = text.fires.iter().chain(&text.spares);
            examples.map(move |example| {
                let note = note_of(example, book.call_type_of(index));
                let corpus = corpus_of(example, &note, book.needs(), book);
                (note, corpus)
            })
        })
        .collect()
}

/// The export that an example and the notes beside it make.
fn corpus_of(example: &Example, note: &Note, needs: Needs, book: &Rulebook) -> Corpus {
    let mut corpus = Corpus::of(needs);
    if needs.any() {
        let beside = example.beside.iter().map(|other| note_of(other, None));
        for note in beside.chain([note.clone()]) {
            let observed = needs.observe(&note, &book.folder.fold_str(&note.text));
            corpus.add(observed);
        }
    }
    corpus
}

/// The example as a note; where it names no call type, `call_type`, of which a rule may ask for one (see
/// [`Rulebook::call_type_of`]).
pub fn note_of(example: &Example, call_type: Option<&String>) -> Note {
    Note {
        text: example.note.clone(),
        disposition: example.disposition,
        case_id: example.case_id.as_ref().map(SmolStr::from),
        call_type: example.call_type.as_ref().or(call_type).map(SmolStr::from),
        channel: example.channel.as_ref().map(SmolStr::from),
        customer: example.customer.as_ref().map(SmolStr::from),
        agent: "example".into(),
        ..Note::default()
    }
}
