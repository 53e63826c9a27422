//! The story of `fixtures/story` is told in commands; they are run here as it tells them.

use std::process::Command;

use crate::support::{Place, root};

/// Lines of commands of the story, and the exit code each announces.
fn commands(text: &str) -> Vec<(String, i32)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines
        .map(|line| match line.split_once("# exits with ") {
            Some((command, code)) => (command.trim().to_owned(), code.trim().parse().unwrap()),
            None => (line.trim().to_owned(), 0),
        })
        .collect()
}

#[test]
fn every_command_of_the_story_does_what_it_says() {
    let place = Place::new();
    let copied =
        Command::new("cp").arg("-r").arg(root().join("fixtures")).arg(place.path("fixtures")).status().unwrap();
    assert!(copied.success());
    let binaries = assert_cmd::cargo::cargo_bin("acw").parent().unwrap().display().to_string();
    let story = std::fs::read_to_string(root().join("fixtures/story/README.md")).unwrap();
    let mut said = String::new();
    for (command, code) in commands(&story) {
        let done = Command::new("sh")
            .args(["-c", &command])
            .current_dir(place.path(""))
            .env_clear()
            .env("PATH", format!("{binaries}:/usr/local/bin:/usr/bin:/bin"))
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert_eq!(done.status.code(), Some(code), "{command}\n{out}\n{err}");
        said += &format!("$ {command}\n{out}\n");
    }
    assert!(said.contains("critical disrespect/insult") && said.contains("(note N-0301, "), "the new error is named");
    assert!(said.contains("55 notes of 300"), "the size of the story is the calculator's");
    let kept: Vec<&str> = said.lines().filter(|line| line.starts_with("History:")).collect();
    assert!(kept[0].contains("300 new notes") && kept[1].contains("300 by others only (re-scored)"), "{kept:?}");
    let example = std::fs::read_to_string(place.path("house/lang/es/examples/unapproved-abbreviation.yaml")).unwrap();
    assert!(example.contains("exp.") && !example.contains("5510"), "{example}");
}
