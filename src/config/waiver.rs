//! Waivers as `acw.yaml` has them: what does not count for a while, for everybody who uses the file.
//!
//! ```yaml
//! waivers:
//!   - {rule: praise, agents: [A07], reason: "pilot of the new form", owner: Lead, expires: 2026-12-31}
//!   - {category: abbreviation, from: 2026-05-01, until: 2026-05-31, reason: "list not agreed yet", owner: Lead, expires: 2026-09-30}
//! ```

use schemars::JsonSchema;
use serde::Deserialize;

use super::ConfigError;
use crate::input::Names;
use crate::model::{Category, Condition, Day};
use crate::yaml::{Placed, Source};

/// Findings of a rule or a category that do not count for a while, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["rule"]}, {"required": ["category"]}]))]
pub struct WaiverSpec {
    /// Every finding of this rule …
    #[serde(default)]
    pub rule: Option<String>,
    /// … or of the rules of this category …
    #[serde(default)]
    pub category: Option<Category>,
    /// … in notes of these agents, by their identifiers; absent: of all.
    #[serde(default)]
    pub agents: Names,
    /// … with these identifiers; absent: with any.
    #[serde(default)]
    pub notes: Names,
    /// … of contacts from this day on …
    #[serde(default)]
    pub from: Option<Day>,
    /// … until this one; a note whose day is not known is in no period.
    #[serde(default)]
    pub until: Option<Day>,
    /// … and in such notes; absent: in all.
    #[serde(default)]
    pub when: Condition,
    /// Why they do not count.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Who answers for it.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// The last day on which it holds; afterwards the findings count again.
    pub expires: Day,
}

/// The waivers of a file, each with its place.
#[derive(Debug, Clone)]
pub struct Waivers {
    /// The waivers.
    pub list: Vec<Placed<WaiverSpec>>,
    /// Where they stand.
    pub source: Source,
}

impl Waivers {
    /// The waivers with their places; nothing where there are none.
    ///
    /// # Errors
    /// A waiver that is for nothing, or that nobody stands behind.
    pub(super) fn of(read: &[WaiverSpec], source: impl FnOnce() -> Source) -> Result<Option<Self>, ConfigError> {
        /// The rest of the file was read already.
        #[derive(Deserialize)]
        struct Only {
            waivers: Vec<Placed<WaiverSpec>>,
        }
        if read.is_empty() {
            return Ok(None);
        }
        let source = source();
        let fault = |fault| ConfigError::Fault(Box::new(fault));
        let list = source.parse::<Only>().map_err(fault)?.waivers;
        for placed in &list {
            if let Some((message, help)) = wrong(&placed.value) {
                return Err(fault(source.fault_of_placed(placed, message, help)));
            }
        }
        Ok(Some(Waivers { list, source }))
    }
}

/// What is wrong with a waiver, whatever the rules, and what to do.
fn wrong(waiver: &WaiverSpec) -> Option<(&'static str, &'static str)> {
    if waiver.rule.is_some() == waiver.category.is_some() {
        return Some(("a waiver is for a rule or for a category", "give `rule` or `category`, and not both"));
    }
    if waiver.reason.trim().is_empty() || waiver.owner.trim().is_empty() {
        return Some(("a waiver has a reason and an owner", "say why in `reason`, and who answers for it in `owner`"));
    }
    let never = waiver.from.zip(waiver.until).is_some_and(|(from, until)| from > until);
    never.then_some(("no day lies between `from` and `until`", "change one of the two; `expires` is its own end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waivers(text: &str) -> Result<Waivers, String> {
        let source = Source::new("acw.yaml", text);
        let spec: super::super::Spec = source.parse().map_err(|fault| fault.to_string())?;
        Waivers::of(&spec.waivers, || source).map(|waivers| waivers.unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_waiver_knows_its_line() {
        let text = "target: 90\nwaivers:\n  - {rule: praise, reason: r, owner: o, expires: 2026-12-31}\n  - category: length\n    agents: A07\n    reason: r\n    owner: o\n    expires: 2026-12-31\n";
        let read = waivers(text).unwrap();
        assert_eq!(read.list.iter().map(|placed| placed.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(read.list[1].value.agents.0, ["A07"]);
    }

    #[test]
    fn what_is_no_waiver_is_told_in_its_place() {
        for (waiver, said) in [
            ("{reason: r, owner: o, expires: 2026-12-31}", "give `rule` or `category`"),
            ("{rule: praise, category: length, reason: r, owner: o, expires: 2026-12-31}", "give `rule` or `category`"),
            ("{rule: praise, reason: ' ', owner: o, expires: 2026-12-31}", "say why in `reason`"),
            ("{rule: praise, owner: o, expires: 2026-12-31}", "reason"),
            ("{rule: praise, reason: r, expires: 2026-12-31}", "owner"),
            ("{rule: praise, reason: r, owner: o}", "expires"),
            ("{category: lenght, reason: r, owner: o, expires: 2026-12-31}", "did you mean `length`?"),
            (
                "{rule: praise, until: 2026-01-01, from: 2026-02-01, reason: r, owner: o, expires: 2026-12-31}",
                "no day lies",
            ),
        ] {
            let fault = waivers(&format!("target: 90\nwaivers:\n  - {waiver}\n")).unwrap_err();
            assert!(fault.contains("acw.yaml:3:") && fault.contains(said), "{waiver}: {fault}");
        }
    }
}
