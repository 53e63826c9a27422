//! The whole of a run as one JSON object: the figures that the pages show, for programs. Shares and scores are per cent, times
//! are seconds; what cannot be said is null.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::figures::{Accuracy, Compared, Figures, Share, time_share};
use super::gate;
use crate::measure::Basis;
use crate::model::{Category, Dimension, Problem, Report, Skipped, Tally};
use crate::rules::Rulebook;

/// The object, ending in a line end.
pub(super) fn whole(report: &Report, book: &Rulebook) -> String {
    let standards = &report.run.standards;
    let compared = Compared::of(report);
    let agents: Vec<Value> = report
        .agents
        .iter()
        .enumerate()
        .map(|(index, agent)| {
            let fields = compared.fields[index];
            let mut out = figures(&agent.tally, report, book);
            out.insert("agent".into(), json!(agent.agent));
            out.insert("name".into(), json!(agent.name));
            out.insert("team".into(), json!(agent.team));
            out.insert("places".into(), json!(compared.places[index].map(|(first, last)| [first, last])));
            out.insert(
                "like_for_like".into(),
                json!(compared.mixes[index].map(|mix| json!({
                    "expected": percent(mix.expected.0),
                    "difference": f64::from(mix.difference) / 100.0,
                    "effect_of_mix": f64::from(mix.effect) / 100.0,
                }))),
            );
            let worked = report.worked[index];
            out.insert(
                "time".into(),
                json!({
                    "worked_seconds": worked,
                    "acw_percent": time_share(&agent.tally, worked).map(percent),
                    "target_percent": standards.targets.acw_percent,
                    "fast_good": fields.fast_good,
                    "fast_poor": fields.fast_poor,
                    "slow_good": fields.slow_good,
                    "slow_poor": fields.slow_poor,
                    "unusually_long": fields.long,
                    "unusually_short": fields.short,
                }),
            );
            Value::Object(out)
        })
        .collect();
    let mut groups = Map::new();
    for dimension in Dimension::ALL {
        let rows = report.group(dimension).iter().map(|group| {
            let mut out = figures(&group.tally, report, book);
            out.insert(dimension.name().into(), json!(group.value));
            out.insert("worked_seconds".into(), json!(group.worked));
            out.insert("acw_percent".into(), json!(time_share(&group.tally, group.worked).map(percent)));
            Value::Object(out)
        });
        groups.insert(dimension.name().into(), rows.collect());
    }
    let usual: Vec<Value> = compared
        .usual
        .iter()
        .map(|(kind, usual)| {
            json!({
                "call_type": kind,
                "notes": usual.notes,
                "median_seconds": usual.median,
                "median_absolute_deviation": usual.spread,
                "limit_seconds": standards.limit(kind.as_deref()),
            })
        })
        .collect();
    let questions: Vec<Value> = report
        .questions
        .iter()
        .map(|question| {
            json!({
                "note": question.note,
                "file": question.origin.file,
                "line": question.origin.line,
                "agent": report.agents[question.agent].agent,
                "call_type": question.call_type,
                "acw_seconds": question.seconds,
                "usual_seconds": question.usual,
                "words": question.words,
            })
        })
        .collect();
    let mut total = figures(&report.total, report, book);
    let worked = report.all_worked();
    total.insert("worked_seconds".into(), json!(worked));
    total.insert("acw_percent".into(), json!(time_share(&report.total, worked).map(percent)));
    let object = json!({
        "run": {
            "version": report.run.version,
            "rules": report.run.rules_hash,
            "inputs": report.run.inputs,
            "rows": report.run.rows,
            "audited": report.total.notes,
            "skipped": report.run.skipped(),
            "rejected": report.run.rejected,
            "filter": report.run.filter.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "skipped_by": report.run.skipped.iter().map(skipped).collect::<Vec<_>>(),
            "target": standards.target,
            "confidence": standards.confidence,
            "min_notes": standards.min_notes,
            "period": standards.period,
        },
        "total": total,
        "agents": agents,
        "groups": groups,
        "acw": {"usual": usual, "questions": questions},
        "problems": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "problems_left_out": report.problems_left_out,
        "gate": report.gate.as_ref().map(gate::json),
        "decisions": {
            "disputed": report.decisions.disputed,
            "upheld": report.decisions.upheld,
            "overturned": report.decisions.overturned,
            "waived": report.decisions.waived,
            "remarks": report.decisions.remarks,
        },
    });
    format!("{object:#}\n")
}

fn skipped(skipped: &Skipped) -> Value {
    json!({"by": skipped.by.name(), "notes": skipped.notes, "unknown": skipped.unknown})
}

/// A row that cannot be read, or a remark on the input.
fn problem(problem: &Problem) -> Value {
    json!({"file": problem.file, "line": problem.line, "message": problem.message, "help": problem.help})
}

fn percent(points: u32) -> f64 {
    f64::from(points) / 100.0
}

/// A figure and between what it may lie.
#[derive(Serialize)]
struct Estimate {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// Per cent, where there is a target.
    target: Option<u32>,
}

impl Estimate {
    fn of(value: Option<u32>, low: Option<u32>, high: Option<u32>) -> Self {
        Estimate { value: value.map(percent), low: low.map(percent), high: high.map(percent), target: None }
    }

    fn to(self, target: Option<u32>) -> Self {
        Estimate { target, ..self }
    }
}

fn figures(tally: &Tally, report: &Report, book: &Rulebook) -> Map<String, Value> {
    let f = Figures::of(tally, Basis::of(&report.total, &report.run.standards));
    let Share { share, low, high } = f.acw_over;
    let accuracy = |a: &Accuracy| (a.kind.to_owned(), json!(Estimate::of(a.share, a.low, a.high).to(a.target)));
    let categories =
        Category::ALL.into_iter().zip(&tally.categories).filter(|(_, c)| c.findings > 0).map(|(category, c)| {
            (category.name().to_owned(), json!({"findings": c.findings, "notes": c.notes, "points": c.points}))
        });
    let rules = tally.worst_rules().into_iter().map(
        |(rule, c)| json!({"rule": book.rules[rule].id, "findings": c.findings, "notes": c.notes, "points": c.points}),
    );
    let object = json!({
        "notes": f.notes,
        "scored": f.scored,
        "score": Estimate::of(f.score, f.low, f.high).to(Some(f.target)),
        "verdict": f.verdict,
        "compliance": Estimate::of(f.compliance, f.compliance_low, f.compliance_high).to(f.compliance_target),
        "critical_score": Estimate::of(f.critical.share, f.critical.low, f.critical.high).to(f.critical_target),
        "accuracy": f.accuracies.iter().map(accuracy).collect::<Map<_, _>>(),
        "findings": f.findings,
        "clean": f.clean,
        "fatal": f.fatal,
        "auto_failed": f.auto_failed,
        "acw": {
            "notes": f.acw_notes,
            "missing": f.acw_missing,
            "zero": f.acw_zero,
            "seconds": tally.acw.seconds,
            "mean_seconds": f.acw,
            "target_seconds": f.acw_target,
            "over_limit": Estimate::of(share, low, high),
        },
        "mean_talk_seconds": f.talk,
        "categories": categories.collect::<Map<_, _>>(),
        "rules": rules.collect::<Vec<_>>(),
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
