//! What an export must be before it is audited: the contract, as `acw.yaml` writes it.

mod check;
mod verdict;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

pub use verdict::{Clause, Verdict, Violation};

use super::Names;
use crate::model::{Age, Role};
use crate::yaml::{did_you_mean, keyed, schema};

/// A contract; what it does not say is not asked for. Columns are asked of every file, the rest of all files of a run together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contract {
    /// Columns that must be there.
    pub columns: Vec<Wanted>,
    /// How many rows.
    pub rows: Rows,
    /// Rows that repeat another.
    pub duplicates: Option<Duplicates>,
    /// How old the notes may be.
    pub freshness: Option<Freshness>,
    /// Notes without text.
    pub empty_notes: Option<Limit>,
    /// Rows that cannot be read.
    pub unreadable: Option<Limit>,
    /// Allowed values of columns; an empty cell must be allowed as `""`.
    #[schemars(schema_with = "keyed::<Role, Names>")]
    pub values: BTreeMap<Role, Names>,
}

impl Contract {
    /// Whether no export can keep it: a fault of who wrote it.
    pub fn impossible(&self) -> bool {
        self.rows.min.zip(self.rows.max).is_some_and(|(min, max)| min > max)
    }
}

/// How many rows, in all files of a run together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rows {
    /// At least.
    pub min: Option<u64>,
    /// At most.
    pub max: Option<u64>,
}

/// Rows that repeat another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Duplicates {
    /// The column whose values must differ; empty cells are no duplicates.
    pub of: Wanted,
    /// So many rows may repeat an earlier one.
    pub at_most: Limit,
}

/// How old the notes may be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Freshness {
    /// The newest note is no older; nor is any later than tomorrow.
    pub newest_within: Option<Age>,
    /// No note is older.
    pub oldest_within: Option<Age>,
    /// Rows whose day cannot be read.
    pub undated: Option<Limit>,
}

/// A column: by its role (`note_id`), or by its header (`{header: Cost centre}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Whatever column plays the part, or a constant.
    Role(Role),
    /// The column of that header.
    Header(String),
}

schema!(Wanted, "Wanted", generator => {
    "description": "A column: by its role (`note_id`), or by its header (`{header: Cost centre}`).",
    "anyOf": [
        generator.subschema_for::<Role>(),
        {
            "type": "object",
            "properties": { "header": { "description": "The header, as the export has it.", "type": "string" } },
            "required": ["header"],
            "additionalProperties": false,
        },
    ],
});

impl Default for Wanted {
    fn default() -> Self {
        Wanted::Role(Role::NoteId)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Role(role) => f.write_str(role.name()),
            Wanted::Header(header) => write!(f, "`{header}`"),
        }
    }
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            header: String,
        }
        struct RoleOrHeader;
        impl<'de> Visitor<'de> for RoleOrHeader {
            type Value = Wanted;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a role such as `note_id`, or a header as `{header: Cost centre}`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Wanted, E> {
                Role::from_name(name).map(Wanted::Role).ok_or_else(|| {
                    let near = did_you_mean(name, Role::ALL.map(Role::name));
                    E::custom(format!("`{name}` is no role{near}; a header is written {{header: {name}}}"))
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Wanted, M::Error> {
                Named::deserialize(MapAccessDeserializer::new(map)).map(|named| Wanted::Header(named.header))
            }
        }
        deserializer.deserialize_any(RoleOrHeader)
    }
}

/// How many of the rows: a number, or a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Rows(u64),
    /// So many hundredths of a per cent of them.
    Share(u32),
}

schema!(Limit, "RowLimit", {
    "description": "At most so many rows (`3`), or such a share of them (`2%`).",
    "type": ["integer", "string"],
    "minimum": 0,
    "pattern": r"^\s*([0-9]+|[0-9]*\.?[0-9]+\s*%)\s*$",
    "examples": [0, "2%"],
});

impl Default for Limit {
    fn default() -> Self {
        Limit::Rows(0)
    }
}

impl Limit {
    /// Whether `rows` of `all` are no more than that.
    fn holds(self, rows: u64, all: u64) -> bool {
        match self {
            Limit::Rows(most) => rows <= most,
            Limit::Share(share) => u128::from(rows) * 10_000 <= u128::from(share) * u128::from(all),
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let limit = match text.trim().strip_suffix('%') {
            None => text.trim().parse().ok().map(Limit::Rows),
            Some(percent) => {
                let percent = percent.trim().parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
                percent.map(|percent| Limit::Share((percent * 100.0).round() as u32))
            }
        };
        limit.ok_or_else(|| format!("`{text}` is no number of rows and no share; write `3` or `2%`"))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Rows(most) => write!(f, "{most}"),
            Limit::Share(share) => write!(f, "{}%", f64::from(*share) / 100.0),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Source;

    fn contract(yaml: &str) -> Result<Contract, String> {
        Source::new("acw.yaml", yaml).parse().map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_contract_is_read_as_people_write_it() {
        let read = contract(
            "columns: [note_id, {header: Cost centre}]\nrows: {min: 5}\nduplicates: {}\n\
             freshness: {newest_within: 3 days}\nempty_notes: 2.5%\nunreadable: 0\nvalues: {team: [A, B], language: es}\n",
        )
        .unwrap();
        assert_eq!(read.columns, [Wanted::Role(Role::NoteId), Wanted::Header("Cost centre".into())]);
        assert_eq!(read.duplicates, Some(Duplicates { of: Wanted::Role(Role::NoteId), at_most: Limit::Rows(0) }));
        assert_eq!((read.empty_notes, read.unreadable), (Some(Limit::Share(250)), Some(Limit::Rows(0))));
        assert_eq!(read.values[&Role::Language].0, ["es"]);
        assert!(!read.impossible() && contract("rows: {min: 5, max: 4}").unwrap().impossible());
    }

    #[test]
    fn faults_have_their_place() {
        for (yaml, place, said) in [
            ("columns:\n  - agnet_id\n", ":2:5:", "did you mean `agent_id`?; a header is written {header: agnet_id}"),
            ("rows: {least: 5}\n", ":1:8:", "unknown field `least`"),
            ("empty_notes: 200%\n", ":1:14:", "`200%` is no number of rows and no share"),
            ("values: {tem: [A]}\n", ":1:10:", "did you mean `team`?"),
            ("freshness:\n  newest_within: soon\n", ":2:18:", "`soon` is no length of time"),
        ] {
            let fault = contract(yaml).unwrap_err();
            assert!(fault.contains(place) && fault.contains(said), "{yaml}: {fault}");
        }
    }

    #[test]
    fn a_share_is_held_to_the_last_row() {
        let share: Limit = "2%".parse().unwrap();
        assert!(share.holds(2, 100) && !share.holds(3, 100) && share.holds(0, 0));
        assert!(Limit::Rows(3).holds(3, 3) && !Limit::Rows(3).holds(4, 1_000));
        assert_eq!((share.to_string(), Limit::Rows(4).to_string()), ("2%".into(), "4".into()));
    }
}
