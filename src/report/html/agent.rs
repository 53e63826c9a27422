//! The page of one agent: strengths first, then the habits to change and a plan, then every note that was kept.

use serde::Serialize;

use super::command::{self, Dispute};
use super::excerpt::NoteView;
use super::exemplary::{Model, Praise, Praiser, examples, worth};
use super::lesson::Lesson;
use super::trend::TrendView;
use super::{Context, Extras};
use crate::coach::is_exemplary;
use crate::measure::Basis;
use crate::model::{AgentSummary, AuditedNote, BasisPoints, Category};
use crate::report::figures::Figures;

/// Habits with lesson and examples; nobody changes more at once.
const HABITS_SHOWN: usize = 3;
/// Own examples a habit.
const EXAMPLES_SHOWN: usize = 2;
/// Exemplary notes shown.
const BEST_SHOWN: usize = 3;
/// Days after the start of a plan on which one looks at it, and by which the goal is to be reached.
const LOOK: i64 = 14;
const GOAL: i64 = 42;

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct AgentPage<'m> {
    pub(super) label: String,
    agent: String,
    named: bool,
    team: Option<String>,
    figures: Figures,
    /// What everybody scores on the agent's mix of call types, and the agent's difference from it.
    like: Option<Like>,
    /// Everybody together, to compare with.
    everybody: Figures,
    /// Categories in which no note of the agent has a finding though others' have.
    faultless: Vec<Category>,
    best: Vec<Best>,
    trend: Option<TrendView>,
    habits: Vec<Habit<'m>>,
    plan: Option<Plan>,
    /// Rules beyond the habits.
    further: Vec<Further>,
    notes: Vec<NoteView>,
    /// Categories in the notes below, for the filter.
    categories: Vec<Category>,
    /// Notes with findings, of which `notes` shows the dearest.
    with_findings: u64,
    bounded: bool,
    dispute: Dispute,
}

/// An exemplary note, and why it is one.
#[derive(Debug, Serialize)]
struct Best {
    note: NoteView,
    praise: Praise,
}

#[derive(Debug, Serialize)]
struct Like {
    expected: u32,
    /// Sign and size of the difference.
    sign: &'static str,
    difference: u32,
}

#[derive(Debug, Serialize)]
struct Habit<'m> {
    number: usize,
    lesson: Lesson,
    findings: u64,
    notes: u64,
    points: u64,
    share: u32,
    /// The score of all notes without the habit.
    without: Option<u32>,
    /// Most notes, of as many, that may have it once the goal is reached.
    goal: u64,
    goal_share: u32,
    examples: Vec<NoteView>,
    colleague: Option<&'m Model>,
}

/// Days of a plan, where the export tells days; on the page they can be changed.
#[derive(Debug, Serialize)]
struct Plan {
    start: Option<String>,
    look: Option<String>,
    goal: Option<String>,
    look_days: i64,
    goal_days: i64,
    /// How to see from the history whether it helped.
    check: Option<String>,
}

impl Plan {
    fn of(context: &Context<'_>, extras: &Extras<'_>, agent: &AgentSummary) -> Self {
        let start = context.report.days.and_then(|(_, last)| last.tomorrow().ok());
        let later = |days: i64| {
            let day = start?.checked_add(jiff::Span::new().days(days)).ok()?;
            Some(day.to_string())
        };
        let check = extras.history.as_ref().map(|file| {
            let date = start.map_or_else(|| "YYYY-MM-DD".to_owned(), |day| day.to_string());
            format!(
                "acw history effect {} --date {date} --agent {}",
                command::quoted(file),
                command::quoted(&agent.agent)
            )
        });
        Plan {
            start: start.map(|day| day.to_string()),
            look: later(LOOK),
            goal: later(GOAL),
            look_days: LOOK,
            goal_days: GOAL,
            check,
        }
    }
}

#[derive(Debug, Serialize)]
struct Further {
    title: String,
    category: Category,
    findings: u64,
    notes: u64,
    points: u64,
}

impl<'m> AgentPage<'m> {
    pub(super) fn of(
        context: &Context<'_>,
        extras: &Extras<'_>,
        praiser: &'m Praiser,
        praise: &mut dyn FnMut(&AuditedNote) -> Praise,
        (agent, kept): (&AgentSummary, &[&AuditedNote]),
    ) -> Self {
        let report = context.report;
        let standards = &report.run.standards;
        let basis = Basis::of(&report.total, standards);
        let compared = context.compared;
        let index = report.agents.iter().position(|other| std::ptr::eq(other, agent));
        let title = |rule: usize| context.book.rules[rule].title(&context.language.code).to_owned();
        let dearest = agent.tally.dearest_rules();
        let share = |notes| BasisPoints::of(notes, agent.tally.judged()).map_or(0, |share| share.0);
        let mut shown: Vec<&Model> = Vec::new();
        let habits: Vec<Habit<'m>> = dearest
            .iter()
            .take(HABITS_SHOWN)
            .enumerate()
            .map(|(place, (rule, tally))| {
                let examples = examples(kept.iter().copied(), *rule, EXAMPLES_SHOWN);
                let goal = tally.notes / 2;
                let colleague = examples.iter().find_map(|note| praiser.colleague(note, *rule, &shown));
                shown.extend(colleague);
                Habit {
                    number: place + 1,
                    lesson: Lesson::of(&context.book.rules[*rule], context.language),
                    findings: tally.findings,
                    notes: tally.notes,
                    points: tally.points,
                    share: share(tally.notes),
                    without: agent.tally.score_without(tally.gain).map(|score| score.0),
                    goal,
                    goal_share: share(goal),
                    colleague,
                    examples: examples
                        .into_iter()
                        .map(|note| {
                            NoteView::of(note, standards.target, &title, &|f| f.rule == *rule, false)
                                .shown(note, extras.full_text)
                        })
                        .map(|view| view.without_suggestions(&|text| context.book.rules[*rule].is_advice(text)))
                        .collect(),
                }
            })
            .collect();
        let further = dearest.iter().skip(HABITS_SHOWN).map(|(rule, tally)| Further {
            title: title(*rule),
            category: context.book.rules[*rule].category,
            findings: tally.findings,
            notes: tally.notes,
            points: tally.points,
        });
        let faulty: Vec<&AuditedNote> = kept.iter().copied().filter(|note| !note.is_clean()).collect();
        let everything = |note: &AuditedNote| {
            NoteView::of(note, standards.target, &title, &|_| true, true).shown(note, extras.full_text)
        };
        let with_findings = agent.tally.judged() - agent.tally.clean;
        let counting = faulty.iter().filter(|note| !note.findings.is_empty()).count() as u64;
        let course = extras.past.and_then(|past| Some((past, past.agents.get(&agent.agent)?)));
        AgentPage {
            label: agent.label().to_owned(),
            agent: agent.agent.clone(),
            named: agent.label() != agent.agent,
            team: agent.team.clone(),
            like: index.and_then(|index| compared.mixes[index]).map(|mix| Like {
                expected: mix.expected.0,
                sign: if mix.difference < 0 { "−" } else { "+" },
                difference: mix.difference.unsigned_abs(),
            }),
            figures: Figures::of(&agent.tally, basis),
            everybody: Figures::of(&report.total, basis),
            faultless: Category::ALL
                .into_iter()
                .filter(|c| agent.tally.categories[c.index()].findings == 0)
                .filter(|c| report.total.categories[c.index()].findings > 0)
                .collect(),
            best: best(kept).into_iter().map(|note| Best { praise: praise(note), note: everything(note) }).collect(),
            trend: course.and_then(|(past, course)| TrendView::of(past, course, basis)),
            plan: (!habits.is_empty()).then(|| Plan::of(context, extras, agent)),
            habits,
            further: further.collect(),
            categories: Category::ALL
                .into_iter()
                .filter(|c| faulty.iter().any(|note| note.findings.iter().any(|f| f.category == *c)))
                .collect(),
            bounded: with_findings > counting,
            with_findings,
            notes: faulty.into_iter().map(everything).collect(),
            dispute: Dispute::of(report, extras.flags, agent.label()),
        }
    }
}

/// Clean notes from which most can be learnt, in the order of the input.
fn best<'n>(kept: &[&'n AuditedNote]) -> Vec<&'n AuditedNote> {
    let mut clean: Vec<(usize, &AuditedNote)> =
        kept.iter().copied().enumerate().filter(|(_, note)| is_exemplary(note)).collect();
    clean.sort_by_key(|(index, note)| (std::cmp::Reverse(worth(note)), *index));
    clean.truncate(BEST_SHOWN);
    clean.into_iter().map(|(_, note)| note).collect()
}
