//! A folder appears whole or not at all: it is made beside its place and put there at the end.
//!
//! What fails in the middle leaves the older folder as it was. A run that was killed leaves the folder in which it worked; the next
//! run that writes beside it knows by the lock that nobody works there any more, and clears it away.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use tempfile::TempDir;

use crate::files::REPORT;

/// How the names of the folders start in which we work.
const WORKSHOP: &str = ".acw-making-";
/// The file in such a folder that is locked as long as somebody works there. It holds the name of what is made.
const LOCK: &str = "lock";
/// A folder without a lock that is older was left behind by somebody who did not even come to lock it.
const STARTED: Duration = Duration::from_secs(60);
/// Files that are brought to the disk side by side: it takes as long for many as for one.
const SIDE_BY_SIDE: usize = 16;

/// A folder in the making, beside the place where it will stand.
pub(crate) struct Folder {
    target: PathBuf,
    /// Whether it is a report, which replaces an older one.
    report: bool,
    /// Removed with everything in it when this goes out of scope, finished or not.
    workshop: TempDir,
    /// Held until then.
    _lock: File,
    written: Mutex<Vec<PathBuf>>,
}

impl Folder {
    /// Starts a report that will stand at `dir`.
    ///
    /// # Errors
    /// What [`check`] says; a place where nothing can be written.
    pub(crate) fn start(dir: &Path) -> io::Result<Self> {
        check(dir)?;
        Self::start_at(dir, true)
    }

    /// Starts a folder that will stand at `dir`, where nothing is yet.
    ///
    /// # Errors
    /// What [`check_new`] says; a place where nothing can be written.
    pub(crate) fn start_new(dir: &Path) -> io::Result<Self> {
        check_new(dir)?;
        Self::start_at(dir, false)
    }

    fn start_at(dir: &Path, report: bool) -> io::Result<Self> {
        let target = if dir.exists() { at(dir, fs::canonicalize(dir))? } else { at(dir, std::path::absolute(dir))? };
        let parent = target.parent().ok_or_else(|| refused(dir, "is the root of a file system"))?;
        at(parent, fs::create_dir_all(parent))?;
        clear(parent);
        // In the same folder, so that the last step is a rename and never a copy.
        let workshop = at(parent, tempfile::Builder::new().prefix(WORKSHOP).tempdir_in(parent))?;
        let lock = at(workshop.path(), lock(workshop.path(), &target))?;
        // The folder of the crate is for its owner alone; what is made gets what the user's umask says.
        at(workshop.path(), fs::create_dir(workshop.path().join("new")))?;
        Ok(Folder { target, report, workshop, _lock: lock, written: Mutex::default() })
    }

    /// Where things may wait that are no part of what is made.
    pub(crate) fn scratch(&self) -> &Path {
        self.workshop.path()
    }

    /// Writes a file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        let path = self.workshop.path().join("new").join(name);
        at(&self.target.join(name), fs::write(&path, content))?;
        if let Ok(mut written) = self.written.lock() {
            written.push(path);
        }
        Ok(())
    }

    /// Puts the folder in its place, and an older report out of the way; `about` says what wrote it.
    ///
    /// # Errors
    /// What stands there by now, a full disk; then all is as it was.
    pub(crate) fn finish(self, about: &str) -> io::Result<()> {
        if self.report {
            let mut names: Vec<String> = self
                .written
                .lock()
                .map_or_else(|_| Vec::new(), |written| written.iter().map(|path| name(path)).collect());
            names.sort();
            self.write(REPORT, format!("{}\n\n{}\n", about.trim_end(), names.join("\n")))?;
        }
        self.settle()?;
        // Somebody may have put something there while we worked.
        if self.report {
            check(&self.target)?
        } else {
            check_new(&self.target)?
        }
        let (new, old) = (self.workshop.path().join("new"), self.workshop.path().join("old"));
        if !self.target.exists() {
            return at(&self.target, fs::rename(&new, &self.target));
        }
        // In one step, where the system has one: the older folder goes with the workshop.
        if exchange(&new, &self.target).is_ok() {
            return Ok(());
        }
        at(&self.target, fs::rename(&self.target, &old))?;
        if let Err(error) = fs::rename(&new, &self.target) {
            at(&self.target, fs::rename(&old, &self.target))?;
            return at(&self.target, Err(error));
        }
        Ok(())
    }

    /// Brings the files to the disk: some systems tell only then that it is full, and a machine that stops must not have the new name
    /// without the content.
    fn settle(&self) -> io::Result<()> {
        let written = self.written.lock().map(|mut written| std::mem::take(&mut *written)).unwrap_or_default();
        let settle =
            |path: &PathBuf| at(path, File::options().append(true).open(path).and_then(|file| file.sync_all()));
        let share = written.len().div_ceil(SIDE_BY_SIDE).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                written.chunks(share).map(|paths| scope.spawn(|| paths.iter().try_for_each(settle))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
        })
    }
}

/// Whether a report may be written to `dir`: nothing is there, an empty folder, or a report of ours with nothing of anybody else in it.
///
/// # Errors
/// What stands in the way.
pub fn check(dir: &Path) -> io::Result<()> {
    if is_free(dir)? {
        return Ok(());
    }
    let Ok(marker) = fs::read_to_string(dir.join(REPORT)) else { return Err(refused(dir, "holds other files")) };
    // An older version listed no files.
    let Some((_, own)) = marker.split_once("\n\n") else { return Ok(()) };
    let own: HashSet<&str> = own.lines().chain([REPORT]).collect();
    let mut others: Vec<String> = at(dir, fs::read_dir(dir))?.flatten().map(|entry| name(&entry.path())).collect();
    // File managers leave their own notes in every folder that somebody looks into.
    let of_system = |name: &str| name.starts_with('.') || matches!(name, "Thumbs.db" | "desktop.ini");
    others.retain(|name| !own.contains(name.as_str()) && !of_system(name));
    others.sort();
    match others.as_slice() {
        [] => Ok(()),
        [others @ .., last] => {
            let several = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            Err(refused(dir, &format!("holds what acw did not write ({last}{several})")))
        }
    }
}

/// The last part of a path.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a new folder may be written to `dir`: nothing is there, or an empty folder.
///
/// # Errors
/// What stands in the way.
pub fn check_new(dir: &Path) -> io::Result<()> {
    if is_free(dir)? {
        return Ok(());
    }
    let message = format!(
        "{} holds other files, reviewers' work perhaps, so no sample is written there\n  help: name a new folder, or an empty one",
        dir.display()
    );
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

fn is_free(dir: &Path) -> io::Result<bool> {
    match fs::metadata(dir) {
        Ok(about) if about.is_dir() => Ok(at(dir, fs::read_dir(dir))?.next().is_none()),
        Ok(_) => Err(refused(dir, "is a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => at(dir, Err(error)),
    }
}

fn refused(dir: &Path, why: &str) -> io::Error {
    let message = format!(
        "{} {why}, so nothing is written there\n  help: name a new folder, an empty one, or a report that acw wrote and that holds nothing else",
        dir.display()
    );
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

/// Writes several files of a folder that is there anew. Nothing is touched before all of them are on the disk.
///
/// # Errors
/// A file that cannot be written; then the folder is as it was.
pub(crate) fn rewrite(dir: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<Vec<PathBuf>> {
    let made: Vec<(PathBuf, PathBuf)> =
        files.iter().map(|(name, _)| (dir.join(format!("{name}.new")), dir.join(name))).collect();
    let write = |(new, bytes): (&PathBuf, &[u8])| {
        let mut file = File::create(new)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    let put = |((new, path), (_, bytes)): (&(PathBuf, PathBuf), &(&str, Vec<u8>))| at(path, write((new, bytes)));
    let mut done = made.iter().zip(files).try_for_each(put);
    if done.is_ok() {
        done = made.iter().try_for_each(|(new, path)| at(path, fs::rename(new, path)));
    }
    if done.is_err() {
        made.iter().for_each(|(new, _)| drop(fs::remove_file(new)));
    }
    done.map(|()| made.into_iter().map(|(_, path)| path).collect())
}

/// Adds text to the end of a file, which is made where there is none.
///
/// # Errors
/// A file that cannot be written; then nothing of the text stands in it.
pub fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = at(path, File::options().create(true).append(true).open(path))?;
    let before = at(path, file.metadata())?.len();
    // One write: two people at once do not end up in each other's lines.
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = file.set_len(before);
    }
    at(path, written)
}

/// Locks a workshop and says in it what is made.
fn lock(workshop: &Path, target: &Path) -> io::Result<File> {
    let mut file = File::create(workshop.join(LOCK))?;
    // A file system without locks does not keep anybody from writing; nothing is cleared away there.
    let _ = file.try_lock();
    file.write_all(target.file_name().unwrap_or_default().as_encoded_bytes())?;
    Ok(file)
}

/// Clears away what runs that were killed left beside their reports. Whatever speaks against it, it stays.
fn clear(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(WORKSHOP) {
            continue;
        }
        let workshop = entry.path();
        let old = fs::symlink_metadata(&workshop)
            .and_then(|about| about.modified())
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STARTED));
        let name = fs::read(workshop.join(LOCK)).unwrap_or_default();
        if name.is_empty() {
            // Somebody is just about to lock it, or never came to it.
            if old {
                let _ = fs::remove_dir_all(&workshop);
            }
            continue;
        }
        // Held by whoever works there; the system lets go of it when the process ends, however it ends.
        let Ok(lock) = File::options().append(true).open(workshop.join(LOCK)) else { continue };
        if lock.try_lock().is_err() {
            continue;
        }
        // Killed between the two renames of a system that has no exchange: the older report comes back.
        if let Some(target) =
            std::str::from_utf8(&name).ok().map(|name| parent.join(name)).filter(|target| !target.exists())
        {
            let _ = fs::rename(workshop.join("old"), target);
        }
        let _ = fs::remove_dir_all(&workshop);
    }
}

/// Exchanges two folders in one step.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// Elsewhere there is no such step that is safe to call.
#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The path in front of the message, and what to do behind it.
pub(crate) fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    use io::ErrorKind::{
        FileTooLarge, NotADirectory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    result.map_err(|error| {
        let help = match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => {
                "make room, or write to another disk; what stood there is as it was"
            }
            PermissionDenied | ReadOnlyFilesystem => "name a folder that you may write to",
            NotADirectory => "a part of the path is a file; name another folder",
            _ => "check the path and the disk; what stood there is as it was",
        };
        io::Error::new(error.kind(), format!("{}: {error}\n  help: {help}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn report(dir: &Path, file: &str) {
        let folder = Folder::start(dir).unwrap();
        folder.write(file, "x").unwrap();
        folder.finish("").unwrap();
    }

    #[test]
    fn a_report_replaces_an_older_one_whole_and_leaves_nothing_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("out");
        report(&dir, "a.html");
        report(&dir, "b.html");
        assert_eq!(names(&dir), [REPORT, "b.html"]);
        assert_eq!(names(place.path()), ["out"]);
    }

    #[test]
    fn a_report_in_which_somebody_put_something_stays() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("out");
        report(&dir, "a.html");
        fs::write(dir.join(".DS_Store"), "x").unwrap();
        report(&dir, "a.html");
        fs::write(dir.join("signed.pdf"), "x").unwrap();
        fs::create_dir(dir.join("minutes")).unwrap();
        let error = Folder::start(&dir).err().unwrap().to_string();
        assert!(error.contains("did not write (signed.pdf and 1 more)"), "{error}");
        assert_eq!(names(&dir), [REPORT, "a.html", "minutes", "signed.pdf"]);
        fs::write(dir.join(REPORT), "acw 0.1.0 rules 1f\n").unwrap();
        report(&dir, "b.html");
        assert_eq!(names(&dir), [REPORT, "b.html"], "of a version that listed no files");
    }

    #[test]
    fn an_unfinished_report_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        Folder::start(&place.path().join("out")).unwrap().write("a.html", "x").unwrap();
        assert!(names(place.path()).is_empty());
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.txt"), "x").unwrap();
        for refused in [Folder::start(place.path()), Folder::start_new(place.path())] {
            let error = refused.err().unwrap();
            assert!(error.to_string().contains("holds other files"), "{error}");
        }
        assert_eq!(names(place.path()), ["thesis.txt"]);
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_away_and_what_somebody_works_in_is_not() {
        let place = tempfile::tempdir().unwrap();
        let busy = Folder::start(&place.path().join("other")).unwrap();
        let left = place.path().join(format!("{WORKSHOP}left"));
        fs::create_dir_all(left.join("new")).unwrap();
        fs::write(left.join(LOCK), "out").unwrap();
        let starting = place.path().join(format!("{WORKSHOP}starting"));
        fs::create_dir(&starting).unwrap();
        report(&place.path().join("out"), "a.html");
        assert!(!left.exists() && starting.exists() && busy.workshop.path().exists());
    }

    #[test]
    fn a_report_that_was_out_of_the_way_when_its_run_was_killed_comes_back() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(format!("{WORKSHOP}left"));
        fs::create_dir_all(left.join("old")).unwrap();
        fs::write(left.join("old/a.html"), "old").unwrap();
        fs::write(left.join(LOCK), "out").unwrap();
        clear(place.path());
        assert_eq!(
            (names(place.path()), names(&place.path().join("out"))),
            (vec!["out".into()], vec!["a.html".into()])
        );
    }

    #[test]
    fn files_that_are_written_anew_stay_where_one_of_them_cannot_be() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "old").unwrap();
        // The second cannot be made: a folder stands where it is to be written first.
        fs::create_dir(place.path().join("b.new")).unwrap();
        let files = [("a", b"new".to_vec()), ("b", b"new".to_vec())];
        assert!(rewrite(place.path(), &files).is_err());
        assert_eq!(fs::read_to_string(place.path().join("a")).unwrap(), "old");
        fs::remove_dir(place.path().join("b.new")).unwrap();
        rewrite(place.path(), &files).unwrap();
        assert_eq!(names(place.path()), ["a", "b"]);
    }
}
