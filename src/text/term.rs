//! The notation of word lists, made for people, and its translation to a regular expression.
//!
//! | written | means |
//! | --- | --- |
//! | `rude`, `grossière` | the word, whatever its case and accents |
//! | `(a\|b)` | either |
//! | `x?`, `(very )?` | with or without what stands before |
//! | `(very )*` | a group that ends in a space, any number of times (four at most) |
//! | `imbecil*` | the word goes on with any letters |
//! | `*ados` | any letters before the end of the word |
//! | `* ` alone | any one word |
//! | `^` in front | only at the start of a sentence, clause or line |
//! | ` ... ` between spaces | up to four words of the same sentence |
//! | `...` without spaces | up to eight characters of the same sentence |
//! | `<name>` | any term of the list `name` |
//! | `<number>` | digits, with separators inside |
//! | `\?` | the character itself |

use super::fold::Folder;

/// A word list entry: what to find and, behind ` => `, what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The regular expression over folded text.
    pub regex: String,
    /// A better wording.
    pub better: Option<String>,
    /// Whether it counts only at the start of a sentence, clause or line.
    pub starts_clause: bool,
}

/// Looks up the alternatives of another list as one regular expression, for `<name>`.
pub trait Fragments {
    /// The expression of the list `name`.
    ///
    /// # Errors
    /// What is wrong with the name, in words for the author of the list.
    fn fragment(&mut self, name: &str) -> Result<String, String>;
}

/// Translates one list entry.
///
/// # Errors
/// What is wrong with the notation, in words for the author of the list.
pub fn parse(written: &str, folder: &Folder, fragments: &mut dyn Fragments) -> Result<Term, String> {
    let (pattern, better) = match written.split_once(" => ") {
        Some((pattern, better)) => (pattern, Some(better.trim().to_owned())),
        None => (written, None),
    };
    let pattern = pattern.trim();
    let (pattern, starts_clause) = match pattern.strip_prefix('^') {
        Some(rest) => (rest.trim_start(), true),
        None => (pattern, false),
    };
    if pattern.is_empty() {
        return Err("the term is empty".into());
    }
    let mut parser = Parser { rest: pattern, before: None, folder, fragments };
    let regex = parser.alternatives(0)?;
    if let Some(c) = parser.rest.chars().next() {
        return Err(format!("`{c}` closes nothing"));
    }
    Ok(Term { regex, better, starts_clause })
}

/// Digits with separators inside: `3`, `1,200.50`, `12/05`.
const NUMBER: &str = "[0-9]+(?:[.,:/][0-9]+)*";
/// The rest of a word.
const LETTERS: &str = "[a-z0-9]*";
/// One whole word, of any script.
const WORD: &str = r#"(?-u:[^ \n.,;:!?"()]+)"#;
/// Up to four words of the same sentence, and the spaces around them.
const GAP_OF_WORDS: &str = r"[ \n]+(?:(?-u:[^ \n.;!?]+)[ \n]+){0,4}";
/// Up to eight characters (of up to three bytes) of the same sentence.
const GAP_OF_CHARACTERS: &str = r"(?-u:[^\n.;!?]){0,24}";

struct Parser<'a> {
    rest: &'a str,
    before: Option<char>,
    folder: &'a Folder,
    fragments: &'a mut dyn Fragments,
}

impl Parser<'_> {
    fn alternatives(&mut self, depth: usize) -> Result<String, String> {
        if depth > 20 {
            return Err("groups are nested too deep".into());
        }
        let mut out = String::new();
        let mut item_at = None;
        while let Some(c) = self.rest.chars().next() {
            if c == ')' {
                break;
            }
            let written = self.rest;
            let start = out.len();
            match c {
                '(' => {
                    self.advance(1);
                    let inner = self.alternatives(depth + 1)?;
                    if !self.rest.starts_with(')') {
                        return Err("a `(` is not closed".into());
                    }
                    self.advance(1);
                    out.push_str("(?:");
                    out.push_str(&inner);
                    out.push(')');
                }
                '|' => {
                    self.advance(1);
                    out.push('|');
                    item_at = None;
                    continue;
                }
                '?' => {
                    self.advance(1);
                    let Some(at) = item_at.take() else {
                        return Err("`?` has nothing before it; write `\\?` for a question mark".into());
                    };
                    let item = out.split_off(at);
                    out.push_str("(?:");
                    out.push_str(&item);
                    out.push_str(")?");
                    continue;
                }
                '<' => {
                    let Some(close) = self.rest.find('>') else {
                        return Err("a `<` is not closed; write `\\<` for the sign itself".into());
                    };
                    let name = &written[1..close];
                    let inner = if name == "number" { NUMBER.to_owned() } else { self.fragments.fragment(name)? };
                    self.advance(close + 1);
                    out.push_str("(?:");
                    out.push_str(&inner);
                    out.push(')');
                }
                '*' if written_before_group_space(&out) => {
                    // `(very )*`: a group that ends in a space repeats.
                    self.advance(1);
                    out.push_str("{0,4}");
                }
                '*' => {
                    let starts = self.before.is_none_or(|b| " (|".contains(b));
                    self.advance(1);
                    let ends = self.rest.chars().next().is_none_or(|n| " )|".contains(n));
                    out.push_str(if starts && ends { WORD } else { LETTERS });
                }
                ' ' if written.starts_with(" ... ") => {
                    self.advance(5);
                    out.push_str(GAP_OF_WORDS);
                }
                ' ' => {
                    self.advance(1);
                    out.push_str("[ \\n]+");
                }
                '.' if written.starts_with("...") => {
                    self.advance(3);
                    out.push_str(GAP_OF_CHARACTERS);
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
            item_at = Some(start);
        }
        Ok(out)
    }

    fn advance(&mut self, bytes: usize) {
        self.before = self.rest[..bytes].chars().next_back();
        self.rest = &self.rest[bytes..];
    }

    fn literal(&self, c: char, out: &mut String) {
        let folded = self.folder.fold_str(c.encode_utf8(&mut [0; 4]));
        for c in folded.chars() {
            match c {
                ' ' | '\n' => out.push_str("[ \\n]*"),
                c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
    }
}

/// Whether the expression so far ends in a group that ends in a space.
fn written_before_group_space(out: &str) -> bool {
    out.ends_with("[ \\n]+)")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Endings;

    impl Fragments for Endings {
        fn fragment(&mut self, name: &str) -> Result<String, String> {
            if name == "o" { Ok("o|a|os|as".into()) } else { Err(format!("no list `{name}`")) }
        }
    }

    fn matches(term: &str, text: &str) -> bool {
        let term = parse(term, &Folder::default(), &mut Endings).unwrap();
        let regex = regex::bytes::Regex::new(&format!("^(?:{})$", term.regex)).unwrap();
        regex.is_match(text.as_bytes())
    }

    #[test]
    fn the_notation_means_what_its_table_says() {
        assert!(matches("tont<o>", "tontas"));
        assert!(matches("(very )?rude", "rude") && matches("(very )?rude", "very rude"));
        assert!(matches("(very )*rude", "rude") && matches("(very |so )*rude", "very so very rude"));
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
        let wrong = |term| parse(term, &Folder::default(), &mut Endings).unwrap_err();
        assert!(wrong("(a|b").contains("not closed"));
        assert!(wrong("?a").contains("\\?"));
        assert!(wrong("a[bc]").contains("(a|b)"));
        assert!(wrong("x <nope>").contains("nope"));
    }
}
