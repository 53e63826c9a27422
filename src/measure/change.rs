//! Differences between two times or two groups, each with its interval.

use super::rank::{Basis, score_interval};
use super::stats::{share_bounds, t_quantile, variance};
use crate::model::{Interval, Scores, Tally};

/// A difference in basis points, and between what it may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The later less the earlier, from -10,000 to 10,000.
    pub difference: i32,
    /// Lowest.
    pub low: i32,
    /// Highest.
    pub high: i32,
}

impl Change {
    fn new(difference: f64, low: f64, high: f64) -> Self {
        let points = |value: f64| value.clamp(-10_000.0, 10_000.0).round() as i32;
        Change { difference: points(difference), low: points(low), high: points(high) }
    }

    /// Whether the whole interval lies above zero (1), below (-1), or holds it (0).
    pub fn sign(&self) -> i32 {
        if self.low > 0 {
            1
        } else if self.high < 0 {
            -1
        } else {
            0
        }
    }
}

/// A sum of means, each with its factor, and Welch's t interval of it; variances need not be equal.
///
/// `[(1, after), (-1, before)]` is Welch's interval of a difference (Welch 1947); `[(1, a), (-1, b), (-1, c), (1, d)]` compares
/// two differences. Degrees of freedom after Satterthwaite (1946). `None` where a sample has less than two scores, or where
/// no score differs from its sample's mean, so that nothing tells how far the means may lie from the truth.
///
/// `confidence` is in per cent, 50 to 99.
pub fn contrast(terms: &[(f64, Scores)], confidence: u32) -> Option<Change> {
    let mut parts = Vec::with_capacity(terms.len());
    for (factor, scores) in terms {
        let count = scores.notes as f64;
        parts.push((factor * factor * variance(scores)? / count, count - 1.0));
    }
    interval(terms.iter().map(|(factor, scores)| factor * mean(scores)).sum(), &parts, confidence)
}

/// The difference of two mean scores, later less earlier.
///
/// Welch's t interval; where all scores of one time are the same, t would claim to know that mean for certain: then the
/// interval is put together from those of the two means (method of variance estimates recovery, Zou and Donner 2008), of
/// which [`score_interval`] gives one also for equal scores. `None` where a time has less than two scores.
pub fn score_change(before: &Tally, after: &Tally, basis: Basis<'_>) -> Option<Change> {
    let (earlier, later) = (&before.scores, &after.scores);
    if variance(earlier)? > 0.0 && variance(later)? > 0.0 {
        return contrast(&[(1.0, *later), (-1.0, *earlier)], basis.standards.confidence);
    }
    let (own, other) = (score_interval(before, basis)?, score_interval(after, basis)?);
    let bounds = |mean: f64, interval: Interval| (mean, f64::from(interval.low.0), f64::from(interval.high.0));
    Some(recovered(bounds(mean(earlier), own), bounds(mean(later), other)))
}

/// The difference of the means of pairs of samples (earlier, later), as if each pair had had the same share at both times, and
/// its interval: direct standardisation to the pairs' shares of all scores.
///
/// The variance within pairs is taken to be the same for all pairs of one time, so that a pair with a single score still
/// counts; degrees of freedom after Satterthwaite. Pairs of which one time has no score tell no difference and are left out.
/// `None` where less than two pairs are left or nothing varies.
pub fn like_for_like(pairs: &[(Scores, Scores)], confidence: u32) -> Option<Change> {
    let pairs: Vec<_> = pairs.iter().filter(|(before, after)| before.notes > 0 && after.notes > 0).collect();
    if pairs.len() < 2 {
        return None;
    }
    let all: u64 = pairs.iter().map(|(before, after)| before.notes + after.notes).sum();
    let weight = |pair: &(Scores, Scores)| (pair.0.notes + pair.1.notes) as f64 / all as f64;
    let difference = pairs.iter().map(|pair| weight(pair) * (mean(&pair.1) - mean(&pair.0))).sum();
    let side = |of: fn(&(Scores, Scores)) -> Scores| {
        let freedom = pairs.iter().map(|pair| of(pair).notes - 1).sum::<u64>() as f64;
        let within = pairs.iter().map(|pair| deviations(&of(pair))).sum::<f64>() / freedom;
        let weights: f64 = pairs.iter().map(|pair| weight(pair).powi(2) / of(pair).notes as f64).sum();
        (freedom > 0.0).then_some((within * weights, freedom))
    };
    interval(difference, &[side(|pair| pair.0)?, side(|pair| pair.1)?], confidence)
}

/// Arithmetic mean in basis points, not rounded; 0 of nothing.
fn mean(scores: &Scores) -> f64 {
    if scores.notes == 0 { 0.0 } else { scores.sum as f64 / scores.notes as f64 }
}

/// Sum of the squared deviations from the mean; 0 of less than two scores.
fn deviations(scores: &Scores) -> f64 {
    variance(scores).map_or(0.0, |variance| variance * (scores.notes - 1) as f64)
}

/// The interval about `difference` from variances and their degrees of freedom.
fn interval(difference: f64, parts: &[(f64, f64)], confidence: u32) -> Option<Change> {
    let variance: f64 = parts.iter().map(|(variance, _)| variance).sum();
    if variance <= 0.0 {
        return None;
    }
    let freedom = variance * variance / parts.iter().map(|(v, freedom)| v * v / freedom).sum::<f64>();
    let reach = t_quantile(confidence, freedom) * variance.sqrt();
    Some(Change::new(difference, difference - reach, difference + reach))
}

/// The difference of two shares, `(part, whole)` of the earlier and the later, with Newcombe's hybrid score interval without
/// correction for continuity (Newcombe 1998, method 10); `None` where one is a share of nothing.
///
/// `confidence` is in per cent, 50 to 99.
pub fn newcombe(before: (u64, u64), after: (u64, u64), confidence: u32) -> Option<Change> {
    let points = |(share, low, high): (f64, f64, f64)| (1e4 * share, 1e4 * low, 1e4 * high);
    let (before, after) = (share_bounds(before.0, before.1, confidence)?, share_bounds(after.0, after.1, confidence)?);
    Some(recovered(points(before), points(after)))
}

/// The difference of two figures whose bounds are known: each bound's distance is taken as a standard error would be.
fn recovered(before: (f64, f64, f64), after: (f64, f64, f64)) -> Change {
    let ((p, lowest, highest), (q, low, high)) = (before, after);
    Change::new(q - p, q - p - (q - low).hypot(highest - p), q - p + (high - q).hypot(p - lowest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BasisPoints, Standards};

    fn sample(percents: &[u32]) -> Scores {
        let mut scores = Scores::default();
        percents.iter().for_each(|percent| scores.add(BasisPoints(percent * 100)));
        scores
    }

    fn told(change: Option<Change>) -> Option<(i32, i32, i32)> {
        change.map(|change| (change.difference, change.low, change.high))
    }

    const BEFORE: [u32; 7] = [90, 100, 75, 88, 62, 99, 100];
    const AFTER: [u32; 9] = [95, 97, 100, 91, 88, 100, 99, 93, 100];

    /// SciPy 1.17, `ttest_ind(after, before, equal_var=False).confidence_interval(0.95)` in basis points: -527.47 to 2162.39
    /// about 817.46.
    #[test]
    fn a_difference_of_means_as_scipy_has_it() {
        let welch = contrast(&[(1.0, sample(&AFTER)), (-1.0, sample(&BEFORE))], 95);
        assert_eq!(told(welch), Some((817, -527, 2_162)));
        assert_eq!(welch.unwrap().sign(), 0);
        assert_eq!(contrast(&[(1.0, sample(&AFTER)), (-1.0, sample(&[90]))], 95), None);
        assert_eq!(contrast(&[(1.0, sample(&[90, 90])), (-1.0, sample(&[80, 80]))], 95), None);
    }

    /// By hand from [`score_interval`]'s bounds: 87.71 [74.33, 100] before, 100 [91.31, 100] after, of notes that lose 20 points
    /// where they lose any: 12.29 - hypot(8.69, 12.29) = -2.76, 12.29 + hypot(0, 13.38) = 25.67.
    #[test]
    fn equal_scores_are_not_certain() {
        let tally = |scores: Scores| Tally { scores, ..Tally::default() };
        let standards = Standards::default();
        let basis = Basis { standards: &standards, loss: BasisPoints(2_000), critical_loss: BasisPoints(2_000) };
        let change = |before, after| told(score_change(&tally(sample(before)), &tally(sample(after)), basis));
        assert_eq!(change(&BEFORE, &[100; 5]), Some((1_229, -276, 2_567)));
        assert_eq!(change(&BEFORE, &AFTER), Some((817, -527, 2_162)));
        assert_eq!(change(&BEFORE, &[100]), None);
    }

    /// NumPy and SciPy's `t.ppf` with Satterthwaite's 9.927 degrees of freedom: 502.46, -904.74 to 1909.66.
    #[test]
    fn a_difference_beside_that_of_others() {
        let (earlier, later) = (sample(&[80, 82, 90, 85]), sample(&[84, 83, 92, 88, 90]));
        let terms = [(1.0, sample(&AFTER)), (-1.0, sample(&BEFORE)), (-1.0, later), (1.0, earlier)];
        assert_eq!(told(contrast(&terms, 95)), Some((502, -905, 1_910)));
    }

    /// NumPy and SciPy, with the variances within pooled a side and 7.844 degrees of freedom: 545.67, -201.08 to 1292.41.
    #[test]
    fn like_for_like_takes_the_mix_out() {
        let pairs = [
            (sample(&[90, 80, 70, 85]), sample(&[92, 88, 81])),
            (sample(&[60, 65, 70]), sample(&[70, 66, 75, 72, 68])),
            (sample(&[99]), sample(&[])),
        ];
        assert_eq!(told(like_for_like(&pairs, 95)), Some((546, -201, 1_292)));
        assert_eq!(like_for_like(&pairs[..1], 95), None);
    }

    /// statsmodels 0.15, `confint_proportions_2indep(..., method="newcomb")`; the first is also Newcombe's own example (1998,
    /// table II a, method 10): 0.0524 to 0.3339.
    #[test]
    fn differences_of_shares_as_newcombe_published_them() {
        let of = |after, before, confidence| told(newcombe(before, after, confidence));
        assert_eq!(of((56, 70), (48, 80), 95), Some((2_000, 524, 3_339)));
        assert_eq!(of((9, 10), (3, 10), 95), Some((6_000, 1_705, 8_090)));
        assert_eq!(of((0, 10), (0, 10), 95), Some((0, -2_775, 2_775)));
        assert_eq!(of((10, 10), (0, 20), 95), Some((10_000, 6_791, 10_000)));
        assert_eq!(of((171, 200), (150, 200), 90), Some((1_050, 396, 1_696)));
        assert_eq!(of((1, 2), (0, 0), 95), None);
    }

    /// A law: the other way round, the interval is mirrored.
    #[test]
    fn the_order_of_times_turns_the_sign() {
        for (a, b) in [((3, 10), (9, 10)), ((0, 7), (7, 7)), ((1, 40), (2, 3))] {
            let (there, back) = (newcombe(a, b, 95).unwrap(), newcombe(b, a, 95).unwrap());
            assert_eq!((there.difference, there.low, there.high), (-back.difference, -back.high, -back.low));
            assert_eq!(there.sign(), -back.sign());
        }
    }
}
