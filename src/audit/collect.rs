//! Gathers the sums and, for the pages, a bounded number of notes an agent.

use std::collections::HashMap;

use crate::measure::add_note;
use crate::model::{AgentSummary, AuditedNote, Problem, Report, RunInfo, Tally};
use crate::rules::Rulebook;

/// Problems that are kept word for word; the others are counted.
const PROBLEMS_KEPT: usize = 1_000;

/// Folds audited notes, in the order of the input, into a report.
pub(super) struct Collector<'b> {
    book: &'b Rulebook,
    report: Report,
    agents: HashMap<String, usize>,
    teams: HashMap<String, usize>,
    languages: HashMap<String, u64>,
    /// Notes kept an agent: how many of the worst and of the best.
    keep: (usize, usize),
    kept: Vec<Kept>,
}

/// The notes kept of one agent.
#[derive(Default)]
struct Kept {
    worst: Vec<(u64, AuditedNote)>,
    best: Vec<(u64, AuditedNote)>,
}

impl<'b> Collector<'b> {
    pub(super) fn new(book: &'b Rulebook, run: RunInfo, keep: (usize, usize)) -> Self {
        let report = Report { run, ..Report::default() };
        Collector {
            book,
            report,
            agents: HashMap::new(),
            teams: HashMap::new(),
            languages: HashMap::new(),
            keep,
            kept: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.report.run.rows += 1;
        self.remark(problem);
    }

    fn remark(&mut self, problem: Problem) {
        if self.report.problems.len() < PROBLEMS_KEPT {
            self.report.problems.push(problem);
        } else {
            self.report.problems_left_out += 1;
        }
    }

    pub(super) fn note(&mut self, note: AuditedNote) {
        self.report.run.rows += 1;
        let (target, rules) = (self.book.scorecard.target, &self.book.rules);
        let critical = |rule: usize| rules[rule].critical;
        match &note.language {
            Some(code) => match self.languages.get_mut(code) {
                Some(count) => *count += 1,
                None => {
                    self.languages.insert(code.clone(), 1);
                }
            },
            None => self.remark(Problem {
                file: note.note.origin.file.clone(),
                line: Some(note.note.origin.line),
                message: format!(
                    "note {}: its language has no rules or cannot be told, so it has no score",
                    note.note.id
                ),
                help: "name the column with --column language=HEADER, or the language with --language".into(),
            }),
        }
        add_note(&mut self.report.total, &note, target, critical);
        let agent = match self.agents.get(&note.note.agent) {
            Some(index) => *index,
            None => {
                self.agents.insert(note.note.agent.clone(), self.report.agents.len());
                self.report.agents.push(AgentSummary { agent: note.note.agent.clone(), ..AgentSummary::default() });
                self.kept.push(Kept::default());
                self.report.agents.len() - 1
            }
        };
        let summary = &mut self.report.agents[agent];
        summary.name = summary.name.take().or_else(|| note.note.agent_name.clone());
        summary.team = summary.team.take().or_else(|| note.note.team.clone());
        add_note(&mut summary.tally, &note, target, critical);
        if let Some(team) = &note.note.team {
            let index = match self.teams.get(team) {
                Some(index) => *index,
                None => {
                    self.teams.insert(team.clone(), self.report.teams.len());
                    self.report.teams.push((team.clone(), Tally::default()));
                    self.report.teams.len() - 1
                }
            };
            add_note(&mut self.report.teams[index].1, &note, target, critical);
        }
        self.keep(agent, note);
    }

    /// Keeps the notes that cost most, and the clean ones that tell most.
    fn keep(&mut self, agent: usize, note: AuditedNote) {
        let (worst, best) = self.keep;
        let order = self.report.run.rows;
        let kept = &mut self.kept[agent];
        if note.findings.is_empty() {
            if best > 0 && note.score.possible > 0 {
                kept.best.push((order, note));
                trim(&mut kept.best, best, worth);
            }
        } else if worst > 0 {
            kept.worst.push((order, note));
            trim(&mut kept.worst, worst, cost);
        }
    }

    pub(super) fn finish(mut self) -> Report {
        let mut kept: Vec<(u64, AuditedNote)> = Vec::new();
        let (worst, best) = self.keep;
        for mut agent in self.kept {
            cut(&mut agent.worst, worst, cost);
            cut(&mut agent.best, best, worth);
            kept.extend(agent.worst);
            kept.extend(agent.best);
        }
        kept.sort_by_key(|(order, _)| *order);
        self.report.kept = kept.into_iter().map(|(_, note)| note).collect();
        self.report.languages = self.languages.into_iter().collect();
        self.report.languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        self.report
    }
}

/// How much is to be learnt from a note's findings.
fn cost(note: &AuditedNote) -> u64 {
    let lost: u32 = note.findings.iter().map(|f| f.points_lost).sum();
    u64::from(note.score.fatal) * 1_000_000 + u64::from(lost) * 100 + note.findings.len() as u64
}

/// How much a clean note shows: what applied to it, then its length.
fn worth(note: &AuditedNote) -> u64 {
    u64::from(note.score.possible) * 10_000 + note.note.text.len().min(1_200) as u64
}

/// Cuts to the `limit` of most value once twice as many are there, so that the cost a note stays constant.
fn trim(notes: &mut Vec<(u64, AuditedNote)>, limit: usize, value: impl Fn(&AuditedNote) -> u64) {
    if notes.len() >= limit * 2 {
        cut(notes, limit, value);
    }
}

/// Keeps the `limit` of most value, earlier ones first among equals.
fn cut(notes: &mut Vec<(u64, AuditedNote)>, limit: usize, value: impl Fn(&AuditedNote) -> u64) {
    notes.sort_by_key(|(order, note)| (std::cmp::Reverse(value(note)), *order));
    notes.truncate(limit);
}
