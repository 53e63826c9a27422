//! The gate: counts, note by note, what its conditions ask for, and decides at the end.

use crate::config::{EachSpec, GateSpec, Limit, Limits};
use crate::model::{
    AuditedNote, BasisPoints, Bound, Category, Critical, Decided, Dimension, Figure, GateLevel, Place, Report,
    Severity, Tally, Verdict,
};
use crate::rules::Rulebook;
use crate::yaml::did_you_mean;

/// Names and notes that are kept of what speaks against a condition.
const KEPT: usize = 3;

/// Watches the notes of a run.
#[derive(Debug)]
pub struct Gate {
    spec: GateSpec,
    usual: bool,
    watched: Vec<Watched>,
}

/// An error that is to be rare.
#[derive(Debug)]
struct Watched {
    name: String,
    key: String,
    error: ErrorKind,
    limits: Limits,
    notes: u64,
    places: Vec<Place>,
}

/// Which findings make the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorKind {
    Category(Category),
    Severity(Severity),
    Rule(usize),
    CriticalFor(Critical),
}

impl Gate {
    /// The gate of these conditions; without any, the usual ones: the target as mean score, and no critical finding.
    ///
    /// # Errors
    /// A name under `notes` that is no category, no severity and no rule in force: the name and what to do.
    pub fn of(spec: Option<GateSpec>, book: &Rulebook) -> Result<Self, (String, String)> {
        let usual = spec.is_none();
        let spec = spec.unwrap_or_else(|| GateSpec {
            score: Some(Limits { fail: Some(Limit::whole(book.scorecard.target)), warn: None }),
            notes: [(Severity::Critical.name().to_owned(), Limits { fail: Some(Limit::whole(0)), warn: None })].into(),
            ..GateSpec::default()
        });
        let mut watched = Vec::new();
        for (name, limits) in &spec.notes {
            let error = ErrorKind::named(name, book).ok_or_else(|| {
                (name.clone(), format!("`{name}` is no category, no severity and no rule in force{}", near(name, book)))
            })?;
            watched.push(Watched::of(
                format!("notes with an error of `{name}`"),
                format!("notes.{name}"),
                error,
                *limits,
            ));
        }
        for (critical, limits) in &spec.critical_for {
            let name = critical_name(*critical);
            let error = ErrorKind::CriticalFor(*critical);
            watched.push(Watched::of(
                format!("notes with an error critical for {name}"),
                format!("critical_for.{name}"),
                error,
                *limits,
            ));
        }
        Ok(Gate { spec, usual, watched })
    }

    /// Counts a note.
    pub fn note(&mut self, note: &AuditedNote, book: &Rulebook) {
        for watched in &mut self.watched {
            if note
                .findings
                .iter()
                .any(|finding| watched.error.is(finding.rule, finding.category, finding.severity, book))
            {
                watched.notes += 1;
                if watched.places.len() < KEPT {
                    watched.places.push(Place {
                        origin: note.note.origin.clone(),
                        note: note.note.id.to_string(),
                        agent: note.note.agent.to_string(),
                    });
                }
            }
        }
    }

    /// What becomes of each condition.
    pub fn decide(self, report: &Report) -> Verdict {
        let total = &report.total;
        let mut conditions = Vec::new();
        let whole = |name: &str, limits: Option<Limits>, share: Option<BasisPoints>| {
            let limits = limits?;
            Some(decided(Decided {
                fail: limits.fail.map(Limit::share),
                warn: limits.warn.map(Limit::share),
                figure: share.map(Figure::Share),
                ..condition(&name.replace('_', " "), name, Bound::AtLeast)
            }))
        };
        conditions.extend(whole("score", self.spec.score, total.score()));
        conditions.extend(whole("compliance_rate", self.spec.compliance_rate, total.compliance_rate()));
        let teams: Vec<(&str, &Tally)> =
            report.group(Dimension::Team).iter().map(|group| (group.value.as_str(), &group.tally)).collect();
        let agents: Vec<(&str, &Tally)> =
            report.agents.iter().map(|agent| (agent.agent.as_str(), &agent.tally)).collect();
        for (key, spec, all) in [("teams", &self.spec.teams, teams), ("agents", &self.spec.agents, agents)] {
            if let Some(spec) = spec {
                conditions.push(each(key, spec, &all, report.run.standards.min_notes));
            }
        }
        for watched in self.watched {
            conditions.push(decided(Decided {
                places: watched.places,
                ..counted(&watched.name, &watched.key, watched.limits, watched.notes, total.judged())
            }));
        }
        if total.judged() == 0 {
            // A gate that nothing was held against would let everything through.
            conditions.push(Decided {
                figure: Some(Figure::Count(0)),
                part: (0, total.notes),
                fail: Some(Figure::Count(1)),
                level: Some(GateLevel::Fail),
                ..condition("notes that could be judged", "judged", Bound::AtLeast)
            });
        }
        if let Some(limits) = self.spec.unreadable {
            let (rows, unread) = (report.run.rows, report.run.rejected);
            conditions.push(decided(counted("rows that cannot be read", "unreadable", limits, unread, rows)));
        }
        Verdict { conditions, usual: self.usual }
    }
}

impl Watched {
    fn of(name: String, key: String, error: ErrorKind, limits: Limits) -> Self {
        Watched { name, key, error, limits, notes: 0, places: Vec::new() }
    }
}

impl ErrorKind {
    fn named(name: &str, book: &Rulebook) -> Option<Self> {
        let category = Category::ALL.into_iter().find(|category| category.name() == name).map(ErrorKind::Category);
        let severity = || Severity::ALL.into_iter().find(|severity| severity.name() == name).map(ErrorKind::Severity);
        let rule = || book.rules.iter().position(|rule| rule.id == name).map(ErrorKind::Rule);
        category.or_else(severity).or_else(rule)
    }

    fn is(self, rule: usize, category: Category, severity: Severity, book: &Rulebook) -> bool {
        match self {
            ErrorKind::Category(wanted) => category == wanted,
            ErrorKind::Severity(wanted) => severity == wanted,
            ErrorKind::Rule(wanted) => rule == wanted,
            ErrorKind::CriticalFor(wanted) => book.rules[rule].critical == Some(wanted),
        }
    }
}

const fn critical_name(critical: Critical) -> &'static str {
    match critical {
        Critical::Customer => "customer",
        Critical::Business => "business",
        Critical::Compliance => "compliance",
    }
}

fn near(name: &str, book: &Rulebook) -> String {
    let categories = Category::ALL.iter().map(|category| category.name());
    let severities = Severity::ALL.iter().map(|severity| severity.name());
    did_you_mean(name, categories.chain(severities).chain(book.rules.iter().map(|rule| rule.id.as_str())))
}

/// A condition about which nothing is known yet.
fn condition(name: &str, key: &str, bound: Bound) -> Decided {
    Decided {
        name: name.to_owned(),
        key: key.to_owned(),
        figure: None,
        part: (0, 0),
        bound,
        mostly: None,
        fail: None,
        warn: None,
        level: None,
        names: Vec::new(),
        places: Vec::new(),
    }
}

/// Something that is counted and must not be too much.
fn counted(name: &str, key: &str, limits: Limits, part: u64, of: u64) -> Decided {
    let fail = limits.fail.map(Limit::allowed);
    let warn = limits.warn.map(Limit::allowed);
    Decided { part: (part, of), fail, warn, figure: Some(Figure::Count(part)), ..condition(name, key, Bound::AtMost) }
}

/// What each of a kind with enough scored notes must reach; the share of them that reach it is held against `mostly`.
fn each(key: &str, spec: &EachSpec, all: &[(&str, &Tally)], min_notes: u64) -> Decided {
    let enough: Vec<_> = all
        .iter()
        .filter(|(_, tally)| tally.scores.notes >= min_notes)
        .filter_map(|(name, tally)| Some((tally.score()?, *name)))
        .collect();
    let mostly = spec.mostly.map_or(BasisPoints::FULL, |mostly| match mostly.share() {
        Figure::Share(share) => share,
        Figure::Count(_) => BasisPoints::FULL,
    });
    let below = |limit: Option<Limit>| {
        let Some(Figure::Share(least)) = limit.map(Limit::share) else { return Vec::new() };
        let mut below: Vec<_> = enough.iter().filter(|(score, _)| *score < least).collect();
        below.sort();
        below
    };
    // Against `mostly` in whole numbers, so that nothing is lost to rounding.
    let too_many = |below: usize| {
        let reached = (enough.len() - below) as u64;
        reached * u64::from(BasisPoints::FULL.0) < enough.len() as u64 * u64::from(mostly.0)
    };
    let (failing, warning) = (below(spec.score.fail), below(spec.score.warn));
    let level = if too_many(failing.len()) {
        Some(GateLevel::Fail)
    } else if too_many(warning.len()) {
        Some(GateLevel::Warn)
    } else {
        None
    };
    let told = if level == Some(GateLevel::Warn) || spec.score.fail.is_none() { &warning } else { &failing };
    let reached = (enough.len() - told.len()) as u64;
    Decided {
        figure: BasisPoints::of(reached, enough.len() as u64).map(Figure::Share),
        part: (reached, enough.len() as u64),
        fail: spec.score.fail.map(Limit::share),
        warn: spec.score.warn.map(Limit::share),
        level,
        mostly: Some(mostly),
        names: told.iter().take(KEPT).map(|(score, name)| format!("{name} {}", score.percent())).collect(),
        ..condition(key, &format!("{key}.score"), Bound::AtLeast)
    }
}

/// Holds the figure against its limits.
fn decided(mut condition: Decided) -> Decided {
    let (part, of) = condition.part;
    let beyond = |limit: Option<Figure>| match (condition.figure, limit, condition.bound) {
        (Some(Figure::Share(share)), Some(Figure::Share(limit)), Bound::AtLeast) => share < limit,
        (Some(Figure::Count(count)), Some(Figure::Count(limit)), Bound::AtMost) => count > limit,
        // In whole numbers: a share that is rounded down to its limit would pass above it.
        (Some(Figure::Count(_)), Some(Figure::Share(limit)), Bound::AtMost) => {
            part * u64::from(BasisPoints::FULL.0) > of * u64::from(limit.0)
        }
        _ => false,
    };
    condition.level = if beyond(condition.fail) {
        Some(GateLevel::Fail)
    } else if beyond(condition.warn) {
        Some(GateLevel::Warn)
    } else {
        None
    };
    if condition.level.is_none() {
        condition.places.clear();
    }
    condition
}
