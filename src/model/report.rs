//! The result of a run.

use super::{AgentSummary, Finding, Note, Score, Tally};

/// A row or file that could not be read, or something about the input that the user should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as the user named it.
    pub file: String,
    /// The line, where one can be named.
    pub line: Option<u64>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A note with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedNote {
    /// The note.
    pub note: Note,
    /// Code of the language whose rules were run; `None` where it could not be told.
    pub language: Option<String>,
    /// Its score.
    pub score: Score,
    /// Its findings, by place, those about the whole note first.
    pub findings: Vec<Finding>,
}

/// How the run was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunInfo {
    /// Version of the program.
    pub version: &'static str,
    /// Hash of the rules in force, hexadecimal.
    pub rules_hash: String,
    /// Inputs as the user named them.
    pub inputs: Vec<String>,
    /// Rows that held a record: audited plus rejected.
    pub rows: u64,
    /// Score from which a note counts as compliant, in per cent.
    pub target: u32,
}

/// Everything that the final outputs need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How the run was made.
    pub run: RunInfo,
    /// Everybody together.
    pub total: Tally,
    /// By agent, in the order of their first note.
    pub agents: Vec<AgentSummary>,
    /// By team, in the order of their first note; empty where the export has none.
    pub teams: Vec<(String, Tally)>,
    /// Notes by the language that was used, code and count, most first.
    pub languages: Vec<(String, u64)>,
    /// Rows that could not be read, and remarks on the input.
    pub problems: Vec<Problem>,
    /// Problems beyond those kept in `problems`.
    pub problems_left_out: u64,
    /// Notes kept for the pages, a bounded number an agent: those with most to learn from and the clean ones.
    pub kept: Vec<AuditedNote>,
}
