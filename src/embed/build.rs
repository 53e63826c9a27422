//! Build script: lists every file under `rules/` and `reports/`, so that they stand inside the binary.
//!
//! A macro that reads folders would not tell cargo which files it read; a changed rule would then not be built in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut table = String::from("&[\n");
    for folder in ["rules", "reports"] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        files.sort();
        for file in files {
            let name = file.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
            let _ = writeln!(table, "({name:?}, include_str!({:?})),", file.display().to_string());
        }
    }
    table.push(']');
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("embedded.rs"), table).expect("the build folder can be written");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let wanted = ["yaml", "hbs", "css", "js", "json"];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| wanted.iter().any(|w| e == *w)) {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
