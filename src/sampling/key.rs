//! By what notes are grouped into strata, and on what condition they are looked at.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AuditedNote, BasisPoints, Category, Note, Period};
use crate::rules::Rulebook;
use crate::yaml::nearest;

/// What an export tells of a note before anybody has judged it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
        match self {
            // What stands for an agent that no column names.
            Key::Agent => Some(note.agent.clone()).filter(|agent| agent != "?"),
            Key::Team => note.team.clone(),
            Key::CallType => note.call_type.clone(),
            Key::Channel => note.channel.clone(),
            Key::Segment => note.segment.clone(),
            Key::Language => note.language.clone(),
            Key::Disposition => Some(note.disposition.name().to_owned()).filter(|name| !name.is_empty()),
            Key::Period => note.day.map(|day| period.of(day)),
        }
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
    subject: Subject,
    /// Values as written.
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
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

    /// Whether its names exist.
    ///
    /// # Errors
    /// The unknown name, with the nearest known one.
    pub fn check(&self, book: &Rulebook) -> Result<(), String> {
        let unknown = |known: &dyn Fn() -> Vec<String>| {
            let known = known();
            self.values.iter().find(|value| !known.contains(value)).map(|value| {
                let near = did_you_mean(value, known.iter().map(String::as_str));
                format!("--where {self}: there is no `{value}`{near}\n  help: `acw rules list` shows rules and their categories")
            })
        };
        let fault = match self.subject {
            Subject::Rule => unknown(&|| book.rules.iter().map(|rule| rule.id.clone()).collect()),
            Subject::Category => unknown(&|| Category::ALL.map(|category| category.name().to_owned()).to_vec()),
            Subject::Told(_) | Subject::Note | Subject::Score(..) => None,
        };
        fault.map_or(Ok(()), Err)
    }

    /// Whether a note meets it; a condition on findings is met by no note that was not audited.
    pub fn holds(&self, note: &Note, audited: Option<&AuditedNote>, book: &Rulebook, period: Period) -> bool {
        let findings = audited.map_or(&[][..], |audited| &audited.findings);
        let named = |name: &str| self.values.iter().any(|value| value.to_lowercase() == name.to_lowercase());
        match self.subject {
            Subject::Told(key) => key.of(note, period).is_some_and(|value| named(&value)),
            Subject::Note => self.values.contains(&note.id),
            Subject::Rule => findings.iter().any(|finding| named(&book.rules[finding.rule].id)),
            Subject::Category => findings.iter().any(|finding| named(finding.category.name())),
            Subject::Score(low, high) => audited
                .and_then(|audited| audited.score.value())
                .is_some_and(|score| (BasisPoints(low * 100)..=BasisPoints(high * 100)).contains(&score)),
        }
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

fn did_you_mean<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    nearest(wrong, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
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
