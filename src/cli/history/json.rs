//! The answers of `acw history` as JSON objects: scores, shares and differences are per cent, times are seconds; what cannot be
//! said is null.

use serde_json::{Map, Value, json};

use crate::history::{Effect, EffectOptions, Line, Ruleset, Run, Side, Trend, TrendOptions, Verdict, Why};
use crate::measure::{Basis, Change};
use crate::model::{Standards, Tally};
use crate::report::{CRITICAL, Share};

/// An answer as it is written, ending in a line end.
pub(super) fn text(answer: &Value) -> String {
    format!("{answer:#}\n")
}

pub(super) fn trend(trend: &Trend, options: &TrendOptions, standards: &Standards) -> Value {
    let basis = Basis::of(&trend.total, standards);
    let rulesets = trend.rulesets.iter().map(|(ruleset, scored, shown)| {
        let mut out = self::ruleset(ruleset);
        out.insert("scored".into(), json!(scored));
        out.insert("shown".into(), json!(shown));
        Value::Object(out)
    });
    json!({
        "by": options.by.name(),
        "period": options.period,
        "as_scored": options.as_scored,
        "agent": options.who.agent,
        "team": options.who.team,
        "confidence": standards.confidence,
        "rulesets": rulesets.collect::<Vec<_>>(),
        "rescored": trend.rescored,
        "undated": trend.undated,
        "lines": trend.lines.iter().map(|line| self::line(line, options, basis)).collect::<Vec<_>>(),
    })
}

fn line(line: &Line, options: &TrendOptions, basis: Basis<'_>) -> Value {
    let mut out = Map::new();
    out.insert(options.by.name().into(), json!(line.value));
    out.insert("period".into(), json!(line.period));
    match line.failed {
        Some(failed) => {
            out.insert("notes".into(), json!(line.tally.notes));
            out.insert("failing".into(), json!(failed.notes));
            out.insert("share".into(), share(failed.notes, line.tally.judged(), basis.standards));
            out.insert("findings".into(), json!(failed.findings));
            out.insert("points".into(), json!(failed.points));
        }
        None => out.extend(figures(&line.tally, basis)),
    }
    out.insert("rulesets".into(), json!(line.rulesets));
    out.insert("rules_changed".into(), json!(line.changed));
    out.insert("rescored".into(), json!(line.rescored));
    Value::Object(out)
}

fn figures(tally: &Tally, basis: Basis<'_>) -> Map<String, Value> {
    let standards = basis.standards;
    let accuracy =
        CRITICAL.map(|(name, critical)| (name.to_owned(), share(tally.without(critical), tally.judged(), standards)));
    let mut out = Map::new();
    out.insert("notes".into(), json!(tally.notes));
    out.insert("scored".into(), json!(tally.scores.notes));
    out.insert("score".into(), estimate(Share::score(tally, basis)));
    out.insert("compliance".into(), share(tally.compliant, tally.scores.notes, standards));
    out.insert("accuracy".into(), json!(Map::from_iter(accuracy)));
    out.insert("acw_mean_seconds".into(), json!(tally.mean_acw()));
    out
}

pub(super) fn runs(runs: &[Run]) -> Value {
    let run = |run: &Run| {
        json!({
            "run": run.id,
            "at": run.at,
            "ruleset": ruleset(&run.ruleset),
            "rules_in_force": run.ruleset.in_force,
            "inputs": run.inputs,
            "new": run.added,
            "replaced": run.replaced,
            "rescored": run.rescored,
            "left": run.left,
        })
    };
    json!({"runs": runs.iter().map(run).collect::<Vec<_>>()})
}

pub(super) fn effect(effect: &Effect, options: &EffectOptions, standards: &Standards) -> Value {
    let basis = Basis::of_both(&effect.before.tally, &effect.after.tally, standards);
    let side = |side: &Side| {
        let mut out = figures(&side.tally, basis);
        out.insert("left_out".into(), json!(side.left_out));
        Value::Object(out)
    };
    let others = effect.others.as_ref().map(|others| {
        let basis = Basis::of_both(&others.before, &others.after, standards);
        json!({
            "before": figures(&others.before, basis),
            "after": figures(&others.after, basis),
            "score": change(others.score),
            "beside": change(others.beside),
        })
    });
    let rules = effect.rules.iter().map(|rule| {
        json!({
            "rule": rule.rule,
            "before": share(rule.before, effect.before.tally.judged(), standards),
            "after": share(rule.after, effect.after.tally.judged(), standards),
            "difference": change(Some(rule.change)),
        })
    });
    json!({
        "date": options.date.to_string(),
        "window": options.window.map(|window| window.to_string()),
        "agent": options.who.agent,
        "team": options.who.team,
        "confidence": standards.confidence,
        "rulesets": effect.rulesets.iter().map(ruleset).collect::<Vec<_>>(),
        "before": side(&effect.before),
        "after": side(&effect.after),
        "score": change(effect.score),
        "compliance": change(effect.compliance),
        "like_for_like": change(effect.like_for_like),
        "mix_moved": effect.mix.map(|mix| percent(mix.0)),
        "others": others,
        "rules": rules.collect::<Vec<_>>(),
        "verdict": verdict(effect.verdict),
    })
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Open(Why::RulesChanged) => "rules_changed",
        Verdict::Open(Why::TooFew) => "too_few",
        Verdict::Open(Why::Chance) => "open",
        Verdict::Open(Why::Mix) => "mix",
    }
}

fn ruleset(ruleset: &Ruleset) -> Map<String, Value> {
    let values = [
        ("ruleset", json!(ruleset.id)),
        ("acw", json!(ruleset.acw)),
        ("rules", json!(ruleset.rules)),
        ("settings", json!(ruleset.settings)),
        ("target", json!(ruleset.target)),
        ("method", json!(ruleset.method)),
    ];
    values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn share(part: u64, whole: u64, standards: &Standards) -> Value {
    estimate(Share::of(part, whole, standards.confidence))
}

fn estimate(figure: Share) -> Value {
    json!({"value": figure.share.map(percent), "low": figure.low.map(percent), "high": figure.high.map(percent)})
}

fn change(change: Option<Change>) -> Value {
    let points = |of: fn(Change) -> i32| change.map(|change| f64::from(of(change)) / 100.0);
    json!({"value": points(|c| c.difference), "low": points(|c| c.low), "high": points(|c| c.high)})
}

fn percent(points: u32) -> f64 {
    f64::from(points) / 100.0
}
