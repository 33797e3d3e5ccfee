//! What is asked for, and what comes of it.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Model, NOTICE, Notice};
use crate::service::contract::confirmation;
use crate::service::contract::{Caller, Failure, FailureKind, Operator, Reply, Request, SignIn};
use crate::tui::effect::{Ask, Effect, RequestId, Slot};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::secret_dialog::SecretDialog;
use crate::tui::pending::Purpose;
use crate::tui::screens::{Press, ScreenId};

impl Model {
    /// Does what a screen or a box asks for.
    pub(super) fn fulfil(&mut self, asks: Vec<Ask>) -> Vec<Effect> {
        asks.into_iter().flat_map(|ask| self.fulfil_one(ask)).collect()
    }

    pub(super) fn fulfil_one(&mut self, ask: Ask) -> Vec<Effect> {
        match ask {
            Ask::Load(slot, request) => self.perform(Purpose::Load(self.place(), slot), request, false),
            Ask::Act(request) => self.submit(request),
            Ask::Open(overlay) => {
                self.overlay = Some(overlay);
                Vec::new()
            }
            Ask::Close => {
                self.overlay = None;
                Vec::new()
            }
            Ask::Go(route) => {
                let (place, filter) = route.place();
                self.go(place, filter)
            }
            Ask::Enter(operator) => self.enter(operator),
            Ask::Notice(text) => {
                self.say(text);
                Vec::new()
            }
            Ask::ShowError(failure) => {
                self.notice = Some(Notice::Failed(failure));
                Vec::new()
            }
            Ask::Copy(text) => {
                self.say("Copied".into());
                vec![Effect::Copy(text)]
            }
            Ask::Record(file) => self.record(file),
            Ask::Press(named) => {
                let key = KeyEvent::from(KeyCode::Null);
                self.press(Press { key, name: named })
            }
            Ask::Command(name, argument) => self.command(name, &argument),
            Ask::Row(row) => self.with_front(|screen, context| screen.go_to(context, row)),
            Ask::Quit => self.quit(),
        }
    }

    pub(super) fn perform(&mut self, purpose: Purpose, request: Request, dry_run: bool) -> Vec<Effect> {
        let caller = self.operator.as_ref().map_or(Caller::Nobody, Operator::caller);
        let doing = if dry_run { "counting" } else { request.progress() };
        let (request_id, superseded) = self.pending.issue(purpose, doing, self.now);
        if purpose == Purpose::Act {
            self.runbook.begun(request_id, &request, self.operator.as_ref());
        }
        let mut effects: Vec<_> = superseded.into_iter().map(Effect::Cancel).collect();
        if !request.is_read() && purpose != Purpose::Check {
            effects.extend(self.pause_check());
        }
        effects.push(Effect::Perform { request_id, caller, request, dry_run });
        effects
    }

    pub(super) fn done(&mut self, request_id: RequestId, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(purpose) = self.pending.redeem(request_id) else { return Vec::new() };
        if let Err(Failure { kind: FailureKind::SignedOut, message, .. }) = &result {
            let message = message.clone();
            return self.signed_out(&message);
        }
        let mut effects = match &result {
            Err(failure) => self.heed_damage(failure),
            Ok(_) => Vec::new(),
        };
        effects.extend(self.follow_up(request_id, purpose, result));
        effects
    }

    fn follow_up(
        &mut self,
        request_id: RequestId,
        purpose: Purpose,
        result: Result<Reply, Failure>,
    ) -> Vec<Effect> {
        match (purpose, result) {
            (Purpose::Load(place, slot), result) => self.loaded(place, slot, result),
            (Purpose::Count, result) => self.counted(result),
            (Purpose::Act, Ok(reply)) => {
                self.overlay.take_if(|overlay| overlay.awaits(request_id));
                self.acted(request_id, reply)
            }
            (Purpose::Act, Err(failure)) => {
                self.runbook.failed(request_id);
                if let Some(overlay) = self.overlay.as_mut().filter(|overlay| overlay.awaits(request_id)) {
                    overlay.refuse(&failure);
                    return Vec::new();
                }
                self.notice = Some(Notice::Failed(failure));
                // A part of it may have been done.
                self.with_front(|screen, context| screen.refresh(context))
            }
            (Purpose::StillIn, Ok(Reply::SignedIn(operator))) => {
                self.operator = Some(operator);
                Vec::new()
            }
            (Purpose::StillIn | Purpose::Damage, _) => Vec::new(),
            (Purpose::Check, result) => self.checked(result),
        }
    }

    pub(super) fn loaded(
        &mut self,
        place: ScreenId,
        slot: Slot,
        result: Result<Reply, Failure>,
    ) -> Vec<Effect> {
        let context = self.context();
        let failed = result.is_err();
        let asks =
            self.screen_at(place).map(|screen| screen.reply(&context, slot, result)).unwrap_or_default();
        // A screen that is no longer in front asks for nothing more; it reads again when it comes back.
        if place != self.place() {
            return Vec::new();
        }
        let mut effects = self.fulfil(asks);
        match slot {
            Slot::Rows | Slot::Range if failed => self.ahead.clear(),
            Slot::Rows | Slot::Range => effects.extend(self.press_ahead()),
            Slot::Detail | Slot::Prefetch | Slot::Single => {}
        }
        effects
    }

    pub(super) fn acted(&mut self, request_id: RequestId, reply: Reply) -> Vec<Effect> {
        let mut effects = self.note(request_id, &reply);
        match reply {
            Reply::Done(summary) => {
                let until = self.now + NOTICE;
                let hint = confirmation::hint(&summary).filter(|_| summary.touched() > 0);
                let also = self.runbook.has_command().then_some("Y copies the command");
                self.notice = Some(Notice::Info {
                    text: summary.done(),
                    is_done: summary.touched() > 0,
                    hint,
                    also,
                    until,
                });
            }
            Reply::Secret { summary, secret, expires_at } => {
                self.overlay = Some(Overlay::SecretDialog(SecretDialog::new(&summary, secret, expires_at)));
            }
            _ => {}
        }
        effects.extend(self.with_front(|screen, context| screen.refresh(context)));
        effects
    }

    pub(super) fn store_changed(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.operator.is_some() {
            effects = self.perform(Purpose::StillIn, Request::SignIn(SignIn::StillIn), false);
        }
        effects.extend(self.with_front(|screen, context| screen.refresh(context)));
        effects
    }
}
