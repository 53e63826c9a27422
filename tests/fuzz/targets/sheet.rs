//! Any bytes as a sheet that a reviewer filled, a sheet to be carried over, a roster, feedback or labelled notes.

#![no_main]

use acw::input::{read_feedback, read_grid, read_labelled, read_roster, read_sheets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { acw_fuzz::vocabulary(); }, |bytes: &[u8]| {
    let vocabulary = acw_fuzz::vocabulary();
    let path = acw_fuzz::file("sheet", bytes);
    if let Ok(sheets) = read_sheets(&[&path], vocabulary, &["missing-reference"]) {
        let row = sheets.iter().flat_map(|sheet| sheet.rows.iter().map(move |row| (sheet, row)));
        row.for_each(|(sheet, row)| assert_eq!(row.answers.len(), sheet.criteria.len()));
    }
    if let Ok(grid) = read_grid(&path) {
        assert!(grid.rows.iter().all(|row| row.len() == grid.headers.len()));
    }
    let _ = read_roster(&path, vocabulary, None);
    let _ = read_feedback(&path, vocabulary);
    let _ = read_labelled(&path, vocabulary);
});
