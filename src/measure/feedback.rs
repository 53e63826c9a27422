//! Findings beside what the departments that use the notes say: which elements cost rework, which rules nobody asks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BasisPoints, Category};

/// What a remark is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An element of the category `required`.
    Element(&'static str),
    /// A category.
    Category(Category),
    /// A rule, by index.
    Rule(usize),
    /// Words that name none of these.
    Other(String),
}

/// A remark that a note lacked something, joined to the note's findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What was missing.
    pub subject: Subject,
    /// The category that the subject belongs to, where it belongs to one.
    pub category: Option<Category>,
    /// Seconds that it cost; `None` where nobody said.
    pub cost: Option<u64>,
    /// Whether a finding tells it too.
    pub found: bool,
}

/// What is known of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rework {
    /// Remarks.
    pub remarks: u64,
    /// Those that a finding tells too.
    pub found: u64,
    /// Seconds that they cost.
    pub cost: u64,
}

/// Remarks by subject, the dearest first, then the most frequent.
pub fn rework(remarks: &[Remark]) -> Vec<(Subject, Rework)> {
    let mut by: BTreeMap<&Subject, Rework> = BTreeMap::new();
    for remark in remarks {
        let sum = by.entry(&remark.subject).or_default();
        sum.remarks += 1;
        sum.found += u64::from(remark.found);
        sum.cost += remark.cost.unwrap_or(0);
    }
    let mut out: Vec<_> = by.into_iter().map(|(subject, sum)| (subject.clone(), sum)).collect();
    out.sort_by(|a, b| (b.1.cost, b.1.remarks).cmp(&(a.1.cost, a.1.remarks)).then_with(|| a.0.cmp(&b.0)));
    out
}

/// Rules that had findings in notes which departments read and remarked on, at least `least`, and of which no remark is about
/// the rule, its element or its category: nobody seems to need them.
///
/// `findings` gives, for each rule, its category and in how many notes with remarks it was found.
pub fn unneeded(findings: &BTreeMap<usize, (Category, u64)>, remarks: &[Remark], least: u64) -> Vec<(usize, u64)> {
    let rules: BTreeSet<usize> =
        remarks.iter().filter_map(|r| if let Subject::Rule(rule) = r.subject { Some(rule) } else { None }).collect();
    let categories: BTreeSet<Category> = remarks.iter().filter_map(|remark| remark.category).collect();
    let mut out: Vec<(usize, u64)> = findings
        .iter()
        .filter(|(rule, (category, notes))| *notes >= least && !rules.contains(rule) && !categories.contains(category))
        .map(|(rule, (_, notes))| (*rule, *notes))
        .collect();
    out.sort_by_key(|(rule, notes)| (std::cmp::Reverse(*notes), *rule));
    out
}

/// Weights for the sections whose remarks have a cost, sharing out the points that these sections have now in proportion to what
/// their failures cost; each keeps one point at least. Nothing where fewer than two have a cost: there is nothing to share.
pub fn proposed_weights(now: &BTreeMap<Category, u32>, remarks: &[Remark]) -> BTreeMap<Category, u32> {
    let mut costs: BTreeMap<Category, u64> = BTreeMap::new();
    for remark in remarks {
        if let (Some(category), Some(cost)) = (remark.category, remark.cost) {
            *costs.entry(category).or_default() += cost;
        }
    }
    costs.retain(|category, cost| *cost > 0 && now.get(category).is_some_and(|weight| *weight > 0));
    let all: u64 = costs.values().sum();
    let points: u32 = costs.keys().filter_map(|category| now.get(category)).sum();
    if costs.len() < 2 {
        return BTreeMap::new();
    }
    costs
        .into_iter()
        .filter_map(|(category, cost)| {
            let share = BasisPoints::of(cost, all)?;
            Some((category, ((u64::from(points) * u64::from(share.0) + 5_000) / 10_000).max(1) as u32))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remark(subject: Subject, category: Option<Category>, cost: u64, found: bool) -> Remark {
        Remark { subject, category, cost: Some(cost), found }
    }

    #[test]
    fn the_dearest_subject_stands_first_and_weights_follow_the_cost() {
        let remarks = [
            remark(Subject::Element("next_step"), Some(Category::Required), 600, true),
            remark(Subject::Element("next_step"), Some(Category::Required), 300, false),
            remark(Subject::Category(Category::Reference), Some(Category::Reference), 300, true),
            remark(Subject::Other("dealer code".into()), None, 1_200, false),
        ];
        let rework = rework(&remarks);
        assert_eq!(rework[0].0, Subject::Other("dealer code".into()));
        assert_eq!(rework[1].1, Rework { remarks: 2, found: 1, cost: 900 });
        // By hand: 50 points shared 900 to 300 are 37.5 and 12.5.
        let now = BTreeMap::from([(Category::Required, 40), (Category::Reference, 10), (Category::Style, 5)]);
        let weights = proposed_weights(&now, &remarks);
        assert_eq!(weights, BTreeMap::from([(Category::Required, 38), (Category::Reference, 13)]));
        assert!(proposed_weights(&now, &remarks[..2]).is_empty());
    }

    #[test]
    fn a_rule_is_unneeded_where_no_remark_is_about_it_or_its_category() {
        let findings = BTreeMap::from([
            (0, (Category::Required, 9)),
            (1, (Category::Abbreviation, 12)),
            (2, (Category::Abbreviation, 2)),
        ]);
        let remarks = [remark(Subject::Element("reason"), Some(Category::Required), 60, true)];
        assert_eq!(unneeded(&findings, &remarks, 5), [(1, 12)]);
        assert!(unneeded(&findings, &[remark(Subject::Rule(1), Some(Category::Abbreviation), 1, true)], 13).is_empty());
    }
}
