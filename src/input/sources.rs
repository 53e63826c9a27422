//! What there is to read: the files that the user's paths mean, and standard input, which can be read only once.

use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use crate::model::Role;

use super::{Export, FORMATS, InputError, Options, Vocabulary, io_error};

/// The exports of a run, in the order in which they are read.
#[derive(Debug)]
pub struct Sources {
    files: Vec<PathBuf>,
    /// Standard input, copied into a file that has no name and is gone with this process.
    kept: Option<File>,
}

impl Sources {
    /// Finds the files meant by `paths`. Where they are to be read more than once, standard input is copied first.
    ///
    /// # Errors
    /// A path that does not exist, a folder without an export, standard input that cannot be kept.
    pub fn find(paths: &[PathBuf], more_than_once: bool) -> Result<Self, InputError> {
        let files = expand(paths)?;
        let kept = match more_than_once && files.iter().any(|file| is_standard_input(file)) {
            true => Some(keep().map_err(|error| io_error(Path::new("-"), &error))?),
            false => None,
        };
        Ok(Sources { files, kept })
    }

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Opens one of the files.
    ///
    /// # Errors
    /// As [`Export::open`].
    pub fn open(&self, file: &Path, options: &Options, vocabulary: &Vocabulary) -> Result<Export, InputError> {
        let Some(kept) = self.kept.as_ref().filter(|_| is_standard_input(file)) else {
            return Export::open(file, options, vocabulary);
        };
        let rewound = || {
            let mut kept = kept.try_clone()?;
            kept.rewind()?;
            Ok(kept)
        };
        let reader = rewound().map_err(|error| io_error(file, &error))?;
        Export::read(file.display().to_string(), Box::new(reader), options, vocabulary, Role::Note)
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn keep() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// The files meant by the paths that the user named, in a fixed order: folders are searched for exports.
///
/// # Errors
/// A path that does not exist, or a folder without an export.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut out = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            out.push(path.clone());
            continue;
        }
        let meta = std::fs::metadata(path).map_err(|error| io_error(path, &error))?;
        if !meta.is_dir() {
            out.push(path.clone());
            continue;
        }
        let before = out.len();
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| io_error(path, &error))? {
            entries.push(entry.map_err(|error| io_error(path, &error))?.path());
        }
        entries.sort();
        let readable = |p: &PathBuf| {
            let ending = p.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
            p.is_file() && FORMATS.iter().any(|format| format.endings.contains(&ending.as_str()))
        };
        out.extend(entries.into_iter().filter(readable));
        if out.len() == before {
            return Err(InputError::NothingInFolder { folder: path.display().to_string() });
        }
    }
    Ok(out)
}
