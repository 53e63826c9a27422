//! Any note through every built-in rule: places stand on characters of the note, and excerpts of secrets are masked.

#![no_main]

use std::cell::RefCell;

use acw::audit::{Workspaces, audit_note};
use acw::checks::Corpus;
use acw::model::{Category, Disposition, Note};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static WORKSPACES: RefCell<Workspaces> = RefCell::default();
}

fuzz_target!(init: { acw_fuzz::book(); }, |input: (u8, &str)| {
    let (choice, text) = input;
    let book = acw_fuzz::book();
    let language = usize::from(choice) % book.languages.len();
    let dispositions = [Disposition::Empty, Disposition::Resolved, Disposition::Pending, Disposition::Escalated];
    let note = Note {
        text: text.to_owned(),
        disposition: dispositions[usize::from(choice >> 4) % dispositions.len()],
        ..Note::default()
    };
    let audited = WORKSPACES.with_borrow_mut(|workspaces| {
        audit_note(note, Some(language), book, &Corpus::default(), workspaces)
    });
    for finding in audited.findings.iter().chain(&audited.set_aside) {
        if let Some(span) = finding.span {
            assert!(span.start <= span.end && span.end <= text.len());
            let _ = (span.of(text), span.code_points(text));
        }
        if finding.category == Category::Sensitive {
            let shown = finding.excerpt.chars().filter(|c| c.is_alphanumeric()).count();
            assert!(shown <= 4, "{:?}", finding.excerpt);
        }
    }
    assert!(audited.score.value().is_none_or(|value| value.0 <= 10_000));
});
