//! The tables for people: agents, teams, periods, each figure with its interval; then what stands behind them.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::Colour;
use super::figures::{Compared, Figures, Tone, time_share};
use crate::measure::Basis;
use crate::model::{AgentSummary, BasisPoints, Category, Dimension, Report, Severity};
use crate::rules::Rulebook;

/// Language of titles in the table where a rule has them.
const LANGUAGE: &str = "en";
/// Head of the column of critical scores.
const CRITICAL_SCORE: &str = "Critical score";
/// Questions about long after-call work that are printed.
const QUESTIONS_SHOWN: usize = 5;

/// The whole text, ending in a line end.
pub(super) fn table(report: &Report, book: &Rulebook, colour: Colour) -> String {
    let compared = Compared::of(report);
    let mut out = agents(report, book, &compared, colour);
    for dimension in [Dimension::Team, Dimension::Period, Dimension::CallType] {
        let groups = report.group(dimension);
        if groups.len() > 1 {
            let _ = write!(out, "\n{}", figures(dimension, report, colour));
        }
    }
    if report.total.acw.notes > 0 {
        let _ = write!(out, "\n{}", times(report, &compared, colour));
    }
    let _ = write!(out, "\n{}", summary(report));
    out
}

/// Whether a critical rule applied to any note.
fn has_critical(report: &Report) -> bool {
    report.total.critical_scores.notes > 0
}

fn agents(report: &Report, book: &Rulebook, compared: &Compared, colour: Colour) -> String {
    let critical = has_critical(report);
    let mut header = vec!["Agent", "Team", "Notes", "Score", "Place", "Target", "Compliant"];
    header.extend(critical.then_some(CRITICAL_SCORE));
    header.extend(["Findings", "Worst habits (notes)"]);
    let mut table = new_table(&header);
    right(&mut table, 2..=header.len() - 2);
    let mut order: Vec<usize> = (0..report.agents.len()).collect();
    let key = |index: usize| {
        let agent = &report.agents[index];
        (agent.tally.score().unwrap_or(BasisPoints::FULL), agent.agent.clone())
    };
    order.sort_by_key(|index| key(*index));
    for index in order {
        let agent = &report.agents[index];
        let f = Figures::of(&agent.tally, Basis::of(&report.total, &report.run.standards));
        let place = match compared.places[index] {
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}–{last}"),
            None => "–".to_owned(),
        };
        let mut cells = vec![
            Cell::new(short(&label(agent))),
            Cell::new(short(agent.team.as_deref().unwrap_or(""))),
            Cell::new(f.notes),
            toned(estimate(f.score, f.low, f.high), f.tone, colour),
            Cell::new(place),
            Cell::new(verdict(f.verdict)),
            Cell::new(share(f.compliance)),
        ];
        cells.extend(critical.then(|| Cell::new(share(f.critical.share))));
        cells.extend([Cell::new(f.findings), Cell::new(habits(agent, book))]);
        table.add_row(cells);
    }
    finish(table, colour)
}

/// Score, the four accuracies and after-call work by the values of a dimension.
fn figures(dimension: Dimension, report: &Report, colour: Colour) -> String {
    let critical = has_critical(report);
    let groups = report.group(dimension);
    let worked = groups.iter().any(|group| time_share(&group.tally, group.worked).is_some());
    let mut header = vec![title(dimension), "Notes", "Score", "Target"];
    header.extend(critical.then_some(CRITICAL_SCORE));
    header.extend(["Customer", "Business", "Compliance", "Non-critical", "ACW"]);
    header.extend(worked.then_some("Of time worked"));
    header.push("Over limit");
    let mut table = new_table(&header);
    right(&mut table, 1..=header.len() - 1);
    for group in groups {
        let f = Figures::of(&group.tally, Basis::of(&report.total, &report.run.standards));
        let mut cells = vec![
            Cell::new(&group.value),
            Cell::new(f.notes),
            toned(estimate(f.score, f.low, f.high), f.tone, colour),
            Cell::new(verdict(f.verdict)),
        ];
        cells.extend(critical.then(|| Cell::new(estimate(f.critical.share, f.critical.low, f.critical.high))));
        cells.extend(f.accuracies.iter().map(|a| Cell::new(estimate(a.share, a.low, a.high))));
        cells.push(Cell::new(f.acw.map_or_else(|| "–".to_owned(), clock)));
        cells.extend(worked.then(|| Cell::new(share(time_share(&group.tally, group.worked)))));
        cells.push(Cell::new(share(f.acw_over.share)));
        table.add_row(cells);
    }
    let mut out = finish(table, colour);
    if worked && dimension == Dimension::CallType {
        out.push_str(
            "Of time worked: the part of all time worked that went into the after-call work of the call type. The rows add up to the \
             share of everybody, where every note tells its call type.\n",
        );
    }
    out
}

/// After-call work of each agent: how much of the time worked, how long, and against the quality of the notes.
fn times(report: &Report, compared: &Compared, colour: Colour) -> String {
    let mut table = new_table(&[
        "After-call work",
        "Notes",
        "Not told",
        "Zero",
        "Mean",
        "Of time worked",
        "Over limit",
        "Fast, good",
        "Fast, poor",
        "Slow, good",
        "Slow, poor",
        "Unusually long",
        "short",
    ]);
    right(&mut table, 1..=12);
    for (index, agent) in report.agents.iter().enumerate() {
        let f = Figures::of(&agent.tally, Basis::of(&report.total, &report.run.standards));
        let fields = compared.fields[index];
        let mut cells = vec![
            Cell::new(short(&label(agent))),
            Cell::new(f.acw_notes),
            Cell::new(f.acw_missing),
            Cell::new(f.acw_zero),
            Cell::new(f.acw.map_or_else(|| "–".to_owned(), clock)),
            Cell::new(share(time_share(&agent.tally, report.worked[index]))),
            Cell::new(share(f.acw_over.share)),
        ];
        let counts =
            [fields.fast_good, fields.fast_poor, fields.slow_good, fields.slow_poor, fields.long, fields.short];
        cells.extend(counts.map(Cell::new));
        table.add_row(cells);
    }
    let mut out = finish(table, colour);
    for question in report.questions.iter().take(QUESTIONS_SHOWN) {
        let _ = writeln!(
            out,
            "To ask about: note {} by {} took {} of after-call work and has {} words (usual: {}).",
            question.note,
            report.agents[question.agent].label(),
            clock(u64::from(question.seconds)),
            question.words,
            clock(u64::from(question.usual)),
        );
    }
    if report.questions.len() > QUESTIONS_SHOWN {
        let _ = writeln!(out, "… and {} more, in --format json.", report.questions.len() - QUESTIONS_SHOWN);
    }
    out
}

fn summary(report: &Report) -> String {
    let mut out = String::new();
    let total = &report.total;
    let standards = &report.run.standards;
    let f = Figures::of(total, Basis::of(&report.total, &report.run.standards));
    let _ = writeln!(
        out,
        "{} notes by {} agents: score {} (target {}: {}), {} % of the notes comply{}; {} notes without a finding.",
        f.notes,
        report.agents.len(),
        estimate(f.score, f.low, f.high),
        standards.target,
        verdict(f.verdict),
        estimate(f.compliance, f.compliance_low, f.compliance_high),
        against(f.compliance_target, None),
        f.clean
    );
    if f.critical.share.is_some() {
        let _ = writeln!(
            out,
            "Critical score (points kept of the critical rules alone): {}{}.",
            estimate(f.critical.share, f.critical.low, f.critical.high),
            against(f.critical_target, f.critical_verdict)
        );
    }
    let accuracies: Vec<String> = f
        .accuracies
        .iter()
        .map(|a| format!("{} {}{}", a.kind, estimate(a.share, a.low, a.high), against(a.target, a.verdict)))
        .collect();
    let _ = writeln!(out, "Error accuracy (notes without such an error): {}.", accuracies.join(", "));
    if let Some(mean) = f.acw {
        let worked = report.all_worked();
        let target = f.acw_target.map(|target| format!(" (target {})", clock(u64::from(target))));
        let of_worked = time_share(total, worked).map(|s| {
            format!(", {} of the time worked{}", share(Some(s)), against(standards.targets.acw_percent, None))
        });
        let _ = writeln!(
            out,
            "After-call work: {} on average{}{}; {} notes tell none, {} tell zero.",
            clock(mean),
            target.unwrap_or_default(),
            of_worked.unwrap_or_default(),
            f.acw_missing,
            f.acw_zero
        );
    }
    let categories: Vec<String> = Category::ALL
        .into_iter()
        .filter(|c| total.categories[c.index()].findings > 0)
        .map(|c| format!("{c} {}", total.categories[c.index()].findings))
        .collect();
    let [minor, major, critical] = total.severities;
    let _ = writeln!(
        out,
        "Findings: {} ({critical} critical, {major} major, {minor} minor): {}.",
        f.findings,
        categories.join(", ")
    );
    let met = &report.decisions;
    if met.disputed + met.upheld + met.overturned + met.waived > 0 {
        let _ = writeln!(
            out,
            "Decisions: {} findings disputed and not decided, {} upheld (both count), {} overturned, {} waived (neither counts).",
            met.disputed, met.upheld, met.overturned, met.waived
        );
    }
    for remark in &met.remarks {
        let _ = writeln!(out, "Decisions: {remark}.");
    }
    let languages: Vec<String> = report.languages.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let _ = writeln!(
        out,
        "Languages: {}. Rows read: {} = {} audited + {}{} rejected.",
        languages.join(", "),
        report.run.rows,
        total.notes,
        report.run.filter().map_or(String::new(), |_| format!("{} skipped by the filter + ", report.run.skipped())),
        report.run.rejected
    );
    if let Some(filter) = report.run.filter() {
        let skipped: Vec<String> = report.run.skipped.iter().map(ToString::to_string).collect();
        let skipped = if skipped.is_empty() { "nothing".to_owned() } else { skipped.join(", ") };
        let _ = writeln!(out, "Filter: {filter}. Left out: {skipped}.");
    }
    let _ = writeln!(
        out,
        "In brackets: {} % intervals (score: Student's t; shares: Wilson). Places are given from {} scored notes on, and shared where intervals overlap.",
        standards.confidence, standards.min_notes
    );
    out
}

/// Findings by rule, most first.
pub(super) fn statistics(report: &Report, book: &Rulebook, colour: Colour) -> String {
    let mut table = new_table(&["Findings", "Notes", "Points", "Rule", "Category", "Severity", "Title"]);
    right(&mut table, 0..=2);
    let mut rules: Vec<_> = report.total.rules.iter().collect();
    rules.sort_by_key(|(rule, tally)| (std::cmp::Reverse(tally.findings), **rule));
    for (rule, tally) in rules {
        let rule = &book.rules[*rule];
        table.add_row(vec![
            Cell::new(tally.findings),
            Cell::new(tally.notes),
            Cell::new(tally.points),
            Cell::new(&rule.id),
            Cell::new(rule.category),
            weighed(rule.severity, colour),
            Cell::new(rule.title(LANGUAGE)),
        ]);
    }
    finish(table, colour)
}

fn title(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Team => "Team",
        Dimension::CallType => "Call type",
        Dimension::Channel => "Channel",
        Dimension::Segment => "Segment",
        Dimension::Period => "Period",
    }
}

/// An empty table with these headers.
pub(crate) fn new_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table
}

/// Sets columns of figures to the right.
pub(crate) fn right(table: &mut Table, columns: std::ops::RangeInclusive<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The table as text.
pub(crate) fn finish(mut table: Table, colour: Colour) -> String {
    let mut left_out = Vec::new();
    if colour == Colour::On {
        table.enforce_styling();
        left_out = table.width().map(|width| fit(&mut table, width)).unwrap_or_default();
    } else {
        table.force_no_tty();
    }
    let mut out = format!("{table}\n");
    if !left_out.is_empty() {
        let _ = writeln!(
            out,
            "Too narrow here for: {}. `--format csv`, `json` and `--report` have all.",
            left_out.join("; ")
        );
    }
    out
}

/// Columns at the left that a narrow terminal shows too: who, and the first figures.
const KEPT: usize = 4;
/// Characters from which on a cell holds words that may wrap.
const WORDS: u16 = 24;
/// Characters that a column of words has at the least.
const LEAST: u16 = 18;
/// Blanks around a cell.
const PADDING: u16 = 2;

/// Fits a table into a terminal: figures are never cut apart, words wrap, and columns of figures for which no room is left go, the
/// last ones first. The heads of those that went.
fn fit(table: &mut Table, width: u16) -> Vec<String> {
    let columns = table.column_count();
    // What a column needs: its longest cell, but of the words in its head the longest, as heads wrap.
    let needs = |table: &Table, column: usize| {
        let wide = |text: &str| u16::try_from(text.width()).unwrap_or(u16::MAX);
        let head = table.header().and_then(|head| head.cell_iter().nth(column)).map(Cell::content).unwrap_or_default();
        let cells = table.column_cells_iter(column).flatten().map(|cell| wide(&cell.content())).max().unwrap_or(0);
        let words = head.split(' ').map(wide).max().unwrap_or(0);
        (head, if cells > WORDS { LEAST } else { cells.max(words) } + PADDING, cells > WORDS)
    };
    let mut kept: Vec<(usize, (String, u16, bool))> = (0..columns).map(|at| (at, needs(table, at))).collect();
    let mut left_out = Vec::new();
    while kept.iter().map(|(_, (_, least, _))| least).sum::<u16>() > width {
        let Some(last) = kept.iter().rposition(|(at, (.., words))| *at >= KEPT && !words) else { break };
        let (at, (head, ..)) = kept.remove(last);
        left_out.insert(0, head);
        if let Some(column) = table.column_mut(at) {
            column.set_constraint(ColumnConstraint::Hidden);
        }
    }
    for (at, (_, least, _)) in kept.iter().filter(|(_, (.., words))| !words) {
        if let Some(column) = table.column_mut(*at) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*least)));
        }
    }
    left_out
}

fn weighed(severity: Severity, colour: Colour) -> Cell {
    let cell = Cell::new(severity);
    match severity {
        Severity::Critical if colour == Colour::On => cell.fg(Color::Red),
        Severity::Major if colour == Colour::On => cell.fg(Color::Yellow),
        _ => cell,
    }
}

fn toned(text: String, tone: Tone, colour: Colour) -> Cell {
    let cell = Cell::new(text);
    match tone {
        Tone::Good if colour == Colour::On => cell.fg(Color::Green),
        Tone::Near if colour == Colour::On => cell.fg(Color::Yellow),
        Tone::Poor if colour == Colour::On => cell.fg(Color::Red),
        _ => cell,
    }
}

/// A name as a table shows it: one that is longer would push every figure off the screen.
fn short(name: &str) -> String {
    const LONGEST: usize = 48;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

fn label(agent: &AgentSummary) -> String {
    if agent.label() == agent.agent { agent.agent.clone() } else { format!("{} ({})", agent.label(), agent.agent) }
}

fn verdict(key: &str) -> &'static str {
    match key {
        "reached" => "reached",
        "missed" => "missed",
        "open" => "not decided",
        _ => "too few notes",
    }
}

/// A target and how a figure stands to it, in brackets: ` (target 95: missed)`.
fn against(target: Option<u32>, key: Option<&str>) -> String {
    match (target, key) {
        (Some(target), Some(key)) => format!(" (target {target}: {})", verdict(key)),
        (Some(target), None) => format!(" (target {target})"),
        _ => String::new(),
    }
}

fn habits(agent: &AgentSummary, book: &Rulebook) -> String {
    let habits: Vec<String> = agent
        .tally
        .worst_rules()
        .into_iter()
        .take(3)
        .map(|(rule, tally)| format!("{} ({})", book.rules[rule].title(LANGUAGE), tally.notes))
        .collect();
    habits.join("; ")
}

/// Per cent, or a dash.
pub(crate) fn share(value: Option<u32>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{} %", BasisPoints(v).percent()))
}

/// A figure with its interval: `87.5 [81–92]`.
pub(crate) fn estimate(value: Option<u32>, low: Option<u32>, high: Option<u32>) -> String {
    match (value, low, high) {
        (Some(value), Some(low), Some(high)) => {
            let (figure, low, high) = (BasisPoints(value).percent(), BasisPoints(low), BasisPoints(high));
            // In whole numbers, a narrow one would not hold its own figure: `99.8 [100–100]`.
            if low.rounded() * 100 <= value && value <= high.rounded() * 100 {
                format!("{figure} [{}–{}]", low.rounded(), high.rounded())
            } else {
                format!("{figure} [{}–{}]", low.percent(), high.percent())
            }
        }
        (Some(value), ..) => BasisPoints(value).percent(),
        _ => "–".to_owned(),
    }
}

/// Seconds as minutes and seconds.
pub(crate) fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_narrow_place_the_last_figures_go_and_none_is_cut_apart() {
        let narrow = |width: u16| {
            let mut table = new_table(&["Agent", "Notes", "Score", "Target", "Compliant", "Findings", "Worst habits"]);
            right(&mut table, 1..=5);
            let habits = "Next step is missing (13); Reference number is missing (7)";
            table.add_row(["Ana Prewitt (A-07)", "25", "76.2 [72–80]", "missed", "12.0 %", "98", habits]);
            table.force_no_tty().set_width(width);
            let left_out = fit(&mut table, width);
            (left_out, table.to_string())
        };
        let (left_out, text) = narrow(76);
        assert_eq!(left_out, ["Compliant", "Findings"]);
        assert!(text.contains("76.2 [72–80]") && text.contains("missed") && !text.contains("98"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 76), "{text}");
        assert!(narrow(200).0.is_empty());
    }
}
