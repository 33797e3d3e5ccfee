//! Asks of screens and dialogs on the way in, requests on the way out, and their replies.

use crossterm::event::{KeyCode, KeyEvent};

use crate::service::contract::{Caller, Failure, FailureKind, Operator, Reply, Request, SignIn};
use crate::tui::effect::{Ask, Effect, RequestId, Slot};
use crate::tui::keys::Press;
use crate::tui::overlays::Overlay;
use crate::tui::pending::Purpose;
use crate::tui::route::ScreenId;

use super::{Model, Notice};

impl Model {
    /// Fulfils the asks of a screen or a dialog.
    pub(super) fn fulfil(&mut self, asks: Vec<Ask>) -> Vec<Effect> {
        asks.into_iter().flat_map(|ask| self.fulfil_one(ask)).collect()
    }

    pub(super) fn fulfil_one(&mut self, ask: Ask) -> Vec<Effect> {
        match ask {
            Ask::Query(slot, request) => {
                debug_assert!(request.is_read(), "a query must not write");
                self.send(Purpose::Screen(self.current_screen(), slot), request, false)
            }
            Ask::Perform(slot, request) => {
                self.send(Purpose::Screen(self.current_screen(), slot), request, false)
            }
            Ask::Submit(request) => self.submit(request),
            Ask::Open(dialog) => {
                match self.form_refusal(&dialog) {
                    Some(why) => self.show_notice(Notice::Failed(why)),
                    None => self.overlay = Some(Overlay::new(dialog)),
                }
                Vec::new()
            }
            Ask::Close => self.close(),
            Ask::Go(route) => self.go(&route),
            Ask::Enter(operator) => self.enter(operator),
            Ask::Notice(text) => {
                self.say(text);
                Vec::new()
            }
            // While the console is locked, only the lock itself asks for one.
            Ask::ShowError(failure) => {
                self.show_notice(Notice::Failed(failure));
                Vec::new()
            }
            Ask::Copy(text) => {
                self.say("Copied".into());
                vec![Effect::Copy(text)]
            }
            Ask::RememberFilter(filter) => self.remember_filter(&filter),
            Ask::ChooseColumns(titles) => self.with_front(|screen, _| screen.choose_columns(&titles)),
            Ask::Remember(list) => {
                let screen = self.current_screen().name();
                self.remember(|preferences| {
                    preferences.lists.insert(screen.to_owned(), list);
                })
            }
            Ask::Record(file) => self.record(file),
            Ask::Press(named) => {
                let key = KeyEvent::from(KeyCode::Null);
                self.press_named(Press { key, name: named })
            }
            Ask::Command(name, argument) => self.command(name, &argument),
            Ask::Export(file) => self.export(&file),
            Ask::Run(words) => self.run_command(words),
            Ask::Complete(completion, text) => self.complete(completion, &text),
            Ask::Verify(request) => self.send(Purpose::Verify, request, false),
            Ask::Row(row) => self.with_front(|screen, context| screen.go_to(context, row)),
            Ask::Quit => self.quit(),
        }
    }

    /// Sends a request to a worker, and cancels those that it supersedes.
    pub(super) fn send(&mut self, purpose: Purpose, request: Request, dry_run: bool) -> Vec<Effect> {
        let caller = self.operator.as_ref().map_or(Caller::Nobody, Operator::caller);
        let doing = if dry_run { "counting" } else { request.progress() };
        let (request_id, superseded) = self.pending.add(purpose, doing, self.now);
        if purpose == Purpose::Action {
            self.runbook.begun(request_id, &request, self.operator.as_ref());
        }
        let mut effects: Vec<_> = superseded.into_iter().map(Effect::Cancel).collect();
        if !request.is_read() && purpose != Purpose::Check {
            effects.extend(self.pause_check());
        }
        effects.push(Effect::Perform { request_id, caller, request, dry_run });
        effects
    }

    /// Takes the reply to a request. One that nobody waits for any more is dropped.
    pub(super) fn receive(&mut self, request_id: RequestId, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(purpose) = self.pending.take(request_id) else { return Vec::new() };
        if let Err(Failure { kind: FailureKind::SignedOut, message, .. }) = &result {
            let message = message.clone();
            return self.signed_out(&message);
        }
        let mut effects = match &result {
            Err(failure) => self.note_damage(failure),
            Ok(_) => Vec::new(),
        };
        effects.extend(match purpose {
            Purpose::Screen(screen, slot) => self.reply_to_screen(screen, slot, result),
            Purpose::Count => self.counted(result),
            Purpose::Action => self.done(request_id, result),
            Purpose::Proof => self.proof_checked(result),
            Purpose::StillIn => {
                match result {
                    Ok(Reply::SignedIn(operator)) => {
                        self.operator = Some(operator);
                        Vec::new()
                    }
                    // The account that the console is seen as gets none any more.
                    Err(failure) if self.own_console.is_some() => {
                        let effects = self.end_viewing();
                        self.notify(Notice::Failed(failure));
                        effects
                    }
                    Ok(_) | Err(_) => Vec::new(),
                }
            }
            Purpose::TabCounts => {
                self.take_tab_counts(&result);
                Vec::new()
            }
            Purpose::Check => self.checked(result),
            Purpose::Damage | Purpose::Print | Purpose::Export => Vec::new(),
            Purpose::Completion => {
                if let (Some(overlay), Ok(reply)) = (&mut self.overlay, result) {
                    overlay.complete(reply);
                }
                Vec::new()
            }
            Purpose::LookUp => self.looked_up(result),
            Purpose::FactorOffer => self.factor_offered(result),
            Purpose::ViewAs => self.view_as(result),
            Purpose::Verify => {
                let context = self.context();
                if let Some(Overlay::Verify(verify)) = &mut self.overlay {
                    verify.answered(&context, result);
                }
                Vec::new()
            }
        });
        effects
    }

    fn reply_to_screen(
        &mut self,
        screen: ScreenId,
        slot: Slot,
        result: Result<Reply, Failure>,
    ) -> Vec<Effect> {
        let context = self.context();
        let failed = result.is_err();
        let asks =
            self.screen_mut(screen).map(|screen| screen.reply(&context, slot, result)).unwrap_or_default();
        // A screen that is no longer in front asks for nothing more; it reads again when it comes back.
        if screen != self.current_screen() {
            return Vec::new();
        }
        let mut effects = self.fulfil(asks);
        match slot {
            Slot::Rows | Slot::Range | Slot::Completion if failed => self.ahead.clear(),
            Slot::Rows | Slot::Range | Slot::Completion => effects.extend(self.press_ahead()),
            Slot::Detail | Slot::Prefetch | Slot::Single => {}
        }
        effects
    }

    /// Reads again what may have changed with the store: the operator's session and the screen in front.
    pub(super) fn store_changed(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.operator.is_some() {
            effects = self.send(Purpose::StillIn, Request::SignIn(SignIn::StillIn), false);
        }
        effects.extend(self.refresh_front());
        effects.extend(self.count_tabs());
        effects
    }
}
