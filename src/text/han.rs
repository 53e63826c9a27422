//! Words of Chinese text, which writes none apart.
//!
//! A term must not be found across the edge of a word: `约24` (agreed on the 24th) does not stand in `合约24个月` (a contract of 24
//! months), nor `证没开` in `验证没开`. A term that is a whole part of a longer word, or covers it, stands.

use std::ops::Range;

use icu_segmenter::WordSegmenter;

/// The words of more than one character of a folded text, in bytes, in order.
pub(super) fn words(folded: &str) -> Vec<Range<usize>> {
    let segmenter = WordSegmenter::new_dictionary(Default::default());
    let mut out = Vec::new();
    let mut start = 0;
    for end in segmenter.segment_str(folded) {
        let word = &folded[start..end];
        if word.starts_with(is_han) && word.chars().nth(1).is_some() {
            out.push(start..end);
        }
        start = end;
    }
    out
}

/// Whether a place starts or ends inside one of the words and goes on beyond it.
pub(super) fn cuts(words: &[Range<usize>], place: Range<usize>) -> bool {
    let inside = |at: usize| {
        let index = words.partition_point(|word| word.end <= at);
        words.get(index).filter(|word| word.start < at)
    };
    inside(place.start).is_some_and(|word| place.end > word.end)
        || inside(place.end).is_some_and(|word| place.start < word.start)
}

/// Whether a place of a text tears one of its words.
pub fn tears_a_word(text: &str, place: Range<usize>) -> bool {
    cuts(&words(text), place)
}

/// Whether the character is a Han ideograph: the blocks of unified and compatibility ideographs (Unicode 16, chapter 18.1).
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, term: &str) -> bool {
        let start = text.find(term).unwrap();
        cuts(&words(text), start..start + term.len())
    }

    #[test]
    fn a_term_across_the_edge_of_a_word_is_no_term() {
        assert!(cut("合约24个月", "约24") && cut("网络验证没开", "证没开") && cut("重新定位", "重新定"));
    }

    #[test]
    fn whole_words_parts_of_words_and_phrases_stand() {
        assert!(!cut("客户态度恶劣", "态度恶劣") && !cut("懒得理", "懒") && !cut("已约24日上门", "约24"));
    }
}
