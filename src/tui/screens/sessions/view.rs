//! The drawing of the sessions.

use ratatui::text::{Line, Span};

use crate::domain::filter::Filter;
use crate::domain::session::{DEFAULT_LIFE, EndReason, Session, SessionColumn};
use crate::domain::text::{pad, visible, visible_name};
use crate::domain::time::{Timestamp, date, date_time, span};
use crate::tui::context::Context;
use crate::tui::screens::listing::ListStyle;
use crate::tui::widgets::bars::gauge;
use crate::tui::widgets::detail_lines::detail_line;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::new("State", 11, 0, 50),
    Column::new("", 1, 0, 0).below(50),
    Column::new("User", 12, 2, 0),
    Column::new("Session", 9, 0, 66),
    Column::new("Origin", 16, 1, 90),
    Column::new("Started", 11, 0, 106),
    Column::new("Last seen", 11, 0, 80),
    Column::new("Time left", 20, 0, 0),
];

/// The widths of the time left in words and of its bar, in cells.
const WORDS: usize = 12;
const BAR: usize = 8;
pub(super) const STYLE: ListStyle<Session, SessionColumn, ()> = ListStyle {
    name: "Sessions",
    unit: "sessions",
    none: "There are no sessions.  a issues a token.",
    no_match: "No session matches the filter.  Esc drops the filter.",
    columns: COLUMNS,
    sorted_column,
    cells,
    detail,
    group: None,
    crumbs: None,
};

fn sorted_column(column: SessionColumn) -> Option<usize> {
    match column {
        SessionColumn::User => Some(2),
        SessionColumn::LastSeen => Some(6),
        SessionColumn::Expiration => Some(7),
        SessionColumn::Id | SessionColumn::Status => None,
    }
}

fn cells(context: &Context, session: &Session, _: &Filter) -> Vec<Cell> {
    let theme = context.theme;
    let mark = theme.session(session, context.now);
    let own = context.viewer.is_some_and(|viewer| viewer.session == Some(session.id));
    vec![
        Cell::mark(mark),
        Cell::styled(mark.shape, mark.shape_style),
        Cell::styled(&session.user, theme.strong()),
        Cell::styled(if own { "this one" } else { &session.short_id }, theme.quiet()),
        Cell::new(origin(session)),
        Cell::styled(context.moment(session.started_at), theme.quiet()),
        Cell::styled(context.moment(session.last_seen), theme.quiet()),
        Cell::styled(left(context, session), mark.style),
    ]
}

fn origin(session: &Session) -> String {
    format!("{} {}", session.origin.word(), session.origin_detail).trim_end().to_owned()
}

/// Returns the time left in words and as a bar over the whole lifetime, or the time at which the session ended.
fn left(context: &Context, session: &Session) -> String {
    let Some(end) = session.expiration else {
        return match (session.end_at(context.now), session.unreadable_end()) {
            (Some((_, _, Some(reason))), _) if reason != EndReason::TimeOver => reason.words().into(),
            (_, Some(words)) => words,
            (_, None) => "over".into(),
        };
    };
    if session.ended(context.now).is_some() {
        return match session.end_at(context.now) {
            Some((_, Some(at), Some(EndReason::TimeOver))) => format!("ended {}", date(at)),
            Some((_, _, Some(reason))) => reason.words().into(),
            _ if end <= context.now => format!("ended {}", date(end)),
            _ => "ended".into(),
        };
    }
    let left = session.left(context.now);
    let life = session.started_at.map_or(DEFAULT_LIFE, |start| end - start).num_seconds().max(1);
    let part = left.num_seconds().clamp(0, life);
    pad(&span(left), WORDS) + &gauge(context.theme, BAR, part as u64, life as u64)
}

fn detail(context: &Context, session: &Session, _: Option<&()>) -> Vec<Line<'static>> {
    let theme = context.theme;
    let mark = theme.session(session, context.now);
    let line = |label, value: String| detail_line(theme, label, Span::raw(value));
    let time = |time: Option<Timestamp>| time.map_or("unknown".into(), date_time);
    let ends = match (session.expiration, session.unreadable_end()) {
        (Some(end), _) => date_time(end),
        (None, Some(words)) => visible(&words).into_owned(),
        (None, None) => "no time was set".into(),
    };
    let mut lines = vec![
        Line::styled(visible_name(&session.user).into_owned(), theme.strong()),
        Line::styled(format!("session {} · account {}", session.id, session.user_id), theme.quiet()),
        Line::raw(""),
        detail_line(theme, "State", Span::styled(mark.text(), mark.style)),
    ];
    if let Some(why) = session.why_ended(context.now) {
        lines.push(line("Because", visible(&why).into_owned()));
    }
    lines.extend([
        line("Ends", ends),
        line("Time left", span(session.left(context.now))),
        Line::raw(""),
        line("Origin", visible(&origin(session)).into_owned()),
        line("Started", time(session.started_at)),
        line("Last seen", time(session.last_seen)),
        line(
            "Token",
            if session.short_id.is_empty() { "no digest".into() } else { format!("{}…", session.short_id) },
        ),
    ]);
    lines
}
