//! The drawing of the accounts.

use ratatui::text::Line;

use crate::domain::columns::Column;
use crate::domain::list_columns::accounts;
use crate::domain::name;
use crate::domain::text::{capitalized, count, grouped, visible_name};
use crate::domain::user::{FIELDS, Field, User, UserColumn};
use crate::service::contract::{FactorState, Provenance, UserDetail};
use crate::tui::context::Context;
use crate::tui::screens::listing::{CellOf, ListStyle, RowShown};
use crate::tui::widgets::detail_lines::Details;
use crate::tui::widgets::table::Cell;

const STATUS: usize = 0;
const USERNAME: usize = 1;
const NAME: usize = 2;
const EMAIL: usize = 3;
const LEVEL: usize = 4;
const PHONE: usize = 5;
const CREATED: usize = 6;
const MODIFIED: usize = 7;
const SESSIONS: usize = 8;
const LAST_SEEN: usize = 9;

const COLUMNS: &[Column] = &[
    accounts::STATUS,
    accounts::USERNAME,
    accounts::NAME,
    accounts::EMAIL,
    accounts::LEVEL,
    accounts::PHONE,
    accounts::CREATED,
    accounts::MODIFIED,
    accounts::SESSIONS,
    accounts::LAST_SEEN,
];

pub(super) const STYLE: ListStyle<User, UserColumn, UserDetail> = ListStyle {
    name: "Users",
    unit: "accounts",
    none: "There are no accounts yet.  {add a} adds one.",
    no_match: "No matching accounts.  {out esc} clears the filter.",
    columns: COLUMNS,
    sorted_column,
    cells: CELLS,
    detail,
    group: None,
    crumbs: None,
};

fn sorted_column(column: UserColumn) -> Option<usize> {
    match column {
        UserColumn::Status => Some(STATUS),
        UserColumn::Username => Some(USERNAME),
        UserColumn::Name => Some(NAME),
        UserColumn::Email => Some(EMAIL),
        UserColumn::Level => Some(LEVEL),
        UserColumn::Created => Some(CREATED),
        UserColumn::Updated => Some(MODIFIED),
        UserColumn::LastSeen => Some(LAST_SEEN),
        UserColumn::Phone => Some(PHONE),
        UserColumn::Sessions => Some(SESSIONS),
        UserColumn::Id | UserColumn::FirstName => None,
    }
}

const CELLS: &[CellOf<User>] = &[
    |context, user, _| Cell::mark(context.theme.account(user, context.now)),
    |_, user, _| Cell::new(user.label()),
    |_, user, _| Cell::new(user.full_name()),
    |_, user, _| Cell::new(&user.email),
    |_, user, _| Cell::new(user.level.word()),
    |_, user, _| Cell::new(user.contact_number.as_deref().unwrap_or_default()),
    |context, user, _| Cell::moment(context, user.created_at),
    |context, user, _| Cell::moment(context, user.updated_at),
    |context, user, _| Cell::number(context.theme, user.active_sessions),
    |context, user, _| Cell::moment(context, user.last_seen),
];

/// Returns the details of a row, and what is loaded beside it once that is there.
fn detail(
    context: &Context,
    user: &User,
    around: Option<&UserDetail>,
    shown: RowShown,
) -> Vec<Line<'static>> {
    let below = format!("{} · account {}", visible_name(user.label()), user.id);
    let mut details = Details::new(context.theme, &user.full_name(), below);
    account(context, user, shown, &mut details);
    if let Some(set) = around.and_then(|around| around.status_set.as_ref()) {
        status(context, user, set, &mut details);
    }
    details.section("Sessions");
    if !shown.has(SESSIONS) {
        details.line("Active", grouped(user.active_sessions));
    }
    if user.last_seen.is_none() {
        details.text("never logged in", context.theme.quiet());
    } else if !shown.has(LAST_SEEN) {
        details.line("Last seen", context.moment(user.last_seen));
    }
    if let Some(around) = around {
        home(context, around, &mut details);
        password(context, around, &mut details);
    }
    details.into_lines()
}

fn account(context: &Context, user: &User, shown: RowShown, details: &mut Details) {
    let theme = context.theme;
    let time = |time: Option<_>| time.map_or("unknown".into(), |time| context.date_time(time));
    details.section("Account");
    if !shown.has(STATUS) {
        let mark = theme.account(user, context.now);
        details.styled("Status", mark.text(), mark.style);
    }
    if !shown.has(LEVEL) {
        details.line("Level", user.level.word());
    }
    if !shown.has(CREATED) {
        details.line("Created", time(user.created_at));
    }
    if !shown.has(MODIFIED) {
        details.line("Modified", time(user.updated_at));
    }
    if let Some(phone) = user.contact_number.as_deref().filter(|_| !shown.has(PHONE)) {
        details.line("Phone", phone);
    }
    // A label without a username is the email address itself.
    let has_email = shown.has(EMAIL) || (user.username.is_none() && shown.has(USERNAME));
    if !has_email {
        details.line("Email", &user.email);
    }
    for spec in FIELDS.iter().filter(|spec| !PLACED.contains(&spec.field)) {
        for (at, part) in spec.of_user(user).unwrap_or_default().lines().enumerate() {
            details.line(if at == 0 { spec.label } else { "" }, part);
        }
    }
    if let Some(warning) = name::warning(user.username.as_deref(), &user.email) {
        details.styled("Look-alikes", warning, theme.care());
    }
}

/// Tells how the account got its status: `Suspended  by ada, 3 days ago`, and the reason below.
fn status(context: &Context, user: &User, set: &Provenance, details: &mut Details) {
    let at = set.at.map(|at| format!(", {}", context.date_time(at))).unwrap_or_default();
    details.line(&capitalized(user.status.word()), format!("by {}{at}", set.by));
    if let Some(reason) = &set.reason {
        details.line("Reason", reason);
    }
}

fn home(context: &Context, around: &UserDetail, details: &mut Details) {
    details.section("Home");
    match &around.home {
        Some(home) => {
            details.text(home, context.theme.plain());
            details.text(count(around.directories, "directory", "directories"), context.theme.plain());
        }
        None => details.text("made when confirmed", context.theme.quiet()),
    }
}

fn password(context: &Context, around: &UserDetail, details: &mut Details) {
    let care = context.theme.care();
    details.section("Password");
    if let Some(code) = &around.code {
        details.styled("Code until", context.date_time(code.terms.expires_at), care);
        details.line("Tries left", code.terms.tries_left.to_string());
        if let Some(made) = &code.terms.made {
            let at = made.at.map(|at| format!(", {}", context.date_time(at))).unwrap_or_default();
            details.line("Made by", format!("{}{at}", made.by));
        }
    }
    if around.must_change {
        details.text("must be changed at log-in", care);
    }
    match around.second_factor {
        FactorState::None => {}
        FactorState::Waiting => details.styled("2nd factor", "waits for its first code", care),
        FactorState::Since(since) => {
            details.styled(
                "2nd factor",
                format!("since {}", context.date_time(since)),
                context.theme.plain(),
            );
        }
    }
    for wait in &around.waits {
        details.styled("Wait", wait.words(&context.date_time(wait.until)), care);
    }
}

/// The fields that have a place of their own in the row or the details. The others, whose values may need several lines,
/// follow.
const PLACED: [Field; 7] = [
    Field::FirstName,
    Field::LastName,
    Field::Username,
    Field::Email,
    Field::ContactNumber,
    Field::AccessLevel,
    Field::Status,
];
