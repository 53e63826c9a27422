//! `acw guide`: what the rules in force ask for, as pages to hand out.

use std::path::PathBuf;

use clap::Args;

use super::flags::{check_locale, locale};
use super::{Common, Failure, print};
use crate::report::html;
use crate::rules::Rulebook;

/// Flags of `acw guide`.
#[derive(Debug, Args)]
pub(super) struct Write {
    /// Folder for the guides
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Language of the guides [default: the first of the rules' that has pages]
    #[arg(long, value_name = "CODE")]
    locale: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Write {
    pub(super) fn run(self) -> Result<(), Failure> {
        let settings = self.common.settings(&[], None)?;
        let book = Rulebook::compile(settings.packs()?)?;
        check_locale(self.locale.as_deref(), &book)?;
        let locale = locale(self.locale.as_deref(), &book)?;
        let written = html::write_guide(&book, locale, &self.out).map_err(|e| Failure::Output(e.to_string()))?;
        let line = format!("Guides: {} ({} pages)\n", written.index.display(), written.pages);
        print(&line)
    }
}
