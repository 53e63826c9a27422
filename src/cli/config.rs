//! `acw config`: the settings in force and where each comes from.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, print};
use crate::config::{Layers, Settings, found, schema};

/// Subcommands of `acw config`.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Show what is set, and in which file and line or by which environment variable
    Show(Show),
    /// Print the JSON Schema of acw.yaml, by which editors complete and check it
    Schema,
}

/// Flags of `acw config show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Exports: whose settings are looked for beside them and above, where the working folder has none
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Configuration file [default: acw.yaml in the working folder or above it, else beside the first input or above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Config {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Config::Show(Show { inputs, config }) = self else { return print(&schema::json()) };
        let layers = Layers::read(found(config.as_deref(), &inputs), std::env::vars())?;
        // Whatever would stop a run stops this too.
        Settings::of(layers.clone())?;
        let mut out = match layers.file() {
            Some(file) => format!("# {}\n", file.display()),
            None => "# no acw.yaml here, above or beside an input: everything is as usual\n".to_owned(),
        };
        let stated = layers.stated();
        let line = |path: &str, value: &serde_json::Value| format!("{path}: {value}");
        let width = stated.iter().map(|s| line(&s.path, &s.value).chars().count()).max().unwrap_or(0).min(60);
        for stated in &stated {
            let _ = writeln!(out, "{:width$}  # {}", line(&stated.path, &stated.value), stated.origin);
        }
        for (name, help) in layers.strangers() {
            let _ = writeln!(out, "# the environment variable {name} sets nothing: {help}");
        }
        print(&out)
    }
}
