//! Behaviour through the binary. One module a promise.

#![allow(clippy::unwrap_used)] // A failed helper should stop its test right there.

mod agree;
mod architecture;
mod audit;
mod columns;
mod decisions;
mod errors;
#[cfg(unix)]
mod faults;
mod feedback;
mod figures;
mod history;
mod hostile;
mod input;
mod packs;
mod privacy;
mod report;
mod rulebook;
mod sample;
mod story;
mod support;
mod workshop;
