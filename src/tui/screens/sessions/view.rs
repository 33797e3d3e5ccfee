//! The drawing of the sessions.

use ratatui::text::Line;

use crate::domain::columns::Column;
use crate::domain::filter::Filter;
use crate::domain::list_columns::sessions;
use crate::domain::session::{ENDS_SOON, EndReason, Session, SessionColumn};
use crate::domain::text::{clip, visible_name};
use crate::domain::time::{Timestamp, date, span};
use crate::tui::context::{Context, Medium};
use crate::tui::screens::listing::{CellOf, ListStyle, RowShown};
use crate::tui::widgets::detail_lines::Details;
use crate::tui::widgets::table::Cell;

const STATE: usize = 0;
const USER: usize = 1;
const SESSION: usize = 2;
const ORIGIN: usize = 3;
const LABEL: usize = 4;
const STARTED: usize = 5;
const LAST_SEEN: usize = 6;
const TIME_LEFT: usize = 7;

const COLUMNS: &[Column] = &[
    sessions::STATE,
    sessions::USER,
    sessions::SESSION,
    sessions::ORIGIN,
    sessions::LABEL,
    sessions::STARTED,
    sessions::LAST_SEEN,
    sessions::TIME_LEFT,
];

/// The levels of the gauge before the time left, from nearly nothing to the whole life. One cell of it takes three bytes,
/// a bar of eight twenty-four on each row of a page.
const GAUGE: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The most cells of the name of whoever ended a session.
const NAME: usize = 12;
/// The word before the day on which a session ended.
const ENDED: &str = "ended ";

pub(super) const STYLE: ListStyle<Session, SessionColumn, ()> = ListStyle {
    name: "Sessions",
    unit: "sessions",
    none: "There are no sessions.  {issue a} issues a token.",
    no_match: "No matching sessions.  {out esc} clears the filter.",
    columns: COLUMNS,
    sorted_column,
    cells: CELLS,
    detail,
    group: None,
    crumbs: None,
};

fn sorted_column(column: SessionColumn) -> Option<usize> {
    match column {
        SessionColumn::State => Some(STATE),
        SessionColumn::User => Some(USER),
        SessionColumn::Id => Some(SESSION),
        SessionColumn::LastSeen => Some(LAST_SEEN),
        SessionColumn::Started => Some(STARTED),
        SessionColumn::Origin => Some(ORIGIN),
        SessionColumn::Label => Some(LABEL),
        SessionColumn::Expiration => Some(TIME_LEFT),
        SessionColumn::Status => None,
    }
}

const CELLS: &[CellOf<Session>] = &[
    |context, session, _| Cell::mark(context.theme.session(session, context.now)),
    |_, session, _| Cell::new(&session.user),
    |context, session, _| {
        let own = context.viewer.is_some_and(|viewer| viewer.session == Some(session.id));
        Cell::new(if own { "this one" } else { &session.short_id })
    },
    |_, session, _| Cell::new(session.origin_words()),
    |_, session, _| Cell::new(session.label.as_deref().unwrap_or_default()),
    |context, session, _| Cell::moment(context, session.started_at),
    |context, session, _| Cell::moment(context, session.last_seen),
    time_left,
];

fn time_left<'r>(context: &Context, session: &'r Session, _: &Filter) -> Cell<'r> {
    let words = left(context, session);
    let gauge = gauge(context, session);
    // Most sessions have time: colour is for those that end soon or have ended.
    if session.ended(context.now).is_none() {
        let has_time = session.left(context.now) > ENDS_SOON;
        let theme = context.theme;
        let style = if has_time { theme.plain() } else { theme.session(session, context.now).style };
        return Cell::indented(gauge, words, style);
    }
    let style = context.theme.session(session, context.now).style;
    let whole = ended(context, session).unwrap_or_else(|| words.clone());
    // The state says that it ended.
    let short = words.strip_prefix(ENDED).unwrap_or(&words).to_owned();
    Cell::indented(gauge, whole, style).or_short(short)
}

/// Returns why a session ended, by whom and when, where there is room for it: `revoked by ada, 2 Mar 13:18`.
fn ended(context: &Context, session: &Session) -> Option<String> {
    let (by, at, reason) = session.end_at(context.now)?;
    let reason = reason.filter(|reason| *reason != EndReason::TimeOver)?;
    let by = by.map(|by| format!(" by {}", clip(&visible_name(by), NAME))).unwrap_or_default();
    let at = at.map(|at| format!(", {}", context.moment(Some(at)))).unwrap_or_default();
    Some(format!("{}{by}{at}", reason.words()))
}

/// Returns the time left in words, or the time at which the session ended.
fn left(context: &Context, session: &Session) -> String {
    let date = |time| date(context.clocks(time));
    let Some(end) = session.expiration else {
        return match (session.end_at(context.now), session.unreadable_end()) {
            (Some((_, _, Some(reason))), _) if reason != EndReason::TimeOver => reason.words().into(),
            (_, Some(words)) => words,
            (_, None) => "over".into(),
        };
    };
    if session.ended(context.now).is_some() {
        return match session.end_at(context.now) {
            Some((_, Some(at), Some(EndReason::TimeOver))) => format!("{ENDED}{}", date(at)),
            Some((_, _, Some(reason))) => reason.words().into(),
            Some((_, _, None)) | None if end <= context.now => format!("{ENDED}{}", date(end)),
            Some((_, _, None)) | None => "ended".into(),
        };
    }
    span(session.left(context.now))
}

/// Returns the time left as a gauge of the whole lifetime, with a blank; blanks where there is nothing to show. ASCII has no
/// such levels, and lines that are read have the words.
fn gauge(context: &Context, session: &Session) -> String {
    if context.medium != Medium::Screen || context.theme.shape("▁", "").is_empty() {
        return String::new();
    }
    let level = || {
        // Without a start nobody knows how much of its life is over.
        let (start, end) = session.started_at.zip(session.expiration)?;
        let left = session.left(context.now).num_seconds().max(0) as usize;
        let life = (end - start).num_seconds().max(1) as usize;
        let level = (left * GAUGE.len()).div_ceil(life).min(GAUGE.len());
        GAUGE.get(level.checked_sub(1)?)
    };
    format!("{} ", level().unwrap_or(&" "))
}

fn detail(context: &Context, session: &Session, _: Option<&()>, shown: RowShown) -> Vec<Line<'static>> {
    let mark = context.theme.session(session, context.now);
    let time = |time: Option<Timestamp>| time.map_or("unknown".into(), |time| context.date_time(time));
    let ends = match (session.expiration, session.unreadable_end()) {
        (Some(end), _) => context.date_time(end),
        (None, Some(words)) => words,
        (None, None) => "no time was set".into(),
    };
    let below = format!("session {} · account {}", session.id, session.user_id);
    let mut details = Details::new(context.theme, &session.user, below);
    details.section("Session");
    if !shown.has(STATE) {
        details.styled("State", mark.text(), mark.style);
    }
    // Why another program ended a session is not known; that a time cannot be read is told below.
    let is_told = session.end_at(context.now).is_none_or(|(_, _, reason)| reason.is_none())
        || session.unreadable_end().is_some();
    if let Some(why) = session.why_ended(context.now).filter(|_| !is_told) {
        details.line("Ended", why);
    }
    // A session whose time is over ended when it was over.
    let is_over = session.end_at(context.now).is_some_and(|(_, at, reason)| {
        reason == Some(EndReason::TimeOver) && at.is_some() && at == session.expiration
    });
    if is_told || !is_over {
        let is_past = session.expiration.is_some_and(|end| end <= context.now);
        details.line(if is_past { "Expired" } else { "Expires" }, ends);
    }
    let is_active = session.ended(context.now).is_none();
    if let Some(limit) = session.idle_limit.filter(|_| is_active) {
        details.line("If unused", context.date_time(limit.ends_at));
    }
    if !shown.has(TIME_LEFT) && is_active {
        details.line("Time left", span(session.left(context.now)));
    }
    details.section("Use");
    if !shown.has(ORIGIN) {
        details.line("Origin", session.origin_words());
    }
    if let Some(label) = session.label.as_deref().filter(|_| !shown.has(LABEL)) {
        details.line("Label", label);
    }
    // The row may show an age.
    if !shown.has(STARTED) || context.relative {
        details.line("Started", time(session.started_at));
    }
    if !shown.has(LAST_SEEN) || context.relative {
        details.line("Last seen", time(session.last_seen));
    }
    let is_own = context.viewer.is_some_and(|viewer| viewer.session == Some(session.id));
    if session.short_id.is_empty() {
        details.line("Token", "no digest");
    } else if !shown.has(SESSION) || is_own {
        details.line("Token", format!("{}…", session.short_id));
    }
    details.into_lines()
}
