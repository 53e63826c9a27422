//! What the departments that use the notes say of them, as a page.

use serde::Serialize;

use crate::measure::{Rework, Subject};
use crate::model::{BasisPoints, Category, Problem};
use crate::report::wording::Wording;
use crate::rules::{Language, Rulebook};

/// What was said, joined to the findings.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The exports.
    pub inputs: Vec<String>,
    /// Departments and their remarks.
    pub departments: Vec<(String, u64)>,
    /// What was missing, the dearest first.
    pub missing: Vec<(Subject, Rework)>,
    /// What nobody needed, the most frequent first.
    pub needless: Vec<(String, u64)>,
    /// Rules that no remark is about, and in how many of these notes they found something.
    pub unneeded: Vec<(usize, u64)>,
    /// Sections with their weight now and in proportion to what failures cost.
    pub weights: Vec<(Category, u32, u32)>,
    /// Remarks about notes that the exports do not hold.
    pub strangers: Vec<String>,
    /// Rows that could not be read.
    pub problems: Vec<Problem>,
}

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct FeedbackPage {
    inputs: Vec<String>,
    departments: Vec<(String, u64)>,
    remarks: u64,
    minutes: u64,
    missing: Vec<Missing>,
    needless: Vec<(String, u64)>,
    unneeded: Vec<Unneeded>,
    weights: Vec<Weight>,
    /// The weights as `acw.yaml` takes them.
    yaml: String,
    strangers: Vec<String>,
    problems: Vec<Trouble>,
}

#[derive(Debug, Serialize)]
struct Missing {
    name: String,
    /// Whether the rules know it.
    known: bool,
    remarks: u64,
    /// Tenths of a minute are not known that well: whole ones.
    minutes: u64,
    /// Length of its bar: of the dearest.
    length: u32,
    found: u64,
    /// Remarks that a finding tells too.
    share: u32,
}

#[derive(Debug, Serialize)]
struct Unneeded {
    title: String,
    id: String,
    category: Category,
    notes: u64,
}

#[derive(Debug, Serialize)]
struct Weight {
    category: Category,
    now: u32,
    proposed: u32,
}

#[derive(Debug, Serialize)]
struct Trouble {
    place: String,
    message: String,
    help: String,
}

impl FeedbackPage {
    pub(super) fn of(said: &Said, book: &Rulebook, language: &Language, wording: &Wording) -> Self {
        let title = |rule: usize| book.rules[rule].title(&language.code).to_owned();
        let name = |subject: &Subject| match subject {
            Subject::Element(name) => wording.or_key(&format!("element.{name}")),
            Subject::Category(category) => wording.or_key(&format!("category.{}", category.name())),
            Subject::Rule(rule) => title(*rule),
            Subject::Other(words) => words.clone(),
        };
        let share = |part, whole| BasisPoints::of(part, whole).map_or(0, |share| share.0);
        let most = said.missing.iter().map(|(_, rework)| rework.cost).max().unwrap_or(0);
        let minutes = |seconds: u64| (seconds + 30) / 60;
        let yaml: Vec<String> =
            said.weights.iter().map(|(category, _, weight)| format!("{category}: {weight}")).collect();
        FeedbackPage {
            inputs: said.inputs.clone(),
            departments: said.departments.clone(),
            remarks: said.departments.iter().map(|(_, remarks)| remarks).sum(),
            minutes: minutes(said.missing.iter().map(|(_, rework)| rework.cost).sum()),
            missing: said
                .missing
                .iter()
                .map(|(subject, rework)| Missing {
                    name: name(subject),
                    known: !matches!(subject, Subject::Other(_)),
                    remarks: rework.remarks,
                    minutes: minutes(rework.cost),
                    length: share(rework.cost, most),
                    found: rework.found,
                    share: share(rework.found, rework.remarks),
                })
                .collect(),
            needless: said.needless.clone(),
            unneeded: said
                .unneeded
                .iter()
                .map(|(rule, notes)| Unneeded {
                    title: title(*rule),
                    id: book.rules[*rule].id.clone(),
                    category: book.rules[*rule].category,
                    notes: *notes,
                })
                .collect(),
            weights: said
                .weights
                .iter()
                .map(|(category, now, proposed)| Weight { category: *category, now: *now, proposed: *proposed })
                .collect(),
            yaml: format!("scorecard: {{sections: {{{}}}}}", yaml.join(", ")),
            strangers: said.strangers.clone(),
            problems: said
                .problems
                .iter()
                .map(|problem| Trouble {
                    place: problem.line.map_or(problem.file.clone(), |line| format!("{}:{line}", problem.file)),
                    message: problem.message.clone(),
                    help: problem.help.clone(),
                })
                .collect(),
        }
    }
}
