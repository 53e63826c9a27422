//! What is shipped: licences and notices in step with the lock file, and nothing at the top but what belongs there.

use std::collections::BTreeSet;
use std::fs::read_to_string;

use crate::support::root;

#[test]
fn the_notices_name_the_packages_of_the_lock_file() {
    let notices = read_to_string(root().join(".licences/THIRD-PARTY.txt")).unwrap();
    let list = notices.split("-----").next().unwrap();
    let named: BTreeSet<&str> =
        list.lines().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).filter(|name| !name.is_empty()).collect();
    let lock = read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |package: &str, key: &str| {
        package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')).map(str::to_owned)
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
