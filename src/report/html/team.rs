//! The team page: where everybody stands and what costs most.

use serde::Serialize;

use super::charts::{FourFields, Histogram};
use super::excerpt::NoteView;
use super::exemplary::proofs;
use super::lesson::Lesson;
use super::trend::TrendView;
use super::{Context, Extras};
use crate::measure::{Basis, Fields, paces, usual};
use crate::model::{
    AgentSummary, BasisPoints, Category, DecisionsMet, Dimension, Group, Problem, Report, Severity, Tally,
};
use crate::report::figures::{Figures, Place, time_share};

/// Habits that would pay most if the team dropped them.
const HABITS_SHOWN: usize = 3;
/// Notes that prove each.
const PROOFS_SHOWN: usize = 3;
/// Further rules that the page explains.
const RULES_SHOWN: usize = 8;
/// Problems of the input that the page lists.
const PROBLEMS_SHOWN: usize = 200;
/// Questions about long after-call work that the page lists.
const QUESTIONS_SHOWN: usize = 12;
/// Steps of colour in the heat map; from half of the notes on there is no darker one.
const HEAT_STEPS: u32 = 8;

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct TeamPage {
    figures: Figures,
    /// First and last day of the notes, where the export tells them.
    days: Option<(String, String)>,
    habits: Vec<TeamHabit>,
    histogram: Option<Histogram>,
    trend: Option<TrendView>,
    four: Option<FourFields>,
    categories: Vec<CategoryBar>,
    severities: Vec<SeverityShare>,
    agents: Vec<AgentRow>,
    teams: Vec<TeamRow>,
    heat: Heat,
    rules: Vec<RuleCard>,
    problems: Vec<ProblemRow>,
    problems_more: u64,
    making: Making,
    times: bool,
    /// Figures by call type and by period, where the export tells more than one.
    types: Vec<GroupRow>,
    periods: Vec<GroupRow>,
    /// Time against quality, an agent a row.
    time_rows: Vec<TimeRow>,
    has_worked: bool,
    has_limits: bool,
    /// Whether a critical rule applied to any note.
    has_critical: bool,
    questions: Vec<QuestionRow>,
    /// How many more there are.
    questions_more: usize,
    has_teams: bool,
}

/// What the team would gain most from dropping.
#[derive(Debug, Serialize)]
struct TeamHabit {
    number: usize,
    lesson: Lesson,
    notes: u64,
    share: u32,
    agents: usize,
    /// The team's score without it.
    without: Option<u32>,
    gain: Option<u32>,
    proofs: Vec<NoteView>,
}

#[derive(Debug, Serialize)]
struct CategoryBar {
    category: Category,
    findings: u64,
    notes: u64,
    points: u64,
    /// Share of the notes.
    share: u32,
    /// Length of the bar: of the most frequent category.
    length: u32,
}

#[derive(Debug, Serialize)]
struct SeverityShare {
    severity: Severity,
    findings: u64,
    /// Where its part of the common bar starts, and how long it is.
    start: u32,
    share: u32,
}

#[derive(Debug, Serialize)]
struct AgentRow {
    label: String,
    agent: String,
    /// Whether the identifier says more than the label.
    named: bool,
    team: Option<String>,
    href: String,
    figures: Figures,
    place: Option<Place>,
}

#[derive(Debug, Serialize)]
struct TeamRow {
    name: String,
    figures: Figures,
}

/// The figures of a call type or period.
#[derive(Debug, Serialize)]
struct GroupRow {
    value: String,
    figures: Figures,
    /// After-call work of the time worked, in hundredths of a per cent.
    time_share: Option<u32>,
}

#[derive(Debug, Serialize)]
struct TimeRow {
    label: String,
    href: String,
    figures: Figures,
    /// After-call work of the time worked, in hundredths of a per cent.
    share: Option<u32>,
    /// Time taken against what the same notes usually take, in hundredths of a per cent.
    pace: Option<u32>,
    fields: Fields,
}

/// Long after-call work that left little.
#[derive(Debug, Serialize)]
struct QuestionRow {
    label: String,
    href: String,
    note: String,
    seconds: u32,
    usual: u32,
    words: usize,
}

#[derive(Debug, Serialize)]
struct Heat {
    categories: Vec<Category>,
    rows: Vec<HeatRow>,
}

#[derive(Debug, Serialize)]
struct HeatRow {
    label: String,
    href: String,
    cells: Vec<HeatCell>,
}

#[derive(Debug, Serialize)]
struct HeatCell {
    share: u32,
    notes: u64,
    step: u32,
}

#[derive(Debug, Serialize)]
struct RuleCard {
    lesson: Lesson,
    findings: u64,
    notes: u64,
    points: u64,
    share: u32,
    /// Agents in whose notes it is found.
    agents: usize,
}

#[derive(Debug, Serialize)]
struct ProblemRow {
    file: String,
    line: Option<u64>,
    message: String,
    help: String,
}

#[derive(Debug, Serialize)]
struct Making {
    version: &'static str,
    rules_hash: String,
    rules: usize,
    inputs: Vec<String>,
    rows: u64,
    audited: u64,
    skipped: u64,
    rejected: u64,
    /// The filter on one line; nothing where there was none.
    filter: Option<String>,
    /// What it left out: the name of the reason, notes, and those among them that do not tell it.
    left_out: Vec<(String, u64, u64)>,
    languages: Vec<(String, u64)>,
    confidence: u32,
    min_notes: u64,
    decided: bool,
    disputed: u64,
    upheld: u64,
    overturned: u64,
    waived: u64,
    remarks: Vec<String>,
}

impl TeamPage {
    pub(super) fn of(context: &Context<'_>, extras: &Extras<'_>) -> Self {
        let report = context.report;
        let compared = context.compared;
        let basis = Basis::of(&report.total, &report.run.standards);
        let place = |agent: &AgentSummary| {
            let index = report.agents.iter().position(|other| std::ptr::eq(other, agent))?;
            compared.places[index].map(Place::of)
        };
        let mut agents: Vec<(&AgentSummary, &String)> = report.agents.iter().zip(context.files).collect();
        // Those who need somebody to sit down with them first.
        agents.sort_by_key(|(agent, _)| (agent.tally.score().unwrap_or(BasisPoints::FULL), agent.agent.clone()));
        let rows: Vec<AgentRow> = agents
            .iter()
            .map(|(agent, file)| AgentRow {
                label: agent.label().to_owned(),
                agent: agent.agent.clone(),
                named: agent.label() != agent.agent,
                team: agent.team.clone(),
                href: (*file).clone(),
                place: place(agent),
                figures: Figures::of(&agent.tally, basis),
            })
            .collect();
        let mut teams: Vec<TeamRow> = report
            .group(Dimension::Team)
            .iter()
            .map(|team| TeamRow { name: team.value.clone(), figures: Figures::of(&team.tally, basis) })
            .collect();
        teams.sort_by_key(|team| team.figures.score);
        TeamPage {
            figures: Figures::of(&report.total, basis),
            days: report.days.map(|(first, last)| (first.to_string(), last.to_string())),
            habits: habits(context, extras.full_text),
            histogram: Histogram::of(&report.total, report.run.standards.target),
            trend: extras.past.and_then(|past| TrendView::of(past, &past.everybody, basis)),
            four: FourFields::of(report, context.files, &compared.fields),
            categories: categories(&report.total),
            severities: severities(&report.total),
            times: report.total.acw.notes > 0 || report.total.talk.0 > 0,
            types: groups(report, Dimension::CallType, basis),
            periods: groups(report, Dimension::Period, basis),
            time_rows: time_rows(context, basis),
            has_worked: report.worked.iter().any(Option::is_some),
            has_limits: report.total.acw.limited > 0,
            has_critical: report.total.critical_scores.notes > 0,
            questions: report
                .questions
                .iter()
                .take(QUESTIONS_SHOWN)
                .map(|question| QuestionRow {
                    label: report.agents[question.agent].label().to_owned(),
                    href: context.files[question.agent].clone(),
                    note: question.note.clone(),
                    seconds: question.seconds,
                    usual: question.usual,
                    words: question.words,
                })
                .collect(),
            questions_more: report.questions.len().saturating_sub(QUESTIONS_SHOWN),
            has_teams: !report.group(Dimension::Team).is_empty(),
            agents: rows,
            teams: if report.group(Dimension::Team).len() > 1 { teams } else { Vec::new() },
            heat: heat(&agents, &report.total),
            rules: rules(context),
            problems: report.problems.iter().take(PROBLEMS_SHOWN).map(ProblemRow::of).collect(),
            problems_more: report.problems.len().saturating_sub(PROBLEMS_SHOWN) as u64 + report.problems_left_out,
            making: Making {
                version: report.run.version,
                rules_hash: report.run.rules_hash.clone(),
                rules: context.book.rules.len(),
                inputs: report.run.inputs.clone(),
                confidence: report.run.standards.confidence,
                min_notes: report.run.standards.min_notes,
                decided: report.decisions != DecisionsMet::default(),
                disputed: report.decisions.disputed,
                upheld: report.decisions.upheld,
                overturned: report.decisions.overturned,
                waived: report.decisions.waived,
                remarks: report.decisions.remarks.clone(),
                rows: report.run.rows,
                audited: report.total.notes,
                skipped: report.run.skipped(),
                rejected: report.run.rejected,
                filter: report.run.filter(),
                left_out: (report.run.skipped.iter())
                    .map(|left| (context.wording.term("filter", left.by.name()), left.notes, left.unknown))
                    .collect(),
                languages: report
                    .languages
                    .iter()
                    .map(|(code, notes)| {
                        let native = context.book.language(code).map(|i| context.book.languages[i].native.clone());
                        (native.unwrap_or_else(|| code.clone()), *notes)
                    })
                    .collect(),
            },
        }
    }
}

impl ProblemRow {
    fn of(problem: &Problem) -> Self {
        ProblemRow {
            file: problem.file.clone(),
            line: problem.line,
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }
}

/// The figures of each value of a dimension; nothing where there is only one, which is everybody.
fn groups(report: &Report, dimension: Dimension, basis: Basis<'_>) -> Vec<GroupRow> {
    let groups = report.group(dimension);
    let rows = groups.iter().filter(|_| groups.len() > 1);
    let row = |group: &Group| GroupRow {
        value: group.value.clone(),
        figures: Figures::of(&group.tally, basis),
        time_share: time_share(&group.tally, group.worked),
    };
    rows.map(row).collect()
}

fn time_rows(context: &Context<'_>, basis: Basis<'_>) -> Vec<TimeRow> {
    let report = context.report;
    let paces = paces(&report.cells, report.agents.len(), &usual(&report.cells), &report.run.standards);
    let agents = report.agents.iter().zip(context.files).enumerate();
    let mut rows: Vec<TimeRow> = agents
        .filter(|(_, (agent, _))| agent.tally.acw.notes > 0)
        .map(|(index, (agent, file))| TimeRow {
            label: agent.label().to_owned(),
            href: file.clone(),
            figures: Figures::of(&agent.tally, basis),
            share: time_share(&agent.tally, report.worked[index]),
            pace: paces[index],
            fields: context.compared.fields[index],
        })
        .collect();
    rows.sort_by(|a, b| b.figures.acw.cmp(&a.figures.acw).then_with(|| a.label.cmp(&b.label)));
    rows
}

fn share(part: u64, whole: u64) -> u32 {
    BasisPoints::of(part, whole).map_or(0, |share| share.0)
}

fn categories(total: &Tally) -> Vec<CategoryBar> {
    let most = total.categories.iter().map(|c| c.notes).max().unwrap_or(0);
    let mut bars: Vec<CategoryBar> = Category::ALL
        .into_iter()
        .zip(&total.categories)
        .filter(|(_, tally)| tally.findings > 0)
        .map(|(category, tally)| CategoryBar {
            category,
            findings: tally.findings,
            notes: tally.notes,
            points: tally.points,
            share: share(tally.notes, total.judged()),
            length: share(tally.notes, most),
        })
        .collect();
    bars.sort_by_key(|bar| (std::cmp::Reverse(bar.notes), bar.category.index()));
    bars
}

fn severities(total: &Tally) -> Vec<SeverityShare> {
    let all: u64 = total.severities.iter().sum();
    let mut before = 0;
    let mut shares = Vec::new();
    for (severity, findings) in Severity::ALL.into_iter().zip(total.severities).rev() {
        shares.push(SeverityShare { severity, findings, start: share(before, all), share: share(findings, all) });
        before += findings;
    }
    shares
}

fn heat(agents: &[(&AgentSummary, &String)], total: &Tally) -> Heat {
    let categories: Vec<Category> =
        Category::ALL.into_iter().filter(|category| total.categories[category.index()].findings > 0).collect();
    let cell = |tally: &Tally, category: &Category| {
        let notes = tally.categories[category.index()].notes;
        let share = share(notes, tally.judged());
        // Any finding is seen: only nothing is blank.
        let step = if notes == 0 { 0 } else { (share * HEAT_STEPS / 5_000).clamp(1, HEAT_STEPS) };
        HeatCell { share, notes, step }
    };
    let rows = agents
        .iter()
        .map(|(agent, file)| HeatRow {
            label: agent.label().to_owned(),
            href: (*file).clone(),
            cells: categories.iter().map(|category| cell(&agent.tally, category)).collect(),
        })
        .collect();
    Heat { categories, rows }
}

fn habits(context: &Context<'_>, full_text: bool) -> Vec<TeamHabit> {
    let report = context.report;
    let total = &report.total;
    let now = total.score().map_or(0, |score| score.0);
    let dearest = total.dearest_rules().into_iter().take(HABITS_SHOWN).enumerate();
    let title = |rule: usize| context.book.rules[rule].title(&context.language.code).to_owned();
    dearest
        .map(|(place, (rule, tally))| {
            let without = total.score_without(tally.gain).map(|score| score.0);
            TeamHabit {
                number: place + 1,
                lesson: Lesson::of(&context.book.rules[rule], context.language),
                notes: tally.notes,
                share: share(tally.notes, total.judged()),
                agents: report.agents_with(rule),
                without,
                gain: without.map(|without| without.saturating_sub(now)),
                proofs: proofs(&report.kept, rule, PROOFS_SHOWN, &context.language.code)
                    .into_iter()
                    .map(|note| {
                        NoteView::of(note, report.run.standards.target, &title, &|f| f.rule == rule, false)
                            .shown(note, full_text)
                    })
                    .collect(),
            }
        })
        .collect()
}

fn rules(context: &Context<'_>) -> Vec<RuleCard> {
    let total = &context.report.total;
    total
        .dearest_rules()
        .into_iter()
        .skip(HABITS_SHOWN)
        .take(RULES_SHOWN)
        .map(|(rule, tally)| RuleCard {
            lesson: Lesson::of(&context.book.rules[rule], context.language),
            findings: tally.findings,
            notes: tally.notes,
            points: tally.points,
            share: share(tally.notes, total.judged()),
            agents: context.report.agents_with(rule),
        })
        .collect()
}
