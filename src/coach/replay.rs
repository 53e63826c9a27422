//! What the rules say of an invented note, next to what they said of the original.

use crate::audit::{Workspaces, audit_note};
use crate::model::{AuditedNote, Note};
use crate::rules::Rulebook;

/// Audits invented notes, keeping its buffers between them.
pub struct Replay<'b> {
    book: &'b Rulebook,
    workspaces: Workspaces,
}

impl<'b> Replay<'b> {
    /// For notes of any language of the rules.
    pub fn new(book: &'b Rulebook) -> Self {
        Replay { book, workspaces: Workspaces::new() }
    }

    /// The invented note as audited; `None` where the rules see more, less or something else in it than in the original.
    pub fn carry(&mut self, original: &AuditedNote, invented: Note) -> Option<AuditedNote> {
        let language = self.book.language(original.language.as_deref()?)?;
        let audited = audit_note(invented, Some(language), self.book, &mut self.workspaces);
        let same = audited.findings.len() == original.findings.len()
            && audited.findings.iter().zip(&original.findings).all(|(new, old)| {
                new.rule == old.rule && new.element == old.element && new.span.is_some() == old.span.is_some()
            });
        same.then_some(audited)
    }
}
