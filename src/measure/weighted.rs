//! What a sample says of everybody it was drawn from: weighted estimates and how far they can be trusted.

use std::collections::BTreeMap;

use super::stats::{normal_quantile, t_quantile, wilson_of};

/// A drawn note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// Its stratum.
    pub stratum: usize,
    /// How many notes of the population it stands for: one over its chance to be drawn, at least 1.
    pub weight: f64,
}

/// What is estimated, which decides the form of its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A mean of values from 0 to 1: Student's t.
    Mean,
    /// A share of notes (values 0 and 1): Wilson's.
    Share,
}

/// An estimate for the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignEstimate {
    /// Drawn notes that it rests on.
    pub notes: u64,
    /// Notes of the population that those stand for.
    pub stands_for: f64,
    /// The estimate, from 0 to 1.
    pub value: f64,
    /// Its standard error; `None` where a single note tells nothing of it.
    pub error: Option<f64>,
    /// Between what the figure of the population may lie; `None` without a standard error.
    pub interval: Option<(f64, f64)>,
}

/// Estimates the mean of `value` over the notes of the population that have one (others, of another team or without a score, are
/// outside of the domain). `None` where no drawn note has one.
///
/// The estimate is Σwy / Σw (Hájek 1971; over a whole stratified sample Cochran's Σ W ȳ, 1977, 5.1). Its variance is that of the
/// linearised residuals e = (y − R) / Σw, which are 0 outside of the domain (Särndal, Swensson and Wretman 1992, 5.8 and 10.3), by
/// Rosén's estimator (1997): Σ over strata of n / (n − 1) Σ (1 − π) (w e − B)², where B is the mean of w e with weights 1 − π. With
/// one weight a stratum that is Cochran's Σ W² (1 − f) s² / n (5.9). A stratum of which one note was drawn counts from the mean of
/// all strata (`lonely.psu = "adjust"` of Lumley's survey package). Wilson's interval takes the effective size p (1 − p) / variance
/// (Franco, Little, Louis and Slud 2019, Journal of Survey Statistics and Methodology 7(3)).
pub fn design_estimate(
    units: &[Unit],
    value: impl Fn(usize) -> Option<f64>,
    figure: Figure,
    confidence: u32,
) -> Option<DesignEstimate> {
    let values: Vec<Option<f64>> = (0..units.len()).map(value).collect();
    let domain = || units.iter().zip(&values).filter_map(|(unit, value)| value.map(|value| (unit, value)));
    let notes = domain().count() as u64;
    let stands_for: f64 = domain().map(|(unit, _)| unit.weight).sum();
    if notes == 0 || stands_for <= 0.0 {
        return None;
    }
    let ratio = domain().map(|(unit, value)| unit.weight * value).sum::<f64>() / stands_for;
    let residual = |index: usize| values[index].map_or(0.0, |value| units[index].weight * (value - ratio) / stands_for);
    let variance = variance(units, residual);
    // Notes that were certain to be drawn vary by nothing.
    let certain = domain().all(|(unit, _)| left_out(unit) <= 0.0);
    if notes < 2 && !certain {
        return Some(DesignEstimate { notes, stands_for, value: ratio, error: None, interval: None });
    }
    let interval = if certain {
        (ratio, ratio)
    } else if variance > f64::EPSILON && figure == Figure::Mean {
        let strata = domain().map(|(unit, _)| (unit.stratum, ())).collect::<BTreeMap<_, _>>().len() as f64;
        let reach = t_quantile(confidence, notes as f64 - strata) * variance.sqrt();
        (ratio - reach, ratio + reach)
    } else {
        let spread = ratio * (1.0 - ratio);
        let size = if variance > f64::EPSILON && spread > 0.0 { spread / variance } else { effective(domain()) };
        wilson_of(ratio, size, normal_quantile(confidence))
    };
    let interval = (interval.0.clamp(0.0, 1.0), interval.1.clamp(0.0, 1.0));
    Some(DesignEstimate { notes, stands_for, value: ratio, error: Some(variance.sqrt()), interval: Some(interval) })
}

/// 1 − π: how far a note was from being drawn for certain.
fn left_out(unit: &Unit) -> f64 {
    1.0 - 1.0 / unit.weight.max(1.0)
}

fn variance(units: &[Unit], residual: impl Fn(usize) -> f64) -> f64 {
    let mut strata: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate().filter(|(_, unit)| left_out(unit) > 0.0) {
        strata.entry(unit.stratum).or_default().push((left_out(unit), residual(index)));
    }
    let of = |drawn: Vec<(f64, f64)>| {
        let n = drawn.len() as f64;
        if drawn.len() < 2 {
            return drawn.iter().map(|(out, e)| out * e * e).sum::<f64>();
        }
        let middle = drawn.iter().map(|(out, e)| out * e).sum::<f64>() / drawn.iter().map(|(out, _)| out).sum::<f64>();
        n / (n - 1.0) * drawn.iter().map(|(out, e)| out * (e - middle) * (e - middle)).sum::<f64>()
    };
    strata.into_values().map(of).sum()
}

/// Size of a simple sample without end that tells as much, where the notes themselves tell no variance: Kish's (Σw)² / Σw², and the
/// finite population correction.
fn effective<'u>(domain: impl Iterator<Item = (&'u Unit, f64)>) -> f64 {
    let (n, w, squares) = domain.fold((0.0, 0.0, 0.0), |sum: (f64, f64, f64), (unit, _)| {
        (sum.0 + 1.0, sum.1 + unit.weight, sum.2 + unit.weight * unit.weight)
    });
    w * w / squares / (1.0 - n / w).max(f64::EPSILON)
}

/// The middle of values by weight: the lowest that half of the population does not exceed; `None` of nothing.
pub fn weighted_median(mut values: Vec<(f64, f64)>) -> Option<f64> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    values
        .iter()
        .find(|(_, weight)| {
            below += weight;
            below >= half
        })
        .map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
    }

    /// Lohr, Sampling: Design and Analysis (1999), example 4.2: acres of farms in 300 of 3,078 counties in four regions. Units are
    /// made to have the published means and variances; the published total is 909,736,034 with a standard error of 50,417,248.
    #[test]
    fn a_stratified_sample_as_lohr_has_it() {
        let regions = [
            (220.0, 21, 97_629.8, 7_647_472_708.0f64),
            (1_054.0, 103, 300_504.2, 29_618_183_543.0),
            (1_382.0, 135, 211_315.0, 53_587_487_856.0),
            (422.0, 41, 662_295.5, 396_185_950_266.0),
        ];
        let (mut units, mut values) = (Vec::new(), Vec::new());
        for (stratum, (population, drawn, mean, variance)) in regions.into_iter().enumerate() {
            for at in 0..drawn {
                units.push(Unit { stratum, weight: population / f64::from(drawn) });
                // One at the mean, the others as far from it as the standard deviation: both come out as published.
                let away = if at == 0 { 0.0 } else { (f64::from(at % 2) * 2.0 - 1.0) * variance.sqrt() };
                values.push(mean + away);
            }
        }
        let estimate = design_estimate(&units, |at| Some(values[at]), Figure::Mean, 95).unwrap();
        near(estimate.stands_for, 3_078.0);
        near(estimate.value * 3_078.0, 909_736_013.8);
        near(estimate.error.unwrap() * 3_078.0, 50_417_248.251_784);
    }

    /// NumPy, by Cochran's combined ratio estimator (1977, 6.11): 75 with a standard error of 7.994817; SciPy's t at 4 degrees.
    #[test]
    fn a_domain_is_a_ratio_of_two_totals() {
        let values = [0.9, 1.0, 0.75, 0.6, 1.0, 0.8, 0.85, 1.0, 0.4];
        let inside = [true, false, true, true, false, false, true, true, true];
        let unit = |at| Unit { stratum: usize::from(at > 4), weight: if at > 4 { 6.25 } else { 8.0 } };
        let units: Vec<Unit> = (0..9).map(unit).collect();
        let estimate = design_estimate(&units, |at| inside[at].then_some(values[at]), Figure::Mean, 95).unwrap();
        near(estimate.value, 0.75);
        near(estimate.error.unwrap(), 0.079_948_172_398_267_74);
        let (low, high) = estimate.interval.unwrap();
        // Quantiles of t are computed to about seven digits.
        assert!((low - 0.528_028_075).abs() < 1e-6 && (high - 0.971_971_925).abs() < 1e-6, "{low} {high}");
        assert_eq!(estimate.notes, 6);
    }

    /// NumPy, by Rosén's formula over chances 1, 0.8, 0.5, 0.4, 0.2 and 0.1: 87.5862 with a standard error of 6.071579.
    #[test]
    fn unequal_chances_as_rosen_has_them() {
        let units = [1.0, 0.8, 0.5, 0.4, 0.2, 0.1].map(|chance: f64| Unit { stratum: 0, weight: 1.0 / chance });
        let values = [0.1, 0.4, 0.6, 0.9, 1.0, 1.0];
        let estimate = design_estimate(&units, |at| Some(values[at]), Figure::Mean, 95).unwrap();
        near(estimate.value, 0.875_862_068_965_517_3);
        near(estimate.error.unwrap(), 0.060_715_792_173_818_715);
    }

    /// statsmodels, `proportion_confint(0.3 × 52.5, 52.5, method="wilson")`, where the variance 0.004 makes 52.5 the effective size.
    #[test]
    fn a_share_takes_wilsons_interval_of_the_effective_size() {
        near(wilson_of(0.3, 0.3 * 0.7 / 0.004, normal_quantile(95)).0, 0.193_203_313_680_431_06);
        // 3 of 10 drawn of very many: 0.3 × 0.7 / 9 is the variance, 9 the effective size.
        let units = [Unit { stratum: 0, weight: 1e9 }; 10];
        let share = design_estimate(&units, |at| Some(f64::from(u8::from(at < 3))), Figure::Share, 95).unwrap();
        near(share.error.unwrap(), (0.3f64 * 0.7 / 9.0 * (1.0 - 1e-9)).sqrt());
        let (low, _) = share.interval.unwrap();
        assert!((low - wilson_of(0.3, 9.0, normal_quantile(95)).0).abs() < 1e-6);
    }

    #[test]
    fn what_was_never_seen_is_not_certain_and_a_census_is() {
        let of =
            |weight| design_estimate(&[Unit { stratum: 0, weight }; 20], |_| Some(0.0), Figure::Share, 95).unwrap();
        // Wilson of 0 in 20 ends at 16.11 %; of 20 drawn from 40, at that of 0 in 40: 8.76 % (statsmodels).
        assert!((of(1e9).interval.unwrap().1 - 0.161_1).abs() < 1e-4);
        assert!((of(2.0).interval.unwrap().1 - 0.087_6).abs() < 1e-4);
        assert_eq!(of(1.0).interval, Some((0.0, 0.0)));
        let one = design_estimate(&[Unit { stratum: 0, weight: 9.0 }], |_| Some(0.5), Figure::Mean, 95).unwrap();
        assert_eq!((one.value, one.error, one.interval), (0.5, None, None));
        assert_eq!(design_estimate(&[], |_| Some(0.5), Figure::Mean, 95), None);
    }

    #[test]
    fn the_median_goes_by_weight() {
        assert_eq!(weighted_median(vec![(90.0, 1.0), (10.0, 1.0), (50.0, 1.0)]), Some(50.0));
        assert_eq!(weighted_median(vec![(90.0, 9.0), (10.0, 1.0), (50.0, 1.0)]), Some(90.0));
        assert_eq!(weighted_median(Vec::new()), None);
    }
}
