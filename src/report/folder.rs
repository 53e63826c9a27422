//! A report folder appears whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Marks a folder as one of ours, which a later run may replace.
const MARKER: &str = ".acw-report";

/// A report in the making, beside the place where it will stand.
pub(super) struct Folder {
    target: PathBuf,
    /// Removed with everything in it when this goes out of scope, finished or not.
    workshop: TempDir,
}

impl Folder {
    /// Starts a report that will stand at `dir`.
    pub(super) fn start(dir: &Path) -> io::Result<Self> {
        check(dir)?;
        let target = if dir.exists() { at(dir, fs::canonicalize(dir))? } else { at(dir, std::path::absolute(dir))? };
        let parent = target.parent().ok_or_else(|| refused(dir, "is the root of a file system"))?;
        at(parent, fs::create_dir_all(parent))?;
        // In the same folder, so that the last step is a rename and never a copy.
        let workshop = at(parent, tempfile::Builder::new().prefix(".acw-report-").tempdir_in(parent))?;
        // The folder of the crate is for its owner alone; the report gets what the user's umask says.
        at(workshop.path(), fs::create_dir(workshop.path().join("new")))?;
        Ok(Folder { target, workshop })
    }

    /// Writes a file of the report.
    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        let path = self.workshop.path().join("new").join(name);
        at(&path, fs::write(&path, content))
    }

    /// Puts the report in its place, and an older one out of the way.
    pub(super) fn finish(self, about: &str) -> io::Result<()> {
        self.write(MARKER, about)?;
        // Somebody may have put something there while the audit ran.
        check(&self.target)?;
        let (new, old) = (self.workshop.path().join("new"), self.workshop.path().join("old"));
        let replaces = self.target.exists();
        if replaces {
            at(&self.target, fs::rename(&self.target, &old))?;
        }
        if let Err(error) = fs::rename(&new, &self.target) {
            if replaces {
                at(&self.target, fs::rename(&old, &self.target))?;
            }
            return at(&self.target, Err(error));
        }
        Ok(())
    }
}

/// Whether a report may be written to `dir`: nothing is there, an empty folder, or a report of ours.
///
/// # Errors
/// What stands in the way.
pub fn check(dir: &Path) -> io::Result<()> {
    let metadata = match fs::metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return at(dir, Err(error)),
    };
    if !metadata.is_dir() {
        return Err(refused(dir, "is a file"));
    }
    let empty = at(dir, fs::read_dir(dir))?.next().is_none();
    if !empty && !dir.join(MARKER).is_file() {
        return Err(refused(dir, "holds other files"));
    }
    Ok(())
}

fn refused(dir: &Path, why: &str) -> io::Error {
    let message = format!(
        "{} {why}, so no report is written there\n  help: name a new folder, an empty one, or a report that acw wrote",
        dir.display()
    );
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

/// The path in front of the message.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_replaces_an_older_one_whole_and_leaves_nothing_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("out");
        for file in ["a.html", "b.html"] {
            let folder = Folder::start(&dir).unwrap();
            folder.write(file, "x").unwrap();
            folder.finish("").unwrap();
        }
        assert_eq!(names(&dir), [MARKER, "b.html"]);
        assert_eq!(names(place.path()), ["out"]);
    }

    #[test]
    fn an_unfinished_report_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        Folder::start(&place.path().join("out")).unwrap().write("a.html", "x").unwrap();
        assert!(names(place.path()).is_empty());
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.txt"), "x").unwrap();
        let error = Folder::start(place.path()).err().unwrap();
        assert!(error.to_string().contains("holds other files"), "{error}");
        assert_eq!(names(place.path()), ["thesis.txt"]);
    }
}
