//! Between the wish for an act and the act: it is counted where that matters, and asked about where it must be. All acts
//! of all screens and boxes come by here; what each needs is decided by [`Confirmation`].

use crossterm::event::KeyEvent;

use super::{LEAST, Model, Notice};
use crate::service::contract::confirmation::{Confirmation, FrontEnd};
use crate::service::contract::{ActionSummary, CountedRows, Failure, FailureKind, Reply, Request};
use crate::tui::effect::{Effect, RequestId};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::{Choice, Confirm};
use crate::tui::pending::Purpose;

impl Model {
    /// Does what is wished, at once or after a question. Until that is answered nothing else is begun, nor by keys that
    /// came together with the one that began it.
    pub(super) fn submit(&mut self, request: Request) -> Vec<Effect> {
        if self.asking.is_some() || !self.typing.may_act() {
            return Vec::new();
        }
        if let Some(read_only) = &self.start.read_only {
            self.refused(read_only.why.clone());
            return Vec::new();
        }
        self.typing.acted();
        if !request.must_be_counted(FrontEnd::Console) {
            return self.execute(request);
        }
        let effects = self.perform(Purpose::Count, request.clone(), true);
        if let Some(Effect::Perform { request_id, .. }) = effects.last() {
            self.asking = Some(Confirm::new(request, *request_id, self.now));
        }
        effects
    }

    fn execute(&mut self, request: Request) -> Vec<Effect> {
        let mut effects = self.perform(Purpose::Act, request, false);
        match (&mut self.overlay, effects.last()) {
            (Some(overlay), Some(Effect::Perform { request_id, .. })) => overlay.sent(*request_id),
            // The marks have done their part: what is marked while this goes on is for the next act.
            _ => effects.extend(self.with_front(|screen, _| {
                screen.acted();
                Vec::new()
            })),
        }
        effects
    }

    /// What an act would touch is known, or why it cannot be done.
    pub(super) fn counted(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(asking) = self.asking.take() else { return Vec::new() };
        match result {
            Ok(Reply::Counted { summary, .. }) if summary.touched() == 0 => {
                self.overlay.take_if(|overlay| matches!(overlay, Overlay::Edit(_)));
                self.say_undone(summary.done());
                Vec::new()
            }
            Ok(Reply::Counted { summary, rows }) => self.ask_about(asking, &summary, rows),
            Ok(_) => {
                let words = "It cannot be told what this would touch; it is not done.";
                self.refused(Failure::new(FailureKind::Other, words));
                Vec::new()
            }
            Err(failure) => {
                self.refused(failure);
                Vec::new()
            }
        }
    }

    /// Does what was counted to the rows that the count found, at once or after a question.
    fn ask_about(&mut self, mut asking: Confirm, summary: &ActionSummary, rows: CountedRows) -> Vec<Effect> {
        match Confirmation::of(asking.request(), summary, FrontEnd::Console) {
            Confirmation::AtOnce => self.execute(asking.into_request().for_rows(rows)),
            confirmation => {
                asking.counted(summary, rows, confirmation);
                let asking = self.asking.insert(asking);
                vec![Effect::Watch(asking.request_id())]
            }
        }
    }

    /// It cannot be done: a form says so itself and keeps what was typed.
    fn refused(&mut self, failure: Failure) {
        match &mut self.overlay {
            Some(Overlay::Edit(edit)) => edit.refuse(&failure),
            _ => self.notice = Some(Notice::Failed(failure)),
        }
    }

    /// A key for the question.
    pub(super) fn answer(&mut self, key: KeyEvent) -> Vec<Effect> {
        let now = self.now;
        match self.asking.as_mut().map_or(Choice::Stay, |asking| asking.press(key, now)) {
            Choice::Stay => Vec::new(),
            Choice::Cancel => self.ask_no_more(),
            Choice::Accept => {
                self.typing.acted();
                let request = self.asking.take().map(Confirm::into_request);
                request.map(|request| self.execute(request)).unwrap_or_default()
            }
        }
    }

    /// Nothing is done, and a form below the question is as it was.
    pub(super) fn ask_no_more(&mut self) -> Vec<Effect> {
        self.asking = None;
        self.pending.forget(Purpose::Count).into_iter().map(Effect::Cancel).collect()
    }

    /// The question with this ticket is on the terminal, if there is room for it.
    pub(super) fn drawn(&mut self, request_id: RequestId) {
        let fits = self.fits();
        if let Some(asking) = self.asking.as_mut().filter(|asking| asking.request_id() == request_id) {
            asking.show(fits);
        }
    }

    /// The terminal has another size: what does not show there must not be answered.
    pub(super) fn show_again(&mut self) -> Vec<Effect> {
        let asking = self.asking.as_mut();
        asking.map_or_else(Vec::new, |asking| {
            asking.show(false);
            vec![Effect::Watch(asking.request_id())]
        })
    }

    /// Whether there is room to draw anything but what size is needed.
    pub(super) fn fits(&self) -> bool {
        let (columns, rows) = self.start.size;
        columns >= LEAST.0 && rows >= LEAST.1
    }
}
