//! What the targets share: the rules, loaded once a process, and files in memory.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use acw::input::Vocabulary;
use acw::model::{Answer, Disposition, Role};
use acw::rules::Rulebook;
use acw::text::Folder;
use tempfile::TempDir;

/// The built-in rules.
pub fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::load(None).expect("the built-in rules load"))
}

/// A small vocabulary: every export that is opened takes a copy, and that of the rules would cost more than reading it.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        let mut vocabulary = Vocabulary::new(Folder::default());
        for role in Role::ALL {
            vocabulary.add_columns(role, "core", &[role.name().to_owned()]);
        }
        vocabulary.add_columns(Role::Note, "core", &["body".to_owned(), "observaciones".to_owned(), "备注".to_owned()]);
        vocabulary.add_dispositions(Disposition::Resolved, &["resolved".to_owned(), "done".to_owned()]);
        vocabulary.add_answers(Answer::Fail, &["fail".to_owned(), "x".to_owned()]);
        vocabulary.add_language("es", &["Spanish", "Español"]);
        vocabulary
    })
}

/// A folder of this process, in memory where the system has a place for that.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    FOLDER.get_or_init(|| tempfile::Builder::new().prefix("acw-fuzz-").tempdir_in(place).expect("a folder")).path()
}

/// Writes a file into [`folder`], whatever stood there.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, content).expect("the file is written");
    path
}
