//! The notes of a sample, found again in the export.

use std::collections::HashMap;

use super::SamplingError;
use super::identity::Identities;
use crate::audit::{self, Options};
use crate::input::{InputError, Manifest};
use crate::model::AuditedNote;
use crate::rules::Rulebook;

/// The drawn notes, audited by the rules of now.
pub(super) struct Reread {
    /// In the order of the manifest.
    pub(super) notes: Vec<AuditedNote>,
    /// Whether the export holds what it held when the sample was drawn.
    pub(super) same: bool,
    /// Notes that it holds now.
    pub(super) read: u64,
}

/// Reads the export for the notes of a sample.
///
/// # Errors
/// An export that cannot be read, or that lacks one of them.
pub(super) fn reread(manifest: &Manifest, options: &Options, book: &Rulebook) -> Result<Reread, SamplingError> {
    let key = |id: &str, nth: u32| (id.to_owned(), nth);
    let mut wanted: HashMap<(String, u32), usize> =
        manifest.notes.iter().enumerate().map(|(at, drawn)| (key(&drawn.note, drawn.nth), at)).collect();
    let (mut identities, mut places) = (Identities::default(), Vec::with_capacity(wanted.len()));
    let picked = audit::pick(options, book, &mut |note| {
        let nth = identities.next(note);
        let place = wanted.remove(&key(&note.id, nth));
        places.extend(place);
        place.is_some()
    })?;
    if let Some(at) = wanted.values().min() {
        return Err(InputError::Form {
            file: options.named().join(", "),
            message: format!(
                "note {} of the sample is not in the export ({} of {} are not)",
                manifest.notes[*at].note,
                wanted.len(),
                manifest.notes.len()
            ),
            help: format!("give the export that the sample was drawn from: {}", manifest.inputs.join(", ")),
        }
        .into());
    }
    let mut placed: Vec<(usize, AuditedNote)> = places.into_iter().zip(picked.notes).collect();
    placed.sort_by_key(|(place, _)| *place);
    let notes = placed.into_iter().map(|(_, note)| note).collect();
    let export = identities.export();
    Ok(Reread { notes, same: manifest.export.is_empty() || manifest.export == export, read: picked.read })
}
