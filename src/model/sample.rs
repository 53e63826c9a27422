//! What sample is asked for and how its sheet is written: plain data, as manifests hold it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Note, Period};
use crate::yaml::did_you_mean;

/// How the notes of a sample come about, which decides what may be said with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every note with the same chance.
    #[default]
    Random,
    /// So many of each stratum, at random within it.
    Stratified,
    /// The more likely the more its findings cost.
    RiskBased,
    /// What was looked for.
    Targeted,
}

impl Kind {
    /// The name in manifests and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::Stratified => "stratified",
            Kind::RiskBased => "risk_based",
            Kind::Targeted => "targeted",
        }
    }

    /// Whether the plain picture of the sample is a fair picture of the population, stratum by stratum.
    pub const fn representative(self) -> bool {
        matches!(self, Kind::Random | Kind::Stratified)
    }

    /// What may be done with such a sample, for its label.
    pub const fn about(self) -> &'static str {
        match self {
            Kind::Random => {
                "Random sample: every note had the same chance. Its figures stand for all notes, within their intervals."
            }
            Kind::Stratified => {
                "Stratified random sample: weighed by its strata, its figures stand for all notes, within their intervals."
            }
            Kind::RiskBased => {
                "Risk-based sample, biased on purpose: what costs more was drawn more often. Never average it with a random sample, \
                 nor its notes without their weights."
            }
            Kind::Targeted => {
                "Targeted sample, biased on purpose: it holds what was looked for, and says nothing of other notes. Never average \
                 it with a random sample."
            }
        }
    }
}

/// How many notes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// So many in all.
    Notes(u64),
    /// So many per cent of the population, rounded up.
    Share(f64),
    /// So many of each stratum, or all that it has.
    PerStratum(u64),
    /// All.
    All,
}

/// How the notes of a sample are shared out among strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// As the population is.
    #[default]
    Proportional,
    /// The same number each.
    Equal,
    /// More where scores differ more: Neyman's, which estimates the mean score of everybody best.
    Neyman,
}

/// What an export tells of a note before anybody has judged it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Who wrote it.
    Agent,
    /// Team, group or queue owner.
    Team,
    /// Reason class of the contact.
    CallType,
    /// Phone, chat, e-mail…
    Channel,
    /// Customer segment.
    Segment,
    /// Language as the export states it.
    Language,
    /// Outcome chosen in the drop-down.
    Disposition,
    /// Day, week or month.
    Period,
}

impl Key {
    /// Every key, in the order of help texts.
    pub const ALL: [Key; 8] = [
        Key::Agent,
        Key::Team,
        Key::CallType,
        Key::Channel,
        Key::Period,
        Key::Segment,
        Key::Language,
        Key::Disposition,
    ];

    /// The name in flags and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Key::Agent => "agent",
            Key::Team => "team",
            Key::CallType => "call_type",
            Key::Channel => "channel",
            Key::Segment => "segment",
            Key::Language => "language",
            Key::Disposition => "disposition",
            Key::Period => "period",
        }
    }

    /// The note's value; `None` where the export does not tell it.
    pub fn of(self, note: &Note, period: Period) -> Option<String> {
        let told = match self {
            // What stands for an agent that no column names.
            Key::Agent => Some(note.agent.as_str()).filter(|agent| *agent != "?"),
            Key::Team => note.team.as_deref(),
            Key::CallType => note.call_type.as_deref(),
            Key::Channel => note.channel.as_deref(),
            Key::Segment => note.segment.as_deref(),
            Key::Language => note.language.as_deref(),
            Key::Disposition => Some(note.disposition.name()).filter(|name| !name.is_empty()),
            Key::Period => return note.day.map(|day| period.of(day)),
        };
        told.map(str::to_owned)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Key::ALL.into_iter().find(|key| key.name() == text.trim()).ok_or_else(|| {
            let names = Key::ALL.map(Key::name);
            format!("`{text}` is none of {}{}", names.join(", "), did_you_mean(text, names))
        })
    }
}

/// A condition on a note, as it stands after `--where`: `agent=A1,A2`, `rule=insult`, `score=..60`. Several values: one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What is looked at.
    pub(crate) subject: Subject,
    /// Values as written.
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// What the export tells.
    Told(Key),
    /// The note's identifier.
    Note,
    /// A rule that found something.
    Rule,
    /// A category of rules that found something.
    Category,
    /// Lowest and highest score, in per cent, both included.
    Score(u32, u32),
}

impl Clause {
    /// Whether it asks for what the rules found.
    pub fn asks_for_findings(&self) -> bool {
        matches!(self.subject, Subject::Rule | Subject::Category | Subject::Score(..))
    }

    /// Whether the notes that meet it were picked for what is in them, so that they are no fair picture of others.
    pub fn picks(&self) -> bool {
        self.asks_for_findings() || self.subject == Subject::Note
    }
}

impl FromStr for Clause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, values)) = text.split_once('=') else {
            return Err("write KEY=VALUE or KEY=VALUE,VALUE".into());
        };
        let name = name.trim();
        let values: Vec<String> =
            values.split(',').map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
        if values.is_empty() {
            return Err(format!("`{name}` has no value: write KEY=VALUE"));
        }
        let subject = match name {
            "note" => Subject::Note,
            "rule" => Subject::Rule,
            "category" => Subject::Category,
            "score" => {
                let range = (values.len() == 1).then(|| range(&values[0])).flatten();
                let (low, high) = range
                    .ok_or("a score is a range in per cent, such as `score=..60`, `score=60..80` or `score=100..`")?;
                Subject::Score(low, high)
            }
            told => Subject::Told(told.parse().map_err(|error| format!("{error}; or note, rule, category, score"))?),
        };
        Ok(Clause { subject, values })
    }
}

/// `low..high`, either of which may be absent.
fn range(text: &str) -> Option<(u32, u32)> {
    let (low, high) = text.split_once("..")?;
    let bound = |text: &str, absent| if text.is_empty() { Some(absent) } else { text.parse().ok() };
    let (low, high) = (bound(low, 0)?, bound(high, 100)?);
    (low <= high && high <= 100).then_some((low, high))
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.subject {
            Subject::Told(key) => key.name(),
            Subject::Note => "note",
            Subject::Rule => "rule",
            Subject::Category => "category",
            Subject::Score(..) => "score",
        };
        write!(f, "{name}={}", self.values.join(","))
    }
}

impl Serialize for Clause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Clause {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A sample as asked for; with the same export and rules it always gives the same notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How notes are drawn.
    pub kind: Kind,
    /// How many.
    pub size: Size,
    /// By what strata are made; empty but for stratified samples.
    pub by: Vec<Key>,
    /// How notes are shared out among strata.
    pub allocation: Allocation,
    /// What notes must meet to be looked at at all; all of these.
    #[serde(rename = "where")]
    pub conditions: Vec<Clause>,
    /// Length of a period.
    pub period: Period,
    /// Points added to what each note's findings cost, in a risk-based sample: a clean note's chance.
    pub floor: u32,
    /// The same seed gives the same notes.
    pub seed: u64,
}

/// What is a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criteria {
    /// A category; of category required, an element (`required:reason`).
    #[default]
    Categories,
    /// A rule, by its id.
    Rules,
}

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetForm {
    /// What is judged.
    pub criteria: Criteria,
    /// Whether reviewers are not to know whose notes they judge.
    pub blind: bool,
    /// The files.
    pub files: Files,
}

/// Forms of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Files {
    /// A workbook.
    Xlsx,
    /// CSV.
    Csv,
    /// Both.
    #[default]
    Both,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_written_as_they_are_read() {
        for text in ["agent=A1,A2", "rule=insult", "score=..60", "score=60..80", "period=2026-05"] {
            assert_eq!(text.parse::<Clause>().unwrap().to_string(), text);
        }
        for wrong in ["agent", "agent=", "agnt=A1", "score=60", "score=80..60", "score=..101"] {
            assert!(wrong.parse::<Clause>().is_err(), "{wrong}");
        }
        assert!("agnt=A".parse::<Clause>().unwrap_err().contains("did you mean `agent`?"));
    }

    #[test]
    fn one_of_several_values_is_enough() {
        let note = Note { agent: "A2".into(), ..Note::default() };
        assert_eq!(Key::Agent.of(&note, Period::Month).as_deref(), Some("A2"));
        assert_eq!(Key::Team.of(&note, Period::Month), None);
        assert_eq!(Key::Disposition.of(&note, Period::Month), None);
    }
}
