//! A screen that is a list with details beside it, defined by its `ListSpec`.

use ratatui::Frame;
use ratatui::layout::Position;

use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, Reply, Request};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, Press, find};
use crate::tui::plain::ScreenText;
use crate::tui::pointer::Wheel;
use crate::tui::preferences::ListPreferences;
use crate::tui::trail::ListView;

use super::detail_pane::{self, DetailPane, Following};
use super::list_keys::{KEYS, ScreenKey};
use super::listing::{self, KeyMsg, ListSpec, Listing};
use super::screen::{Answer, Clicked, Screen};

/// The state of a list screen.
pub(crate) struct ListScreen<S: ListSpec> {
    pub(super) list: Listing<S>,
    pub(super) pane: DetailPane,
    /// The indices of the chosen columns; empty for those of everybody.
    pub(super) chosen: Vec<usize>,
    /// The row that the details are about.
    pub(super) detail_row: Option<S::Row>,
    /// Set while the details wait for the cursor to rest.
    pub(super) following: Option<Following>,
    /// The details that were loaded last, and the id of the row that they are about.
    pub(super) detail: Option<(i64, S::Detail)>,
}

impl<S: ListSpec> Default for ListScreen<S> {
    fn default() -> Self {
        Self {
            list: Listing::default(),
            pane: DetailPane::default(),
            chosen: Vec::new(),
            detail_row: None,
            following: None,
            detail: None,
        }
    }
}

impl<S: ListSpec> ListScreen<S> {
    /// Returns the row under the cursor.
    pub(super) fn current(&self) -> Option<&S::Row> {
        self.list.current()
    }

    /// Returns the number of lines that the heading of the first group takes.
    fn lines_of_group() -> u16 {
        u16::from(S::STYLE.group.is_some())
    }

    /// Returns the number of rows that fit.
    fn rows_height(context: &Context) -> u16 {
        context.body.height.saturating_sub(Self::lines_above() + 1 + Self::lines_of_group())
    }

    /// Returns true if a key is for rows that are still loading.
    fn must_wait(&self, name: &str) -> bool {
        if self.list.takes_text() {
            return self.list.is_completing() && name != "esc";
        }
        let about_row = matches!(own::<S>(name), Found::Hit(_))
            || matches!(find(KEYS, name), Found::Hit(ScreenKey::History))
            || matches!(find(detail_pane::KEYS, name), Found::Hit(_))
            || listing::is_about_row(name);
        (about_row && (self.list.is_waiting() || self.list.is_row_missing()))
            || (listing::is_move(name) && self.list.is_waiting())
    }

    fn go_to_history(&self) -> Vec<Ask> {
        let Some(row) = self.current() else { return Vec::new() };
        let nowhere = || Ask::refusal(S::why_no_history(row));
        vec![S::history(row).map_or_else(nowhere, Ask::Go)]
    }

    fn press_own(&mut self, context: &Context, key: ScreenKey) -> Vec<Ask> {
        match key {
            ScreenKey::History => self.go_to_history(),
            ScreenKey::Columns => self.choose(context),
            ScreenKey::Divide(to) => self.move_divide(context, to),
        }
    }
}

/// Searches the screen's own keys.
fn own<S: ListSpec>(pressed: &str) -> Found<KeyMsg<S::ListMsg, S::RowMsg>> {
    match find(S::KEYS, pressed) {
        Found::Miss => find(S::BY_NAME, pressed),
        found @ (Found::Hit(_) | Found::Prefix) => found,
    }
}

impl<S: ListSpec> Screen for ListScreen<S> {
    fn name(&self) -> &'static str {
        S::STYLE.name
    }

    fn help(&self) -> Vec<Help> {
        let own: Vec<Help> = S::KEYS.iter().map(|key| S::help_here(&self.list, key.help())).collect();
        let taken = |help: &Help| own.iter().any(|own| own.on.iter().any(|on| help.on.contains(on)));
        let panes = detail_pane::KEYS.iter().map(Key::help).filter(|help| !taken(help));
        own.iter()
            .copied()
            .chain(panes)
            .chain(Listing::<S>::help())
            .chain(KEYS.iter().map(Key::help))
            .collect()
    }

    fn by_name(&self) -> Vec<Help> {
        S::BY_NAME.iter().map(Key::help).collect()
    }

    fn row_noun(&self) -> &'static str {
        S::SUBJECT.row_noun()
    }

    fn changes(&self, key: &str) -> bool {
        matches!(own::<S>(key), Found::Hit(msg) if S::changes(msg))
    }

    fn needs_admin(&self, key: &str) -> bool {
        matches!(own::<S>(key), Found::Hit(msg) if S::needs_admin(msg))
    }

    fn takes_text(&self) -> bool {
        self.list.takes_text()
    }

    fn press(&mut self, context: &Context, press: &Press) -> Answer {
        if self.must_wait(&press.name) {
            return Answer::Wait;
        }
        if !self.list.takes_text() {
            match own::<S>(&press.name) {
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
                Found::Hit(key) => return Answer::Asks(self.press_own(context, key)),
                Found::Prefix | Found::Miss => {}
            }
            if let Some(asks) = self.press_pane(context, &press.name) {
                return Answer::Asks(asks);
            }
        }
        let is_order = !self.list.takes_text() && Listing::<S>::is_order(&press.name);
        match self.list.press(press) {
            Answer::Asks(mut asks) => {
                self.pane.reset();
                asks.extend(self.follow_cursor(context));
                if is_order {
                    asks.push(Ask::Remember(self.preferences()));
                }
                Answer::Asks(asks)
            }
            other => other,
        }
    }

    fn click(&mut self, context: &Context, at: Position) -> Clicked {
        self.click_at(context, at)
    }

    fn wheel(&mut self, context: &Context, at: Position, wheel: Wheel) -> Vec<Ask> {
        self.wheel_at(context, at, wheel)
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
                if self.following.is_some() { Vec::new() } else { self.load_detail(context) }
            }
            // The row is gone; the list will show that in a moment.
            (Slot::Prefetch, _) | (Slot::Detail, Err(_)) => Vec::new(),
            (Slot::Completion, Ok(reply)) => self.list.complete(&reply),
            (_, Ok(reply)) => {
                let mut asks = self.list.take(slot, reply);
                self.note_shown(context);
                if self.current().is_none() {
                    self.pane.close();
                }
                if self.following.is_none() {
                    asks.extend(self.follow_cursor(context));
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
        self.note_shown(context);
        let mut asks = self.list.refresh();
        self.following = None;
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
        self.following = None;
        self.detail_row = self.list.scroll().current().cloned();
        asks.extend(self.reload_detail(context));
        asks
    }

    fn set_base_filter(&mut self, filter: &str) {
        self.list.set_base_filter(filter);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.following.map(|following| following.at)
    }

    fn wake(&mut self, context: &Context) -> Vec<Ask> {
        match self.wake_at() {
            Some(at) if at <= context.now => self.follow_now(context),
            Some(_) | None => Vec::new(),
        }
    }

    fn exported(&self, context: &Context) -> Option<(Request, Vec<&'static str>)> {
        let request = self.list.request();
        let keys = self.shown_keys(context).into_iter();
        let mut found = Vec::new();
        for key in keys.filter(|key| S::has_key(&request, key)) {
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
        self.note_shown(context);
        asks.extend(self.follow_now(context));
        asks
    }

    fn set_filter_history(&mut self, history: &[String]) {
        self.list.set_filter_history(history);
    }

    fn text_hints(&self) -> &'static [Help] {
        if self.list.takes_text() { listing::FILTER_HINTS } else { &[] }
    }

    fn prefer(&mut self, _: &Context, preferences: &ListPreferences) -> Vec<Ask> {
        self.chosen = Self::columns_named(preferences.columns.iter().map(String::as_str));
        self.pane.prefer(preferences.pane_width);
        self.list.prefer(preferences.sort.as_ref())
    }

    fn choose_columns(&mut self, titles: &[&'static str]) -> Vec<Ask> {
        self.chosen = Self::columns_named(titles.iter().copied());
        vec![Ask::Remember(self.preferences())]
    }

    fn close_details(&mut self) -> bool {
        let was_open = self.pane.is_open();
        self.pane.close();
        was_open
    }

    fn text(&self, context: &Context) -> ScreenText {
        self.text_of_all(context)
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        self.view_all(context, frame);
    }
}
