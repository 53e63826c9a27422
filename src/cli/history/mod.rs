//! `acw history`: what runs that were kept tell together; and the flags of `acw audit` that keep one.

mod json;
mod past;
mod text;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Failure, Printing, periods, print};
use crate::audit::Decisions;
use crate::config::Settings;
use crate::files::folder_of;
use crate::history::{Access, By, EffectOptions, History as Store, Judge, Recorder, RuleInForce, TrendOptions, Who};
use crate::model::{Age, Period, Report, Standards};
use crate::report::html::Past;
use crate::rules::Rulebook;

pub(super) use text::kept;

/// Flags of `acw audit` that keep the run.
#[derive(Debug, Args)]
pub(super) struct Keeping {
    /// Keep the run in this file: scores by note, without text or customer [default: `history:` of acw.yaml; else nowhere]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Keep nothing, whatever acw.yaml says
    #[arg(long, conflicts_with = "history")]
    no_history: bool,
    /// Keep agents under pseudonyms (decided by the first run of a history)
    #[arg(long, conflicts_with = "no_history")]
    pseudonyms: bool,
    /// File of the salt, the key of pseudonyms and note keys [default: of the history of acw.yaml the salt_file named there; else the
    /// history's name and .salt; made on first use]
    #[arg(long, value_name = "FILE", conflicts_with = "no_history")]
    salt_file: Option<PathBuf>,
}

impl Keeping {
    /// Where the run is to be kept.
    fn access(&self, settings: &Settings) -> Option<Access> {
        if self.no_history { None } else { access(self.history.as_deref(), self.salt_file.as_deref(), settings) }
    }

    /// What the history that the run was kept in tells of its agents, and the file.
    pub(super) fn past(
        &self,
        settings: &Settings,
        report: &Report,
        book: &Rulebook,
    ) -> Result<Option<(Past, PathBuf)>, Failure> {
        let Some(access) = self.access(settings) else { return Ok(None) };
        let store = Store::open(&access)?;
        Ok(Some((past::of(&store, settings.standards.period, report, book)?, access.file)))
    }

    /// What takes the notes of the run, where it is to be kept.
    pub(super) fn recorder(
        &self,
        settings: &Settings,
        decisions: &Decisions,
        book: &Rulebook,
    ) -> Result<Option<Recorder>, Failure> {
        let spec = settings.history.as_ref();
        let Some(access) = self.access(settings) else {
            return match self.pseudonyms || self.salt_file.is_some() {
                true => {
                    Err(Failure::Usage("there is no history to keep the run in\n  help: add --history FILE".into()))
                }
                false => Ok(None),
            };
        };
        let pseudonyms = self.pseudonyms || spec.is_some_and(|spec| spec.pseudonyms);
        let store = Store::create(&access, pseudonyms)?;
        let rule = |rule: &crate::rules::Rule| RuleInForce { id: rule.id.clone(), critical: rule.critical };
        let waived = decisions.waived_rules().iter().filter_map(|waived| serde_json::to_string(waived).ok()).collect();
        let judge = Judge {
            acw: env!("CARGO_PKG_VERSION").to_owned(),
            rules: book.hash.clone(),
            settings: settings.hash(&book.scorecard, &waived),
            method: book.scorecard.method.name().to_owned(),
            in_force: book.rules.iter().map(rule).collect(),
            standards: Standards { target: book.scorecard.target, ..settings.standards.clone() },
        };
        Ok(Some(Recorder::new(store, judge, spec.and_then(|spec| spec.retention))?))
    }
}

/// Which history, and how sure its figures must be.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The history [default: that of acw.yaml]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// File of the salt [default: of the history of acw.yaml the salt_file named there; else the history's name and .salt]
    #[arg(long, value_name = "FILE")]
    salt_file: Option<PathBuf>,
    /// Configuration file [default: acw.yaml in the working folder or above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// The open history, and the settings.
    pub(super) fn open(&self) -> Result<(Store, Settings), Failure> {
        let settings = Settings::load(self.config.as_deref(), &[])?;
        let Some(access) = access(self.file.as_deref(), self.salt_file.as_deref(), &settings) else {
            return Err(Failure::Usage(
                "which history?\n  help: name the file, or set `history:` in acw.yaml".to_owned(),
            ));
        };
        Ok((Store::open(&access)?, settings))
    }
}

/// The history that flags name, or that of acw.yaml, and its salt. The salt of acw.yaml is that of the history of acw.yaml: another
/// history has its own, and with a foreign one nobody in it could be found.
fn access(file: Option<&Path>, salt: Option<&Path>, settings: &Settings) -> Option<Access> {
    let spec = settings.history.as_ref();
    let file = file.or(spec.map(|spec| spec.file.as_path()))?;
    let configured = spec.filter(|spec| place(&spec.file) == place(file)).and_then(|spec| spec.salt_file.as_deref());
    Some(Access { file: file.to_owned(), salt: salt.or(configured).map(Path::to_owned) })
}

/// One name for a file however it is written, also for one that is not there yet.
fn place(file: &Path) -> PathBuf {
    let in_folder = || {
        let folder = folder_of(file);
        Some(folder.canonicalize().ok()?.join(file.file_name()?))
    };
    file.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| file.to_owned())
}

/// Whose notes a question is about.
#[derive(Debug, Args)]
struct Whose {
    /// Only this agent, named as in the export or as the tables show it
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// Only this team
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
}

impl Whose {
    fn who(&self) -> Who {
        Who { agent: self.agent.clone(), team: self.team.clone() }
    }
}

/// Subcommands of `acw history`.
#[derive(Debug, Subcommand)]
pub(super) enum History {
    /// Scores, compliance and accuracies, period by period
    Trend(Trend),
    /// The runs that were kept, and what judged them
    Runs(Runs),
    /// Before and after a date: did the score, the compliance, a rule move, or is it chance?
    Effect(Effect),
    /// Erase the notes that are older than they may get
    Prune(Prune),
}

impl History {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            History::Trend(trend) => trend.run(),
            History::Runs(runs) => runs.run(),
            History::Effect(effect) => effect.run(),
            History::Prune(prune) => prune.run(),
        }
    }
}

/// Flags of `acw history trend`.
#[derive(Debug, Args)]
pub(super) struct Trend {
    #[command(flatten)]
    place: Place,
    /// By what to split
    #[arg(long, default_value = "total", value_parser = PossibleValuesParser::new(By::ALL.map(By::name)))]
    by: String,
    /// Length of the periods [default: that of acw.yaml; else month]
    #[arg(long, value_name = "LENGTH", value_parser = periods())]
    period: Option<Period>,
    /// Count each note with its first score, not with its last
    #[arg(long)]
    as_scored: bool,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    printing: Printing,
}

impl Trend {
    fn run(self) -> Result<(), Failure> {
        let (store, settings) = self.place.open()?;
        let options = TrendOptions {
            by: By::ALL.into_iter().find(|by| by.name() == self.by).unwrap_or_default(),
            period: self.period.unwrap_or(settings.standards.period),
            as_scored: self.as_scored,
            who: self.whose.who(),
        };
        let trend = store.trend(&options)?;
        let standards = &settings.standards;
        self.printing.print(
            || text::trend(&trend, &options, standards),
            || json::text(&json::trend(&trend, &options, standards)),
        )
    }
}

/// Flags of `acw history runs`.
#[derive(Debug, Args)]
pub(super) struct Runs {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    printing: Printing,
}

impl Runs {
    fn run(self) -> Result<(), Failure> {
        let (store, _) = self.place.open()?;
        let runs = store.runs()?;
        self.printing.print(|| text::runs(&runs), || json::text(&json::runs(&runs)))
    }
}

/// Flags of `acw history effect`.
#[derive(Debug, Args)]
pub(super) struct Effect {
    #[command(flatten)]
    place: Place,
    /// The first day after: of the coaching, say
    #[arg(long, value_name = "DATE")]
    date: Date,
    /// How far to look back and on, such as 30d or `3 months` [default: as far as there are notes]
    #[arg(long, value_name = "TIME")]
    window: Option<Age>,
    /// Most rules shown in the table
    #[arg(long, value_name = "RULES", default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    printing: Printing,
}

impl Effect {
    fn run(self) -> Result<(), Failure> {
        let (store, settings) = self.place.open()?;
        let options = EffectOptions { date: self.date, window: self.window, who: self.whose.who() };
        let effect = store.effect(&options, &settings.standards)?;
        let standards = &settings.standards;
        self.printing.print(
            || text::effect(&effect, &options, standards, self.top),
            || json::text(&json::effect(&effect, &options, standards)),
        )
    }
}

/// Flags of `acw history prune`.
#[derive(Debug, Args)]
pub(super) struct Prune {
    #[command(flatten)]
    place: Place,
    /// How old a note may get, such as 13m, `13 months` or 400d [default: the retention of acw.yaml]
    #[arg(long, value_name = "TIME")]
    older_than: Option<Age>,
}

impl Prune {
    fn run(self) -> Result<(), Failure> {
        let (mut store, settings) = self.place.open()?;
        let Some(age) = self.older_than.or_else(|| settings.history.as_ref()?.retention) else {
            return Err(Failure::Usage(
                "how old may a note get?\n  help: add --older-than 13m, or set `history: {retention: …}` in acw.yaml"
                    .into(),
            ));
        };
        let first = age.before(Timestamp::now().to_zoned(TimeZone::UTC).date());
        let pruned = store.prune(first)?;
        print(&format!(
            "Erased: {} scores of notes from before {first}, and {} runs of which nothing was left.\n",
            pruned.scores, pruned.runs
        ))
    }
}
