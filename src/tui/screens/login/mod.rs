//! The log-in screen: set-up, log-in, registration, choice of a password, and lock. It hides all other screens.

mod second_step;
mod view;
mod wait;

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::Position;

use crate::domain::config::Registration;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{FIELDS, Field, Fields};
use crate::service::contract::{
    Admins, Failure, FailureKind, Operator, Reply, Request, SignIn, StoreStatus, WhyChoose,
};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Group, Help, Press};
use crate::tui::plain::ScreenText;
use crate::tui::screens::screen::{Answer, Clicked, Screen};
use crate::tui::startup::{DemoAccount, StartupOptions};
use crate::tui::widgets::factor_view::FactorView;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, FormResponse, Row, Rule};

use wait::Wait;

/// The current step of the log-in.
#[derive(Debug, Clone, PartialEq)]
enum LoginStep {
    /// The store is asked whether anybody can log in.
    CheckingStore,
    /// The form for the first admin.
    SetUp(Form),
    /// The form for name and password.
    LogIn(Form),
    /// The form for an account of somebody who has none, after that for the log-in.
    Register(Form),
    /// The form for a new password, after a password or code was accepted as proof.
    Choose { form: Form, why: WhyChoose, name: String, proof: Secret },
    /// The form for a code of the second factor, after the password was right.
    Code { form: Form, is_verified: bool, name: String, proof: Secret },
    /// A second factor to set up, and the form for its first code.
    SetUpFactor { form: Form, view: Box<FactorView>, name: String, proof: Secret },
    /// The recovery codes of a second factor that was set up, shown once.
    RecoveryCodes { codes: Vec<Secret>, name: String, proof: Secret },
    /// The form for the password of the operator who locked the console.
    Locked(Form),
}

impl LoginStep {
    fn form(&self) -> Option<&Form> {
        match self {
            Self::CheckingStore | Self::RecoveryCodes { .. } => None,
            Self::SetUp(form)
            | Self::LogIn(form)
            | Self::Register(form)
            | Self::Choose { form, .. }
            | Self::Code { form, .. }
            | Self::SetUpFactor { form, .. }
            | Self::Locked(form) => Some(form),
        }
    }
}

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

    fn open_form(&mut self) -> Option<&mut Form> {
        match &mut self.step {
            LoginStep::CheckingStore | LoginStep::RecoveryCodes { .. } => None,
            LoginStep::SetUp(form)
            | LoginStep::LogIn(form)
            | LoginStep::Register(form)
            | LoginStep::Choose { form, .. }
            | LoginStep::Code { form, .. }
            | LoginStep::SetUpFactor { form, .. }
            | LoginStep::Locked(form) => Some(form),
        }
    }

    /// Returns the request that submits the form.
    fn request(&self) -> Option<SignIn> {
        Some(match &self.step {
            LoginStep::CheckingStore => return None,
            LoginStep::SetUp(form) => {
                SignIn::SetUp { fields: account_fields(form), password: form.secret(PASSWORD_ROW) }
            }
            LoginStep::Register(form) => SignIn::Register {
                fields: account_fields(form),
                password: form.secret(PASSWORD_ROW),
                code: form.secret(INVITATION_ROW),
            },
            LoginStep::LogIn(form) => {
                SignIn::LogIn { name: form.value(0).to_owned(), secret: form.secret(1), code: None }
            }
            LoginStep::Code { form, name, proof, .. } => {
                SignIn::LogIn { name: name.clone(), secret: proof.clone(), code: Some(form.secret(0)) }
            }
            LoginStep::SetUpFactor { form, view, name, proof } => SignIn::EnrolFactor {
                name: name.clone(),
                proof: proof.clone(),
                factor: view.secret().clone(),
                code: form.secret(0),
            },
            // The code that was just accepted stands for this log-in.
            LoginStep::RecoveryCodes { name, proof, .. } => {
                SignIn::LogIn { name: name.clone(), secret: proof.clone(), code: None }
            }
            LoginStep::Choose { form, name, proof, .. } => {
                SignIn::Choose { name: name.clone(), proof: proof.clone(), password: form.secret(0) }
            }
            LoginStep::Locked(form) => SignIn::Unlock(form.secret(0)),
        })
    }

    /// Returns true if somebody without an account can register now.
    fn can_register(&self) -> bool {
        self.registration != Registration::Closed && matches!(self.step, LoginStep::LogIn(_))
    }

    /// Returns the name under which the form tries to log in; empty where the console knows whose secret it asks for.
    fn tried_name(&self) -> &str {
        match &self.step {
            LoginStep::LogIn(form) => form.value(0),
            LoginStep::Choose { name, .. }
            | LoginStep::Code { name, .. }
            | LoginStep::SetUpFactor { name, .. }
            | LoginStep::RecoveryCodes { name, .. } => name,
            LoginStep::CheckingStore
            | LoginStep::SetUp(_)
            | LoginStep::Register(_)
            | LoginStep::Locked(_) => "",
        }
    }

    /// Sends the form. During a wait nothing happens, and what is typed stays.
    fn submit(&mut self, context: &Context) -> Vec<Ask> {
        if self.wait.as_ref().is_some_and(|wait| wait.holds(self.tried_name(), context.now)) {
            return Vec::new();
        }
        let Some(request) = self.request() else { return Vec::new() };
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
        self.wait = failure.next_try.and_then(|next| Wait::new(self.tried_name(), next, context.now));
        if let Some(form) = self.open_form() {
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

/// The fields of an account that is made here.
const ACCOUNT_FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::Username, Field::Email];
/// The index of the password's row in the form of an account, and that of the row behind the repeated password.
const PASSWORD_ROW: usize = ACCOUNT_FIELDS.len();
const INVITATION_ROW: usize = PASSWORD_ROW + 2;
/// The key that begins a registration.
const REGISTER: &str = "ctrl-n";

/// Returns the form for an account, with more rows at its end.
fn account_form(more: Vec<Row>) -> Form {
    let mut rows: Vec<_> = ACCOUNT_FIELDS.into_iter().map(|field| Row::account(field, "")).collect();
    rows.push(Row::new("Password", InputField::secret(), Rule::NewPassword));
    rows.push(Row::new("The same again", InputField::secret(), Rule::Again));
    rows.extend(more);
    Form::new(rows)
}

fn account_fields(form: &Form) -> Fields {
    FIELDS.iter().filter_map(|spec| Some((spec, form.account(spec.field)?))).collect()
}

fn log_in_form(name: &str) -> Form {
    Form::new(vec![
        Row::new("Username or email", InputField::text(name), Rule::Required),
        Row::new("Password", InputField::secret(), Rule::Required),
    ])
}

fn choose_form() -> Form {
    Form::new(vec![
        Row::new("New password", InputField::secret(), Rule::NewPassword),
        Row::new("The same again", InputField::secret(), Rule::Again),
    ])
}

impl Screen for LoginScreen {
    fn name(&self) -> &'static str {
        match self.step {
            LoginStep::CheckingStore => "",
            LoginStep::LogIn(_) => "Log in",
            LoginStep::SetUp(_) => "Set up NEXUS",
            LoginStep::Register(_) => "Register",
            LoginStep::Choose { .. } => "Choose a password",
            LoginStep::Code { .. } => "Code",
            LoginStep::SetUpFactor { .. } => "Second factor",
            LoginStep::RecoveryCodes { .. } => "Recovery codes",
            LoginStep::Locked(_) => "Locked",
        }
    }

    fn help(&self) -> Vec<Help> {
        let enter = match self.step {
            LoginStep::CheckingStore => return Vec::new(),
            LoginStep::RecoveryCodes { .. } => return second_step::slip_help(),
            LoginStep::SetUp(_) | LoginStep::SetUpFactor { .. } => "set up",
            LoginStep::LogIn(_) | LoginStep::Code { .. } => "log in",
            LoginStep::Register(_) => "register",
            LoginStep::Choose { .. } => "set the password",
            LoginStep::Locked(_) => "unlock",
        };
        let hint = |on, hint| Help { on, name: "", group: Group::Everywhere, hint, help: "" };
        let register = self.can_register().then(|| hint(&[REGISTER], "register"));
        let leads_back = matches!(
            self.step,
            LoginStep::Register(_) | LoginStep::Code { .. } | LoginStep::SetUpFactor { .. }
        );
        let back = leads_back.then(|| hint(&["esc"], "back"));
        let has_fields = !matches!(
            self.step,
            LoginStep::Code { .. } | LoginStep::SetUpFactor { .. } | LoginStep::Locked(_)
        );
        let next = has_fields.then(|| hint(&["tab"], "next field"));
        let own = [Some(hint(&["enter"], enter)), register, back, next];
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
        let Some(form) = self.open_form() else { return Answer::Pass };
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
            && let Some(form) = self.open_form()
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
        if self.checking { None } else { self.open_form() }
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
