//! A fault of acw itself: what is said of a panic, on whatever thread.
//!
//! The message of a panic may hold words of a note, and so may the arguments: neither is ever shown. What is shown is the place in
//! the code, the version, and the names of the subcommand and its flags.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Command, CommandFactory};

use super::Cli;

/// Runs `work`. Where it panics, or a thread that it started does, this is told once on standard error, and there is no result.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let fault = Arc::new(AtomicBool::new(false));
    let met = Arc::clone(&fault);
    panic::set_hook(Box::new(move |info| {
        // The first alone: the others follow from it.
        if !met.swap(true, Ordering::SeqCst) {
            let _ = io::stderr().write_all(told(info.location()).as_bytes());
        }
    }));
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    done.filter(|_| !fault.load(Ordering::SeqCst))
}

/// What is said; a backtrace where the environment asks for one.
fn told(location: Option<&Location<'_>>) -> String {
    let at = location.map_or_else(String::new, |at| format!(" at {}:{}", place(at.file()), at.line()));
    let mut out = format!(
        "acw: this is a fault of acw, not of what it was given; what it has printed or written is not whole\n  \
         help: please report the next line, which holds nothing of a note\n  \
         acw {} ({} {}){at}: {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        words(&Cli::command(), std::env::args_os().skip(1)),
    );
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        let _ = writeln!(out, "{trace}");
    }
    out
}

/// A file of the code without the folders of the machine that built it.
fn place(file: &str) -> String {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    let behind = |found: fn(&str) -> bool| parts.iter().position(|part| found(part)).map(|at| at + 1);
    let of_crate = behind(|part| part.starts_with("index.") || part == "library");
    let own = !file.starts_with('/') && !file.contains(':');
    // Of what stands elsewhere, the last folders tell enough.
    let from = of_crate.unwrap_or(if own { 0 } else { parts.len().saturating_sub(3) });
    parts[from..].join("/")
}

/// The words of a command line that are acw's own: its subcommands and the names of flags.
fn words(command: &Command, args: impl Iterator<Item = OsString>) -> String {
    let mut out = String::from("acw");
    let mut command = command;
    for arg in args {
        let Some(arg) = arg.to_str() else { continue };
        if let Some(next) = command.find_subcommand(arg) {
            command = next;
            let _ = write!(out, " {arg}");
        } else if let Some(flag) = arg.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or_default();
            if command.get_arguments().any(|known| known.get_long() == Some(flag)) {
                let _ = write!(out, " --{flag}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_without_the_machine_that_built() {
        assert_eq!(place("src/audit/judge.rs"), "src/audit/judge.rs");
        let crates = "/home/ana/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/zip-9.0.0/src/read.rs";
        assert_eq!(place(crates), "zip-9.0.0/src/read.rs");
        assert_eq!(place("registry/src/index.crates.io-1/zip-9.0.0/src/read.rs"), "zip-9.0.0/src/read.rs");
        assert_eq!(
            place("C:\\Users\\ana\\.cargo\\registry\\src\\index.crates.io-1\\csv-1.4.0\\src\\lib.rs"),
            "csv-1.4.0/src/lib.rs"
        );
        assert_eq!(place("/rustc/0a1b/library/core/src/option.rs"), "core/src/option.rs");
        assert_eq!(place("/home/ana/work/fork/src/lib.rs"), "fork/src/lib.rs");
    }

    #[test]
    fn of_a_command_line_only_what_is_acws_own_is_told() {
        let args = ["explain", "--language", "en", "Ana Ruiz was rude", "--secret", "--rules=/home/ana"];
        assert_eq!(words(&Cli::command(), args.map(OsString::from).into_iter()), "acw explain --language --rules");
        let args = ["dispute", "open", "--why", "check", "x"];
        assert_eq!(words(&Cli::command(), args.map(OsString::from).into_iter()), "acw dispute open --why");
    }

    /// A process of its own, as the hook is one for all threads of a process.
    #[test]
    #[ignore = "started by the next test"]
    fn child() {
        let work = || {
            std::thread::scope(|scope| {
                let inner = scope.spawn(|| panic!("the words of a note"));
                // Nobody asks what became of the thread, and the work goes on.
                let _ = inner.join();
            });
            0
        };
        assert_eq!(guarded(work), None);
        assert_eq!(guarded(|| 5), Some(5));
        assert_eq!(guarded(|| -> u8 { panic!("the words of a note") }), None);
    }

    #[test]
    fn a_panic_on_any_thread_is_told_without_its_message() {
        let run = |backtrace: &str| {
            let exe = std::env::current_exe().unwrap();
            let mut child = std::process::Command::new(exe);
            child.args(["--exact", "cli::fault::tests::child", "--ignored", "--nocapture", "--test-threads=1"]);
            let done = child.env("RUST_BACKTRACE", backtrace).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
            String::from_utf8(done.stderr).unwrap()
        };
        let said = run("0");
        assert_eq!(said.matches("this is a fault of acw").count(), 2, "{said}");
        assert!(said.contains("at src/cli/fault.rs:") && !said.contains("words of a note"), "{said}");
        assert_eq!(said.lines().count(), 6, "no backtrace unasked: {said}");
        let said = run("1");
        assert!(said.contains("fault::guarded") && !said.contains("words of a note"), "{said}");
    }
}
