//! People whom neither a column nor a title announces: a sister, a neighbour, a manager asked for by name.
//!
//! No list holds all names. What gives one away in scripts with capitals is a capital inside a sentence on a word that the export
//! hardly uses in any other way: a word that is written small as well, or that a good part of the agents write, is a term, a place,
//! a product. `report.yaml` tells what cannot be counted: `names.common` are names whoever writes them, `names.spared` have a capital
//! and are nobody's name (months, brands, departments) unless they stand beside one.
//!
//! What is found once in a note is a name wherever the note has it. A note that Writes Most Words Like This tells nothing by its
//! capitals: [`Strangers::says_nothing_of`].

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::names::Word;

/// Agents from whom on a word with a capital may be a term: so many, and so large a part of all of them.
const MANY: usize = 3;
const PART: usize = 4;
/// A word is no name where it is written small so often: once for so many times with a capital.
const RARELY_SMALL: usize = 4;
/// Letters below which a capital is an initial or a short form.
const SHORTEST: usize = 3;
/// Letters from which two words in capitals beside each other are a name and no short forms.
const SHORTEST_SHOUTED: usize = 4;
/// Capitals among ten words inside sentences from which capitals tell nothing, where there are as many words as that.
const TITLE_CASE: (usize, usize) = (5, 6);
/// What a language's `report.yaml` tells of words with a capital, folded.
#[derive(Debug, Clone, Default)]
pub(super) struct Capitals {
    /// Names, whoever writes them.
    pub(super) common: HashSet<String>,
    /// Nobody's names.
    pub(super) spared: HashSet<String>,
    /// Titles, which stand before names and are none.
    pub(super) titles: HashSet<String>,
    /// Small words inside a name: María de la Cruz, Anke van den Berg.
    pub(super) particles: HashSet<String>,
    /// Beginnings behind which a name has a second capital (McAllister), as written.
    pub(super) prefixes: Vec<String>,
}

/// How often an export writes a word small, and who writes it with a capital.
#[derive(Debug, Default)]
struct Count<'n> {
    small: usize,
    capital: usize,
    agents: HashSet<&'n str>,
}

/// Counts the words of an export.
#[derive(Debug, Default)]
pub(super) struct Census<'n> {
    words: HashMap<String, Count<'n>>,
    agents: HashSet<&'n str>,
}

impl<'n> Census<'n> {
    /// Counts the words of one note.
    pub(super) fn add(&mut self, agent: &'n str, text: &str, words: &[Word]) {
        self.agents.insert(agent);
        for word in words {
            let count = self.words.entry(word.folded.clone()).or_default();
            if !word.capital {
                count.small += 1;
            } else if !begins(text, word.start) {
                count.capital += 1;
                count.agents.insert(agent);
            }
        }
    }

    /// What is known of its words.
    pub(super) fn close(self) -> Strangers {
        let many = MANY.max(self.agents.len().div_ceil(PART));
        let is_term = |count: &Count<'_>| {
            count.small * RARELY_SMALL > count.capital || self.agents.len() >= MANY && count.agents.len() >= many
        };
        let terms = self.words.into_iter().filter(|(_, count)| is_term(count));
        Strangers { terms: terms.map(|(word, _)| word).collect() }
    }
}

/// Words of an export that are nobody's name, folded.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    terms: HashSet<String>,
}

/// A text in which names are looked for.
struct Look<'t> {
    text: &'t str,
    words: &'t [Word],
    capitals: &'t Capitals,
    /// What stays as it is: the words of findings, blanks.
    untouched: &'t [Range<usize>],
    shouted: bool,
}

impl Strangers {
    /// The words that are parts of names, by their index, in order, and in them every word of the text that is a name somewhere in it.
    /// What stands in `untouched` is left alone.
    pub(super) fn names(
        &self,
        text: &str,
        words: &[Word],
        capitals: &Capitals,
        untouched: &[Range<usize>],
    ) -> BTreeSet<usize> {
        let small = words.iter().any(|word| text[word.start..word.end].chars().count() > 1 && !word.capital);
        let look = Look { text, words, capitals, untouched, shouted: !small };
        let mut found: BTreeSet<usize> = (0..words.len()).filter(|at| self.gives_itself_away(&look, *at)).collect();
        look.everywhere(&mut found);
        // Who stands beside a name belongs to it, also where the word is a month or a town, or begins the sentence.
        for at in found.clone() {
            let mut next = at + 1;
            while next < words.len() && look.adjoining(next - 1) && look.goes_on(self, next) {
                if look.has_capital(next) {
                    found.insert(next);
                }
                next += 1;
            }
            let mut before = at;
            while before > 0 && look.adjoining(before - 1) && look.goes_on(self, before - 1) {
                before -= 1;
                if look.has_capital(before) {
                    found.insert(before);
                }
            }
        }
        look.everywhere(&mut found);
        found
    }

    /// Whether a note writes so many words with a capital that these say nothing.
    pub(super) fn says_nothing_of(text: &str, words: &[Word]) -> bool {
        let inside: Vec<&Word> = words
            .iter()
            .filter(|word| text[word.start..word.end].chars().count() > SHORTEST && !begins(text, word.start))
            .collect();
        let capitals = inside.iter().filter(|word| word.capital).count();
        inside.len() >= TITLE_CASE.1 && capitals * 10 >= inside.len() * TITLE_CASE.0
    }

    /// Whether the word is a name by what it looks like and where it stands.
    fn gives_itself_away(&self, look: &Look<'_>, at: usize) -> bool {
        let word = &look.words[at];
        if look.capitals.titles.contains(&word.folded) || !look.has_capital(at) {
            return false;
        }
        if look.capitals.common.contains(&word.folded) && !look.is_shouted(at) {
            return true;
        }
        if look.capitals.spared.contains(&word.folded) || self.terms.contains(&word.folded) {
            return false;
        }
        if look.is_shouted(at) {
            let long = |at: usize| {
                look.is_shouted(at)
                    && look.length(at) >= SHORTEST_SHOUTED
                    && !self.terms.contains(&look.words[at].folded)
                    && !look.capitals.spared.contains(&look.words[at].folded)
            };
            let beside = at > 0 && look.adjoining(at - 1) && long(at - 1)
                || at + 1 < look.words.len() && look.adjoining(at) && long(at + 1);
            return !look.shouted && long(at) && beside;
        }
        look.length(at) >= SHORTEST && (!begins(look.text, word.start) || look.is_all_of_its_part(at))
    }
}

impl Look<'_> {
    /// Adds the other places of the words found.
    fn everywhere(&self, found: &mut BTreeSet<usize>) {
        let told: HashSet<&str> = found.iter().map(|at| self.words[*at].folded.as_str()).collect();
        let again = |at: &usize| self.has_capital(*at) && told.contains(self.words[*at].folded.as_str());
        found.extend((0..self.words.len()).filter(again).collect::<Vec<_>>());
    }

    fn length(&self, at: usize) -> usize {
        self.text[self.words[at].start..self.words[at].end].chars().count()
    }

    /// Whether the word is written in capitals alone.
    fn is_shouted(&self, at: usize) -> bool {
        self.length(at) > 1 && self.text[self.words[at].start..self.words[at].end].chars().all(char::is_uppercase)
    }

    /// Whether the word is written as a name is: with a capital, and none inside but behind such a beginning; no part of a code, an
    /// address or what stays as it is.
    fn has_capital(&self, at: usize) -> bool {
        let word = &self.words[at];
        let written = &self.text[word.start..word.end];
        let prefixes = self.capitals.prefixes.iter();
        let mut rests =
            prefixes.filter_map(|prefix| written.strip_prefix(prefix.as_str())).filter(|rest| !rest.is_empty());
        let plain = |rest: &str| rest.chars().skip(1).all(char::is_lowercase);
        let glued = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '@' | '_' | '\\' | '#'));
        let behind = &self.text[word.end..];
        let web = behind
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit()));
        word.capital
            && (plain(written) || rests.any(plain) || self.is_shouted(at))
            && !glued(self.text[..word.start].chars().next_back())
            && !glued(behind.chars().next())
            && !web
            && !self.untouched.iter().any(|place| place.start < word.end && word.start < place.end)
    }

    /// Whether a name may go on with this word: an initial, a small word inside names, or a word that is no term of the export.
    fn goes_on(&self, strangers: &Strangers, at: usize) -> bool {
        let word = &self.words[at];
        if !word.capital {
            return self.capitals.particles.contains(&word.folded);
        }
        let known = strangers.terms.contains(&word.folded) && !self.capitals.spared.contains(&word.folded);
        self.has_capital(at)
            && !known
            && !self.capitals.titles.contains(&word.folded)
            && (self.length(at) >= SHORTEST || self.is_initial(at))
    }

    /// Whether a labelled part or a list has this word alone: `Manager: Peregrine.`, `Contacts: Ophelia, Barnaby`.
    fn is_all_of_its_part(&self, at: usize) -> bool {
        let word = &self.words[at];
        let behind = self.text[word.end..].chars().next();
        self.text[..word.start].trim_end_matches(' ').ends_with([':', '-', '–', '/', ','])
            && behind.is_none_or(|c| matches!(c, '.' | ',' | ';' | ')' | '/' | '\n'))
    }

    fn is_initial(&self, at: usize) -> bool {
        self.length(at) == 1 && self.text[self.words[at].end..].starts_with('.')
    }

    /// Whether nothing but a blank, a hyphen, an apostrophe or an initial's stop stands between a word and the next.
    fn adjoining(&self, at: usize) -> bool {
        let between = &self.text[self.words[at].end..self.words[at + 1].start];
        matches!(between, " " | "-" | "'" | "’" | "\u{a0}") || self.is_initial(at) && matches!(between, "." | ". ")
    }
}

/// Whether a sentence, a line, an entry of a list or a labelled part begins here, where any word has a capital. The stop of a short
/// form (`w. Tobias`, `J. Fotheringay`) ends nothing.
fn begins(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\u{a0}', '"', '“', '«', '(', '[', '\'']);
    let Some(last) = before.chars().next_back() else { return true };
    if last == '.' {
        let word = before[..before.len() - 1].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let mut letters = word.chars();
        return !(letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none());
    }
    matches!(
        last,
        '!' | '?' | ':' | ';' | '\n' | '\r' | '\t' | '•' | '*' | '-' | '–' | '—' | '>' | '|' | '¿' | '¡' | '…' | ')'
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap as Map;

    use super::super::names::words;
    use super::*;
    use crate::text::Folder;

    fn found(text: &str, others: &[&str]) -> String {
        let folder = Folder::new(Map::new());
        let mut census = Census::default();
        for (index, note) in others.iter().chain([&text]).enumerate() {
            census.add(["a", "b", "c", "d"][index % 4], note, &words(note, &folder));
        }
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let capitals = Capitals {
            common: list(&["david"]),
            spared: list(&["monday", "april"]),
            titles: list(&["sra"]),
            particles: list(&["de", "la"]),
            prefixes: vec!["Mc".to_owned()],
        };
        let here = words(text, &folder);
        let blanks: Vec<Range<usize>> = text.match_indices('[').map(|(at, _)| at..at + 10).collect();
        let names = census.close().names(text, &here, &capitals, &blanks);
        names.into_iter().map(|at| &text[here[at].start..here[at].end]).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_that_nothing_announces_are_found() {
        for (text, names) in [
            ("Spoke to Dana Whitfield, her sister Ilse will call Monday.", "Dana Whitfield Ilse"),
            ("Marta Quesada llamó; autoriza a Jon de la Cruz.", "Marta Quesada Jon Cruz"),
            ("Parle à Anne-Laure Brisset.", "Anne Laure Brisset"),
            ("Her daughter April Fotheringay pays on Monday, as in April.", "April Fotheringay April"),
            ("Marigold called about the bill. Explained the fee to Marigold.", "Marigold Marigold"),
            ("J. Fotheringay rang, spoke w. Tobias, then to Peregrine.Explained it.", "J Fotheringay Tobias Peregrine"),
            (
                "Spoke to: Evangeline. Sister - Thomasina, contacts: Ophelia, Ilse. Outcome: refused it.",
                "Evangeline Thomasina Ophelia Ilse",
            ),
            ("David rang. Asked for DORIS PENHALIGON and for McAllister (NEFT).", "David DORIS PENHALIGON McAllister"),
        ] {
            assert_eq!(found(text, &[]), names);
        }
    }

    #[test]
    fn terms_places_and_products_are_no_names() {
        let others =
            ["Router Falcon set up in Northgate.", "New falcon box, at Northgate.", "The falcon sent to Northgate."];
        assert_eq!(found("Explained the Falcon to her, Northgate shop. Customer: Refund asked.", &others), "");
        assert_eq!(found("Mail ana@Correo.es, www.Casa.es, code Kappa7, ASAP. La Sra. insiste.", &[]), "");
        assert_eq!(found("Wrote hello [Surname], then left. Plan 2. Sent it for 5 $. Asked again.", &[]), "");
    }

    #[test]
    fn a_name_that_some_write_is_no_term_of_many() {
        let others = [
            "Her brother Leopold Kern.",
            "To Leopold Brand.",
            "Talked with Leopold.",
            "Asked to talk.",
            "Rang with Ilse.",
        ];
        let agents: Vec<String> = (0..20).map(|n| format!("agent {n}")).collect();
        let folder = Folder::new(Map::new());
        let mut census = Census::default();
        for (agent, note) in agents.iter().zip(others.iter().chain([&"Done."; 15])) {
            census.add(agent, note, &words(note, &folder));
        }
        let here = words(others[2], &folder);
        assert_eq!(census.close().names(others[2], &here, &Capitals::default(), &[]).len(), 1);
    }

    #[test]
    fn capitals_on_most_words_tell_nothing() {
        let folder = Folder::new(Map::new());
        let says_nothing = |text: &str| Strangers::says_nothing_of(text, &words(text, &folder));
        assert!(says_nothing("Explained The Monthly Bill Again And Customer Accepted The Credit Today."));
        assert!(!says_nothing("Explained the monthly bill again to Dana Whitfield and she accepted the credit."));
    }
}
