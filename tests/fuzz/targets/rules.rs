//! Any bytes as one file of a small pack that stands alone: the first byte says which. What loads is compiled, and a note is audited
//! with it.

#![no_main]

use std::fs;
use std::path::Path;

use acw::audit::{Workspaces, audit_note};
use acw::checks::Corpus;
use acw::model::Note;
use acw::rules::Rulebook;
use libfuzzer_sys::fuzz_target;

const PACK: &[(&str, &str)] = &[
    ("pack.yaml", "extends: []\n"),
    (
        "core/mine.yaml",
        "rules:\n  - {id: mine, category: judgement, severity: minor, points: 1, readers: [], check: {words: {lists: [a, b]}}}\n",
    ),
    (
        "lang/en/language.yaml",
        "{code: en, name: English, native: English, script: latin, quotes: ['\"\"'], dispositions: {}, call_types: {}, channels: {}}\n",
    ),
    ("lang/en/words/mine.yaml", "a: [rude, 'so <b>? rude']\nb: [very, very much]\n"),
    (
        "lang/en/texts.yaml",
        "mine: {title: t, message: 'm {text}', customer: c, organisation: o, agent: a, fires: [rude], spares: [kind]}\n",
    ),
    ("core/scorecard.yaml", "{}\n"),
    ("core/columns.yaml", "note: [note]\n"),
    ("core/words/all.yaml", "c: [x]\n"),
    ("profiles/one.yaml", "{when: {call_type: [sales]}, rules: {mine: {points: 2}}}\n"),
    ("lang/en/readers.yaml", "back: Back office\n"),
    ("lang/en/report.yaml", "team.title: Team\n"),
    ("lang/en/examples/mine.yaml", "mine: {fires: [rude]}\n"),
    ("lang/en/traditional.yaml", "pairs: [a b]\n"),
];

/// Words in which the terms of the seeds are found.
const NOTE: &str = "Cust was so very rude, no idea why; he said \"idiot\". 明明说过了不行, ref 4471 on 12/05. Álvaro l'appelle: tontas!";

fuzz_target!(|bytes: &[u8]| {
    let Some((which, content)) = bytes.split_first() else { return };
    let folder = acw_fuzz::folder();
    let which = usize::from(*which) % PACK.len();
    for (at, (name, text)) in PACK.iter().enumerate() {
        write(&folder.join(name), if at == which { content } else { text.as_bytes() });
    }
    let Ok(book) = Rulebook::load(Some(folder)) else { return };
    let note = Note { text: NOTE.into(), ..Note::default() };
    for language in 0..book.languages.len() {
        audit_note(note.clone(), Some(language), &book, &Corpus::default(), &mut Workspaces::new());
    }
});

fn write(path: &Path, content: &[u8]) {
    if let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) {
        fs::create_dir_all(parent).expect("a folder");
    }
    fs::write(path, content).expect("the file is written");
}
