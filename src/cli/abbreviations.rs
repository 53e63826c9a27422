//! `acw abbreviations`: what an export abbreviates without approval, by frequency, ready to be approved or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Silent, Taking, print};
use crate::audit;
use crate::model::{AuditedNote, Category, Span};
use crate::rules::Rulebook;
use crate::text::{cell, redact};

/// Flags of `acw abbreviations`.
#[derive(Debug, Args)]
pub(super) struct Propose {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Leave out forms that stand in fewer notes
    #[arg(long, value_name = "NOTES", default_value_t = 2)]
    min: usize,
    /// Most forms shown a language
    #[arg(long, value_name = "FORMS", default_value_t = 50)]
    top: usize,
    #[command(flatten)]
    taking: Taking,
    #[command(flatten)]
    common: Common,
}

/// Unapproved forms by language.
pub(super) type Forms = BTreeMap<String, BTreeMap<String, Form>>;

/// What is known of one form in one language.
#[derive(Default)]
pub(super) struct Form {
    /// Notes that have it.
    pub(super) notes: usize,
    /// Who writes it.
    pub(super) agents: BTreeSet<String>,
    /// Its meaning, where one is known.
    pub(super) meaning: Option<String>,
    /// The words around its first place, masked.
    pub(super) example: String,
}

/// Characters shown before and behind the form.
const AROUND: usize = 30;

impl Propose {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (settings, book) = self.common.load_taking(&self.inputs, &self.taking)?;
        let options = self.taking.options_held(&self.inputs, &settings);
        let mut forms = Forms::new();
        audit::run(&options, &book, &Silent, &mut |note| {
            collect(note, &book, &mut forms);
            Ok(())
        })?;
        print(&self.text(&forms))
    }

    /// The proposals as YAML: pasted into `acw.yaml`, what is left of them is approved.
    fn text(&self, forms: &Forms) -> String {
        let mut text = String::from(
            "# Unapproved abbreviations by frequency. Keep the lines that your house approves, with their meaning, in acw.yaml\n\
             # (every language) or in words/ of your pack as `approved+:` (one language); delete the others.\napproved:\n",
        );
        for (language, forms) in forms {
            let mut shown: Vec<_> = forms.iter().filter(|(_, form)| form.notes >= self.min).collect();
            shown.sort_by_key(|(name, form)| (std::cmp::Reverse(form.notes), (*name).clone()));
            let left_out = shown.len().saturating_sub(self.top);
            let _ = writeln!(text, "  # {language}: {} forms in at least {} notes", shown.len(), self.min);
            for (name, form) in shown.into_iter().take(self.top) {
                let meaning = form.meaning.as_deref().unwrap_or("?");
                let _ = writeln!(
                    text,
                    "  {}: {}  # {} notes, {} agents: {}",
                    quoted(name),
                    quoted(meaning),
                    form.notes,
                    form.agents.len(),
                    form.example
                );
            }
            if left_out > 0 {
                let _ = writeln!(text, "  # and {left_out} more: --top {}", self.top + left_out);
            }
        }
        text
    }
}

/// A YAML scalar that nothing in it can break.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Takes the forms of a note.
pub(super) fn collect(note: &AuditedNote, book: &Rulebook, forms: &mut Forms) {
    let Some(language) = &note.language else { return };
    let mut here = BTreeSet::new();
    for finding in note.findings.iter().filter(|f| f.category == Category::Abbreviation) {
        let Some(span) = finding.span else { continue };
        let name = book.folder.fold_str(span.of(&note.note.text));
        if !here.insert(name.clone()) {
            continue;
        }
        let form = forms.entry(language.to_string()).or_default().entry(name).or_default();
        form.notes += 1;
        form.agents.insert(note.note.agent.to_string());
        if form.example.is_empty() {
            form.example = around(note, span);
            form.meaning = finding.suggestion.clone();
        }
    }
}

/// The words around a place, masked, on one line.
fn around(note: &AuditedNote, span: Span) -> String {
    let text = &note.note.text;
    // Masking keeps the number of characters.
    let masked: Vec<char> = redact::note(text, &note.secrets()).chars().collect();
    let (start, end) = span.code_points(text);
    let line: String = masked[start.saturating_sub(AROUND)..(end + AROUND).min(masked.len())].iter().collect();
    format!("…{}…", cell::tame(&line.split_whitespace().collect::<Vec<_>>().join(" ")))
}
