//! The command line: one file a subcommand, one table of exit codes.

mod abbreviations;
mod agree;
mod audit;
mod check;
mod colour;
mod columns;
mod config;
mod contract;
mod dispute;
mod exit;
mod explain;
mod fault;
mod feedback;
mod flags;
mod forget;
mod guide;
mod history;
mod init;
mod manual;
mod measure;
mod outputs;
mod rules;
mod sample;
mod schema;
mod taking;
mod workshop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::Failure;
use flags::{Auditing, Common, Deciding, Paging, Printing, Reading, Silent, periods, print};
use taking::Taking;

/// Behind the list of subcommands in the help.
const BEGIN: &str = "\
Begin with `acw columns notes.csv`: what was understood of an export; then `acw audit notes.csv`.
`acw COMMAND --help` has the flags of each, and examples.";

/// Audits the notes that contact-centre agents type after a call.
#[derive(Debug, Parser)]
#[command(name = "acw", version, arg_required_else_help = true, after_help = BEGIN)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    colouring: colour::Colouring,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Audit an export of notes: scores per agent, findings, coaching pages
    Audit(audit::Audit),
    /// Check an export against the gate: findings, then the verdict; exit code 1 where it is not met
    Check(check::Check),
    /// Show which columns of an export play which part, and why
    Columns(columns::Show),
    /// Hold exports to the `contract:` of acw.yaml, and score nothing
    Contract(contract::Hold),
    /// Show the settings in force, and where each comes from
    #[command(subcommand)]
    Config(config::Config),
    /// Write a commented acw.yaml to begin with, after a look at an export
    Init(init::Init),
    /// Propose additions to the approved abbreviations: the unapproved forms of an export by frequency, with examples
    Abbreviations(abbreviations::Propose),
    /// Join the sheets that reviewers filled to the findings: agreement, drift, notes to talk about, rules to retire
    Agree(agree::Agree),
    /// Dispute a finding, decide a dispute, waive findings, list what was decided
    #[command(subcommand)]
    Dispute(dispute::Dispute),
    /// Explain one note: which rules ran, which did not apply and why, what each hit saw
    Explain(explain::Explain),
    /// Print completions for a shell
    Completions(manual::Completions),
    /// Join what other departments say of the notes to the findings: what costs rework, which rules nobody needs
    Feedback(feedback::Join),
    /// Draw samples for people to score, weigh what they find, tell how many notes are enough
    #[command(subcommand)]
    Sample(sample::Sample),
    /// Print the JSON Schema of what `--format json` and `--format jsonl` write
    Schema(schema::Schema),
    /// Write guides that follow from the rules in force: house style, approved abbreviations, better wording, snippets
    Guide(guide::Write),
    /// Make "spot the error" exercises, a work sheet and its answer key from an export
    Workshop(Box<workshop::Make>),
    /// Write the manual pages
    Man(manual::Man),
    /// Look at the runs that `acw audit --history` kept: trends, before and after a date
    #[command(subcommand)]
    History(history::History),
    /// Erase an agent or a customer everywhere in a history
    Forget(forget::Forget),
    /// List, show and test the rules
    #[command(subcommand)]
    Rules(rules::Rules),
}

/// Parses the arguments, runs, and turns what went wrong into a message and an exit code.
pub fn main() -> ExitCode {
    fault::guarded(run).unwrap_or_else(|| Failure::Fault.code())
}

fn run() -> ExitCode {
    colour::heed_early(std::env::args_os());
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            let _ = error.print();
            return if usage { exit::Failure::Usage(String::new()).code() } else { ExitCode::SUCCESS };
        }
    };
    cli.colouring.heed();
    let done = match cli.command {
        Command::Audit(audit) => audit.run(),
        Command::Check(check) => check.run(),
        Command::Init(init) => init.run(),
        Command::Abbreviations(propose) => propose.run(),
        Command::Agree(agree) => agree.run(),
        Command::Columns(columns) => columns.run(),
        Command::Config(config) => config.run(),
        Command::Contract(hold) => hold.run(),
        Command::Dispute(dispute) => dispute.run(),
        Command::Explain(explain) => explain.run(),
        Command::Feedback(join) => join.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
        Command::Guide(guide) => guide.run(),
        Command::Sample(sample) => sample.run(),
        Command::Schema(schema) => schema.run(),
        Command::Workshop(workshop) => workshop.run(),
        Command::History(history) => history.run(),
        Command::Forget(forget) => forget.run(),
        Command::Rules(rules) => rules.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.code()
        }
    }
}
