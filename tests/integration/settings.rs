//! Where settings come from: the file found upwards, what it extends, the environment; and how they are shown.

use assert_cmd::Command;

use crate::support::Place;

const NOTES: &str = "note_id,agent_id,language,note\n1,A,en,The customer is an idiot.\n";

fn run(place: &Place, folder: &str, args: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("acw").unwrap();
    command.current_dir(place.path(folder)).env_clear().envs(variables.iter().copied()).args(args);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn place() -> Place {
    let place = Place::new();
    place.write("house.yaml", "target: 80\nfigures: {min_notes: 20, period: week}\noff: [character]\n");
    place.write("project/acw.yaml", "extends: ../house.yaml\nfigures:\n  min_notes: 5\noff: [insult]\n");
    place.write("project/exports/n.csv", NOTES);
    place
}

#[test]
fn the_file_is_found_upwards_and_lies_over_what_it_extends() {
    let place = place();
    let (code, out, err) = run(&place, "project/exports", &["config", "show"], &[]);
    assert_eq!(code, 0, "{err}");
    for said in [
        "target: 80",
        "house.yaml:1",
        "figures.min_notes: 5",
        "acw.yaml:3",
        "figures.period: \"week\"",
        "off: [\"insult\"]",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    let (code, out, err) = run(&place, "project/exports", &["audit", "n.csv", "--format", "jsonl"], &[]);
    assert!(code == 0 && !out.contains("\"rule\":\"insult\""), "{out}{err}");
    place.write("elsewhere/n.csv", NOTES);
    let (_, out, _) = run(&place, "elsewhere", &["audit", "n.csv", "--format", "jsonl"], &[]);
    assert!(out.contains("\"rule\":\"insult\""), "nothing is found from there: {out}");
}

#[test]
fn the_environment_lies_over_the_files_and_what_sets_nothing_is_told() {
    let place = place();
    let variables = [("ACW_TARGET", "70"), ("ACW_FIGURES__PERIOD", "day"), ("ACW_TARGTE", "1")];
    let (code, out, err) = run(&place, "project", &["config", "show"], &variables);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("target: 70") && out.contains("# environment variable ACW_TARGET"), "{out}");
    assert!(out.contains("figures.period: \"day\""), "{out}");
    assert!(out.contains("ACW_TARGTE sets nothing: did you mean `target`?"), "{out}");
    let (code, _, err) = run(&place, "project", &["config", "show"], &[("ACW_TARGET", "high")]);
    assert!(code == 4 && err.contains("environment variable ACW_TARGET"), "{err}");
    let (code, _, err) = run(&place, "project", &["config", "show"], &[("ACW_TARGET", "170")]);
    assert!(code == 4 && err.contains("per cent"), "{err}");
}

#[test]
fn faults_are_told_in_the_file_that_has_them() {
    let place = place();
    for (house, said) in [
        ("tarket: 80\n", "house.yaml:1:1"),
        ("extends: project/acw.yaml\n", "never end"),
        ("gate:\n  notes:\n    disrespct: 0\n", "house.yaml:3:5"),
        ("figures:\n  confidence: 10\n", "house.yaml:2:3"),
    ] {
        place.write("house.yaml", house);
        let (code, _, err) = run(&place, "project", &["check", "exports/n.csv"], &[]);
        assert!(code == 4 && err.contains(said), "{house}: {err}");
    }
    std::fs::remove_file(place.path("house.yaml")).unwrap();
    let (code, _, err) = run(&place, "project", &["check", "exports/n.csv"], &[]);
    assert!(code == 4 && err.contains("acw.yaml:1:1") && err.contains("there is no file"), "{err}");
}

#[test]
fn the_file_is_found_beside_the_input_where_the_working_folder_has_none() {
    let place = place();
    place.write("elsewhere/notes.txt", "");
    place.write("alone/n.csv", NOTES);
    let found = |folder: &str, inputs: &[&str]| {
        let done = run(&place, folder, &[&["config", "show"], inputs].concat(), &[]);
        assert_eq!(done.0, 0, "{}", done.2);
        done.1
    };
    for input in ["../project/exports/n.csv", "../project/exports"] {
        assert!(found("elsewhere", &[input]).contains("figures.min_notes: 5"), "{input}");
        let (code, out, err) = run(&place, "elsewhere", &["audit", input, "--format", "jsonl"], &[]);
        assert!(code == 0 && !out.contains("\"rule\":\"insult\""), "{input}: {out}{err}");
    }
    let second = found("elsewhere", &["../alone/n.csv", "../project/exports/n.csv"]);
    assert!(second.starts_with("# no acw.yaml"), "the first input alone is asked: {second}");
    place.write("elsewhere/acw.yaml", "target: 70\n");
    let own = found("elsewhere", &["../project/exports/n.csv"]);
    assert!(own.contains("target: 70") && !own.contains("min_notes"), "the working folder's goes before: {own}");
}
