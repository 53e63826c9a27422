//! The baseline: findings that are known already, so that only new ones are told and held against the gate.
//!
//! A file of one finding a line in the order of fingerprints, so that its changes read well in a review. A finding is known by its
//! fingerprint, which is made of content; that a row moved changes nothing. The file holds no words of notes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::decisions::Fingerprint;
use crate::files::{Readers, Whole};
use crate::model::AuditedNote;
use crate::rules::Rulebook;

/// First line of the file: what it is, and the version of its form.
const HEAD: &str = r#"{"acw_baseline":1}"#;

/// A finding of a baseline, as a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    finding: String,
    rule: String,
    note: String,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Id of its rule.
    pub rule: String,
    /// Identifier of its note.
    pub note: String,
}

/// Why a baseline cannot be used.
#[derive(Debug)]
pub enum BaselineError {
    /// It cannot be read, or is none: the file, what is wrong, what to do.
    Unusable(PathBuf, String, String),
    /// It cannot be written.
    Unwritten(PathBuf, io::Error),
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaselineError::Unusable(path, message, help) => write!(f, "{}: {message}\n  help: {help}", path.display()),
            BaselineError::Unwritten(path, error) => write!(
                f,
                "{}: cannot be written: {error}\n  help: check the folder, the room left and the right to write",
                path.display()
            ),
        }
    }
}

impl std::error::Error for BaselineError {}

/// What a run is told of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// Findings that are known and were met again.
    pub met: u64,
    /// Findings that are new.
    pub new: u64,
    /// Known findings that are gone from notes that were read, by fingerprint.
    pub fixed: BTreeMap<u64, Known>,
    /// Known findings of notes that the inputs do not hold.
    pub elsewhere: u64,
}

/// A baseline, and what a run met of it.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    path: PathBuf,
    known: BTreeMap<u64, Known>,
    /// Notes of which something is known, and whether they were read.
    notes: HashMap<String, bool>,
    met: HashSet<u64>,
    new: BTreeMap<u64, Known>,
}

impl Baseline {
    /// Reads the file; an empty baseline where there is none and it is to be made.
    ///
    /// # Errors
    /// A file that is not there or cannot be read, or a line that is none of a baseline.
    pub fn read(path: &Path, may_be_new: bool) -> Result<Self, BaselineError> {
        let unusable = |message: String, help: &str| BaselineError::Unusable(path.to_owned(), message, help.to_owned());
        let mut baseline = Baseline { path: path.to_owned(), ..Baseline::default() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && may_be_new => return Ok(baseline),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(unusable("there is no such baseline".into(), "write the first one with --grow-baseline"));
            }
            Err(error) => {
                return Err(unusable(format!("cannot be read: {error}"), "check the name and the right to read it"));
            }
        };
        let mut lines = text.lines();
        if lines.next().map(str::trim) != Some(HEAD) {
            return Err(unusable(
                format!("this is no baseline: it does not begin with {HEAD}"),
                "name the file that --grow-baseline wrote",
            ));
        }
        for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |message: String| {
                unusable(
                    format!("line {number}: {message}"),
                    "restore the line, or write the file again with --grow-baseline",
                )
            };
            let Line { finding, rule, note } = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            let Fingerprint(finding) = finding.parse().map_err(wrong)?;
            baseline.notes.insert(note.clone(), false);
            baseline.known.insert(finding, Known { rule, note });
        }
        Ok(baseline)
    }

    /// The findings of another run, as `--format jsonl` wrote them.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is no finding.
    pub fn of_run(path: &Path) -> Result<Self, BaselineError> {
        #[derive(Deserialize)]
        struct Finding {
            fingerprint: String,
            rule: String,
            note: String,
        }
        let unusable = |message: String| {
            let help = "name what `acw check … --format jsonl=before.jsonl` wrote";
            BaselineError::Unusable(path.to_owned(), message, help.to_owned())
        };
        let text = std::fs::read_to_string(path).map_err(|error| unusable(format!("cannot be read: {error}")))?;
        let mut baseline = Baseline { path: path.to_owned(), ..Baseline::default() };
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |message: String| unusable(format!("line {number}: {message}"));
            let Finding { fingerprint, rule, note } =
                serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            let Fingerprint(finding) = fingerprint.parse().map_err(wrong)?;
            baseline.notes.insert(note.clone(), false);
            baseline.known.insert(finding, Known { rule, note });
        }
        Ok(baseline)
    }

    /// The note with its new findings alone.
    pub fn news(&mut self, note: &AuditedNote, book: &Rulebook) -> AuditedNote {
        let mut news = note.clone();
        let id = own_id(note);
        if let Some(read) = self.notes.get_mut(id) {
            *read = true;
        }
        news.findings.retain(|finding| {
            if self.known.contains_key(&finding.fingerprint) {
                self.met.insert(finding.fingerprint);
                return false;
            }
            let known = Known { rule: book.rules[finding.rule].id.clone(), note: id.to_owned() };
            self.new.insert(finding.fingerprint, known);
            true
        });
        for finding in &note.set_aside {
            self.met.insert(finding.fingerprint);
        }
        news
    }

    /// What the run met of it.
    pub fn compared(&self) -> Compared {
        let gone = self.known.iter().filter(|(finding, _)| !self.met.contains(finding));
        let (fixed, elsewhere): (BTreeMap<u64, Known>, BTreeMap<u64, Known>) = gone
            .map(|(finding, known)| (*finding, known.clone()))
            .partition(|(_, known)| known.note.is_empty() || self.notes.get(&known.note) == Some(&true));
        let met = self.known.keys().filter(|finding| self.met.contains(finding)).count() as u64;
        Compared { met, new: self.new.len() as u64, fixed, elsewhere: elsewhere.len() as u64 }
    }

    /// Writes the file again: without what was fixed, and, where it may grow, with what is new. The old file stays until the new one
    /// is whole.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&self, grow: bool) -> Result<(), BaselineError> {
        let fixed = self.compared().fixed;
        let kept = self.known.iter().filter(|(finding, _)| !fixed.contains_key(finding));
        let added = self.new.iter().filter(|_| grow);
        let all: BTreeMap<&u64, &Known> = kept.chain(added).collect();
        let mut text = format!("{HEAD}\n");
        for (finding, known) in all {
            let line =
                Line { finding: Fingerprint(*finding).to_string(), rule: known.rule.clone(), note: known.note.clone() };
            let _ = writeln!(text, "{}", serde_json::to_string(&line).unwrap_or_default());
        }
        if self.path.exists() && !self.path.is_file() {
            let error = io::Error::other("this is no file");
            return Err(BaselineError::Unwritten(self.path.clone(), error));
        }
        let write = || {
            let mut file = Whole::begin(&self.path, Readers::Usual)?;
            file.write_all(text.as_bytes())?;
            file.finish()
        };
        write().map_err(|error| BaselineError::Unwritten(self.path.clone(), error))
    }
}

/// The note's identifier; nothing where the export has none, as a row's place is no name.
fn own_id(note: &AuditedNote) -> &str {
    if note.note.id == note.note.origin.own_id() { "" } else { &note.note.id }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Finding, Note, Severity};
    use std::sync::OnceLock;

    fn book() -> &'static Rulebook {
        static BOOK: OnceLock<Rulebook> = OnceLock::new();
        BOOK.get_or_init(|| Rulebook::load(None).unwrap())
    }

    fn note(id: &str, findings: &[u64]) -> AuditedNote {
        let finding = |fingerprint: &u64| Finding {
            fingerprint: *fingerprint,
            ..Finding::of(0, Category::Style, Severity::Minor, 1)
        };
        AuditedNote {
            note: Note { id: id.into(), ..Note::default() },
            findings: findings.iter().map(finding).collect(),
            ..AuditedNote::default()
        }
    }

    #[test]
    fn it_grows_when_asked_and_shrinks_by_what_was_fixed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.jsonl");
        assert!(Baseline::read(&path, false).unwrap_err().to_string().contains("--grow-baseline"));
        let mut first = Baseline::read(&path, true).unwrap();
        assert_eq!(first.news(&note("N-1", &[1, 2]), book()).findings.len(), 2);
        first.news(&note("N-2", &[3]), book());
        first.write(true).unwrap();
        // N-1 lost one finding and got another; N-2 is not in the export.
        let mut second = Baseline::read(&path, false).unwrap();
        let news = second.news(&note("N-1", &[2, 4]), book());
        assert_eq!(news.findings.iter().map(|f| f.fingerprint).collect::<Vec<_>>(), [4]);
        let compared = second.compared();
        assert_eq!((compared.met, compared.new, compared.elsewhere), (1, 1, 1));
        assert_eq!(compared.fixed.keys().copied().collect::<Vec<_>>(), [1]);
        second.write(false).unwrap();
        let third = Baseline::read(&path, false).unwrap();
        assert_eq!(third.known.keys().copied().collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn a_file_that_is_none_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        std::fs::write(&path, "note,agent\n").unwrap();
        assert!(Baseline::read(&path, true).unwrap_err().to_string().contains("no baseline"));
        std::fs::write(&path, format!("{HEAD}\n\n{{\"finding\":\"x\",\"rule\":\"r\",\"note\":\"n\"}}\n")).unwrap();
        assert!(Baseline::read(&path, true).unwrap_err().to_string().contains("line 3"));
    }
}
