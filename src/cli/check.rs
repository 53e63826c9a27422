//! `acw check`: an export held against the gate, as code is checked.

use std::path::PathBuf;

use clap::Args;

use super::flags::Bar;
use super::outputs::{Asked, Outputs, print_problems};
use super::{Auditing, Failure};
use crate::audit::{self, Gate, Options};
use crate::config::{ConfigError, GateSpec, Limit, Limits, Settings};
use crate::input;
use crate::model::Severity;
use crate::report::{Format, gate};
use crate::rules::Rulebook;

/// Flags of `acw check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What to print [default: concise], or to write into a file (repeatable): terminal, concise, json, jsonl, csv, sarif, junit,
    /// github, gitlab, azure, teamcity, markdown
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    formats: Vec<Asked>,
    /// Lowest mean score, in per cent, instead of that of acw.yaml
    #[arg(long, value_name = "PER CENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_score: Option<u32>,
    /// Severity from which no finding is allowed at all
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    fail_on: Option<Severity>,
    /// Exit with 0 also where the gate is not met
    #[arg(long)]
    exit_zero: bool,
    /// Print the verdict alone
    #[arg(long, short)]
    quiet: bool,
    /// Time worked: a table with agent, worked_seconds and, where it is by day, the date
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    #[command(flatten)]
    auditing: Auditing,
}

fn severity(name: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|severity| severity.name() == name);
    known.ok_or_else(|| format!("`{name}` is no severity: minor, major or critical"))
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Auditing { deciding, reading, common } = &self.auditing;
        let settings = common.settings(Some(reading))?;
        let book = Rulebook::compile(settings.packs()?)?;
        let mut gate = self.gate(&settings, &book)?;
        let roster = self.roster.as_ref().or(settings.roster.as_ref());
        let roster = roster.map(|path| input::read_roster(path, &book.vocabulary, settings.input.date_order));
        let options = Options {
            inputs: self.inputs.clone(),
            input: settings.input.clone(),
            standards: settings.standards.clone(),
            roster: roster.transpose()?.unwrap_or_default(),
            decisions: deciding.load(&settings, &book)?,
            keep: (0, 0),
        };
        let usual = Format::of("concise").ok_or_else(|| Failure::Usage("no format".into()))?;
        let mut outputs = match self.quiet && self.formats.is_empty() {
            true => Outputs::none(),
            false => Outputs::open(&self.formats, usual, true)?,
        };
        outputs.begin(&book)?;
        let progress = Bar::new(self.quiet);
        let report = audit::run(&options, &book, &progress, &mut |note| {
            gate.note(note, &book);
            outputs.note(note, &book)
        });
        progress.finish();
        let mut report = report?;
        let verdict = gate.decide(&report);
        let (text, passed) = (gate::text(&verdict), verdict.passed());
        report.gate = Some(verdict);
        outputs.finish(&report, &book)?;
        if !self.quiet {
            print_problems(&report);
        }
        outputs.remark(&text, false)?;
        outputs.close()?;
        if passed || self.exit_zero { Ok(()) } else { Err(Failure::Remarks) }
    }

    /// The conditions of acw.yaml, with those of the flags over them.
    fn gate(&self, settings: &Settings, book: &Rulebook) -> Result<Gate, Failure> {
        let (mut spec, source) =
            settings.gate.clone().map_or((None, None), |(spec, source)| (Some(spec), Some(source)));
        let only = |limit| Limits { fail: Some(limit), warn: None };
        if let Some(score) = self.min_score {
            spec.get_or_insert_with(GateSpec::default).score = Some(only(Limit::whole(score)));
        }
        if let Some(from) = self.fail_on {
            let notes = &mut spec.get_or_insert_with(GateSpec::default).notes;
            for severity in Severity::ALL.into_iter().filter(|severity| *severity >= from) {
                notes.insert(severity.name().to_owned(), only(Limit::whole(0)));
            }
        }
        Gate::of(spec, book).map_err(|(name, message)| {
            let help = "use the name of a category, of a severity or of a rule; `acw rules list` shows them";
            match source {
                Some(source) => {
                    let needles = ["gate:", "notes:", name.as_str()];
                    ConfigError::Fault(Box::new(source.fault_at(&needles, message, help))).into()
                }
                None => Failure::Usage(format!("{message}\n  help: {help}")),
            }
        })
    }
}
