//! What is shipped: licences and notices in step with the lock file, and nothing at the top but what belongs there.

use std::collections::BTreeSet;
use std::fs::read_to_string;

use crate::support::root;

#[test]
fn the_notices_name_the_packages_of_the_lock_file() {
    let notices = read_to_string(root().join(".licences/THIRD-PARTY.txt")).unwrap();
    let list = notices.split("-----").next().unwrap();
    let named: BTreeSet<&str> = list
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty())
        .collect();
    let lock = read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |package: &str, key: &str| {
        package
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
            .map(str::to_owned)
    };
    let packages = lock.split("[[package]]").skip(1).filter(|package| package.contains("source = "));
    let locked: BTreeSet<String> =
        packages.map(|one| format!("{} {}", value(one, "name").unwrap(), value(one, "version").unwrap())).collect();
    let locked: BTreeSet<&str> = locked.iter().map(String::as_str).collect();
    assert!(named.len() > 100);
    let (gone, new): (Vec<_>, Vec<_>) = (named.difference(&locked).collect(), locked.difference(&named).collect());
    assert!(gone.is_empty() && new.is_empty(), "run .ci/notices.mjs: gone {gone:?}, new {new:?}");
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(root().join(".licences").join(licence).is_file(), "{licence}");
    }
}

/// The examples of the README for pipelines are whole, as far as a shell and Python can tell without running them.
#[cfg(unix)]
#[test]
fn the_steps_for_pipelines_can_be_read() {
    let readme = read_to_string(root().join("README.md")).unwrap();
    let section = readme.split("### In pipelines").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks: Vec<&str> = section.split("```").skip(1).step_by(2).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let (language, code) = block.split_once('\n').unwrap();
        let mut check = match language {
            "sh" => std::process::Command::new("sh"),
            _ => std::process::Command::new("python3"),
        };
        match language {
            "sh" => check.args(["-n", "-c", code]),
            _ => check.args(["-c", "import ast, sys; ast.parse(sys.argv[1])", code]),
        };
        let Ok(done) = check.output() else { continue }; // No Python here.
        assert!(done.status.success(), "{language}: {}", String::from_utf8_lossy(&done.stderr));
        // The flags that are named are those of the binary.
        let help = crate::support::Place::new().acw(&["check", "--help"]).out;
        for flag in code.split_whitespace().filter(|word| word.starts_with("--") && !word.starts_with("--select")) {
            assert!(help.contains(flag), "{flag}");
        }
    }
}
