//! Build script: lists every file under `rules/` and `reports/`, so that they stand inside the binary.
//!
//! A macro that reads folders would not tell cargo which files it read; a changed rule would then not be built in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

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
            // Hashed here, that no run need hash five megabytes.
            let text = fs::read(&file).expect("a file that was listed can be read");
            let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
            let _ = writeln!(table, "({name:?}, include_str!({:?}), {digest:?}),", file.display().to_string());
        }
    }
    println!("cargo::rustc-env=ACW_SOURCES={}", sources(&root.join("src")));
    table.push(']');
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("embedded.rs"), table).expect("the build folder can be written");
}

/// Hash of the program's own text, by which one build tells what it kept from what another kept.
fn sources(folder: &Path) -> String {
    println!("cargo::rerun-if-changed=src");
    let mut pending = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { pending.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut hash = Sha256::new();
    files.iter().for_each(|file| hash.update(fs::read(file).unwrap_or_default()));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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
