//! "Spot the error": what the page and its script need.

use serde::Serialize;
use serde_json::{Value, json};

use super::Context;
use super::excerpt::disposition_key;
use super::lesson::Lesson;
use super::wording::Wording;
use crate::coach::{Anonymiser, Invented, Replay, Round, pick};
use crate::model::{AuditedNote, Element, Finding};

/// Notes with something to find, and clean ones among them.
const ROUND: Round = Round { faulty: 9, decoys: 3, seed: 1 };
/// Fewer notes in the language of the pages than this, and those in other languages join in.
const ENOUGH: usize = 12;
/// Missing elements that can always be chosen, so that the choice gives nothing away.
const ALWAYS_ASKED: [Element; 4] = [Element::Reason, Element::Action, Element::Outcome, Element::NextStep];

/// The view model; the exercises themselves go to the script.
#[derive(Debug, Serialize)]
pub(super) struct SpotPage {
    exercises: usize,
    faulty: usize,
    decoys: usize,
    has_exercises: bool,
}

/// One note to read.
#[derive(Debug, Serialize)]
struct Exercise<'n> {
    lang: Option<&'n str>,
    text: &'n str,
    /// What the export tells beside the text: outcome, call type, channel, reference, as name and value.
    facts: Vec<(String, String)>,
    findings: Vec<Answer>,
}

/// What is to be found.
#[derive(Debug, Serialize)]
struct Answer {
    /// Place in UTF-16 units, as scripts count; `null` where something is missing or the whole note is meant.
    place: Option<(usize, usize)>,
    /// Which of the choices below the note names it.
    choice: Option<String>,
    message: String,
    suggestion: Option<String>,
    lesson: Lesson,
}

impl SpotPage {
    /// The page and the data of its script.
    pub(super) fn of(context: &Context<'_>, exercises: &[AuditedNote]) -> (Self, Value) {
        let wording = context.wording;
        let shown: Vec<Exercise<'_>> = exercises
            .iter()
            .map(|note| Exercise {
                lang: note.language.as_deref(),
                text: &note.note.text,
                facts: facts(context, note),
                findings: note.findings.iter().map(|finding| answer(context, note, finding)).collect(),
            })
            .collect();
        let mut choices: Vec<String> = ALWAYS_ASKED.iter().map(|e| format!("element.{}", e.name())).collect();
        for answer in shown.iter().flat_map(|exercise| &exercise.findings) {
            if let Some(choice) = answer.choice.as_ref().filter(|choice| !choices.contains(choice)) {
                choices.push(choice.clone());
            }
        }
        let choices: Vec<Value> =
            choices.into_iter().map(|key| json!({"label": label(wording, &key), "key": key})).collect();
        let data = json!({
            "exercises": shown,
            "choices": choices,
            "words": wording.below("play."),
            "categories": wording.below("category."),
            "percent": wording.or_key("format.percent"),
        });
        let faulty = exercises.iter().filter(|note| !note.findings.is_empty()).count();
        (SpotPage { exercises: exercises.len(), faulty, decoys: exercises.len() - faulty, has_exercises: true }, data)
    }
}

/// What stands on the button: what is wrong with the whole note, where the language says it for the category.
fn label(wording: &Wording, key: &str) -> String {
    let whole = key.strip_prefix("category.").and_then(|name| wording.text(&format!("whole.{name}")));
    whole.map_or_else(|| wording.or_key(key), str::to_owned)
}

/// The columns that a reader of the note sees beside it, without which a contradiction is none.
fn facts(context: &Context<'_>, note: &AuditedNote) -> Vec<(String, String)> {
    let wording = context.wording;
    let note = &note.note;
    let outcome = disposition_key(note.disposition).map(|key| ("fact.disposition", wording.or_key(key)));
    let call_type = note.call_type.as_deref().map(|value| ("fact.call_type", wording.term("call_type", value)));
    let channel = note.channel.as_deref().map(|value| ("fact.channel", wording.term("channel", value)));
    let reference = note.case_id.clone().map(|value| ("fact.reference", value));
    [call_type, channel, outcome, reference]
        .into_iter()
        .flatten()
        .map(|(key, value)| (wording.or_key(key), value))
        .collect()
}

/// Picks the exercises among the kept notes, in the language of the pages if there are enough.
pub(super) fn exercises(context: &Context<'_>) -> Vec<AuditedNote> {
    let kept = &context.report.kept;
    let own: Vec<&AuditedNote> =
        kept.iter().filter(|n| n.language.as_deref() == Some(context.language.code.as_str())).collect();
    let notes = if own.len() >= ENOUGH { own } else { kept.iter().collect() };
    let invented: Vec<Invented> =
        context.book.languages.iter().map(|l| Invented::from_wording(&l.wording, &context.book.folder)).collect();
    let mut people: Vec<String> = context.report.agents.iter().map(|agent| agent.label().to_owned()).collect();
    people.extend(notes.iter().filter_map(|note| note.note.customer.clone()));
    people.sort();
    people.dedup();
    let mut replay = Replay::new(context.book);
    pick(&notes, ROUND, &mut |note, attempt| {
        let language = note.language.as_deref().and_then(|code| context.book.language(code));
        let fallback = Invented::default();
        let anonymiser = Anonymiser {
            invented: language.map_or(&fallback, |index| &invented[index]),
            folder: &context.book.folder,
            people: &people,
            seed: ROUND.seed,
        };
        replay.carry(note, anonymiser.invent(note, attempt))
    })
}

fn answer(context: &Context<'_>, note: &AuditedNote, finding: &Finding) -> Answer {
    let text = &note.note.text;
    let place = finding.span.map(|span| {
        let start = text[..span.start].encode_utf16().count();
        (start, start + span.of(text).encode_utf16().count())
    });
    let choice = place.is_none().then(|| match finding.element {
        Some(element) => format!("element.{}", element.name()),
        None => format!("category.{}", finding.category.name()),
    });
    Answer {
        place,
        choice,
        message: finding.message.clone(),
        suggestion: finding.suggestion.clone(),
        lesson: Lesson::of(&context.book.rules[finding.rule], context.language),
    }
}
