//! Folding: the map goes up only, stands on characters, and leads back inside the text.

#![no_main]

use acw::text::Folded;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { acw_fuzz::book(); }, |text: &str| {
    let folder = &acw_fuzz::book().folder;
    let mut folded = Folded::default();
    folder.fold_into(text, &mut folded);
    let mut last = 0;
    for at in 0..=folded.text.len() {
        let original = folded.original(at);
        assert!(original >= last && text.is_char_boundary(original), "{at} of {:?}", folded.text);
        last = original;
        let end = folded.original_end(at);
        assert!(text.is_char_boundary(end) && (at == 0 || end > folded.original(at - 1)), "{at} of {:?}", folded.text);
    }
    for (original, _) in text.char_indices() {
        assert!(folded.from_original(original) <= folded.text.len());
    }
    // A word may stand anywhere: what it covers is a piece of the note.
    for (start, c) in folded.text.char_indices() {
        let _ = &text[folded.original(start)..folded.original_end(start + c.len_utf8())];
    }
    assert_eq!(folder.fold_str(text), folded.text);
});
