//! The dialog that sets up the operator's own second factor. It covers the whole screen below the title.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Position;

use crate::service::contract::{Accounts, FactorOffer, Failure, Request};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, RequestId};
use crate::tui::keys::Help;
use crate::tui::widgets::answer::refusal;
use crate::tui::widgets::factor_view::{FactorView, code_form};
use crate::tui::widgets::form::{Form, FormResponse};

/// The width of an answer, in cells.
const ANSWER: usize = 34;

/// An offer, and the field for the first code.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondFactorDialog {
    view: FactorView,
    form: Form,
    /// The request that was submitted and is not answered yet.
    sent: Option<RequestId>,
    /// The reason why the last code was refused.
    refused: Option<Failure>,
}

impl SecondFactorDialog {
    pub fn new(offer: FactorOffer) -> Self {
        Self { view: FactorView::new(offer), form: code_form(), sent: None, refused: None }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if key.code == KeyCode::Esc {
            return vec![Ask::Close];
        }
        if self.sent.is_some() {
            return Vec::new();
        }
        match self.form.press(key) {
            FormResponse::Submit => {
                self.refused = None;
                let factor = self.view.secret().clone();
                let code = self.form.secret(0);
                vec![Ask::Submit(Request::Accounts(Accounts::EnrolFactor { factor, code }))]
            }
            FormResponse::Handled | FormResponse::Ignored => Vec::new(),
        }
    }

    pub fn paste(&mut self, text: &str) {
        if self.sent.is_none() {
            self.form.paste(text);
        }
    }

    /// Wipes the code as far as it is typed.
    pub fn wipe(&mut self) {
        self.form.wipe_secrets();
    }

    /// Notes the id of the submitted request; until its reply comes, only Esc does anything.
    pub fn sent(&mut self, request_id: RequestId) {
        self.sent = Some(request_id);
    }

    /// Returns true if the dialog waits for the reply to this request.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        self.sent == Some(request_id)
    }

    /// Says why the code was refused, and asks for another one.
    pub fn refuse(&mut self, failure: &Failure) {
        self.sent = None;
        self.form.clear_secrets();
        self.refused = Some(failure.clone());
    }

    /// Returns the keys for the footer.
    pub fn hints() -> Vec<Help> {
        let hint = Help::of_dialog;
        vec![hint(&["enter"], "set up"), hint(&["f2"], "show"), hint(&["esc"], "cancel")]
    }

    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Returns the field for the code, unless a reply is awaited.
    pub fn form_mut(&mut self) -> Option<&mut Form> {
        self.sent.is_none().then_some(&mut self.form)
    }

    /// Returns the words, the secret and the URI, and why the last code was refused.
    pub fn text(&self) -> Vec<String> {
        let refused = self.refused.iter();
        let words =
            refused.flat_map(|failure| [failure.message.clone()].into_iter().chain(failure.hint.clone()));
        self.view.text().into_iter().chain(words).collect()
    }

    /// Takes a click: the cursor goes to the field.
    pub fn click(&mut self, context: &Context, at: Position) {
        self.view.click(context, &mut self.form, at);
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let answer = self.refused.as_ref().map(|failure| refusal(failure, context.theme, ANSWER));
        self.view.view(context, frame, &self.form, &answer.unwrap_or_default());
    }
}
