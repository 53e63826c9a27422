//! The figures of a run as a workbook, for those who live in spreadsheets: what the pages show, a table a tab, one row a thing and one
//! column a figure, so that everything can be filtered, pivoted and counted with.

use std::io;
use std::path::Path;

use smol_str::SmolStr;

use super::figures::{Compared, Figures, Share, time_share};
use super::html::{Course, Past};
use super::wording::Wording;
use super::workbook::{self, Cell, Table, Use};
use crate::measure::{Basis, Fields};
use crate::model::{
    AgentSummary, AuditedNote, BasisPoints, Category, CategoryTally, Dimension, Finding, Group, Problem, Question,
    Report, Severity, Tally,
};
use crate::rules::{Language, Rulebook};

/// The workbook; words in the language of the pages. Rows wait in `scratch` until all are written.
///
/// # Errors
/// More rows than a workbook holds; a folder in which nothing can be written.
pub(super) fn workbook(
    report: &Report,
    book: &Rulebook,
    language: &Language,
    wording: &Wording,
    past: Option<&Past>,
    scratch: &Path,
) -> io::Result<Vec<u8>> {
    let maker = Maker { report, book, language, wording, basis: Basis::of(&report.total, &report.run.standards) };
    let mut tables = vec![maker.overview(), maker.agents()];
    tables.extend(Dimension::ALL.into_iter().filter_map(|dimension| maker.groups(dimension)));
    tables.extend([maker.categories(), maker.rules(), maker.findings()]);
    tables.extend(past.map(|past| maker.trend(past)));
    tables.extend((!report.questions.is_empty()).then(|| maker.questions()));
    tables.extend((!report.problems.is_empty()).then(|| maker.problems()));
    workbook::write(tables, &wording.or_key("team.title"), &wording.or_key("foot.text"), Some(scratch))
}

/// A column: its header, its use, and what stands in it of a row.
struct Column<'c, R> {
    head: String,
    usage: Use,
    cell: Box<dyn Fn(&R) -> Cell + 'c>,
}

/// A table of one row each.
fn table<'t, R: 't>(
    tab: String,
    columns: impl Into<Vec<Column<'t, R>>>,
    rows: impl IntoIterator<Item = R, IntoIter: 't>,
) -> Table<'t> {
    let columns: Vec<Column<'t, R>> = columns.into();
    Table {
        tab,
        columns: columns.iter().map(|column| (column.head.clone(), column.usage)).collect(),
        rows: Box::new(rows.into_iter().map(move |row| columns.iter().map(|column| (column.cell)(&row)).collect())),
    }
}

/// Points from hundredths of a per cent.
fn points(value: Option<u32>) -> Cell {
    Cell::of(value, |value| Cell::Points(i64::from(value)))
}

/// A target in per cent as a score.
fn target(target: u32) -> Cell {
    Cell::Points(i64::from(target) * 100)
}

fn share(value: Option<u32>) -> Cell {
    Cell::of(value, Cell::Share)
}

fn part(part: u64, whole: u64) -> Cell {
    share(BasisPoints::of(part, whole).map(|share| share.0))
}

fn clock(seconds: Option<u64>) -> Cell {
    Cell::of(seconds, Cell::Clock)
}

fn words(text: Option<&str>) -> Cell {
    Cell::text(text.unwrap_or_default())
}

struct Maker<'m> {
    report: &'m Report,
    book: &'m Rulebook,
    language: &'m Language,
    wording: &'m Wording,
    basis: Basis<'m>,
}

/// An agent with what is told only side by side.
struct AgentRow<'r> {
    agent: &'r AgentSummary,
    figures: Figures,
    place: Option<(usize, usize)>,
    expected: Option<u32>,
    difference: Option<i32>,
    worked: Option<u64>,
    fields: Fields,
}

impl<'m> Maker<'m> {
    fn say(&self, key: &str) -> String {
        self.wording.or_key(key)
    }

    /// A column under the text of a key.
    fn column<'c, R>(&self, key: &str, usage: Use, cell: impl Fn(&R) -> Cell + 'c) -> Column<'c, R> {
        Column { head: self.say(key), usage, cell: Box::new(cell) }
    }

    /// A figure and the two ends of its range.
    fn ranged<'c, R>(
        &self,
        what: String,
        form: fn(Option<u32>) -> Cell,
        of: impl Fn(&R) -> [Option<u32>; 3] + Clone + 'c,
    ) -> [Column<'c, R>; 3] {
        let head = |key: &str| self.say(key).replace("{what}", &what);
        let (low, high) = (of.clone(), of.clone());
        [
            Column { head: what.clone(), usage: Use::Value, cell: Box::new(move |row| form(of(row)[0])) },
            Column { head: head("book.low"), usage: Use::Value, cell: Box::new(move |row| form(low(row)[1])) },
            Column { head: head("book.high"), usage: Use::Value, cell: Box::new(move |row| form(high(row)[2])) },
        ]
    }

    /// What every output shows of an agent, a team, a period.
    fn figures<'c, R: 'c>(&self, of: impl Fn(&R) -> &Figures + Copy + 'c) -> Vec<Column<'c, R>> {
        let verdicts = self.wording.below("verdict_short.");
        let mut columns = vec![self.column("count.notes_head", Use::Value, move |row| Cell::Count(of(row).notes))];
        columns.extend(
            self.ranged(self.say("figure.score"), points, move |row| [of(row).score, of(row).low, of(row).high]),
        );
        columns.push(
            self.column("trend.verdict", Use::Value, move |row| {
                words(verdicts.get(of(row).verdict).map(String::as_str))
            }),
        );
        columns.extend(self.ranged(self.say("figure.compliance"), share, move |row| {
            let f = of(row);
            [f.compliance, f.compliance_low, f.compliance_high]
        }));
        if self.report.total.critical_scores.notes > 0 {
            columns.extend(self.ranged(self.say("figure.critical"), points, move |row| ends(of(row).critical)));
        }
        for (at, (kind, _)) in super::figures::CRITICAL.into_iter().enumerate() {
            columns.extend(self.ranged(self.accuracy(kind), share, move |row| {
                of(row).accuracies.get(at).map_or([None; 3], |a| [a.share, a.low, a.high])
            }));
        }
        columns.extend([
            self.column("figure.findings", Use::Value, move |row| Cell::Count(of(row).findings)),
            self.column("making.clean", Use::Value, move |row| Cell::Count(of(row).clean)),
            self.column("making.fatal", Use::Value, move |row| Cell::Count(of(row).fatal)),
        ]);
        if self.times() {
            columns.extend([
                self.column("figure.acw", Use::Value, move |row| clock(of(row).acw)),
                self.column("figure.talk", Use::Value, move |row| clock(of(row).talk)),
                self.column("time.untold", Use::Value, move |row| Cell::Count(of(row).acw_missing)),
                self.column("time.zero", Use::Value, move |row| Cell::Count(of(row).acw_zero)),
                self.column("time.over", Use::Value, move |row| share(of(row).acw_over.share)),
            ]);
        }
        columns
    }

    fn times(&self) -> bool {
        self.report.total.acw.notes > 0 || self.report.total.talk.0 > 0
    }

    /// Who it is: number, name, team.
    fn who<'c, R: 'c>(&self, of: impl Fn(&R) -> &'c AgentSummary + Copy + 'c) -> [Column<'c, R>; 3] {
        [
            self.column("book.agent", Use::Value, move |row| Cell::text(&of(row).agent)),
            self.column("table.agent", Use::Name, move |row| Cell::text(of(row).label())),
            self.column("table.team", Use::Name, move |row| words(of(row).team.as_deref())),
        ]
    }

    fn overview(&self) -> Table<'_> {
        let report = self.report;
        let standards = &report.run.standards;
        let f = Figures::of(&report.total, self.basis);
        let none = || Cell::Empty;
        let verdict = |key: &str| Cell::text(self.say(&format!("verdict_short.{key}")));
        let plain = |key: &str, value: Cell| vec![Cell::text(self.say(key)), value, none(), none(), none(), none()];
        let count = |key: &str, n: u64| plain(key, Cell::Count(n));
        let mut rows = vec![
            count("count.notes_head", f.notes),
            count("team.agents", report.agents.len() as u64),
            vec![
                Cell::text(self.say("figure.score")),
                points(f.score),
                points(f.low),
                points(f.high),
                target(f.target),
                verdict(f.verdict),
            ],
        ];
        if let Some(critical) = f.critical.share {
            let key = f.critical_verdict.map_or(Cell::Empty, verdict);
            let [_, low, high] = ends(f.critical).map(points);
            let goal = Cell::of(f.critical_target, target);
            rows.push(vec![Cell::text(self.say("figure.critical")), points(Some(critical)), low, high, goal, key]);
        }
        let goal = |target: Option<u32>| share(target.map(|target| target * 100));
        rows.push(vec![
            Cell::text(self.say("figure.compliance")),
            share(f.compliance),
            share(f.compliance_low),
            share(f.compliance_high),
            goal(f.compliance_target),
            none(),
        ]);
        for accuracy in &f.accuracies {
            rows.push(vec![
                Cell::text(self.accuracy(accuracy.kind)),
                share(accuracy.share),
                share(accuracy.low),
                share(accuracy.high),
                goal(accuracy.target),
                accuracy.verdict.map_or(Cell::Empty, verdict),
            ]);
        }
        rows.push(count("figure.findings", f.findings));
        for (severity, findings) in Severity::ALL.into_iter().zip(report.total.severities) {
            rows.push(count(&format!("severity.{severity}"), findings));
        }
        rows.extend([count("making.clean", f.clean), count("making.fatal", f.fatal)]);
        if self.times() {
            let worked = time_share(&report.total, report.all_worked());
            let limit = Cell::of(f.acw_target, |seconds| Cell::Clock(u64::from(seconds)));
            let mean = vec![Cell::text(self.say("figure.acw")), clock(f.acw), none(), none(), limit, none()];
            rows.extend([mean, plain("figure.talk", clock(f.talk))]);
            let limit = goal(standards.targets.acw_percent);
            rows.extend(worked.map(|worked| {
                vec![Cell::text(self.say("time.share")), Cell::Share(worked), none(), none(), limit, none()]
            }));
        }
        rows.extend([
            count("book.listed", self.listed().count() as u64),
            count("making.rows", report.run.rows),
            count("book.audited", report.total.notes),
            count("book.skipped", report.run.skipped()),
            count("book.rejected", report.run.rejected),
            count("book.untold", report.problems_left_out),
            plain("book.confidence", Cell::Share(standards.confidence * 100)),
            count("book.least", standards.min_notes),
            plain("book.inputs", Cell::text(report.run.inputs.join(", "))),
            plain("making.version", Cell::text(format!("acw {}", report.run.version))),
            plain("making.rules", Cell::text(&report.run.rules_hash)),
        ]);
        rows.extend(report.run.filter().map(|filter| plain("making.filter", Cell::text(filter))));
        if let Some((first, last)) = report.days {
            let days = self.say("team.days").replace("{from}", &first.to_string());
            rows.insert(0, plain("book.days", Cell::text(days.replace("{to}", &last.to_string()))));
        }
        let what = self.say("book.value");
        let end = |key: &str| self.say(key).replace("{what}", &what);
        let columns = [
            (self.say("book.figure"), Use::Name),
            (what.clone(), Use::Name),
            (end("book.low"), Use::Value),
            (end("book.high"), Use::Value),
            (self.say("table.target"), Use::Value),
            (self.say("trend.verdict"), Use::Name),
        ];
        Table { tab: self.say("book.overview"), columns: columns.into(), rows: Box::new(rows.into_iter()) }
    }

    fn agents(&self) -> Table<'_> {
        let report = self.report;
        let compared = Compared::of(report);
        let mut columns: Vec<Column<'_, AgentRow<'m>>> = self.who(|row: &AgentRow<'m>| row.agent).into();
        let place = |key: &str, of: fn((usize, usize)) -> usize| {
            let head = self.say(key).replace("{what}", &self.say("figure.place"));
            let cell = move |row: &AgentRow<'m>| Cell::of(row.place, |places| Cell::Count(of(places) as u64));
            Column { head, usage: Use::Value, cell: Box::new(cell) }
        };
        columns.extend([place("book.low", |places| places.0), place("book.high", |places| places.1)]);
        columns.extend(self.figures(|row: &AgentRow<'m>| &row.figures));
        columns.extend([
            self.column("book.expected", Use::Value, |row: &AgentRow<'m>| points(row.expected)),
            self.column("book.difference", Use::Value, |row: &AgentRow<'m>| {
                Cell::of(row.difference, |difference| Cell::Points(i64::from(difference)))
            }),
        ]);
        if report.worked.iter().any(Option::is_some) {
            columns.push(self.column("time.share", Use::Value, |row: &AgentRow<'m>| {
                share(time_share(&row.agent.tally, row.worked))
            }));
        }
        if self.times() {
            type Count = fn(&Fields) -> u64;
            let counts: [(&str, Count); 6] = [
                ("time.fast_good", |f| f.fast_good),
                ("time.fast_poor", |f| f.fast_poor),
                ("time.slow_good", |f| f.slow_good),
                ("time.slow_poor", |f| f.slow_poor),
                ("time.long", |f| f.long),
                ("time.short", |f| f.short),
            ];
            columns.extend(
                counts.map(|(key, of)| {
                    self.column(key, Use::Value, move |row: &AgentRow<'m>| Cell::Count(of(&row.fields)))
                }),
            );
        }
        let mut rows: Vec<AgentRow<'m>> = report
            .agents
            .iter()
            .enumerate()
            .map(|(index, agent)| AgentRow {
                agent,
                figures: Figures::of(&agent.tally, self.basis),
                place: compared.places[index],
                expected: compared.mixes[index].map(|mix| mix.expected.0),
                difference: compared.mixes[index].map(|mix| mix.difference),
                worked: report.worked[index],
                fields: compared.fields[index],
            })
            .collect();
        rows.sort_by_key(|row| (row.figures.score.unwrap_or(BasisPoints::FULL.0), row.agent.agent.clone()));
        table(self.say("team.agents"), columns, rows)
    }

    /// The figures by the values of a dimension; nothing where the export does not tell it.
    fn groups(&self, dimension: Dimension) -> Option<Table<'_>> {
        let groups = self.report.group(dimension);
        let head = format!("table.{}", dimension.name());
        type Row<'r> = (&'r Group, Figures);
        let named = move |value: &str| match dimension {
            Dimension::CallType | Dimension::Channel => self.wording.term(dimension.name(), value),
            _ => value.to_owned(),
        };
        let mut columns = vec![self.column(&head, Use::Name, move |row: &Row<'m>| Cell::text(named(&row.0.value)))];
        columns.extend(self.figures(|row: &Row<'m>| &row.1));
        if groups.iter().any(|group| time_share(&group.tally, group.worked).is_some()) {
            columns.push(
                self.column("time.share", Use::Value, |row: &Row<'m>| share(time_share(&row.0.tally, row.0.worked))),
            );
        }
        let rows = groups.iter().map(|group| (group, Figures::of(&group.tally, self.basis)));
        (!groups.is_empty()).then(|| table(self.say(&head), columns, rows))
    }

    /// The heat map, a row an agent and category.
    fn categories(&self) -> Table<'_> {
        type Row<'r> = (&'r AgentSummary, Category, CategoryTally);
        let found = move |category: &Category| self.report.total.categories[category.index()].findings > 0;
        let mut columns: Vec<Column<'_, Row<'m>>> = self.who(|row: &Row<'m>| row.0).into();
        columns.extend([
            self.column("table.category", Use::Name, |row: &Row<'m>| self.category(row.1)),
            self.column("figure.findings", Use::Value, |row: &Row<'m>| Cell::Count(row.2.findings)),
            self.column("book.notes", Use::Value, |row: &Row<'m>| Cell::Count(row.2.notes)),
            self.column("table.share", Use::Value, |row: &Row<'m>| part(row.2.notes, row.0.tally.judged())),
            self.column("table.points", Use::Value, |row: &Row<'m>| Cell::Count(row.2.points)),
        ]);
        let rows = self.report.agents.iter().flat_map(move |agent| {
            let row = move |category: Category| (agent, category, agent.tally.categories[category.index()]);
            Category::ALL.into_iter().filter(found).map(row)
        });
        table(self.say("book.categories"), columns, rows)
    }

    fn rules(&self) -> Table<'_> {
        type Row = (usize, CategoryTally);
        let total = &self.report.total;
        let columns = [
            self.column("book.rule", Use::Name, |row: &Row| Cell::text(&self.book.rules[row.0].id)),
            self.column("table.rule", Use::Name, |row: &Row| self.title(row.0)),
            self.column("table.category", Use::Name, |row: &Row| self.category(self.book.rules[row.0].category)),
            self.column("book.severity", Use::Value, |row: &Row| self.severity(self.book.rules[row.0].severity)),
            self.column("figure.findings", Use::Value, |row: &Row| Cell::Count(row.1.findings)),
            self.column("book.notes", Use::Value, |row: &Row| Cell::Count(row.1.notes)),
            self.column("table.share", Use::Value, |row: &Row| part(row.1.notes, total.judged())),
            self.column("table.points", Use::Value, |row: &Row| Cell::Count(row.1.points)),
            self.column("team.agents", Use::Value, |row: &Row| Cell::Count(self.report.agents_with(row.0) as u64)),
            self.column("book.without", Use::Value, |row: &Row| {
                points(total.score_without(row.1.gain).map(|score| score.0))
            }),
        ];
        table(self.say("table.rules"), columns, total.dearest_rules())
    }

    /// The findings that the pages list, those that people decided not to count among them.
    fn findings(&self) -> Table<'_> {
        type Row<'r> = (&'r AuditedNote, &'r Finding);
        let by_value = move |field: &str, value: &Option<SmolStr>| {
            Cell::of(value.as_deref(), |value| Cell::text(self.wording.term(field, value)))
        };
        let rule = move |row: &Row<'_>| &self.book.rules[row.1.rule];
        let columns = [
            self.column("play.head_note", Use::Value, |row: &Row<'_>| Cell::text(row.0.note.id.as_str())),
            self.column("book.agent", Use::Value, |row: &Row<'_>| Cell::text(row.0.note.agent.as_str())),
            self.column("table.agent", Use::Name, |row: &Row<'_>| {
                words(row.0.note.agent_name.as_deref().or(Some(&row.0.note.agent)))
            }),
            self.column("table.team", Use::Name, |row: &Row<'_>| words(row.0.note.team.as_deref())),
            self.column("play.head_when", Use::Name, |row: &Row<'_>| words(row.0.note.started_at.as_deref())),
            self.column("table.channel", Use::Value, move |row: &Row<'_>| by_value("channel", &row.0.note.channel)),
            self.column("table.call_type", Use::Value, move |row: &Row<'_>| {
                by_value("call_type", &row.0.note.call_type)
            }),
            self.column("figure.score", Use::Value, |row: &Row<'_>| points(row.0.score.value().map(|s| s.0))),
            self.column("book.rule", Use::Name, move |row: &Row<'_>| Cell::text(&rule(row).id)),
            self.column("table.rule", Use::Name, |row: &Row<'_>| self.title(row.1.rule)),
            self.column("table.category", Use::Name, |row: &Row<'_>| self.category(row.1.category)),
            self.column("book.severity", Use::Value, |row: &Row<'_>| self.severity(row.1.severity)),
            self.column("table.points", Use::Value, |row: &Row<'_>| Cell::Count(u64::from(row.1.points_lost))),
            self.column("book.words", Use::Name, |row: &Row<'_>| Cell::text(&row.1.excerpt)),
            self.column("book.message", Use::Long, |row: &Row<'_>| Cell::text(&row.1.message)),
            self.column("habit.better", Use::Long, |row: &Row<'_>| words(row.1.suggestion.as_deref())),
            self.column("book.standing", Use::Name, |row: &Row<'_>| {
                Cell::text(self.say(&format!("standing.{}", row.1.standing.name())))
            }),
            self.column("book.fingerprint", Use::Name, |row: &Row<'_>| {
                Cell::text(format!("{:016x}", row.1.fingerprint))
            }),
            self.column("book.file", Use::Name, |row: &Row<'_>| Cell::text(row.0.note.origin.file.as_str())),
            self.column("book.line", Use::Value, |row: &Row<'_>| Cell::Count(row.0.note.origin.line)),
        ];
        table(self.say("figure.findings"), columns, self.listed())
    }

    fn listed(&self) -> impl Iterator<Item = (&'m AuditedNote, &'m Finding)> {
        let of =
            |note: &'m AuditedNote| note.findings.iter().chain(&note.set_aside).map(move |finding| (note, finding));
        self.report.kept.iter().flat_map(of)
    }

    /// Scores by period, of everybody and of each agent.
    fn trend<'t>(&'t self, past: &'t Past) -> Table<'t> {
        struct Row<'r> {
            agent: Option<&'r AgentSummary>,
            period: &'r str,
            figures: Figures,
            first: Option<u32>,
            rulesets: String,
        }
        let report = self.report;
        let everybody = self.say("agent.everybody");
        let label = move |row: &Row<'_>| Cell::text(row.agent.map_or(everybody.as_str(), AgentSummary::label));
        let columns = [
            self.column("book.agent", Use::Value, |row: &Row<'_>| words(row.agent.map(|agent| agent.agent.as_str()))),
            self.column("table.agent", Use::Name, label),
            self.column("table.period", Use::Value, |row: &Row<'_>| Cell::text(row.period)),
            self.column("count.notes_head", Use::Value, |row: &Row<'_>| Cell::Count(row.figures.notes)),
        ];
        let mut columns = Vec::from(columns);
        columns.extend(self.ranged(self.say("figure.score"), points, |row: &Row<'_>| {
            [row.figures.score, row.figures.low, row.figures.high]
        }));
        columns.extend([
            self.column("trend.first", Use::Value, |row: &Row<'_>| points(row.first)),
            self.column("table.rules", Use::Value, |row: &Row<'_>| Cell::text(&row.rulesets)),
        ]);
        let agents = report.agents.iter().filter_map(|agent| Some((Some(agent), past.agents.get(&agent.agent)?)));
        let courses = std::iter::once((None, &past.everybody)).chain(agents);
        let rows = courses.flat_map(move |(agent, course): (Option<&AgentSummary>, &Course)| {
            course.points.iter().map(move |point| Row {
                agent,
                period: &point.period,
                figures: Figures::of(&point.tally, self.basis),
                first: point.first.as_ref().and_then(Tally::score).map(|score| score.0),
                rulesets: point.rulesets.join(", "),
            })
        });
        table(self.say("trend.title"), columns, rows)
    }

    fn questions(&self) -> Table<'_> {
        let agent = |question: &&Question| &self.report.agents[question.agent];
        let mut columns: Vec<Column<'_, &Question>> = self.who(agent).into();
        columns.extend([
            self.column("play.head_note", Use::Value, |q: &&Question| Cell::text(&q.note)),
            self.column("table.call_type", Use::Value, |q: &&Question| {
                Cell::of(q.call_type.as_deref(), |kind| Cell::text(self.wording.term("call_type", kind)))
            }),
            self.column("figure.acw", Use::Value, |q: &&Question| Cell::Clock(u64::from(q.seconds))),
            self.column("book.usual", Use::Value, |q: &&Question| Cell::Clock(u64::from(q.usual))),
            self.column("book.length", Use::Value, |q: &&Question| Cell::Count(q.words as u64)),
        ]);
        table(self.say("book.questions"), columns, &self.report.questions)
    }

    fn problems(&self) -> Table<'_> {
        let columns = [
            self.column("book.file", Use::Name, |problem: &&Problem| Cell::text(&problem.file)),
            self.column("book.line", Use::Value, |problem: &&Problem| Cell::of(problem.line, Cell::Count)),
            self.column("book.message", Use::Long, |problem: &&Problem| Cell::text(&problem.message)),
            self.column("book.remedy", Use::Long, |problem: &&Problem| Cell::text(&problem.help)),
        ];
        table(self.say("book.problems"), columns, &self.report.problems)
    }

    /// What an accuracy is called where no heading says so.
    fn accuracy(&self, kind: &str) -> String {
        self.say("book.accuracy").replace("{what}", &self.say(&format!("accuracy.{kind}")))
    }

    fn title(&self, rule: usize) -> Cell {
        Cell::text(self.book.rules[rule].title(&self.language.code))
    }

    fn category(&self, category: Category) -> Cell {
        Cell::text(self.say(&format!("category.{category}")))
    }

    fn severity(&self, severity: Severity) -> Cell {
        Cell::text(self.say(&format!("severity.{severity}")))
    }
}

/// A share and the ends of its range.
fn ends(share: Share) -> [Option<u32>; 3] {
    [share.share, share.low, share.high]
}
