//! Files that appear whole: written beside their place and put there at the end, so that a run that fails leaves what stood there.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Marks a folder as a report, which a later run may replace: what wrote it, and behind an empty line the files that it wrote.
pub const REPORT: &str = ".acw-report";
/// What was drawn, in the folder of a sample.
pub const MANIFEST: &str = "manifest.json";

/// How the names of files in the making start.
const MAKING: &str = ".acw-file-";

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Nobody but its owner: it holds in clear what the export holds, or a key.
    Owner,
    /// Whom the file that stood there let, or else whom the user's mask lets.
    Usual,
}

/// A file in the making.
///
/// Its place is that of what a link points to. What is no file, a device or a pipe, is written to as it is: a file in its place would
/// end it.
#[derive(Debug)]
pub struct Whole {
    out: BufWriter<Out>,
    place: PathBuf,
}

#[derive(Debug)]
enum Out {
    Beside(NamedTempFile),
    AsIs(File),
}

impl Whole {
    /// Begins a file; its folder is there.
    ///
    /// # Errors
    /// A folder stands at its place; what the system says.
    pub fn begin(place: &Path, readers: Readers) -> io::Result<Self> {
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let known = fs::metadata(&place).ok();
        let out = match &known {
            Some(known) if known.is_dir() => return Err(io::Error::other("this is a folder")),
            Some(known) if !known.is_file() => Out::AsIs(File::options().write(true).open(&place)?),
            _ => {
                let known = known.map(|known| known.permissions()).filter(|_| readers == Readers::Usual);
                Out::Beside(beside(folder_of(&place), readers, known)?)
            }
        };
        Ok(Whole { out: BufWriter::new(out), place })
    }

    /// Puts it in its place, in that of an older one where there is one.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(self) -> io::Result<()> {
        match self.out.into_inner().map_err(io::IntoInnerError::into_error)? {
            Out::Beside(file) => file.persist(&self.place).map(drop).map_err(|error| error.error),
            Out::AsIs(_) => Ok(()),
        }
    }

    /// Brings it to the disk and puts it in its place, where nothing stands yet.
    ///
    /// # Errors
    /// Something stands there (`AlreadyExists`) and was left as it is; what the system says.
    pub fn finish_new(self) -> io::Result<()> {
        match self.out.into_inner().map_err(io::IntoInnerError::into_error)? {
            Out::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist_noclobber(&self.place).map(drop).map_err(|error| error.error)
            }
            Out::AsIs(_) => Ok(()),
        }
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Beside(file) => file.write(bytes),
            Out::AsIs(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Beside(file) => file.flush(),
            Out::AsIs(file) => file.flush(),
        }
    }
}

/// The folder that a file stands in.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that has no place yet. The library makes files that their owner alone may read.
fn beside(folder: &Path, readers: Readers, known: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(MAKING);
    if readers == Readers::Usual {
        usual(&mut builder);
    }
    let file = builder.tempfile_in(folder)?;
    known.map_or(Ok(()), |known| file.as_file().set_permissions(known))?;
    Ok(file)
}

/// As the user's mask has it.
#[cfg(unix)]
fn usual(builder: &mut tempfile::Builder<'_, '_>) {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
}

/// As the folder has it.
#[cfg(not(unix))]
fn usual(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_there_stays_until_the_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("f");
        fs::write(&place, "old").unwrap();
        let begun = || {
            let mut file = Whole::begin(&place, Readers::Usual).unwrap();
            file.write_all(b"new").unwrap();
            file.flush().unwrap();
            file
        };
        drop(begun());
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        assert_eq!(begun().finish_new().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        begun().finish().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(Whole::begin(folder.path(), Readers::Usual).unwrap_err().to_string().contains("a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_readers_a_secret_has_none_and_a_link_stays_one() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("f");
        let mode = || fs::metadata(&place).unwrap().permissions().mode() & 0o777;
        Whole::begin(&place, Readers::Owner).unwrap().finish().unwrap();
        assert_eq!(mode(), 0o600);
        fs::remove_file(&place).unwrap();
        Whole::begin(&place, Readers::Usual).unwrap().finish().unwrap();
        let usual = File::create(folder.path().join("usual")).unwrap().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), usual);
        fs::set_permissions(&place, Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        symlink(&place, &link).unwrap();
        Whole::begin(&link, Readers::Usual).unwrap().finish().unwrap();
        assert_eq!(mode(), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        Whole::begin(Path::new("/dev/null"), Readers::Usual).unwrap().finish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
