//! Samples and estimates as people and programs read them.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Estimated, Example, Examples, Group, Sample, Source};
use crate::input::Manifest;
use crate::measure::DesignEstimate;
use crate::model::BasisPoints;
use crate::model::sample::{Key, Plan};

/// Strata that are printed.
const STRATA_SHOWN: usize = 40;

/// What was drawn: its label, its size, its strata.
pub fn drawn(sample: &Sample) -> String {
    let manifest = &sample.manifest;
    let population = manifest.population.unwrap_or_default();
    let mut out = format!("{}\n{} of {population} notes, seed {}", manifest.about, manifest.drawn, manifest.seed);
    if population < manifest.read {
        let target = manifest.plan.as_ref().map(Plan::target).unwrap_or_default();
        let _ = write!(out, "; {} notes in all, drawn from those with {target}", manifest.read);
    }
    out.push_str(".\n");
    if let Some(plan) = manifest.plan.as_ref().filter(|plan| !plan.by.is_empty()) {
        strata(manifest, plan, &mut out);
    }
    if sample.skipped > 0 {
        let _ =
            writeln!(out, "{} notes were left out by the filter; the sample stands for the others.", sample.skipped);
    }
    if sample.unreadable > 0 {
        let _ =
            writeln!(out, "{} rows could not be read and were not drawn; `acw audit` lists them.", sample.unreadable);
    }
    out
}

fn strata(manifest: &Manifest, plan: &Plan, out: &mut String) {
    let label = |by: &std::collections::BTreeMap<String, Option<String>>| {
        let values = plan.by.iter().map(|key| by.get(key.name()).cloned().flatten().unwrap_or_else(|| "–".into()));
        values.collect::<Vec<_>>().join(", ")
    };
    let names: Vec<&str> = plan.by.iter().map(|key| key.name()).collect();
    let rows: Vec<(String, u64, u64, Option<f64>)> = manifest
        .strata
        .iter()
        .take(STRATA_SHOWN)
        .map(|stratum| (label(&stratum.by), stratum.population, stratum.drawn, stratum.weight))
        .collect();
    let head = names.join(", ");
    let wide =
        rows.iter().map(|row| row.0.as_str()).chain([head.as_str()]).map(unicode_width::UnicodeWidthStr::width).max();
    let wide = wide.unwrap_or(0);
    let pad = |text: &str| " ".repeat(wide - unicode_width::UnicodeWidthStr::width(text).min(wide));
    let _ = writeln!(out, "  {head}{}  {:>7}  {:>6}  {:>16}", pad(&head), "notes", "drawn", "each stands for");
    for (label, population, drawn, weight) in &rows {
        let weight = weight.map_or_else(|| "–".to_owned(), |weight| format!("{weight:.2}"));
        let _ = writeln!(out, "  {label}{}  {population:>7}  {drawn:>6}  {weight:>16}", pad(label));
    }
    if manifest.strata.len() > STRATA_SHOWN {
        let _ = writeln!(out, "  … and {} more, in the manifest", manifest.strata.len() - STRATA_SHOWN);
    }
}

/// Estimates, each with its interval and the drawn notes that it rests on.
pub fn estimates(estimated: &Estimated) -> String {
    let judges = match estimated.source {
        Source::Rules => "the rules",
        Source::Sheets => "reviewers",
    };
    let mut out = format!("{}\n", estimated.kind.about());
    let _ = write!(out, "{} notes drawn of {}, judged by {judges}", estimated.drawn, estimated.population);
    if estimated.replaced > 0 {
        let _ = write!(out, "; {} replaced", estimated.replaced);
    }
    if !estimated.conditions.is_empty() {
        let _ = write!(out, "; only notes with {}", estimated.conditions.join(" and "));
    }
    out.push_str(".\n");
    for group in &estimated.groups {
        let _ = writeln!(out, "\n{} ({} drawn)", name(group), group.notes);
        for (name, estimate) in &group.figures {
            // An error that nobody made in any drawn note is told for all notes, not again group by group.
            if let Some(estimate) = estimate
                && (group.by.is_empty() || estimate.value > 0.0)
            {
                let _ = writeln!(out, "  {name:<26} {}  ({} notes)", figure(estimate), estimate.notes);
            }
        }
    }
    let _ = writeln!(
        out,
        "\nIn per cent, weighed by the design; in brackets: {} % intervals (score: Student's t; shares: Wilson).",
        estimated.confidence
    );
    for remark in &estimated.remarks {
        let _ = writeln!(out, "{remark}");
    }
    out
}

fn name(group: &Group) -> String {
    let value = |(key, value): &(Key, Option<String>)| format!("{} {}", key.name(), value.as_deref().unwrap_or("–"));
    if group.by.is_empty() { "all notes".into() } else { group.by.iter().map(value).collect::<Vec<_>>().join(", ") }
}

fn figure(estimate: &DesignEstimate) -> String {
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let interval = estimate.interval.map(|(low, high)| format!("[{}–{}]", percent(low), percent(high)));
    format!("{:>5} {:<14}", percent(estimate.value), interval.unwrap_or_default())
}

/// The same as one JSON object; shares and scores in per cent, what cannot be said null.
pub fn estimates_json(estimated: &Estimated) -> String {
    let percent = |share: f64| (share * 1e6).round() / 1e4;
    let figure = |estimate: &Option<DesignEstimate>| {
        estimate.as_ref().map(|estimate| {
            json!({
                "value": percent(estimate.value),
                "low": estimate.interval.map(|(low, _)| percent(low)),
                "high": estimate.interval.map(|(_, high)| percent(high)),
                "error": estimate.error.map(percent),
                "notes": estimate.notes,
                "stands_for": (estimate.stands_for * 1e4).round() / 1e4,
            })
        })
    };
    let groups = estimated.groups.iter().map(|group| {
        let by = group.by.iter().map(|(key, value)| (key.name().to_owned(), json!(value)));
        let figures = group.figures.iter().map(|(name, estimate)| (name.clone(), json!(figure(estimate))));
        json!({
            "by": by.collect::<Map<_, _>>(),
            "drawn": group.notes,
            "figures": figures.collect::<Map<_, _>>(),
        })
    });
    let object = json!({
        "kind": estimated.kind,
        "representative": estimated.kind.representative(),
        "about": estimated.kind.about(),
        "judged_by": match estimated.source { Source::Rules => "rules", Source::Sheets => "reviewers" },
        "where": estimated.conditions,
        "population": estimated.population,
        "drawn": estimated.drawn,
        "replaced": estimated.replaced,
        "confidence": estimated.confidence,
        "groups": groups.collect::<Vec<Value>>(),
        "remarks": estimated.remarks,
    });
    format!("{object:#}\n")
}

/// Examples team by team: score, agent, text, what was found.
pub fn examples(teams: &[Examples], target: u32) -> String {
    let mut out = String::new();
    for (at, team) in teams.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        let median = team.median.percent();
        let _ =
            writeln!(out, "{gap}{}: {} notes, median score {median}", team.team.as_deref().unwrap_or("–"), team.notes);
        let kinds = [
            ("good", &team.good, format!("none of these notes reaches the target of {target}")),
            ("typical", &team.typical, "too few notes for one".to_owned()),
            ("bad", &team.bad, "none of these notes has a finding".to_owned()),
        ];
        for (name, examples, none) in kinds {
            if examples.is_empty() {
                let _ = writeln!(out, "\n  {name}: {none}");
            }
            for example in examples {
                self::example(name, example, &mut out);
            }
        }
    }
    out
}

fn example(name: &str, example: &Example, out: &mut String) {
    let note = &example.note;
    let score = note.score.value().map_or_else(|| "–".to_owned(), BasisPoints::percent);
    let agent = note.note.agent_name.as_ref().unwrap_or(&note.note.agent);
    let _ = writeln!(out, "\n  {name}: {score}, note {} by {agent}", note.note.id);
    for line in example.text.lines() {
        // Signs that steer a terminal have no business there.
        let _ = writeln!(out, "    {}", line.replace(char::is_control, " "));
    }
    for finding in &note.findings {
        let _ = writeln!(out, "    → {} ({})", finding.message, finding.category);
    }
}

/// The same as one JSON object.
pub fn examples_json(teams: &[Examples]) -> String {
    let example = |example: &Example| {
        let note = &example.note;
        let findings = note.findings.iter().map(|finding| {
            json!({"category": finding.category, "severity": finding.severity, "message": finding.message, "text": finding.excerpt})
        });
        json!({
            "note": note.note.id,
            "agent": note.note.agent,
            "score": note.score.value().map(|score| f64::from(score.0) / 100.0),
            "text": example.text,
            "findings": findings.collect::<Vec<Value>>(),
        })
    };
    let list = |examples: &[Example]| examples.iter().map(example).collect::<Vec<Value>>();
    let teams = teams.iter().map(|team| {
        json!({
            "team": team.team,
            "notes": team.notes,
            "median": f64::from(team.median.0) / 100.0,
            "good": list(&team.good),
            "typical": list(&team.typical),
            "bad": list(&team.bad),
        })
    });
    format!("{:#}\n", json!({"teams": teams.collect::<Vec<Value>>()}))
}
