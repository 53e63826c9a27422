//! Rules and languages as their files have them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checks::CheckSpec;
use crate::input::Unit;
use crate::model::{Answer, Category, Condition, Critical, Disposition, Element, Severity};

/// A file of rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules.
    pub rules: Vec<RuleSpec>,
}

/// One rule: what is true of it in every language.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Unique name, naming the fault: `missing-next-step`.
    pub id: String,
    /// Its family, which is also its section of the scorecard.
    pub category: Category,
    /// How much a finding matters.
    pub severity: Severity,
    /// Points that one finding costs, within the weight of its section; absent: those of its severity in the scorecard.
    #[serde(default)]
    pub points: Option<u32>,
    /// Most points that the rule can cost in one note; absent: the weight of its section.
    #[serde(default)]
    pub cap: Option<u32>,
    /// For whom a failure is critical; absent: non-critical.
    #[serde(default)]
    pub critical: Option<Critical>,
    /// Whether a failure brings the note's score to zero.
    #[serde(default)]
    pub fatal: bool,
    /// Whether a failure keeps the note from counting as compliant, whatever its score.
    #[serde(default)]
    pub auto_fail: bool,
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

/// What a pack changes of a rule that lies below it; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    /// Switches the rule off, or on.
    #[serde(default)]
    pub off: Option<bool>,
    /// How much a finding matters.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Points that one finding costs, within the weight of its section.
    #[serde(default)]
    pub points: Option<u32>,
    /// Most points that the rule can cost in one note.
    #[serde(default)]
    pub cap: Option<u32>,
    /// For whom a failure is critical.
    #[serde(default)]
    pub critical: Option<Critical>,
    /// Whether a failure brings the note's score to zero.
    #[serde(default)]
    pub fatal: Option<bool>,
    /// Whether a failure keeps the note from counting as compliant, whatever its score.
    #[serde(default)]
    pub auto_fail: Option<bool>,
    /// Who else reads this part of the note.
    #[serde(default)]
    pub readers: Option<Vec<String>>,
    /// When the rule applies.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What is checked.
    #[serde(default)]
    pub check: Option<CheckSpec>,
}

impl RuleChange {
    /// Changes the rule.
    pub fn apply(&self, rule: &mut RuleSpec) {
        fn set<T: Clone>(to: &mut T, from: Option<&T>) {
            if let Some(from) = from {
                to.clone_from(from);
            }
        }
        set(&mut rule.off, self.off.as_ref());
        set(&mut rule.severity, self.severity.as_ref());
        rule.points = self.points.or(rule.points);
        rule.cap = self.cap.or(rule.cap);
        rule.critical = self.critical.or(rule.critical);
        set(&mut rule.fatal, self.fatal.as_ref());
        set(&mut rule.auto_fail, self.auto_fail.as_ref());
        set(&mut rule.readers, self.readers.as_ref());
        set(&mut rule.when, self.when.as_ref());
        set(&mut rule.check, self.check.as_ref());
    }
}

/// A profile: which rules apply to a kind of contact, and what they weigh there. The first that holds, by the names of
/// the files, is the note's.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileSpec {
    /// The notes that it is for.
    pub when: Condition,
    /// What is different for them, by rule.
    #[serde(default)]
    pub rules: BTreeMap<String, ProfileRule>,
    /// Weights that are different for them, by section.
    #[serde(default)]
    pub sections: BTreeMap<Category, u32>,
}

/// What a profile says of a rule; what is absent stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRule {
    /// Switches the rule off, or on.
    #[serde(default)]
    pub off: Option<bool>,
    /// Points that one finding costs.
    #[serde(default)]
    pub points: Option<u32>,
    /// Most points that the rule can cost in one note.
    #[serde(default)]
    pub cap: Option<u32>,
}

/// What people read of a rule, and its examples, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// Examples of a rule beside those of its texts: a pack's own, and accepted disputes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Notes on which the rule must fire.
    #[serde(default)]
    pub fires: Vec<Example>,
    /// Notes on which it must not.
    #[serde(default)]
    pub spares: Vec<Example>,
}

/// An example note: the text alone, or with the columns that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// The customer.
    pub customer: Option<String>,
    /// Other notes of the same agent in the same export, for rules that look at the whole of it.
    pub beside: Vec<Example>,
}

/// The map form of an example.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExampleMap {
    /// The note.
    note: String,
    /// What was chosen in the drop-down; absent: nothing.
    #[serde(default)]
    disposition: Disposition,
    /// The reference column.
    #[serde(default)]
    case_id: Option<String>,
    /// The call type.
    #[serde(default)]
    call_type: Option<String>,
    /// The channel.
    #[serde(default)]
    channel: Option<String>,
    /// The customer.
    #[serde(default)]
    customer: Option<String>,
    /// Other notes of the same agent in the same export.
    #[serde(default)]
    beside: Vec<Example>,
}

impl JsonSchema for Example {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Example".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let map = generator.subschema_for::<ExampleMap>();
        schemars::json_schema!({
            "description": "A note, or a map with `note` and the columns that matter.",
            "anyOf": [{ "type": "string" }, map],
        })
    }
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
                Ok(Example { note: note.to_owned(), ..Example::default() })
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Example, A::Error> {
                ExampleMap::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Example::from)
            }
        }
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(Reader),
            // What is kept between runs has the fields one after the other.
            false => ExampleMap::deserialize(deserializer).map(Example::from),
        }
    }
}

impl From<ExampleMap> for Example {
    fn from(map: ExampleMap) -> Self {
        let given = |value: Option<String>| value.filter(|v| !v.is_empty());
        Example {
            note: map.note,
            disposition: map.disposition,
            case_id: given(map.case_id),
            call_type: given(map.call_type),
            channel: given(map.channel),
            customer: given(map.customer),
            beside: map.beside,
        }
    }
}

/// What a language says of itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
    /// How reviewers answer in sheets, besides the signs of every language (`fail`, `1`, `x`; `pass`, `0`, `ok`; `n/a`, `-`).
    #[serde(default)]
    pub answers: BTreeMap<Answer, Vec<String>>,
    /// Frequent function words, parted by spaces.
    #[serde(default)]
    pub markers: String,
    /// Names of the twelve months, those of one parted by spaces, as dates write them (`04-may-2026`).
    #[serde(default)]
    pub months: Vec<String>,
    /// How times name the two halves of a day.
    #[serde(default)]
    pub halves: Halves,
    /// Words for the units of durations, in cells (`19 minutes`) and behind headers (`duration (in hrs)`).
    #[serde(default)]
    pub units: BTreeMap<Unit, Vec<String>>,
    /// How lines begin that stand below the rows of an export: totals, who made it.
    #[serde(default)]
    pub footers: Vec<String>,
    /// What the sections of a note are called, where one is made of several columns.
    #[serde(default)]
    pub labels: BTreeMap<Element, String>,
}

/// Words for the two halves of a day.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Halves {
    /// Before noon.
    #[serde(default)]
    pub first: Vec<String>,
    /// After noon.
    #[serde(default)]
    pub second: Vec<String>,
}

/// How a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Words parted by spaces.
    Latin,
    /// Han characters without spaces.
    Han,
}
