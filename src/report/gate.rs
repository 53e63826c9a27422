//! What became of the gate, for people and for programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;

use super::Colour;
use super::formats::place;
use crate::model::{BasisPoints, Bound, Decided, Figure, GateLevel, Verdict};

/// The conditions that are not met, each with its reason and its first places, then the verdict as the last line.
pub fn text(verdict: &Verdict, colour: Colour) -> String {
    let bold = |ansi: AnsiColor| Style::new().fg_color(Some(ansi.into())).bold();
    let (red, yellow, green) = (bold(AnsiColor::Red), bold(AnsiColor::Yellow), bold(AnsiColor::Green));
    let mut out = String::new();
    for (level, word, style) in [(GateLevel::Warn, "warns", yellow), (GateLevel::Fail, "fails", red)] {
        for condition in verdict.at(level) {
            let _ = writeln!(out, "{}  {}", colour.paint(style, word), sentence(condition));
        }
    }
    let count = |level| verdict.at(level).count();
    let (failing, warning) = (count(GateLevel::Fail), count(GateLevel::Warn));
    let state = if verdict.passed() { colour.paint(green, "Gate met") } else { colour.paint(red, "Gate not met") };
    let usual = if verdict.usual { "; the usual conditions, as no `gate:` is set in acw.yaml" } else { "" };
    let _ = writeln!(out, "{state}: {} conditions, {failing} fail, {warning} warn{usual}.", verdict.conditions.len());
    out
}

/// A condition in words: what was measured, what is wanted, who or what speaks against it.
pub(super) fn sentence(condition: &Decided) -> String {
    let name = match (condition.mostly, condition.limit()) {
        (Some(_), Some(limit)) => format!("{} with a mean score of {} or more", condition.name, figure(limit)),
        _ => condition.name.clone(),
    };
    let mut out = format!("{name}: {}", measured(condition));
    let bound = match condition.bound {
        Bound::AtLeast => "at least",
        Bound::AtMost => "at most",
    };
    match (condition.mostly, condition.limit()) {
        (Some(BasisPoints::FULL), _) => out.push_str(", wanted all"),
        (Some(mostly), _) => {
            let _ = write!(out, ", wanted {bound} {}", figure(Figure::Share(mostly)));
        }
        (None, Some(limit)) => {
            let _ = write!(out, ", wanted {bound} {}", figure(limit));
        }
        (None, None) => {}
    }
    if !condition.names.is_empty() {
        let _ = write!(
            out,
            ": {}",
            condition.names.iter().map(|name| place::one_line(name)).collect::<Vec<_>>().join(", ")
        );
    }
    let places: Vec<String> = condition
        .places
        .iter()
        .map(|place| {
            let (note, agent) = (place::one_line(&place.note), place::one_line(&place.agent));
            format!("{}:{} (note {note}, {agent})", place.origin.file, place.origin.line)
        })
        .collect();
    if !places.is_empty() {
        let _ = write!(out, ": {}", places.join(", "));
    }
    out
}

fn measured(condition: &Decided) -> String {
    let (part, of) = condition.part;
    match (condition.figure, of) {
        (None, _) => "nothing to measure".to_owned(),
        (Some(figure_of), 0) => figure(figure_of),
        (Some(_), of) => {
            let share = BasisPoints::of(part, of).map_or_else(String::new, |share| format!(" ({} %)", share.percent()));
            format!("{part} of {of}{share}")
        }
    }
}

fn figure(figure: Figure) -> String {
    match figure {
        Figure::Share(share) => format!("{} %", share.percent()),
        Figure::Count(count) => count.to_string(),
    }
}

/// What became of the gate.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Gate")]
pub(super) struct Told<'v> {
    /// Whether no condition fails.
    passed: bool,
    /// Whether nobody set conditions, so that the usual ones were asked for.
    usual: bool,
    conditions: Vec<Condition<'v>>,
}

/// A condition of the gate and what became of it.
#[derive(Serialize, JsonSchema)]
struct Condition<'v> {
    /// What is measured: `score`, `notes.sensitive`, `agents.score`.
    condition: &'v str,
    /// How loud it is; null where it is met.
    #[schemars(extend("enum" = ["warn", "fail", null]))]
    level: Option<&'static str>,
    /// What was measured; null where nothing could be, which is no failure.
    figure: Option<Measure>,
    /// Of how many a count or share is told: the part, and the whole.
    part: Option<[u64; 2]>,
    /// On which side of the limits the figure must stay.
    #[schemars(extend("enum" = ["at_least", "at_most"]))]
    bound: &'static str,
    /// The limit beyond which it fails.
    fail: Option<Measure>,
    /// The limit beyond which it warns.
    warn: Option<Measure>,
    /// Of agents and teams: the share of them, in per cent, that must reach the limits.
    mostly: Option<f64>,
    /// Agents or teams that speak against it, worst first, the first of them.
    names: &'v [String],
    /// The first notes that speak against it.
    places: Vec<Place<'v>>,
}

/// A figure or a limit.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Measure {
    /// A score or a share.
    Share {
        /// Per cent.
        percent: f64,
    },
    /// A number of notes or rows.
    Count {
        /// So many.
        count: u64,
    },
}

/// A note that speaks against a condition.
#[derive(Serialize, JsonSchema)]
struct Place<'v> {
    file: &'v str,
    /// Line or row.
    line: u64,
    /// Its identifier.
    note: &'v str,
    /// Who wrote it.
    agent: &'v str,
}

impl<'v> Told<'v> {
    /// The verdict for programs; shares and scores are per cent.
    pub(super) fn of(verdict: &'v Verdict) -> Self {
        let measure = |figure: Figure| match figure {
            Figure::Share(share) => Measure::Share { percent: per_cent(share) },
            Figure::Count(count) => Measure::Count { count },
        };
        let conditions = verdict.conditions.iter().map(|condition| {
            let places = condition.places.iter().map(|place| Place {
                file: &place.origin.file,
                line: place.origin.line,
                note: &place.note,
                agent: &place.agent,
            });
            let (part, of) = condition.part;
            Condition {
                condition: &condition.key,
                level: condition.level.map(GateLevel::name),
                figure: condition.figure.map(measure),
                part: (of > 0).then_some([part, of]),
                bound: match condition.bound {
                    Bound::AtLeast => "at_least",
                    Bound::AtMost => "at_most",
                },
                fail: condition.fail.map(measure),
                warn: condition.warn.map(measure),
                mostly: condition.mostly.map(per_cent),
                names: &condition.names,
                places: places.collect(),
            }
        });
        Told { passed: verdict.passed(), usual: verdict.usual, conditions: conditions.collect() }
    }
}

fn per_cent(share: BasisPoints) -> f64 {
    f64::from(share.0) / 100.0
}
