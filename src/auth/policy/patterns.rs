//! Patterns of a whole password that an estimate by parts misses: one piece repeated, one run, only names.

use zeroize::Zeroizing;

use crate::domain::text::fold;

/// Sequences whose neighbours make a run, in either direction. Letters and digits in their own order are runs
/// as well.
const KEYBOARD: [&str; 9] = [
    "1234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
];

/// Returns the length in characters of the shortest piece that gives `text` when repeated (and perhaps cut off
/// at the end).
pub(super) fn shortest_piece(text: &str) -> usize {
    let length = text.chars().count();
    (1..length)
        .find(|piece| text.chars().zip(text.chars().skip(*piece)).all(|(a, b)| a == b))
        .unwrap_or(length)
}

/// Returns true if fewer than a third of the steps from one character to the next leave a run.
pub(super) fn is_run(text: &str) -> bool {
    let steps = || text.chars().zip(text.chars().skip(1));
    let leaps =
        steps().filter(|(a, b)| !are_neighbours(a.to_ascii_lowercase(), b.to_ascii_lowercase())).count();
    leaps * 3 < steps().count()
}

/// Returns true for equal characters and for neighbours in the alphabet, the digits, or a row or column of
/// keys.
fn are_neighbours(a: char, b: char) -> bool {
    let beside_in = |row: &str| {
        let mut pairs = row.chars().zip(row.chars().skip(1));
        pairs.any(|(left, right)| (left, right) == (a, b) || (right, left) == (a, b))
    };
    let beside_in_order =
        a.is_alphanumeric() && b.is_alphanumeric() && u32::from(a).abs_diff(u32::from(b)) == 1;
    a == b || beside_in_order || KEYBOARD.into_iter().any(beside_in)
}

/// Returns true if, apart from `names` (folded), `text` has at most three letters and ten other characters (a
/// date). Case, accents and digits that stand for letters do not matter.
pub(super) fn is_mostly_names(text: &str, names: &[String]) -> bool {
    const SPARE_LETTERS: usize = 3;
    const SPARE_OTHERS: usize = 10;
    let folded = Zeroizing::new(fold(text));
    let plain = Zeroizing::new(folded.chars().map(unleet).collect::<Vec<char>>());
    let mut taken = vec![false; plain.len()];
    for name in names {
        let name: Vec<char> = name.chars().map(unleet).collect();
        for (at, window) in plain.windows(name.len().max(1)).enumerate() {
            if window == name {
                taken.iter_mut().skip(at).take(name.len()).for_each(|taken| *taken = true);
            }
        }
    }
    let spare = || folded.chars().zip(&taken).filter(|(_, taken)| !**taken).map(|(c, _)| c);
    let letters = spare().filter(|c| c.is_alphabetic()).count();
    let others = spare().count() - letters;
    taken.contains(&true) && letters <= SPARE_LETTERS && others <= SPARE_OTHERS
}

/// Maps characters that are commonly exchanged for each other to one of them.
pub(super) fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}
