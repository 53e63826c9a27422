//! Opens the file and brings it to the form that this version knows.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::HistoryError;
use super::error::Within;
use crate::files::folder_of;

/// The steps from an empty file to the form of today; step `n` leads to version `n`. Steps are appended, none is ever edited:
/// files that went through them are out there.
pub(super) const MIGRATIONS: &[&str] =
    &[include_str!("migrations/001-runs-and-notes.sql"), include_str!("migrations/002-rulesets.sql")];

/// SQLite's `application_id` of a history: `acwh`.
pub(super) const APPLICATION: i32 = 0x6163_7768;

/// How long one process waits for another to finish its transaction.
const PATIENCE: Duration = Duration::from_secs(120);

/// Opens a history and migrates it; makes an empty one where there is none, if so asked.
pub(super) fn open(file: &Path, create: bool) -> Result<Connection, HistoryError> {
    if create {
        make_private(file).map_err(|error| HistoryError::io(file, &error))?;
    } else if !file.is_file() {
        return Err(nothing(file));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags).within(file)?;
    connection.busy_timeout(PATIENCE).within(file)?;
    let version = patiently(|| version(&connection)).within(file)?;
    let application: i32 = number(&connection, "PRAGMA application_id").within(file)?;
    if version == 0 && application == 0 {
        let tables: i32 = number(&connection, "SELECT COUNT(*) FROM sqlite_schema").within(file)?;
        match (tables, create) {
            (0, true) => {}
            (0, false) => return Err(nothing(file)),
            _ => return Err(foreign(file)),
        }
    } else if application != APPLICATION {
        return Err(foreign(file));
    }
    if version > MIGRATIONS.len() {
        let message = format!("a newer acw wrote this history (form {version}; known here: {})", MIGRATIONS.len());
        return Err(HistoryError::unusable(file, message, "update acw"));
    }
    // Writers do not stop readers, and what is erased is written over with zeros.
    patiently(|| connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))).within(file)?;
    connection.pragma_update(None, "secure_delete", true).within(file)?;
    migrate(&mut connection, MIGRATIONS).within(file)?;
    connection.pragma_update(None, "foreign_keys", true).within(file)?;
    Ok(connection)
}

/// Takes the steps that are missing, all or none of them.
fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    if version(connection)? >= steps.len() {
        return Ok(());
    }
    connection.pragma_update(None, "foreign_keys", false)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have taken them while this one waited.
    for step in steps.iter().skip(version(&transaction)?) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    transaction.commit()
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // A negative version is none of ours; as a huge one it is refused.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn number(connection: &Connection, sql: &str) -> rusqlite::Result<i32> {
    connection.query_row(sql, [], |row| row.get(0))
}

/// Tries again while another process is at it: switching to the write-ahead log does not wait by itself.
fn patiently<T>(mut attempt: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Makes an empty file that only the user may read, where there is none, and its folder.
fn make_private(file: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder_of(file))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn nothing(file: &Path) -> HistoryError {
    HistoryError::unusable(file, "there is no history", "keep one with `acw audit INPUT --history FILE`")
}

fn foreign(file: &Path) -> HistoryError {
    HistoryError::unusable(file, "this is a database of another program", "name a file of its own for the history")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(connection: &Connection) -> Vec<String> {
        let mut statement =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn every_earlier_version_comes_to_the_same_form() {
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh, MIGRATIONS).unwrap();
        for start in 1..=MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            migrate(&mut old, &MIGRATIONS[..start]).unwrap();
            assert_eq!(version(&old).unwrap(), start);
            migrate(&mut old, MIGRATIONS).unwrap();
            assert_eq!(version(&old).unwrap(), MIGRATIONS.len());
            assert_eq!(form(&old), form(&fresh), "from version {start}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let mut old = Connection::open_in_memory().unwrap();
        migrate(&mut old, &MIGRATIONS[..1]).unwrap();
        let before = form(&old);
        let broken = [MIGRATIONS[0], "CREATE TABLE more (x); CREATE TABLE more (x);"];
        assert!(migrate(&mut old, &broken).is_err());
        assert_eq!((form(&old), version(&old).unwrap()), (before, 1));
    }
}
