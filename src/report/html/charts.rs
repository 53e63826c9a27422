//! Where things stand in the pages' charts. The templates draw them; the numbers stand in a table beside each.

use serde::Serialize;

use crate::measure::{Fields, paces, usual};
use crate::model::{Report, Tally};

/// A line across a chart with its figure, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Tick {
    at: f64,
    value: u32,
    /// The same in whole per cent, as it is written.
    label: u32,
}

impl Tick {
    fn new(at: f64, value: u32) -> Self {
        Tick { at, value, label: value / 100 }
    }
}

/// From basis points to a place between two ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: u32,
    high: u32,
    ends: (f64, f64),
}

impl Scale {
    /// From a round figure at or below `lowest` to 100, between two ends.
    pub(super) fn from(lowest: u32, ends: (f64, f64)) -> Self {
        Scale { low: (lowest / 1_000 * 1_000).min(9_000), high: 10_000, ends }
    }

    /// The place of a figure; what lies outside stands at the nearer end.
    pub(super) fn at(self, value: u32) -> f64 {
        let share = f64::from(value.clamp(self.low, self.high) - self.low) / f64::from(self.high - self.low);
        ((self.ends.0 + share * (self.ends.1 - self.ends.0)) * 10.0).round() / 10.0
    }

    /// Round figures along it, three to six of them.
    pub(super) fn ticks(self) -> Vec<Tick> {
        let span = self.high - self.low;
        let step = [200, 500, 1_000, 2_000].into_iter().find(|step| span / step <= 6).unwrap_or(2_500);
        let first = self.low.div_ceil(step) * step;
        let values = (0..).map(|n| first + n * step).take_while(|value| *value <= self.high);
        values.map(|value| Tick::new(self.at(value), value)).collect()
    }
}

/// How the scores of the notes are spread.
#[derive(Debug, Serialize)]
pub(super) struct Histogram {
    bars: Vec<Bar>,
    /// Where the target stands.
    target: f64,
}

/// A band of ten points; the last is 100 alone.
#[derive(Debug, Serialize)]
struct Bar {
    from: u32,
    to: u32,
    notes: u64,
    share: u32,
    x: f64,
    y: f64,
    height: f64,
    /// Whether the notes in it reach the target.
    good: bool,
}

/// Width of a band in the histogram's drawing, and the height of the highest bar.
const BAND: f64 = 40.0;
const HIGHEST: f64 = 130.0;
/// Where bars stand, measured from the top.
const FLOOR: f64 = 155.0;

impl Histogram {
    /// Of everybody's notes; `None` where no note has a score.
    pub(super) fn of(total: &Tally, target: u32) -> Option<Self> {
        let most = total.bands.iter().copied().max().filter(|most| *most > 0)?;
        let all: u64 = total.bands.iter().sum();
        let bar = |(band, notes): (usize, &u64)| {
            let height = (*notes as f64 / most as f64 * HIGHEST * 10.0).round() / 10.0;
            Bar {
                from: band as u32 * 10,
                to: (band as u32 * 10 + 9).min(100),
                notes: *notes,
                share: (notes * 10_000 / all) as u32,
                x: 6.0 + BAND * band as f64,
                y: ((FLOOR - height) * 10.0).round() / 10.0,
                height,
                good: band as u32 * 10 >= target,
            }
        };
        Some(Histogram {
            bars: total.bands.iter().enumerate().map(bar).collect(),
            target: 2.0 + BAND * f64::from(target.min(100)) / 10.0,
        })
    }
}

/// Time against quality: an agent a dot in four fields.
#[derive(Debug, Serialize)]
pub(super) struct FourFields {
    /// Where the usual time and the target stand.
    middle: f64,
    target: f64,
    ticks: Vec<Tick>,
    times: Vec<Tick>,
    dots: Vec<Dot>,
    /// Notes in the four fields.
    fields: Fields,
    shares: [u32; 4],
}

/// An agent in it.
#[derive(Debug, Serialize)]
struct Dot {
    label: String,
    href: String,
    x: f64,
    y: f64,
    /// Time against what is usual, and the score, in basis points.
    pace: u32,
    score: u32,
    notes: u64,
    /// Too few notes to say much.
    few: bool,
    /// Where its name stands: right of it or left of it; `None` where names would lie over each other.
    name: Option<(f64, &'static str)>,
}

/// Where the plot itself stands in the drawing of 720 by 410: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (44.0, 700.0, 16.0, 366.0);
/// Agents up to whom names are written beside the dots.
const NAMED: usize = 30;
/// Width of a letter and height of a line in the drawing.
const LETTER: (f64, f64) = (6.6, 15.0);

impl FourFields {
    /// Of the agents whose times are told; `None` where there are fewer than two.
    pub(super) fn of(report: &Report, files: &[String], fields: &[Fields]) -> Option<Self> {
        let standards = &report.run.standards;
        let paces = paces(&report.cells, report.agents.len(), &usual(&report.cells), standards);
        let known: Vec<(usize, u32, u32)> = (0..report.agents.len())
            .filter_map(|at| Some((at, paces[at]?, report.agents[at].tally.score()?.0)))
            .collect();
        if known.len() < 2 {
            return None;
        }
        let (left, right, top, bottom) = PLOT;
        let target = standards.target * 100;
        let lowest = known.iter().map(|(.., score)| *score).chain([target]).min().unwrap_or(0);
        // Room above those who lose nothing.
        let score = Scale::from(lowest.saturating_sub(200), (bottom, top + 34.0));
        // Three times the usual and more stand at the edge; the table tells how much.
        let slowest = known.iter().map(|(_, pace, _)| *pace).max().unwrap_or(0).clamp(15_000, 30_000);
        let across = |pace: u32| {
            let share = f64::from(pace.min(slowest)) / f64::from(slowest);
            ((left + 10.0 + share * (right - left - 20.0)) * 10.0).round() / 10.0
        };
        let mut dots: Vec<Dot> = known
            .iter()
            .map(|(at, pace, points)| Dot {
                label: report.agents[*at].label().to_owned(),
                href: files[*at].clone(),
                x: across(*pace),
                y: score.at(*points),
                pace: *pace,
                score: *points,
                notes: report.agents[*at].tally.notes,
                few: report.agents[*at].tally.scores.notes < standards.min_notes,
                name: None,
            })
            .collect();
        if dots.len() <= NAMED {
            name(&mut dots);
        }
        let mut all = Fields::default();
        for agent in fields {
            all.fast_good += agent.fast_good;
            all.fast_poor += agent.fast_poor;
            all.slow_good += agent.slow_good;
            all.slow_poor += agent.slow_poor;
        }
        let counts = [all.fast_good, all.fast_poor, all.slow_good, all.slow_poor];
        let sum: u64 = counts.iter().sum();
        let times = (0..=slowest / 5_000).map(|n| Tick::new(across(n * 5_000), n * 5_000)).collect();
        Some(FourFields {
            middle: across(10_000),
            target: score.at(target),
            ticks: score.ticks(),
            times,
            dots,
            fields: all,
            shares: counts.map(|count| (count * 10_000).checked_div(sum).unwrap_or(0) as u32),
        })
    }
}

/// Writes names beside dots, right of them where there is room, else left, else not at all.
fn name(dots: &mut [Dot]) {
    // The names of the fields stand in the corners.
    let (left, right, top, bottom) = PLOT;
    let corners = [(left, left + 120.0), (right - 120.0, right)];
    let corners = corners.into_iter().flat_map(|(l, r)| [(l, r, top, top + 24.0), (l, r, bottom - 24.0, bottom)]);
    let around = dots.iter().map(|dot| (dot.x - 5.0, dot.x + 5.0, dot.y - 5.0, dot.y + 5.0));
    let mut taken: Vec<(f64, f64, f64, f64)> = around.chain(corners).collect();
    for dot in dots.iter_mut() {
        let wide = unicode_width::UnicodeWidthStr::width(dot.label.as_str()) as f64 * LETTER.0;
        let places = [
            (dot.x + 9.0, "start", dot.x + 8.0, dot.x + 9.0 + wide),
            (dot.x - 9.0, "end", dot.x - 9.0 - wide, dot.x - 8.0),
        ];
        for (x, anchor, from, to) in places {
            let rows = (dot.y - LETTER.1 / 2.0, dot.y + LETTER.1 / 2.0);
            let free = from > PLOT.0
                && to < PLOT.1
                && taken.iter().all(|(l, r, t, b)| to < *l || from > *r || rows.1 < *t || rows.0 > *b);
            if free {
                dot.name = Some((x, anchor));
                taken.push((from, to, rows.0, rows.1));
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_100_and_has_round_figures() {
        let scale = Scale::from(7_340, (200.0, 0.0));
        assert_eq!((scale.at(10_000), scale.at(7_000), scale.at(8_500), scale.at(100)), (0.0, 200.0, 100.0, 200.0));
        let ticks: Vec<u32> = scale.ticks().iter().map(|tick| tick.value).collect();
        assert_eq!(ticks, [7_000, 7_500, 8_000, 8_500, 9_000, 9_500, 10_000]);
        assert!(Scale::from(10_000, (0.0, 1.0)).at(9_000) == 0.0, "a range of nothing is widened");
    }

    #[test]
    fn bars_are_as_high_as_their_share_of_the_highest() {
        let mut total = Tally::default();
        (total.bands[4], total.bands[9], total.bands[10]) = (1, 4, 2);
        let histogram = Histogram::of(&total, 90).unwrap();
        let heights: Vec<f64> = histogram.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights[4..], [32.5, 0.0, 0.0, 0.0, 0.0, 130.0, 65.0]);
        let good: Vec<u32> = histogram.bars.iter().filter(|bar| bar.good).map(|bar| bar.from).collect();
        assert_eq!(good, [90, 100]);
        assert!(Histogram::of(&Tally::default(), 90).is_none());
    }

    #[test]
    fn names_never_lie_over_each_other() {
        let dot = |x: f64, y: f64| Dot {
            label: "Somebody".into(),
            href: String::new(),
            x,
            y,
            pace: 0,
            score: 0,
            notes: 0,
            few: false,
            name: None,
        };
        let mut dots = [dot(300.0, 100.0), dot(302.0, 102.0), dot(301.0, 101.0), dot(690.0, 200.0)];
        name(&mut dots);
        let sides: Vec<Option<&str>> = dots.iter().map(|dot| dot.name.map(|(_, anchor)| anchor)).collect();
        assert_eq!(sides, [Some("start"), Some("end"), None, Some("end")]);
    }
}
