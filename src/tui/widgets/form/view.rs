//! The drawing of a form, with as many fields as fit.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, visible, width, wrap};
use crate::domain::user::Field;
use crate::service::contract::{PASSWORD_RULE, strength};
use crate::tui::theme::Theme;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::table::skip_cells;

use super::{Form, Labels, Row, Rule};

/// The gap between a label or a field and the text at its right, in cells.
const GAP: usize = 2;
/// The least width of a field beside a note, in cells.
const LEAST_FIELD: usize = 8;

/// The fields that a form has no room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    pub above: usize,
    pub below: usize,
}

/// The text about a field: its error, or else a hint.
struct FieldNote {
    text: String,
    style: Style,
    /// Set if it is left out where it has no room on the line of the field.
    is_spare: bool,
}

/// The parts of a row in so many columns.
struct RowParts {
    note: FieldNote,
    /// Set if the note has room on the first line.
    beside: bool,
    /// The number of lines of a note below the field.
    below: u16,
}

impl Labels {
    /// Returns the number of lines of a field without its note.
    const fn least_lines(self) -> u16 {
        match self {
            Self::Spaced | Self::Above => 2,
            Self::Left => 1,
        }
    }

    /// Returns the number of blank lines between two fields.
    const fn gap(self) -> u16 {
        match self {
            Self::Spaced => 1,
            Self::Above | Self::Left => 0,
        }
    }
}

impl Form {
    /// Returns the number of lines that the whole form takes in so many columns.
    pub fn lines(&self, labels: Labels, columns: u16, theme: Theme) -> u16 {
        let lines: u16 =
            (0..self.rows.len()).map(|index| self.row_lines(labels, index, columns, theme)).sum();
        lines.saturating_sub(labels.gap())
    }

    /// Returns the fields that have no room in `area`.
    pub fn hidden(&self, area: Rect, theme: Theme, labels: Labels) -> Hidden {
        let (first, shown) = self.range(area, theme, labels);
        Hidden { above: first, below: self.rows.len() - first - shown }
    }

    /// Draws as many fields as fit, among them the one with the cursor.
    pub fn view(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme, labels: Labels) {
        for (index, place) in self.places(area, theme, labels) {
            self.view_row(frame, place, theme, labels, index);
        }
    }

    /// Returns the fields that are drawn and the place of each.
    fn places(&self, area: Rect, theme: Theme, labels: Labels) -> impl Iterator<Item = (usize, Rect)> {
        let (first, shown) = self.range(area, theme, labels);
        let mut y = area.y;
        (first..first + shown).map(move |index| {
            let lines = self.row_lines(labels, index, area.width, theme);
            let height = lines.min(area.bottom().saturating_sub(y));
            let place = Rect { y, height, ..area };
            y += height;
            (index, place)
        })
    }

    /// Takes a click: the cursor goes to the field.
    pub fn click(&mut self, area: Rect, theme: Theme, labels: Labels, at: Position) {
        let found = self.places(area, theme, labels).find(|(_, place)| place.contains(at));
        if let Some((index, _)) = found.filter(|(index, _)| *index != self.focus) {
            self.go(index);
        }
    }

    /// Returns the first field that is shown and the number of fields.
    fn range(&self, area: Rect, theme: Theme, labels: Labels) -> (usize, usize) {
        // No blank line is needed after the last field.
        let area = Rect { height: area.height + labels.gap(), ..area };
        let lines = |index| self.row_lines(labels, index, area.width, theme);
        let mut first = self.focus;
        let mut used = lines(first);
        while first > 0 && used + lines(first - 1) <= area.height {
            first -= 1;
            used += lines(first);
        }
        let mut room = area.height;
        let mut shown = 0;
        for index in first..self.rows.len() {
            let height = lines(index);
            // What is wrong with the field that has the cursor is cut where all of it has no room.
            if room < labels.least_lines() || height > room && index != self.focus {
                break;
            }
            room -= height.min(room);
            shown += 1;
        }
        (first, shown)
    }

    /// Returns the lines of a field, with the blank one after it.
    fn row_lines(&self, labels: Labels, index: usize, columns: u16, theme: Theme) -> u16 {
        let below = |row| self.parts(labels, row, index == self.focus, columns, theme).below;
        self.rows.get(index).map_or(0, |row| labels.least_lines() + below(row) + labels.gap())
    }

    /// Returns the width of the labels at the left with the gap behind them.
    fn label_width(&self, columns: u16) -> usize {
        let widest = self.rows.iter().map(|row| width(row.label)).max().unwrap_or_default();
        (widest + GAP).min(usize::from(columns) / 2)
    }

    fn parts(&self, labels: Labels, row: &Row, focused: bool, columns: u16, theme: Theme) -> RowParts {
        let note = self.note(row, focused, theme);
        let columns_wide = usize::from(columns);
        let (beside, room_below) = match labels {
            Labels::Spaced | Labels::Above => {
                (width(row.label) + GAP + width(&note.text) <= columns_wide, columns_wide)
            }
            Labels::Left => {
                let room = columns_wide.saturating_sub(self.label_width(columns));
                let (value, _) = row.input.shown(self.reveal, theme.shape("•", "*"));
                let field = (width(&value) + 1).max(LEAST_FIELD);
                (field + GAP + width(&note.text) <= room, room)
            }
        };
        let beside = beside || note.text.is_empty();
        let below =
            if beside || note.is_spare { 0 } else { wrap(&note.text, room_below.max(2)).len() as u16 };
        RowParts { note, beside, below }
    }

    fn view_row(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme, labels: Labels, index: usize) {
        let Some(row) = self.rows.get(index) else { return };
        let focused = index == self.focus;
        let parts = self.parts(labels, row, focused, area.width, theme);
        let label_style = if focused { theme.accent() } else { theme.quiet() };
        let line = Rect { height: 1, ..area };
        let note_cells = width(&parts.note.text) as u16;
        let field = match labels {
            Labels::Spaced | Labels::Above => {
                let mut label = vec![Span::styled(row.label, label_style)];
                if parts.beside {
                    label.extend([
                        Span::raw(" ".repeat(GAP)),
                        Span::styled(parts.note.text.clone(), parts.note.style),
                    ]);
                }
                frame.render_widget(Line::from(label), line);
                Rect { y: area.y + 1, ..line }
            }
            Labels::Left => {
                let label_cells = self.label_width(area.width);
                let label = clip(row.label, label_cells.saturating_sub(1)).into_owned();
                let at = label_cells as u16;
                frame.render_widget(
                    Line::styled(label, label_style),
                    Rect { width: at.min(line.width), ..line },
                );
                let mut field = Rect { x: area.x + at, width: area.width.saturating_sub(at), ..line };
                if parts.beside && note_cells > 0 {
                    let x = field.right().saturating_sub(note_cells);
                    let note = Line::styled(parts.note.text.clone(), parts.note.style);
                    frame.render_widget(note, Rect { x, width: note_cells, ..line });
                    field.width = field.width.saturating_sub(note_cells + GAP as u16);
                }
                field
            }
        };
        if parts.below > 0 {
            let x = if labels == Labels::Left { field.x } else { area.x };
            let y = field.y + 1;
            let place = Rect { x, y, width: area.right() - x, height: area.bottom().saturating_sub(y) };
            for (place, part) in place.rows().zip(wrap(&parts.note.text, usize::from(place.width).max(2))) {
                frame.render_widget(Line::styled(part.to_owned(), parts.note.style), place);
            }
        }
        if field.y < area.bottom() {
            self.view_field(frame, field, theme, labels, row, focused);
        }
    }

    fn view_field(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        theme: Theme,
        labels: Labels,
        row: &Row,
        focused: bool,
    ) {
        let (shown, cursor) = row.input.shown(self.reveal, theme.shape("•", "*"));
        let cells = usize::from(area.width);
        let skip = (cursor + 1).saturating_sub(cells);
        let text = skip_cells(&shown, skip, cells);
        let style = match (focused, labels) {
            (true, _) => theme.accent().add_modifier(Modifier::UNDERLINED),
            (false, Labels::Spaced | Labels::Above) => theme.quiet().add_modifier(Modifier::UNDERLINED),
            (false, Labels::Left) => theme.plain(),
        };
        frame.render_widget(Line::styled(text, style), area);
        if focused {
            let x = area.x + cursor.saturating_sub(skip) as u16;
            frame.set_cursor_position(Position { x, y: area.y });
        }
    }

    /// Returns the note about a field: the error, or else the strength of a new password, or else a hint.
    fn note(&self, row: &Row, focused: bool, theme: Theme) -> FieldNote {
        let needed = |text: String, style| FieldNote { text, style, is_spare: false };
        let spare = |text: &str| FieldNote { text: text.to_owned(), style: theme.quiet(), is_spare: true };
        if let Some(fault) = &row.fault {
            let words = format!("{} {fault}", theme.shape("×", "x"));
            return needed(visible(&words).into_owned(), theme.bad());
        }
        match (&row.input, row.rule) {
            (InputField::Secret(secret), Rule::NewPassword) if !secret.is_empty() => {
                let strength = self.with_about(|about| strength(secret, about));
                let filled = usize::from(strength.score) + 1;
                let bar = theme.shape("█", "#").repeat(filled)
                    + &theme.shape("░", "-").repeat(5_usize.saturating_sub(filled));
                match strength.objection {
                    Some(objection) => needed(format!("{bar} {objection}"), theme.care()),
                    None => needed(format!("{bar} {}", strength.word), theme.good()),
                }
            }
            (InputField::Secret(_), Rule::NewPassword) if focused => {
                needed(PASSWORD_RULE.to_owned(), theme.quiet())
            }
            (InputField::Secret(_), _) if focused => spare(if self.reveal { "F2 hides" } else { "F2 shows" }),
            (InputField::Choice { .. }, _) if focused => {
                spare(theme.shape("← → change", "Left, Right change"))
            }
            (_, rule) if focused && row.required() => spare(rule.hint()),
            (_, Rule::Account(Field::ValidFrom | Field::ExpiresOn)) if focused => {
                spare("such as 2026-12-31; may be empty")
            }
            _ if focused => spare("may be empty"),
            _ => spare(""),
        }
    }
}
