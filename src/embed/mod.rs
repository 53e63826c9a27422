//! The files of `rules/` and `reports/` inside the binary; a folder on disk replaces or adds file by file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Path from the repository's root and text of every embedded file, by path.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A file of the library: where it came from and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// For messages: the path on disk, or the path inside the binary.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

/// The embedded files of one folder, with a folder of the user's laid over them.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: BTreeMap<String, File>,
}

impl Library {
    /// The files below `folder` (`rules` or `reports`); names are relative to it.
    pub fn embedded(folder: &str) -> Self {
        let files = FILES
            .iter()
            .filter_map(|(name, text)| {
                let relative = name.strip_prefix(folder)?.strip_prefix('/')?;
                Some((relative.to_owned(), File { path: PathBuf::from(name), text: (*text).to_owned() }))
            })
            .collect();
        Library { files }
    }

    /// Lays the files below `folder` on disk over these: a file of the same relative name replaces the embedded one.
    ///
    /// # Errors
    /// The folder, or a file in it, that cannot be read.
    pub fn overlay(&mut self, folder: &Path) -> io::Result<()> {
        let mut pending = vec![folder.to_owned()];
        while let Some(next) = pending.pop() {
            for entry in fs::read_dir(&next).map_err(|e| with_path(&next, &e))? {
                let path = entry.map_err(|e| with_path(&next, &e))?.path();
                if path.is_dir() {
                    pending.push(path);
                    continue;
                }
                let relative = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                if !relative.ends_with(".md") && !relative.split('/').any(|part| part.starts_with('.')) {
                    let text = fs::read_to_string(&path).map_err(|e| with_path(&path, &e))?;
                    self.files.insert(relative, File { path, text });
                }
            }
        }
        Ok(())
    }

    /// The file of that relative name.
    pub fn get(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// Relative name and file of everything below `folder` (all, where empty), by name.
    pub fn below<'l>(&'l self, folder: &'l str) -> impl Iterator<Item = (&'l str, &'l File)> {
        self.files.iter().filter(move |(name, _)| name.starts_with(folder)).map(|(name, file)| (name.as_str(), file))
    }
}

fn with_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_on_disk_replaces_the_embedded_one_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("core")).unwrap();
        fs::write(folder.path().join("core/scorecard.yaml"), "target: 1\n").unwrap();
        let mut library = Library::embedded("rules");
        let before = library.below("").count();
        library.overlay(folder.path()).unwrap();
        assert_eq!(library.get("core/scorecard.yaml").unwrap().text, "target: 1\n");
        assert_eq!(library.below("").count(), before);
    }
}
