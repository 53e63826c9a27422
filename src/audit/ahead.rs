//! Notes that are audited while the export is still surveyed.
//!
//! To read an export takes longer than to look at what was read. A worker that waits audits notes as if the survey told nothing; where
//! it does not tell anything of them in the end, and the note is read a second time as it was the first, that is their audit. What was
//! learnt by it of the terms that stand in the notes serves the workers that come after.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::batches::language_of;
use super::decisions::Decisions;
use super::judge::{Workspaces, audit_decided};
use crate::checks::{Corpus, Hinge, Needs};
use crate::model::{AuditedNote, Note, Origin};
use crate::rules::Rulebook;
use crate::text::Folded;

/// Most bytes of notes that wait or are audited.
const MOST_BYTES: usize = 20 << 20;
/// Bytes of a note beside its text, about.
const BESIDE: usize = size_of::<AuditedNote>() + 300;

/// Notes of a batch that are audited, by their line.
pub(super) type Done = HashMap<u64, AuditedNote>;

/// What is done while workers wait.
#[derive(Default)]
pub(super) struct Ahead {
    /// Notes that wait, each with the number of its batch.
    waiting: VecDeque<(usize, Note)>,
    /// Those that are audited, with what that hangs on.
    audited: Vec<(usize, AuditedNote, Hinge)>,
    bytes: usize,
    pub(super) workspaces: Workspaces,
    folded: Folded,
}

impl Ahead {
    /// Takes the notes of a batch that were read whole.
    pub(super) fn take(&mut self, batch: usize, notes: Vec<Note>) {
        for note in notes {
            if note.origin != Origin::default() && self.bytes < MOST_BYTES {
                self.bytes += BESIDE + note.text.len();
                self.waiting.push_back((batch, note));
            }
        }
    }

    /// Audits a note; false where none waits.
    pub(super) fn audit(&mut self, book: &Rulebook, needs: Needs, decisions: &Decisions) -> bool {
        let Some((batch, note)) = self.waiting.pop_front() else { return false };
        // The language of the others is told by the whole batch.
        let Some(language) = language_of(&note, book) else { return true };
        book.folder.fold_into(&note.own_text(), &mut self.folded);
        let hinge = needs.hinge(&note, &self.folded.text);
        let mut audited = AuditedNote { note, ..AuditedNote::default() };
        audit_decided(&mut audited, Some(language), book, &Corpus::default(), decisions, &mut self.workspaces);
        self.audited.extend(hinge.map(|hinge| (batch, audited, hinge)));
        true
    }

    /// The notes that are audited as they will be, by the number of their batch.
    pub(super) fn settled(self, corpus: &Corpus) -> BTreeMap<usize, Done> {
        let mut settled: BTreeMap<usize, Done> = BTreeMap::new();
        for (batch, audited, hinge) in self.audited {
            if corpus.agrees(&hinge) {
                settled.entry(batch).or_default().insert(audited.note.origin.line, audited);
            }
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::audit_note;
    use super::*;

    fn note(line: u64, agent: &str, text: &str) -> Note {
        let origin = Origin { file: "n.csv".into(), line, column: None };
        Note { text: text.into(), language: Some("en".into()), agent: agent.into(), origin, ..Note::default() }
    }

    #[test]
    fn a_note_is_audited_ahead_as_it_is_afterwards_or_not_at_all() {
        let book = Rulebook::load(None).unwrap();
        let pasted = "Customer called about the bill and I explained all of the charges to her in detail, as always. \
                      She was happy with it and will call back tomorrow.";
        let own = "Cust was rude and i d i o t i c, ref 4471. I explained the charges to her and she will call back.";
        let mut notes: Vec<Note> = (1..=6).map(|line| note(line, "A", pasted)).collect();
        notes.extend([note(7, "A", own), note(8, "B", pasted), Note::default()]);
        let needs = book.needs();
        let (mut ahead, mut corpus) = (Ahead::default(), Corpus::of(needs));
        let mut folded = Folded::default();
        for note in &notes {
            book.folder.fold_into(&note.text, &mut folded);
            corpus.add(needs.observe(note, &folded.text));
        }
        ahead.take(3, notes.clone());
        let decisions = Decisions::default();
        assert_eq!((0..9).filter(|_| ahead.audit(&book, needs, &decisions)).count(), 8, "one has no origin");
        assert!(ahead.workspaces.contains_key(&book.language("en").unwrap()));
        let settled = ahead.settled(&corpus);
        let lines: Vec<u64> =
            settled[&3].keys().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        assert_eq!(lines, [7, 8], "the others are pasted, which only the survey tells");
        for (line, audited) in &settled[&3] {
            let note = notes[*line as usize - 1].clone();
            let afterwards = audit_note(note, book.language("en"), &book, &corpus, &mut Workspaces::default());
            assert_eq!(audited, &afterwards);
            assert!(!audited.findings.is_empty());
        }
        let twice = audit_note(notes[0].clone(), book.language("en"), &book, &corpus, &mut Workspaces::default());
        let once = audit_note(notes[7].clone(), book.language("en"), &book, &corpus, &mut Workspaces::default());
        assert!(twice.findings.len() > once.findings.len(), "the survey does tell something of them");
    }
}
