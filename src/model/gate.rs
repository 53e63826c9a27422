//! Whether an export is good enough: the conditions of the gate and what became of them.

use super::{BasisPoints, Origin};

/// How loud a condition that is not met is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateLevel {
    /// It is said, and the gate is passed all the same.
    Warn,
    /// The gate is not passed.
    Fail,
}

impl GateLevel {
    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            GateLevel::Warn => "warn",
            GateLevel::Fail => "fail",
        }
    }
}

/// What a condition measures or allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A score or a share.
    Share(BasisPoints),
    /// A number of notes or rows.
    Count(u64),
}

/// On which side of its limit a figure must stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Not below.
    AtLeast,
    /// Not above.
    AtMost,
}

/// A note that speaks against a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it stands.
    pub origin: Origin,
    /// Its identifier.
    pub note: String,
    /// Who wrote it.
    pub agent: String,
}

/// A condition of the gate and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What is measured, for people: `score`, `notes with an error of sensitive`.
    pub name: String,
    /// The same for programs: `score`, `notes.sensitive`, `agents.score`.
    pub key: String,
    /// What was measured; `None` where nothing could be, which is no failure.
    pub figure: Option<Figure>,
    /// Of how many a count or share is told; 0 where it is neither.
    pub part: (u64, u64),
    /// On which side of the limits it must stay.
    pub bound: Bound,
    /// How many of the agents or teams must reach the limits; `None` where nobody is told one by one.
    pub mostly: Option<BasisPoints>,
    /// The limit beyond which it fails.
    pub fail: Option<Figure>,
    /// The limit beyond which it is said.
    pub warn: Option<Figure>,
    /// How loud it is; `None` where it is met.
    pub level: Option<GateLevel>,
    /// Who or what speaks against it: names of agents or teams, worst first, the first of them.
    pub names: Vec<String>,
    /// The first notes that speak against it.
    pub places: Vec<Place>,
}

impl Decided {
    /// The limit that was not kept, or the one that is to be kept.
    pub fn limit(&self) -> Option<Figure> {
        match self.level {
            Some(GateLevel::Warn) => self.warn,
            _ => self.fail.or(self.warn),
        }
    }
}

/// What became of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Every condition, in the order in which they are shown.
    pub conditions: Vec<Decided>,
    /// Whether nobody set conditions, so that the usual ones were asked for.
    pub usual: bool,
}

impl Verdict {
    /// The conditions of that level.
    pub fn at(&self, level: GateLevel) -> impl Iterator<Item = &Decided> {
        self.conditions.iter().filter(move |condition| condition.level == Some(level))
    }

    /// Whether the gate is passed: no condition fails.
    pub fn passed(&self) -> bool {
        self.at(GateLevel::Fail).next().is_none()
    }
}
