//! Which scores of which notes a question is about, and their sums.

use rusqlite::{Connection, Row, ToSql, named_params};

use super::error::Within;
use super::{History, HistoryError};
use crate::model::{Acw, Scores, Tally};

/// What judged: a program, its rule files, and what is changed of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ruleset {
    /// Its number in the history.
    pub id: i64,
    /// Version of the program.
    pub acw: String,
    /// Hash of the rule files.
    pub rules: String,
    /// Hash of what `acw.yaml` and flags change of them, and of the scorecard.
    pub settings: String,
    /// Target in per cent.
    pub target: u32,
    /// Name of the scorecard's method.
    pub method: String,
    /// Ids of the rules in force; `None` where a history of an older form did not keep them.
    pub in_force: Option<Vec<String>>,
}

impl Ruleset {
    /// Whether a rule was in force, as far as one knows.
    pub fn has(&self, rule: &str) -> bool {
        self.in_force.as_ref().is_none_or(|rules| rules.iter().any(|known| known == rule))
    }

    /// Its name in tables: `R1`.
    pub fn name(&self) -> String {
        format!("R{}", self.id)
    }
}

/// Whose notes a question is about; nothing given: everybody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// One agent: identifier as in the export, or the pseudonym.
    pub agent: Option<String>,
    /// One team.
    pub team: Option<String>,
}

impl Who {
    /// Whether everybody is meant.
    pub fn everybody(&self) -> bool {
        self.agent.is_none() && self.team.is_none()
    }

    /// The values that [`ASKED`] names.
    pub(super) fn values(&self) -> [(&'static str, &dyn ToSql); 2] {
        [(":agent", &self.agent), (":team", &self.team)]
    }
}

/// Whether a note `n` is one of those asked for.
pub(super) const ASKED: &str = "(:agent IS NULL OR n.agent = :agent) AND (:team IS NULL OR n.team = :team)";

/// Whether a score `n` is its note's last one, or its first.
pub(super) fn chosen(as_scored: bool) -> &'static str {
    if as_scored {
        "NOT EXISTS (SELECT 1 FROM notes m WHERE m.key = n.key AND m.first_run < n.first_run)"
    } else {
        "NOT EXISTS (SELECT 1 FROM notes m WHERE m.key = n.key AND m.run > n.run)"
    }
}

/// Sums over scores `n`, read by [`tally`].
pub(super) const SUMS: &str = "
    COUNT(*), COUNT(n.score), SUM(n.score), SUM(n.score * n.score), SUM(n.score = 10000), SUM(n.compliant),
    SUM((n.critical & 1) <> 0), SUM((n.critical & 2) <> 0), SUM((n.critical & 4) <> 0), SUM((n.critical & 8) <> 0),
    COUNT(n.acw_seconds), SUM(n.acw_seconds), SUM(n.acw_seconds = 0)";
/// Columns of [`SUMS`].
pub(super) const SUMMED: usize = 13;

/// The sums that stand in a row from column `at` on.
pub(super) fn tally(row: &Row<'_>, at: usize) -> rusqlite::Result<Tally> {
    let sum = |offset: usize| count(row, at + offset);
    Ok(Tally {
        notes: sum(0)?,
        scores: Scores { notes: sum(1)?, sum: sum(2)?, squares: sum(3)?, full: sum(4)? },
        compliant: sum(5)?,
        critical_notes: [sum(6)?, sum(7)?, sum(8)?, sum(9)?],
        acw: Acw { notes: sum(10)?, seconds: sum(11)?, zero: sum(12)?, ..Acw::default() },
        ..Tally::default()
    })
}

/// A count or a sum; of nothing, 0.
pub(super) fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, Option<i64>>(at).map(|sum| u64::try_from(sum.unwrap_or(0)).unwrap_or(0))
}

/// Every set of rules, oldest first.
pub(super) fn rulesets(connection: &Connection) -> rusqlite::Result<Vec<Ruleset>> {
    let sql = "SELECT id, acw, rules, settings, target, method, in_force FROM rulesets ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rulesets = statement.query_map([], |row| {
        let in_force: Option<String> = row.get(6)?;
        Ok(Ruleset {
            id: row.get(0)?,
            acw: row.get(1)?,
            rules: row.get(2)?,
            settings: row.get(3)?,
            target: row.get(4)?,
            method: row.get(5)?,
            in_force: in_force.and_then(|rules| serde_json::from_str(&rules).ok()),
        })
    })?;
    rulesets.collect()
}

/// Values of a statement, by their names.
pub(super) type Values<'v> = [(&'static str, &'v dyn ToSql)];

impl History {
    /// Reads the rows of an answer, one after the other.
    pub(super) fn each(
        &self,
        sql: &str,
        values: &Values<'_>,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    /// The set of rules that scored most notes `n` on the side where it scored fewer, of those that `which` asks for, parted by
    /// `later`; of equal ones the newest. `None` where none scored both.
    pub(super) fn common_ruleset(
        &self,
        which: &str,
        later: &str,
        values: &Values<'_>,
    ) -> rusqlite::Result<Option<i64>> {
        let sql = format!("SELECT n.ruleset, SUM(NOT ({later})), SUM({later}) FROM notes n WHERE {which} GROUP BY 1");
        let mut best = None;
        self.each(&sql, values, |row| {
            let fewer = count(row, 1)?.min(count(row, 2)?);
            best = best.max((fewer > 0).then_some((fewer, row.get::<_, i64>(0)?)));
            Ok(())
        })?;
        Ok(best.map(|(_, ruleset)| ruleset))
    }

    /// Whom the history knows by the names that the user gave.
    ///
    /// # Errors
    /// It has no note of that agent or team; the salt is needed and gone.
    pub(super) fn find(&self, who: &Who) -> Result<Who, HistoryError> {
        let agent = who.agent.as_deref().map(|agent| self.known_as(agent)).transpose()?;
        let who = Who { agent, team: who.team.clone() };
        for (column, value) in [("agent", &who.agent), ("team", &who.team)] {
            let Some(value) = value else { continue };
            let sql = format!("SELECT EXISTS (SELECT 1 FROM notes WHERE {column} = ?1)");
            let there: bool = self.connection.query_row(&sql, [value], |row| row.get(0)).within(&self.file)?;
            if !there {
                let near = self.near(column, value)?;
                let help = near.map_or_else(
                    || format!("`acw history trend FILE --by {column}` lists them"),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(HistoryError::unusable(
                    &self.file,
                    format!("there is no note of {column} `{value}`"),
                    help,
                ));
            }
        }
        let both = named_params! {":agent": who.agent, ":team": who.team};
        let sql = format!("SELECT EXISTS (SELECT 1 FROM notes n WHERE {ASKED})");
        if self.connection.query_row(&sql, both, |row| row.get(0)).within(&self.file)? {
            return Ok(who);
        }
        Err(HistoryError::unusable(
            &self.file,
            "there are no notes to answer from",
            "keep runs with `acw audit --history`",
        ))
    }
}
