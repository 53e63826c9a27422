//! What names a finding across runs, so that it can be disputed, waived and known again.

use sha2::{Digest, Sha256};

use crate::model::{Finding, Note};
use crate::rules::Rule;

/// Gives the findings of a note their fingerprints.
///
/// They are made of the note's identifier (of agent, time and text where the export has none), the rule, the element and the
/// masked words, counted where the same words fail the same rule more than once.
pub(super) fn mark(findings: &mut [Finding], note: &Note, rules: &[Rule]) {
    if findings.is_empty() {
        return;
    }
    // A note has few findings.
    let mut seen: Vec<u64> = Vec::with_capacity(findings.len());
    let nameless = note.id == note.origin.own_id();
    for finding in findings {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        if nameless {
            part(note.agent.as_bytes());
            part(note.started_at.as_deref().unwrap_or("").as_bytes());
            part(note.text.as_bytes());
        } else {
            part(note.id.as_bytes());
        }
        part(rules[finding.rule].id.as_bytes());
        part(finding.element.map_or("", |element| element.name()).as_bytes());
        part(finding.excerpt.to_lowercase().as_bytes());
        let first = number(&hash.clone().finalize());
        let nth = seen.iter().filter(|known| **known == first).count() as u32;
        finding.fingerprint = if nth == 0 { first } else { number(&hash.chain_update(nth.to_le_bytes()).finalize()) };
        seen.push(first);
    }
}

fn number(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
