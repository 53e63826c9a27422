//! Gathers the sums and, for the pages, a bounded number of notes an agent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::civil::Date;
use smol_str::SmolStr;

use super::decisions::Decisions;
use super::twice::EncodedTwice;
use crate::input::{self, Days, Rejected, Worked};
use crate::measure::{add_note, usual};
use crate::model::{
    AgentSummary, AuditedNote, Cell, Decision, Dimension, Group, Note, Problem, Question, Report, RunInfo, Standards,
    Standing, Tally,
};
use crate::rules::Rulebook;
use crate::text::words_up_to;

/// Problems that are kept word for word; the others are counted.
const PROBLEMS_KEPT: usize = 1_000;
/// Thin notes with after-call work that are kept until it is known what is usual.
const QUESTIONS_KEPT: usize = 1_000;

/// Folds audited notes, in the order of the input, into a report.
pub(super) struct Collector<'b> {
    book: &'b Rulebook,
    report: Report,
    agents: HashMap<String, usize, FixedState>,
    groups: HashMap<Dimension, HashMap<String, usize, FixedState>, FixedState>,
    /// What each day belongs to, which takes longer to tell than all the rest of a note.
    periods: HashMap<Date, String, FixedState>,
    /// By agent and call type.
    cells: Vec<HashMap<Option<SmolStr>, usize, FixedState>>,
    languages: HashMap<SmolStr, u64>,
    /// Longest time that a row tells an agent worked on a day.
    worked: HashMap<(usize, Option<Date>), u32>,
    questions: Vec<Question>,
    /// Fingerprints of findings that somebody decided about.
    met: HashSet<u64>,
    /// The decisions that gave them their standing.
    used: Vec<Arc<Decision>>,
    /// Notes a file whose start is told, but no day that can be read.
    undated: BTreeMap<String, u64>,
    twice: EncodedTwice,
    /// Notes kept an agent: how many of the worst and of the best.
    keep: (usize, usize),
    kept: Vec<Kept>,
}

/// The notes kept of one agent.
#[derive(Default)]
struct Kept {
    worst: Dearest,
    best: Dearest,
}

/// Some notes of most value, earlier ones first among equals, each with its place in the input.
#[derive(Default)]
struct Dearest {
    notes: Vec<(u64, u64, AuditedNote)>,
    /// Notes of no more value need not be kept, for enough are there.
    enough: Option<u64>,
}

impl Dearest {
    /// Notes over the limit that are kept until it is worth looking which of all have the most value.
    const SLACK: usize = 4;

    fn add(&mut self, limit: usize, value: u64, place: u64, mut note: AuditedNote) {
        if limit == 0 || self.enough.is_some_and(|enough| value <= enough) {
            return;
        }
        // It stays for the whole run, with some thousand others.
        note.findings.shrink_to_fit();
        self.notes.push((value, place, note));
        if self.notes.len() >= limit + Self::SLACK {
            self.cut(limit);
            self.enough = self.notes.last().map(|(value, ..)| *value);
        }
    }

    fn cut(&mut self, limit: usize) {
        self.notes.sort_by_key(|(value, place, _)| (Reverse(*value), *place));
        self.notes.truncate(limit);
    }
}

impl<'b> Collector<'b> {
    pub(super) fn new(book: &'b Rulebook, run: RunInfo, keep: (usize, usize)) -> Self {
        Collector {
            book,
            report: Report { run, ..Report::default() },
            agents: HashMap::default(),
            groups: HashMap::default(),
            periods: HashMap::default(),
            cells: Vec::new(),
            languages: HashMap::new(),
            worked: HashMap::new(),
            questions: Vec::new(),
            met: HashSet::new(),
            used: Vec::new(),
            undated: BTreeMap::new(),
            twice: EncodedTwice::default(),
            keep,
            kept: Vec::new(),
        }
    }

    /// So many rows were read.
    pub(super) fn read(&mut self, rows: u64) {
        self.report.run.rows += rows;
    }

    /// Rows that were read so far.
    pub(super) fn rows(&self) -> u64 {
        self.report.run.rows
    }

    /// What could not be read: the row that was read for it stands for all that were lost with it.
    pub(super) fn reject(&mut self, rejected: Rejected) {
        let run = &mut self.report.run;
        run.rejected = run.rejected.saturating_add(rejected.rows);
        run.rows = run.rows.saturating_add(rejected.rows.saturating_sub(1));
        self.remark(Problem { rejected: true, ..rejected.problem });
    }

    fn remark(&mut self, problem: Problem) {
        if self.report.problems.len() < PROBLEMS_KEPT {
            self.report.problems.push(problem);
        } else {
            self.report.problems_left_out += 1;
        }
    }

    /// Says why a note has no score.
    fn unjudged(&mut self, note: &Note) {
        let (why, help) = match &note.language {
            Some(code) => {
                (format!("there are no rules for its language `{code}`"), "add a pack for it: rules/README.md")
            }
            None if note.text.trim().is_empty() => {
                ("it is empty".to_owned(), "name the language with --language: then what it lacks is told")
            }
            None => (
                "its language cannot be told".to_owned(),
                "name the column with --column language=HEADER, or the language with --language",
            ),
        };
        self.remark(Problem {
            file: note.origin.file.to_string(),
            line: Some(note.origin.line),
            message: format!("note {}: {why}, so it has no score", note.id),
            help: help.into(),
            rejected: false,
        });
    }

    /// Looks whether the day of a note can be read, where it is asked for.
    pub(super) fn day_of(&mut self, note: &Note) {
        if note.started_at.is_none() || note.day.is_some() {
            return;
        }
        match self.undated.get_mut(note.origin.file.as_str()) {
            Some(notes) => *notes += 1,
            None => {
                self.undated.insert(note.origin.file.to_string(), 1);
            }
        }
    }

    pub(super) fn note(&mut self, note: AuditedNote) {
        match &note.language {
            Some(code) => match self.languages.get_mut(code) {
                Some(count) => *count += 1,
                None => {
                    self.languages.insert(code.clone(), 1);
                }
            },
            None => self.unjudged(&note.note),
        }
        self.twice.note(&note.note);
        self.day_of(&note.note);
        for finding in note.findings.iter().chain(&note.set_aside) {
            let met = &mut self.report.decisions;
            match finding.standing {
                Standing::Counts => continue,
                Standing::Disputed => met.disputed += 1,
                Standing::Upheld => met.upheld += 1,
                Standing::Overturned => met.overturned += 1,
                Standing::Waived => met.waived += 1,
            }
            self.met.insert(finding.fingerprint);
            if let Some(decision) = &finding.decision
                && !self.used.iter().any(|used| Arc::ptr_eq(used, decision))
            {
                self.used.push(decision.clone());
            }
        }
        if let Some(day) = note.note.day {
            let (first, last) = self.report.days.get_or_insert((day, day));
            (*first, *last) = (day.min(*first), day.max(*last));
        }
        let rules = &self.book.rules;
        let standards = &self.report.run.standards;
        let add = |tally: &mut Tally| add_note(tally, &note, standards, |rule| rules[rule].critical);
        add(&mut self.report.total);
        let agent = match self.agents.get(note.note.agent.as_str()) {
            Some(index) => *index,
            None => {
                self.agents.insert(note.note.agent.to_string(), self.report.agents.len());
                self.report.agents.push(AgentSummary { agent: note.note.agent.to_string(), ..AgentSummary::default() });
                self.kept.push(Kept::default());
                self.cells.push(HashMap::default());
                self.report.agents.len() - 1
            }
        };
        let summary = &mut self.report.agents[agent];
        summary.name = summary.name.take().or_else(|| note.note.agent_name.as_ref().map(SmolStr::to_string));
        summary.team = summary.team.take().or_else(|| note.note.team.as_ref().map(SmolStr::to_string));
        add(&mut summary.tally);
        for dimension in Dimension::ALL {
            let value = match dimension {
                Dimension::Team => note.note.team.as_deref(),
                Dimension::CallType => note.note.call_type.as_deref(),
                Dimension::Channel => note.note.channel.as_deref(),
                Dimension::Segment => note.note.segment.as_deref(),
                Dimension::Period => note
                    .note
                    .day
                    .map(|day| self.periods.entry(day).or_insert_with(|| standards.period.of(day)).as_str()),
            };
            let Some(value) = value else { continue };
            let groups = self.report.groups.entry(dimension).or_default();
            let known = self.groups.entry(dimension).or_default();
            let index = known.get(value).copied().unwrap_or_else(|| {
                groups.push(Group { value: value.to_owned(), ..Group::default() });
                known.insert(value.to_owned(), groups.len() - 1);
                groups.len() - 1
            });
            add(&mut groups[index].tally);
        }
        let cells = &mut self.report.cells;
        let (known, call_type) = (&mut self.cells[agent], &note.note.call_type);
        let cell = known.get(call_type).copied().unwrap_or_else(|| {
            cells.push(Cell { agent, call_type: call_type.as_ref().map(SmolStr::to_string), ..Cell::default() });
            known.insert(call_type.clone(), cells.len() - 1);
            cells.len() - 1
        });
        let cell = &mut cells[cell];
        let complies = note.score.complies(standards.target);
        if let Some(value) = note.score.value() {
            cell.scored += 1;
            cell.score_sum += u64::from(value.0);
        }
        if let Some(seconds) = note.note.acw_seconds {
            cell.times.add(seconds, complies == Some(true));
            let words = words_up_to(&note.note.own_text(), standards.thin_words);
            if words < standards.thin_words && seconds > 0 {
                let question = Question {
                    note: note.note.id.to_string(),
                    origin: note.note.origin.clone(),
                    agent,
                    call_type: note.note.call_type.as_ref().map(SmolStr::to_string),
                    seconds,
                    usual: 0,
                    words,
                };
                self.questions.push(question);
                if self.questions.len() >= 2 * QUESTIONS_KEPT {
                    self.questions.sort_by_key(|question| Reverse(question.seconds));
                    self.questions.truncate(QUESTIONS_KEPT);
                }
            }
        }
        if let Some(seconds) = note.note.worked_seconds {
            let longest = self.worked.entry((agent, note.note.day)).or_default();
            *longest = seconds.max(*longest);
        }
        self.keep(agent, note);
    }

    /// Fills in how long agents worked, and with them what the groups' after-call work is a part of: as the roster has it, or the sum
    /// over days of what the rows tell. It counts only where it is known of each of the agents.
    fn add_worked(&mut self, roster: &[Worked]) {
        let agents = &self.report.agents;
        let known = |row: &Worked| {
            let named = || agents.iter().position(|a| a.name.as_deref() == Some(row.agent.as_str()));
            self.agents.get(row.agent.as_str()).copied().or_else(named)
        };
        let rostered: Vec<(usize, Option<Date>, u32)> =
            roster.iter().filter_map(|row| Some((known(row)?, row.day, row.seconds))).collect();
        let told = self.worked.iter().map(|((agent, day), seconds)| (*agent, *day, *seconds));
        let on_roster: HashSet<usize> = rostered.iter().map(|(agent, ..)| *agent).collect();
        let told = told.filter(|(agent, ..)| !on_roster.contains(agent));
        let mut worked = vec![None; agents.len()];
        let mut periods: HashMap<String, u64> = HashMap::new();
        let mut undated = HashSet::new();
        for (agent, day, seconds) in rostered.iter().copied().chain(told) {
            *worked[agent].get_or_insert(0) += u64::from(seconds);
            match day {
                Some(day) => {
                    *periods.entry(self.report.run.standards.period.of(day)).or_default() += u64::from(seconds)
                }
                None => {
                    undated.insert(agent);
                }
            }
        }
        let complete = undated.is_empty() && worked.iter().all(Option::is_some);
        for group in self.report.groups.entry(Dimension::Period).or_default() {
            group.worked = complete.then(|| periods.get(&group.value).copied()).flatten();
        }
        for group in self.report.groups.entry(Dimension::Team).or_default() {
            let members = agents.iter().zip(&worked).filter(|(agent, _)| agent.team.as_ref() == Some(&group.value));
            group.worked = members.map(|(_, worked)| *worked).sum();
        }
        let all = worked.iter().copied().sum();
        for dimension in [Dimension::CallType, Dimension::Channel, Dimension::Segment] {
            self.report.groups.entry(dimension).or_default().iter_mut().for_each(|group| group.worked = all);
        }
        self.report.groups.retain(|_, groups| !groups.is_empty());
        self.report.worked = worked;
    }

    /// Keeps the notes that cost most, and the clean ones that tell most.
    fn keep(&mut self, agent: usize, note: AuditedNote) {
        let (worst, best) = self.keep;
        let order = self.report.total.notes;
        let kept = &mut self.kept[agent];
        if note.is_clean() {
            if note.score.possible > 0 {
                kept.best.add(best, worth(&note), order, note);
            }
        } else {
            kept.worst.add(worst, cost(&note), order, note);
        }
    }

    /// The report; `days` tells how the days of each file are written, `noticed` what else is to be said of the files.
    pub(super) fn finish(
        mut self,
        roster: &[Worked],
        decisions: &Decisions,
        days: &BTreeMap<String, Days>,
        noticed: Vec<Problem>,
    ) -> Report {
        let read = noticed.into_iter().chain(days.iter().filter_map(|(file, days)| days.remark(file)));
        let unread = self.undated.iter().map(|(file, notes)| input::unread(file, *notes, days.get(file)));
        // In front: they are about all rows, and long lists are cut.
        self.report.problems.splice(0..0, read.chain(unread).chain(self.twice.remarks()));
        self.report.decisions.remarks = decisions.remarks(&self.met, &self.used);
        self.add_worked(roster);
        self.report.questions = questions(self.questions, &self.report.cells, &self.report.run.standards);
        for groups in self.report.groups.values_mut() {
            groups.sort_by(|a, b| a.value.cmp(&b.value));
        }
        let mut kept: Vec<(u64, AuditedNote)> = Vec::new();
        let (worst, best) = self.keep;
        for mut agent in self.kept {
            agent.worst.cut(worst);
            agent.best.cut(best);
            kept.extend(agent.worst.notes.into_iter().chain(agent.best.notes).map(|(_, place, note)| (place, note)));
        }
        kept.sort_by_key(|(order, _)| *order);
        self.report.kept = kept.into_iter().map(|(_, note)| note).collect();
        self.report.languages = self.languages.into_iter().map(|(code, notes)| (code.into(), notes)).collect();
        self.report.languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        self.report
    }
}

/// The long ones among thin notes: over the limit of their call type, or over twice its median.
fn questions(candidates: Vec<Question>, cells: &[Cell], standards: &Standards) -> Vec<Question> {
    let usual = usual(cells);
    let mut out: Vec<Question> = candidates
        .into_iter()
        .filter_map(|mut question| {
            let median = usual.get(&question.call_type)?.median;
            question.usual = median.round() as u32;
            let limit = standards.limit(question.call_type.as_deref()).map_or(2.0 * median, f64::from);
            (f64::from(question.seconds) > limit).then_some(question)
        })
        .collect();
    out.sort_by(|a, b| b.seconds.cmp(&a.seconds).then_with(|| a.note.cmp(&b.note)));
    out.truncate(QUESTIONS_KEPT);
    out
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

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::model::BasisPoints;

    fn book() -> &'static Rulebook {
        static BOOK: OnceLock<Rulebook> = OnceLock::new();
        BOOK.get_or_init(|| Rulebook::load(None).unwrap())
    }

    fn collected(notes: Vec<Note>) -> Report {
        let mut collector = Collector::new(book(), RunInfo::default(), (0, 0));
        for note in notes {
            let language = Some("en".into());
            collector.note(AuditedNote { note, language, ..AuditedNote::default() });
        }
        collector.finish(&[], &Decisions::default(), &BTreeMap::new(), Vec::new())
    }

    proptest! {
        /// The parts of call types, channels and segments in the time worked add up to that of all notes.
        #[test]
        fn parts_of_the_time_worked_add_up_to_the_whole(
            rows in prop::collection::vec((0..4usize, 0..3usize, 0..3usize, 0..3usize, 0..2_000u32, 1..9i8, 0..40_000u32), 1..60),
        ) {
            let name = |kind: usize| Some(format!("v{kind}").into());
            let note = |(agent, call_type, channel, segment, acw, day, worked): (usize, usize, usize, usize, u32, i8, u32)| Note {
                agent: format!("A{agent}").into(),
                call_type: name(call_type),
                channel: name(channel),
                segment: name(segment),
                acw_seconds: Some(acw),
                worked_seconds: Some(worked + 2_000),
                day: Some(jiff::civil::date(2026, 5, day)),
                ..Note::default()
            };
            let report = collected(rows.into_iter().map(note).collect());
            let worked: u64 = report.worked.iter().copied().sum::<Option<u64>>().unwrap();
            let part = |seconds| BasisPoints::of(seconds, worked).unwrap().0;
            for dimension in [Dimension::CallType, Dimension::Channel, Dimension::Segment] {
                let groups = report.group(dimension);
                prop_assert!(groups.iter().all(|group| group.worked == Some(worked)));
                let seconds: u64 = groups.iter().map(|group| group.tally.acw.seconds).sum();
                prop_assert_eq!(seconds, report.total.acw.seconds);
                // Each part is rounded to a hundredth of a per cent, by half of one at most.
                let sum: u32 = groups.iter().map(|group| part(group.tally.acw.seconds)).sum();
                prop_assert!(2 * sum.abs_diff(part(report.total.acw.seconds)) <= groups.len() as u32 + 1);
            }
        }
    }

    proptest! {
        /// The notes of most value are kept, however many came in between.
        #[test]
        fn the_dearest_are_those_that_sorting_all_of_them_gives(values in prop::collection::vec(0..9u64, 0..120), limit in 0..5usize) {
            let mut dearest = Dearest::default();
            for (place, value) in (0..).zip(&values) {
                dearest.add(limit, *value, place, AuditedNote::default());
            }
            dearest.cut(limit);
            let mut all: Vec<(Reverse<u64>, u64)> = (0..).zip(&values).map(|(place, value)| (Reverse(*value), place)).collect();
            all.sort_unstable();
            all.truncate(limit);
            let kept: Vec<_> = dearest.notes.iter().map(|(value, place, _)| (Reverse(*value), *place)).collect();
            prop_assert_eq!(kept, all);
        }
    }

    #[test]
    fn nothing_is_a_part_of_time_that_is_not_known() {
        let note = |agent: &str, worked| Note {
            agent: agent.into(),
            call_type: Some("sales".into()),
            acw_seconds: Some(60),
            worked_seconds: worked,
            ..Note::default()
        };
        let worked = |notes| collected(notes).group(Dimension::CallType)[0].worked;
        assert_eq!(worked(vec![note("A", Some(3_600)), note("B", Some(1_800))]), Some(5_400));
        assert_eq!(worked(vec![note("A", Some(3_600)), note("B", None)]), None);
    }
}
