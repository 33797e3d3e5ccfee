//! Cells of CSV that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// The characters that begin a formula or end the cell before it (OWASP, "CSV Injection"); East Asian editions also run
/// the full-width forms.
const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// The characters that end a cell where a spreadsheet is told, or guesses, that they divide cells. Quotes do not protect a
/// cell then, because they do not stand at the beginning of what is taken for one.
const ENDS_CELL: [char; 4] = [';', '\t', '\r', '\n'];
/// The mark in front of a text that a spreadsheet must not run.
const MARK: char = '\'';

/// Returns `text` with a leading `'` if a spreadsheet would take it for a formula, and with one behind each character in it
/// that can end a cell before a formula. A text that already has such a mark gets another one, so that [`without_marks`]
/// restores every text exactly.
pub fn defused(text: &str) -> Cow<'_, str> {
    let inner = with_inner_marks(text);
    if is_marked_or_formula(text) && !text.is_empty() { format!("{MARK}{inner}").into() } else { inner }
}

/// Returns the text that [`defused`] turned into `cell`.
pub fn without_marks(cell: &str) -> Cow<'_, str> {
    match without_inner_marks(cell) {
        Cow::Borrowed(cell) => without_leading_mark(cell).into(),
        Cow::Owned(cell) => without_leading_mark(&cell).to_owned().into(),
    }
}

/// Returns a JSON document, which a spreadsheet does not divide into formulas.
pub fn defused_json(document: &str) -> String {
    // It stands in texts only, and the other characters that end a cell are escaped there.
    document.replace(';', "\\u003b")
}

fn without_leading_mark(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_marked_or_formula(text)).unwrap_or(cell)
}

fn with_inner_marks(text: &str) -> Cow<'_, str> {
    let mut marked = String::new();
    let mut copied = 0;
    for at in ends_before_formulas(text) {
        marked.push_str(text.get(copied..at).unwrap_or_default());
        marked.push(MARK);
        copied = at;
    }
    if copied == 0 { text.into() } else { (marked + text.get(copied..).unwrap_or_default()).into() }
}

fn without_inner_marks(cell: &str) -> Cow<'_, str> {
    let mut text = String::new();
    let mut copied = 0;
    for at in ends_before_formulas(cell) {
        if cell.get(at..).is_some_and(|rest| rest.starts_with(MARK)) {
            text.push_str(cell.get(copied..at).unwrap_or_default());
            copied = at + MARK.len_utf8();
        }
    }
    if copied == 0 { cell.into() } else { (text + cell.get(copied..).unwrap_or_default()).into() }
}

/// Returns the places behind characters that can end a cell, where a formula follows. Marks between them change nothing.
fn ends_before_formulas(text: &str) -> impl Iterator<Item = usize> {
    let is_skipped = |c: char| c == MARK || c.is_whitespace() || c.is_control();
    // Where the last run of what is skipped ends: many line ends in a row share one, and are not looked at again for each.
    let mut skipped_to = 0;
    text.match_indices(ENDS_CELL).map(|(at, end)| at + end.len()).filter(move |at| {
        if *at > skipped_to {
            let rest = text.get(*at..).unwrap_or_default();
            skipped_to = text.len() - rest.trim_start_matches(is_skipped).len();
        }
        // Blank lines are no formulas.
        text.get(skipped_to..).unwrap_or_default().starts_with(BEGINS_FORMULA)
    })
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
            ("\t=1", "'\t'=1"),
            (" =1", "' =1"),
            ("\u{a0}\0+1", "'\u{a0}\0+1"),
            ("＝1", "'＝1"),
            ("'", "''"),
            ("", ""),
            ("'til then", "'til then"),
            ("a=1", "a=1"),
            ("a;=1;b", "a;'=1;b"),
            ("a;'=1", "a;''=1"),
            (";\t=1", ";'\t'=1"),
            ("\t=1\n", "'\t'=1\n"),
            (" \n=1", "' \n'=1"),
            ("1 Main St\r\n\r\nTown; ;x", "1 Main St\r\n\r\nTown; ;x"),
            ("a;\n'\n+1", "a;'\n''\n'+1"),
        ] {
            assert_eq!(defused(text), cell, "{text:?}");
            assert_eq!(without_marks(cell), text, "{cell:?}");
        }
    }

    #[test]
    fn many_blank_lines_are_read_once() {
        let lines = "\n".repeat(1_000_000);
        assert_eq!(defused(&format!("a{lines}b")), format!("a{lines}b"));
        let text = format!("a{lines}=1");
        let cell = defused(&text);
        assert_eq!(cell.len(), text.len() + lines.len());
        assert_eq!(without_marks(&cell), text);
    }

    proptest! {
        #[test]
        fn every_text_is_restored(text in "['=+@;\\t\\r\\n a-]{0,9}|\\PC{0,5}") {
            let cell = defused(&text);
            prop_assert_eq!(without_marks(&cell), text.as_str());
            prop_assert!(!cell.trim_start().starts_with(BEGINS_FORMULA));
            // Whatever divides it.
            for part in cell.split(ENDS_CELL).chain(cell.split(['\r', '\n'])).chain(cell.split('\t')) {
                prop_assert!(!part.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", cell);
            }
        }

        #[test]
        fn a_cell_of_another_program_is_a_text_as_well(cell in "['=;\\n a]{0,9}") {
            let text = without_marks(&cell).into_owned();
            let again = defused(&text);
            prop_assert_eq!(without_marks(&again), text.as_str());
        }

        #[test]
        fn json_keeps_its_meaning(text in "[;=\"\\\\a]{0,9}") {
            let document = serde_json::to_string(&text).unwrap();
            let cell = defused_json(&document);
            prop_assert!(!cell.contains(ENDS_CELL));
            prop_assert_eq!(serde_json::from_str::<String>(&cell).unwrap(), text);
        }
    }
}
