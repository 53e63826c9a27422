//! The tables of `acw history`, for people.

use std::fmt::Write as _;

use comfy_table::{Cell, Table};

use crate::history::{By, Effect, EffectOptions, Kept, Line, Ruleset, Run, Side, Trend, TrendOptions, Verdict, Why};
use crate::measure::{Basis, Change};
use crate::model::{Standards, Tally};
use crate::report::{CRITICAL, Colour, Share, clock, estimate, finish, new_table, right, share};

/// What stands where the export told no value.
const NONE: &str = "(none)";

/// What keeping a run brought, on a line.
pub(in crate::cli) fn kept(kept: &Kept) -> String {
    let mut out = format!(
        "History: run {} by R{} keeps {} new notes, {} scored before by the same rules (replaced), {} by others only (re-scored)",
        kept.run, kept.ruleset, kept.added, kept.replaced, kept.rescored
    );
    for (count, what) in [
        (kept.twice, "rows stood more than once and count once"),
        (kept.unjudged, "without a language are not kept"),
        (kept.pruned, "scores older than the retention erased"),
    ] {
        if count > 0 {
            let _ = write!(out, "; {count} {what}");
        }
    }
    out + ".\n"
}

/// The table of a trend and what is to know of it.
pub(super) fn trend(trend: &Trend, options: &TrendOptions, standards: &Standards) -> String {
    let table = if options.by == By::Rule { by_rule(trend, standards) } else { by_value(trend, options, standards) };
    let mut out = finish(table, Colour::Off);
    out.push('\n');
    for (ruleset, scored, shown) in &trend.rulesets {
        let _ =
            writeln!(out, "{}; scored {scored} of these notes, {shown} of the scores are shown.", describe(ruleset));
    }
    if trend.rescored > 0 {
        let (which, other) = if options.as_scored {
            ("first", "without --as-scored: its last")
        } else {
            ("last", "with --as-scored: its first")
        };
        let _ = writeln!(
            out,
            "{} notes were scored by more than one set of rules; each counts once, with its {which} score ({other}).",
            trend.rescored
        );
    }
    if trend.lines.iter().any(|line| line.changed) {
        out.push_str(
            "Where a line says that the rules changed, a difference from the line above may be the rules', not the people's; \
             `acw audit OLD-EXPORTS --history FILE` scores the old notes by the rules of today.\n",
        );
    }
    if trend.undated > 0 {
        let _ =
            writeln!(out, "{} notes have no day and stand on the day of the run that first kept them.", trend.undated);
    }
    let _ = writeln!(out, "In brackets: {} % intervals (score: Student's t; shares: Wilson).", standards.confidence);
    out
}

fn by_value(trend: &Trend, options: &TrendOptions, standards: &Standards) -> Table {
    let by = match options.by {
        By::Agent => "Agent",
        By::Team => "Team",
        By::CallType => "Call type",
        By::Total | By::Rule => "",
    };
    let figures = [
        "Notes",
        "Score",
        "Compliant",
        "Customer",
        "Business",
        "Compliance",
        "Non-critical",
        "ACW",
        "Rules",
        "Re-scored",
    ];
    let split = options.by != By::Total;
    let mut headers = if split { vec![by, "Period"] } else { vec!["Period"] };
    let first = headers.len();
    headers.extend(figures);
    let mut table = new_table(&headers);
    right(&mut table, first..=first + 7);
    right(&mut table, first + 9..=first + 9);
    let basis = Basis::of(&trend.total, standards);
    for line in &trend.lines {
        let mut cells = Vec::new();
        if split {
            cells.push(Cell::new(line.value.as_deref().unwrap_or(NONE)));
        }
        let tally = &line.tally;
        cells.push(Cell::new(&line.period));
        cells.push(Cell::new(tally.notes));
        cells.push(Cell::new(score(tally, basis)));
        cells.push(Cell::new(share_of(tally.compliant, tally.scores.notes, standards.confidence)));
        for (_, critical) in CRITICAL {
            cells.push(Cell::new(share_of(tally.without(critical), tally.judged(), standards.confidence)));
        }
        cells.push(Cell::new(tally.mean_acw().map_or_else(|| "–".to_owned(), clock)));
        cells.push(Cell::new(rules(line)));
        cells.push(Cell::new(line.rescored));
        table.add_row(cells);
    }
    table
}

fn by_rule(trend: &Trend, standards: &Standards) -> Table {
    let mut table = new_table(&["Rule", "Period", "Notes", "Failing", "Share", "Findings", "Points lost", "Rules"]);
    right(&mut table, 2..=6);
    for line in &trend.lines {
        let failed = line.failed.unwrap_or_default();
        table.add_row(vec![
            Cell::new(line.value.as_deref().unwrap_or(NONE)),
            Cell::new(&line.period),
            Cell::new(line.tally.notes),
            Cell::new(failed.notes),
            Cell::new(share_of(failed.notes, line.tally.judged(), standards.confidence)),
            Cell::new(failed.findings),
            Cell::new(failed.points),
            Cell::new(rules(line)),
        ]);
    }
    table
}

fn rules(line: &Line) -> String {
    let names: Vec<String> = line.rulesets.iter().map(|id| format!("R{id}")).collect();
    format!("{}{}", names.join("+"), if line.changed { " (rules changed)" } else { "" })
}

/// What a set of rules is, on a line.
fn describe(ruleset: &Ruleset) -> String {
    format!(
        "{}: acw {}, rules {}, settings {}, target {}, method {}",
        ruleset.name(),
        ruleset.acw,
        ruleset.rules,
        ruleset.settings,
        ruleset.target,
        ruleset.method
    )
}

fn score(tally: &Tally, basis: Basis<'_>) -> String {
    figure(Share::score(tally, basis))
}

fn share_of(part: u64, whole: u64, confidence: u32) -> String {
    figure(Share::of(part, whole, confidence))
}

fn figure(figure: Share) -> String {
    estimate(figure.share, figure.low, figure.high)
}

/// The runs, and what judged.
pub(super) fn runs(runs: &[Run]) -> String {
    let mut table = new_table(&["Run", "Kept (UTC)", "Rules", "New", "Replaced", "Re-scored", "Still there", "Inputs"]);
    right(&mut table, 0..=0);
    right(&mut table, 3..=6);
    let mut rulesets: Vec<&Ruleset> = Vec::new();
    for run in runs {
        if !rulesets.iter().any(|known| known.id == run.ruleset.id) {
            rulesets.push(&run.ruleset);
        }
        let mut cells = vec![Cell::new(run.id), Cell::new(&run.at), Cell::new(run.ruleset.name())];
        cells.extend([run.added, run.replaced, run.rescored, run.left].map(Cell::new));
        cells.push(Cell::new(run.inputs.join(", ")));
        table.add_row(cells);
    }
    let mut out = finish(table, Colour::Off);
    out.push('\n');
    for ruleset in rulesets {
        let rules = ruleset.in_force.as_ref().map_or_else(|| "?".to_owned(), |rules| rules.len().to_string());
        let _ = writeln!(out, "{}; {rules} rules.", describe(ruleset));
    }
    out
}

/// Before and after, and what may be said.
pub(super) fn effect(effect: &Effect, options: &EffectOptions, standards: &Standards, top: usize) -> String {
    let whose = match (&options.who.agent, &options.who.team) {
        (Some(agent), None) => format!("Agent {agent}"),
        (None, Some(team)) => format!("Team {team}"),
        (Some(agent), Some(team)) => format!("Agent {agent} in team {team}"),
        (None, None) => "Everybody".to_owned(),
    };
    let window = options.window.map_or_else(|| "all notes".to_owned(), |window| format!("{window} on each side"));
    let mut out = format!("{whose}, before {date} and from then on ({window}):\n", date = options.date);
    out.push_str(&finish(sides(effect, standards), Colour::Off));
    out.push('\n');
    remarks(&mut out, effect, standards);
    if !effect.rules.is_empty() && top > 0 {
        let _ = write!(out, "\n{}", finish(rules_table(effect, top, standards), Colour::Off));
        let chance = effect.rules.len() as f64 * f64::from(100 - standards.confidence) / 100.0;
        let _ = writeln!(
            out,
            "Notes that fail a rule: {} of {} rules. Of so many, about {chance:.1} would seem to move by chance alone.",
            effect.rules.len().min(top),
            effect.rules.len()
        );
    }
    let _ = writeln!(out, "\nVerdict: {}", verdict(effect, standards));
    let _ = writeln!(
        out,
        "In brackets: {} % intervals (scores: Student's t, differences Welch's; shares: Wilson, differences Newcombe's).",
        standards.confidence
    );
    out
}

fn sides(effect: &Effect, standards: &Standards) -> Table {
    let mut table = new_table(&["", "Before", "After", "Difference", ""]);
    right(&mut table, 1..=3);
    let (before, after) = (&effect.before.tally, &effect.after.tally);
    let basis = Basis::of_both(before, after, standards);
    let mut row = |name: &str, earlier: String, later: String, change: Option<Change>| {
        let difference = change.map_or_else(|| "–".to_owned(), difference);
        table.add_row([name, &earlier, &later, &difference, change.map_or("", moved)]);
    };
    row("Notes", before.notes.to_string(), after.notes.to_string(), None);
    row("Score", score(before, basis), score(after, basis), effect.score);
    let compliant = |tally: &Tally| share_of(tally.compliant, tally.scores.notes, standards.confidence);
    row("Compliant", compliant(before), compliant(after), effect.compliance);
    table
}

fn remarks(out: &mut String, effect: &Effect, standards: &Standards) {
    for ruleset in &effect.rulesets {
        let _ = writeln!(out, "Scored by {}.", describe(ruleset));
    }
    let left_out = |side: &Side| side.left_out;
    if left_out(&effect.before) + left_out(&effect.after) > 0 {
        let _ = writeln!(
            out,
            "Left out, as only other rules scored them: {} notes before, {} after.",
            effect.before.left_out, effect.after.left_out
        );
    }
    if let (Some(change), Some(mix)) = (effect.like_for_like, effect.mix) {
        let _ = writeln!(
            out,
            "Like for like (the call types in the same proportions): {} points, {}. Notes of another call type than before: {}.",
            difference(change),
            moved(change),
            share(Some(mix.0))
        );
    }
    if let Some(others) = &effect.others {
        let basis = Basis::of_both(&others.before, &others.after, standards);
        let _ = write!(
            out,
            "Everybody else over the same time: {} before ({} notes), {} after ({} notes)",
            score(&others.before, basis),
            others.before.notes,
            score(&others.after, basis),
            others.after.notes
        );
        if let Some(change) = others.score {
            let _ = write!(out, ", difference {} points", difference(change));
        }
        if let Some(beside) = others.beside {
            let _ = write!(out, "; beside them: {} points, {}", difference(beside), moved(beside));
        }
        out.push_str(".\n");
    }
}

fn rules_table(effect: &Effect, top: usize, standards: &Standards) -> Table {
    let mut table = new_table(&["Rule", "Before", "After", "Difference"]);
    right(&mut table, 1..=3);
    for rule in effect.rules.iter().take(top) {
        table.add_row([
            rule.rule.clone(),
            share_of(rule.before, effect.before.tally.judged(), standards.confidence),
            share_of(rule.after, effect.after.tally.judged(), standards.confidence),
            difference(rule.change),
        ]);
    }
    table
}

/// What may be said, in a sentence or two.
fn verdict(effect: &Effect, standards: &Standards) -> String {
    let mut said = match effect.verdict {
        Verdict::Better => "better: the score rose by more than chance explains.".to_owned(),
        Verdict::Worse => "worse: the score fell by more than chance explains.".to_owned(),
        Verdict::Open(why) => format!("cannot be told: {}", reason(why, standards)),
    };
    let clear = matches!(effect.verdict, Verdict::Better | Verdict::Worse);
    let beside = effect.others.as_ref().and_then(|others| others.beside);
    if clear && beside.is_some_and(|change| change.sign() != effect.score.map_or(0, |own| own.sign())) {
        said += " But it did not clearly move otherwise than everybody else's, so what moved it need not be what happened on that date.";
    }
    said
}

fn reason(why: Why, standards: &Standards) -> String {
    match why {
        Why::RulesChanged => {
            "other rules scored after than before, so the difference may be the rules'; score the old exports \
                              by the rules of today (`acw audit OLD-EXPORTS --history FILE`) and ask again."
                .to_owned()
        }
        Why::TooFew => format!("a side has fewer than {} scored notes.", standards.min_notes),
        Why::Chance => "the interval of the difference holds zero.".to_owned(),
        Why::Mix => "with the call types in the same proportions, the difference is not clear.".to_owned(),
    }
}

/// Whether an interval leaves zero out.
fn moved(change: Change) -> &'static str {
    match change.sign() {
        1 => "higher",
        -1 => "lower",
        _ => "cannot be told",
    }
}

/// A difference in points of per cent: `+6.8 [+1.9 to +11.7]`.
fn difference(change: Change) -> String {
    let signed = |points: i32| {
        let tenths = (f64::from(points) / 10.0).round() / 10.0;
        if tenths == 0.0 { "0.0".to_owned() } else { format!("{tenths:+.1}") }
    };
    format!("{} [{} to {}]", signed(change.difference), signed(change.low), signed(change.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_show_their_sign() {
        assert_eq!(difference(Change { difference: 680, low: -4, high: 1_174 }), "+6.8 [0.0 to +11.7]");
        assert_eq!(difference(Change { difference: -250, low: -1_551, high: 96 }), "-2.5 [-15.5 to +1.0]");
    }
}
