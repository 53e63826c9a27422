//! Colour: on terminals, where asked for, and never in files or in forms for programs. Nothing but results on standard output.

use crate::support::{Place, fixture};

/// A note that does not pass.
const NOTE: &str = "note_id,agent_id,language,note\n1,A,en,The customer is an idiot.\n";

const ESCAPE: char = '\u{1b}';

#[test]
fn colour_is_where_it_was_asked_for() {
    let place = Place::new();
    place.write("n.csv", NOTE);
    let check = &["check", "n.csv"][..];
    let asked = |flag: &[&'static str], env: &[(&str, &str)]| {
        let done = place.acw_env(&[check, flag].concat(), env);
        assert_eq!(done.code, 1, "{}", done.err);
        done.out.contains(ESCAPE)
    };
    let force = ("CLICOLOR_FORCE", "1");
    let none = ("NO_COLOR", "1");
    for (flag, env, coloured) in [
        (&[][..], &[][..], false),
        (&["--color", "auto"], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color=always"], &[none], true),
        (&["--color", "never"], &[force], false),
        (&[], &[force], true),
        (&[], &[force, none], false),
        (&["--format", "terminal"], &[force], true),
        (&["--statistics"], &[force], true),
    ] {
        assert_eq!(asked(flag, env), coloured, "{flag:?} {env:?}");
    }
    let wrong = place.acw(&["check", "n.csv", "--color", "sometimes"]);
    assert!(wrong.code == 2 && wrong.err.contains("always"), "{}", wrong.err);
    let help = |when: &str| place.acw(&["check", "--help", "--color", when]).out.contains(ESCAPE);
    assert!(help("always") && !help("never"), "help keeps to it too");
    let missing = place.acw(&["check", "gone.csv", "--color", "always"]);
    assert!(missing.err.starts_with(ESCAPE) && missing.err.contains("gone.csv"), "{}", missing.err);
}

#[test]
fn what_is_coloured_reads_the_same_without() {
    let place = Place::new();
    place.write("n.csv", NOTE);
    let bare = |text: &str| without_colour(text);
    for format in ["concise", "terminal", "statistics"] {
        let plain = place.acw(&["check", "n.csv", "--format", format]).out;
        let coloured = place.acw(&["check", "n.csv", "--format", format, "--color", "always"]).out;
        assert!(coloured.contains("\u{1b}["), "{format}");
        assert_eq!(bare(&coloured), plain, "{format}");
    }
}

/// The text without escape codes for colours.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[test]
fn programs_and_files_never_get_escape_codes() {
    let place = Place::new();
    place.write("n.csv", NOTE);
    for format in acw::report::FORMATS {
        let name = format.name;
        let into = format!("{name}=out/{name}");
        place.acw(&["check", "n.csv", "--color", "always", "--format", &into]);
        let text = std::fs::read_to_string(place.path(&format!("out/{name}"))).unwrap();
        assert!(!text.contains(ESCAPE), "{name} in a file");
        if !format.for_people {
            let done = place.acw(&["check", "n.csv", "--color", "always", "--format", name]);
            assert!(!done.out.contains(ESCAPE), "{name} on standard output");
        }
    }
}

/// Runs the binary with a terminal for standard error alone, and gives what that terminal showed.
#[cfg(target_os = "linux")]
fn on_terminal(place: &Place, command: &str) -> Option<String> {
    let acw = assert_cmd::cargo::cargo_bin("acw");
    let done = std::process::Command::new("script")
        .args(["-qec", &command.replace("acw ", &format!("{} ", acw.display())), "/dev/null"])
        .current_dir(place.path(""))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("TERM", "xterm-256color")
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn progress_is_for_the_terminal_and_never_on_standard_output() {
    let place = Place::new();
    place.write("n.csv", std::fs::read(fixture("exports/sample.csv")).unwrap());
    let piped = place.acw(&["check", "n.csv"]).out;
    let Some(_) = on_terminal(&place, "acw check n.csv > out.txt") else {
        return; // No `script` here.
    };
    assert_eq!(std::fs::read_to_string(place.path("out.txt")).unwrap(), piped, "neither colour nor progress");
    let shown = on_terminal(&place, "acw check n.csv --quiet > out.txt").unwrap_or_default();
    assert_eq!(shown, "", "--quiet leaves standard error empty");
    assert_eq!(std::fs::read_to_string(place.path("out.txt")).unwrap().lines().count(), 2, "what fails, the verdict");
    let shown = on_terminal(&place, "acw check n.csv").unwrap_or_default();
    assert!(shown.contains("\u{1b}[1m\u{1b}[31mGate not met"), "a terminal has colour: {shown}");
    let shown = on_terminal(&place, "acw check n.csv --color never --quiet").unwrap_or_default();
    assert!(!shown.contains(ESCAPE), "{shown}");
}
