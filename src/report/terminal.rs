//! The table for people: agents by score, with their worst habits.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};

use crate::model::{AgentSummary, BasisPoints, Category, Report};
use crate::rules::Rulebook;

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For a terminal.
    On,
    /// For a pipe, or where the user asked for none.
    Off,
}

/// Language of titles in the table where a rule has them.
const LANGUAGE: &str = "en";

/// The whole text, ending in a line end.
pub fn table(report: &Report, book: &Rulebook, colour: Colour, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = width {
        table.set_width(width);
    }
    table.set_header(["Agent", "Team", "Notes", "Score", "Compliant", "Findings", "ACW", "Worst habits (notes)"]);
    for column in 2..=6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut agents: Vec<&AgentSummary> = report.agents.iter().collect();
    agents.sort_by_key(|a| (a.tally.score().unwrap_or(BasisPoints::FULL), a.agent.clone()));
    for agent in agents {
        let tally = &agent.tally;
        let label = if agent.label() == agent.agent {
            agent.agent.clone()
        } else {
            format!("{} ({})", agent.label(), agent.agent)
        };
        let score = tally.score();
        let mut score_cell = Cell::new(percent(score));
        if colour == Colour::On {
            score_cell = score_cell.fg(match score {
                Some(s) if s.0 >= report.run.target * 100 => Color::Green,
                Some(s) if s.0 + 1000 >= report.run.target * 100 => Color::Yellow,
                _ => Color::Red,
            });
        }
        table.add_row(vec![
            Cell::new(label),
            Cell::new(agent.team.as_deref().unwrap_or("")),
            Cell::new(tally.notes),
            score_cell,
            Cell::new(percent(tally.compliance_rate())),
            Cell::new(tally.findings()),
            Cell::new(tally.mean_acw().map_or_else(|| "–".to_owned(), clock)),
            Cell::new(habits(agent, book)),
        ]);
    }
    if colour == Colour::On {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let mut out = format!("{table}\n\n");
    let total = &report.total;
    let _ = writeln!(
        out,
        "{} notes by {} agents: score {}, {} of the notes reach the target of {} %; {} notes without a finding.",
        total.notes,
        report.agents.len(),
        percent(total.score()),
        percent(total.compliance_rate()),
        report.run.target,
        total.clean
    );
    let categories: Vec<String> = Category::ALL
        .into_iter()
        .filter(|c| total.categories[c.index()].findings > 0)
        .map(|c| format!("{c} {}", total.categories[c.index()].findings))
        .collect();
    let [minor, major, critical] = total.severities;
    let _ = writeln!(
        out,
        "Findings: {} ({critical} critical, {major} major, {minor} minor): {}.",
        total.findings(),
        categories.join(", ")
    );
    let languages: Vec<String> = report.languages.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let _ = writeln!(
        out,
        "Languages: {}. Rows read: {}, not readable: {}.",
        languages.join(", "),
        report.run.rows,
        report.run.rows - total.notes
    );
    out
}

fn habits(agent: &AgentSummary, book: &Rulebook) -> String {
    let habits: Vec<String> = agent
        .tally
        .worst_rules()
        .into_iter()
        .take(3)
        .map(|(rule, tally)| {
            let rule = &book.rules[rule];
            let title = rule.texts.get(LANGUAGE).map_or(rule.id.as_str(), |t| t.title.as_str());
            format!("{title} ({})", tally.notes)
        })
        .collect();
    habits.join("; ")
}

fn percent(value: Option<BasisPoints>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{} %", v.percent()))
}

/// Seconds as minutes and seconds.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
