//! The last period beside the one before it: what improved, what got worse, by agent and by what failed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::ToSql;

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
        self.each("SELECT DISTINCT day FROM notes WHERE dated ORDER BY day", &[], |row| {
            let day: String = row.get(0)?;
            if let Ok(date) = day.parse::<Date>() {
                let days = periods.entry(period.of(date)).or_insert_with(|| (day.clone(), day.clone()));
                days.1 = day;
            }
            Ok(())
        })?;
        let (Some((to, after)), Some((from, before))) = (periods.pop_last(), periods.pop_last()) else {
            return Ok(None);
        };
        let groups = serde_json::to_string(groups).unwrap_or_default();
        let values: [(&str, &dyn ToSql); 5] = [
            (":first", &before.0),
            (":second", &before.1),
            (":third", &after.0),
            (":fourth", &after.1),
            (":groups", &groups),
        ];
        // Only one statement asks for the groups, and SQLite takes no value that a statement does not name.
        let days = &values[..4];
        let common = self.common_ruleset(IN_BOTH, LATER, days)?;
        let scores = common.map_or_else(|| chosen(false).to_owned(), |ruleset| format!("n.ruleset = {ruleset}"));
        let mut moves = Moves { from, to, comparable: common.is_some(), ..Moves::default() };
        let sums = format!("SELECT n.agent, {LATER}, {SUMS} FROM notes n WHERE {IN_BOTH} AND {scores} GROUP BY 1, 2");
        self.each(&sums, days, |row| {
            let moved = moves.agents.entry(row.get(0)?).or_default();
            *(if row.get(1)? { &mut moved.after } else { &mut moved.before }) = tally(row, 2)?;
            Ok(())
        })?;
        // Distinct notes: one that fails two rules of a group fails the group once.
        let failing = format!(
            "SELECT n.agent, g.value, COUNT(DISTINCT CASE WHEN NOT ({LATER}) THEN n.id END),
                 COUNT(DISTINCT CASE WHEN {LATER} THEN n.id END)
             FROM notes n JOIN failures f ON f.note = n.id JOIN rules r ON r.id = f.rule
             JOIN json_each(:groups) g ON g.key = r.name
             WHERE {IN_BOTH} AND {scores} GROUP BY 1, 2"
        );
        self.each(&failing, &values, |row| {
            let moved = moves.agents.entry(row.get(0)?).or_default();
            moved.failing.insert(row.get(1)?, (count(row, 2)?, count(row, 3)?));
            Ok(())
        })?;
        Ok(Some(moves))
    }
}

/// Whether a note `n` is of one of the two periods.
const IN_BOTH: &str = "n.dated AND (n.day BETWEEN :first AND :second OR n.day BETWEEN :third AND :fourth)";
/// Whether it is of the later one.
const LATER: &str = "n.day >= :third";
