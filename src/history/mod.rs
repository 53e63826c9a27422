//! What runs leave behind, if asked to: an SQLite file of scores by note, from which trends come.
//!
//! A note stands under a keyed hash of its identifier, a customer under a keyed hash always, an agent as the export has it or,
//! where the house wants pseudonyms, under a keyed hash too. No text of a note and no excerpt is kept. The key of the hashes (the
//! salt) stands in a file of its own, so that the history alone tells nobody's name.
//!
//! A note scored again by the same rules is replaced; scored by other rules it is kept beside, as a re-score. What judged (program,
//! rule files, settings) is a [`Ruleset`] with a number of its own in the file, so that a change of the rules is never
//! read as a change of the people.

mod effect;
mod error;
mod forget;
mod moves;
mod record;
mod runs;
mod salt;
mod schema;
mod select;
mod store;
mod trend;

pub use effect::{Effect, EffectOptions, Failing, Others, Side, Verdict, Why};
pub use error::HistoryError;
pub use forget::{Forgotten, Pruned, Subject};
pub use moves::{Moved, Moves};
pub use record::{Judge, Kept, Recorder, RuleInForce};
pub use runs::Run;
pub use select::{Ruleset, Who};
pub use store::{Access, History};
pub use trend::{By, Line, Trend, TrendOptions};
