//! Whose words are these? Places of a note that are not in the agent's own voice.

use crate::model::Span;

/// The quotation marks of a language.
#[derive(Debug, Clone)]
pub struct Quotes {
    /// Opening and closing.
    pairs: Vec<(char, char)>,
    /// Bytes with which an opening mark may start.
    starts: [bool; 256],
}

impl Default for Quotes {
    fn default() -> Self {
        Quotes::new(Vec::new())
    }
}

impl Quotes {
    /// For pairs of marks, opening and closing.
    pub fn new(pairs: Vec<(char, char)>) -> Self {
        let mut starts = [false; 256];
        for (open, _) in &pairs {
            starts[usize::from(open.encode_utf8(&mut [0; 4]).as_bytes()[0])] = true;
        }
        Quotes { pairs, starts }
    }

    /// Places inside quotation marks, in bytes of `text`.
    ///
    /// A pair whose two marks are the same is read as opening and closing in turn. A quotation that is not closed before
    /// the line ends is none: it is an apostrophe, an inch sign or a slip.
    pub fn places(&self, text: &str) -> Vec<Span> {
        let mut out = Vec::new();
        let mut from = 0;
        // Most characters open nothing.
        while let Some(found) = text.as_bytes()[from..].iter().position(|byte| self.starts[usize::from(*byte)]) {
            let start = from + found;
            let mut chars = text[start..].chars();
            let Some(first) = chars.next() else { break };
            from = start + first.len_utf8();
            let Some((_, close)) = self.pairs.iter().find(|(open, _)| *open == first) else { continue };
            let Some(ends) = text[from..].find([*close, '\n']) else { break };
            let end = from + ends;
            from = end + text[end..].chars().next().map_or(0, char::len_utf8);
            if text[end..].starts_with(*close) {
                out.push(Span::new(start, from));
            }
        }
        out
    }
}

/// Places of reported speech: from the end of each attribution to the end of its sentence, or to where the agent's own
/// voice resumes. All places are in bytes of the same text.
pub(super) fn reported(attributions: &[Span], resumes: &[Span], sentences: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for attribution in attributions {
        let Some(sentence) = sentences.iter().find(|s| s.start <= attribution.start && attribution.start < s.end)
        else {
            continue;
        };
        let end = resumes
            .iter()
            .filter(|r| r.start >= attribution.end && r.start < sentence.end)
            .map(|r| r.start)
            .min()
            .unwrap_or(sentence.end);
        if end > attribution.end && !out.iter().any(|span| span.covers(Span::new(attribution.end, end))) {
            out.push(Span::new(attribution.end, end));
        }
    }
    out
}

/// Places of reported speech whose attribution stands behind them (`never again, she says`): from the start of the sentence, or
/// from where the agent's own voice resumed, to the attribution.
pub(super) fn reported_before(attributions: &[Span], resumes: &[Span], sentences: &[Span]) -> Vec<Span> {
    let before = attributions.iter().filter_map(|attribution| {
        let sentence = sentences.iter().find(|s| s.start <= attribution.start && attribution.start < s.end)?;
        let own = resumes.iter().filter(|r| r.start >= sentence.start && r.end <= attribution.start);
        let start = own.map(|r| r.end).max().unwrap_or(sentence.start);
        (start < attribution.start).then(|| Span::new(start, attribution.start))
    });
    before.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_of_every_kind_close_on_their_line() {
        let text = "dice \"ya\" y «no» 「好」 5\" tubo\nfin\"";
        let pairs = [('"', '"'), ('«', '»'), ('「', '」')];
        let quoted: Vec<_> = Quotes::new(pairs.to_vec()).places(text).iter().map(|s| s.of(text)).collect();
        assert_eq!(quoted, ["\"ya\"", "«no»", "「好」"]);
    }

    #[test]
    fn reported_speech_ends_with_its_sentence_or_where_the_agent_resumes() {
        // "says he is rude, I told him." | "he is rude."
        let sentences = [Span::new(0, 28), Span::new(29, 40)];
        let spans = reported(&[Span::new(0, 4)], &[Span::new(16, 19)], &sentences);
        assert_eq!(spans, [Span::new(4, 16)]);
        assert_eq!(reported(&[Span::new(0, 4)], &[], &sentences), [Span::new(4, 28)]);
        // "he is rude, she says."
        assert_eq!(reported_before(&[Span::new(10, 20)], &[], &sentences), [Span::new(0, 10)]);
        assert_eq!(reported_before(&[Span::new(10, 20)], &[Span::new(0, 3)], &sentences), [Span::new(3, 10)]);
    }
}
