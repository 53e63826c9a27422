//! A note that cannot be judged gives its place to another of its stratum; both are on record.

use std::collections::BTreeSet;
use std::path::Path;

use super::SamplingError;
use super::draw::{fetch, order};
use super::folder::{self, Writing, rewrite};
use super::frame::frame;
use super::identity::number;
use super::reread::reread;
use crate::audit::{Options, Progress};
use crate::input::{Drawn, Manifest, Replaced};
use crate::model::sample::Plan;
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
    let mut manifest = folder::read(dir)?;
    let plan = manifest.plan.clone().ok_or_else(|| manifest.broken("it tells no `plan`"))?;
    let at = find(&manifest, note)?;
    let stratum = manifest.notes[at].stratum;
    let frame = frame(&plan, options, book, progress)?;
    if frame.export != manifest.export || frame.strata.len() != manifest.strata.len() {
        return Err(SamplingError::Usage(format!(
            "the export has changed since the draw: {} notes then, {} now\n  help: give the export that the sample was drawn from ({}), or \
             draw a new sample",
            manifest.read,
            frame.read,
            manifest.inputs.join(", ")
        )));
    }
    let order = order(&plan, &frame, manifest.drawn);
    let drawn = manifest.strata[stratum].drawn;
    // Replacements are taken in the order of the draw, so that the notes on record are its first ones.
    let gone = on_record(&manifest, &plan, stratum);
    let first: BTreeSet<u64> = order.members[stratum].iter().take(gone.len()).map(|member| member.number).collect();
    if first != gone {
        return Err(SamplingError::Usage(
            "what the rules find has changed since the draw, and it decided which notes were drawn\n  help: give the rules and decisions \
             of the draw with --rules and --decisions, or draw a new sample"
                .into(),
        ));
    }
    let Some(member) = order.members[stratum].get(gone.len()) else {
        return Err(SamplingError::Usage(format!(
            "note {note} cannot be replaced: all {} notes of its stratum are drawn\n  help: leave its row empty; estimates go by the \
             rows that are filled",
            frame.strata[stratum].population
        )));
    };
    let choice = order.choice(&plan, &frame, member, drawn);
    let (weight, reason) = (choice.weight, choice.reason.clone());
    let (notes, nths) = fetch(&[(*member, choice)], options, book)?;
    // One member was asked for, and `fetch` gives as many as it was asked for.
    let (Some(new), Some(nth)) = (notes.into_iter().next(), nths.first()) else {
        return Err(SamplingError::Usage("the export changed while it was read\n  help: try again".into()));
    };
    let new = Drawn { note: new.note.id.into(), nth: *nth, stratum, weight, reason };
    let old = std::mem::replace(&mut manifest.notes[at], new.clone());
    // People write why in their own words, numbers of customers among them.
    let why = redact::note(why.trim(), &[]);
    let replaced = Replaced { note: old.note, nth: old.nth, stratum, by: new.note, why };
    manifest.replaced.push(replaced.clone());
    let reread = reread(&manifest, options, book)?;
    let written = rewrite(dir, &manifest, &reread.notes, book)?;
    Ok((replaced, written))
}

/// Numbers of the notes of a stratum that were drawn, replaced ones among them.
fn on_record(manifest: &Manifest, plan: &Plan, stratum: usize) -> BTreeSet<u64> {
    let drawn = manifest.notes.iter().filter(|drawn| drawn.stratum == stratum).map(|drawn| (&drawn.note, drawn.nth));
    let replaced = manifest.replaced.iter().filter(|replaced| replaced.stratum == stratum);
    let replaced = replaced.map(|replaced| (&replaced.note, replaced.nth));
    drawn.chain(replaced).map(|(id, nth)| number(plan.seed, id, nth)).collect()
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
