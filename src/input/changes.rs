//! Whether files stay as they are while they are read: a run reads them more than once, and somebody may still be writing them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::Problem;

/// Files as they were when a run began.
#[derive(Debug)]
pub struct Changes {
    files: Vec<(PathBuf, Mark)>,
}

/// What tells that a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    length: u64,
    modified: Option<SystemTime>,
}

impl Mark {
    /// Of a regular file; pipes and what is gone have none.
    fn of(file: &Path) -> Option<Self> {
        let about = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
        Some(Mark { length: about.len(), modified: about.modified().ok() })
    }
}

impl Changes {
    /// Remembers how the files are now.
    pub fn watch(files: &[PathBuf]) -> Self {
        let files = files.iter().filter_map(|file| Some((file.clone(), Mark::of(file)?))).collect();
        Changes { files }
    }

    /// What a run must say of files that are different by now.
    pub fn told(&self) -> Vec<Problem> {
        let changed = self.files.iter().filter_map(|(file, before)| {
            let how = match Mark::of(file) {
                Some(now) if now == *before => return None,
                Some(now) if now.length != before.length => format!("{} bytes before, {} after", before.length, now.length),
                Some(_) => "it was written again".to_owned(),
                None => "it is gone".to_owned(),
            };
            Some(Problem {
                file: file.display().to_string(),
                line: None,
                message: format!(
                    "the file changed while it was read ({how}): rows may be missing, and what was looked for in the whole export may be of another state"
                ),
                help: "run it again when the file is complete".into(),
                rejected: false,
            })
        });
        changed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_or_goes_is_told_and_one_that_stays_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> = ["grows", "goes", "stays"].map(|name| folder.path().join(name)).into();
        files.iter().for_each(|file| fs::write(file, "note\nx\n").unwrap());
        let changes = Changes::watch(&[files.clone(), vec!["-".into()]].concat());
        assert!(changes.told().is_empty());
        fs::write(&files[0], "note\nx\ny\n").unwrap();
        fs::remove_file(&files[1]).unwrap();
        let told: Vec<String> = changes.told().into_iter().map(|problem| problem.message).collect();
        assert!(told.len() == 2 && told[0].contains("7 bytes before, 9 after") && told[1].contains("gone"), "{told:?}");
    }
}
