//! What reviewers say of notes, beside what the program found in them.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Category, Element};

/// What a reviewer says of one criterion of one note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The note has such an error.
    Fail,
    /// It has none.
    Pass,
    /// The criterion does not apply to the note.
    NotApplicable,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Answer; 3] = [Answer::Fail, Answer::Pass, Answer::NotApplicable];

    /// As it stands in sheets and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Answer::Fail => "fail",
            Answer::Pass => "pass",
            Answer::NotApplicable => "n/a",
        }
    }
}

/// What a note is reviewed for: a column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// Any error of a family: `judgement`.
    Category(Category),
    /// A required element that the note does not tell: `required:reason`.
    Element(Element),
    /// A failure of one rule: `missing-reference`.
    Rule(String),
}

impl Criterion {
    /// The criterion that a header names; `None` where it names none. `is_rule` tells whether a rule of that id is in force.
    pub fn of_header(header: &str, is_rule: impl Fn(&str) -> bool) -> Option<Self> {
        let name = header.trim().to_lowercase();
        if let Some(element) = name.strip_prefix("required:") {
            return Element::from_name(element.trim()).map(Criterion::Element);
        }
        let category = Category::ALL.into_iter().find(|category| category.name() == name);
        category.map(Criterion::Category).or_else(|| is_rule(&name).then_some(Criterion::Rule(name)))
    }

    /// Whether a finding is an error of this kind.
    pub fn covers(&self, found: &Found) -> bool {
        match self {
            Criterion::Category(category) => found.category == *category,
            Criterion::Element(element) => found.category == Category::Required && found.element == Some(*element),
            Criterion::Rule(rule) => found.rule == *rule,
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Criterion::Category(category) => f.pad(category.name()),
            Criterion::Element(element) => f.pad(&format!("required:{}", element.name())),
            Criterion::Rule(rule) => f.pad(rule),
        }
    }
}

/// A finding of the program in a reviewed note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Id of the rule.
    pub rule: String,
    /// Its family.
    pub category: Category,
    /// The element that is missing, for category `required`.
    pub element: Option<Element>,
    /// The words found, masked; empty for the whole note.
    pub excerpt: String,
}

/// A note that stands in at least one sheet and in the export.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReviewedNote {
    /// Its identifier.
    pub id: String,
    /// The note as typed, masked and shortened; empty where it must not be shown.
    pub text: String,
    /// Day of the contact.
    pub day: Option<Date>,
    /// Start of the contact as written.
    pub started_at: String,
    /// What the program found; `None` where it did not judge the note.
    pub findings: Option<Vec<Found>>,
    /// Answers by criterion, then by reviewer; `None` where the reviewer gave none.
    pub answers: Vec<Vec<Option<Answer>>>,
    /// By reviewer, the place of the note among the rows that the reviewer filled.
    pub rows: Vec<Option<usize>>,
    /// What reviewers wrote about it, masked, with the reviewer.
    pub comments: Vec<(usize, String)>,
    /// Index of the stratum from which it was drawn; 0 where nothing tells it.
    pub stratum: usize,
    /// How many notes of the population it stands for, where the sample's manifest tells it.
    pub weight: Option<f64>,
}

/// All that reviewers said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reviews {
    /// Names of the reviewers.
    pub reviewers: Vec<String>,
    /// What the notes were reviewed for.
    pub criteria: Vec<Criterion>,
    /// The notes, in the order of the sheets.
    pub notes: Vec<ReviewedNote>,
}

/// What was wrong with a place of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// A cell holds none of the known answers.
    UnknownAnswer,
    /// A column is no criterion.
    UnknownColumn,
    /// A row names no note.
    NoNote,
    /// A row cannot be read.
    UnreadableRow,
    /// A reviewer gave a note two answers.
    AnsweredTwice,
    /// The note does not stand in the export.
    NotInExport,
    /// Several different notes of the export have the identifier.
    SeveralInExport,
    /// The program did not judge the note.
    NotAudited,
    /// The note does not stand in the manifest.
    NotInManifest,
}

impl RemarkKind {
    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            RemarkKind::UnknownAnswer => "unknown_answer",
            RemarkKind::UnknownColumn => "unknown_column",
            RemarkKind::NoNote => "no_note",
            RemarkKind::UnreadableRow => "unreadable_row",
            RemarkKind::AnsweredTwice => "answered_twice",
            RemarkKind::NotInExport => "not_in_export",
            RemarkKind::SeveralInExport => "several_in_export",
            RemarkKind::NotAudited => "not_audited",
            RemarkKind::NotInManifest => "not_in_manifest",
        }
    }
}

/// Something in a sheet that does not count, or counts otherwise than it looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetRemark {
    /// What it is.
    pub kind: RemarkKind,
    /// The file as the user named it.
    pub file: String,
    /// The row, counted as spreadsheets do: 1 is the header.
    pub row: Option<u64>,
    /// Header of the column.
    pub column: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_criteria() {
        let of = |header: &str| Criterion::of_header(header, |id| id == "too-thin");
        assert_eq!(of(" Judgement "), Some(Criterion::Category(Category::Judgement)));
        assert_eq!(of("required:next_step"), Some(Criterion::Element(Element::NextStep)));
        assert_eq!(of("too-thin"), Some(Criterion::Rule("too-thin".into())));
        assert_eq!((of("required:mood"), of("mood")), (None, None));
        for criterion in [Criterion::Element(Element::Reason), Criterion::Category(Category::Required)] {
            assert_eq!(of(&criterion.to_string()), Some(criterion));
        }
    }

    #[test]
    fn a_criterion_covers_what_it_names() {
        let found =
            |element| Found { rule: "missing".into(), category: Category::Required, element, excerpt: String::new() };
        let reason = found(Some(Element::Reason));
        assert!(Criterion::Category(Category::Required).covers(&reason));
        assert!(
            Criterion::Element(Element::Reason).covers(&reason) && Criterion::Rule("missing".into()).covers(&reason)
        );
        assert!(!Criterion::Element(Element::Reason).covers(&found(None)));
    }
}
