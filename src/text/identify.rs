//! The language of a note: script, then the packs' own function words, then a trained classifier.

use std::collections::HashMap;
use std::sync::Arc;

use super::han::is_han;

/// What a language pack gives for telling its language.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Language code.
    pub code: String,
    /// Whether it is written in Han characters.
    pub han: bool,
    /// Frequent function words, folded.
    pub markers: Vec<String>,
}

/// Tells the language of notes among those that have a pack.
#[derive(Debug, Clone, Default)]
pub struct Identifier {
    codes: Vec<String>,
    han: Option<usize>,
    /// Word to the languages that have it.
    markers: Arc<HashMap<String, Vec<usize>>>,
}

impl Identifier {
    /// An identifier among the languages of these profiles.
    pub fn new(profiles: &[Profile]) -> Self {
        let mut markers: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, profile) in profiles.iter().enumerate() {
            for word in &profile.markers {
                markers.entry(word.clone()).or_default().push(index);
            }
        }
        Identifier {
            codes: profiles.iter().map(|p| p.code.clone()).collect(),
            han: profiles.iter().position(|p| p.han),
            markers: Arc::new(markers),
        }
    }

    /// Index of the profile of the folded text's language; `None` where there is too little to tell.
    ///
    /// Measured on notes cut to a few words, a Han share comes first, then function words (which the
    /// classifier lacks for telegraphic notes), then the classifier.
    pub fn identify(&self, folded: &str) -> Option<usize> {
        let (mut han, mut latin) = (0usize, 0usize);
        for c in folded.chars() {
            if is_han(c) {
                han += 1;
            } else if c.is_alphabetic() {
                latin += 1;
            }
        }
        // A Han character carries about as much as four letters.
        if han * 4 > latin && han > 0 {
            return self.han;
        }
        let mut votes = vec![0usize; self.codes.len()];
        let mut words = 0;
        for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            words += 1;
            if let Some(languages) = self.markers.get(word) {
                // A word that several languages share says less.
                for language in languages {
                    votes[*language] += 6 / languages.len().min(6);
                }
            }
        }
        let best = (0..votes.len()).max_by_key(|i| (votes[*i], std::cmp::Reverse(*i)))?;
        let second = (0..votes.len()).filter(|i| *i != best).map(|i| votes[i]).max().unwrap_or(0);
        if votes[best] >= second * 2 && votes[best] > 6 {
            return Some(best);
        }
        if words < 3 {
            return None;
        }
        let guess = whichlang::detect_language(folded).three_letter_code();
        let classified = self.codes.iter().position(|code| three_letters(code) == Some(guess));
        classified.or_else(|| (votes[best] > second).then_some(best))
    }
}

/// ISO 639-3 code that the classifier uses for an ISO 639-1 code.
fn three_letters(code: &str) -> Option<&'static str> {
    Some(match code {
        "ar" => "ara",
        "de" => "deu",
        "en" => "eng",
        "es" => "spa",
        "fr" => "fra",
        "hi" => "hin",
        "it" => "ita",
        "ja" => "jpn",
        "ko" => "kor",
        "nl" => "nld",
        "pt" => "por",
        "ru" => "rus",
        "sv" => "swe",
        "tr" => "tur",
        "vi" => "vie",
        "zh" => "cmn",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier() -> Identifier {
        let profile = |code: &str, han, words: &str| Profile {
            code: code.into(),
            han,
            markers: words.split(' ').map(str::to_owned).collect(),
        };
        Identifier::new(&[
            profile("es", false, "de la que el en"),
            profile("en", false, "the of and to"),
            profile("zh", true, ""),
        ])
    }

    #[test]
    fn script_then_words_then_classifier() {
        let is = |text| identifier().identify(text).map(|i| identifier().codes[i].clone());
        assert_eq!(is("客户call in咨询").as_deref(), Some("zh"));
        assert_eq!(is("clte pide baja de la linea").as_deref(), Some("es"));
        assert_eq!(is("customer reports broken router since yesterday").as_deref(), Some("en"));
        assert_eq!(is("ok"), None);
    }
}
