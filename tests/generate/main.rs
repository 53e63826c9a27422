//! Writes a large export for load tests: `cargo run --release --example generate -- 200000 > notes.csv`.
//!
//! Each row is a note of the sample export with its digits turned by the row's number, under one of 500 agents: the
//! texts keep their lengths, languages and errors, and no two rows are alike. The same number gives the same bytes.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(rows) = std::env::args().nth(1).and_then(|n| n.parse::<u64>().ok()) else {
        let _ = writeln!(io::stderr(), "usage: generate ROWS > FILE.csv");
        return ExitCode::from(2);
    };
    match generate(rows) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(rows: u64) -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/exports/sample.csv");
    let mut sample = csv::Reader::from_path(path)?;
    let headers = sample.headers()?.clone();
    let notes: Vec<csv::StringRecord> = sample.records().collect::<Result<_, _>>()?;
    let column = |name: &str| headers.iter().position(|h| h == name);
    let (id, agent, note) = (column("note_id"), column("agent_id"), column("note"));
    let mut out = csv::Writer::from_writer(BufWriter::new(io::stdout().lock()));
    out.write_record(&headers)?;
    let mut row = csv::StringRecord::new();
    for number in 0..rows {
        let model = &notes[(number as usize * 7) % notes.len()];
        row.clear();
        for (at, field) in model.iter().enumerate() {
            if Some(at) == id {
                row.push_field(&format!("N{number:08}"));
            } else if Some(at) == agent {
                row.push_field(&format!("A{:03}", number % 500));
            } else if Some(at) == note {
                row.push_field(&turned(field, number));
            } else {
                row.push_field(field);
            }
        }
        out.write_record(&row)?;
    }
    out.flush()?;
    Ok(())
}

/// The text with short numbers turned; long ones stay, so that card and account numbers keep their check digits.
fn turned(text: &str, by: u64) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        let turn = (4..=9).contains(&run.len());
        for (at, digit) in run.bytes().enumerate() {
            let turned = if turn && at > 0 {
                (u64::from(digit - b'0') + by / 10_u64.pow(at as u32 % 6)) % 10
            } else {
                u64::from(digit - b'0')
            };
            out.push(char::from(b'0' + turned as u8));
        }
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
