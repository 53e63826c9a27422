//! The good, the typical and the bad notes of each team in a representative sample, as a page.

use serde::Serialize;

use super::excerpt::NoteView;
use super::exemplary::Praise;
use crate::audit::Workspaces;
use crate::model::{AuditedNote, BasisPoints};
use crate::rules::{Language, Rulebook};

/// The examples of one team.
#[derive(Debug, Clone, Default)]
pub struct TeamNotes<'n> {
    /// The team; `None` for notes whose export tells none.
    pub team: Option<&'n str>,
    /// Scored notes of the sample.
    pub notes: u64,
    /// The median score of the team's notes, by weight.
    pub median: BasisPoints,
    /// Good notes, best first.
    pub good: Vec<&'n AuditedNote>,
    /// Typical ones.
    pub typical: Vec<&'n AuditedNote>,
    /// Bad ones, worst first.
    pub bad: Vec<&'n AuditedNote>,
}

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct SamplesPage {
    about: String,
    target: u32,
    teams: Vec<Team>,
}

#[derive(Debug, Serialize)]
struct Team {
    name: Option<String>,
    notes: u64,
    median: u32,
    kinds: [Kind; 3],
}

#[derive(Debug, Serialize)]
struct Kind {
    /// Key of its name, and of what is said where there is none.
    kind: &'static str,
    notes: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    note: NoteView,
    /// Why it is good, of a clean one.
    praise: Option<Praise>,
}

impl SamplesPage {
    pub(super) fn of(
        teams: &[TeamNotes<'_>],
        (about, full_text): (&str, bool),
        book: &Rulebook,
        language: &Language,
    ) -> Self {
        let target = book.scorecard.target;
        let title = |rule: usize| book.rules[rule].title(&language.code).to_owned();
        let mut workspaces = Workspaces::new();
        let mut show = |kind: &'static str, notes: &[&AuditedNote]| Kind {
            kind,
            notes: notes
                .iter()
                .map(|note| Shown {
                    praise: note.is_clean().then(|| Praise::of_note(book, note, &mut workspaces)),
                    note: NoteView::of(note, target, &title, &|_| true, true).shown(note, full_text),
                })
                .collect(),
        };
        let teams = teams.iter().map(|team| Team {
            name: team.team.map(str::to_owned),
            notes: team.notes,
            median: team.median.0,
            kinds: [show("good", &team.good), show("typical", &team.typical), show("bad", &team.bad)],
        });
        SamplesPage { about: about.to_owned(), target, teams: teams.collect() }
    }
}
