//! The way of a key to the dialog, the screen or the global keys.

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, FailureKind, Request, Sessions, Undo};
use crate::tui::dialog::FormDialog;
use crate::tui::effect::{Ask, Effect};
use crate::tui::keymap::Translated;
use crate::tui::keys::{Found, Help, Press, find, follow_ups, name, shown, typed};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::help::HelpDialog;
use crate::tui::overlays::palette::VIEW_AS;
use crate::tui::overlays::verify::VerifyDialog;
use crate::tui::route::Route;
use crate::tui::screens::screen::{Answer, Screen};

use super::global_keys::{Global, KEYS, TYPED};
use super::{Model, Notice, keymap};

impl Model {
    /// Returns true while keys type a text: into the palette, or on the screen in front.
    pub fn takes_text(&self) -> bool {
        match self.open_dialog() {
            Some(dialog) => dialog.command_line().is_some(),
            None => self.screen().is_some_and(Screen::takes_text),
        }
    }

    /// Takes a key. While one waits for rows, all others wait behind it, so that they keep their order; but Ctrl-C
    /// leaves.
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if self.ahead.is_waiting() && name(key) != "ctrl-c" {
            self.ahead.push(key, self.now);
            return Vec::new();
        }
        self.key_of(key, self.now)
    }

    /// Handles a key that was pressed at this time.
    pub(super) fn key_of(&mut self, key: KeyEvent, at: Timestamp) -> Vec<Effect> {
        let alone = name(key);
        self.typing.press(&alone, at);
        self.clicked = None;
        // While a question covers it, it is not read yet.
        if self.asking.is_none() && self.notice.as_ref().is_some_and(Notice::stays) {
            if self.scroll_notice(&alone) {
                return Vec::new();
            }
            self.notice = None;
        }
        let prefix = self.prefix.take();
        if alone == "ctrl-c" {
            return self.quit();
        }
        if self.asking.is_some() {
            return self.answer(key);
        }
        let named = prefix.map_or(alone.clone(), |prefix| format!("{prefix} {alone}"));
        // The menu from which it is being made takes nothing but Esc any more.
        if matches!(self.overlay, Some(Overlay::Menu(_))) && self.awaits_secret() && named != "esc" {
            return self.press_before_secret(named);
        }
        let context = self.context();
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            let line = overlay.command_line();
            let asks = overlay.press(&context, key);
            let mut effects = self.fulfil(asks);
            if key.code == KeyCode::Enter {
                effects.extend(self.remember_command(line));
            }
            return effects;
        }
        if self.typing.is_held() {
            return Vec::new();
        }
        if named == "esc"
            && !self.is_locked()
            && let Some(request_id) = self.pending.stop()
        {
            return vec![Effect::Cancel(request_id)];
        }
        if self.awaits_secret() {
            return self.press_before_secret(named);
        }
        self.press_named(Press { key, name: named })
    }

    /// Presses a key that comes before the dialog of a secret, for which it may be meant. Only a key that reaches neither the
    /// list nor the dialog works already.
    fn press_before_secret(&mut self, name: String) -> Vec<Effect> {
        let key = match self.start.keymap.translate(self.current_screen(), &name) {
            Translated::Key(key) => key,
            Translated::Prefix => {
                self.prefix = Some(name);
                return Vec::new();
            }
            Translated::Nothing => return Vec::new(),
        };
        match find(&KEYS, key) {
            Found::Hit(global) if global.works_before_secret() => self.global(global),
            Found::Hit(_) | Found::Prefix | Found::Miss => Vec::new(),
        }
    }

    /// Presses a key by the name that the operator gave it.
    pub(super) fn press_named(&mut self, press: Press) -> Vec<Effect> {
        if self.screen().is_some_and(Screen::takes_text) {
            return self.press(press);
        }
        match self.start.keymap.translate(self.current_screen(), &press.name) {
            Translated::Key(name) => {
                let name = name.to_owned();
                self.press(Press { name, ..press })
            }
            Translated::Prefix => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            Translated::Nothing => {
                let unknown = self.unknown_key(&press.name);
                self.fulfil_one(Ask::ShowError(unknown))
            }
        }
    }

    pub(super) fn press(&mut self, press: Press) -> Vec<Effect> {
        let context = self.context();
        let takes_text = self.screen().is_some_and(Screen::takes_text);
        let changes = self.screen().is_some_and(|screen| screen.changes(&press.name));
        if !takes_text && changes && self.refusal().is_some() {
            return self.refuse_to_change();
        }
        // A letter that cannot be typed now is no command either: a name with a q in it must not leave.
        let is_text = takes_text && typed(press.key).is_some();
        match self
            .screen_mut(self.current_screen())
            .map_or(Answer::Pass, |screen| screen.press(&context, &press))
        {
            Answer::Asks(asks) => self.fulfil(asks),
            Answer::Prefix => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            Answer::Wait => self.wait_for_rows(press),
            Answer::Pass if is_text => Vec::new(),
            Answer::Pass if takes_text => {
                match self.start.keymap.translate(self.current_screen(), &press.name) {
                    Translated::Key(name) => {
                        let name = name.to_owned();
                        self.press_global(Press { name, ..press })
                    }
                    Translated::Prefix | Translated::Nothing => Vec::new(),
                }
            }
            Answer::Pass => self.press_global(press),
        }
    }

    fn press_global(&mut self, press: Press) -> Vec<Effect> {
        match find(&KEYS, &press.name) {
            Found::Hit(msg) if self.login.is_none() || msg.works_at_login() => self.global(msg),
            Found::Prefix if self.login.is_none() => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            // Esc with nothing to undo, or at the end of a sequence, does nothing.
            Found::Miss if self.login.is_none() && press.key.code != KeyCode::Esc => {
                let unknown = self.unknown_key(&press.name);
                self.fulfil_one(Ask::ShowError(unknown))
            }
            Found::Hit(_) | Found::Prefix | Found::Miss => Vec::new(),
        }
    }

    /// Returns the error for a key without a meaning; behind the first key of a sequence it names those that may follow.
    fn unknown_key(&self, name: &str) -> Failure {
        let words = format!("There is no key {} here.", shown(name));
        let hint = match name.rsplit_once(' ') {
            Some((prefix, _)) => {
                let keys: Vec<_> =
                    follow_ups(&self.help(), prefix).iter().map(|next| shown(next.key)).collect();
                format!("After {}: {}.", shown(prefix), keys.join(" "))
            }
            None => self.with_its_key("? shows all keys."),
        };
        Failure::new(FailureKind::Invalid, words).hint(hint)
    }

    fn global(&mut self, msg: Global) -> Vec<Effect> {
        if msg.changes() && self.refusal().is_some() {
            return self.refuse_to_change();
        }
        match msg {
            Global::Go(screen, filter) => self.go(&Route { screen, filter: filter.map(str::to_owned) }),
            Global::Back => self.go_back(),
            Global::Forward => self.go_forward(),
            Global::Out => self.go_out(),
            Global::Views => self.list_views(),
            Global::Issue => {
                let form = FormDialog::IssueToken { account: String::new() };
                self.fulfil_one(Ask::Open(form.into()))
            }
            Global::Sweep => self.submit(Request::Sessions(Sessions::Sweep)),
            Global::Verify => {
                self.overlay = Some(Overlay::Verify(VerifyDialog::default()));
                Vec::new()
            }
            Global::SecondFactor => self.ask_for_factor(),
            Global::Undo => self.submit(Request::Undo(Undo::Last)),
            Global::Redo => self.submit(Request::Undo(Undo::Redo)),
            Global::Help => {
                let noun = self.screen().map_or("row", Screen::row_noun);
                self.overlay = Some(Overlay::Help(HelpDialog::new(self.help(), noun)));
                Vec::new()
            }
            Global::Palette => {
                self.overlay = Some(Overlay::Palette(Box::new(self.palette())));
                Vec::new()
            }
            Global::CopyCommand => match self.runbook.last(&self.start.store) {
                Ok(line) => self.fulfil_one(Ask::Copy(line)),
                Err(why) => self.fulfil_one(Ask::refusal(why)),
            },
            Global::Times => {
                self.times = self.times.next(self.start.local_zone.is_some());
                Vec::new()
            }
            Global::Mouse => self.switch_mouse(),
            Global::Lock => self.lock(),
            Global::Redraw => vec![Effect::Redraw],
            Global::Suspend => vec![Effect::Suspend],
            Global::Quit => self.quit(),
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.typing.touch(self.now);
        if let Some(asking) = &mut self.asking {
            asking.paste(text, self.now);
            return Vec::new();
        }
        if let Some(overlay) = self.overlay.as_mut().filter(|_| self.login.is_none()) {
            let asks = overlay.paste(text);
            return self.fulfil(asks);
        }
        self.with_front(
            |screen, context| if screen.takes_text() { screen.paste(context, text) } else { Vec::new() },
        )
    }

    /// Returns the keys of the screen in front, and the global keys that the screen does not replace.
    pub(crate) fn help(&self) -> Vec<Help> {
        let own = self.screen().map(|screen| self.help_of(screen)).unwrap_or_default();
        let mut help = keymap::joined(own, self.everywhere());
        let may_name_files = self.may_name_files();
        help.extend(TYPED.into_iter().filter(|typed| may_name_files || !typed.names_file()));
        if !self.may_view_as() {
            help.retain(|typed| typed.name != VIEW_AS.1);
        }
        self.with_their_keys(help)
    }
}
