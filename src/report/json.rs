//! The whole of a run as one JSON object: the figures that the pages show, for programs. Shares and scores are per cent, times
//! are seconds; what cannot be said is null.

use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::figures::{Accuracy, Compared, Figures, Share, time_share};
use super::gate::Told;
use crate::measure::Basis;
use crate::model::{self, Category, Dimension, Period, Report, Tally};
use crate::rules::Rulebook;

/// What the object says that it is.
const SCHEMA: &str = "acw.report/v1";

/// The object, ending in a line end.
pub(super) fn whole(report: &Report, book: &Rulebook) -> String {
    serde_json::to_string_pretty(&Whole::of(report, book)).unwrap_or_default() + "\n"
}

/// All figures of a run, as `--format json` writes them. Shares and scores are per cent, times are seconds; what cannot be said is
/// null. Further keys may be added; none is renamed or removed in this version.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Report")]
pub(super) struct Whole<'r> {
    /// What the object is, and the version of its form.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    run: Run<'r>,
    /// Everybody together.
    total: Total<'r>,
    /// In the order of their first note.
    agents: Vec<Agent<'r>>,
    groups: Groups<'r>,
    acw: AfterCall<'r>,
    /// Rows that could not be read, and remarks on the input, the first of them.
    problems: Vec<Problem<'r>>,
    /// Problems beyond those.
    problems_left_out: u64,
    /// What became of the gate; null of `acw audit`.
    gate: Option<Told<'r>>,
    decisions: Decisions<'r>,
}

/// How the run was made.
#[derive(Serialize, JsonSchema)]
struct Run<'r> {
    /// Version of acw.
    version: &'static str,
    /// Hash of the rules in force.
    rules: &'r str,
    /// As they were named, by name.
    inputs: &'r [String],
    /// Rows that were read: audited, skipped and rejected together.
    rows: u64,
    audited: u64,
    /// Left out by the filter.
    skipped: u64,
    /// Rows that could not be read.
    rejected: u64,
    /// Keys of the filter and their values.
    filter: BTreeMap<&'r str, &'r str>,
    skipped_by: Vec<Skipped>,
    /// Score from which a note counts as compliant.
    target: u32,
    /// Of the intervals.
    confidence: u32,
    /// Scored notes below which nobody gets a place or a verdict.
    min_notes: u64,
    period: Period,
}

/// Notes left out for one reason.
#[derive(Serialize, JsonSchema)]
struct Skipped {
    by: &'static str,
    notes: u64,
    /// Those among them of which the export does not tell it.
    unknown: u64,
}

/// The figures of everybody.
#[derive(Serialize, JsonSchema)]
struct Total<'r> {
    #[serde(flatten)]
    figures: OfMany<'r>,
    worked_seconds: Option<u64>,
    /// After-call work as a share of the time worked.
    acw_percent: Option<f64>,
}

/// The figures of an agent.
#[derive(Serialize, JsonSchema)]
struct Agent<'r> {
    #[serde(flatten)]
    figures: OfMany<'r>,
    agent: &'r str,
    name: Option<&'r str>,
    team: Option<&'r str>,
    /// First and last place that the agent could hold; null below `min_notes`.
    places: Option<[usize; 2]>,
    like_for_like: Option<LikeForLike>,
    time: Time,
}

/// The score beside what everybody scores on the same mix of call types.
#[derive(Serialize, JsonSchema)]
struct LikeForLike {
    expected: f64,
    difference: f64,
    effect_of_mix: f64,
}

/// After-call work against time worked and quality.
#[derive(Serialize, JsonSchema)]
struct Time {
    worked_seconds: Option<u64>,
    acw_percent: Option<f64>,
    target_percent: Option<u32>,
    fast_good: u64,
    fast_poor: u64,
    slow_good: u64,
    slow_poor: u64,
    unusually_long: u64,
    unusually_short: u64,
}

/// The figures by the values of each dimension; empty where the export does not tell it.
#[derive(Serialize, JsonSchema)]
struct Groups<'r> {
    team: Vec<Group<'r>>,
    call_type: Vec<Group<'r>>,
    channel: Vec<Group<'r>>,
    segment: Vec<Group<'r>>,
    period: Vec<Group<'r>>,
}

/// The figures of one value, under the name of its dimension.
#[derive(Serialize, JsonSchema)]
struct Group<'r> {
    #[serde(flatten)]
    figures: OfMany<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_type: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<&'r str>,
    worked_seconds: Option<u64>,
    acw_percent: Option<f64>,
}

/// Times of everybody.
#[derive(Serialize, JsonSchema)]
struct AfterCall<'r> {
    usual: Vec<Usual<'r>>,
    /// Long after-call work that left little or no note: something to ask, no verdict.
    questions: Vec<Question<'r>>,
}

/// What a call type usually takes.
#[derive(Serialize, JsonSchema)]
struct Usual<'r> {
    call_type: Option<&'r str>,
    notes: u64,
    median_seconds: f64,
    median_absolute_deviation: f64,
    limit_seconds: Option<u32>,
}

/// A note to ask about.
#[derive(Serialize, JsonSchema)]
struct Question<'r> {
    note: &'r str,
    file: &'r str,
    line: u64,
    agent: &'r str,
    call_type: Option<&'r str>,
    acw_seconds: u32,
    usual_seconds: u32,
    words: usize,
}

/// A row that cannot be read, or a remark on the input.
#[derive(Serialize, JsonSchema)]
struct Problem<'r> {
    file: &'r str,
    line: Option<u64>,
    message: &'r str,
    help: &'r str,
    /// Whether a row was rejected for it.
    rejected: bool,
}

/// Findings by what people decided about them.
#[derive(Serialize, JsonSchema)]
struct Decisions<'r> {
    disputed: u64,
    upheld: u64,
    overturned: u64,
    waived: u64,
    /// Expired waivers, and decisions about findings that are no longer found.
    remarks: &'r [String],
}

/// A figure and between what it may lie.
#[derive(Serialize, JsonSchema)]
struct Estimate {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// Per cent, where there is a target.
    target: Option<u32>,
}

/// What is known of everybody, an agent or a group.
#[derive(Serialize, JsonSchema)]
struct OfMany<'r> {
    notes: u64,
    scored: u64,
    score: Estimate,
    /// How the score stands to the target.
    #[schemars(extend("enum" = ["too_few", "reached", "missed", "open"]))]
    verdict: &'static str,
    compliance: Estimate,
    critical_score: Estimate,
    /// Share of notes without an error critical for the customer, the business, compliance, or not critical (`other`).
    accuracy: Named<Estimate>,
    findings: u64,
    clean: u64,
    fatal: u64,
    auto_failed: u64,
    acw: Times,
    mean_talk_seconds: Option<u64>,
    /// Those with findings.
    categories: Named<Counted>,
    /// Those with findings, most costly first.
    rules: Vec<OfRule<'r>>,
}

/// Times of after-call work.
#[derive(Serialize, JsonSchema)]
struct Times {
    /// Notes whose time is told.
    notes: u64,
    missing: u64,
    zero: u64,
    seconds: u64,
    mean_seconds: Option<u64>,
    target_seconds: Option<u32>,
    over_limit: Estimate,
}

/// Findings, the notes with them, and what they cost.
#[derive(Serialize, JsonSchema)]
struct Counted {
    findings: u64,
    notes: u64,
    points: u64,
}

/// Findings of a rule.
#[derive(Serialize, JsonSchema)]
struct OfRule<'r> {
    rule: &'r str,
    findings: u64,
    notes: u64,
    points: u64,
}

/// An object whose keys keep their order.
struct Named<T>(Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

impl<'r> Whole<'r> {
    fn of(report: &'r Report, book: &'r Rulebook) -> Self {
        let standards = &report.run.standards;
        let compared = Compared::of(report);
        let agents = (0..report.agents.len()).map(|index| Agent::of(index, report, &compared, book));
        let group =
            |dimension| report.group(dimension).iter().map(|group| Group::of(dimension, group, report, book)).collect();
        let usual = report.cells.iter().map(|cell| &cell.call_type).collect::<std::collections::BTreeSet<_>>();
        let usual = usual.into_iter().filter_map(|kind| {
            let (_, usual) = compared.usual.iter().find(|(known, _)| known == kind)?;
            Some(Usual {
                call_type: kind.as_deref(),
                notes: usual.notes,
                median_seconds: usual.median,
                median_absolute_deviation: usual.spread,
                limit_seconds: standards.limit(kind.as_deref()),
            })
        });
        let questions = report.questions.iter().map(|question| Question {
            note: &question.note,
            file: &question.origin.file,
            line: question.origin.line,
            agent: &report.agents[question.agent].agent,
            call_type: question.call_type.as_deref(),
            acw_seconds: question.seconds,
            usual_seconds: question.usual,
            words: question.words,
        });
        let worked = report.all_worked();
        let decisions = &report.decisions;
        Whole {
            schema: SCHEMA,
            run: Run::of(report),
            total: Total {
                figures: OfMany::of(&report.total, report, book),
                worked_seconds: worked,
                acw_percent: time_share(&report.total, worked).map(percent),
            },
            agents: agents.collect(),
            groups: Groups {
                team: group(Dimension::Team),
                call_type: group(Dimension::CallType),
                channel: group(Dimension::Channel),
                segment: group(Dimension::Segment),
                period: group(Dimension::Period),
            },
            acw: AfterCall { usual: usual.collect(), questions: questions.collect() },
            problems: report.problems.iter().map(Problem::of).collect(),
            problems_left_out: report.problems_left_out,
            gate: report.gate.as_ref().map(Told::of),
            decisions: Decisions {
                disputed: decisions.disputed,
                upheld: decisions.upheld,
                overturned: decisions.overturned,
                waived: decisions.waived,
                remarks: &decisions.remarks,
            },
        }
    }
}

impl<'r> Run<'r> {
    fn of(report: &'r Report) -> Self {
        let (run, standards) = (&report.run, &report.run.standards);
        let skipped = run.skipped.iter();
        Run {
            version: run.version,
            rules: &run.rules_hash,
            inputs: &run.inputs,
            rows: run.rows,
            audited: report.total.notes,
            skipped: run.skipped(),
            rejected: run.rejected,
            filter: run.filter.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            skipped_by: skipped.map(|s| Skipped { by: s.by.name(), notes: s.notes, unknown: s.unknown }).collect(),
            target: standards.target,
            confidence: standards.confidence,
            min_notes: standards.min_notes,
            period: standards.period,
        }
    }
}

impl<'r> Agent<'r> {
    fn of(index: usize, report: &'r Report, compared: &Compared, book: &'r Rulebook) -> Self {
        let (agent, fields, worked) = (&report.agents[index], compared.fields[index], report.worked[index]);
        Agent {
            figures: OfMany::of(&agent.tally, report, book),
            agent: &agent.agent,
            name: agent.name.as_deref(),
            team: agent.team.as_deref(),
            places: compared.places[index].map(|(first, last)| [first, last]),
            like_for_like: compared.mixes[index].map(|mix| LikeForLike {
                expected: percent(mix.expected.0),
                difference: f64::from(mix.difference) / 100.0,
                effect_of_mix: f64::from(mix.effect) / 100.0,
            }),
            time: Time {
                worked_seconds: worked,
                acw_percent: time_share(&agent.tally, worked).map(percent),
                target_percent: report.run.standards.targets.acw_percent,
                fast_good: fields.fast_good,
                fast_poor: fields.fast_poor,
                slow_good: fields.slow_good,
                slow_poor: fields.slow_poor,
                unusually_long: fields.long,
                unusually_short: fields.short,
            },
        }
    }
}

impl<'r> Group<'r> {
    fn of(dimension: Dimension, group: &'r model::Group, report: &'r Report, book: &'r Rulebook) -> Self {
        let named = |own| (dimension == own).then_some(group.value.as_str());
        Group {
            figures: OfMany::of(&group.tally, report, book),
            team: named(Dimension::Team),
            call_type: named(Dimension::CallType),
            channel: named(Dimension::Channel),
            segment: named(Dimension::Segment),
            period: named(Dimension::Period),
            worked_seconds: group.worked,
            acw_percent: time_share(&group.tally, group.worked).map(percent),
        }
    }
}

impl<'r> Problem<'r> {
    fn of(problem: &'r model::Problem) -> Self {
        let model::Problem { file, line, message, help, rejected } = problem;
        Problem { file, line: *line, message, help, rejected: *rejected }
    }
}

impl Estimate {
    fn of(value: Option<u32>, low: Option<u32>, high: Option<u32>) -> Self {
        Estimate { value: value.map(percent), low: low.map(percent), high: high.map(percent), target: None }
    }

    fn to(self, target: Option<u32>) -> Self {
        Estimate { target, ..self }
    }
}

impl<'r> OfMany<'r> {
    fn of(tally: &Tally, report: &Report, book: &'r Rulebook) -> Self {
        let f = Figures::of(tally, Basis::of(&report.total, &report.run.standards));
        let Share { share, low, high } = f.acw_over;
        let accuracy = |a: &Accuracy| (a.kind, Estimate::of(a.share, a.low, a.high).to(a.target));
        let categories = Category::ALL.into_iter().zip(&tally.categories).filter(|(_, c)| c.findings > 0);
        let categories = categories
            .map(|(category, c)| (category.name(), Counted { findings: c.findings, notes: c.notes, points: c.points }));
        let rules = tally.worst_rules().into_iter().map(|(rule, c)| OfRule {
            rule: &book.rules[rule].id,
            findings: c.findings,
            notes: c.notes,
            points: c.points,
        });
        OfMany {
            notes: f.notes,
            scored: f.scored,
            score: Estimate::of(f.score, f.low, f.high).to(Some(f.target)),
            verdict: f.verdict,
            compliance: Estimate::of(f.compliance, f.compliance_low, f.compliance_high).to(f.compliance_target),
            critical_score: Estimate::of(f.critical.share, f.critical.low, f.critical.high).to(f.critical_target),
            accuracy: Named(f.accuracies.iter().map(accuracy).collect()),
            findings: f.findings,
            clean: f.clean,
            fatal: f.fatal,
            auto_failed: f.auto_failed,
            acw: Times {
                notes: f.acw_notes,
                missing: f.acw_missing,
                zero: f.acw_zero,
                seconds: tally.acw.seconds,
                mean_seconds: f.acw,
                target_seconds: f.acw_target,
                over_limit: Estimate::of(share, low, high),
            },
            mean_talk_seconds: f.talk,
            categories: Named(categories.collect()),
            rules: rules.collect(),
        }
    }
}

fn percent(points: u32) -> f64 {
    f64::from(points) / 100.0
}
