//! Which notes make a round of "spot the error".

use std::collections::{BTreeMap, BTreeSet};

use super::exemplary::is_exemplary;
use super::level::{Familiar, Level};
use super::seed::Choices;
use crate::model::{AuditedNote, Category};
use crate::text::Folder;

/// What a round is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Notes with something to find.
    pub faulty: usize,
    /// Clean notes among them, so that marking everything does not pay.
    pub decoys: usize,
    /// Categories of which each faulty note has at least one finding; empty: any.
    pub categories: Vec<Category>,
    /// How hard the faulty notes are; `None`: from the easiest to the hardest.
    pub level: Option<Level>,
    /// The same seed gives the same round.
    pub seed: u64,
}

impl Round {
    /// A round of so many notes over every category and level, one in four clean.
    pub fn of_size(size: usize, seed: u64) -> Self {
        let decoys = size / 4;
        Round { faulty: size - decoys, decoys, categories: Vec::new(), level: None, seed }
    }

    fn wants(&self, category: Category) -> bool {
        self.categories.is_empty() || self.categories.contains(&category)
    }
}

/// A note to learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// The note without anybody who could be known, as the rules judge it.
    pub note: AuditedNote,
    /// How hard it is; `None` for a clean note.
    pub level: Option<Level>,
    /// How hard each of its findings is.
    pub levels: Vec<Level>,
}

/// Characters a note may have to be read at a glance.
const READABLE: std::ops::RangeInclusive<usize> = 40..=700;
/// Findings beyond which a note is hopeless rather than instructive.
const MOST_FINDINGS: usize = 6;

/// What is being put together.
struct Making<'n, 'i> {
    /// Readable notes in an order of chance, hopeless ones last.
    order: Vec<&'n AuditedNote>,
    familiar: Familiar<'i>,
    used: BTreeSet<&'n str>,
    agents: BTreeMap<&'n str, usize>,
    chosen: Vec<Exercise>,
    invent: &'i mut dyn FnMut(&AuditedNote) -> Option<AuditedNote>,
}

impl<'n> Making<'n, '_> {
    /// Adds the first note that fits and can be made anonymous; whether there was one.
    fn take(&mut self, fits: &dyn Fn(&AuditedNote, &Familiar<'_>) -> bool) -> bool {
        // Agents with the fewest notes in the round first: it is about habits, not about one person.
        let mut candidates: Vec<&'n AuditedNote> = self
            .order
            .iter()
            .copied()
            .filter(|n| !self.used.contains(n.note.id.as_str()) && fits(n, &self.familiar))
            .collect();
        candidates.sort_by_key(|note| self.agents.get(note.note.agent.as_str()).copied().unwrap_or(0));
        for note in candidates {
            self.used.insert(&note.note.id);
            // What only the whole export shows is not in the invented note, which must still fit without it.
            let anonymous = (self.invent)(note)
                .filter(|new| new.findings.is_empty() == note.findings.is_empty() && fits(new, &self.familiar))
                // A paragraph pasted into many notes is one exercise.
                .filter(|new| !self.chosen.iter().any(|old| alike(&old.note.note.text, &new.note.text)));
            if let Some(note_of_nobody) = anonymous {
                *self.agents.entry(&note.note.agent).or_default() += 1;
                let levels = note_of_nobody.findings.iter().map(|f| self.familiar.level(&note_of_nobody, f)).collect();
                let level = self.familiar.of_note(&note_of_nobody);
                self.chosen.push(Exercise { note: note_of_nobody, level, levels });
                return true;
            }
        }
        false
    }

    /// Faulty notes over the wanted categories (and levels, where none is asked for) in turn.
    fn faulty(&mut self, round: &Round) {
        let levels: Vec<Option<Level>> = match round.level {
            Some(level) => vec![Some(level)],
            // Where a level is used up the others fill in.
            None => Level::ALL.into_iter().map(Some).chain([None]).collect(),
        };
        let mut turn = 0;
        let mut going = true;
        while going && self.chosen.len() < round.faulty {
            going = false;
            for category in Category::ALL.into_iter().filter(|category| round.wants(*category)) {
                if self.chosen.len() == round.faulty {
                    break;
                }
                for step in 0..levels.len() {
                    let level = levels[(turn + step) % levels.len()];
                    let fits = |note: &AuditedNote, familiar: &Familiar<'_>| {
                        note.findings.iter().any(|f| f.category == category)
                            && level.is_none_or(|level| familiar.of_note(note) == Some(level))
                    };
                    if self.take(&fits) {
                        going = true;
                        break;
                    }
                }
                turn += 1;
            }
        }
    }

    /// Decoys by those who write best: what a rule has overlooked in a careless note would teach the wrong thing.
    fn decoys(&mut self, notes: &[&'n AuditedNote], wanted: usize) {
        let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
        for note in notes {
            *faults.entry(&note.note.agent).or_default() += note.findings.len();
        }
        let mut careful: Vec<(usize, &str)> = faults.iter().map(|(agent, faults)| (*faults, *agent)).collect();
        careful.sort_unstable();
        let mut decoys = 0;
        for some in (1..=careful.len()).map(|count| &careful[..count]) {
            // An invented note has no agent any more.
            let fits = |note: &AuditedNote, _: &Familiar<'_>| {
                let by_careful = || some.iter().any(|(_, agent)| *agent == note.note.agent);
                is_exemplary(note) && (note.note.agent.is_empty() || by_careful())
            };
            while decoys < wanted && self.take(&fits) {
                decoys += 1;
                if decoys % 2 == 1 {
                    // The next one by somebody else, if there is one.
                    break;
                }
            }
        }
    }
}

/// Picks notes for a round and makes them anonymous; from the easiest to the hardest, clean ones among them.
///
/// `invent` gives the anonymous note with its findings, or nothing where the rules do not find the same in it: the solution
/// that learners see is what the rules say of the very text they read.
pub fn pick(
    notes: &[&AuditedNote],
    round: &Round,
    folder: &Folder,
    invent: &mut dyn FnMut(&AuditedNote) -> Option<AuditedNote>,
) -> Vec<Exercise> {
    let mut order: Vec<&AuditedNote> =
        notes.iter().copied().filter(|n| READABLE.contains(&n.note.text.chars().count())).collect();
    order.sort_by_key(|note| {
        let many = note.findings.len() > MOST_FINDINGS;
        // Asked for one category, a note with nothing else is the better exercise.
        let besides = note.findings.iter().filter(|f| !round.wants(f.category)).count();
        (many, besides, Choices::of(round.seed, &note.note.id).next(), note.note.id.clone())
    });
    let mut making = Making {
        order,
        familiar: Familiar::of(notes.iter().copied(), folder),
        used: BTreeSet::new(),
        agents: BTreeMap::new(),
        chosen: Vec::new(),
        invent,
    };
    making.faulty(round);
    // Fewer faulty notes than asked for get fewer clean ones beside them.
    let share = |faulty: usize| (faulty * round.decoys).div_ceil(round.faulty.max(1));
    let mut faulty = std::mem::take(&mut making.chosen);
    let decoys = if round.faulty == 0 { round.decoys } else { share(faulty.len()).min(round.decoys) };
    making.decoys(notes, decoys);
    let mut chances = Choices::of(round.seed, "order");
    chances.shuffle(&mut faulty);
    faulty.sort_by_key(|exercise| exercise.level);
    for decoy in making.chosen {
        faulty.insert(chances.below(faulty.len() + 1), decoy);
    }
    faulty
}

/// Whether two texts say nearly the same.
fn alike(a: &str, b: &str) -> bool {
    strsim::sorensen_dice(a, b) > 0.85
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::model::{Finding, Note, Score, Severity};

    fn play(notes: &[&AuditedNote], round: &Round) -> Vec<Exercise> {
        pick(notes, round, &Folder::new(HashMap::new()), &mut |note| Some(note.clone()))
    }

    fn note(id: usize, category: Option<Category>) -> AuditedNote {
        let findings = category.into_iter().map(|category| Finding::of(category.index(), category, Severity::Minor, 1));
        AuditedNote {
            note: Note {
                id: id.to_string().into(),
                agent: (id % 3).to_string().into(),
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
        let round = Round { faulty: 5, decoys: 2, ..Round::of_size(0, 3) };
        let first = play(&notes, &round);
        assert_eq!(first.len(), 7);
        assert!(first.iter().any(|e| e.note.findings.iter().any(|f| f.category == Category::Sensitive)));
        assert_eq!(first, play(&notes, &round));
        let levels: Vec<_> = first.iter().filter_map(|exercise| exercise.level).collect();
        assert!(levels.is_sorted(), "{levels:?}");
        let other = play(&notes, &Round { seed: 4, ..round });
        assert_ne!(first, other);
    }

    #[test]
    fn a_round_of_one_category_and_one_level_has_nothing_else() {
        let mut notes: Vec<AuditedNote> = (0..30).map(|id| note(id, Some(Category::ALL[id % 10]))).collect();
        for hard in &mut notes[10..20] {
            hard.findings[0].severity = Severity::Critical;
        }
        let notes: Vec<&AuditedNote> = notes.iter().collect();
        let only = |category, level| Round { categories: vec![category], level: Some(level), ..Round::of_size(8, 1) };
        let folder = Folder::new(HashMap::new());
        let familiar = Familiar::of(notes.iter().copied(), &folder);
        let judged = |note: &AuditedNote| familiar.of_note(note);
        let expected = notes
            .iter()
            .filter(|n| n.findings[0].category == Category::Judgement && judged(n) == Some(Level::Blatant))
            .count();
        let picked = play(&notes, &only(Category::Judgement, Level::Blatant));
        assert_eq!((picked.len(), expected), (1, 1));
        assert!(play(&notes, &only(Category::Judgement, Level::Subtle)).is_empty());
    }

    #[test]
    fn a_note_that_cannot_be_invented_is_left_out() {
        let notes = [note(1, Some(Category::Judgement))];
        let notes: Vec<&AuditedNote> = notes.iter().collect();
        let folder = Folder::new(HashMap::new());
        assert!(pick(&notes, &Round::of_size(1, 3), &folder, &mut |_| None).is_empty());
    }
}
