//! What a check may say.

use super::{Element, Span};

/// One place where a check failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hit {
    /// Where in the note; `None` where the whole note is meant.
    pub span: Option<Span>,
    /// The element that is missing.
    pub element: Option<Element>,
    /// A better wording from the word list, where the list has one.
    pub better: Option<String>,
}

impl Hit {
    /// A hit at a place.
    pub fn at(span: Span) -> Self {
        Hit { span: Some(span), ..Hit::default() }
    }

    /// A hit about the whole note.
    pub fn note() -> Self {
        Hit::default()
    }
}

/// Why a check had nothing to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotApplicable {
    /// The rule has no word list in the note's language.
    Language,
    /// The rule's condition does not hold for this note.
    Condition,
    /// What the rule asks for is not called for by this note.
    NotCalledFor,
}

impl NotApplicable {
    /// The reason, for people.
    pub const fn reason(self) -> &'static str {
        match self {
            NotApplicable::Language => "the language has no lists for it",
            NotApplicable::Condition => "its condition does not hold",
            NotApplicable::NotCalledFor => "nothing in the note or its columns calls for it",
        }
    }
}

/// The answer of a check. What does not apply is never counted as clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Judged and found good.
    Pass,
    /// Judged and found wanting at one or more places.
    Fail(Vec<Hit>),
    /// Not judged.
    NotApplicable(NotApplicable),
}

impl Outcome {
    /// `Pass` without hits, `Fail` with them.
    pub fn from_hits(hits: Vec<Hit>) -> Self {
        if hits.is_empty() { Outcome::Pass } else { Outcome::Fail(hits) }
    }
}
