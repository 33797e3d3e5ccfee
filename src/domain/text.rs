//! Text for people: visible forms of hostile characters, folding for search, widths in terminal cells.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

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
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("<U+") {
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
    let inner = name.trim_matches(' ');
    if inner.len() == name.len() {
        return visible(name);
    }
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
            '×' => plain.push('x'),
            '–' | '─' | '░' => plain.push('-'),
            '│' => plain.push('|'),
            '├' => plain.push('+'),
            '└' => plain.push('`'),
            '…' => plain.push('~'),
            '→' => plain.push('>'),
            _ if c.is_ascii() => plain.push(c),
            _ => escape(&mut plain, c),
        }
    }
    Cow::Owned(plain)
}

/// Returns the width in terminal cells.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts `text` to at most `cells` terminal cells; the last one is an ellipsis if something was cut.
pub fn clip(text: &str, cells: usize) -> Cow<'_, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else { return Cow::Borrowed("") };
    let mut clipped = String::new();
    let mut used = 0;
    for letter in text.graphemes(true) {
        used += letter.width();
        if used > room {
            break;
        }
        clipped.push_str(letter);
    }
    clipped.push('…');
    Cow::Owned(clipped)
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
    let missing = cells.saturating_sub(padded.width());
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}

/// Formats bytes in lower-case hex, two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Formats `n` with thousands separators: `12,345`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a count with its noun: `1 account`, `3,000 accounts`.
pub fn count(n: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { singular } else { plural })
}

/// Returns a size as people read it: `512 B`, `1.5 kB`, `2.1 GB`.
pub fn byte_count(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, "B");
    for larger in UNITS {
        if tenths < 10_000 {
            break;
        }
        (tenths, unit) = ((tenths + 500) / 1_000, larger);
    }
    if unit == "B" || tenths >= 1_000 {
        return format!("{} {unit}", tenths / 10);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Returns `words` as a sentence: a capital first, a full stop last.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    #[test]
    fn sizes_have_two_or_three_digits() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (1_549, "1.5 kB"),
            (99_949, "99.9 kB"),
            (250_000, "250 kB"),
            (2_098_765_432, "2.1 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(byte_count(bytes), words);
        }
    }

    #[test]
    fn blanks_around_a_name_are_seen_and_those_within_it_are_not_marked() {
        for (name, shown) in [
            ("", ""),
            ("ada", "ada"),
            ("ada  king", "ada  king"),
            (" ada", "<U+0020>ada"),
            ("ada king  ", "ada king<U+0020><U+0020>"),
            ("  ", "<U+0020><U+0020>"),
            (" a\u{a0}", "<U+0020>a<U+00A0>"),
            ("<U+0020>", "<U+003C>U+0020>"),
        ] {
            assert_eq!(visible_name(name), shown, "{name:?}");
        }
        assert_eq!(excerpt(" ada"), "“ ada”");
        assert_eq!(excerpt("ada "), "“ada ”");
        assert_eq!(excerpt("ada king"), "ada king");
        assert_eq!(excerpt_bare("ada "), "ada ");
    }

    #[test]
    fn plain_text_is_left_alone() {
        for text in ["Ada", "Zoë O'Brien", "李 Müller", "🏠", "a < b", "Łukasz"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        assert_eq!(visible("ad\x1b[31mmin"), "ad␛[31mmin");
        assert_eq!(visible("a\nb\x7f"), "a␊b␡");
        assert_eq!(visible("a\u{9b}b"), "a<U+009B>b");
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a<U+202E>b<U+200B>");
        assert_eq!(visible("\u{e0041}"), "<U+E0041>");
    }

    #[test]
    fn every_blank_but_the_plain_one_is_shown() {
        let blanks = (1..=0x2_ffff).filter_map(char::from_u32).filter(|c| c.is_whitespace() && *c != ' ');
        for blank in blanks {
            let shown = visible(&format!("a{blank}b")).into_owned();
            assert!(!shown.contains(blank), "U+{:04X}", u32::from(blank));
        }
        assert_eq!(visible("john\u{a0}\u{3000}doe"), "john<U+00A0><U+3000>doe");
        assert_eq!(visible("john doe"), "john doe");
    }

    #[test]
    fn a_stand_in_typed_by_hand_does_not_pass_for_one() {
        assert_ne!(visible("a␛"), visible("a\x1b"));
        assert_ne!(visible("<U+202E>"), visible("\u{202e}"));
    }

    #[test]
    fn marks_are_capped_per_letter_and_never_stand_alone() {
        let tower = format!("a{}", "\u{301}".repeat(9));
        assert!(visible(&tower).ends_with("<U+0301>"));
        assert_eq!(visible("\u{301}x"), "<U+0301>x");
    }

    #[test]
    fn folding_ignores_case_accents_and_forms() {
        for (text, folded) in [
            ("Ñíguez", "niguez"),
            ("ŁÓDŹ", "lodz"),
            ("Straße", "strasse"),
            ("ﬁn", "fin"),
            ("ΟΔΟΣ", "οδοσ"),
            ("ЙОЖ", "иож"),
            ("ガ", "カ"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn clipping_counts_cells_not_letters() {
        assert_eq!(clip("李小龍", 4), "李…");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(pad("李", 4), "李  ");
    }

    #[test]
    fn messages_quote_at_most_two_hundred_characters() {
        let at_most = "é".repeat(200);
        assert_eq!(excerpt(&at_most), at_most);
        let longer = excerpt(&"é".repeat(201)).into_owned();
        assert_eq!((longer.chars().count(), longer.ends_with("é…")), (200, true));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(count(1, "account", "accounts"), "1 account");
        assert_eq!(count(12_345, "row", "rows"), "12,345 rows");
    }

    proptest! {
        #[test]
        fn folding_leaves_no_accent_that_normalization_would_part(text in any::<String>(), more in "[ÀéĞñǅ각ﬁ½ʰΆŌ̂]{0,8}") {
            let text = text + &more;
            let parted: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
            prop_assert_eq!(fold(&text), fold(&parted));
        }

        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            let shown = visible(&text).into_owned();
            prop_assert!(shown.chars().all(|c| !c.is_control()));
            let stand_ins = '\u{2400}'..='\u{2421}';
            let unsafe_left = shown.chars().find(|c| is_unsafe(*c) && !stand_ins.contains(c));
            prop_assert_eq!(unsafe_left, None);
        }

        #[test]
        fn different_texts_look_different(a in "[\0-\u{30}<U+20E>␀-␡]{0,6}", b in "[\0-\u{30}<U+20E>␀-␡]{0,6}") {
            prop_assert_eq!(a == b, visible(&a) == visible(&b));
            prop_assert_eq!(a == b, visible_name(&a) == visible_name(&b));
        }

        #[test]
        fn clipped_text_fits(text in "\\PC*", cells in 0_usize..20) {
            prop_assert!(width(&clip(&text, cells)) <= cells);
            prop_assert_eq!(width(&pad(&text, cells)), cells);
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }

    #[test]
    fn lines_are_broken_at_blanks() {
        assert_eq!(wrap("none yet: made later", 10), ["none yet:", "made later"]);
        assert_eq!(wrap("ab cd", 2), ["ab", "cd"], "a word that just fits stays whole");
        assert_eq!(wrap("0123456789", 4), ["0123", "4567", "89"]);
        assert_eq!(wrap("王王", 1), ["王", "王"]);
        assert_eq!(wrap("李小龍", 3), ["李", "小", "龍"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_but_blanks(text in "[a-z 王é\u{301}]{0,40}", cells in 2_usize..12) {
            let lines = wrap(&text, cells);
            prop_assert!(lines.iter().all(|line| width(line) <= cells || width(line.trim_start()) <= cells), "{lines:?}");
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
