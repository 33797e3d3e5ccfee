//! Vertical strokes: the same character below itself, with blanks beside it, such as the line between two panes. From one cell
//! to the one below it a terminal moves in two bytes, and the style stays.

use ratatui::buffer::Cell;

use super::super::ansi::{cells_of, is_erased, is_same};
use super::BLANK;

/// The number of cells from which a stroke is worthwhile.
const SHORTEST: usize = 4;

/// Cells below each other that change to the same character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stroke {
    x: usize,
    top: usize,
    length: usize,
}

impl Stroke {
    /// Returns the columns and lines of its cells, from top to bottom.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let Self { x, top, length } = *self;
        (top..top + length).map(move |y| (x, y))
    }
}

/// Returns the strokes among the cells that change.
pub(super) fn find(shown: &[Vec<Cell>], next: &[&[Cell]]) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = Vec::new();
    for (y, (shown, line)) in shown.iter().zip(next).enumerate() {
        for (x, cell) in line.iter().enumerate().filter(|(x, _)| stands_alone(shown, line, *x)) {
            let goes_on = |stroke: &&mut Stroke| {
                let above = y.checked_sub(1).and_then(|y| next.get(y)).and_then(|line| line.get(x));
                stroke.x == x
                    && stroke.top + stroke.length == y
                    && above.is_some_and(|above| is_same(above, cell))
            };
            match strokes.iter_mut().find(goes_on) {
                Some(stroke) => stroke.length += 1,
                None => strokes.push(Stroke { x, top: y, length: 1 }),
            }
        }
    }
    strokes.retain(|stroke| stroke.length >= SHORTEST);
    strokes
}

/// Returns true if a cell changes to a character of one cell between blanks, and was no part of a wide one. Behind the last
/// cell of a line a terminal's cursor is nowhere certain.
fn stands_alone(shown: &[Cell], next: &[Cell], x: usize) -> bool {
    let cell = at(next, Some(x));
    let before = x.checked_sub(1);
    x + 1 < next.len()
        && !is_erased(cell)
        && cells_of(cell) == 1
        && is_erased(at(next, before))
        && is_erased(at(next, Some(x + 1)))
        && [before, Some(x)].into_iter().all(|x| cells_of(at(shown, x)) == 1)
        && !is_same(at(shown, Some(x)), cell)
}

/// Returns a cell of a line; a blank outside of it.
fn at(line: &[Cell], x: Option<usize>) -> &Cell {
    x.and_then(|x| line.get(x)).unwrap_or(&BLANK)
}
