//! Cells of spreadsheets: text stays text.

use std::borrow::Cow;

/// Signs that make a spreadsheet take a cell for a formula, or that it drops to find one behind them (OWASP, "CSV Injection"; the
/// wide forms count where the spreadsheet reads East Asian input).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The sign before which a spreadsheet takes the rest of a cell for text.
const TEXT: char = '\'';

/// The text for a cell of a CSV file: an apostrophe stands before what would be a formula.
pub fn guard(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("{TEXT}{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`guard`].
pub fn unguard(cell: &str) -> &str {
    cell.strip_prefix(TEXT).filter(|text| text.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_comes_back() {
        for text in ["=1+1", "+34 600", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert!(guard(text).starts_with('\''), "{text}");
            assert_eq!(unguard(&guard(text)), text);
        }
        for text in ["", "a=1", "'quoted'", "3-5"] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }
}
