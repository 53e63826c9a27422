//! The JSON Schema of `acw.yaml`, from the types that read it, so that editors complete and check what is written.

use schemars::schema_for;

use super::{FILE, Spec};
use crate::rules::schema::printed;

/// The schema as JSON text (draft 2020-12), ending in a line end.
pub fn json() -> String {
    printed(schema_for!(Spec), FILE)
}
