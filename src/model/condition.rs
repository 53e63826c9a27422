//! A condition over the columns of a note: when a rule applies, or when one of its demands does.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Disposition, Note};

/// All that is given must hold; nothing given always holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Call types (`sales`, `complaint`…).
    #[serde(default)]
    pub call_type: Vec<String>,
    /// Call types for which the rule does not apply.
    #[serde(default)]
    pub not_call_type: Vec<String>,
    /// Channels (`phone`, `chat`, `email`).
    #[serde(default)]
    pub channel: Vec<String>,
    /// Customer segments, as the export writes them.
    #[serde(default)]
    pub segment: Vec<String>,
    /// Dispositions.
    #[serde(default)]
    pub disposition: Vec<Disposition>,
    /// Codes of the languages whose rules are run.
    #[serde(default)]
    pub language: Vec<String>,
}

impl Condition {
    /// Whether the rule applies to a note audited in `language`.
    pub fn holds(&self, note: &Note, language: &str) -> bool {
        let among = |allowed: &[String], value: Option<&str>| {
            allowed.is_empty() || value.is_some_and(|v| allowed.iter().any(|a| a == v))
        };
        among(&self.call_type, note.call_type.as_deref())
            && !note.call_type.as_ref().is_some_and(|own| self.not_call_type.iter().any(|other| own == other))
            && among(&self.channel, note.channel.as_deref())
            && among(&self.segment, note.segment.as_deref())
            && (self.disposition.is_empty() || self.disposition.contains(&note.disposition))
            && among(&self.language, Some(language))
    }
}

/// As a person says it: `call type sales or support, language en`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |one: &Disposition| if *one == Disposition::Empty { "none" } else { one.name() };
        let dispositions: Vec<String> = self.disposition.iter().map(|one| name(one).to_owned()).collect();
        let given = [
            ("call type", &self.call_type),
            ("call type other than", &self.not_call_type),
            ("channel", &self.channel),
            ("segment", &self.segment),
            ("disposition", &dispositions),
            ("language", &self.language),
        ];
        for (index, (what, values)) in given.iter().filter(|(_, values)| !values.is_empty()).enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{what} {}", values.join(" or "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_given_must_hold() {
        let sales =
            Condition { call_type: vec!["sales".into()], channel: vec!["phone".into()], ..Condition::default() };
        let mut note = Note { call_type: Some("sales".into()), ..Note::default() };
        assert!(Condition::default().holds(&note, "en") && !sales.holds(&note, "en"));
        note.channel = Some("phone".into());
        assert!(sales.holds(&note, "en"));
    }

    #[test]
    fn it_is_said_as_a_person_would() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let condition = Condition {
            call_type: names(&["sales", "support"]),
            disposition: vec![Disposition::Pending],
            language: names(&["en"]),
            ..Condition::default()
        };
        assert_eq!(condition.to_string(), "call type sales or support, disposition pending, language en");
        assert_eq!(Condition::default().to_string(), "");
    }
}
