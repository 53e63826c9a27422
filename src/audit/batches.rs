//! The rows of the exports in batches, and the language of a note.

use super::lanes::Deal;
use crate::input::{self, InputError, Rejected, Sources};
use crate::model::Note;
use crate::rules::Rulebook;

/// Rows that a worker gets at a time: what bounds the memory, and from how many the language of notes too short to tell theirs is
/// taken.
pub(super) const BATCH: usize = 400;

/// Rows that travel together.
pub(super) type Batch = Vec<Result<Note, Rejected>>;

/// Reads the exports in batches of `size` rows, until they end or nobody listens any more.
pub(super) fn read(
    sources: &Sources,
    options: &input::Options,
    book: &Rulebook,
    size: usize,
    deal: Deal<'_, Result<Batch, InputError>>,
) {
    for file in sources.files() {
        match sources.open(file, options, &book.vocabulary) {
            Ok(mut export) => loop {
                let mut batch = Batch::with_capacity(size);
                batch.extend(export.by_ref().take(size));
                let last = batch.len() < size;
                if !batch.is_empty() && !deal(Ok(batch)) {
                    return;
                }
                if last {
                    if let Some(error) = export.refused.take() {
                        deal(Err(error));
                        return;
                    }
                    break;
                }
            },
            Err(error) => {
                deal(Err(error));
                return;
            }
        }
    }
}

/// The language that the export states, or the one that the text is in.
pub(super) fn language_of(note: &Note, book: &Rulebook) -> Option<usize> {
    match &note.language {
        Some(code) => book.language(code),
        None => book.identifier.identify(&book.folder.fold_str(&note.own_text())),
    }
}

/// The most frequent language of the first rows of a batch, for notes too short to tell theirs.
pub(super) fn majority(batch: &[Result<Note, Rejected>], book: &Rulebook) -> Option<usize> {
    let mut counts = vec![0usize; book.languages.len()];
    for note in batch.iter().take(BATCH).flatten() {
        if let Some(language) = language_of(note, book) {
            counts[language] += 1;
        }
    }
    let best = (0..counts.len()).max_by_key(|i| (counts[*i], std::cmp::Reverse(*i)))?;
    (counts[best] > 0).then_some(best)
}
