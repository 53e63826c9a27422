//! `acw dispute`: what people say against findings, and what is decided.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Common, Deciding, Failure, Reading, Silent, print};
use crate::audit::decisions::{Entry, Fingerprint};
use crate::audit::{self, Decisions, Options};
use crate::coach::Nobody;
use crate::config::Settings;
use crate::input::{self, Filter};
use crate::model::{AuditedNote, Day, Disposition, Finding, Note, Report};
use crate::report::folder;
use crate::rules::Rulebook;

/// Notes of each agent, with findings and without, by which names are told from words of the house.
const WITNESSES: (usize, usize) = (50, 50);

/// Subcommands of `acw dispute`.
#[derive(Debug, Subcommand)]
pub(super) enum Dispute {
    /// Dispute a finding of an export; it counts until somebody decides
    Open(Open),
    /// Accept a dispute: the finding does not count any more
    Accept(Accept),
    /// Reject a dispute: the finding counts
    Reject(Reject),
    /// Waive a finding or a rule until a day
    Waive(Waive),
    /// List what is disputed, decided and waived
    List(List),
}

/// Where it is written down, and what rules are in force.
#[derive(Debug, Args)]
struct Recording {
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    common: Common,
}

impl Recording {
    /// The settings, the rules in force, and what was decided already.
    fn open(&self, inputs: &[PathBuf], reading: Option<&Reading>) -> Result<(Settings, Rulebook, Record), Failure> {
        let (settings, book) = self.common.load(inputs, reading)?;
        let (file, _) = self.deciding.file(&settings);
        let entries = Decisions::entries(&file, false, &book)?;
        Ok((settings, book, Record { file, entries }))
    }
}

/// A text that says something: a decision has somebody behind it, and a reason.
fn filled(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty".into()),
        text => Ok(text.to_owned()),
    }
}

/// What is said of one finding, by whom, and why.
#[derive(Debug, Args)]
struct Said {
    /// Fingerprint of the finding, as --format jsonl shows it
    finding: Fingerprint,
    /// Who says so
    #[arg(long, value_name = "NAME", value_parser = filled)]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    why: String,
    #[command(flatten)]
    recording: Recording,
}

impl Said {
    /// An entry of that kind, with more about it behind the fingerprint.
    fn entry(&self, kind: &str, more: Value) -> Map<String, Value> {
        let mut entry = object(json!({kind: self.finding.to_string()}));
        entry.extend(object(more));
        entry.extend(object(json!({"by": self.by, "why": self.why})));
        entry
    }
}

/// Flags of `acw dispute open`.
#[derive(Debug, Args)]
pub(super) struct Open {
    #[command(flatten)]
    said: Said,
    /// Exports that hold the note
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Flags of `acw dispute accept`.
#[derive(Debug, Args)]
pub(super) struct Accept {
    #[command(flatten)]
    said: Said,
    /// Exports that hold the note, where it is to become an example
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Make the note, with its people taken out, an example of what the rule must spare, in this pack of rules
    #[arg(long, value_name = "DIR", requires = "inputs")]
    as_example: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Flags of `acw dispute reject`.
#[derive(Debug, Args)]
pub(super) struct Reject {
    #[command(flatten)]
    said: Said,
}

/// Flags of `acw dispute waive`.
#[derive(Debug, Args)]
pub(super) struct Waive {
    /// Fingerprint of one finding
    #[arg(long, value_name = "FINGERPRINT", required_unless_present = "rule", conflicts_with = "rule")]
    finding: Option<Fingerprint>,
    /// Id of a rule
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Only in notes of this agent (repeatable)
    #[arg(long, value_name = "ID", requires = "rule")]
    agent: Vec<String>,
    /// Only in the note of this identifier (repeatable)
    #[arg(long, value_name = "ID", requires = "rule")]
    note: Vec<String>,
    /// Only in notes of contacts from this day on
    #[arg(long, value_name = "YYYY-MM-DD", requires = "rule")]
    from: Option<Day>,
    /// Only in notes of contacts up to this day
    #[arg(long, value_name = "YYYY-MM-DD", requires = "rule")]
    to: Option<Day>,
    /// Only in notes of this call type (repeatable)
    #[arg(long, value_name = "TYPE", requires = "rule")]
    call_type: Vec<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", value_parser = filled)]
    owner: String,
    /// Last day on which it holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Day,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    why: String,
    #[command(flatten)]
    recording: Recording,
}

/// Flags of `acw dispute list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    recording: Recording,
}

impl Dispute {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Dispute::Open(open) => open.run(),
            Dispute::Accept(accept) => accept.run(),
            Dispute::Reject(reject) => reject.run(),
            Dispute::Waive(waive) => waive.run(),
            Dispute::List(list) => list.run(),
        }
    }
}

/// The file of decisions, and what stands in it.
struct Record {
    file: PathBuf,
    entries: Vec<Entry>,
}

impl Record {
    /// The note and rule that a finding was disputed for.
    fn dispute(&self, finding: Fingerprint) -> Result<&Entry, Failure> {
        self.entries.iter().rev().find(|entry| entry.dispute == Some(finding)).ok_or_else(|| {
            Failure::Usage(format!(
                "finding {finding} is not disputed in {}\n  help: `acw dispute list` shows what is; open a dispute first",
                self.file.display()
            ))
        })
    }

    /// Adds an entry at the end. JSON is YAML: every string is quoted safely.
    fn add(&self, mut entry: Map<String, Value>) -> Result<(), Failure> {
        entry.insert("on".into(), json!(jiff::Zoned::now().date().to_string()));
        folder::append(&self.file, &format!("- {}\n", Value::Object(entry)))
            .map_err(|e| Failure::Output(e.to_string()))?;
        print(&format!("Written to {}.\n", self.file.display()))
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The finding of that fingerprint and its note, from exports audited without any decision.
fn find(
    finding: Fingerprint,
    inputs: &[PathBuf],
    settings: &Settings,
    book: &Rulebook,
) -> Result<(AuditedNote, Finding, Report), Failure> {
    // A finding is looked for in all notes, whatever is audited from day to day.
    let input = input::Options { filter: Filter::default(), ..settings.input.clone() };
    let options = Options { inputs: inputs.to_vec(), input, keep: WITNESSES, ..Options::default() };
    let mut found = None;
    let report = audit::run(&options, book, &Silent, &mut |note| {
        if let Some(hit) = note.findings.iter().find(|hit| hit.fingerprint == finding.0) {
            found = Some((note.clone(), hit.clone()));
        }
        Ok(())
    })?;
    let (note, hit) = found.ok_or_else(|| {
        Failure::Usage(format!(
            "finding {finding} is not found in {}\n  help: take the fingerprint from --format jsonl of the same export and rules",
            inputs.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
        ))
    })?;
    Ok((note, hit, report))
}

impl Open {
    fn run(self) -> Result<(), Failure> {
        let said = &self.said;
        let (settings, book, record) = said.recording.open(&self.inputs, Some(&self.reading))?;
        let (note, finding, _) = find(said.finding, &self.inputs, &settings, &book)?;
        let about = json!({"note": note.note.id, "rule": book.rules[finding.rule].id, "words": finding.excerpt});
        record.add(said.entry("dispute", about))
    }
}

impl Accept {
    fn run(self) -> Result<(), Failure> {
        let said = &self.said;
        let (settings, book, record) = said.recording.open(&self.inputs, Some(&self.reading))?;
        record.dispute(said.finding)?;
        if let Some(pack) = &self.as_example {
            let (note, finding, report) = find(said.finding, &self.inputs, &settings, &book)?;
            let file = add_example(pack, &note, &finding, &report, &book)?;
            print(&format!(
                "{}: the rule `{id}` must spare this note from now on; `acw rules test {id} --rules {}` fails until the rule does.\n",
                file.display(),
                pack.display(),
                id = book.rules[finding.rule].id,
            ))?;
        }
        record.add(said.entry("accept", json!({})))
    }
}

impl Reject {
    fn run(self) -> Result<(), Failure> {
        let said = &self.said;
        let (_, _, record) = said.recording.open(&[], None)?;
        record.dispute(said.finding)?;
        record.add(said.entry("reject", json!({})))
    }
}

impl Waive {
    fn run(self) -> Result<(), Failure> {
        let (_, book, record) = self.recording.open(&[], None)?;
        if self.until.0 < jiff::Zoned::now().date() {
            return Err(Failure::Usage(format!(
                "--until {}: this day has passed\n  help: give the last day on which the waiver is to hold",
                self.until
            )));
        }
        let mut waived = Map::new();
        if let Some(finding) = self.finding {
            waived.insert("finding".into(), json!(finding.to_string()));
        }
        if let Some(rule) = &self.rule {
            if book.rule(rule).is_none() {
                return Err(Failure::Usage(format!(
                    "there is no rule `{rule}` in force\n  help: see `acw rules list`"
                )));
            }
            waived.insert("rule".into(), json!(rule));
        }
        if !self.agent.is_empty() {
            waived.insert("agent".into(), json!(self.agent));
        }
        if !self.note.is_empty() {
            waived.insert("note".into(), json!(self.note));
        }
        for (key, day) in [("from", self.from), ("to", self.to)] {
            waived.extend(day.map(|day| (key.to_owned(), json!(day.to_string()))));
        }
        if !self.call_type.is_empty() {
            waived.insert("when".into(), json!({"call_type": self.call_type}));
        }
        record.add(object(json!({
            "waive": waived,
            "owner": self.owner,
            "until": self.until.to_string(),
            "why": self.why,
        })))
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let (settings, book, mut record) = self.recording.open(&[], None)?;
        record.entries.extend(Decisions::of_settings(&settings, &book)?);
        let mut text = String::new();
        for entry in &record.entries {
            let (what, finding) = match (&entry.dispute, &entry.accept, &entry.reject, &entry.waive) {
                (Some(finding), ..) => ("disputed", finding.to_string()),
                (_, Some(finding), ..) => ("accepted", finding.to_string()),
                (_, _, Some(finding), _) => ("rejected", finding.to_string()),
                (_, _, _, Some(waived)) => ("waived", waived.scope().replace('`', "")),
                _ => continue,
            };
            let who = entry.by.as_deref().or(entry.owner.as_deref()).unwrap_or("?");
            let until = entry.until.map(|until| format!(" until {}", until.0)).unwrap_or_default();
            let about = match (&entry.rule, &entry.note) {
                (Some(rule), Some(note)) => format!("  [{rule} in note {note}]"),
                _ => String::new(),
            };
            // A waiver of the settings tells where it stands, not when it was written.
            let on = entry.on.map(|on| on.to_string()).or(entry.place.clone()).unwrap_or_default();
            text.push_str(&format!("{on}  {what:<8}  {finding}{until}  {who}: {}{about}\n", entry.why));
        }
        if text.is_empty() {
            text = format!("{}: nothing is disputed or waived.\n", record.file.display());
        }
        print(&text)
    }
}

/// Adds the note as an example of what its rule must spare, with everybody in it replaced by somebody invented.
fn add_example(
    pack: &Path,
    audited: &AuditedNote,
    finding: &Finding,
    report: &Report,
    book: &Rulebook,
) -> Result<PathBuf, Failure> {
    /// Other numbers are tried so often until the rules find in the invented note what they found in the true one.
    const ATTEMPTS: u64 = 20;
    let language = audited.language.clone().unwrap_or_default();
    let note = Nobody::new(report, book, finding.fingerprint)
        .of(audited, ATTEMPTS)
        .map(|carried| carried.note)
        .ok_or_else(|| {
            Failure::Usage(
                "the note cannot become an example: without its people the rules do not find the same in it\n  help: write an example by hand (rules/README.md)"
                    .into(),
            )
        })?;
    let id = &book.rules[finding.rule].id;
    let file = pack.join("lang").join(language.as_str()).join("examples").join(format!("{id}.yaml"));
    let unwritable = |error: std::io::Error| Failure::Output(format!("{}: cannot be written: {error}", file.display()));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let fresh = !file.exists();
    let head = if fresh {
        format!("# Accepted disputes, with invented people: what the rule must spare.\n{id}:\n  spares:\n")
    } else {
        String::new()
    };
    let line = format!("{head}    - {}\n", example(&note, &audited.note));
    folder::append(&file, &line).map_err(|e| Failure::Output(e.to_string()))?;
    Ok(file)
}

/// The example as one line of YAML.
fn example(invented: &Note, original: &Note) -> Value {
    let mut example = object(json!({"note": invented.text}));
    if original.disposition != Disposition::Empty {
        example.insert("disposition".into(), json!(original.disposition));
    }
    let columns = [("case_id", &invented.case_id), ("call_type", &original.call_type), ("channel", &original.channel)];
    for (key, value) in columns {
        if let Some(value) = value {
            example.insert(key.into(), json!(value));
        }
    }
    Value::Object(example)
}
