//! The score of one note.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{BasisPoints, Category, Score};

/// How sections become one score. In every method a section in which no rule applies is on neither side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Points kept of the points at stake, where a section stakes at most its weight. A small fault stays small, however
    /// few rules apply.
    #[default]
    Points,
    /// Each section's share of its points, averaged by weight: Zendesk QA's review score.
    Weighted,
    /// Points times the section's weight, kept of possible: Genesys Cloud's evaluation score.
    Scaled,
}

impl Method {
    /// The name in rules and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Points => "points",
            Method::Weighted => "weighted",
            Method::Scaled => "scaled",
        }
    }
}

/// How a note is scored.
pub struct Card<'c> {
    /// How sections become one score.
    pub method: Method,
    /// Weight of a section.
    pub weight: &'c dyn Fn(Category) -> u32,
    /// Most points that a rule can cost in one note, by the rule's index.
    pub cap: &'c dyn Fn(usize) -> Option<u32>,
}

/// A rule that applied to the note: what it puts at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stake {
    /// Its section.
    pub category: Category,
    /// Index of the rule.
    pub rule: usize,
    /// Points of one finding.
    pub points: u32,
    /// Whether a failure is critical for somebody.
    pub critical: bool,
}

/// A finding: what it would cost, and what it does cost once the rule's cap and the section's stake are reached.
#[derive(Debug, PartialEq, Eq)]
pub struct Loss<'f> {
    /// Its section.
    pub category: Category,
    /// Index of its rule.
    pub rule: usize,
    /// Points of its rule.
    pub points: u32,
    /// Points it costs; written by [`score`].
    pub lost: &'f mut u32,
}

/// Scores a note: the points that count, what each finding costs of them, the share by the card's method, and the critical score.
///
/// Sources: Zendesk QA, "Understanding Zendesk QA Reviews dashboard calculations"; Genesys Cloud Resource Center, "Evaluation form
/// scoring" (help.mypurecloud.com/?p=144862).
pub fn score(card: &Card<'_>, stakes: &[Stake], losses: &mut [Loss<'_>]) -> Score {
    /// Parts of a whole in which [`Method::Weighted`] counts a section's share, finer than any weight can show.
    const PARTS: u128 = 1_000_000_000;
    let mut score = Score::default();
    let (mut kept, mut whole) = (0u128, 0u128);
    let mut at_stake = [0; Category::ALL.len()];
    stakes.iter().for_each(|stake| at_stake[stake.category.index()] += stake.points);
    losses.iter_mut().for_each(|loss| *loss.lost = 0);
    // Where nothing is at stake, nothing is lost.
    for (category, at_stake) in Category::ALL.into_iter().zip(at_stake).filter(|(_, points)| *points > 0) {
        let weight = (card.weight)(category);
        let section = match card.method {
            Method::Points => at_stake.min(weight),
            Method::Weighted | Method::Scaled => at_stake * u32::from(weight > 0),
        };
        let mut left = section;
        for index in 0..losses.len() {
            if losses[index].category != category {
                continue;
            }
            let rule = losses[index].rule;
            let spent: u32 = losses[..index].iter().filter(|l| l.rule == rule).map(|l| *l.lost).sum();
            let cap = (card.cap)(rule).map_or(u32::MAX, |cap| cap.saturating_sub(spent));
            *losses[index].lost = losses[index].points.min(left).min(cap);
            left -= *losses[index].lost;
        }
        score.possible += section;
        score.earned += left;
        if section > 0 {
            let (left, section, weight) = (u128::from(left), u128::from(section), u128::from(weight));
            let (part, of) = match card.method {
                Method::Points => (left, section),
                Method::Weighted => ((2 * left * PARTS + section) / (2 * section) * weight, PARTS * weight),
                Method::Scaled => (left * weight, section * weight),
            };
            kept += part;
            whole += of;
        }
    }
    score.share = (whole > 0).then(|| BasisPoints(((kept * 20_000 + whole) / (2 * whole)) as u32));
    score.critical = critical_share(card, stakes, losses);
    score
}

/// The points kept of those of the critical rules alone; `None` where none of them applied.
///
/// As the source has it: the points of each critical question over those of all of them, whatever their groups weigh. A rule is
/// kept or failed, as such a question is answered yes or no; a failed one loses its points, or its cap where that is less.
fn critical_share(card: &Card<'_>, stakes: &[Stake], losses: &[Loss<'_>]) -> Option<BasisPoints> {
    let (mut kept, mut whole) = (0, 0);
    for stake in stakes.iter().filter(|stake| stake.critical) {
        let failed = losses.iter().any(|loss| loss.rule == stake.rule);
        let cap = (card.cap)(stake.rule).unwrap_or(stake.points);
        let lost = if failed { stake.points.min(cap) } else { 0 };
        whole += u64::from(stake.points);
        kept += u64::from(stake.points - lost);
    }
    BasisPoints::of(kept, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNCAPPED: &dyn Fn(usize) -> Option<u32> = &|_| None;

    fn stakes(of: &[(Category, u32)]) -> Vec<Stake> {
        let stake = |(rule, (category, points)): (usize, &(Category, u32))| Stake {
            category: *category,
            rule,
            points: *points,
            critical: false,
        };
        of.iter().enumerate().map(stake).collect()
    }

    /// The same, of which the rules of these indices are critical.
    fn critical_stakes(of: &[(Category, u32)], critical: &[usize]) -> Vec<Stake> {
        stakes(of).into_iter().map(|stake| Stake { critical: critical.contains(&stake.rule), ..stake }).collect()
    }

    fn losing(card: &Card<'_>, stakes: &[Stake], of: &[(Category, usize, u32)]) -> (Score, Vec<u32>) {
        let mut lost = vec![0; of.len()];
        let mut losses: Vec<Loss<'_>> = of
            .iter()
            .zip(&mut lost)
            .map(|((category, rule, points), lost)| Loss { category: *category, rule: *rule, points: *points, lost })
            .collect();
        let score = score(card, stakes, &mut losses);
        (score, lost)
    }

    #[test]
    fn a_section_costs_its_weight_at_most_and_every_lost_point_has_a_finding() {
        use Category::{Abbreviation, Required};
        let weight = |category| if category == Abbreviation { 6 } else { 40 };
        let card = Card { method: Method::Points, weight: &weight, cap: UNCAPPED };
        let stakes = stakes(&[(Required, 10), (Required, 10), (Abbreviation, 4)]);
        let (score, lost) = losing(&card, &stakes, &[(Abbreviation, 2, 4), (Abbreviation, 2, 4), (Required, 0, 10)]);
        assert_eq!((score.earned, score.possible), (10, 24));
        assert_eq!(lost, [4, 0, 10]);
        assert_eq!(score.possible - score.earned, lost.iter().sum::<u32>());
    }

    #[test]
    fn a_rule_costs_its_cap_at_most() {
        use Category::Judgement;
        let card = Card { method: Method::Points, weight: &|_| 20, cap: &|rule| (rule == 0).then_some(6) };
        let stakes = stakes(&[(Judgement, 5), (Judgement, 15)]);
        let (_, lost) = losing(&card, &stakes, &[(Judgement, 0, 5), (Judgement, 1, 5), (Judgement, 0, 5)]);
        assert_eq!(lost, [5, 5, 1]);
    }

    /// Genesys Cloud Resource Center, "Evaluation form scoring": two 1-point questions at weight 40, one lost, and one 1-point
    /// question at weight 20 give ((1 × 40) + (1 × 20)) / ((2 × 40) + (1 × 20)) = 60 %.
    #[test]
    fn genesys_published_example() {
        use Category::{Reference, Required};
        let weight = |category| if category == Required { 40 } else { 20 };
        let card = Card { method: Method::Scaled, weight: &weight, cap: UNCAPPED };
        let stakes = stakes(&[(Required, 1), (Required, 1), (Reference, 1)]);
        let (score, _) = losing(&card, &stakes, &[(Required, 1, 1)]);
        assert_eq!((score.value(), score.critical_value()), (Some(BasisPoints(6_000)), None));
    }

    /// The same form with its published rules: a critical question counts in both scores, and in the critical one by its points
    /// over those of all critical questions; a question that is not applicable shows zero of zero points in both.
    #[test]
    fn genesys_critical_score() {
        use Category::{Reference, Required};
        let weight = |category| if category == Required { 40 } else { 20 };
        let card = Card { method: Method::Scaled, weight: &weight, cap: UNCAPPED };
        let form = [(Required, 1), (Required, 1), (Reference, 1)];
        let of = |questions: &[(Category, u32)], critical: &[usize], lost: (Category, usize)| {
            let (score, _) = losing(&card, &critical_stakes(questions, critical), &[(lost.0, lost.1, 1)]);
            (score.value().map(|v| v.0), score.critical_value().map(|v| v.0))
        };
        // 0/2 of question 1.2 and 1/2 of question 2.1, whatever their groups weigh.
        assert_eq!(of(&form, &[1, 2], (Required, 1)), (Some(6_000), Some(5_000)));
        assert_eq!(of(&form, &[0], (Required, 1)), (Some(6_000), Some(10_000)));
        assert_eq!(of(&form, &[1], (Required, 1)), (Some(6_000), Some(0)));
        // Group 2 is not applicable: 1 of 2 points, and of the critical questions only 1.2 is left.
        assert_eq!(of(&form[..2], &[1, 2], (Required, 1)), (Some(5_000), Some(0)));
        // Group 1 is not applicable: nothing is lost.
        assert_eq!(of(&form[2..], &[0], (Required, 7)), (Some(10_000), Some(10_000)));
    }

    #[test]
    fn a_critical_rule_fails_once_and_loses_its_cap_at_most() {
        use Category::Sensitive;
        let card = Card { method: Method::Points, weight: &|_| 0, cap: &|rule| (rule == 1).then_some(2) };
        let stakes = critical_stakes(&[(Sensitive, 6), (Sensitive, 4)], &[0, 1]);
        let of = |lost: &[(Category, usize, u32)]| losing(&card, &stakes, lost).0.critical.map(|share| share.0);
        assert_eq!(
            of(&[(Sensitive, 0, 6), (Sensitive, 0, 6)]),
            Some(4_000),
            "a section without weight counts all the same"
        );
        assert_eq!(of(&[(Sensitive, 1, 4)]), Some(8_000));
    }

    /// Zendesk QA's review score is the mean of the sections' shares by weight: a half-kept section of weight 2 beside a
    /// full one of weight 1 gives (0.5 × 2 + 1 × 1) / 3 = 66.67 %; by points it would be 60 %.
    #[test]
    fn sections_are_averaged_by_weight() {
        use Category::{Reference, Required};
        let weight = |category| if category == Required { 2 } else { 1 };
        let card = Card { method: Method::Weighted, weight: &weight, cap: UNCAPPED };
        let stakes = stakes(&[(Required, 4), (Required, 4), (Reference, 2)]);
        let (score, _) = losing(&card, &stakes, &[(Required, 1, 4)]);
        assert_eq!(score.value(), Some(BasisPoints(6_667)));
    }
}
