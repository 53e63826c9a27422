//! A note that cannot be judged gives its place to another of its stratum; both are on record.

use std::path::Path;

use super::SamplingError;
use super::draw::{fetch, order};
use super::frame::frame;
use super::manifest::{Drawn, Manifest, Replaced, Writing, rewrite};
use super::reread::reread;
use crate::audit::{Options, Progress};
use crate::rules::Rulebook;
use crate::text::redact;
use crate::yaml::nearest;

/// Replaces a note of the sample in `dir` by the one that would have been drawn next in its stratum, and writes sheets and manifest
/// again; what reviewers filled stays.
///
/// # Errors
/// A note that is not in the sample, a stratum without another note, an export or rules that have changed since the draw, a file
/// that cannot be read or written.
pub fn replace(
    dir: &Path,
    note: &str,
    why: &str,
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
) -> Result<(Replaced, Writing), SamplingError> {
    let mut manifest = Manifest::read(dir)?;
    let at = find(&manifest, note)?;
    if manifest.plan.needs_audit() && manifest.rules != book.hash {
        return Err(SamplingError::Usage(
            "the rules have changed since the draw, and they decided which notes were drawn\n  help: give the rules of the draw with \
             --rules, or draw a new sample"
                .into(),
        ));
    }
    let stratum = manifest.notes[at].stratum;
    let frame = frame(&manifest.plan, options, book, progress)?;
    if frame.export != manifest.export || frame.strata.len() != manifest.strata.len() {
        return Err(SamplingError::Usage(format!(
            "the export has changed since the draw: {} notes then, {} now\n  help: give the export that the sample was drawn from ({}), or \
             draw a new sample",
            manifest.read,
            frame.read,
            manifest.inputs.join(", ")
        )));
    }
    let order = order(&manifest.plan, &frame, manifest.drawn);
    let drawn = manifest.strata[stratum].drawn;
    // Replacements are taken in the order of the draw, so that so many are gone as are on record.
    let gone = drawn + manifest.replaced.iter().filter(|replaced| replaced.stratum == stratum).count() as u64;
    let Some(member) = order.members[stratum].get(gone as usize) else {
        return Err(SamplingError::Usage(format!(
            "note {note} cannot be replaced: all {} notes of its stratum are drawn\n  help: leave its row empty; estimates go by the \
             rows that are filled",
            frame.strata[stratum].population
        )));
    };
    let choice = order.choice(&manifest.plan, &frame, member, drawn);
    let (weight, reason) = (choice.weight, choice.reason.clone());
    let (notes, nths) = fetch(&[(*member, choice)], options, book)?;
    // One member was asked for, and `fetch` gives as many as it was asked for.
    let (Some(new), Some(nth)) = (notes.into_iter().next(), nths.first()) else {
        return Err(SamplingError::Usage("the export changed while it was read\n  help: try again".into()));
    };
    let new = Drawn { note: new.note.id, nth: *nth, stratum, weight, reason };
    let old = std::mem::replace(&mut manifest.notes[at], new.clone());
    // People write why in their own words, numbers of customers among them.
    let why = redact::note(why.trim(), &[]);
    let replaced = Replaced { note: old.note, nth: old.nth, stratum, by: new.note, why };
    manifest.replaced.push(replaced.clone());
    let reread = reread(&manifest, options, book)?;
    let written = rewrite(dir, &manifest, &reread.notes, book)?;
    Ok((replaced, written))
}

fn find(manifest: &Manifest, note: &str) -> Result<usize, SamplingError> {
    if let Some(at) = manifest.notes.iter().position(|drawn| drawn.note == note) {
        return Ok(at);
    }
    let help = match manifest.replaced.iter().find(|replaced| replaced.note == note) {
        Some(replaced) => format!("it was replaced by {}", replaced.by),
        None => nearest(note, manifest.notes.iter().map(|drawn| drawn.note.as_str()))
            .map_or_else(|| "see column note_id of the sheet".to_owned(), |near| format!("did you mean `{near}`?")),
    };
    Err(SamplingError::Usage(format!("note {note} is not in the sample\n  help: {help}")))
}
