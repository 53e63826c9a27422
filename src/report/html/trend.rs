//! How figures went: what a history tells, as a chart with its table, and what got better or worse of late.

use std::collections::HashMap;

use serde::Serialize;

use super::charts::{Scale, Tick};
use crate::measure::{Basis, Change, newcombe, score_change};
use crate::model::{Category, Tally};
use crate::report::figures::{Figures, Share};

/// What a history tells of everybody and of each agent; plain data, so that the pages need not know where it is kept.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Everybody together.
    pub everybody: Course,
    /// Agents, as the export names them.
    pub agents: HashMap<String, Course>,
    /// The sets of rules that scored the notes, oldest first.
    pub rulesets: Vec<Judged>,
    /// The last two periods; `None` where there is only one.
    pub periods: Option<(String, String)>,
    /// Whether one set of rules scored both of them.
    pub comparable: bool,
    /// Notes without a day, which stand on the day on which they were first kept.
    pub undated: u64,
}

/// A set of rules that scored notes of the history.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Judged {
    /// Its name: `R1`.
    pub name: String,
    /// Version of the program.
    pub acw: String,
    /// Hash of the rule files.
    pub rules: String,
    /// Notes that it scored.
    pub notes: u64,
}

/// How the figures of somebody went.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Period by period.
    pub points: Vec<Point>,
    /// The last two periods side by side.
    pub moved: Option<Sides>,
}

/// One period.
#[derive(Debug, Clone, Default)]
pub struct Point {
    /// The period.
    pub period: String,
    /// Its notes, each with its last score.
    pub tally: Tally,
    /// The same notes, each with its first score, where some were scored again by other rules.
    pub first: Option<Tally>,
    /// Names of the sets of rules that gave the last scores.
    pub rulesets: Vec<String>,
    /// Whether they are others than of the period before.
    pub changed: bool,
    /// Notes that other rules scored as well.
    pub rescored: u64,
}

/// The last two periods.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// The earlier one.
    pub before: Tally,
    /// The later one.
    pub after: Tally,
    /// Notes that fail a category: before, after.
    pub categories: Vec<(Category, u64, u64)>,
}

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct TrendView {
    ticks: Vec<Tick>,
    target: f64,
    bottom: f64,
    line: String,
    first_line: String,
    marks: Vec<Mark>,
    rows: Vec<Row>,
    /// Whether any note was scored again by other rules.
    rescored: u64,
    undated: u64,
    rulesets: Vec<Judged>,
    moves: Option<Moves>,
}

/// A period in the chart.
#[derive(Debug, Serialize)]
struct Mark {
    x: f64,
    y: Option<f64>,
    top: Option<f64>,
    foot: Option<f64>,
    first: Option<f64>,
    /// Where the line stands that tells of other rules; `None` where they are the same.
    change: Option<f64>,
    /// Shown at the axis; `None` where periods stand too close.
    period: Option<String>,
    score: Option<u32>,
    rulesets: String,
}

/// A period in the table.
#[derive(Debug, Serialize)]
struct Row {
    period: String,
    figures: Figures,
    first: Option<u32>,
    rulesets: String,
    changed: bool,
    rescored: u64,
}

/// What moved between the last two periods.
#[derive(Debug, Serialize)]
struct Moves {
    from: String,
    to: String,
    comparable: bool,
    rows: Vec<MoveRow>,
    better: usize,
    worse: usize,
    open: usize,
}

/// A figure in both periods. Shares and differences are basis points.
#[derive(Debug, Serialize)]
struct MoveRow {
    /// `None`: the score.
    category: Option<Category>,
    before: Option<u32>,
    after: Option<u32>,
    difference: Option<i32>,
    low: Option<i32>,
    high: Option<i32>,
    verdict: &'static str,
}

/// Where the plot itself stands in the drawing of 680 by 250: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (42.0, 664.0, 26.0, 212.0);
/// Periods whose names stand at the axis.
const NAMED: usize = 12;

impl TrendView {
    /// Of somebody's course; `None` where there are fewer than two periods to show, which make no trend.
    pub(super) fn of(past: &Past, course: &Course, basis: Basis<'_>) -> Option<Self> {
        if course.points.len() < 2 {
            return None;
        }
        let rows: Vec<Row> = course.points.iter().map(|point| Row::of(point, basis)).collect();
        let target = basis.standards.target * 100;
        let lows = rows.iter().flat_map(|row| [row.figures.low, row.figures.score, row.first]).flatten();
        let scale = Scale::from(lows.chain([target]).min().unwrap_or(0), (PLOT.3, PLOT.2));
        let count = rows.len();
        let step = (PLOT.1 - PLOT.0) / count as f64;
        let every = count.div_ceil(NAMED);
        let marks: Vec<Mark> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| Mark {
                x: tenths(PLOT.0 + step * (at as f64 + 0.5)),
                y: row.figures.score.map(|score| scale.at(score)),
                top: row.figures.high.map(|high| scale.at(high)),
                foot: row.figures.low.map(|low| scale.at(low)),
                first: row.first.map(|first| scale.at(first)),
                change: row.changed.then(|| tenths(PLOT.0 + step * at as f64)),
                period: (count - 1 - at).is_multiple_of(every).then(|| row.period.clone()),
                score: row.figures.score,
                rulesets: row.rulesets.clone(),
            })
            .collect();
        Some(TrendView {
            ticks: scale.ticks(),
            target: scale.at(target),
            bottom: PLOT.3,
            line: path(marks.iter().map(|mark| (mark.x, mark.y))),
            first_line: path(marks.iter().map(|mark| (mark.x, mark.first))),
            marks,
            rescored: rows.iter().map(|row| row.rescored).sum(),
            rows,
            undated: past.undated,
            rulesets: past.rulesets.clone(),
            moves: moves(past, course, basis),
        })
    }
}

impl Row {
    fn of(point: &Point, basis: Basis<'_>) -> Self {
        Row {
            period: point.period.clone(),
            figures: Figures::of(&point.tally, basis),
            first: point.first.as_ref().and_then(Tally::score).map(|score| score.0),
            rulesets: point.rulesets.join(", "),
            changed: point.changed,
            rescored: point.rescored,
        }
    }
}

fn moves(past: &Past, course: &Course, basis: Basis<'_>) -> Option<Moves> {
    let (from, to) = past.periods.clone()?;
    let sides = course.moved.as_ref().filter(|sides| sides.before.notes > 0 && sides.after.notes > 0)?;
    let (before, after) = (&sides.before, &sides.after);
    let least = basis.standards.min_notes;
    let few = before.notes < least || after.notes < least;
    // For a share of errors less is better, for a score more.
    let verdict = |change: Option<Change>, better: i32| match change {
        _ if !past.comparable => "rules",
        _ if few => "too_few",
        Some(change) if change.sign() == better => "better",
        Some(change) if change.sign() == -better => "worse",
        _ => "open",
    };
    let row = |category, earlier, later, change: Option<Change>, better| MoveRow {
        category,
        before: earlier,
        after: later,
        difference: change.map(|change| change.difference),
        low: change.map(|change| change.low),
        high: change.map(|change| change.high),
        verdict: verdict(change, better),
    };
    let score = score_change(before, after, basis);
    let points = |tally: &Tally| tally.score().map(|score| score.0);
    let mut rows = vec![row(None, points(before), points(after), score, 1)];
    let confidence = basis.standards.confidence;
    let mut categories: Vec<MoveRow> = sides
        .categories
        .iter()
        .filter(|(_, earlier, later)| earlier + later > 0)
        .map(|(category, earlier, later)| {
            let share = |part, whole| Share::of(part, whole, confidence).share;
            let change = newcombe((*earlier, before.judged()), (*later, after.judged()), confidence);
            row(Some(*category), share(*earlier, before.judged()), share(*later, after.judged()), change, -1)
        })
        .collect();
    let rank = |row: &MoveRow| ["better", "worse"].iter().position(|known| *known == row.verdict).unwrap_or(2);
    categories.sort_by_key(|row| (rank(row), std::cmp::Reverse(row.difference.unwrap_or(0).abs())));
    rows.extend(categories);
    let told = |verdict: &str| rows.iter().filter(|row| row.verdict == verdict).count();
    let (better, worse) = (told("better"), told("worse"));
    let open = rows.len() - better - worse;
    Some(Moves { from, to, comparable: past.comparable, rows, better, worse, open })
}

/// A line through the points that are there, broken where one is missing.
fn path(points: impl Iterator<Item = (f64, Option<f64>)>) -> String {
    let mut out = String::new();
    let mut pen_down = false;
    for (x, y) in points {
        if let Some(y) = y {
            out.push_str(&format!("{}{x} {y}", if pen_down { "L" } else { "M" }));
        }
        pen_down = y.is_some();
    }
    out
}

/// A coordinate with one decimal: more is not seen and only makes pages longer.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BasisPoints, Standards};

    fn tally(scores: &[u32]) -> Tally {
        let mut tally = Tally { notes: scores.len() as u64, ..Tally::default() };
        scores.iter().for_each(|score| tally.scores.add(BasisPoints(*score)));
        tally
    }

    fn course(later: u32, failing: (u64, u64)) -> Course {
        let (before, after) = (tally(&[5_000, 5_200, 5_400, 5_600]), tally(&[later, later + 200, later + 400, later]));
        let point = |tally: &Tally| Point { tally: tally.clone(), ..Point::default() };
        Course {
            points: vec![point(&before), point(&after)],
            moved: Some(Sides { before, after, categories: vec![(Category::Length, failing.0, failing.1)] }),
        }
    }

    fn verdicts(course: &Course, min_notes: u64, comparable: bool) -> Vec<&'static str> {
        let standards = Standards { min_notes, ..Standards::default() };
        let basis = Basis { standards: &standards, loss: BasisPoints(2_000), critical_loss: BasisPoints(2_000) };
        let past = Past { periods: Some(("1".into(), "2".into())), comparable, ..Past::default() };
        let moves = TrendView::of(&past, course, basis).unwrap().moves.unwrap();
        moves.rows.iter().map(|row| row.verdict).collect()
    }

    #[test]
    fn what_moved_is_told_only_where_it_can_be() {
        assert_eq!(verdicts(&course(9_000, (4, 0)), 4, true), ["better", "better"]);
        assert_eq!(verdicts(&course(5_300, (0, 4)), 4, true), ["open", "worse"]);
        assert_eq!(verdicts(&course(9_000, (4, 0)), 5, true), ["too_few", "too_few"]);
        assert_eq!(verdicts(&course(9_000, (4, 0)), 4, false), ["rules", "rules"]);
    }

    #[test]
    fn one_period_is_no_trend_and_a_gap_breaks_the_line() {
        let standards = Standards::default();
        let basis = Basis { standards: &standards, loss: BasisPoints(2_000), critical_loss: BasisPoints(2_000) };
        let one = Course { points: vec![Point::default()], moved: None };
        assert!(TrendView::of(&Past::default(), &one, basis).is_none());
        assert_eq!(path([(1.0, Some(2.0)), (2.0, None), (3.0, Some(4.5))].into_iter()), "M1 2M3 4.5");
    }
}
