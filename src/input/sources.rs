//! What there is to read: the files that the user's paths mean, and standard input, which can be read only once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::files::{MANIFEST, REPORT};
use crate::model::{Problem, Role};

use super::archive::{self, Member, is_export};
use super::formats::{self, Wanted};
use super::manifest::Manifest;
use super::source::Source;
use super::spool::{self, Spools};
use super::watch::Noticed;
use super::{DateOrder, Days, Export, InputError, Options, Vocabulary, cannot_read, io_error};

/// Opens a file whose days nobody has looked at.
type Opened<'o> = dyn Fn(&Path) -> Result<Export, InputError> + 'o;

/// The exports of a run, in the order in which they are read: that of their names, so that nothing depends on the order in which
/// somebody named them.
#[derive(Debug)]
pub struct Sources {
    files: Vec<PathBuf>,
    /// Files that are members of zip archives: the archive, and the member.
    members: BTreeMap<PathBuf, (PathBuf, Member)>,
    /// Standard input and pipes, each copied into a file that has no name and is gone with this process.
    kept: BTreeMap<PathBuf, File>,
    /// What the files that were looked at tell of their days.
    told: Mutex<BTreeMap<PathBuf, Option<Days>>>,
    /// How the days of the files that were opened are read.
    days: Mutex<BTreeMap<PathBuf, Option<Days>>>,
    /// What was noticed in the files that were read.
    noticed: Noticed,
    /// Whether the files are read more than once, and those whose rows are kept for the next time.
    more_than_once: bool,
    spools: Spools,
}

impl Sources {
    /// Finds the files meant by `paths`. Where they are to be read more than once, standard input is copied first.
    ///
    /// # Errors
    /// A path that does not exist, a folder without an export, standard input that cannot be kept.
    pub fn find(paths: &[PathBuf], more_than_once: bool) -> Result<Self, InputError> {
        let mut sources = Sources {
            files: vec![],
            members: BTreeMap::new(),
            kept: BTreeMap::new(),
            told: Mutex::default(),
            days: Mutex::default(),
            noticed: Noticed::default(),
            more_than_once,
            spools: Spools::default(),
        };
        for path in paths {
            sources.expand(path)?;
        }
        sources.files.sort();
        // Named twice, or by itself and by its folder, a file is still one.
        let mut met = BTreeSet::new();
        sources.files.retain(|file| met.insert(std::fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
        // Pipes give what they hold once, like standard input.
        let once =
            |file: &PathBuf| is_standard_input(file) || std::fs::metadata(file).is_ok_and(|meta| !meta.is_file());
        let kept = |file: &PathBuf| sources.kept.contains_key(file);
        let once: Vec<PathBuf> =
            sources.files.iter().filter(|file| more_than_once && once(file) && !kept(file)).cloned().collect();
        for file in &once {
            let kept = if is_standard_input(file) {
                keep(&mut io::stdin().lock())
            } else {
                File::open(file).and_then(|mut pipe| keep(&mut pipe))
            };
            sources.kept.insert(file.clone(), kept.map_err(|error| io_error(file, &error))?);
        }
        Ok(sources)
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
            match self.without_doubt(file, &opened)? {
                Some(told) => {
                    export = told;
                    None
                }
                None => {
                    let days = self.decided(file, &opened)?;
                    // Only now: two readers of one file in turn, never at once.
                    export = opened(file)?;
                    days
                }
            }
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

    /// What was noticed in each file that was read: what its reader has to say, and what its rows tell about the whole of it.
    pub fn remarks(&self) -> Vec<Problem> {
        let Ok(noticed) = self.noticed.lock() else { return Vec::new() };
        let noticed = self.files.iter().filter_map(|file| noticed.get(&file.display().to_string())).flatten().cloned();
        noticed.chain(self.copies()).collect()
    }

    /// Files that hold the very bytes of another: their notes count twice.
    fn copies(&self) -> Vec<Problem> {
        let mut by_size: BTreeMap<u64, Vec<&PathBuf>> = BTreeMap::new();
        for file in &self.files {
            match std::fs::metadata(file) {
                Ok(about) if about.is_file() => by_size.entry(about.len()).or_default().push(file),
                _ => {}
            }
        }
        let first = |files: &[&PathBuf], at: usize| {
            files[..at].iter().find(|other| same_bytes(other, files[at]).unwrap_or(false)).map(|other| (*other).clone())
        };
        let remark = |(file, other): (&PathBuf, PathBuf)| Problem {
            file: file.display().to_string(),
            line: None,
            message: format!("it holds the very bytes of {}: its notes count twice", other.display()),
            help: "leave one of them out".into(),
            rejected: false,
        };
        let of_size = |files: &Vec<&PathBuf>| {
            let copies = (1..files.len()).filter_map(|at| Some((files[at], first(files, at)?)));
            copies.map(remark).collect::<Vec<_>>()
        };
        by_size.values().flat_map(of_size).collect()
    }

    fn opens_again(&self, file: &Path) -> bool {
        let on_disk = self.members.get(file).map_or(file, |(archive, _)| archive);
        self.kept.contains_key(on_disk) || on_disk.is_file()
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

    /// A file whose first rows leave no doubt about its days, as it was opened to look at them; nothing where they do, or where it is
    /// known already what the column tells.
    fn without_doubt(&self, file: &Path, opened: &Opened<'_>) -> Result<Option<Export>, InputError> {
        if self.told.lock().is_ok_and(|told| told.contains_key(file)) {
            return Ok(None);
        }
        let mut export = opened(file)?;
        if export.days_of_head().is_some() {
            self.remember(file, export.days_of_all());
            return Ok(None);
        }
        self.remember(file, None);
        Ok(Some(export))
    }

    /// What a file's own column tells of its days.
    fn told(&self, file: &Path, opened: &Opened<'_>) -> Result<Option<Days>, InputError> {
        if let Some(told) = self.told.lock().ok().and_then(|told| told.get(file).cloned()) {
            return Ok(told);
        }
        let days = opened(file)?.days_of_all();
        self.remember(file, days.clone());
        Ok(days)
    }

    fn remember(&self, file: &Path, days: Option<Days>) {
        if let Ok(mut told) = self.told.lock() {
            told.insert(file.to_owned(), days);
        }
    }

    /// How the days of each file that was opened are read, by the file as the user named it; only where an order matters.
    pub fn days(&self) -> BTreeMap<String, Days> {
        let Ok(days) = self.days.lock() else { return BTreeMap::new() };
        let told = days.iter().filter_map(|(file, days)| Some((file.display().to_string(), days.clone()?)));
        told.collect()
    }

    fn opened(&self, file: &Path, options: &Options, vocabulary: &Vocabulary) -> Result<Export, InputError> {
        let name = file.display().to_string();
        let kept = self.spools.lock().ok().and_then(|spools| Some(spools.get(file)?.open(&name)));
        let opened = match kept {
            Some(kept) => kept?,
            None => {
                let wanted = Wanted { options, vocabulary, needed: Role::Note, saved: false };
                let opened = formats::open(&name, self.source(file)?, &wanted)?;
                // To read a workbook takes many times what it takes to keep its rows.
                if self.more_than_once && opened.is_workbook {
                    spool::keeping(opened, file.to_owned(), &self.spools)
                } else {
                    opened
                }
            }
        };
        Export::of(name, opened, options, vocabulary, Role::Note)
    }

    /// What a file is read from.
    fn source(&self, file: &Path) -> Result<Source, InputError> {
        if let Some((archive, member)) = self.members.get(file) {
            let zip = match self.kept.get(archive) {
                Some(kept) => kept.try_clone(),
                None => File::open(archive),
            };
            let zip = zip.map_err(|error| io_error(archive, &error))?;
            return Ok(Source::Stream(member.open(&archive.display().to_string(), zip)?));
        }
        match self.kept.get(file) {
            Some(kept) => Ok(Source::File(kept.try_clone().map_err(|error| io_error(file, &error))?)),
            None if is_standard_input(file) => Ok(Source::Stream(Box::new(io::stdin()))),
            None => Source::open(file),
        }
    }

    /// Adds the files meant by a path that the user named, in a fixed order: folders and archives are searched for exports.
    fn expand(&mut self, path: &Path) -> Result<(), InputError> {
        let nothing = || InputError::NothingInFolder { folder: path.display().to_string() };
        let before = self.files.len();
        if is_standard_input(path) {
            self.standard_input(path)?;
        } else if std::fs::metadata(path).map_err(|error| io_error(path, &error))?.is_dir() {
            for export in exports_in(path)? {
                self.add(export)?;
            }
        } else {
            self.add(path.to_owned())?;
        }
        if self.files.len() == before { Err(nothing()) } else { Ok(()) }
    }

    /// Adds standard input. A zip archive is kept in a file first: the list of its members stands at its end.
    fn standard_input(&mut self, path: &Path) -> Result<(), InputError> {
        let failed = |error: io::Error| cannot_read(&path.display().to_string(), &error);
        // A look that takes nothing away; what comes in pieces too short to be told is read as one file.
        if !self.kept.contains_key(path) && !archive::starts(io::stdin().lock().fill_buf().map_err(failed)?) {
            self.files.push(path.to_owned());
            return Ok(());
        }
        if !self.kept.contains_key(path) {
            let file = Source::Stream(Box::new(io::stdin())).into_file().map_err(failed)?;
            self.kept.insert(path.to_owned(), file);
        }
        let Some(kept) = self.kept.get(path) else { return Ok(()) };
        let members = archive::members(&path.display().to_string(), kept)?;
        if archive::is_document(&members) {
            self.files.push(path.to_owned());
        } else {
            self.members(path, members);
        }
        Ok(())
    }

    /// Adds a file, or the exports in it where it is a zip archive.
    fn add(&mut self, path: PathBuf) -> Result<(), InputError> {
        match archived(&path)? {
            Some(members) => self.members(&path, members),
            None => self.files.push(path),
        }
        Ok(())
    }

    /// Adds the exports among the members of an archive.
    fn members(&mut self, path: &Path, members: Vec<Member>) {
        for member in members.into_iter().filter(Member::is_export) {
            // A name in an archive may start at the root; here it is only a name.
            let mut name = path.to_owned().into_os_string();
            name.push(format!("/{}", member.name));
            let name = PathBuf::from(name);
            self.members.insert(name.clone(), (path.to_owned(), member));
            self.files.push(name);
        }
    }
}

/// Whether two files of one size hold the same.
fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (mine, theirs) = (one.fill_buf()?, other.fill_buf()?);
        let length = mine.len().min(theirs.len());
        if length == 0 || mine[..length] != theirs[..length] {
            return Ok(length == 0 && mine.len() == theirs.len());
        }
        one.consume(length);
        other.consume(length);
    }
}

/// The exports in a folder and in the folders in it, by name. Left out are hidden ones, what an office program puts beside a file that
/// is open (`~$notes.xlsx`), and folders that this program wrote: pages with their figures, drawn samples.
///
/// # Errors
/// A folder that cannot be read.
pub fn exports_in(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut exports = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| io_error(folder, &error))? {
        let entry = entry.map_err(|error| io_error(folder, &error))?;
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        // A link to a folder may lead back to where it stands.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let made_here = path.join(REPORT).is_file() || Manifest::read(&path.join(MANIFEST)).is_ok();
            if !made_here {
                exports.extend(exports_in(&path)?);
            }
        } else if path.is_file() && is_export(&path) {
            exports.push(path);
        }
    }
    exports.sort();
    Ok(exports)
}

/// The members of a zip archive that is no workbook; `None` of any other file.
fn archived(path: &Path) -> Result<Option<Vec<Member>>, InputError> {
    // What is no plain file can be opened but once.
    if !path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(|error| io_error(path, &error))?;
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(|error| io_error(path, &error))?;
    if !archive::starts(&start) {
        return Ok(None);
    }
    let members = archive::members(&path.display().to_string(), &file)?;
    Ok(Some(members).filter(|members| !archive::is_document(members)))
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn keep(from: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(from, &mut file)?;
    Ok(file)
}
