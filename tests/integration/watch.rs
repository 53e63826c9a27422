//! `acw check --watch`: a verdict, and another one for each change, until it is ended.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::support::Place;

const GOOD: &str = "Customer called about a double charge on invoice 55-1001. Explained the refund, refunded 20 EUR. Resolved, customer agreed.";
const RUDE: &str = "Customer called about a double charge on invoice 55-1001. Explained the refund to this idiot, refunded 20 EUR. Resolved.";

fn export(note: &str) -> String {
    format!("note_id,agent_id,language,disposition,case_id,note\n1,A,en,resolved,55-1001,\"{note}\"\n")
}

/// Ends the process also where the test fails.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The next verdict; slow machines have two minutes.
fn verdict(lines: &Receiver<String>) -> String {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(120)).expect("a verdict within two minutes");
        if line.starts_with("Gate ") {
            return line;
        }
    }
}

#[test]
fn each_change_gives_a_verdict() {
    let place = Place::new();
    place.write("acw.yaml", "gate: {notes: {disrespect: 0}}\n");
    place.write("n.csv", export(GOOD));
    let child = Command::new(assert_cmd::cargo::cargo_bin("acw"))
        .args(["check", "n.csv", "--watch", "--quiet"])
        .current_dir(place.path(""))
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Watching(child);
    let out = BufReader::new(child.0.stdout.take().unwrap());
    let (sender, lines) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    assert!(verdict(&lines).starts_with("Gate met"));
    // Files take their names when they are whole, so that none is read half written.
    let change = |text: String| {
        place.write("next", text);
        std::fs::rename(place.path("next"), place.path("n.csv")).unwrap();
    };
    change(export(RUDE));
    assert!(verdict(&lines).starts_with("Gate not met"));
    // An export that cannot be read does not end it.
    change(String::new());
    std::thread::sleep(Duration::from_secs(1));
    change(export(GOOD));
    assert!(verdict(&lines).starts_with("Gate met"));
    assert!(child.0.try_wait().unwrap().is_none(), "it watches until it is ended");
}

#[test]
fn standard_input_cannot_be_watched() {
    let done = Place::new().acw_with(&["check", "-", "--watch"], "note\nx\n", 1);
    assert!(done.code == 2 && done.err.contains("cannot be watched"), "{}", done.err);
}
