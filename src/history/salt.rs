//! The salt: the key without which the hashes of a history lead back to nobody.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::HistoryError;
use crate::files::{Readers, Whole, folder_of};

/// Bytes of a salt that is made here.
const BYTES: usize = 32;
/// Characters below which a salt of the house's own is too easily guessed.
const SHORTEST: usize = 16;

/// The sign before a pseudonym, so that nobody takes it for an identifier of the export.
pub(super) const PSEUDONYM: char = '~';

/// What a keyed hash is of, so that the same text as two things has two hashes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Domain {
    Note,
    Agent,
    Customer,
    Check,
}

/// The key of every hash of one history.
#[derive(Clone)]
pub(super) struct Salt(Hmac<Sha256>);

impl Salt {
    /// The file that a history's salt stands in where none is named: the history's name and `.salt`.
    pub(super) fn beside(history: &Path) -> PathBuf {
        let mut name = history.as_os_str().to_owned();
        name.push(".salt");
        PathBuf::from(name)
    }

    /// Reads a salt; `None` where there is no such file.
    pub(super) fn read(file: &Path) -> Result<Option<Self>, HistoryError> {
        match fs::read(file) {
            Ok(bytes) => Self::new(bytes.trim_ascii(), file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HistoryError::unusable(
                file,
                format!("the salt cannot be read: {error}"),
                "check the right to read it",
            )),
        }
    }

    /// Reads the salt, or makes one that only the user may read.
    pub(super) fn read_or_create(file: &Path) -> Result<Self, HistoryError> {
        if let Some(salt) = Self::read(file)? {
            return Ok(salt);
        }
        create(file).map_err(|error| HistoryError::io(file, &error))?;
        // Another process may have been first: what stands there now is the salt of both.
        Self::read(file)?.ok_or_else(|| HistoryError::io(file, &io::ErrorKind::NotFound.into()))
    }

    fn new(bytes: &[u8], file: &Path) -> Result<Self, HistoryError> {
        let key = (bytes.len() >= SHORTEST).then(|| Hmac::new_from_slice(bytes).ok()).flatten();
        key.map(Salt).ok_or_else(|| {
            let message = format!("a salt of {} characters is too easily guessed", bytes.len());
            HistoryError::unusable(file, message, format!("give at least {SHORTEST} that nobody can guess"))
        })
    }

    /// HMAC-SHA-256 of the parts, each with its length, cut to 128 bits.
    pub(super) fn hash(&self, domain: Domain, parts: &[&str]) -> [u8; 16] {
        let mut mac = self.0.clone();
        mac.update(&[domain as u8]);
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        let mut out = [0; 16];
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        out
    }

    /// What stands for an agent: 64 bits of the hash, behind [`PSEUDONYM`].
    pub(super) fn pseudonym(&self, agent: &str) -> String {
        format!("{PSEUDONYM}{}", hexadecimal(&self.hash(Domain::Agent, &[agent.trim()])[..8]))
    }

    /// What stands for a customer; letters' case and the width of gaps make no other customer.
    pub(super) fn customer(&self, customer: &str) -> [u8; 16] {
        let plain = customer.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        self.hash(Domain::Customer, &[&plain])
    }

    /// By what another salt is noticed.
    pub(super) fn check(&self) -> String {
        hexadecimal(&self.hash(Domain::Check, &[]))
    }
}

/// Writes a new salt under its name at once and whole, or leaves the one that is there.
fn create(file: &Path) -> io::Result<()> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    fs::create_dir_all(folder_of(file))?;
    let mut made = Whole::begin(file, Readers::Owner)?;
    writeln!(made, "{}", hexadecimal(&bytes))?;
    match made.finish_new() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python: `hmac.new(b"0123456789abcdef", b"\x01" + (3).to_bytes(8, "little") + b"A07", "sha256").hexdigest()[:16]`.
    #[test]
    fn a_pseudonym_is_the_hmac_of_the_agent() {
        let salt = Salt::new(b"0123456789abcdef", Path::new("s")).unwrap();
        assert_eq!(salt.pseudonym(" A07 "), "~2d9cc7b60e316a2e");
        assert_ne!(salt.pseudonym("A07"), Salt::new(b"0123456789abcdeg", Path::new("s")).unwrap().pseudonym("A07"));
        assert_ne!(salt.hash(Domain::Agent, &["ab", "c"]), salt.hash(Domain::Agent, &["a", "bc"]));
        assert_ne!(salt.hash(Domain::Agent, &["a"]), salt.hash(Domain::Customer, &["a"]));
        assert_eq!(salt.customer("Ana  Ruiz "), salt.customer("ana ruiz"));
    }

    #[test]
    fn a_salt_is_made_once_and_is_not_short() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("h.salt");
        assert!(Salt::read(&file).unwrap().is_none());
        let made = Salt::read_or_create(&file).unwrap().check();
        assert_eq!(Salt::read_or_create(&file).unwrap().check(), made);
        create(&file).unwrap();
        assert_eq!(Salt::read(&file).unwrap().unwrap().check(), made, "a second one does not take its place");
        fs::write(&file, "secret\n").unwrap();
        assert!(Salt::read(&file).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("h.salt");
        Salt::read_or_create(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
