//! The same bytes on any number of threads, and in whatever order the inputs are named.

use std::collections::BTreeMap;

use crate::support::{Place, fixture};

/// Every order of the names.
fn orders(names: &[&'static str]) -> Vec<Vec<&'static str>> {
    if names.len() < 2 {
        return vec![names.to_vec()];
    }
    let with_first = |at: usize| {
        let rest: Vec<_> = names.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, name)| *name).collect();
        orders(&rest).into_iter().map(move |rest| [&[names[at]][..], &rest].concat())
    };
    (0..names.len()).flat_map(with_first).collect()
}

/// Every format of the code's own list, each from its file; and the verdict.
fn outputs(place: &Place, inputs: &[&str], threads: usize) -> BTreeMap<&'static str, String> {
    let formats: Vec<&'static str> = acw::report::FORMATS.iter().map(|format| format.name).collect();
    let asked: Vec<String> = formats.iter().map(|format| format!("--format={format}=out/{format}")).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let done = place.acw_with(&[&["check"][..], inputs, &asked].concat(), "", threads);
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    let mut out = BTreeMap::from([("standard output", done.out), ("standard error", done.err)]);
    for format in formats {
        out.insert(format, std::fs::read_to_string(place.path(&format!("out/{format}"))).unwrap());
    }
    out
}

#[test]
fn neither_threads_nor_the_order_of_inputs_change_a_byte() {
    let place = Place::new();
    // Languages that differ from file to file, rows that cannot be read, and the same notes twice.
    let mut names = Vec::new();
    for (name, from) in [
        ("d/b.csv", "exports/sample.csv"),
        ("d/a.csv", "exports/genesys-es.csv"),
        ("d/c.csv", "exports/broken-rows.csv"),
    ] {
        place.write(name, std::fs::read(fixture(from)).unwrap());
        names.push(name);
    }
    let first = outputs(&place, &names, 1);
    assert!(first.len() > 10 && first.values().filter(|text| text.is_empty()).count() == 0, "{:?}", first.keys());
    let files: Vec<&str> = first["concise"].lines().filter_map(|line| line.split(':').next()).collect();
    assert!(files[..files.len() - 1].is_sorted(), "by file name");
    for (run, order) in orders(&names).into_iter().enumerate() {
        let threads = [1, 2, 4][run % 3];
        for (format, text) in outputs(&place, &order, threads) {
            assert!(text == first[format], "{format}, {threads} threads, {order:?}");
        }
    }
    let folder = outputs(&place, &["d"], 1);
    assert_eq!(folder["jsonl"], first["jsonl"], "a folder is its files");
    for threads in [2, 4] {
        assert!(outputs(&place, &["d"], threads) == folder, "{threads} threads");
    }
}
