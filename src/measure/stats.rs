//! Intervals: how far a figure of a few notes can be trusted.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::model::{BasisPoints, Interval, Scores};

/// Wilson's score interval of a share (Wilson 1927), without correction for continuity; `None` of nothing.
///
/// `confidence` is in per cent, 50 to 99.
pub fn wilson(part: u64, whole: u64, confidence: u32) -> Option<Interval> {
    share_bounds(part, whole, confidence).map(|(_, low, high)| Interval { low: points(low), high: points(high) })
}

/// A share from 0 to 1 with the bounds of Wilson's interval; `None` of nothing.
pub(super) fn share_bounds(part: u64, whole: u64, confidence: u32) -> Option<(f64, f64, f64)> {
    (whole > 0).then(|| {
        let share = part as f64 / whole as f64;
        let (low, high) = wilson_of(share, whole as f64, normal_quantile(confidence));
        (share, low, high)
    })
}

/// Variance of scores, in squares of basis points, as a sample's: over one less than they are; `None` of less than two.
pub fn variance(scores: &Scores) -> Option<f64> {
    let n = scores.notes as f64;
    // Exact in integers: the difference of two large sums would lose its digits as floats.
    let spread = u128::from(scores.notes) * u128::from(scores.squares);
    let spread = spread.saturating_sub(u128::from(scores.sum) * u128::from(scores.sum));
    (scores.notes > 1).then(|| spread as f64 / (n * (n - 1.0)))
}

/// Interval of the mean of scores: Student's t.
///
/// Where all scores are the same, t would claim to be certain. Of scores that are all full, the share of notes that would lose
/// something is known no better than Wilson's interval of none in so many, and such notes lose `loss` on average; other equal
/// scores take Wilson's interval as a share would, which is wide. `None` of less than two scores.
pub fn mean_interval(scores: &Scores, loss: BasisPoints, confidence: u32) -> Option<Interval> {
    let variance = variance(scores)?;
    let n = scores.notes as f64;
    let mean = scores.sum as f64 / n;
    if variance == 0.0 {
        let (low, high) = wilson_of(mean / 10_000.0, n, normal_quantile(confidence));
        let low = if scores.full == scores.notes { 1.0 - (1.0 - low) * f64::from(loss.0) / 10_000.0 } else { low };
        return Some(Interval { low: points(low), high: points(high) });
    }
    let reach = t_quantile(confidence, n - 1.0) * (variance / n).sqrt();
    Some(Interval { low: points((mean - reach) / 10_000.0), high: points((mean + reach) / 10_000.0) })
}

/// Ends of Wilson's interval of a share of `n` units, not necessarily whole ones, at the normal quantile `z`.
pub(super) fn wilson_of(share: f64, n: f64, z: f64) -> (f64, f64) {
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    (centre - reach, centre + reach)
}

/// Quantile of the standard normal distribution for a two-sided confidence in per cent.
pub fn normal_quantile(confidence: u32) -> f64 {
    Normal::standard().inverse_cdf(upper(confidence))
}

/// Quantile of Student's t distribution for a two-sided confidence in per cent.
pub fn t_quantile(confidence: u32, freedom: f64) -> f64 {
    // Scale 1 and positive degrees of freedom always make a distribution.
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::INFINITY, |t| t.inverse_cdf(upper(confidence)))
}

fn upper(confidence: u32) -> f64 {
    0.5 + f64::from(confidence.clamp(1, 99)) / 200.0
}

fn points(share: f64) -> BasisPoints {
    BasisPoints((share.clamp(0.0, 1.0) * 10_000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-6 * expected.abs().max(1.0), "{value} is not {expected}");
    }

    /// statsmodels 0.14, `proportion_confint(k, n, alpha, method="wilson")`; 4 of 5 is also the published 37.6 to 96.4 %.
    #[test]
    fn shares_as_statsmodels_has_them() {
        let of = |part, whole, confidence| wilson(part, whole, confidence).map(|i| (i.low.0, i.high.0));
        assert_eq!(of(4, 5, 95), Some((3755, 9638)));
        assert_eq!(of(0, 10, 95), Some((0, 2775)));
        assert_eq!(of(171, 200, 90), Some((8093, 8912)));
        assert_eq!(of(0, 0, 95), None);
    }

    /// SciPy, `t.ppf` and `norm.ppf`.
    #[test]
    fn quantiles_as_scipy_has_them() {
        near(normal_quantile(95), 1.959_963_984_540_054);
        for (freedom, expected) in
            [(1.0, 12.706_204_74), (2.0, 4.302_652_73), (5.0, 2.570_581_84), (1000.0, 1.962_339_08)]
        {
            near(t_quantile(95, freedom), expected);
        }
    }

    fn scores(points: &[u32]) -> Scores {
        let mut scores = Scores::default();
        points.iter().for_each(|points| scores.add(BasisPoints(*points)));
        scores
    }

    /// SciPy, `t.interval(0.95, 6, mean, sem)` of 90, 100, 75, 88, 62, 99 and 100 per cent: 74.3257 to 101.1029, cut at 100.
    #[test]
    fn means_as_scipy_has_them() {
        let seven = scores(&[9_000, 10_000, 7_500, 8_800, 6_200, 9_900, 10_000]);
        let interval = mean_interval(&seven, BasisPoints::FULL, 95).unwrap();
        assert_eq!((interval.low.0, interval.high.0), (7_433, 10_000));
        assert_eq!(mean_interval(&scores(&[9_000]), BasisPoints::FULL, 95), None);
    }

    /// NumPy, `var(ddof=1)`: 2095714.285714 of the seven scores above. Of two scores a hundredth of a per cent apart and very many
    /// times, floats would lose the difference: each half of 10⁹ notes lies half a point from the mean, 0.25 × n / (n - 1).
    #[test]
    fn variances_as_numpy_has_them() {
        let seven = scores(&[9_000, 10_000, 7_500, 8_800, 6_200, 9_900, 10_000]);
        near(variance(&seven).unwrap(), 2_095_714.285_714);
        let half = 500_000_000u64;
        let many =
            Scores { notes: 2 * half, sum: half * 19_999, squares: half * (9_999 * 9_999 + 100_000_000), full: half };
        near(variance(&many).unwrap(), 0.25);
        assert_eq!((variance(&scores(&[9_000; 3])), variance(&scores(&[9_000]))), (Some(0.0), None));
    }

    #[test]
    fn equal_scores_are_not_certain() {
        let of = |loss| mean_interval(&scores(&[10_000; 5]), BasisPoints(loss), 95).map(|i| (i.low.0, i.high.0));
        // Wilson's interval of five in five starts at 56.55 %: 43.45 % of the notes may lose something.
        assert_eq!(of(10_000), Some((5_655, 10_000)));
        assert_eq!(of(2_000), Some((9_131, 10_000)));
    }
}
