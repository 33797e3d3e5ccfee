//! The lines of the box on a terminal of some size, and its frame.

use ratatui::Frame;
use ratatui::layout::Alignment;
use ratatui::text::{Line, Span, Text};

use crate::tui::context::Context;
use crate::tui::theme::Theme;
use crate::tui::widgets::dialog_frame;

/// The least and the most width of the box inside its frame, in cells.
pub(super) const LEAST_WIDTH: u16 = 28;
const MOST_WIDTH: u16 = 60;

/// The lines of the box on a terminal of some size.
pub(super) struct BoxLayout {
    /// The consequences. They scroll if there is no room for all of them.
    pub(super) lines: Vec<Line<'static>>,
    /// The typed text and the buttons: always in sight.
    foot: Vec<Line<'static>>,
    /// The number of lines of room for the consequences.
    pub(super) room: usize,
    /// The width inside the frame, in cells.
    width: u16,
}

impl BoxLayout {
    /// Returns the number of lines by which it can be scrolled.
    pub(super) fn overflow(&self) -> usize {
        // The last line then says that there is more.
        if self.lines.len() > self.room { self.lines.len() + 1 - self.room } else { 0 }
    }
}

/// Draws that the count takes long.
pub(super) fn view_counting(context: &Context, frame: &mut Frame<'_>) {
    let theme = context.theme;
    let lines = vec![Line::styled("counting…", theme.quiet()), Line::raw("")];
    let foot = vec![Line::from(escape(theme).to_vec()).alignment(Alignment::Right)];
    let width = most_width(context).min(LEAST_WIDTH);
    draw(context, frame, "What will this touch?", &BoxLayout { lines, foot, room: 2, width }, 0);
}

/// Returns the button that cancels, with its key: Enter does not press it.
pub(super) fn escape(theme: Theme) -> [Span<'static>; 2] {
    [Span::styled("Esc", theme.accent()), Span::raw(" [ Cancel ]")]
}

/// Returns the most width that a line can have.
pub(super) fn most_width(context: &Context) -> u16 {
    MOST_WIDTH.min(context.body.width.saturating_sub(4))
}

/// Puts blank lines between the parts if there is room for them.
pub(super) fn spaced(
    context: &Context,
    mut lines: Vec<Line<'static>>,
    mut foot: Vec<Line<'static>>,
    width: u16,
) -> BoxLayout {
    let height = usize::from(context.body.height.saturating_sub(2));
    let gaps = if foot.len() > 1 { 2 } else { 1 };
    if lines.len() + foot.len() + gaps <= height {
        lines.push(Line::raw(""));
        if foot.len() > 1 {
            foot.insert(foot.len() - 1, Line::raw(""));
        }
    }
    let room = height.saturating_sub(foot.len()).max(1);
    BoxLayout { lines, foot, room, width }
}

/// Draws the box; its lines from `top` on, if there is no room for all of them.
pub(super) fn draw(context: &Context, frame: &mut Frame<'_>, title: &str, layout: &BoxLayout, top: usize) {
    let theme = context.theme;
    let most = layout.overflow();
    let top = top.min(most);
    let shown = if most > 0 { layout.room.saturating_sub(1) } else { layout.lines.len() };
    let mut lines: Vec<_> = layout.lines.iter().skip(top).take(shown).cloned().collect();
    if most > 0 {
        let (up, down) = (theme.shape("↑", "Up"), theme.shape("↓", "Down"));
        let words = format!("{} of {} lines · {up} {down} scroll", top + shown, layout.lines.len());
        lines.push(Line::styled(words, theme.care()));
    }
    lines.extend(layout.foot.iter().cloned());
    let inside = dialog_frame::draw(frame, context.body, theme, title, layout.width, lines.len() as u16);
    frame.render_widget(Text::from(lines), inside);
}
