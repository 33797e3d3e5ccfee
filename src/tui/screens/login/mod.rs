//! The log-in screen: set-up, log-in, registration, choice of a password, and lock. It hides all other screens.

mod forms;
mod second_step;
mod step;
mod view;
mod wait;

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::Position;

use crate::domain::config::Registration;
use crate::domain::time::Timestamp;
use crate::domain::user::Field;
use crate::service::contract::{
    Admins, Failure, FailureKind, Operator, Reply, Request, SignIn, StoreStatus, WhyChoose,
};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Group, Help, Press};
use crate::tui::plain::ScreenText;
use crate::tui::screens::screen::{Answer, Clicked, Screen};
use crate::tui::startup::{DemoAccount, StartupOptions};
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, FormResponse, Row, Rule};

use forms::{account_form, choose_form, log_in_form};
use step::LoginStep;
use wait::Wait;

/// The key that begins a registration.
const REGISTER: &str = "ctrl-n";

/// The state of the log-in screen.
#[derive(Debug)]
pub struct LoginScreen {
    step: LoginStep,
    host: String,
    /// The path of the store; empty until it is known.
    store: String,
    /// The time of the last check that found the store sound.
    sound_at: Option<Timestamp>,
    admins: Admins,
    demo: Option<DemoAccount>,
    /// Set if nothing can be changed: then there is no set-up.
    read_only: bool,
    /// The label of the operator who locked the console.
    label: String,
    /// The way in which people without an account can register.
    registration: Registration,
    /// Set once an account was registered.
    has_registered: bool,
    /// The reason why the last log-in was refused.
    refused: Option<Failure>,
    /// The wait before the next try.
    wait: Option<Wait>,
    /// Set while a request is pending: keys are dropped meanwhile.
    checking: bool,
    /// The keys that were typed before the form was there.
    early: Vec<Press>,
}

impl LoginScreen {
    /// Creates a screen that first asks the store whether anybody can log in.
    pub fn new(start: &StartupOptions) -> Self {
        Self {
            step: LoginStep::CheckingStore,
            host: start.host.clone(),
            store: String::new(),
            sound_at: None,
            admins: Admins::Usable,
            demo: start.demo.clone(),
            read_only: start.read_only.is_some(),
            label: String::new(),
            registration: Registration::Closed,
            has_registered: false,
            refused: None,
            wait: None,
            checking: false,
            early: Vec::new(),
        }
    }

    /// Creates the screen of a locked console, which only its operator can unlock.
    pub fn locked(start: &StartupOptions, operator: &Operator) -> Self {
        let form = Form::new(vec![Row::new("Password", InputField::secret(), Rule::Required)]);
        Self { step: LoginStep::Locked(form), label: operator.label.clone(), ..Self::new(start) }
    }

    /// Returns true if somebody without an account can register now.
    fn can_register(&self) -> bool {
        self.registration != Registration::Closed && matches!(self.step, LoginStep::LogIn(_))
    }

    /// Sends the form. During a wait nothing happens, and what is typed stays.
    fn submit(&mut self, context: &Context) -> Vec<Ask> {
        if self.wait.as_ref().is_some_and(|wait| wait.holds(self.step.tried_name(), context.now)) {
            return Vec::new();
        }
        let Some(request) = self.step.request() else { return Vec::new() };
        self.checking = true;
        self.refused = None;
        self.wait = None;
        self.has_registered = false;
        vec![Ask::Perform(Slot::Single, Request::SignIn(request))]
    }

    fn store_checked(&mut self, status: StoreStatus) {
        self.store = status.store;
        self.sound_at = status.sound_at;
        self.registration = if self.read_only { Registration::Closed } else { status.registration };
        self.admins = status.admins;
        self.step = match status.admins {
            Admins::Never if !self.read_only => LoginStep::SetUp(account_form(Vec::new())),
            Admins::Never | Admins::NoneNow | Admins::NoneLeft | Admins::Usable => {
                LoginStep::LogIn(log_in_form(""))
            }
        };
    }

    /// Opens the form for an account, if people can register and the log-in is shown.
    fn begin_registration(&mut self) {
        let form = match self.registration {
            Registration::Closed => return,
            Registration::Open => account_form(Vec::new()),
            Registration::Code => {
                account_form(vec![Row::new("Invitation code", InputField::secret(), Rule::Required)])
            }
        };
        if matches!(self.step, LoginStep::LogIn(_)) {
            self.step = LoginStep::Register(form);
            self.refused = None;
            self.has_registered = false;
        }
    }

    /// Goes back to the log-in with the name that was registered.
    fn registered(&mut self) {
        let LoginStep::Register(form) = &self.step else { return };
        self.step = LoginStep::LogIn(log_in_form(&form.account(Field::Username).unwrap_or_default()));
        self.has_registered = true;
    }

    fn must_choose(&mut self, why: WhyChoose) {
        if let Some((name, proof)) = self.credentials() {
            self.step = LoginStep::Choose { form: choose_form(), why, name, proof };
        }
    }

    /// Shows a refusal, at its field if it is about one. The typed text stays, but for the secrets. If there is no room
    /// below the fields, the refusal becomes a notice.
    fn refuse(&mut self, context: &Context, failure: Failure) -> Vec<Ask> {
        if let LoginStep::RecoveryCodes { .. } = self.step {
            self.go_back();
        }
        // A try that came too soon was not looked at.
        let keep_secrets =
            matches!(self.step, LoginStep::SetUp(_) | LoginStep::Register(_) | LoginStep::Choose { .. })
                || failure.kind == FailureKind::TooSoon;
        self.wait = failure.next_try.and_then(|next| Wait::new(self.step.tried_name(), next, context.now));
        if let Some(form) = self.step.form_mut() {
            if !keep_secrets {
                form.clear_secrets();
            }
            if failure.field.is_some_and(|field| form.blame(field, &failure.message)) {
                return Vec::new();
            }
        }
        self.refused = Some(failure);
        if self.answer_fits(context) {
            return Vec::new();
        }
        self.refused.take().map(Ask::ShowError).into_iter().collect()
    }
}

impl Screen for LoginScreen {
    fn name(&self) -> &'static str {
        self.step.title()
    }

    fn help(&self) -> Vec<Help> {
        if let LoginStep::RecoveryCodes { .. } = self.step {
            return second_step::slip_help();
        }
        let Some(submits) = self.step.submits() else { return Vec::new() };

        let hint = |on, hint| Help { on, name: "", group: Group::Everywhere, hint, help: "" };
        let register = self.can_register().then(|| hint(&[REGISTER], "register"));
        let back = self.step.leads_back().then(|| hint(&["esc"], "back"));
        let next = self.step.has_fields().then(|| hint(&["tab"], "next field"));
        let own = [Some(hint(&["enter"], submits)), register, back, next];
        own.into_iter()
            .flatten()
            .chain([hint(&["f2"], "shows what is typed"), hint(&["ctrl-c"], "leave")])
            .collect()
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn press(&mut self, context: &Context, press: &Press) -> Answer {
        if self.checking {
            return Answer::Pass;
        }
        if self.step == LoginStep::CheckingStore {
            self.early.push(press.clone());
            return Answer::Pass;
        }
        if press.key.code == KeyCode::Esc {
            self.go_back();
            return Answer::Asks(Vec::new());
        }
        if press.name == REGISTER && self.can_register() {
            self.begin_registration();
            return Answer::Asks(Vec::new());
        }
        if let LoginStep::RecoveryCodes { .. } = self.step {
            return self.press_slip(context, press.key);
        }
        let Some(form) = self.step.form_mut() else { return Answer::Pass };
        match form.press(press.key) {
            FormResponse::Submit => Answer::Asks(self.submit(context)),
            FormResponse::Handled => Answer::Asks(Vec::new()),
            FormResponse::Ignored => Answer::Pass,
        }
    }

    fn click(&mut self, context: &Context, at: Position) -> Clicked {
        if let LoginStep::SetUpFactor { form, view, .. } = &mut self.step {
            view.click(context, form, at);
            return Clicked::default();
        }
        let (column, labels) = self.column(context);
        if let Some(form) = self.form_mut() {
            form.click(column, context.theme, labels, at);
        }
        Clicked::default()
    }

    fn paste(&mut self, _: &Context, text: &str) -> Vec<Ask> {
        if !self.checking
            && let Some(form) = self.step.form_mut()
        {
            form.paste(text);
        }
        Vec::new()
    }

    fn reply(&mut self, context: &Context, _: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        self.checking = false;
        match result {
            Ok(Reply::StoreStatus(status)) => {
                self.store_checked(status);
                return std::mem::take(&mut self.early)
                    .iter()
                    .filter_map(|press| match self.press(context, press) {
                        Answer::Asks(asks) => Some(asks),
                        Answer::Prefix | Answer::Wait | Answer::Pass => None,
                    })
                    .flatten()
                    .collect();
            }
            Ok(Reply::SignedIn(operator)) => return vec![Ask::Enter(operator)],
            Ok(Reply::ChoosePassword(why)) => self.must_choose(why),
            Ok(Reply::Registered) => self.registered(),
            Ok(Reply::EnterCode { is_verified }) => self.must_enter_code(is_verified),
            Ok(Reply::FactorOffer(offer)) => self.must_set_up_factor(*offer),
            Ok(Reply::FactorSet(slip)) => self.show_codes(*slip),
            Ok(_) => {}
            Err(failure) => return self.refuse(context, failure),
        }
        Vec::new()
    }

    fn open(&mut self, _: &Context, _: Option<&str>) -> Vec<Ask> {
        if self.step == LoginStep::CheckingStore {
            return vec![Ask::Query(Slot::Single, Request::SignIn(SignIn::Look))];
        }
        Vec::new()
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.wait.as_ref().map(Wait::changes_at)
    }

    fn wake(&mut self, context: &Context) -> Vec<Ask> {
        self.wait = self.wait.take().and_then(|wait| wait.at(context.now));
        Vec::new()
    }

    fn refresh(&mut self, _: &Context) -> Vec<Ask> {
        Vec::new()
    }

    fn go_to(&mut self, _: &Context, _: u64) -> Vec<Ask> {
        Vec::new()
    }

    fn form(&self) -> Option<&Form> {
        self.step.form()
    }

    fn form_mut(&mut self) -> Option<&mut Form> {
        if self.checking { None } else { self.step.form_mut() }
    }

    fn text(&self, context: &Context) -> ScreenText {
        self.in_text(context)
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        self.draw(context, frame);
    }
}

#[cfg(test)]
mod tests;
