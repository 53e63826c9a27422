//! Cells of spreadsheets: text stays text.

use std::borrow::Cow;

/// Signs that make a spreadsheet take a cell for a formula, or that it drops to find one behind them (OWASP, "CSV Injection"; the
/// wide forms count where the spreadsheet reads East Asian input).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The sign before which a spreadsheet takes the rest of a cell for text.
const TEXT: char = '\'';

/// Whether a spreadsheet may take the text for a formula: one of the signs stands first, but for what it may pass over (white space,
/// quotation marks, characters without width).
fn is_formula(text: &str) -> bool {
    let passed = |c: char| {
        (c.is_whitespace() && !FORMULA.contains(&c))
            || matches!(c, TEXT | '"' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\0')
    };
    text.trim_start_matches(passed).starts_with(FORMULA)
}

/// The text for a cell of a CSV file: an apostrophe stands before what would be a formula.
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("{TEXT}{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`guard`].
pub fn unguard(cell: &str) -> &str {
    cell.strip_prefix(TEXT).filter(|text| is_formula(text)).unwrap_or(cell)
}

/// Characters that steer a terminal, or turn the direction of what stands behind them.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name or a number of an export without what steers a terminal or turns the direction of a line: such characters become `\u{fffd}`,
/// line ends and tabs spaces.
pub fn tame(text: &str) -> Cow<'_, str> {
    // Most of it, byte by byte.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let tamed = |c: char| match c {
        c if steers(c) && c.is_whitespace() => ' ',
        c if steers(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    Cow::Owned(text.chars().map(tamed).collect())
}

/// Text for a terminal: of what steers it, colours alone are left (`ESC [ … m`).
pub fn terminal(text: &str) -> Cow<'_, str> {
    let steers = |c: char| steers(c) && !matches!(c, '\n' | '\t');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let colour = || {
            let rest = text[at + 1..].strip_prefix('[')?.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            rest.starts_with('m').then_some(())
        };
        let kept = !steers(c) || (c == '\u{1b}' && colour().is_some());
        out.push(if kept { c } else { char::REPLACEMENT_CHARACTER });
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_comes_back() {
        for text in [
            "=1+1",
            "+34 600",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            " =1",
            "\u{a0}@x",
            "\"=1",
            "'=1",
            "''-1",
            "\u{feff}=1",
            "\u{3000}＋1",
            "\0=1",
        ] {
            assert!(guard(text).starts_with('\''), "{text}");
            assert_eq!(unguard(&guard(text)), text);
        }
        for text in ["", "a=1", "'quoted'", "3-5", " ", "'", "\"a=1\""] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn names_lose_what_steers_and_terminals_get_colours_alone() {
        assert_eq!(tame("Ana\u{202e}gpj\n\u{1b}[2J"), "Ana\u{fffd}gpj \u{fffd}[2J");
        assert_eq!(tame("María José"), "María José");
        assert_eq!(
            terminal("a\n\tb \u{1b}[38;5;9mred\u{1b}[0m \u{1b}[2J\u{1b}]0;x\u{7}"),
            "a\n\tb \u{1b}[38;5;9mred\u{1b}[0m \u{fffd}[2J\u{fffd}]0;x\u{fffd}"
        );
    }
}
