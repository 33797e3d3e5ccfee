//! Finds out that most of what changed on the screen has only moved by a line: then the terminal can move it itself.

use ratatui::buffer::{Buffer, Cell};

/// So many cells must be saved for it to be worth the sequences, and what else lies on the same lines.
const WORTH: usize = 300;

/// Lines that move by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first of them.
    pub(super) top: u16,
    /// The last of them.
    pub(super) bottom: u16,
    /// Which way.
    pub(super) way: Way,
}

/// Which way lines move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The list goes on downwards: its lines move up, and the last one is new.
    Up,
    /// The list goes back: its lines move down, and the first one is new.
    Down,
}

impl Scroll {
    /// The scroll that leaves least to be drawn between two frames of the same size, if one is worth it.
    pub(super) fn between(before: &Buffer, after: &Buffer) -> Option<Self> {
        let ways = [Way::Up, Way::Down].into_iter();
        let found = ways.filter_map(|way| Self::by(way, before, after));
        found.max_by_key(|(_, saved)| *saved).filter(|(_, saved)| *saved >= WORTH).map(|(scroll, _)| scroll)
    }

    /// The stretch of lines that are rather like their neighbours before, and how many cells moving it saves.
    fn by(way: Way, before: &Buffer, after: &Buffer) -> Option<(Self, usize)> {
        let height = after.area.height;
        let has_moved = |y: &u16| {
            let neighbour = match way {
                Way::Up => y + 1,
                Way::Down => y.wrapping_sub(1),
            };
            let rest = |from| differing(line(before, from), line(after, *y));
            neighbour < height && 2 * rest(neighbour) < rest(*y)
        };
        let (first, last) = ((0..height).find(has_moved)?, (0..height).rev().find(has_moved)?);
        let (top, bottom) = match way {
            Way::Up => (first, last + 1),
            Way::Down => (first - 1, last),
        };
        let scroll = Self { top, bottom, way };
        let mut moved = before.clone();
        scroll.apply(&mut moved);
        let to_draw =
            |from: &Buffer| (top..=bottom).map(|y| differing(line(from, y), line(after, y))).sum::<usize>();
        Some((scroll, to_draw(before).checked_sub(to_draw(&moved))?))
    }

    /// What a frame looks like after it, with a blank line where a new one comes.
    pub(super) fn apply(self, frame: &mut Buffer) {
        let width = usize::from(frame.area.width);
        let (from, to) = (usize::from(self.top) * width, (usize::from(self.bottom) + 1) * width);
        let Some(lines) = frame.content.get_mut(from..to) else { return };
        let new = match self.way {
            Way::Up => {
                lines.rotate_left(width);
                lines.len() - width..lines.len()
            }
            Way::Down => {
                lines.rotate_right(width);
                0..width
            }
        };
        lines.get_mut(new).into_iter().flatten().for_each(Cell::reset);
    }
}

fn line(frame: &Buffer, y: u16) -> &[Cell] {
    let width = usize::from(frame.area.width);
    let start = usize::from(y) * width;
    frame.content.get(start..start + width).unwrap_or_default()
}

fn differing(a: &[Cell], b: &[Cell]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count()
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const WIDTH: u16 = 60;

    /// A list from one of its rows on, below a title and above a foot.
    fn list(from: u16) -> Buffer {
        let mut frame = Buffer::empty(Rect::new(0, 0, WIDTH, 22));
        frame.set_string(0, 0, "the title of the list", Style::new());
        for y in 1..21 {
            let letter = char::from(b'a' + ((from + y) % 26) as u8);
            frame.set_string(0, y, letter.to_string().repeat(40), Style::new());
        }
        frame.set_string(0, 21, "the foot", Style::new());
        frame
    }

    #[test]
    fn a_list_that_moved_by_a_line_is_scrolled_between_title_and_foot() {
        let up = Scroll::between(&list(1_000), &list(1_001)).unwrap();
        assert_eq!(up, Scroll { top: 1, bottom: 20, way: Way::Up });
        let down = Scroll::between(&list(1_001), &list(1_000)).unwrap();
        assert_eq!(down, Scroll { top: 1, bottom: 20, way: Way::Down });
    }

    #[test]
    fn other_changes_are_drawn() {
        assert_eq!(Scroll::between(&list(1_000), &list(1_000)), None);
        let blank = Buffer::empty(list(0).area);
        assert_eq!(Scroll::between(&blank, &list(5)), None);
    }

    #[test]
    fn the_lines_move_and_leave_a_blank_one() {
        let mut frame = list(1_000);
        Scroll { top: 1, bottom: 20, way: Way::Up }.apply(&mut frame);
        assert_eq!(line(&frame, 1), line(&list(1_001), 1));
        assert!(line(&frame, 20).iter().all(|cell| *cell == Cell::EMPTY));
        assert_eq!(line(&frame, 21), line(&list(0), 21));
    }
}
