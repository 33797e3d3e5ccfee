//! The forms of the log-in screen.

use crate::domain::user::{FIELDS, Field, Fields};
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, Row, Rule};

/// The fields of an account that is made here.
const ACCOUNT_FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::Username, Field::Email];
/// The index of the password's row in the form of an account, and that of the row behind the repeated password.
pub(super) const PASSWORD_ROW: usize = ACCOUNT_FIELDS.len();
pub(super) const INVITATION_ROW: usize = PASSWORD_ROW + 2;
/// Returns the form for an account, with more rows at its end.
pub(super) fn account_form(more: Vec<Row>) -> Form {
    let mut rows: Vec<_> = ACCOUNT_FIELDS.into_iter().map(|field| Row::account(field, "")).collect();
    rows.push(Row::new("Password", InputField::secret(), Rule::NewPassword));
    rows.push(Row::new("The same again", InputField::secret(), Rule::Again));
    rows.extend(more);
    Form::new(rows)
}

pub(super) fn account_fields(form: &Form) -> Fields {
    FIELDS.iter().filter_map(|spec| Some((spec, form.account(spec.field)?))).collect()
}

pub(super) fn log_in_form(name: &str) -> Form {
    Form::new(vec![
        Row::new("Username or email", InputField::text(name), Rule::Required),
        Row::new("Password", InputField::secret(), Rule::Required),
    ])
}

pub(super) fn choose_form() -> Form {
    Form::new(vec![
        Row::new("New password", InputField::secret(), Rule::NewPassword),
        Row::new("The same again", InputField::secret(), Rule::Again),
    ])
}
