//! The survey: everything is read once for the checks that must know the whole export.

use std::sync::{Mutex, PoisonError};

use super::batches::{BATCH, Batch, language_of, read};
use super::judge::Workspaces;
use super::lanes::{self, Deal, Work};
use crate::checks::{Corpus, Needs, Observed};
use crate::input::{self, InputError, Sources};
use crate::model::Note;
use crate::rules::Rulebook;
use crate::text::Folded;
use crate::text::prepared::Workspace;

/// Most notes that are learnt from meanwhile: others hardly tell anything new.
const MOST_LEARNT: usize = 2_000;

/// What a survey gives.
#[derive(Default)]
pub(super) struct Surveyed {
    /// What it tells of the whole export; empty where no check must know.
    pub(super) corpus: Corpus,
    /// Buffers for the workers that come after it, with what was learnt meanwhile of the terms that stand in the notes.
    workspaces: Mutex<Vec<Workspaces>>,
}

impl Surveyed {
    /// Buffers for a worker.
    pub(super) fn workspaces(&self) -> Workspaces {
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }
}

/// Reads everything once. Notes that the filter leaves out take part: what is found in a note does not depend on which others are
/// audited with it.
///
/// # Errors
/// An input that cannot be read at all.
pub(super) fn survey(
    sources: &Sources,
    options: &input::Options,
    book: &Rulebook,
    needs: Needs,
) -> Result<Surveyed, InputError> {
    let mut surveyed = Surveyed { corpus: Corpus::of(needs), ..Surveyed::default() };
    if !needs.any() {
        return Ok(surveyed);
    }
    let options = &input::Options { survey: true, ..options.clone() };
    let learner = Mutex::default();
    // A worker that is alone never waits.
    let learns = (rayon::current_num_threads() > 1).then_some(&learner);
    let begin = || Surveyor { book, needs, folded: Folded::default(), learner: learns };
    let produce = |deal: Deal<'_, Result<Batch, InputError>>| read(sources, options, book, BATCH, deal);
    lanes::run(produce, begin, |observed: Result<Vec<Observed>, InputError>| {
        observed?.into_iter().for_each(|observed| surveyed.corpus.add(observed));
        Ok(())
    })?;
    let learnt = learner.into_inner().unwrap_or_else(PoisonError::into_inner).workspaces;
    surveyed.workspaces = Mutex::new(std::iter::repeat_n(learnt, rayon::current_num_threads()).collect());
    Ok(surveyed)
}

/// A worker of the survey. To read an export takes longer than to look at what was read: while it waits, it makes ready what the audit
/// will need.
struct Surveyor<'a> {
    book: &'a Rulebook,
    needs: Needs,
    folded: Folded,
    learner: Option<&'a Mutex<Learner>>,
}

/// What workers learn while they wait. One at a time: the others would only keep the reader from its core.
#[derive(Default)]
struct Learner {
    /// Notes to learn from, and how many there have been.
    notes: Vec<Note>,
    met: usize,
    workspaces: Workspaces,
}

impl Learner {
    /// Learns from a note; false where there is none.
    fn learn(&mut self, book: &Rulebook) -> bool {
        let Some(note) = self.notes.pop() else { return false };
        if let Some(index) = language_of(&note, book) {
            let language = &book.languages[index];
            let workspace = self.workspaces.entry(index).or_insert_with(|| Workspace::new(&language.scanner));
            workspace.prepare(&note, &book.folder, &language.scanner, &language.speech);
        }
        true
    }
}

impl Work<Result<Batch, InputError>, Result<Vec<Observed>, InputError>> for Surveyor<'_> {
    fn work(&mut self, batch: Result<Batch, InputError>) -> Result<Vec<Observed>, InputError> {
        let batch = batch?;
        let observe = |note: &Note| {
            self.book.folder.fold_into(&note.own_text(), &mut self.folded);
            self.needs.observe(note, &self.folded.text)
        };
        let notes: Vec<Note> = batch.into_iter().flatten().collect();
        let observed = notes.iter().map(observe).collect();
        if let Some(mut learner) = self.learner.and_then(|learner| learner.try_lock().ok())
            && learner.met < MOST_LEARNT
        {
            learner.met += notes.len();
            learner.notes.extend(notes);
        }
        Ok(observed)
    }

    fn idle(&mut self) -> bool {
        let learner = self.learner.and_then(|learner| learner.try_lock().ok());
        learner.is_some_and(|mut learner| learner.learn(self.book))
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::audit_note;
    use super::*;

    #[test]
    fn what_was_learnt_makes_no_difference_to_a_note() {
        let book = Rulebook::load(None).unwrap();
        let text = "Cust was rude and i d i o t i c, ref 4471. I explained the charges to her and she will call back.";
        let note = || Note { text: text.into(), language: Some("en".into()), agent: "A".into(), ..Note::default() };
        let mut learner = Learner { notes: vec![note()], ..Learner::default() };
        assert!(learner.learn(&book) && !learner.learn(&book));
        let index = book.language("en").unwrap();
        assert!(learner.workspaces.contains_key(&index));
        let audited =
            |workspaces: &mut Workspaces| audit_note(note(), Some(index), &book, &Corpus::default(), workspaces);
        let learnt = audited(&mut learner.workspaces.clone());
        assert_eq!(learnt, audited(&mut Workspaces::default()));
        assert!(!learnt.findings.is_empty());
    }
}
