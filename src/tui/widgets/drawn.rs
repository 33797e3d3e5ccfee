//! Texts on the screen. Most need none of the tables of Unicode, which would take most of the time of a frame.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::takes_one_cell;

/// Writes a text in at most `room` cells, and no further than to the end of the line. Returns the column behind it.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, text: &str, room: usize, style: Style) -> u16 {
    if !text.chars().all(takes_one_cell) {
        return buffer.set_stringn(x, y, text, room, style).0;
    }
    let area = buffer.area;
    let room = room.min(area.right().saturating_sub(x).into());
    if !(area.top()..area.bottom()).contains(&y) || x < area.left() || room == 0 {
        return x;
    }
    let first = buffer.index_of(x, y);
    let cells = buffer.content.iter_mut().skip(first).take(room);
    let written =
        cells.zip(text.chars()).map(|(cell, letter)| cell.set_char(letter).set_style(style)).count();
    x + written as u16
}

/// Writes spans one behind the other into the first line of `area`.
pub fn spans(frame: &mut Frame<'_>, area: Rect, spans: &[Span<'_>]) {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return;
    }
    let mut x = area.x;
    for span in spans {
        let room = area.right().saturating_sub(x);
        x = put(frame.buffer_mut(), x, area.y, &span.content, room.into(), span.style);
    }
}

/// Writes a line into the first line of `area`, which gets its style.
pub fn line(frame: &mut Frame<'_>, area: Rect, line: &Line<'_>) {
    let area = Rect { height: area.height.min(1), ..area };
    if line.style != Style::new() {
        frame.buffer_mut().set_style(area, line.style);
    }
    spans(frame, area, &line.spans);
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::{Color, Modifier};

    use super::*;

    /// Returns what `work` draws.
    fn drawn(work: impl FnOnce(&mut Frame<'_>)) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(9, 3)).unwrap();
        terminal.draw(work).unwrap().buffer.clone()
    }

    #[test]
    fn a_line_is_drawn_as_by_the_library() {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        for text in ["ada", "ada\u{301}", "李小龍", "Ж●─…", "longer than its line", "no wider\u{301}x", ""]
        {
            for (x, y, width) in [(0, 0, 9), (2, 1, 5), (0, 2, 2), (7, 2, 9), (3, 3, 4), (9, 0, 1), (4, 1, 0)]
            {
                let area = Rect { x, y, width, height: 1 };
                for style in [Style::new(), Style::new().fg(Color::Red).bg(Color::Blue)] {
                    let spans = vec![Span::raw("a"), Span::styled(text, bold), Span::raw(text)];
                    let one = Line::from(spans).style(style);
                    let ours = drawn(|frame| line(frame, area, &one));
                    let theirs = drawn(|frame| frame.render_widget(&one, area));
                    assert_eq!(ours, theirs, "{text} {area}");
                }
            }
        }
    }
}
