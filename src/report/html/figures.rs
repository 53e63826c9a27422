//! Figures that the team, an agent and a note share.

use serde::Serialize;

use crate::model::{BasisPoints, Critical, Tally};

/// How a score stands to the target; templates turn it into a colour and never into the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    /// At or above the target.
    Good,
    /// Less than ten points below.
    Near,
    /// Further below.
    Poor,
    /// There is nothing to compare.
    None,
}

impl Tone {
    /// Of a score, against a target in per cent.
    pub(super) fn of(score: Option<BasisPoints>, target: u32) -> Self {
        match score {
            None => Tone::None,
            Some(score) if score.0 >= target * 100 => Tone::Good,
            Some(score) if score.0 + 1_000 >= target * 100 => Tone::Near,
            Some(_) => Tone::Poor,
        }
    }
}

/// Share of notes without a failure of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Accuracy {
    /// Key of its name.
    pub(super) kind: &'static str,
    pub(super) share: Option<u32>,
}

/// What is known of everybody or of one agent. Shares and scores are hundredths of a per cent.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) notes: u64,
    pub(super) score: Option<u32>,
    pub(super) tone: Tone,
    pub(super) compliance: Option<u32>,
    pub(super) compliant: u64,
    pub(super) accuracies: Vec<Accuracy>,
    pub(super) findings: u64,
    pub(super) clean: u64,
    pub(super) fatal: u64,
    pub(super) acw: Option<u64>,
    pub(super) talk: Option<u64>,
    /// The target in per cent, and on the scale of the scores.
    pub(super) target: u32,
    pub(super) target_mark: u32,
}

impl Figures {
    pub(super) fn of(tally: &Tally, target: u32) -> Self {
        let accuracy =
            |kind, critical| Accuracy { kind, share: tally.accuracy(critical).map(|share: BasisPoints| share.0) };
        Figures {
            notes: tally.notes,
            score: tally.score().map(|score| score.0),
            tone: Tone::of(tally.score(), target),
            compliance: tally.compliance_rate().map(|rate| rate.0),
            compliant: tally.compliant,
            accuracies: vec![
                accuracy("customer", Some(Critical::Customer)),
                accuracy("business", Some(Critical::Business)),
                accuracy("compliance", Some(Critical::Compliance)),
                accuracy("other", None),
            ],
            findings: tally.findings(),
            clean: tally.clean,
            fatal: tally.fatal,
            acw: tally.mean_acw(),
            talk: tally.mean_talk(),
            target,
            target_mark: target * 100,
        }
    }
}
