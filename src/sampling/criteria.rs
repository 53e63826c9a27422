//! What reviewers are asked to judge: a column a criterion.

use std::collections::BTreeSet;

use crate::model::sample::Criteria;
use crate::model::{AuditedNote, Category, Element};
use crate::rules::Rulebook;

impl Criteria {
    /// The columns for these notes: what the rules in force judge in at least one of them, so that nobody is asked for the budget of
    /// a complaint. Where the language of no note has rules, all.
    pub(super) fn columns(self, notes: &[AuditedNote], book: &Rulebook) -> Vec<String> {
        let judged = |rule: usize| {
            let applies = |note: &AuditedNote| {
                note.language.as_deref().is_some_and(|language| book.applies(rule, &note.note, language))
            };
            notes.iter().any(applies)
        };
        let mut rules: Vec<usize> = (0..book.rules.len()).filter(|rule| judged(*rule)).collect();
        if rules.is_empty() {
            rules = (0..book.rules.len()).collect();
        }
        match self {
            Criteria::Rules => rules.into_iter().map(|rule| book.rules[rule].id.clone()).collect(),
            Criteria::Categories => {
                let named: BTreeSet<(usize, usize)> = rules.into_iter().map(|rule| place(rule, book)).collect();
                named.into_iter().map(|(category, element)| header(category, element)).collect()
            }
        }
    }
}

/// Place of a rule's criterion in the order of reports: of its category, and of its element counted from 1.
fn place(rule: usize, book: &Rulebook) -> (usize, usize) {
    let category = book.rules[rule].category;
    let element = book.rules[rule].element.filter(|_| category == Category::Required);
    let element = element.and_then(|element| Element::ALL.iter().position(|known| *known == element));
    (category.index(), element.map_or(0, |at| at + 1))
}

fn header(category: usize, element: usize) -> String {
    let category = Category::ALL[category].name();
    match element.checked_sub(1) {
        Some(at) => format!("{category}:{}", Element::ALL[at].name()),
        None => category.to_owned(),
    }
}
