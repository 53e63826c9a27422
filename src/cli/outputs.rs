//! Where the forms of a run go: one to standard output, the others into files.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{Failure, colour};
use crate::files::{Readers, Whole, folder_of};
use crate::model::{AuditedNote, Report};
use crate::report::{Colour, FORMATS, Format, Writer};
use crate::rules::Rulebook;
use crate::text::cell;
use crate::yaml::did_you_mean;

/// A form that was asked for: `sarif`, or `sarif=findings.sarif` into a file.
#[derive(Clone)]
pub(super) struct Asked {
    format: &'static Format,
    file: Option<PathBuf>,
}

impl Asked {
    /// Whether it is the form of that name on standard output.
    pub(super) fn prints(&self, name: &str) -> bool {
        self.format.name == name && self.file.is_none()
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={:?}", self.format.name, self.file)
    }
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(PathBuf::from(file))));
        let Some(format) = Format::of(name) else {
            let names = FORMATS.iter().map(|format| format.name);
            let near = did_you_mean(name, names.clone());
            return Err(format!("`{name}` is no format{near} (formats: {})", names.collect::<Vec<_>>().join(", ")));
        };
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(format!("name a file behind `=`, as in `{name}=findings.{name}`"));
        }
        Ok(Asked { format, file })
    }
}

/// The files that forms go into.
pub(super) fn files(asked: &[Asked]) -> Vec<PathBuf> {
    asked.iter().filter_map(|asked| asked.file.clone()).collect()
}

/// Help of the flag that asks for them.
pub(super) fn formats(usual: &str) -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    format!("What to print [default: {usual}], or to write into a file (repeatable): {}", names.join(", "))
}

/// What is being written.
pub(super) struct Outputs {
    list: Vec<Output>,
}

struct Output {
    format: &'static Format,
    writer: Box<dyn Writer>,
    to: To,
}

enum To {
    Standard(BufWriter<Listened<io::Stdout>>),
    File(Whole, PathBuf),
}

impl To {
    fn out(&mut self) -> &mut dyn Write {
        match self {
            To::Standard(out) => out,
            To::File(out, _) => out,
        }
    }

    fn failed(&self, error: &io::Error) -> io::Error {
        match self {
            To::Standard(_) => io::Error::new(error.kind(), error.to_string()),
            // A pipe that breaks is the reader's wish on standard output alone.
            To::File(_, path) => {
                io::Error::other(format!("{}: {error}\n  help: check the room left there", path.display()))
            }
        }
    }
}

impl Outputs {
    /// Opens them; `usual` where none was asked for. `more` tells that the run is for more than what is printed.
    pub(super) fn open(asked: &[Asked], usual: &'static Format, more: bool) -> Result<Self, Failure> {
        let usual = [Asked { format: usual, file: None }];
        let asked = if asked.is_empty() { &usual } else { asked };
        if asked.iter().filter(|asked| asked.file.is_none()).count() > 1 {
            let help = "write all but one into files: --format sarif=findings.sarif";
            return Err(Failure::Usage(format!("only one format can go to standard output\n  help: {help}")));
        }
        let files: Vec<&PathBuf> = asked.iter().filter_map(|asked| asked.file.as_ref()).collect();
        if let Some(twice) = (1..files.len()).find(|at| files[..*at].contains(&files[*at])) {
            let help = "give each format a file of its own";
            return Err(Failure::Usage(format!(
                "two formats cannot go into {}\n  help: {help}",
                files[twice].display()
            )));
        }
        let more = more || asked.iter().any(|asked| asked.file.is_some());
        let colour = colour::output();
        let open = |asked: &Asked| {
            let (to, colour) = match &asked.file {
                None => {
                    let listened = Listened { out: io::stdout(), more, gone: false };
                    (To::Standard(BufWriter::with_capacity(1 << 16, listened)), colour)
                }
                Some(path) => (file(path).map_err(|error| unwritable(path, &error))?, Colour::Off),
            };
            Ok(Output { format: asked.format, writer: (asked.format.writer)(colour), to })
        };
        Ok(Outputs { list: asked.iter().map(open).collect::<Result<_, Failure>>()? })
    }

    /// Nothing at all.
    pub(super) fn none() -> Self {
        Outputs { list: Vec::new() }
    }

    /// What stands before the notes.
    pub(super) fn begin(&mut self, book: &Rulebook) -> Result<(), Failure> {
        self.each(|writer, out| writer.begin(book, out)).map_err(|error| Failure::writing(&error))
    }

    /// A note.
    pub(super) fn note(&mut self, note: &AuditedNote, book: &Rulebook) -> io::Result<()> {
        self.each(|writer, out| writer.note(note, book, out))
    }

    /// What stands behind the notes.
    pub(super) fn finish(&mut self, report: &Report, book: &Rulebook) -> Result<(), Failure> {
        self.each(|writer, out| writer.finish(report, book, out)).map_err(|error| Failure::writing(&error))
    }

    fn each(&mut self, write: impl Fn(&mut dyn Writer, &mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        for output in &mut self.list {
            write(&mut *output.writer, output.to.out()).map_err(|error| output.to.failed(&error))?;
        }
        Ok(())
    }

    /// A text for people: on standard output, where they read it or nothing else stands there; otherwise on standard error.
    pub(super) fn remark(&mut self, line: &str, quiet: bool) -> Result<(), Failure> {
        self.say(&|_| line.to_owned(), quiet)
    }

    /// The same of a text that has colour where it is read on a terminal.
    pub(super) fn say(&mut self, text: &dyn Fn(Colour) -> String, quiet: bool) -> Result<(), Failure> {
        for output in &mut self.list {
            if let (To::Standard(out), true) = (&mut output.to, output.format.for_people) {
                let text = text(colour::output());
                return out.write_all(text.as_bytes()).map_err(|error| Failure::writing(&error));
            }
        }
        let taken = self.list.iter().any(|output| matches!(output.to, To::Standard(_)));
        match (quiet, taken) {
            (true, _) => Ok(()),
            (false, true) => {
                let _ = io::stderr().lock().write_all(text(colour::errors()).as_bytes());
                Ok(())
            }
            (false, false) => super::flags::print(&text(colour::output())),
        }
    }

    /// Everything reaches its place.
    pub(super) fn close(self) -> Result<(), Failure> {
        for output in self.list {
            match output.to {
                To::Standard(mut out) => out.flush().map_err(|error| Failure::writing(&error))?,
                To::File(out, path) => out.finish().map_err(|error| unwritable(&path, &error))?,
            }
        }
        Ok(())
    }
}

fn file(path: &Path) -> io::Result<To> {
    fs::create_dir_all(folder_of(path))?;
    Ok(To::File(Whole::begin(path, Readers::Usual)?, path.to_owned()))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::Output(format!(
        "{}: cannot be written: {error}\n  help: check the folder, the room left and the right to write",
        path.display()
    ))
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

/// Rows that could not be read, on standard error.
pub(super) fn print_problems(report: &Report) {
    const SHOWN: usize = 10;
    let name = colour::name(false);
    let mut err = io::stderr().lock();
    for problem in report.problems.iter().take(SHOWN) {
        let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
        let text = format!("{}{line}: {}\n  help: {}", problem.file, problem.message, problem.help);
        let _ = writeln!(err, "{name} {}", cell::terminal(&text));
    }
    let more = report.problems.len().saturating_sub(SHOWN) as u64 + report.problems_left_out;
    if more > 0 {
        let _ = writeln!(err, "{name} and {more} more");
    }
}
