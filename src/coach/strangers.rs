//! People whom neither a column nor a title announces: a sister, a neighbour, a manager asked for by name.
//!
//! No list holds all names. What gives one away in scripts with capitals is a capital inside a sentence on a word that the export
//! does not use in any other way: words that are written small somewhere, or that several agents write, are terms, places and
//! products. What else has a capital and is nobody's name (months, brands) stands under `names.spared` in `report.yaml`.

use std::collections::{HashMap, HashSet};

use super::names::Word;

/// Agents from whom on a word is known to the team.
const MANY_AGENTS: usize = 3;
/// Notes from which on a word is a term, whoever writes them.
const MANY_NOTES: usize = 6;
/// Letters below which a capital is an initial or a short form.
const SHORTEST: usize = 3;
/// Small words inside a name: María de la Cruz, Anke van den Berg.
const PARTICLES: [&str; 14] =
    ["de", "del", "la", "las", "los", "da", "dos", "du", "van", "von", "der", "den", "bin", "al"];

/// Words of an export that are nobody's name, folded.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    known: HashSet<String>,
}

/// Counts the words of an export.
#[derive(Debug, Default)]
pub(super) struct Census<'n> {
    small: HashSet<String>,
    capitals: HashMap<String, (HashSet<&'n str>, usize)>,
}

impl<'n> Census<'n> {
    /// Counts the words of one note.
    pub(super) fn add(&mut self, agent: &'n str, words: &[Word]) {
        for word in words {
            if word.capital {
                let (agents, notes) = self.capitals.entry(word.folded.clone()).or_default();
                agents.insert(agent);
                *notes += 1;
            } else if !self.small.contains(&word.folded) {
                self.small.insert(word.folded.clone());
            }
        }
    }

    /// What is known of its words; `spared` are words with a capital that are never names, folded.
    pub(super) fn close(self, spared: impl IntoIterator<Item = String>) -> Strangers {
        let terms = self
            .capitals
            .into_iter()
            .filter(|(_, (agents, notes))| agents.len() >= MANY_AGENTS || *notes >= MANY_NOTES);
        let mut known = self.small;
        known.extend(terms.map(|(word, _)| word));
        known.extend(spared);
        Strangers { known }
    }
}

impl Strangers {
    /// The words that are parts of names, run by run, by their index.
    pub(super) fn runs(&self, text: &str, words: &[Word]) -> Vec<Vec<usize>> {
        let mut runs: Vec<Vec<usize>> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            if !self.is_strange(text, &words[at]) || begins(text, words[at].start) {
                at += 1;
                continue;
            }
            let mut run = vec![at];
            // The first name may be the first word of its sentence.
            if at > 0 && adjoining(text, &words[at - 1], &words[at]) && self.is_strange(text, &words[at - 1]) {
                run.insert(0, at - 1);
            }
            let mut next = at + 1;
            while next < words.len() && adjoining(text, &words[next - 1], &words[next]) {
                if self.is_strange(text, &words[next]) {
                    run.push(next);
                } else if !PARTICLES.contains(&words[next].folded.as_str()) {
                    break;
                }
                next += 1;
            }
            at = next;
            runs.push(run);
        }
        runs
    }

    /// Whether the word looks like a name: a capital and small letters, not part of an address or a code, and nowhere known.
    fn is_strange(&self, text: &str, word: &Word) -> bool {
        let written = &text[word.start..word.end];
        let glued =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '@' | '_' | '/' | '\\' | '#'));
        let web = text[word.end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        word.capital
            && written.chars().count() >= SHORTEST
            && written.chars().skip(1).all(char::is_lowercase)
            && !glued(text[..word.start].chars().next_back())
            && !glued(text[word.end..].chars().next())
            && !web
            && !self.known.contains(&word.folded)
    }
}

/// Whether a sentence, a line, an entry of a list or a labelled part begins here, where any word has a capital.
fn begins(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\u{a0}']);
    before.chars().next_back().is_none_or(|c| {
        matches!(
            c,
            '.' | '!'
                | '?'
                | ':'
                | ';'
                | '\n'
                | '\r'
                | '\t'
                | '•'
                | '*'
                | '-'
                | '–'
                | '—'
                | '>'
                | '|'
                | '/'
                | '"'
                | '“'
                | '«'
                | '¿'
                | '¡'
                | '…'
        )
    })
}

/// Whether nothing but a blank, a hyphen or an apostrophe stands between two words.
fn adjoining(text: &str, left: &Word, right: &Word) -> bool {
    matches!(&text[left.end..right.start], " " | "-" | "'" | "’" | "\u{a0}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap as Map;

    use super::super::names::words;
    use super::*;
    use crate::text::Folder;

    fn found(text: &str, others: &[&str]) -> Vec<String> {
        let folder = Folder::new(Map::new());
        let mut census = Census::default();
        for (index, note) in others.iter().chain([&text]).enumerate() {
            census.add(["a", "b", "c", "d"][index % 4], &words(note, &folder));
        }
        let strangers = census.close(["monday".to_owned()]);
        let here = words(text, &folder);
        let runs = strangers.runs(text, &here);
        runs.iter()
            .map(|run| run.iter().map(|i| &text[here[*i].start..here[*i].end]).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn names_that_nothing_announces_are_found() {
        assert_eq!(
            found("Spoke to Dana Whitfield, her sister Ilse will call Monday.", &[]),
            ["Dana Whitfield", "Ilse"]
        );
        assert_eq!(found("Marta Quesada llamó; autoriza a Jon de la Cruz.", &[]), ["Marta Quesada", "Jon Cruz"]);
        assert_eq!(found("Parle à Anne-Laure Brisset.", &[]), ["Anne Laure Brisset"]);
    }

    #[test]
    fn terms_places_and_products_are_no_names() {
        let others =
            ["Router Falcon set up in Northgate.", "New Falcon box, Northgate.", "Box falcon sent to Northgate."];
        assert_eq!(found("Explained the Falcon to her, Northgate shop. Customer: Refund asked.", &others), [""; 0]);
        assert_eq!(found("Mail ana@Correo.es, www.Casa.es, code Kappa7, ASAP.", &[]), [""; 0]);
    }
}
