//! `acw audit`: the main job.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::flags::{Bar, check_locale, percent};
use super::history::{self, Keeping};
use super::outputs::{self, Asked, Outputs, formats, print_problems};
use super::{Auditing, Failure, Taking};
use crate::audit::{self, Options};
use crate::input;
use crate::report::{self, html};
use crate::rules::Rulebook;

/// Notes that pages show of each agent: so many with findings, so many without. More than a coach and an agent can talk about: the page
/// names the command for all of them, and a page of hundreds is slow to open and large to send.
const KEPT: (usize, usize) = (50, 6);

/// Behind the flags in the help.
const EXAMPLES: &str = "\
Examples:
  acw audit notes.csv                                  a table per agent, worst first
  acw audit exports/ --report pages --locale es        a folder of exports; coaching pages in Spanish
  acw audit notes.csv --format jsonl                   one finding a line, for programs
  acw audit notes.csv --format json=run.json           every figure, into a file
  acw audit - --language en < notes.csv                from standard input
  acw audit notes.csv --from 2026-05-01 --team Energy  a part of the notes

Findings do not change the exit code here; `acw check` holds them against a gate.";

/// Flags of `acw audit`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Audit {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[arg(long = "format", value_name = "FORMAT[=FILE]", help = formats("terminal"))]
    formats: Vec<Asked>,
    /// Write pages to read and to learn with into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the pages [default: that of most notes]
    #[arg(long, value_name = "CODE", requires = "report")]
    locale: Option<String>,
    /// Show notes on the pages as they were typed: secrets and numbers stand in clear, only for people who may read the notes
    #[arg(long, requires = "report")]
    full_text: bool,
    /// Time worked: a table with agent, worked_seconds and, where it is by day, the date
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// Print no progress, and not where pages and history were written
    #[arg(long, short)]
    quiet: bool,
    /// Score, in per cent, from which a note counts as compliant
    #[arg(long, value_name = "PER CENT", value_parser = percent)]
    target: Option<u32>,
    #[command(flatten)]
    history: Keeping,
    #[command(flatten)]
    auditing: Auditing,
}

impl Audit {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Auditing { deciding, taking, common } = &self.auditing;
        let mut settings = common.settings_taking(&self.inputs, taking)?;
        settings.target = self.target.or(settings.target);
        let book = Rulebook::compile(settings.packs()?)?;
        self.check_report(&book)?;
        let keep = if self.report.is_some() { KEPT } else { (0, 0) };
        let roster = self.roster.as_ref().or(settings.roster.as_ref());
        let roster = roster.map(|path| input::read_roster(path, &book.vocabulary, settings.input.date_order));
        let roster = roster.transpose()?.unwrap_or_default();
        let options = Options {
            standards: settings.standards.clone(),
            roster,
            decisions: deciding.load(&settings, &book)?,
            keep,
            written: outputs::files(&self.formats),
            ..taking.options_held(&self.inputs, &settings)
        };
        // Before a history is made.
        let sources = audit::open(&options, &book)?;
        let mut recorder = self.history.recorder(&settings, &options.decisions, &book)?;
        let progress = Bar::new(self.quiet);
        let more = recorder.is_some() || self.report.is_some();
        let mut outputs = Outputs::open(&self.formats, &report::FORMATS[0], more)?;
        outputs.begin(&book)?;
        let report = audit::run_opened(sources, &options, &book, &progress, &mut |note| {
            if let Some(recorder) = &mut recorder {
                recorder.note(note).map_err(io::Error::other)?;
            }
            outputs.note(note, &book)
        });
        progress.finish();
        if report.is_err() && recorder.is_some() {
            let _ =
                writeln!(io::stderr(), "acw: the run did not come to its end: nothing of it is kept in the history");
        }
        let report = report?;
        // Whether it was kept is said after the figures, which are there in any case.
        let kept = recorder.map(|recorder| recorder.keep(&report.run.inputs)).transpose();
        outputs.finish(&report, &book)?;
        if let Some(dir) = &self.report {
            let locale = self.locale.as_deref().unwrap_or_else(|| html::usual_locale(&report, &book));
            let kept = matches!(kept, Ok(Some(_)));
            let past = if kept { self.history.past(&settings, &report, &book)? } else { None };
            let flags = self.flags();
            let extras = html::Extras {
                past: past.as_ref().map(|(past, _)| past),
                history: past.as_ref().map(|(_, file)| file.display().to_string()),
                flags: &flags,
                full_text: self.full_text,
            };
            let written =
                html::write(&report, &book, locale, dir, &extras).map_err(|e| Failure::Output(e.to_string()))?;
            let masked = if self.full_text { "; notes stand there in full, secrets unmasked" } else { "" };
            let line = format!("Report: {} ({} pages{masked})\n", written.index.display(), written.pages);
            outputs.remark(&line, self.quiet)?;
        }
        if let Ok(Some(kept)) = &kept {
            outputs.remark(&history::kept(kept), self.quiet)?;
        }
        outputs.close()?;
        print_problems(&report);
        kept?;
        // To take it apart at the end of the program would keep who sends one note waiting.
        std::mem::forget(book);
        Ok(())
    }

    /// The flags that another command about the same notes and rules needs.
    fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            flags.extend(value.map(|value| [name.to_owned(), value]).into_iter().flatten());
        };
        let Auditing { deciding, taking: Taking { reading, .. }, common } = &self.auditing;
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        for column in &reading.columns {
            let equals = if column.constant { "==" } else { "=" };
            add("--column", Some(format!("{}{equals}{}", column.role.name(), column.value)));
        }
        add("--encoding", reading.encoding.clone());
        add("--language", reading.language.clone());
        add("--date-order", reading.date_order.map(|order| order.name().to_owned()));
        add("--time-zone", reading.time_zone.as_ref().map(|zone| zone.name().to_owned()));
        add("--preset", reading.preset.clone());
        add("--decisions", path(&deciding.decisions));
        add("--config", path(&common.config));
        add("--rules", path(&common.rules));
        flags
    }

    /// Says before the work what would come to light after it.
    fn check_report(&self, book: &Rulebook) -> Result<(), Failure> {
        if let Some(dir) = &self.report {
            html::check(dir).map_err(|e| Failure::Output(e.to_string()))?;
        }
        check_locale(self.locale.as_deref(), book)
    }
}
