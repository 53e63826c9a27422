//! Notes as agents type them, invented: from the examples of the built-in rules, with numbers of their own.

use acw::rules::Rulebook;
use fastrand::Rng;

/// Header of the export.
pub(crate) const HEADER: [&str; 12] = [
    "note_id",
    "agent_id",
    "team",
    "language",
    "channel",
    "call_type",
    "started_at",
    "disposition",
    "case_id",
    "talk_seconds",
    "acw_seconds",
    "note",
];

/// Of a hundred notes, how many are in each language.
const LANGUAGES: [(&str, u32); 4] = [("en", 40), ("es", 35), ("fr", 20), ("zh", 5)];
const CHANNELS: [&str; 3] = ["phone", "phone", "chat"];
const CALL_TYPES: [&str; 6] = ["billing", "technical", "claim", "sales", "delivery", "account"];
const DISPOSITIONS: [&str; 4] = ["resolved", "resolved", "callback", "escalated"];

/// Makes notes; the same number gives the same note.
pub(crate) struct Notes {
    /// By language: the texts that rules spare, and those that they find something in.
    texts: Vec<(Vec<String>, Vec<String>)>,
    /// Of a hundred notes, how many hold a text of the latter.
    errors: u32,
}

impl Notes {
    /// From the built-in rules.
    pub(crate) fn new(errors: u32) -> Result<Self, Box<dyn std::error::Error>> {
        let book = Rulebook::load(None)?;
        let of = |code: &str| {
            let texts = book.rules.iter().filter_map(|rule| rule.texts.get(code));
            let (mut spared, mut found) = (Vec::new(), Vec::new());
            for text in texts {
                spared.extend(text.spares.iter().map(|example| example.note.clone()));
                found.extend(text.fires.iter().map(|example| example.note.clone()));
            }
            // Notes of many lines are rare.
            spared.retain(|text: &String| text.len() < 400);
            (spared, found)
        };
        Ok(Notes { texts: LANGUAGES.iter().map(|(code, _)| of(code)).collect(), errors })
    }

    /// A row of the export.
    pub(crate) fn row(&self, number: u64) -> Vec<String> {
        let mut rng = Rng::with_seed(number);
        let mut share = rng.u32(0..100);
        let mut language = 0;
        while share >= LANGUAGES[language].1 {
            share -= LANGUAGES[language].1;
            language += 1;
        }
        let (spared, found) = &self.texts[language];
        let mut parts: Vec<&str> = (0..rng.usize(2..6)).map(|_| spared[rng.usize(0..spared.len())].as_str()).collect();
        if rng.u32(0..100) < self.errors {
            let at = rng.usize(0..parts.len());
            parts[at] = &found[rng.usize(0..found.len())];
        }
        let agent = rng.u32(0..500);
        vec![
            format!("N{number:08}"),
            format!("A{agent:03}"),
            format!("T{:02}", agent % 20),
            LANGUAGES[language].0.to_owned(),
            CHANNELS[rng.usize(0..CHANNELS.len())].to_owned(),
            CALL_TYPES[rng.usize(0..CALL_TYPES.len())].to_owned(),
            format!("2025-{:02}-{:02}T{:02}:{:02}:00", rng.u8(1..13), rng.u8(1..29), rng.u8(8..20), rng.u8(0..60)),
            DISPOSITIONS[rng.usize(0..DISPOSITIONS.len())].to_owned(),
            format!("CS-{:07}", number * 7_919 % 10_000_000),
            rng.u32(20..900).to_string(),
            rng.u32(5..300).to_string(),
            turned(&parts.join(" "), &mut rng),
        ]
    }
}

/// The text with the digits of short numbers turned; long ones stay, so that card and account numbers keep their check digits.
fn turned(text: &str, rng: &mut Rng) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, run) = rest[..start + length].split_at(start);
        out.push_str(before);
        match length {
            4..=9 => {
                out.push_str(&run[..1]);
                out.extend((1..length).map(|_| char::from(b'0' + rng.u8(0..10))));
            }
            _ => out.push_str(run),
        }
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out
}
