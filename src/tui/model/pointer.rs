//! The mouse: to the box on top, the tabs, or the screen in front.
//!
//! A click is never an answer: in a box it only moves the cursor, and a question takes none.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use crate::tui::context::Medium;
use crate::tui::effect::{Ask, Effect};
use crate::tui::keys::Press;
use crate::tui::pointer::{Gesture, Pointer, WHEEL_ROWS, Wheel};
use crate::tui::route::{Route, ScreenId};
use crate::tui::screens::screen::Clicked;

use super::{Model, Notice, notice};

/// A row that was clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClickedRow {
    screen: ScreenId,
    row: i64,
}

impl Model {
    /// Turns the mouse on or off.
    pub(super) fn switch_mouse(&mut self) -> Vec<Effect> {
        if self.medium == Medium::Lines {
            return self.fulfil_one(Ask::refusal("There is no mouse without a screen."));
        }
        self.start.mouse = !self.start.mouse;
        let words =
            if self.start.mouse { "The mouse is on: hold Shift to select text" } else { "The mouse is off" };
        self.say_nothing_done(words.into());
        vec![Effect::ReportMouse(self.start.mouse)]
    }

    /// Takes a report of the mouse. While keys wait for rows, the rows are about to change: nothing comes of it.
    pub(super) fn pointer(&mut self, pointer: Pointer) -> Vec<Effect> {
        if !self.start.mouse || !self.fits() {
            return Vec::new();
        }
        self.typing.touch(self.now);
        let before = self.clicked.take();
        if self.ahead.is_waiting() {
            return Vec::new();
        }
        match pointer.gesture {
            Gesture::Click => self.click(pointer.at, before),
            Gesture::Wheel(wheel) => self.wheel(pointer.at, wheel),
        }
    }

    fn click(&mut self, at: Position, before: Option<ClickedRow>) -> Vec<Effect> {
        self.prefix = None;
        if self.asking.is_some() {
            return Vec::new();
        }
        if self.notice.as_ref().is_some_and(Notice::stays) {
            let covers = self.notice_covers(at);
            self.notice = None;
            if covers {
                return Vec::new();
            }
        }
        let context = self.context();
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            overlay.click(&context, at);
            return Vec::new();
        }
        if self.awaits_secret() {
            return Vec::new();
        }
        if at.y == 0 && self.login.is_none() {
            let screen = self.tab_at(at.x);
            return screen.map_or_else(Vec::new, |screen| self.go(&Route { screen, filter: None }));
        }
        let clicked = self.screen_mut(self.current_screen()).map(|screen| screen.click(&context, at));
        let Clicked { asks, row } = clicked.unwrap_or_default();
        let mut effects = self.fulfil(asks);
        self.clicked = row.map(|row| ClickedRow { screen: self.current_screen(), row });
        if self.clicked.is_some() && self.clicked == before {
            self.clicked = None;
            let key = KeyEvent::from(KeyCode::Enter);
            effects.extend(self.press_named(Press { key, name: "enter".into() }));
        }
        effects
    }

    /// Returns true if the notice is drawn at a place.
    fn notice_covers(&self, at: Position) -> bool {
        let (columns, rows) = self.start.size;
        let area = notice::area(Rect { x: 0, y: 0, width: columns, height: rows });
        self.notice_place(area).is_some_and(|place| place.contains(at))
    }

    fn wheel(&mut self, at: Position, wheel: Wheel) -> Vec<Effect> {
        let (code, name) = match wheel {
            Wheel::Up => (KeyCode::Up, "up"),
            Wheel::Down => (KeyCode::Down, "down"),
        };
        if self.asking.is_some() {
            return (0..WHEEL_ROWS).flat_map(|_| self.answer(code.into())).collect();
        }
        if self.notice.as_ref().is_some_and(Notice::stays) && self.notice_covers(at) {
            for _ in 0..WHEEL_ROWS {
                self.scroll_notice(name);
            }
            return Vec::new();
        }
        let context = self.context();
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            overlay.wheel(&context, wheel);
            return Vec::new();
        }
        if self.awaits_secret() {
            return Vec::new();
        }
        self.with_front(|screen, context| screen.wheel(context, at, wheel))
    }
}
