//! Scores as integers.

/// A share or score in hundredths of a per cent: 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// The whole.
    pub const FULL: BasisPoints = BasisPoints(10_000);

    /// `part` of `whole`, rounded half up; `None` where the whole is nothing.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then(|| BasisPoints(((part * 20_000 + whole) / (2 * whole)) as u32))
    }

    /// Per cent with one decimal, as people read it: `87.5`.
    pub fn percent(self) -> String {
        let tenths = (self.0 + 5) / 10;
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    /// Per cent rounded to a whole number.
    pub fn rounded(self) -> u32 {
        (self.0 + 50) / 100
    }
}

/// Between what a figure may lie, with the confidence of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Lowest.
    pub low: BasisPoints,
    /// Highest.
    pub high: BasisPoints,
}

/// What one note earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Points kept.
    pub earned: u32,
    /// Points of everything that applied to the note.
    pub possible: u32,
    /// Share earned by the scorecard's method; `None` where nothing applied.
    pub share: Option<BasisPoints>,
    /// Share kept of the points of the critical rules; `None` where none of them applied.
    pub critical: Option<BasisPoints>,
    /// Whether a fatal rule failed: the note scores zero whatever else it earned.
    pub fatal: bool,
    /// Whether an auto-fail rule failed: the note does not count as compliant, its number is kept.
    pub auto_fail: bool,
}

impl Score {
    /// From 0 to 10,000; `None` where nothing applied.
    pub fn value(self) -> Option<BasisPoints> {
        self.or_zero(self.share)
    }

    /// The critical score, from 0 to 10,000: what was kept of the critical rules alone; `None` where none of them applied.
    pub fn critical_value(self) -> Option<BasisPoints> {
        self.or_zero(self.critical)
    }

    fn or_zero(self, share: Option<BasisPoints>) -> Option<BasisPoints> {
        share.map(|share| if self.fatal { BasisPoints(0) } else { share })
    }

    /// Whether the note reaches the target, in per cent; `None` where it has no score.
    pub fn complies(self, target: u32) -> Option<bool> {
        self.value().map(|value| !self.auto_fail && value >= BasisPoints(target * 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fatal_failure_is_zero_and_nothing_applicable_is_no_score() {
        let score = Score { share: Some(BasisPoints(9000)), critical: Some(BasisPoints(8000)), ..Score::default() };
        assert_eq!((score.value(), score.critical_value()), (Some(BasisPoints(9000)), Some(BasisPoints(8000))));
        let fatal = Score { fatal: true, ..score };
        assert_eq!((fatal.value(), fatal.critical_value()), (Some(BasisPoints(0)), Some(BasisPoints(0))));
        assert_eq!((Score::default().value(), Score::default().critical_value()), (None, None));
    }

    #[test]
    fn an_auto_fail_keeps_the_number_and_costs_the_compliance() {
        let score = Score { share: Some(BasisPoints(9500)), auto_fail: true, ..Score::default() };
        assert_eq!((score.value(), score.complies(90)), (Some(BasisPoints(9500)), Some(false)));
    }

    #[test]
    fn percentages_round_half_up() {
        assert_eq!(BasisPoints::of(2, 3).unwrap().percent(), "66.7");
        assert_eq!(BasisPoints::of(1, 8).unwrap().percent(), "12.5");
        assert_eq!(BasisPoints(9999).percent(), "100.0");
    }
}
