//! What each stage of an audit costs: `cargo bench --bench stages`, or some of them: `cargo bench --bench stages -- check`.
//!
//! The figures are of one thread, for 400 notes as `generate` makes them, in the proportions of its languages; `items/s` are notes.

#[path = "../generate/notes.rs"]
mod notes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use acw::audit::{Workspaces, audit_note};
use acw::checks::Corpus;
use acw::input::{Options, Sources, read_grid};
use acw::measure::{Card, Stake, score};
use acw::model::{AuditedNote, Note};
use acw::report::Format;
use acw::rules::Rulebook;
use acw::text::prepared::Workspace;
use acw::text::{Folded, Prepared};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use notes::{HEADER, Notes};

const NOTES: u64 = 400;

fn main() {
    divan::main();
}

fn book() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::load(None).expect("the built-in rules compile"));
    &BOOK
}

/// The export as a file.
fn export() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stages.csv");
        let notes = Notes::new(12).expect("the built-in rules compile");
        let mut out = csv::Writer::from_path(&path).expect("the target folder can be written");
        out.write_record(HEADER).expect("the target folder can be written");
        for number in 0..NOTES {
            out.write_record(notes.row(number)).expect("the target folder can be written");
        }
        path
    })
}

fn read() -> Vec<Note> {
    let sources = Sources::find(std::slice::from_ref(export()), false).expect("the export is there");
    let export = sources.open(export(), &Options::default(), &book().vocabulary).expect("the export can be read");
    export.filter_map(Result::ok).collect()
}

/// The notes, each with the index of its language, one language after the other as a run has them.
fn by_language() -> &'static [(usize, Note)] {
    static SORTED: LazyLock<Vec<(usize, Note)>> = LazyLock::new(|| {
        let of = |note: Note| Some((book().language(note.language.as_deref()?)?, note));
        let mut notes: Vec<(usize, Note)> = read().into_iter().filter_map(of).collect();
        notes.sort_by_key(|(language, _)| *language);
        notes
    });
    &SORTED
}

fn audited() -> &'static [AuditedNote] {
    static AUDITED: LazyLock<Vec<AuditedNote>> = LazyLock::new(|| {
        let mut workspaces = Workspaces::default();
        let corpus = Corpus::default();
        let audit = |(language, note): &(usize, Note)| {
            audit_note(note.clone(), Some(*language), book(), &corpus, &mut workspaces)
        };
        by_language().iter().map(audit).collect()
    });
    &AUDITED
}

/// From bytes to rows of cells.
#[divan::bench]
fn decode(bencher: Bencher) {
    let file = export();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| read_grid(file));
}

/// From bytes to notes: [`decode`], then the columns.
#[divan::bench]
fn columns(bencher: Bencher) {
    export();
    book();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(read);
}

/// Folding, sentences, what the lists find, whose words.
#[divan::bench]
fn prepare(bencher: Bencher) {
    let book = book();
    let mut workspaces: Vec<Workspace> = book.languages.iter().map(|l| Workspace::new(&l.scanner)).collect();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| {
        for (index, note) in by_language() {
            let language = &book.languages[*index];
            black_box(
                workspaces[*index].prepare(note, &book.folder, &language.scanner, &language.speech).sentences.len(),
            );
        }
    });
}

/// Folding alone.
#[divan::bench]
fn fold(bencher: Bencher) {
    let mut folded = Folded::default();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| {
        for (_, note) in by_language() {
            book().folder.fold_into(&note.text, &mut folded);
            black_box(folded.text.len());
        }
    });
}

fn kinds() -> Vec<&'static str> {
    let rules: BTreeMap<&'static str, ()> = book().rules.iter().map(|rule| (rule.kind, ())).collect();
    rules.into_keys().collect()
}

/// All rules of a kind on notes that are prepared.
#[divan::bench(args = kinds())]
fn check(bencher: Bencher, kind: &str) {
    let book = book();
    let of_language = |(index, _): &(usize, Note)| Workspace::new(&book.languages[*index].scanner);
    let mut workspaces: Vec<Workspace> = by_language().iter().map(of_language).collect();
    let prepared: Vec<(usize, Prepared<'_>)> = workspaces
        .iter_mut()
        .zip(by_language())
        .map(|(workspace, (index, note))| {
            let language = &book.languages[*index];
            (*index, workspace.prepare(note, &book.folder, &language.scanner, &language.speech))
        })
        .collect();
    let corpus = Corpus::default();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| {
        for (index, note) in &prepared {
            let checks = book.rules.iter().zip(&book.languages[*index].checks).filter(|(rule, _)| rule.kind == kind);
            for check in checks.filter_map(|(_, check)| check.as_ref()) {
                black_box(check.check(note, &corpus));
            }
        }
    });
}

/// All of it for a note that was read: [`prepare`], every check, the findings with their wording, the score.
#[divan::bench]
fn judge(bencher: Bencher) {
    let mut workspaces = Workspaces::default();
    let corpus = Corpus::default();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| {
        for (index, note) in by_language() {
            black_box(audit_note(note.clone(), Some(*index), book(), &corpus, &mut workspaces));
        }
    });
}

/// The score of a note in which nothing was found.
#[divan::bench]
fn points(bencher: Bencher) {
    let book = book();
    let stakes: Vec<Stake> = book
        .rules
        .iter()
        .enumerate()
        .map(|(at, rule)| Stake {
            category: rule.category,
            rule: at,
            points: rule.points,
            critical: rule.critical.is_some(),
        })
        .collect();
    let weight = |category| book.weight(category, None);
    let cap = |rule| book.cap(rule, None);
    bencher.counter(ItemsCount::new(1u32)).bench_local(|| {
        let card = Card { method: book.scorecard.method, weight: &weight, cap: &cap };
        score(&card, black_box(&stakes), &mut [])
    });
}

/// Findings as JSON lines, and as CSV.
#[divan::bench(args = ["jsonl", "csv", "github"])]
fn report(bencher: Bencher, format: &str) {
    let format = Format::of(format).expect("the format is known");
    let mut out = Vec::new();
    bencher.counter(ItemsCount::new(NOTES)).bench_local(|| {
        out.clear();
        let mut writer = (format.writer)(acw::report::Colour::Off);
        for note in audited() {
            writer.note(note, book(), &mut out).expect("memory can be written");
        }
        out.len()
    });
}
