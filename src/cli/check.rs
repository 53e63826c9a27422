//! `acw check`: an export held against the gate, as code is checked.

use std::fmt::Write as _;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;

use super::flags::Bar;
use super::outputs::{self, Asked, Outputs, formats, print_problems};
use super::{Auditing, Failure};
use crate::audit::{self, Baseline, Compared, Gate, Options};
use crate::config::{ConfigError, GateSpec, Limit, Limits, Settings};
use crate::input;
use crate::model::Severity;
use crate::report::{Format, gate};
use crate::rules::Rulebook;

/// Heading in the help of what the gate asks for.
const GATE: &str = "Gate";

/// Behind the flags in the help.
const EXAMPLES: &str = "\
Examples:
  acw check notes.csv                                          findings, then the verdict
  acw check exports/ --fail-on critical --quiet                the verdict alone
  acw check notes.csv --baseline known.jsonl --grow-baseline   take what is found now as known
  acw check notes.csv --baseline known.jsonl                   tell and count only what is new
  acw check notes.csv --format sarif=acw.sarif                 for code scanning, into a file
  acw check notes.csv --watch                                  again whenever the file changes

Exit codes: 0 the gate is met, 1 it is not; 2 usage, 3 input, 4 rules or settings, 5 output,
6 contract, 7 a fault of acw. The conditions stand under `gate:` in acw.yaml.";

/// Flags of `acw check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[arg(long = "format", value_name = "FORMAT[=FILE]", help = formats("concise"))]
    formats: Vec<Asked>,
    /// Lowest mean score, in per cent, instead of that of acw.yaml
    #[arg(long, help_heading = GATE, value_name = "PER CENT", value_parser = Limit::of_score)]
    min_score: Option<Limit>,
    /// Severity from which no finding is allowed at all
    #[arg(long, help_heading = GATE, value_name = "SEVERITY", value_parser = severity)]
    fail_on: Option<Severity>,
    /// Known findings, which are neither told nor held against the gate's `notes` and `critical_for`
    #[arg(long, help_heading = GATE, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Drop from the baseline what was fixed
    #[arg(long, help_heading = GATE, requires = "baseline")]
    shrink_baseline: bool,
    /// Add to the baseline what is new, and drop what was fixed; makes the file where there is none
    #[arg(long, help_heading = GATE, requires = "baseline", conflicts_with = "shrink_baseline")]
    grow_baseline: bool,
    /// Findings of another run (`--format jsonl`): tell what is new and what is gone
    #[arg(long, help_heading = GATE, value_name = "FILE", conflicts_with = "baseline")]
    diff: Option<PathBuf>,
    /// Print findings by rule instead of one by one
    #[arg(long, conflicts_with = "formats")]
    statistics: bool,
    /// Check again whenever an input changes
    #[arg(long)]
    watch: bool,
    /// Exit with 0 also where the gate is not met
    #[arg(long, help_heading = GATE)]
    exit_zero: bool,
    /// Print the verdict and what speaks against it alone
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
        if !self.watch {
            return self.check();
        }
        if self.inputs.iter().any(|input| input == Path::new("-")) {
            return Err(Failure::Usage(
                "--watch: standard input cannot be watched\n  help: name files or folders".into(),
            ));
        }
        loop {
            let before = state(&self.inputs);
            match self.check() {
                Ok(()) | Err(Failure::Remarks) => {}
                // What is being written is whole a moment later.
                Err(failure @ Failure::Input(_)) => failure.print(),
                Err(failure) => return Err(failure),
            }
            while state(&self.inputs) == before {
                std::thread::sleep(LOOK_AGAIN);
            }
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let Auditing { deciding, taking, common } = &self.auditing;
        let settings = common.settings_taking(&self.inputs, taking)?;
        let book = Rulebook::compile(settings.packs()?)?;
        let mut gate = self.gate(&settings, &book)?;
        let roster = self.roster.as_ref().or(settings.roster.as_ref());
        let roster = roster.map(|path| input::read_roster(path, &book.vocabulary, settings.input.date_order));
        let options = Options {
            standards: settings.standards.clone(),
            roster: roster.transpose()?.unwrap_or_default(),
            decisions: deciding.load(&settings, &book)?,
            written: outputs::files(&self.formats),
            ..taking.options_held(&self.inputs, &settings)
        };
        let usual = Format::of(if self.statistics { "statistics" } else { "concise" })
            .ok_or_else(|| Failure::Usage("no format".into()))?;
        let mut outputs = match self.quiet && self.formats.is_empty() {
            true => Outputs::none(),
            false => Outputs::open(&self.formats, usual, true)?,
        };
        let baseline = self.baseline.as_ref().map(|path| Baseline::read(path, self.grow_baseline));
        let before = self.diff.as_ref().map(|path| Baseline::of_run(path));
        let mut baseline = baseline.or(before).transpose()?;
        outputs.begin(&book)?;
        let progress = Bar::new(self.quiet);
        let report = audit::run(&options, &book, &progress, &mut |note| {
            let news = baseline.as_mut().map(|baseline| baseline.news(note, &book));
            let note = news.as_ref().unwrap_or(note);
            // What the baseline takes in now is known from now on.
            if !self.grow_baseline {
                gate.note(note, &book);
            }
            outputs.note(note, &book)
        });
        progress.finish();
        let mut report = report?;
        let compared = baseline.as_ref().map(Baseline::compared);
        let verdict = gate.decide(&report);
        let passed = verdict.passed();
        report.gate = Some(verdict.clone());
        outputs.finish(&report, &book)?;
        if !self.quiet {
            print_problems(&report);
        }
        if let Some(compared) = &compared {
            outputs.remark(&self.told(compared), false)?;
        }
        // The table says it itself.
        if !self.quiet && !self.formats.iter().any(|asked| asked.prints("terminal")) {
            let remarks = &report.decisions.remarks;
            outputs.remark(&remarks.iter().map(|remark| format!("note   {remark}\n")).collect::<String>(), false)?;
        }
        outputs.say(&|colour| gate::text(&verdict, colour), false)?;
        outputs.close()?;
        if let Some(baseline) = baseline.filter(|_| self.shrink_baseline || self.grow_baseline) {
            baseline.write(self.grow_baseline)?;
        }
        // To take it apart at the end of the program would keep who sends one note waiting.
        if !self.watch {
            std::mem::forget(book);
        }
        if passed || self.exit_zero { Ok(()) } else { Err(Failure::Remarks) }
    }

    /// The conditions of acw.yaml, with those of the flags over them.
    fn gate(&self, settings: &Settings, book: &Rulebook) -> Result<Gate, Failure> {
        let (mut spec, source) =
            settings.gate.clone().map_or((None, None), |(spec, source)| (Some(spec), Some(source)));
        let only = |limit| Limits { fail: Some(limit), warn: None };
        if let Some(score) = self.min_score {
            spec.get_or_insert_with(GateSpec::default).score = Some(only(score));
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

    /// What a run is told of its baseline, or of the run before.
    fn told(&self, compared: &Compared) -> String {
        let Compared { met, new, fixed, elsewhere } = compared;
        let (name, shown) = if self.diff.is_some() { ("Run before", usize::MAX) } else { ("Baseline", 5) };
        let mut out = format!("{name}: {met} known findings, {new} new, {} fixed", fixed.len());
        if *elsewhere > 0 {
            let _ = write!(out, ", {elsewhere} of notes that are not in these inputs");
        }
        out.push('\n');
        for known in fixed.values().take(shown) {
            let _ = writeln!(out, "fixed  {} in note {}", known.rule, known.note);
        }
        if let Some(more) = fixed.len().checked_sub(shown).filter(|more| *more > 0) {
            let _ = writeln!(out, "fixed  and {more} more");
        }
        if !fixed.is_empty() && self.baseline.is_some() && !self.shrink_baseline && !self.grow_baseline {
            out.push_str("       drop what was fixed with --shrink-baseline\n");
        }
        out
    }
}

/// How long it is waited before it is looked whether an input changed.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// Size and time of each file of the inputs: what tells that one changed.
fn state(inputs: &[PathBuf]) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let mut out = Vec::new();
    for input in inputs {
        let exports = if input.is_dir() { input::exports_in(input).ok() } else { None };
        let files = exports.unwrap_or_else(|| vec![input.clone()]);
        for file in files {
            let meta = std::fs::metadata(&file);
            out.push((file, meta.as_ref().map_or(0, Metadata::len), meta.and_then(|meta| meta.modified()).ok()));
        }
    }
    out.sort();
    out
}
