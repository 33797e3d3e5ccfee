//! Finds lines that moved up or down between two frames, so that the terminal can move them.
//!
//! Only parts of a line need to have moved: something beside a scrolling list may stand still. Lines are
//! therefore compared in pieces. The result is a guess: the caller draws all remaining differences.

use super::glyph::Glyph;

/// Number of cells of a piece.
const PIECE: usize = 8;
/// Of so many columns of pieces one is looked at first, and the number of pieces there from which all are.
const SAMPLE: usize = 3;
const FEW: usize = 3;

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

    /// Returns true if it puts more pieces in their place than it takes out of it.
    fn is_worthwhile(self, columns: &[(PieceColumn, PieceColumn)]) -> bool {
        let block = self.top..=self.bottom;
        let in_place = |from: &dyn Fn(usize) -> Option<usize>| {
            let of_column = |(was, will): &(PieceColumn, PieceColumn)| {
                let is_there = |y: &usize| piece_at(was, from(*y)) == piece_at(will, Some(*y));
                block.clone().filter(is_there).count()
            };
            columns.iter().map(of_column).sum::<usize>()
        };
        in_place(&|y| self.source(y)) > in_place(&Some)
    }
}

fn moved(y: usize, lines: i32) -> Option<usize> {
    y.checked_add_signed(lines as isize)
}

/// Returns the move that puts most of `shown` in its place in `next`.
pub(super) fn find(shown: &[&[Glyph]], next: &[&[Glyph]]) -> Option<Scroll> {
    let count = next.iter().map(|line| line.len()).max()?.div_ceil(PIECE);
    let pair = |at| (column(shown, at), column(next, at));
    // Where lines have moved, some columns show it: most frames are not worth looking at all of them.
    let some: Vec<_> = (1..count).step_by(SAMPLE).map(pair).collect();
    best_gain(&some, shown.len(), next.len()).filter(|(_, gain)| gain.pieces >= FEW)?;
    let columns: Vec<_> = (0..count).map(pair).collect();
    let (lines, Gain { first, last, .. }) = best_gain(&columns, shown.len(), next.len())?;
    let (top, bottom) = (first.min(moved(first, lines)?), last.max(moved(last, lines)?));
    let scroll = Scroll { top, bottom, lines };
    scroll.is_worthwhile(&columns).then_some(scroll)
}

/// Returns the number of lines by which most pieces would have to move to come into their place, and what that puts there.
fn best_gain(columns: &[(PieceColumn, PieceColumn)], shown: usize, next: usize) -> Option<(i32, Gain)> {
    // By how far each piece that is not in its place yet would have to move, from every line that shows it.
    let mut gains: Vec<Option<Gain>> = vec![None; shown + next];
    for (was, will) in columns {
        for (y, piece) in will.iter().enumerate() {
            if *piece == 0 || was.get(y).is_none_or(|shown| shown == piece) {
                continue;
            }
            for (from, _) in was.iter().enumerate().filter(|(_, shown)| *shown == piece) {
                if let Some(gain) = gains.get_mut(from + next - y) {
                    gain.get_or_insert(Gain { pieces: 0, first: y, last: y }).add(y);
                }
            }
        }
    }
    let gains = gains.into_iter().enumerate().filter_map(|(at, gain)| Some((at as i32 - next as i32, gain?)));
    gains.max_by_key(|(lines, gain)| (gain.pieces, *lines))
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
        self.first = self.first.min(y);
        self.last = self.last.max(y);
    }
}

/// The pieces of all lines that begin at the same column, each as a hash; 0 for an empty one. A collision does no harm.
type PieceColumn = Vec<u64>;

/// Returns the piece of a line; an empty one for a line that comes in.
fn piece_at(column: &PieceColumn, y: Option<usize>) -> u64 {
    y.and_then(|y| column.get(y)).copied().unwrap_or_default()
}

fn column(lines: &[&[Glyph]], at: usize) -> PieceColumn {
    let number = |line: &&[Glyph]| {
        let (mut hash, mut is_empty) = (0xcbf2_9ce4_8422_2325_u64, true);
        for glyph in line.iter().skip(at * PIECE).take(PIECE) {
            hash = glyph.hash(hash);
            is_empty &= glyph.is_erased();
        }
        if is_empty { 0 } else { hash }
    };
    lines.iter().map(number).collect()
}
