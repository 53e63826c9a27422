//! The last period beside the one before it: what improved, what got worse, by agent and by what failed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{Row, named_params};

use super::error::Within;
use super::select::{SUMS, chosen, count, tally};
use super::{History, HistoryError};
use crate::model::{Period, Tally};

/// One side's sums, and of how many notes something failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Sums over the notes of the earlier period.
    pub before: Tally,
    /// And of the later one.
    pub after: Tally,
    /// By group of rules: notes that failed one of them before, and after.
    pub failing: BTreeMap<String, (u64, u64)>,
}

/// Two periods that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// The earlier period.
    pub from: String,
    /// The last period.
    pub to: String,
    /// By agent, as the history knows them.
    pub agents: BTreeMap<String, Moved>,
    /// Whether one set of rules scored both periods; else a difference may be the rules'.
    pub comparable: bool,
}

/// The days of two periods.
struct Days {
    before: (String, String),
    after: (String, String),
    /// Which scores are compared.
    scores: String,
}

impl History {
    /// Compares the last period that has notes with the one before; `None` where there is no such one. `groups` names, for each
    /// rule, the group in which its failures are counted, a note once.
    ///
    /// One set of rules is compared: the one that scored most notes of both periods.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn moves(&self, period: Period, groups: &BTreeMap<String, String>) -> Result<Option<Moves>, HistoryError> {
        self.read_moves(period, groups).within(&self.file)
    }

    fn read_moves(&self, period: Period, groups: &BTreeMap<String, String>) -> rusqlite::Result<Option<Moves>> {
        let mut periods: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut statement = self.connection.prepare("SELECT DISTINCT day FROM notes WHERE dated ORDER BY day")?;
        let mut days = statement.query([])?;
        while let Some(row) = days.next()? {
            let day: String = row.get(0)?;
            if let Ok(date) = day.parse::<Date>() {
                let days = periods.entry(period.of(date)).or_insert_with(|| (day.clone(), day.clone()));
                days.1 = day;
            }
        }
        let (Some((to, after)), Some((from, before))) = (periods.pop_last(), periods.pop_last()) else {
            return Ok(None);
        };
        let mut days = Days { before, after, scores: chosen(false).to_owned() };
        let common = self.scored_both(&days)?;
        if let Some(ruleset) = common {
            days.scores = format!("n.ruleset = {ruleset}");
        }
        let mut moves = Moves { from, to, comparable: common.is_some(), ..Moves::default() };
        let sums = format!(
            "SELECT n.agent, n.day >= :third, {SUMS} FROM notes n WHERE {IN_BOTH} AND {} GROUP BY 1, 2",
            days.scores
        );
        self.of_days(&sums, &days, None, |row| {
            let moved = moves.agents.entry(row.get(0)?).or_default();
            *(if row.get(1)? { &mut moved.after } else { &mut moved.before }) = tally(row, 2)?;
            Ok(())
        })?;
        // Distinct notes: one that fails two rules of a group fails the group once.
        let failing = format!(
            "SELECT n.agent, g.value, COUNT(DISTINCT CASE WHEN n.day < :third THEN n.id END),
                 COUNT(DISTINCT CASE WHEN n.day >= :third THEN n.id END)
             FROM notes n JOIN failures f ON f.note = n.id JOIN rules r ON r.id = f.rule
             JOIN json_each(:groups) g ON g.key = r.name
             WHERE {IN_BOTH} AND {} GROUP BY 1, 2",
            days.scores
        );
        let groups = serde_json::to_string(groups).unwrap_or_default();
        self.of_days(&failing, &days, Some(&groups), |row| {
            let moved = moves.agents.entry(row.get(0)?).or_default();
            moved.failing.insert(row.get(1)?, (count(row, 2)?, count(row, 3)?));
            Ok(())
        })?;
        Ok(Some(moves))
    }

    /// The set of rules that scored most notes of the period of which it scored fewer; of equal ones the newest.
    fn scored_both(&self, days: &Days) -> rusqlite::Result<Option<i64>> {
        let sql = format!(
            "SELECT n.ruleset, SUM(n.day < :third), SUM(n.day >= :third) FROM notes n WHERE {IN_BOTH} GROUP BY 1"
        );
        let mut best = None;
        self.of_days(&sql, days, None, |row| {
            let fewer = count(row, 1)?.min(count(row, 2)?);
            best = best.max((fewer > 0).then_some((fewer, row.get::<_, i64>(0)?)));
            Ok(())
        })?;
        Ok(best.map(|(_, ruleset)| ruleset))
    }

    fn of_days(
        &self,
        sql: &str,
        days: &Days,
        groups: Option<&str>,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(sql)?;
        let (before, after) = (&days.before, &days.after);
        let mut rows = match groups {
            Some(groups) => statement.query(named_params! {
                ":first": before.0, ":second": before.1, ":third": after.0, ":fourth": after.1, ":groups": groups
            })?,
            None => statement.query(named_params! {
                ":first": before.0, ":second": before.1, ":third": after.0, ":fourth": after.1
            })?,
        };
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }
}

/// Whether a note `n` is of one of the two periods.
const IN_BOTH: &str = "n.dated AND (n.day BETWEEN :first AND :second OR n.day BETWEEN :third AND :fourth)";
