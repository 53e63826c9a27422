//! What the rules say of an invented note, next to what they said of the original.

use crate::audit::{Workspaces, audit_note};
use crate::checks::Corpus;
use crate::model::{AuditedNote, Finding, Note};
use crate::rules::Rulebook;

/// Audits invented notes, keeping its buffers between them.
pub(super) struct Replay<'b> {
    book: &'b Rulebook,
    workspaces: Workspaces,
}

impl<'b> Replay<'b> {
    /// For notes of any language of the rules.
    pub(super) fn new(book: &'b Rulebook) -> Self {
        Replay { book, workspaces: Workspaces::new() }
    }

    /// The invented note as audited; `None` where the rules see more, less or something else in it than in the original.
    pub(super) fn carry(&mut self, original: &AuditedNote, invented: Note) -> Option<AuditedNote> {
        let language = self.book.language(original.language.as_deref()?)?;
        let audited = audit_note(invented, Some(language), self.book, &Corpus::default(), &mut self.workspaces);
        // What only the whole export shows (a pasted paragraph) cannot be seen in one note.
        let alone = |f: &&Finding| {
            let check = self.book.languages[language].checks[f.rule].as_ref();
            check.is_some_and(|check| !check.needs().any())
        };
        let (new, old) = (audited.findings.iter(), original.findings.iter().filter(alone));
        let kind = |f: &Finding| (f.rule, f.element, f.span.is_some());
        let same = new.map(kind).eq(old.map(kind));
        same.then_some(audited)
    }
}
