//! Every exit code through the binary, and the one table of them.

use std::fs::read_to_string;

use crate::support::{Place, root};

const ROW: &str = "note_id,agent_id,language,note\n1,A,en,Customer called about invoice 55-1001. Refunded. Resolved.\n";

#[test]
fn every_exit_code_is_met_through_the_binary() {
    let place = Place::new();
    place.write("n.csv", ROW);
    place.write("rude.csv", "note_id,agent_id,language,note\n1,A,en,The customer is an idiot.\n");
    place.write("broken.yaml", "gate: {scor: 1}\n");
    place.write("contract.yaml", "contract: {rows: {min: 5}}\n");
    for (code, args, said) in [
        (0, &["check", "n.csv", "--min-score", "0"][..], ""),
        (0, &["audit", "n.csv"], ""),
        (0, &["check", "rude.csv", "--min-score", "100", "--exit-zero"], ""),
        (0, &["--help"], ""),
        (0, &["--version"], ""),
        (1, &["check", "rude.csv", "--min-score", "100"], ""),
        (2, &["check", "n.csv", "--fromat", "json"], "--format"),
        (2, &["chekc", "n.csv"], "check"),
        (2, &[], "Usage"),
        (3, &["check", "gone.csv"], "gone.csv: cannot be read"),
        (3, &["check", "n.csv", "--baseline", "gone.jsonl"], "there is no such baseline"),
        (4, &["check", "n.csv", "--config", "broken.yaml"], "did you mean `score`"),
        (4, &["check", "n.csv", "--rules", "gone"], "cannot read the folder of rules"),
        (5, &["check", "n.csv", "--format", "json=n.csv/x"], "cannot be written"),
        (6, &["check", "n.csv", "--config", "contract.yaml"], "broken contract"),
        (6, &["contract", "n.csv", "--config", "contract.yaml"], ""),
    ] {
        let done = place.acw(args);
        assert_eq!(done.code, code, "{args:?}: {}{}", done.out, done.err);
        assert!(done.err.contains(said), "{args:?}: {}", done.err);
    }
}

/// Where the system gives no more threads, the library that makes them panics. A stack that is larger than all the memory there may be
/// is refused to the first of them, before the room gets so narrow that the runtime itself has to give up.
#[cfg(target_os = "linux")]
#[test]
fn a_fault_exits_with_7_and_tells_nothing_of_a_note() {
    let place = Place::new();
    place.write("n.csv", ROW.replace("Refunded", "Secretword"));
    let run = |more: &str| {
        let script = "ulimit -v 3000000; exec \"$0\" check n.csv --language en --format json=out.json \"$@\"";
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", script, &assert_cmd::cargo::cargo_bin("acw").display().to_string()]);
        shell.current_dir(place.path("")).env_clear();
        shell.env("RAYON_NUM_THREADS", "4").env("RUST_MIN_STACK", (8_u64 << 30).to_string());
        let done = shell.env("RUST_BACKTRACE", more).output().unwrap();
        assert_eq!(done.status.code(), Some(7), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(done.stdout.is_empty() && !place.path("out.json").exists(), "nothing half done");
        String::from_utf8(done.stderr).unwrap()
    };
    let said = run("0");
    assert!(said.starts_with("acw: this is a fault of acw, not of what it was given"), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.contains(concat!("acw ", env!("CARGO_PKG_VERSION"), " (linux ")), "{said}");
    assert!(last.contains("src/registry.rs:") && last.ends_with(": acw check --language --format"), "{said}");
    assert!(!said.contains("/home") && !said.contains("/root") && !said.contains("n.csv"), "{said}");
    assert_eq!(said.lines().count(), 3, "no backtrace unasked: {said}");
    let more = run("1");
    assert!(more.lines().count() > 3 && !more.contains("Secretword"), "{more}");
}

#[test]
fn the_table_of_the_readme_is_that_of_the_code() {
    let code = read_to_string(root().join("src/cli/exit.rs")).unwrap();
    let code: Vec<&str> =
        code.lines().filter_map(|line| line.strip_prefix("//! ")).filter(|l| l.starts_with('|')).collect();
    let readme = read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&code.join("\n")), "README.md, \"Exit codes\":\n{}", code.join("\n"));
    for number in 0..=7 {
        assert!(code.iter().any(|line| line.starts_with(&format!("| {number} |"))), "{number}");
    }
}
