//! What the list screens share: a window of rows with a cursor, a live filter, an order, and marks.

mod keys;
mod view;

use crossterm::event::KeyCode;

use super::{Answer, Press};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Selection, Sort, Window};
use crate::domain::text::grouped;
use crate::service::contract::{Reply, Request};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, find};
use crate::tui::widgets::field::Entry;
use crate::tui::widgets::scroll_window::{Move, ScrollWindow};
use crate::tui::widgets::selection::Marks;
use keys::{KEYS, ListKey};
pub use keys::{is_about_row, is_move};

#[cfg(test)]
mod tests;

/// The most rows that one marked range may hold.
const MAX_RANGE: u64 = 100_000;

/// A key that sorts by a column: its letter, and the capital for the other way round.
#[derive(Debug, Clone, Copy)]
pub struct SortKey<C: 'static> {
    /// `, u` and `, U`.
    pub on: &'static [&'static str; 2],
    /// The column.
    pub column: C,
    /// Its name in the palette.
    pub name: &'static str,
    /// For the help: `sort by username; capital: the other way round`.
    pub help: &'static str,
}

/// Where a list's rows come from.
pub trait ListSource {
    /// A row.
    type Row;
    /// What it can be sorted by.
    type Column: Copy + PartialEq + Default + 'static;
    /// Which filter keys there are.
    const SUBJECT: ListKind;
    /// The columns it can be sorted by.
    const SORTS: &'static [SortKey<Self::Column>];
    /// The order at first is the other way round: largest first.
    const LARGEST_FIRST: bool = false;

    /// A row's id.
    fn id(row: &Self::Row) -> i64;
    /// What loads a stretch.
    fn request(&self, filter: &Filter, sort: Sort<Self::Column>, span: RowRange) -> Request;
    /// What is worth reading ahead when a filter is about to be typed.
    fn ahead(&self) -> Option<Request> {
        None
    }
    /// The rows in what came back.
    fn rows(&self, reply: Reply) -> Option<Window<Self::Row>>;
}

/// A list's state.
pub struct Listing<S: ListSource> {
    /// Where the rows come from.
    pub source: S,
    scroll: ScrollWindow<S::Row>,
    sort: Sort<S::Column>,
    filter: Filter,
    filter_text: String,
    /// The filter line while it is open, and what stood there before.
    editing: Option<(Entry, String)>,
    fault: Option<String>,
    marks: Marks,
    range: Option<u64>,
    /// The rows of a range are on their way to be marked.
    marking: bool,
    asked: Anchor,
    /// The row to go to once the rows have come.
    goal: Option<u64>,
    loaded: bool,
    /// The rows shown are those of an older filter or order: they are still seen, but nothing is done to them.
    outdated: bool,
}

impl<S: ListSource + Default> Default for Listing<S> {
    fn default() -> Self {
        Self {
            source: S::default(),
            scroll: ScrollWindow::new(S::id),
            sort: Sort { column: S::Column::default(), descending: S::LARGEST_FIRST },
            filter: Filter::default(),
            filter_text: String::new(),
            editing: None,
            fault: None,
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

impl<S: ListSource> Listing<S> {
    /// The keys of every list and those that sort this one.
    pub fn help() -> impl Iterator<Item = Help> {
        let sorts =
            S::SORTS.iter().map(|sort| Help { on: sort.on, name: sort.name, hint: "", help: sort.help });
        KEYS.iter().map(Key::help).chain(sorts)
    }

    /// Whether the rows that keys are for have yet to come: the first ones, those of another filter or order, or those
    /// of a range that is to be marked.
    pub fn is_waiting(&self) -> bool {
        self.outdated || !self.loaded || self.marking
    }

    /// What was asked for under `slot` does not come.
    pub fn give_up(&mut self, slot: Slot) {
        if slot == Slot::Range {
            self.marking = false;
        }
    }

    /// Whether there are rows, but the one under the cursor is still on its way.
    pub fn is_row_missing(&self) -> bool {
        self.scroll.current().is_none() && self.scroll.total() > 0
    }

    /// Whether the filter line is open.
    pub fn takes_text(&self) -> bool {
        self.editing.is_some()
    }

    /// The row under the cursor that keys are for; none while rows of another filter or order are on their way.
    pub fn current(&self) -> Option<&S::Row> {
        self.scroll.current().filter(|_| !self.outdated)
    }

    /// The cursor and the rows around it.
    pub fn scroll(&self) -> &ScrollWindow<S::Row> {
        &self.scroll
    }

    /// Which rows are marked, the open range among them.
    pub fn is_marked(&self, at: u64, id: i64) -> bool {
        let cursor = self.scroll.cursor();
        self.marks.has(id)
            || self.range.is_some_and(|from| (from.min(cursor)..=from.max(cursor)).contains(&at))
    }

    /// The order in force.
    pub fn sort(&self) -> Sort<S::Column> {
        self.sort
    }

    /// The filter in force.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether rows have come at least once.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Sets how many rows can be shown, and loads what is missing then.
    pub fn set_height(&mut self, rows: u16) -> Vec<Ask> {
        self.scroll.set_height(rows);
        self.missing()
    }

    /// Reads the rows again; the cursor stays on its row.
    pub fn refresh(&mut self) -> Vec<Ask> {
        let span = if self.loaded { self.scroll.refresh() } else { self.scroll.start() };
        vec![self.load(span)]
    }

    /// Shows another stretch of rows from the first one on.
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
        Ask::Load(Slot::Rows, self.source.request(&self.filter, self.sort, span))
    }

    /// Another filter, as text; an empty one shows everything.
    ///
    /// A text that is no filter leaves the rows as they are and is said so in the filter line.
    pub fn set_filter(&mut self, text: &str) -> Vec<Ask> {
        text.clone_into(&mut self.filter_text);
        let parsed =
            if text.trim().is_empty() { Ok(Filter::default()) } else { Filter::parse(S::SUBJECT, text) };
        match parsed {
            Ok(filter) => {
                self.fault = None;
                self.filter = filter;
                self.restart()
            }
            Err(error) => {
                self.fault = Some(error.to_string());
                Vec::new()
            }
        }
    }

    /// A key of any list, or one that sorts; or text for the open filter line.
    pub fn press(&mut self, press: &Press) -> Answer {
        if self.editing.is_some() {
            return self.edit(press);
        }
        if press.name == "esc" {
            return self.step_back();
        }
        if let Some(sort) = S::SORTS.iter().find(|sort| sort.on.contains(&press.name.as_str())) {
            let descending = sort.on.last() == Some(&press.name.as_str());
            self.sort = Sort { column: sort.column, descending };
            return Answer::Asks(self.restart());
        }
        match find(KEYS, &press.name) {
            Found::Hit(key) => Answer::Asks(self.act(key)),
            Found::Prefix => Answer::Prefix,
            Found::Miss if press.name == "," => Answer::Prefix,
            Found::Miss => Answer::Pass,
        }
    }

    fn act(&mut self, key: ListKey) -> Vec<Ask> {
        match key {
            ListKey::Step(step) => {
                self.scroll.step(step);
                return self.missing();
            }
            ListKey::Filter => {
                self.editing = Some((Entry::text(&*self.filter_text), self.filter_text.clone()));
                return self
                    .source
                    .ahead()
                    .map(|request| Ask::Load(Slot::Prefetch, request))
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

    /// Begins a range, or ends it: then its rows are marked, read first where they are not loaded.
    fn range(&mut self) -> Vec<Ask> {
        if self.outdated {
            return Vec::new();
        }
        let here = self.scroll.cursor();
        let Some(from) = self.range.take() else {
            self.range = Some(here);
            return Vec::new();
        };
        if let Some(ids) = self.scroll.ids_between(from, here) {
            self.marks.add(ids);
            return Vec::new();
        }
        let rows = from.abs_diff(here) + 1;
        if rows > MAX_RANGE {
            return vec![Ask::refusal(format!("A range holds {} rows at most.", grouped(MAX_RANGE)))];
        }
        let span = RowRange { anchor: Anchor::Position(from.min(here)), before: 0, len: rows as u32 };
        self.marking = true;
        vec![Ask::Load(Slot::Range, self.source.request(&self.filter, self.sort, span))]
    }

    fn edit(&mut self, press: &Press) -> Answer {
        let Some((entry, before)) = &mut self.editing else { return Answer::Pass };
        match press.key.code {
            // A text that is no filter is never kept: it stays open, with what is wrong beside it.
            KeyCode::Enter if self.fault.is_some() => Answer::Asks(Vec::new()),
            KeyCode::Enter => {
                self.editing = None;
                Answer::Asks(Vec::new())
            }
            KeyCode::Esc => {
                let before = std::mem::take(before);
                self.editing = None;
                Answer::Asks(self.set_filter(&before))
            }
            _ if entry.press(press.key) => {
                let text = entry.value().to_owned();
                Answer::Asks(if text == self.filter_text { Vec::new() } else { self.set_filter(&text) })
            }
            _ => Answer::Pass,
        }
    }

    /// Pasted text goes into the filter line while that is open.
    pub fn paste(&mut self, text: &str) -> Vec<Ask> {
        let Some((entry, _)) = &mut self.editing else { return Vec::new() };
        let too_long = entry.paste(text).err();
        let text = entry.value().to_owned();
        let mut asks = self.set_filter(&text);
        asks.extend(too_long.map(Ask::refusal));
        asks
    }

    /// Undoes one thing: the range, the marks, the filter.
    fn step_back(&mut self) -> Answer {
        if self.range.take().is_some() || self.marks.clear() {
            return Answer::Asks(Vec::new());
        }
        if self.filter_text.is_empty() { Answer::Pass } else { Answer::Asks(self.set_filter("")) }
    }

    /// To a row, counted from 0.
    pub fn go_to(&mut self, row: u64) -> Vec<Ask> {
        if self.is_waiting() {
            self.goal = Some(row);
            return Vec::new();
        }
        self.act(ListKey::Step(Move::To(row)))
    }

    /// Rows have come; `slot` says what for.
    pub fn take(&mut self, slot: Slot, reply: Reply) -> Vec<Ask> {
        let Some(window) = self.source.rows(reply) else { return Vec::new() };
        if slot == Slot::Range {
            // Another filter may have come since: the marks would be of rows that it does not show.
            if std::mem::take(&mut self.marking) {
                self.marks.add(window.rows.iter().map(S::id));
            }
            return Vec::new();
        }
        self.scroll.take(window, self.asked);
        self.loaded = true;
        self.outdated = false;
        if let Some(row) = self.goal.take() {
            self.scroll.step(Move::To(row));
        }
        self.missing()
    }

    /// What an act is for: the marked rows, else the one under the cursor.
    ///
    /// # Errors
    /// What to ask for instead: nothing on an empty list; a range that is not loaded whole is read and marked first,
    /// so that nothing is done to a part of it.
    pub fn target(&mut self) -> Result<Selection, Vec<Ask>> {
        if self.outdated {
            return Err(Vec::new());
        }
        if self.range.is_some() {
            let asks = self.range();
            if !asks.is_empty() {
                return Err(asks);
            }
        }
        let none_is_left = self.marks.count(self.scroll.total()) == 0;
        match &self.marks {
            Marks::Only(ids) if ids.is_empty() => {
                self.current().map(|row| Selection::one(S::id(row))).ok_or_else(Vec::new)
            }
            Marks::AllBut(_) if none_is_left => Err(Vec::new()),
            Marks::Only(ids) => Ok(Selection::Ids(ids.iter().copied().collect())),
            Marks::AllBut(ids) => {
                Ok(Selection::Shown { filter: self.filter.clone(), except: ids.iter().copied().collect() })
            }
        }
    }

    /// Takes the marks away: what they were for is done.
    pub fn unmark(&mut self) {
        self.marks.clear();
        self.range = None;
    }
}
