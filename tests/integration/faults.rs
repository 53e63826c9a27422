//! Faults on the way: a full disk, a run that is killed, files that grow or go, readers that leave, no permission. What stood there
//! stays whole, the exit code tells, and the message says what to do.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Done, Place, fixture};

const NOTES: &str = "note_id,agent_id,team,language,note\n\
    1,A,North,en,an idiot called about invoice 884120\n\
    2,B,North,en,Customer called about invoice 884121. Explained the charge. He confirmed that it is clear.\n";

/// Runs a script of the shell in the place; `$ACW` is the binary.
fn shell(place: &Place, script: &str) -> Done {
    let output = command("sh", place).args(["-c", script]).output().unwrap();
    done(&output)
}

fn command(program: &str, place: &Place) -> Command {
    let mut command = Command::new(program);
    command.current_dir(place.path(".")).env_clear().env("ACW", env!("CARGO_BIN_EXE_acw"));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("RAYON_NUM_THREADS", "2");
    command
}

fn done(output: &std::process::Output) -> Done {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Every file below a folder with its content.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            out.extend(contents(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            out.insert(name, fs::read(&path).unwrap());
        }
    }
    out
}

/// A place with an export and everything that is written from one.
fn full_place() -> Place {
    let place = Place::new();
    place.write("n.csv", NOTES);
    for args in [
        &["audit", "n.csv", "--report", "pages", "--history", "h.db"][..],
        &["guide", "--out", "guides", "--locale", "en"],
        &["sample", "draw", "n.csv", "--size", "1", "--out", "sample"],
    ] {
        let done = place.acw(args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.err);
    }
    place
}

/// Files are cut at 2 KiB; the signal that comes with it is ignored, so that writing fails as on a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 4;";

#[test]
fn on_a_full_disk_what_stood_there_stays_whole_and_the_exit_code_is_5() {
    let place = full_place();
    let before = contents(&place.path("."));
    let left = |place: &Place| {
        let mut now = contents(&place.path("."));
        // The write-ahead log comes and goes with readers of a history.
        now.retain(|name, _| !name.starts_with("h.db-"));
        now
    };
    for args in [
        "audit n.csv --report pages",
        "audit n.csv --report new",
        "guide --out guides --locale en",
        "sample draw n.csv --size 2 --out another",
        "sample replace sample 1 --why test",
        "sample replace sample 2 --why test",
    ] {
        let done = shell(&place, &format!("{FULL} exec \"$ACW\" {args}"));
        // Of the two notes one was drawn; the other cannot be replaced, which is no fault of the disk.
        if args.contains("replace") && done.code == 2 {
            continue;
        }
        assert_eq!(done.code, 5, "{args}: {}{}", done.out, done.err);
        assert!(done.err.contains("help: make room"), "{args}: {}", done.err);
        assert_eq!(left(&place), before, "{args}");
    }
}

#[test]
fn a_history_on_a_full_disk_is_as_it_was() {
    let place = full_place();
    let runs = |place: &Place| place.acw(&["history", "runs", "h.db", "--format", "json"]).out;
    let before = runs(&place);
    let done = shell(&place, &format!("{FULL} exec \"$ACW\" audit n.csv --history h.db"));
    assert_eq!(done.code, 5, "{}{}", done.out, done.err);
    assert!(done.err.contains("help:"), "{}", done.err);
    assert_eq!(runs(&place), before);
    assert_eq!(place.acw(&["audit", "n.csv", "--history", "h.db"]).code, 0);
}

#[test]
fn an_entry_that_does_not_fit_leaves_no_half_of_it() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let finding = place.findings(&["n.csv"]).remove(0)["fingerprint"].as_str().unwrap().to_owned();
    let entry = "- {waive: {rule: praise}, owner: Lead, until: 2999-12-31, on: 2026-06-03, why: pilot}\n";
    let file = place.write("acw-decisions.yaml", entry.repeat(2_040 / entry.len()));
    let before = fs::read(&file).unwrap();
    let why = "x".repeat(200);
    let done = shell(&place, &format!("{FULL} exec \"$ACW\" dispute open {finding} n.csv --by A --why {why}"));
    assert_eq!(done.code, 5, "{}{}", done.out, done.err);
    assert!(done.err.contains("help: make room"), "{}", done.err);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn where_standard_output_is_full_every_command_says_so() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let place = full_place();
    for args in [
        "audit n.csv",
        "audit n.csv --format json",
        "audit n.csv --format jsonl",
        "columns n.csv",
        "explain --language en 'an idiot called'",
        "rules list",
        "sample size",
        "history runs h.db",
        "guide --out guides --locale en",
    ] {
        let done = shell(&place, &format!("exec \"$ACW\" {args} > /dev/full"));
        assert_eq!(done.code, 5, "{args}: {}", done.err);
        assert!(done.err.contains("cannot write") && done.err.contains("help:"), "{args}: {}", done.err);
    }
    assert_eq!(shell(&place, "\"$ACW\" audit n.csv --report /dev/full").code, 5);
}

#[test]
fn a_reader_that_leaves_is_no_fault() {
    let place = Place::new();
    place.write("n.csv", NOTES.to_owned() + &"3,A,North,en,an idiot called about it\n".repeat(3_000));
    for args in
        ["audit n.csv", "audit n.csv --format json", "audit n.csv --format jsonl", "columns n.csv", "rules list"]
    {
        let done = shell(
            &place,
            &format!("{{ sleep 0.05; \"$ACW\" {args}; echo $? > code; }} | true; wait; sleep 0.05; cat code"),
        );
        let code = (0..200).find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            fs::read_to_string(place.path("code")).ok().filter(|code| !code.is_empty())
        });
        assert_eq!(code.as_deref(), Some("0\n"), "{args}: {}", done.err);
        assert!(!done.err.contains("panicked"), "{args}: {}", done.err);
        fs::remove_file(place.path("code")).unwrap();
    }
}

#[test]
fn a_closed_standard_output_spoils_no_file() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    let done = shell(&place, "exec \"$ACW\" audit n.csv --report pages --history h.db >&- 2>&-");
    assert_eq!(done.code, 0);
    assert!(fs::read_to_string(place.path("pages/index.html")).unwrap().starts_with("<!"));
    assert_eq!(place.acw(&["history", "runs", "h.db"]).code, 0);
}

#[test]
fn a_run_that_is_killed_leaves_the_old_report_and_the_next_one_clears_up() {
    let place = Place::new();
    place.write("n.csv", NOTES);
    assert_eq!(place.acw(&["audit", "n.csv", "--report", "pages"]).code, 0);
    let before = contents(&place.path("pages"));
    // Folders in which somebody works, or worked: they are locked right after they are made.
    let making = || {
        let paths = fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().path());
        let paths = paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".acw-making-"));
        paths.filter(|path| fs::metadata(path.join("lock")).is_ok_and(|lock| lock.len() > 0)).count()
    };
    let mut killed = 0;
    for wait in [0, 50] {
        let mut run = command(env!("CARGO_BIN_EXE_acw"), &place)
            .args(["audit", &fixture("exports/sample.csv"), "--report", "pages"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while making() == 0 && run.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(wait));
        run.kill().unwrap();
        let ended = run.wait().unwrap();
        if ended.code().is_none() && contents(&place.path("pages")) == before {
            killed += 1;
            assert!(making() > 0);
        }
        // Whole in any case: the old one, or the new one if it had come so far.
        assert!(place.path("pages/index.html").exists() && place.path("pages/.acw-report").exists());
        assert_eq!(place.acw(&["audit", "n.csv", "--report", "pages"]).code, 0);
        assert_eq!(contents(&place.path("pages")), before);
        assert_eq!(making(), 0);
    }
    assert!(killed > 0);
}

#[test]
fn where_nobody_may_write_or_read_the_message_names_the_path() {
    let place = full_place();
    place.write("file", "x");
    for args in [
        "audit n.csv --report file/pages",
        "audit n.csv --report n.csv",
        "guide --out file/g --locale en",
        "sample draw n.csv --size 1 --out file/s",
        "workshop n.csv --out file/w --locale en",
        "audit n.csv --history file/h.db",
    ] {
        let done = shell(&place, &format!("exec \"$ACW\" {args}"));
        assert_eq!(done.code, 5, "{args}: {}{}", done.out, done.err);
        assert!(done.err.contains("help:"), "{args}: {}", done.err);
    }
    // To root nothing is forbidden: then nobody tries.
    let root = shell(&place, "id -u").out.trim() == "0";
    let way = if root { "setpriv --reuid=65534 --regid=65534 --clear-groups" } else { "" };
    let script = |args: &str| format!("chmod 755 .; chmod 000 secret.csv; exec {way} \"$ACW\" {args}");
    place.write("secret.csv", NOTES);
    if root
        && shell(&place, "chmod 755 .; setpriv --reuid=65534 --regid=65534 --clear-groups \"$ACW\" --version").code != 0
    {
        return;
    }
    let done = shell(&place, &script("audit secret.csv"));
    assert_eq!(done.code, 3, "{}{}", done.out, done.err);
    assert!(done.err.contains("secret.csv: cannot be read") && done.err.contains("help:"), "{}", done.err);
    if root {
        let done = shell(&place, &script("audit n.csv --report pages"));
        assert_eq!(done.code, 5, "{}{}", done.out, done.err);
        assert!(done.err.contains("help: name a folder that you may write to"), "{}", done.err);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_told() {
    let place = Place::new();
    let rows = |from: u32| {
        (from..from + 2_000).map(|n| format!("{n},A,North,en,an idiot called about it\n")).collect::<String>()
    };
    let path = place.write("n.csv", format!("note_id,agent_id,team,language,note\n{}", rows(0)));
    let mut run = command(env!("CARGO_BIN_EXE_acw"), &place)
        .args(["audit", "n.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut file = fs::File::options().append(true).open(path).unwrap();
    let mut next = 10_000;
    while run.try_wait().unwrap().is_none() {
        // In pieces that are no whole rows; the pipe to us takes what little the run prints.
        for piece in [format!("{next},A,North,en,\"half"), " a row\"\n".to_owned()] {
            file.write_all(piece.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(1));
        }
        next += 1;
    }
    let done = done(&run.wait_with_output().unwrap());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("changed while it was read") && done.err.contains("help: run it again"), "{}", done.err);
    assert!(!place.acw(&["audit", "n.csv"]).err.contains("changed while"), "nobody writes any more");
}

#[test]
fn a_file_that_goes_before_its_turn_stops_the_run() {
    let place = Place::new();
    place.write("exports/a.csv", NOTES);
    place.write("exports/b.csv", NOTES);
    for gone in ["exports/b.csv", "exports"] {
        // More than a pipe holds: when it is written, standard input is being read, and the files have been found.
        let script = format!(
            "{{ echo note_id,agent_id,language,note; yes 9,A,en,x | head -n 30000; rm -r {gone}; }} | \"$ACW\" audit exports - --report pages"
        );
        let done = shell(&place, &script);
        assert_eq!(done.code, 3, "{}{}", done.out, done.err);
        assert!(done.err.contains("cannot be read") && done.err.contains("help:"), "{}", done.err);
        assert!(!place.path("pages").exists());
    }
}

#[test]
fn standard_input_may_come_slowly_and_end_early() {
    let place = Place::new();
    let slow = shell(
        &place,
        "{ printf 'note_id,agent_id,lang'; sleep 0.1; printf 'uage,note\\n1,A,en,an id'; sleep 0.1; printf 'iot called\\n2,A'; } | \"$ACW\" audit -",
    );
    assert_eq!(slow.code, 0, "{}", slow.err);
    assert!(slow.out.contains("Rows read: 2 = 1 audited + 1 rejected."), "{}", slow.out);
    assert!(slow.err.contains("-:3:"), "{}", slow.err);
    let nothing = shell(&place, "\"$ACW\" audit - < /dev/null");
    assert_eq!(nothing.code, 3, "{}", nothing.err);
}
