//! Keys: who gets them, and what those that hold everywhere mean.

use crossterm::event::KeyEvent;

use super::{Model, Notice};
use crate::service::contract::{Request, Undo};
use crate::tui::effect::{Ask, Effect};
use crate::tui::keys::{Found, Help, Key, find, name, typed};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::help::HelpBox;
use crate::tui::overlays::palette::Palette;
use crate::tui::screens::{Answer, Place, Press, Route};

/// What a key means everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    To(Place),
    Help,
    Palette,
    PendingBoard,
    EndedBoard,
    BinBoard,
    Undo,
    Redo,
    CopyCommand,
    RelativeTimes,
    Lock,
    Redraw,
    Suspend,
    Quit,
}

pub(super) const KEYS: &[Key<Global>] = &[
    Key { on: &["1"], msg: Global::To(Place::Users), hint: "", help: "accounts" },
    Key { on: &["2"], msg: Global::To(Place::Sessions), hint: "", help: "sessions" },
    Key { on: &["3"], msg: Global::To(Place::Directories), hint: "", help: "directories" },
    Key { on: &["4"], msg: Global::To(Place::Journal), hint: "", help: "journal" },
    Key { on: &["o p"], msg: Global::PendingBoard, hint: "", help: "board: pending accounts" },
    Key { on: &["o e"], msg: Global::EndedBoard, hint: "", help: "board: ended sessions" },
    Key { on: &["o t"], msg: Global::BinBoard, hint: "", help: "board: the bin" },
    Key { on: &["u"], msg: Global::Undo, hint: "", help: "undo your last act" },
    Key { on: &["ctrl-r"], msg: Global::Redo, hint: "", help: "do again what you undid" },
    Key { on: &[":"], msg: Global::Palette, hint: "", help: "a command by name, or a row by number" },
    Key { on: &["Y"], msg: Global::CopyCommand, hint: "", help: "copy the last act as a command" },
    Key { on: &["t"], msg: Global::RelativeTimes, hint: "", help: "times as dates, or as how long ago" },
    Key { on: &["L"], msg: Global::Lock, hint: "", help: "lock the console" },
    Key { on: &["ctrl-l"], msg: Global::Redraw, hint: "", help: "draw everything anew" },
    Key { on: &["ctrl-z"], msg: Global::Suspend, hint: "", help: "to the shell; fg comes back" },
    Key { on: &["q", "ctrl-c"], msg: Global::Quit, hint: "", help: "leave" },
    Key { on: &["?"], msg: Global::Help, hint: "all keys", help: "all keys; type to filter" },
];

/// What is typed after `:` only.
const RECORD: Help =
    Help { on: &[":record FILE"], hint: "", help: "write a runbook: acts as commands; :record ends it" };

impl Model {
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let alone = name(key);
        self.typing.press(&alone, self.now);
        if matches!(self.notice, Some(Notice::Failed(_))) {
            self.notice = None;
        }
        let prefix = self.prefix.take();
        if std::mem::take(&mut self.leaving) {
            return if alone == "y" { self.leave() } else { Vec::new() };
        }
        if alone == "ctrl-c" {
            return self.quit();
        }
        if self.asking.is_some() {
            return self.answer(key);
        }
        let named = prefix.map_or(alone.clone(), |prefix| format!("{prefix} {alone}"));
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.gate.is_none()) {
            let asks = overlay.press(key);
            return self.fulfil(asks);
        }
        if self.typing.is_held() {
            return Vec::new();
        }
        if named == "esc"
            && let Some(ticket) = self.tickets.stop()
        {
            return vec![Effect::Cancel(ticket)];
        }
        self.press(Press { key, name: named })
    }

    pub(super) fn press(&mut self, press: Press) -> Vec<Effect> {
        let context = self.context();
        let place = self.place();
        // What cannot be typed just now is no command either: a name with a q in it must not leave.
        let is_text = self.screen().takes_text() && typed(press.key).is_some();
        match self.screen_at(place).map_or(Answer::Pass, |screen| screen.press(&context, &press)) {
            Answer::Asks(asks) => self.fulfil(asks),
            Answer::Prefix => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            Answer::Pass if is_text => Vec::new(),
            Answer::Pass => self.global(press),
        }
    }

    pub(super) fn global(&mut self, press: Press) -> Vec<Effect> {
        match find(KEYS, &press.name) {
            Found::Hit(msg) if self.gate.is_none() || allowed_at_the_gate(msg) => self.act(msg),
            Found::Prefix if self.gate.is_none() => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn act(&mut self, msg: Global) -> Vec<Effect> {
        match msg {
            Global::To(place) => self.go(place, None),
            Global::PendingBoard => self.fulfil(vec![Ask::Go(Route::Users(Some("status:pending".into())))]),
            Global::EndedBoard => self.fulfil(vec![Ask::Go(Route::Sessions(Some("status:expired".into())))]),
            Global::BinBoard => self.fulfil(vec![Ask::Go(Route::Bin)]),
            Global::Undo => self.fulfil(vec![Ask::Act(Request::Undo(Undo::Last))]),
            Global::Redo => self.fulfil(vec![Ask::Act(Request::Undo(Undo::Redo))]),
            Global::Help => self.fulfil(vec![Ask::Open(Overlay::Help(HelpBox::new(self.help())))]),
            Global::Palette => self.fulfil(vec![Ask::Open(Overlay::Palette(Palette::new(self.help())))]),
            Global::CopyCommand => match self.runbook.last(&self.start.store) {
                Ok(line) => self.fulfil_one(Ask::Copy(line)),
                Err(why) => self.fulfil_one(Ask::refusal(why)),
            },
            Global::RelativeTimes => {
                self.relative = !self.relative;
                Vec::new()
            }
            Global::Lock => self.lock(),
            Global::Redraw => vec![Effect::Redraw],
            Global::Suspend => vec![Effect::Suspend],
            Global::Quit => self.quit(),
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.typing.paste(self.now);
        if let Some(asking) = &mut self.asking {
            asking.lose(self.now);
            return Vec::new();
        }
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.gate.is_none()) {
            overlay.paste(text);
            return Vec::new();
        }
        self.with_front(
            |screen, context| if screen.takes_text() { screen.paste(context, text) } else { Vec::new() },
        )
    }

    /// The keys of the screen in front, and those that hold everywhere but where the screen has its own.
    pub(super) fn help(&self) -> Vec<Help> {
        let mut help = self.screen().help();
        let own: Vec<_> = help.iter().flat_map(|help| help.on).collect();
        let others = KEYS.iter().map(Key::help).filter(|other| !other.on.iter().all(|on| own.contains(&on)));
        help.extend(others.collect::<Vec<_>>());
        help.push(RECORD);
        help
    }
}

/// Keys that mean something while nobody has logged in.
fn allowed_at_the_gate(msg: Global) -> bool {
    matches!(msg, Global::Redraw | Global::Suspend | Global::Quit)
}
