//! The folder of a sample: sheets, and the manifest beside them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Sample, SamplingError, rows};
use crate::input::{InputError, Manifest, read_grid};
use crate::model::AuditedNote;
use crate::model::sample::{Files, Kind};
use crate::report::sheet::Sheet;
use crate::rules::Rulebook;

/// The manifest's name in the folder of a sample.
const FILE: &str = "manifest.json";

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
    let manifest = Manifest::read(&dir.join(FILE))?;
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
    check_new(dir).and_then(|()| publish(dir, &sample.manifest, &sheet)).map_err(SamplingError::Output)
}

/// Whether a sample may be written to `dir`: nothing is there, or an empty folder.
///
/// # Errors
/// What stands in the way.
pub fn check_new(dir: &Path) -> io::Result<()> {
    let empty = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return at(dir, Err(error)),
    };
    if empty {
        return Ok(());
    }
    let message = format!(
        "{} holds other files, reviewers' work perhaps, so no sample is written there\n  help: name a new folder, or an empty one",
        dir.display()
    );
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

fn publish(dir: &Path, manifest: &Manifest, sheet: &Sheet) -> io::Result<Writing> {
    let target = at(dir, std::path::absolute(dir))?;
    let parent = target.parent().unwrap_or(&target);
    at(parent, fs::create_dir_all(parent))?;
    // In the same folder, so that the last step is a rename. What is left of a failure goes with the workshop.
    let workshop = at(parent, tempfile::Builder::new().prefix(".acw-sample-").tempdir_in(parent))?;
    // The folder of the crate is for its owner alone; the sample gets what the user's umask says.
    let new = workshop.path().join("new");
    at(&new, fs::create_dir(&new))?;
    let mut written = Writing::new();
    for (name, bytes) in files(manifest, sheet)? {
        at(&new.join(name), fs::write(new.join(name), bytes))?;
        written.push(dir.join(name));
    }
    if target.exists() {
        at(&target, fs::remove_dir(&target))?;
    }
    at(&target, fs::rename(&new, &target))?;
    Ok(written)
}

/// Names and contents, the manifest last.
fn files(manifest: &Manifest, sheet: &Sheet) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let mut out = Vec::new();
    for name in manifest.sheet.files.names() {
        out.push((*name, form(name, sheet)?));
    }
    out.push((FILE, manifest.text()?.into_bytes()));
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
    files.push((FILE, manifest.text().map_err(SamplingError::Output)?.into_bytes()));
    let mut written = Writing::new();
    for (name, bytes) in files {
        let (path, new) = (dir.join(name), dir.join(format!("{name}.new")));
        let replaced = fs::write(&new, bytes).and_then(|()| fs::rename(&new, &path));
        if replaced.is_err() {
            let _ = fs::remove_file(&new);
        }
        at(&path, replaced).map_err(SamplingError::Output)?;
        written.push(path);
    }
    Ok(written)
}

/// The path in front of the message.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
