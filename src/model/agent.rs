//! What is known of one agent (or team, or everybody) after a run.

use std::collections::BTreeMap;

use super::{BasisPoints, Category, Critical, Severity};

/// Findings and notes of one category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategoryTally {
    /// Findings.
    pub findings: u64,
    /// Notes with at least one.
    pub notes: u64,
    /// Points lost to them.
    pub points: u64,
    /// Of a rule: by how many basis points all notes together would score higher if it had found nothing.
    pub gain: u64,
}

/// Sums of after-call work, over the notes whose export told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acw {
    /// Notes with a time, zero among them.
    pub notes: u64,
    /// Their seconds.
    pub seconds: u64,
    /// Notes with a time of zero, which is not the same as none told.
    pub zero: u64,
    /// Notes with a time for which there is a limit.
    pub limited: u64,
    /// Those of them over it.
    pub over: u64,
}

impl Acw {
    /// Adds a note's time.
    pub fn add(&mut self, seconds: u32, limit: Option<u32>) {
        self.notes += 1;
        self.seconds += u64::from(seconds);
        self.zero += u64::from(seconds == 0);
        self.limited += u64::from(limit.is_some());
        self.over += u64::from(limit.is_some_and(|limit| seconds > limit));
    }

    fn merge(&mut self, other: Acw) {
        self.notes += other.notes;
        self.seconds += other.seconds;
        self.zero += other.zero;
        self.limited += other.limited;
        self.over += other.over;
    }
}

/// Sums of scores: what their mean and its interval need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scores {
    /// Notes that had one.
    pub notes: u64,
    /// Sum of the scores in basis points.
    pub sum: u64,
    /// Sum of their squares.
    pub squares: u64,
    /// Those that are full.
    pub full: u64,
}

impl Scores {
    /// Adds a note's score.
    pub fn add(&mut self, score: BasisPoints) {
        let points = u64::from(score.0);
        self.notes += 1;
        self.sum += points;
        self.squares += points * points;
        self.full += u64::from(score == BasisPoints::FULL);
    }

    /// Arithmetic mean, rounded half up; `None` without a score.
    pub fn mean(&self) -> Option<BasisPoints> {
        (self.notes > 0).then(|| BasisPoints(((self.sum * 2 + self.notes) / (self.notes * 2)) as u32))
    }

    fn merge(&mut self, other: Scores) {
        self.notes += other.notes;
        self.sum += other.sum;
        self.squares += other.squares;
        self.full += other.full;
    }
}

/// Sums over notes; `merge` is commutative and associative, so any split of the notes gives the same figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Notes audited.
    pub notes: u64,
    /// Scores of the notes that had one.
    pub scores: Scores,
    /// Critical scores of the notes to which a critical rule applied.
    pub critical_scores: Scores,
    /// Scored notes by tens of points: from 0, from 10 … from 90, and those with all 100.
    pub bands: [u64; 11],
    /// Notes at or above the target.
    pub compliant: u64,
    /// Scored notes with no finding at all.
    pub clean: u64,
    /// Notes failed by a fatal rule.
    pub fatal: u64,
    /// Notes failed by an auto-fail rule.
    pub auto_failed: u64,
    /// By category, in the order of [`Category::ALL`].
    pub categories: [CategoryTally; Category::ALL.len()],
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub severities: [u64; Severity::ALL.len()],
    /// Notes with a failure critical for customer, business, compliance, and with a non-critical one.
    pub critical_notes: [u64; 4],
    /// Per rule index: findings, notes and points lost.
    pub rules: BTreeMap<usize, CategoryTally>,
    /// After-call work.
    pub acw: Acw,
    /// Notes whose export told the talk time, and their sum in seconds.
    pub talk: (u64, u64),
}

impl Tally {
    /// Adds the sums of `other`.
    pub fn merge(&mut self, other: &Tally) {
        self.notes += other.notes;
        self.scores.merge(other.scores);
        self.critical_scores.merge(other.critical_scores);
        for (mine, theirs) in self.bands.iter_mut().zip(&other.bands) {
            *mine += theirs;
        }
        self.compliant += other.compliant;
        self.clean += other.clean;
        self.fatal += other.fatal;
        self.auto_failed += other.auto_failed;
        for (mine, theirs) in self.categories.iter_mut().zip(&other.categories) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.severities.iter_mut().zip(&other.severities) {
            *mine += theirs;
        }
        for (mine, theirs) in self.critical_notes.iter_mut().zip(&other.critical_notes) {
            *mine += theirs;
        }
        for (rule, theirs) in &other.rules {
            self.rules.entry(*rule).or_default().add(theirs);
        }
        self.acw.merge(other.acw);
        self.talk = (self.talk.0 + other.talk.0, self.talk.1 + other.talk.1);
    }

    /// Mean of the note scores; `None` without a scored note.
    pub fn score(&self) -> Option<BasisPoints> {
        self.scores.mean()
    }

    /// The same, if the notes together had scored `gain` basis points more.
    pub fn score_without(&self, gain: u64) -> Option<BasisPoints> {
        Scores { sum: self.scores.sum + gain, ..self.scores }.mean()
    }

    /// Share of the scored notes at or above the target.
    pub fn compliance_rate(&self) -> Option<BasisPoints> {
        BasisPoints::of(self.compliant, self.scores.notes)
    }

    /// Notes that were judged. The others, in languages without rules, are neither right nor wrong: shares are of these.
    pub fn judged(&self) -> u64 {
        self.scores.notes
    }

    /// Judged notes without a failure that is critical for `critical` (`None`: non-critical errors).
    pub fn without(&self, critical: Option<Critical>) -> u64 {
        self.judged().saturating_sub(self.critical_notes[critical_index(critical)])
    }

    /// Share of judged notes without such a failure: COPC's critical error accuracy.
    pub fn accuracy(&self, critical: Option<Critical>) -> Option<BasisPoints> {
        BasisPoints::of(self.without(critical), self.judged())
    }

    /// Findings of every category together.
    pub fn findings(&self) -> u64 {
        self.categories.iter().map(|c| c.findings).sum()
    }

    /// Mean after-call work in seconds over the notes that told it.
    pub fn mean_acw(&self) -> Option<u64> {
        (self.acw.notes > 0).then(|| (self.acw.seconds * 2 + self.acw.notes) / (self.acw.notes * 2))
    }

    /// Mean talk time in seconds over the notes that told it.
    pub fn mean_talk(&self) -> Option<u64> {
        (self.talk.0 > 0).then(|| (self.talk.1 * 2 + self.talk.0) / (self.talk.0 * 2))
    }

    /// Rules by what the score would gain without them, then by points lost, most first; the index breaks ties.
    pub fn dearest_rules(&self) -> Vec<(usize, CategoryTally)> {
        let mut rules = self.worst_rules();
        rules.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.gain));
        rules
    }

    /// Rules by points lost, most first; the index breaks ties.
    pub fn worst_rules(&self) -> Vec<(usize, CategoryTally)> {
        let mut rules: Vec<_> = self.rules.iter().map(|(rule, tally)| (*rule, *tally)).collect();
        rules.sort_by_key(|(rule, tally)| (std::cmp::Reverse((tally.points, tally.notes)), *rule));
        rules
    }
}

impl CategoryTally {
    /// Adds the sums of `other`.
    pub fn add(&mut self, other: &CategoryTally) {
        self.findings += other.findings;
        self.notes += other.notes;
        self.points += other.points;
        self.gain += other.gain;
    }
}

/// Position in [`Tally::critical_notes`].
pub(crate) fn critical_index(critical: Option<Critical>) -> usize {
    match critical {
        Some(Critical::Customer) => 0,
        Some(Critical::Business) => 1,
        Some(Critical::Compliance) => 2,
        None => 3,
    }
}

/// One agent's figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentSummary {
    /// Identifier from the export.
    pub agent: String,
    /// Name, where the export tells it.
    pub name: Option<String>,
    /// Team, where the export tells it (the first one seen).
    pub team: Option<String>,
    /// The sums.
    pub tally: Tally,
}

impl AgentSummary {
    /// Name where known, identifier otherwise.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(score: u32, rule: usize) -> Tally {
        let mut scores = Scores::default();
        scores.add(BasisPoints(score));
        Tally {
            notes: 1,
            scores,
            critical_scores: scores,
            rules: BTreeMap::from([(rule, CategoryTally { findings: 1, notes: 1, points: 5, gain: 0 })]),
            ..Tally::default()
        }
    }

    #[test]
    fn merging_in_any_order_and_grouping_gives_the_same() {
        let (a, b, c) = (tally(9000, 1), tally(5001, 2), tally(4000, 1));
        let mut left = a.clone();
        left.merge(&b);
        left.merge(&c);
        let mut right = c.clone();
        right.merge(&b);
        let mut grouped = a;
        grouped.merge(&right);
        assert_eq!(left, grouped);
        assert_eq!(left.score(), Some(BasisPoints(6000)));
    }
}
