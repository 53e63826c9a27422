//! Like with like: what an agent's mix of call types does to the score.

use std::collections::BTreeMap;

use crate::model::{BasisPoints, Cell};

/// An agent's score beside what everybody scores on the same mix of call types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// What everybody together scores on the call types that the agent had, in the agent's proportions.
    pub expected: BasisPoints,
    /// The agent's score less that, in basis points: what is left when the mix is taken out (indirect standardisation).
    pub difference: i32,
    /// `expected` less the score of everybody on all notes: what the mix alone does.
    pub effect: i32,
}

/// Of each of so many agents; `None` where an agent has no scored note, or where the export tells no call type.
pub fn mixes(cells: &[Cell], agents: usize) -> Vec<Option<Mix>> {
    let mut kinds: BTreeMap<&Option<String>, (u64, u64)> = BTreeMap::new();
    for cell in cells {
        let kind = kinds.entry(&cell.call_type).or_default();
        *kind = (kind.0 + cell.scored, kind.1 + cell.score_sum);
    }
    let told = kinds.keys().any(|kind| kind.is_some());
    let (all, all_sum) = kinds.values().fold((0, 0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1));
    let mut own = vec![(0u64, 0u64, 0.0f64); agents];
    for cell in cells {
        let (notes, sum) = kinds[&cell.call_type];
        let agent = &mut own[cell.agent];
        agent.0 += cell.scored;
        agent.1 += cell.score_sum;
        if notes > 0 {
            agent.2 += cell.scored as f64 * sum as f64 / notes as f64;
        }
    }
    own.into_iter()
        .map(|(notes, sum, expected)| {
            (told && notes > 0 && all > 0).then(|| {
                let expected = expected / notes as f64;
                Mix {
                    expected: BasisPoints(expected.round() as u32),
                    difference: (sum as f64 / notes as f64 - expected).round() as i32,
                    effect: (expected - all_sum as f64 / all as f64).round() as i32,
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: complaints score 70 on average (20 notes), enquiries 90 (20 notes). An agent with 15 complaints and 5 enquiries
    /// is expected at 75; who scores 76 is a point above like for like, though four below everybody.
    #[test]
    fn a_hard_mix_is_not_held_against_anybody() {
        let cell = |agent, kind: &str, scored, mean: u64| Cell {
            agent,
            call_type: Some(kind.into()),
            scored,
            score_sum: scored * mean,
            ..Cell::default()
        };
        let cells = [
            cell(0, "complaint", 15, 7_200),
            cell(0, "inquiry", 5, 8_800),
            cell(1, "complaint", 5, 6_400),
            cell(1, "inquiry", 15, 9_066),
        ];
        let mixes = mixes(&cells, 3);
        let hard = mixes[0].unwrap();
        assert_eq!((hard.expected.0, hard.difference, hard.effect), (7_500, 100, -500));
        assert_eq!(mixes[2], None);
    }
}
