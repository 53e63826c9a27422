//! A summary for the page of a job: the verdict, the figures, agents worst first, the rules that cost most.

use std::fmt::Write as _;

use crate::measure::Basis;
use crate::model::{BasisPoints, Category, GateLevel, Report};
use crate::report::figures::Figures;
use crate::report::gate;
use crate::report::terminal::{estimate, share};
use crate::rules::Rulebook;

/// Language of the rules' titles where they have it.
const LANGUAGE: &str = "en";
/// Agents and rules that are listed.
const LISTED: usize = 20;

/// The text.
pub(super) fn summary(report: &Report, book: &Rulebook) -> String {
    let basis = || Basis::of(&report.total, &report.run.standards);
    let f = Figures::of(&report.total, basis());
    let mut out = String::from("## Call notes\n\n");
    let _ = writeln!(
        out,
        "{} notes, {} scored: score **{}**, {} compliant, {} findings, {} rows not readable.\n",
        f.notes,
        f.scored,
        estimate(f.score, f.low, f.high),
        share(f.compliance),
        f.findings,
        report.run.rejected,
    );
    if let Some(verdict) = &report.gate {
        let _ = writeln!(out, "**Gate {}.**\n", if verdict.passed() { "met" } else { "not met" });
        for condition in &verdict.conditions {
            let state = condition.level.map_or("met", GateLevel::name);
            let _ = writeln!(out, "- {state}: {}", cell(&gate::sentence(condition)));
        }
        out.push('\n');
    }
    out.push_str(
        "| Agent | Team | Notes | Score | Compliant | Findings |\n| --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    let mut agents: Vec<_> = report.agents.iter().collect();
    agents.sort_by_key(|agent| (agent.tally.score().unwrap_or(BasisPoints::FULL), agent.agent.clone()));
    for agent in agents.iter().take(LISTED) {
        let f = Figures::of(&agent.tally, basis());
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(agent.label()),
            cell(agent.team.as_deref().unwrap_or("")),
            f.notes,
            estimate(f.score, f.low, f.high),
            share(f.compliance),
            f.findings
        );
    }
    if let Some(more) = agents.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(out, "\n… and {more} agents more.");
    }
    out.push_str("\n| Rule | Category | Severity | Findings | Notes |\n| --- | --- | --- | ---: | ---: |\n");
    for (rule, tally) in report.total.worst_rules().into_iter().take(LISTED) {
        let rule = &book.rules[rule];
        let _ = writeln!(
            out,
            "| {} (`{}`) | {} | {} | {} | {} |",
            cell(rule.title(LANGUAGE)),
            rule.id,
            rule.category,
            rule.severity,
            tally.findings,
            tally.notes
        );
    }
    let categories: Vec<String> = Category::ALL
        .into_iter()
        .filter(|category| report.total.categories[category.index()].findings > 0)
        .map(|category| format!("{category} {}", report.total.categories[category.index()].findings))
        .collect();
    let _ = writeln!(out, "\nFindings by category: {}.", categories.join(", "));
    out
}

/// A cell of a table: what would end it, or be taken for a mark or a tag, is escaped.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#' | '@' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_cell_is_escaped() {
        assert_eq!(cell("a|b\n<i>*x*"), "a\\|b \\<i\\>\\*x\\*");
    }
}
