//! Text for people: visible forms of hostile characters, folding for search. `layout` measures text in terminal cells,
//! `amounts` formats numbers; `formula` and `json` keep texts from acting on spreadsheets and terminals.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

pub use amounts::{byte_count, count, grouped};
pub use cut::{Cut, cut};
pub use formula::{defused, defused_json, without_marks};
pub use json::write_json_text;
pub use layout::{clip, is_plain, pad, takes_one_cell, width, wrap};
pub use line::line_of_words;

mod amounts;
mod cut;
mod formula;
mod json;
mod layout;
mod line;

/// Maximum number of combining marks drawn on one letter; more could overlap other rows.
const MARKS_PER_LETTER: usize = 8;

/// The byte order mark that some editors write at the start of a text (U+FEFF).
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns `text` without one trailing line end: LF, CR LF or CR.
pub fn without_line_end(text: &str) -> &str {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r'])).unwrap_or(text)
}

/// Replaces every character that a terminal would act on, hide or reorder by a visible stand-in.
///
/// C0 and DEL become Unicode's control pictures (`␛`); C1, format, bidi, zero-width, tag, private-use and
/// separator characters become `<U+202E>`. Text that already looks like a stand-in is escaped too, so this
/// function never makes two different texts look alike. Combining marks over eight per letter are escaped.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_harmless = is_plain(text) || text.chars().all(takes_one_cell);
    if is_harmless && (!text.contains('<') || !text.contains("<U+")) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut marks = 0;
    for (at, c) in text.char_indices() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        let orphan = marks == 1 && shown.is_empty();
        match c {
            '\0'..='\x1f' => shown.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\x7f' => shown.push('\u{2421}'),
            '<' if text.get(at..).is_some_and(|rest| rest.starts_with("<U+")) => escape(&mut shown, c),
            _ if marks > MARKS_PER_LETTER || orphan || is_unsafe(c) => escape(&mut shown, c),
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Returns a name as [`visible`] does, with the blanks before and behind it shown as `<U+0020>`; those within it stay.
pub fn visible_name(name: &str) -> Cow<'_, str> {
    if !name.starts_with(' ') && !name.ends_with(' ') {
        return visible(name);
    }
    let inner = name.trim_matches(' ');
    let before = name.len() - name.trim_start_matches(' ').len();
    let behind = name.len() - before - inner.len();
    let mut shown = BLANK.repeat(before);
    shown.push_str(&visible(inner));
    shown.push_str(&BLANK.repeat(behind));
    shown.into()
}

/// A blank made visible.
const BLANK: &str = "<U+0020>";

fn escape(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "<U+{:04X}>", c as u32);
}

/// Returns true for characters beyond ASCII that must not reach a terminal unchanged: C1, the control pictures
/// themselves, blanks other than U+0020, and characters to which Unicode gives no visible form of their own
/// (general categories Cf, Zl, Zp, Co, Cn-like and the default ignorables).
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{a0}'          // C1, no-break space
        | '\u{ad}'                   // soft hyphen
        | '\u{34f}'                  // combining grapheme joiner
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'    // Hangul fillers
        | '\u{1680}'                 // Ogham space
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}'    // odd spaces, zero width, LRM, RLM
        | '\u{2028}'..='\u{202f}'    // separators, bidi embeddings
        | '\u{205f}'..='\u{206f}'    // joiners, isolates
        | '\u{2400}'..='\u{2426}'    // control pictures: they are the stand-ins
        | '\u{2800}'                 // blank Braille
        | '\u{3000}'                 // ideographic space
        | '\u{3164}' | '\u{ffa0}'
        | '\u{e000}'..='\u{f8ff}'    // private use
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}'    // variation selectors change widths
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}' // tags, more selectors, private planes
    )
}

/// Folds `text` for searching: compatibility forms, lower case, no accents, in any script.
///
/// `fold("Ñíguez") == "niguez"`, `fold("ŁÓDŹ") == "lodz"`, `fold("ﬁ") == "fi"`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            // Accents are dropped, so their order, for which normalization needs the whole text, does not
            // matter.
            decompose_compatible(c, |part| fold_into(&mut folded, part));
        }
    }
    folded
}

/// Returns true if the folded form of `text` contains `word`, which is folded already.
pub fn folds_to_hold(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return fold(text).contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    let mut from = 0;
    while let Some(rest) = text.get(from..).filter(|rest| rest.len() >= word.len()) {
        let Some(at) = memchr::memchr2(*first, first.to_ascii_uppercase(), rest) else { return false };
        let here = from + at;
        let is_here = |(byte, letter): (&u8, &u8)| byte.to_ascii_lowercase() == *letter;
        let there = text.get(here..).unwrap_or_default();
        if there.len() >= word.len() && there.iter().zip(word).all(is_here) {
            return true;
        }
        from = here + 1;
    }
    false
}

fn fold_into(folded: &mut String, part: char) {
    if is_combining_mark(part) {
        return;
    }
    for c in part.to_lowercase() {
        match c {
            _ if is_combining_mark(c) => {}
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            _ => folded.push(c),
        }
    }
}

/// Converts `text` for a terminal that shows ASCII only: the shapes that NEXUS draws become letters of the same
/// width, and every other character beyond ASCII is written as its code point, `<U+00FC>`.
pub fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '●' => plain.push('*'),
            '◌' => plain.push('o'),
            '■' | '█' => plain.push('#'),
            '▲' => plain.push('^'),
            '×' => plain.push('x'),
            '–' | '─' | '░' => plain.push('-'),
            '│' => plain.push('|'),
            '├' | '◇' => plain.push('+'),
            '└' => plain.push('`'),
            '…' => plain.push('~'),
            '→' => plain.push('>'),
            _ if c.is_ascii() => plain.push(c),
            _ => escape(&mut plain, c),
        }
    }
    Cow::Owned(plain)
}

/// Maximum number of characters of an input that a message quotes.
const EXCERPT_CHARS: usize = 200;

/// Shortens `text` for a message: at most 200 characters, the last one an ellipsis if something was cut. A
/// text that begins or ends with a blank stands in quotation marks: else nobody would see that.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    if text.starts_with(' ') || text.ends_with(' ') {
        return format!("“{}”", excerpt_bare(text)).into();
    }
    excerpt_bare(text)
}

/// Returns the same without quotation marks, for a message that has its own.
pub fn excerpt_bare(text: &str) -> Cow<'_, str> {
    if text.len() <= EXCERPT_CHARS || text.chars().nth(EXCERPT_CHARS).is_none() {
        return Cow::Borrowed(text);
    }
    let mut clipped: String = text.chars().take(EXCERPT_CHARS - 1).collect();
    clipped.push('…');
    Cow::Owned(clipped)
}

/// Shortens a path for a message.
pub fn excerpt_path(path: &Path) -> String {
    excerpt(&path.to_string_lossy()).into_owned()
}

/// Returns a path as messages quote it: short, and with its control characters visible.
pub fn visible_path(path: &Path) -> String {
    visible(&excerpt_path(path)).into_owned()
}

/// Formats bytes in lower-case hex, two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend(
            [byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)),
        );
    }
    text
}

/// Returns `words` as a sentence: a capital first, unless that is the path of a file, and a full stop last.
pub fn sentence(words: &str) -> String {
    let first = words.split(' ').next().unwrap_or_default().trim_end_matches('.');
    let mut sentence = if first.contains(['/', '.']) { words.to_owned() } else { capitalized(words) };
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

/// Returns the words with a capital letter at the beginning.
pub fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests;
