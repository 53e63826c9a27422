//! What a rule teaches, in the language of the pages.

use serde::Serialize;

use crate::model::{Category, Severity};
use crate::rules::{Language, Rule, RuleText};

/// A rule with its reasons.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Lesson {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) category: Category,
    pub(super) severity: Severity,
    pub(super) fatal: bool,
    pub(super) better: Option<String>,
    pub(super) customer: String,
    pub(super) organisation: String,
    pub(super) agent: String,
    pub(super) readers: Vec<String>,
}

impl Lesson {
    pub(super) fn of(rule: &Rule, language: &Language) -> Self {
        let text = rule.text(&language.code);
        let say = |field: fn(&RuleText) -> &str| text.map_or("", field).to_owned();
        Lesson {
            id: rule.id.clone(),
            title: rule.title(&language.code).to_owned(),
            category: rule.category,
            severity: rule.severity,
            fatal: rule.fatal,
            better: text.and_then(|t| t.better.clone()),
            customer: say(|t| &t.customer),
            organisation: say(|t| &t.organisation),
            agent: say(|t| &t.agent),
            readers: rule.readers.iter().map(|key| language.readers.get(key).unwrap_or(key).clone()).collect(),
        }
    }
}
