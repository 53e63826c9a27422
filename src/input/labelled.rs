//! Notes with labels: what a careful reader found in them, to measure the rules by.
//!
//! One JSON object a line: `id, lang, note, disposition, case_id, call_type, channel, missing, reference_missing,
//! contradiction`; the note holds its labels inline as `⟦category:text⟧`.

use std::path::Path;

use serde::Deserialize;
use smol_str::SmolStr;

use super::{InputError, Vocabulary, io_error};
use crate::model::{Category, Element, Note, Places, Span};

/// A note, and what a careful reader found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The note without its labels.
    pub note: Note,
    /// Labelled places.
    pub spans: Vec<(Category, Span)>,
    /// Elements that the note does not tell.
    pub missing: Vec<Element>,
    /// Whether a reference is called for and missing.
    pub reference_missing: bool,
    /// Whether disposition and text contradict each other.
    pub contradiction: bool,
}

impl Labelled {
    /// Whether nothing is wrong with the note.
    pub fn is_clean(&self) -> bool {
        self.spans.is_empty() && self.missing.is_empty() && !self.reference_missing && !self.contradiction
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    lang: String,
    note: String,
    #[serde(default)]
    disposition: String,
    #[serde(default)]
    case_id: String,
    #[serde(default)]
    call_type: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    missing: Vec<Element>,
    #[serde(default)]
    reference_missing: bool,
    #[serde(default)]
    contradiction: bool,
}

/// Reads a file of labelled notes.
///
/// # Errors
/// A file that cannot be read, or the first line that is not as the format asks.
pub fn read_labelled(path: &Path, vocabulary: &Vocabulary) -> Result<Vec<Labelled>, InputError> {
    let text = std::fs::read_to_string(path).map_err(|error| io_error(path, &error))?;
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let labelled = serde_json::from_str::<Line>(line)
            .map_err(|error| error.to_string())
            .and_then(|line| labelled(line, vocabulary));
        match labelled {
            Ok(labelled) => out.push(labelled),
            Err(message) => {
                return Err(InputError::Form {
                    file: format!("{}:{}", path.display(), number + 1),
                    message,
                    help: "see fixtures/labelled/README.md for the format".into(),
                });
            }
        }
    }
    Ok(out)
}

fn labelled(line: Line, vocabulary: &Vocabulary) -> Result<Labelled, String> {
    let (typed, spans) = strip(&line.note)?;
    // The rules read the note as an audit does; labels go along with their words.
    let (text, exported) = vocabulary.text(&typed);
    let places = exported.as_ref().and_then(|exported| exported.places.as_ref());
    let spans = match places {
        Some(places) => {
            spans.into_iter().map(|(category, span)| (category, moved(&text, places, &typed, span))).collect()
        }
        None => spans,
    };
    let note = Note {
        id: line.id.into(),
        language: Some(line.lang.into()),
        disposition: vocabulary.disposition(&line.disposition),
        case_id: Some(line.case_id).filter(|id| !id.is_empty()).map(SmolStr::from),
        call_type: vocabulary.call_type(&line.call_type),
        channel: vocabulary.channel(&line.channel),
        text: text.into_owned(),
        exported,
        ..Note::default()
    };
    Ok(Labelled {
        note,
        spans,
        missing: line.missing,
        reference_missing: line.reference_missing,
        contradiction: line.contradiction,
    })
}

/// A place of the note as typed in the text that it was reduced to.
fn moved(text: &str, places: &Places, typed: &str, span: Span) -> Span {
    let (start, end) = span.code_points(typed);
    let mut kept = text.char_indices().enumerate().filter(|(number, _)| {
        let (from, to) = places.in_cell(*number, number + 1);
        from < end && to > start
    });
    let Some((_, (first, c))) = kept.next() else { return Span::new(0, 0) };
    let (last, c) = kept.last().map_or((first, c), |(_, (at, c))| (at, c));
    Span::new(first, last + c.len_utf8())
}

/// The text without its marks, and where they stood.
fn strip(marked: &str) -> Result<(String, Vec<(Category, Span)>), String> {
    let mut text = String::with_capacity(marked.len());
    let mut spans = Vec::new();
    let mut rest = marked;
    while let Some((before, behind)) = rest.split_once('⟦') {
        text.push_str(before);
        let (label, after) = behind.split_once('⟧').ok_or("a ⟦ is not closed")?;
        let (category, words) = label.split_once(':').ok_or("a label has no category")?;
        let category = Category::ALL
            .into_iter()
            .find(|c| c.name() == category)
            .ok_or_else(|| format!("`{category}` is no category"))?;
        spans.push((category, Span::new(text.len(), text.len() + words.len())));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    Ok((text, spans))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_places() {
        let (text, spans) = strip("Clte ⟦judgement:muy alterado⟧, ⟦template:[X]⟧").unwrap();
        assert_eq!(text, "Clte muy alterado, [X]");
        assert_eq!(spans[0].1.of(&text), "muy alterado");
        assert_eq!(spans[1].1.of(&text), "[X]");
        assert!(strip("⟦mood:x⟧").is_err() && strip("⟦judgement:x").is_err());
    }

    #[test]
    fn labels_go_along_with_their_words_where_a_note_is_reduced() {
        let (typed, spans) = strip("<p>Cust was <b>⟦judgement:very ru\u{200b}de⟧</b> &amp; left</p>").unwrap();
        let (text, exported) = crate::text::Reducer::default().reduce(&typed);
        let places = exported.and_then(|exported| exported.places).unwrap();
        assert_eq!(moved(&text, &places, &typed, spans[0].1).of(&text), "very rude");
        let (start, end) = (typed.find("<b>").unwrap(), typed.find("very").unwrap());
        assert_eq!(moved(&text, &places, &typed, Span::new(start, end)), Span::new(0, 0), "nothing of it is left");
    }
}
