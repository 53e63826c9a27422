//! One object for programs. Shares are per cent, coefficients lie between −1 and 1; what cannot be said is null.

use serde_json::{Map, Value, json};

use super::Reviewed;
use crate::measure::{Drift, Estimate, PairFigures};
use crate::model::RemarkKind;
use crate::report::figures::Share;

/// The object, ending in a line end.
pub fn json(shown: &Reviewed<'_>) -> String {
    let object = json!({
        "run": run(shown),
        "reviewers": reviewers(shown),
        "criteria": (0..shown.reviews.criteria.len()).map(|at| criterion(shown, at)).collect::<Vec<_>>(),
        "rules": rules(shown),
        "drift": {
            "halves": match shown.how.halves {
                crate::measure::Halves::Rows => "rows",
                crate::measure::Halves::StartedAt => "started_at",
            },
            "comparisons": shown.comparisons(),
            "reviewers": shown.agreement.drifts.iter().map(|d| drift(shown, d)).collect::<Vec<_>>(),
        },
        "talk": shown.agreement.talk.iter().map(|talk| talk_of(shown, talk)).collect::<Vec<_>>(),
        "retire": retire(shown),
        "never_found": never(shown),
        "remarks": {"counts": counts(shown), "list": shown.remarks},
    });
    format!("{object:#}\n")
}

fn run(shown: &Reviewed<'_>) -> Value {
    let how = shown.how;
    json!({
        "version": shown.run.version,
        "rules": shown.run.rules_hash,
        "inputs": shown.run.inputs,
        "rows": shown.run.rows,
        "unreadable": shown.unreadable,
        "sheets": shown.sheets.iter().map(|sheet| json!({"file": sheet.file, "rows": sheet.rows.len()})).collect::<Vec<_>>(),
        "notes": shown.reviews.notes.len(),
        "confidence": how.bootstrap.confidence,
        "bootstrap": {"seed": how.bootstrap.seed, "resamples": how.bootstrap.resamples},
        "min_judged": how.min_judged,
        "retire_below": how.retire_below,
        "sample": shown.manifest.map(|manifest| json!({
            "manifest": manifest.file,
            "kind": manifest.kind.name(),
            "representative": manifest.representative,
            "population": manifest.population,
            "drawn": manifest.notes.len(),
            "not_judged": shown.not_judged(),
            "replaced": manifest.replaced.len(),
            "same_rules": shown.same_rules(),
        })),
        "population_refused": shown.refusal,
    })
}

fn reviewers(shown: &Reviewed<'_>) -> Vec<Value> {
    let names = shown.reviews.reviewers.iter().enumerate();
    names.map(|(at, name)| json!({"reviewer": name, "notes": shown.judged_by(at)})).collect()
}

fn criterion(shown: &Reviewed<'_>, index: usize) -> Value {
    let figures = &shown.agreement.criteria[index];
    let confusion = figures.confusion;
    let confidence = shown.how.bootstrap.confidence;
    let [fail, pass, not_applicable] = figures.answers;
    json!({
        "criterion": shown.reviews.criteria[index].to_string(),
        "answers": {"fail": fail, "pass": pass, "not_applicable": not_applicable},
        "notes": confusion.notes(),
        "ties": figures.ties,
        "not_audited": figures.not_audited,
        "prevalence": share(confusion.errors(), confusion.notes(), confidence),
        "true_positives": confusion.both,
        "false_positives": confusion.only_tool,
        "false_negatives": confusion.only_reviewers,
        "true_negatives": confusion.neither,
        "precision": share(confusion.both, confusion.found(), confidence),
        "recall": share(confusion.both, confusion.errors(), confidence),
        "f1": confusion.f1().map(|f1| rounded(f1, 4)),
        "kappa": coefficient(figures.kappa),
        "pabak": coefficient(figures.pabak),
        "population": figures.population.map(|population| json!({
            "prevalence": percent(population.prevalence),
            "precision": percent(population.precision),
            "recall": percent(population.recall),
        })),
        "among_reviewers": figures.among.as_ref().map(|among| json!({
            "notes": among.notes,
            "split": among.split,
            "only_applicability_differs": among.applicability,
            "agreement": rounded(100.0 * among.agreement, 2),
            "alpha": coefficient(among.alpha),
            "pairs": pairs(shown, index),
        })),
    })
}

fn pairs(shown: &Reviewed<'_>, criterion: usize) -> Vec<Value> {
    let own = shown.agreement.pairs.iter().filter(|pair| pair.criterion == criterion);
    own.map(|PairFigures { reviewers: (one, other), notes, agreement, kappa, pabak, .. }| {
        json!({
            "reviewers": [shown.reviews.reviewers[*one], shown.reviews.reviewers[*other]],
            "notes": notes,
            "agreement": rounded(100.0 * agreement, 2),
            "kappa": coefficient(*kappa),
            "pabak": coefficient(*pabak),
        })
    })
    .collect()
}

fn rules(shown: &Reviewed<'_>) -> Vec<Value> {
    let rules = shown.agreement.rules.iter();
    rules
        .map(|rule| {
            json!({
                "rule": rule.rule,
                "judged_by": shown.reviews.criteria[rule.criterion].to_string(),
                "judged": rule.judged,
                "confirmed": rule.confirmed,
                "precision_at_most": share(rule.confirmed, rule.judged, shown.how.bootstrap.confidence),
            })
        })
        .collect()
}

fn drift(shown: &Reviewed<'_>, drift: &Drift) -> Value {
    json!({
        "reviewer": shown.reviews.reviewers[drift.reviewer],
        "criterion": drift.criterion.map(|criterion| shown.reviews.criteria[criterion].to_string()),
        "notes": drift.notes,
        "fail": rounded(100.0 * drift.own, 2),
        "others_fail": rounded(100.0 * drift.others, 2),
        "difference": percent(Some(drift.difference)),
        "stricter": drift.stricter,
        "milder": drift.milder,
        "mcnemar": {"statistic": drift.test.statistic.map(|s| rounded(s, 4)), "p": rounded(drift.test.p, 6)},
        "change": percent(drift.change),
        "differs": drift.differs,
        "drifts": drift.drifts,
    })
}

fn talk_of(shown: &Reviewed<'_>, talk: &crate::measure::Talk) -> Value {
    let note = &shown.reviews.notes[talk.note];
    let criteria = talk.criteria.iter().map(|criterion| {
        let name = &shown.reviews.criteria[*criterion];
        let said = note.answers[*criterion].iter().zip(&shown.reviews.reviewers);
        let answers: Map<String, Value> =
            said.filter_map(|(answer, reviewer)| Some((reviewer.clone(), json!((*answer)?.name())))).collect();
        let found = note.findings.as_ref().map(|findings| {
            let own = findings.iter().filter(|found| name.covers(found));
            own.map(|found| json!({"rule": found.rule, "text": found.excerpt})).collect::<Vec<_>>()
        });
        json!({"criterion": name.to_string(), "answers": answers, "tool": found})
    });
    let comments = note.comments.iter();
    json!({
        "note": note.id,
        "disagreement": rounded(talk.disagreement, 4),
        "text": Some(&note.text).filter(|text| !text.is_empty()),
        "criteria": criteria.collect::<Vec<_>>(),
        "comments": comments
            .map(|(reviewer, comment)| json!({"reviewer": shown.reviews.reviewers[*reviewer], "comment": comment}))
            .collect::<Vec<_>>(),
    })
}

fn retire(shown: &Reviewed<'_>) -> Vec<Value> {
    let retire = shown.agreement.retire.iter();
    retire
        .map(|retire| {
            json!({
                "name": retire.name,
                "judged_by": retire.by.map(|criterion| shown.reviews.criteria[criterion].to_string()),
                "judged": retire.judged,
                "right": retire.right,
                "precision": share(retire.right, retire.judged, shown.how.bootstrap.confidence),
            })
        })
        .collect()
}

fn never(shown: &Reviewed<'_>) -> Vec<Value> {
    let never = shown.agreement.never.iter();
    never
        .map(|never| {
            let notes: Vec<&str> = never.notes.iter().map(|at| shown.reviews.notes[*at].id.as_str()).collect();
            json!({"criterion": shown.reviews.criteria[never.criterion].to_string(), "missed": notes.len(), "notes": notes})
        })
        .collect()
}

/// How many remarks there are of each kind that occurs.
fn counts(shown: &Reviewed<'_>) -> Map<String, Value> {
    let mut counts: std::collections::BTreeMap<RemarkKind, u64> = std::collections::BTreeMap::new();
    for remark in shown.remarks {
        *counts.entry(remark.kind).or_default() += 1;
    }
    counts.into_iter().map(|(kind, count)| (kind.name().to_owned(), json!(count))).collect()
}

fn share(part: u64, whole: u64, confidence: u32) -> Value {
    let Share { share, low, high } = Share::of(part, whole, confidence);
    let percent = |points: Option<u32>| points.map(|points| f64::from(points) / 100.0);
    json!({"value": percent(share), "low": percent(low), "high": percent(high)})
}

fn coefficient(estimate: Option<Estimate>) -> Value {
    scaled(estimate, 1.0, 4)
}

fn percent(estimate: Option<Estimate>) -> Value {
    scaled(estimate, 100.0, 2)
}

fn scaled(estimate: Option<Estimate>, scale: f64, digits: i32) -> Value {
    let number = |value: f64| rounded(scale * value, digits);
    let interval = estimate.and_then(|estimate| estimate.interval);
    json!({
        "value": estimate.map(|estimate| number(estimate.value)),
        "low": interval.map(|(low, _)| number(low)),
        "high": interval.map(|(_, high)| number(high)),
    })
}

/// Rounded, without a minus before a zero.
fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale + 0.0
}
