//! Which notes of an export are audited: by day, team, agent, call type, channel, length, and as a sample.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{Error, SeqAccess, Visitor, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::{InputError, Seconds, Vocabulary};
use crate::model::{Day, LeftOut, Note, Problem, Role, Skipped};
use crate::text::count_words;
use crate::yaml::{did_you_mean, schema};

/// Different values of a column that are kept to tell the nearest one.
const KNOWN: usize = 10_000;
/// Values that are named where none is near.
const NAMED: usize = 8;

/// What a note must be to be audited: all that is said here. A note of which the export does not tell what is asked for is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Teams.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub team: Names,
    /// Agents, by identifier or name.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub agent: Names,
    /// Call types.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub call_type: Names,
    /// Channels.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub channel: Names,
    /// Fewest words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_words: Option<usize>,
    /// Fewest characters, without blanks around the note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_chars: Option<usize>,
    /// Shortest talk time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_talk: Option<Seconds>,
    /// Share of the notes that is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<Portion>,
    /// Another seed takes others, the same one the same; 1 where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_seed: Option<u64>,
}

/// Names, any of which will do; in settings a list, or a single one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Names(pub Vec<String>);

schema!(Names, "Names", {
    "description": "A name, or a list of names of which any will do.",
    "anyOf": [
        { "type": ["string", "integer"], "minimum": 0 },
        { "type": "array", "items": { "type": ["string", "number"] } },
    ],
});

impl Names {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, or a list of names")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Names, E> {
                Ok(Names(vec![name.to_owned()]))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Names, E> {
                Ok(Names(vec![number.to_string()]))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, names: S) -> Result<Names, S::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(names)).map(Names)
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// A share of notes: `10%`, `2.5 %`, `1/20`; in millionths, at least one and at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion(u32);

const ALL: u32 = 1_000_000;

schema!(Portion, "Portion", {
    "description": "A share of notes: `10%`, `1/20`; a number alone is a per cent.",
    "type": ["string", "number"],
    "exclusiveMinimum": 0,
    "maximum": 100,
    "pattern": r"^\s*[0-9.]+\s*(%|/\s*[0-9.]+)?\s*$",
    "examples": ["10%", "1/20"],
});

impl FromStr for Portion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let share = match text.split_once('/') {
            Some((part, whole)) => number(part).zip(number(whole)).map(|(part, whole)| part / whole),
            None => number(text.trim().trim_end_matches('%')).map(|percent| percent / 100.0),
        };
        let millionths = share.map(|share| (share * f64::from(ALL)).round());
        match millionths.filter(|share| (1.0..=f64::from(ALL)).contains(share)) {
            Some(share) => Ok(Portion(share as u32)),
            None => Err(format!("`{text}` is no share of notes; write `10%` or `1/20`")),
        }
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", f64::from(self.0) / 10_000.0)
    }
}

impl Serialize for Portion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Portion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}

impl Portion {
    /// Whether a note is taken. The number is made of seed and identifier alone, so that the order of the rows does not matter, and a
    /// larger share with the same seed has all notes of a smaller one.
    fn takes(self, id: &str, seed: u64) -> bool {
        // Named apart from the numbers by which samples are drawn: a sample of this part is drawn by other chances.
        let digest = Sha256::new().chain_update("take").chain_update(seed.to_le_bytes()).chain_update(id).finalize();
        let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        (u128::from(number) * u128::from(ALL)) >> 64 < u128::from(self.0)
    }
}

impl Filter {
    /// Whether no day is in it.
    pub fn is_impossible(&self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| from > to)
    }

    /// Whether it takes everything.
    pub fn is_empty(&self) -> bool {
        self.said().is_empty()
    }

    /// Whether notes must have a day.
    pub fn by_day(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// This one, and the other where this one says nothing.
    pub fn over(self, other: Filter) -> Filter {
        let names = |own: Names, other: Names| if own.is_empty() { other } else { own };
        Filter {
            from: self.from.or(other.from),
            to: self.to.or(other.to),
            team: names(self.team, other.team),
            agent: names(self.agent, other.agent),
            call_type: names(self.call_type, other.call_type),
            channel: names(self.channel, other.channel),
            min_words: self.min_words.or(other.min_words),
            min_chars: self.min_chars.or(other.min_chars),
            min_talk: self.min_talk.or(other.min_talk),
            take: self.take.or(other.take),
            take_seed: self.take_seed.or(other.take_seed),
        }
    }

    /// What it says: its keys and their values as text.
    pub fn said(&self) -> Vec<(String, String)> {
        let seed = self.take.map(|_| self.take_seed.unwrap_or(1));
        let told = Filter { take_seed: seed, ..self.clone() };
        let Ok(serde_json::Value::Object(map)) = serde_json::to_value(told) else { return Vec::new() };
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Array(names) => {
                names.iter().filter_map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        map.into_iter().map(|(key, value)| (key, text(value))).collect()
    }

    /// Ready to take notes one by one.
    pub fn sieve(&self, vocabulary: &Vocabulary) -> Sieve {
        let clause = |by: LeftOut, role: Role, names: &Names, value: fn(&Vocabulary, &str) -> Option<SmolStr>| {
            let wanted = names.0.iter().map(|name| Wanted {
                written: name.clone(),
                folded: vocabulary.header(&value(vocabulary, name).unwrap_or_default()),
                met: false,
            });
            (!names.is_empty()).then(|| Clause { by, role, wanted: wanted.collect(), known: HashMap::new() })
        };
        let as_written = |_: &Vocabulary, name: &str| Some(name.into());
        let clauses = [
            clause(LeftOut::Team, Role::Team, &self.team, as_written),
            clause(LeftOut::Agent, Role::AgentId, &self.agent, as_written),
            clause(LeftOut::CallType, Role::CallType, &self.call_type, Vocabulary::call_type),
            clause(LeftOut::Channel, Role::Channel, &self.channel, Vocabulary::channel),
        ];
        Sieve {
            filter: self.clone(),
            clauses: clauses.into_iter().flatten().collect(),
            vocabulary: vocabulary.clone(),
            skipped: Vec::new(),
        }
    }
}

/// A name that is asked for.
#[derive(Debug)]
struct Wanted {
    written: String,
    folded: String,
    /// Whether a note has it.
    met: bool,
}

/// Names that are asked for in one column.
#[derive(Debug)]
struct Clause {
    by: LeftOut,
    role: Role,
    wanted: Vec<Wanted>,
    /// Values of the exports, and which of the wanted ones each is.
    known: HashMap<String, Option<usize>>,
}

impl Clause {
    fn has(&mut self, value: &str, vocabulary: &Vocabulary) -> bool {
        let found = match self.known.get(value) {
            Some(found) => *found,
            None => {
                let folded = vocabulary.header(value);
                let is = |wanted: &Wanted| wanted.written == value || (wanted.folded == folded && !folded.is_empty());
                let found = self.wanted.iter().position(is);
                if self.known.len() < KNOWN {
                    self.known.insert(value.to_owned(), found);
                }
                found
            }
        };
        if let Some(found) = found {
            self.wanted[found].met = true;
        }
        found.is_some()
    }
}

/// A filter at work: it counts what it leaves out, and why.
#[derive(Debug)]
pub struct Sieve {
    filter: Filter,
    clauses: Vec<Clause>,
    vocabulary: Vocabulary,
    skipped: Vec<Skipped>,
}

impl Sieve {
    /// Whether a note is to be audited. Of several reasons against it the first counts, in the order of [`LeftOut::ALL`].
    pub fn takes(&mut self, note: &Note) -> bool {
        match self.against(note) {
            None => true,
            Some((by, unknown)) => {
                let at = self.skipped.iter().position(|skipped| skipped.by == by).unwrap_or_else(|| {
                    self.skipped.push(Skipped { by, notes: 0, unknown: 0 });
                    self.skipped.len() - 1
                });
                self.skipped[at].notes += 1;
                self.skipped[at].unknown += u64::from(unknown);
                false
            }
        }
    }

    /// What speaks against a note, and whether it is that the export does not tell it.
    fn against(&mut self, note: &Note) -> Option<(LeftOut, bool)> {
        let Filter { from, to, min_words, min_chars, min_talk, take, take_seed, .. } = &self.filter;
        let mut found = None;
        let mut refuse = |by: LeftOut, unknown: bool| {
            found.get_or_insert((by, unknown));
        };
        if self.filter.by_day() {
            match note.day {
                None => refuse(LeftOut::Day, true),
                Some(day) if from.is_some_and(|from| day < from.0) || to.is_some_and(|to| day > to.0) => {
                    refuse(LeftOut::Day, false);
                }
                Some(_) => {}
            }
        }
        // Each is looked at, so that it is known which names the exports have at all.
        for clause in &mut self.clauses {
            let values = match clause.role {
                Role::Team => [note.team.as_deref(), None],
                Role::CallType => [note.call_type.as_deref(), None],
                Role::Channel => [note.channel.as_deref(), None],
                _ => [Some(note.agent.as_str()).filter(|agent| *agent != "?"), note.agent_name.as_deref()],
            };
            let mut has = false;
            for value in values.into_iter().flatten() {
                has |= clause.has(value, &self.vocabulary);
            }
            if !has {
                refuse(clause.by, values.iter().all(Option::is_none));
            }
        }
        if min_words.is_some_and(|least| count_words(&note.text) < least) {
            refuse(LeftOut::Words, false);
        }
        if min_chars.is_some_and(|least| note.text.trim().chars().count() < least) {
            refuse(LeftOut::Characters, false);
        }
        match (min_talk, note.talk_seconds) {
            (Some(_), None) => refuse(LeftOut::Talk, true),
            (Some(least), Some(seconds)) if seconds < least.0 => refuse(LeftOut::Talk, false),
            _ => {}
        }
        if take.is_some_and(|part| !part.takes(&note.id, take_seed.unwrap_or(1))) {
            refuse(LeftOut::Take, false);
        }
        found
    }

    /// Notes that were left out, by reason, in the order of [`LeftOut::ALL`].
    pub fn skipped(&self) -> Vec<Skipped> {
        let mut skipped = self.skipped.clone();
        skipped.sort_by_key(|skipped| skipped.by);
        skipped
    }

    /// What is to be said of names that no note of the exports has.
    pub fn remarks(&self, inputs: &[String]) -> Vec<Problem> {
        let remark = |clause: &Clause, wanted: &Wanted| {
            let name = clause.by.name();
            let mut known: Vec<&str> = clause.known.keys().map(String::as_str).collect();
            known.sort_unstable();
            let near = did_you_mean(&wanted.written, known.iter().copied());
            let help = match (known.is_empty(), near.strip_prefix("; ")) {
                (true, _) => format!("name the column with --column {}=HEADER", clause.role.name()),
                (false, Some(near)) => near.to_owned(),
                (false, None) => {
                    let more = if known.len() > NAMED { ", …" } else { "" };
                    format!("there are {}{more}", known[..known.len().min(NAMED)].join(", "))
                }
            };
            let message = format!("the filter asks for {name} `{}`, which no note has", wanted.written);
            Problem { file: inputs.join(", "), line: None, message, help, rejected: false }
        };
        let clauses = self.clauses.iter();
        clauses.flat_map(|c| c.wanted.iter().filter(|w| !w.met).map(move |wanted| remark(c, wanted))).collect()
    }

    /// Why a run has nothing to audit, where it is that the filter left out all there was.
    pub fn nothing_left(&self, inputs: &[String]) -> Option<InputError> {
        let skipped = self.skipped();
        let all: u64 = skipped.iter().map(|skipped| skipped.notes).sum();
        let reasons: Vec<String> = skipped.iter().map(Skipped::to_string).collect();
        let remarks = self.remarks(inputs);
        let help = remarks.iter().map(|remark| format!("{}: {}", remark.message, remark.help)).next();
        (all > 0).then(|| InputError::Form {
            file: inputs.join(", "),
            message: format!("the filter leaves out all {all} notes: {}", reasons.join(", ")),
            help: help.unwrap_or_else(|| {
                "ask for less, or see with `acw columns` whether the columns are read as you mean them".into()
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::text::Folder;

    fn filter(yaml: &str) -> Filter {
        crate::yaml::Source::new("f", yaml).parse().unwrap()
    }

    fn note(id: &str, team: Option<&str>) -> Note {
        Note { id: id.into(), team: team.map(Into::into), agent: "A1".into(), ..Note::default() }
    }

    #[test]
    fn the_first_reason_counts_and_what_is_not_told_is_counted_apart() {
        let mut sieve = filter("{from: 2026-05-02, to: 2026-05-03, team: [Équipe Nord, sud]}")
            .sieve(&Vocabulary::new(Folder::default()));
        let mut takes =
            |team, day: Option<i8>| sieve.takes(&Note { day: day.map(|day| date(2026, 5, day)), ..note("x", team) });
        assert!(takes(Some("SUD"), Some(2)) && takes(Some("Sud"), Some(3)));
        assert!(!takes(Some("Sud"), Some(1)) && !takes(Some("Sud"), None) && !takes(None, None));
        assert!(!takes(Some("Est"), Some(2)) && !takes(None, Some(2)));
        let told: Vec<_> = sieve.skipped().iter().map(|s| (s.by, s.notes, s.unknown)).collect();
        assert_eq!(told, [(LeftOut::Day, 3, 2), (LeftOut::Team, 2, 1)]);
        let remarks = sieve.remarks(&["x.csv".into()]);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].message.contains("Équipe Nord"), "{remarks:?}");
    }

    #[test]
    fn a_name_that_nothing_has_is_said_with_the_nearest() {
        let mut sieve = filter("{team: Sabadel, from: 2026-01-01}").sieve(&Vocabulary::new(Folder::default()));
        assert!(!sieve.takes(&note("x", Some("Sabadell"))), "left out by its day, and its team is known all the same");
        assert_eq!(sieve.remarks(&[])[0].help, "did you mean `Sabadell`?");
        assert!(sieve.nothing_left(&["x.csv".into()]).unwrap().to_string().contains("all 1 notes: 1 by day"));
        let none = filter("team: Norte").sieve(&Vocabulary::new(Folder::default()));
        assert!(none.remarks(&[])[0].help.contains("--column team=HEADER") && none.nothing_left(&[]).is_none());
    }

    #[test]
    fn a_part_is_the_same_in_any_order_and_grows_with_its_share() {
        let taken = |part: &str, seed| -> Vec<u32> {
            let part: Portion = part.parse().unwrap();
            (0..10_000).filter(|id| part.takes(&format!("N-{id}"), seed)).collect()
        };
        let (small, large) = (taken("5%", 1), taken("1/5", 1));
        assert!((400..600).contains(&small.len()) && (1_850..2_150).contains(&large.len()));
        assert!(small.iter().all(|id| large.contains(id)));
        assert_ne!(small, taken("5%", 2));
        assert_eq!(taken("100 %", 3).len(), 10_000);
        for text in ["0", "101%", "1/0", "x", "-5%", "nan"] {
            assert!(text.parse::<Portion>().is_err(), "{text}");
        }
        assert_eq!("2.5%".parse::<Portion>().unwrap().to_string(), "2.5%");
    }

    #[test]
    fn flags_go_over_settings_clause_by_clause_and_come_back_from_a_manifest() {
        let own =
            filter("{team: Norte, take: 10%}").over(filter("{team: [Sur, Este], min_talk: 1m30s, from: 2026-05-01}"));
        assert_eq!(own.team.0, ["Norte"]);
        let text = serde_json::to_string(&own).unwrap();
        assert_eq!(text, r#"{"from":"2026-05-01","team":["Norte"],"min_talk":90,"take":"10%"}"#);
        assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), own);
        assert_eq!(own.said().last().unwrap(), &("take_seed".to_owned(), "1".to_owned()));
        assert!(Filter::default().is_empty() && filter("{}").is_empty());
        assert_eq!(filter("{agent: [1042, \"007\"], team: 7}"), filter("{agent: ['1042', '007'], team: ['7']}"));
    }
}
