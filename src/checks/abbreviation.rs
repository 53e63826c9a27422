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
//!     codes: [reference_labels]                   # behind these, capitals in front of digits are a piece of a code
//! ```
//!
//! A form that no list names is shorthand where it is short, no ordinary word, and either has no vowel, or keeps its
//! full stop inside a sentence, or is a clip of a long word: its beginning, its consonants in order, or its beginning and its end
//! with letters between them that no word of the language has (`confdo`). In a language without spaces, a short Latin word in
//! small letters inside the text is shorthand. The better wording is the expansion; where none is known, the nearest approved
//! form.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::clip::{Clips, LONGEST_CLIP};
use super::{Check, Compile, Compiled, Corpus, Glossary};
use crate::model::{Hit, Outcome, Span};
use crate::text::{
    Folder, Interest, InterestId, Lexicon, ListId, Piece, Prepared, ScannerBuilder, WordSet, Words, is_han,
};
use crate::yaml::nearest;

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
    /// Lists of words in front of codes.
    #[serde(default)]
    codes: Vec<String>,
}

#[derive(Debug)]
struct Shorthand {
    approved: WordSet,
    /// Approved forms as written, by the folded form without its full stops.
    written: BTreeMap<String, String>,
    units: WordSet,
    known: Known,
    /// Approved forms and plain words: what needs no second look, as most words of a note.
    harmless: Arc<Harmless>,
    /// All other words.
    unusual: InterestId,
    clips: Clips,
    honorifics: Vec<ListId>,
    spared: Vec<ListId>,
    codes: Vec<ListId>,
    known_phrases: Option<ListId>,
    /// Approved forms with their meanings, by list.
    in_lists: Vec<(String, Vec<(String, String)>)>,
    folder: Folder,
}

/// What needs no second look.
#[derive(Debug)]
struct Harmless(WordSet);

impl Interest for Harmless {
    fn takes(&self, word: &str) -> bool {
        !self.0.contains(word)
    }
}

/// Forms that are not approved, with what they stand for.
#[derive(Debug, Default)]
struct Known {
    /// As the lists have them.
    meanings: Vec<(String, String)>,
    /// Of those that are single words, without their full stops, the place in `meanings`.
    words: Words<u32>,
    /// The others, folded; they are looked for as a whole, for `4不4` has no word bounds.
    phrases: HashMap<String, String>,
}

impl Known {
    fn of(lists: &[String], lexicon: &Lexicon, folder: &Folder) -> Self {
        let mut known = Known::default();
        for list in lists {
            let Known { meanings, words, phrases } = &mut known;
            let before = meanings.len();
            meanings.extend(lexicon.meanings(list).map(|(form, meaning)| (form.to_owned(), meaning.to_owned())));
            words.reserve(meanings.len() - before);
            let mut own = HashMap::new();
            for (place, (written, meaning)) in meanings.iter().enumerate().skip(before) {
                let form = folder.fold_str(written);
                if form.contains([' ', '\'', '+']) || !form.is_ascii() {
                    own.entry(form).or_insert_with(|| meaning.clone());
                } else if !form.bytes().all(|b| b.is_ascii_digit()) {
                    // Of forms that differ in their full stops alone (`p.m.`, `pm`), the one that has them counts; of the same form, what
                    // was written first; of lists, the first.
                    let first = words.or_insert(bare(&form).as_bytes(), place as u32);
                    let earlier = *first as usize;
                    if earlier >= before && form < folder.fold_str(&meanings[earlier].0) {
                        *first = place as u32;
                    }
                }
            }
            phrases.extend(own);
        }
        known
    }

    /// What a word without its full stops stands for.
    fn meaning(&self, word: &str) -> Option<&String> {
        self.words.get(word.as_bytes()).map(|place| &self.meanings[*place as usize].1)
    }
}

impl Compile for Spec {
    fn compile(&self, builder: &mut ScannerBuilder<'_>) -> Compiled {
        let (lexicon, folder) = (builder.lexicon(), builder.folder());
        let mut approved: Vec<String> = Vec::new();
        let mut written = BTreeMap::new();
        for (_, form) in self.approved.iter().flat_map(|list| lexicon.entries(list)) {
            written.insert(bare(&folder.fold_str(form)), form.to_owned());
        }
        for list in self.approved.iter().chain(&self.everyday) {
            for form in lexicon.words(list, folder) {
                approved.extend([bare(&form), form]);
            }
        }
        let known = Known::of(&self.known, lexicon, folder);
        let ordinary =
            |lists: &[String]| -> Vec<String> { lists.iter().flat_map(|l| lexicon.words(l, folder)).collect() };
        let (short, long) = (ordinary(&self.words), ordinary(&self.expansions));
        if known.words.is_empty() && short.is_empty() && long.is_empty() {
            return Ok(None);
        }
        let clips = Clips::new(&long, short.iter().chain(&long));
        let units: Vec<String> = self.units.iter().flat_map(|list| lexicon.words(list, folder)).collect();
        let plain = |word: &String| !word.contains('.') && !known.words.contains(word);
        let mut harmless = WordSet::default();
        harmless.reserve(short.len() + long.len() + approved.len());
        harmless.extend(short.iter().chain(&long).chain(&units).filter(|word| plain(word)));
        harmless.extend(&approved);
        let harmless = Arc::new(Harmless(harmless));
        let phrases: BTreeSet<String> = known.phrases.keys().cloned().collect();
        let pairs = |list: &String| -> Vec<(String, String)> {
            lexicon.pairs(list).map(|(form, meaning)| (form.to_owned(), meaning.to_owned())).collect()
        };
        Ok(Some(Box::new(Shorthand {
            approved: approved.iter().collect(),
            written,
            units: units.iter().collect(),
            unusual: builder.interest(Arc::clone(&harmless) as Arc<dyn Interest>),
            harmless,
            known,
            clips,
            honorifics: builder.lists(&["honorifics".to_owned()])?,
            spared: builder.lists(&self.spared)?,
            codes: builder.lists(&self.codes)?,
            known_phrases: (!phrases.is_empty()).then(|| builder.phrases("shorthand of several words", &phrases)),
            in_lists: self.approved.iter().map(|list| (list.clone(), pairs(list))).collect(),
            folder: folder.clone(),
        })))
    }
}

/// Letters from which on a part of a word with a hyphen is a word and no clip.
const LONG_PART: usize = 4;
/// Fewest digits of a code that starts with capitals.
const FEWEST_DIGITS: usize = 4;

/// A form without its full stops: `p.m.` and `pm` are the same form.
fn bare(form: &str) -> String {
    form.chars().filter(|c| *c != '.').collect()
}

impl Check for Shorthand {
    fn glossary(&self) -> Option<Glossary> {
        let told = |(form, _): &&(String, String)| {
            // A form that somebody approved is not to be written out, whatever another list says.
            !self.approved.contains(&bare(&self.folder.fold_str(form)))
        };
        let mut seen = HashSet::new();
        let first = self.known.meanings.iter().filter(|(form, _)| seen.insert(form));
        Some(Glossary { approved: self.in_lists.clone(), written_out: first.filter(told).cloned().collect() })
    }

    fn check(&self, note: &Prepared<'_>, _: &Corpus) -> Outcome {
        let script = Script::of(&note.note.text);
        let mut hits: Vec<Hit> = Vec::new();
        if let Some(list) = self.known_phrases {
            for hit in note.hits(list) {
                let form = &note.folded.text[hit.start as usize..hit.end as usize];
                let better = self.known.phrases.get(form).cloned();
                hits.push(Hit { better, ..Hit::at(note.hit_span(hit)) });
            }
        }
        // Among Han text even a plain Latin word is foreign.
        let passed_over = |piece: &Piece| !script.han && !piece.may_be_of(self.unusual);
        for mut token in tokens(&note.folded.text, note.pieces(), passed_over) {
            if script.han {
                // `tk62元`: nothing parts the shorthand from the number behind it.
                token = token.before_digits();
            }
            let harmless = !script.han && self.harmless.0.contains(token.text);
            if harmless || !token.text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            let span = note.span(token.start, token.end);
            if hits.iter().any(|h| h.span.is_some_and(|s| s.overlaps(span))) {
                continue;
            }
            let Some(verdict) = self.judge(note, &token, span, &script) else { continue };
            if self.is_part_of_code(&note.folded.text, &token) || self.starts_code(note, &token, span) {
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
#[derive(Debug)]
struct Script<'t> {
    text: &'t str,
    /// Mostly Han: a Latin word is foreign.
    han: bool,
    /// Asked for at few words, in few notes.
    shouted: OnceCell<bool>,
}

impl<'t> Script<'t> {
    fn of(text: &'t str) -> Self {
        // The first bytes of all Han characters, looked for without a branch.
        let may_hold_han = text.bytes().filter(|byte| (0xe3..=0xe9).contains(byte)).count() > 0;
        let han = may_hold_han && {
            let (upper, lower, han) = letters(text);
            han * 2 > upper + lower
        };
        Script { text, han, shouted: OnceCell::new() }
    }

    /// Mostly capitals: a capital says nothing.
    fn shouted(&self) -> bool {
        *self.shouted.get_or_init(|| {
            let (upper, lower, _) = letters(self.text);
            upper > 2 * lower
        })
    }
}

/// How many capitals, small letters and Han characters a text has.
fn letters(text: &str) -> (usize, usize, usize) {
    // Those of other scripts are counted character by character.
    let mut upper = text.bytes().filter(u8::is_ascii_uppercase).count();
    let mut lower = text.bytes().filter(u8::is_ascii_lowercase).count();
    let mut han = 0;
    if !text.is_ascii() {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            upper += usize::from(c.is_uppercase());
            lower += usize::from(c.is_lowercase());
            han += usize::from(is_han(c));
        }
    }
    (upper, lower, han)
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

/// The token that starts with this letter or digit.
fn token_at(folded: &str, start: usize) -> Token<'_> {
    let bytes = folded.as_bytes();
    let mut at = start;
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
    Token { start, end: at, text: &folded[start..at], stop }
}

/// Whether a word that ends here is a token by itself.
fn stands_alone(bytes: &[u8], end: usize) -> bool {
    match bytes[end..] {
        [b'/' | b'&', ..] => false,
        [b'.', next, ..] => !next.is_ascii_alphanumeric(),
        [next, ..] => !next.is_ascii_alphanumeric(),
        [] => true,
    }
}

/// The tokens of a text, without those that `passed_over` tells by their piece: most words.
fn tokens<'t>(
    folded: &'t str,
    pieces: impl Iterator<Item = Piece> + 't,
    passed_over: impl Fn(&Piece) -> bool + 't,
) -> impl Iterator<Item = Token<'t>> {
    let bytes = folded.as_bytes();
    let mut at = 0;
    pieces.filter_map(move |piece| {
        let starts = piece.start >= at && bytes[piece.start].is_ascii_alphanumeric();
        if !starts || passed_over(&piece) && stands_alone(bytes, piece.end) {
            return None;
        }
        let token = token_at(folded, piece.start);
        at = token.end;
        Some(token)
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
    fn judge(&self, note: &Prepared<'_>, token: &Token<'_>, span: Span, script: &Script<'_>) -> Option<String> {
        let folded = &note.folded.text;
        let form: Cow<'_, str> =
            if token.text.contains('.') { bare(token.text).into() } else { Cow::Borrowed(token.text) };
        let form = form.as_ref();
        let known = self.known.meaning(form);
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
        // Nobody signs with three letters that stand for something: `All sorted. NFA`.
        let signs = || (known.is_none() || form.len() < 3) && is_signature(&note.note.text, span);
        if all_capitals && !script.shouted() && (self.is_initial(note, span) || signs()) {
            return None;
        }
        let behind_number = folded[..token.start].trim_end().ends_with(|c: char| c.is_ascii_digit() || c == '/');
        if behind_number && self.units.contains(form) {
            return None;
        }
        if let Some(meaning) = known {
            // A known form written like a name inside a sentence is a name (`Sra. Tec`), unless it cannot be one.
            let name = starts_capital && !all_capitals && !script.shouted() && self.addressed(note, token.start);
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
        // A list need not have the plural too.
        let plural = |stem: &str| stem.len() >= 4 && self.harmless.0.contains(stem);
        if self.harmless.0.contains(form) || form.strip_suffix('s').is_some_and(plural) {
            return None;
        }
        let inner_stop = token.stop && continues_small(&note.note.text[span.end..]);
        if all_capitals && !script.shouted() && form.len() > 1 {
            // Initials nobody outside the team knows; longer ones are brands.
            return ((2..=4).contains(&form.len()) && !has_vowel(form) && !self.in_name(note, span)).then(String::new);
        }
        if starts_capital && !script.shouted() && (self.in_name(note, span) || self.addressed(note, token.start)) {
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
        // `gastro-enteritis`: a word that two make is not clipped.
        let letters = |text: &str| text.bytes().take_while(u8::is_ascii_lowercase).count() >= LONG_PART;
        let compound = token.text.len() >= LONG_PART
            && (folded[token.end..].strip_prefix('-').is_some_and(letters)
                || word[..token.start - word_start].strip_suffix('-').is_some_and(letters));
        half || ending
            || compound
            || word.contains('@')
            || word.contains("//")
            || word.contains("www.")
            || before == Some(b'#')
            || (matches!(before, Some(b'-' | b'_')) && word.bytes().any(|b| b.is_ascii_digit()))
            || (matches!(after, Some(b'-' | b'_')) && word.bytes().any(|b| b.is_ascii_digit()))
            || (token.text.contains('.') && token.text.split('.').any(|p| p.len() > 3))
    }

    /// Whether capitals behind the label of a code are its beginning: `order CR 40 118`, `container MSKX 204417-3`.
    fn starts_code(&self, note: &Prepared<'_>, token: &Token<'_>, span: Span) -> bool {
        let folded = &note.folded.text;
        let behind = folded[token.end..].strip_prefix([' ', '-']).unwrap_or_default();
        let run = behind.bytes().take_while(|byte| byte.is_ascii_digit() || b" -/.".contains(byte));
        let digits = run.filter(u8::is_ascii_digit).count();
        digits >= FEWEST_DIGITS
            && behind.starts_with(|c: char| c.is_ascii_digit())
            && span.of(&note.note.text).bytes().all(|byte| byte.is_ascii_uppercase())
            && note.hits_of(&self.codes).any(|label| {
                let between = folded.get(label.end as usize..token.start);
                between.is_some_and(|between| {
                    !between.contains(['\n', '.', ',', ';']) && !between.contains(char::is_alphanumeric)
                })
            })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Note;
    use crate::text::Speech;
    use crate::text::prepared::Workspace;

    #[test]
    fn tokens_keep_strokes_and_tell_stops() {
        let (lexicon, folder) = (Lexicon::default(), Folder::default());
        let mut builder = ScannerBuilder::new(&lexicon, &folder);
        let unusual = builder.interest(Arc::new(Harmless(["w", "a", "bill", "t"].iter().collect())));
        let scanner = builder.build();
        let found = |text: &str| -> Vec<(String, bool)> {
            let note = Note { text: text.to_owned(), ..Note::default() };
            let mut workspace = Workspace::new(&scanner);
            let note = workspace.prepare(&note, &folder, &scanner, &Speech::default());
            let tokens = tokens(&note.folded.text, note.pieces(), |piece| !piece.may_be_of(unusual));
            tokens.map(|token| (token.text.to_owned(), token.stop)).collect()
        };
        let all = found("t/s w/ tec. a.m. bill 34");
        let texts: Vec<&str> = all.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["t/s", "w/", "tec", "a.m"]);
        assert!(all[2].1);
        let all = found("bill, bill.x bills bill9 a&b a/ x9 bill. bill");
        let texts: Vec<&str> = all.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["bill.x", "bills", "bill9", "a&b", "a/", "x9"]);
    }
}
