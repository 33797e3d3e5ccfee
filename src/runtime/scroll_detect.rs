//! Finds lines that moved up or down between two frames, so that the terminal can move them.
//!
//! Only parts of a line need to have moved: something beside a scrolling list may stand still. Lines are
//! therefore compared in pieces. The result is a guess: the caller draws all remaining differences.

use ratatui::buffer::Cell;
use ratatui::style::Color;

use super::ansi::is_erased;

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
pub(super) fn find(shown: &[&[Cell]], next: &[&[Cell]]) -> Option<Scroll> {
    let was: Vec<Vec<u64>> = shown.iter().map(|line| pieces(line)).collect();
    let will: Vec<Vec<u64>> = next.iter().map(|line| pieces(line)).collect();
    let height = will.len().min(was.len()) as i32;
    let matches = |y: usize, lines: i32| {
        let (Some(from), Some(host), Some(there)) =
            (moved(y, lines).and_then(|from| was.get(from)), was.get(y), will.get(y))
        else {
            return 0;
        };
        let gained = |at: usize, piece: &u64| {
            *piece != 0 && from.get(at) == Some(piece) && host.get(at) != Some(piece)
        };
        there.iter().enumerate().filter(|(at, piece)| gained(*at, piece)).count()
    };
    let gain = |lines: i32| (0..will.len()).map(|y| matches(y, lines)).sum::<usize>();
    let candidates = (1 - height..height).filter(|lines| *lines != 0);
    let (_, lines) = candidates.map(|lines| (gain(lines), lines)).max().filter(|(gain, _)| *gain > 0)?;
    let rows: Vec<usize> = (0..will.len()).filter(|y| matches(*y, lines) > 0).collect();
    let (first, last) = (*rows.first()?, *rows.last()?);
    let (top, bottom) = (first.min(moved(first, lines)?), last.max(moved(last, lines)?));
    Some(Scroll { top, bottom, lines })
}

/// Returns a hash of each piece of a line; 0 for an empty one. A collision does no harm, so a quick hash is
/// good enough (FNV-1a).
fn pieces(line: &[Cell]) -> Vec<u64> {
    let number = |cells: &[Cell]| {
        let bytes = cells.iter().flat_map(|cell| {
            let modifier = cell.modifier.bits() as u8;
            cell.symbol().bytes().chain([modifier, u8::from(cell.fg == Color::Reset)])
        });
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    line.chunks(PIECE).map(|cells| if cells.iter().all(is_erased) { 0 } else { number(cells) }).collect()
}
