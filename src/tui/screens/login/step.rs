//! The steps of the log-in, each with its form and the request that submits it.

use crate::domain::secret::Secret;
use crate::service::contract::{SignIn, WhyChoose};
use crate::tui::widgets::factor_view::FactorView;
use crate::tui::widgets::form::Form;

use super::forms::{INVITATION_ROW, PASSWORD_ROW, account_fields};

/// The current step of the log-in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum LoginStep {
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
    pub(super) fn form(&self) -> Option<&Form> {
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
    pub(super) fn form_mut(&mut self) -> Option<&mut Form> {
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

    /// Returns the request that submits the form.
    pub(super) fn request(&self) -> Option<SignIn> {
        Some(match self {
            Self::CheckingStore => return None,
            Self::SetUp(form) => {
                SignIn::SetUp { fields: account_fields(form), password: form.secret(PASSWORD_ROW) }
            }
            Self::Register(form) => SignIn::Register {
                fields: account_fields(form),
                password: form.secret(PASSWORD_ROW),
                code: form.secret(INVITATION_ROW),
            },
            Self::LogIn(form) => {
                SignIn::LogIn { name: form.value(0).to_owned(), secret: form.secret(1), code: None }
            }
            Self::Code { form, name, proof, .. } => {
                SignIn::LogIn { name: name.clone(), secret: proof.clone(), code: Some(form.secret(0)) }
            }
            Self::SetUpFactor { form, view, name, proof } => SignIn::EnrolFactor {
                name: name.clone(),
                proof: proof.clone(),
                factor: view.secret().clone(),
                code: form.secret(0),
            },
            // The code that was just accepted stands for this log-in.
            Self::RecoveryCodes { name, proof, .. } => {
                SignIn::LogIn { name: name.clone(), secret: proof.clone(), code: None }
            }
            Self::Choose { form, name, proof, .. } => {
                SignIn::Choose { name: name.clone(), proof: proof.clone(), password: form.secret(0) }
            }
            Self::Locked(form) => SignIn::Unlock(form.secret(0)),
        })
    }

    /// Returns the name under which the form tries to log in; empty where the console knows whose secret it asks for.
    pub(super) fn tried_name(&self) -> &str {
        match self {
            Self::LogIn(form) => form.value(0),
            Self::Choose { name, .. }
            | Self::Code { name, .. }
            | Self::SetUpFactor { name, .. }
            | Self::RecoveryCodes { name, .. } => name,
            Self::CheckingStore | Self::SetUp(_) | Self::Register(_) | Self::Locked(_) => "",
        }
    }

    /// Returns the title of the screen.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::CheckingStore => "",
            Self::LogIn(_) => "Log in",
            Self::SetUp(_) => "Set up NEXUS",
            Self::Register(_) => "Register",
            Self::Choose { .. } => "Choose a password",
            Self::Code { .. } => "Code",
            Self::SetUpFactor { .. } => "Second factor",
            Self::RecoveryCodes { .. } => "Recovery codes",
            Self::Locked(_) => "Locked",
        }
    }

    /// Returns the words for what Enter does with the form; `None` without a form.
    pub(super) fn submits(&self) -> Option<&'static str> {
        Some(match self {
            Self::CheckingStore | Self::RecoveryCodes { .. } => return None,
            Self::SetUp(_) | Self::SetUpFactor { .. } => "set up",
            Self::LogIn(_) | Self::Code { .. } => "log in",
            Self::Register(_) => "register",
            Self::Choose { .. } => "set the password",
            Self::Locked(_) => "unlock",
        })
    }

    /// Returns true if Esc leads back to the log-in, and the footer says so.
    pub(super) fn leads_back(&self) -> bool {
        matches!(self, Self::Register(_) | Self::Code { .. } | Self::SetUpFactor { .. })
    }

    /// Returns true if the form has several fields.
    pub(super) fn has_fields(&self) -> bool {
        !matches!(self, Self::Code { .. } | Self::SetUpFactor { .. } | Self::Locked(_))
    }
}
