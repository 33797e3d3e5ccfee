//! The base of the list screens: a window of rows with a cursor, a live filter, an order, and marks.

mod columns;
mod filter;
mod filter_line;
mod keys;
mod location;
mod selection;
mod style;
mod view;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::sort_names::NamedColumn;
use crate::service::contract::{Reply, Request};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Group, Help, Key, Press, find};
use crate::tui::route::{Route, ScreenId, Tab};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::screen::Answer;
use crate::tui::widgets::scroll_window::{Move, ScrollWindow};
use crate::tui::widgets::selection::Marks;
use columns::Widths;
use filter_line::FilterLine;
pub(crate) use keys::{FILTER_HINTS, is_about_row, is_move};
use keys::{KEYS, ListKey};
pub(crate) use style::{CellOf, ListStyle, RowShown};

/// A key that sorts by a column; its capital sorts in descending order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SortKey<C: 'static> {
    /// `, u` and `, U`.
    pub(crate) on: &'static [&'static str; 2],
    pub(crate) column: C,
    /// The name in the palette: `sort-` and a name of the column.
    pub(crate) name: &'static str,
    /// The line in the help: `sort by username`.
    pub(crate) help: &'static str,
}

impl<C> SortKey<C> {
    /// Returns the name of the column, by which preferences and commands know it.
    pub(crate) fn column_name(&self) -> &'static str {
        self.name.strip_prefix("sort-").unwrap_or(self.name)
    }
}

/// A key of a list screen: one for the list, or one for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyMsg<L, R> {
    List(L),
    Row(R),
}

/// The definition of a list screen: its rows, its keys and its drawing.
pub(crate) trait ListSpec: Default + Send + 'static {
    type Row: Clone + Send + 'static;
    /// The orders of the rows.
    type Column: NamedColumn + Default;
    /// The details that are loaded beside the row under the cursor.
    type Detail: Send + 'static;
    /// The keys for the list: for the marked rows, or for no row at all.
    type ListMsg: Copy + 'static;
    /// The keys for the row under the cursor.
    type RowMsg: Copy + 'static;

    const ID: ScreenId;
    /// The tab; a board has none.
    const TAB: Option<Tab>;
    /// The keys of its filter expressions.
    const SUBJECT: ListKind;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail>;
    /// The keys of this screen; they come before those of the panes and of every list.
    const KEYS: &'static [Key<KeyMsg<Self::ListMsg, Self::RowMsg>>];
    /// The commands that do something else than their key where that fits better, each under a name that no key has.
    const BY_NAME: &'static [Key<KeyMsg<Self::ListMsg, Self::RowMsg>>] = &[];
    const SORTS: &'static [SortKey<Self::Column>];
    /// The column that the list is sorted by at first.
    const FIRST_SORT: Option<Self::Column> = None;
    /// Sorts in descending order at first.
    const LARGEST_FIRST: bool = false;

    /// Returns the order of a list that was never sorted.
    fn usual_sort() -> Sort<Self::Column> {
        Sort { column: Self::FIRST_SORT.unwrap_or_default(), descending: Self::LARGEST_FIRST }
    }

    fn id(row: &Self::Row) -> i64;
    /// Returns the request that loads a span of rows.
    fn request(&self, filter: &Filter, sort: Sort<Self::Column>, span: RowRange) -> Request;
    /// Returns the rows of a reply, if it has some.
    fn rows(&self, reply: Reply) -> Option<Window<Self::Row>>;
    /// Returns the request to send ahead when a filter is about to be typed.
    fn prefetch(&self) -> Option<Request> {
        None
    }

    /// Returns true if the rows that a request returns have a key of JSON and CSV.
    fn has_key(_: &Request, _: &str) -> bool {
        true
    }

    /// Returns the request for the details of a row, if they are more than the row.
    fn detail_request(_: &Self::Row) -> Option<Request> {
        None
    }

    /// Returns the details of a reply, and the id of the row that they are about.
    fn detail(_: Reply) -> Option<(i64, Self::Detail)> {
        None
    }

    /// Returns the route to the journal entries of a row, or `None` if it has no history of its own.
    fn history(row: &Self::Row) -> Option<Route>;
    /// Returns the reason that a row has no history of its own.
    fn why_no_history(_: &Self::Row) -> &'static str {
        "The whole store has no history of its own."
    }

    /// Returns the row of a key as it is with the rows that are shown now.
    fn help_here(_: &Listing<Self>, help: Help) -> Help {
        help
    }

    /// Returns true if a key, or the dialog that it opens, changes something.
    fn changes(msg: KeyMsg<Self::ListMsg, Self::RowMsg>) -> bool;
    /// Returns true if a key is for something that only an admin may do.
    fn needs_admin(msg: KeyMsg<Self::ListMsg, Self::RowMsg>) -> bool;
    /// Handles a key for the list.
    fn on_list(list: &mut Listing<Self>, pane: &mut DetailPane, msg: Self::ListMsg) -> Vec<Ask>;
    /// Handles a key for the row under the cursor.
    fn on_row(context: &Context, row: &Self::Row, msg: Self::RowMsg) -> Vec<Ask>;
}

/// The state of a list.
pub(crate) struct Listing<S: ListSpec> {
    /// The state that is particular to this list.
    pub(crate) source: S,
    scroll: ScrollWindow<S::Row>,
    sort: Sort<S::Column>,
    filter: Filter,
    filter_text: String,
    /// The filter that Esc does not drop, because the way out of the screen does.
    base_filter: String,
    /// The filter line while it is open.
    editing: Option<FilterLine>,
    /// The filters that were kept earlier, the newest last.
    filter_history: Vec<String>,
    fault: Option<String>,
    /// The widths of the columns' content, by their indices.
    widths: Widths,
    marks: Marks,
    range: Option<u64>,
    /// Set while the rows of a range are being read to be marked.
    marking: bool,
    asked: Anchor,
    /// The row to go to once the rows are loaded.
    goal: Option<u64>,
    loaded: bool,
    /// Set while the rows are those of an older filter or order: they are shown, but no action is done on them.
    outdated: bool,
}

impl<S: ListSpec> Default for Listing<S> {
    fn default() -> Self {
        Self {
            source: S::default(),
            scroll: ScrollWindow::new(S::id),
            sort: S::usual_sort(),
            filter: Filter::default(),
            filter_text: String::new(),
            base_filter: String::new(),
            editing: None,
            filter_history: Vec::new(),
            fault: None,
            widths: Widths::default(),
            marks: Marks::default(),
            range: None,
            marking: false,
            asked: Anchor::Position(0),
            goal: None,
            loaded: false,
            outdated: false,
        }
    }
}

impl<S: ListSpec> Listing<S> {
    /// Returns the keys of every list and the sort keys of this one.
    pub(crate) fn help() -> impl Iterator<Item = Help> {
        let sorts = S::SORTS.iter().map(|sort| Help {
            on: sort.on,
            name: sort.name,
            group: Group::Sort,
            hint: "",
            help: sort.help,
        });
        KEYS.iter().map(Key::help).chain(sorts)
    }

    /// Returns true if the rows that keys are for are still loading: the first ones, those of another filter or order,
    /// or those of a range to be marked.
    pub(crate) fn is_waiting(&self) -> bool {
        self.outdated || !self.loaded || self.marking
    }

    /// Notes that the request in this slot has failed.
    pub(crate) fn give_up(&mut self, slot: Slot) {
        match (slot, &mut self.editing) {
            (Slot::Range, _) => self.marking = false,
            (Slot::Completion, Some(line)) => line.give_up(),
            (Slot::Completion | Slot::Rows | Slot::Detail | Slot::Prefetch | Slot::Single, _) => {}
        }
    }

    /// Returns true if there are rows, but the one under the cursor is still loading.
    pub(crate) fn is_row_missing(&self) -> bool {
        self.scroll.current().is_none() && self.scroll.total() > 0
    }

    /// Returns true if the filter line is open.
    pub(crate) fn takes_text(&self) -> bool {
        self.editing.is_some()
    }

    /// Returns the row under the cursor; `None` while rows of another filter or order are loading.
    pub(crate) fn current(&self) -> Option<&S::Row> {
        self.scroll.current().filter(|_| !self.outdated)
    }

    /// Returns the cursor and the rows around it.
    pub(crate) fn scroll(&self) -> &ScrollWindow<S::Row> {
        &self.scroll
    }

    /// Returns true if a row is marked or in the open range.
    pub(crate) fn is_marked(&self, at: u64, id: i64) -> bool {
        let cursor = self.scroll.cursor();
        self.marks.has(id)
            || self.range.is_some_and(|from| (from.min(cursor)..=from.max(cursor)).contains(&at))
    }

    pub(crate) fn sort(&self) -> Sort<S::Column> {
        self.sort
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Returns the request for all rows, from the first on.
    pub(crate) fn request(&self) -> Request {
        self.source.request(&self.filter, self.sort, self.scroll.start())
    }

    /// Sets the number of rows that can be shown, and loads those that are missing then.
    pub(crate) fn set_height(&mut self, rows: u16) -> Vec<Ask> {
        self.scroll.set_height(rows);
        self.missing()
    }

    /// Reads the rows again; the cursor stays on its row.
    pub(crate) fn refresh(&mut self) -> Vec<Ask> {
        let span = if self.loaded { self.scroll.refresh() } else { self.scroll.start() };
        vec![self.load(span)]
    }

    /// Reads the rows again; the cursor stays at its position, whatever row is there then.
    pub(crate) fn refresh_in_place(&mut self) -> Vec<Ask> {
        let anchor = Anchor::Position(self.scroll.cursor());
        let span = RowRange { anchor, ..self.scroll.refresh() };
        vec![self.load(span)]
    }

    /// Loads the first rows of another filter or order.
    fn restart(&mut self) -> Vec<Ask> {
        self.marks.clear();
        self.range = None;
        self.scroll.reset();
        self.outdated = true;
        self.marking = false;
        self.goal = None;
        vec![self.load(self.scroll.start())]
    }

    fn missing(&mut self) -> Vec<Ask> {
        self.scroll.missing().map(|span| self.load(span)).into_iter().collect()
    }

    fn load(&mut self, span: RowRange) -> Ask {
        self.asked = span.anchor;
        Ask::Query(Slot::Rows, self.source.request(&self.filter, self.sort, span))
    }

    /// Handles a key of every list, a sort key, or text for the open filter line.
    pub(crate) fn press(&mut self, press: &Press) -> Answer {
        if self.editing.is_some() {
            return self.edit(press);
        }
        if press.name == "esc" {
            return self.step_back();
        }
        if let Some(sort) = S::SORTS.iter().find(|sort| sort.on.contains(&press.name.as_str())) {
            let descending = sort.on.last() == Some(&press.name.as_str());
            return Answer::Asks(self.set_sort(Sort { column: sort.column, descending }));
        }
        match find(KEYS, &press.name) {
            Found::Hit(key) => Answer::Asks(self.apply(key)),
            Found::Prefix => Answer::Prefix,
            Found::Miss if press.name == "," => Answer::Prefix,
            Found::Miss => Answer::Pass,
        }
    }

    fn apply(&mut self, key: ListKey) -> Vec<Ask> {
        match key {
            ListKey::Step(step) => {
                self.scroll.step(step);
                return self.missing();
            }
            ListKey::Filter => {
                let history = self.filter_history.clone();
                self.editing = Some(FilterLine::new(S::SUBJECT, &self.filter_text, history));
                return self
                    .source
                    .prefetch()
                    .map(|request| Ask::Query(Slot::Prefetch, request))
                    .into_iter()
                    .collect();
            }
            ListKey::Mark => {
                if let Some(id) = self.current().map(S::id) {
                    self.marks.toggle(id);
                }
                self.scroll.step(Move::Down);
                return self.missing();
            }
            ListKey::Range => return self.range(),
            ListKey::MarkAll => self.marks.all(),
            ListKey::Invert => self.marks.invert(),
            ListKey::Refresh => return self.refresh(),
        }
        Vec::new()
    }

    /// Undoes one thing: the range, the marks, or the filter, as far as it is not what the screen was entered with.
    fn step_back(&mut self) -> Answer {
        if self.range.take().is_some() || self.marks.clear() {
            return Answer::Asks(Vec::new());
        }
        if self.filter_text.is_empty() || self.filter_text == self.base_filter {
            return Answer::Pass;
        }
        let base_filter = self.base_filter.clone();
        Answer::Asks(self.set_filter(&base_filter))
    }

    /// Moves the cursor to a row, counted from 0.
    pub(crate) fn go_to(&mut self, row: u64) -> Vec<Ask> {
        if self.is_waiting() {
            self.goal = Some(row);
            return Vec::new();
        }
        self.apply(ListKey::Step(Move::To(row)))
    }

    /// Takes the rows that were requested under `slot`.
    pub(crate) fn take(&mut self, slot: Slot, reply: Reply) -> Vec<Ask> {
        let Some(window) = self.source.rows(reply) else { return Vec::new() };
        if slot == Slot::Range {
            // If the filter has changed since, the marks would be on rows that it does not show.
            if std::mem::take(&mut self.marking) {
                self.marks.add(window.rows.iter().map(S::id));
            }
            return Vec::new();
        }
        self.scroll.take(window, self.asked);
        if self.outdated {
            self.forget_widths();
        }
        self.measure_again();
        self.loaded = true;
        self.outdated = false;
        if let Some(row) = self.goal.take() {
            self.scroll.step(Move::To(row));
        }
        self.missing()
    }
}

#[cfg(test)]
mod tests;
