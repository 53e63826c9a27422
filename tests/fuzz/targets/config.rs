//! Any bytes as `acw.yaml`, as a file of decisions and as the manifest of a sample.

#![no_main]

use acw::audit::Decisions;
use acw::config::Settings;
use acw::input::Manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { acw_fuzz::book(); }, |bytes: &[u8]| {
    let book = acw_fuzz::book();
    let path = acw_fuzz::file("config", bytes);
    let _ = Settings::load(Some(&path), &[]);
    if let Ok(entries) = Decisions::entries(&path, true, book) {
        let _ = Decisions::of(&entries, "2026-06-01".parse().expect("a day"));
    }
    if let Ok(manifest) = Manifest::read(&path) {
        let _ = manifest.refusal();
        assert!(manifest.text().is_ok());
    }
});
