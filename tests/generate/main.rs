//! Writes what benches and load tests read.
//!
//! - `cargo run --release --example generate -- 200000 > notes.csv`: so many notes under 500 agents in four languages, of which 12 in a
//!   hundred hold a text with an error; another share stands behind the number.
//! - `… -- terms 3000 > terms.txt`: so many words and phrases of the built-in lists.
//!
//! Everything is invented. The same numbers give the same bytes.

mod notes;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use acw::rules::Packs;
use notes::{HEADER, Notes};

const USAGE: &str = "usage: generate ROWS [ERRORS_IN_A_HUNDRED] > FILE.csv\n       generate terms COUNT > FILE.txt\n";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|arg| arg.parse().ok());
    let done = match (args.first().map(String::as_str), number(0), number(1)) {
        (Some("terms"), _, Some(count)) => terms(count),
        (_, Some(rows), errors) if args.len() < 3 => export(rows, errors.unwrap_or(12)),
        _ => {
            let _ = io::stderr().write_all(USAGE.as_bytes());
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn export(rows: u64, errors: u64) -> Result<(), Box<dyn Error>> {
    let notes = Notes::new(u32::try_from(errors)?)?;
    let mut out = csv::Writer::from_writer(BufWriter::new(io::stdout().lock()));
    out.write_record(HEADER)?;
    for number in 0..rows {
        out.write_record(notes.row(number))?;
    }
    out.flush()?;
    Ok(())
}

/// Entries that are written without the signs of the notation, of all lists of all languages, in the order of their letters.
fn terms(count: u64) -> Result<(), Box<dyn Error>> {
    let mut all = BTreeSet::new();
    for pack in Packs::load(None)?.languages.values() {
        let lexicon = pack.lexicon()?;
        for name in lexicon.names() {
            let plain =
                |entry: &str| entry.chars().all(|c| c.is_alphanumeric() || c == ' ') && entry.chars().count() > 3;
            all.extend(lexicon.entries(name).map(|(_, entry)| entry.to_owned()).filter(|entry| plain(entry)));
        }
    }
    // From everywhere in the alphabet.
    let step = (all.len() as u64 / count.max(1)).max(1) as usize;
    let mut out = BufWriter::new(io::stdout().lock());
    for term in all.iter().step_by(step).take(count as usize) {
        writeln!(out, "{term}")?;
    }
    Ok(out.flush()?)
}
