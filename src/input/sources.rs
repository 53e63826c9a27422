//! What there is to read: the files that the user's paths mean, and standard input, which can be read only once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::model::{Problem, Role};

use super::watch::Noticed;
use super::{DateOrder, Days, Export, FORMATS, InputError, Options, Vocabulary, io_error};

/// Opens a file whose days nobody has looked at.
type Opened<'o> = dyn Fn(&Path) -> Result<Export, InputError> + 'o;

/// The exports of a run, in the order in which they are read.
#[derive(Debug)]
pub struct Sources {
    files: Vec<PathBuf>,
    /// Standard input, copied into a file that has no name and is gone with this process.
    kept: Option<File>,
    /// What the files that were looked at tell of their days.
    told: Mutex<BTreeMap<PathBuf, Option<Days>>>,
    /// How the days of the files that were opened are read.
    days: Mutex<BTreeMap<PathBuf, Option<Days>>>,
    /// What was noticed in the files that were read.
    noticed: Noticed,
}

impl Sources {
    /// Finds the files meant by `paths`. Where they are to be read more than once, standard input is copied first.
    ///
    /// # Errors
    /// A path that does not exist, a folder without an export, standard input that cannot be kept.
    pub fn find(paths: &[PathBuf], more_than_once: bool) -> Result<Self, InputError> {
        let files = expand(paths)?;
        let kept = match more_than_once && files.iter().any(|file| is_standard_input(file)) {
            true => Some(keep().map_err(|error| io_error(Path::new("-"), &error))?),
            false => None,
        };
        Ok(Sources { files, kept, told: Mutex::default(), days: Mutex::default(), noticed: Noticed::default() })
    }

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Opens one of the files. How its days are written is looked for when it is opened for the first time.
    ///
    /// # Errors
    /// Whatever makes the whole file unusable; single rows become problems instead.
    pub fn open(&self, file: &Path, options: &Options, vocabulary: &Vocabulary) -> Result<Export, InputError> {
        let opened = |file: &Path| self.opened(file, options, vocabulary);
        let mut export;
        let days = if let Some(order) = options.date_order {
            export = opened(file)?;
            export.days_asked(order)
        } else if self.opens_again(file) {
            let days = self.decided(file, &opened)?;
            // Only now: two readers of one file in turn, never at once.
            export = opened(file)?;
            days
        } else {
            export = opened(file)?;
            export.days_of_head()
        };
        if let Ok(mut known) = self.days.lock() {
            known.insert(file.to_owned(), days.clone());
        }
        let mut export = export.with(days);
        export.noticed = Some(Noticed::clone(&self.noticed));
        Ok(export)
    }

    /// What was noticed in each file that was read: what its rows tell about the whole of it.
    pub fn remarks(&self) -> Vec<Problem> {
        let Ok(noticed) = self.noticed.lock() else { return Vec::new() };
        self.files.iter().filter_map(|file| noticed.get(&file.display().to_string())).flatten().cloned().collect()
    }

    fn opens_again(&self, file: &Path) -> bool {
        if is_standard_input(file) { self.kept.is_some() } else { file.is_file() }
    }

    /// How the days of a file are written: as its own column tells or, where that does not decide it, as all other files of the run
    /// do whose column has the same name and decides it.
    fn decided(&self, file: &Path, opened: &Opened<'_>) -> Result<Option<Days>, InputError> {
        let own = self.told(file, opened)?;
        let Some(undecided) = own.as_ref().filter(|days| days.order.is_none()) else { return Ok(own) };
        // What is wrong with another file is said when it is its turn.
        let others = self.files.iter().filter(|other| *other != file && self.opens_again(other));
        let others = others.filter_map(|other| self.told(other, opened).ok().flatten());
        let orders: Vec<DateOrder> =
            others.filter(|days| days.column == undecided.column).filter_map(|days| days.order).collect();
        let order = orders.first().copied().filter(|first| orders.iter().all(|order| order == first));
        let order = order.filter(|order| undecided.possible.contains(order));
        Ok(Some(match order {
            Some(_) => Days { order, why: "so are those of the other exports".into(), ..undecided.clone() },
            None => undecided.clone(),
        }))
    }

    /// What a file's own column tells of its days.
    fn told(&self, file: &Path, opened: &Opened<'_>) -> Result<Option<Days>, InputError> {
        if let Some(told) = self.told.lock().ok().and_then(|told| told.get(file).cloned()) {
            return Ok(told);
        }
        let days = opened(file)?.days_of_all();
        if let Ok(mut told) = self.told.lock() {
            told.insert(file.to_owned(), days.clone());
        }
        Ok(days)
    }

    /// How the days of each file that was opened are read, by the file as the user named it; only where an order matters.
    pub fn days(&self) -> BTreeMap<String, Days> {
        let Ok(days) = self.days.lock() else { return BTreeMap::new() };
        let told = days.iter().filter_map(|(file, days)| Some((file.display().to_string(), days.clone()?)));
        told.collect()
    }

    fn opened(&self, file: &Path, options: &Options, vocabulary: &Vocabulary) -> Result<Export, InputError> {
        let Some(kept) = self.kept.as_ref().filter(|_| is_standard_input(file)) else {
            return Export::open(file, options, vocabulary);
        };
        let rewound = || {
            let mut kept = kept.try_clone()?;
            kept.rewind()?;
            Ok(kept)
        };
        let reader = rewound().map_err(|error| io_error(file, &error))?;
        Export::read(file.display().to_string(), Box::new(reader), options, vocabulary, Role::Note)
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn keep() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// The files meant by the paths that the user named, in a fixed order: folders are searched for exports.
///
/// # Errors
/// A path that does not exist, or a folder without an export.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut out = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            out.push(path.clone());
            continue;
        }
        let meta = std::fs::metadata(path).map_err(|error| io_error(path, &error))?;
        if !meta.is_dir() {
            out.push(path.clone());
            continue;
        }
        let before = out.len();
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| io_error(path, &error))? {
            entries.push(entry.map_err(|error| io_error(path, &error))?.path());
        }
        entries.sort();
        let readable = |p: &PathBuf| {
            let ending = p.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
            p.is_file() && FORMATS.iter().any(|format| format.endings.contains(&ending.as_str()))
        };
        out.extend(entries.into_iter().filter(readable));
        if out.len() == before {
            return Err(InputError::NothingInFolder { folder: path.display().to_string() });
        }
    }
    Ok(out)
}
