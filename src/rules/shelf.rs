//! Where compiled word lists and the texts of rules are kept between runs: joining and reading them takes most of a start, and they
//! change only with the rules.
//!
//! What is kept holds nothing of any note. It may vanish or be damaged at any time: then the lists are compiled again.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::files::{Readers, Whole};

/// What a kept file begins with.
const MARK: &[u8; 8] = b"acw\0kept";
/// Most files that are kept: those of a few packs and versions, of each four languages.
const MOST_FILES: usize = 40;
/// Bytes of the longest text that is read without taking as much memory as the whole file.
const ROOM: usize = 1 << 17;
/// What the program was built of: what another program kept is not read.
const PROGRAM: &str = env!("ACW_SOURCES");

/// A folder of compiled word lists.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The shelf in that folder, which need not be there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Shelf { folder: folder.into() }
    }

    /// The file of what follows from all that `told` says.
    pub(super) fn file(&self, code: &str, told: &[impl AsRef<str>]) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(PROGRAM);
        for part in told.iter().map(AsRef::as_ref) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let key: String = hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{code}-{key}.lists"))
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, file: &Path) -> bool {
        file.is_file()
    }

    /// What was kept; nothing where it is not there or not whole.
    pub(super) fn read<T: DeserializeOwned>(&self, file: &Path) -> Option<T> {
        let length = usize::try_from(fs::metadata(file).ok()?.len()).ok()?;
        // Most have no long texts.
        Self::read_in(file, length.min(ROOM)).or_else(|| Self::read_in(file, length))
    }

    /// The same, with so much room for the longest text or piece of a row that stands in the file.
    fn read_in<T: DeserializeOwned>(file: &Path, room: usize) -> Option<T> {
        let mut file = File::open(file).ok()?;
        let (mut mark, mut sum) = ([0; MARK.len()], [0; 4]);
        file.read_exact(&mut mark).ok()?;
        file.read_exact(&mut sum).ok()?;
        if mark != *MARK {
            return None;
        }
        let mut body = BufReader::with_capacity(1 << 16, Summed { file, sum: crc32fast::Hasher::new() });
        let (what, _) = postcard::from_io((&mut body, vec![0; room].as_mut_slice())).ok()?;
        let ended = body.read(&mut [0]).ok()? == 0;
        (ended && u32::from_le_bytes(sum) == body.into_inner().sum.finalize()).then_some(what)
    }

    /// Keeps something. Where that cannot be done, it is done again at the next start.
    pub(super) fn write(&self, file: &Path, what: &impl Serialize) {
        let keep = || -> Option<()> {
            let body = postcard::to_stdvec(what).ok()?;
            fs::create_dir_all(&self.folder).ok()?;
            let mut whole = Whole::begin(file, Readers::Owner).ok()?;
            whole.write_all(MARK).ok()?;
            whole.write_all(&crc32fast::hash(&body).to_le_bytes()).ok()?;
            whole.write_all(&body).ok()?;
            whole.finish().ok()
        };
        if keep().is_some() {
            self.tidy();
        }
    }

    /// Drops the oldest where there are too many.
    fn tidy(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let kept = entries.filter(|path| path.extension().is_some_and(|end| end == "lists"));
        let age =
            |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut kept: Vec<(SystemTime, PathBuf)> = kept.map(|path| (age(&path), path)).collect();
        kept.sort();
        for (_, path) in kept.iter().take(kept.len().saturating_sub(MOST_FILES)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// A file whose bytes are added up as they are read, so that they need not be in memory all at once.
struct Summed {
    file: File,
    sum: crc32fast::Hasher,
}

impl Read for Summed {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(room)?;
        self.sum.update(&room[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_what_is_damaged_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("below"));
        let file = shelf.file("en", &["a", "b"]);
        assert_eq!(shelf.read::<Vec<String>>(&file), None);
        shelf.write(&file, &vec!["x", "y"]);
        assert_eq!(shelf.read::<Vec<String>>(&file), Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_ne!(file, shelf.file("en", &["ab", ""]), "parts do not run together");
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        assert_eq!(shelf.read::<Vec<String>>(&file), None);
        shelf.write(&file, &("x", "y", "z"));
        assert_eq!(shelf.read::<(String, String)>(&file), None, "more than was asked for");
        let long = "x".repeat(ROOM + 1);
        shelf.write(&file, &long);
        assert_eq!(shelf.read::<String>(&file), Some(long));
        fs::write(&file, b"acw").unwrap();
        assert_eq!(shelf.read::<Vec<String>>(&file), None);
    }

    #[test]
    fn the_oldest_go_first_and_a_folder_that_cannot_be_written_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path());
        for number in 0..MOST_FILES + 3 {
            shelf.write(&shelf.file("en", &[&number.to_string()]), &number);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST_FILES);
        let nowhere = folder.path().join("file");
        fs::write(&nowhere, "").unwrap();
        let shelf = Shelf::new(nowhere.join("below"));
        shelf.write(&shelf.file("en", &["nowhere"]), &1);
    }
}
