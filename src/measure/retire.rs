//! Rules to retire, and errors that need new entries.

use std::collections::{BTreeMap, BTreeSet};

use super::review::{CriterionFigures, How, finds, opinion};
use super::stats::wilson;
use crate::model::{Category, Criterion, Found, Interval, ReviewedNote, Reviews};

/// How often a rule's findings are confirmed, where the reviewers judged no rules but what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleFigures {
    /// Id of the rule.
    pub rule: String,
    /// The criterion by which it is judged.
    pub criterion: usize,
    /// Notes in which it finds something and most reviewers say one thing.
    pub judged: u64,
    /// Those in which they see an error of the criterion: at most so many findings are right, for the error may be another.
    pub confirmed: u64,
}

/// What may be retired.
#[derive(Debug, Clone, PartialEq)]
pub struct Retire {
    /// A criterion, or the id of a rule.
    pub name: String,
    /// The criterion by which a rule was judged.
    pub by: Option<usize>,
    /// Judged findings, a note counted once.
    pub judged: u64,
    /// Those that are right.
    pub right: u64,
    /// Wilson's interval of the precision.
    pub interval: Interval,
}

/// An error that reviewers find and the program nowhere in the sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Never {
    /// The criterion.
    pub criterion: usize,
    /// The notes in which most reviewers see it.
    pub notes: Vec<usize>,
}

/// The column by which reviewers judged a finding of a rule, where they judged no rules: its element, else its category.
fn judged_by(criteria: &[Criterion], found: &Found) -> Option<usize> {
    let of = |wanted: &dyn Fn(&Criterion) -> bool| criteria.iter().position(wanted);
    if of(&|c| matches!(c, Criterion::Rule(rule) if *rule == found.rule)).is_some() {
        return None;
    }
    let element = found.element.filter(|_| found.category == Category::Required).map(Criterion::Element);
    of(&|c| Some(c) == element.as_ref()).or_else(|| of(&|c| *c == Criterion::Category(found.category)))
}

/// The rules under the categories and elements that were judged, by id.
pub(super) fn rules(reviews: &Reviews) -> Vec<RuleFigures> {
    let mut out: BTreeMap<(&str, usize), (u64, u64)> = BTreeMap::new();
    for note in &reviews.notes {
        let findings = note.findings.iter().flatten();
        let rules: BTreeSet<(&str, usize)> =
            findings.filter_map(|found| Some((found.rule.as_str(), judged_by(&reviews.criteria, found)?))).collect();
        for (rule, criterion) in rules {
            let Some(error) = opinion(note, criterion).majority() else { continue };
            let figures = out.entry((rule, criterion)).or_default();
            *figures = (figures.0 + 1, figures.1 + u64::from(error));
        }
    }
    out.into_iter()
        .map(|((rule, criterion), (judged, confirmed))| RuleFigures {
            rule: rule.to_owned(),
            criterion,
            judged,
            confirmed,
        })
        .collect()
}

/// Criteria and rules whose precision is surely too low, least precise first.
pub(super) fn retire(reviews: &Reviews, criteria: &[CriterionFigures], rules: &[RuleFigures], how: How) -> Vec<Retire> {
    let own =
        reviews.criteria.iter().zip(criteria).map(|(criterion, figures)| {
            (criterion.to_string(), None, figures.confusion.found(), figures.confusion.both)
        });
    let under = rules.iter().map(|rule| (rule.rule.clone(), Some(rule.criterion), rule.judged, rule.confirmed));
    let mut out: Vec<Retire> = own
        .chain(under)
        .filter(|(_, _, judged, _)| *judged >= how.min_judged.max(1))
        .filter_map(|(name, by, judged, right)| {
            let interval = wilson(right, judged, how.bootstrap.confidence)?;
            (interval.high.0 < how.retire_below * 100).then_some(Retire { name, by, judged, right, interval })
        })
        .collect();
    out.sort_by(|a, b| a.interval.high.cmp(&b.interval.high).then_with(|| a.name.cmp(&b.name)));
    out
}

/// Errors that the program finds nowhere, most missed first.
pub(super) fn never(reviews: &Reviews, criteria: &[CriterionFigures]) -> Vec<Never> {
    let mut out: Vec<Never> = Vec::new();
    for (index, figures) in criteria.iter().enumerate() {
        let found = reviews.notes.iter().any(|note| finds(note, &reviews.criteria[index]) == Some(true));
        if found || figures.confusion.only_reviewers == 0 {
            continue;
        }
        let missed = |note: &ReviewedNote| note.findings.is_some() && opinion(note, index).majority() == Some(true);
        let notes = reviews.notes.iter().enumerate().filter(|(_, note)| missed(note)).map(|(at, _)| at).collect();
        out.push(Never { criterion: index, notes });
    }
    out.sort_by_key(|never| std::cmp::Reverse(never.notes.len()));
    out
}
