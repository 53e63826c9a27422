//! Texts that a term finds, made from its regular expression: what the linter tries terms on.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Makes texts from regular expressions, always the same ones.
#[derive(Debug, Clone)]
pub struct Sampler {
    state: u64,
}

impl Sampler {
    /// A sampler; the same seed gives the same texts.
    pub fn new(seed: u64) -> Self {
        Sampler { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// A text that the expression matches as a whole; `None` where there is none in UTF-8.
    ///
    /// With `plain`, the shortest way: nothing optional, first alternatives.
    pub fn text(&mut self, regex: &str, plain: bool) -> Option<String> {
        let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(regex).ok()?;
        let mut out = Vec::new();
        self.write(&hir, plain, &mut out);
        String::from_utf8(out).ok()
    }

    fn write(&mut self, hir: &Hir, plain: bool, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => out.extend(self.member(class, plain)),
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(repetition.min + 2).min(repetition.min + 2);
                let times =
                    if plain { repetition.min } else { self.pick(u64::from(repetition.min), u64::from(most)) as u32 };
                for _ in 0..times {
                    self.write(&repetition.sub, plain, out);
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub, plain, out),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part, plain, out)),
            HirKind::Alternation(parts) => {
                let at = if plain { 0 } else { self.pick(0, parts.len() as u64 - 1) as usize };
                self.write(&parts[at], plain, out);
            }
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }

    /// A member of a class: a blank where it has one, for that is what parts words; else one of its letters.
    fn member(&mut self, class: &Class, plain: bool) -> Vec<u8> {
        let has = |c: u8| match class {
            Class::Unicode(class) => class.ranges().iter().any(|r| (r.start()..=r.end()).contains(&char::from(c))),
            Class::Bytes(class) => class.ranges().iter().any(|r| (r.start()..=r.end()).contains(&c)),
        };
        if has(b' ') {
            return vec![b' '];
        }
        let letters: Vec<u8> = (b'a'..=b'z').chain(b'0'..=b'9').filter(|c| has(*c)).collect();
        match letters.len() {
            0 => match class {
                Class::Unicode(class) => {
                    class.ranges().first().map(|r| r.start().to_string().into_bytes()).unwrap_or_default()
                }
                Class::Bytes(class) => class.ranges().first().map(|r| vec![r.start()]).unwrap_or_default(),
            },
            count => vec![letters[if plain { 0 } else { self.pick(0, count as u64 - 1) as usize }]],
        }
    }

    /// A number from `low` to `high` (xorshift: this is no matter of secrets).
    fn pick(&mut self, low: u64, high: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        low + self.state % (high - low + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_expression() {
        let regex = r"(?:very[ \n]+){0,4}(?:rude|impolite)(?:ly)?[a-z0-9]*";
        let whole = regex::Regex::new(&format!("^(?:{regex})$")).unwrap();
        let mut sampler = Sampler::new(1);
        assert_eq!(sampler.text(regex, true).as_deref(), Some("rude"));
        for _ in 0..50 {
            let text = sampler.text(regex, false).unwrap();
            assert!(whole.is_match(&text), "{text}");
        }
    }
}
