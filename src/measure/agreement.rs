//! Coefficients of agreement between observers, with their intervals, and tests of a difference between two of them.
//!
//! Nothing here knows what was observed: a value is a number from 0, a unit is whatever was observed.

use fastrand::Rng;
use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, DiscreteCDF};

use super::stats::{normal_quantile, t_quantile, wilson_of};

/// A figure between −1 and 1, and between what it may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its interval, lower end first; `None` where there is not enough to give one.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    /// Whether the whole interval lies on one side of zero.
    pub fn excludes_zero(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// Cohen's kappa of two observers (Cohen 1960), from the table of how often one said `i` where the other said `j`.
///
/// The interval is normal, with the standard error of [`kappa_error`]. That is zero where the two agree throughout, which would
/// claim to be certain; then the lower end takes Wilson's interval of the observed agreement, chance agreement held. It is zero
/// too where one of them always says the same, for then kappa is zero whatever the other says; then there is no interval. `None`
/// where there is nothing, or where both always say the same one value: then nothing can be told from chance.
///
/// `confidence` is in per cent, 50 to 99.
pub fn kappa<const K: usize>(table: &[[u64; K]; K], confidence: u32) -> Option<Estimate> {
    let shares = Shares::of(table)?;
    let value = shares.kappa()?;
    let error = shares.error(value);
    let z = normal_quantile(confidence);
    let interval = if shares.observed >= 1.0 {
        let (low, _) = wilson_of(1.0, shares.n, z);
        Some(((low - shares.expected) / (1.0 - shares.expected), 1.0))
    } else {
        let constant = shares.rows.iter().chain(&shares.columns).any(|share| *share > 1.0 - 1e-12);
        (!constant).then_some((value - z * error, value + z * error))
    };
    Some(Estimate { value, interval: interval.map(|(low, high)| (low.max(-1.0), high.min(1.0))) })
}

/// Standard error of Cohen's kappa where it may be other than zero (Fleiss, Cohen and Everitt 1969, Psychological Bulletin
/// 72:323). `None` where there is no kappa.
pub fn kappa_error<const K: usize>(table: &[[u64; K]; K]) -> Option<f64> {
    let shares = Shares::of(table)?;
    Some(shares.error(shares.kappa()?))
}

/// Prevalence-adjusted, bias-adjusted kappa of two values (Byrt, Bishop and Carlin 1993): twice the observed agreement less 1.
/// Kappa falls towards 0 where nearly all values are the same, however well the two agree; this does not. The interval is
/// Wilson's of the agreement. `None` of nothing.
pub fn pabak(table: &[[u64; 2]; 2], confidence: u32) -> Option<Estimate> {
    let shares = Shares::of(table)?;
    let (low, high) = wilson_of(shares.observed, shares.n, normal_quantile(confidence));
    let scale = |share: f64| (2.0 * share - 1.0).clamp(-1.0, 1.0);
    Some(Estimate { value: scale(shares.observed), interval: Some((scale(low), scale(high))) })
}

/// A table as shares of its sum.
struct Shares<const K: usize> {
    n: f64,
    cells: [[f64; K]; K],
    rows: [f64; K],
    columns: [f64; K],
    observed: f64,
    expected: f64,
}

impl<const K: usize> Shares<K> {
    fn of(table: &[[u64; K]; K]) -> Option<Self> {
        let sum: u64 = table.iter().flatten().sum();
        if sum == 0 {
            return None;
        }
        let n = sum as f64;
        let cells = table.map(|row| row.map(|count| count as f64 / n));
        let rows = cells.map(|row| row.iter().sum());
        let columns: [f64; K] = std::array::from_fn(|j| cells.iter().map(|row| row[j]).sum());
        let agreed: u64 = (0..K).map(|i| table[i][i]).sum();
        let expected = (0..K).map(|i| rows[i] * columns[i]).sum();
        Some(Shares { n, cells, rows, columns, observed: agreed as f64 / n, expected })
    }

    fn kappa(&self) -> Option<f64> {
        (self.expected < 1.0 - 1e-12).then(|| (self.observed - self.expected) / (1.0 - self.expected))
    }

    fn error(&self, kappa: f64) -> f64 {
        let away = 1.0 - kappa;
        let mut sum = 0.0;
        for i in 0..K {
            for j in 0..K {
                sum += self.cells[i][j]
                    * if i == j {
                        (1.0 - (self.rows[i] + self.columns[i]) * away).powi(2)
                    } else {
                        (away * (self.columns[i] + self.rows[j])).powi(2)
                    };
            }
        }
        let variance = (sum - (kappa - self.expected * away).powi(2)) / (self.n * (1.0 - self.expected).powi(2));
        variance.max(0.0).sqrt()
    }
}

/// Krippendorff's alpha for nominal values (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability").
///
/// A unit is given by how many observers gave it each value: any number of observers, and any of them may be missing in any
/// unit; a unit with less than two values tells nothing. `None` where no unit has two values, or where all values are the same:
/// then nothing can be told from chance.
pub fn alpha<const K: usize>(units: &[[u32; K]]) -> Option<f64> {
    let disagreement = Disagreement::of(units.iter())?;
    disagreement.alpha()
}

/// The observed and the expected disagreement of units.
struct Disagreement {
    units: u64,
    observed: f64,
    expected: f64,
}

impl Disagreement {
    fn of<'u, const K: usize>(units: impl Iterator<Item = &'u [u32; K]>) -> Option<Self> {
        let mut totals = [0u64; K];
        let (mut pairs, mut used) = (0.0, 0);
        for unit in units {
            let count: u64 = unit.iter().map(|n| u64::from(*n)).sum();
            if count < 2 {
                continue;
            }
            used += 1;
            let alike: u64 = unit.iter().map(|n| u64::from(*n) * u64::from(*n)).sum();
            pairs += (count * count - alike) as f64 / (count - 1) as f64;
            for (total, n) in totals.iter_mut().zip(unit) {
                *total += u64::from(*n);
            }
        }
        let n: u64 = totals.iter().sum();
        if used == 0 {
            return None;
        }
        let alike: f64 = totals.iter().map(|total| (*total as f64) * (*total as f64 - 1.0)).sum();
        let n = n as f64;
        Some(Disagreement { units: used, observed: pairs / n, expected: 1.0 - alike / (n * (n - 1.0)) })
    }

    fn alpha(&self) -> Option<f64> {
        (self.expected > 1e-12).then(|| 1.0 - self.observed / self.expected)
    }
}

/// How a bootstrap is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Seed; the same one gives the same interval.
    pub seed: u64,
    /// How many times the units are drawn again.
    pub resamples: usize,
    /// Confidence of the interval in per cent, 50 to 99.
    pub confidence: u32,
}

/// Krippendorff's alpha with its interval: percentiles over units drawn again with replacement, as Zapf et al. (2016, BMC
/// Medical Research Methodology 16:93) found to cover well. Draws in which all values are the same have no alpha and are left
/// out; where they are most of the draws, there is no interval. Where all agree, every draw would: then the lower end takes
/// Wilson's interval of the share of units that agree, chance disagreement held.
pub fn alpha_interval<const K: usize>(units: &[[u32; K]], how: Bootstrap) -> Option<Estimate> {
    let mut told: Vec<&[u32; K]> = units.iter().filter(|unit| unit.iter().sum::<u32>() >= 2).collect();
    // The interval must not depend on the order in which the units come.
    told.sort_unstable();
    let disagreement = Disagreement::of(told.iter().copied())?;
    let value = disagreement.alpha()?;
    if disagreement.observed <= 0.0 {
        let (agreed, _) = wilson_of(1.0, disagreement.units as f64, normal_quantile(how.confidence));
        let low = 1.0 - (1.0 - agreed) / disagreement.expected;
        return Some(Estimate { value, interval: Some((low.max(-1.0), 1.0)) });
    }
    let mut rng = Rng::with_seed(how.seed);
    let mut drawn = Vec::with_capacity(how.resamples);
    for _ in 0..how.resamples {
        let again = (0..told.len()).map(|_| told[rng.usize(..told.len())]);
        drawn.extend(Disagreement::of(again).and_then(|d| d.alpha()));
    }
    let interval = (drawn.len() * 2 > how.resamples).then(|| percentiles(&mut drawn, how.confidence));
    Some(Estimate { value, interval })
}

/// The middle `confidence` per cent of values, by linear interpolation between them (Hyndman and Fan's type 7). Of no values,
/// nothing is asked.
fn percentiles(values: &mut [f64], confidence: u32) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - f64::from(confidence) / 100.0) / 2.0;
    let at = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let (below, part) = (place.floor() as usize, place.fract());
        let next = values[(below + 1).min(values.len() - 1)];
        values[below] + part * (next - values[below])
    };
    (at(tail), at(1.0 - tail))
}

/// McNemar's test of whether two observers of the same units give a value equally often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// The statistic, chi-squared with one degree of freedom, without correction; `None` where the test is exact.
    pub statistic: Option<f64>,
    /// Two-sided probability of a difference as large or larger by chance, 0 to 1.
    pub p: f64,
}

/// Discordant units below which the binomial distribution is used itself.
const FEW: u64 = 25;

/// McNemar's test (1947) from the units in which only the one, and only the other observer gave the value: by the binomial
/// distribution where these are fewer than 25, by chi-squared without correction otherwise.
pub fn mcnemar(only_one: u64, only_other: u64) -> McNemar {
    let discordant = only_one + only_other;
    if discordant < FEW {
        // One half and a count make a binomial distribution, always.
        let tail = Binomial::new(0.5, discordant).map_or(0.5, |b| b.cdf(only_one.min(only_other)));
        return McNemar { statistic: None, p: (2.0 * tail).min(1.0) };
    }
    let statistic = (only_one as f64 - only_other as f64).powi(2) / discordant as f64;
    let p = ChiSquared::new(1.0).map_or(1.0, |chi| chi.sf(statistic));
    McNemar { statistic: Some(statistic), p }
}

/// How two observers of the same units differ in how often they give a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paired {
    /// Units to which both gave it.
    pub both: u64,
    /// Units to which only the first did.
    pub only_first: u64,
    /// Units to which only the second did.
    pub only_second: u64,
    /// Units to which neither did.
    pub neither: u64,
}

impl Paired {
    /// Share of the first less share of the second, with Newcombe's interval for paired shares (1998, Statistics in Medicine
    /// 17:2635, method 10). `None` of nothing.
    pub fn difference(&self, confidence: u32) -> Option<Estimate> {
        let [a, b, c, d] = [self.both, self.only_first, self.only_second, self.neither].map(|count| count as f64);
        let n = a + b + c + d;
        if n == 0.0 {
            return None;
        }
        let z = normal_quantile(confidence);
        let (first, second) = ((a + b) / n, (a + c) / n);
        let ((low1, high1), (low2, high2)) = (wilson_of(first, n, z), wilson_of(second, n, z));
        let product = (a + b) * (c + d) * (a + c) * (b + d);
        let cross = a * d - b * c;
        let corrected = if cross > 0.0 { (cross - n / 2.0).max(0.0) } else { cross };
        let phi = if product > 0.0 { corrected / product.sqrt() } else { 0.0 };
        let reach = |one: f64, other: f64| (one * one - 2.0 * phi * one * other + other * other).max(0.0).sqrt();
        let value = first - second;
        let low = value - reach(first - low1, high2 - second);
        let high = value + reach(high1 - first, second - low2);
        Some(Estimate { value, interval: Some((low.max(-1.0), high.min(1.0))) })
    }
}

/// Mean of values, with Student's t interval; `None` of nothing, no interval of one.
pub fn mean(values: &[f64], confidence: u32) -> Option<Estimate> {
    let moments = Moments::of(values)?;
    let error = (moments.variance / moments.n).sqrt();
    let reach = t_quantile(confidence, moments.n - 1.0) * error;
    let interval = (values.len() > 1).then_some((moments.mean - reach, moments.mean + reach));
    Some(Estimate { value: moments.mean, interval })
}

/// Mean of `later` less mean of `earlier`, with Welch's interval (1947), which asks for no equal variances; `None` where one has
/// no values, no interval where one has a single value.
pub fn change(earlier: &[f64], later: &[f64], confidence: u32) -> Option<Estimate> {
    let (a, b) = (Moments::of(earlier)?, Moments::of(later)?);
    let value = b.mean - a.mean;
    let (va, vb) = (a.variance / a.n, b.variance / b.n);
    let interval = (earlier.len() > 1 && later.len() > 1).then(|| {
        let freedom = (va + vb).powi(2) / (va * va / (a.n - 1.0) + vb * vb / (b.n - 1.0));
        let freedom = if freedom.is_finite() { freedom } else { a.n + b.n - 2.0 };
        let reach = t_quantile(confidence, freedom) * (va + vb).sqrt();
        (value - reach, value + reach)
    });
    Some(Estimate { value, interval })
}

struct Moments {
    n: f64,
    mean: f64,
    /// With one degree of freedom less than values; zero of one value.
    variance: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Moments { n, mean, variance: squares / (n - 1.0).max(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, digits: i32) {
        assert!((value - expected).abs() < 0.5 * 10f64.powi(-digits), "{value} is not {expected}");
    }

    fn interval(estimate: Option<Estimate>) -> (f64, f64) {
        estimate.and_then(|e| e.interval).unwrap()
    }

    /// The textbook's grant proposals: 20 both yes, 15 both no, 5 and 10 apart; observed 0.7, expected 0.5, kappa 0.4.
    /// Interval and error: statsmodels 0.15, `cohens_kappa`.
    #[test]
    fn kappa_of_grant_proposals() {
        let table = [[20, 5], [10, 15]];
        let kappa = kappa(&table, 95).unwrap();
        near(kappa.value, 0.4, 12);
        near(kappa_error(&table).unwrap(), 0.126_996_062_931, 10);
        let (low, high) = kappa.interval.unwrap();
        near(low, 0.151_092_290_477, 9);
        near(high, 0.648_907_709_523, 9);
    }

    /// Fleiss, Cohen and Everitt (1969), their table of 200 diagnoses by two judges: kappa 0.429; and the psychotic, neurotic and
    /// organic patients of Fleiss's "Statistical Methods for Rates and Proportions": kappa 0.676. Errors: statsmodels 0.15,
    /// `cohens_kappa().std_kappa`.
    #[test]
    fn standard_errors_as_published() {
        let judges = [[106, 10, 4], [22, 28, 10], [2, 12, 6]];
        near(kappa(&judges, 95).unwrap().value, 0.429, 3);
        near(kappa_error(&judges).unwrap(), 0.053_711_004_869, 10);
        let diagnoses = [[75, 1, 4], [5, 4, 1], [0, 0, 10]];
        near(kappa(&diagnoses, 95).unwrap().value, 0.676, 3);
        near(kappa_error(&diagnoses).unwrap(), 0.087_702_953_475, 10);
        let (low, high) = interval(kappa(&diagnoses, 95));
        near(low, 0.504_575_958, 8);
        near(high, 0.848_365_218, 8);
    }

    /// scikit-learn 1.9, the examples of `cohen_kappa_score`: 0.6875, and 0.4286 of [2,0,2,2,0,1] and [0,0,2,2,0,2].
    #[test]
    fn kappa_as_scikit_learn_has_it() {
        near(kappa(&[[2, 0, 0], [0, 1, 0], [1, 0, 1]], 95).unwrap().value, 0.6875, 10);
        near(kappa(&[[2, 0, 0], [0, 0, 1], [1, 0, 2]], 95).unwrap().value, 0.428_571_428_571, 10);
    }

    /// Feinstein and Cicchetti (1990): the same 85 % of agreement is kappa 0.70 where the values are balanced and 0.32 where one
    /// is rare; adjusted for prevalence it is 0.70 both times.
    #[test]
    fn the_paradox_of_rare_values() {
        let (balanced, rare) = ([[40, 9], [6, 45]], [[80, 10], [5, 5]]);
        near(kappa(&balanced, 95).unwrap().value, 0.70, 2);
        near(kappa(&rare, 95).unwrap().value, 0.32, 2);
        assert_eq!(pabak(&balanced, 95).unwrap().value, 0.7);
        assert_eq!(pabak(&rare, 95).unwrap().value, 0.7);
    }

    /// Krippendorff (2011): four observers, twelve units, missing values, nominal: 0.743; and example A, ten units of two
    /// observers with two values: 0.095. The Python package `krippendorff` 0.9 gives 0.743421052632 and 0.095238095238.
    #[test]
    fn alpha_of_the_canonical_data() {
        const NONE: usize = 0;
        let observers = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
            [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
        ];
        let mut units = [[0u32; 5]; 12];
        for row in observers {
            for (unit, value) in row.into_iter().enumerate().filter(|(_, value)| *value != NONE) {
                units[unit][value - 1] += 1;
            }
        }
        near(alpha(&units).unwrap(), 0.743_421_052_632, 12);
        let (a, b) = ([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]);
        let units: Vec<[u32; 2]> = a.iter().zip(b).map(|(a, b)| [2 - (a + b), a + b]).collect();
        near(alpha(&units).unwrap(), 0.095_238_095_238, 12);
    }

    /// NumPy and `krippendorff` 0.9 drew the same 120 units (three observers, some missing) 20,000 times: alpha 0.4993, 2.5 and
    /// 97.5 per cent at 0.3480 and 0.6344.
    #[test]
    fn the_bootstrap_agrees_with_an_independent_one() {
        let units = sample();
        let how = Bootstrap { seed: 1, resamples: 4_000, confidence: 95 };
        let estimate = alpha_interval(&units, how).unwrap();
        near(estimate.value, 0.499_338_249_196, 10);
        let (low, high) = estimate.interval.unwrap();
        assert!((low - 0.348).abs() < 0.015 && (high - 0.634).abs() < 0.015, "{low} {high}");
        assert_eq!(alpha_interval(&units, how), Some(estimate), "the same seed gives the same interval");
        let turned: Vec<[u32; 2]> = units.iter().rev().copied().collect();
        assert_eq!(alpha_interval(&turned, how), Some(estimate), "whatever the order of the units");
        assert_ne!(alpha_interval(&units, Bootstrap { seed: 2, ..how }), Some(estimate));
    }

    fn sample() -> Vec<[u32; 2]> {
        let counts = [
            ([3, 0], 60),
            ([2, 1], 14),
            ([1, 2], 10),
            ([0, 3], 12),
            ([2, 0], 10),
            ([1, 1], 8),
            ([0, 2], 4),
            ([1, 0], 2),
        ];
        counts.iter().flat_map(|(unit, times)| std::iter::repeat_n(*unit, *times)).collect()
    }

    /// Agresti (1990), approval of a prime minister in two surveys: 17.36; and from Fagerland, Lydersen and Laake (2014) airway
    /// reactivity before and after a transplantation (1 and 7 discordant): exact p = 0.0703, difference −0.286 from −0.507 to
    /// −0.026. statsmodels 0.15 and an independent computation in Python give the further digits.
    #[test]
    fn mcnemar_and_newcombe_as_published() {
        let approval = mcnemar(150, 86);
        near(approval.statistic.unwrap(), 17.36, 2);
        near(approval.p, 3.099_293e-5, 10);
        let airways = mcnemar(1, 7);
        near(airways.p, 0.070_312_5, 12);
        assert_eq!((airways.statistic, mcnemar(0, 0).p), (None, 1.0));
        near(mcnemar(6, 16).p, 0.052_478_790_283, 10);
        let airways = Paired { both: 1, only_first: 1, only_second: 7, neither: 12 };
        let (low, high) = interval(airways.difference(95));
        near(low, -0.506_920_226_686, 9);
        near(high, -0.025_559_124_165, 9);
        let (low, high) = interval(Paired { both: 0, only_first: 9, only_second: 0, neither: 0 }.difference(95));
        near(low, 0.576_945_015, 8);
        assert_eq!((high, Paired::default().difference(95)), (1.0, None));
    }

    /// SciPy 1.17, `ttest_1samp` and `ttest_ind(equal_var=False)`, `confidence_interval()`.
    #[test]
    fn means_and_changes_as_scipy_has_them() {
        let (a, b) = ([0.0, 0.25, 0.0, -0.25, 0.0, 0.5], [0.5, 0.25, 0.75, 0.0, 0.5]);
        let (low, high) = interval(mean(&a, 95));
        near(low, -0.187_629_784, 8);
        near(high, 0.354_296_450, 8);
        let (low, high) = interval(change(&a, &b, 95));
        near(low, -0.062_745_958, 8);
        near(high, 0.696_079_291, 8);
        assert_eq!(mean(&[1.0], 95).map(|e| e.interval), Some(None));
        assert_eq!(interval(change(&[0.0, 0.0], &[1.0, 1.0], 95)), (1.0, 1.0));
    }

    /// Laws: perfect agreement is 1 and its interval does not claim to be certain; one value alone cannot be told from chance;
    /// renaming observers (the table turned over), values (rows and columns changed alike) or units changes nothing.
    #[test]
    fn coefficients_keep_their_laws() {
        let mut rng = Rng::with_seed(7);
        for _ in 0..300 {
            let table: [[u64; 3]; 3] = std::array::from_fn(|_| std::array::from_fn(|_| rng.u64(..30)));
            let turned: [[u64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| table[j][i]));
            let order = [2, 0, 1];
            let renamed: [[u64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| table[order[i]][order[j]]));
            let (Some(value), Some(error)) = (kappa(&table, 95), kappa_error(&table)) else { continue };
            for other in [turned, renamed] {
                near(kappa(&other, 95).unwrap().value, value.value, 9);
                near(kappa_error(&other).unwrap(), error, 9);
            }
            assert!((-1.0..=1.0).contains(&value.value));

            let mut units: Vec<[u32; 3]> = (0..20).map(|_| std::array::from_fn(|_| rng.u32(..3))).collect();
            let Some(before) = alpha(&units) else { continue };
            rng.shuffle(&mut units);
            near(alpha(&units).unwrap(), before, 9);
            let renamed: Vec<[u32; 3]> = units.iter().map(|unit| std::array::from_fn(|i| unit[order[i]])).collect();
            near(alpha(&renamed).unwrap(), before, 9);
            assert!(before <= 1.0);
        }
        let how = Bootstrap { seed: 1, resamples: 100, confidence: 95 };
        let agreed = [[3, 0], [0, 2], [2, 0], [0, 4]];
        let alpha = alpha_interval(&agreed, how).unwrap();
        let kappa_of_agreed = kappa(&[[6, 0], [0, 4]], 95).unwrap();
        assert_eq!((alpha.value, kappa_of_agreed.value), (1.0, 1.0));
        assert!(interval(Some(alpha)).0 < 0.5 && interval(Some(kappa_of_agreed)).0 < 0.5);
        for constant in [[[0, 0], [4, 9]], [[0, 4], [0, 48]]] {
            let kappa = kappa(&constant, 95).unwrap();
            assert!(kappa.value.abs() < 1e-9 && kappa.interval.is_none(), "{kappa:?}");
        }
        assert_eq!((kappa(&[[9, 0], [0, 0]], 95), super::alpha(&[[2, 0], [3, 0]])), (None, None));
        assert_eq!((kappa(&[[0, 0], [0, 0]], 95), super::alpha(&[[1, 0], [0, 1]])), (None, None));
    }
}
