//! What is written beside a sheet: what was drawn, from what, how, and what each note stands for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::{Criteria, Kind, Plan, Sample, SamplingError, rows};
use crate::input::{InputError, read_grid};
use crate::model::AuditedNote;
use crate::report::sheet::Sheet;
use crate::rules::Rulebook;

/// The manifest's name in the folder of a sample.
const FILE: &str = "manifest.json";

/// A sample without its texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub acw: String,
    /// Hash of the rules in force.
    pub rules: String,
    /// How the notes came about.
    pub kind: Kind,
    /// Whether the plain picture of the sample is a fair picture of the population, stratum by stratum.
    pub representative: bool,
    /// What may be done with the sample.
    #[serde(default)]
    pub about: String,
    /// The seed.
    pub seed: u64,
    /// The exports as the user named them.
    pub inputs: Vec<String>,
    /// Names what they held: the same notes give the same, in any order.
    #[serde(default)]
    pub export: String,
    /// Notes that they held.
    #[serde(default)]
    pub read: u64,
    /// Notes that could be drawn.
    pub population: u64,
    /// Notes drawn.
    pub drawn: u64,
    /// What was asked for.
    pub plan: Plan,
    /// How the sheet is written.
    pub sheet: SheetForm,
    /// The strata; one, where none were asked for.
    pub strata: Vec<Stratum>,
    /// The notes, in the order of the sheet.
    pub notes: Vec<Drawn>,
    /// Notes that others stand in for.
    #[serde(default)]
    pub replaced: Vec<Replaced>,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its values by key; null where the export does not tell one.
    pub by: BTreeMap<String, Option<String>>,
    /// Its notes.
    pub population: u64,
    /// Those drawn.
    pub drawn: u64,
    /// Notes that each drawn one stands for; null where they differ or stand for none but themselves.
    pub weight: Option<f64>,
}

/// A drawn note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// Its identifier.
    pub note: String,
    /// Which of several notes of that identifier, counted from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: u32,
    /// Index of its stratum.
    pub stratum: usize,
    /// Notes that it stands for, itself included; null in targeted samples.
    pub weight: Option<f64>,
    /// Why it was drawn, where not by chance alone.
    pub reason: Option<String>,
}

/// A note that another stands in for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The note that was drawn.
    pub note: String,
    /// Which of several notes of that identifier, counted from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: u32,
    /// Index of its stratum.
    pub stratum: usize,
    /// The note in its place.
    pub by: String,
    /// Why, in the words of who replaced it.
    pub why: String,
}

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetForm {
    /// What is judged.
    pub criteria: Criteria,
    /// Whether reviewers are not to know whose notes they judge.
    pub blind: bool,
    /// The files.
    pub files: Files,
}

/// Forms of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Files {
    /// A workbook.
    Xlsx,
    /// CSV.
    Csv,
    /// Both.
    #[default]
    Both,
}

const fn first() -> u32 {
    1
}

const fn is_first(nth: &u32) -> bool {
    *nth == 1
}

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

impl Manifest {
    /// Reads the manifest of the sample in `dir`.
    ///
    /// # Errors
    /// A folder without a manifest, or one that is not as `acw sample` writes it.
    pub fn read(dir: &Path) -> Result<Self, InputError> {
        let path = dir.join(FILE);
        let file = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| InputError::Form {
            file: file.clone(),
            message: format!("cannot be read: {error}"),
            help: "name the folder that `acw sample draw` wrote".into(),
        })?;
        let broken = |message: String| {
            InputError::Form {
            file: file.clone(),
            message: format!("this is no manifest of a sample: {message}"),
            help: "leave the file as `acw sample draw` wrote it, or draw the sample again: the same call draws the same notes".into(),
        }
        };
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
        match manifest.fault() {
            Some(fault) => Err(broken(fault)),
            None => Ok(manifest),
        }
    }

    /// What contradicts itself.
    fn fault(&self) -> Option<String> {
        for note in &self.notes {
            if note.stratum >= self.strata.len() {
                return Some(format!("note {} is in stratum {}, which is not there", note.note, note.stratum));
            }
            if note.weight.is_some_and(|weight| !(weight >= 1.0 && weight.is_finite())) {
                return Some(format!("note {} stands for fewer notes than itself", note.note));
            }
        }
        let unweighed = self.kind != Kind::Targeted && self.notes.iter().any(|note| note.weight.is_none());
        unweighed.then(|| "a note has no weight".to_owned())
    }

    /// The manifest as it is written.
    ///
    /// # Errors
    /// A number that JSON cannot hold.
    pub fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
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
