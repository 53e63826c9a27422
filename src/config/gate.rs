//! The gate as `acw.yaml` has it: what an export must reach, and beyond what it is only said.
//!
//! ```yaml
//! gate:
//!   score: {fail: 80, warn: 90}          # mean score of all notes, per cent
//!   compliance_rate: 70                  # share of notes that reach the target
//!   agents: {score: 75, mostly: 90%}     # of those with `figures.min_notes` scored notes, nine in ten reach 75
//!   teams: {score: 80}                   # all of them
//!   notes:                               # at most so many notes, or such a share, with an error of
//!     sensitive: 0                       #   a category,
//!     critical: {fail: 2%, warn: 1%}     #   a severity
//!     character: 1%                      #   or a rule
//!   critical_for: {compliance: 0, customer: 1%}
//!   unreadable: 1%                       # rows
//! ```

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{BasisPoints, Critical, Figure};
use crate::yaml::{keyed, schema};

/// The conditions, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateSpec {
    /// Mean score of all notes, at least.
    #[serde(default, deserialize_with = "share")]
    pub score: Option<Limits>,
    /// Share of notes that reach the target, at least.
    #[serde(default, deserialize_with = "share")]
    pub compliance_rate: Option<Limits>,
    /// What each agent with enough scored notes must reach.
    #[serde(default)]
    pub agents: Option<EachSpec>,
    /// What each team with enough scored notes must reach.
    #[serde(default)]
    pub teams: Option<EachSpec>,
    /// Notes with an error of a category, a severity or a rule, at most.
    #[serde(default, deserialize_with = "counts")]
    pub notes: BTreeMap<String, Limits>,
    /// Notes with an error that is critical for customer, business or compliance, at most.
    #[serde(default, deserialize_with = "counts")]
    #[schemars(schema_with = "keyed::<Critical, Limits>")]
    pub critical_for: BTreeMap<Critical, Limits>,
    /// Rows that cannot be read, at most.
    #[serde(default, deserialize_with = "count")]
    pub unreadable: Option<Limits>,
}

/// What each of a kind must reach, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EachSpec {
    /// Mean score, at least.
    #[serde(deserialize_with = "share")]
    pub score: Limits,
    /// Which share of them must reach it; absent: all.
    #[serde(default)]
    pub mostly: Option<Limit>,
}

/// Beyond what it fails, and beyond what it is said; a limit alone is that of failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Beyond it the gate is not passed.
    pub fail: Option<Limit>,
    /// Beyond it something is said.
    pub warn: Option<Limit>,
}

/// A limit: `85`, `2.5`, `1%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The number in hundredths.
    hundredths: u32,
    /// Whether a per cent sign stands behind it.
    percent: bool,
}

schema!(Limit, "Limit", {
    "description": "A limit: a number such as `85` or `2.5`, or a per cent such as `1%`.",
    "type": ["number", "string"],
    "minimum": 0,
    "maximum": 40_000_000,
    "pattern": r"^\s*[0-9]*\.?[0-9]+\s*%?\s*$",
    "examples": [85, "1%"],
});

schema!(Limits, "Limits", generator => {
    "description": "A limit beyond which the gate is not passed, or `{fail: …, warn: …}` for one of failing and one of saying so.",
    "anyOf": [
        generator.subschema_for::<Limit>(),
        {
            "type": "object",
            "properties": { "fail": generator.subschema_for::<Limit>(), "warn": generator.subschema_for::<Limit>() },
            "minProperties": 1,
            "additionalProperties": false,
        },
    ],
});

impl Limit {
    /// A whole number, as if written.
    pub const fn whole(number: u32) -> Self {
        Limit { hundredths: number * 100, percent: false }
    }

    /// As a score or share, whether or not a per cent sign stands behind it.
    pub fn share(self) -> Figure {
        Figure::Share(BasisPoints(self.hundredths.min(BasisPoints::FULL.0)))
    }

    /// As what is allowed of something that is counted: a share with a per cent sign, a number without one.
    pub fn allowed(self) -> Figure {
        if self.percent { self.share() } else { Figure::Count(u64::from(self.hundredths / 100)) }
    }

    fn of(number: f64, percent: bool) -> Option<Self> {
        let most = if percent { 100.0 } else { 40_000_000.0 };
        let known = (0.0..=most).contains(&number);
        known.then(|| Limit { hundredths: (number * 100.0).round() as u32, percent })
    }

    /// The limit of a score, as people write it: `90`, `87.5`, `90%`.
    ///
    /// # Errors
    /// What it is not.
    pub fn of_score(text: &str) -> Result<Self, String> {
        let limit = Self::read(text).filter(|limit| limit.hundredths <= BasisPoints::FULL.0);
        limit.ok_or_else(|| "a number from 0 to 100".to_owned())
    }

    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.strip_suffix('%') {
            Some(number) => Limit::of(number.trim().parse().ok()?, true),
            None => Limit::of(text.parse().ok()?, false),
        }
    }
}

/// Limits of a score or a share, which must not fall below them.
fn share<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: From<Limits>,
{
    let limits = Limits::deserialize(deserializer)?;
    let hundredths = |limit: Option<Limit>| limit.map(|limit| limit.hundredths);
    if hundredths(limits.fail).max(hundredths(limits.warn)) > Some(BasisPoints::FULL.0) {
        return Err(serde::de::Error::custom("a score or a share is at most 100 per cent"));
    }
    if let (Some(fail), Some(warn)) = (hundredths(limits.fail), hundredths(limits.warn))
        && warn < fail
    {
        return Err(serde::de::Error::custom("`warn` is below `fail`, so that nothing would ever be said of it"));
    }
    Ok(limits.into())
}

/// Limits of something that is counted, which must not rise above them.
fn count<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Limits>, D::Error> {
    Limits::deserialize(deserializer)?.of_count().map(Some).map_err(serde::de::Error::custom)
}

/// The same of several.
fn counts<'de, D, K>(deserializer: D) -> Result<BTreeMap<K, Limits>, D::Error>
where
    D: serde::Deserializer<'de>,
    K: Ord + Deserialize<'de>,
{
    let all = BTreeMap::<K, Limits>::deserialize(deserializer)?;
    all.values().try_for_each(|limits| limits.of_count().map(drop)).map_err(serde::de::Error::custom)?;
    Ok(all)
}

impl Limits {
    /// These, where they can be limits of something that is counted.
    fn of_count(self) -> Result<Self, &'static str> {
        let broken = |limit: Option<Limit>| limit.is_some_and(|limit| !limit.percent && limit.hundredths % 100 != 0);
        if broken(self.fail) || broken(self.warn) {
            return Err("notes and rows are counted in whole numbers; a share of them has a per cent sign: `0.5%`");
        }
        match (self.fail, self.warn) {
            (Some(fail), Some(warn)) if fail.percent == warn.percent && warn.hundredths > fail.hundredths => {
                Err("`warn` is above `fail`, so that nothing would ever be said of it")
            }
            _ => Ok(self),
        }
    }
}

struct LimitOrLimits;

impl<'de> serde::de::Visitor<'de> for LimitOrLimits {
    type Value = Limits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a per cent such as `1%`, or `{fail: …, warn: …}`")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Limits, E> {
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Limits, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Limits, E> {
        let fail = Limit::of(number, false);
        let wrong = || E::invalid_value(serde::de::Unexpected::Float(number), &self);
        fail.is_some().then_some(Limits { fail, warn: None }).ok_or_else(wrong)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Limits, E> {
        let fail = Limit::read(text);
        let wrong = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
        fail.is_some().then_some(Limits { fail, warn: None }).ok_or_else(wrong)
    }

    fn visit_map<M: serde::de::MapAccess<'de>>(self, map: M) -> Result<Limits, M::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Both {
            #[serde(default)]
            fail: Option<Limit>,
            #[serde(default)]
            warn: Option<Limit>,
        }
        let Both { fail, warn } = Both::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        if fail.or(warn).is_none() {
            return Err(serde::de::Error::custom("give `fail`, `warn` or both"));
        }
        Ok(Limits { fail, warn })
    }
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitOrLimits)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limits = deserializer.deserialize_any(LimitOrLimits)?;
        limits
            .fail
            .filter(|_| limits.warn.is_none())
            .ok_or_else(|| serde::de::Error::custom("give a number or a per cent such as `1%`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Source;

    fn spec(text: &str) -> Result<GateSpec, String> {
        Source::new("acw.yaml", text).parse::<GateSpec>().map_err(|fault| fault.to_string())
    }

    #[test]
    fn limits_are_numbers_shares_or_both_levels() {
        let read =
            spec("score: {fail: 80, warn: 90.5}\nnotes: {sensitive: 0, critical: {fail: 2%, warn: 1.5%}}\n").unwrap();
        let score = read.score.unwrap();
        assert_eq!(score.fail.map(Limit::share), Some(Figure::Share(BasisPoints(8_000))));
        assert_eq!(score.warn.map(Limit::share), Some(Figure::Share(BasisPoints(9_050))));
        assert_eq!(read.notes["sensitive"].fail.map(Limit::allowed), Some(Figure::Count(0)));
        assert_eq!(read.notes["critical"].warn.map(Limit::allowed), Some(Figure::Share(BasisPoints(150))));
    }

    #[test]
    fn what_is_no_limit_is_refused_with_its_place() {
        for (text, place) in [
            ("score: high\n", "acw.yaml:1:"),
            ("score: -1\n", "acw.yaml:1:"),
            ("notes: {sensitive: 101%}\n", "acw.yaml:1:"),
            ("score: {}\n", "acw.yaml:1:"),
            ("agents: {mostly: 90%}\n", "acw.yaml:1:"),
            ("scor: 1\n", "did you mean `score`"),
            ("score: 150\n", "at most 100 per cent"),
            ("agents: {score: {fail: 90, warn: 80}}\n", "`warn` is below `fail`"),
            ("notes: {critical: 0.5}\n", "per cent sign"),
            ("critical_for: {customer: {fail: 1%, warn: 2%}}\n", "`warn` is above `fail`"),
            ("unreadable: 0.5\n", "per cent sign"),
        ] {
            let fault = spec(text).unwrap_err();
            assert!(fault.contains(place), "{text}: {fault}");
        }
    }
}
