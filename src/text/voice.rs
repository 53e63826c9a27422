//! Whose words are these? Places of a note that are not in the agent's own voice.

use crate::model::Span;

/// Places inside quotation marks of the given pairs (opening, closing), in bytes of `text`.
///
/// A pair whose two marks are the same is read as opening and closing in turn. A quotation that is not closed before
/// the line ends is none: it is an apostrophe, an inch sign or a slip.
pub fn quotations(text: &str, pairs: &[(char, char)]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
    let marks = !pairs.iter().any(|(open, close)| plain(*open) || plain(*close));
    for (at, c) in text.char_indices() {
        // Most characters, of which none is a mark.
        if marks && plain(c) {
            continue;
        }
        match open {
            Some((start, close)) if c == close => {
                out.push(Span::new(start, at + c.len_utf8()));
                open = None;
            }
            Some(_) if c == '\n' => open = None,
            Some(_) => {}
            None => {
                if let Some((_, close)) = pairs.iter().find(|(o, _)| *o == c) {
                    open = Some((at, *close));
                }
            }
        }
    }
    out
}

/// Places of reported speech: from the end of each attribution to the end of its sentence, or to where the agent's own
/// voice resumes. All places are in bytes of the same text.
pub fn reported(attributions: &[Span], resumes: &[Span], sentences: &[Span]) -> Vec<Span> {
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
pub fn reported_before(attributions: &[Span], resumes: &[Span], sentences: &[Span]) -> Vec<Span> {
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
        let quoted: Vec<_> = quotations(text, &pairs).iter().map(|s| s.of(text)).collect();
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
