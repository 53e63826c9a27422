//! The scorecard: how a note is scored, and from when on it is good.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::Method;
use crate::model::{Category, Severity};
use crate::yaml::keyed;

/// What counts for a rule that does not apply to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotApplicable {
    /// It is on neither side of the fraction.
    #[default]
    Removed,
    /// It earns its points.
    Pass,
}

/// A scorecard as `core/scorecard.yaml` or `scorecard:` in `acw.yaml` gives it; a later one changes what it names.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardSpec {
    /// Score, in per cent, from which a note counts as compliant.
    #[serde(default)]
    pub target: Option<u32>,
    /// How sections become one score.
    #[serde(default)]
    pub method: Option<Method>,
    /// What counts for a rule that does not apply to a note.
    #[serde(default)]
    pub not_applicable: Option<NotApplicable>,
    /// Points of a finding whose rule names none, by severity.
    #[serde(default)]
    #[schemars(schema_with = "keyed::<Severity, u32>")]
    pub severities: BTreeMap<Severity, u32>,
    /// Weight of each section (category); by method `points`, also the most that its findings can cost in one note.
    #[serde(default)]
    #[schemars(schema_with = "keyed::<Category, u32>")]
    pub sections: BTreeMap<Category, u32>,
}

/// The scorecard in force.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Scorecard {
    /// Score, in per cent, from which a note counts as compliant.
    pub target: u32,
    /// How sections become one score.
    pub method: Method,
    /// What counts for a rule that does not apply to a note.
    pub not_applicable: NotApplicable,
    severities: BTreeMap<Severity, u32>,
    sections: BTreeMap<Category, u32>,
}

impl Scorecard {
    /// Lays what a later file says over this.
    pub fn lay(&mut self, spec: ScorecardSpec) {
        self.target = spec.target.unwrap_or(self.target);
        self.method = spec.method.unwrap_or(self.method);
        self.not_applicable = spec.not_applicable.unwrap_or(self.not_applicable);
        self.severities.extend(spec.severities);
        self.sections.extend(spec.sections);
    }

    /// Points of a finding of that severity where its rule names none.
    pub fn points_of(&self, severity: Severity) -> u32 {
        self.severities.get(&severity).copied().unwrap_or(0)
    }

    /// Weight of a category; one without an entry weighs nothing.
    pub fn weight(&self, category: Category) -> u32 {
        self.sections.get(&category).copied().unwrap_or(0)
    }
}
