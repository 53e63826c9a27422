//! "Spot the error": the page to play, the work sheet to print, and its answer key.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::Context;
use super::excerpt::disposition_key;
use super::lesson::Lesson;
use crate::coach::{self, Exercise, Level, Nobody, Round, model_answer};
use crate::model::{AuditedNote, Category, Element, Finding};
use crate::report::wording::Wording;

/// Fewer notes in the language of the pages than this, and those in other languages join in.
const ENOUGH: usize = 12;
/// Numbers to try until the rules find the same in the invented note as in the real one.
const ATTEMPTS: u64 = 60;

/// The view model of the page, the sheet and the key.
#[derive(Debug, Serialize)]
pub(super) struct SpotPage {
    exercises: usize,
    faulty: usize,
    decoys: usize,
    findings: usize,
    /// Which choice of notes it is.
    seed: u64,
    /// Name of the set, the same for the same notes: by it a key is known to belong to a sheet.
    set: String,
    /// Categories that the sheet asks for.
    asked: Vec<Category>,
    notes: Vec<Shown>,
}

/// One note to read.
#[derive(Debug, Serialize)]
struct Shown {
    number: usize,
    lang: Option<SmolStr>,
    text: String,
    level: Option<Level>,
    /// What the export tells beside the text: call type, channel, outcome, reference, as name and value.
    facts: Vec<(String, String)>,
    findings: Vec<Answer>,
    /// A better version, piece by piece; empty for a clean note.
    model: Vec<coach::Piece>,
    /// The text with its marks, for the key.
    pieces: Vec<super::excerpt::Piece>,
}

/// What is to be found.
#[derive(Debug, Serialize)]
struct Answer {
    number: usize,
    /// Place in UTF-16 units, as scripts count; `null` where something is missing or the whole note is meant.
    place: Option<(usize, usize)>,
    /// Which of the choices below the note names it.
    choice: Option<String>,
    /// The same in words.
    label: Option<String>,
    words: Option<String>,
    message: String,
    suggestion: Option<String>,
    level: Level,
    /// Whether it is the first of its rule in the note: the lesson is told once.
    first: bool,
    lesson: Lesson,
}

impl SpotPage {
    /// The view model.
    pub(super) fn of(context: &Context<'_>, round: &Round, exercises: &[Exercise]) -> Self {
        let notes: Vec<Shown> =
            exercises.iter().enumerate().map(|(index, exercise)| shown(context, index + 1, exercise)).collect();
        let faulty = notes.iter().filter(|note| !note.findings.is_empty()).count();
        let found = |category| notes.iter().flat_map(|n| &n.findings).any(|f| f.lesson.category == category);
        let told: String = notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n");
        SpotPage {
            exercises: notes.len(),
            faulty,
            decoys: notes.len() - faulty,
            findings: notes.iter().map(|note| note.findings.len()).sum(),
            seed: round.seed,
            set: name_of_set(&context.language.code, &told),
            asked: Category::ALL.into_iter().filter(|category| found(*category)).collect(),
            notes,
        }
    }

    /// What the script of the page needs.
    pub(super) fn data(&self, context: &Context<'_>) -> Value {
        let wording = context.wording;
        // What every note needs can always be chosen, so that the choice gives nothing away.
        let mut choices: Vec<String> = Element::CORE.iter().map(|e| format!("element.{}", e.name())).collect();
        for answer in self.notes.iter().flat_map(|note| &note.findings) {
            if let Some(choice) = answer.choice.as_ref().filter(|choice| !choices.contains(choice)) {
                choices.push(choice.clone());
            }
        }
        let choices: Vec<Value> =
            choices.into_iter().map(|key| json!({"label": label(wording, &key), "key": key})).collect();
        let levels: BTreeMap<&str, String> =
            Level::ALL.iter().map(|level| (level.name(), wording.or_key(&format!("level.{}", level.name())))).collect();
        let mut exercises = json!(self.notes);
        for exercise in exercises.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            exercise.remove("pieces");
        }
        json!({
            "set": self.set,
            "seed": self.seed,
            "exercises": exercises,
            "choices": choices,
            "words": wording.below("play."),
            "categories": wording.below("category."),
            "order": Category::ALL.map(Category::name),
            "levels": levels,
            "percent": wording.or_key("format.percent"),
            "limits": context.language.word_limits(),
        })
    }
}

/// Six characters that are the same for the same notes in the same language.
fn name_of_set(code: &str, told: &str) -> String {
    let digest = Sha256::digest(format!("{code}\n{told}").as_bytes());
    digest.iter().take(3).map(|byte| format!("{byte:02X}")).collect()
}

fn shown(context: &Context<'_>, number: usize, exercise: &Exercise) -> Shown {
    let note = &exercise.note;
    let language = note.language.as_deref().and_then(|code| context.book.language(code));
    let spoken = language.map(|index| &context.book.languages[index].wording).filter(|wording| !wording.is_empty());
    let model = if note.findings.is_empty() {
        Vec::new()
    } else {
        model_answer(note, context.book, spoken.unwrap_or(&context.language.wording))
    };
    let findings = note
        .findings
        .iter()
        .zip(&exercise.levels)
        .enumerate()
        .map(|(index, (finding, level))| answer(context, index + 1, note, finding, *level))
        .collect();
    Shown {
        number,
        lang: note.language.clone(),
        text: note.note.text.clone(),
        level: exercise.level,
        facts: facts(context, note),
        findings,
        model,
        pieces: super::excerpt::marked(note),
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
    let reference = note.case_id.as_ref().map(|value| ("fact.reference", value.to_string()));
    [call_type, channel, outcome, reference]
        .into_iter()
        .flatten()
        .map(|(key, value)| (wording.or_key(key), value))
        .collect()
}

/// Picks the exercises among the kept notes: those in the language of the pages, and where they are few and `only_own` does
/// not forbid it, all others as well.
pub(super) fn exercises(context: &Context<'_>, round: &Round, only_own: bool, team: &[String]) -> Vec<Exercise> {
    let in_team = |note: &&AuditedNote| {
        team.is_empty() || note.note.team.as_ref().is_some_and(|own| team.iter().any(|wanted| wanted == own))
    };
    let kept: Vec<&AuditedNote> = context.report.kept.iter().filter(in_team).collect();
    let code = Some(context.language.code.as_str());
    let own: Vec<&AuditedNote> = kept.iter().copied().filter(|n| n.language.as_deref() == code).collect();
    let notes = if only_own || own.len() >= ENOUGH { own } else { kept };
    let mut nobody = Nobody::new(context.report, context.book, round.seed);
    coach::pick(&notes, round, &context.book.folder, &mut |note| nobody.of(note, ATTEMPTS))
}

fn answer(context: &Context<'_>, number: usize, note: &AuditedNote, finding: &Finding, level: Level) -> Answer {
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
        number,
        place,
        label: choice.as_deref().map(|key| label(context.wording, key)),
        choice,
        words: finding.span.map(|span| span.of(text).to_owned()),
        message: finding.message.clone(),
        suggestion: finding.suggestion.clone(),
        level,
        first: !note.findings[..number - 1].iter().any(|other| other.rule == finding.rule),
        lesson: Lesson::of(&context.book.rules[finding.rule], context.language),
    }
}
