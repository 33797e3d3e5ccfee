//! Keys: who gets them, and what those that hold everywhere mean.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Model, Notice};
use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, FailureKind, Request, Sessions, Undo};
use crate::tui::effect::{Ask, Effect};
use crate::tui::keys::{Found, Help, Key, find, name, shown, typed};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;
use crate::tui::overlays::help::HelpDialog;
use crate::tui::overlays::palette;
use crate::tui::screens::{Answer, Press, Route, ScreenId};

/// What a key means everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    To(ScreenId),
    Help,
    Palette,
    PendingBoard,
    EndedBoard,
    BinBoard,
    Issue,
    Sweep,
    Undo,
    Redo,
    CopyCommand,
    RelativeTimes,
    Lock,
    Redraw,
    Suspend,
    Quit,
}

impl Global {
    /// Returns whether it, or the form that it opens, changes something.
    pub(super) const fn changes(self) -> bool {
        match self {
            Self::Issue | Self::Sweep | Self::Undo | Self::Redo => true,
            Self::To(_)
            | Self::Help
            | Self::Palette
            | Self::PendingBoard
            | Self::EndedBoard
            | Self::BinBoard
            | Self::CopyCommand
            | Self::RelativeTimes
            | Self::Lock
            | Self::Redraw
            | Self::Suspend
            | Self::Quit => false,
        }
    }
}

pub(super) const KEYS: &[Key<Global>] = &[
    Key { on: &["1"], name: "users [FILTER]", msg: Global::To(ScreenId::Users), hint: "", help: "accounts" },
    Key {
        on: &["2"],
        name: "sessions [WHO]",
        msg: Global::To(ScreenId::Sessions),
        hint: "",
        help: "sessions",
    },
    Key {
        on: &["3"],
        name: "directories [WHO]",
        msg: Global::To(ScreenId::Directories),
        hint: "",
        help: "directories",
    },
    Key {
        on: &["4"],
        name: "journal [FILTER]",
        msg: Global::To(ScreenId::Journal),
        hint: "",
        help: "journal",
    },
    Key {
        on: &["o p"],
        name: "pending",
        msg: Global::PendingBoard,
        hint: "",
        help: "board: pending accounts",
    },
    Key { on: &["o e"], name: "ended", msg: Global::EndedBoard, hint: "", help: "board: ended sessions" },
    Key { on: &["o t"], name: "bin", msg: Global::BinBoard, hint: "", help: "board: the bin" },
    Key { on: &[":issue"], name: "issue", msg: Global::Issue, hint: "", help: "issue a token" },
    Key {
        on: &[":sweep"],
        name: "sweep",
        msg: Global::Sweep,
        hint: "",
        help: "mark all sessions whose time is over",
    },
    Key { on: &["u"], name: "undo", msg: Global::Undo, hint: "", help: "undo your last act" },
    Key { on: &["ctrl-r"], name: "redo", msg: Global::Redo, hint: "", help: "do again what you undid" },
    Key {
        on: &[":"],
        name: "commands",
        msg: Global::Palette,
        hint: "",
        help: "a command by name, or a row by number",
    },
    Key {
        on: &["Y"],
        name: "copy-command",
        msg: Global::CopyCommand,
        hint: "",
        help: "copy the last act as a command",
    },
    Key {
        on: &["t"],
        name: "times",
        msg: Global::RelativeTimes,
        hint: "",
        help: "times as dates, or as how long ago",
    },
    Key { on: &["L"], name: "lock", msg: Global::Lock, hint: "", help: "lock the console" },
    Key { on: &["ctrl-l"], name: "redraw", msg: Global::Redraw, hint: "", help: "draw everything anew" },
    Key {
        on: &["ctrl-z"],
        name: "shell",
        msg: Global::Suspend,
        hint: "",
        help: "to the shell; fg comes back",
    },
    Key { on: &["q", "ctrl-c"], name: "quit", msg: Global::Quit, hint: "", help: "leave" },
    Key { on: &["?"], name: "help", msg: Global::Help, hint: "all keys", help: "all keys; type to filter" },
];

/// What the palette itself understands.
const TYPED: [Help; 2] = [
    Help {
        on: &[":record FILE"],
        name: palette::RECORD,
        hint: "",
        help: "write a runbook: acts as commands; :record ends it",
    },
    Help { on: &[":N"], name: palette::ROW, hint: "", help: "to row N of the list" },
];

impl Model {
    /// A key. Behind one that waits for rows all others wait, so that they keep their order; but Ctrl-C leaves.
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if self.ahead.is_waiting() && name(key) != "ctrl-c" {
            self.ahead.push(key, self.now);
            return Vec::new();
        }
        self.key_of(key, self.now)
    }

    /// A key that was pressed at this time.
    pub(super) fn key_of(&mut self, key: KeyEvent, at: Timestamp) -> Vec<Effect> {
        let alone = name(key);
        self.typing.press(&alone, at);
        // While a question covers it, it is not read yet.
        if self.asking.is_none() && self.notice.as_ref().is_some_and(Notice::stays) {
            if self.scroll_notice(&alone) {
                return Vec::new();
            }
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
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            let asks = overlay.press(key);
            return self.fulfil(asks);
        }
        if self.typing.is_held() {
            return Vec::new();
        }
        if named == "esc"
            && let Some(request_id) = self.pending.stop()
        {
            return vec![Effect::Cancel(request_id)];
        }
        self.press(Press { key, name: named })
    }

    pub(super) fn press(&mut self, press: Press) -> Vec<Effect> {
        let context = self.context();
        let place = self.place();
        if !self.screen().takes_text() && self.screen().changes(&press.name) && self.is_read_only() {
            return self.refuse_to_change();
        }
        // What cannot be typed just now is no command either: a name with a q in it must not leave.
        let is_text = self.screen().takes_text() && typed(press.key).is_some();
        match self.screen_at(place).map_or(Answer::Pass, |screen| screen.press(&context, &press)) {
            Answer::Asks(asks) => self.fulfil(asks),
            Answer::Prefix => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            Answer::Wait => self.wait_for_rows(press),
            Answer::Pass if is_text => Vec::new(),
            Answer::Pass => self.global(press),
        }
    }

    pub(super) fn global(&mut self, press: Press) -> Vec<Effect> {
        match find(KEYS, &press.name) {
            Found::Hit(msg) if self.login.is_none() || allowed_at_the_gate(msg) => self.act(msg),
            Found::Prefix if self.login.is_none() => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            // Esc with nothing to undo, or at the end of a sequence, does nothing.
            Found::Miss if self.login.is_none() && press.key.code != KeyCode::Esc => {
                let words = format!("There is no key {} here.", shown(&press.name));
                let unknown = Failure::new(FailureKind::Invalid, words).hint("? shows all keys.");
                self.fulfil_one(Ask::ShowError(unknown))
            }
            Found::Hit(_) | Found::Prefix | Found::Miss => Vec::new(),
        }
    }

    pub(super) fn act(&mut self, msg: Global) -> Vec<Effect> {
        if msg.changes() && self.is_read_only() {
            return self.refuse_to_change();
        }
        match msg {
            Global::To(place) => self.go(place, None),
            Global::PendingBoard => self.fulfil(vec![Ask::Go(Route::Users(Some("status:pending".into())))]),
            Global::EndedBoard => self.fulfil(vec![Ask::Go(Route::Sessions(Some("status:expired".into())))]),
            Global::BinBoard => self.fulfil(vec![Ask::Go(Route::Bin)]),
            Global::Issue => self.fulfil(vec![Ask::Open(Overlay::Edit(Box::new(Edit::token(""))))]),
            Global::Sweep => self.fulfil(vec![Ask::Act(Request::Sessions(Sessions::Sweep))]),
            Global::Undo => self.fulfil(vec![Ask::Act(Request::Undo(Undo::Last))]),
            Global::Redo => self.fulfil(vec![Ask::Act(Request::Undo(Undo::Redo))]),
            Global::Help => self.fulfil(vec![Ask::Open(Overlay::Help(HelpDialog::new(self.help())))]),
            Global::Palette => self.fulfil(vec![Ask::Open(Overlay::Palette(self.palette()))]),
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
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            overlay.paste(text);
            return Vec::new();
        }
        self.with_front(
            |screen, context| if screen.takes_text() { screen.paste(context, text) } else { Vec::new() },
        )
    }

    /// The keys of the screen in front, and those that hold everywhere but where the screen has its own.
    pub(crate) fn help(&self) -> Vec<Help> {
        let mut help = self.help_of(self.screen());
        let own: Vec<_> = help.iter().flat_map(|help| help.on).collect();
        let names: Vec<_> = help.iter().map(Help::command).collect();
        let hidden =
            |other: &Help| other.on.iter().all(|on| own.contains(&on)) || names.contains(&other.command());
        let others: Vec<_> = self.everywhere().filter(|other| !hidden(other)).collect();
        help.extend(others);
        help.extend(TYPED);
        help
    }
}

/// Keys that mean something while nobody has logged in.
fn allowed_at_the_gate(msg: Global) -> bool {
    matches!(msg, Global::Redraw | Global::Suspend | Global::Quit)
}
