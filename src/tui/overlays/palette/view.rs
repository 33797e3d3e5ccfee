//! The drawing of the palette: the line, and what it may mean below it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, pad, visible, width};
use crate::tui::context::Context;
use crate::tui::keys::shown;
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::table::skip_cells;

use super::matching::Meaning;
use super::{Palette, SHOWN, VIEW};

/// The least and the greatest width of the dialog inside its frame, in cells, and what is left beside it.
const WIDTHS: (u16, u16) = (72, 108);
const BESIDE: u16 = 8;
/// Its height inside its frame: the typed line and the rows below it.
const HEIGHT: u16 = SHOWN as u16 + 1;
/// The width of the column of keys, in cells.
const KEY_WIDTH: usize = 7;
/// The widths of the column of names, in cells, and the most of the dialog that it takes beside keys, as a divisor.
const NAME_WIDTHS: (usize, usize) = (14, 34);
const NAME_SHARE: usize = 3;
/// The minimum width of the help in cells; if it would get less, the key is left out.
const LEAST_HELP_WIDTH: usize = 16;

/// A line below the typed one.
struct PaletteRow {
    name: String,
    /// The number of cells of the name without its arguments.
    bare: usize,
    key: String,
    help: String,
}

/// Returns the width inside the frame.
fn columns(context: &Context) -> u16 {
    context.body.width.saturating_sub(BESIDE).clamp(WIDTHS.0, WIDTHS.1)
}

impl Palette {
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let inside =
            dialog_frame::draw(frame, context.body, theme, "Command or row number", columns(context), HEIGHT);
        self.view_line(context, frame, inside);
        let rows = self.rows();
        let (first, room) = self.shown_rows(inside);
        let place = |line: usize| Rect { y: inside.y + 1 + line as u16, height: 1, ..inside };
        if rows.is_empty() && room > 0 {
            frame.render_widget(Line::styled("no such command", theme.quiet()), place(0));
        }
        let shown: Vec<_> = rows.iter().enumerate().skip(first).take(room).collect();
        let widest = shown.iter().map(|(_, row)| width(&row.name)).max().unwrap_or_default();
        let has_keys = shown.iter().any(|(_, row)| !row.key.is_empty());
        let is_shared = has_keys && shown.len() > 1;
        let most = if is_shared { usize::from(inside.width) / NAME_SHARE } else { NAME_WIDTHS.1 };
        let bare = shown.iter().map(|(_, row)| row.bare).max().unwrap_or_default();
        let names = widest.min(most.max(bare)).clamp(NAME_WIDTHS.0, NAME_WIDTHS.1);
        for (at, row) in shown {
            let (style, name_style) = if Some(at) == self.at {
                (theme.cursor(), theme.cursor())
            } else {
                (Style::default(), theme.accent())
            };
            let mut spans =
                vec![Span::styled(pad(&clip(&row.name, names), names), name_style), Span::raw("  ")];
            let mut rest = usize::from(inside.width).saturating_sub(names + 2);
            if has_keys && rest >= LEAST_HELP_WIDTH + KEY_WIDTH {
                spans.extend([Span::raw(pad(&row.key, KEY_WIDTH)), Span::raw(" ")]);
                rest -= KEY_WIDTH + 1;
            }
            spans.push(Span::raw(clip(&row.help, rest).into_owned()));
            frame.render_widget(Line::from(spans).style(style), place(at - first));
        }
        dialog_frame::view_more(frame, inside, theme, first, rows.len().saturating_sub(first + room));
    }

    /// Returns the index of the first row that is shown, and the number of rows. The row that the cursor was moved to is
    /// among them.
    fn shown_rows(&self, inside: Rect) -> (usize, usize) {
        let room = usize::from(inside.height.saturating_sub(1)).min(SHOWN);
        (self.first_of(room), room)
    }

    /// Returns the index of the first of as many rows as there is room for.
    fn first_of(&self, room: usize) -> usize {
        self.at.map_or(0, |at| (at + 1).saturating_sub(room))
    }

    /// Takes a click: the cursor goes to the row.
    pub fn click(&mut self, context: &Context, at: Position) {
        let inside = dialog_frame::inside(context.body, columns(context), HEIGHT);
        let (first, room) = self.shown_rows(inside);
        let line = inside.rows().skip(1).take(room).position(|row| row.contains(at));
        if let Some(row) = line.map(|line| first + line).filter(|row| *row < self.choice_count()) {
            self.at = Some(row);
        }
    }

    /// Draws the typed line; its end, if there is no room for all of it.
    fn view_line(&self, context: &Context, frame: &mut Frame<'_>, inside: Rect) {
        let (typed, cursor) = self.typed.shown(false, "");
        let room = usize::from(inside.width.saturating_sub(1));
        let skip = (cursor + 1).saturating_sub(room);
        let text = skip_cells(&typed, skip, room);
        let line = Line::from(vec![Span::styled(":", context.theme.accent()), Span::raw(text)]);
        frame.render_widget(line, Rect { height: 1, ..inside });
        frame.set_cursor_position((inside.x + 1 + cursor.saturating_sub(skip) as u16, inside.y));
    }

    /// Returns the typed line, what it may mean, and the row that the cursor was moved to, which is among the printed ones.
    pub fn text(&self) -> Vec<String> {
        let line = format!(":{}", visible(self.line()));
        let rows = self.rows();
        let more = rows.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("{more} more"));
        let at = self.at.and_then(|at| rows.get(at)).map(|row| format!("Cursor on {}", row.name));
        let rows = rows.iter().skip(self.first_of(SHOWN)).take(SHOWN);
        let rows = rows.map(|row| format!("{}: {}", row.name, row.help));
        [line].into_iter().chain(rows).chain(more).chain(at).collect()
    }

    fn rows(&self) -> Vec<PaletteRow> {
        if let Some((entry, _)) = self.with_arguments() {
            let choices: Vec<_> = self
                .choices
                .iter()
                .map(|choice| PaletteRow {
                    name: visible(&choice.value).into_owned(),
                    bare: 0,
                    key: String::new(),
                    help: visible(&choice.about).into_owned(),
                })
                .collect();
            if !choices.is_empty() {
                return choices;
            }
            let entry = self.entries.get(entry);
            return entry.map(|entry| vec![row(entry)]).unwrap_or_default();
        }
        self.matching().into_iter().filter_map(|meaning| self.row_of(meaning)).collect()
    }

    fn row_of(&self, meaning: Meaning) -> Option<PaletteRow> {
        match meaning {
            Meaning::Command(at) => self.entries.get(at).map(row),
            Meaning::View(at) => self.views.get(at).map(|name| PaletteRow {
                name: format!("{} {}", VIEW.0, visible(name)),
                bare: width(VIEW.0),
                key: String::new(),
                help: "saved view".into(),
            }),
        }
    }
}

fn row(entry: &super::entries::PaletteCommand) -> PaletteRow {
    let on = entry.key.and_then(|key| key.on.first().copied()).filter(|on| !on.starts_with(':'));
    PaletteRow {
        name: entry.usage(),
        bare: width(entry.name()),
        key: on.map(shown).unwrap_or_default(),
        help: without_capital(entry.help()),
    }
}

/// Returns words as they stand in a list: no sentence begins there. A name in capitals keeps them.
fn without_capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next();
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return words.to_owned();
    }
    first.into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_of_commands_begins_like_that_of_keys() {
        assert_eq!(
            without_capital("Record the end of all expired sessions"),
            "record the end of all expired sessions"
        );
        assert_eq!(without_capital("SQL is not run"), "SQL is not run");
        assert_eq!(without_capital(""), "");
    }
}
