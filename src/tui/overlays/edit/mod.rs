//! Boxes with fields: what each is for, which fields it has, and the request that comes of them.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::directory::join;
use crate::domain::text::excerpt;
use crate::domain::time::{Duration, parse_span};
use crate::domain::user::{AccessLevel, Field, Fields, Status, User, UserId, Who};
use crate::service::contract::{Accounts, Directories, DirectorySelector, Failure, Request, Sessions};
use crate::tui::effect::{Ask, RequestId};
use crate::tui::keys::Help;
use crate::tui::screens::Context;
use crate::tui::widgets::bars;
use crate::tui::widgets::field::Entry;
use crate::tui::widgets::form::{Form, Outcome, Row, Rule};

#[cfg(test)]
mod tests;

const LEVELS: &[&str] = &["user", "admin"];
const STATUSES: &[&str] = &["pending", "confirmed", "suspended"];
/// Cells for what stands in the box.
const WIDTH: u16 = 60;
/// How long an access code is good for when nobody says otherwise.
const CODE_LIFE: &str = "24h";
/// How long a token is good for when nobody says otherwise.
const TOKEN_LIFE: &str = "8h";

/// What a box with fields is for.
#[derive(Debug, Clone, PartialEq)]
enum Purpose {
    AddUser,
    EditUser { id: UserId, was: Box<Fields> },
    SetPassword { id: UserId },
    OwnPassword,
    MakeCode { id: UserId },
    IssueToken,
    AddDirectory { parent: Option<String> },
    RenameDirectory { id: i64 },
    MoveDirectory { id: i64 },
}

/// A box with fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    title: String,
    purpose: Purpose,
    form: Form,
    /// What was handed in, until the answer is there.
    sent: Option<RequestId>,
}

impl Edit {
    fn new(title: impl Into<String>, purpose: Purpose, rows: Vec<Row>) -> Self {
        Self { title: title.into(), purpose, form: Form::new(rows), sent: None }
    }

    /// A new account.
    pub fn add_user() -> Self {
        let mut rows = account_rows(&Fields::default());
        rows.push(choice("Access level", LEVELS, AccessLevel::User.word()));
        rows.push(choice("Status", STATUSES, Status::Pending.word()));
        Self::new("Add an account", Purpose::AddUser, rows)
    }

    /// An account's fields; an admin may change level and status too.
    pub fn user(user: &User, by_admin: bool) -> Self {
        let mut was = user.fields();
        let mut rows = account_rows(&was);
        if by_admin {
            rows.push(choice("Access level", LEVELS, user.level.word()));
            rows.push(choice("Status", STATUSES, user.status.word()));
        } else {
            let own = [Field::FirstName, Field::LastName, Field::ContactNumber, Field::Address];
            rows.retain(|row| matches!(row.rule, Rule::Account(field) if own.contains(&field)));
            was = Fields { username: None, email: None, level: None, status: None, ..was };
        }
        let title = format!("Edit {}", excerpt(user.label()));
        Self::new(title, Purpose::EditUser { id: user.id, was: Box::new(was) }, rows)
    }

    /// A password for somebody else; they choose another at their next log-in.
    pub fn password(user: &User) -> Self {
        let rows = new_password_rows("New password");
        Self::new(
            format!("Set a password for {}", excerpt(user.label())),
            Purpose::SetPassword { id: user.id },
            rows,
        )
    }

    /// The operator's own password.
    pub fn own_password() -> Self {
        let mut rows = vec![Row::new("Current password", Entry::secret(), Rule::Required)];
        rows.extend(new_password_rows("New password"));
        Self::new("Change your password", Purpose::OwnPassword, rows)
    }

    /// An access code.
    pub fn code(user: &User) -> Self {
        let rows = vec![Row::new("Good for", Entry::text(CODE_LIFE), Rule::Span)];
        Self::new(
            format!("Make an access code for {}", excerpt(user.label())),
            Purpose::MakeCode { id: user.id },
            rows,
        )
    }

    /// A token, for `who` unless another is typed.
    pub fn token(who: &str) -> Self {
        let rows = vec![
            Row::new("Account (username, email or id)", Entry::text(who), Rule::Who),
            Row::new("Good for", Entry::text(TOKEN_LIFE), Rule::Span),
        ];
        Self::new("Issue a token", Purpose::IssueToken, rows)
    }

    /// A directory below `parent`; without one a new root, whose owner must be named.
    pub fn add_directory(parent: Option<String>) -> Self {
        let mut rows = vec![Row::new("Name", Entry::text(""), Rule::Name)];
        if parent.is_none() {
            rows.push(Row::new("Owner (username, email or id)", Entry::text(""), Rule::Who));
        }
        let title = match &parent {
            Some(parent) => format!("Add a directory below {parent}"),
            None => "Add a directory at the top".into(),
        };
        Self::new(title, Purpose::AddDirectory { parent }, rows)
    }

    /// Another name for a directory.
    pub fn rename_directory(id: i64, name: &str) -> Self {
        let rows = vec![Row::new("Name", Entry::text(name), Rule::Name)];
        Self::new(format!("Rename {name}"), Purpose::RenameDirectory { id }, rows)
    }

    /// Another parent for a directory.
    pub fn move_directory(id: i64, name: &str, parent: &str) -> Self {
        let rows = vec![Row::new("New parent (its whole path)", Entry::text(parent), Rule::Path)];
        Self::new(format!("Move {name}"), Purpose::MoveDirectory { id }, rows)
    }

    /// A key.
    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if key.code == KeyCode::Esc {
            return vec![Ask::Close];
        }
        if self.sent.is_some() {
            return Vec::new();
        }
        match self.form.press(key) {
            Outcome::Submit => vec![Ask::Act(self.request())],
            Outcome::Stay | Outcome::Pass => Vec::new(),
        }
    }

    /// It was handed in under this ticket: until the answer is there only Esc does anything.
    pub fn sent(&mut self, request_id: RequestId) {
        self.sent = Some(request_id);
    }

    /// Whether this ticket's answer is for this box.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        self.sent == Some(request_id)
    }

    /// Pasted text goes into the field with the cursor.
    pub fn paste(&mut self, text: &str) {
        if self.sent.is_none() {
            self.form.paste(text);
        }
    }

    /// The store refused: what was typed stays. Marks the field that the failure is about, and returns whether there is one.
    pub fn refuse(&mut self, failure: &Failure) -> bool {
        self.sent = None;
        failure.field.is_some_and(|field| self.form.blame(field, &failure.message))
    }

    fn request(&self) -> Request {
        match &self.purpose {
            Purpose::AddUser => {
                Request::Accounts(Accounts::Add { fields: self.fields(), password: None, must_change: false })
            }
            Purpose::EditUser { id, was } => Request::Accounts(Accounts::Edit {
                who: Who::Id(*id),
                fields: changed(self.fields(), was),
                was: Some(was.clone()),
            }),
            Purpose::SetPassword { id } => Request::Accounts(Accounts::SetPassword {
                who: Who::Id(*id),
                password: self.form.secret(0),
                must_change: true,
            }),
            Purpose::OwnPassword => Request::Accounts(Accounts::ChangeOwnPassword {
                current: self.form.secret(0),
                password: self.form.secret(1),
            }),
            Purpose::MakeCode { id } => {
                Request::Accounts(Accounts::MakeCode { who: Who::Id(*id), life: self.span(0) })
            }
            Purpose::IssueToken => {
                Request::Sessions(Sessions::Issue { who: who(self.form.value(0)), life: self.span(1) })
            }
            Purpose::AddDirectory { parent } => Request::Directories(Directories::Add {
                path: join(parent.as_deref(), self.form.value(0)),
                owner: parent.is_none().then(|| who(self.form.value(1))),
            }),
            Purpose::RenameDirectory { id } => Request::Directories(Directories::Rename {
                place: DirectorySelector::Id(*id),
                name: self.form.value(0).to_owned(),
            }),
            Purpose::MoveDirectory { id } => Request::Directories(Directories::Move {
                place: DirectorySelector::Id(*id),
                to: DirectorySelector::Path(self.form.value(0).to_owned()),
            }),
        }
    }

    /// The span in a field that its rule has checked.
    fn span(&self, index: usize) -> Duration {
        parse_span(self.form.value(index).trim()).unwrap_or_default()
    }

    fn fields(&self) -> Fields {
        let of = |field| self.form.account(field);
        Fields {
            first_name: of(Field::FirstName),
            last_name: of(Field::LastName),
            username: of(Field::Username),
            email: of(Field::Email),
            contact_number: of(Field::ContactNumber),
            address: of(Field::Address),
            level: of(Field::AccessLevel).as_deref().and_then(AccessLevel::parse),
            status: of(Field::Status).as_deref().and_then(Status::parse),
        }
    }

    /// Draws it.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let columns = WIDTH.min(context.body.width.saturating_sub(4));
        let lines = self.form.lines(columns, theme) + 2;
        let inside = super::open(frame, context.body, theme, &self.title, WIDTH, lines);
        let form = Rect { height: inside.height.saturating_sub(1), ..inside };
        self.form.view(frame, form, theme);
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
        if context.waiting && self.sent.is_some() {
            bars::line(frame, foot, "working…", theme.quiet());
        } else {
            bars::footer(frame, foot, theme, &HINTS);
        }
    }
}

const HINTS: [Help; 3] = [
    Help { on: &["enter"], name: "", hint: "save", help: "" },
    Help { on: &["tab"], name: "", hint: "next field", help: "" },
    Help { on: &["esc"], name: "", hint: "cancel", help: "" },
];

/// The account that a checked text names.
fn who(text: &str) -> Who {
    Who::parse(text).unwrap_or_else(|_| Who::Username(text.to_owned()))
}

fn account_rows(fields: &Fields) -> Vec<Row> {
    let all = [
        (Field::FirstName, &fields.first_name),
        (Field::LastName, &fields.last_name),
        (Field::Username, &fields.username),
        (Field::Email, &fields.email),
        (Field::ContactNumber, &fields.contact_number),
        (Field::Address, &fields.address),
    ];
    all.into_iter().map(|(field, text)| Row::account(field, text.as_deref().unwrap_or_default())).collect()
}

fn choice(label: &'static str, of: &'static [&'static str], word: &str) -> Row {
    let field = if of == LEVELS { Field::AccessLevel } else { Field::Status };
    Row::new(label, Entry::choice(of, word), Rule::Account(field))
}

fn new_password_rows(label: &'static str) -> Vec<Row> {
    vec![
        Row::new(label, Entry::secret(), Rule::NewPassword),
        Row::new("The same again", Entry::secret(), Rule::Again),
    ]
}

/// Only what differs from before: a colleague's change to another field is not written over.
fn changed(now: Fields, was: &Fields) -> Fields {
    fn kept<T: PartialEq>(now: Option<T>, was: Option<&T>) -> Option<T> {
        now.filter(|now| Some(now) != was)
    }
    /// What a field shows is trimmed: blanks that another program stored around it are no change.
    fn text(now: Option<String>, was: Option<&String>) -> Option<String> {
        now.filter(|now| Some(now.as_str()) != was.map(|was| was.trim()))
    }
    Fields {
        first_name: text(now.first_name, was.first_name.as_ref()),
        last_name: text(now.last_name, was.last_name.as_ref()),
        username: text(now.username, was.username.as_ref()),
        email: text(now.email, was.email.as_ref()),
        contact_number: text(now.contact_number, was.contact_number.as_ref()),
        address: text(now.address, was.address.as_ref()),
        level: kept(now.level, was.level.as_ref()),
        status: kept(now.status, was.status.as_ref()),
    }
}
