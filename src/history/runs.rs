//! The runs that a history keeps.

use super::error::Within;
use super::select::{Ruleset, count, rulesets};
use super::{History, HistoryError};

/// A kept run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// When it was kept: UTC, RFC 3339.
    pub at: String,
    /// What judged.
    pub ruleset: Ruleset,
    /// File names of its inputs.
    pub inputs: Vec<String>,
    /// Notes that the history did not know.
    pub added: u64,
    /// Notes that the same rules had scored before.
    pub replaced: u64,
    /// Notes that only other rules had scored before.
    pub rescored: u64,
    /// Scores of it that the history still has; fewer where a later run replaced them, or they were erased.
    pub left: u64,
}

impl History {
    /// The runs, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, HistoryError> {
        self.read_runs().within(&self.file)
    }

    fn read_runs(&self) -> rusqlite::Result<Vec<Run>> {
        let rulesets = rulesets(&self.connection)?;
        // Counted in one go: there is no index by run, and a count a run would read all notes each time.
        let sql = "
            SELECT r.id, r.at, r.ruleset, r.inputs, r.added, r.replaced, r.rescored, n.scores
            FROM runs r LEFT JOIN (SELECT run, COUNT(*) AS scores FROM notes GROUP BY run) n ON n.run = r.id
            ORDER BY r.id";
        let mut statement = self.connection.prepare(sql)?;
        let runs = statement.query_map([], |row| {
            let ruleset: i64 = row.get(2)?;
            Ok(Run {
                id: row.get(0)?,
                at: row.get(1)?,
                ruleset: rulesets.iter().find(|known| known.id == ruleset).cloned().unwrap_or_default(),
                inputs: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
                added: count(row, 4)?,
                replaced: count(row, 5)?,
                rescored: count(row, 6)?,
                left: count(row, 7)?,
            })
        })?;
        runs.collect()
    }
}
