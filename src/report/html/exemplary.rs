//! Notes to learn from: why they are good, and a colleague's for the same kind of call with nobody in it who could be known.

use std::collections::HashMap;

use serde::Serialize;
use smol_str::SmolStr;

use super::Context;
use super::excerpt::NoteView;
use crate::audit::{Workspaces, kept_rules};
use crate::coach::{Nobody, is_exemplary};
use crate::model::{AuditedNote, Category, Element};
use crate::rules::Rulebook;

/// Characters up to which a note makes a good example.
pub(super) const HANDY: usize = 600;
/// Anonymised notes of each language and call type, of different agents.
const EACH: usize = 3;
/// Other names and numbers are tried so often until the rules find nothing in the invented note either.
const ATTEMPTS: u64 = 6;
/// The same notes are invented in every run.
const SEED: u64 = 1;

/// Why a note is good: what it was held to and kept.
#[derive(Debug, Default, Serialize)]
pub(super) struct Praise {
    /// Rules that applied to it.
    rules: usize,
    /// Elements that it tells.
    elements: Vec<&'static str>,
    /// Families of rules, but for the elements, of which it was held to one.
    categories: Vec<Category>,
}

/// A colleague's note with everybody in it replaced.
#[derive(Debug, Serialize)]
pub(super) struct Model {
    #[serde(skip)]
    agent: SmolStr,
    #[serde(skip)]
    kept: Vec<usize>,
    pub(super) note: NoteView,
    praise: Praise,
}

/// Notes of colleagues, with nobody in them who could be known.
pub(super) struct Praiser {
    /// Anonymised notes by language and call type, best first.
    models: HashMap<(SmolStr, Option<SmolStr>), Vec<Model>>,
}

impl Praiser {
    /// Anonymises the best notes of each language and call type.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let mut praiser = Praiser { models: HashMap::new() };
        let mut workspaces = Workspaces::new();
        let kept = &context.report.kept;
        let mut clean: Vec<&AuditedNote> = kept.iter().filter(|note| is_exemplary(note)).collect();
        clean.sort_by_key(|note| std::cmp::Reverse(worth(note)));
        let mut nobody = Nobody::new(context.report, context.book, SEED);
        for note in clean {
            let Some(language) = note.language.as_deref().and_then(|code| context.book.language(code)) else {
                continue;
            };
            let key = (context.book.languages[language].code.as_str().into(), note.note.call_type.clone());
            let models = praiser.models.entry(key).or_default();
            if models.len() >= EACH || models.iter().any(|model| model.agent == note.note.agent) {
                continue;
            }
            let Some(audited) = nobody.of(note, ATTEMPTS) else { continue };
            let kept = kept_rules(&audited.note, language, context.book, &mut workspaces);
            let target = context.report.run.standards.target;
            models.push(Model {
                agent: note.note.agent.clone(),
                note: NoteView::of(&audited, target, &|_| String::new(), &|_| true, false),
                praise: Praise::of(context.book, language, &kept),
                kept,
            });
        }
        praiser
    }

    /// A note of somebody else for the same kind of call, best one in which the rule applied and was kept; none of those `shown`
    /// already.
    pub(super) fn colleague(&self, note: &AuditedNote, rule: usize, shown: &[&Model]) -> Option<&Model> {
        let key = (note.language.clone()?, note.note.call_type.clone());
        let fresh = |model: &&Model| !shown.iter().any(|other| std::ptr::eq(*other, *model));
        let others = || {
            let of_kind = self.models.get(&key).into_iter().flatten();
            of_kind.filter(|model| model.agent != note.note.agent).filter(fresh)
        };
        others().find(|model| model.kept.contains(&rule)).or_else(|| others().next())
    }
}

impl Praise {
    /// Of a clean note.
    pub(super) fn of_note(book: &Rulebook, note: &AuditedNote, workspaces: &mut Workspaces) -> Self {
        let Some(language) = note.language.as_deref().and_then(|code| book.language(code)) else {
            return Praise::default();
        };
        Praise::of(book, language, &kept_rules(&note.note, language, book, workspaces))
    }

    fn of(book: &Rulebook, language: usize, kept: &[usize]) -> Self {
        let element = |rule: &usize| book.languages[language].checks[*rule].as_ref()?.element();
        let told: Vec<Element> = kept.iter().filter_map(element).collect();
        Praise {
            rules: kept.len(),
            elements: Element::ALL.into_iter().filter(|e| told.contains(e)).map(Element::name).collect(),
            categories: Category::ALL
                .into_iter()
                .filter(|c| *c != Category::Required && kept.iter().any(|rule| book.rules[*rule].category == *c))
                .collect(),
        }
    }
}

/// How much is to be learnt from a clean note: what applied to it, then its length up to what is still handy.
pub(super) fn worth(note: &AuditedNote) -> (u32, usize) {
    let length = note.note.text.chars().count();
    (note.score.possible, if length > HANDY { 0 } else { length })
}

/// Notes that show a rule best: handy ones, with a place in the text, with little else that distracts.
pub(super) fn examples<'n>(
    kept: impl Iterator<Item = &'n AuditedNote>,
    rule: usize,
    count: usize,
) -> Vec<&'n AuditedNote> {
    let mut notes: Vec<(usize, &AuditedNote)> =
        kept.enumerate().filter(|(_, note)| note.findings.iter().any(|f| f.rule == rule)).collect();
    notes.sort_by_key(|(index, note)| {
        let length = note.note.text.chars().count();
        let placed = note.findings.iter().any(|f| f.rule == rule && f.span.is_some());
        (!placed, length > HANDY, length < 40, note.findings.len(), *index)
    });
    notes.truncate(count);
    notes.into_iter().map(|(_, note)| note).collect()
}

/// The same of as many different agents, in the language of the page where there are such.
pub(super) fn proofs<'n>(kept: &'n [AuditedNote], rule: usize, count: usize, language: &str) -> Vec<&'n AuditedNote> {
    let mut out: Vec<&AuditedNote> = Vec::new();
    let mut notes = examples(kept.iter(), rule, usize::MAX);
    // Those that the readers of the page can read come first.
    notes.sort_by_key(|note| note.language.as_deref() != Some(language));
    for note in notes {
        if out.len() < count && !out.iter().any(|other| other.note.agent == note.note.agent) {
            out.push(note);
        }
    }
    out
}
