//! Plain data that every other room shares: no input or output, no patterns, no wording.

mod age;
mod agent;
mod condition;
mod day;
mod finding;
mod gate;
mod note;
mod outcome;
mod places;
mod report;
mod review;
pub mod sample;
mod score;
mod span;
mod standards;
mod times;

pub use age::Age;
pub(crate) use agent::critical_index;
pub use agent::{Acw, AgentSummary, CategoryTally, Scores, Tally};
pub use condition::Condition;
pub use day::Day;
pub use finding::{Category, Critical, Decision, Element, Finding, Severity, Standing};
pub use gate::{Bound, Decided, Figure, GateLevel, Place, Verdict};
pub use note::{Disposition, Note, Origin, Role};
pub use outcome::{Hit, NotApplicable, Outcome};
pub use places::{Exported, Places, Twice};
pub use report::{
    AuditedNote, Cell, DecisionsMet, Dimension, Group, LeftOut, Problem, Question, Report, RunInfo, Skipped,
};
pub use review::{Answer, Criterion, Found, RemarkKind, ReviewedNote, Reviews, SheetRemark};
pub use score::{BasisPoints, Interval, Score};
pub use span::Span;
pub use standards::{Period, Standards, Targets};
pub use times::Times;
