//! The run: a reader, workers and one collector.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::{fmt, io, thread};

use rayon::prelude::*;

use super::collect::Collector;
use super::decisions::Decisions;
use super::judge::{Workspaces, audit_decided};
use crate::checks::{Corpus, Needs};
use crate::input::{self, InputError, Sources, Watch, Worked};
use crate::model::{AuditedNote, Note, Problem, Report, RunInfo, Standards};
use crate::rules::Rulebook;
use crate::text::Folded;

/// Rows of a batch.
const BATCH: usize = 2_048;
/// Batches read ahead of the workers: what bounds the memory.
const AHEAD: usize = 3;

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
}

impl Options {
    /// The inputs as the user named them.
    pub fn named(&self) -> Vec<String> {
        self.inputs.iter().map(|path| path.display().to_string()).collect()
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
    /// Writing what was found.
    Output(io::Error),
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditError::Input(error) => write!(f, "{error}"),
            AuditError::Output(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for AuditError {}

/// Audits every note of the inputs; `each` gets them one by one, in the order of the input.
///
/// # Errors
/// An input that cannot be read at all, or what `each` could not write.
pub fn run(
    options: &Options,
    book: &Rulebook,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&AuditedNote) -> io::Result<()>,
) -> Result<Report, AuditError> {
    let needs = book.needs();
    let sources = Sources::find(&options.inputs, needs.any()).map_err(AuditError::Input)?;
    let watch = Watch::start(sources.files());
    let corpus = survey(&sources, &options.input, book, needs).map_err(AuditError::Input)?;
    let (sources, corpus) = (&sources, &corpus);
    let info = RunInfo {
        version: env!("CARGO_PKG_VERSION"),
        rules_hash: book.hash.clone(),
        inputs: options.named(),
        rows: 0,
        standards: Standards { target: book.scorecard.target, ..options.standards.clone() },
    };
    let mut collector = Collector::new(book, info, options.keep);
    let pool: Mutex<Vec<Workspaces>> = Mutex::new(Vec::new());
    let (sender, receiver) = sync_channel::<Result<Batch, InputError>>(AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || read(sources, &options.input, book, &sender));
        let mut fallback = None;
        let mut done = 0;
        for batch in receiver {
            let batch = batch.map_err(AuditError::Input)?;
            let fallback = *fallback.get_or_insert_with(|| majority(&batch, book));
            done += batch.len() as u64;
            let audited: Vec<Result<AuditedNote, Problem>> = batch
                .into_par_iter()
                .map_init(
                    || Borrowed::from(&pool),
                    |workspaces, row| {
                        let note = row?;
                        let language = language_of(&note, book).or(fallback.filter(|_| note.language.is_none()));
                        Ok(audit_decided(note, language, book, corpus, &options.decisions, &mut workspaces.own))
                    },
                )
                .collect();
            for row in audited {
                match row {
                    Ok(note) => {
                        each(&note).map_err(AuditError::Output)?;
                        collector.note(note);
                    }
                    Err(problem) => collector.problem(problem),
                }
            }
            progress.rows(done);
        }
        let mut report = collector.finish(&options.roster, &options.decisions, &sources.days());
        report.problems.splice(0..0, watch.changed());
        if report.run.rows == 0 {
            let file = report.run.inputs.join(", ");
            return Err(AuditError::Input(InputError::Empty { file }));
        }
        Ok(report)
    })
}

/// Notes that were picked, and what there was to pick from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picked {
    /// The wanted notes, audited, in the order of the input.
    pub notes: Vec<AuditedNote>,
    /// Rows that held a note.
    pub read: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
}

/// Reads every note of the inputs, one after the other in their order, and audits those that `wanted` asks for, as [`run`] would.
/// Only they are kept in memory.
///
/// # Errors
/// An input that cannot be read at all.
pub fn pick(options: &Options, book: &Rulebook, wanted: &mut dyn FnMut(&Note) -> bool) -> Result<Picked, InputError> {
    let needs = book.needs();
    let sources = &Sources::find(&options.inputs, needs.any())?;
    let (sender, receiver) = sync_channel::<Result<Batch, InputError>>(AHEAD);
    let mut picked = Picked::default();
    let mut chosen: Vec<Note> = Vec::new();
    let mut fallback = None;
    thread::scope(|scope| {
        scope.spawn(move || read(sources, &options.input, book, &sender));
        for batch in receiver {
            let batch = batch?;
            fallback.get_or_insert_with(|| majority(&batch, book));
            for row in batch {
                match row {
                    Ok(note) => {
                        picked.read += 1;
                        if wanted(&note) {
                            chosen.push(note);
                        }
                    }
                    Err(_) => picked.unreadable += 1,
                }
            }
        }
        Ok(())
    })?;
    if !chosen.is_empty() {
        let corpus = survey(sources, &options.input, book, needs)?;
        let audit = |workspaces: &mut Workspaces, note: Note| {
            let language = language_of(&note, book).or(fallback.flatten().filter(|_| note.language.is_none()));
            audit_decided(note, language, book, &corpus, &options.decisions, workspaces)
        };
        picked.notes = chosen.into_par_iter().map_init(Workspaces::default, audit).collect();
    }
    Ok(picked)
}

/// Rows that travel together.
type Batch = Vec<Result<Note, Problem>>;

/// Reads the exports batch by batch, until they end or nobody listens any more.
fn read(sources: &Sources, options: &input::Options, book: &Rulebook, sender: &SyncSender<Result<Batch, InputError>>) {
    for file in sources.files() {
        match sources.open(file, options, &book.vocabulary) {
            Ok(mut export) => loop {
                let batch: Batch = export.by_ref().take(BATCH).collect();
                let last = batch.len() < BATCH;
                // A closed channel means that the other side stopped; nobody needs the rest.
                if !batch.is_empty() && sender.send(Ok(batch)).is_err() {
                    return;
                }
                if last {
                    break;
                }
            },
            Err(error) => {
                let _ = sender.send(Err(error));
                return;
            }
        }
    }
}

/// Reads everything once for the checks that must know the whole export; an empty corpus where none must.
fn survey(sources: &Sources, options: &input::Options, book: &Rulebook, needs: Needs) -> Result<Corpus, InputError> {
    let mut corpus = Corpus::new(needs);
    if !needs.any() {
        return Ok(corpus);
    }
    let (sender, receiver) = sync_channel::<Result<Batch, InputError>>(AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || read(sources, options, book, &sender));
        for batch in receiver {
            let observed: Vec<_> = batch?
                .into_par_iter()
                .flatten()
                .map_init(Folded::default, |folded, note| {
                    book.folder.fold_into(&note.text, folded);
                    corpus.observe(&note, &folded.text)
                })
                .collect();
            observed.into_iter().for_each(|observed| corpus.add(observed));
        }
        Ok(corpus)
    })
}

/// The language that the export states, or the one that the text is in.
fn language_of(note: &Note, book: &Rulebook) -> Option<usize> {
    match &note.language {
        Some(code) => book.language(code),
        None => book.identifier.identify(&book.folder.fold_str(&note.text)),
    }
}

/// The most frequent language of a batch, for notes too short to tell theirs.
fn majority(batch: &[Result<Note, Problem>], book: &Rulebook) -> Option<usize> {
    let mut counts = vec![0usize; book.languages.len()];
    for note in batch.iter().flatten().take(400) {
        if let Some(language) = language_of(note, book) {
            counts[language] += 1;
        }
    }
    let best = (0..counts.len()).max_by_key(|i| (counts[*i], std::cmp::Reverse(*i)))?;
    (counts[best] > 0).then_some(best)
}

/// Workspaces borrowed from a pool, so that each thread keeps its automata warm over all batches.
struct Borrowed<'p> {
    pool: &'p Mutex<Vec<Workspaces>>,
    own: Workspaces,
}

impl<'p> From<&'p Mutex<Vec<Workspaces>>> for Borrowed<'p> {
    fn from(pool: &'p Mutex<Vec<Workspaces>>) -> Self {
        let own = pool.lock().ok().and_then(|mut pool| pool.pop()).unwrap_or_default();
        Borrowed { pool, own }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Ok(mut pool) = self.pool.lock() {
            pool.push(std::mem::take(&mut self.own));
        }
    }
}
