//! The good, the typical and the bad of each team, from a representative sample.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::SamplingError;
use super::reread::reread;
use super::rows::masked;
use crate::audit::Options;
use crate::input::Manifest;
use crate::measure::weighted_median;
use crate::model::sample::Kind;
use crate::model::{AuditedNote, BasisPoints};
use crate::rules::Rulebook;

/// A note to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The note with its score and findings.
    pub note: AuditedNote,
    /// Its text, masked.
    pub text: String,
}

/// The examples of one team.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examples {
    /// The team; `None` for notes whose export tells none.
    pub team: Option<SmolStr>,
    /// Scored notes of the sample.
    pub notes: u64,
    /// The median score of the team's notes, by weight.
    pub median: BasisPoints,
    /// The best of those that comply, best first.
    pub good: Vec<Example>,
    /// Those nearest to the median, nearest first, that are neither good nor bad examples.
    pub typical: Vec<Example>,
    /// Those that lost most, worst first.
    pub bad: Vec<Example>,
}

/// Picks so many examples of each, a team, from what the rules of now say.
///
/// # Errors
/// A sample that is not representative: the worst of what was looked for is not the worst of a team. An export without its notes.
pub fn show(
    manifest: &Manifest,
    each: usize,
    options: &Options,
    book: &Rulebook,
) -> Result<Vec<Examples>, SamplingError> {
    if !manifest.kind.representative() {
        let kind = if manifest.kind == Kind::Targeted { "targeted" } else { "risk-based" };
        return Err(SamplingError::Usage(format!(
            "a {kind} sample shows no team as it is, so nothing of it is typical\n  help: draw one with --kind simple, or stratified --by team"
        )));
    }
    let mut teams: BTreeMap<Option<SmolStr>, Vec<(AuditedNote, f64)>> = BTreeMap::new();
    let notes = reread(manifest, options, book)?.notes;
    for (note, drawn) in notes.into_iter().zip(&manifest.notes) {
        if note.score.value().is_some() {
            teams.entry(note.note.team.clone()).or_default().push((note, drawn.weight.unwrap_or(1.0)));
        }
    }
    Ok(teams.into_iter().map(|(team, notes)| examples(team, notes, each, book.scorecard.target)).collect())
}

fn examples(team: Option<SmolStr>, notes: Vec<(AuditedNote, f64)>, each: usize, target: u32) -> Examples {
    let score = |note: &AuditedNote| note.score.value().unwrap_or_default();
    let values = notes.iter().map(|(note, weight)| (f64::from(score(note).0), *weight)).collect();
    let median = weighted_median(values).unwrap_or_default();
    let count = notes.len() as u64;
    let mut rest: Vec<AuditedNote> = notes.into_iter().map(|(note, _)| note).collect();
    // Sorting is stable: among equals, chance decides, as in the draw.
    let lost = |note: &AuditedNote| note.score.possible - note.score.earned;
    let good = take(&mut rest, each, |note| {
        let complies = note.score.complies(target) == Some(true);
        complies.then(|| (BasisPoints::FULL.0 - score(note).0, note.findings.len(), u32::MAX - note.score.possible))
    });
    let bad = take(&mut rest, each, |note| {
        (!note.findings.is_empty()).then(|| (score(note), u32::MAX - lost(note), usize::MAX - note.findings.len()))
    });
    let typical = take(&mut rest, each, |note| Some((f64::from(score(note).0) - median).abs() as u64));
    Examples { team, notes: count, median: BasisPoints(median.round() as u32), good, typical, bad }
}

/// Takes out so many of those with a key, lowest keys first.
fn take<K: Ord>(rest: &mut Vec<AuditedNote>, count: usize, key: impl Fn(&AuditedNote) -> Option<K>) -> Vec<Example> {
    let mut places: Vec<(K, usize)> =
        rest.iter().enumerate().filter_map(|(at, note)| key(note).map(|key| (key, at))).collect();
    places.sort();
    places.truncate(count);
    let mut out = Vec::new();
    for (at, note) in std::mem::take(rest).into_iter().enumerate() {
        match places.iter().position(|(_, place)| *place == at) {
            Some(rank) => out.push((rank, Example { text: masked(&note), note })),
            None => rest.push(note),
        }
    }
    out.sort_by_key(|(rank, _)| *rank);
    out.into_iter().map(|(_, example)| example).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Finding, Note, Score, Severity};

    fn note(id: &str, percent: u32) -> (AuditedNote, f64) {
        let finding = Finding::of(0, Category::Judgement, Severity::Minor, 1);
        let findings = if percent == 100 { Vec::new() } else { vec![finding] };
        let score =
            Score { earned: percent, possible: 100, share: Some(BasisPoints(percent * 100)), ..Score::default() };
        (
            AuditedNote { note: Note { id: id.into(), ..Note::default() }, score, findings, ..AuditedNote::default() },
            1.0,
        )
    }

    fn ids(examples: &[Example]) -> Vec<&str> {
        examples.iter().map(|example| example.note.note.id.as_str()).collect()
    }

    #[test]
    fn the_best_complies_the_worst_lost_most_and_the_typical_is_nearest_to_the_median() {
        let notes =
            || [("a", 40), ("b", 100), ("c", 82), ("d", 95), ("e", 80)].map(|(id, score)| note(id, score)).to_vec();
        let of = examples(None, notes(), 1, 90);
        assert_eq!((ids(&of.good), ids(&of.typical), ids(&of.bad)), (vec!["b"], vec!["c"], vec!["a"]));
        assert_eq!((of.median, of.notes), (BasisPoints(8_200), 5));
        let of = examples(None, notes(), 2, 90);
        assert_eq!((ids(&of.good), ids(&of.typical), ids(&of.bad)), (vec!["b", "d"], vec!["c"], vec!["a", "e"]));
    }

    #[test]
    fn nothing_below_the_target_is_called_good_and_nothing_clean_bad() {
        let of = examples(None, vec![note("a", 60), note("b", 70)], 1, 90);
        assert!(of.good.is_empty() && ids(&of.bad) == ["a"] && ids(&of.typical) == ["b"]);
        let of = examples(None, vec![note("a", 100)], 1, 90);
        assert!(ids(&of.good) == ["a"] && of.bad.is_empty() && of.typical.is_empty());
    }
}
