//! Days and durations as people and systems write them: one a line, in the columns of an export.

#![no_main]

use acw::input::{DateOrder, Options, Sources, seconds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { acw_fuzz::vocabulary(); }, |input: (u8, &str)| {
    let (order, text) = input;
    let vocabulary = acw_fuzz::vocabulary();
    let mut table = String::from("note_id,note,started_at,acw_seconds\n");
    for (at, value) in text.lines().enumerate() {
        let value = value.replace('"', "\"\"");
        table += &format!("{at},x,\"{value}\",\"{value}\"\n");
        let _ = seconds(&value);
    }
    let path = acw_fuzz::file("dates", table.as_bytes());
    let date_order = DateOrder::ALL.get(usize::from(order) % 4).copied();
    let options = Options { date_order, ..Options::default() };
    let Ok(sources) = Sources::find(&[path], false) else { return };
    for file in sources.files() {
        let Ok(export) = sources.open(file, &options, vocabulary) else { continue };
        export.flatten().for_each(drop);
    }
});
