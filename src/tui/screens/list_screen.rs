//! A screen that is a list with details beside it, defined by its `ListSpec`.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{Failure, Reply, Request};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{BACK, Found, Group, Help, Key, Press, find};
use crate::tui::preferences::ListPreferences;
use crate::tui::route::ListView;
use crate::tui::widgets::bars;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::table::{Column, RowState, Table, layout};

use super::detail_pane::{self, DetailPane, PaneKey, is_wide, panes};
use super::export_keys;
use super::listing::{self, KeyMsg, ListSpec, Listing};
use super::screen::{Answer, Screen};

/// A key for the row under the cursor of any list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKey {
    History,
}

const KEYS: &[Key<RowKey>] = &[Key {
    on: &["H"],
    name: "history",
    group: Group::Row,
    msg: RowKey::History,
    hint: "history",
    help: "all that was done to it, newest first",
}];

/// The time for which the cursor must rest before the details follow it: longer than a held key takes to repeat, so
/// that moving through a list over a slow link costs no bytes for details that nobody reads.
const REST: Duration = Duration::milliseconds(60);

/// The state of a list screen.
pub(crate) struct ListScreen<S: ListSpec> {
    pub(super) list: Listing<S>,
    pub(super) pane: DetailPane,
    /// The row that the details are about.
    detail_row: Option<S::Row>,
    /// The time at which the details follow the cursor, if it has moved.
    follow_at: Option<Timestamp>,
    /// The details that were loaded last, and the id of the row that they are about.
    detail: Option<(i64, S::Detail)>,
}

impl<S: ListSpec> Default for ListScreen<S> {
    fn default() -> Self {
        Self {
            list: Listing::default(),
            pane: DetailPane::default(),
            detail_row: None,
            follow_at: None,
            detail: None,
        }
    }
}

impl<S: ListSpec> ListScreen<S> {
    /// Returns the row under the cursor.
    pub(super) fn current(&self) -> Option<&S::Row> {
        self.list.current()
    }

    /// Returns the number of lines above the headings: the status line, and that of the crumbs.
    fn lines_above() -> u16 {
        1 + u16::from(S::STYLE.crumbs.is_some())
    }

    /// Returns the number of rows that fit.
    fn rows_height(context: &Context) -> u16 {
        context.body.height.saturating_sub(Self::lines_above() + 1)
    }

    /// Moves the details to the row under the cursor, at once if they have the focus or if it is the same row, otherwise
    /// when the cursor has rested.
    fn follow_cursor(&mut self, context: &Context) -> Vec<Ask> {
        let id = |row: Option<&S::Row>| row.map(S::id);
        if self.pane.is_open() || id(self.list.scroll().current()) == id(self.detail_row.as_ref()) {
            return self.follow_now(context);
        }
        self.follow_at = Some(context.now + REST);
        Vec::new()
    }

    /// Moves the details to the row under the cursor.
    fn follow_now(&mut self, context: &Context) -> Vec<Ask> {
        self.follow_at = None;
        self.detail_row = self.list.scroll().current().cloned();
        self.load_detail(context)
    }

    /// Loads the details of the row under the cursor, if they are shown and are not loaded yet.
    fn load_detail(&self, context: &Context) -> Vec<Ask> {
        let is_missing = self.current().is_some_and(|row| self.detail_of(row).is_none());
        if is_missing { self.reload_detail(context) } else { Vec::new() }
    }

    /// Loads the details of the row under the cursor again, if they are shown.
    fn reload_detail(&self, context: &Context) -> Vec<Ask> {
        let request = self.current().filter(|_| self.pane.shows(context)).and_then(S::detail_request);
        request.map(|request| Ask::Query(Slot::Detail, request)).into_iter().collect()
    }

    /// Returns the details of a row that were loaded beside it.
    fn detail_of(&self, row: &S::Row) -> Option<&S::Detail> {
        self.detail.as_ref().filter(|(id, _)| *id == S::id(row)).map(|(_, detail)| detail)
    }

    /// Returns true if a key is for rows that are still loading.
    fn must_wait(&self, name: &str) -> bool {
        if self.list.takes_text() {
            return false;
        }
        let about_row = matches!(find(S::KEYS, name), Found::Hit(_))
            || matches!(find(KEYS, name), Found::Hit(_))
            || matches!(find(detail_pane::KEYS, name), Found::Hit(_))
            || listing::is_about_row(name);
        (about_row && (self.list.is_waiting() || self.list.is_row_missing()))
            || (listing::is_move(name) && self.list.is_waiting())
    }

    /// Returns the columns that the list shows, or would show if its details did not cover it.
    fn shown_columns(&self, context: &Context) -> impl Iterator<Item = &'static Column> {
        let (list, _) = panes(context, self.pane.is_open());
        let width = if list.is_empty() { context.body.width } else { list.width };
        layout(S::STYLE.columns, width).into_iter().filter_map(|(at, _)| S::STYLE.columns.get(at))
    }

    fn detail_lines(&self, context: &Context) -> Vec<Line<'static>> {
        let (_, area) = panes(context, self.pane.is_open());
        let lines = self
            .detail_row
            .as_ref()
            .map(|row| (S::STYLE.detail)(context, row, self.detail_of(row)))
            .unwrap_or_default();
        lines.iter().flat_map(|line| wrapped(line, usize::from(area.width.saturating_sub(3)))).collect()
    }

    fn press_pane(&mut self, context: &Context, name: &str) -> Option<Vec<Ask>> {
        if self.pane.is_open() {
            let (_, area) = panes(context, true);
            let lines = self.detail_lines(context).len() as u16;
            if self.pane.scroll(name, lines, area.height) {
                return Some(Vec::new());
            }
            if name == "esc" || BACK.contains(&name) {
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
        Some(self.follow_now(context))
    }

    fn go_to_history(&self) -> Vec<Ask> {
        let Some(row) = self.current() else { return Vec::new() };
        let nowhere = || Ask::refusal("The whole store has no history of its own.");
        vec![S::history(row).map_or_else(nowhere, Ask::Go)]
    }

    fn view_rows(&self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let style = S::STYLE;
        let sort = self.list.sort();
        let sorted = (style.sorted_column)(sort.column).map(|at| (at, sort.descending));
        let table = Table::new(context.theme, style.columns, area.width);
        table.header(frame, area, sorted);
        let cursor = self.list.scroll().cursor();
        for (line, (at, shown)) in self.list.scroll().shown().enumerate() {
            let place = Rect { y: area.y + 1 + line as u16, height: 1, ..area };
            let cells =
                shown.map(|shown| (style.cells)(context, shown, self.list.filter())).unwrap_or_default();
            let marked = shown.is_some_and(|shown| self.list.is_marked(at, S::id(shown)));
            table.row(frame, place, &cells, RowState { cursor: at == cursor, marked });
        }
        self.list.view_empty(context, frame, area, style.none, style.no_match);
    }

    /// Draws the details, with a thin line at the left if the list stands beside them.
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

impl<S: ListSpec> Screen for ListScreen<S> {
    fn name(&self) -> &'static str {
        S::STYLE.name
    }

    fn help(&self) -> Vec<Help> {
        let own: Vec<Help> = S::KEYS.iter().map(Key::help).collect();
        let taken = |help: &Help| own.iter().any(|own| own.on.iter().any(|on| help.on.contains(on)));
        let panes = detail_pane::KEYS.iter().map(Key::help).filter(|help| !taken(help));
        own.iter()
            .copied()
            .chain(panes)
            .chain(Listing::<S>::help())
            .chain(KEYS.iter().map(Key::help))
            .collect()
    }

    fn row_noun(&self) -> &'static str {
        S::SUBJECT.row_noun()
    }

    fn changes(&self, key: &str) -> bool {
        match find(S::KEYS, key) {
            Found::Hit(msg) => S::changes(msg),
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
            match find(S::KEYS, &press.name) {
                Found::Hit(KeyMsg::List(msg)) => {
                    let mut asks = S::on_list(&mut self.list, &mut self.pane, msg);
                    asks.extend(self.follow_cursor(context));
                    return Answer::Asks(asks);
                }
                Found::Hit(KeyMsg::Row(msg)) => {
                    let row = self.current();
                    return Answer::Asks(row.map(|row| S::on_row(context, row, msg)).unwrap_or_default());
                }
                Found::Prefix => return Answer::Prefix,
                Found::Miss => {}
            }
            match find(KEYS, &press.name) {
                Found::Hit(RowKey::History) => return Answer::Asks(self.go_to_history()),
                Found::Prefix | Found::Miss => {}
            }
            if let Some(asks) = self.press_pane(context, &press.name) {
                return Answer::Asks(asks);
            }
        }
        match self.list.press(press) {
            Answer::Asks(mut asks) => {
                self.pane.reset();
                asks.extend(self.follow_cursor(context));
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
                if let Some(detail) = S::detail(reply) {
                    self.detail = Some(detail);
                }
                // The cursor may have moved since the request.
                if self.follow_at.is_some() { Vec::new() } else { self.load_detail(context) }
            }
            // The row is gone; the list will show that in a moment.
            (Slot::Prefetch, _) | (Slot::Detail, Err(_)) => Vec::new(),
            (_, Ok(reply)) => {
                let mut asks = self.list.take(slot, reply);
                if self.current().is_none() {
                    self.pane.close();
                }
                if self.follow_at.is_none() {
                    asks.extend(self.follow_now(context));
                }
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
        self.follow_at = None;
        self.detail_row = self.list.scroll().current().cloned();
        asks.extend(self.reload_detail(context));
        asks
    }

    fn list_view(&self) -> ListView {
        self.list.view()
    }

    fn restore(&mut self, context: &Context, view: &ListView) -> Vec<Ask> {
        if !self.list.shows(view) {
            self.pane.close();
        }
        self.list.set_height(Self::rows_height(context));
        let mut asks = self.list.restore(view);
        self.follow_at = None;
        self.detail_row = self.list.scroll().current().cloned();
        asks.extend(self.reload_detail(context));
        asks
    }

    fn set_base_filter(&mut self, filter: &str) {
        self.list.set_base_filter(filter);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.follow_at
    }

    fn wake(&mut self, context: &Context) -> Vec<Ask> {
        match self.follow_at {
            Some(at) if at <= context.now => self.follow_now(context),
            Some(_) | None => Vec::new(),
        }
    }

    fn exported(&self, context: &Context) -> Option<(Request, Vec<&'static str>)> {
        let request = self.list.request();
        let columns = self.shown_columns(context);
        let keys =
            columns.filter_map(|column| export_keys::keys(S::SUBJECT, column.title)).flatten().copied();
        let mut found = Vec::new();
        for key in keys.filter(|key| export_keys::has(&request, key)) {
            if !found.contains(&key) {
                found.push(key);
            }
        }
        Some((request, found))
    }

    fn clear_marks(&mut self) {
        self.list.unmark();
    }

    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask> {
        let mut asks = self.list.go_to(row);
        asks.extend(self.follow_now(context));
        asks
    }

    fn prefer(&mut self, _: &Context, preferences: &ListPreferences) -> Vec<Ask> {
        self.list.prefer(preferences)
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let (list, detail) = panes(context, self.pane.is_open());
        let mut above = 0;
        if !list.is_empty() {
            let status = Rect { width: context.body.width, ..list };
            self.list.view_status(context, frame, status, S::STYLE.unit);
            above = 1;
            if let (Some(crumbs), Some(row)) = (S::STYLE.crumbs, self.list.scroll().current()) {
                let place = Rect { y: list.y + 1, height: 1, ..list };
                bars::line(frame, place, &crumbs(row), context.theme.quiet());
            }
            let top = Self::lines_above();
            let rows = Rect { y: list.y + top, height: list.height.saturating_sub(top), ..list };
            self.view_rows(context, frame, rows);
            self.list.view_fault(context, frame, S::STYLE.unit);
        }
        let detail = Rect { y: detail.y + above, height: detail.height.saturating_sub(above), ..detail };
        if !detail.is_empty() {
            self.view_detail(context, frame, detail);
        }
    }
}
