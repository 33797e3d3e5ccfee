//! The layout of text in terminal cells: width, clipping, wrapping and padding.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Returns the width in terminal cells.
pub fn width(text: &str) -> usize {
    // The usual case needs no tables of Unicode.
    if is_plain(text) {
        text.len()
    } else if text.chars().all(takes_one_cell) {
        text.chars().count()
    } else {
        text.width()
    }
}

/// Returns true for characters that take one cell and join no other one: those of ASCII, most letters of Latin, Greek and
/// Cyrillic, and what NEXUS draws shapes and lines with. It knows of others that do so nothing.
pub const fn takes_one_cell(c: char) -> bool {
    matches!(c,
        ' '..='~'
        | '\u{a1}'..='\u{ac}'
        | '\u{ae}'..='\u{2ff}'    // Latin, also with accents
        | '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3ff}'
        | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{2013}'..='\u{2014}' | '\u{2018}'..='\u{201e}' | '…'
        | '\u{2190}'..='\u{2193}' // arrows
        | '\u{2500}'..='\u{25fc}' // lines, blocks, shapes
        | '✓')
}

/// Returns true for letters, digits, signs and blanks of ASCII alone, each of which takes a cell.
pub fn is_plain(text: &str) -> bool {
    // Without a way out of the loop, several bytes are looked at at once.
    text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte))
}

/// Cuts `text` to at most `cells` terminal cells; the last one is an ellipsis if something was cut.
pub fn clip(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else { return Cow::Borrowed("") };
    if text.chars().take(cells).all(takes_one_cell) {
        return Cow::Owned(text.chars().take(room).chain(['…']).collect());
    }
    let mut clipped = String::new();
    let mut used = 0;
    for letter in text.graphemes(true) {
        used += width(letter);
        if used > room {
            break;
        }
        clipped.push_str(letter);
    }
    clipped.push('…');
    Cow::Owned(clipped)
}

/// Wraps `text` into lines of `cells` terminal cells, at least one line. Lines break at blanks, which are
/// dropped, and within a word only if it is longer than a line. A letter wider than a line gets a line of its
/// own.
pub fn wrap(text: &str, cells: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = line_end(rest, cells) {
        let (line, after) = rest.split_at(end);
        lines.push(line.trim_end_matches(' '));
        rest = after.trim_start_matches(' ');
    }
    lines.push(rest);
    lines
}

/// Returns the byte offset at which the first line of `text` ends, or `None` if all of it fits on one line.
fn line_end(text: &str, cells: usize) -> Option<usize> {
    if width(text) <= cells {
        return None;
    }
    let mut used = 0;
    let mut blank = None;
    for (at, letter) in text.grapheme_indices(true) {
        if letter == " " && at > 0 {
            blank = Some(at);
        }
        used += letter.width();
        if at > 0 && used > cells {
            return blank.or(Some(at));
        }
    }
    None
}

/// Clips `text`, or pads it with blanks on the right, to exactly `cells` terminal cells.
pub fn pad(text: &str, cells: usize) -> String {
    let mut padded = clip(text, cells).into_owned();
    let missing = cells.saturating_sub(width(&padded));
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}
