//! How a reviewer stands to the others, and how that changes over time.

use super::agreement::{Estimate, McNemar, Paired, change, mcnemar, mean};
use super::review::{How, Opinion};
use crate::model::{Answer, ReviewedNote, Reviews};

/// By what a reviewer's notes are parted into an earlier and a later half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Halves {
    /// The order of the rows that the reviewer filled.
    #[default]
    Rows,
    /// The start of the contacts.
    StartedAt,
}

/// How a reviewer stands to what most of the others say of the same notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The reviewer.
    pub reviewer: usize,
    /// The criterion; `None` for all of them together.
    pub criterion: Option<usize>,
    /// Notes that the reviewer and others judged.
    pub notes: u64,
    /// Share of `fail`: the reviewer's mean over the notes, 0 to 1.
    pub own: f64,
    /// Share of `fail`: the others' mean over the notes, 0 to 1.
    pub others: f64,
    /// The one less the other; of one criterion with Newcombe's interval, of all with Student's t over the notes, since the
    /// criteria of a note are not independent.
    pub difference: Estimate,
    /// Notes in which the reviewer sees more errors than the others.
    pub stricter: u64,
    /// Notes in which the reviewer sees fewer.
    pub milder: u64,
    /// McNemar's test of these two (over all criteria: the sign test, which is the same).
    pub test: McNemar,
    /// How the difference changed from the earlier to the later half of the notes.
    pub change: Option<Estimate>,
    /// Whether there are enough notes and the interval of `difference` lies on one side of zero.
    pub differs: bool,
    /// Whether there are enough notes and the interval of `change` lies on one side of zero.
    pub drifts: bool,
}

/// By reviewer: all criteria together, then one by one.
pub(super) fn drifts(reviews: &Reviews, how: How) -> Vec<Drift> {
    let scopes: Vec<Option<usize>> = std::iter::once(None).chain((0..reviews.criteria.len()).map(Some)).collect();
    let reviewers = 0..reviews.reviewers.len();
    reviewers.flat_map(|r| scopes.iter().filter_map(move |scope| drift(reviews, r, *scope, how))).collect()
}

/// A note's shares of `fail` over the criteria of a scope that a reviewer and most of the others judged: the reviewer's and the
/// others'.
fn shares(note: &ReviewedNote, reviewer: usize, scope: Option<usize>) -> Option<(f64, f64)> {
    let criteria = scope.map_or(0..note.answers.len(), |criterion| criterion..criterion + 1);
    let (mut judged, mut own, mut others) = (0.0, 0.0, 0.0);
    for answers in &note.answers[criteria] {
        let rest = answers.iter().enumerate().filter(|(at, _)| *at != reviewer).map(|(_, answer)| *answer);
        if let (Some(answer), Some(majority)) = (answers[reviewer], Opinion::of(rest).majority()) {
            judged += 1.0;
            own += f64::from(u8::from(answer == Answer::Fail));
            others += f64::from(u8::from(majority));
        }
    }
    (judged > 0.0).then(|| (own / judged, others / judged))
}

fn drift(reviews: &Reviews, reviewer: usize, scope: Option<usize>, how: How) -> Option<Drift> {
    let confidence = how.bootstrap.confidence;
    let judged: Vec<(&ReviewedNote, f64, f64)> = reviews
        .notes
        .iter()
        .filter_map(|note| shares(note, reviewer, scope).map(|(own, others)| (note, own, others)))
        .collect();
    let differences: Vec<f64> = judged.iter().map(|(_, own, others)| own - others).collect();
    let over_notes = mean(&differences, confidence)?;
    let difference = match scope {
        None => over_notes,
        Some(_) => paired(&judged).difference(confidence)?,
    };
    let stricter = differences.iter().filter(|d| **d > 0.0).count() as u64;
    let milder = differences.iter().filter(|d| **d < 0.0).count() as u64;
    let (earlier, later) = halves(&judged, reviewer, how.halves);
    let change = change(&earlier, &later, confidence);
    let notes = judged.len() as u64;
    let enough = |notes: usize| notes as u64 >= how.min_judged;
    Some(Drift {
        reviewer,
        criterion: scope,
        notes,
        own: judged.iter().map(|(_, own, _)| own).sum::<f64>() / notes as f64,
        others: judged.iter().map(|(_, _, others)| others).sum::<f64>() / notes as f64,
        differs: enough(judged.len()) && difference.excludes_zero(),
        drifts: enough(earlier.len().min(later.len())) && change.is_some_and(|change| change.excludes_zero()),
        difference,
        stricter,
        milder,
        test: mcnemar(stricter, milder),
        change,
    })
}

fn paired(judged: &[(&ReviewedNote, f64, f64)]) -> Paired {
    let mut paired = Paired::default();
    for (_, own, others) in judged {
        *match (*own > 0.5, *others > 0.5) {
            (true, true) => &mut paired.both,
            (true, false) => &mut paired.only_first,
            (false, true) => &mut paired.only_second,
            (false, false) => &mut paired.neither,
        } += 1;
    }
    paired
}

/// The differences of the earlier and of the later half of a reviewer's notes; notes that cannot be ordered are left out.
fn halves(judged: &[(&ReviewedNote, f64, f64)], reviewer: usize, by: Halves) -> (Vec<f64>, Vec<f64>) {
    let mut ordered: Vec<_> = judged
        .iter()
        .filter_map(|(note, own, others)| {
            let place = match by {
                Halves::Rows => (None, "", note.rows[reviewer]?),
                Halves::StartedAt => (Some(note.day?), note.started_at.as_str(), 0),
            };
            Some((place, own - others))
        })
        .collect();
    ordered.sort_by_key(|(place, _)| *place);
    let differences: Vec<f64> = ordered.into_iter().map(|(_, difference)| difference).collect();
    let (earlier, later) = differences.split_at(differences.len() / 2);
    (earlier.to_vec(), later.to_vec())
}
