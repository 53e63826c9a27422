//! Runs the binary in a clean environment.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// A folder for one test, with helpers to fill it and to run the binary in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// What a run printed and how it ended.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs `acw` with the arguments, in this folder, without the caller's colours and settings.
    pub(crate) fn acw(&self, args: &[&str]) -> Done {
        self.acw_with(args, "", 2)
    }

    pub(crate) fn acw_with(&self, args: &[&str], input: &str, threads: usize) -> Done {
        self.run(args, input.as_bytes(), threads)
    }

    /// Runs `acw` with bytes on standard input.
    pub(crate) fn acw_bytes(&self, args: &[&str], input: &[u8]) -> Done {
        self.run(args, input, 2)
    }

    /// Runs `acw` with something in the environment.
    pub(crate) fn acw_env(&self, args: &[&str], env: &[(&str, &str)]) -> Done {
        self.run_env(args, b"", 2, env)
    }

    fn run(&self, args: &[&str], input: &[u8], threads: usize) -> Done {
        self.run_env(args, input, threads, &[])
    }

    fn run_env(&self, args: &[&str], input: &[u8], threads: usize, env: &[(&str, &str)]) -> Done {
        let output = Command::cargo_bin("acw")
            .unwrap()
            .current_dir(self.folder.path())
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            .envs(env.iter().copied())
            .args(args)
            .write_stdin(input.to_vec())
            .output()
            .unwrap();
        Done {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Findings of `acw audit --format jsonl`.
    pub(crate) fn findings(&self, args: &[&str]) -> Vec<Value> {
        let done = self.acw(&[&["audit", "--format", "jsonl"], args].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A file of `fixtures/`.
pub(crate) fn fixture(name: &str) -> String {
    root().join("fixtures").join(name).display().to_string()
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The tabs of a workbook: name and rows.
pub(crate) fn workbook(path: &Path) -> Vec<(String, Vec<Vec<calamine::Data>>)> {
    use calamine::Reader as _;
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let tabs = book.worksheets();
    tabs.into_iter().map(|(name, range)| (name, range.rows().map(<[_]>::to_vec).collect())).collect()
}

/// A file as text, the cells of a workbook among them.
pub(crate) fn text_of(path: &Path) -> String {
    if path.extension().is_some_and(|e| e == "xlsx") {
        let cells = workbook(path).into_iter().flat_map(|(_, rows)| rows).flatten();
        return cells.map(|cell| format!("{cell}\n")).collect();
    }
    std::fs::read_to_string(path).unwrap()
}
