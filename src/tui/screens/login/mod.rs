//! The gate: set-up, log-in, choosing a password, and the lock. Nothing behind it shows while it stands.

mod view;

use crossterm::event::KeyCode;
use ratatui::Frame;

use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, Fields};
use crate::service::contract::{Admins, Failure, Operator, Reply, Request, SignIn, StoreStatus, WhyChoose};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Help, Press};
use crate::tui::screens::screen::{Answer, Screen};
use crate::tui::startup::{DemoAccount, StartupOptions};
use crate::tui::widgets::field::Entry;
use crate::tui::widgets::form::{Form, Outcome, Row, Rule};

/// What the gate asks for now.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// It does not know yet whether anybody can log in.
    Looking,
    /// The first admin.
    SetUp(Form),
    /// Name and password.
    LogIn(Form),
    /// A new password, after a proof.
    Choose { form: Form, why: WhyChoose, name: String, proof: Secret },
    /// The operator's password again.
    Locked(Form),
}

/// The screen.
#[derive(Debug)]
pub struct LoginScreen {
    stage: Stage,
    host: String,
    /// Where the store is, once that is known.
    store: String,
    /// When the pages of its file were found sound.
    sound_at: Option<Timestamp>,
    /// Whether nobody can log in as admin any more.
    without_admin: bool,
    demo: Option<DemoAccount>,
    /// Nothing can be changed, so there is no set-up.
    read_only: bool,
    /// Who locked the console.
    label: String,
    /// Why nobody was let in.
    refused: Option<Failure>,
    /// An answer is under way: what is typed meanwhile is dropped.
    checking: bool,
    /// What was typed before the fields were there.
    early: Vec<Press>,
}

impl LoginScreen {
    /// A gate that first looks whether anybody can log in.
    pub fn new(start: &StartupOptions) -> Self {
        Self {
            stage: Stage::Looking,
            host: start.host.clone(),
            store: String::new(),
            sound_at: None,
            without_admin: false,
            demo: start.demo.clone(),
            read_only: start.read_only.is_some(),
            label: String::new(),
            refused: None,
            checking: false,
            early: Vec::new(),
        }
    }

    /// The gate of a locked console: only its operator passes.
    pub fn locked(start: &StartupOptions, operator: &Operator) -> Self {
        let form = Form::new(vec![Row::new("Password", Entry::secret(), Rule::Required)]);
        Self { stage: Stage::Locked(form), label: operator.label.clone(), ..Self::new(start) }
    }

    fn form(&mut self) -> Option<&mut Form> {
        match &mut self.stage {
            Stage::Looking => None,
            Stage::SetUp(form) | Stage::LogIn(form) | Stage::Choose { form, .. } | Stage::Locked(form) => {
                Some(form)
            }
        }
    }

    /// What handing the form in asks for.
    fn request(&self) -> Option<SignIn> {
        Some(match &self.stage {
            Stage::Looking => return None,
            Stage::SetUp(form) => {
                SignIn::SetUp { fields: set_up_fields(form), password: form.secret(PASSWORD_ROW) }
            }
            Stage::LogIn(form) => SignIn::LogIn { name: form.value(0).to_owned(), secret: form.secret(1) },
            Stage::Choose { form, name, proof, .. } => {
                SignIn::Choose { name: name.clone(), proof: proof.clone(), password: form.secret(0) }
            }
            Stage::Locked(form) => SignIn::Unlock(form.secret(0)),
        })
    }

    fn submit(&mut self) -> Vec<Ask> {
        let Some(request) = self.request() else { return Vec::new() };
        self.checking = true;
        self.refused = None;
        vec![Ask::Perform(Slot::Single, Request::SignIn(request))]
    }

    fn looked(&mut self, house: StoreStatus) {
        self.store = house.store;
        self.sound_at = house.sound_at;
        self.without_admin = house.admins != Admins::Usable;
        self.stage = match house.admins {
            Admins::Never if !self.read_only => Stage::SetUp(set_up_form()),
            Admins::Never | Admins::NoneNow | Admins::Usable => Stage::LogIn(log_in_form("")),
        };
    }

    fn must_choose(&mut self, why: WhyChoose) {
        let (name, proof) = match &self.stage {
            Stage::LogIn(form) => (form.value(0).to_owned(), form.secret(1)),
            _ => return,
        };
        self.stage = Stage::Choose { form: choose_form(), why, name, proof };
    }

    /// What was typed stays but for the secrets; the field it is about is marked.
    fn refuse(&mut self, failure: Failure) {
        let keep_secrets = matches!(self.stage, Stage::SetUp(_) | Stage::Choose { .. });
        if let Some(form) = self.form() {
            if !keep_secrets {
                form.clear_secrets();
            }
            if failure.field.is_some_and(|field| form.blame(field, &failure.message)) {
                return;
            }
        }
        self.refused = Some(failure);
    }
}

/// The place of the password among the set-up's fields.
const PASSWORD_ROW: usize = 4;

fn set_up_form() -> Form {
    let account = [Field::FirstName, Field::LastName, Field::Username, Field::Email];
    let mut rows: Vec<_> = account.into_iter().map(|field| Row::account(field, "")).collect();
    rows.push(Row::new("Password", Entry::secret(), Rule::NewPassword));
    rows.push(Row::new("The same again", Entry::secret(), Rule::Again));
    Form::new(rows)
}

fn set_up_fields(form: &Form) -> Fields {
    Fields {
        first_name: form.account(Field::FirstName),
        last_name: form.account(Field::LastName),
        username: form.account(Field::Username),
        email: form.account(Field::Email),
        ..Fields::default()
    }
}

fn log_in_form(name: &str) -> Form {
    Form::new(vec![
        Row::new("Username or email", Entry::text(name), Rule::Required),
        Row::new("Password", Entry::secret(), Rule::Required),
    ])
}

fn choose_form() -> Form {
    Form::new(vec![
        Row::new("New password", Entry::secret(), Rule::NewPassword),
        Row::new("The same again", Entry::secret(), Rule::Again),
    ])
}

impl Screen for LoginScreen {
    fn name(&self) -> &'static str {
        match self.stage {
            Stage::Looking => "",
            Stage::LogIn(_) => "Log in",
            Stage::SetUp(_) => "Set up NEXUS",
            Stage::Choose { .. } => "Choose a password",
            Stage::Locked(_) => "Locked",
        }
    }

    fn help(&self) -> Vec<Help> {
        let enter = match self.stage {
            Stage::Looking => return Vec::new(),
            Stage::SetUp(_) => "set up",
            Stage::LogIn(_) => "log in",
            Stage::Choose { .. } => "set the password",
            Stage::Locked(_) => "unlock",
        };
        let hint = |on, hint| Help { on, name: "", hint, help: "" };
        vec![
            hint(&["enter"], enter),
            hint(&["tab"], "next field"),
            hint(&["f2"], "shows what is typed"),
            hint(&["ctrl-c"], "leave"),
        ]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn press(&mut self, _: &Context, press: &Press) -> Answer {
        if self.checking {
            return Answer::Pass;
        }
        if self.stage == Stage::Looking {
            self.early.push(press.clone());
            return Answer::Pass;
        }
        if press.key.code == KeyCode::Esc {
            // Back from choosing a password to the log-in; the proof is wiped with the stage.
            if let Stage::Choose { name, .. } = &self.stage {
                self.stage = Stage::LogIn(log_in_form(name));
            }
            self.refused = None;
            return Answer::Asks(Vec::new());
        }
        let Some(form) = self.form() else { return Answer::Pass };
        match form.press(press.key) {
            Outcome::Submit => Answer::Asks(self.submit()),
            Outcome::Stay => Answer::Asks(Vec::new()),
            Outcome::Pass => Answer::Pass,
        }
    }

    fn paste(&mut self, _: &Context, text: &str) -> Vec<Ask> {
        if !self.checking
            && let Some(form) = self.form()
        {
            form.paste(text);
        }
        Vec::new()
    }

    fn reply(&mut self, context: &Context, _: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        self.checking = false;
        match result {
            Ok(Reply::StoreStatus(house)) => {
                self.looked(house);
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
            Ok(_) => {}
            Err(failure) => self.refuse(failure),
        }
        Vec::new()
    }

    fn open(&mut self, _: &Context, _: Option<&str>) -> Vec<Ask> {
        if self.stage == Stage::Looking {
            return vec![Ask::Query(Slot::Single, Request::SignIn(SignIn::Look))];
        }
        Vec::new()
    }

    fn refresh(&mut self, _: &Context) -> Vec<Ask> {
        Vec::new()
    }

    fn go_to(&mut self, _: &Context, _: u64) -> Vec<Ask> {
        Vec::new()
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        self.draw(context, frame);
    }
}

#[cfg(test)]
mod tests;
