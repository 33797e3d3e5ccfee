//! Texts that are too long for their column.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{clip, is_plain, width};

/// The part of a text that is left out if it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The end, as of names.
    End,
    /// The middle, as of email addresses.
    Middle,
    /// The beginning, as of paths.
    Beginning,
}

/// Stands for what is left out.
const MARK: &str = "…";

/// Returns the text in at most `cells` cells.
pub fn cut(text: &str, cells: usize, which: Cut) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    match which {
        Cut::Middle if cells > 3 => {
            let room = cells - 1;
            let begin = beginning(text, room.div_ceil(2));
            let end = ending(text, room - width(begin));
            format!("{begin}{MARK}{end}")
        }
        Cut::Beginning if cells > 1 => format!("{MARK}{}", ending(text, cells - 1)),
        Cut::End | Cut::Middle | Cut::Beginning => clip(text, cells).into_owned(),
    }
}

/// Returns as much of the beginning of a text as fits into so many cells.
fn beginning(text: &str, cells: usize) -> &str {
    if is_plain(text) {
        return text.get(..cells).unwrap_or(text);
    }
    let mut used = 0;
    let mut end = 0;
    for (at, letter) in text.grapheme_indices(true) {
        used += width(letter);
        if used > cells {
            break;
        }
        end = at + letter.len();
    }
    text.get(..end).unwrap_or_default()
}

/// Returns as much of the end of a text as fits into so many cells.
fn ending(text: &str, cells: usize) -> &str {
    if is_plain(text) {
        return text.get(text.len().saturating_sub(cells)..).unwrap_or(text);
    }
    let mut used = 0;
    let mut begin = text.len();
    for (at, letter) in text.grapheme_indices(true).rev() {
        used += width(letter);
        if used > cells {
            break;
        }
        begin = at;
    }
    text.get(begin..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_keeps_what_tells_it_from_others() {
        let email = "zoe.obrien@nexus.example";
        assert_eq!(cut(email, 24, Cut::Middle), email);
        assert_eq!(cut(email, 15, Cut::Middle), "zoe.obr…example");
        assert_eq!(cut("00003_ALAN/Photos/2024", 12, Cut::Beginning), "…Photos/2024");
        assert_eq!(cut("Edsger Dijkstra", 8, Cut::End), "Edsger …");
        assert_eq!(cut(email, 2, Cut::Middle), "z…");
    }

    proptest! {
        #[test]
        fn it_never_takes_more_cells_than_it_has(text in "[a-z李é\u{301}@/]{0,30}", cells in 0_usize..30) {
            for which in [Cut::End, Cut::Middle, Cut::Beginning] {
                prop_assert!(width(&cut(&text, cells, which)) <= cells);
            }
        }
    }
}
