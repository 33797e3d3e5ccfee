//! The steps of the log-in after the password: a code of the second factor, or the set-up of one.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Text};

use crate::domain::secret::Secret;
use crate::domain::text::wrap;
use crate::service::contract::{FactorOffer, FactorSlip};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{self, Group, Help};
use crate::tui::screens::screen::Answer;
use crate::tui::widgets::factor_view::{FactorView, ONCE, code_form, code_lines};
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, Row, Rule};

use super::forms::log_in_form;
use super::{LoginScreen, LoginStep};

/// The sentences above the field for a code.
const ENTER_CODE: &[&str] = &["Enter the code that your app shows, or a recovery code."];
const WAITS: &[&str] = &[
    "A second factor was set up for you.",
    "Enter its first code, or leave this empty to go on without it.",
];

/// Returns the keys of the step that shows recovery codes.
pub(super) fn slip_help() -> Vec<Help> {
    let hint = |on, hint| Help { on, name: "", group: Group::Everywhere, hint, help: "" };
    vec![hint(&["enter"], "go on"), hint(&["y"], "copy"), hint(&["ctrl-c"], "leave")]
}

/// Returns the sentences above the field for a code.
pub(super) const fn sentences(is_verified: bool) -> &'static [&'static str] {
    if is_verified { ENTER_CODE } else { WAITS }
}

/// Creates the form for a code; of a second factor that waits for its first one, it may stay empty.
fn login_code_form(is_verified: bool) -> Form {
    if is_verified {
        return code_form();
    }
    Form::new(vec![Row::new("Code", InputField::secret(), Rule::Anything)])
}

impl LoginScreen {
    /// Returns the name and the proof that the next step of the log-in needs again.
    pub(super) fn credentials(&self) -> Option<(String, Secret)> {
        match &self.step {
            LoginStep::LogIn(form) => Some((form.value(0).to_owned(), form.secret(1))),
            LoginStep::Code { name, proof, .. }
            | LoginStep::SetUpFactor { name, proof, .. }
            | LoginStep::RecoveryCodes { name, proof, .. } => Some((name.clone(), proof.clone())),
            // Once it is set, the new password is the proof.
            LoginStep::Choose { form, name, .. } => Some((name.clone(), form.secret(0))),
            LoginStep::CheckingStore
            | LoginStep::SetUp(_)
            | LoginStep::Register(_)
            | LoginStep::Locked(_) => None,
        }
    }

    pub(super) fn must_enter_code(&mut self, is_verified: bool) {
        let credentials = match &self.step {
            // Nothing was changed without the code: the old password is still the proof.
            LoginStep::Choose { name, proof, .. } => Some((name.clone(), proof.clone())),
            LoginStep::CheckingStore
            | LoginStep::SetUp(_)
            | LoginStep::LogIn(_)
            | LoginStep::Register(_)
            | LoginStep::Code { .. }
            | LoginStep::SetUpFactor { .. }
            | LoginStep::RecoveryCodes { .. }
            | LoginStep::Locked(_) => self.credentials(),
        };
        if let Some((name, proof)) = credentials {
            let form = login_code_form(is_verified);
            self.step = LoginStep::Code { form, is_verified, name, proof };
        }
    }

    pub(super) fn must_set_up_factor(&mut self, offer: FactorOffer) {
        if let Some((name, proof)) = self.credentials() {
            let view = Box::new(FactorView::new(offer));
            self.step = LoginStep::SetUpFactor { form: code_form(), view, name, proof };
        }
    }

    pub(super) fn show_codes(&mut self, slip: FactorSlip) {
        if let Some((name, proof)) = self.credentials() {
            self.step = LoginStep::RecoveryCodes { codes: slip.codes, name, proof };
        }
    }

    /// Goes back from a later step to the log-in; the proof is wiped with the step.
    pub(super) fn go_back(&mut self) {
        match &self.step {
            LoginStep::Choose { name, .. }
            | LoginStep::Code { name, .. }
            | LoginStep::SetUpFactor { name, .. }
            | LoginStep::RecoveryCodes { name, .. } => self.step = LoginStep::LogIn(log_in_form(name)),
            LoginStep::Register(_) => self.step = LoginStep::LogIn(log_in_form("")),
            LoginStep::CheckingStore | LoginStep::SetUp(_) | LoginStep::LogIn(_) | LoginStep::Locked(_) => {}
        }
        self.refused = None;
    }

    /// Handles a key while recovery codes are shown.
    pub(super) fn press_slip(&mut self, context: &Context, key: KeyEvent) -> Answer {
        if key.code == KeyCode::Enter {
            return Answer::Asks(self.submit(context));
        }
        match &self.step {
            LoginStep::RecoveryCodes { codes, .. } if keys::typed(key) == Some('y') => {
                let codes: Vec<_> = codes.iter().map(Secret::expose).collect();
                Answer::Asks(vec![Ask::Copy(codes.join("\n"))])
            }
            _ => Answer::Pass,
        }
    }

    /// Returns the words of the step in lines, where they are more than a sentence.
    pub(super) fn step_text(&self) -> Vec<String> {
        match &self.step {
            LoginStep::SetUpFactor { view, .. } => view.text(),
            LoginStep::RecoveryCodes { codes, .. } => {
                codes.iter().map(|code| code.expose().to_owned()).chain([ONCE.to_owned()]).collect()
            }
            LoginStep::CheckingStore
            | LoginStep::SetUp(_)
            | LoginStep::LogIn(_)
            | LoginStep::Register(_)
            | LoginStep::Choose { .. }
            | LoginStep::Code { .. }
            | LoginStep::Locked(_) => Vec::new(),
        }
    }

    /// Draws the step, where it is more than a form with sentences above. Returns false if it is no more.
    pub(super) fn draw_step(&self, context: &Context, frame: &mut Frame<'_>) -> bool {
        match &self.step {
            LoginStep::SetUpFactor { form, view, .. } => {
                view.view(context, frame, form, &self.answer_lines(context));
            }
            LoginStep::RecoveryCodes { codes, .. } => draw_codes(context, frame, codes),
            LoginStep::CheckingStore
            | LoginStep::SetUp(_)
            | LoginStep::LogIn(_)
            | LoginStep::Register(_)
            | LoginStep::Choose { .. }
            | LoginStep::Code { .. }
            | LoginStep::Locked(_) => return false,
        }
        true
    }
}

fn draw_codes(context: &Context, frame: &mut Frame<'_>, codes: &[Secret]) {
    let (theme, body) = (context.theme, context.body);
    let width = body.width.saturating_sub(2).min(46);
    let cells = usize::from(width);
    let mut lines = vec![Line::styled("Your recovery codes", theme.strong()), Line::raw("")];
    lines.extend(code_lines(codes, cells.min(33)).into_iter().map(|line| Line::styled(line, theme.accent())));
    lines.push(Line::raw(""));
    lines.extend(wrap(ONCE, cells).into_iter().map(|part| Line::styled(part.to_owned(), theme.care())));
    if lines.len() > usize::from(body.height) {
        lines.retain(|line| line.width() > 0);
    }
    let top = body.y + body.height.saturating_sub(lines.len() as u16) / 3;
    let place = Rect { x: body.x + (body.width - width) / 2, y: top, width, height: lines.len() as u16 };
    frame.render_widget(Text::from(lines), place.intersection(body));
}
