//! The page of one agent: strengths first, then the habits to change, then every note that was kept.

use serde::Serialize;

use super::Context;
use super::excerpt::NoteView;
use super::lesson::Lesson;
use crate::measure::Basis;
use crate::model::{AgentSummary, AuditedNote, BasisPoints, Category};
use crate::report::figures::Figures;

/// Habits with lesson and examples; nobody changes more at once.
const HABITS_SHOWN: usize = 5;
/// Own examples a habit.
const EXAMPLES_SHOWN: usize = 2;
/// Exemplary notes shown.
const BEST_SHOWN: usize = 3;
/// Characters up to which a note makes a good example.
const HANDY: usize = 600;
/// Bytes from which a clean note tells enough to be shown as exemplary; Chinese says more with fewer characters, in
/// three bytes each.
const TELLING: usize = 120;

/// The view model.
#[derive(Debug, Serialize)]
pub(super) struct AgentPage {
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
    best: Vec<NoteView>,
    habits: Vec<Habit>,
    /// Rules beyond the habits.
    further: Vec<Further>,
    notes: Vec<NoteView>,
    /// Categories in the notes below, for the filter.
    categories: Vec<Category>,
    /// Notes with findings, of which `notes` shows the dearest.
    with_findings: u64,
    bounded: bool,
    has_exercises: bool,
}

#[derive(Debug, Serialize)]
struct Like {
    expected: u32,
    /// Sign and size of the difference.
    sign: &'static str,
    difference: u32,
}

#[derive(Debug, Serialize)]
struct Habit {
    number: usize,
    lesson: Lesson,
    findings: u64,
    notes: u64,
    points: u64,
    share: u32,
    examples: Vec<NoteView>,
}

#[derive(Debug, Serialize)]
struct Further {
    title: String,
    category: Category,
    findings: u64,
    notes: u64,
    points: u64,
}

impl AgentPage {
    pub(super) fn of(context: &Context<'_>, agent: &AgentSummary, kept: &[&AuditedNote], has_exercises: bool) -> Self {
        let report = context.report;
        let standards = &report.run.standards;
        let compared = context.compared;
        let index = report.agents.iter().position(|other| std::ptr::eq(other, agent));
        let title = |rule: usize| Lesson::of(&context.book.rules[rule], context.language).title;
        let worst_rules = agent.tally.worst_rules();
        let share = |notes| BasisPoints::of(notes, agent.tally.notes).map_or(0, |share| share.0);
        let habits = worst_rules.iter().take(HABITS_SHOWN).enumerate().map(|(index, (rule, tally))| Habit {
            number: index + 1,
            lesson: Lesson::of(&context.book.rules[*rule], context.language),
            findings: tally.findings,
            notes: tally.notes,
            points: tally.points,
            share: share(tally.notes),
            examples: examples(kept, *rule)
                .into_iter()
                .map(|note| NoteView::of(note, standards.target, &title, &|f| f.rule == *rule, false))
                .map(|view| view.without_suggestions(&|text| is_advice_of(context, *rule, text)))
                .collect(),
        });
        let further = worst_rules.iter().skip(HABITS_SHOWN).map(|(rule, tally)| Further {
            title: title(*rule),
            category: context.book.rules[*rule].category,
            findings: tally.findings,
            notes: tally.notes,
            points: tally.points,
        });
        let faulty: Vec<&AuditedNote> = kept.iter().copied().filter(|note| !note.findings.is_empty()).collect();
        let everything = |note: &AuditedNote| NoteView::of(note, standards.target, &title, &|_| true, true);
        let with_findings = agent.tally.notes - agent.tally.clean;
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
            figures: Figures::of(&agent.tally, Basis::of(&report.total, &report.run.standards)),
            everybody: Figures::of(&report.total, Basis::of(&report.total, &report.run.standards)),
            faultless: Category::ALL
                .into_iter()
                .filter(|c| agent.tally.categories[c.index()].findings == 0)
                .filter(|c| report.total.categories[c.index()].findings > 0)
                .collect(),
            best: best(kept).into_iter().map(everything).collect(),
            habits: habits.collect(),
            further: further.collect(),
            categories: Category::ALL
                .into_iter()
                .filter(|c| faulty.iter().any(|note| note.findings.iter().any(|f| f.category == *c)))
                .collect(),
            bounded: with_findings > faulty.len() as u64,
            with_findings,
            notes: faulty.into_iter().map(everything).collect(),
            has_exercises,
        }
    }
}

/// Whether the text is the rule's own advice, in any language, which stands beside the examples.
fn is_advice_of(context: &Context<'_>, rule: usize, text: &str) -> bool {
    context.book.rules[rule].texts.values().any(|t| t.better.as_deref() == Some(text))
}

/// Clean notes from which most can be learnt, in the order of the input.
fn best<'n>(kept: &[&'n AuditedNote]) -> Vec<&'n AuditedNote> {
    let mut clean: Vec<(usize, &AuditedNote)> = kept
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, note)| note.findings.is_empty() && note.note.text.len() >= TELLING)
        .collect();
    let worth = |note: &AuditedNote| (note.score.possible, note.note.text.len().min(HANDY));
    clean.sort_by_key(|(index, note)| (std::cmp::Reverse(worth(note)), *index));
    clean.truncate(BEST_SHOWN);
    clean.into_iter().map(|(_, note)| note).collect()
}

/// Notes that show a rule best: handy ones, with a place in the text, with little else that distracts.
fn examples<'n>(kept: &[&'n AuditedNote], rule: usize) -> Vec<&'n AuditedNote> {
    let mut notes: Vec<(usize, &AuditedNote)> =
        kept.iter().copied().enumerate().filter(|(_, note)| note.findings.iter().any(|f| f.rule == rule)).collect();
    notes.sort_by_key(|(index, note)| {
        let length = note.note.text.chars().count();
        let placed = note.findings.iter().any(|f| f.rule == rule && f.span.is_some());
        (!placed, length > HANDY, length < 40, note.findings.len(), *index)
    });
    notes.truncate(EXAMPLES_SHOWN);
    notes.into_iter().map(|(_, note)| note).collect()
}
