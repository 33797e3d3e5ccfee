//! Log-in and log-out.

use crate::domain::failed_tries::FailedLogIns;
use crate::domain::text::{grouped, sentence};
use crate::domain::time::{Duration, ago};
use crate::service::contract::{Failure, FailureKind, Operator, Request, SignIn};
use crate::tui::effect::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::{Asked, Confirm};
use crate::tui::pending::Purpose;
use crate::tui::screens::login::LoginScreen;
use crate::tui::screens::screen::Screen;
use crate::tui::trail::Trail;

use super::{Model, NOTICE, Notice, Screens};

/// The wait for the preferences, which may lie on a slow disk, before the first list is read without them.
const PREFERENCES_WAIT: Duration = Duration::milliseconds(500);

impl Model {
    /// Lets an operator in; whoever unlocks the console finds it as it was.
    pub(super) fn enter(&mut self, operator: Operator) -> Vec<Effect> {
        let back = self.operator.as_ref().is_some_and(|before| before.caller() == operator.caller());
        let account = operator.id;
        let failed = operator.failed.clone();
        let ended = operator.ended_consoles;
        self.operator = Some(operator);
        self.proved = Some(self.now);
        self.login = None;
        self.notice = None;
        let withheld = self.withheld.take();
        let mut effects = Vec::new();
        if back {
            self.show_withheld(withheld);
        } else {
            self.say_read_only();
            self.say_ended_consoles(ended);
            effects.extend(self.runbook.forget());
            effects.push(self.load_preferences(account));
            self.screens = Screens::default();
            self.front = self.start.front;
            self.overlay = None;
            self.asking = None;
        }
        if back {
            effects.extend(self.open_front());
        } else {
            // The list is read once, in the order that is remembered.
            self.opens_by = Some(self.now + PREFERENCES_WAIT);
            let view = self.screen().map(Screen::list_view).unwrap_or_default();
            self.trail = Trail::new(self.front, view);
            self.tab_counts = None;
        }
        effects.extend(self.count_tabs());
        if let Some(failed) = failed {
            self.say_failed(&failed);
        }
        effects
    }

    /// Tells of failed log-ins. The notice stays until a key is pressed.
    fn say_failed(&mut self, failed: &FailedLogIns) {
        let ago = ago(self.now, failed.last_at);
        let words = sentence(&failed.sentence(&ago));
        self.notify(Notice::Warning(Failure::new(FailureKind::Refused, words)));
    }

    /// Says that the log-in ended other console sessions of the account.
    fn say_ended_consoles(&mut self, ended: u64) {
        let which = match ended {
            0 => return,
            1 => "Your oldest console session was ended".to_owned(),
            n => format!("Your {} oldest console sessions were ended", grouped(n)),
        };
        self.say_nothing_done(format!("{which}: sessions.max in the config file allows no more at once"));
    }

    /// Opens the screen in front as it was left.
    pub(super) fn open_front(&mut self) -> Vec<Effect> {
        self.opens_by = None;
        self.with_front(|screen, context| screen.open(context, None))
    }

    /// Reads the screen in front again, unless it is not open yet.
    pub(super) fn refresh_front(&mut self) -> Vec<Effect> {
        if self.opens_by.is_some() {
            return Vec::new();
        }
        self.with_front(|screen, context| screen.refresh(context))
    }

    /// Shows the log-in after a session has ended, and drops everything of the operator.
    pub(super) fn signed_out(&mut self, why: &str) -> Vec<Effect> {
        self.operator = None;
        self.proved = None;
        self.withheld = None;
        self.own_console = None;
        self.opens_by = None;
        self.tab_counts = None;
        self.overlay = None;
        self.asking = None;
        self.prefix = None;
        self.ahead.clear();
        self.pending.forget_all();
        self.screens = Screens::default();
        self.login = Some(LoginScreen::new(&self.start));
        self.notify(Notice::Failed(Failure::new(FailureKind::SignedOut, why)));
        let mut effects = Vec::from_iter(self.runbook.forget());
        effects.extend(self.with_front(|screen, context| screen.open(context, None)));
        effects
    }

    /// Leaves, or asks first if an action is under way or a form holds unsaved text.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        let why = self.reasons_to_stay();
        if why.is_empty() {
            return self.leave();
        }
        if self.asking.as_ref().is_some_and(|asking| *asking.asked() == Asked::Leave) {
            return Vec::new();
        }
        let mut effects = self.cancel_question();
        let request_id = self.pending.unused_id();
        self.asking = Some(Confirm::leave(why, request_id, self.now));
        effects.push(Effect::Watch(request_id));
        effects
    }

    /// Returns what leaving would stop or drop, in sentences.
    fn reasons_to_stay(&self) -> Vec<String> {
        let mut why = Vec::new();
        if self.operator.is_none() {
            return why;
        }
        if self.pending.has_action() {
            why.push("Work is under way.".into());
        }
        match self.overlay.as_ref().and_then(Overlay::unsaved) {
            // A locked console does not tell what it hides.
            Some(_) if self.login.is_some() => why.push("A form holds text that is not saved.".into()),
            Some(form) => why.push(format!("{} holds text that is not saved.", form.unsaved().0)),
            None => {}
        }
        why
    }

    /// Logs out and leaves.
    pub(super) fn leave(&mut self) -> Vec<Effect> {
        // The session that ends is the admin's.
        self.restore_own_console();
        let mut effects: Vec<_> = self.pending.forget_all().into_iter().map(Effect::Cancel).collect();
        if let Some(operator) = self.operator.take() {
            let (request_id, _) = self.pending.add(Purpose::Action, "logging out", self.now);
            effects.push(Effect::Perform {
                request_id,
                caller: operator.caller(),
                request: Request::SignIn(SignIn::LogOut),
                dry_run: false,
            });
        }
        effects.push(Effect::Leave);
        effects
    }

    pub(super) fn say(&mut self, text: String) {
        self.notice_for(text, true);
    }

    /// Shows a notice without a tick, because there was nothing to do.
    pub(super) fn say_nothing_done(&mut self, text: String) {
        self.notice_for(text, false);
    }

    fn notice_for(&mut self, text: String, is_done: bool) {
        let until = self.now + NOTICE;
        self.notify(Notice::Info { text, is_done, hint: None, also: None, until });
    }
}
