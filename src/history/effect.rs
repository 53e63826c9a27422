//! Before and after a date: did something, coaching say, move the figures?

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rusqlite::ToSql;

use super::error::Within;
use super::select::{ASKED, Ruleset, SUMS, Who, chosen, count, rulesets, tally};
use super::{History, HistoryError};
use crate::measure::{Basis, Change, contrast, like_for_like, newcombe, score_change};
use crate::model::{Age, BasisPoints, Scores, Standards, Tally};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectOptions {
    /// The first day after.
    pub date: Date,
    /// How far to look back and on; `None`: as far as there are notes.
    pub window: Option<Age>,
    /// Whose notes.
    pub who: Who,
}

/// One side of the date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// Sums over its notes.
    pub tally: Tally,
    /// Notes that no score is compared of, as only other rules scored them.
    pub left_out: u64,
}

/// A rule on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Its id.
    pub rule: String,
    /// Notes that failed it before.
    pub before: u64,
    /// And after.
    pub after: u64,
    /// The difference of their shares, with Newcombe's interval.
    pub change: Change,
}

/// Everybody else over the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    /// Their notes before.
    pub before: Tally,
    /// And after.
    pub after: Tally,
    /// Their difference of mean scores.
    pub score: Option<Change>,
    /// The difference of those asked for less that of the others.
    pub beside: Option<Change>,
}

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The score is higher after.
    Better,
    /// It is lower.
    Worse,
    /// It cannot be told.
    Open(Why),
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Other rules scored after than before.
    RulesChanged,
    /// A side has fewer scored notes than the standards ask for.
    TooFew,
    /// The interval of the difference holds zero.
    Chance,
    /// With the call types in the same proportions, the difference is no longer clear.
    Mix,
}

/// Before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// From the start of the window to the day before the date.
    pub before: Side,
    /// From the date to the end of the window.
    pub after: Side,
    /// Difference of the mean scores.
    pub score: Option<Change>,
    /// Difference of the shares of notes that comply.
    pub compliance: Option<Change>,
    /// Difference of the mean scores, were the call types in the same proportions on both sides.
    pub like_for_like: Option<Change>,
    /// How far the mix of call types moved: the share of notes that are of another type than before (total variation
    /// distance); `None` where no call types are told.
    pub mix: Option<BasisPoints>,
    /// Everybody else, where one agent or team is asked for.
    pub others: Option<Others>,
    /// The rules that a note failed, largest difference first.
    pub rules: Vec<Failing>,
    /// What scored these notes.
    pub rulesets: Vec<Ruleset>,
    /// What may be said.
    pub verdict: Verdict,
}

/// The days looked at, and which scores.
struct Scope {
    first: String,
    date: String,
    end: String,
    who: Who,
    scores: String,
}

/// Whether a note `n` is within the window.
const WITHIN: &str = "n.day >= :first AND n.day < :end";
/// Whether it is of the side after.
const LATER: &str = "n.day >= :date";

impl Scope {
    fn values(&self) -> [(&'static str, &dyn ToSql); 5] {
        let [agent, team] = self.who.values();
        [(":first", &self.first), (":date", &self.date), (":end", &self.end), agent, team]
    }
}

/// Sums of one cell: asked for or not, before or after, call type.
type Cells = BTreeMap<(bool, bool, Option<String>), Tally>;

impl History {
    /// Compares before with after.
    ///
    /// Only one set of rules is compared: the one that scored most notes on both sides. Where none scored both, the last
    /// scores are shown and nothing is concluded.
    ///
    /// # Errors
    /// Nobody of that name, or no note at all; the file cannot be read.
    pub fn effect(&self, options: &EffectOptions, standards: &Standards) -> Result<Effect, HistoryError> {
        let who = self.find(&options.who)?;
        let (first, end) = match options.window {
            Some(window) => (window.before(options.date), window.after(options.date)),
            None => (Date::MIN, Date::MAX),
        };
        let scope = Scope {
            first: first.to_string(),
            date: options.date.to_string(),
            end: end.to_string(),
            who,
            scores: chosen(false).to_owned(),
        };
        self.read_effect(scope, standards).within(&self.file)
    }

    fn read_effect(&self, mut scope: Scope, standards: &Standards) -> rusqlite::Result<Effect> {
        let common = self.common_ruleset(&format!("{WITHIN} AND {ASKED}"), LATER, &scope.values())?;
        if let Some(ruleset) = common {
            scope.scores = format!("n.ruleset = {ruleset}");
        }
        let known = rulesets(&self.connection)?;
        let (cells, scored_by) = self.cells(&scope)?;
        let [before, after] = [false, true].map(|late| total(&cells, true, late));
        let basis = Basis::of_both(&before, &after, standards);
        let confidence = standards.confidence;
        let score = score_change(&before, &after, basis);
        let kinds: BTreeSet<&Option<String>> =
            cells.keys().filter(|(asked, ..)| *asked).map(|(.., kind)| kind).collect();
        let told = kinds.iter().any(|kind| kind.is_some());
        let pairs: Vec<(Scores, Scores)> = kinds.iter().map(|kind| pair(&cells, kind)).collect();
        let rulesets: Vec<Ruleset> = known.into_iter().filter(|known| scored_by.contains(&known.id)).collect();
        let left_out = self.left_out(&scope, [&before, &after])?;
        let mut effect = Effect {
            score,
            compliance: newcombe(
                (before.compliant, before.scores.notes),
                (after.compliant, after.scores.notes),
                confidence,
            ),
            like_for_like: like_for_like(&pairs, confidence).filter(|_| told),
            mix: moved(&pairs).filter(|_| told),
            others: (!scope.who.everybody()).then(|| others(&cells, [&before, &after], standards)),
            rules: self.failing(&scope, [&before, &after], &rulesets, confidence)?,
            rulesets,
            verdict: Verdict::Open(Why::RulesChanged),
            before: Side { left_out: left_out[0], tally: before },
            after: Side { left_out: left_out[1], tally: after },
        };
        effect.verdict = verdict(&effect, common.is_some(), standards);
        Ok(effect)
    }

    /// Sums by side and call type, of those asked for and of the others; the sets of rules of those asked for.
    fn cells(&self, scope: &Scope) -> rusqlite::Result<(Cells, BTreeSet<i64>)> {
        let sql = format!(
            "SELECT COALESCE({ASKED}, 0), {LATER}, n.call_type, n.ruleset, {SUMS} FROM notes n
             WHERE {WITHIN} AND {} GROUP BY 1, 2, 3, 4",
            scope.scores
        );
        let mut cells = Cells::new();
        let mut rulesets = BTreeSet::new();
        self.each(&sql, &scope.values(), |row| {
            let key: (bool, bool, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if key.0 {
                rulesets.insert(row.get(3)?);
            }
            cells.entry(key).or_default().merge(&tally(row, 4)?);
            Ok(())
        })?;
        Ok((cells, rulesets))
    }

    /// The rules that a note asked for failed, of those that were in force all the time.
    fn failing(
        &self,
        scope: &Scope,
        [before, after]: [&Tally; 2],
        rulesets: &[Ruleset],
        confidence: u32,
    ) -> rusqlite::Result<Vec<Failing>> {
        let sql = format!(
            "SELECT r.name, SUM(NOT ({LATER})), SUM({LATER})
             FROM notes n JOIN failures f ON f.note = n.id JOIN rules r ON r.id = f.rule
             WHERE {WITHIN} AND {ASKED} AND {} GROUP BY 1",
            scope.scores
        );
        let mut rules = Vec::new();
        self.each(&sql, &scope.values(), |row| {
            let (rule, earlier, later): (String, u64, u64) = (row.get(0)?, count(row, 1)?, count(row, 2)?);
            if let Some(change) = newcombe((earlier, before.judged()), (later, after.judged()), confidence)
                && rulesets.iter().all(|known| known.has(&rule))
            {
                rules.push(Failing { rule, before: earlier, after: later, change });
            }
            Ok(())
        })?;
        rules.sort_by(|a, b| {
            b.change.difference.abs().cmp(&a.change.difference.abs()).then_with(|| a.rule.cmp(&b.rule))
        });
        Ok(rules)
    }

    /// Notes of each side beyond those that are compared.
    fn left_out(&self, scope: &Scope, [before, after]: [&Tally; 2]) -> rusqlite::Result<[u64; 2]> {
        let sql = format!(
            "SELECT COUNT(DISTINCT CASE WHEN NOT ({LATER}) THEN n.key END), COUNT(DISTINCT CASE WHEN {LATER} THEN n.key END)
             FROM notes n WHERE {WITHIN} AND {ASKED}"
        );
        let mut all = [0; 2];
        self.each(&sql, &scope.values(), |row| {
            all = [count(row, 0)?, count(row, 1)?];
            Ok(())
        })?;
        Ok([all[0].saturating_sub(before.notes), all[1].saturating_sub(after.notes)])
    }
}

fn total(cells: &Cells, asked: bool, late: bool) -> Tally {
    let mut sum = Tally::default();
    for ((whose, when, _), tally) in cells {
        if (*whose, *when) == (asked, late) {
            sum.merge(tally);
        }
    }
    sum
}

/// The scores of one call type, before and after, of those asked for.
fn pair(cells: &Cells, kind: &Option<String>) -> (Scores, Scores) {
    let side = |late| cells.get(&(true, late, kind.clone())).map(|tally| tally.scores).unwrap_or_default();
    (side(false), side(true))
}

/// Half the sum of the differences of the shares: how many notes are of another type.
fn moved(pairs: &[(Scores, Scores)]) -> Option<BasisPoints> {
    let before: u64 = pairs.iter().map(|pair| pair.0.notes).sum();
    let after: u64 = pairs.iter().map(|pair| pair.1.notes).sum();
    (before > 0 && after > 0).then(|| {
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        let sum: f64 = pairs.iter().map(|(b, a)| (share(b.notes, before) - share(a.notes, after)).abs()).sum();
        BasisPoints((sum / 2.0 * 10_000.0).round() as u32)
    })
}

fn others(cells: &Cells, [before, after]: [&Tally; 2], standards: &Standards) -> Others {
    let [earlier, later] = [false, true].map(|late| total(cells, false, late));
    let terms = [(1.0, after), (-1.0, before), (-1.0, &later), (1.0, &earlier)];
    Others {
        score: score_change(&earlier, &later, Basis::of_both(&earlier, &later, standards)),
        beside: contrast(&terms.map(|(factor, tally)| (factor, tally.scores)), standards.confidence),
        before: earlier,
        after: later,
    }
}

fn verdict(effect: &Effect, one_ruleset: bool, standards: &Standards) -> Verdict {
    let few = |side: &Side| side.tally.scores.notes < standards.min_notes;
    if effect.before.tally.scores.notes == 0 || effect.after.tally.scores.notes == 0 {
        return Verdict::Open(Why::TooFew);
    }
    if !one_ruleset && effect.rulesets.len() > 1 {
        return Verdict::Open(Why::RulesChanged);
    }
    if few(&effect.before) || few(&effect.after) {
        return Verdict::Open(Why::TooFew);
    }
    let sign = effect.score.map_or(0, |change| change.sign());
    if sign == 0 {
        return Verdict::Open(Why::Chance);
    }
    if effect.like_for_like.is_some_and(|change| change.sign() != sign) {
        return Verdict::Open(Why::Mix);
    }
    if sign > 0 { Verdict::Better } else { Verdict::Worse }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(counts: &[(u64, u64)]) -> Vec<(Scores, Scores)> {
        let scores = |notes| Scores { notes, ..Scores::default() };
        counts.iter().map(|(before, after)| (scores(*before), scores(*after))).collect()
    }

    /// By hand: 50/50 before, 80/20 after: three in ten notes are of another type.
    #[test]
    fn the_mix_moves_by_the_notes_of_another_type() {
        assert_eq!(moved(&pairs(&[(5, 80), (5, 20)])), Some(BasisPoints(3_000)));
        assert_eq!(moved(&pairs(&[(5, 10), (5, 10)])), Some(BasisPoints(0)));
        assert_eq!(moved(&pairs(&[(5, 0)])), None);
    }
}
