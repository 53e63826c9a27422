//! The score of one note.

use crate::model::{Category, Score};

/// A rule that applied to the note: what it puts at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stake {
    /// Its section.
    pub category: Category,
    /// Points of one finding.
    pub points: u32,
}

/// A finding: what it would cost, and what it does cost once the section's weight is reached.
#[derive(Debug, PartialEq, Eq)]
pub struct Loss<'f> {
    /// Its section.
    pub category: Category,
    /// Points of its rule.
    pub points: u32,
    /// Points it costs; written by [`score`].
    pub lost: &'f mut u32,
}

/// Scores a note.
///
/// A section can earn the points of the rules that applied, at most its weight. Each finding costs its rule's points
/// until the section is used up. Sections without an applicable rule are on neither side of the fraction.
pub fn score(weight: impl Fn(Category) -> u32, stakes: &[Stake], losses: &mut [Loss<'_>], fatal: bool) -> Score {
    let mut score = Score { fatal, ..Score::default() };
    for category in Category::ALL {
        let at_stake: u32 = stakes.iter().filter(|s| s.category == category).map(|s| s.points).sum();
        let section = at_stake.min(weight(category));
        let mut left = section;
        for loss in losses.iter_mut().filter(|l| l.category == category) {
            *loss.lost = loss.points.min(left);
            left -= *loss.lost;
        }
        score.possible += section;
        score.earned += left;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_costs_its_weight_at_most_and_every_lost_point_has_a_finding() {
        let stakes = [
            Stake { category: Category::Required, points: 10 },
            Stake { category: Category::Required, points: 10 },
            Stake { category: Category::Abbreviation, points: 4 },
        ];
        let mut lost = [0; 3];
        let [a, b, c] = &mut lost;
        let mut losses = [
            Loss { category: Category::Abbreviation, points: 4, lost: a },
            Loss { category: Category::Abbreviation, points: 4, lost: b },
            Loss { category: Category::Required, points: 10, lost: c },
        ];
        let weight = |category| if category == Category::Abbreviation { 6 } else { 40 };
        let score = score(weight, &stakes, &mut losses, false);
        assert_eq!((score.earned, score.possible), (10, 24));
        assert_eq!(lost, [4, 0, 10]);
        assert_eq!(score.possible - score.earned, lost.iter().sum::<u32>());
    }
}
