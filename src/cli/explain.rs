//! `acw explain`: what the rules made of one note.

use std::fmt::Write as _;
use std::io::Read as _;

use clap::Args;

use super::{Common, Failure, print};
use crate::audit::judged;
use crate::checks::Corpus;
use crate::model::{NotApplicable, Note, Outcome, Role};
use crate::rules::Rulebook;
use crate::text::prepared::Workspace;
use crate::text::redact;

/// Flags of `acw explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The note; `-` reads it from standard input
    #[arg(value_name = "NOTE")]
    note: String,
    /// Language of the note [default: told from the text]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Value of a column: ROLE=VALUE, such as disposition=pending (repeatable)
    #[arg(long = "with", value_name = "ROLE=VALUE")]
    with: Vec<String>,
    #[command(flatten)]
    common: Common,
}

impl Explain {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (_, book) = self.common.load(&[], None)?;
        let note = self.note(&book)?;
        let index = match &self.language {
            Some(code) => book.language(code),
            None => book.identifier.identify(&book.folder.fold_str(&note.own_text())),
        };
        let Some(index) = index else {
            let codes: Vec<&str> = book.languages.iter().map(|l| l.code.as_str()).collect();
            return Err(Failure::Usage(format!("the language cannot be told: give --language ({})", codes.join(", "))));
        };
        let text = explain(&note, index, &book);
        print(&text)
    }

    fn note(&self, book: &Rulebook) -> Result<Note, Failure> {
        let mut text = self.note.clone();
        if text == "-" {
            text.clear();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| Failure::Input(format!("standard input cannot be read: {error}")))?;
        }
        let (text, exported) = book.vocabulary.text(text.trim_end());
        let mut note = Note { text: text.into_owned(), exported, ..Note::default() };
        for pair in &self.with {
            let (role, value) = pair.split_once('=').unwrap_or((pair, ""));
            match Role::from_name(role) {
                Some(Role::Disposition) => note.disposition = book.vocabulary.disposition(value),
                Some(Role::CaseId) => note.case_id = Some(value.into()),
                Some(Role::CallType) => note.call_type = book.vocabulary.call_type(value),
                Some(Role::Channel) => note.channel = book.vocabulary.channel(value),
                Some(role @ (Role::Reason | Role::Action | Role::Outcome | Role::NextStep | Role::Product)) => {
                    note.elements.push((role, value.to_owned()));
                }
                _ => {
                    return Err(Failure::Usage(format!(
                        "--with takes disposition, case_id, call_type, channel, reason, action, outcome, next_step or product, not `{role}`"
                    )));
                }
            }
        }
        Ok(note)
    }
}

fn not_applicable(why: NotApplicable) -> String {
    format!("does not apply: {}", why.reason())
}

/// The explanation as text.
fn explain(note: &Note, index: usize, book: &Rulebook) -> String {
    let language = &book.languages[index];
    let mut workspace = Workspace::new(&language.scanner);
    let prepared = workspace.prepare(note, &book.folder, &language.scanner, &language.speech);
    let mut beside = Workspace::new(&language.scanner);
    let whole = (!note.quoted().is_empty())
        .then(|| beside.prepare_whole(note, &book.folder, &language.scanner, &language.speech));
    let mut text = format!("language {} ({})\n", language.code, language.name);
    for span in note.quoted().iter().chain(&prepared.others_words) {
        let _ = writeln!(text, "not the agent's words: {}", span.of(&note.text).trim());
    }
    text.push_str("\nword lists\n");
    for hit in prepared.all_hits() {
        let words = prepared.hit_span(hit).of(&note.text);
        let written = language.scanner.term(hit).written;
        let written: String = written.chars().take(70).collect();
        let _ = writeln!(text, "  {:<22} {words:?}  by  {written}", language.scanner.list_name(hit.list));
    }
    text.push_str("\nrules\n");
    let profile = book.profile(note, &language.code);
    if let Some(profile) = profile {
        let _ = writeln!(text, "  (profile {})", profile.name);
    }
    for (at, (rule, check)) in book.rules.iter().zip(&language.checks).enumerate() {
        let verdict = match check {
            _ if book.points(at, profile).is_none() => "is off for this note".to_owned(),
            None => not_applicable(NotApplicable::Language),
            Some(_) if !rule.when.holds(note, &language.code) => not_applicable(NotApplicable::Condition),
            Some(check) if check.needs().any() => "does not apply: it is judged over a whole export".to_owned(),
            Some(check) => match judged(&**check, rule.category, &prepared, whole.as_ref(), &Corpus::default()) {
                Outcome::Pass => "passes".to_owned(),
                Outcome::NotApplicable(why) => not_applicable(why),
                Outcome::Fail(hits) => {
                    let secret = rule.category == crate::model::Category::Sensitive;
                    let places: Vec<String> = hits
                        .iter()
                        .map(|hit| {
                            let place = match (hit.span, hit.element) {
                                (Some(span), _) if secret => format!("{:?}", redact::secret(span.of(&note.text))),
                                (Some(span), _) => format!("{:?}", span.of(&note.text)),
                                (None, Some(element)) => format!("no {}", element.name()),
                                (None, None) => "the whole note".to_owned(),
                            };
                            hit.better.as_ref().map_or(place.clone(), |better| format!("{place} (better: {better})"))
                        })
                        .collect();
                    format!("FAILS: {}", places.join(", "))
                }
            },
        };
        let _ = writeln!(text, "  {:<26} {verdict}", rule.id);
    }
    text
}
