//! Form dialogs: title, fields and resulting request of each.

mod target;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::domain::directory::join;
use crate::domain::session::SessionLabel;
use crate::domain::text::{excerpt, visible, width};
use crate::domain::time::{Duration, parse_span};
use crate::domain::user::{FIELDS, Field, FieldKind, FieldSpec, Fields, Who};
use crate::service::contract::{
    AccountChange, Accounts, Directories, DirectorySelector, Failure, Reply, Request, Sessions,
};
use crate::tui::context::Context;
use crate::tui::dialog::FormDialog;
use crate::tui::effect::{Ask, CompletionKind, RequestId};
use crate::tui::keys::Help;
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, FormResponse, Labels, Row, Rule};

use target::Targets;

/// The default lifetime of an access code.
const CODE_LIFE: &str = "24h";
/// The default lifetime of a token.
const TOKEN_LIFE: &str = "8h";

/// A dialog with a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    title: String,
    dialog: FormDialog,
    form: Form,
    /// The request that was submitted and is not answered yet.
    sent: Option<RequestId>,
    /// The directories for the target of a move.
    targets: Targets,
}

impl Edit {
    /// Builds the form that a dialog names, with the cursor in its first field.
    pub fn new(dialog: FormDialog) -> Self {
        let title = title(&dialog);
        let form = Form::new(rows(&dialog));
        Self { title, dialog, form, sent: None, targets: Targets::default() }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if key.code == KeyCode::Esc {
            return vec![Ask::Close];
        }
        if self.sent.is_some() {
            return Vec::new();
        }
        if key.code == KeyCode::Tab && self.is_move() {
            if let Some(path) = self.targets.next() {
                self.form.set_text(0, path);
            }
            return Vec::new();
        }
        match self.form.press(key) {
            FormResponse::Submit => vec![Ask::Submit(self.request())],
            FormResponse::Handled | FormResponse::Ignored => self.ask_for_targets(),
        }
    }

    fn is_move(&self) -> bool {
        matches!(self.dialog, FormDialog::MoveDirectory { .. })
    }

    /// Fills in the target of a move by its number in the linear console. Returns false if the text is no such number.
    pub fn choose_target(&mut self, text: &str) -> bool {
        let number = text.trim().parse::<usize>().ok();
        let path = number.filter(|_| self.is_move()).and_then(|number| self.targets.numbered(number));
        if let Some(path) = path.map(str::to_owned) {
            self.form.set_text(0, path);
            return true;
        }
        false
    }

    /// Asks the store for directories that the typed target of a move may mean.
    pub fn ask_for_targets(&mut self) -> Vec<Ask> {
        let FormDialog::MoveDirectory { owner, .. } = self.dialog else { return Vec::new() };
        let typed = self.targets.edited(self.form.value(0));
        typed.map(|text| Ask::Complete(CompletionKind::DirectoryOf(owner), text)).into_iter().collect()
    }

    /// Takes the directories that the store knows.
    pub fn complete(&mut self, reply: Reply) {
        if let (FormDialog::MoveDirectory { id, .. }, Reply::Directories(window)) = (&self.dialog, reply) {
            self.targets.take(&window.rows, *id);
        }
    }

    /// Wipes the secrets that were typed.
    pub fn wipe_secrets(&mut self) {
        self.form.wipe_secrets();
    }

    /// Notes the id of the submitted request; until its reply comes, only Esc does anything.
    pub fn sent(&mut self, request_id: RequestId) {
        self.sent = Some(request_id);
    }

    /// Returns true if the form waits for the reply to this request.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        self.sent == Some(request_id)
    }

    /// Pastes text into the field with the cursor.
    pub fn paste(&mut self, text: &str) -> Vec<Ask> {
        if self.sent.is_some() {
            return Vec::new();
        }
        self.form.paste(text);
        self.ask_for_targets()
    }

    /// Shows a refusal at the field that it is about; the typed text stays. Returns false if the form has no such field.
    pub fn refuse(&mut self, failure: &Failure) -> bool {
        self.sent = None;
        failure.field.is_some_and(|field| self.form.blame(field, &failure.message))
    }

    fn request(&self) -> Request {
        match &self.dialog {
            FormDialog::AddAccount => {
                Request::Accounts(Accounts::Add { fields: self.fields(), password: None, must_change: false })
            }
            FormDialog::EditAccount { account, was, .. } => Request::Accounts(
                AccountChange::Edit { fields: changed(self.fields(), was), was: Some(was.clone()) }
                    .of(Who::Id(account.id)),
            ),
            FormDialog::EditNote { account, was } => {
                let note = |text: &str| Fields { note: Some(text.to_owned()), ..Fields::default() };
                let fields = changed(self.fields(), &note(was));
                let change = AccountChange::Edit { fields, was: Some(Box::new(note(was))) };
                Request::Accounts(change.of(Who::Id(account.id)))
            }
            FormDialog::SetPassword(account) => Request::Accounts(
                AccountChange::SetPassword { password: self.form.secret(0), must_change: true }
                    .of(Who::Id(account.id)),
            ),
            FormDialog::ChangeOwnPassword => Request::Accounts(Accounts::ChangeOwnPassword {
                current: self.form.secret(0),
                password: self.form.secret(1),
            }),
            FormDialog::MakeCode(account) => {
                Request::Accounts(AccountChange::MakeCode { life: self.span(0) }.of(Who::Id(account.id)))
            }
            FormDialog::IssueToken { .. } => Request::Sessions(Sessions::Issue {
                who: who(self.form.value(0)),
                life: self.span(1),
                label: SessionLabel::parse(self.form.value(2)).ok(),
            }),
            FormDialog::AddDirectory { parent } => Request::Directories(Directories::Add {
                path: join(parent.as_deref(), self.form.value(0)),
                owner: parent.is_none().then(|| who(self.form.value(1))),
            }),
            FormDialog::RenameDirectory { id, .. } => Request::Directories(Directories::Rename {
                place: DirectorySelector::Id(*id),
                name: self.form.value(0).to_owned(),
            }),
            FormDialog::MoveDirectory { id, .. } => Request::Directories(Directories::Move {
                place: DirectorySelector::Id(*id),
                to: DirectorySelector::Path(self.form.value(0).to_owned()),
            }),
        }
    }

    /// Returns the time span in a field that its rule has checked.
    fn span(&self, index: usize) -> Duration {
        parse_span(self.form.value(index).trim()).unwrap_or_default()
    }

    fn fields(&self) -> Fields {
        let value = |spec: &'static FieldSpec| Some((spec, self.form.account(spec.field)?));
        FIELDS.iter().filter_map(value).collect()
    }

    /// Returns true if closing the form would drop something that was typed and not submitted.
    pub fn is_unsaved(&self) -> bool {
        self.sent.is_none() && self.form.changed().next().is_some()
    }

    /// Returns the title, and the labels of the fields that were changed.
    pub fn unsaved(&self) -> (&str, Vec<&'static str>) {
        (&self.title, self.form.changed().collect())
    }

    /// Returns the keys of the form for the footer.
    pub fn hints(&self) -> Vec<Help> {
        let hint = Help::of_dialog;
        let mut hints = vec![hint(&["enter"], submits(&self.dialog))];
        if self.form.has_several() {
            hints.push(hint(&["tab"], "next field"));
        }
        if self.is_move() {
            hints.push(hint(&["tab"], "complete"));
        }
        if self.form.has_secret() {
            hints.push(hint(&["f2"], "show"));
        }
        hints.push(hint(&["esc"], "cancel"));
        hints
    }

    /// Returns the form as it is filled in.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Returns the fields to fill in, unless a reply is awaited.
    pub fn form_mut(&mut self) -> Option<&mut Form> {
        self.sent.is_none().then_some(&mut self.form)
    }

    /// Returns the lines of the dialog in the linear console, without its fields.
    pub fn text(&self) -> Vec<String> {
        let title = visible(&self.title).into_owned();
        [title].into_iter().chain(self.targets.lines_of_text()).collect()
    }

    /// Returns the width inside the frame, the lines of the fields, and the lines below them.
    fn size(&self, context: &Context) -> (u16, u16, u16) {
        let width = width_of(&self.dialog).max(width(&self.title) as u16 + 2);
        let columns = width.min(context.body.width.saturating_sub(4));
        let below = if self.is_move() { Targets::lines() } else { 0 };
        (width, self.form.lines(Labels::Left, columns, context.theme), below)
    }

    /// Takes a click: the cursor goes to the field.
    pub fn click(&mut self, context: &Context, at: Position) {
        let (width, lines, below) = self.size(context);
        let inside = dialog_frame::inside(context.body, width, lines + below);
        let fields = Rect { height: inside.height.min(lines), ..inside };
        if let Some(form) = self.form_mut() {
            form.click(fields, context.theme, Labels::Left, at);
        }
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let (width, lines, below) = self.size(context);
        let inside = dialog_frame::draw(frame, context.body, theme, &self.title, width, lines + below);
        if let FormDialog::MoveDirectory { parent, .. } = &self.dialog {
            let area = Rect { y: inside.y + lines, height: inside.height.saturating_sub(lines), ..inside };
            self.targets.view(context, frame, area, parent);
        }
        let inside = Rect { height: inside.height.min(lines), ..inside };
        self.form.view(frame, inside, theme, Labels::Left);
        let hidden = self.form.hidden(inside, theme, Labels::Left);
        dialog_frame::view_more(frame, inside, theme, hidden.above, hidden.below);
    }
}

/// Returns the word for what Enter does.
const fn submits(dialog: &FormDialog) -> &'static str {
    match dialog {
        FormDialog::AddAccount | FormDialog::AddDirectory { .. } => "add",
        FormDialog::EditAccount { .. } | FormDialog::EditNote { .. } | FormDialog::ChangeOwnPassword => {
            "save"
        }
        FormDialog::SetPassword(_) => "set",
        FormDialog::MakeCode(_) => "make the code",
        FormDialog::IssueToken { .. } => "issue",
        FormDialog::RenameDirectory { .. } => "rename",
        FormDialog::MoveDirectory { .. } => "move",
    }
}

/// Returns the width inside the frame that the fields of a form need, in cells.
const fn width_of(dialog: &FormDialog) -> u16 {
    match dialog {
        FormDialog::MakeCode(_) => 44,
        FormDialog::IssueToken { .. } => 48,
        FormDialog::AddAccount
        | FormDialog::EditAccount { .. }
        | FormDialog::EditNote { .. }
        | FormDialog::SetPassword(_)
        | FormDialog::ChangeOwnPassword
        | FormDialog::AddDirectory { .. }
        | FormDialog::RenameDirectory { .. }
        | FormDialog::MoveDirectory { .. } => 60,
    }
}

fn title(dialog: &FormDialog) -> String {
    match dialog {
        FormDialog::AddAccount => "Add an account".into(),
        FormDialog::EditAccount { account, .. } => format!("Edit {}", excerpt(&account.label)),
        FormDialog::EditNote { account, .. } => format!("Note on {}", excerpt(&account.label)),
        FormDialog::SetPassword(account) => format!("Set a password for {}", excerpt(&account.label)),
        FormDialog::ChangeOwnPassword => "Change your password".into(),
        FormDialog::MakeCode(account) => format!("Make an access code for {}", excerpt(&account.label)),
        FormDialog::IssueToken { .. } => "Issue a token".into(),
        FormDialog::AddDirectory { parent: Some(parent) } => format!("Add a directory below {parent}"),
        FormDialog::AddDirectory { parent: None } => "Add a directory at the top".into(),
        FormDialog::RenameDirectory { name, .. } => format!("Rename {name}"),
        FormDialog::MoveDirectory { name, .. } => format!("Move {name}"),
    }
}

fn rows(dialog: &FormDialog) -> Vec<Row> {
    match dialog {
        FormDialog::AddAccount => {
            let new = Fields::default();
            FIELDS.iter().map(|spec| account_row(spec, &new)).collect()
        }
        FormDialog::EditAccount { was, by_admin, .. } => {
            let specs = FIELDS.iter().filter(|spec| *by_admin || spec.own);
            specs.map(|spec| account_row(spec, was)).collect()
        }
        FormDialog::EditNote { was, .. } => vec![Row::account(Field::Note, was)],
        FormDialog::SetPassword(_) => new_password_rows("New password"),
        FormDialog::ChangeOwnPassword => {
            let mut rows = vec![Row::new("Current password", InputField::secret(), Rule::Required)];
            rows.extend(new_password_rows("New password"));
            rows
        }
        FormDialog::MakeCode(_) => vec![Row::new("Good for", InputField::text(CODE_LIFE), Rule::Span)],
        FormDialog::IssueToken { account } => vec![
            Row::new("Account", InputField::text(account), Rule::Who),
            Row::new("Good for", InputField::text(TOKEN_LIFE), Rule::Span),
            Row::new("Label", InputField::text(""), Rule::Label),
        ],
        FormDialog::AddDirectory { parent } => {
            let mut rows = vec![Row::new("Name", InputField::text(""), Rule::Name)];
            if parent.is_none() {
                rows.push(Row::new("Owner", InputField::text(""), Rule::Who));
            }
            rows
        }
        FormDialog::RenameDirectory { name, .. } => {
            vec![Row::new("Name", InputField::text(name), Rule::Name)]
        }
        FormDialog::MoveDirectory { .. } => vec![Row::new("Move to", InputField::text(""), Rule::Path)],
    }
}

/// Returns the account that a checked text names.
fn who(text: &str) -> Who {
    Who::parse(text).unwrap_or_else(|_| Who::Username(text.to_owned()))
}

/// Returns the row of a field with its value, or with the value of a new account where none is set.
fn account_row(spec: &FieldSpec, fields: &Fields) -> Row {
    let value = spec.new_value(fields).unwrap_or_default();
    let input = match spec.kind {
        FieldKind::Choice { words, .. } => InputField::choice(words, value),
        FieldKind::LoginName | FieldKind::Text | FieldKind::Day => InputField::text(value),
    };
    Row::new(spec.label, input, Rule::Account(spec.field))
}

fn new_password_rows(label: &'static str) -> Vec<Row> {
    vec![
        Row::new(label, InputField::secret(), Rule::NewPassword),
        Row::new("The same again", InputField::secret(), Rule::Again),
    ]
}

/// Returns only the fields that differ from before, so that a colleague's change to another field is not overwritten.
fn changed(now: Fields, was: &Fields) -> Fields {
    // Compares with the trimmed text, as the field shows it: blanks that another program stored around it are no change.
    now.filter(|spec, value| spec.value(was).map(str::trim) != Some(value))
}

#[cfg(test)]
mod tests;
