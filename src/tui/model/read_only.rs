//! The read-only console, its messages, and the keys that are left out there or because the operator is no admin.

use crate::domain::user::AccessLevel;
use crate::service::contract::{Check, Failure, FailureKind, Request};
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::keys::{Help, Key};
use crate::tui::pending::Purpose;
use crate::tui::screens::screen::Screen;
use crate::tui::startup::ReadOnly;

use super::global_keys::{Global, KEYS};
use super::{Model, Notice};

impl Model {
    pub(super) fn is_read_only(&self) -> bool {
        self.start.read_only.is_some()
    }

    pub(super) fn read_only_mark(&self) -> Option<&'static str> {
        self.start.read_only.as_ref().map(ReadOnly::mark)
    }

    /// Returns the reason why nothing can be changed now. A console that is seen as somebody else shows the keys for changes,
    /// as that account gets them.
    pub(super) fn refusal(&self) -> Option<Failure> {
        let read_only = self.start.read_only.as_ref().map(|read_only| read_only.why.clone());
        read_only.or_else(|| self.viewing_refusal())
    }

    /// Returns the reason why this cannot be done now. What only writes a file can be done over a store that is only read.
    pub(super) fn refusal_of(&self, request: &Request) -> Option<Failure> {
        if request.acts_on_files_alone() { self.viewing_refusal() } else { self.refusal() }
    }

    /// Refuses a change and says why.
    pub(super) fn refuse_to_change(&mut self) -> Vec<Effect> {
        if let Some(why) = self.refusal() {
            self.notify(Notice::Failed(why));
        }
        Vec::new()
    }

    /// Says once why nothing can be changed, unless the operator started the console so.
    pub(super) fn say_read_only(&mut self) {
        if let Some(ReadOnly { why, wanted: false }) = &self.start.read_only {
            self.notify(Notice::Warning(why.clone()));
        }
    }

    /// Makes the console read-only once damage was found, and has the damage recorded.
    pub(super) fn note_damage(&mut self, failure: &Failure) -> Vec<Effect> {
        let is_known = |read_only: &ReadOnly| read_only.why.kind == FailureKind::Damaged;
        if failure.kind != FailureKind::Damaged || self.start.read_only.as_ref().is_some_and(is_known) {
            return Vec::new();
        }
        self.start.read_only = Some(ReadOnly { why: failure.clone(), wanted: false });
        self.say_read_only();
        self.send(Purpose::Damage, Request::Check(Check::Damaged), false)
    }

    /// Returns the keys of a screen that can be used now.
    pub(super) fn help_of(&self, screen: &dyn Screen) -> Vec<Help> {
        let mut help = screen.help();
        if self.is_read_only() {
            help.retain(|help| !help.on.iter().any(|on| screen.changes(on)));
        }
        if self.is_plain_user() {
            help.retain(|help| !help.on.iter().any(|on| screen.needs_admin(on)));
        }
        help
    }

    /// Returns the reason why a form is not opened: nobody fills in what they may not send.
    pub(super) fn form_refusal(&self, dialog: &Dialog) -> Option<Failure> {
        match dialog {
            Dialog::Form(form) if self.is_plain_user() => form.right().refusal(),
            Dialog::Form(_) | Dialog::Columns { .. } | Dialog::PasswordMenu { .. } => None,
        }
    }

    /// Returns true if the operator is no admin.
    fn is_plain_user(&self) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.level == AccessLevel::User)
    }

    /// Returns the global keys that can be used now.
    pub(super) fn everywhere(&self) -> impl Iterator<Item = Help> {
        let (read_only, is_plain) = (self.is_read_only(), self.is_plain_user());
        let is_hidden = move |msg: Global| (read_only && msg.changes()) || (is_plain && msg.needs_admin());
        KEYS.iter().filter(move |key| !is_hidden(key.msg)).map(Key::help)
    }

    /// Returns the names of the commands that are left out, and the reason.
    pub(super) fn withheld(&self) -> Option<(Vec<String>, Failure)> {
        let why = self.start.read_only.as_ref()?.why.clone();
        let mut keys: Vec<_> = KEYS.iter().filter(|key| Global::changes(key.msg)).map(Key::help).collect();
        for screen in self.screens.iter() {
            keys.extend(screen.help().into_iter().filter(|help| help.on.iter().any(|on| screen.changes(on))));
        }
        let specs = self.start.commands.interpreter.specs().into_iter().filter(|spec| spec.changes);
        let names = keys.iter().map(|help| help.command().to_owned()).chain(specs.map(|spec| spec.name));
        Some((names.collect(), why))
    }
}
