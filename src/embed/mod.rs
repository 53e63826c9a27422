//! The files of `rules/` and `reports/` inside the binary, and those of a folder on disk in the same form.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::yaml;

/// Most files and folders in a folder of rules, deepest nesting, and most bytes of text.
const MOST_ENTRIES: usize = 5_000;
const DEEPEST: usize = 16;
const MOST_BYTES: usize = 64 << 20;

/// Path from the repository's root, text and SHA-256 of every embedded file, by path.
static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A file of a library: where it came from and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// For messages: the path on disk, or the path inside the binary.
    pub path: PathBuf,
    /// The text.
    pub text: Cow<'static, str>,
    /// SHA-256 of the text, hexadecimal.
    pub digest: Cow<'static, str>,
}

/// The files of one folder, inside the binary or on disk.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: BTreeMap<String, File>,
}

impl Library {
    /// The files below `folder` (`rules` or `reports`); names are relative to it.
    pub fn embedded(folder: &str) -> Self {
        let files = FILES
            .iter()
            .filter_map(|(name, text, digest)| {
                let relative = name.strip_prefix(folder)?.strip_prefix('/')?;
                let file = File { path: PathBuf::from(name), text: (*text).into(), digest: (*digest).into() };
                Some((relative.to_owned(), file))
            })
            .collect();
        Library { files }
    }

    /// The YAML files below `folder` on disk, but for hidden ones; names are relative to it.
    ///
    /// # Errors
    /// The folder, or a file in it, that cannot be read; more than a pack can sensibly hold: a link that leads back, or a folder
    /// named by mistake, would be read for ever.
    pub fn folder(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut pending = vec![(folder.to_owned(), 0)];
        let (mut entries, mut bytes) = (0, 0);
        while let Some((next, depth)) = pending.pop() {
            for entry in fs::read_dir(&next).map_err(|e| with_path(&next, &e))? {
                let entry = entry.map_err(|e| with_path(&next, &e))?;
                let (path, name) = (entry.path(), entry.file_name());
                let name = name.to_string_lossy();
                if name.starts_with('.') {
                    continue;
                }
                entries += 1;
                if entries > MOST_ENTRIES {
                    return Err(refused(
                        folder,
                        &format!("the folder holds more than {MOST_ENTRIES} files; name the pack's own"),
                    ));
                }
                // Links are followed: a pack may share files with another.
                let kind = fs::metadata(&path).map(|about| about.file_type());
                if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                    if depth == DEEPEST {
                        return Err(refused(
                            &path,
                            &format!("folders stand in folders {DEEPEST} deep; look for a link that leads back"),
                        ));
                    }
                    pending.push((path, depth + 1));
                } else if name.ends_with(".yaml") {
                    // A pipe would be waited for.
                    if !kind.map_err(|e| with_path(&path, &e))?.is_file() {
                        return Err(refused(&path, "this is no regular file"));
                    }
                    let text = yaml::read(&path).map_err(|e| with_path(&path, &e))?;
                    bytes += text.len();
                    if bytes > MOST_BYTES {
                        return Err(refused(
                            folder,
                            &format!("the files are more than {} MiB in all", MOST_BYTES >> 20),
                        ));
                    }
                    let relative = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
                    files.insert(relative, File { path, text: text.into(), digest: digest.into() });
                }
            }
        }
        Ok(Library { files })
    }

    /// The file of that relative name.
    pub fn get(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// Relative name and file of everything, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(name, file)| (name.as_str(), file))
    }
}

fn with_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn refused(path: &Path, message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {message}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_like_the_embedded_files_and_its_notes_to_people_are_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("core")).unwrap();
        fs::write(folder.path().join("core/scorecard.yaml"), "target: 1\n").unwrap();
        fs::write(folder.path().join("README.md"), "Hello").unwrap();
        let library = Library::folder(folder.path()).unwrap();
        assert_eq!(library.files().map(|(name, _)| name).collect::<Vec<_>>(), ["core/scorecard.yaml"]);
        assert!(Library::embedded("rules").get("core/scorecard.yaml").is_some());
        assert!(Library::folder(&folder.path().join("nowhere")).is_err());
    }
}
