//! How the accounts look.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Users;
use crate::domain::text::{count, visible};
use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::{User, UserColumn};
use crate::service::contract::UserDetail;
use crate::tui::screens::{Context, detail_line, moment, panes, view_detail};
use crate::tui::theme::Theme;
use crate::tui::widgets::table::{Cell, Column, RowState, header, row};

const COLUMNS: &[Column] = &[
    Column::new("Status", 11, 0, 64),
    Column::new("", 1, 0, 0).below(64),
    Column::new("Username", 10, 2, 0),
    Column::new("Name", 12, 3, 50),
    Column::new("Level", 5, 0, 64),
    Column::new("Sessions", 8, 0, 82).right(),
    Column::new("Last seen", 12, 0, 64),
];

/// Lines above the rows: the status line and the headings.
const ABOVE: u16 = 2;

/// How many rows of the list fit.
pub(super) fn rows_height(context: &Context) -> u16 {
    context.body.height.saturating_sub(ABOVE)
}

/// Draws the screen.
pub(super) fn draw(screen: &Users, context: &Context, frame: &mut Frame<'_>) {
    let (list, detail) = panes(context, screen.in_detail);
    if !list.is_empty() {
        let status = Rect { width: context.body.width, ..list };
        screen.list.view_status(context, frame, status, "accounts");
        draw_rows(
            screen,
            context,
            frame,
            Rect { y: list.y + 1, height: list.height.saturating_sub(1), ..list },
        );
    }
    let top = u16::from(!list.is_empty());
    let detail = Rect { y: detail.y + top, height: detail.height.saturating_sub(top), ..detail };
    let lines = match &screen.detail {
        Some(shown) => detail_lines(context, shown),
        None => Vec::new(),
    };
    view_detail(context, frame, detail, screen.scroll, lines);
}

fn draw_rows(screen: &Users, context: &Context, frame: &mut Frame<'_>, area: Rect) {
    let theme = context.theme;
    let sort = screen.list.sort();
    header(frame, area, theme, COLUMNS, column_of(sort.column).map(|at| (at, sort.descending)));
    let cursor = screen.list.pager().cursor();
    for (line, (at, user)) in screen.list.pager().shown().enumerate() {
        let place = Rect { y: area.y + 1 + line as u16, height: 1, ..area };
        let cells = user.map(|user| cells(context, user)).unwrap_or_default();
        let marked = user.is_some_and(|user| screen.list.is_marked(at, user.id.0));
        row(frame, place, theme, COLUMNS, &cells, RowState { cursor: at == cursor, marked });
    }
    let empty = "There are no accounts yet.  a adds one.";
    screen.list.view_empty(context, frame, area, empty, "No account is like that.  Esc drops the filter.");
}

fn column_of(column: UserColumn) -> Option<usize> {
    match column {
        UserColumn::Status => Some(0),
        UserColumn::Username => Some(2),
        UserColumn::Name => Some(3),
        UserColumn::Level => Some(4),
        UserColumn::LastSeen => Some(6),
        UserColumn::Id | UserColumn::Email | UserColumn::Created => None,
    }
}

fn cells(context: &Context, user: &User) -> Vec<Cell> {
    let theme = context.theme;
    let mark = theme.status(user.status);
    vec![
        Cell::mark(mark),
        Cell::styled(mark.shape, mark.shape_style),
        Cell::styled(user.label(), theme.strong()),
        Cell::new(user.full_name()),
        Cell::new(user.level.word()),
        Cell::new(user.active_sessions.to_string()),
        Cell::styled(moment(context, user.last_seen), theme.quiet()),
    ]
}

fn detail_lines<'a>(context: &Context, detail: &'a UserDetail) -> Vec<Line<'a>> {
    let theme = context.theme;
    let user = &detail.user;
    let mark = theme.status(user.status);
    let line = |label, value: String| detail_line(theme, label, Span::raw(value));
    let or_none =
        |text: &Option<String>| text.as_deref().map_or("none".into(), |text| visible(text).into_owned());
    let time = |time: Option<Timestamp>| time.map_or("unknown".into(), date_time);
    let mut lines = vec![
        Line::styled(visible(&user.full_name()).into_owned(), theme.strong()),
        Line::styled(format!("{} · account {}", visible(user.label()), user.id), theme.quiet()),
        Line::raw(""),
        detail_line(theme, "Status", Span::styled(mark.text(), mark.style)),
        line("Level", user.level.word().to_owned()),
        line("Email", visible(&user.email).into_owned()),
        line("Phone", or_none(&user.contact_number)),
    ];
    lines.extend(address_lines(theme, user.address.as_deref()));
    let home = detail
        .home
        .as_deref()
        .map_or("none yet: made on confirming".into(), |home| visible(home).into_owned());
    lines.extend([
        Line::raw(""),
        line("Sessions", count(user.active_sessions, "active", "active")),
        line("Home", home),
        line("Directories", detail.directories.to_string()),
        Line::raw(""),
        line("Last seen", moment(context, user.last_seen)),
        line("Made", time(user.created_at)),
        line("Changed", time(user.updated_at)),
    ]);
    if let Some(end) = detail.code_expires_at {
        lines.push(detail_line(
            theme,
            "Access code",
            Span::styled(format!("until {}", date_time(end)), theme.care()),
        ));
    }
    if detail.must_change {
        lines.push(detail_line(theme, "Password", Span::styled("must be changed at log-in", theme.care())));
    }
    lines
}

/// An address may have line breaks: each part has a line of its own.
fn address_lines(theme: Theme, address: Option<&str>) -> Vec<Line<'_>> {
    let parts = address.unwrap_or("none").lines().enumerate();
    parts
        .map(|(at, part)| {
            let label = if at == 0 { "Address" } else { "" };
            detail_line(theme, label, Span::raw(visible(part).into_owned()))
        })
        .collect()
}
