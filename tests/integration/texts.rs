//! Help and messages as people read them: what stands in `texts/` is run again and held against what the binary says.
//!
//! A text is commands and what they say: `$ acw …` is run, in the folder of the test; what follows is its standard output, its
//! standard error, and `? CODE` where it does not end with 0. `$ write FILE TEXT` makes a file (`\n` ends a line), `$ fresh` begins with an
//! empty folder. The commands are kept and the rest is written anew where the environment says `SNAPSHOTS=overwrite`.

use std::collections::VecDeque;

use crate::support::{Place, root};

/// The words of a command line; double quotes keep spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('"').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// What a command says, in the form of the texts.
fn said(place: &Place, args: &[&str]) -> String {
    let done = place.acw(args);
    let mut out = done.out + &done.err;
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    if done.code != 0 {
        out += &format!("? {}\n", done.code);
    }
    out
}

/// The text with what its commands say now.
fn replayed(text: &str) -> String {
    let mut place = Place::new();
    let mut out = String::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            out += &format!("{line}\n");
            let words = words(command);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["fresh"] => place = Place::new(),
                ["write", name, content] => {
                    place.write(name, content.replace("\\n", "\n"));
                }
                ["acw", args @ ..] => out += &said(&place, args),
                _ => panic!("no such command: {line}"),
            }
        }
    }
    out
}

/// The lines that differ, those of the file with `-`, those of the binary with `+`.
fn difference(kept: &str, now: &str) -> String {
    let mut out = String::new();
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let (mut a, mut b) = (0, 0);
    while a < kept.len() || b < now.len() {
        if a < kept.len() && b < now.len() && kept[a] == now[b] {
            if kept[a].starts_with("$ ") {
                out.push('\u{0}');
            }
            (a, b) = (a + 1, b + 1);
            continue;
        }
        // Up to the next line that both have.
        let next = (0..kept.len() - a).find_map(|i| Some((i, now[b..].iter().position(|line| *line == kept[a + i])?)));
        let (gone, new) = next.unwrap_or((kept.len() - a, now.len() - b));
        let command = kept[..a].iter().rev().find(|line| line.starts_with("$ ")).unwrap_or(&"");
        out += &format!("{command}\n");
        out.extend(kept[a..a + gone].iter().map(|line| format!("-{line}\n")));
        out.extend(now[b..b + new].iter().map(|line| format!("+{line}\n")));
        (a, b) = (a + gone, b + new);
    }
    out.replace('\u{0}', "")
}

fn hold(name: &str, now: &str) {
    let file = root().join("tests/integration/texts").join(name);
    if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        std::fs::write(&file, now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == now, "{name} (run with SNAPSHOTS=overwrite to take it over):\n{}", difference(&kept, now));
}

#[test]
fn messages_are_as_they_are_kept() {
    let kept = std::fs::read_to_string(root().join("tests/integration/texts/errors.txt")).unwrap();
    assert!(kept.matches("\n$ acw ").count() >= 25);
    hold("errors.txt", &replayed(&kept));
}

/// The help of every subcommand, found in the help of the one above it.
#[test]
fn the_help_is_as_it_is_kept() {
    let place = Place::new();
    let mut out = String::new();
    let mut pending = VecDeque::from([String::new()]);
    while let Some(command) = pending.pop_front() {
        let args: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = said(&place, &args);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let names =
            listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
        pending.extend(names.filter(|name| *name != "help").map(|name| format!("{command} {name}")));
        out += &format!("$ acw{command} --help\n{help}\n");
    }
    assert!(out.matches("$ acw").count() > 40, "every subcommand");
    hold("help.txt", &out);
}
