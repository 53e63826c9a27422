//! What may be said of somebody whose figure has an interval.

use crate::model::{BasisPoints, Interval, Scores, Standards, Tally};

use super::stats::mean_interval;

/// What the figures of somebody are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'s> {
    /// Targets, and how sure a figure must be.
    pub standards: &'s Standards,
    /// What a note that loses something loses on average, over everybody.
    pub loss: BasisPoints,
    /// The same of the critical score.
    pub critical_loss: BasisPoints,
}

impl<'s> Basis<'s> {
    /// Of the notes of everybody.
    pub fn of(everybody: &Tally, standards: &'s Standards) -> Self {
        let loss = |scores: &Scores| {
            let losing = scores.notes - scores.full;
            let lost = scores.notes * u64::from(BasisPoints::FULL.0) - scores.sum;
            BasisPoints(lost.checked_div(losing).map_or(BasisPoints::FULL.0, |loss| loss as u32))
        };
        Basis { standards, loss: loss(&everybody.scores), critical_loss: loss(&everybody.critical_scores) }
    }

    /// Of the notes of two times or two groups together.
    pub fn of_both(one: &Tally, other: &Tally, standards: &'s Standards) -> Self {
        let mut both = one.clone();
        both.merge(other);
        Basis::of(&both, standards)
    }
}

/// How somebody stands to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Fewer notes than the standards ask for: nothing is said.
    TooFew,
    /// The whole interval lies at or above the target.
    Reached,
    /// The whole interval lies below the target.
    Missed,
    /// The target lies within the interval.
    Open,
}

/// The interval of a mean score, where there are enough notes to give one.
pub fn score_interval(tally: &Tally, basis: Basis<'_>) -> Option<Interval> {
    interval(&tally.scores, basis.loss, basis.standards)
}

/// The interval of a mean critical score, where there are enough notes to give one.
pub fn critical_interval(tally: &Tally, basis: Basis<'_>) -> Option<Interval> {
    interval(&tally.critical_scores, basis.critical_loss, basis.standards)
}

fn interval(scores: &Scores, loss: BasisPoints, standards: &Standards) -> Option<Interval> {
    mean_interval(scores, loss, standards.confidence)
}

/// How a mean score stands to the target.
pub fn verdict(tally: &Tally, basis: Basis<'_>) -> Verdict {
    verdict_of(score_interval(tally, basis), tally.scores.notes, basis.standards.target, basis.standards)
}

/// How a figure of so many notes stands to a target in per cent, by its interval.
pub fn verdict_of(interval: Option<Interval>, notes: u64, target: u32, standards: &Standards) -> Verdict {
    match interval {
        Some(interval) if notes >= standards.min_notes => {
            if interval.low.0 >= target * 100 {
                Verdict::Reached
            } else if interval.high.0 < target * 100 {
                Verdict::Missed
            } else {
                Verdict::Open
            }
        }
        _ => Verdict::TooFew,
    }
}

/// The places that each of several could hold, best first: behind everybody whose interval lies wholly above, before everybody
/// whose interval lies wholly below. Overlapping intervals share places, so nobody is ranked on chance. `None` for those
/// without enough notes, who take nobody's place.
pub fn places(tallies: &[&Tally], basis: Basis<'_>) -> Vec<Option<(usize, usize)>> {
    let interval =
        |tally: &&Tally| score_interval(tally, basis).filter(|_| tally.scores.notes >= basis.standards.min_notes);
    let intervals: Vec<Option<Interval>> = tallies.iter().map(interval).collect();
    let (mut lows, mut highs): (Vec<u32>, Vec<u32>) = intervals.iter().flatten().map(|i| (i.low.0, i.high.0)).unzip();
    lows.sort_unstable();
    highs.sort_unstable();
    let place = |own: Interval| {
        let above = lows.len() - lows.partition_point(|low| *low <= own.high.0);
        let below = highs.partition_point(|high| *high < own.low.0);
        (above + 1, lows.len() - below)
    };
    intervals.into_iter().map(|own| own.map(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty notes of two scores a hundredth apart: an interval of a few points.
    fn tally(score: u64, notes: u64) -> Tally {
        let (a, b) = (score - 100, score + 100);
        let half = notes / 2;
        Tally {
            notes,
            scores: Scores { notes, sum: half * (a + b), squares: half * (a * a + b * b), full: 0 },
            ..Tally::default()
        }
    }

    #[test]
    fn overlapping_intervals_share_their_places() {
        let standards = Standards { min_notes: 10, ..Standards::default() };
        let all = [tally(9_500, 20), tally(9_480, 20), tally(8_000, 20), tally(9_900, 4)];
        let basis = Basis { standards: &standards, loss: BasisPoints(2_000), critical_loss: BasisPoints(2_000) };
        let places = places(&all.iter().collect::<Vec<_>>(), basis);
        assert_eq!(places, [Some((1, 2)), Some((1, 2)), Some((3, 3)), None]);
    }

    #[test]
    fn a_verdict_needs_notes_and_an_interval_on_one_side() {
        let standards = Standards { target: 95, min_notes: 10, ..Standards::default() };
        let basis = Basis { standards: &standards, loss: BasisPoints(2_000), critical_loss: BasisPoints(2_000) };
        let of = |score, notes| verdict(&tally(score, notes), basis);
        assert_eq!(of(9_800, 20), Verdict::Reached);
        assert_eq!(of(9_500, 20), Verdict::Open);
        assert_eq!(of(9_000, 20), Verdict::Missed);
        assert_eq!(of(9_000, 8), Verdict::TooFew);
    }
}
