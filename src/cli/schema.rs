//! `acw schema`: what programs may rely on.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Failure, print};
use crate::report::schema::KINDS;

/// Flags of `acw schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The whole report (`--format json`), or one finding (a line of `--format jsonl`)
    #[arg(default_value = "report", value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name)))]
    kind: String,
}

impl Schema {
    pub(super) fn run(self) -> Result<(), Failure> {
        let kind = KINDS.iter().find(|kind| kind.name == self.kind).unwrap_or(&KINDS[0]);
        print(&kind.json())
    }
}
