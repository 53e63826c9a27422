//! Runs the rules over every note, on all cores, in bounded memory, in the order of the input.

mod collect;
pub mod decisions;
mod fingerprint;
mod judge;
mod run;
mod twice;

pub use decisions::{Decisions, DecisionsError};
pub use judge::{Workspaces, audit_note, judged, kept_rules};
pub use run::{AuditError, Options, Picked, Progress, pick, run};
