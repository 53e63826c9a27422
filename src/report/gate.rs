//! What became of the gate, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::formats::place;
use crate::model::{BasisPoints, Bound, Decided, Figure, GateLevel, Verdict};

/// The conditions that are not met, each with its reason and its first places, then the verdict as the last line.
pub fn text(verdict: &Verdict) -> String {
    let mut out = String::new();
    for (level, word) in [(GateLevel::Warn, "warns"), (GateLevel::Fail, "fails")] {
        for condition in verdict.at(level) {
            let _ = writeln!(out, "{word}  {}", sentence(condition));
        }
    }
    let count = |level| verdict.at(level).count();
    let (failing, warning) = (count(GateLevel::Fail), count(GateLevel::Warn));
    let state = if verdict.passed() { "met" } else { "not met" };
    let usual = if verdict.usual { "; the usual conditions, as no `gate:` is set in acw.yaml" } else { "" };
    let _ =
        writeln!(out, "Gate {state}: {} conditions, {failing} fail, {warning} warn{usual}.", verdict.conditions.len(),);
    out
}

/// A condition in words: what was measured, what is wanted, who or what speaks against it.
pub(super) fn sentence(condition: &Decided) -> String {
    let mut out = format!("{}: {}", condition.name, measured(condition));
    if let Some(limit) = condition.limit() {
        let bound = match condition.bound {
            Bound::AtLeast => "at least",
            Bound::AtMost => "at most",
        };
        let _ = write!(out, ", wanted {bound} {}", figure(limit));
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

/// The verdict for programs; shares and scores are per cent.
pub(super) fn json(verdict: &Verdict) -> Value {
    let value = |figure: Option<Figure>| match figure {
        Some(Figure::Share(share)) => json!({"percent": f64::from(share.0) / 100.0}),
        Some(Figure::Count(count)) => json!({"count": count}),
        None => Value::Null,
    };
    let conditions = verdict.conditions.iter().map(|condition| {
        let places = condition.places.iter().map(|place| {
            json!({"file": place.origin.file, "line": place.origin.line, "note": place.note, "agent": place.agent})
        });
        json!({
            "condition": condition.key,
            "level": condition.level.map(GateLevel::name),
            "figure": value(condition.figure),
            "part": (condition.part.1 > 0).then_some([condition.part.0, condition.part.1]),
            "bound": match condition.bound { Bound::AtLeast => "at_least", Bound::AtMost => "at_most" },
            "fail": value(condition.fail),
            "warn": value(condition.warn),
            "names": condition.names,
            "places": places.collect::<Vec<_>>(),
        })
    });
    json!({"passed": verdict.passed(), "usual": verdict.usual, "conditions": conditions.collect::<Vec<_>>()})
}
