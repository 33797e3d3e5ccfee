//! A screen that is a list with details beside it: all that the three of them do alike. What a screen shows and does
//! of its own stands in its `ListSpec`.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::detail_pane::{self, DetailPane, PaneKey, is_wide, panes, wrapped};
use super::listing::{self, ListSource, Listing};
use super::{Answer, Context, Press, Route, Screen};
use crate::service::contract::{Failure, Reply, Request};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, find};
use crate::tui::widgets::bars;
use crate::tui::widgets::table::{Cell, Column, RowState, Table};

/// The words and columns of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListStyle {
    /// What the screen is called.
    pub(crate) name: &'static str,
    /// What its rows are called, in the plural.
    pub(crate) unit: &'static str,
    /// Why it is empty, and what to press.
    pub(crate) none: &'static str,
    /// Why a filter shows nothing, and what to press.
    pub(crate) no_match: &'static str,
    /// Its columns.
    pub(crate) columns: &'static [Column],
}

/// What a key does to the row under the cursor of any list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKey {
    History,
}

/// The keys that hold for a row of any list.
const KEYS: &[Key<RowKey>] = &[Key {
    on: &["H"],
    name: "history",
    msg: RowKey::History,
    hint: "history",
    help: "all that was done to it, newest first",
}];

/// What one list screen shows and does of its own.
pub(crate) trait ListSpec: ListSource + Default {
    /// What a key means here.
    type Msg: Copy + 'static;
    /// Its words and columns.
    const FACE: ListStyle;
    /// Its keys; they come before those of the panes and of every list.
    const KEYS: &'static [Key<Self::Msg>];

    /// Returns whether what a key means, or the form or menu that it opens, changes something.
    fn changes(msg: Self::Msg) -> bool;
    /// Does what a key means.
    fn act(screen: &mut ListScreen<Self>, context: &Context, msg: Self::Msg) -> Vec<Ask>;
    /// A row's cells, in the order of the columns.
    fn cells(screen: &ListScreen<Self>, context: &Context, row: &Self::Row) -> Vec<Cell>;
    /// The place of a column that the list is sorted by, if it shows.
    fn place_of(column: Self::Column) -> Option<usize>;
    /// Where all that was done to a row's thing is told; nowhere for what has no history of its own.
    fn history(row: &Self::Row) -> Option<Route>;
    /// The lines of the details of the row under the cursor.
    fn detail(&self, context: &Context, row: &Self::Row) -> Vec<Line<'static>>;

    /// A line above the headings about the row under the cursor, where the screen has one.
    const CRUMBS: Option<fn(&Self::Row) -> String> = None;

    /// What the details need beside the row.
    fn detail_request(_: &Self::Row) -> Option<Request> {
        None
    }
    /// Whether the details that are loaded are about this row.
    fn has_detail(&self, _: &Self::Row) -> bool {
        true
    }
    /// What the details need has come.
    fn take_detail(&mut self, _: Reply) {}
}

/// The state of a list screen.
pub(crate) struct ListScreen<K: ListSpec> {
    /// The list; what the kind keeps of its own is its source.
    pub(super) list: Listing<K>,
    /// The details.
    pub(super) pane: DetailPane,
}

impl<K: ListSpec> Default for ListScreen<K> {
    fn default() -> Self {
        Self { list: Listing::default(), pane: DetailPane::default() }
    }
}

impl<K: ListSpec> ListScreen<K> {
    /// The row under the cursor.
    pub(super) fn current(&self) -> Option<&K::Row> {
        self.list.current()
    }

    /// Lines above the headings: the status line, and the kind's own.
    fn lines_above() -> u16 {
        1 + u16::from(K::CRUMBS.is_some())
    }

    /// How many rows fit.
    fn rows_height(context: &Context) -> u16 {
        context.body.height.saturating_sub(Self::lines_above() + 1)
    }

    /// Loads what the details need, where they show and are about another row.
    fn load_detail(&self, context: &Context) -> Vec<Ask> {
        match self.current() {
            Some(row) if !self.list.source.has_detail(row) => self.reload_detail(context),
            _ => Vec::new(),
        }
    }

    /// Loads what the details need, where they show.
    fn reload_detail(&self, context: &Context) -> Vec<Ask> {
        let request = self.current().filter(|_| self.pane.shows(context)).and_then(K::detail_request);
        request.map(|request| Ask::Load(Slot::Detail, request)).into_iter().collect()
    }

    /// Whether a key is for rows that have yet to come.
    fn must_wait(&self, name: &str) -> bool {
        if self.list.takes_text() {
            return false;
        }
        let about_row = matches!(find(K::KEYS, name), Found::Hit(_))
            || matches!(find(KEYS, name), Found::Hit(_))
            || matches!(find(detail_pane::KEYS, name), Found::Hit(_))
            || listing::is_about_row(name);
        (about_row && (self.list.is_waiting() || self.list.is_row_missing()))
            || (listing::is_move(name) && self.list.is_waiting())
    }

    fn detail_lines(&self, context: &Context) -> Vec<Line<'static>> {
        let (_, area) = panes(context, self.pane.is_open());
        let shown = self.list.scroll().current();
        let lines = shown.map(|row| self.list.source.detail(context, row)).unwrap_or_default();
        lines.iter().flat_map(|line| wrapped(line, usize::from(area.width.saturating_sub(3)))).collect()
    }

    fn press_pane(&mut self, context: &Context, name: &str) -> Option<Vec<Ask>> {
        if self.pane.is_open() {
            let (_, area) = panes(context, true);
            let lines = self.detail_lines(context).len() as u16;
            if self.pane.scroll(name, lines, area.height) {
                return Some(Vec::new());
            }
            if name == "esc" {
                self.pane.close();
                return Some(Vec::new());
            }
        }
        let Found::Hit(key) = find(detail_pane::KEYS, name) else { return None };
        let any = self.current().is_some();
        match key {
            PaneKey::In if any => self.pane.open(),
            PaneKey::Other if any && !self.pane.is_open() => self.pane.open(),
            PaneKey::In | PaneKey::Out | PaneKey::Other => self.pane.close(),
        }
        Some(self.load_detail(context))
    }

    fn go_to_history(&self) -> Vec<Ask> {
        let Some(row) = self.current() else { return Vec::new() };
        let nowhere = || Ask::refusal("The whole store has no history of its own.");
        vec![K::history(row).map_or_else(nowhere, Ask::Go)]
    }

    fn view_rows(&self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let face = K::FACE;
        let sort = self.list.sort();
        let sorted = K::place_of(sort.column).map(|at| (at, sort.descending));
        let table = Table::new(context.theme, face.columns, area.width);
        table.header(frame, area, sorted);
        let cursor = self.list.scroll().cursor();
        for (line, (at, shown)) in self.list.scroll().shown().enumerate() {
            let place = Rect { y: area.y + 1 + line as u16, height: 1, ..area };
            let cells = shown.map(|shown| K::cells(self, context, shown)).unwrap_or_default();
            let marked = shown.is_some_and(|shown| self.list.is_marked(at, K::id(shown)));
            table.row(frame, place, &cells, RowState { cursor: at == cursor, marked });
        }
        self.list.view_empty(context, frame, area, face.none, face.no_match);
    }

    /// The details: a thin line at the left where the list stands beside them.
    fn view_detail(&self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let theme = context.theme;
        let edge = if is_wide(context) { theme.shape("│", "|") } else { " " };
        for y in area.top()..area.bottom() {
            frame.render_widget(Span::styled(edge, theme.quiet()), Rect { y, width: 1, height: 1, ..area });
        }
        let inside = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(3), ..area };
        let lines = self.detail_lines(context);
        frame.render_widget(Paragraph::new(lines).scroll((self.pane.top(), 0)), inside);
    }
}

impl<K: ListSpec> Screen for ListScreen<K> {
    fn name(&self) -> &'static str {
        K::FACE.name
    }

    fn help(&self) -> Vec<Help> {
        let own: Vec<Help> = K::KEYS.iter().map(Key::help).collect();
        let taken = |help: &Help| own.iter().any(|own| own.on.iter().any(|on| help.on.contains(on)));
        let panes = detail_pane::KEYS.iter().map(Key::help).filter(|help| !taken(help));
        own.iter()
            .copied()
            .chain(panes)
            .chain(Listing::<K>::help())
            .chain(KEYS.iter().map(Key::help))
            .collect()
    }

    fn changes(&self, key: &str) -> bool {
        match find(K::KEYS, key) {
            Found::Hit(msg) => K::changes(msg),
            Found::Prefix | Found::Miss => false,
        }
    }

    fn takes_text(&self) -> bool {
        self.list.takes_text()
    }

    fn press(&mut self, context: &Context, press: &Press) -> Answer {
        if self.must_wait(&press.name) {
            return Answer::Wait;
        }
        if !self.list.takes_text() {
            match find(K::KEYS, &press.name) {
                Found::Hit(msg) => return Answer::Asks(K::act(self, context, msg)),
                Found::Prefix => return Answer::Prefix,
                Found::Miss => {}
            }
            if let Found::Hit(RowKey::History) = find(KEYS, &press.name) {
                return Answer::Asks(self.go_to_history());
            }
            if let Some(asks) = self.press_pane(context, &press.name) {
                return Answer::Asks(asks);
            }
        }
        match self.list.press(press) {
            Answer::Asks(mut asks) => {
                self.pane.reset();
                asks.extend(self.load_detail(context));
                Answer::Asks(asks)
            }
            other => other,
        }
    }

    fn paste(&mut self, _: &Context, text: &str) -> Vec<Ask> {
        self.list.paste(text)
    }

    fn reply(&mut self, context: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        match (slot, result) {
            (Slot::Detail, Ok(reply)) => {
                self.list.source.take_detail(reply);
                // The cursor may have moved on since.
                self.load_detail(context)
            }
            // The row is gone: the list says so in a moment.
            (Slot::Prefetch, _) | (Slot::Detail, Err(_)) => Vec::new(),
            (_, Ok(reply)) => {
                let mut asks = self.list.take(slot, reply);
                if self.current().is_none() {
                    self.pane.close();
                }
                asks.extend(self.load_detail(context));
                asks
            }
            (_, Err(failure)) => {
                self.list.give_up(slot);
                vec![Ask::ShowError(failure)]
            }
        }
    }

    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask> {
        let Some(filter) = filter else { return self.refresh(context) };
        self.pane.close();
        self.list.set_height(Self::rows_height(context));
        self.list.set_filter(filter)
    }

    fn refresh(&mut self, context: &Context) -> Vec<Ask> {
        self.list.set_height(Self::rows_height(context));
        let mut asks = self.list.refresh();
        asks.extend(self.reload_detail(context));
        asks
    }

    fn acted(&mut self) {
        self.list.unmark();
    }

    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask> {
        let mut asks = self.list.go_to(row);
        asks.extend(self.load_detail(context));
        asks
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let (list, detail) = panes(context, self.pane.is_open());
        let mut above = 0;
        if !list.is_empty() {
            let status = Rect { width: context.body.width, ..list };
            self.list.view_status(context, frame, status, K::FACE.unit);
            above = 1;
            if let (Some(crumbs), Some(row)) = (K::CRUMBS, self.list.scroll().current()) {
                let place = Rect { y: list.y + 1, height: 1, ..list };
                bars::line(frame, place, &crumbs(row), context.theme.quiet());
            }
            let top = Self::lines_above();
            let rows = Rect { y: list.y + top, height: list.height.saturating_sub(top), ..list };
            self.view_rows(context, frame, rows);
            self.list.view_fault(context, frame, K::FACE.unit);
        }
        let detail = Rect { y: detail.y + above, height: detail.height.saturating_sub(above), ..detail };
        if !detail.is_empty() {
            self.view_detail(context, frame, detail);
        }
    }
}
