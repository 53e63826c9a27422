//! A text in the pieces at whose edges terms may start and end: words, numbers, and single signs.
//!
//! Inside of a piece nothing is told or looked up, so that the network is followed piece by piece; and people use the same few
//! thousand words all the time, so that each is known by a number.

use super::interest::{Interests, Takers};
use super::words::Words;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Its first byte.
    pub(super) start: u32,
    /// The number by which it is known.
    pub(super) symbol: Symbol,
    /// Whether a term may start with it.
    pub(super) opens: bool,
    /// Whether a space stands behind it.
    pub(super) spaced: bool,
    /// Which interests take it.
    pub(super) takers: Takers,
}

/// What a piece is known by: a byte's value where it is a single one, else a number from 256 on, as long as the words are not forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol(pub(super) u32);

impl Symbol {
    /// No piece is known by it: it is read byte by byte. So are numbers, which hardly ever come again.
    pub(super) const NONE: Symbol = Symbol(u32::MAX);
    /// A space.
    pub(super) const SPACE: Symbol = Symbol(b' ' as u32);
}

/// Longest word that is known by a number, in bytes.
const LONGEST: usize = 24;
/// Most words that are known.
const MOST: usize = 100_000;

/// Tells the pieces of texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens {
    words: Words<Symbol>,
    /// Which interests take each of them, by its number.
    takers: Vec<Takers>,
    /// Those of the text.
    own: Vec<Token>,
}

impl Tokens {
    /// Whether so many words are known that they should be forgotten.
    pub(super) fn full(&self) -> bool {
        self.words.len() >= MOST
    }

    /// Forgets all words.
    pub(super) fn forget(&mut self) {
        self.words.clear();
        self.takers.clear();
    }

    /// The pieces of a text, and one more at its end.
    pub(super) fn read(&mut self, text: &[u8], interests: &Interests) {
        self.own.clear();
        if self.takers.is_empty() {
            // Letters, and signs, which nobody asks about.
            let takers = |byte: u8| if byte.is_ascii_alphabetic() { interests.of(&[byte]) } else { Takers::default() };
            self.takers.extend((0..=u8::MAX).map(takers));
        }
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let start = at;
            let rest = &text[start..];
            let (length, opens) = match byte {
                0x80..0xc0 => (1, false),
                0xc0.. => (1 + rest[1..].iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count(), true),
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                    (word(rest), start == 0 || !text[start - 1].is_ascii_alphanumeric())
                }
                _ => (1, *byte > b' '),
            };
            at += length;
            let symbol = if length == 1 { Symbol(u32::from(*byte)) } else { self.symbol(&rest[..length], interests) };
            let takers = match self.takers.get(symbol.0 as usize) {
                Some(takers) => *takers,
                // Figures are no word.
                None if rest[..length].iter().all(u8::is_ascii_digit) => Takers::default(),
                None => Takers::UNKNOWN,
            };
            let spaced = text.get(at) == Some(&b' ');
            self.own.push(Token { start: start as u32, symbol, opens, spaced, takers });
        }
        let start = text.len() as u32;
        self.own.push(Token { start, symbol: Symbol::NONE, opens: false, spaced: false, takers: Takers::default() });
    }

    /// Gives the pieces of the text away for those of another, which are forgotten.
    pub(super) fn swap(&mut self, others: &mut Vec<Token>) {
        std::mem::swap(&mut self.own, others);
    }

    /// How many pieces the text has.
    pub(super) fn len(&self) -> usize {
        self.own.len() - 1
    }

    /// A piece; the one behind the last only starts where the text ends.
    pub(super) fn get(&self, index: usize) -> Token {
        self.own[index]
    }

    fn symbol(&mut self, word: &[u8], interests: &Interests) -> Symbol {
        if word.len() > LONGEST || word[0].is_ascii_digit() {
            return Symbol::NONE;
        }
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        if self.full() {
            return Symbol::NONE;
        }
        let symbol = Symbol(256 + self.words.len() as u32);
        self.takers.push(interests.of(word));
        *self.words.or_insert(word, symbol)
    }
}

/// Length of the word or number that a text starts with. A word may end where its number begins, for people type `cvv123` and
/// `ref4471`.
fn word(text: &[u8]) -> usize {
    let ends =
        |pair: &[u8]| !pair[1].is_ascii_alphanumeric() || (pair[0].is_ascii_lowercase() && pair[1].is_ascii_digit());
    text.windows(2).position(ends).map_or(text.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(tokens: &mut Tokens, text: &str) -> Vec<(String, bool)> {
        tokens.read(text.as_bytes(), &Interests::default());
        let end = |index: usize| tokens.get(index + 1).start as usize;
        let piece =
            |index: usize| (text[tokens.get(index).start as usize..end(index)].to_owned(), tokens.get(index).opens);
        (0..tokens.len()).map(piece).collect()
    }

    #[test]
    fn a_text_falls_into_words_numbers_and_signs() {
        let mut tokens = Tokens::default();
        let opens = |text: &str| (text.to_owned(), true);
        let inside = |text: &str| (text.to_owned(), false);
        assert_eq!(
            pieces(&mut tokens, "cvv12 1st, 白x"),
            [opens("cvv"), inside("12"), inside(" "), opens("1st"), opens(","), inside(" "), opens("白"), opens("x")]
        );
        assert_eq!(tokens.get(0).symbol, Symbol(256));
        assert_eq!(tokens.get(1).symbol, Symbol::NONE);
        assert_eq!(tokens.get(7).symbol, Symbol(u32::from(b'x')));
        tokens.read(b"the cvv", &Interests::default());
        assert_eq!((tokens.get(0).symbol, tokens.get(2).symbol), (Symbol(258), Symbol(256)));
    }
}
