//! Whether what is asked for can be drawn.

use crate::model::sample::{Allocation, Clause, Key, Kind, Plan, Size};
use crate::rules::Rulebook;

// The type stands among the plain data, where the manifest's reader needs it.
impl Plan {
    /// Whether the frame needs to know what the rules find.
    pub fn needs_audit(&self) -> bool {
        self.kind == Kind::RiskBased
            || (self.kind == Kind::Stratified && self.allocation == Allocation::Neyman)
            || self.conditions.iter().any(Clause::asks_for_findings)
    }

    /// What notes must meet, as written.
    pub(super) fn target(&self) -> String {
        self.conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
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
