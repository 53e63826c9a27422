//! `acw rules measure`: how well the rules find what careful readers labelled.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, rules};
use crate::audit::{Workspaces, audit_note};
use crate::checks::Corpus;
use crate::input::{Labelled, read_labelled};
use crate::measure::Quality;
use crate::model::{AuditedNote, Category, Element, Span};

/// Flags of `acw rules measure`.
#[derive(Debug, Args)]
pub(super) struct Measure {
    /// Files of labelled notes, one JSON object a line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Categories whose findings have places.
const PLACED: [Category; 5] =
    [Category::Abbreviation, Category::Disrespect, Category::Judgement, Category::Template, Category::Sensitive];

/// What was measured in one language.
#[derive(Default)]
struct Measured {
    by_category: BTreeMap<Category, Quality>,
    clean: usize,
    kept_clean: usize,
}

impl Measure {
    /// The table, as text that Markdown reads too.
    pub(super) fn table(&self) -> Result<String, Failure> {
        let book = rules::book(&self.common)?;
        let mut workspaces = Workspaces::new();
        let mut measured: BTreeMap<String, Measured> = BTreeMap::new();
        for file in &self.files {
            let notes = read_labelled(file, &book.vocabulary)?;
            // A file is an export of its own: what is pasted in it is told within it.
            let mut corpus = Corpus::of(book.needs());
            for labelled in &notes {
                let observed = book.needs().observe(&labelled.note, &book.folder.fold_str(&labelled.note.text));
                corpus.add(observed);
            }
            for labelled in notes {
                let code = labelled.note.language.as_deref().unwrap_or_default().to_owned();
                let audited = audit_note(labelled.note.clone(), book.language(&code), &book, &corpus, &mut workspaces);
                add(measured.entry(code).or_default(), &labelled, &audited);
            }
        }
        if measured.is_empty() {
            let files = self.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
            return Err(Failure::Input(format!(
                "{files}: no labelled note\n  help: fixtures/labelled/README.md shows the form"
            )));
        }
        Ok(table(&measured))
    }
}

fn add(measured: &mut Measured, labelled: &Labelled, audited: &AuditedNote) {
    let text = &labelled.note.text;
    let of = |category| audited.findings.iter().filter(move |f| f.category == category);
    for category in PLACED {
        let findings: Vec<Span> = of(category).filter_map(|f| f.span).collect();
        let labels: Vec<Span> = labelled.spans.iter().filter(|(c, _)| *c == category).map(|(_, span)| *span).collect();
        measured.by_category.entry(category).or_default().add_places(text, &findings, &labels);
    }
    let required = measured.by_category.entry(Category::Required).or_default();
    // Labels name these elements alone.
    for element in Element::CORE {
        let said = of(Category::Required).any(|f| f.element == Some(element));
        required.add_note(said, labelled.missing.contains(&element));
    }
    for (category, label) in
        [(Category::Reference, labelled.reference_missing), (Category::Contradiction, labelled.contradiction)]
    {
        let said = of(category).next().is_some();
        measured.by_category.entry(category).or_default().add_note(said, label);
    }
    if labelled.is_clean() {
        let counted = |f: &&crate::model::Finding| {
            measured.by_category.contains_key(&f.category) && f.element.is_none_or(|e| Element::CORE.contains(&e))
        };
        measured.clean += 1;
        measured.kept_clean += usize::from(audited.findings.iter().filter(counted).count() == 0);
    }
}

fn table(measured: &BTreeMap<String, Measured>) -> String {
    let mut text = String::from("| category      |");
    for language in measured.keys() {
        let _ = write!(text, " {language}: precision, recall, F1 (n) |");
    }
    text.push_str("\n| --- |");
    text.push_str(&" --- |".repeat(measured.len()));
    text.push('\n');
    let mut scores = Vec::new();
    for category in Category::ALL.into_iter().filter(|c| measured.values().any(|m| m.by_category.contains_key(c))) {
        let _ = write!(text, "| {category:<13} |");
        for language in measured.values() {
            let quality = language.by_category.get(&category).copied().unwrap_or_default();
            if quality.labels > 0 {
                scores.push(quality.f1());
            }
            let (p, r, f) = (quality.precision(), quality.recall(), quality.f1());
            let _ = write!(text, " {p:.2} {r:.2} {f:.2} ({}) |", quality.labels);
        }
        text.push('\n');
    }
    text.push_str("| clean kept    |");
    for language in measured.values() {
        let _ = write!(text, " {} of {} |", language.kept_clean, language.clean);
    }
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    let _ = writeln!(text, "\n\nMacro F1 over {} cells: {mean:.3}", scores.len());
    text
}
