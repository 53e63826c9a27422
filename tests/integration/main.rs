//! Behaviour through the binary. One module a promise.

mod architecture;
mod audit;
mod columns;
mod errors;
mod input;
mod packs;
mod privacy;
mod report;
mod support;
