//! The places of the panels, in one column or two, and their drawing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, width};
use crate::domain::user::Status;
use crate::tui::theme::Theme;
use crate::tui::widgets::charts;

use super::panel::{Chart, Door, GAP, Panel, PanelId, PanelRoom, PanelRow};

/// The number of columns from which the panels stand in two halves.
const TWO_HALVES: u16 = 100;
/// The cells before the text of a panel: the bar of the cursor, and a blank.
const GUTTER: u16 = 2;
/// The cells after the text of a panel: a blank, and the sign that more follows.
const MARGIN: u16 = 2;

/// The panels of the left half; the others stand in the right one.
const LEFT: [PanelId; 5] =
    [PanelId::Accounts, PanelId::Waiting, PanelId::LogIns, PanelId::Since, PanelId::Store];

/// A figure that has the focus: its panel, and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Focus {
    pub(super) panel: PanelId,
    pub(super) at: DoorPlace,
}

/// The place of a figure in its panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DoorPlace {
    Heading,
    /// The place among the figures below the heading.
    Row(usize),
}

impl DoorPlace {
    /// The first figure below the heading.
    pub(super) const FIRST: Self = Self::Row(0);

    /// Returns the place among figures of which the first `before` are left out; `None` if it is one of those.
    fn after(self, before: usize) -> Option<usize> {
        match self {
            Self::Heading => None,
            Self::Row(row) => row.checked_sub(before),
        }
    }
}

/// A panel and the place of its heading.
struct PlacedPanel {
    panel: Panel,
    x: u16,
    y: u16,
}

/// All panels in their places.
pub(super) struct PanelLayout {
    placed: Vec<PlacedPanel>,
    width: u16,
    height: u16,
}

/// Returns the room of panels on a body of this size.
pub(super) fn room(body: Rect) -> PanelRoom {
    let halves = if body.width >= TWO_HALVES { 2 } else { 1 };
    let (chart, rows) = match body.height {
        0..16 => (1, 3),
        16..26 => (2, 3),
        26..36 => (2, 4),
        36..44 => (3, 5),
        44.. => (4, 8),
    };
    PanelRoom { width: (body.width / halves).saturating_sub(GUTTER + MARGIN), chart, rows }
}

fn row_height(row: &PanelRow) -> u16 {
    match row {
        PanelRow::Doors(_) | PanelRow::Note(_) | PanelRow::Chart(Chart::Shares(_)) => 1,
        PanelRow::Chart(Chart::Line(_, height) | Chart::Bars(_, height, _)) => *height,
    }
}

fn panel_height(panel: &Panel) -> u16 {
    1 + panel.rows.iter().map(row_height).sum::<u16>()
}

impl PanelLayout {
    /// Arranges panels on a body that is so wide.
    pub(super) fn new(panels: Vec<Panel>, body: Rect) -> Self {
        let is_halved = body.width >= TWO_HALVES;
        let (left, right): (Vec<_>, Vec<_>) =
            panels.into_iter().partition(|panel| !is_halved || LEFT.contains(&panel.id));
        let mut layout = Self { placed: Vec::new(), width: body.width, height: 0 };
        for (x, column) in [(0, left), (body.width / 2, right)] {
            let mut y = 0;
            for panel in column {
                let height = panel_height(&panel);
                layout.placed.push(PlacedPanel { panel, x, y });
                layout.height = layout.height.max(y + height);
                y += height + 1;
            }
        }
        layout
    }

    /// Returns the height of all panels.
    pub(super) fn height(&self) -> u16 {
        self.height
    }

    /// Returns all figures that lead somewhere, in the order of reading.
    pub(super) fn doors(&self) -> Vec<(Focus, &Door)> {
        let of_panel = |placed: &PlacedPanel| placed.panel.id;
        let mut doors = Vec::new();
        for placed in &self.placed {
            let of_rows = placed.panel.rows.iter().filter_map(|row| match row {
                PanelRow::Doors(doors) => Some(doors),
                PanelRow::Note(_) | PanelRow::Chart(_) => None,
            });
            let numbered = of_rows.flatten().enumerate().map(|(row, door)| (DoorPlace::Row(row), door));
            let heading = placed.panel.figure.iter().map(|door| (DoorPlace::Heading, door));
            let panel = of_panel(placed);
            doors.extend(heading.chain(numbered).map(|(at, door)| (Focus { panel, at }, door)));
        }
        doors
    }

    /// Returns the panels in the order of reading.
    pub(super) fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.placed.iter().map(|placed| &placed.panel)
    }

    /// Returns the first and the last line that should be seen with a figure: those of its panel up to it, and those behind
    /// it up to the next figure.
    pub(super) fn lines_of(&self, focus: Focus) -> Option<(u16, u16)> {
        let placed = self.placed.iter().find(|placed| placed.panel.id == focus.panel)?;
        let (mut y, mut at, mut found) = (placed.y + 1, 0, focus.at == DoorPlace::Heading);
        for row in &placed.panel.rows {
            match row {
                PanelRow::Doors(_) if found => break,
                PanelRow::Doors(doors) => {
                    at += doors.len();
                    found = focus.at < DoorPlace::Row(at);
                }
                PanelRow::Note(_) | PanelRow::Chart(_) => {}
            }
            y += row_height(row);
        }
        Some((placed.y, y.saturating_sub(1)))
    }

    /// Returns the figure that is drawn at a place of the panels.
    pub(super) fn door_at(&self, room: PanelRoom, at: Position) -> Option<Focus> {
        for PlacedPanel { panel, x, y } in &self.placed {
            let mut line = Rect { x: x + GUTTER, y: *y, width: room.width, height: 1 };
            if panel.figure.is_some() && line.contains(at) {
                return Some(Focus { panel: panel.id, at: DoorPlace::Heading });
            }
            line.y += 1;
            let mut before = 0;
            for row in &panel.rows {
                if let PanelRow::Doors(doors) = row {
                    let found = door_places(line, doors).into_iter().position(|place| place.contains(at));
                    if let Some(found) = found {
                        return Some(Focus { panel: panel.id, at: DoorPlace::Row(before + found) });
                    }
                    before += doors.len();
                }
                line.y += row_height(row);
            }
        }
        None
    }

    /// Draws all panels into a buffer of their own.
    pub(super) fn draw(&self, theme: Theme, room: PanelRoom, focus: Option<Focus>) -> Buffer {
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: self.width, height: self.height });
        for placed in &self.placed {
            let focus = focus.filter(|focus| focus.panel == placed.panel.id).map(|focus| focus.at);
            draw_panel(theme, &mut buffer, placed, room, focus);
        }
        buffer
    }
}

fn draw_panel(
    theme: Theme,
    buffer: &mut Buffer,
    placed: &PlacedPanel,
    room: PanelRoom,
    focus: Option<DoorPlace>,
) {
    let PlacedPanel { panel, x, y } = placed;
    let mut line = Rect { x: x + GUTTER, y: *y, width: room.width, height: 1 };
    let style = if focus.is_some() { theme.accent().patch(theme.strong()) } else { theme.strong() };
    buffer.set_stringn(line.x, line.y, &panel.heading, line.width.into(), style);
    if let Some(figure) = &panel.figure {
        let right = figure.right_width();
        if width(&panel.heading) + right + GAP <= line.width.into() {
            let end = Rect { x: line.right() - right as u16, width: right as u16, ..line };
            draw_line(buffer, end, &figure.right, theme.quiet());
        }
        if focus == Some(DoorPlace::Heading) {
            draw_focus(theme, buffer, line, line);
        }
    }
    line.y += 1;
    let mut at = 0;
    for row in &panel.rows {
        match row {
            PanelRow::Doors(doors) => {
                draw_doors(theme, buffer, line, doors, focus.and_then(|focus| focus.after(at)));
                at += doors.len();
            }
            PanelRow::Note(note) => draw_line(buffer, line, &note.spans, note.style),
            PanelRow::Chart(chart) => {
                draw_chart(theme, buffer, Rect { height: row_height(row), ..line }, chart);
            }
        }
        line.y += row_height(row);
    }
}

/// Draws figures side by side; the one with the focus is one bar that no colour interrupts.
fn draw_doors(theme: Theme, buffer: &mut Buffer, area: Rect, doors: &[Door], focus: Option<usize>) {
    for ((at, door), place) in doors.iter().enumerate().zip(door_places(area, doors)) {
        let right = door.right_width();
        let left = usize::from(place.width).saturating_sub(if right > 0 { right + GAP } else { 0 });
        draw_line(buffer, Rect { width: left as u16, ..place }, &door.left, Style::new());
        let end = place.right().saturating_sub(right as u16);
        draw_line(buffer, Rect { x: end, width: right as u16, ..place }, &door.right, Style::new());
        if focus == Some(at) {
            draw_focus(theme, buffer, area, place);
        }
    }
}

/// Draws the bar over the figure with the focus, and the sign before its line.
fn draw_focus(theme: Theme, buffer: &mut Buffer, line: Rect, place: Rect) {
    let bar = Rect { x: place.x - 1, width: place.width + 1, ..place };
    for x in bar.left()..bar.right() {
        if let Some(cell) = buffer.cell_mut((x, bar.y)) {
            cell.set_style(Style::reset().patch(theme.cursor()));
        }
    }
    buffer.set_string(line.x - GUTTER, line.y, theme.shape("▌", ">"), theme.accent());
}

/// Returns the places of figures side by side; a single one has the whole line.
fn door_places(area: Rect, doors: &[Door]) -> Vec<Rect> {
    let mut place = area;
    let next = |door: &Door| {
        if doors.len() > 1 {
            let cells = door.left.iter().map(Span::width).sum::<usize>() as u16;
            place.width = cells.min(area.right() - place.x);
        }
        let found = place;
        place.x = (place.right() + GAP as u16).min(area.right());
        found
    };
    doors.iter().map(next).collect()
}

/// Draws texts one after another; what has no room is cut.
fn draw_line(buffer: &mut Buffer, area: Rect, spans: &[Span<'static>], style: Style) {
    let mut x = area.x;
    for span in spans {
        let room = usize::from(area.right().saturating_sub(x));
        let text = clip(&span.content, room);
        x = buffer.set_stringn(x, area.y, text, room, style.patch(span.style)).0;
    }
}

fn draw_chart(theme: Theme, buffer: &mut Buffer, area: Rect, chart: &Chart) {
    match chart {
        Chart::Shares(counts) => {
            let fills = [
                (Status::Confirmed, theme.shape("█", "*")),
                (Status::Pending, theme.shape("░", "o")),
                (Status::Suspended, theme.shape("▒", "#")),
            ];
            let share = |(status, fill)| (counts.of(status), fill, theme.status(status).style);
            let line = charts::shares(theme, area.width.into(), &fills.map(share));
            draw_line(buffer, area, &Line::from(line.spans).spans, line.style);
        }
        Chart::Line(values, _) => charts::line(theme, buffer, area, values, theme.accent()),
        Chart::Bars(values, _, style) => charts::bars(theme, buffer, area, values, *style),
    }
}
