//! What can go wrong, and the only exit codes.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done, whatever was found |
//! | 1 | the gate is not met (`acw check`), examples of rules failed (`acw rules test`), or the linter has remarks (`acw rules lint`) |
//! | 2 | wrong usage of the command line |
//! | 3 | an input (export, roster, sheet, manifest, feedback, history) cannot be read or understood, or goes beyond a limit |
//! | 4 | rules, configuration or the file of decisions are broken |
//! | 5 | a result cannot be written; what stood in its place before stays whole |
//! | 6 | an export breaks the contract |
//! | 7 | a fault of acw itself: it is told where, and what to report |

use std::io;
use std::process::ExitCode;

use super::colour;
use crate::audit::{AuditError, BaselineError, DecisionsError};
use crate::config::ConfigError;
use crate::history::HistoryError;
use crate::input::InputError;
use crate::rules::RulesError;
use crate::sampling::SamplingError;
use crate::text::cell;

/// A failed run.
#[derive(Debug)]
pub enum Failure {
    /// The gate is not met, or rules do not keep their word; what is wrong was printed.
    Remarks,
    /// Wrong usage; empty where clap has printed it.
    Usage(String),
    /// The input.
    Input(String),
    /// Rules or configuration.
    Rules(String),
    /// The output.
    Output(String),
    /// An export breaks the contract; empty where what is wrong was printed.
    Contract(String),
    /// A fault of acw itself; it was told where it happened.
    Fault,
    /// The reader of our output went away, which is no fault.
    BrokenPipe,
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Failure::BrokenPipe => 0,
            Failure::Remarks => 1,
            Failure::Usage(_) => 2,
            Failure::Input(_) => 3,
            Failure::Rules(_) => 4,
            Failure::Output(_) => 5,
            Failure::Contract(_) => 6,
            Failure::Fault => 7,
        })
    }

    /// Prints the message on standard error.
    pub(super) fn print(&self) {
        use std::io::Write as _;
        if let Failure::Usage(message)
        | Failure::Input(message)
        | Failure::Rules(message)
        | Failure::Output(message)
        | Failure::Contract(message) = self
            && !message.is_empty()
        {
            let _ = writeln!(io::stderr(), "{} {}", colour::name(true), cell::terminal(message));
        }
    }

    /// A failure to write to standard output.
    pub(super) fn writing(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::BrokenPipe
        } else if error.to_string().contains("\n  help: ") {
            // A file that says itself what is to be done.
            Failure::Output(format!("cannot write: {error}"))
        } else {
            Failure::Output(format!(
                "cannot write: {error}\n  help: what was printed is not whole; make room where standard output goes, and run it again"
            ))
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Rules(error.to_string())
    }
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        Failure::Rules(error.to_string())
    }
}

impl From<DecisionsError> for Failure {
    fn from(error: DecisionsError) -> Self {
        Failure::Rules(error.to_string())
    }
}

impl From<BaselineError> for Failure {
    fn from(error: BaselineError) -> Self {
        match error {
            BaselineError::Unusable(..) => Failure::Input(error.to_string()),
            BaselineError::Unwritten(..) => Failure::Output(error.to_string()),
        }
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Failure::Input(error.to_string())
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Input(error) => error.into(),
            AuditError::Contract(_) => Failure::Contract(error.to_string()),
            AuditError::Output(error) => Failure::writing(&error),
        }
    }
}

impl From<SamplingError> for Failure {
    fn from(error: SamplingError) -> Self {
        match error {
            SamplingError::Usage(message) => Failure::Usage(message),
            SamplingError::Input(error) => error.into(),
            SamplingError::Contract(message) => Failure::Contract(message),
            SamplingError::Output(error) => Failure::Output(error.to_string()),
        }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Unusable { .. } => Failure::Input(error.to_string()),
            HistoryError::Failed { .. } => Failure::Output(error.to_string()),
        }
    }
}
