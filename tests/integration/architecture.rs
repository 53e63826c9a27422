//! The house: layers, file lengths, and no language in the code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// The modules in the order of `src/lib.rs`.
fn layers() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut out = Vec::new();
    sources(&root().join("src"), &mut out);
    assert!(out.len() > 40);
    out
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let layers = layers();
    assert_eq!(layers.first().map(String::as_str), Some("yaml"));
    for path in all_sources() {
        let relative = path.strip_prefix(root().join("src")).unwrap();
        let module = relative.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let Some(own) = layers.iter().position(|l| *l == module) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(other) = layers.iter().position(|l| *l == used) {
                    assert!(
                        other <= own,
                        "{}:{}: `{module}` uses `{used}`, which stands below it",
                        relative.display(),
                        number + 1
                    );
                }
            }
        }
    }
}

#[test]
fn files_stay_short() {
    for path in all_sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}
