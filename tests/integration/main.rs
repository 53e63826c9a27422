//! Behaviour through the binary. One module a promise.

#![allow(clippy::unwrap_used)] // A failed helper should stop its test right there.

mod agree;
mod architecture;
mod audit;
mod columnar;
mod columns;
mod config_schema;
mod contract;
mod decisions;
mod encodings;
mod errors;
#[cfg(unix)]
mod faults;
mod feedback;
mod figures;
mod filters;
mod formats;
mod gate;
mod history;
mod hostile;
mod init;
mod input;
mod limits;
mod packs;
mod presets;
mod privacy;
mod rejects;
mod report;
mod rulebook;
mod sample;
mod settings;
mod story;
mod support;
mod workshop;
