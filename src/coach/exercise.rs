//! Which notes make a round of "spot the error".

use std::collections::{BTreeMap, BTreeSet};

use super::seed::Choices;
use crate::model::{AuditedNote, Category};

/// How many exercises a round has.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Notes with something to find.
    pub faulty: usize,
    /// Clean notes among them, so that marking everything does not pay.
    pub decoys: usize,
    /// The same seed gives the same round.
    pub seed: u64,
}

/// Numbers to try until the rules find the same in the invented note as in the real one.
const ATTEMPTS: u64 = 60;
/// Characters a note may have to be read at a glance.
const READABLE: std::ops::RangeInclusive<usize> = 40..=700;
/// Bytes from which a clean note tells enough to be a decoy nobody can quarrel with.
const TELLING: usize = 120;
/// Findings beyond which a note is hopeless rather than instructive.
const MOST_FINDINGS: usize = 6;

/// Picks notes for a round, over all categories in turn, and makes them anonymous.
///
/// `invent` gives the anonymous note of an attempt with its findings, or nothing where the rules do not find the same in
/// it: the solution that learners see is what the rules say of the very text they read.
pub fn pick(
    notes: &[&AuditedNote],
    round: Round,
    invent: &mut dyn FnMut(&AuditedNote, u64) -> Option<AuditedNote>,
) -> Vec<AuditedNote> {
    let mut order: Vec<&AuditedNote> =
        notes.iter().copied().filter(|n| READABLE.contains(&n.note.text.chars().count())).collect();
    order.sort_by_key(|note| {
        let many = note.findings.len() > MOST_FINDINGS;
        (many, Choices::of(round.seed, &note.note.id).next(), note.note.id.clone())
    });
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut agents: BTreeMap<&str, usize> = BTreeMap::new();
    let mut chosen: Vec<AuditedNote> = Vec::new();
    let mut take = |fits: &dyn Fn(&AuditedNote) -> bool, chosen: &mut Vec<AuditedNote>| -> bool {
        // Agents with the fewest notes in the round first: it is about habits, not about one person.
        let mut candidates: Vec<&AuditedNote> =
            order.iter().copied().filter(|n| !used.contains(n.note.id.as_str()) && fits(n)).collect();
        candidates.sort_by_key(|note| agents.get(note.note.agent.as_str()).copied().unwrap_or(0));
        for note in candidates {
            used.insert(&note.note.id);
            let anonymous = (0..ATTEMPTS).find_map(|attempt| invent(note, attempt));
            // A paragraph pasted into many notes is one exercise.
            let anonymous = anonymous.filter(|new| !chosen.iter().any(|old| alike(&old.note.text, &new.note.text)));
            if let Some(anonymous) = anonymous {
                *agents.entry(&note.note.agent).or_default() += 1;
                chosen.push(anonymous);
                return true;
            }
        }
        false
    };
    let mut going = true;
    while going && chosen.len() < round.faulty {
        going = false;
        for category in Category::ALL {
            if chosen.len() < round.faulty {
                going |= take(&|note| note.findings.iter().any(|f| f.category == category), &mut chosen);
            }
        }
    }
    // Decoys by those who write best: what a rule has overlooked in a careless note would teach the wrong thing.
    let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
    for note in notes {
        *faults.entry(&note.note.agent).or_default() += note.findings.len();
    }
    let mut careful: Vec<(usize, &str)> = faults.iter().map(|(agent, faults)| (*faults, *agent)).collect();
    careful.sort_unstable();
    let clean =
        |note: &AuditedNote| note.findings.is_empty() && note.score.possible > 0 && note.note.text.len() >= TELLING;
    let mut decoys = 0;
    for some in (1..=careful.len()).map(|count| &careful[..count]) {
        while decoys < round.decoys
            && take(&|note| clean(note) && some.iter().any(|(_, agent)| *agent == note.note.agent), &mut chosen)
        {
            decoys += 1;
            if decoys % 2 == 1 {
                // The next one by somebody else, if there is one.
                break;
            }
        }
    }
    Choices::of(round.seed, "order").shuffle(&mut chosen);
    chosen
}

/// Whether two texts say nearly the same.
fn alike(a: &str, b: &str) -> bool {
    strsim::sorensen_dice(a, b) > 0.85
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Finding, Note, Score, Severity};

    fn note(id: usize, category: Option<Category>) -> AuditedNote {
        let findings = category.into_iter().map(|category| Finding {
            rule: category.index(),
            category,
            severity: Severity::Minor,
            span: None,
            element: None,
            excerpt: String::new(),
            message: String::new(),
            suggestion: None,
            fingerprint: 0,
            standing: crate::model::Standing::default(),
            decision: None,
            points_lost: 1,
            gain: 0,
        });
        AuditedNote {
            note: Note {
                id: id.to_string(),
                agent: (id % 3).to_string(),
                text: format!("{} {}", "x".repeat(40), id.to_string().repeat(60)),
                ..Note::default()
            },
            language: None,
            score: Score { earned: 1, possible: 1, ..Score::default() },
            findings: findings.collect(),
            ..AuditedNote::default()
        }
    }

    #[test]
    fn a_round_has_every_category_and_decoys_and_is_the_same_again() {
        let mut notes: Vec<AuditedNote> = (0..30).map(|id| note(id, Some(Category::Judgement))).collect();
        notes.push(note(40, Some(Category::Sensitive)));
        notes.extend((50..60).map(|id| note(id, None)));
        let notes: Vec<&AuditedNote> = notes.iter().collect();
        let round = Round { faulty: 5, decoys: 2, seed: 3 };
        let first = pick(&notes, round, &mut |note, _| Some(note.clone()));
        assert_eq!(first.len(), 7);
        assert!(first.iter().any(|n| n.findings.iter().any(|f| f.category == Category::Sensitive)));
        assert_eq!(first, pick(&notes, round, &mut |note, _| Some(note.clone())));
    }

    #[test]
    fn a_note_that_cannot_be_invented_is_left_out() {
        let notes = [note(1, Some(Category::Judgement))];
        let notes: Vec<&AuditedNote> = notes.iter().collect();
        let round = Round { faulty: 1, decoys: 0, seed: 3 };
        assert!(pick(&notes, round, &mut |_, _| None).is_empty());
    }
}
