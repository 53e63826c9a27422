//! `acw sample`: how many notes are enough, which ones, and what they say of all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::audit::Bar;
use super::{Common, Deciding, Failure, Paging, Reading};
use crate::audit::{Decisions, Options};
use crate::config::Settings;
use crate::input::read_grid;
use crate::measure::{self, Allocation};
use crate::model::{AuditedNote, Period};
use crate::report::html;
use crate::rules::Rulebook;
use crate::sampling::{
    self, Clause, Criteria, Example, Examples, Files, Key, Kind, Manifest, Plan, SheetForm, Size, text,
};

/// What `acw sample` does.
#[derive(Debug, Subcommand)]
pub(super) enum Sample {
    /// Tell how many notes are enough for a share within a margin
    Size(SizeOf),
    /// Draw a sample: a sheet for reviewers (XLSX and CSV) and a manifest
    Draw(Box<Draw>),
    /// Replace a drawn note that cannot be judged by the next of its stratum, on record
    Replace(Replace),
    /// Estimate scores, compliance and errors of all notes from a sample, weighed, with intervals
    Estimate(Estimate),
    /// Show the good, the typical and the bad note of each team in a representative sample
    Show(Show),
}

impl Sample {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Sample::Size(size) => size.run(),
            Sample::Draw(draw) => draw.run(),
            Sample::Replace(replace) => replace.run(),
            Sample::Estimate(estimate) => estimate.run(),
            Sample::Show(show) => show.run(),
        }
    }
}

/// Flags of `acw sample size`.
#[derive(Debug, Args)]
pub(super) struct SizeOf {
    /// Notes that there are [default: more than matter]
    #[arg(long, value_name = "NOTES", value_parser = clap::value_parser!(u64).range(1..))]
    population: Option<u64>,
    /// How far the estimate may be off either way, in percentage points
    #[arg(long, value_name = "POINTS", default_value_t = 5.0, value_parser = |text: &str| number(text, 0.1, 50.0))]
    margin: f64,
    /// How sure that must be, in per cent
    #[arg(long, value_name = "PER CENT", default_value_t = 95, value_parser = clap::value_parser!(u32).range(50..=99))]
    confidence: u32,
    /// About what the share will be, in per cent; 50 takes most notes
    #[arg(long, value_name = "PER CENT", default_value_t = 50.0, value_parser = |text: &str| number(text, 0.1, 99.9))]
    share: f64,
}

/// A number between two others, both included.
fn number(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("`{text}` is no number from {low} to {high}"))
}

impl SizeOf {
    fn run(self) -> Result<(), Failure> {
        let SizeOf { population, margin, confidence, share } = self;
        let size = measure::size(margin, confidence, share, population);
        let (z, first, p, e) = (size.z, size.unlimited, share / 100.0, margin / 100.0);
        let of = population.map_or_else(String::new, |population| format!(" of {population}"));
        let mut out = format!(
            "{} notes{of}: {confidence} % confidence, ± {margin} points, a share near {share} %\n\
             n0 = z² · p · (1 − p) / e² = {z:.4}² · {p} · (1 − {p}) / {e}² = {first:.2}\n",
            size.notes
        );
        if let Some(population) = population {
            out += &format!(
                "n  = n0 / (1 + (n0 − 1) / N) = {first:.2} / (1 + {:.2} / {population}) = {:.2}, rounded up\n",
                first - 1.0,
                size.corrected
            );
        }
        out +=
            "Cochran, Sampling Techniques, 4.4. For figures of single agents or teams, each of them needs so many.\n";
        print(&out)
    }
}

/// Flags of `acw sample draw`.
#[derive(Debug, Args)]
pub(super) struct Draw {
    /// Exports: files or folders
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Notes to draw
    #[arg(long, value_name = "NOTES", conflicts_with_all = ["share", "per_stratum"])]
    size: Option<u64>,
    /// The same as a share of all notes, in per cent, rounded up
    #[arg(long, value_name = "PER CENT", conflicts_with = "per_stratum", value_parser = |text: &str| number(text, 0.001, 100.0))]
    share: Option<f64>,
    /// The same of each stratum, or all that it has
    #[arg(long, value_name = "NOTES", conflicts_with = "allocation")]
    per_stratum: Option<u64>,
    /// How notes are drawn
    #[arg(long, value_name = "KIND", default_value = "simple")]
    kind: Way,
    /// What makes a stratum: some of agent, team, call_type, channel, period, segment, language, disposition
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    by: Vec<Key>,
    /// How notes are shared out among strata
    #[arg(long, value_name = "HOW", default_value = "proportional")]
    allocation: Sharing,
    /// Draw only from notes that meet it: agent=ID,ID, team=, call_type=, channel=, period=… or, of a targeted sample, rule=ID,
    /// category=NAME, score=..60, note=ID,ID (repeatable: all must hold)
    #[arg(long = "where", value_name = "KEY=VALUE")]
    conditions: Vec<Clause>,
    /// Length of a period [default: as in acw.yaml, or month]
    #[arg(long, value_name = "LENGTH")]
    period: Option<Length>,
    /// Of a risk-based sample: points added to what each note's findings cost, so that clean notes have a chance too
    #[arg(long, value_name = "POINTS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    floor: u32,
    /// The same seed draws the same notes; another seed other ones
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Folder to write, new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the sheet
    #[arg(long, value_name = "FORM", default_value = "both")]
    format: Form,
    /// Keep from reviewers whose notes they judge
    #[arg(long)]
    blind: bool,
    /// What reviewers judge, a column each
    #[arg(long, value_name = "WHAT", default_value = "categories")]
    criteria: Judged,
    /// Print nothing but what was asked for
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

/// Kinds of samples.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    /// Every note with the same chance
    Simple,
    /// At random within strata
    Stratified,
    /// The more likely the more its findings cost: biased
    Risk,
    /// What meets --where: biased
    Targeted,
}

/// Ways of sharing out.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sharing {
    /// As the notes are
    Proportional,
    /// The same number each
    Equal,
    /// More where scores differ more
    Neyman,
}

/// Forms of a sheet.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// A workbook
    Xlsx,
    /// CSV
    Csv,
    /// Both
    Both,
}

/// Criteria.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Judged {
    /// Categories of rules, and the elements that a note must tell
    Categories,
    /// Single rules
    Rules,
}

/// Lengths of periods.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Length {
    /// A day
    Day,
    /// A week of ISO 8601
    Week,
    /// A calendar month
    Month,
}

impl Draw {
    fn run(self) -> Result<(), Failure> {
        twice(&self.inputs)?;
        let settings = self.common.settings(Some(&self.reading))?;
        let book = Rulebook::compile(settings.packs()?)?;
        let plan = self.plan(&settings);
        let options = options(&self.inputs, &settings, &self.deciding.load(&settings, &book)?);
        // Said before the work, not after it.
        sampling::check_new(&self.out).map_err(|e| Failure::Output(e.to_string()))?;
        let progress = Bar::new(self.quiet);
        let sample = sampling::draw(&plan, self.form(), &options, &book, &progress);
        progress.finish();
        let sample = sample?;
        let written = sampling::write_new(&self.out, &sample, &book)?;
        if self.quiet {
            return Ok(());
        }
        print(&format!("{}{}", text::drawn(&sample), files(&written)))
    }

    fn plan(&self, settings: &Settings) -> Plan {
        let notes = self.size.map(Size::Notes);
        Plan {
            kind: match self.kind {
                Way::Simple => Kind::Random,
                Way::Stratified => Kind::Stratified,
                Way::Risk => Kind::RiskBased,
                Way::Targeted => Kind::Targeted,
            },
            size: notes.or(self.share.map(Size::Share)).or(self.per_stratum.map(Size::PerStratum)).unwrap_or(Size::All),
            by: self.by.clone(),
            allocation: match self.allocation {
                Sharing::Proportional => Allocation::Proportional,
                Sharing::Equal => Allocation::Equal,
                Sharing::Neyman => Allocation::Neyman,
            },
            conditions: self.conditions.clone(),
            period: match self.period {
                Some(Length::Day) => Period::Day,
                Some(Length::Week) => Period::Week,
                Some(Length::Month) => Period::Month,
                None => settings.standards.period,
            },
            floor: self.floor,
            seed: self.seed,
        }
    }

    fn form(&self) -> SheetForm {
        SheetForm {
            criteria: match self.criteria {
                Judged::Categories => Criteria::Categories,
                Judged::Rules => Criteria::Rules,
            },
            blind: self.blind,
            files: match self.format {
                Form::Xlsx => Files::Xlsx,
                Form::Csv => Files::Csv,
                Form::Both => Files::Both,
            },
        }
    }
}

/// Flags of `acw sample replace`.
#[derive(Debug, Args)]
pub(super) struct Replace {
    /// Folder of the sample
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Identifier of the note that cannot be judged
    #[arg(value_name = "NOTE")]
    note: String,
    /// Exports [default: those of the draw]
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Why; it is written into the manifest
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    why: String,
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

impl Replace {
    fn run(self) -> Result<(), Failure> {
        twice(&self.inputs)?;
        let settings = self.common.settings(Some(&self.reading))?;
        let book = Rulebook::compile(settings.packs()?)?;
        let decisions = self.deciding.load(&settings, &book)?;
        let options = options_of(&self.inputs, &Manifest::read(&self.dir)?, &settings, &decisions);
        let progress = Bar::new(false);
        let replaced = sampling::replace(&self.dir, &self.note, &self.why, &options, &book, &progress);
        progress.finish();
        let (replaced, written) = replaced?;
        print(&format!("Note {} is replaced by {}: {}\n{}", replaced.note, replaced.by, replaced.why, files(&written)))
    }
}

/// Flags of `acw sample estimate`.
#[derive(Debug, Args)]
pub(super) struct Estimate {
    /// Folder of the sample
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Exports [default: those of the draw]
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Estimate from what reviewers marked in this filled sheet, not from the rules (repeatable: several reviewers)
    #[arg(long = "sheet", value_name = "FILE", conflicts_with = "inputs")]
    sheets: Vec<PathBuf>,
    /// Folder of a further sample of the same kind, drawn from another export: another month, say (repeatable)
    #[arg(long, value_name = "DIR")]
    also: Vec<PathBuf>,
    /// Figures for groups too: some of agent, team, call_type, channel, period, segment, language, disposition
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    by: Vec<Key>,
    /// Confidence of the intervals, in per cent [default: as in acw.yaml, or 95]
    #[arg(long, value_name = "PER CENT", value_parser = clap::value_parser!(u32).range(50..=99))]
    confidence: Option<u32>,
    /// What to print
    #[arg(long, value_name = "FORM", default_value = "terminal")]
    format: Output,
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

/// Forms of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people
    Terminal,
    /// One object, for programs
    Json,
}

impl Estimate {
    fn run(self) -> Result<(), Failure> {
        twice(&self.inputs)?;
        let settings = self.common.settings(Some(&self.reading))?;
        let confidence = self.confidence.unwrap_or(settings.standards.confidence);
        let manifest = Manifest::read(&self.dir)?;
        let also = self.also.iter().map(|dir| Manifest::read(dir)).collect::<Result<Vec<_>, _>>()?;
        let book = Rulebook::compile(settings.packs()?)?;
        let estimated = if self.sheets.is_empty() {
            let decisions = self.deciding.load(&settings, &book)?;
            let first = options_of(&self.inputs, &manifest, &settings, &decisions);
            let others = also.into_iter().map(|manifest| {
                let options = options_of(&[], &manifest, &settings, &decisions);
                (manifest, options)
            });
            let samples: Vec<_> = std::iter::once((manifest, first)).chain(others).collect();
            sampling::by_rules(&samples, &self.by, &book, confidence)?
        } else {
            let sheets = self.sheets.iter().map(|sheet| read_grid(sheet)).collect::<Result<Vec<_>, _>>()?;
            let manifests: Vec<_> = std::iter::once(manifest).chain(also).collect();
            sampling::by_sheets(&manifests, &sheets, &self.by, &book.vocabulary, confidence)?
        };
        print(&match self.format {
            Output::Terminal => text::estimates(&estimated),
            Output::Json => text::estimates_json(&estimated),
        })
    }
}

/// Flags of `acw sample show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Folder of the sample
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Exports [default: those of the draw]
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Notes of each sort, a team
    #[arg(long, value_name = "NOTES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    each: u32,
    /// What to print
    #[arg(long, value_name = "FORM", default_value = "terminal")]
    format: Output,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

impl Show {
    fn run(self) -> Result<(), Failure> {
        twice(&self.inputs)?;
        let settings = self.common.settings(Some(&self.reading))?;
        let book = Rulebook::compile(settings.packs()?)?;
        self.paging.check(&book)?;
        let manifest = Manifest::read(&self.dir)?;
        let options = options_of(&self.inputs, &manifest, &settings, &self.deciding.load(&settings, &book)?);
        let teams = sampling::show(&manifest, self.each as usize, &options, &book)?;
        print(&match self.format {
            Output::Terminal => text::examples(&teams, book.scorecard.target),
            Output::Json => text::examples_json(&teams),
        })?;
        let notes: Vec<html::TeamNotes<'_>> = teams.iter().map(team_notes).collect();
        self.paging.write(|locale, dir| html::write_samples(&notes, &manifest.about, &book, locale, dir))
    }
}

/// The same for the page.
fn team_notes(team: &Examples) -> html::TeamNotes<'_> {
    fn notes(examples: &[Example]) -> Vec<&AuditedNote> {
        examples.iter().map(|example| &example.note).collect()
    }
    html::TeamNotes {
        team: team.team.as_deref(),
        notes: team.notes,
        median: team.median,
        good: notes(&team.good),
        typical: notes(&team.typical),
        bad: notes(&team.bad),
    }
}

/// A sample is drawn, replaced and weighed from the same export, so that it must be there to be read again.
fn twice(inputs: &[PathBuf]) -> Result<(), Failure> {
    if inputs.iter().any(|input| input == Path::new("-")) {
        let message =
            "a sample's export is read again and again, and standard input only once\n  help: write it to a file first";
        return Err(Failure::Usage(message.into()));
    }
    Ok(())
}

fn options(inputs: &[PathBuf], settings: &Settings, decisions: &Decisions) -> Options {
    Options {
        inputs: inputs.to_vec(),
        input: settings.input.clone(),
        standards: settings.standards.clone(),
        decisions: decisions.clone(),
        ..Options::default()
    }
}

/// The exports that the user named, or those of the draw.
fn options_of(inputs: &[PathBuf], manifest: &Manifest, settings: &Settings, decisions: &Decisions) -> Options {
    let drawn: Vec<PathBuf> = manifest.inputs.iter().map(PathBuf::from).collect();
    options(if inputs.is_empty() { &drawn } else { inputs }, settings, decisions)
}

fn files(written: &[PathBuf]) -> String {
    let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    format!("Written: {}\n", names.join(", "))
}

fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| Failure::writing(&e))
}
