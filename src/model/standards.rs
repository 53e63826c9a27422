//! What a house holds its figures to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Length of the periods that figures are given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A calendar day.
    Day,
    /// A week of ISO 8601, from Monday.
    Week,
    /// A calendar month.
    #[default]
    Month,
}

impl Period {
    /// Every length, shortest first.
    pub const ALL: [Period; 3] = [Period::Day, Period::Week, Period::Month];

    /// The name in flags and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
        }
    }

    /// The period of a day, in a form that sorts: `2026-05-04`, `2026-W19`, `2026-05`.
    pub fn of(self, day: jiff::civil::Date) -> String {
        match self {
            Period::Day => day.to_string(),
            Period::Week => {
                let week = day.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Period::Month => format!("{:04}-{:02}", day.year(), day.month()),
        }
    }
}

/// Targets of single figures, in per cent where nothing else is said; a figure without one is only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Least share of notes that comply.
    #[serde(default)]
    pub compliance_rate: Option<u32>,
    /// Least mean critical score.
    #[serde(default)]
    pub critical_score: Option<u32>,
    /// Least customer-critical error accuracy.
    #[serde(default)]
    pub customer: Option<u32>,
    /// Least business-critical error accuracy.
    #[serde(default)]
    pub business: Option<u32>,
    /// Least compliance-critical error accuracy.
    #[serde(default)]
    pub compliance: Option<u32>,
    /// Least non-critical error accuracy.
    #[serde(default)]
    pub other: Option<u32>,
    /// Most after-call work as a share of the time worked.
    #[serde(default)]
    pub acw_percent: Option<u32>,
    /// Most after-call work on average, in seconds.
    #[serde(default)]
    pub acw_seconds: Option<u32>,
}

/// Targets, limits and how sure a figure must be before something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standards {
    /// Score, in per cent, from which a note counts as compliant, and that a mean is held to.
    pub target: u32,
    /// Targets of other figures.
    pub targets: Targets,
    /// Scored notes below which nobody gets a place or a verdict.
    pub min_notes: u64,
    /// Confidence of every interval, in per cent.
    pub confidence: u32,
    /// Length of the periods.
    pub period: Period,
    /// Longest after-call work within the limit, in seconds, of call types without one of their own.
    pub acw_limit: Option<u32>,
    /// The same by call type.
    pub acw_limits: BTreeMap<String, u32>,
    /// How far from the median of its call type a time is an outlier: the modified z-score, in hundredths.
    pub acw_spread: u32,
    /// Words below which a note is thin beside long after-call work.
    pub thin_words: usize,
}

impl Default for Standards {
    fn default() -> Self {
        Standards {
            target: 90,
            targets: Targets::default(),
            min_notes: 10,
            confidence: 95,
            period: Period::Month,
            acw_limit: None,
            acw_limits: BTreeMap::new(),
            acw_spread: 350,
            thin_words: 8,
        }
    }
}

impl Standards {
    /// The limit for after-call work of a call type, in seconds.
    pub fn limit(&self, call_type: Option<&str>) -> Option<u32> {
        call_type.and_then(|kind| self.acw_limits.get(kind)).copied().or(self.acw_limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_sort_as_text() {
        let day = jiff::civil::date(2027, 1, 2);
        assert_eq!(Period::Week.of(day), "2026-W53");
        assert_eq!(Period::Month.of(day), "2027-01");
        assert_eq!(Period::Day.of(day), "2027-01-02");
    }

    #[test]
    fn a_call_type_may_have_its_own_limit() {
        let standards = Standards {
            acw_limit: Some(120),
            acw_limits: BTreeMap::from([("complaint".into(), 240)]),
            ..Standards::default()
        };
        assert_eq!((standards.limit(Some("complaint")), standards.limit(None)), (Some(240), Some(120)));
    }
}
