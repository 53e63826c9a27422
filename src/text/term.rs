//! The notation of word lists, made for people, and its translation to a regular expression.
//!
//! | written | means |
//! | --- | --- |
//! | `rude`, `grossière` | the word, whatever its case and accents |
//! | `(a\|b)` | either |
//! | `x?`, `(very )?` | with or without what stands before |
//! | `(very )*`, `( lad)*` | a group whose choices end in a space (or an apostrophe), or start with one, up to four times |
//! | `imbecil*` | the word goes on with any letters |
//! | `*ados` | any letters before the end of the word |
//! | `* ` alone | any one word |
//! | `^` in front | only at the start of a sentence, clause or line |
//! | `$` at the end | only at the end of one |
//! | ` ... ` between spaces | up to four words of the same sentence |
//! | `...` without spaces | up to eight characters of the same sentence |
//! | `<name>` | any term of the list `name` |
//! | `<number>` | digits, with separators inside |
//! | `=borné` in front | only with just these accents, where without them it is another word (`borne`) |
//! | `\?` | the character itself |

use super::fold::Folder;
use super::pattern::{Part, Pattern};

/// A word list entry: what to find and, behind ` => `, what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// What it finds in folded text; lists by name.
    pub pattern: Pattern<String>,
    /// A better wording.
    pub better: Option<String>,
    /// Whether it counts only at the start of a sentence, clause or line.
    pub starts_clause: bool,
    /// Whether it counts only at the end of one.
    pub ends_clause: bool,
    /// The accents that the text must have, for a term that insists on them.
    pub accents: Option<String>,
}

/// Longest entry, in characters, and deepest nesting of its groups.
const LONGEST: usize = 10_000;
const DEEPEST: usize = 20;

/// Translates one list entry.
///
/// # Errors
/// What is wrong with the notation, in words for the author of the list.
pub(super) fn parse(written: &str, folder: &Folder) -> Result<Term, String> {
    if written.chars().nth(LONGEST).is_some() {
        return Err(format!(
            "the term is longer than {LONGEST} characters; make several of it, or a list of its parts"
        ));
    }
    let (pattern, better) = match written.split_once(" => ") {
        Some((pattern, better)) => (pattern, Some(better.trim().to_owned())),
        None => (written, None),
    };
    let pattern = pattern.trim();
    let (pattern, starts_clause) = match pattern.strip_prefix('^') {
        Some(rest) => (rest.trim_start(), true),
        None => (pattern, false),
    };
    let (pattern, ends_clause) = match pattern.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (rest.trim_end(), true),
        _ => (pattern, false),
    };
    let (pattern, accents) = match pattern.strip_prefix('=') {
        Some(rest) => (rest, Some(rest.to_lowercase())),
        None => (pattern, None),
    };
    if accents.as_ref().is_some_and(|plain| !plain.chars().all(|c| c.is_alphanumeric() || " '-".contains(c))) {
        return Err("a term with `=` in front is one plain word or phrase".into());
    }
    if pattern.is_empty() {
        return Err("the term is empty".into());
    }
    let mut parser = Parser { rest: pattern, before: None, folder };
    let pattern = parser.alternatives(0)?;
    if let Some(c) = parser.rest.chars().next() {
        return Err(format!("`{c}` closes nothing"));
    }
    Ok(Term { pattern, better, starts_clause, ends_clause, accents })
}

/// The name of the built-in list of numbers.
const NUMBER: &str = "number";

struct Parser<'a> {
    rest: &'a str,
    before: Option<char>,
    folder: &'a Folder,
}

impl Parser<'_> {
    fn alternatives(&mut self, depth: usize) -> Result<Pattern<String>, String> {
        if depth > DEEPEST {
            return Err("groups are nested too deep".into());
        }
        let mut choices = Vec::new();
        let mut out: Pattern<String> = Vec::new();
        // Whether the last part is one item that `?` can take; the pieces of a plain word come letter by letter.
        let mut item = false;
        while let Some(c) = self.rest.chars().next() {
            if c == ')' {
                break;
            }
            let written = self.rest;
            match c {
                '(' => {
                    self.advance(1);
                    let inner = self.alternatives(depth + 1)?;
                    if !self.rest.starts_with(')') {
                        return Err("a `(` is not closed".into());
                    }
                    self.advance(1);
                    out.push(Part::Choice(match inner.as_slice() {
                        [Part::Choice(_)] => match inner.into_iter().next() {
                            Some(Part::Choice(choices)) => choices,
                            _ => Vec::new(),
                        },
                        _ => vec![inner],
                    }));
                }
                '|' => {
                    self.advance(1);
                    choices.push(merged(std::mem::take(&mut out)));
                    item = false;
                    continue;
                }
                '?' => {
                    self.advance(1);
                    let Some(part) = item.then(|| out.pop()).flatten() else {
                        return Err("`?` has nothing before it; write `\\?` for a question mark".into());
                    };
                    out.push(Part::Maybe(vec![part]));
                    item = false;
                    continue;
                }
                '<' => {
                    let Some(close) = self.rest.find('>') else {
                        return Err("a `<` is not closed; write `\\<` for the sign itself".into());
                    };
                    let name = &written[1..close];
                    out.push(if name == NUMBER { Part::Number } else { Part::List(name.to_owned()) });
                    self.advance(close + 1);
                }
                '*' => {
                    let starts = self.before.is_none_or(|b| " (|".contains(b));
                    self.advance(1);
                    match out.last() {
                        // `(very )*`, `(le |l')*`, `( man| lad)*`: a group of whole words repeats.
                        Some(Part::Choice(group)) if of_words(group) => {
                            let group = out.pop().into_iter().collect();
                            out.push(Part::Repeat(group));
                        }
                        Some(Part::Choice(group)) if group.iter().any(|choice| touches_blank(choice)) => {
                            return Err(
                                "`*` repeats a group only where every choice in it ends in a space or an apostrophe, or starts with a space"
                                    .into(),
                            );
                        }
                        _ => {
                            let ends = self.rest.chars().next().is_none_or(|n| " )|".contains(n));
                            out.push(if starts && ends { Part::Word } else { Part::Letters });
                        }
                    }
                }
                ' ' if written.starts_with(" ... ") => {
                    self.advance(5);
                    out.push(Part::Words);
                }
                ' ' => {
                    self.advance(1);
                    out.push(Part::Blank);
                }
                '.' if written.starts_with("...") => {
                    self.advance(3);
                    out.push(Part::Gap);
                }
                '\\' => {
                    self.advance(1);
                    let Some(c) = self.rest.chars().next() else {
                        return Err("a `\\` stands at the end".into());
                    };
                    self.advance(c.len_utf8());
                    self.literal(c, &mut out);
                }
                '[' | ']' | '+' | '^' | '$' | '{' | '}' => {
                    return Err(format!(
                        "`{c}` has no meaning in word lists; write `\\{c}` for the character itself, or `(a|b)` for a choice"
                    ));
                }
                c => {
                    self.advance(c.len_utf8());
                    self.literal(c, &mut out);
                }
            }
            item = true;
        }
        let last = merged(out);
        if choices.is_empty() {
            return Ok(last);
        }
        choices.push(last);
        Ok(vec![Part::Choice(choices)])
    }

    fn advance(&mut self, bytes: usize) {
        self.before = self.rest[..bytes].chars().next_back();
        self.rest = &self.rest[bytes..];
    }

    /// Adds a character as it stands in folded text, as one item.
    fn literal(&self, c: char, out: &mut Pattern<String>) {
        let folded = self.folder.fold_str(c.encode_utf8(&mut [0; 4]));
        let parts: Pattern<String> = folded
            .split_inclusive([' ', '\n'])
            .flat_map(|piece| {
                let text = piece.trim_end_matches([' ', '\n']);
                let text_part = (!text.is_empty()).then(|| Part::Text(text.as_bytes().to_vec()));
                text_part.into_iter().chain((text.len() < piece.len()).then_some(Part::MaybeBlank))
            })
            .collect();
        match <[Part<String>; 1]>::try_from(parts) {
            Ok([part]) => out.push(part),
            Err(parts) if parts.is_empty() => {}
            Err(parts) => out.push(Part::Choice(vec![parts])),
        }
    }
}

/// Whether a group can be repeated word by word: each choice ends in white space or an elision, or each starts with white
/// space.
fn of_words(group: &[Pattern<String>]) -> bool {
    let ends = |choice: &Pattern<String>| match choice.last() {
        Some(Part::Blank) => true,
        Some(Part::Text(text)) => text.ends_with(b"'"),
        _ => false,
    };
    group.iter().all(ends) || group.iter().all(|choice| choice.first() == Some(&Part::Blank))
}

fn touches_blank(choice: &[Part<String>]) -> bool {
    choice.first() == Some(&Part::Blank) || choice.last() == Some(&Part::Blank)
}

/// The same with neighbouring texts made one.
fn merged(pattern: Pattern<String>) -> Pattern<String> {
    let mut out: Pattern<String> = Vec::with_capacity(pattern.len());
    for part in pattern {
        match (out.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.extend(text),
            (_, part) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::{Lexicon, ScannerBuilder};
    use crate::yaml::Source;

    fn matches(term: &str, text: &str) -> bool {
        let lists = format!("l: ['{term}']\no: ['', o, a, os, as]\n").replace("'', ", "");
        let mut lexicon = Lexicon::default();
        lexicon.add(Arc::new(Source::new("w.yaml", lists))).unwrap();
        let folder = Folder::default();
        let mut builder = ScannerBuilder::new(&lexicon, &folder);
        builder.list("l").unwrap();
        let scanner = builder.build();
        let mut hits = Vec::new();
        scanner.scan(text, &|_, _, _| true, &mut scanner.scratch(), &mut hits);
        hits.iter().any(|hit| hit.start == 0 && hit.end as usize == text.len())
    }

    #[test]
    fn the_notation_means_what_its_table_says() {
        assert!(matches("tont<o>", "tontas"));
        assert!(matches("(very )?rude", "rude") && matches("(very )?rude", "very rude"));
        assert!(matches("(very )*rude", "rude") && matches("(very |so )*rude", "very so very rude"));
        assert!(matches("rude( man| lad)*", "rude man lad") && matches("rude( man| lad)*", "rude"));
        assert!(matches("imbecil*", "imbeciles"));
        assert!(matches("*ados", "enviados") && !matches("*ados", "enviado"));
        assert!(matches("such a * liar", "such a big liar") && !matches("such a * liar", "such a liar"));
        assert!(matches("no ... idea", "no idea") && matches("no ... idea", "no good or bad idea"));
        assert!(matches("在<number>天", "在3天") && matches("明明...不", "明明说过了不"));
        assert!(matches("Grossière", "grossiere") && matches("p. ej.", "p. ej."));
        assert!(matches("why\\?", "why?"));
    }

    #[test]
    fn mistakes_are_explained() {
        let wrong = |term: &str| parse(term, &Folder::default()).unwrap_err();
        assert!(wrong("(a|b").contains("not closed"));
        assert!(wrong("?a").contains("\\?"));
        assert!(wrong("a[bc]").contains("(a|b)"));
        assert!(wrong("(very |so)* rude").contains("every choice"));
        assert!(wrong("rude( man|woman)*").contains("every choice"));
        assert!(wrong("=a (b)").contains("plain"));
        assert!(wrong("a$b").contains("\\$"));
        let endless = ["(a".repeat(30), "a?".repeat(5_001)];
        assert!(wrong(&endless[0]).contains("too deep") && wrong(&endless[1]).contains("longer than"));
    }
}
