//! What the rules say of an invented note, next to what they said of the original.

use std::collections::HashMap;

use crate::model::{AuditedNote, Category, Finding, Hit, Note, Outcome};
use crate::rules::Rulebook;
use crate::text::prepared::Workspace;
use crate::text::redact;

/// Runs the rules again, keeping its buffers between notes.
pub struct Replay<'b> {
    book: &'b Rulebook,
    workspaces: HashMap<usize, Workspace>,
}

impl<'b> Replay<'b> {
    /// For notes of any language of the rules.
    pub fn new(book: &'b Rulebook) -> Self {
        Replay { book, workspaces: HashMap::new() }
    }

    /// The invented note with the findings of the original at their new places; `None` where any rule sees more, less
    /// or something else in it.
    pub fn carry(&mut self, original: &AuditedNote, invented: Note) -> Option<AuditedNote> {
        let code = original.language.as_deref()?;
        let language = self.book.language(code)?;
        let before = self.hits(&original.note, language);
        let after = self.hits(&invented, language);
        let same = before.len() == after.len()
            && before.iter().zip(&after).all(|((rule, old), (other, new))| {
                rule == other && old.element == new.element && old.span.is_some() == new.span.is_some()
            });
        if !same {
            return None;
        }
        // One error can be seen by two rules, and the audit kept one of them: that one is carried over.
        let findings = original
            .findings
            .iter()
            .map(|finding| {
                let at = before.iter().position(|(rule, hit)| {
                    *rule == finding.rule && hit.span == finding.span && hit.element == finding.element
                })?;
                Some(self.moved(finding, &after[at].1, &invented, code))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(AuditedNote { language: original.language.clone(), score: original.score, note: invented, findings })
    }

    /// Every hit of every rule, by rule and place.
    fn hits(&mut self, note: &Note, language: usize) -> Vec<(usize, Hit)> {
        let language_index = language;
        let language = &self.book.languages[language_index];
        let workspace = self.workspaces.entry(language_index).or_insert_with(|| Workspace::new(&language.scanner));
        let prepared = workspace.prepare(note, &self.book.folder, &language.scanner, &language.speech);
        let mut all = Vec::new();
        for (index, (rule, check)) in self.book.rules.iter().zip(&language.checks).enumerate() {
            let Some(check) = check.as_ref().filter(|_| rule.when.holds(note, &language.code)) else { continue };
            if let Outcome::Fail(mut hits) = check.check(&prepared) {
                hits.sort_by_key(|hit| hit.span);
                all.extend(hits.into_iter().map(|hit| (index, hit)));
            }
        }
        all
    }

    /// The finding with the words of the invented note.
    fn moved(&self, finding: &Finding, hit: &Hit, note: &Note, code: &str) -> Finding {
        let words = hit.span.map_or("", |span| span.of(&note.text));
        let excerpt =
            if finding.category == Category::Sensitive { redact::secret(words) } else { redact::note(words, &[]) };
        let text = self.book.rules[finding.rule].texts.get(code);
        Finding {
            span: hit.span,
            message: text.map_or(String::new(), |text| text.message.replace("{text}", &excerpt)),
            suggestion: hit.better.clone().or_else(|| text.and_then(|text| text.better.clone())),
            excerpt,
            ..finding.clone()
        }
    }
}
