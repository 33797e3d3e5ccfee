//! The frame of a dialog in the middle of the screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use crate::domain::text::{clip, visible, width};
use crate::tui::theme::Theme;

/// The width of what is left beside a dialog, in cells, up to which it is cleared: it would be no more than crumbs.
const CRUMBS: u16 = 4;

/// Clears a rectangle in the middle of `area` and a cell beside it, so that no word behind it touches it, draws a frame
/// around it, and returns the area inside.
pub fn draw(frame: &mut Frame<'_>, area: Rect, theme: Theme, title: &str, width: u16, lines: u16) -> Rect {
    let outside = outside(area, width, lines);
    let beside = if area.width - outside.width <= 2 * CRUMBS { CRUMBS } else { 1 };
    let cleared = Rect { x: outside.x.saturating_sub(beside), width: outside.width + 2 * beside, ..outside };
    frame.render_widget(Clear, cleared.intersection(area));
    let title = format!(" {} ", clip(&visible(title), usize::from(outside.width.saturating_sub(6))));
    let block = Block::bordered()
        .border_set(theme.border())
        .border_style(theme.quiet())
        .title(Line::from(Span::styled(title, on_frame(theme.strong()))));
    frame.render_widget(block, outside);
    inside(area, width, lines)
}

fn outside(area: Rect, width: u16, lines: u16) -> Rect {
    let width = (width + 4).min(area.width);
    let height = (lines + 2).min(area.height);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// Returns the area inside the frame of a dialog with so many columns and lines.
pub fn inside(area: Rect, width: u16, lines: u16) -> Rect {
    let outside = outside(area, width, lines);
    Rect {
        x: outside.x + 2.min(outside.width),
        y: outside.y + 1.min(outside.height),
        width: outside.width.saturating_sub(4),
        height: outside.height.saturating_sub(2),
    }
}

/// Returns a style that the style of the frame does not dim.
fn on_frame(style: Style) -> Style {
    Style::reset().patch(style)
}

/// Draws on the frame how many lines, fields or rows there are above and below those that are shown; nothing for 0.
pub fn view_more(frame: &mut Frame<'_>, inside: Rect, theme: Theme, above: usize, below: usize) {
    let signs = [
        (above, theme.shape("▴", "^"), inside.y.saturating_sub(1)),
        (below, theme.shape("▾", "v"), inside.bottom()),
    ];
    for (count, shape, y) in signs {
        if count > 0 {
            let words = format!(" {shape} {count} more ");
            let cells = width(&words) as u16;
            let place = Rect { x: inside.right().saturating_sub(cells), y, width: cells, height: 1 };
            frame
                .render_widget(Span::styled(words, on_frame(theme.care())), place.intersection(frame.area()));
        }
    }
}
