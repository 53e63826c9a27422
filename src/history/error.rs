//! Why a history cannot be used.

use std::fmt;
use std::path::Path;

use rusqlite::ErrorCode;

/// What is wrong with a history, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryError {
    /// The file, its salt, or who is asked for is not what it should be.
    Unusable {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// Something could not be kept or erased.
    Failed {
        /// The file.
        file: String,
        /// What went wrong.
        message: String,
        /// What to do.
        help: String,
    },
}

impl HistoryError {
    pub(super) fn unusable(file: &Path, message: impl Into<String>, help: impl Into<String>) -> Self {
        HistoryError::Unusable { file: file.display().to_string(), message: message.into(), help: help.into() }
    }

    pub(super) fn failed(file: &Path, message: impl Into<String>, help: impl Into<String>) -> Self {
        HistoryError::Failed { file: file.display().to_string(), message: message.into(), help: help.into() }
    }

    pub(super) fn io(file: &Path, error: &std::io::Error) -> Self {
        Self::failed(file, format!("cannot be written: {error}"), "check the folder and the right to write in it")
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (HistoryError::Unusable { file, message, help } | HistoryError::Failed { file, message, help }) = self;
        write!(f, "{file}: {message}\n  help: {help}")
    }
}

impl std::error::Error for HistoryError {}

/// Says of which file an error of the database is.
pub(super) trait Within<T> {
    fn within(self, file: &Path) -> Result<T, HistoryError>;
}

impl<T> Within<T> for rusqlite::Result<T> {
    fn within(self, file: &Path) -> Result<T, HistoryError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                HistoryError::unusable(file, "this is no history", "name the file that `acw audit --history` wrote")
            }
            Some(ErrorCode::DatabaseCorrupt) => {
                HistoryError::unusable(file, format!("the history is damaged ({error})"), "take a copy that is whole")
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => HistoryError::failed(
                file,
                "another program holds the history",
                "try again when it is done; nothing was changed",
            ),
            Some(ErrorCode::DiskFull) => {
                HistoryError::failed(file, "the disk is full; nothing was changed", "make room and try again")
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => HistoryError::failed(
                file,
                format!("the history cannot be written ({error})"),
                "check the right to write the file and its folder",
            ),
            _ => HistoryError::failed(file, format!("the history cannot be used: {error}"), "nothing was changed"),
        })
    }
}
