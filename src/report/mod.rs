//! What people and programs read of a run.

pub mod agreement;
mod figures;
pub mod folder;
pub mod formats;
pub mod gate;
pub mod html;
mod json;
pub mod schema;
pub mod settings;
pub mod sheet;
mod tables;
mod terminal;
mod wording;
mod workbook;

pub(crate) use figures::{CRITICAL, Share};
pub use formats::{Colour, FORMATS, Format, Writer};
pub(crate) use terminal::{clock, estimate, finish, new_table, right, share};
