//! The result of a run.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use smol_str::SmolStr;

use super::{AgentSummary, Category, Finding, Note, Origin, Score, Span, Standards, Tally, Times, Verdict};

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
    /// Whether a row was rejected for it; all else is a remark.
    pub rejected: bool,
}

impl Problem {
    /// About a row; it is the run that rejects it.
    pub fn at(file: &str, line: u64, message: impl Into<String>, help: impl Into<String>) -> Self {
        Problem { file: file.to_owned(), line: Some(line), message: message.into(), help: help.into(), rejected: false }
    }
}

/// A note with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditedNote {
    /// The note.
    pub note: Note,
    /// Code of the language whose rules were run; `None` where it could not be told.
    pub language: Option<SmolStr>,
    /// Its score.
    pub score: Score,
    /// Its findings that count, by place, those about the whole note first.
    pub findings: Vec<Finding>,
    /// Findings that people decided not to count.
    pub set_aside: Vec<Finding>,
}

impl AuditedNote {
    /// Whether nothing was found in it, also nothing that people decided not to count.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.set_aside.is_empty()
    }

    /// Where secrets stand in the note, to be masked: a finding that people decided not to count is a secret all the same.
    pub fn secrets(&self) -> Vec<Span> {
        let found = self.findings.iter().chain(&self.set_aside);
        found.filter(|finding| finding.category == Category::Sensitive).filter_map(|finding| finding.span).collect()
    }
}

/// How the run was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunInfo {
    /// Version of the program.
    pub version: &'static str,
    /// Hash of the rules in force, hexadecimal.
    pub rules_hash: String,
    /// Inputs as the user named them, by name.
    pub inputs: Vec<String>,
    /// Rows that were read: audited, skipped and rejected together. A line with nothing in it is no row, one of empty cells is.
    pub rows: u64,
    /// Keys of the filter that notes had to pass, and their values; nothing where there was none.
    pub filter: Vec<(String, String)>,
    /// Notes that it left out, by reason, in the order of [`LeftOut::ALL`].
    pub skipped: Vec<Skipped>,
    /// Rows that could not be read.
    pub rejected: u64,
    /// What the figures are held to.
    pub standards: Standards,
}

impl RunInfo {
    /// Notes that the filter left out.
    pub fn skipped(&self) -> u64 {
        self.skipped.iter().map(|skipped| skipped.notes).sum()
    }

    /// The filter on one line; nothing where there was none.
    pub fn filter(&self) -> Option<String> {
        let said: Vec<String> = self.filter.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// By what a note was left out at reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// Its day.
    Day,
    /// Its team.
    Team,
    /// Its agent.
    Agent,
    /// Its call type.
    CallType,
    /// Its channel.
    Channel,
    /// Too few words.
    Words,
    /// Too few characters.
    Characters,
    /// Its talk time.
    Talk,
    /// It is not in the part that is taken.
    Take,
}

impl LeftOut {
    /// Every reason, in the order in which they are looked at.
    pub const ALL: [LeftOut; 9] = [
        LeftOut::Day,
        LeftOut::Team,
        LeftOut::Agent,
        LeftOut::CallType,
        LeftOut::Channel,
        LeftOut::Words,
        LeftOut::Characters,
        LeftOut::Talk,
        LeftOut::Take,
    ];

    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            LeftOut::Day => "day",
            LeftOut::Team => "team",
            LeftOut::Agent => "agent",
            LeftOut::CallType => "call_type",
            LeftOut::Channel => "channel",
            LeftOut::Words => "words",
            LeftOut::Characters => "characters",
            LeftOut::Talk => "talk",
            LeftOut::Take => "take",
        }
    }
}

/// Notes left out at reading for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// The reason.
    pub by: LeftOut,
    /// Notes.
    pub notes: u64,
    /// Those among them of which the export does not tell it.
    pub unknown: u64,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.notes, self.by.name())?;
        match self.unknown {
            0 => Ok(()),
            unknown => write!(f, " ({unknown} tell none)"),
        }
    }
}

/// What became of the decisions about findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecisionsMet {
    /// Findings whose dispute is not decided.
    pub disputed: u64,
    /// Findings whose dispute was rejected.
    pub upheld: u64,
    /// Findings that do not count because their dispute was accepted.
    pub overturned: u64,
    /// Findings that do not count because they are waived.
    pub waived: u64,
    /// Waivers that have expired, and decisions about findings that are no longer found, in words.
    pub remarks: Vec<String>,
}

/// By what figures are grouped, besides the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Team, group or queue owner.
    Team,
    /// Reason class of the contact.
    CallType,
    /// Phone, chat, e-mail…
    Channel,
    /// Customer segment.
    Segment,
    /// Day, week or month.
    Period,
}

impl Dimension {
    /// Every dimension, in the order of outputs.
    pub const ALL: [Dimension; 5] =
        [Dimension::Team, Dimension::CallType, Dimension::Channel, Dimension::Segment, Dimension::Period];

    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Dimension::Team => "team",
            Dimension::CallType => "call_type",
            Dimension::Channel => "channel",
            Dimension::Segment => "segment",
            Dimension::Period => "period",
        }
    }
}

/// The figures of one value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// The value.
    pub value: String,
    /// The sums.
    pub tally: Tally,
    /// Seconds worked that its after-call work is a part of; `None` where they are not known. Of a team, what its agents worked;
    /// of a period, what was worked in it, where days tell it. Nobody works for a call type, channel or segment: of these, what all
    /// agents worked, so that the parts of the values add up to that of all notes, where each note tells its value.
    pub worked: Option<u64>,
}

/// An agent's notes of one call type: what like-for-like comparison and times need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// Index of the agent in [`Report::agents`].
    pub agent: usize,
    /// The call type; `None` where the export tells none.
    pub call_type: Option<String>,
    /// Notes that had a score.
    pub scored: u64,
    /// Sum of their scores in basis points.
    pub score_sum: u64,
    /// How long their after-call work took.
    pub times: Times,
}

/// Long after-call work that left little or no note: something to ask, no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The note's identifier.
    pub note: String,
    /// Where it stands.
    pub origin: Origin,
    /// Index of the agent in [`Report::agents`].
    pub agent: usize,
    /// Call type.
    pub call_type: Option<String>,
    /// After-call work in seconds.
    pub seconds: u32,
    /// What a note of the call type usually takes, in seconds.
    pub usual: u32,
    /// Words of the note.
    pub words: usize,
}

/// Everything that the final outputs need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How the run was made.
    pub run: RunInfo,
    /// First and last day of the notes, where the export tells them.
    pub days: Option<(Date, Date)>,
    /// Everybody together.
    pub total: Tally,
    /// By agent, in the order of their first note.
    pub agents: Vec<AgentSummary>,
    /// By team, call type and so on, each in the order of the first note; a dimension that the export does not tell is absent.
    pub groups: BTreeMap<Dimension, Vec<Group>>,
    /// By agent and call type.
    pub cells: Vec<Cell>,
    /// Seconds that each agent worked, in the order of `agents`; `None` where nothing tells it.
    pub worked: Vec<Option<u64>>,
    /// What became of the decisions about findings.
    pub decisions: DecisionsMet,
    /// What became of the gate, where one was asked for.
    pub gate: Option<Verdict>,
    /// After-call work that left little or no note, longest first.
    pub questions: Vec<Question>,
    /// Notes by the language that was used, code and count, most first.
    pub languages: Vec<(String, u64)>,
    /// Rows that could not be read, and remarks on the input.
    pub problems: Vec<Problem>,
    /// Problems beyond those kept in `problems`.
    pub problems_left_out: u64,
    /// Notes kept for the pages, a bounded number an agent: those with most to learn from and the clean ones.
    pub kept: Vec<AuditedNote>,
}

impl Report {
    /// Seconds that all agents worked; `None` where it is not known of each.
    pub fn all_worked(&self) -> Option<u64> {
        self.worked.iter().copied().sum()
    }

    /// Agents in whose notes a rule finds something.
    pub fn agents_with(&self, rule: usize) -> usize {
        self.agents.iter().filter(|agent| agent.tally.rules.contains_key(&rule)).count()
    }

    /// The figures by the values of a dimension; nothing where the export does not tell it.
    pub fn group(&self, dimension: Dimension) -> &[Group] {
        self.groups.get(&dimension).map_or(&[], Vec::as_slice)
    }
}
