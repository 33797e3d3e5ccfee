//! Cells of CSV that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// The characters that begin a formula or end the cell before it (OWASP, "CSV Injection"); East Asian editions also run
/// the full-width forms.
const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// The mark in front of a text that a spreadsheet must not run.
const MARK: char = '\'';

/// Returns `text` with a leading `'` if a spreadsheet would take it for a formula. A text that already has such a mark gets
/// another one, so that [`without_mark`] restores every text exactly.
pub fn defused(text: &str) -> Cow<'_, str> {
    if is_marked_or_formula(text) && !text.is_empty() { format!("{MARK}{text}").into() } else { text.into() }
}

/// Returns the text that [`defused`] turned into `cell`.
pub fn without_mark(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_marked_or_formula(text)).unwrap_or(cell)
}

/// Returns true if nothing or a formula follows the marks at the beginning of a text. Some spreadsheets skip blanks before a
/// formula.
fn is_marked_or_formula(text: &str) -> bool {
    let bare = text.trim_start_matches(MARK);
    bare.is_empty()
        || bare.starts_with(BEGINS_FORMULA)
        || bare.trim_start_matches(|c: char| c.is_whitespace() || c.is_control()).starts_with(BEGINS_FORMULA)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_told_from_the_same_text_with_a_quote() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("'=1+1", "''=1+1"),
            ("''=1+1", "'''=1+1"),
            ("@x", "'@x"),
            ("-1", "'-1"),
            ("\t=1", "'\t=1"),
            (" =1", "' =1"),
            ("\u{a0}\0+1", "'\u{a0}\0+1"),
            ("＝1", "'＝1"),
            ("'", "''"),
            ("", ""),
            ("'til then", "'til then"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(defused(text), cell, "{text:?}");
            assert_eq!(without_mark(cell), text, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_restored(text in "['=+@\\t\\r\\n a-]{0,6}|\\PC{0,5}") {
            let cell = defused(&text);
            prop_assert_eq!(without_mark(&cell), text.as_str());
            prop_assert!(!cell.trim_start().starts_with(BEGINS_FORMULA));
        }
    }
}
