//! The figures of everybody, a team, an agent, a period: what every output shows of them, each with its interval.

use serde::Serialize;

use crate::measure::{
    Basis, Fields, Mix, Usual, Verdict, critical_interval, fields, mixes, places, score_interval, usual, verdict,
    verdict_of, wilson,
};
use crate::model::{BasisPoints, Critical, Interval, Report, Tally, Targets};

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
    /// There is nothing to compare, or too little to say anything of it.
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

/// Key of a verdict's name.
pub(super) const fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TooFew => "too_few",
        Verdict::Reached => "reached",
        Verdict::Missed => "missed",
        Verdict::Open => "open",
    }
}

/// The kinds of critical errors, by the keys of their names.
pub(crate) const CRITICAL: [(&str, Option<Critical>); 4] = [
    ("customer", Some(Critical::Customer)),
    ("business", Some(Critical::Business)),
    ("compliance", Some(Critical::Compliance)),
    ("other", None),
];

/// A share in hundredths of a per cent with its interval; nothing of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Share {
    pub(crate) share: Option<u32>,
    pub(crate) low: Option<u32>,
    pub(crate) high: Option<u32>,
}

impl Share {
    fn new(share: Option<BasisPoints>, interval: Option<Interval>) -> Self {
        Share { share: share.map(|s| s.0), low: interval.map(|i| i.low.0), high: interval.map(|i| i.high.0) }
    }

    /// So many of so many, with Wilson's interval.
    pub(crate) fn of(part: u64, whole: u64, confidence: u32) -> Self {
        Share::new(BasisPoints::of(part, whole), wilson(part, whole, confidence))
    }

    /// A mean score.
    pub(crate) fn score(tally: &Tally, basis: Basis<'_>) -> Self {
        Share::new(tally.score(), score_interval(tally, basis))
    }
}

/// Share of notes without a failure of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Accuracy {
    /// Key of its name.
    pub(super) kind: &'static str,
    pub(super) share: Option<u32>,
    pub(super) low: Option<u32>,
    pub(super) high: Option<u32>,
    /// From the one to the other.
    pub(super) range: Option<u32>,
    /// Its target in per cent, where it has one, and how it stands to it.
    pub(super) target: Option<u32>,
    pub(super) verdict: Option<&'static str>,
}

/// What is known of everybody or of one agent. Shares and scores are hundredths of a per cent, times are seconds.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) notes: u64,
    pub(super) scored: u64,
    pub(super) score: Option<u32>,
    pub(super) low: Option<u32>,
    pub(super) high: Option<u32>,
    pub(super) tone: Tone,
    pub(super) verdict: &'static str,
    pub(super) compliance: Option<u32>,
    pub(super) compliance_low: Option<u32>,
    pub(super) compliance_high: Option<u32>,
    pub(super) compliance_target: Option<u32>,
    pub(super) compliant: u64,
    /// Mean critical score; its target in per cent, where it has one, and how it stands to it.
    pub(super) critical: Share,
    pub(super) critical_target: Option<u32>,
    pub(super) critical_verdict: Option<&'static str>,
    pub(super) accuracies: Vec<Accuracy>,
    pub(super) findings: u64,
    pub(super) clean: u64,
    pub(super) fatal: u64,
    pub(super) auto_failed: u64,
    pub(super) acw: Option<u64>,
    /// Most seconds on average, where there is a target.
    pub(super) acw_target: Option<u32>,
    /// Notes whose time is told, that of zero among them; of zero alone; not told.
    pub(super) acw_notes: u64,
    pub(super) acw_zero: u64,
    pub(super) acw_missing: u64,
    /// Share of the times over the limit, where there is one.
    pub(super) acw_over: Share,
    pub(super) talk: Option<u64>,
    /// The target in per cent.
    pub(super) target: u32,
}

impl Figures {
    pub(super) fn of(tally: &Tally, basis: Basis<'_>) -> Self {
        let standards = basis.standards;
        let confidence = standards.confidence;
        let score = Share::score(tally, basis);
        let critical = critical_interval(tally, basis);
        let critical_target = standards.targets.critical_score;
        let critical_verdict = |target| verdict_of(critical, tally.critical_scores.notes, target, standards);
        let compliance = Share::of(tally.compliant, tally.scores.notes, confidence);
        let accuracies = CRITICAL.map(|(kind, critical)| {
            let Share { share, low, high } = Share::of(tally.without(critical), tally.judged(), confidence);
            let target = accuracy_target(&standards.targets, critical);
            let interval = wilson(tally.without(critical), tally.judged(), confidence);
            let verdict = target.map(|target| verdict_key(verdict_of(interval, tally.judged(), target, standards)));
            let range = low.zip(high).map(|(low, high)| high - low);
            Accuracy { kind, share, low, high, range, target, verdict }
        });
        Figures {
            notes: tally.notes,
            scored: tally.scores.notes,
            score: score.share,
            low: score.low,
            high: score.high,
            // A colour is a verdict, and there is none of a few notes.
            tone: Tone::of(tally.score().filter(|_| tally.scores.notes >= standards.min_notes), standards.target),
            verdict: verdict_key(verdict(tally, basis)),
            compliance: compliance.share,
            compliance_low: compliance.low,
            compliance_high: compliance.high,
            compliance_target: standards.targets.compliance_rate,
            compliant: tally.compliant,
            critical: Share::new(tally.critical_scores.mean(), critical),
            critical_target,
            critical_verdict: critical_target.map(|target| verdict_key(critical_verdict(target))),
            accuracies: accuracies.into(),
            findings: tally.findings(),
            clean: tally.clean,
            fatal: tally.fatal,
            auto_failed: tally.auto_failed,
            acw: tally.mean_acw(),
            acw_target: standards.targets.acw_seconds,
            acw_notes: tally.acw.notes,
            acw_zero: tally.acw.zero,
            acw_missing: tally.notes - tally.acw.notes,
            acw_over: Share::of(tally.acw.over, tally.acw.limited, confidence),
            talk: tally.mean_talk(),
            target: standards.target,
        }
    }
}

/// The target of an error accuracy, in per cent.
fn accuracy_target(targets: &Targets, critical: Option<Critical>) -> Option<u32> {
    match critical {
        Some(Critical::Customer) => targets.customer,
        Some(Critical::Business) => targets.business,
        Some(Critical::Compliance) => targets.compliance,
        None => targets.other,
    }
}

/// Places that somebody could hold.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Place {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Whether it is one place alone.
    pub(super) sole: bool,
}

impl Place {
    pub(super) fn of((first, last): (usize, usize)) -> Self {
        Place { first, last, sole: first == last }
    }
}

/// What is told of the agents only side by side, in the order of the report.
pub(super) struct Compared {
    /// Places that each could hold.
    pub(super) places: Vec<Option<(usize, usize)>>,
    /// Like with like.
    pub(super) mixes: Vec<Option<Mix>>,
    /// Time against quality.
    pub(super) fields: Vec<Fields>,
    /// What call types usually take.
    pub(super) usual: Vec<(Option<String>, Usual)>,
}

impl Compared {
    pub(super) fn of(report: &Report) -> Self {
        let standards = &report.run.standards;
        let tallies: Vec<&Tally> = report.agents.iter().map(|agent| &agent.tally).collect();
        let usual = usual(&report.cells);
        Compared {
            places: places(&tallies, Basis::of(&report.total, standards)),
            mixes: mixes(&report.cells, report.agents.len()),
            fields: fields(&report.cells, report.agents.len(), &usual, standards),
            usual: usual.into_iter().collect(),
        }
    }
}

/// After-call work as a share of the time worked: of an agent, team or period, of the time that it worked; of a call type, channel or
/// segment, for which nobody works, of the time that all worked.
pub(super) fn time_share(tally: &Tally, worked: Option<u64>) -> Option<u32> {
    BasisPoints::of(tally.acw.seconds, worked?).map(|share| share.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Standards;

    #[test]
    fn a_few_notes_have_no_colour() {
        let standards = Standards { target: 90, min_notes: 3, ..Standards::default() };
        let tone = |scored: u64| {
            let mut tally = Tally { notes: 5, ..Tally::default() };
            (0..scored).for_each(|_| tally.scores.add(BasisPoints(4_000)));
            Figures::of(&tally, Basis::of(&tally, &standards)).tone
        };
        assert_eq!((tone(2), tone(3)), (Tone::None, Tone::Poor));
    }
}
