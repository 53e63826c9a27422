//! Parse, run, say what went wrong, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    acw::cli::main()
}
