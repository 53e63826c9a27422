//! Texts that a term finds: what the linter tries terms on.

use super::pattern::Part;
use super::scanner::{ListId, Scanner};

/// Makes texts from terms, always the same ones.
#[derive(Debug, Clone)]
pub struct Sampler {
    state: u64,
}

impl Sampler {
    /// A sampler; the same seed gives the same texts.
    pub fn new(seed: u64) -> Self {
        Sampler { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// A text that the term of that index finds as a whole. With `plain`, the shortest way: nothing optional, first
    /// choices.
    pub fn text(&mut self, scanner: &Scanner, term: u32, plain: bool) -> String {
        let mut out = Vec::new();
        self.write(scanner, scanner.pattern(term), plain, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn write(&mut self, scanner: &Scanner, pattern: &[Part<ListId>], plain: bool, out: &mut Vec<u8>) {
        for part in pattern {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Blank | Part::MaybeBlank => out.push(b' '),
                Part::Words => {
                    out.push(b' ');
                    for _ in 0..self.pick(plain, 3) {
                        out.extend_from_slice(b"abc ");
                    }
                }
                Part::Gap => {}
                Part::Letters => {
                    for _ in 0..self.pick(plain, 3) {
                        out.push(b'e');
                    }
                }
                Part::Word => out.extend_from_slice(b"abc"),
                Part::Number => out.extend_from_slice(b"12"),
                Part::Choice(choices) => {
                    let at = self.pick(plain, choices.len());
                    if let Some(choice) = choices.get(at) {
                        self.write(scanner, choice, plain, out);
                    }
                }
                Part::Maybe(inner) | Part::Repeat(inner) => {
                    if self.pick(plain, 2) == 1 {
                        self.write(scanner, inner, plain, out);
                    }
                }
                Part::List(list) => {
                    let mut terms = scanner.terms_of(*list);
                    let at = self.pick(plain, terms.len());
                    if let Some(term) = terms.nth(at) {
                        self.write(scanner, scanner.pattern(term), plain, out);
                    }
                }
            }
        }
    }

    /// A number below `count`; zero with `plain` (xorshift: this is no matter of secrets).
    fn pick(&mut self, plain: bool, count: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        if plain || count == 0 { 0 } else { (self.state % count as u64) as usize }
    }
}
