//! `acw workshop`: exercises, a work sheet and its answer key from the audited notes.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::flags::{Bar, check_locale};
use super::{Common, Deciding, Failure, Taking, print};
use crate::audit::{self, Options};
use crate::coach::{Level, Round};
use crate::model::{Category, Dimension, Report};
use crate::report::html::{self, Made, Workshop};
use crate::rules::Rulebook;

/// Notes that are kept of each agent to choose from: so many with findings, so many without.
const KEPT: (usize, usize) = (200, 20);

/// The level that is all of them.
const MIXED: &str = "mixed";

/// Flags of `acw workshop`.
#[derive(Debug, Args)]
pub(super) struct Make {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder for the exercise, the work sheet and the answer key
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only notes with an error of this category (repeatable)
    #[arg(long = "category", value_name = "NAME", value_parser = PossibleValuesParser::new(Category::ALL.map(Category::name)))]
    categories: Vec<String>,
    /// How hard the errors are to see; mixed goes from blatant to subtle
    #[arg(long, value_name = "LEVEL", default_value = MIXED, value_parser = PossibleValuesParser::new(Level::ALL.map(Level::name).into_iter().chain([MIXED])))]
    level: String,
    /// Notes in the round, clean ones among them
    #[arg(long, value_name = "NOTES", default_value_t = 12, value_parser = |text: &str| whole(text, 1, 100))]
    size: usize,
    /// Clean notes among them [default: one in four]
    #[arg(long, value_name = "NOTES")]
    clean: Option<usize>,
    /// Another seed gives another choice, the same one the same
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Language of the pages and of the notes [default: that of most notes, with other notes where they are few]
    #[arg(long, value_name = "CODE")]
    locale: Option<String>,
    /// Print nothing but where the pages are
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    deciding: Deciding,
    #[command(flatten)]
    taking: Taking,
    #[command(flatten)]
    common: Common,
}

/// A whole number between two others, both included.
fn whole(text: &str, low: usize, high: usize) -> Result<usize, String> {
    let number: Option<usize> = text.trim().parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("`{text}` is no whole number from {low} to {high}"))
}

impl Make {
    pub(super) fn run(mut self) -> Result<(), Failure> {
        // The whole export is read, so that it is known how frequent words and errors are; exercises are of these teams alone.
        let teams = std::mem::take(&mut self.taking.filter.team);
        let settings = self.common.settings_taking(&self.inputs, &self.taking)?;
        let book = Rulebook::compile(settings.packs()?)?;
        let round = self.round()?;
        check_locale(self.locale.as_deref(), &book)?;
        html::check(&self.out).map_err(|e| Failure::Output(e.to_string()))?;
        let options = Options {
            decisions: self.deciding.load(&settings, &book)?,
            keep: KEPT,
            ..self.taking.options_held(&self.inputs, &settings)
        };
        let progress = Bar::new(self.quiet);
        let report = audit::run(&options, &book, &progress, &mut |_| Ok(()));
        progress.finish();
        let report = report?;
        check_teams(&teams, &report)?;
        let locale = self.locale.as_deref().unwrap_or_else(|| html::usual_locale(&report, &book));
        let workshop = Workshop { round, teams, only_own: self.locale.is_some() };
        let made = html::write_workshop(&report, &book, locale, &self.out, &workshop)
            .map_err(|e| Failure::Output(e.to_string()))?;
        let Some(made) = made else {
            let message = "no note fits what was asked for\n  help: ask for another --level or --category, more --team, or another --locale";
            return Err(Failure::Input(message.into()));
        };
        self.tell(&made)
    }

    fn round(&self) -> Result<Round, Failure> {
        let mut round = Round::of_size(self.size, self.seed);
        if let Some(clean) = self.clean {
            if clean >= self.size {
                return Err(Failure::Usage(format!(
                    "--clean {clean} of --size {}: nothing is left to find\n  help: give a smaller --clean",
                    self.size
                )));
            }
            (round.faulty, round.decoys) = (self.size - clean, clean);
        }
        round.categories =
            Category::ALL.into_iter().filter(|c| self.categories.iter().any(|n| n == c.name())).collect();
        round.level = Level::from_name(&self.level);
        Ok(round)
    }

    fn tell(&self, made: &Made) -> Result<(), Failure> {
        let all = made.faulty + made.decoys;
        let text = format!(
            "Exercise: {}\nWork sheet: {}\nAnswer key: {}\n",
            made.exercise.display(),
            made.sheet.display(),
            made.key.display()
        );
        print(&text)?;
        if !self.quiet {
            let fewer =
                if all < self.size { format!(" ({} were asked for; no more fit)", self.size) } else { String::new() };
            let _ =
                writeln!(io::stderr(), "acw: {all} notes, {} with errors, {} clean{fewer}", made.faulty, made.decoys);
        }
        Ok(())
    }
}

/// Whether the export has such teams.
fn check_teams(teams: &[String], report: &Report) -> Result<(), Failure> {
    let known: Vec<&str> = report.group(Dimension::Team).iter().map(|group| group.value.as_str()).collect();
    match teams.iter().find(|team| !known.contains(&team.as_str())) {
        Some(team) if known.is_empty() => Err(Failure::Usage(format!(
            "--team {team}: the export tells no teams\n  help: name the column with --column team=HEADER"
        ))),
        Some(team) => Err(Failure::Usage(format!(
            "--team {team}: the export has no such team\n  help: use one of {}",
            known.join(", ")
        ))),
        None => Ok(()),
    }
}
