//! A panel of the overview: its rows, and the figures that lead to lists.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::filter::{Filter, Test};
use crate::domain::overview::AccountCounts;
use crate::domain::user::UserId;
use crate::tui::route::{Route, ScreenId};

/// The blanks between two doors in a row.
pub(super) const GAP: usize = 3;

/// The name of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PanelId {
    Accounts,
    Waiting,
    Sessions,
    LogIns,
    Failures,
    Since,
    Ending,
    Ahead,
    NewAccounts,
    Store,
}

/// A panel: a heading, and rows below it.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub(super) id: PanelId,
    pub(super) heading: String,
    /// The figure at the right end of the heading.
    pub(super) figure: Option<Door>,
    pub(super) rows: Vec<PanelRow>,
}

/// A row of a panel.
#[derive(Debug, Clone)]
pub(super) enum PanelRow {
    /// Figures that lead somewhere, side by side.
    Doors(Vec<Door>),
    Note(Line<'static>),
    Chart(Chart),
}

/// A figure, and the list that it leads to.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub(super) left: Vec<Span<'static>>,
    /// The words at the right end of the row, which are never cut.
    pub(super) right: Vec<Span<'static>>,
    pub(super) route: Route,
    /// The pending account that the row is about.
    pub(super) pending: Option<UserId>,
}

/// A chart, drawn over the width of its panel.
#[derive(Debug, Clone)]
pub(super) enum Chart {
    Shares(AccountCounts),
    Line(Vec<u64>, u16),
    Bars(Vec<u64>, u16, Style),
}

/// The room that panels have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PanelRoom {
    /// The width of a panel.
    pub(super) width: u16,
    /// The height of a chart.
    pub(super) chart: u16,
    /// The rows of a list.
    pub(super) rows: usize,
}

impl Door {
    pub(super) fn new(left: Vec<Span<'static>>, route: Route) -> Self {
        Self { left, right: Vec::new(), route, pending: None }
    }

    /// Creates the figure of a heading.
    pub(super) fn of_heading(figure: String, route: Route) -> Self {
        Self::new(Vec::new(), route).right(figure, Style::new())
    }

    /// Returns the number of cells that the words at the right end take.
    pub(super) fn right_width(&self) -> usize {
        self.right.iter().map(Span::width).sum()
    }

    pub(super) fn right(mut self, text: String, style: Style) -> Self {
        self.right = vec![Span::styled(text, style)];
        self
    }
}

/// Returns the route to a list with a filter.
pub(super) fn filtered(screen: ScreenId, tests: impl IntoIterator<Item = Test>) -> Route {
    Route::filtered(screen, tests.into_iter().fold(Filter::default(), Filter::and).to_string())
}

/// Returns doors in one row, or a row for each where they are too wide.
pub(super) fn side_by_side(doors: Vec<Door>, room: PanelRoom) -> Vec<PanelRow> {
    let figures: usize = doors.iter().flat_map(|door| &door.left).map(Span::width).sum();
    let width = figures + doors.len().saturating_sub(1) * GAP;
    if width <= usize::from(room.width) {
        return vec![PanelRow::Doors(doors)];
    }
    doors.into_iter().map(|door| PanelRow::Doors(vec![door])).collect()
}
