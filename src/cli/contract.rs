//! `acw contract`: whether exports are what they must be.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::taking::today;
use super::{Common, Failure, Reading, print};
use crate::input::{Clause, Sources, Verdict, Violation};
use crate::model::Day;

/// Flags of `acw contract`.
#[derive(Debug, Args)]
pub(super) struct Hold {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_name = "FORM", default_value = "terminal")]
    format: Form,
    /// Day on which `freshness:` is looked at [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    common: Common,
}

/// Forms of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Clause by clause, for people
    Terminal,
    /// One object, with the first rows that break each clause
    Json,
    /// Every row that breaks a clause, one object a line
    Jsonl,
}

impl Hold {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (settings, book) = self.common.load(&self.inputs, Some(&self.reading))?;
        let Some(contract) = &settings.contract else {
            let message = "there is no contract to hold exports to\n  help: write one under `contract:` in acw.yaml, or name the file with --config";
            return Err(Failure::Usage(message.into()));
        };
        // Read again for the whole list, once it is known which clauses are broken.
        let sources = Sources::find(&self.inputs, true)?;
        let reading = (&settings.input, &book.vocabulary);
        let today = today(self.today);
        let verdict = contract.check(&sources, reading, today, &mut |_| {})?;
        match self.format {
            Form::Terminal => print(&text(&verdict))?,
            Form::Json => {
                let object = serde_json::to_string_pretty(&verdict).map_err(|error| Failure::writing(&error.into()))?;
                print(&(object + "\n"))?;
            }
            Form::Jsonl if verdict.kept => {}
            Form::Jsonl => {
                let mut out = BufWriter::new(io::stdout().lock());
                let mut written = Ok(());
                // What is wrong with the export as a whole has no row: it stands first.
                let whole = |clause: &&Clause| !clause.kept && (clause.against == 0 || clause.clause == "freshness");
                for clause in verdict.clauses.iter().filter(whole) {
                    let violation = Violation {
                        clause: clause.clause.clone(),
                        file: verdict.inputs.join(", "),
                        line: None,
                        note: None,
                        message: clause.message.clone(),
                    };
                    serde_json::to_writer(&mut out, &violation).map_err(|error| Failure::writing(&error.into()))?;
                    out.write_all(b"\n").map_err(|error| Failure::writing(&error))?;
                }
                contract.check(&sources, reading, today, &mut |violation| {
                    let broken = verdict.clauses.iter().any(|clause| !clause.kept && clause.clause == violation.clause);
                    if broken && written.is_ok() {
                        let line = serde_json::to_writer(&mut out, violation).map_err(io::Error::from);
                        written = line.and_then(|()| out.write_all(b"\n"));
                    }
                })?;
                written.and_then(|()| out.flush()).map_err(|error| Failure::writing(&error))?;
            }
        }
        if verdict.kept { Ok(()) } else { Err(Failure::Contract(String::new())) }
    }
}

/// Every clause, and the first rows that break one.
fn text(verdict: &Verdict) -> String {
    let mut out = String::new();
    let broken = verdict.clauses.iter().filter(|clause| !clause.kept).count();
    for clause in verdict.clauses.iter().filter(|clause| clause.kept) {
        let _ = writeln!(out, "  {}: kept: {}", clause.clause, clause.message);
    }
    let _ = write!(out, "{verdict}");
    let all = verdict.clauses.len();
    let end = match broken {
        0 => format!("The contract is kept: {all} clauses, {} rows read.", verdict.rows),
        broken => format!("The contract is broken: {broken} of {all} clauses, {} rows read.", verdict.rows),
    };
    let _ = writeln!(out, "{end}");
    out
}
