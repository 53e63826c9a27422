//! Folding: lower case, no accents, no full width, one kind of quote, dash and space, simplified Han, with a map
//! back to the bytes that were typed.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::Span;

/// How far in a word its other letters are looked at.
const LONGEST_WORD: usize = 40;

/// A text as it is matched, and where each of its bytes came from.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each folded byte, and one past the last, the byte in the original; empty where both are the same.
    map: Vec<u32>,
    original_len: usize,
}

impl Folded {
    /// Makes the places of the original blank, but for line ends.
    pub(super) fn blank(&mut self, places: &[Span]) {
        for place in places {
            let range = self.from_original(place.start)..self.from_original(place.end);
            let blank: String = self.text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
            self.text.replace_range(range, &blank);
        }
    }

    /// Where in the original the folded byte stands.
    pub fn original(&self, folded: usize) -> usize {
        if self.map.is_empty() { folded } else { self.map[folded] as usize }
    }

    /// One past the original character that ends before the folded byte `folded`.
    ///
    /// A folded end may lie before dropped characters (zero-width, combining marks): they belong to
    /// what precedes them.
    pub fn original_end(&self, folded: usize) -> usize {
        if self.map.is_empty() {
            return folded;
        }
        if folded == 0 {
            return 0;
        }
        // A character that folds to several bytes maps all of them to its start: step over those.
        let start = self.map[folded - 1];
        self.map[folded..].iter().find(|at| **at > start).map_or(self.original_len, |at| *at as usize)
    }

    /// The first folded byte that came from the original byte `original` or one behind it.
    pub fn from_original(&self, original: usize) -> usize {
        if self.map.is_empty() { original } else { self.map.partition_point(|at| (*at as usize) < original) }
    }
}

/// Folds text; knows the character variants (traditional to simplified Han) that the packs give it.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    variants: Arc<HashMap<char, char>>,
}

impl Folder {
    /// A folder that also replaces each key of `variants` by its value.
    pub fn new(variants: HashMap<char, char>) -> Self {
        Self { variants: Arc::new(variants) }
    }

    /// The folded text alone, for terms and words of packs.
    pub fn fold_str(&self, text: &str) -> String {
        let mut folded = Folded::default();
        self.fold_into(text, &mut folded);
        folded.text
    }

    /// Folds `text` into `out`, whose buffers are reused.
    pub fn fold_into(&self, text: &str, out: &mut Folded) {
        out.text.clear();
        out.map.clear();
        out.original_len = text.len();
        if text.is_ascii() {
            push_ascii(text, &mut out.text);
            return;
        }
        out.text.reserve(text.len());
        out.map.reserve(text.len() + 1);
        let mut at = 0;
        while at < text.len() {
            // Most of it, at once.
            let plain = text[at..].bytes().take_while(u8::is_ascii).count();
            push_ascii(&text[at..at + plain], &mut out.text);
            out.map.extend(at as u32..(at + plain) as u32);
            at += plain;
            let Some(c) = text[at..].chars().next() else { break };
            let before = out.text.len();
            match c {
                '\u{370}'..='\u{45f}' | '\u{501}'..='\u{51d}' => match look_alike(c).filter(|_| hides(text, at, c)) {
                    Some(latin) => out.text.push(latin),
                    None => self.fold_char(c, &mut out.text),
                },
                c => self.fold_char(c, &mut out.text),
            }
            out.map.extend(std::iter::repeat_n(at as u32, out.text.len() - before));
            at += c.len_utf8();
        }
        out.map.push(text.len() as u32);
    }

    fn fold_char(&self, c: char, out: &mut String) {
        match c {
            '\u{c0}'..='\u{24f}' => out.push_str(&latin_table()[c as usize - 0xc0]),
            '’' | '‘' | 'ʼ' | '´' | '′' | 'ʹ' => out.push('\''),
            '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '″' => out.push('"'),
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{fe0f}' => {}
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => out.push(' '),
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => out.push('-'),
            '…' => out.push_str("..."),
            // Chinese stops need no space behind them; matching is simpler when all stops have one.
            '。' | '．' => out.push_str(". "),
            '，' | '、' => out.push_str(", "),
            '；' => out.push_str("; "),
            '：' => out.push_str(": "),
            '！' => out.push_str("! "),
            '？' => out.push_str("? "),
            '【' | '〔' | '［' => out.push('['),
            '】' | '〕' | '］' => out.push(']'),
            '\u{ff01}'..='\u{ff5e}' => {
                let ascii = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
                out.push(ascii.to_ascii_lowercase());
            }
            // Ligatures, letters of mathematics and in circles: other forms of plain letters and digits.
            '\u{fb00}'..='\u{fb06}'
            | '\u{24b6}'..='\u{24e9}'
            | '\u{1d400}'..='\u{1d7ff}'
            | '\u{1f130}'..='\u{1f149}' => {
                out.extend(c.nfkd().flat_map(char::to_lowercase));
            }
            'º' => out.push('°'),
            'ª' => out.push('a'),
            c if is_combining_mark(c) => {}
            '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => out.push(self.variants.get(&c).copied().unwrap_or(c)),
            c => out.extend(c.to_lowercase()),
        }
    }
}

/// The Latin letter that a letter of the Greek or Cyrillic script cannot be told from by eye.
fn look_alike(c: char) -> Option<char> {
    const PAIRS: &str =
        "аaАaеeЕeоoОoрpРpсcСcуyУyхxХxіiІiїiЇiјjЈjѕsЅsԁdԛqԝwВbКkМmНhТtαaΑaΒbεeΕeΖzΗhιiΙiΚkΜmνvΝnοoΟoρpΡpΤtυuΥyΧx";
    let mut signs = PAIRS.chars();
    while let (Some(other), Some(latin)) = (signs.next(), signs.next()) {
        if other == c {
            return Some(latin);
        }
    }
    None
}

/// Whether a letter stands in a word with ASCII letters, where it hides the word from whoever looks for it.
fn hides(text: &str, at: usize, c: char) -> bool {
    let word = |c: &char| c.is_alphabetic();
    let before = text[..at].chars().rev().take_while(word).take(LONGEST_WORD);
    let behind = text[at + c.len_utf8()..].chars().take_while(word).take(LONGEST_WORD);
    before.chain(behind).any(|c| c.is_ascii_alphabetic())
}

fn push_ascii(text: &str, out: &mut String) {
    let before = out.len();
    if text.bytes().any(|byte| matches!(byte, b'`' | b'\t' | b'\r' | 0x0b | 0x0c)) {
        out.extend(text.chars().map(|c| match c {
            '`' => '\'',
            '\t' | '\r' | '\u{b}' | '\u{c}' => ' ',
            c => c,
        }));
    } else {
        out.push_str(text);
    }
    out[before..].make_ascii_lowercase();
}

/// What each of U+00C0 to U+024F folds to.
fn latin_table() -> &'static [String] {
    static TABLE: OnceLock<Vec<String>> = OnceLock::new();
    TABLE.get_or_init(|| {
        ('\u{c0}'..='\u{24f}')
            .map(|c| match c {
                'œ' | 'Œ' => "oe".to_owned(),
                'æ' | 'Æ' => "ae".to_owned(),
                'ß' => "ss".to_owned(),
                'ø' | 'Ø' => "o".to_owned(),
                'đ' | 'Đ' | 'ð' | 'Ð' => "d".to_owned(),
                'ł' | 'Ł' => "l".to_owned(),
                'ı' => "i".to_owned(),
                '×' => "x".to_owned(),
                c => c.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect(),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> Folded {
        let mut folded = Folded::default();
        Folder::new(HashMap::from([('態', '态')])).fold_into(text, &mut folded);
        folded
    }

    #[test]
    fn accents_width_quotes_and_variants_fold_away() {
        assert_eq!(fold("ÉTAPE Niño œuvre").text, "etape nino oeuvre");
        assert_eq!(fold("ＡＢ１２ 態度").text, "ab12 态度");
        assert_eq!(fold("l’idiot «là»").text, "l'idiot \"la\"");
        assert_eq!(fold("oﬀre 𝐢𝐝𝐢𝐨𝐭 ⓘⓓⓘⓞⓣ 4𝟏𝟏1").text, "offre idiot idiot 4111");
    }

    #[test]
    fn letters_of_other_scripts_hide_no_word() {
        assert_eq!(fold("іdіоt Ѕtupid ιdiοt").text, "idiot stupid idiot");
        assert_eq!(fold("он сказал").text, "он сказал");
        let folded = fold("x іdіоt");
        assert_eq!((folded.original(2), folded.original_end(7)), (2, "x іdіоt".len()));
    }

    #[test]
    fn every_place_maps_back_to_the_typed_character() {
        let text = "œil né\u{301}e 客户，态";
        let folded = fold(text);
        let at = folded.text.find("nee").unwrap();
        assert_eq!(&text[folded.original(at)..folded.original_end(at + 3)], "né\u{301}e");
        let at = folded.text.find("态").unwrap();
        assert_eq!(&text[folded.original(at)..folded.original_end(at + 3)], "态");
        let at = folded.text.find("oeil").unwrap();
        assert_eq!(&text[folded.original(at)..folded.original_end(at + 4)], "œil");
        assert_eq!(folded.original_end(folded.text.len()), text.len());
        assert_eq!(folded.from_original(text.len()), folded.text.len());
    }
}
