//! Finds lines that moved up or down between two frames, so that the terminal can move them.
//!
//! Only parts of a line need to have moved: beside a list that scrolls there may be something that does not. Lines are
//! therefore compared in pieces. What is found is a guess: whoever uses it draws what differs afterwards.

use ratatui::buffer::Cell;
use ratatui::style::Color;

use super::ansi::is_erased;

/// Cells of a piece.
const PIECE: usize = 8;

/// Lines that moved together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first line that takes part.
    pub(super) top: usize,
    /// The last line that takes part.
    pub(super) bottom: usize,
    /// How far up they moved; down where it is negative.
    pub(super) lines: i32,
}

impl Scroll {
    /// The line that stands at `y` after the shift, where it is not a blank one that came in.
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

/// The shift that brings most of `shown` to where it stands in `next`.
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

/// A number for each piece of a line; 0 for one without anything on it. That two pieces have the same by chance does no
/// harm, so a quick way is good enough (FNV-1a).
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
