//! Pure arithmetic on findings and notes.

mod change;
mod feedback;
mod mix;
mod quality;
mod rank;
mod sample;
mod score;
mod stats;
mod tally;
mod time;
mod weighted;

pub use change::{Change, Sample, contrast, like_for_like, newcombe, score_change};
pub use feedback::{Remark, Rework, Subject, proposed_weights, rework, unneeded};
pub use mix::{Mix, mixes};
pub use quality::{Quality, fits};
pub use rank::{Basis, Verdict, places, score_interval, verdict, verdict_of};
pub use sample::{Allocation, Chances, Share, Size, allocate, size};
pub use score::{Card, Loss, Method, Stake, score};
pub use stats::{mean_interval, normal_quantile, t_quantile, wilson};
pub use tally::add_note;
pub use time::{Fields, Usual, fields, usual};
pub use weighted::{DesignEstimate, Figure, Unit, design_estimate, weighted_median};
