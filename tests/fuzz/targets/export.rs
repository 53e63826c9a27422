//! Any bytes as an export: form, encoding, columns, days and every row, through the way that a run takes.

#![no_main]

use acw::input::{Options, Sources};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { acw_fuzz::vocabulary(); }, |bytes: &[u8]| {
    let vocabulary = acw_fuzz::vocabulary();
    let path = acw_fuzz::file("export", bytes);
    let Ok(sources) = Sources::find(&[path], false) else { return };
    for file in sources.files() {
        let Ok(export) = sources.open(file, &Options::default(), vocabulary) else { continue };
        for row in export {
            match row {
                Ok(note) => assert!(!note.id.is_empty() && note.origin.line > 0),
                Err(rejected) => assert!(!rejected.problem.message.is_empty() && !rejected.problem.help.is_empty()),
            }
        }
    }
});
