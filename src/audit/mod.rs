//! Runs the rules over every note, on all cores, in bounded memory, in the order of the input.

mod baseline;
mod batches;
mod collect;
pub mod decisions;
mod fingerprint;
mod gate;
mod judge;
mod lanes;
mod run;
mod shares;
mod survey;
mod twice;

pub use baseline::{Baseline, BaselineError, Compared};
pub use decisions::{Decisions, DecisionsError};
pub use gate::Gate;
pub use judge::{Workspaces, audit_note, judged, kept_rules};
pub use run::{AuditError, Options, Picked, Progress, open, pick, run, run_opened};
