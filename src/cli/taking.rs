//! Flags of subcommands that read exports to their end: which notes they take, and what becomes of rows that cannot be read.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::Reading;
use super::flags::READING;
use crate::audit;
use crate::config::Settings;
use crate::input::{self, Filter, Names, Portion, Seconds};
use crate::model::Day;

/// Heading of the flags in the help.
const FILTER: &str = "Filter";

/// The day that was named, or today.
pub(super) fn today(named: Option<Day>) -> Date {
    named.map_or_else(|| jiff::Zoned::now().date(), |day| day.0)
}

/// How exports are read, and which of their notes are audited.
#[derive(Debug, Clone, Args)]
pub(super) struct Taking {
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Write the rows that cannot be read to this file, as JSON lines with the reason and the row, in clear as in the export
    #[arg(help_heading = READING, long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Audit exports also where they break the `contract:` of acw.yaml
    #[arg(help_heading = READING, long)]
    no_contract: bool,
    /// Day on which the contract's `freshness:` is looked at [default: today]
    #[arg(help_heading = READING, long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
    #[command(flatten)]
    pub(super) filter: Filtering,
}

/// Which notes are audited; the others are counted.
#[derive(Debug, Clone, Args)]
pub(super) struct Filtering {
    /// First day of the notes
    #[arg(long, help_heading = FILTER, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// Last day of the notes
    #[arg(long, help_heading = FILTER, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
    /// Only notes of this team (repeatable)
    #[arg(long, help_heading = FILTER, value_name = "TEAM")]
    pub(super) team: Vec<String>,
    /// Only notes of this agent, by identifier or name (repeatable)
    #[arg(long, help_heading = FILTER, value_name = "AGENT")]
    agent: Vec<String>,
    /// Only notes of this call type (repeatable)
    #[arg(long, help_heading = FILTER, value_name = "TYPE")]
    call_type: Vec<String>,
    /// Only notes of this channel (repeatable)
    #[arg(long, help_heading = FILTER, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// Only notes of at least so many words
    #[arg(long, help_heading = FILTER, value_name = "WORDS")]
    min_words: Option<usize>,
    /// Only notes of at least so many characters
    #[arg(long, help_heading = FILTER, value_name = "CHARACTERS")]
    min_chars: Option<usize>,
    /// Only notes of contacts with at least so much talk time: 30, 1:30, 1m30s
    #[arg(long, help_heading = FILTER, value_name = "TIME")]
    min_talk: Option<Seconds>,
    /// Only a part of the notes, by chance: 10% or 1/20; the same part whatever the order of the rows
    #[arg(long, help_heading = FILTER, value_name = "SHARE")]
    take: Option<Portion>,
    /// Another seed takes other notes, the same one the same [default: 1]
    #[arg(long, help_heading = FILTER, value_name = "NUMBER")]
    take_seed: Option<u64>,
    /// Heed no `filter:` of acw.yaml or of a sample's manifest
    #[arg(long, help_heading = FILTER)]
    no_filter: bool,
}

impl Taking {
    /// How to read exports: as the flags say, and otherwise as `others` do.
    pub(super) fn over(&self, others: &input::Options) -> input::Options {
        let mut others = others.clone();
        let Filtering { team, agent, call_type, channel, no_filter, .. } = self.filter.clone();
        if no_filter {
            others.filter = Filter::default();
        }
        let Filtering { from, to, min_words, min_chars, min_talk, take, take_seed, .. } = self.filter;
        let (team, agent, call_type, channel) = (Names(team), Names(agent), Names(call_type), Names(channel));
        let own = Filter { from, to, team, agent, call_type, channel, min_words, min_chars, min_talk, take, take_seed };
        others.filter = own.over(others.filter);
        self.reading.over(&others)
    }

    /// The same, of exports that are held to the contract: those that are read for the first time. Later steps look back at exports
    /// that have kept it, and grow old.
    pub(super) fn options_held(&self, inputs: &[PathBuf], settings: &Settings) -> audit::Options {
        let contract = settings.contract.as_ref();
        if self.no_contract && contract.is_some() {
            let _ = writeln!(io::stderr(), "acw: the contract is not looked at, as --no-contract asks for");
        }
        let contract = contract.filter(|_| !self.no_contract);
        let contract = contract.map(|contract| (contract.clone(), today(self.today)));
        audit::Options { contract, ..self.options(inputs, settings) }
    }

    /// What to audit, and how to read it.
    pub(super) fn options(&self, inputs: &[PathBuf], settings: &Settings) -> audit::Options {
        audit::Options {
            inputs: inputs.to_vec(),
            input: settings.input.clone(),
            rejects: self.rejects.clone(),
            ..audit::Options::default()
        }
    }
}
