//! `abbreviation`: shorthand that is not on the approved list, also one that no list names.
//!
//! ```yaml
//! check:
//!   abbreviation:
//!     approved: [approved, approved_everywhere]   # forms with meaning; with or without their full stops
//!     units: [units]                              # approved behind a number
//!     everyday: [everyday]                        # look clipped, but everybody knows them
//!     known: [abbreviations]                      # unapproved forms with their expansion
//!     words: [short_words]                        # ordinary short words
//!     expansions: [domain_words]                  # long words that agents clip
//! ```
//!
//! A form that no list names is shorthand where it is short, no ordinary word, and either has no vowel, or keeps its
//! full stop inside a sentence, or is a clip of a long word: its beginning, its consonants in order, or its beginning and its end
//! with letters between them that no word of the language has (`confdo`). In a language without spaces, a short Latin word in
//! small letters inside the text is shorthand. The better wording is the expansion; where none is known, the nearest approved
//! form.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::FixedState;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Compile, Compiled, Corpus, Glossary};
use crate::model::{Hit, Outcome, Span};
use crate::text::{ListId, Prepared, ScannerBuilder};
use crate::yaml::nearest;

/// Forms that are looked up in every note.
type Forms = HashSet<String, FixedState>;

/// As written in a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Lists of approved forms.
    approved: Vec<String>,
    /// Lists of forms that are approved behind a number.
    #[serde(default)]
    units: Vec<String>,
    /// Lists of forms that look clipped and are not.
    #[serde(default)]
    everyday: Vec<String>,
    /// Lists of unapproved forms with their expansion.
    #[serde(default)]
    known: Vec<String>,
    /// Lists of ordinary short words.
    #[serde(default)]
    words: Vec<String>,
    /// Lists of long words that agents clip.
    #[serde(default)]
    expansions: Vec<String>,
    /// Lists of phrases inside which nothing is shorthand.
    #[serde(default)]
    spared: Vec<String>,
}

#[derive(Debug)]
struct Shorthand {
    approved: Forms,
    /// Approved forms as written, by the folded form without its full stops.
    written: BTreeMap<String, String>,
    units: Forms,
    known: HashMap<String, String, FixedState>,
    /// Approved forms and plain words: what needs no second look, as most words of a note.
    harmless: Forms,
    clips: Clips,
    honorifics: Vec<ListId>,
    spared: Vec<ListId>,
    known_phrases: Option<ListId>,
    phrase_meanings: HashMap<String, String>,
    glossary: Glossary,
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let (lexicon, folder) = (builder.lexicon(), builder.folder());
        let mut approved = Forms::default();
        let mut written = BTreeMap::new();
        for (_, form) in self.approved.iter().flat_map(|list| lexicon.entries(list)) {
            written.insert(bare(&folder.fold_str(form)), form.to_owned());
        }
        for list in self.approved.iter().chain(&self.everyday) {
            for form in lexicon.words(list, folder) {
                approved.insert(bare(&form));
                approved.insert(form);
            }
        }
        let mut known = HashMap::default();
        let mut phrase_meanings = HashMap::new();
        for list in &self.known {
            for (form, meaning) in lexicon.meanings(list, folder) {
                let digits_only = form.bytes().all(|b| b.is_ascii_digit());
                if form.contains([' ', '\'', '+']) || !form.is_ascii() {
                    // What is no single word is looked for as a whole; `4不4` has no word bounds.
                    phrase_meanings.insert(form, meaning);
                } else {
                    if !digits_only {
                        known.entry(bare(&form)).or_insert(meaning);
                    }
                }
            }
        }
        let ordinary = self.words.iter().chain(&self.expansions);
        let words: Forms = ordinary.flat_map(|list| lexicon.words(list, folder)).collect();
        let long: BTreeSet<String> = self.expansions.iter().flat_map(|list| lexicon.words(list, folder)).collect();
        if known.is_empty() && words.is_empty() {
            return Ok(None);
        }
        let units: Forms = self.units.iter().flat_map(|list| lexicon.words(list, folder)).collect();
        let plain = words.iter().chain(&units).filter(|word| !word.contains('.') && !known.contains_key(*word));
        let harmless = plain.chain(&approved).cloned().collect();
        let phrases: BTreeSet<String> = phrase_meanings.keys().cloned().collect();
        let pairs = |list: &String| -> Vec<(String, String)> {
            lexicon.pairs(list).map(|(form, meaning)| (form.to_owned(), meaning.to_owned())).collect()
        };
        // A form that somebody approved is not to be written out, whatever another list says.
        let disapproved = |(form, _): &(String, String)| !approved.contains(&bare(&folder.fold_str(form)));
        let glossary = Glossary {
            approved: self.approved.iter().map(|list| (list.clone(), pairs(list))).collect(),
            written_out: self.known.iter().flat_map(pairs).filter(disapproved).collect(),
        };
        Ok(Some(Box::new(Shorthand {
            approved,
            written,
            units,
            harmless,
            known,
            clips: Clips::new(&long, &words),
            honorifics: builder.lists(&["honorifics".to_owned()])?,
            spared: builder.lists(&self.spared)?,
            known_phrases: (!phrases.is_empty()).then(|| builder.phrases("shorthand of several words", &phrases)),
            phrase_meanings,
            glossary,
        })))
    }
}

/// A form without its full stops: `p.m.` and `pm` are the same form.
fn bare(form: &str) -> String {
    form.chars().filter(|c| *c != '.').collect()
}

impl Check for Shorthand {
    fn glossary(&self) -> Option<&Glossary> {
        Some(&self.glossary)
    }

    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let script = Script::of(&note.note.text);
        let mut hits: Vec<Hit> = Vec::new();
        if let Some(list) = self.known_phrases {
            for hit in note.hits(list) {
                let form = &note.folded.text[hit.start as usize..hit.end as usize];
                let better = self.phrase_meanings.get(form).cloned();
                hits.push(Hit { better, ..Hit::at(note.hit_span(hit)) });
            }
        }
        for mut token in tokens(&note.folded.text) {
            if script.han {
                // `tk62元`: nothing parts the shorthand from the number behind it.
                token = token.before_digits();
            }
            // Among Han text even a plain Latin word is foreign.
            let harmless = !script.han && self.harmless.contains(token.text);
            if harmless || !token.text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            let span = note.span(token.start, token.end);
            if hits.iter().any(|h| h.span.is_some_and(|s| s.overlaps(span))) {
                continue;
            }
            let Some(verdict) = self.judge(note, &token, span, script) else { continue };
            if self.is_part_of_code(&note.folded.text, &token) {
                continue;
            }
            if note.hits_of(&self.spared).any(|s| (s.start as usize) <= token.start && token.end <= s.end as usize) {
                continue;
            }
            let better = if verdict.is_empty() { self.nearest_approved(token.text) } else { Some(verdict) };
            hits.push(Hit { better, ..Hit::at(span) });
        }
        hits.sort_by_key(|h| h.span);
        Outcome::from_hits(hits)
    }
}

/// How a note uses letters, which decides what a capital says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Script {
    /// Mostly capitals: a capital says nothing.
    shouted: bool,
    /// Mostly Han: a Latin word is foreign.
    han: bool,
}

impl Script {
    fn of(text: &str) -> Self {
        let (mut upper, mut lower, mut han) = (0usize, 0usize, 0usize);
        // The others are counted byte by byte.
        upper += text.bytes().filter(u8::is_ascii_uppercase).count();
        lower += text.bytes().filter(u8::is_ascii_lowercase).count();
        for c in text.chars().filter(|c| !c.is_ascii()) {
            upper += usize::from(c.is_uppercase());
            lower += usize::from(c.is_lowercase());
            han += usize::from(('\u{3400}'..='\u{9fff}').contains(&c));
        }
        Script { shouted: upper > 2 * lower, han: han * 2 > upper + lower }
    }
}

/// A run of letters and digits with `/` inside, perhaps followed by a full stop.
struct Token<'t> {
    start: usize,
    end: usize,
    text: &'t str,
    /// A full stop follows.
    stop: bool,
}

impl<'t> Token<'t> {
    /// The letters in front, where digits follow them.
    fn before_digits(self) -> Self {
        let letters = self.text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let digits = self.text[letters..].bytes().all(|b| b.is_ascii_digit());
        // Longer numbers are a code's own.
        if letters < 2 || letters == self.text.len() || !digits || self.text.len() - letters > 4 {
            return self;
        }
        Token { end: self.start + letters, text: &self.text[..letters], stop: false, ..self }
    }
}

fn tokens(folded: &str) -> impl Iterator<Item = Token<'_>> {
    let bytes = folded.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !bytes[at].is_ascii_alphanumeric() {
            at += 1;
        }
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        while at < bytes.len() {
            let inside = bytes[at].is_ascii_alphanumeric()
                || (matches!(bytes[at], b'/' | b'&')
                    && at > start
                    && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
                    && at - start <= 2)
                || (bytes[at] == b'.' && at > start && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric));
            if !inside {
                break;
            }
            at += 1;
        }
        // `w/`, `c/`: the stroke belongs to a single letter.
        if at - start == 1
            && bytes.get(at) == Some(&b'/')
            && bytes[start].is_ascii_alphabetic()
            && bytes.get(at + 1).is_none_or(|b| *b == b' ')
        {
            at += 1;
        }
        let stop = bytes.get(at) == Some(&b'.');
        Some(Token { start, end: at, text: &folded[start..at], stop })
    })
}

impl Shorthand {
    /// The approved form that an unknown one may have been meant for (`AWC`, `telf`).
    fn nearest_approved(&self, form: &str) -> Option<String> {
        let form = bare(form);
        let near = nearest(&form, self.written.keys().map(String::as_str)).filter(|_| form.len() >= 3)?;
        self.written.get(near).cloned()
    }

    /// The expansion (empty where unknown) if the token is shorthand.
    fn judge(&self, note: &Prepared<'_>, token: &Token<'_>, span: Span, script: Script) -> Option<String> {
        let folded = &note.folded.text;
        let form: Cow<'_, str> =
            if token.text.contains('.') { bare(token.text).into() } else { Cow::Borrowed(token.text) };
        let form = form.as_ref();
        let known = self.known.get(form);
        // What is not known is shorthand by its letters alone, and of ten letters nothing is.
        let letters = form.bytes().all(|byte| byte.is_ascii_lowercase());
        if known.is_none() && (!letters || form.len() < 2 || (form.len() > LONGEST_CLIP && !script.han)) {
            return None;
        }
        let written = span.of(&note.note.text);
        let capitals = written.chars().filter(|c| c.is_uppercase()).count();
        let all_capitals = capitals == written.chars().filter(|c| c.is_alphabetic()).count();
        let starts_capital = written.chars().next().is_some_and(char::is_uppercase);
        if self.approved.contains(form) || self.approved.contains(token.text) {
            return None;
        }
        if all_capitals && !script.shouted && (self.is_initial(note, span) || is_signature(&note.note.text, span)) {
            return None;
        }
        let behind_number = folded[..token.start].trim_end().ends_with(|c: char| c.is_ascii_digit() || c == '/');
        if behind_number && self.units.contains(form) {
            return None;
        }
        if let Some(meaning) = known {
            // A known form written like a name inside a sentence is a name (`Sra. Tec`), unless it cannot be one.
            let name = starts_capital && !all_capitals && !script.shouted && self.addressed(note, token.start);
            return (!name).then(|| meaning.clone());
        }
        // What follows is the model; digits make product codes, quantities and references.
        if !letters {
            return None;
        }
        if script.han {
            let small = capitals == 0;
            let clipped = form.len() <= 4 && form.len() >= 2 || (form.len() <= 6 && !has_vowel(form));
            return (small && clipped).then(String::new);
        }
        if self.harmless.contains(form) {
            return None;
        }
        let inner_stop = token.stop && continues_small(&note.note.text[span.end..]);
        if all_capitals && !script.shouted && form.len() > 1 {
            // Initials nobody outside the team knows; longer ones are brands.
            return ((2..=4).contains(&form.len()) && !has_vowel(form) && !self.in_name(note, span)).then(String::new);
        }
        if starts_capital && !script.shouted && (self.in_name(note, span) || self.addressed(note, token.start)) {
            return None;
        }
        let clip = self.clips.of(form);
        let shorthand = match form.len() {
            0..=1 => false,
            2..=5 => !has_vowel(form) || clip.is_some() || inner_stop,
            // Nobody clips to eight letters: `operation. client` ends a sentence.
            6..=LONGEST_CLIP => inner_stop && form.len() < 8 && clip.is_some() || clip.is_some_and(|c| c.by_consonants),
            _ => false,
        };
        shorthand.then(|| clip.map(|c| c.word.to_owned()).unwrap_or_default())
    }

    /// Whether the token is a piece of an e-mail address, link, file, hyphenated code or number.
    fn is_part_of_code(&self, folded: &str, token: &Token<'_>) -> bool {
        let bytes = folded.as_bytes();
        let before = token.start.checked_sub(1).map(|i| bytes[i]);
        let after = bytes.get(token.end).copied();
        let word_start = folded[..token.start].rfind([' ', '\n']).map_or(0, |i| i + 1);
        let word_end = folded[token.end..].find([' ', '\n']).map_or(folded.len(), |i| token.end + i);
        let word = &folded[word_start..word_end];
        // `isn't`, `l'abo`: what stands before an apostrophe is half a word; behind one, only a word counts.
        let half = after == Some(b'\'') && bytes.get(token.end + 1).is_some_and(u8::is_ascii_alphabetic);
        let ending = before == Some(b'\'') && token.text.len() <= 2;
        half || ending
            || word.contains('@')
            || word.contains("//")
            || word.contains("www.")
            || before == Some(b'#')
            || (matches!(before, Some(b'-' | b'_')) && word.bytes().any(|b| b.is_ascii_digit()))
            || (matches!(after, Some(b'-' | b'_')) && word.bytes().any(|b| b.is_ascii_digit()))
            || (token.text.contains('.') && token.text.split('.').any(|p| p.len() > 3))
    }

    /// Whether a single capital belongs to a name: `Priya N.`, `J. Okafor`.
    fn is_initial(&self, note: &Prepared<'_>, span: Span) -> bool {
        let text = &note.note.text;
        let capital = |word: Option<&str>| word.and_then(|w| w.chars().next()).is_some_and(char::is_uppercase);
        let single = span.of(text).chars().count() == 1;
        let before = capital(text[..span.start].trim_end_matches(' ').rsplit([' ', '\n']).next());
        let after = text[span.end..].strip_prefix('.').is_some_and(|rest| capital(rest.split_whitespace().next()));
        single && (before || after)
    }

    fn addressed(&self, note: &Prepared<'_>, start: usize) -> bool {
        note.hits_of(&self.honorifics).any(|h| {
            h.end as usize <= start && note.folded.text[h.end as usize..start].chars().all(|c| c == ' ' || c == '.')
        })
    }

    /// Whether a capital names: not at the start of a sentence, or beside another capitalised word.
    fn in_name(&self, note: &Prepared<'_>, span: Span) -> bool {
        let text = &note.note.text;
        let before = text[..span.start].trim_end();
        let starts = before.is_empty()
            || before.ends_with(['.', '!', '?', ':', ';', '\n'])
            || text[before.len()..span.start].contains('\n');
        let capital = |c: Option<char>| c.is_some_and(char::is_uppercase);
        let next =
            capital(text[span.end..].trim_start().chars().next()) && text[span.end..].starts_with([' ', '-', '&']);
        let previous = before.rsplit([' ', '\n']).next().and_then(|w| w.chars().next());
        if starts { next } else { next || capital(previous) || span.of(text).chars().skip(1).any(char::is_lowercase) }
    }
}

/// Whether initials stand alone at the end of the note, as people sign: `… call back Monday. JB`.
fn is_signature(text: &str, span: Span) -> bool {
    let alone = text[..span.start].trim_end_matches(' ').ends_with(['.', '!', '?', '\n', '-', '/', '~', ')']);
    let last = !text[span.end..].chars().any(char::is_alphanumeric);
    alone && last && span.of(text).chars().count() <= 3
}

fn has_vowel(form: &str) -> bool {
    form.bytes().any(|b| b"aeiouy".contains(&b))
}

/// Whether the text behind a full stop goes on in small letters on the same line: the stop belongs to the word.
fn continues_small(rest: &str) -> bool {
    rest.strip_prefix('.').is_some_and(|rest| {
        let next = rest.trim_start_matches(' ');
        next.starts_with([',', ';', ':', ')']) || next.chars().next().is_some_and(char::is_lowercase)
    })
}

/// Most letters that anybody clips a word to.
const LONGEST_CLIP: usize = 9;

/// Finds the long word that a form clips.
#[derive(Debug)]
struct Clips {
    /// Long words by first letter, and by the first two.
    by_letter: HashMap<u8, Vec<String>>,
    by_letters: HashMap<[u8; 2], Vec<String>, FixedState>,
    /// Every three letters that stand side by side in a word of the language.
    triples: HashSet<[u8; 3], FixedState>,
}

/// A long word and how the form clips it.
#[derive(Debug, Clone, Copy)]
struct Clip<'c> {
    word: &'c str,
    by_consonants: bool,
}

impl Clips {
    /// From long words and from all words that show what the language looks like.
    fn new<'w>(words: &BTreeSet<String>, all: impl IntoIterator<Item = &'w String>) -> Self {
        let triples = all.into_iter().flat_map(|word| word.as_bytes().windows(3).map(|w| [w[0], w[1], w[2]])).collect();
        let mut by_letter: HashMap<u8, Vec<String>> = HashMap::new();
        for word in words.iter().filter(|w| w.len() >= 5 && w.is_ascii()) {
            by_letter.entry(word.as_bytes()[0]).or_default().push(word.clone());
        }
        // Short words first: the nearest expansion is the likeliest.
        for list in by_letter.values_mut() {
            list.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        }
        let mut by_letters: HashMap<[u8; 2], Vec<String>, FixedState> = HashMap::default();
        for word in by_letter.values().flatten() {
            by_letters.entry([word.as_bytes()[0], word.as_bytes()[1]]).or_default().push(word.clone());
        }
        Clips { by_letter, by_letters, triples }
    }

    fn of(&self, form: &str) -> Option<Clip<'_>> {
        let [first, second, ..] = form.as_bytes() else { return None };
        let alike = || self.by_letters.get(&[*first, *second]).into_iter().flatten();
        let enough =
            |word: &&String| word.len() >= form.len() + 3 && word.as_bytes()[1..].starts_with(&form.as_bytes()[1..]);
        let prefix = (form.len() >= 3).then(|| alike().find(enough)).flatten();
        if let Some(word) = prefix {
            return Some(Clip { word, by_consonants: false });
        }
        let list = || self.by_letter.get(first).into_iter().flatten();
        let skeleton = || list().find(|w| w.len() >= form.len() + 2 && is_skeleton(form, w));
        let skeleton = may_be_skeleton(form).then(skeleton).flatten();
        let contracted = || alike().find(|w| is_contracted(form, w));
        let contracted = || (!self.looks_like_a_word(form)).then(contracted).flatten();
        skeleton.or_else(contracted).map(|word| Clip { word, by_consonants: true })
    }

    /// Whether all of it could stand in a word of the language.
    fn looks_like_a_word(&self, form: &str) -> bool {
        form.as_bytes().windows(3).all(|w| self.triples.contains(&[w[0], w[1], w[2]]))
    }
}

/// Whether the form is the beginning and the end of the word (`confdo`, `medto`): two letters each at least, three in front
/// of a long form.
fn is_contracted(form: &str, word: &str) -> bool {
    let front = if form.len() >= 6 { 3 } else { 2 };
    (4..=8).contains(&form.len())
        && word.len() >= form.len() + 2
        && (front..=form.len() - 2).any(|cut| word.starts_with(&form[..cut]) && word.ends_with(&form[cut..]))
}

/// Whether the form may be what is left of a word: long forms with vowels are words; clips of that length are consonants.
fn may_be_skeleton(form: &str) -> bool {
    let vowels = form.bytes().filter(|b| b"aeiou".contains(b)).count();
    let most_vowels = if form.len() >= 6 { form.len() / 6 } else { form.len() / 3 };
    form.len() >= 3 && vowels <= most_vowels
}

/// Whether the form is the word with letters left out, most of them vowels, and its end kept or its consonants kept.
fn is_skeleton(form: &str, word: &str) -> bool {
    let (f, w) = (form.as_bytes(), word.as_bytes());
    if f.last() != w.last() && !w[..w.len() - 1].ends_with(&f[f.len() - 1..]) {
        return false;
    }
    let mut at = 0;
    for letter in f {
        match w[at..].iter().position(|b| b == letter) {
            Some(found) => at += found + 1,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_are_found_by_beginning_and_by_consonants() {
        let words = BTreeSet::from(["customer".to_owned(), "appointment".to_owned(), "payment".to_owned()]);
        let clips = Clips::new(&words, &words);
        assert_eq!(clips.of("cust").unwrap().word, "customer");
        assert_eq!(clips.of("appt").unwrap().word, "appointment");
        assert_eq!(clips.of("pymt").unwrap().word, "payment");
        assert!(clips.of("come").is_none() && clips.of("cot").is_none());
        assert!(is_contracted("confdo", "confirmado") && !is_contracted("contado", "contratista"));
    }

    #[test]
    fn tokens_keep_strokes_and_tell_stops() {
        let all: Vec<(String, bool)> = tokens("t/s w/ tec. a.m. 3").map(|t| (t.text.to_owned(), t.stop)).collect();
        let texts: Vec<&str> = all.iter().map(|(t, _)| t.as_str()).collect();
        assert_eq!(texts, ["t/s", "w/", "tec", "a.m", "3"]);
        assert!(all[2].1);
    }
}
