//! The question before an action, before typed text is dropped, and before the console is left with work under way. It
//! shows what would happen, Cancel is focused, and only `y` (or the number of the rows, or a name, typed) accepts it. The
//! texts about an action and the kind of question come from [`confirmation`].
//!
//! Only the root opens it, in place of screen and form. It takes no key but Esc before it is on the terminal: nothing that
//! was typed or pasted until then was meant for it.

mod erasure_offer;
mod layout;
mod password;
mod question;
mod reason;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;

use crate::domain::secret::Secret;
use crate::domain::text::visible;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::confirmation::{self, Confirmation};
use crate::service::contract::{ActionSummary, CountedRows, Request};
use crate::tui::context::Context;
use crate::tui::effect::RequestId;
use crate::tui::key_debounce::SAME_BURST;
use crate::tui::keys::Help;
use erasure_offer::ErasureOffer;
use password::PasswordField;
use question::Question;

/// The time after which the box is shown without its count. If the count is faster, the box would only flicker.
const SHOWS_AFTER: Duration = Duration::milliseconds(150);

/// The effect of a yes to a question.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is at most one, and it is mostly an action")]
pub enum Asked {
    /// Performs an action on the rows that were counted.
    Action {
        request: Request,
        /// `None` until the count has come.
        rows: Option<CountedRows>,
    },
    /// Closes the form and drops what was typed into it.
    DropForm,
    /// Writes an exported list into a file that is there already.
    Overwrite,
    /// Leaves the console.
    Leave,
}

/// A question before an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    asked: Asked,
    /// The id by which the question is known: that of the request for the count, where there is one.
    request_id: RequestId,
    since: Timestamp,
    /// `None` until the count has come.
    question: Option<Question>,
    /// Set for the purge of an account.
    offer: Option<ErasureOffer>,
    /// Set if the action needs a recent proof of the operator's identity.
    needs_proof: bool,
    /// The time at which a key was dropped last.
    lost: Option<Timestamp>,
}

/// The result of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Stay,
    Cancel,
    Accept,
    /// The password was entered and must be checked first.
    Prove,
}

impl Confirm {
    /// Creates a question whose count is the request with this id.
    pub fn new(request: Request, request_id: RequestId, now: Timestamp) -> Self {
        let asked = Asked::Action { request, rows: None };
        Self { asked, request_id, since: now, question: None, offer: None, needs_proof: false, lost: None }
    }

    /// Creates the question whether to drop what was typed into a form, by the title of the form and the labels of the
    /// changed fields.
    pub fn drop_form(title: &str, fields: &[&'static str], request_id: RequestId, now: Timestamp) -> Self {
        let lines = vec![format!("{title}: {} not saved.", are(fields))];
        let question = Question::new("Drop what you typed?".into(), lines, "drop", None);
        Self {
            asked: Asked::DropForm,
            request_id,
            since: now,
            question: Some(question),
            offer: None,
            needs_proof: false,
            lost: None,
        }
    }

    /// Creates the question about an action whose effects were foreseen, but are not counted in rows.
    pub fn foreseen(
        request: Request,
        headline: &str,
        lines: Vec<String>,
        word: &'static str,
        request_id: RequestId,
        now: Timestamp,
    ) -> Self {
        let question = Question::new(headline.into(), lines, word, None);
        let needs_proof = request.proof_need().holds(false);
        let asked = Asked::Action { request, rows: None };
        Self { asked, request_id, since: now, question: Some(question), offer: None, needs_proof, lost: None }
    }

    /// Lets it need the proof of an action that changes levels.
    pub fn of_levels(self) -> Self {
        let needs_proof = match &self.asked {
            Asked::Action { request, .. } => request.proof_need().holds(true),
            Asked::DropForm | Asked::Overwrite | Asked::Leave => false,
        };
        Self { needs_proof, ..self }
    }

    /// Creates the question whether to overwrite a file.
    pub fn overwrite(file: &str, request_id: RequestId, now: Timestamp) -> Self {
        let lines = vec![file.to_owned(), "It already exists and would be replaced for good.".into()];
        let question = Question::new("Overwrite the file?".into(), lines, "overwrite", None);
        Self {
            asked: Asked::Overwrite,
            request_id,
            since: now,
            question: Some(question),
            offer: None,
            needs_proof: false,
            lost: None,
        }
    }

    /// Creates the question whether to leave the console, with the reasons not to.
    pub fn leave(why: Vec<String>, request_id: RequestId, now: Timestamp) -> Self {
        let question = Question::new("Leave all the same?".into(), why, "leave", None);
        Self {
            asked: Asked::Leave,
            request_id,
            since: now,
            question: Some(question),
            offer: None,
            needs_proof: false,
            lost: None,
        }
    }

    /// Takes the counted rows, the kind of question, and the words about the way back with the operator's key; a yes is for
    /// these rows only.
    pub fn counted(
        &mut self,
        summary: &ActionSummary,
        counted: CountedRows,
        confirmation: Confirmation,
        way_back: Option<&str>,
    ) {
        let Asked::Action { request, rows } = &mut self.asked else { return };
        self.needs_proof = request.proof_need().holds(summary.changes_level);
        self.offer = ErasureOffer::of(request, summary, &counted);
        *rows = Some(counted);
        let wanted = match confirmation {
            Confirmation::AtOnce | Confirmation::Ask => None,
            Confirmation::TypeNumber(rows) => Some(rows.to_string()),
            Confirmation::TypeName(name) => Some(visible(name.trim()).into_owned()),
        };
        let usual = confirmation::hint(summary).map(|hint| format!("{hint}."));
        let with_key = |line: String| match way_back {
            Some(words) if usual.as_ref() == Some(&line) => format!("{words}."),
            Some(_) | None => line,
        };
        let mut lines: Vec<_> =
            confirmation::consequences(request, summary).into_iter().map(with_key).collect();
        lines.extend(self.offer.is_some().then(|| erasure_offer::OFFER.to_owned()));
        let need = summary.action.row().reason;
        let question = Question::new(summary.headline(), lines, summary.word(), wanted);
        self.question = Some(question.with_reason(need, request.reason()));
    }

    /// Returns true if the action needs a recent proof of the operator's identity, and the box does not ask for one.
    pub fn lacks_proof(&self) -> bool {
        self.needs_proof && self.question.as_ref().is_some_and(|question| question.password.is_none())
    }

    /// Asks for the operator's password too. It can be answered once it is drawn.
    pub fn ask_password(&mut self) {
        if let Some(question) = &mut self.question {
            question.password = Some(PasswordField::new());
            question.shown = false;
        }
    }

    /// Returns the password that was entered, which is being checked from now on.
    pub fn send_password(&mut self) -> Option<Secret> {
        let password = self.question.as_mut().and_then(|question| question.password.as_mut());
        password.map(PasswordField::send)
    }

    /// Says why the password was refused, and asks for it again.
    pub fn refuse_password(&mut self, why: String) {
        if let Some(password) = self.question.as_mut().and_then(|question| question.password.as_mut()) {
            password.refuse(why);
        }
    }

    /// Returns true if the answer is a secret.
    pub fn takes_secret(&self) -> bool {
        self.question.as_ref().is_some_and(Question::is_at_password)
    }

    /// Notes whether the terminal shows the whole question.
    pub fn show(&mut self, shown: bool) {
        if let Some(question) = &mut self.question {
            question.shown = shown;
        }
    }

    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Returns what a yes does.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Returns what a yes does, an action for the counted rows.
    pub fn into_asked(self) -> Asked {
        let reason = self.question.as_ref().and_then(Question::reason);
        match self.asked {
            Asked::Action { request, rows: Some(rows) } => {
                Asked::Action { request: request.for_rows(rows).because(reason), rows: None }
            }
            other => other,
        }
    }

    /// Returns the time at which it must be drawn even if nothing else happens.
    pub fn wake_at(&self) -> Timestamp {
        self.since + SHOWS_AFTER
    }

    /// Returns true if it is drawn: a form below it is then not.
    pub fn is_visible(&self, now: Timestamp) -> bool {
        self.question.is_some() || now - self.since >= SHOWS_AFTER
    }

    /// Returns its keys for the footer.
    pub fn hints(&self) -> Vec<Help> {
        let mut hints = self.question.as_ref().map_or_else(|| vec![question::CANCEL], Question::hints);
        hints.extend(self.offer.as_ref().map(ErasureOffer::hint));
        hints
    }

    /// Returns the choice that a key makes. Keys that were queued when the box opened make none.
    pub fn press(&mut self, context: &Context, key: KeyEvent, now: Timestamp) -> Choice {
        if key.code == KeyCode::Esc {
            return Choice::Cancel;
        }
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        match &mut self.question {
            Some(question) if question.shown && !in_burst => match &mut self.offer {
                Some(offer) if key.code == KeyCode::Tab => {
                    offer.swap(&mut self.asked, question);
                    Choice::Stay
                }
                Some(_) | None => question.press(context, key),
            },
            Some(_) | None => {
                self.lose(now);
                Choice::Stay
            }
        }
    }

    /// Takes pasted text into the field for the reason or the password, if that has the cursor; drops any other.
    pub fn paste(&mut self, text: &str, now: Timestamp) {
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        let is_taken = match &mut self.question {
            Some(question) if question.shown && !(in_burst && question.is_at_password()) => {
                question.paste(text)
            }
            Some(_) | None => false,
        };
        if !is_taken {
            self.lose(now);
        }
    }

    /// Notes that a key or a paste was dropped.
    pub fn lose(&mut self, now: Timestamp) {
        self.lost = Some(now);
    }

    /// Returns the question in lines; none while the rows are counted.
    pub fn text(&self) -> Vec<String> {
        self.question.as_ref().map(Question::text).unwrap_or_default()
    }

    /// Returns the words that ask for the answer.
    pub fn prompt(&self) -> String {
        self.question.as_ref().map(Question::words_to_answer).unwrap_or_default()
    }

    /// Returns true if Tab leads to the field for the reason.
    pub fn has_way_to_reason(&self) -> bool {
        self.question.as_ref().is_some_and(Question::has_way_to_reason)
    }

    /// Returns true if the answer is a text and not a key.
    pub fn takes_text(&self) -> bool {
        self.question.as_ref().is_some_and(Question::takes_text)
    }

    /// Handles a whole text as the answer.
    pub fn answer(&mut self, text: &str) -> Choice {
        match &mut self.question {
            Some(question) if question.shown => question.answer(text),
            Some(_) | None => Choice::Stay,
        }
    }

    /// Draws the question, or that the count takes long.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        match &self.question {
            Some(question) => question.view(context, frame),
            None if !self.is_visible(context.now) => {}
            None => layout::view_counting(context, frame),
        }
    }
}

/// Returns the subject and the verb for fields: `Email and Phone are`
fn are(fields: &[&str]) -> String {
    match fields {
        [] => "the text is".into(),
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
