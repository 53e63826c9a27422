//! How figures went, period by period.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rusqlite::Row;

use super::error::Within;
use super::select::{ASKED, Ruleset, SUMMED, SUMS, Who, chosen, count, rulesets, tally};
use super::{History, HistoryError};
use crate::model::{CategoryTally, Period, Tally};

/// By what a trend is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Not at all.
    #[default]
    Total,
    /// By agent.
    Agent,
    /// By team.
    Team,
    /// By rule: how many of the notes that it was in force for fail it.
    Rule,
    /// By call type.
    CallType,
}

impl By {
    /// Every way, in the order of the help text.
    pub const ALL: [By; 5] = [By::Total, By::Agent, By::Team, By::Rule, By::CallType];

    /// The name in flags and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            By::Total => "total",
            By::Agent => "agent",
            By::Team => "team",
            By::Rule => "rule",
            By::CallType => "call_type",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            By::Total | By::Rule => "NULL",
            By::Agent => "n.agent",
            By::Team => "n.team",
            By::CallType => "n.call_type",
        }
    }
}

/// What trend is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrendOptions {
    /// By what it is split.
    pub by: By,
    /// Length of the periods.
    pub period: Period,
    /// Whether a note counts with its first score instead of its last.
    pub as_scored: bool,
    /// Whose notes.
    pub who: Who,
}

/// The figures of one period of one value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The agent, team, rule or call type; `None` of a total, and where the export told none.
    pub value: Option<String>,
    /// The period, in a form that sorts.
    pub period: String,
    /// Sums over the notes; by rule, over those that the rule was in force for.
    pub tally: Tally,
    /// By rule: its findings, the notes that fail it, the points lost to it.
    pub failed: Option<CategoryTally>,
    /// Numbers of the sets of rules that scored them.
    pub rulesets: BTreeSet<i64>,
    /// Whether other rules scored the line before, of the same value: a difference may be theirs.
    pub changed: bool,
    /// Notes that other rules scored as well.
    pub rescored: u64,
}

/// How figures went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trend {
    /// The lines, by value and then by period.
    pub lines: Vec<Line>,
    /// Everything together.
    pub total: Tally,
    /// Every set of rules that scored one of these notes: how many it scored, and of how many the score is shown.
    pub rulesets: Vec<(Ruleset, u64, u64)>,
    /// Notes that more than one set of rules scored.
    pub rescored: u64,
    /// Notes without a day, which stand on the day of the run that first kept them.
    pub undated: u64,
}

/// Lines by value and period.
type Lines = BTreeMap<(Option<String>, String), Line>;

impl History {
    /// How figures went.
    ///
    /// # Errors
    /// Nobody of that name, or no note at all; the file cannot be read.
    pub fn trend(&self, options: &TrendOptions) -> Result<Trend, HistoryError> {
        let who = self.find(&options.who)?;
        let options = TrendOptions { who, ..options.clone() };
        self.read_trend(&options).within(&self.file)
    }

    fn read_trend(&self, options: &TrendOptions) -> rusqlite::Result<Trend> {
        let rulesets = rulesets(&self.connection)?;
        let (lines, undated) = self.sums(options)?;
        let mut trend = Trend { undated, ..Trend::default() };
        let mut shown: BTreeMap<i64, u64> = BTreeMap::new();
        for (line, ruleset) in lines.iter().map(|((.., ruleset), line)| (line, ruleset)) {
            trend.total.merge(&line.tally);
            trend.rescored += line.rescored;
            *shown.entry(*ruleset).or_default() += line.tally.notes;
        }
        let scored = self.scored(options)?;
        let known = |ruleset: &Ruleset| {
            let of = |counts: &BTreeMap<i64, u64>| counts.get(&ruleset.id).copied().unwrap_or(0);
            (ruleset.clone(), of(&scored), of(&shown))
        };
        trend.rulesets = rulesets.iter().map(known).filter(|(_, scored, _)| *scored > 0).collect();
        let merged = if options.by == By::Rule { self.by_rule(options, &lines, &rulesets)? } else { merge(lines) };
        trend.lines = mark(merged);
        Ok(trend)
    }

    /// Sums by value, period and set of rules, and how many notes have no day.
    fn sums(&self, options: &TrendOptions) -> rusqlite::Result<(Sums, u64)> {
        let sql = format!(
            "SELECT {}, n.day, n.ruleset, {SUMS},
                 SUM(EXISTS (SELECT 1 FROM notes m WHERE m.key = n.key AND m.ruleset <> n.ruleset)), SUM(NOT n.dated)
             FROM notes n WHERE {} AND {ASKED} GROUP BY 1, 2, 3",
            options.by.column(),
            chosen(options.as_scored)
        );
        let mut lines: Sums = BTreeMap::new();
        let mut undated = 0;
        self.each(&sql, &options.who.values(), |row| {
            let line = line_of(&mut lines, row, options.period)?;
            line.tally.merge(&tally(row, 3)?);
            line.rescored += count(row, 3 + SUMMED)?;
            undated += count(row, 4 + SUMMED)?;
            Ok(())
        })?;
        Ok((lines, undated))
    }

    /// Notes by the sets of rules that scored them, shown or not.
    fn scored(&self, options: &TrendOptions) -> rusqlite::Result<BTreeMap<i64, u64>> {
        let mut scored = BTreeMap::new();
        let sql = format!("SELECT n.ruleset, COUNT(*) FROM notes n WHERE {ASKED} GROUP BY 1");
        self.each(&sql, &options.who.values(), |row| {
            scored.insert(row.get(0)?, count(row, 1)?);
            Ok(())
        })?;
        Ok(scored)
    }

    /// Of each rule that somebody fails, every period with notes that it was in force for.
    fn by_rule(&self, options: &TrendOptions, all: &Sums, rulesets: &[Ruleset]) -> rusqlite::Result<Lines> {
        let sql = format!(
            "SELECT r.name, n.day, n.ruleset, COUNT(*), SUM(f.findings), SUM(f.points)
             FROM notes n JOIN failures f ON f.note = n.id JOIN rules r ON r.id = f.rule
             WHERE {} AND {ASKED} GROUP BY 1, 2, 3",
            chosen(options.as_scored)
        );
        let mut failures: Sums = BTreeMap::new();
        self.each(&sql, &options.who.values(), |row| {
            let line = line_of(&mut failures, row, options.period)?;
            let (notes, findings, points) = (count(row, 3)?, count(row, 4)?, count(row, 5)?);
            line.failed.get_or_insert_default().add(&CategoryTally { notes, findings, points, gain: 0 });
            Ok(())
        })?;
        let rules: BTreeSet<String> = failures.keys().filter_map(|(rule, ..)| rule.clone()).collect();
        let mut lines = Sums::new();
        for rule in rules {
            for ((_, period, ruleset), line) in all {
                if rulesets.iter().any(|known| known.id == *ruleset && known.has(&rule)) {
                    let key = (Some(rule.clone()), period.clone(), *ruleset);
                    let failed = failures.get(&key).and_then(|line| line.failed).unwrap_or_default();
                    lines.insert(key, Line { failed: Some(failed), ..line.clone() });
                }
            }
        }
        Ok(merge(lines))
    }
}

/// Lines by value, period and set of rules.
type Sums = BTreeMap<(Option<String>, String, i64), Line>;

/// The line of a row that starts with value, day and set of rules.
fn line_of<'l>(lines: &'l mut Sums, row: &Row<'_>, period: Period) -> rusqlite::Result<&'l mut Line> {
    let day: String = row.get(1)?;
    // A day that is none stands under its own name rather than nowhere.
    let period = day.parse::<Date>().map_or(day, |day| period.of(day));
    Ok(lines.entry((row.get(0)?, period, row.get(2)?)).or_default())
}

/// Takes the sets of rules together.
fn merge(sums: Sums) -> Lines {
    let mut lines = Lines::new();
    for ((value, period, ruleset), sum) in sums {
        let line = lines.entry((value, period)).or_default();
        line.tally.merge(&sum.tally);
        line.rescored += sum.rescored;
        line.rulesets.insert(ruleset);
        if let Some(more) = sum.failed {
            line.failed.get_or_insert_default().add(&more);
        }
    }
    lines
}

/// Names the lines, and marks where the rules changed.
fn mark(lines: Lines) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    for ((value, period), line) in lines {
        let changed = out.last().is_some_and(|last| last.value == value && last.rulesets != line.rulesets);
        out.push(Line { value, period, changed, ..line });
    }
    out
}
