//! The way of an action: submit, count, confirm, perform, done.
//!
//! All actions of all screens and dialogs take it. [`confirmation`] decides which of them are counted and asked about.

use crossterm::event::KeyEvent;

use crate::service::contract::confirmation::{self, Confirmation, FrontEnd};
use crate::service::contract::{
    ActionSummary, BackupReply, CountedRows, Failure, FailureKind, Reply, Request,
};
use crate::tui::effect::{Effect, RequestId};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::{Asked, Choice, Confirm};
use crate::tui::overlays::factor_slip::FactorSlipDialog;
use crate::tui::overlays::secret_dialog::SecretDialog;
use crate::tui::pending::Purpose;

use super::{MIN_SIZE, Model, NOTICE, Notice};

impl Model {
    /// Submits an action: performs it at once, or counts its rows first.
    ///
    /// While a question is open, no other action begins; nor by keys that came in one burst with the key that
    /// submitted it.
    pub(super) fn submit(&mut self, request: Request) -> Vec<Effect> {
        if self.asking.is_some() || !self.typing.may_submit() {
            return Vec::new();
        }
        if let Some(why) = self.refusal_of(&request) {
            self.refuse(why);
            return Vec::new();
        }
        self.typing.submitted();
        // A grave action that needs no question gets one, for the password.
        let must_prove = request.proof_need().holds(false) && !self.is_proof_recent();
        if must_prove || request.must_be_counted(FrontEnd::Console) {
            self.count(request)
        } else {
            self.perform(request)
        }
    }

    /// Finds out which rows an action would touch, and opens the question about it.
    fn count(&mut self, request: Request) -> Vec<Effect> {
        let effects = self.send(Purpose::Count, request.clone(), true);
        if let Some(Effect::Perform { request_id, .. }) = effects.last() {
            self.asking = Some(Confirm::new(request, *request_id, self.now));
        }
        effects
    }

    /// Takes the count: the rows that an action would touch, or the reason why it cannot be done.
    pub(super) fn counted(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(asking) = self.asking.take() else { return Vec::new() };
        let Asked::Action { request, .. } = asking.asked().clone() else { return Vec::new() };
        match result {
            Ok(Reply::Counted { summary, .. }) if summary.list.is_some() => {
                self.ask_to_add_all(request, &summary)
            }
            Ok(Reply::Counted { summary, .. }) if summary.touched() == 0 => {
                self.overlay.take_if(|overlay| matches!(overlay, Overlay::Edit(_) | Overlay::Menu(_)));
                self.say_nothing_done(summary.done());
                Vec::new()
            }
            Ok(Reply::Counted { summary, rows }) => self.confirm(asking, request, &summary, rows),
            Ok(Reply::Imported(report)) => {
                let Request::Import(import) = request else { return Vec::new() };
                self.ask_to_import(import, &report)
            }
            Ok(Reply::Diagnosis(foreseen)) => self.ask_to_repair(request, &foreseen),
            Ok(Reply::Backup(foreseen)) => self.ask_about_backup(request, &foreseen),
            Ok(_) => {
                let words = "NEXUS cannot tell what this would touch, so nothing was done.";
                self.refuse(Failure::new(FailureKind::Other, words));
                Vec::new()
            }
            Err(failure) => {
                match &failure.report {
                    Some(report) => self.show_import(Some(&failure), report),
                    None => self.refuse(failure),
                }
                Vec::new()
            }
        }
    }

    /// Asks about the counted rows, or performs the action on them if it needs no question.
    fn confirm(
        &mut self,
        mut asking: Confirm,
        request: Request,
        summary: &ActionSummary,
        rows: CountedRows,
    ) -> Vec<Effect> {
        let must_prove = request.proof_need().holds(summary.changes_level) && !self.is_proof_recent();
        match Confirmation::of(&request, summary, FrontEnd::Console) {
            Confirmation::AtOnce if !must_prove => self.perform(request.for_rows(rows)),
            confirmation => {
                asking.counted(summary, rows, confirmation, self.way_back(summary).as_deref());
                self.ask(asking)
            }
        }
    }

    /// Handles a whole text as the answer to the question.
    pub(super) fn answer_text(&mut self, text: &str) -> Vec<Effect> {
        let choice = self.asking.as_mut().map_or(Choice::Stay, |asking| asking.answer(text));
        self.chosen(choice)
    }

    /// Handles a key for the question.
    pub(super) fn answer(&mut self, key: KeyEvent) -> Vec<Effect> {
        let (now, context) = (self.now, self.context());
        let choice = self.asking.as_mut().map_or(Choice::Stay, |asking| asking.press(&context, key, now));
        self.chosen(choice)
    }

    fn chosen(&mut self, choice: Choice) -> Vec<Effect> {
        match choice {
            Choice::Stay => Vec::new(),
            Choice::Cancel => self.cancel_question(),
            Choice::Accept if self.lacks_proof() => {
                // It was recent enough when the box opened.
                self.asking.take().map_or_else(Vec::new, |asking| self.ask(asking))
            }
            Choice::Accept => self.accept(),
            Choice::Prove => self.prove(),
        }
    }

    /// Does what the question is about.
    pub(super) fn accept(&mut self) -> Vec<Effect> {
        match self.asking.take().map(Confirm::into_asked) {
            Some(Asked::Action { request, .. }) => {
                self.typing.submitted();
                self.perform(request)
            }
            Some(Asked::DropForm) => {
                self.overlay = None;
                Vec::new()
            }
            Some(Asked::Overwrite) => self.overwrite(),
            Some(Asked::Leave) => self.leave(),
            None => Vec::new(),
        }
    }

    /// Closes the dialog on top; asks first if it holds text that was not saved.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        let Some(form) = self.overlay.as_ref().and_then(Overlay::unsaved) else {
            self.overlay = None;
            return self.pending.forget(Purpose::Completion).into_iter().map(Effect::Cancel).collect();
        };
        let (title, fields) = form.unsaved();
        let request_id = self.pending.unused_id();
        self.asking = Some(Confirm::drop_form(title, &fields, request_id, self.now));
        vec![Effect::Watch(request_id)]
    }

    /// Closes the question and performs nothing; a form below it stays as it was.
    pub(super) fn cancel_question(&mut self) -> Vec<Effect> {
        self.asking = None;
        self.typed.exporting = None;
        let purposes = [Purpose::Count, Purpose::Proof];
        purposes.into_iter().flat_map(|purpose| self.pending.forget(purpose)).map(Effect::Cancel).collect()
    }

    /// Performs an action that needs no question, or whose question was answered with yes.
    pub(super) fn perform(&mut self, request: Request) -> Vec<Effect> {
        let makes_secret = request.makes_secret();
        let mut effects = self.send(Purpose::Action, request, false);
        if let (true, None | Some(Overlay::Menu(_)), Some(Effect::Perform { request_id, .. })) =
            (makes_secret, &self.overlay, effects.last())
        {
            self.secret_due = Some(*request_id);
        }
        match &mut self.overlay {
            Some(overlay) => {
                if let Some(Effect::Perform { request_id, .. }) = effects.last() {
                    overlay.sent(*request_id);
                }
            }
            // The marks were for this action; rows that are marked while it runs are for the next one.
            None => effects.extend(self.with_front(|screen, _| {
                screen.clear_marks();
                Vec::new()
            })),
        }
        effects
    }

    /// Returns true while keys and clicks are meant for the dialog of a secret that is still being made.
    pub(super) fn awaits_secret(&self) -> bool {
        self.login.is_none() && self.secret_due.is_some_and(|request_id| self.pending.holds(request_id))
    }

    /// Takes the result of an action: shows it, and has the screen in front read again.
    pub(super) fn done(&mut self, request_id: RequestId, result: Result<Reply, Failure>) -> Vec<Effect> {
        let reply = match result {
            Ok(reply) => reply,
            Err(failure) => return self.failed(request_id, failure),
        };
        self.overlay.take_if(|overlay| overlay.awaits(request_id));
        let mut effects = self.note(request_id, &reply);
        if let Reply::Backup(reply) = &reply
            && matches!(**reply, BackupReply::Restored(_))
        {
            effects.extend(self.restored(reply));
            return effects;
        }
        self.show_report(&reply);
        if let Reply::FactorSet(slip) = reply {
            self.overlay = Some(Overlay::FactorSlip(Box::new(FactorSlipDialog::new(*slip))));
            effects.extend(self.with_front(|screen, context| screen.refresh(context)));
            return effects;
        }
        match reply.into_result() {
            Some((summary, None)) => self.say_done(&summary),
            Some((summary, Some((secret, expires_at)))) => {
                self.overlay = Some(Overlay::SecretDialog(SecretDialog::new(&summary, secret, expires_at)));
            }
            None => {}
        }
        effects.extend(self.with_front(|screen, context| screen.refresh(context)));
        effects
    }

    fn failed(&mut self, request_id: RequestId, failure: Failure) -> Vec<Effect> {
        self.runbook.failed(request_id);
        if failure.kind == FailureKind::ProofNeeded {
            self.proved = None;
        }
        if let Some(overlay) = self.overlay.as_mut().filter(|overlay| overlay.awaits(request_id)) {
            if !overlay.refuse(&failure) {
                self.notify(Notice::Failed(failure));
            }
            // A menu holds nothing to correct.
            self.overlay.take_if(|overlay| matches!(overlay, Overlay::Menu(_)));
            return self.ask_for_targets();
        }
        if let Some(report) = &failure.report {
            return match self.typed.importing.take() {
                Some(import) if !report.admins.is_empty() => self.ask_to_import(import, report),
                Some(_) | None => {
                    self.show_import(Some(&failure), report);
                    Vec::new()
                }
            };
        }
        self.notify(Notice::Failed(failure));
        // Part of the action may have been done.
        self.with_front(|screen, context| screen.refresh(context))
    }

    /// Asks for the directories that a refused target of a move may mean, if they were not asked for while it was typed.
    fn ask_for_targets(&mut self) -> Vec<Effect> {
        let asks = match &mut self.overlay {
            Some(Overlay::Edit(edit)) => edit.ask_for_targets(),
            Some(_) | None => Vec::new(),
        };
        asks.into_iter().flat_map(|ask| self.fulfil_one(ask)).collect()
    }

    /// Says that an action was not begun. A form keeps what was typed, and says so itself if it is about one of its fields.
    fn refuse(&mut self, failure: Failure) {
        let is_shown = self.overlay.as_mut().is_some_and(|overlay| overlay.refuse(&failure));
        if !is_shown {
            self.notify(Notice::Failed(failure));
        }
    }

    fn say_done(&mut self, summary: &ActionSummary) {
        if !summary.not_undone.is_empty() {
            // Not all of it was done: that stays until it is read.
            let failure = Failure::new(FailureKind::Conflict, format!("{}.", summary.done()));
            let hint = self.way_back(summary);
            return self.notify(Notice::Warning(Failure { hint, ..failure }));
        }
        let is_done = summary.touched() > 0;
        self.notify(Notice::Info {
            text: summary.done(),
            is_done,
            hint: self.way_back(summary).filter(|_| is_done),
            also: self.runbook.has_command().then(|| self.with_its_key("Y copies the command")),
            until: self.now + NOTICE,
        });
    }

    /// Returns the hint that says how an action is undone, with the key that undoes it here.
    fn way_back(&self, summary: &ActionSummary) -> Option<String> {
        confirmation::hint(summary).map(|hint| self.with_its_key(hint))
    }

    /// Lets the question with this id be answered, because the terminal shows it now, if there is room for it.
    pub(super) fn drawn(&mut self, request_id: RequestId) {
        let fits = self.fits();
        if let Some(asking) = self.asking.as_mut().filter(|asking| asking.request_id() == request_id) {
            asking.show(fits);
        }
    }

    /// Lets no question be answered until it is drawn again, because the terminal has another size.
    pub(super) fn show_again(&mut self) -> Vec<Effect> {
        let asking = self.asking.as_mut();
        asking.map_or_else(Vec::new, |asking| {
            asking.show(false);
            vec![Effect::Watch(asking.request_id())]
        })
    }

    /// Returns true if the terminal has room for more than the size that is needed.
    pub(super) fn fits(&self) -> bool {
        let (columns, rows) = self.start.size;
        columns >= MIN_SIZE.0 && rows >= MIN_SIZE.1
    }
}
