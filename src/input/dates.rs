//! In what order the days of a column are written, where a single one leaves doubt: 03/04/2026.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stamp::{DateWords, Written, written};
use super::{Columns, Export, LOOKED_AT, Row, Vocabulary};
use crate::model::{Problem, Role};

/// Changes of day, all in one direction, from which the order of the rows is no accident: six days stand so in 2 of 720 orders.
const STEPS: u32 = 5;

/// In what order day, month and year are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day: of years of two digits, for those of four leave no doubt.
    Ymd,
}

impl DateOrder {
    /// Every order.
    pub const ALL: [DateOrder; 3] = [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd];

    /// The name in flags and settings.
    pub const fn name(self) -> &'static str {
        match self {
            DateOrder::Dmy => "dmy",
            DateOrder::Mdy => "mdy",
            DateOrder::Ymd => "ymd",
        }
    }
}

impl FromStr for DateOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = DateOrder::ALL.into_iter().find(|order| order.name() == text.trim().to_lowercase());
        known.ok_or_else(|| format!("`{text}` is no order of days: write dmy, mdy or ymd"))
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateOrder::Dmy => "day/month/year",
            DateOrder::Mdy => "month/day/year",
            DateOrder::Ymd => "year/month/day",
        })
    }
}

/// How a column of days is read, where some leave doubt or tell the order, or the user has said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// Its header.
    pub column: String,
    /// The order; `None` where nothing decides it, and days that leave doubt are not read.
    pub order: Option<DateOrder>,
    /// Why.
    pub why: String,
    /// A day that leaves doubt, as written; `None` where there is none, or nobody looked for one.
    pub example: Option<String>,
    /// Orders in which every day of it can be read.
    pub(super) possible: Vec<DateOrder>,
}

/// What to do where the order is not known, or not the right one.
pub(super) const REMEDY: &str =
    "say how days are written with `date_order: dmy` (or mdy, ymd) in acw.yaml, or with --date-order";

impl Days {
    /// What a run says of it; nothing where the user has said it, or of days that are not read, which [`unread`] tells.
    pub fn remark(&self, file: &str) -> Option<Problem> {
        let (order, example) = (self.order?, self.example.as_ref()?);
        Some(Problem {
            file: file.to_owned(),
            line: None,
            message: format!("column `{}`: days such as {example} are read as {order}: {}", self.column, self.why),
            help: format!("where that is wrong, {REMEDY}"),
            rejected: false,
        })
    }
}

/// What a run says of notes that tell a start, but no day that can be read.
pub fn unread(file: &str, notes: u64, days: Option<&Days>) -> Problem {
    let why = days.map_or_else(String::new, |days| match days.order {
        Some(order) => format!(" as {order}"),
        None => {
            let example = days.example.as_deref().map_or_else(String::new, |example| format!(" such as {example}"));
            format!("; days{example} leave doubt: {}", days.why)
        }
    });
    Problem {
        file: file.to_owned(),
        line: None,
        message: format!("{notes} notes are in no period, as no day can be read from their start{why}"),
        help: format!("{REMEDY}; `acw columns` shows what was read"),
        rejected: false,
    }
}

/// Whether the days of a column, read in one order, only rise or only fall from row to row.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    last: Option<Date>,
    rises: u32,
    falls: u32,
}

impl Run {
    fn add(&mut self, day: Date) {
        if let Some(last) = self.last {
            self.rises = self.rises.saturating_add(u32::from(day > last));
            self.falls = self.falls.saturating_add(u32::from(day < last));
        }
        self.last = Some(day);
    }

    fn ordered(self) -> bool {
        self.rises.min(self.falls) == 0 && self.rises.max(self.falls) >= STEPS
    }

    fn broken(self) -> bool {
        self.rises > 0 && self.falls > 0
    }
}

/// What a column tells of the order of its days. Of each order is kept how many days speak against it, and in what order the rows
/// stand under it; whether the days are likely ones, such as no Sundays, is no evidence.
#[derive(Debug, Clone, Default)]
struct Evidence {
    /// Days in some order.
    days: u64,
    /// A day that leaves doubt.
    example: Option<String>,
    /// Days that the order cannot read and another can.
    against: [u64; 3],
    runs: [Run; 3],
}

impl Evidence {
    fn add(&mut self, value: &str, words: &DateWords) {
        let readings = match written(value, words) {
            None => return,
            Some(Written::Clear(day)) => {
                self.days += 1;
                self.runs.iter_mut().for_each(|run| run.add(day));
                return;
            }
            // Points between are written where the day comes first.
            Some(Written::Doubtful { readings, points: true }) => [readings[0], None, None],
            Some(Written::Doubtful { readings, points: false }) => readings,
        };
        let mut known = readings.iter().flatten();
        let Some(first) = known.next() else { return };
        self.days += 1;
        if self.example.is_none() && known.any(|day| day != first) {
            let digits = value.trim().split(|c: char| c.is_whitespace() || c == 'T').next().unwrap_or_default();
            self.example = Some(digits.to_owned());
        }
        for ((against, run), reading) in self.against.iter_mut().zip(&mut self.runs).zip(readings) {
            match reading {
                Some(day) => run.add(day),
                None => *against += 1,
            }
        }
    }

    /// The order, and why: by what the days can be at all, or else by the order of the rows.
    fn decide(&self) -> (Option<DateOrder>, String) {
        let orders = || DateOrder::ALL.into_iter().zip(self.against).zip(self.runs).map(|((o, a), r)| (o, a, r));
        let possible: Vec<(DateOrder, Run)> =
            orders().filter(|(_, against, _)| *against == 0).map(|(order, _, run)| (order, run)).collect();
        match possible.as_slice() {
            [] => {
                let [dmy, mdy, _] = self.against;
                let why = format!("{mdy} cannot be {}, and {dmy} cannot be {}", DateOrder::Mdy, DateOrder::Dmy);
                (None, why)
            }
            [(order, _)] => {
                let told = orders().filter(|(other, ..)| other != order).map(|(_, against, _)| against).min();
                let told = told.unwrap_or_default();
                (Some(*order), format!("{told} of {} days can be read in no other order", self.days))
            }
            several => {
                let ordered = || several.iter().filter(|(_, run)| run.ordered());
                let others_broken = several.iter().filter(|(_, run)| run.broken()).count() == several.len() - 1;
                match ordered().next() {
                    Some((order, _)) if ordered().count() == 1 && others_broken => {
                        (Some(*order), "only so do the rows stand in the order of their days".into())
                    }
                    _ => {
                        let names: Vec<String> = several.iter().map(|(order, _)| order.to_string()).collect();
                        (None, format!("nothing in the column decides between {}", names.join(" and ")))
                    }
                }
            }
        }
    }

    /// What is to be said of the column; nothing where no day leaves doubt and none tells the order.
    fn days(&self, column: &str) -> Option<Days> {
        let possible = DateOrder::ALL.into_iter().zip(self.against).filter(|(_, against)| *against == 0);
        let possible: Vec<DateOrder> = possible.map(|(order, _)| order).collect();
        let (order, why) = self.decide();
        let example = self.example.clone();
        (example.is_some() || possible.len() == 1).then(|| Days {
            column: column.to_owned(),
            order,
            why,
            example,
            possible,
        })
    }
}

impl Export {
    /// Reads its days so.
    pub(super) fn with(mut self, days: Option<Days>) -> Self {
        self.columns.order = days.as_ref().and_then(|days| days.order);
        self.days = days;
        self
    }

    /// How its days are written, where the user says it.
    pub(super) fn days_asked(&self, order: DateOrder) -> Option<Days> {
        let column = self.columns.header(Role::StartedAt)?;
        let why = "as asked for".to_owned();
        Some(Days { column, order: Some(order), why, example: None, possible: vec![order] })
    }

    /// How its days are written, by its first rows, which are put back; `None` where they tell nothing and leave no doubt.
    pub(super) fn days_of_head(&mut self) -> Option<Days> {
        let column = self.columns.header(Role::StartedAt)?;
        let mut evidence = Evidence::default();
        let mut rows = std::mem::replace(&mut self.rows, Box::new(std::iter::empty()));
        let first: Vec<Row> = rows.by_ref().take(LOOKED_AT).collect();
        first.iter().for_each(|row| weigh(&mut evidence, row, &self.columns, &self.vocabulary));
        self.rows = Box::new(first.into_iter().chain(rows));
        evidence.days(&column).map(|days| self.usual(days))
    }

    /// How its days are written, by the whole column, which is read to its end unless the first rows have no need of an order.
    pub(super) fn days_of_all(mut self) -> Option<Days> {
        self.days_of_head()?;
        let column = self.columns.header(Role::StartedAt)?;
        let mut evidence = Evidence::default();
        let rows = std::mem::replace(&mut self.rows, Box::new(std::iter::empty()));
        rows.for_each(|row| weigh(&mut evidence, &row, &self.columns, &self.vocabulary));
        evidence.days(&column).map(|days| self.usual(days))
    }

    /// What the system always writes, where the column does not decide it.
    fn usual(&self, mut days: Days) -> Days {
        if let (None, Some(preset)) = (days.order, &self.columns.preset)
            && let Some(order) = preset.date_order.filter(|order| days.possible.contains(order))
        {
            days.order = Some(order);
            days.why = format!("{} always writes them so", preset.name);
        }
        days
    }
}

fn weigh(evidence: &mut Evidence, row: &Row, columns: &Columns, vocabulary: &Vocabulary) {
    if let Row::Fields(_, fields) = row
        && let Some(value) = columns.value(Role::StartedAt, fields)
    {
        evidence.add(&value, &vocabulary.dates);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decided(values: &[&str]) -> (Option<DateOrder>, String) {
        let mut evidence = Evidence::default();
        values.iter().for_each(|value| evidence.add(value, &DateWords::default()));
        evidence.days("d").map_or((None, String::new()), |days| (days.order, days.why))
    }

    #[test]
    fn a_part_above_twelve_decides_the_column() {
        assert_eq!(
            decided(&["03/04/2026 10:00", "25/04/2026", "05/04/2026", "", "soon"]),
            (Some(DateOrder::Dmy), "1 of 3 days can be read in no other order".into())
        );
        assert_eq!(decided(&["03/04/2026", "4/25/2026"]).0, Some(DateOrder::Mdy));
        // Years of two digits: neither 13 nor 31 can be a month, nor can 04/13/26 or 12/31/26 start with a year.
        assert_eq!(decided(&["03/04/26", "04/13/26", "12/31/26"]).0, Some(DateOrder::Mdy));
        let years = decided(&["26-04-03", "26-05-31"]);
        assert_eq!(years, (None, "nothing in the column decides between day/month/year and year/month/day".into()));
    }

    #[test]
    fn days_that_speak_for_both_decide_nothing() {
        let (order, why) = decided(&["03/04/2026", "25/04/2026", "04/25/2026", "04/26/2026"]);
        assert_eq!((order, why.as_str()), (None, "1 cannot be month/day/year, and 2 cannot be day/month/year"));
        // The 30th of no February and a thirteenth month of no order are no evidence.
        assert_eq!(decided(&["03/04/2026", "30/02/2026", "13/13/2026"]).0, None);
        assert_eq!(decided(&["03/04/2026", "05.04.2026"]).0, Some(DateOrder::Dmy), "points between");
    }

    #[test]
    fn rows_in_the_order_of_their_days_decide_where_a_month_turns() {
        let turning =
            ["05/03/2026", "09/03/2026", "12/03/2026", "01/04/2026", "06/04/2026", "06/04/2026", "10/04/2026"];
        assert_eq!(decided(&turning).0, Some(DateOrder::Dmy));
        let backwards: Vec<&str> = turning.iter().rev().copied().collect();
        assert_eq!(decided(&backwards).0, Some(DateOrder::Dmy), "newest first");
        assert_eq!(decided(&turning[..5]).0, None, "too few changes to be no accident");
        let within = ["01/04/2026", "02/04/2026", "03/04/2026", "04/04/2026", "05/04/2026", "06/04/2026"];
        assert_eq!(decided(&within).0, None, "rising either way");
        let mixed = ["10/04/2026", "05/03/2026", "06/04/2026", "09/03/2026", "01/04/2026", "12/03/2026", "06/04/2026"];
        assert_eq!(decided(&mixed).0, None);
    }

    #[test]
    fn a_column_without_doubt_needs_no_order() {
        assert!(decided(&["2026-04-03", "2026-04-25", "04/04/2026"]).1.is_empty());
        let told = decided(&["2026-04-03", "25/04/2026", "04/04/2026", "03.04.2026"]);
        assert_eq!(told, (Some(DateOrder::Dmy), "2 of 4 days can be read in no other order".into()));
    }

    proptest! {
        /// A column of true days in the order of the rows is never read in a wrong order.
        #[test]
        fn no_truthful_column_is_misread(
            mut days in prop::collection::vec(0..400i32, 1..80),
            order in prop::sample::select(DateOrder::ALL.to_vec()),
            short: bool,
            ascending: bool,
        ) {
            days.sort();
            if !ascending { days.reverse(); }
            let text = |day: i32| {
                let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
                let (d, m) = (date.day(), date.month());
                let y = if short { date.year() % 100 } else { date.year() };
                match order {
                    DateOrder::Dmy => format!("{d:02}/{m:02}/{y}"),
                    DateOrder::Mdy => format!("{m:02}/{d:02}/{y}"),
                    DateOrder::Ymd => format!("{y}/{m:02}/{d:02}"),
                }
            };
            let values: Vec<String> = days.into_iter().map(text).collect();
            let (decision, _) = decided(&values.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert!(decision.is_none_or(|decision| decision == order), "{:?}: {:?}", decision, values);
        }
    }
}
