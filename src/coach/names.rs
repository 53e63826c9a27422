//! Names of people, found by what the export tells of them, by the title in front and by their capital, and invented ones in their
//! place.

use std::collections::BTreeMap;
use std::ops::Range;

use super::seed::Choices;
use super::strangers::{Capitals, Strangers};
use crate::text::{Folder, is_han, tears_a_word};

/// What a language knows of names: keys of its `report.yaml`.
#[derive(Debug, Clone, Default)]
pub(super) struct Invented {
    /// Given names that fit anybody.
    given: Vec<String>,
    /// Family names.
    family: Vec<String>,
    /// Titles before (in Chinese behind) a name, folded, without a full stop.
    titles: Vec<String>,
    /// Characters that are family names, for Chinese.
    surnames: String,
    /// What is known of words with a capital.
    capitals: Capitals,
}

impl Invented {
    /// Reads the keys `names.given`, `names.family`, `names.titles`, `names.surnames`, `names.common`,
    /// `names.spared`, `names.particles` and `names.prefixes`.
    pub(super) fn from_wording(wording: &BTreeMap<String, String>, folder: &Folder) -> Self {
        let list = |key: &str| -> Vec<String> {
            let text = wording.get(key).map_or("", String::as_str);
            text.split([',', '，', '、']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let folded = |key: &str| list(key).iter().map(|word| folder.fold_str(word)).collect::<Vec<_>>();
        let titles = folded("names.titles");
        Invented {
            given: list("names.given"),
            family: list("names.family"),
            surnames: wording.get("names.surnames").cloned().unwrap_or_default(),
            capitals: Capitals {
                common: folded("names.common").into_iter().collect(),
                spared: folded("names.spared").into_iter().collect(),
                titles: titles.iter().cloned().collect(),
                particles: folded("names.particles").into_iter().collect(),
                prefixes: list("names.prefixes"),
            },
            titles,
        }
    }

    /// What is known of words with a capital.
    pub(super) fn capitals(&self) -> &Capitals {
        &self.capitals
    }

    /// A name of the list that `taken` does not hold, as long as there is one; behind an elision one that begins with a vowel.
    fn free(list: &[String], taken: &[String], elided: bool, key: &str, seed: u64) -> String {
        let fits = |name: &&String| !elided || name.starts_with(|c| "AEIOUÉÈÊÀÂÎÔÛaeiou".contains(c));
        let free: Vec<String> = list.iter().filter(|name| fits(name) && !taken.contains(name)).cloned().collect();
        if free.is_empty() { Self::of_list(list, key, seed) } else { Self::of_list(&free, key, seed) }
    }

    fn of_list(list: &[String], key: &str, seed: u64) -> String {
        match list.len() {
            0 => "N.".to_owned(),
            len => list[Choices::of(seed, key).below(len)].clone(),
        }
    }

    fn family(&self, key: &str, seed: u64) -> String {
        Self::of_list(&self.family, key, seed)
    }

    fn given(&self, key: &str, seed: u64) -> String {
        Self::of_list(&self.given, key, seed)
    }
}

/// A word of the text: `start..end` in bytes, and its folded form.
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) folded: String,
    pub(super) capital: bool,
}

/// The places of names in the text with what is to stand there. `own` are the names that belong to the note, of which
/// any part is looked for; of the `others` of the export two parts in a row, as many a name is a word too. Who is neither, and has no
/// title, is found by the capital.
pub(super) fn replacements(
    text: &str,
    own: &[&str],
    others: &[&str],
    (invented, strangers): (&Invented, &Strangers),
    untouched: &[Range<usize>],
    folder: &Folder,
    seed: u64,
) -> Vec<(usize, usize, String)> {
    let mut out = Vec::new();
    let words = words(text, folder);
    for (person, alone) in own.iter().map(|name| (name, true)).chain(others.iter().map(|name| (name, false))) {
        if person.chars().any(is_han) {
            han_person(text, person, alone, invented, seed, &mut out);
        } else {
            latin_person(text, &words, person, alone, invented, folder, seed, &mut out);
        }
    }
    han_titles(text, invented, seed, &mut out);
    latin_titles(text, &words, invented, seed, &mut out);
    strange(text, &words, strangers, invented, untouched, seed, &mut out);
    out
}

/// Whole name, then the given name alone, of a person whose name is written in Han characters.
fn han_person(
    text: &str,
    person: &str,
    alone: bool,
    invented: &Invented,
    seed: u64,
    out: &mut Vec<(usize, usize, String)>,
) {
    let name: String = person.chars().filter(|c| is_han(*c)).collect();
    let length = name.chars().count();
    if !(2..=4).contains(&length) {
        return;
    }
    let (family, given) = (invented.family(&name, seed), invented.given(&name, seed));
    out.extend(text.match_indices(&name).map(|(at, found)| (at, at + found.len(), format!("{family}{given}"))));
    let own: String = name.chars().skip(1).collect();
    if length >= 3 && alone {
        out.extend(text.match_indices(&own).map(|(at, found)| (at, at + found.len(), given.clone())));
    }
}

/// The family name before a Chinese title: 王女士.
fn han_titles(text: &str, invented: &Invented, seed: u64, out: &mut Vec<(usize, usize, String)>) {
    for title in invented.titles.iter().filter(|title| title.chars().all(is_han)) {
        for (at, found) in text.match_indices(title.as_str()) {
            let mut before = text[..at].char_indices().rev();
            let Some((last_at, last)) = before.next() else { continue };
            // `对方经理`: the last character of another word is no name.
            if invented.surnames.contains(last) && !tears_a_word(text, last_at..at + found.len()) {
                out.push((last_at, at, invented.family(&last.to_string(), seed)));
            }
        }
    }
}

/// Parts of a known name: two or more in a row, or one `alone` that is long enough to be nothing else.
#[allow(clippy::too_many_arguments)]
fn latin_person(
    text: &str,
    words: &[Word],
    person: &str,
    alone: bool,
    invented: &Invented,
    folder: &Folder,
    seed: u64,
    out: &mut Vec<(usize, usize, String)>,
) {
    let parts: Vec<Word> = self::words(person, folder).into_iter().filter(|p| !p.folded.is_empty()).collect();
    let last = parts.len().saturating_sub(1);
    let other = |index: usize, part: &Word| {
        if index == 0 && last > 0 { invented.given(&part.folded, seed) } else { invented.family(&part.folded, seed) }
    };
    let same = |word: &Word, part: &Word| word.folded == part.folded;
    for (at, word) in words.iter().enumerate() {
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| same(word, part)) {
            let behind = index < last && words.get(at + 1).is_some_and(|next| same(next, &parts[index + 1]));
            let before = index > 0 && at > 0 && same(&words[at - 1], &parts[index - 1]);
            let length = part.folded.chars().count();
            let enough = length >= 4 || (length == 3 && word.capital) || last == 0;
            if behind || before || (alone && part.capital && enough) {
                out.push((word.start, word.end, in_style(&text[word.start..word.end], other(index, part))));
            }
        }
    }
}

/// Capitalised words behind a title: Mme Lefèvre, Sr. García Ruiz.
fn latin_titles(text: &str, words: &[Word], invented: &Invented, seed: u64, out: &mut Vec<(usize, usize, String)>) {
    for (at, word) in words.iter().enumerate() {
        if !invented.titles.contains(&word.folded) {
            continue;
        }
        let mut end = word.end;
        for next in words[at + 1..].iter().take(3) {
            let gap = &text[end..next.start];
            let near = gap.strip_prefix('.').unwrap_or(gap).trim_matches(' ').is_empty() || gap == "-";
            if !near || !next.capital {
                break;
            }
            out.push((
                next.start,
                next.end,
                in_style(&text[next.start..next.end], invented.family(&next.folded, seed)),
            ));
            end = next.end;
        }
    }
}

/// People whom only their capital gives away: one invented name for each word, none for two of them.
fn strange(
    text: &str,
    words: &[Word],
    strangers: &Strangers,
    invented: &Invented,
    untouched: &[Range<usize>],
    seed: u64,
    out: &mut Vec<(usize, usize, String)>,
) {
    let mut given: BTreeMap<&str, String> = BTreeMap::new();
    let mut taken: Vec<String> = Vec::new();
    let mut last = None;
    for at in strangers.names(text, words, &invented.capitals, untouched) {
        let word = &words[at];
        let behind_name = last.is_some_and(|last: usize| {
            at - last <= 3
                && text[words[last].end..word.start]
                    .trim_matches([' ', '-', '.'])
                    .chars()
                    .all(|c| c.is_lowercase() || c == ' ')
        });
        last = Some(at);
        let other = given.entry(&word.folded).or_insert_with(|| {
            let list = if behind_name { &invented.family } else { &invented.given };
            let elided = text[..word.start].ends_with(['\'', '’']);
            let other = Invented::free(list, &taken, elided, &word.folded, seed);
            taken.push(other.clone());
            other
        });
        out.push((word.start, word.end, in_style(&text[word.start..word.end], other.clone())));
    }
}

/// All capitals or all small letters as the word that is replaced.
fn in_style(word: &str, other: String) -> String {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    if letters.clone().count() > 1 && letters.clone().all(char::is_uppercase) {
        other.to_uppercase()
    } else if letters.all(char::is_lowercase) {
        other.to_lowercase()
    } else {
        other
    }
}

/// The words of a text in scripts with letters; Han characters part them.
pub(super) fn words(text: &str, folder: &Folder) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_alphabetic() && !is_han(c);
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = &text[from..at];
                let capital = word.chars().next().is_some_and(char::is_uppercase);
                words.push(Word { start: from, end: at, folded: folder.fold_str(word), capital });
                start = None;
            }
            _ => {}
        }
    }
    words
}
