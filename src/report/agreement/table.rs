//! The tables for people.

use std::fmt::Write as _;

use comfy_table::Cell;

use super::Reviewed;
use crate::measure::{Among, Drift, Estimate, PairFigures};
use crate::model::{Answer, BasisPoints};
use crate::report::Colour;
use crate::report::figures::Share;
use crate::report::terminal::{estimate, finish, new_table, right};

/// Pairs of reviewers that have a column of their own.
const PAIRS_SHOWN: usize = 3;
/// Notes named of an error that is never found.
const NOTES_NAMED: usize = 5;

/// The whole text, ending in a line end; `talk` notes to talk about are printed.
pub fn table(shown: &Reviewed<'_>, talk: usize, colour: Colour) -> String {
    let mut out = against_reviewers(shown, colour);
    if !shown.agreement.rules.is_empty() {
        let _ = write!(out, "\n{}", rules(shown, colour));
    }
    if shown.agreement.criteria.iter().any(|figures| figures.among.is_some()) {
        let _ = write!(out, "\n{}", among_reviewers(shown, colour));
    }
    if !shown.agreement.drifts.is_empty() {
        let _ = write!(out, "\n{}", drifts(shown, colour));
    }
    let _ = write!(out, "\n{}", population(shown, colour));
    let _ = write!(out, "{}{}{}", to_talk_about(shown, talk), to_retire(shown), never_found(shown));
    let _ = write!(out, "\n{}", summary(shown));
    out
}

fn against_reviewers(shown: &Reviewed<'_>, colour: Colour) -> String {
    let mut table = new_table(&[
        "Tool and reviewers",
        "Notes",
        "Ties",
        "With error",
        "Both",
        "Tool only",
        "Reviewers only",
        "Precision",
        "Recall",
        "F1",
        "Kappa",
        "PABAK",
    ]);
    right(&mut table, 1..=11);
    for (criterion, figures) in shown.reviews.criteria.iter().zip(&shown.agreement.criteria) {
        let confusion = figures.confusion;
        if figures.answers == [0; 3] {
            continue;
        }
        table.add_row(vec![
            Cell::new(criterion),
            Cell::new(confusion.notes()),
            Cell::new(figures.ties),
            Cell::new(share(shown, confusion.errors(), confusion.notes())),
            Cell::new(confusion.both),
            Cell::new(confusion.only_tool),
            Cell::new(confusion.only_reviewers),
            Cell::new(share(shown, confusion.both, confusion.found())),
            Cell::new(share(shown, confusion.both, confusion.errors())),
            Cell::new(confusion.f1().map_or_else(|| "–".to_owned(), |f1| format!("{f1:.2}"))),
            Cell::new(coefficient(figures.kappa)),
            Cell::new(coefficient(figures.pabak)),
        ]);
    }
    finish(table, colour)
}

/// The rules under the categories and elements that were judged.
fn rules(shown: &Reviewed<'_>, colour: Colour) -> String {
    let mut table = new_table(&["Rule", "Judged by", "Notes found", "Confirmed", "Precision at most"]);
    right(&mut table, 2..=4);
    for rule in &shown.agreement.rules {
        table.add_row(vec![
            rule.rule.clone(),
            shown.reviews.criteria[rule.criterion].to_string(),
            rule.judged.to_string(),
            rule.confirmed.to_string(),
            share(shown, rule.confirmed, rule.judged),
        ]);
    }
    finish(table, colour)
}

fn among_reviewers(shown: &Reviewed<'_>, colour: Colour) -> String {
    let mut pairs: Vec<(usize, usize)> = shown.agreement.pairs.iter().map(|pair| pair.reviewers).collect();
    pairs.dedup();
    let mut header: Vec<String> =
        ["Reviewers among themselves", "Notes", "Split", "Agreement", "Alpha"].map(str::to_owned).into();
    let name = |(one, other): (usize, usize)| {
        format!("{} and {}", shown.reviews.reviewers[one], shown.reviews.reviewers[other])
    };
    match pairs.len() <= PAIRS_SHOWN {
        true => header.extend(pairs.iter().map(|pair| format!("Kappa: {}", name(*pair)))),
        false => header.push("Lowest kappa of a pair".to_owned()),
    }
    let mut table = new_table(&header.iter().map(String::as_str).collect::<Vec<_>>());
    right(&mut table, 1..=header.len() - 1);
    for (index, figures) in shown.agreement.criteria.iter().enumerate() {
        let Some(Among { notes, split, agreement, alpha, .. }) = &figures.among else { continue };
        let of_criterion = |pair: &&PairFigures| pair.criterion == index;
        let own = shown.agreement.pairs.iter().filter(of_criterion);
        let mut cells = vec![
            shown.reviews.criteria[index].to_string(),
            notes.to_string(),
            split.to_string(),
            format!("{:.1} %", 100.0 * agreement),
            coefficient(*alpha),
        ];
        if pairs.len() <= PAIRS_SHOWN {
            let of = |wanted| own.clone().find(|pair| pair.reviewers == wanted).and_then(|pair| pair.kappa);
            cells.extend(pairs.iter().map(|pair| coefficient(of(*pair))));
        } else {
            let lowest = own.filter_map(|pair| Some((pair.kappa?, pair.reviewers)));
            let lowest = lowest.min_by(|a, b| a.0.value.total_cmp(&b.0.value));
            cells.push(lowest.map_or_else(
                || "–".to_owned(),
                |(kappa, pair)| format!("{} ({})", coefficient(Some(kappa)), name(pair)),
            ));
        }
        table.add_row(cells);
    }
    finish(table, colour)
}

/// Every reviewer over all criteria, and the single criteria where something is flagged.
fn drifts(shown: &Reviewed<'_>, colour: Colour) -> String {
    let mut table = new_table(&[
        "Reviewer and others",
        "Criterion",
        "Notes",
        "Fail",
        "Others' fail",
        "Difference",
        "Stricter in",
        "Milder in",
        "McNemar p",
        "Change in later half",
        "Flagged",
    ]);
    right(&mut table, 2..=9);
    let told = |drift: &&Drift| drift.criterion.is_none() || drift.differs || drift.drifts;
    for drift in shown.agreement.drifts.iter().filter(told) {
        table.add_row(vec![
            shown.reviews.reviewers[drift.reviewer].clone(),
            drift.criterion.map_or_else(|| "all".to_owned(), |criterion| shown.reviews.criteria[criterion].to_string()),
            drift.notes.to_string(),
            format!("{:.1} %", 100.0 * drift.own),
            format!("{:.1} %", 100.0 * drift.others),
            points(Some(drift.difference)),
            drift.stricter.to_string(),
            drift.milder.to_string(),
            if drift.test.p < 0.001 { "< 0.001".to_owned() } else { format!("{:.3}", drift.test.p) },
            points(drift.change),
            flags(drift),
        ]);
    }
    let mut out = finish(table, colour);
    let by_chance = shown.comparisons() as f64 * (1.0 - f64::from(shown.how.bootstrap.confidence) / 100.0);
    let _ = writeln!(
        out,
        "Flagged: the whole interval lies on one side of zero, from {} notes on. Of {} comparisons about {by_chance:.1} would be flagged by chance alone.",
        shown.how.min_judged,
        shown.comparisons(),
    );
    out
}

fn flags(drift: &Drift) -> String {
    let mut out = Vec::new();
    if drift.differs {
        out.push(if drift.difference.value > 0.0 { "stricter" } else { "milder" });
    }
    if let Some(change) = drift.change.filter(|_| drift.drifts) {
        out.push(if change.value > 0.0 { "becoming stricter" } else { "becoming milder" });
    }
    out.join(", ")
}

fn population(shown: &Reviewed<'_>, colour: Colour) -> String {
    if let Some(refusal) = shown.refusal {
        return format!("No figures of the population: {refusal}. All figures hold for the judged notes only.\n");
    }
    let mut table = new_table(&["Population (weighted)", "With error", "Precision", "Recall"]);
    right(&mut table, 1..=3);
    for (criterion, figures) in shown.reviews.criteria.iter().zip(&shown.agreement.criteria) {
        let Some(population) = figures.population.filter(|population| population.prevalence.is_some()) else {
            continue;
        };
        table.add_row(vec![
            criterion.to_string(),
            weighted(population.prevalence),
            weighted(population.precision),
            weighted(population.recall),
        ]);
    }
    finish(table, colour)
}

fn to_talk_about(shown: &Reviewed<'_>, limit: usize) -> String {
    let all = &shown.agreement.talk;
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("\nNotes to talk about, most disagreement first ({} in all):\n", all.len());
    for talk in all.iter().take(limit) {
        let note = &shown.reviews.notes[talk.note];
        let _ = writeln!(out, "- {}: {}", note.id, quoted(&note.text));
        for criterion in &talk.criteria {
            let _ = writeln!(
                out,
                "    {}: {}",
                shown.reviews.criteria[*criterion],
                who_said_what(shown, talk.note, *criterion)
            );
        }
        for (reviewer, comment) in &note.comments {
            let _ = writeln!(out, "    {}: {}", shown.reviews.reviewers[*reviewer], quoted(comment));
        }
    }
    if all.len() > limit {
        let _ = writeln!(out, "… and {} more: --talk {}, or --format json.", all.len() - limit, all.len());
    }
    out
}

/// `fail Ana, Ben; pass Cleo; the tool finds “rude”`.
fn who_said_what(shown: &Reviewed<'_>, note: usize, criterion: usize) -> String {
    let note = &shown.reviews.notes[note];
    let mut parts: Vec<String> = Vec::new();
    for answer in Answer::ALL {
        let said = note.answers[criterion].iter().zip(&shown.reviews.reviewers).filter(|(a, _)| **a == Some(answer));
        let names: Vec<&str> = said.map(|(_, name)| name.as_str()).collect();
        if !names.is_empty() {
            parts.push(format!("{} {}", answer.name(), names.join(", ")));
        }
    }
    let covered = |f: &&crate::model::Found| shown.reviews.criteria[criterion].covers(f);
    parts.push(match &note.findings {
        None => "the tool did not judge the note".to_owned(),
        Some(findings) => {
            let told: Vec<String> =
                findings
                    .iter()
                    .filter(covered)
                    .map(|f| {
                        if f.excerpt.is_empty() { f.rule.clone() } else { format!("{} {}", f.rule, quoted(&f.excerpt)) }
                    })
                    .collect();
            if told.is_empty() {
                "the tool finds nothing".to_owned()
            } else {
                format!("the tool finds {}", told.join(", "))
            }
        }
    });
    parts.join("; ")
}

fn to_retire(shown: &Reviewed<'_>) -> String {
    let mut out = String::new();
    for retire in &shown.agreement.retire {
        let by =
            retire.by.map_or(String::new(), |criterion| format!(", judged by `{}`", shown.reviews.criteria[criterion]));
        let _ = writeln!(
            out,
            "- {}: {} of {} findings are right{by}: precision at most {} %",
            retire.name,
            retire.right,
            retire.judged,
            retire.interval.high.percent()
        );
    }
    if out.is_empty() {
        return out;
    }
    let how = shown.how;
    format!(
        "\nTo retire or to mend (precision under {} %, {} judged findings or more):\n{out}",
        how.retire_below, how.min_judged
    )
}

fn never_found(shown: &Reviewed<'_>) -> String {
    let mut out = String::new();
    for never in &shown.agreement.never {
        let ids: Vec<&str> =
            never.notes.iter().take(NOTES_NAMED).map(|at| shown.reviews.notes[*at].id.as_str()).collect();
        let more = if never.notes.len() > NOTES_NAMED { ", …" } else { "" };
        let criterion = &shown.reviews.criteria[never.criterion];
        let judged = shown.agreement.criteria[never.criterion].confusion.notes();
        let missed = never.notes.len();
        let _ = writeln!(out, "- {criterion}: missed in {missed} of {judged} judged notes ({}{more})", ids.join(", "));
    }
    if out.is_empty() {
        out
    } else {
        format!("\nNever found here, though reviewers see it (what new entries could find):\n{out}")
    }
}

fn summary(shown: &Reviewed<'_>) -> String {
    let reviewers: Vec<String> = shown
        .reviews
        .reviewers
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{name} {}", shown.judged_by(at)))
        .collect();
    let mut out = format!(
        "Notes: {}. Judged by {}. Rules {}.",
        shown.reviews.notes.len(),
        reviewers.join(", "),
        shown.run.rules_hash
    );
    match shown.not_judged() {
        Some(0) | None => {}
        Some(notes) => {
            let _ = write!(out, " Drawn notes that nobody judged: {notes}.");
        }
    }
    if shown.same_rules() == Some(false) {
        out.push_str(" The sample was drawn under other rules than those in force now.");
    }
    if shown.reviews.reviewers.len() < 2 {
        out.push_str(" One reviewer: nothing can be told of agreement among reviewers.");
    }
    if !shown.remarks.is_empty() {
        let _ = write!(out, " Remarks on the sheets, on standard error: {}.", shown.remarks.len());
    }
    if shown.unreadable > 0 {
        let _ = write!(out, " Rows of the export that could not be read (acw audit lists them): {}.", shown.unreadable);
    }
    let how = shown.how.bootstrap;
    let _ = writeln!(
        out,
        "\nAn error counts as there where most reviewers say `fail`; `n/a` counts as not there, a tie not at all. In brackets: {} % intervals \
         (shares: Wilson; kappa: Fleiss, Cohen and Everitt; alpha: bootstrap over notes, seed {}, {} draws). Kappa falls where an error is \
         rare; PABAK, adjusted for prevalence, does not.",
        how.confidence, how.seed, how.resamples
    );
    out
}

fn share(shown: &Reviewed<'_>, part: u64, whole: u64) -> String {
    let share = Share::of(part, whole, shown.how.bootstrap.confidence);
    estimate(share.share, share.low, share.high)
}

fn weighted(share: Option<Estimate>) -> String {
    let points = |share: f64| BasisPoints((share * 10_000.0).round() as u32).0;
    let interval = share.and_then(|share| share.interval);
    estimate(share.map(|s| points(s.value)), interval.map(|i| points(i.0)), interval.map(|i| points(i.1)))
}

/// A coefficient with its interval: `0.62 [0.31, 0.93]`.
fn coefficient(estimate: Option<Estimate>) -> String {
    bracketed(estimate, 1.0, 2)
}

/// A difference of shares in per cent: `+12.5 [+3.0, +22.0]`.
fn points(estimate: Option<Estimate>) -> String {
    bracketed(estimate, 100.0, 1)
}

fn bracketed(estimate: Option<Estimate>, scale: f64, digits: usize) -> String {
    // No minus before a zero.
    let places = 10f64.powi(digits as i32);
    let number = |value: f64| format!("{:.digits$}", (scale * value * places).round() / places + 0.0);
    match estimate {
        None => "–".to_owned(),
        Some(Estimate { value, interval: None }) => number(value),
        Some(Estimate { value, interval: Some((low, high)) }) => {
            format!("{} [{}, {}]", number(value), number(low), number(high))
        }
    }
}

/// Text from outside on one line, without signs that steer a terminal.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "(not shown: it may hold a secret that cannot be masked)".to_owned();
    }
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("“{}”", plain.split_whitespace().collect::<Vec<_>>().join(" "))
}
