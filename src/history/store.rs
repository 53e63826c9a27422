//! An open history.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::error::Within;
use super::salt::{PSEUDONYM, Salt};
use super::{HistoryError, schema};

/// Where a history and its salt are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The history.
    pub file: PathBuf,
    /// The file of the salt, where it is not the history's name and `.salt`.
    pub salt: Option<PathBuf>,
}

impl Access {
    pub(super) fn salt_file(&self) -> PathBuf {
        self.salt.clone().unwrap_or_else(|| Salt::beside(&self.file))
    }
}

/// An open history, in the form of today.
pub struct History {
    pub(super) connection: Connection,
    pub(super) file: PathBuf,
    /// Where the salt is, or should be.
    salt_file: PathBuf,
    salt: Option<Salt>,
    /// Whether agents stand under pseudonyms.
    pub(super) pseudonyms: bool,
}

impl History {
    /// Opens a history that is there, to read or to erase; without its salt nobody in it can be named who stands under a hash.
    ///
    /// # Errors
    /// No such file, none of ours, one of a newer program, one held by another program; a salt that is not its own.
    pub fn open(access: &Access) -> Result<Self, HistoryError> {
        let connection = schema::open(&access.file, false)?;
        let salt_file = access.salt_file();
        let salt = Salt::read(&salt_file)?;
        Self::checked(connection, access, salt_file, salt)
    }

    /// Opens a history to keep a run in it, and makes it and its salt where there is none.
    ///
    /// A history keeps agents under pseudonyms from its first run on or never: else an agent would stand in it twice, once in
    /// clear. `pseudonyms` decides for a new one; one with pseudonyms goes on with them also where they are not asked for.
    ///
    /// # Errors
    /// Those of [`History::open`]; pseudonyms asked of a history that has none; a history whose salt is gone.
    pub fn create(access: &Access, pseudonyms: bool) -> Result<Self, HistoryError> {
        let connection = schema::open(&access.file, true)?;
        let salt_file = access.salt_file();
        let salt = match meta(&connection, "salt").within(&access.file)? {
            Some(_) => Salt::read(&salt_file)?.ok_or_else(|| no_salt(&salt_file))?,
            None => Salt::read_or_create(&salt_file)?,
        };
        let settled = [("salt", salt.check()), ("pseudonyms", u8::from(pseudonyms).to_string())];
        for (key, value) in settled {
            connection
                .execute("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", [key, &value])
                .within(&access.file)?;
        }
        let history = Self::checked(connection, access, salt_file, Some(salt))?;
        if pseudonyms && !history.pseudonyms {
            return Err(HistoryError::unusable(
                &access.file,
                "this history keeps agents as the export has them, and cannot go on with pseudonyms",
                "start a new file with --pseudonyms, and delete this one if names must go",
            ));
        }
        Ok(history)
    }

    fn checked(
        connection: Connection,
        access: &Access,
        salt_file: PathBuf,
        salt: Option<Salt>,
    ) -> Result<Self, HistoryError> {
        let known = meta(&connection, "salt").within(&access.file)?;
        if let (Some(known), Some(salt)) = (&known, &salt)
            && *known != salt.check()
        {
            return Err(HistoryError::unusable(
                &salt_file,
                format!("this is not the salt of {}", access.file.display()),
                "name the right one with --salt-file; with another nobody could be found again",
            ));
        }
        let pseudonyms = meta(&connection, "pseudonyms").within(&access.file)?.as_deref() == Some("1");
        Ok(History { connection, file: access.file.clone(), salt_file, salt, pseudonyms })
    }

    /// The salt.
    ///
    /// # Errors
    /// It is gone.
    pub(super) fn salt(&self) -> Result<&Salt, HistoryError> {
        self.salt.as_ref().ok_or_else(|| no_salt(&self.salt_file))
    }

    /// How an agent of an export stands in this history.
    ///
    /// # Errors
    /// Agents stand under pseudonyms and the salt is gone.
    pub fn stands_as(&self, agent: &str) -> Result<String, HistoryError> {
        if self.pseudonyms { Ok(self.salt()?.pseudonym(agent)) } else { Ok(agent.trim().to_owned()) }
    }

    /// How an agent stands in this history whom the user names as in the export, or as the tables show it.
    ///
    /// # Errors
    /// Those of [`History::stands_as`], but for a pseudonym.
    pub(super) fn known_as(&self, agent: &str) -> Result<String, HistoryError> {
        let shown = self.pseudonyms && agent.trim().strip_prefix(PSEUDONYM).is_some_and(|rest| rest.len() == 16);
        if shown { Ok(agent.trim().to_owned()) } else { self.stands_as(agent) }
    }
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

fn no_salt(file: &Path) -> HistoryError {
    HistoryError::unusable(
        file,
        "the salt of the history is not there",
        "put it back or name it with --salt-file; without it notes, customers and pseudonyms cannot be known again",
    )
}
