//! Before a sample is drawn: how many notes it takes, how many of each stratum, and with what chance each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::stats::normal_quantile;
use crate::model::sample::Allocation;

/// Notes that a share can be estimated from, with what stands behind the number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Quantile of the normal distribution for the confidence.
    pub z: f64,
    /// Notes of a population without end, not rounded: z² p (1 − p) / e².
    pub unlimited: f64,
    /// The same for the population: n0 / (1 + (n0 − 1) / N), not rounded.
    pub corrected: f64,
    /// Notes to draw: rounded up, at least one, at most the population.
    pub notes: u64,
}

/// Notes that estimate a share near `share` per cent (50 where nothing is known: the most that it can take) within `margin`
/// percentage points either way, with `confidence` per cent; `population` where the notes are few enough to matter.
///
/// Cochran, Sampling Techniques (3rd ed. 1977), 4.4: the size from the normal approximation, and the finite population correction.
pub fn size(margin: f64, confidence: u32, share: f64, population: Option<u64>) -> Size {
    /// What floating point adds to a whole number must not cost a note.
    const DUST: f64 = 1e-9;
    let z = normal_quantile(confidence);
    let (p, e) = (share / 100.0, margin / 100.0);
    let unlimited = z * z * p * (1.0 - p) / (e * e);
    let corrected = population.map_or(unlimited, |n| unlimited / (1.0 + (unlimited - 1.0) / (n.max(1) as f64)));
    let notes = ((corrected - DUST).ceil() as u64).max(1).min(population.unwrap_or(u64::MAX));
    Size { z, unlimited, corrected, notes }
}

/// What allocation must know of a stratum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Share {
    /// Its notes; at least one.
    pub population: u64,
    /// Standard deviation of what is to be estimated; only [`Allocation::Neyman`] asks for it.
    pub deviation: f64,
}

/// Shares `notes` out among strata: whole numbers that sum to it, at most a stratum's population, at least one each (two, where
/// there are enough, since one note says nothing of how its stratum varies). `None` where there are fewer notes than strata, or
/// more than the population.
///
/// One note after the other goes where it is worth most. That is Sainte-Laguë's method for proportional and equal shares, and
/// the exact optimum in whole numbers for Neyman's (Wright 2012, The American Statistician 66(4), 217–224).
pub fn allocate(notes: u64, strata: &[Share], allocation: Allocation) -> Option<Vec<u64>> {
    let all: u64 = strata.iter().map(|s| s.population).sum();
    if notes < strata.len() as u64 || notes > all {
        return None;
    }
    let two: u64 = strata.iter().map(|s| s.population.min(2)).sum();
    let least = if two <= notes { 2 } else { 1 };
    let mut out: Vec<u64> = strata.iter().map(|s| s.population.min(least)).collect();
    let worth = |index: usize, has: u64| {
        let (k, stratum) = (has as f64, &strata[index]);
        let n = stratum.population as f64;
        Worth(match allocation {
            Allocation::Proportional => [n / (k + 0.5), 0.0],
            Allocation::Equal => [1.0 / (k + 0.5), 0.0],
            // Where nothing varies any more, the rest is shared out proportionally.
            Allocation::Neyman => [n * stratum.deviation / (k * (k + 1.0)).sqrt(), n / (k + 0.5)],
        })
    };
    let mut queue: BinaryHeap<(Worth, Reverse<usize>)> = (0..strata.len())
        .filter(|index| out[*index] < strata[*index].population)
        .map(|index| (worth(index, out[index]), Reverse(index)))
        .collect();
    for _ in out.iter().sum::<u64>()..notes {
        // As long as fewer notes than the population are given, some stratum has one left.
        let (_, Reverse(index)) = queue.pop()?;
        out[index] += 1;
        if out[index] < strata[index].population {
            queue.push((worth(index, out[index]), Reverse(index)));
        }
    }
    Some(out)
}

/// What the next note of a stratum is worth; the second number decides between equals.
#[derive(Debug, PartialEq)]
struct Worth([f64; 2]);

impl Eq for Worth {}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0[0].total_cmp(&other.0[0]).then(self.0[1].total_cmp(&other.0[1]))
    }
}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The chance of each note to be in a sample whose chances grow with a size measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chances {
    /// Size from which a note is in the sample for certain.
    certain: u64,
    /// Chance of one unit of size below that.
    per_unit: f64,
}

impl Chances {
    /// Chances proportional to the sizes (each at least 1), summing to `notes`; where that would be more than certain, the note is
    /// certain and the others share the rest.
    pub fn of(notes: u64, sizes: impl IntoIterator<Item = u64>) -> Self {
        let mut sizes: Vec<u64> = sizes.into_iter().map(|size| size.max(1)).collect();
        sizes.sort_unstable_by_key(|size| Reverse(*size));
        let mut rest: u128 = sizes.iter().map(|size| u128::from(*size)).sum();
        let mut left = notes.min(sizes.len() as u64);
        let mut certain = u64::MAX;
        for size in sizes {
            if left == 0 || u128::from(left) * u128::from(size) < rest {
                break;
            }
            certain = size;
            rest -= u128::from(size);
            left -= 1;
        }
        Chances { certain, per_unit: if rest == 0 { 0.0 } else { left as f64 / rest as f64 } }
    }

    /// The chance of a note of that size, above 0 and at most 1.
    pub fn chance(&self, size: u64) -> f64 {
        let size = size.max(1);
        if size >= self.certain { 1.0 } else { (size as f64 * self.per_unit).min(1.0) }
    }

    /// The place of a note of that size with the random number `u` (between 0 and 1, both excluded): who takes the notes of the
    /// lowest places, as many as the sample has, draws each with its chance (Pareto πps; Rosén 1997, Journal of Statistical
    /// Planning and Inference 62, 159–191). The number of notes is fixed; the chances hold but for a difference that nobody
    /// sees in samples of more than a handful.
    pub fn place(&self, size: u64, u: f64) -> f64 {
        let chance = self.chance(size);
        if chance >= 1.0 { 0.0 } else { u * (1.0 - chance) / (chance * (1.0 - u)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Cochran's formula with SciPy's `norm.ppf`: 384.146 of many, 277.73 of 1,000, 179.20 of 335, 44.34 of 50; 99 % ± 3 points
    /// of a share near 20 % of 5,000: 954.54.
    #[test]
    fn sizes_as_cochran_has_them() {
        let of = |population| size(5.0, 95, 50.0, population).notes;
        assert_eq!((of(None), of(Some(1_000)), of(Some(335)), of(Some(50))), (385, 278, 180, 45));
        assert_eq!((of(Some(1)), of(Some(2))), (1, 2));
        let narrow = size(3.0, 99, 20.0, Some(5_000));
        assert!((narrow.unlimited - 1_179.537_173).abs() < 1e-5 && (narrow.corrected - 954.544_045).abs() < 1e-5);
        assert_eq!(narrow.notes, 955);
    }

    fn strata(populations: &[u64]) -> Vec<Share> {
        populations.iter().map(|n| Share { population: *n, deviation: 0.0 }).collect()
    }

    #[test]
    fn allocations_by_hand() {
        let of = |notes, populations: &[u64], how| allocate(notes, &strata(populations), how);
        assert_eq!(of(20, &[100, 60, 40], Allocation::Proportional), Some(vec![10, 6, 4]));
        // A stratum of three gives what it has; what it lacks of its seven goes to the others.
        assert_eq!(of(21, &[100, 3, 100], Allocation::Equal), Some(vec![9, 3, 9]));
        // The smallest strata keep two notes, and one where there are not enough for two.
        assert_eq!(of(10, &[1_000, 2, 2], Allocation::Proportional), Some(vec![6, 2, 2]));
        assert_eq!(of(4, &[1_000, 9, 9], Allocation::Proportional), Some(vec![2, 1, 1]));
        assert_eq!(of(2, &[5, 5, 5], Allocation::Equal), None);
        assert_eq!(of(16, &[5, 5, 5], Allocation::Equal), None);
    }

    /// n_h = n N_h S_h / Σ N_h S_h (Cochran 1977, 5.26): 30 × (100 × 20, 200 × 5, 300 × 10) / 6,000 = 10, 5, 15.
    #[test]
    fn neyman_gives_more_to_what_varies() {
        let strata = [(100, 20.0), (200, 5.0), (300, 10.0)];
        let strata = strata.map(|(population, deviation)| Share { population, deviation });
        assert_eq!(allocate(30, &strata, Allocation::Neyman), Some(vec![10, 5, 15]));
    }

    #[test]
    fn what_costs_more_has_more_chance_and_none_more_than_certain() {
        // 4 notes: the one of 100 is certain; the others share three over a total of 30.
        let chances = Chances::of(4, [100, 1, 2, 3, 4, 10, 10]);
        assert_eq!(chances.chance(100), 1.0);
        // 10 × 3 / 30 = 1: certain too, twice; then one note over 1 + 2 + 3 + 4.
        assert_eq!(chances.chance(10), 1.0);
        assert!((chances.chance(4) - 0.4).abs() < 1e-12 && (chances.chance(1) - 0.1).abs() < 1e-12);
        assert_eq!(chances.place(10, 0.9), 0.0);
        assert!(chances.place(4, 0.5) < chances.place(1, 0.5));
    }

    proptest! {
        #[test]
        fn an_allocation_sums_to_the_sample_and_exceeds_no_stratum(
            populations in prop::collection::vec((1u64..400, 0.0f64..30.0), 1..40),
            part in 0.0f64..=1.0,
            how in prop::sample::select(vec![Allocation::Proportional, Allocation::Equal, Allocation::Neyman]),
        ) {
            let strata: Vec<Share> =
                populations.iter().map(|(population, deviation)| Share { population: *population, deviation: *deviation }).collect();
            let all: u64 = strata.iter().map(|s| s.population).sum();
            let fewest = strata.len() as u64;
            let notes = fewest + ((all - fewest) as f64 * part) as u64;
            let given = allocate(notes, &strata, how).unwrap();
            prop_assert_eq!(given.iter().sum::<u64>(), notes);
            for (given, stratum) in given.iter().zip(&strata) {
                prop_assert!((1..=stratum.population).contains(given));
            }
            // The weights N/n of the drawn notes sum to the population.
            let weights: f64 =
                given.iter().zip(&strata).map(|(n, s)| *n as f64 * (s.population as f64 / *n as f64)).sum();
            prop_assert!((weights - all as f64).abs() < 1e-6);
        }

        #[test]
        fn chances_sum_to_the_sample(sizes in prop::collection::vec(1u64..500, 1..200), part in 0.0f64..=1.0) {
            let notes = 1 + ((sizes.len() - 1) as f64 * part) as u64;
            let chances = Chances::of(notes, sizes.iter().copied());
            let each: Vec<f64> = sizes.iter().map(|size| chances.chance(*size)).collect();
            prop_assert!((each.iter().sum::<f64>() - notes as f64).abs() < 1e-6);
            prop_assert!(each.iter().all(|chance| *chance > 0.0 && *chance <= 1.0));
        }
    }
}
