//! Finds lines that moved up or down between two frames, so that the terminal can move them.
//!
//! Only parts of a line need to have moved: something beside a scrolling list may stand still. Lines are
//! therefore compared in pieces. The result is a guess: the caller draws all remaining differences.

use std::collections::BTreeMap;

use super::glyph::Glyph;

/// Number of cells of a piece.
const PIECE: usize = 8;

/// A block of lines that moved together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first line of the block.
    pub(super) top: usize,
    /// The last line of the block.
    pub(super) bottom: usize,
    /// Number of lines that the block moved up; negative for down.
    pub(super) lines: i32,
}

impl Scroll {
    /// Returns the old position of the line that is at `y` after the move; `None` for a blank line that came
    /// in.
    pub(super) fn source(self, y: usize) -> Option<usize> {
        if !(self.top..=self.bottom).contains(&y) {
            return Some(y);
        }
        moved(y, self.lines).filter(|from| (self.top..=self.bottom).contains(from))
    }
}

fn moved(y: usize, lines: i32) -> Option<usize> {
    y.checked_add_signed(lines as isize)
}

/// Returns the move that puts most of `shown` in its place in `next`.
pub(super) fn find(shown: &[&[Glyph]], next: &[&[Glyph]]) -> Option<Scroll> {
    let was: Vec<Vec<u64>> = shown.iter().map(|line| pieces(line)).collect();
    let will: Vec<Vec<u64>> = next.iter().map(|line| pieces(line)).collect();
    // By how far each piece that is not in its place yet would have to move, from every line that shows it.
    let mut gains: BTreeMap<i32, Gain> = BTreeMap::new();
    for (y, pieces) in will.iter().enumerate() {
        for (at, piece) in pieces.iter().enumerate() {
            let holds = |line: &Vec<u64>| line.get(at) == Some(piece);
            if *piece == 0 || was.get(y).is_none_or(holds) {
                continue;
            }
            for (from, _) in was.iter().enumerate().filter(|(_, line)| holds(line)) {
                gains.entry(from as i32 - y as i32).or_insert(Gain { pieces: 0, first: y, last: y }).add(y);
            }
        }
    }
    let (lines, Gain { first, last, .. }) =
        gains.into_iter().max_by_key(|(lines, gain)| (gain.pieces, *lines))?;
    let (top, bottom) = (first.min(moved(first, lines)?), last.max(moved(last, lines)?));
    Some(Scroll { top, bottom, lines })
}

/// The pieces that a move puts in their place, from the first line of them to the last.
#[derive(Debug, Clone, Copy)]
struct Gain {
    pieces: usize,
    first: usize,
    last: usize,
}

impl Gain {
    fn add(&mut self, y: usize) {
        self.pieces += 1;
        self.last = y;
    }
}

/// Returns a hash of each piece of a line; 0 for an empty one. A collision does no harm.
fn pieces(line: &[Glyph]) -> Vec<u64> {
    let number = |glyphs: &[Glyph]| {
        let (mut hash, mut is_empty) = (0xcbf2_9ce4_8422_2325_u64, true);
        for glyph in glyphs {
            hash = glyph.hash(hash);
            is_empty &= glyph.is_erased();
        }
        if is_empty { 0 } else { hash }
    };
    line.chunks(PIECE).map(number).collect()
}
