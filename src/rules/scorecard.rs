//! The scorecard: the weight of each section and the target.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Category;

/// Weights and target, as `core/scorecard.yaml` gives them.
///
/// A section is a category. It can cost at most its weight, however many findings it has, and it counts for at most
/// its weight in what a note can earn; rules that do not apply count on neither side.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scorecard {
    /// Score, in per cent, from which a note counts as compliant.
    pub target: u32,
    /// Most points that the findings of a category can cost in one note.
    pub sections: BTreeMap<Category, u32>,
}

impl Scorecard {
    /// Weight of a category in points; one without an entry weighs nothing.
    pub fn weight(&self, category: Category) -> u32 {
        self.sections.get(&category).copied().unwrap_or(0)
    }
}
