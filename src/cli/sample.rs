//! `acw sample`: how many notes are enough, which ones, and what they say of all.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::flags::Bar;
use super::{Auditing, Failure, Paging, Printing, periods, print};
use crate::audit::{self, Options};
use crate::config::Settings;
use crate::input::{Manifest, read_grid};
use crate::measure;
use crate::model::sample::{Allocation, Clause, Criteria, Files, Key, Kind, Plan, SheetForm, Size};
use crate::model::{AuditedNote, Period};
use crate::report::html;
use crate::rules::Rulebook;
use crate::sampling::{self, Example, Examples, text};

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
    #[arg(long, value_name = "LENGTH", value_parser = periods())]
    period: Option<Period>,
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
    auditing: Auditing,
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

impl Draw {
    fn run(self) -> Result<(), Failure> {
        can_be_read_again(&self.inputs)?;
        let (settings, book) = self.auditing.common.load_taking(&self.inputs, &self.auditing.taking)?;
        let plan = self.plan(&settings);
        let mut options = self.auditing.options(&self.inputs, &settings, &book)?;
        options.contract = self.auditing.taking.options_held(&self.inputs, &settings).contract;
        // Said before the work, not after it.
        sampling::check_new(&self.out).map_err(|e| Failure::Output(e.to_string()))?;
        // Once, though the export is read more than once.
        audit::open(&options, &book)?;
        options.contract = None;
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
            period: self.period.unwrap_or(settings.standards.period),
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
    auditing: Auditing,
}

impl Replace {
    fn run(self) -> Result<(), Failure> {
        can_be_read_again(&self.inputs)?;
        let manifest = sampling::read(&self.dir)?;
        let inputs = drawn_from(&manifest, &self.inputs);
        let (settings, book) = self.auditing.common.load(&inputs, None)?;
        let options = self.auditing.again(&manifest, &inputs, &settings, &book)?;
        let progress = Bar::new(false);
        let replaced = sampling::replace(&self.dir, &self.note, &self.why, &options, &book, &progress);
        progress.finish();
        let (replaced, written) = replaced?;
        print(&format!("Note {} is replaced by {}: {}\n{}", replaced.note, replaced.by, replaced.why, files(&written)))
    }
}

/// A drawn sample, and how its export is read again.
#[derive(Debug, Args)]
struct Drawn {
    /// Folder of the sample
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Exports [default: those of the draw]
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    auditing: Auditing,
}

impl Drawn {
    /// Its manifest, the settings, and the rules in force.
    fn open(&self) -> Result<(Manifest, Settings, Rulebook), Failure> {
        can_be_read_again(&self.inputs)?;
        let manifest = sampling::read(&self.dir)?;
        let (settings, book) = self.auditing.common.load(&drawn_from(&manifest, &self.inputs), None)?;
        Ok((manifest, settings, book))
    }
}

/// Flags of `acw sample estimate`.
#[derive(Debug, Args)]
pub(super) struct Estimate {
    #[command(flatten)]
    sample: Drawn,
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
    #[command(flatten)]
    printing: Printing,
}

impl Estimate {
    fn run(self) -> Result<(), Failure> {
        let Drawn { inputs, auditing, .. } = &self.sample;
        let (manifest, settings, book) = self.sample.open()?;
        let confidence = self.confidence.unwrap_or(settings.standards.confidence);
        let also = self.also.iter().map(|dir| sampling::read(dir));
        let manifests = std::iter::once(Ok(manifest)).chain(also).collect::<Result<Vec<_>, _>>()?;
        let estimated = if self.sheets.is_empty() {
            // Exports that the user names are those of the first sample.
            let inputs = std::iter::once(inputs.as_slice()).chain(std::iter::repeat(&[][..]));
            let sample = |(manifest, inputs): (Manifest, &[PathBuf])| {
                let options = auditing.again(&manifest, inputs, &settings, &book)?;
                Ok((manifest, options))
            };
            let samples = manifests.into_iter().zip(inputs).map(sample).collect::<Result<Vec<_>, Failure>>()?;
            sampling::by_rules(&samples, &self.by, &book, confidence)?
        } else {
            let sheets = self.sheets.iter().map(|sheet| read_grid(sheet)).collect::<Result<Vec<_>, _>>()?;
            sampling::by_sheets(&manifests, &sheets, &self.by, &book.vocabulary, confidence)?
        };
        self.printing.print(|| text::estimates(&estimated), || text::estimates_json(&estimated))
    }
}

/// Flags of `acw sample show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    sample: Drawn,
    /// Notes of each sort, a team
    #[arg(long, value_name = "NOTES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    each: u32,
    /// Show notes on the page as they were typed: secrets and numbers stand in clear, only for people who may read the notes
    #[arg(long, requires = "report")]
    full_text: bool,
    #[command(flatten)]
    printing: Printing,
    #[command(flatten)]
    paging: Paging,
}

impl Show {
    fn run(self) -> Result<(), Failure> {
        let Drawn { inputs, auditing, .. } = &self.sample;
        let (manifest, settings, book) = self.sample.open()?;
        self.paging.check(&book)?;
        let options = auditing.again(&manifest, inputs, &settings, &book)?;
        let teams = sampling::show(&manifest, self.each as usize, &options, &book)?;
        self.printing.print(|| text::examples(&teams, book.scorecard.target), || text::examples_json(&teams))?;
        let notes: Vec<html::TeamNotes<'_>> = teams.iter().map(team_notes).collect();
        let shown = (manifest.about.as_str(), self.full_text);
        self.paging.write(&book, |locale, dir| html::write_samples(&notes, shown, &book, locale, dir))
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
fn can_be_read_again(inputs: &[PathBuf]) -> Result<(), Failure> {
    if inputs.iter().any(|input| input == Path::new("-")) {
        let message =
            "a sample's export is read again and again, and standard input only once\n  help: write it to a file first";
        return Err(Failure::Usage(message.into()));
    }
    Ok(())
}

/// The exports that the user names, or those of the draw.
fn drawn_from(manifest: &Manifest, inputs: &[PathBuf]) -> Vec<PathBuf> {
    if inputs.is_empty() { manifest.inputs.iter().map(PathBuf::from).collect() } else { inputs.to_vec() }
}

impl Auditing {
    /// How to audit.
    fn options(&self, inputs: &[PathBuf], settings: &Settings, book: &Rulebook) -> Result<Options, Failure> {
        Ok(Options {
            standards: settings.standards.clone(),
            decisions: self.deciding.load(settings, book)?,
            ..self.taking.options(inputs, settings)
        })
    }

    /// How to audit the notes of a sample again: the exports that the user names, or those of the draw, read as they were for the
    /// draw where no flag says otherwise.
    fn again(
        &self,
        manifest: &Manifest,
        inputs: &[PathBuf],
        settings: &Settings,
        book: &Rulebook,
    ) -> Result<Options, Failure> {
        let read = manifest.reading.as_ref().unwrap_or(&settings.input);
        Ok(Options { input: self.taking.over(read), ..self.options(&drawn_from(manifest, inputs), settings, book)? })
    }
}

fn files(written: &[PathBuf]) -> String {
    let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    format!("Written: {}\n", names.join(", "))
}
