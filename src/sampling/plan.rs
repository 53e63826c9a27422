//! What sample is asked for.

use serde::{Deserialize, Serialize};

use super::{Clause, Key};
use crate::measure::Allocation;
use crate::model::Period;
use crate::rules::Rulebook;

/// How the notes of a sample come about, which decides what may be said with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every note with the same chance.
    Random,
    /// So many of each stratum, at random within it.
    Stratified,
    /// The more likely the more its findings cost.
    RiskBased,
    /// What was looked for.
    Targeted,
}

impl Kind {
    /// The name in manifests and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::Stratified => "stratified",
            Kind::RiskBased => "risk_based",
            Kind::Targeted => "targeted",
        }
    }

    /// Whether the plain picture of the sample is a fair picture of the population, stratum by stratum.
    pub const fn representative(self) -> bool {
        matches!(self, Kind::Random | Kind::Stratified)
    }

    /// What may be done with such a sample, for its label.
    pub const fn about(self) -> &'static str {
        match self {
            Kind::Random => {
                "Random sample: every note had the same chance. Its figures stand for all notes, within their intervals."
            }
            Kind::Stratified => {
                "Stratified random sample: weighed by its strata, its figures stand for all notes, within their intervals."
            }
            Kind::RiskBased => {
                "Risk-based sample, biased on purpose: what costs more was drawn more often. Never average it with a random sample, \
                 nor its notes without their weights."
            }
            Kind::Targeted => {
                "Targeted sample, biased on purpose: it holds what was looked for, and says nothing of other notes. Never average \
                 it with a random sample."
            }
        }
    }
}

/// How many notes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// So many in all.
    Notes(u64),
    /// So many per cent of the population, rounded up.
    Share(f64),
    /// So many of each stratum, or all that it has.
    PerStratum(u64),
    /// All.
    All,
}

/// A sample as asked for; with the same export and rules it always gives the same notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How notes are drawn.
    pub kind: Kind,
    /// How many.
    pub size: Size,
    /// By what strata are made; empty but for stratified samples.
    pub by: Vec<Key>,
    /// How notes are shared out among strata.
    pub allocation: Allocation,
    /// What notes must meet to be looked at at all; all of these.
    #[serde(rename = "where")]
    pub conditions: Vec<Clause>,
    /// Length of a period.
    pub period: Period,
    /// Points added to what each note's findings cost, in a risk-based sample: a clean note's chance.
    pub floor: u32,
    /// The same seed gives the same notes.
    pub seed: u64,
}

impl Plan {
    /// Whether the frame needs to know what the rules find.
    pub fn needs_audit(&self) -> bool {
        self.kind == Kind::RiskBased
            || (self.kind == Kind::Stratified && self.allocation == Allocation::Neyman)
            || self.conditions.iter().any(Clause::asks_for_findings)
    }

    /// Whether what was asked for makes sense.
    ///
    /// # Errors
    /// What does not, and what to ask for instead.
    pub fn check(&self, book: &Rulebook) -> Result<(), String> {
        let stratified = self.kind == Kind::Stratified;
        if stratified && self.by.is_empty() {
            let names: Vec<&str> = Key::ALL.into_iter().map(Key::name).collect();
            return Err(format!("a stratified sample needs strata\n  help: add --by with some of {}", names.join(",")));
        }
        if !stratified && !self.by.is_empty() {
            return Err("--by makes strata\n  help: add --kind stratified".into());
        }
        if !stratified && self.allocation != Allocation::Proportional {
            return Err("--allocation shares notes out among strata\n  help: add --kind stratified --by KEY".into());
        }
        if !stratified && matches!(self.size, Size::PerStratum(_)) {
            return Err("--per-stratum needs strata\n  help: add --kind stratified --by KEY".into());
        }
        match (self.kind, self.size) {
            (_, Size::Notes(0) | Size::PerStratum(0)) => {
                return Err(
                    "a sample of no notes tells nothing\n  help: `acw sample size` tells how many are enough".into()
                );
            }
            (Kind::Random | Kind::Stratified | Kind::RiskBased, Size::All) => {
                let help =
                    "give --size, --share or, of a stratified sample, --per-stratum; `acw sample size` tells how many";
                return Err(format!("how many notes?\n  help: {help}"));
            }
            _ => {}
        }
        if self.kind == Kind::Targeted && self.conditions.is_empty() {
            return Err(
                "a targeted sample needs a target\n  help: add --where rule=ID, category=NAME, agent=ID…".into()
            );
        }
        if self.kind != Kind::Targeted
            && let Some(clause) = self.conditions.iter().find(|clause| clause.picks())
        {
            return Err(format!(
                "--where {clause}: notes that are picked for what is in them are no fair picture of the others\n  \
                 help: say so with --kind targeted"
            ));
        }
        self.conditions.iter().try_for_each(|clause| clause.check(book))
    }
}
