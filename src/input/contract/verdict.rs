//! What became of a contract: clause by clause, and row by row.

use std::fmt;

use serde::Serialize;

/// Violations of a clause that are kept; the others are counted.
const KEPT: usize = 10;
/// Of these, those that are printed.
const SHOWN: usize = 5;

/// Something that breaks a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The clause: its key in the contract, `values.team`.
    pub clause: String,
    /// The file as the user named it.
    pub file: String,
    /// The line on which the row starts; null where it is about the file.
    pub line: Option<u64>,
    /// The note's identifier, where the row can be read.
    pub note: Option<String>,
    /// What is wrong. Of notes and customers nothing is shown, and long numbers are masked.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(note) = &self.note {
            write!(f, ": note {note}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// What became of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Its key in the contract.
    pub clause: String,
    /// Whether it is kept.
    pub kept: bool,
    /// What was found, against what is asked for.
    pub message: String,
    /// Rows (of `columns`, columns) that speak against it; some may be allowed.
    pub against: u64,
    /// The first of them.
    pub violations: Vec<Violation>,
}

impl Clause {
    pub(super) fn new(clause: impl Into<String>) -> Self {
        Clause { clause: clause.into(), kept: true, message: String::new(), against: 0, violations: Vec::new() }
    }

    /// Notes something that speaks against the clause.
    pub(super) fn against(&mut self, violation: Violation) {
        self.against += 1;
        if self.violations.len() < KEPT {
            self.violations.push(violation);
        }
    }

    /// Judges the clause; of one that is broken more than once, all messages stand.
    pub(super) fn judge(&mut self, kept: bool, message: String) {
        self.message = match (self.kept, kept) {
            _ if self.message.is_empty() => message,
            (false, true) => return,
            (true, false) => message,
            _ => format!("{}; {message}", self.message),
        };
        self.kept &= kept;
    }
}

/// What became of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether every clause is kept.
    pub kept: bool,
    /// The exports as the user named them.
    pub inputs: Vec<String>,
    /// Rows that were read.
    pub rows: u64,
    /// The clauses that the contract has, in the order of its keys.
    pub clauses: Vec<Clause>,
}

impl fmt::Display for Verdict {
    /// The clauses that are broken, with the first rows that break them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for clause in self.clauses.iter().filter(|clause| !clause.kept) {
            writeln!(f, "  {}: {}", clause.clause, clause.message)?;
            for violation in clause.violations.iter().take(SHOWN) {
                writeln!(f, "    {violation}")?;
            }
            let more = clause.against.saturating_sub(SHOWN as u64);
            if more > 0 {
                writeln!(f, "    and {more} more")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_tells_all_that_breaks_it_and_the_first_rows() {
        let mut clause = Clause::new("freshness");
        for line in 0..12 {
            let violation = Violation {
                clause: "freshness".into(),
                file: "a.csv".into(),
                line: Some(line),
                note: None,
                message: "old".into(),
            };
            clause.against(violation);
        }
        clause.judge(true, "fine".into());
        clause.judge(false, "old".into());
        clause.judge(true, "also fine".into());
        clause.judge(false, "undated".into());
        assert_eq!((clause.kept, clause.message.as_str(), clause.against), (false, "old; undated", 12));
        let verdict = Verdict { kept: false, inputs: Vec::new(), rows: 12, clauses: vec![Clause::new("rows"), clause] };
        let text = verdict.to_string();
        assert!(
            text.starts_with("  freshness: old; undated\n    a.csv:0: old\n") && text.ends_with("and 7 more\n"),
            "{text}"
        );
    }
}
