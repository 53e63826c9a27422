//! The folder of a sample: sheets, and the manifest beside them.

use std::io;
use std::path::{Path, PathBuf};

use super::{Sample, SamplingError, rows};
use crate::files::MANIFEST;
use crate::input::{InputError, Manifest, read_grid};
use crate::model::AuditedNote;
use crate::model::sample::{Files, Kind};
pub use crate::report::folder::check_new;
use crate::report::folder::{self, Folder};
use crate::report::sheet::Sheet;
use crate::rules::Rulebook;

/// What was written, in the order of writing.
pub type Writing = Vec<PathBuf>;

impl Files {
    const fn names(self) -> &'static [&'static str] {
        match self {
            Files::Xlsx => &["sheet.xlsx"],
            Files::Csv => &["sheet.csv"],
            Files::Both => &["sheet.xlsx", "sheet.csv"],
        }
    }
}

/// Reads the manifest of the sample in `dir`.
///
/// # Errors
/// A folder without a manifest, or one that does not tell all that `acw sample draw` writes.
pub fn read(dir: &Path) -> Result<Manifest, InputError> {
    let manifest = Manifest::read(&dir.join(MANIFEST))?;
    match fault(&manifest) {
        Some(fault) => Err(manifest.broken(&fault)),
        None => Ok(manifest),
    }
}

/// What contradicts itself, or is not told.
fn fault(manifest: &Manifest) -> Option<String> {
    let lost = manifest.notes.iter().find(|note| note.stratum >= manifest.strata.len());
    if let Some(note) = lost {
        return Some(format!("note {} is in stratum {}, which is not there", note.note, note.stratum));
    }
    if manifest.kind != Kind::Targeted && manifest.notes.iter().any(|note| note.weight.is_none()) {
        return Some("a note has no weight".to_owned());
    }
    let untold = [("plan", manifest.plan.is_none()), ("population", manifest.population.is_none())];
    untold.iter().find(|(_, untold)| *untold).map(|(key, _)| format!("it tells no `{key}`"))
}

/// Writes a drawn sample to a new folder, whole or not at all.
///
/// # Errors
/// A folder that holds something (reviewers' work, perhaps); a file that cannot be written.
pub fn write_new(dir: &Path, sample: &Sample, book: &Rulebook) -> Result<Writing, SamplingError> {
    let sheet = rows::sheet(&sample.manifest, &sample.notes, book);
    publish(dir, &sample.manifest, &sheet).map_err(SamplingError::Output)
}

fn publish(dir: &Path, manifest: &Manifest, sheet: &Sheet) -> io::Result<Writing> {
    let folder = Folder::start_new(dir)?;
    let mut written = Writing::new();
    for (name, bytes) in files(manifest, sheet)? {
        folder.write(name, bytes)?;
        written.push(dir.join(name));
    }
    folder.finish("")?;
    Ok(written)
}

/// Names and contents, the manifest last.
fn files(manifest: &Manifest, sheet: &Sheet) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let mut out = Vec::new();
    for name in manifest.sheet.files.names() {
        out.push((*name, form(name, sheet)?));
    }
    out.push((MANIFEST, manifest.text()?.into_bytes()));
    Ok(out)
}

fn form(name: &str, sheet: &Sheet) -> io::Result<Vec<u8>> {
    if name.ends_with(".csv") { sheet.csv() } else { sheet.xlsx() }
}

/// Writes the sheets of a sample again after a replacement, with what reviewers filled in each, and the manifest.
pub(super) fn rewrite(
    dir: &Path,
    manifest: &Manifest,
    notes: &[AuditedNote],
    book: &Rulebook,
) -> Result<Writing, SamplingError> {
    let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
    for name in manifest.sheet.files.names() {
        let mut sheet = rows::sheet(manifest, notes, book);
        if dir.join(name).exists() {
            rows::carry(&mut sheet, &read_grid(&dir.join(name))?);
        }
        files.push((name, form(name, &sheet).map_err(SamplingError::Output)?));
    }
    files.push((MANIFEST, manifest.text().map_err(SamplingError::Output)?.into_bytes()));
    folder::rewrite(dir, &files).map_err(SamplingError::Output)
}
