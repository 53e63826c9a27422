//! `acw feedback`: what the departments that use the notes say, beside what the rules find.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Common, Failure, Paging, Printing, Silent, Taking};
use crate::audit;
use crate::input::{Feedback, read_feedback};
use crate::measure::{Remark, Rework, Subject, proposed_weights, rework, unneeded};
use crate::model::{AuditedNote, Category, Element, Problem};
use crate::report::html;
use crate::rules::Rulebook;

/// Flags of `acw feedback`.
#[derive(Debug, Args)]
pub(super) struct Join {
    /// Exports that hold the notes
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What the departments say: note_id, department, missing, needless, cost_minutes, comment
    #[arg(long, required = true, value_name = "FILE")]
    feedback: Vec<PathBuf>,
    /// Notes with a finding from which a rule that no remark is about counts as not needed
    #[arg(long, value_name = "N", default_value_t = 10)]
    least: u64,
    #[command(flatten)]
    printing: Printing,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    taking: Taking,
    #[command(flatten)]
    common: Common,
}

/// The remarks joined to the findings.
struct Joined {
    remarks: Vec<Remark>,
    needless: BTreeMap<String, u64>,
    departments: BTreeMap<String, u64>,
    /// Remarks about notes that the exports do not hold.
    strangers: Vec<String>,
    /// By rule: its category, and in how many notes with remarks it was found.
    findings: BTreeMap<usize, (Category, u64)>,
}

impl Join {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (settings, book) = self.common.load_taking(&self.inputs, &self.taking)?;
        self.paging.check(&book)?;
        let (mut feedback, mut problems) = (Vec::new(), Vec::new());
        for path in &self.feedback {
            let (rows, bad) = read_feedback(path, &book.vocabulary)?;
            feedback.extend(rows);
            problems.extend(bad);
        }
        let mut wanted: HashMap<&str, Option<AuditedNote>> = feedback.iter().map(|f| (f.note.as_str(), None)).collect();
        let options = self.taking.options(&self.inputs, &settings);
        audit::run(&options, &book, &Silent, &mut |note| {
            if let Some(place) = wanted.get_mut(note.note.id.as_str()) {
                *place = Some(note.clone());
            }
            Ok(())
        })?;
        let joined = join(&feedback, &wanted, &book);
        self.printing.print(
            || terminal(&joined, &problems, &book, self.least),
            || json(&joined, &problems, &book, self.least),
        )?;
        self.paging.write(&book, |locale, dir| {
            html::write_feedback(&said(&joined, &self.inputs, problems, &book, self.least), &book, locale, dir)
        })
    }
}

/// The same for the page.
fn said(joined: &Joined, inputs: &[PathBuf], problems: Vec<Problem>, book: &Rulebook, least: u64) -> html::Said {
    html::Said {
        inputs: inputs.iter().map(|input| input.display().to_string()).collect(),
        departments: joined.departments.clone().into_iter().collect(),
        missing: rework(&joined.remarks),
        needless: most_frequent(&joined.needless),
        unneeded: unneeded(&joined.findings, &joined.remarks, least),
        weights: weights(joined, book),
        strangers: joined.strangers.clone(),
        problems,
    }
}

/// Words and how often they were said, most frequent first.
fn most_frequent(said: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut said: Vec<(String, u64)> = said.clone().into_iter().collect();
    said.sort_by_key(|(words, n)| (std::cmp::Reverse(*n), words.clone()));
    said
}

/// What the words of a remark name: an element, a category, a rule, or none of them.
fn subject(words: &str, book: &Rulebook) -> Subject {
    let key = words.trim().to_lowercase().replace([' ', '-'], "_");
    if let Some(element) = Element::ALL.into_iter().find(|element| element.name() == key) {
        return Subject::Element(element.name());
    }
    if let Some(category) = Category::ALL.into_iter().find(|category| category.name() == key) {
        return Subject::Category(category);
    }
    book.rule(words.trim()).map_or_else(|| Subject::Other(words.trim().to_owned()), Subject::Rule)
}

fn join(feedback: &[Feedback], notes: &HashMap<&str, Option<AuditedNote>>, book: &Rulebook) -> Joined {
    let mut joined = Joined {
        remarks: Vec::new(),
        needless: BTreeMap::new(),
        departments: BTreeMap::new(),
        strangers: Vec::new(),
        findings: BTreeMap::new(),
    };
    for row in feedback {
        let Some(note) = notes.get(row.note.as_str()).and_then(Option::as_ref) else {
            joined.strangers.push(row.note.clone());
            continue;
        };
        *joined.departments.entry(row.department.clone()).or_default() += 1;
        if let Some(words) = &row.needless {
            *joined.needless.entry(words.clone()).or_default() += 1;
        }
        let Some(words) = &row.missing else { continue };
        let subject = subject(words, book);
        let found = note.findings.iter().any(|finding| match &subject {
            Subject::Element(name) => finding.element.is_some_and(|element| element.name() == *name),
            Subject::Category(category) => finding.category == *category,
            Subject::Rule(rule) => finding.rule == *rule,
            Subject::Other(_) => false,
        });
        let category = match &subject {
            Subject::Element(_) => Some(Category::Required),
            Subject::Category(category) => Some(*category),
            Subject::Rule(rule) => Some(book.rules[*rule].category),
            Subject::Other(_) => None,
        };
        joined.remarks.push(Remark { subject, category, cost: row.cost.map(u64::from), found });
    }
    for note in notes.values().flatten() {
        let rules: BTreeSet<usize> = note.findings.iter().map(|finding| finding.rule).collect();
        for rule in rules {
            joined.findings.entry(rule).or_insert((book.rules[rule].category, 0)).1 += 1;
        }
    }
    joined.strangers.sort();
    joined.strangers.dedup();
    joined
}

fn name(subject: &Subject, book: &Rulebook) -> String {
    match subject {
        Subject::Element(name) => format!("required:{name}"),
        Subject::Category(category) => category.name().to_owned(),
        Subject::Rule(rule) => book.rules[*rule].id.clone(),
        Subject::Other(words) => format!("other: {words}"),
    }
}

fn weights(joined: &Joined, book: &Rulebook) -> Vec<(Category, u32, u32)> {
    let now: BTreeMap<Category, u32> = Category::ALL.into_iter().map(|c| (c, book.scorecard.weight(c))).collect();
    proposed_weights(&now, &joined.remarks)
        .into_iter()
        .map(|(category, weight)| (category, now[&category], weight))
        .collect()
}

fn terminal(joined: &Joined, problems: &[Problem], book: &Rulebook, least: u64) -> String {
    let mut out = String::new();
    let departments: Vec<String> = joined.departments.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let _ = writeln!(out, "Remarks: {}.\n\nWhat was missing, the dearest first", departments.join(", "));
    let _ = writeln!(out, "  {:<28} {:>8} {:>10} {:>16}", "", "remarks", "minutes", "found by rules");
    for (subject, Rework { remarks, found, cost }) in rework(&joined.remarks) {
        let _ = writeln!(
            out,
            "  {:<28} {remarks:>8} {:>10.1} {:>10} of {remarks}",
            name(&subject, book),
            cost as f64 / 60.0,
            found
        );
    }
    if !joined.needless.is_empty() {
        let _ = writeln!(out, "\nWhat nobody needed");
        for (words, n) in most_frequent(&joined.needless) {
            let _ = writeln!(out, "  {words:<28} {n:>8}");
        }
    }
    let unneeded = unneeded(&joined.findings, &joined.remarks, least);
    if !unneeded.is_empty() {
        let _ = writeln!(out, "\nRules with findings in these notes that no remark is about: does anybody need them?");
        for (rule, notes) in unneeded {
            let _ = writeln!(out, "  {:<28} {notes:>8} notes", book.rules[rule].id);
        }
    }
    let weights = weights(joined, book);
    if !weights.is_empty() {
        let _ = writeln!(out, "\nWeights in proportion to what failures cost here (a proposal; nothing is changed)");
        for (category, now, weight) in &weights {
            let _ = writeln!(out, "  {:<28} now {now:>3}, proposed {weight:>3}", category.name());
        }
        let yaml: Vec<String> = weights.iter().map(|(category, _, weight)| format!("{category}: {weight}")).collect();
        let _ = writeln!(out, "  in acw.yaml: scorecard: {{sections: {{{}}}}}", yaml.join(", "));
    }
    if !joined.strangers.is_empty() {
        let _ = writeln!(out, "\nNotes that the exports do not hold: {}.", joined.strangers.join(", "));
    }
    for problem in problems {
        let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
        let _ = writeln!(out, "\n{}{line}: {}\n  help: {}", problem.file, problem.message, problem.help);
    }
    out
}

fn json(joined: &Joined, problems: &[Problem], book: &Rulebook, least: u64) -> String {
    let missing: Vec<_> = rework(&joined.remarks)
        .into_iter()
        .map(|(subject, sum)| {
            json!({"what": name(&subject, book), "remarks": sum.remarks, "found": sum.found, "cost_seconds": sum.cost})
        })
        .collect();
    let unneeded: Vec<_> = unneeded(&joined.findings, &joined.remarks, least)
        .into_iter()
        .map(|(rule, notes)| json!({"rule": book.rules[rule].id, "notes": notes}))
        .collect();
    let weights: Vec<_> = weights(joined, book)
        .into_iter()
        .map(|(category, now, proposed)| json!({"section": category.name(), "now": now, "proposed": proposed}))
        .collect();
    let problems: Vec<_> = problems
        .iter()
        .map(|problem| json!({"file": problem.file, "line": problem.line, "message": problem.message, "help": problem.help}))
        .collect();
    let object = json!({
        "departments": joined.departments,
        "missing": missing,
        "needless": joined.needless,
        "unneeded_rules": unneeded,
        "proposed_weights": weights,
        "notes_not_in_exports": joined.strangers,
        "problems": problems,
    });
    format!("{object:#}\n")
}
