//! The survey: everything is read once for the checks that must know the whole export.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::ahead::{Ahead, Done};
use super::batches::{Batch, read};
use super::decisions::Decisions;
use super::judge::Workspaces;
use super::lanes::{self, Deal, Work};
use crate::checks::{Corpus, Needs, Observed};
use crate::input::{self, Extent, InputError, Sources};
use crate::model::Note;
use crate::rules::Rulebook;
use crate::text::Folded;

/// What a survey gives.
#[derive(Default)]
pub(super) struct Surveyed {
    /// What it tells of the whole export; empty where no check must know.
    pub(super) corpus: Corpus,
    /// Notes that were audited meanwhile, by the number of their batch.
    pub(super) done: BTreeMap<usize, Done>,
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
    decisions: &Decisions,
) -> Result<Surveyed, InputError> {
    let mut corpus = Corpus::of(needs);
    if !needs.any() {
        return Ok(Surveyed { corpus, ..Surveyed::default() });
    }
    // A worker that is alone never waits.
    let extent = if rayon::current_num_threads() > 1 { Extent::SurveyAhead } else { Extent::Survey };
    let options = &input::Options { extent, ..options.clone() };
    let ahead = Mutex::default();
    let begin = || Surveyor { book, needs, decisions, folded: Folded::default(), ahead: &ahead };
    let produce = |deal: Deal<'_, Numbered>| {
        let mut number = 0;
        read(sources, options, book, &mut |batch| {
            number += 1;
            deal((number - 1, batch))
        });
    };
    lanes::run(produce, begin, |observed: Result<Vec<Observed>, InputError>| {
        observed?.into_iter().for_each(|observed| corpus.add(observed));
        Ok(())
    })?;
    let mut ahead = ahead.into_inner().unwrap_or_else(PoisonError::into_inner);
    let learnt = std::mem::take(&mut ahead.workspaces);
    let workspaces = Mutex::new(std::iter::repeat_n(learnt, rayon::current_num_threads()).collect());
    Ok(Surveyed { done: ahead.settled(&corpus), corpus, workspaces })
}

/// A batch and its number, from 0.
type Numbered = (usize, Result<Batch, InputError>);

/// A worker of the survey.
struct Surveyor<'a> {
    book: &'a Rulebook,
    needs: Needs,
    decisions: &'a Decisions,
    folded: Folded,
    /// One worker at a time: the others would only keep the reader from its core.
    ahead: &'a Mutex<Ahead>,
}

impl Work<Numbered, Result<Vec<Observed>, InputError>> for Surveyor<'_> {
    fn work(&mut self, (number, batch): Numbered) -> Result<Vec<Observed>, InputError> {
        let batch = batch?;
        let observe = |note: &Note| {
            self.book.folder.fold_into(&note.own_text(), &mut self.folded);
            self.needs.observe(note, &self.folded.text)
        };
        let notes: Vec<Note> = batch.into_iter().flatten().collect();
        let observed = notes.iter().map(observe).collect();
        if let Ok(mut ahead) = self.ahead.try_lock() {
            ahead.take(number, notes);
        }
        Ok(observed)
    }

    fn idle(&mut self) -> bool {
        self.ahead.try_lock().is_ok_and(|mut ahead| ahead.audit(self.book, self.needs, self.decisions))
    }
}
