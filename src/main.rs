//! Parse, run, say what went wrong, exit.

use std::process::ExitCode;

/// Loading the rules makes a million small things: the system's allocator takes twice as long over them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    acw::cli::main()
}
