//! What a history tells, as the pages show it.

use std::collections::{BTreeMap, HashMap};

use crate::history::{By, History, HistoryError, Line, Moved, Moves, Trend, TrendOptions};
use crate::model::{Category, Period, Report};
use crate::report::html::{Course, Judged, Past, Point, Sides};
use crate::rules::Rulebook;

/// Of everybody, and of the agents of a report.
pub(super) fn of(store: &History, period: Period, report: &Report, book: &Rulebook) -> Result<Past, HistoryError> {
    let trend = |by, as_scored| store.trend(&TrendOptions { by, period, as_scored, ..TrendOptions::default() });
    let groups: BTreeMap<String, String> =
        book.rules.iter().map(|rule| (rule.id.clone(), rule.category.name().to_owned())).collect();
    let moves = store.moves(period, &groups)?;
    let total = trend(By::Total, false)?;
    let all = moves.as_ref().map(everybody);
    let everybody = courses(&total, &trend(By::Total, true)?).remove(&None).unwrap_or_default();
    let mut by_agent = courses(&trend(By::Agent, false)?, &trend(By::Agent, true)?);
    let mut agents = HashMap::new();
    for agent in &report.agents {
        let known = store.stands_as(&agent.agent)?;
        if let Some(course) = by_agent.remove(&Some(known.clone())) {
            let moved = moves.as_ref().and_then(|moves| moves.agents.get(&known)).map(sides);
            agents.insert(agent.agent.clone(), Course { moved, ..course });
        }
    }
    Ok(Past {
        everybody: Course { moved: all.as_ref().map(sides), ..everybody },
        agents,
        rulesets: total
            .rulesets
            .iter()
            .map(|(ruleset, scored, _)| Judged {
                name: ruleset.name(),
                acw: ruleset.acw.clone(),
                rules: ruleset.rules.clone(),
                notes: *scored,
            })
            .collect(),
        periods: moves.as_ref().map(|moves| (moves.from.clone(), moves.to.clone())),
        comparable: moves.is_some_and(|moves| moves.comparable),
        undated: total.undated,
    })
}

/// The lines of a trend by value; first scores beside the last ones where notes were scored again.
fn courses(last: &Trend, first: &Trend) -> HashMap<Option<String>, Course> {
    let key = |line: &Line| (line.value.clone(), line.period.clone());
    let mut firsts: HashMap<_, _> = first.lines.iter().map(|line| (key(line), &line.tally)).collect();
    let mut courses: HashMap<Option<String>, Course> = HashMap::new();
    for line in &last.lines {
        let first = firsts.remove(&key(line)).filter(|_| line.rescored > 0).cloned();
        courses.entry(line.value.clone()).or_default().points.push(Point {
            period: line.period.clone(),
            tally: line.tally.clone(),
            first,
            rulesets: line.rulesets.iter().map(|id| format!("R{id}")).collect(),
            changed: line.changed,
            rescored: line.rescored,
        });
    }
    courses
}

/// The agents together: a note is one agent's, so their counts add up.
fn everybody(moves: &Moves) -> Moved {
    let mut all = Moved::default();
    for moved in moves.agents.values() {
        all.before.merge(&moved.before);
        all.after.merge(&moved.after);
        for (group, (before, after)) in &moved.failing {
            let sum = all.failing.entry(group.clone()).or_default();
            *sum = (sum.0 + before, sum.1 + after);
        }
    }
    all
}

fn sides(moved: &Moved) -> Sides {
    let failing = |category: Category| moved.failing.get(category.name()).copied().unwrap_or_default();
    let categories = Category::ALL.into_iter().map(|category| {
        let (before, after) = failing(category);
        (category, before, after)
    });
    Sides { before: moved.before.clone(), after: moved.after.clone(), categories: categories.collect() }
}
