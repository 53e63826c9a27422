//! Rules and languages as their files have them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::CheckSpec;
use crate::model::{Category, Condition, Critical, Disposition, Severity};

/// A file of rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules.
    pub rules: Vec<RuleSpec>,
}

/// One rule: what is true of it in every language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Unique name, naming the fault: `missing-next-step`.
    pub id: String,
    /// Its family, which is also its section of the scorecard.
    pub category: Category,
    /// How much a finding matters.
    pub severity: Severity,
    /// Points that one finding costs, within the weight of its section.
    pub points: u32,
    /// For whom a failure is critical; absent: non-critical.
    #[serde(default)]
    pub critical: Option<Critical>,
    /// Whether a failure brings the note's score to zero.
    #[serde(default)]
    pub fatal: bool,
    /// Who else reads this part of the note: keys of the languages' `readers`.
    pub readers: Vec<String>,
    /// When the rule applies; absent: always.
    #[serde(default)]
    pub when: Condition,
    /// What is checked.
    pub check: CheckSpec,
    /// Texts by language; the language packs add theirs.
    #[serde(default)]
    pub texts: BTreeMap<String, RuleText>,
    /// Switches the rule off.
    #[serde(default)]
    pub off: bool,
}

/// What people read of a rule, and its examples, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// The fault in a few words.
    pub title: String,
    /// What is wrong; `{text}` stands for the words found.
    pub message: String,
    /// A better way to write it.
    #[serde(default)]
    pub better: Option<String>,
    /// Consequence for the customer.
    pub customer: String,
    /// Consequence for the organisation.
    pub organisation: String,
    /// Consequence for the agent.
    pub agent: String,
    /// Notes on which the rule must fire.
    pub fires: Vec<Example>,
    /// Notes on which it must not.
    pub spares: Vec<Example>,
}

/// An example note: the text alone, or with the columns that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The note.
    pub note: String,
    /// What was chosen in the drop-down.
    pub disposition: Disposition,
    /// The reference column.
    pub case_id: Option<String>,
    /// The call type.
    pub call_type: Option<String>,
    /// The channel.
    pub channel: Option<String>,
}

/// The map form of an example.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleMap {
    note: String,
    #[serde(default)]
    disposition: Option<String>,
    #[serde(default)]
    case_id: Option<String>,
    #[serde(default)]
    call_type: Option<String>,
    #[serde(default)]
    channel: Option<String>,
}

impl<'de> Deserialize<'de> for Example {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Example;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a note, or a map with `note` and columns")
            }
            fn visit_str<E>(self, note: &str) -> Result<Example, E> {
                Ok(Example {
                    note: note.to_owned(),
                    disposition: Disposition::Empty,
                    case_id: None,
                    call_type: None,
                    channel: None,
                })
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Example, A::Error> {
                let map = ExampleMap::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let disposition = match map.disposition.as_deref() {
                    None | Some("") => Disposition::Empty,
                    Some("resolved") => Disposition::Resolved,
                    Some("pending") => Disposition::Pending,
                    Some("escalated") => Disposition::Escalated,
                    Some(other) => {
                        return Err(serde::de::Error::custom(format!(
                            "unknown disposition `{other}`: use resolved, pending or escalated"
                        )));
                    }
                };
                let given = |value: Option<String>| value.filter(|v| !v.is_empty());
                Ok(Example {
                    note: map.note,
                    disposition,
                    case_id: given(map.case_id),
                    call_type: given(map.call_type),
                    channel: given(map.channel),
                })
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// What a language says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageSpec {
    /// ISO 639-1 code.
    pub code: String,
    /// English name.
    pub name: String,
    /// Its own name.
    pub native: String,
    /// `latin` or `han`.
    pub script: Script,
    /// Quotation marks, each entry an opening and a closing one.
    pub quotes: Vec<String>,
    /// How exports write the dispositions.
    pub dispositions: BTreeMap<Disposition, Vec<String>>,
    /// How exports write the call types, by the field's word.
    pub call_types: BTreeMap<String, Vec<String>>,
    /// How exports write the channels, by the field's word.
    pub channels: BTreeMap<String, Vec<String>>,
    /// Frequent function words, parted by spaces.
    #[serde(default)]
    pub markers: String,
}

/// How a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Words parted by spaces.
    Latin,
    /// Han characters without spaces.
    Han,
}
