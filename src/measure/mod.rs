//! Pure arithmetic on findings and notes, and on what reviewers say of them.

mod agreement;
mod change;
mod drift;
mod feedback;
mod join;
mod mix;
mod quality;
mod rank;
mod retire;
mod review;
mod sample;
mod score;
mod stats;
mod tally;
mod time;
mod weighted;

pub use agreement::{
    Bootstrap, Estimate, McNemar, Paired, alpha, alpha_interval, change, kappa, kappa_error, mcnemar, mean, pabak,
};
pub use change::{Change, contrast, like_for_like, newcombe, score_change};
pub use drift::{Drift, Halves};
pub use feedback::{Remark, Rework, Subject, proposed_weights, rework, unneeded};
pub use join::Gathered;
pub use mix::{Mix, mixes};
pub use quality::{Quality, fits};
pub use rank::{Basis, Verdict, critical_interval, places, score_interval, verdict, verdict_of};
pub use retire::{Never, Retire, RuleFigures};
pub use review::{
    Agreement, Among, Confusion, CriterionFigures, How, Opinion, PairFigures, Population, Talk, agreement,
};
pub use sample::{Chances, Share, Size, allocate, size};
pub use score::{Card, Loss, Method, Stake, score};
pub use stats::{mean_interval, normal_quantile, t_quantile, variance, wilson};
pub use tally::add_note;
pub use time::{Fields, Usual, fields, paces, usual};
pub use weighted::{DesignEstimate, Figure, Unit, design_estimate, weighted_median};
