//! `acw audit`: the main job.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::flags::{Bar, check_locale};
use super::history::{self, Keeping};
use super::{Auditing, Failure, Taking};
use crate::audit::{self, Options};
use crate::input;
use crate::report::{self, Colour, html};
use crate::rules::Rulebook;
use crate::text::cell;

/// Notes that pages show of each agent: so many with findings, so many without.
const KEPT: (usize, usize) = (200, 6);

/// Flags of `acw audit`.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Exports: files, folders, `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What to print on standard output
    #[arg(long, default_value = "terminal", value_parser = PossibleValuesParser::new(report::FORMATS.iter().map(|f| f.name)))]
    format: String,
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
    /// Print nothing but what was asked for
    #[arg(long, short)]
    quiet: bool,
    /// Score, in per cent, from which a note counts as compliant
    #[arg(long, value_name = "PER CENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    target: Option<u32>,
    #[command(flatten)]
    history: Keeping,
    #[command(flatten)]
    auditing: Auditing,
}

impl Audit {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Auditing { deciding, taking, common } = &self.auditing;
        let mut settings = common.settings_taking(taking)?;
        settings.target = self.target.or(settings.target);
        let book = Rulebook::compile(settings.packs()?)?;
        let format = report::FORMATS.iter().find(|f| f.name == self.format).unwrap_or(&report::FORMATS[0]);
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
            ..taking.options_held(&self.inputs, &settings)
        };
        // Before a history is made.
        let sources = audit::open(&options, &book)?;
        let mut recorder = self.history.recorder(&settings, &options.decisions, &book)?;
        let progress = Bar::new(self.quiet);
        let more = recorder.is_some() || self.report.is_some();
        let mut out = BufWriter::with_capacity(1 << 16, Listened { out: io::stdout().lock(), more, gone: false });
        let report = audit::run_opened(sources, &options, &book, &progress, &mut |note| {
            if let Some(recorder) = &mut recorder {
                recorder.note(note).map_err(io::Error::other)?;
            }
            format.stream.map_or(Ok(()), |stream| stream(note, &book, &mut out))
        });
        progress.finish();
        if report.is_err() && recorder.is_some() {
            let _ =
                writeln!(io::stderr(), "acw: the run did not come to its end: nothing of it is kept in the history");
        }
        let report = report?;
        // Whether it was kept is said after the figures, which are there in any case.
        let kept = recorder.map(|recorder| recorder.keep(&report.run.inputs)).transpose();
        if let Some(whole) = format.whole {
            let terminal = io::stdout().is_terminal();
            let colour = if terminal && std::env::var_os("NO_COLOR").is_none() { Colour::On } else { Colour::Off };
            out.write_all(cell::terminal(&whole(&report, &book, colour)).as_bytes())
                .map_err(|e| Failure::writing(&e))?;
        }
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
            self.remark(&line, format, &mut out)?;
        }
        if let Ok(Some(kept)) = &kept {
            self.remark(&history::kept(kept), format, &mut out)?;
        }
        out.flush().map_err(|e| Failure::writing(&e))?;
        self.print_problems(&report);
        kept?;
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

    /// A line for people: behind the table where people read it, on standard error where programs read the rest.
    fn remark(&self, line: &str, format: &report::Format, out: &mut impl Write) -> Result<(), Failure> {
        if format.name == "terminal" {
            out.write_all(line.as_bytes()).map_err(|e| Failure::writing(&e))?;
        } else if !self.quiet {
            let _ = io::stderr().lock().write_all(line.as_bytes());
        }
        Ok(())
    }

    /// Says before the work what would come to light after it.
    fn check_report(&self, book: &Rulebook) -> Result<(), Failure> {
        if let Some(dir) = &self.report {
            html::check(dir).map_err(|e| Failure::Output(e.to_string()))?;
        }
        check_locale(self.locale.as_deref(), book)
    }

    /// Rows that could not be read, on standard error.
    fn print_problems(&self, report: &crate::model::Report) {
        const SHOWN: usize = 10;
        let mut err = io::stderr().lock();
        for problem in report.problems.iter().take(SHOWN) {
            let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
            let text = format!("acw: {}{line}: {}\n  help: {}", problem.file, problem.message, problem.help);
            let _ = writeln!(err, "{}", cell::terminal(&text));
        }
        let more = report.problems.len().saturating_sub(SHOWN) as u64 + report.problems_left_out;
        if more > 0 {
            let _ = writeln!(err, "acw: and {more} more");
        }
    }
}

/// Standard output, whose reader may go away before the end.
struct Listened<W> {
    out: W,
    /// Whether more was asked for than what is printed, a history or pages: the reader does not take that with him.
    more: bool,
    gone: bool,
}

impl<W> Listened<W> {
    fn heard<T>(&mut self, done: io::Result<T>, unheard: T) -> io::Result<T> {
        match done {
            Err(error) if self.more && error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(unheard)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Listened<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gone {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.heard(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let done = self.out.flush();
        self.heard(done, ())
    }
}
