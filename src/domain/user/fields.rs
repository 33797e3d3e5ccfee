//! The fields of an account that an operator may set, each defined once in [`FIELDS`].

use super::account::{AccessLevel, Status, User};
use super::rules;

/// Changes to the fields that an operator may set: `None` leaves a field as it is, an empty text clears an
/// optional one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    pub contact_number: Option<String>,
    pub address: Option<String>,
    pub level: Option<AccessLevel>,
    pub status: Option<Status>,
}

impl Fields {
    /// Returns the value of a field if it is set.
    pub fn get(&self, field: Field) -> Option<&str> {
        field.spec()?.value(self)
    }

    /// Sets a field, or with `None` unsets it; a word that a choice does not offer unsets the choice.
    pub fn set(&mut self, spec: &FieldSpec, value: Option<String>) {
        (spec.set)(self, value);
    }

    /// Returns the fields that are set with their values, in the order in which forms show them.
    pub fn values(&self) -> impl Iterator<Item = (&'static FieldSpec, &str)> {
        FIELDS.iter().filter_map(|spec| Some((spec, spec.value(self)?)))
    }

    /// Keeps only the set fields for which `keep` returns true.
    pub fn filter(mut self, keep: impl Fn(&FieldSpec, &str) -> bool) -> Self {
        for spec in &FIELDS {
            if spec.value(&self).is_some_and(|value| !keep(spec, value)) {
                self.set(spec, None);
            }
        }
        self
    }

    /// Checks every field that is set.
    ///
    /// # Errors
    /// The first invalid field and the rule that it breaks.
    pub fn check(&self) -> Result<(), (Field, &'static str)> {
        self.values().try_for_each(|(spec, text)| (spec.check)(text).map_err(|rule| (spec.field, rule)))
    }
}

impl FromIterator<(&'static FieldSpec, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (&'static FieldSpec, String)>>(values: I) -> Self {
        let mut fields = Self::default();
        for (spec, value) in values {
            fields.set(spec, Some(value));
        }
        fields
    }
}

impl User {
    /// Returns the current values of the fields that an operator may set.
    pub fn fields(&self) -> Fields {
        FIELDS.iter().map(|spec| (spec, spec.of_user(self).unwrap_or_default().to_owned())).collect()
    }
}

/// The kind of values that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A name that people log in with. No two accounts share one.
    LoginName,
    Text,
    /// One of a few words; a new account gets the default.
    Choice {
        words: &'static [&'static str],
        default: &'static str,
    },
}

/// The definition of a field of an account. Forms, commands, output, SQL, the journal and imports loop over [`FIELDS`].
#[derive(Debug)]
pub struct FieldSpec {
    pub field: Field,
    /// The column of the users table; also the key in JSON, CSV and the journal.
    pub column: &'static str,
    /// The label in forms and messages.
    pub label: &'static str,
    /// The heading in tables.
    pub heading: &'static str,
    /// The option on the command line, without its dashes.
    pub flag: &'static str,
    /// The name of the option's value.
    pub value_name: &'static str,
    /// The help of the option.
    pub help: &'static str,
    pub kind: FieldKind,
    /// True if every account has a value that is not empty, given when the account is added.
    pub required: bool,
    /// True if plain users may change it on their own account.
    pub own: bool,
    check: fn(&str) -> Result<(), &'static str>,
    value: fn(&Fields) -> Option<&str>,
    set: fn(&mut Fields, Option<String>),
    of_user: fn(&User) -> Option<&str>,
}

impl FieldSpec {
    /// Returns this field's value if it is set.
    pub fn value<'a>(&self, fields: &'a Fields) -> Option<&'a str> {
        (self.value)(fields)
    }

    /// Returns this field's value in an account.
    pub fn of_user<'a>(&self, user: &'a User) -> Option<&'a str> {
        (self.of_user)(user)
    }

    /// Returns the value to store for a new account: the default of a choice that is not set, and `None` for an empty
    /// text that is optional.
    pub fn new_value<'a>(&self, fields: &'a Fields) -> Option<&'a str> {
        match self.kind {
            FieldKind::Choice { default, .. } => Some(self.value(fields).unwrap_or(default)),
            FieldKind::LoginName | FieldKind::Text => {
                self.value(fields).filter(|text| self.required || !text.is_empty())
            }
        }
    }

    /// Returns the words to choose from; none for a text.
    pub const fn words(&self) -> &'static [&'static str] {
        match self.kind {
            FieldKind::Choice { words, .. } => words,
            FieldKind::LoginName | FieldKind::Text => &[],
        }
    }

    /// Returns the word of a choice that `text` is, letter case ignored.
    pub fn word(&self, text: &str) -> Option<&'static str> {
        self.words().iter().copied().find(|word| word.eq_ignore_ascii_case(text))
    }
}

const LEVELS: FieldKind = FieldKind::Choice {
    words: &[AccessLevel::User.word(), AccessLevel::Admin.word()],
    default: AccessLevel::User.word(),
};
const STATUSES: FieldKind = FieldKind::Choice {
    words: &[Status::Pending.word(), Status::Confirmed.word(), Status::Suspended.word()],
    default: Status::Pending.word(),
};

/// The fields that an operator may set, in the order of forms. A further one is a variant of [`Field`], a row here, and a
/// member of [`User`] and of [`Fields`].
pub const FIELDS: [FieldSpec; 8] = [
    FieldSpec {
        field: Field::FirstName,
        column: "firstname",
        label: "First name",
        heading: "First name",
        flag: "firstname",
        value_name: "TEXT",
        help: "First name",
        kind: FieldKind::Text,
        required: true,
        own: true,
        check: rules::check_name,
        value: |fields| fields.first_name.as_deref(),
        set: |fields, value| fields.first_name = value,
        of_user: |user| Some(&user.first_name),
    },
    FieldSpec {
        field: Field::LastName,
        column: "lastname",
        label: "Last name",
        heading: "Last name",
        flag: "lastname",
        value_name: "TEXT",
        help: "Last name",
        kind: FieldKind::Text,
        required: true,
        own: true,
        check: rules::check_name,
        value: |fields| fields.last_name.as_deref(),
        set: |fields, value| fields.last_name = value,
        of_user: |user| Some(&user.last_name),
    },
    FieldSpec {
        field: Field::Username,
        column: "username",
        label: "Username",
        heading: "Username",
        flag: "username",
        value_name: "NAME",
        help: "Username",
        kind: FieldKind::LoginName,
        required: false,
        own: false,
        check: rules::check_username,
        value: |fields| fields.username.as_deref(),
        set: |fields, value| fields.username = value,
        of_user: |user| user.username.as_deref(),
    },
    FieldSpec {
        field: Field::Email,
        column: "email",
        label: "Email",
        heading: "Email",
        flag: "email",
        value_name: "EMAIL",
        help: "Email",
        kind: FieldKind::LoginName,
        required: true,
        own: false,
        check: rules::check_email,
        value: |fields| fields.email.as_deref(),
        set: |fields, value| fields.email = value,
        of_user: |user| Some(&user.email),
    },
    FieldSpec {
        field: Field::ContactNumber,
        column: "contact_number",
        label: "Phone",
        heading: "Phone",
        flag: "contact-number",
        value_name: "TEXT",
        help: "Telephone",
        kind: FieldKind::Text,
        required: false,
        own: true,
        check: rules::check_contact_number,
        value: |fields| fields.contact_number.as_deref(),
        set: |fields, value| fields.contact_number = value,
        of_user: |user| user.contact_number.as_deref(),
    },
    FieldSpec {
        field: Field::Address,
        column: "address",
        label: "Address",
        heading: "Address",
        flag: "address",
        value_name: "TEXT",
        help: "Postal address",
        kind: FieldKind::Text,
        required: false,
        own: true,
        check: rules::check_address,
        value: |fields| fields.address.as_deref(),
        set: |fields, value| fields.address = value,
        of_user: |user| user.address.as_deref(),
    },
    FieldSpec {
        field: Field::AccessLevel,
        column: "access_level",
        label: "Access level",
        heading: "Level",
        flag: "access-level",
        value_name: "LEVEL",
        help: "Access level: user or admin",
        kind: LEVELS,
        required: false,
        own: false,
        check: |_| Ok(()),
        value: |fields| fields.level.map(AccessLevel::word),
        set: |fields, value| fields.level = value.as_deref().and_then(AccessLevel::parse),
        of_user: |user| Some(user.level.word()),
    },
    FieldSpec {
        field: Field::Status,
        column: "status",
        label: "Status",
        heading: "Status",
        flag: "status",
        value_name: "STATUS",
        help: "Status: pending, confirmed or suspended",
        kind: STATUSES,
        required: false,
        own: false,
        check: |_| Ok(()),
        value: |fields| fields.status.map(Status::word),
        set: |fields, value| fields.status = value.as_deref().and_then(Status::parse),
        of_user: |user| Some(user.status.word()),
    },
];

/// A field of a form, an error or a report. The fields of an account come first, in the order of [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    FirstName,
    LastName,
    Username,
    Email,
    ContactNumber,
    Address,
    AccessLevel,
    Status,
    /// A password (never its value).
    Password,
    /// The name of a directory.
    DirectoryName,
    Span,
    /// The label of a token.
    Label,
}

impl Field {
    /// Returns the row of [`FIELDS`]; `None` for what is not a field of an account.
    pub fn spec(self) -> Option<&'static FieldSpec> {
        FIELDS.iter().find(|spec| spec.field == self)
    }

    /// Returns the label that forms show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::DirectoryName => "Name",
            Self::Span => "Time",
            Self::Label => "Label",
            account => account.spec().map_or("Field", |spec| spec.label),
        }
    }

    /// Checks that `text` is valid for this field.
    ///
    /// # Errors
    /// The rule that `text` breaks.
    pub fn check(self, text: &str) -> Result<(), &'static str> {
        self.spec().map_or(Ok(()), |spec| (spec.check)(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_keep_their_rule() {
        for good in ["ada", "u5_mller", "a.b-c", "1a"] {
            assert_eq!(Field::Username.check(good), Ok(()), "{good}");
        }
        for bad in ["12", "zoë", "a b", "a/b", &"x".repeat(51), "._-"] {
            assert!(Field::Username.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn emails_keep_their_rule() {
        for good in ["ada@nexus.example", "user5@exämple.example", "a+b@c"] {
            assert_eq!(Field::Email.check(good), Ok(()), "{good}");
        }
        for bad in ["", "ada", "@x", "a@", "a@b@c", "a b@c", "a@.c", "a@b..c", "a\u{1b}@c"] {
            assert!(Field::Email.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_not_empty_and_hold_no_control_characters() {
        assert!(Field::FirstName.check(" ").is_err());
        assert!(Field::LastName.check("a\u{1b}[0m").is_err());
        assert_eq!(Field::LastName.check("O'Brien-李"), Ok(()));
        assert_eq!(Field::Address.check("12 Street\nCity"), Ok(()));
    }

    #[test]
    fn fields_stand_in_their_table_in_the_order_of_their_variants() {
        for (place, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.field as usize, place, "{}", spec.column);
        }
    }

    #[test]
    fn a_value_that_was_set_is_read_from_the_same_field() {
        for spec in &FIELDS {
            let value = spec.words().last().copied().unwrap_or("x");
            let fields: Fields = [(spec, value.to_owned())].into_iter().collect();
            let set: Vec<_> = fields.values().map(|(spec, value)| (spec.field, value)).collect();
            assert_eq!(set, [(spec.field, value)]);
            assert_eq!(fields.filter(|_, _| false), Fields::default());
        }
    }

    #[test]
    fn the_first_broken_field_is_named() {
        let fields = Fields { email: Some("x".into()), username: Some("1".into()), ..Fields::default() };
        assert_eq!(fields.check().unwrap_err().0, Field::Username);
    }
}
