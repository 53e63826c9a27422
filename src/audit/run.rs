//! The run: a reader, workers and one collector.

use std::path::PathBuf;
use std::{fmt, io};

use jiff::civil::Date;
use rayon::prelude::*;

use super::batches::{BATCH, Batch, language_of, majority, read};
use super::collect::Collector;
use super::decisions::Decisions;
use super::judge::{Workspaces, audit_decided};
use super::lanes::{self, Deal};
use super::shares::{Share, share_out, together};
use super::survey::survey;
use crate::input::{self, Changes, Contract, InputError, Rejected, Rejects, Sieve, Sources, Verdict, Worked};
use crate::model::{AuditedNote, Note, Report, RunInfo, Standards};
use crate::rules::Rulebook;

/// What a run needs to know.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files, folders, `-`.
    pub inputs: Vec<PathBuf>,
    /// How to read them.
    pub input: input::Options,
    /// What the figures are held to; the target is the scorecard's.
    pub standards: Standards,
    /// How long agents worked, where a roster tells it.
    pub roster: Vec<Worked>,
    /// What people decided about findings.
    pub decisions: Decisions,
    /// How many of an agent's worst and best notes the report keeps.
    pub keep: (usize, usize),
    /// File for the rows that cannot be read.
    pub rejects: Option<PathBuf>,
    /// Files that the caller writes: none of them may be one that is read.
    pub written: Vec<PathBuf>,
    /// What the inputs must be, and the day on which they must.
    pub contract: Option<(Contract, Date)>,
}

impl Options {
    /// The inputs as the user named them, in the order of their names, as they are read.
    pub fn named(&self) -> Vec<String> {
        let mut named: Vec<String> = self.inputs.iter().map(|path| path.display().to_string()).collect();
        named.sort();
        named
    }

    /// How to read the inputs.
    fn reading(&self) -> input::Options {
        input::Options { keep_rejected: self.rejects.is_some(), ..self.input.clone() }
    }
}

/// What a run tells while it goes on.
pub trait Progress {
    /// So many rows are done.
    fn rows(&self, done: u64);
}

/// Why a run stopped.
#[derive(Debug)]
pub enum AuditError {
    /// The input.
    Input(InputError),
    /// The inputs break the contract.
    Contract(Box<Verdict>),
    /// Writing what was found.
    Output(io::Error),
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditError::Input(error) => write!(f, "{error}"),
            AuditError::Contract(verdict) => write!(
                f,
                "{}: broken contract, nothing was scored\n{verdict}  help: have the export mended, or the contract; \
                 `acw contract INPUT --format jsonl` lists every row; --no-contract audits all the same",
                verdict.inputs.join(", ")
            ),
            AuditError::Output(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for AuditError {}

/// Audits every note of the inputs that passes the filter; `each` gets them one by one, in the order of the input.
///
/// # Errors
/// An input that cannot be read at all or breaks the contract, or what `each` could not write.
pub fn run(
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&AuditedNote) -> io::Result<()>,
) -> Result<Report, AuditError> {
    run_opened(open(options, book)?, options, book, progress, each)
}

/// Finds the inputs, and holds them to the contract before anything of them is scored.
///
/// # Errors
/// An input that cannot be read at all, a contract that is broken.
pub fn open(options: &Options, book: &Rulebook) -> Result<Sources, AuditError> {
    let more_than_once = book.needs().any() || options.contract.is_some();
    let sources = Sources::find(&options.inputs, more_than_once).map_err(AuditError::Input)?;
    // An archive is an input, and its members are the files.
    let is_read = |path: &PathBuf| {
        let read = sources.files().iter().chain(&options.inputs);
        path.canonicalize().is_ok_and(|path| read.filter_map(|file| file.canonicalize().ok()).any(|file| file == path))
    };
    let rejects = options.rejects.iter().map(|path| (path, "--rejects"));
    let mut written = rejects.chain(options.written.iter().map(|path| (path, "--format")));
    if let Some((path, flag)) = written.find(|(path, _)| is_read(path)) {
        let message = format!("{} is one of the exports\n  help: name another file for {flag}", path.display());
        return Err(AuditError::Output(io::Error::other(message)));
    }
    if let Some((contract, today)) = &options.contract {
        let reading = (&options.input, &book.vocabulary);
        let verdict = contract.check(&sources, reading, *today, &mut |_| {}).map_err(AuditError::Input)?;
        if !verdict.kept {
            return Err(AuditError::Contract(Box::new(verdict)));
        }
    }
    Ok(sources)
}

/// As [`run`], of inputs that [`open`] has found.
///
/// # Errors
/// The same.
pub fn run_opened(
    sources: Sources,
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&AuditedNote) -> io::Result<()>,
) -> Result<Report, AuditError> {
    let needs = book.needs();
    let changes = Changes::watch(sources.files());
    let surveyed = survey(&sources, &options.input, book, needs).map_err(AuditError::Input)?;
    let (sources, corpus) = (&sources, &surveyed.corpus);
    let mut rejects = options.rejects.as_deref().map(Rejects::create).transpose().map_err(AuditError::Output)?;
    let reading = &options.reading();
    let info = RunInfo {
        version: env!("CARGO_PKG_VERSION"),
        rules_hash: book.hash.clone(),
        inputs: options.named(),
        filter: options.input.filter.said(),
        standards: Standards { target: book.scorecard.target, ..options.standards.clone() },
        ..RunInfo::default()
    };
    let mut collector = Collector::new(book, info, options.keep);
    let workers = rayon::current_num_threads().max(1);
    let produce = |deal: Deal<'_, Result<Taken, InputError>>| {
        let mut sieve = options.input.filter.sieve(&book.vocabulary);
        let mut fallback = None;
        read(sources, reading, book, BATCH * workers, &mut |batch| match batch {
            Ok(batch) => take(batch, workers, options, book, &mut sieve, &mut fallback).all(|taken| deal(Ok(taken))),
            Err(error) => deal(Err(error)),
        });
        sieve
    };
    let begin = || {
        let mut workspaces = surveyed.workspaces();
        move |taken: Result<Taken, InputError>| {
            taken.map(|taken| {
                taken.audited(book, |note, language| {
                    audit_decided(note, language, book, corpus, &options.decisions, &mut workspaces);
                })
            })
        }
    };
    let mut shares = Vec::with_capacity(workers);
    let sieve = lanes::run(produce, begin, |share: Result<Audited, InputError>| {
        let share = share.map_err(AuditError::Input)?;
        collector.read(share.read);
        share.left_out.iter().for_each(|note| collector.day_of(note));
        shares.push(share.rows);
        if shares.len() < workers {
            return Ok(());
        }
        for row in together(std::mem::take(&mut shares)) {
            match row {
                Ok(note) => {
                    each(&note).map_err(AuditError::Output)?;
                    collector.note(note);
                }
                Err(rejected) => {
                    rejects.as_mut().map_or(Ok(()), |file| file.add(&rejected)).map_err(AuditError::Output)?;
                    collector.reject(rejected);
                }
            }
        }
        progress.rows(collector.rows());
        Ok(())
    })?;
    let mut report = collector.finish(&options.roster, &options.decisions, &sources.days(), sources.remarks());
    report.problems.splice(0..0, changes.told());
    if report.run.rows == 0 {
        let file = report.run.inputs.join(", ");
        return Err(AuditError::Input(InputError::Empty { file }));
    }
    report.run.skipped = sieve.skipped();
    if report.total.notes == 0
        && let Some(error) = sieve.nothing_left(&report.run.inputs)
    {
        return Err(AuditError::Input(error));
    }
    report.problems.splice(0..0, sieve.remarks(&report.run.inputs));
    rejects.map_or(Ok(()), Rejects::finish).map_err(AuditError::Output)?;
    Ok(report)
}

/// A worker's share of the rows of a batch that are to be audited.
struct Taken {
    /// Rows that were read; of the whole batch, in its first share.
    read: u64,
    /// Notes that the filter left out though nobody knows of which day they are; likewise.
    left_out: Vec<Note>,
    /// The share of the others.
    rows: Share<Result<Note, Rejected>>,
    /// Language of notes too short to tell theirs.
    fallback: Option<usize>,
}

/// A share, audited.
struct Audited {
    /// As of [`Taken`].
    read: u64,
    left_out: Vec<Note>,
    rows: Share<Result<AuditedNote, Rejected>>,
}

/// What the filter takes of a batch, in as many shares as there are workers. The first batch tells the fallback: by all its notes, so
/// that the language of a note does not depend on the filter either.
fn take(
    batch: Batch,
    workers: usize,
    options: &Options,
    book: &Rulebook,
    sieve: &mut Sieve,
    fallback: &mut Option<Option<usize>>,
) -> impl Iterator<Item = Taken> + use<> {
    let fallback = *fallback.get_or_insert_with(|| majority(&batch, book));
    let read = batch.len() as u64;
    let (mut rows, mut left_out) = (batch, Vec::new());
    rows.retain_mut(|row| {
        let Some(note) = row.as_mut().ok().filter(|note| !sieve.takes(note)) else { return true };
        if options.input.filter.by_day() && note.day.is_none() {
            left_out.push(std::mem::take(note));
        }
        false
    });
    // The reader has no time to find out a language that the export does not state.
    let about = |row: &Result<Note, Rejected>| match row {
        Ok(note) => (note.language.as_deref().and_then(|code| book.language(code)), note.text.len()),
        Err(_) => (None, 0),
    };
    let mut of_all = Some((read, left_out));
    share_out(rows, workers, about).into_iter().map(move |rows| {
        let (read, left_out) = of_all.take().unwrap_or_default();
        Taken { read, left_out, rows, fallback }
    })
}

impl Taken {
    /// Audits the notes, those of one language one after the other: what a language needs is much for a processor's cache, and the
    /// languages would drive each other out of it at every note.
    fn audited(self, book: &Rulebook, mut audit: impl FnMut(&mut AuditedNote, Option<usize>)) -> Audited {
        let language = |row: &Result<Note, Rejected>| {
            let note = row.as_ref().ok()?;
            language_of(note, book).or(self.fallback.filter(|_| note.language.is_none()))
        };
        let Share { places, rows } = self.rows;
        let mut order: Vec<(Option<usize>, usize)> = rows.iter().map(language).zip(0..).collect();
        order.sort_unstable();
        let row = |row: Result<Note, Rejected>| row.map(|note| AuditedNote { note, ..AuditedNote::default() });
        let mut rows: Vec<Result<AuditedNote, Rejected>> = rows.into_iter().map(row).collect();
        for (language, place) in order {
            if let Ok(note) = &mut rows[place] {
                audit(note, language);
            }
        }
        Audited { read: self.read, left_out: self.left_out, rows: Share { places, rows } }
    }
}

/// Notes that were picked, and what there was to pick from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picked {
    /// The wanted notes, audited, in the order of the input.
    pub notes: Vec<AuditedNote>,
    /// Notes that passed the filter.
    pub read: u64,
    /// Notes that it left out.
    pub skipped: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
}

/// Reads every note of the inputs that passes the filter, one after the other in their order, and audits those that `wanted` asks
/// for, as [`run`] would.
/// Only they are kept in memory.
///
/// # Errors
/// An input that cannot be read at all, or what cannot be written.
pub fn pick(options: &Options, book: &Rulebook, wanted: &mut dyn FnMut(&Note) -> bool) -> Result<Picked, AuditError> {
    let needs = book.needs();
    let sources = &open(options, book)?;
    let mut rejects = options.rejects.as_deref().map(Rejects::create).transpose().map_err(AuditError::Output)?;
    let reading = &options.reading();
    let mut picked = Picked::default();
    let mut sieve = options.input.filter.sieve(&book.vocabulary);
    let mut chosen: Vec<Note> = Vec::new();
    let mut fallback = None;
    let produce = |deal: Deal<'_, Result<Batch, InputError>>| read(sources, reading, book, BATCH, deal);
    lanes::run(
        produce,
        || |batch: Result<Batch, InputError>| batch,
        |batch| {
            let batch = batch.map_err(AuditError::Input)?;
            fallback.get_or_insert_with(|| majority(&batch, book));
            for row in batch {
                match row {
                    Ok(note) if !sieve.takes(&note) => picked.skipped += 1,
                    Ok(note) => {
                        picked.read += 1;
                        if wanted(&note) {
                            chosen.push(note);
                        }
                    }
                    Err(rejected) => {
                        picked.unreadable = picked.unreadable.saturating_add(rejected.rows);
                        rejects.as_mut().map_or(Ok(()), |file| file.add(&rejected)).map_err(AuditError::Output)?;
                    }
                }
            }
            Ok(())
        },
    )?;
    match sieve.nothing_left(&options.named()).filter(|_| picked.read == 0) {
        Some(error) => Err(AuditError::Input(error)),
        None => rejects.map_or(Ok(()), Rejects::finish).map_err(AuditError::Output),
    }?;
    if !chosen.is_empty() {
        let surveyed = survey(sources, &options.input, book, needs).map_err(AuditError::Input)?;
        let audit = |workspaces: &mut Workspaces, note: Note| {
            let language = language_of(&note, book).or(fallback.flatten().filter(|_| note.language.is_none()));
            let mut audited = AuditedNote { note, ..AuditedNote::default() };
            audit_decided(&mut audited, language, book, &surveyed.corpus, &options.decisions, workspaces);
            audited
        };
        picked.notes = chosen.into_par_iter().map_init(|| surveyed.workspaces(), audit).collect();
    }
    Ok(picked)
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::input::{Filter, Names};
    use crate::model::Day;

    struct Nobody;

    impl Progress for Nobody {
        fn rows(&self, _: u64) {}
    }

    fn book() -> &'static Rulebook {
        static BOOK: OnceLock<Rulebook> = OnceLock::new();
        BOOK.get_or_init(|| Rulebook::load(None).unwrap())
    }

    /// A row, whole or broken, and sometimes a line with nothing in it.
    fn row() -> impl Strategy<Value = String> {
        let whole = (0..9u32, 1..9u32, prop::sample::select(vec!["North", "south", ""]), "[a-z ]{0,20}")
            .prop_map(|(agent, day, team, note)| format!("n{agent}{day},A{agent},{team},2026-05-0{day},{note}"));
        prop_oneof![6 => whole, 1 => Just(String::new()), 1 => "[a-z,;\"\r]{0,12}", 1 => Just(",,,,".into())]
    }

    /// Fewer notes, or those of one language at the start, must not decide it.
    #[test]
    fn the_language_of_short_notes_is_that_of_most_of_the_first_four_hundred() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.csv");
        let english = "The customer called about the bill and I explained the charges to her.\n".repeat(150);
        let spanish = "La clienta llama por la factura y le explico los cargos del mes pasado.\n".repeat(250);
        std::fs::write(&path, format!("note\n{english}{spanish}cx\n")).unwrap();
        let options = Options { inputs: vec![path], ..Options::default() };
        let mut last = None;
        run(&options, book(), &Nobody, &mut |note| {
            last = note.language.clone();
            Ok(())
        })
        .unwrap();
        assert_eq!(last.as_deref(), Some("es"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Whatever is broken and whatever is left out: every row that was read was audited, skipped or rejected, once.
        #[test]
        fn counts_always_add_up(
            rows in prop::collection::vec(row(), 0..40),
            team: bool,
            from in prop::option::of(1..9i8),
            min_words in prop::option::of(0..4usize),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            std::fs::write(path("n.csv"), format!("note_id,agent_id,team,started_at,note\n{}", rows.join("\n"))).unwrap();
            let filter = Filter {
                team: Names(if team { vec!["north".into()] } else { Vec::new() }),
                from: from.map(|day| Day(jiff::civil::date(2026, 5, day))),
                min_words,
                ..Filter::default()
            };
            let input = input::Options { filter, ..input::Options::default() };
            let options =
                Options { inputs: vec![path("n.csv")], input, rejects: Some(path("rejects")), ..Options::default() };
            let mut seen = 0;
            let done = run(&options, book(), &Nobody, &mut |_| {
                seen += 1;
                Ok(())
            });
            let sources = Sources::find(&options.inputs, false).unwrap();
            let export = sources.open(&options.inputs[0], &options.input, &book().vocabulary).unwrap();
            let (read, broken) = export.fold((0, 0), |(read, broken), row| (read + 1, broken + u64::from(row.is_err())));
            match done {
                Ok(report) => {
                    prop_assert_eq!((report.run.rows, report.run.rejected, report.total.notes), (read, broken, seen));
                    prop_assert_eq!(read, seen + report.run.skipped() + broken);
                    let lines = std::fs::read_to_string(path("rejects")).unwrap().lines().count();
                    prop_assert_eq!(lines as u64, broken);
                    let picked = pick(&options, book(), &mut |_| false).unwrap();
                    prop_assert_eq!((picked.read, picked.skipped, picked.unreadable), (seen, report.run.skipped(), broken));
                }
                // Nothing there, or nothing left.
                Err(error) => prop_assert!(seen == 0 && matches!(error, AuditError::Input(_)), "{}", error),
            }
        }
    }
}
