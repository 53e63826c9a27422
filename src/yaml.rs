//! The only user of the YAML library: text in, typed value out, and every fault with its place.
//!
//! A fault names file, line and column, shows the line itself with a caret, and says what to do. Unknown
//! keys get the nearest known one.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

/// Largest file that is read, in bytes: no list of words that people keep comes near it.
const LARGEST: u64 = 16 << 20;

/// Tells editors what may be written for a type that reads itself: a JSON Schema.
macro_rules! schema {
    ($type:ty, $name:literal, $generator:ident => $($json:tt)+) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($($json)+)
            }
        }
    };
    ($type:ty, $name:literal, $($json:tt)+) => {
        $crate::yaml::schema!($type, $name, _generator => $($json)+);
    };
}
pub(crate) use schema;

/// The schema of a map whose keys are names of a kind; derived ones take any key.
pub(crate) fn keyed<K: JsonSchema, V: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let (keys, values) = (generator.subschema_for::<K>(), generator.subschema_for::<V>());
    schemars::json_schema!({ "type": "object", "propertyNames": keys, "additionalProperties": values })
}

/// A value and where it stands in its file.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its column, counted from 1.
    pub column: usize,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let serde_yaml::Spanned { value, referenced, .. } = serde_yaml::Spanned::deserialize(deserializer)?;
        Ok(Placed { value, line: referenced.line() as usize, column: referenced.column() as usize })
    }
}

/// Reads a file of text that people write.
///
/// # Errors
/// A file that cannot be read, is larger than 16 MiB, or is no UTF-8.
pub fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    let refused = |message: String| Err(io::Error::new(io::ErrorKind::InvalidData, message));
    if bytes.len() as u64 > LARGEST {
        return refused(format!(
            "the file is larger than {} MiB; part it, or look whether it is the right one",
            LARGEST >> 20
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
            refused(format!("line {line} is no UTF-8; save the file as UTF-8"))
        }
    }
}

/// A YAML file as it was read: its name for messages and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the text came from; embedded files are shown as `rules/…` with the origin `built in`.
    pub path: PathBuf,
    /// The whole text, without a byte order mark.
    pub text: Cow<'static, str>,
}

impl Source {
    /// Takes the text of a file, dropping the byte order mark that Windows' editors write.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Source::of(path, text.into().into())
    }

    /// The same of a text that may stand inside the binary, where it need not be copied.
    pub fn of(path: impl Into<PathBuf>, text: Cow<'static, str>) -> Self {
        let text = text.strip_prefix('\u{feff}').map(|text| text.to_owned().into()).unwrap_or(text);
        Self { path: path.into(), text }
    }

    /// Parses the text as a `T`.
    ///
    /// # Errors
    /// A [`Fault`] with the place of the first thing that does not fit `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_yaml::from_str_with_options(&self.text, options()).map_err(|error| self.fault_of(&error))
    }

    /// A fault of this file at the place where `needles` occur one after the other (a list's name, then
    /// the entry); at its first line where they do not.
    pub fn fault_at(&self, needles: &[&str], message: impl Into<String>, help: impl Into<String>) -> Fault {
        let mut at = 0;
        for needle in needles {
            match self.text[at..].find(needle) {
                Some(offset) => at += offset,
                None => break,
            }
        }
        self.fault_behind(at, message.into(), help.into())
    }

    /// A fault of what stands behind so many bytes.
    fn fault_behind(&self, at: usize, message: String, help: String) -> Fault {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        self.fault(line, column, message, help)
    }

    /// A fault of the value under keys that stand one in the other, the first at the start of a line; at the last of them that is found.
    pub fn fault_at_keys(&self, keys: &[&str], message: impl Into<String>, help: impl Into<String>) -> Fault {
        let (mut at, braces) = (0, self.text.trim_start().starts_with('{'));
        for (depth, key) in keys.iter().enumerate() {
            let begins = |place: usize| match self.text[..place].trim_end_matches(['"', '\'']).chars().next_back() {
                None | Some('\n') => true,
                // A first key stands at the start of a line, or in braces that are the whole document.
                Some(before) => (depth > 0 || braces) && (before.is_whitespace() || matches!(before, '{' | ',')),
            };
            let ends = |place: usize| {
                self.text[place + key.len()..].trim_start_matches(['"', '\'']).trim_start_matches(' ').starts_with(':')
            };
            let mut places = self.text[at..].match_indices(key).map(|(offset, _)| at + offset);
            match places.find(|place| begins(*place) && ends(*place)) {
                Some(place) => at = place,
                None => break,
            }
        }
        self.fault_behind(at, message.into(), help.into())
    }

    /// A fault of a value that knows its place.
    pub fn fault_of_placed<T>(&self, placed: &Placed<T>, message: impl Into<String>, help: impl Into<String>) -> Fault {
        self.fault(placed.line, placed.column, message.into(), help.into())
    }

    fn fault_of(&self, error: &serde_yaml::Error) -> Fault {
        let plain = error.without_snippet();
        let (line, column) = plain.location().map_or((1, 1), |l| (l.line() as usize, l.column() as usize));
        let mut message = plain.to_string();
        // The library ends its sentence with the place, which stands in front of our line already.
        if let Some(cut) = message.find(" at line ") {
            message.truncate(cut);
        }
        if let Some(rest) = message.strip_prefix("error: ") {
            message = rest.to_owned();
        }
        // What the library says to those who program with it.
        if let Some(cut) = message.find(", set DuplicateKeyPolicy") {
            message.truncate(cut);
        }
        if message.starts_with("cannot deserialize null") {
            message = "nothing stands here, where a value is wanted".to_owned();
        }
        let help = help_for(&message);
        self.fault(line, column, message, help)
    }

    fn fault(&self, line: usize, column: usize, message: String, help: String) -> Fault {
        let shown = self.text.lines().nth(line.saturating_sub(1)).unwrap_or("").to_owned();
        Fault { path: self.path.clone(), line, column, shown, message, help }
    }
}

fn options() -> serde_yaml::Options {
    // Word lists are long and flat: the library's default budget is meant for small configuration files. Its limits of depth (64) and of
    // what aliases come to (a million events) stay.
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_nodes: 1_000_000,
            max_events: 2_000_000,
            max_total_scalar_bytes: 64 << 20,
            max_reader_input_bytes: Some(LARGEST as usize),
        },
        with_snippet: false,
    }
}

/// What to do about a message of the YAML library; for a misspelt key or value, the nearest known one.
fn help_for(message: &str) -> String {
    let wrong = message.split('`').nth(1);
    let known = message.split_once("expected one of ").or_else(|| message.split_once("expected "));
    if let (Some(wrong), Some((_, known)), true) = (wrong, known, message.contains("unknown")) {
        let known: Vec<&str> = known.split([',', ' ', '`']).filter(|name| !name.is_empty() && *name != "or").collect();
        return match nearest(wrong, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of: {}", known.join(", ")),
        };
    }
    match message.strip_prefix("invalid ") {
        Some("u8" | "u16" | "u32" | "u64" | "usize") => return "write a whole number here".into(),
        Some("f64") => return "write a number here".into(),
        Some("bool" | "boolean") => return "write true or false here".into(),
        _ => {}
    }
    if message.contains("missing field") {
        return "add the key that is named here".into();
    }
    if message.contains("duplicate") {
        return "keep one of the two".into();
    }
    // What the parser says of the signs of YAML; anything else is said of a value.
    const SIGNS: [&str; 12] = [
        "block",
        "flow",
        "indent",
        "mapping values",
        "did not find",
        "simple key",
        "scan",
        "token",
        "tab",
        "character",
        "unexpected",
        "document",
    ];
    if !SIGNS.iter().any(|sign| message.contains(sign)) {
        return "mend this value".into();
    }
    "check the indentation, and quote text that starts with one of * & ! % @ ` [ { > | or holds `: `".into()
}

/// The known name nearest to `wrong`, if any is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The known name nearest to `wrong`, to stand behind a message: "; did you mean `x`?". Nothing where none is near enough.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// Something wrong in a YAML file, with its place and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The text of that line.
    pub shown: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)?;
        let number = self.line.to_string();
        writeln!(f, "{:>w$} |", "", w = number.len())?;
        writeln!(f, "{number} | {}", self.shown)?;
        writeln!(f, "{:>w$} | {:>c$}", "", "^", w = number.len(), c = self.column)?;
        write!(f, "{:>w$} = help: {}", "", self.help, w = number.len())
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Small {
        #[allow(dead_code)]
        severity: String,
    }

    #[test]
    fn a_misspelt_key_is_shown_with_its_place_and_the_nearest_known_one() {
        let source = Source::new("pack.yaml", "\u{feff}severty: high\r\n");
        let fault = source.parse::<Small>().unwrap_err();
        assert_eq!((fault.line, fault.column), (1, 1));
        assert_eq!(fault.help, "did you mean `severity`?");
        assert!(fault.to_string().contains("1 | severty: high"), "{fault}");
    }

    #[test]
    fn needles_are_looked_for_in_order() {
        let source = Source::new("w.yaml", "a:\n  - x\nb:\n  - x\n");
        let fault = source.fault_at(&["b:", "x"], "bad", "mend");
        assert_eq!((fault.line, fault.column), (4, 5));
    }

    #[test]
    fn keys_are_found_where_they_stand_and_not_in_other_values() {
        let text = "columns: {language: =es}\nscorecard: {target: 80}\nlanguage: es\n\"target\": 90\nacw:\n  limits: {sale: 1}\n  limit: 2\n";
        let source = Source::new("acw.yaml", text);
        let line = |keys: &[&str]| source.fault_at_keys(keys, "", "").line;
        assert_eq!([line(&["language"]), line(&["target"]), line(&["scorecard", "target"])], [3, 4, 2]);
        assert_eq!([line(&["acw", "limit"]), line(&["acw", "limits", "sale"]), line(&["gone"])], [7, 6, 1]);
    }
}
