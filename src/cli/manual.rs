//! What a system wants to know of the command line: completions of shells, manual pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Failure, print};

/// Flags of `acw completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut out = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "acw", &mut out);
        print(&String::from_utf8_lossy(&out))
    }
}

/// Flags of `acw man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder for the pages, one a subcommand
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Man {
    pub(super) fn run(self) -> Result<(), Failure> {
        let write = || {
            std::fs::create_dir_all(&self.out)?;
            clap_mangen::generate_to(Cli::command(), &self.out)
        };
        write().map_err(|error| {
            let help = "check the folder and the right to write";
            Failure::Output(format!("{}: cannot be written: {error}\n  help: {help}", self.out.display()))
        })
    }
}
