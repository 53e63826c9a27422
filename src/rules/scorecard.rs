//! The scorecard: the weight of each section and the target.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::Category;

/// Weights and target, as `core/scorecard.yaml` gives them; a later pack's file changes what it names.
///
/// A section is a category. It can cost at most its weight, however many findings it has, and it counts for at most
/// its weight in what a note can earn; rules that do not apply count on neither side.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardSpec {
    /// Score, in per cent, from which a note counts as compliant.
    #[serde(default)]
    pub target: Option<u32>,
    /// Most points that the findings of a category can cost in one note.
    #[serde(default)]
    pub sections: BTreeMap<Category, u32>,
}

/// Weights and target in force.
#[derive(Debug, Clone, Default)]
pub struct Scorecard {
    /// Score, in per cent, from which a note counts as compliant.
    pub target: u32,
    /// Most points that the findings of a category can cost in one note.
    pub sections: BTreeMap<Category, u32>,
}

impl Scorecard {
    /// Lays what a later file says over this.
    pub(super) fn lay(&mut self, spec: ScorecardSpec) {
        self.target = spec.target.unwrap_or(self.target);
        self.sections.extend(spec.sections);
    }

    /// Weight of a category in points; one without an entry weighs nothing.
    pub fn weight(&self, category: Category) -> u32 {
        self.sections.get(&category).copied().unwrap_or(0)
    }
}
