//! The drawing of the accounts.

use ratatui::text::{Line, Span};

use crate::domain::filter::Filter;
use crate::domain::name;
use crate::domain::text::{count, visible_name};
use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::{FIELDS, Field, User, UserColumn};
use crate::service::contract::UserDetail;
use crate::tui::context::Context;
use crate::tui::screens::listing::ListStyle;
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::detail_line;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::new("Status", 11, 0, 64),
    Column::new("", 1, 0, 0).below(64),
    Column::new("Username", 10, 2, 0),
    Column::new("Name", 12, 3, 50),
    Column::new("Level", 5, 0, 64),
    Column::new("Sessions", 8, 0, 82).right(),
    Column::new("Last seen", 12, 0, 64),
];

pub(super) const STYLE: ListStyle<User, UserColumn, UserDetail> = ListStyle {
    name: "Users",
    unit: "accounts",
    none: "There are no accounts yet.  a adds one.",
    no_match: "No account matches the filter.  Esc drops the filter.",
    columns: COLUMNS,
    sorted_column,
    cells,
    detail,
    group: None,
    crumbs: None,
};

fn sorted_column(column: UserColumn) -> Option<usize> {
    match column {
        UserColumn::Status => Some(0),
        UserColumn::Username => Some(2),
        UserColumn::Name => Some(3),
        UserColumn::Level => Some(4),
        UserColumn::LastSeen => Some(6),
        UserColumn::Id
        | UserColumn::FirstName
        | UserColumn::Email
        | UserColumn::Created
        | UserColumn::Updated => None,
    }
}

fn cells(context: &Context, user: &User, _: &Filter) -> Vec<Cell> {
    let theme = context.theme;
    let mark = theme.status(user.status);
    vec![
        Cell::mark(mark),
        Cell::styled(mark.shape, mark.shape_style),
        Cell::styled(user.label(), theme.strong()),
        Cell::new(user.full_name()),
        Cell::new(user.level.word()),
        Cell::new(user.active_sessions.to_string()),
        Cell::styled(context.moment(user.last_seen), theme.quiet()),
    ]
}

/// Returns the details of a row, and what is loaded beside it once that is there.
fn detail(context: &Context, user: &User, around: Option<&UserDetail>) -> Vec<Line<'static>> {
    let theme = context.theme;
    let mark = theme.status(user.status);
    let line = |label, value: String| detail_line(theme, label, Span::raw(value));
    let or_none =
        |text: &Option<String>| text.as_deref().map_or("none".into(), |text| visible_name(text).into_owned());
    let time = |time: Option<Timestamp>| time.map_or("unknown".into(), date_time);
    let home = around.map_or_else(String::new, |around| {
        let none = || "none yet: made on confirming".to_owned();
        around.home.as_deref().map_or_else(none, |home| visible_name(home).into_owned())
    });
    let directories = around.map_or_else(String::new, |around| around.directories.to_string());
    // Values that may need several lines come last, so that all others keep their place from row to row.
    let mut lines = vec![
        Line::styled(visible_name(&user.full_name()).into_owned(), theme.strong()),
        Line::styled(format!("{} · account {}", visible_name(user.label()), user.id), theme.quiet()),
        Line::raw(""),
        detail_line(theme, "Status", Span::styled(mark.text(), mark.style)),
        line("Level", user.level.word().to_owned()),
        line("Sessions", count(user.active_sessions, "active", "active")),
        line("Directories", directories),
        Line::raw(""),
        line("Last seen", context.moment(user.last_seen)),
        line("Created", time(user.created_at)),
        line("Modified", time(user.updated_at)),
        Line::raw(""),
        line("Phone", or_none(&user.contact_number)),
        line("Email", visible_name(&user.email).into_owned()),
    ];
    if let Some(warning) = name::warning(user.username.as_deref(), &user.email) {
        let warning = Span::styled(visible_name(&warning).into_owned(), theme.care());
        lines.push(detail_line(theme, "Look-alikes", warning));
    }
    let others = FIELDS.iter().filter(|spec| !PLACED.contains(&spec.field));
    lines.extend(others.flat_map(|spec| text_lines(theme, spec.label, spec.of_user(user))));
    lines.push(line("Home", home));
    if let Some(end) = around.and_then(|around| around.code_expires_at) {
        lines.push(detail_line(
            theme,
            "Access code",
            Span::styled(format!("until {}", date_time(end)), theme.care()),
        ));
    }
    if around.is_some_and(|around| around.must_change) {
        lines.push(detail_line(theme, "Password", Span::styled("must be changed at log-in", theme.care())));
    }
    lines
}

/// The fields that have a place of their own in the details. The others, whose values may need several lines, follow.
const PLACED: [Field; 7] = [
    Field::FirstName,
    Field::LastName,
    Field::Username,
    Field::Email,
    Field::ContactNumber,
    Field::AccessLevel,
    Field::Status,
];

/// Returns a line for each line of a text.
fn text_lines(theme: Theme, label: &'static str, text: Option<&str>) -> Vec<Line<'static>> {
    let parts = text.unwrap_or("none").lines().enumerate();
    parts
        .map(|(at, part)| {
            let label = if at == 0 { label } else { "" };
            detail_line(theme, label, Span::raw(visible_name(part).into_owned()))
        })
        .collect()
}
