//! What is told of reviews: tables for people, one object for programs. Text of notes is masked before it comes here.

mod json;
mod table;

pub use json::json;
pub use table::table;

use std::collections::HashSet;

use crate::input::{Manifest, Sheet};
use crate::measure::{Agreement, How};
use crate::model::{Reviews, RunInfo, SheetRemark};

/// All that is told.
pub struct Reviewed<'a> {
    /// The audit of the export.
    pub run: &'a RunInfo,
    /// Rows of the export that could not be read.
    pub unreadable: u64,
    /// The sheets.
    pub sheets: &'a [Sheet],
    /// How the notes were drawn, where it is known.
    pub manifest: Option<&'a Manifest>,
    /// Why nothing is said of the population; `None` where something is.
    pub refusal: Option<&'a str>,
    /// How the figures were made.
    pub how: How,
    /// What was said.
    pub reviews: &'a Reviews,
    /// The figures.
    pub agreement: &'a Agreement,
    /// What does not count.
    pub remarks: &'a [SheetRemark],
}

impl Reviewed<'_> {
    /// Notes that a reviewer judged in at least one criterion.
    pub(in crate::report) fn judged_by(&self, reviewer: usize) -> usize {
        let judged =
            |note: &&crate::model::ReviewedNote| note.answers.iter().any(|answers| answers[reviewer].is_some());
        self.reviews.notes.iter().filter(judged).count()
    }

    /// Notes of the manifest that nobody judged.
    pub(in crate::report) fn not_judged(&self) -> Option<usize> {
        let judged = self.reviews.notes.iter().filter(|note| note.answers.iter().flatten().any(Option::is_some));
        let judged: HashSet<&str> = judged.map(|note| note.id.as_str()).collect();
        let missing =
            |manifest: &Manifest| manifest.notes.iter().filter(|note| !judged.contains(note.note.as_str())).count();
        self.manifest.map(missing)
    }

    /// Whether the sample was drawn under the rules that are in force now; `None` where nobody knows.
    pub(in crate::report) fn same_rules(&self) -> Option<bool> {
        self.manifest?.rules.as_ref().map(|rules| *rules == self.run.rules_hash)
    }

    /// Comparisons among the drifts that could have been flagged.
    pub(in crate::report) fn comparisons(&self) -> usize {
        let enough = |notes: u64| usize::from(notes >= self.how.min_judged);
        self.agreement.drifts.iter().map(|drift| enough(drift.notes) + enough(drift.notes / 2)).sum()
    }
}
