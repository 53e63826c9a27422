//! After-call work against what a call type usually takes, and against the quality of the notes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Cell, Standards};

/// What notes of a call type usually take, in seconds: the middle, and how far they lie from it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usual {
    /// Notes whose time is known.
    pub notes: u64,
    /// Their median.
    pub median: f64,
    /// Median absolute deviation from the median.
    pub spread: f64,
}

impl Usual {
    /// Of a histogram of seconds.
    pub fn of(times: &BTreeMap<u32, u64>) -> Self {
        let median = median(times.iter().map(|(seconds, notes)| (f64::from(*seconds), *notes)));
        let mut away: Vec<(f64, u64)> =
            times.iter().map(|(seconds, notes)| ((f64::from(*seconds) - median).abs(), *notes)).collect();
        away.sort_by(|a, b| a.0.total_cmp(&b.0));
        Usual { notes: times.values().sum(), median, spread: self::median(away.into_iter()) }
    }

    /// How many spreads a time lies above the median: the modified z-score of Iglewicz and Hoaglin (1993), for whom 3.5 makes an
    /// outlier. `None` where all times are alike.
    pub fn z(&self, seconds: u32) -> Option<f64> {
        /// Makes the spread comparable with a standard deviation of the normal distribution.
        const NORMAL: f64 = 0.6745;
        (self.spread > 0.0).then(|| NORMAL * (f64::from(seconds) - self.median) / self.spread)
    }
}

/// Middle of values in ascending order, each so many times; 0 of nothing.
fn median(values: impl Iterator<Item = (f64, u64)> + Clone) -> f64 {
    let count: u64 = values.clone().map(|(_, n)| n).sum();
    let nth = |index: u64| {
        let mut before = 0;
        values.clone().find(|(_, n)| {
            before += n;
            before > index
        })
    };
    let (low, high) = (count.saturating_sub(1) / 2, count / 2);
    nth(low).zip(nth(high)).map_or(0.0, |(low, high)| (low.0 + high.0) / 2.0)
}

/// An agent's notes by time and quality; a note is slow over its call type's limit or, without one, over its median.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Fields {
    /// Quick, and the note complies.
    pub fast_good: u64,
    /// Quick, and it does not.
    pub fast_poor: u64,
    /// Slow, and it complies.
    pub slow_good: u64,
    /// Slow, and it does not.
    pub slow_poor: u64,
    /// Far above the median of the call type.
    pub long: u64,
    /// Far below it.
    pub short: u64,
}

/// What is usual by call type.
pub fn usual(cells: &[Cell]) -> BTreeMap<Option<String>, Usual> {
    let mut merged: BTreeMap<Option<String>, BTreeMap<u32, u64>> = BTreeMap::new();
    for cell in cells {
        let times = merged.entry(cell.call_type.clone()).or_default();
        for (seconds, poor, good) in cell.times.iter() {
            *times.entry(seconds).or_default() += poor + good;
        }
    }
    merged.into_iter().filter(|(_, times)| !times.is_empty()).map(|(kind, times)| (kind, Usual::of(&times))).collect()
}

/// The fields of each of so many agents.
pub fn fields(
    cells: &[Cell],
    agents: usize,
    usual: &BTreeMap<Option<String>, Usual>,
    standards: &Standards,
) -> Vec<Fields> {
    let mut out = vec![Fields::default(); agents];
    for cell in cells {
        let Some(usual) = usual.get(&cell.call_type) else { continue };
        let limit = standards.limit(cell.call_type.as_deref()).map_or(usual.median, f64::from);
        let fields = &mut out[cell.agent];
        for (seconds, poor, good) in cell.times.iter() {
            if f64::from(seconds) > limit {
                fields.slow_poor += poor;
                fields.slow_good += good;
            } else {
                fields.fast_poor += poor;
                fields.fast_good += good;
            }
            // The middle of a handful of notes is no measure for anybody.
            if usual.notes >= standards.min_notes
                && let Some(z) = usual.z(seconds)
            {
                let far = f64::from(standards.acw_spread) / 100.0;
                fields.long += if z > far { poor + good } else { 0 };
                fields.short += if z < -far { poor + good } else { 0 };
            }
        }
    }
    out
}

/// After-call work of each of so many agents as a share, in hundredths of a per cent, of what the same notes would take at the
/// limits of their call types or, without one, at their medians: under 10,000 is faster. `None` without a note to compare.
pub fn paces(
    cells: &[Cell],
    agents: usize,
    usual: &BTreeMap<Option<String>, Usual>,
    standards: &Standards,
) -> Vec<Option<u32>> {
    let mut sums = vec![(0.0, 0.0); agents];
    for cell in cells {
        let Some(usual) = usual.get(&cell.call_type) else { continue };
        let expected = standards.limit(cell.call_type.as_deref()).map_or(usual.median, f64::from);
        let (taken, expects) = &mut sums[cell.agent];
        for (seconds, poor, good) in cell.times.iter() {
            let notes = (poor + good) as f64;
            *taken += f64::from(seconds) * notes;
            *expects += expected * notes;
        }
    }
    let share = |(taken, expects): (f64, f64)| (expects > 0.0).then(|| (10_000.0 * taken / expects).round() as u32);
    sums.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(agent: usize, times: &[(u32, u64, u64)]) -> Cell {
        let mut cell = Cell { agent, ..Cell::default() };
        for (seconds, poor, good) in times {
            (0..*poor).for_each(|_| cell.times.add(*seconds, false));
            (0..*good).for_each(|_| cell.times.add(*seconds, true));
        }
        cell
    }

    /// SciPy 1.17: `median` and `median_abs_deviation` of 40, 60, 60, 75, 80, 95, 400 are 75 and 15.
    #[test]
    fn medians_as_scipy_has_them() {
        let times = BTreeMap::from([(40, 1), (60, 2), (75, 1), (80, 1), (95, 1), (400, 1)]);
        assert_eq!(Usual::of(&times), Usual { notes: 7, median: 75.0, spread: 15.0 });
        assert_eq!(Usual::of(&BTreeMap::from([(10, 1), (20, 1)])).median, 15.0);
        assert_eq!(Usual::of(&BTreeMap::new()), Usual::default());
        assert!(Usual::of(&times).z(400).unwrap() > 3.5);
    }

    /// By hand: 40 + 60 + 60 + 75 is 235 of four times the median of 77.5, 310.
    #[test]
    fn a_pace_compares_with_what_the_same_notes_usually_take() {
        let cells = [cell(0, &[(40, 1, 0), (60, 0, 2), (75, 0, 1)]), cell(1, &[(80, 0, 1), (95, 1, 0), (400, 2, 0)])];
        let usual = usual(&cells);
        assert_eq!(usual[&None].median, 77.5);
        assert_eq!(paces(&cells, 3, &usual, &Standards::default())[0], Some(7_581));
        assert_eq!(paces(&cells, 3, &usual, &Standards::default())[2], None);
    }

    #[test]
    fn every_timed_note_stands_in_one_field() {
        let cells = [cell(0, &[(40, 1, 0), (60, 0, 2), (75, 0, 1)]), cell(1, &[(80, 0, 1), (95, 1, 0), (400, 1, 0)])];
        let usual = usual(&cells);
        let standards = Standards { min_notes: 5, ..Standards::default() };
        let fields = fields(&cells, 2, &usual, &standards);
        assert_eq!(fields[0], Fields { fast_poor: 1, fast_good: 3, ..Fields::default() });
        assert_eq!(fields[1], Fields { slow_good: 1, slow_poor: 2, long: 1, ..Fields::default() });
    }
}
