//! Erases: one agent, one customer, what is too old. What is erased is not left in the file either.

use jiff::civil::Date;
use rusqlite::{Connection, TransactionBehavior, params};

use super::error::Within;
use super::{History, HistoryError};
use crate::yaml::nearest;

/// Who is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An agent: identifier as in the export, or the pseudonym.
    Agent(String),
    /// A customer, as in the export.
    Customer(String),
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Notes.
    pub notes: u64,
    /// Their scores: as many a note as sets of rules scored it.
    pub scores: u64,
    /// Names of inputs that told the name.
    pub inputs: u64,
}

/// What was too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Scores of notes.
    pub scores: u64,
    /// Runs of which nothing is left.
    pub runs: u64,
}

/// What stands where the name of an input told somebody's name.
const ERASED: &str = "(erased)";

impl History {
    /// Erases an agent or a customer: their notes with all scores, and names of inputs that tell theirs. Then the file is
    /// written anew and its log emptied, so that no byte of them is left.
    ///
    /// # Errors
    /// Nobody of that name is in it; the salt is gone; another process holds the history.
    pub fn forget(&mut self, subject: &Subject) -> Result<Forgotten, HistoryError> {
        let file = self.file.clone();
        let forgotten = match subject {
            Subject::Agent(agent) => {
                let known = self.known_as(agent)?;
                self.erase("agent = ?1", &known, agent)
            }
            Subject::Customer(customer) => {
                let known = self.salt()?.customer(customer);
                self.erase("customer = ?1", &known, customer)
            }
        };
        let forgotten = forgotten.within(&file)?;
        // Also where nobody was found: an earlier call may have been stopped between the two.
        self.sweep()?;
        if forgotten == Forgotten::default() {
            return Err(self.nobody(subject)?);
        }
        Ok(forgotten)
    }

    fn erase(&mut self, whose: &str, known: &dyn rusqlite::ToSql, name: &str) -> rusqlite::Result<Forgotten> {
        let erase = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let notes = format!("SELECT COUNT(DISTINCT key) FROM notes WHERE {whose}");
        let notes: i64 = erase.query_row(&notes, [known], |row| row.get(0))?;
        let scores = erase.execute(&format!("DELETE FROM notes WHERE {whose}"), [known])?;
        let inputs = erase_inputs(&erase, name)?;
        erase.commit()?;
        Ok(Forgotten { notes: notes.unsigned_abs(), scores: scores as u64, inputs })
    }

    /// Erases the scores of notes from before `first`, and runs from before it of which nothing is left.
    ///
    /// # Errors
    /// Another process holds the history.
    pub fn prune(&mut self, first: Date) -> Result<Pruned, HistoryError> {
        let file = self.file.clone();
        let connection = &mut self.connection;
        let pruned = connection.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
            let pruned = prune(&transaction, first)?;
            transaction.commit()?;
            Ok(pruned)
        });
        let pruned = pruned.within(&file)?;
        self.sweep()?;
        Ok(pruned)
    }

    /// Writes the file anew and empties its log.
    fn sweep(&self) -> Result<(), HistoryError> {
        let swept = self.connection.execute_batch("VACUUM").and_then(|()| erase_log(&self.connection));
        if swept.within(&self.file)? {
            return Ok(());
        }
        Err(HistoryError::failed(
            &self.file,
            "what was to be erased is out of the history, but another program still holds the log in which it stood",
            "give the same command again when the other one is done",
        ))
    }

    fn nobody(&self, subject: &Subject) -> Result<HistoryError, HistoryError> {
        let (what, name) = match subject {
            Subject::Agent(agent) => ("agent", agent),
            Subject::Customer(customer) => ("customer", customer),
        };
        let near = match subject {
            Subject::Agent(agent) => self.near("agent", agent)?,
            Subject::Customer(_) => None,
        };
        let help = near.map_or_else(
            || format!("give the {what} as the export has it in its column; if erased before, nothing is left to do"),
            |near| format!("did you mean `{near}`?"),
        );
        Ok(HistoryError::unusable(&self.file, format!("there is no note of {what} `{name}`"), help))
    }

    /// The value of a column of the notes that is nearest to what was asked for.
    pub(super) fn near(&self, column: &str, wanted: &str) -> Result<Option<String>, HistoryError> {
        let values = || {
            let sql = format!("SELECT DISTINCT {column} FROM notes WHERE {column} IS NOT NULL");
            let mut statement = self.connection.prepare(&sql)?;
            statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        };
        let values = values().within(&self.file)?;
        Ok(nearest(wanted, values.iter().map(String::as_str)).map(str::to_owned))
    }
}

/// Deletes within the caller's transaction what is from before `first`.
pub(super) fn prune(connection: &Connection, first: Date) -> rusqlite::Result<Pruned> {
    let first = first.to_string();
    let scores = connection.execute("DELETE FROM notes WHERE day < ?1", [&first])?;
    let runs = connection.execute(
        "DELETE FROM runs WHERE substr(at, 1, 10) < ?1
         AND id NOT IN (SELECT run FROM notes UNION SELECT first_run FROM notes)",
        [&first],
    )?;
    connection.execute(
        "DELETE FROM rulesets WHERE id NOT IN (SELECT ruleset FROM runs UNION SELECT ruleset FROM notes)",
        [],
    )?;
    Ok(Pruned { scores: scores as u64, runs: runs as u64 })
}

/// Takes the log into the file and empties it; whether nobody stood in the way.
pub(super) fn erase_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

/// Takes somebody's name out of the names of inputs; how many told it.
fn erase_inputs(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let runs: Vec<(i64, String)> = connection
        .prepare("SELECT id, inputs FROM runs")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut erased = 0;
    for (run, inputs) in runs {
        let mut inputs: Vec<String> = serde_json::from_str(&inputs).unwrap_or_default();
        let mut told = 0;
        for input in inputs.iter_mut().filter(|input| tells(input, name)) {
            ERASED.clone_into(input);
            told += 1;
        }
        if told > 0 {
            let inputs = serde_json::Value::from(inputs).to_string();
            connection.execute("UPDATE runs SET inputs = ?1 WHERE id = ?2", params![inputs, run])?;
            erased += told;
        }
    }
    Ok(erased)
}

/// Whether an input's name tells a person's: all words of the name stand in it, whatever is between them.
fn tells(input: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (input, name) = (words(input), words(name));
    !name.is_empty() && name.iter().all(|word| input.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_tells_a_name_with_other_signs_between() {
        assert!(tells("2026-05_ocampo-GRACE.csv", "Grace Ocampo") && tells("MNL-15.csv", "mnl-15"));
        assert!(!tells("calls-mnl-150.csv", "MNL-15") && !tells("calls.csv", "A") && !tells("calls.csv", "?"));
    }
}
