//! A condition over the columns of a note: when a rule applies, or when one of its demands does.

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
            && !note.call_type.as_ref().is_some_and(|t| self.not_call_type.contains(t))
            && among(&self.channel, note.channel.as_deref())
            && among(&self.segment, note.segment.as_deref())
            && (self.disposition.is_empty() || self.disposition.contains(&note.disposition))
            && among(&self.language, Some(language))
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
}
