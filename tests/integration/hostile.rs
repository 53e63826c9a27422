//! Hostile input: cells that are formulas, names that climb out of folders or steer terminals, markup in every column and text, packs
//! of rules that explode. Each stays harmless or is refused with its place and the remedy.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use calamine::Data;

use crate::support::{Done, Place, text_of, workbook};

const RULE: &str = "rules:\n  - {id: mine, category: judgement, severity: minor, points: 1, readers: [], check: {words: {lists: [mine]}}}\n";
const TEXTS: &str = "mine: {title: t, message: m, customer: c, organisation: o, agent: a, fires: [rude], spares: []}\n";

/// Runs `acw audit` on `n.csv`, in four gibibytes of memory (the allocator reserves one of them) and so many seconds of processor time
/// at most: what goes on for ever is stopped, however busy the machine.
fn limited(place: &Place, seconds: u32, arguments: &str) -> Done {
    let output = Command::new("sh")
        .current_dir(place.path("."))
        .env("RAYON_NUM_THREADS", "2")
        .args([
            "-c",
            &format!(
                "ulimit -v 4194304 2> /dev/null; ulimit -t {seconds}; exec \"{}\" audit n.csv {arguments}",
                env!("CARGO_BIN_EXE_acw")
            ),
        ])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// The same with a pack; each needs a second or less.
fn with_pack(place: &Place, pack: &str) -> Done {
    place.write("n.csv", "note_id,agent_id,language,note\n1,A,en,x x x rude\n");
    limited(place, 60, &format!("--rules {pack}"))
}

/// A pack whose one rule asks for the list `mine`.
fn pack(words: &str) -> Place {
    let place = Place::new();
    place.write("rules/core/mine.yaml", RULE);
    place.write("rules/lang/en/texts/mine.yaml", TEXTS);
    place.write("rules/lang/en/words/mine.yaml", words);
    place
}

/// Lists that use each other ten times over, so many deep.
fn laughs(deep: usize) -> String {
    let uses = |n: usize| format!("<l{}>", n + 1).repeat(10);
    let lists: String = (0..deep).map(|n| format!("l{n}: ['x{}x']\n", uses(n))).collect();
    format!("mine: ['x<l0>x']\n{lists}l{deep}: [a, b]\n")
}

#[test]
fn word_lists_that_explode_are_refused_with_their_place() {
    let chain: String = (0..100).map(|n| format!("l{n}: ['<l{}> x']\n", n + 1)).collect();
    let stems: String = (0..40_000).map(|n| format!("stem{n}, ")).collect();
    let cases = [
        (
            "a repetition of repetitions",
            format!("mine: ['{}x{} y']\n", "(".repeat(18), " )*".repeat(18)),
            "comes to more than",
        ),
        ("lists in lists", laughs(12), "comes to more than"),
        ("a chain of lists", format!("mine: ['<l0> x']\n{chain}l100: [a]\n"), "deep"),
        ("a circle", "mine: ['<o> x']\no: ['<mine> y']\n".to_owned(), "contains itself"),
        ("groups in groups", format!("mine: ['{}a{}']\n", "(".repeat(30), ")".repeat(30)), "nested too deep"),
        ("an endless term", format!("mine: [{}]\n", "x".repeat(20_000)), "longer than"),
        ("repetitions by number", "mine: ['(a{1000}){1000}']\n".to_owned(), "`{` has no meaning"),
        ("stems in stems", format!("mine: ['<s><s><s>']\ns: [{stems}x]\n"), "comes to more than"),
    ];
    for (name, words, said) in cases {
        let place = pack(&words);
        let done = with_pack(&place, "rules");
        assert_eq!(done.code, 4, "{name}: {}{}", done.out, done.err);
        assert!(done.err.contains(said) && done.err.contains("help:"), "{name}: {}", done.err);
        assert!(done.err.contains("words/mine.yaml:"), "{name}: {}", done.err);
    }
}

#[test]
fn ways_that_meet_again_do_not_multiply() {
    let optional = |part: &str| {
        format!(
            "other: [{}]\nmine: ['{}<other> x']\n",
            (0..100).map(|n| format!("filler{n}")).collect::<Vec<_>>().join(", "),
            part.repeat(40)
        )
    };
    let place = pack(&optional("(-?|/?)"));
    let done = with_pack(&place, "rules");
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
}

#[test]
fn what_people_write_is_far_from_the_limits() {
    let words = format!(
        "mine: ['<who> (is|was) (<very> )*rude', 'so <very> rude( man| lad)*', {}]\nwho: [{}]\nvery: [very, so]\n",
        (0..3_000).map(|n| format!("'word{n} (a|b)? (the )?end*'")).collect::<Vec<_>>().join(", "),
        (0..3_000).map(|n| format!("name{n}")).collect::<Vec<_>>().join(", ")
    );
    let done = with_pack(&pack(&words), "rules");
    assert_eq!(done.code, 0, "{}", done.err);
}

/// A second is enough; if each of so many beginnings were looked through to the end of the cell, a minute would not be.
#[test]
fn hostile_markup_takes_no_longer_than_its_length() {
    for part in ["<style>", "<p ", "<!--", "<a b=\"", "&amp;amp;", "<blockquote>", "&lt;"] {
        let place = Place::new();
        let cell = part.repeat(400_000).replace('"', "\"\"");
        place.write("n.csv", format!("note_id,agent_id,language,note\n1,A,en,\"{cell}<br>rude\"\n"));
        let done = limited(&place, 10, "--format concise");
        assert_eq!(done.code, 0, "{part}: {}", done.err);
    }
}

#[test]
fn yaml_that_explodes_is_refused_with_its_place() {
    let aliases: String = (1..30).map(|n| format!("l{n}: &l{n} [{}]\n", format!("*l{}, ", n - 1).repeat(9))).collect();
    let cases: [(&str, Vec<u8>, &str, &str); 6] = [
        ("aliases of aliases", format!("l0: &l0 [x]\n{aliases}").into_bytes(), "mine.yaml:", "help:"),
        ("deep nesting", format!("mine: {}", "[".repeat(10_000)).into_bytes(), "mine.yaml:", "help:"),
        (
            "deep maps",
            (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>().into_bytes(),
            "mine.yaml:",
            "help:",
        ),
        ("a key twice", b"mine: [x]\nmine: [y]\n".to_vec(), "mine.yaml:2:1", "duplicate"),
        (
            "another encoding",
            b"mine: [x,\n  caf\xe9]\n".to_vec(),
            "mine.yaml: line 2 is no UTF-8",
            "save the file as UTF-8",
        ),
        ("no end", "mine: [".to_owned().into_bytes(), "mine.yaml:", "help:"),
    ];
    for (name, text, place_of, said) in cases {
        let place = pack("mine: [x]\n");
        place.write("rules/lang/en/words/mine.yaml", text);
        let done = with_pack(&place, "rules");
        assert_eq!(done.code, 4, "{name}: {}{}", done.out, done.err);
        assert!(done.err.contains(place_of) && done.err.contains(said), "{name}: {}", done.err);
    }
}

#[cfg(unix)]
#[test]
fn folders_of_rules_that_have_no_end_are_refused() {
    let large = pack("mine: [x]\n");
    // A gigabyte that takes no room on the disk.
    fs::File::create(large.path("rules/lang/en/words/large.yaml")).unwrap().set_len(1 << 30).unwrap();
    let circle = pack("mine: [x]\n");
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(circle.path("rules"), circle.path("rules").join(name)).unwrap();
    }
    let pipe = pack("mine: [x]\n");
    assert!(Command::new("mkfifo").arg(pipe.path("rules/pipe.yaml")).status().unwrap().success());
    let many = pack("mine: [x]\n");
    (0..6_000).for_each(|n| drop(many.write(&format!("rules/core/words/{n}.yaml"), "{}")));
    let chain = Place::new();
    for n in 0..40 {
        chain.write(&format!("p{n}/pack.yaml"), format!("extends: [../p{}]\n", n + 1));
    }
    chain.write("p40/pack.yaml", "extends: [built-in]\n");
    std::os::unix::fs::symlink(chain.path("p0"), chain.path("rules")).unwrap();
    for (place, said) in [
        (&large, "larger than 16 MiB"),
        (&circle, "look for a link that leads back"),
        (&pipe, "no regular file"),
        (&many, "more than 5000 files"),
        (&chain, "packs extend packs"),
    ] {
        let done = with_pack(place, "rules");
        assert_eq!(done.code, 4, "{said}: {}{}", done.out, done.err);
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }
}

#[test]
fn packs_that_share_what_they_extend_are_read_once() {
    let place = Place::new();
    for n in 0..15 {
        for side in ["a", "b"] {
            place.write(&format!("{side}{n}/pack.yaml"), format!("extends: [../a{0}, ../b{0}]\n", n + 1));
        }
    }
    for side in ["a15", "b15"] {
        place.write(&format!("{side}/pack.yaml"), "extends: [built-in]\n");
    }
    let done = with_pack(&place, "a0");
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn settings_and_decisions_that_explode_are_refused() {
    let place = Place::new();
    place.write("n.csv", "note\nx\n");
    let nested = format!("columns: {}", "[".repeat(5_000));
    for (file, text) in [("acw.yaml", nested.as_str()), ("acw-decisions.yaml", nested.as_str())] {
        place.write(file, text);
        let done = place.acw(&["audit", "n.csv"]);
        assert_eq!(done.code, 4, "{}{}", done.out, done.err);
        assert!(done.err.contains(&format!("{file}:1:")) && done.err.contains("help:"), "{}", done.err);
        fs::remove_file(place.path(file)).unwrap();
    }
    let manifest = format!("{{\"kind\": \"random\", \"notes\": {}", "[".repeat(5_000));
    place.write("sample/manifest.json", manifest);
    let done = place.acw(&["sample", "estimate", "sample"]);
    assert_eq!(done.code, 3, "{}{}", done.out, done.err);
}

const NAMES: [&str; 18] = [
    "../../etc/passwd",
    "..",
    ".",
    "/",
    "CON",
    "nul.html",
    "A/B",
    "A:B",
    "a_b",
    "a b",
    "A b",
    "\u{202e}lmth.A",
    "%2e%2e%2f",
    "-",
    "=cmd()",
    "Ａ",
    "index",
    "a\u{301}",
];

/// An export in which every column but those that decide what is done holds the same text.
fn export_of(values: &[&str]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut out = String::from(
        "note_id,agent_id,agent_name,team,customer,case_id,segment,channel,call_type,started_at,acw,language,disposition,note\n",
    );
    for (at, value) in values.iter().enumerate() {
        for twice in 0..2 {
            let value = quoted(value);
            out += &format!(
                "{},{value},{value},{value},{value},{value},{value},{value},{value},2026-05-{:02},{},en,resolved,{}\n",
                quoted(&format!("{}{at}-{twice}", values[at])),
                at % 28 + 1,
                60 + at,
                quoted(&format!("{}: an idiot called about the bill, cust was rude, {}", values[at], values[at]))
            );
        }
    }
    out
}

fn pages(folder: &Path) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "html"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    out.sort();
    out
}

#[test]
fn agents_of_any_name_have_pages_of_their_own_inside_the_folder() {
    let place = Place::new();
    let long = "x".repeat(5_000);
    let names: Vec<&str> = NAMES.into_iter().chain([long.as_str()]).collect();
    place.write("n.csv", export_of(&names));
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "deep/down/out", "--quiet"]).code, 0);
    let written = pages(&place.path("deep/down/out"));
    let agents: Vec<&str> =
        written.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("agent-")).collect();
    // `..` and `.` are names like any other; those that differ only in case too.
    assert_eq!(agents.len(), names.len(), "{agents:?}");
    let folded: BTreeSet<String> = agents.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded.len(), agents.len());
    for name in &agents {
        assert!(name.len() < 80 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)), "{name}");
    }
    // Links lead to pages that are there.
    for (page, text) in &written {
        for target in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let inside = file.is_empty() || file.starts_with("data:");
            assert!(inside || place.path("deep/down/out").join(file).is_file(), "{page} leads to {target}");
        }
    }
    let outside: Vec<_> = fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside.len(), 2, "{outside:?}");
    assert_eq!(fs::read_dir(place.path("deep/down")).unwrap().count(), 1);
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "again", "--quiet"]).code, 0);
    assert_eq!(pages(&place.path("again")), written);
}

#[test]
fn markup_in_every_column_and_every_text_of_a_pack_stays_text() {
    let evil = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(2)>",
        "' onmouseover='alert(3)",
        "<!--",
        "{{{this}}}",
        "javascript:alert(4)",
        "]]><svg/onload=alert(5)>",
    ];
    let place = Place::new();
    place.write("n.csv", export_of(&evil));
    let text = |at: usize| evil[at % 3].replace('\'', "''");
    place.write(
        "rules/lang/en/texts/house.yaml",
        format!(
            "insult:\n  title: '{}'\n  message: '{} {{text}}'\n  better: '{}'\n  customer: '{}'\n  organisation: '{}'\n  agent: '{}'\n  fires: ['an idiot called']\n  spares: []\n",
            text(0), text(1), text(0), text(1), text(2), text(0)
        ),
    );
    place.write("rules/lang/en/readers.yaml", format!("back_office: '{}'\nsupervisor: '{}'\n", text(0), text(1)));
    place.write("acw.yaml", "rules: rules\nfigures: {min_notes: 2}\n");
    for args in [
        &["audit", "n.csv", "--report", "out", "--quiet", "--history", "h.db", "--locale", "en"][..],
        &["workshop", "n.csv", "--out", "workshop", "--locale", "en", "--quiet"],
        &["guide", "--out", "guide", "--locale", "en"],
        &["sample", "draw", "n.csv", "--size", "8", "--out", "sample"],
        &["sample", "show", "sample", "--report", "shown", "--locale", "en"],
    ] {
        let done = place.acw(args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.err);
    }
    let mut seen = 0;
    for folder in ["out", "workshop", "guide", "shown"] {
        for (name, text) in pages(&place.path(folder)) {
            seen += usize::from(text.contains("alert(1)"));
            for markup in ["<script>alert", "<img", "<svg/onload", "href=\"javascript:"] {
                assert!(!text.contains(markup), "{folder}/{name}: {markup}");
            }
            // In what the script reads, an apostrophe is only an apostrophe.
            let page = text.split("<script type=\"application/json\"").next().unwrap_or_default();
            assert!(!page.contains("' onmouseover='alert"), "{folder}/{name}");
            assert_eq!(text.matches("<script").count(), text.matches("</script").count(), "{folder}/{name}");
            assert!(!text.contains("<!--"), "{folder}/{name}");
        }
    }
    assert!(seen > 5, "the texts are on the pages: {seen}");
}

/// The cells of a CSV file.
fn cells(path: &Path) -> Vec<String> {
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    csv.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The worksheets of a workbook as XML.
fn worksheets(path: &Path) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let names = archive.file_names().flatten().map(|name| name.into_owned());
    let names: Vec<String> = names.filter(|name| name.contains("worksheets/")).collect();
    let mut read = |name: &String| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    names.iter().map(&mut read).collect()
}

#[test]
fn no_cell_that_we_write_is_a_formula() {
    let formulas = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1+1",
        "\u{a0}=1",
        "＝1",
        "'=1",
        "\"=1",
        "=HYPERLINK(\"http://x\")",
        "-2+3+cmd|' /C calc'!A0",
    ];
    let place = Place::new();
    place.write("n.csv", export_of(&formulas));
    for args in [
        &["audit", "n.csv", "--report", "out", "--quiet", "--history", "h.db"][..],
        &["sample", "draw", "n.csv", "--size", "18", "--out", "sample"],
        &["sample", "replace", "sample", "=1+10-0", "--why", "=1+1"],
    ] {
        let done = place.acw(args);
        assert!(done.code == 0 || args.contains(&"replace"), "{args:?}: {}", done.err);
    }
    for path in ["out/figures.xlsx", "sample/sheet.xlsx"] {
        let sheets = worksheets(&place.path(path));
        assert!(
            !sheets.is_empty() && sheets.iter().all(|sheet| !sheet.contains("<f>") && !sheet.contains("<f ")),
            "{path}"
        );
        // They are there, as text.
        assert!(text_of(&place.path(path)).contains("=HYPERLINK("), "{path}");
    }
    // What we counted is a number, and negative where it is less than nothing.
    let figures = workbook(&place.path("out/figures.xlsx"));
    let numbers = figures
        .iter()
        .flat_map(|(_, rows)| rows)
        .flatten()
        .filter(|cell| matches!(cell, Data::Float(_) | Data::Int(_)));
    assert!(numbers.count() > 100);
    let written = cells(&place.path("sample/sheet.csv"));
    let first = |cell: &str| cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').chars().next();
    for cell in &written {
        assert!(!first(cell).is_some_and(|c| "=+-@＝＋－＠".contains(c)), "{cell:?}");
    }
    assert!(written.iter().any(|cell| cell.starts_with("'=1+1")));
    // Our own reader takes the guard off again: every note of the sheet is one of the manifest.
    let done = place.acw(&["sample", "estimate", "sample", "--sheet", "sample/sheet.csv"]);
    assert!(!done.err.contains("no note of the sample"), "{}", done.err);
    let mut csv = csv::Reader::from_path(place.path("sample/sheet.csv")).unwrap();
    let headers = csv.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let mark = headers.iter().position(|header| header == "judgement").unwrap();
    let mut filled = csv::Writer::from_path(place.path("filled.csv")).unwrap();
    filled.write_record(&headers).unwrap();
    for row in csv.records() {
        let row = row.unwrap();
        filled.write_record(row.iter().enumerate().map(|(at, cell)| if at == mark { "fail" } else { cell })).unwrap();
    }
    filled.flush().unwrap();
    assert!(column("note_id") < mark);
    let done = place.acw(&["agree", "n.csv", "--sheet", "filled.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(!done.err.contains("is not in the export") && !done.err.contains("no note"), "{}", done.err);
}

#[test]
fn names_do_not_steer_a_terminal() {
    let place = Place::new();
    let names = ["\u{1b}[2J\u{1b}[31mEve", "Bob\u{7}\u{8}\u{8}", "Ana\u{202e}gro.live", "two\nlines"];
    place.write("n.csv", export_of(&names));
    place.write("h.csv", "note,\u{1b}]0;owned\u{7}header\nx,y\n");
    place.write("b.csv", "\u{1b}[2Jnothing,here\nx,y\n");
    for args in [
        &["audit", "n.csv"][..],
        &["columns", "h.csv"],
        &["audit", "b.csv"],
        &["abbreviations", "n.csv", "--min", "1"],
        &["explain", "--language", "en", "\u{1b}[2Jan idiot"],
        &["sample", "draw", "n.csv", "--size", "4", "--out", "sample"],
        &["sample", "show", "sample"],
    ] {
        let done = place.acw(args);
        let said = done.out + &done.err;
        for steering in ['\u{1b}', '\u{7}', '\u{8}', '\u{202e}'] {
            assert!(!said.contains(steering), "{args:?}: {said:?}");
        }
    }
}

#[test]
fn a_note_that_nobody_typed_is_listed_and_the_rest_goes_on() {
    let place = Place::new();
    let note = |length: usize| "password: x! a- **** ".repeat(length / 21 + 1)[..length].to_owned();
    place.write("n.csv", format!("note_id,agent_id,language,note\n1,A,en,{}\n2,A,en,{}\n", note(32_768), note(3_000)));
    let done = place.acw(&["audit", "n.csv"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Rows read: 2 = 1 audited + 1 rejected."), "{}", done.out);
    assert!(done.err.contains("n.csv:2: the note is longer than 32767 characters"), "{}", done.err);
}
