//! The panels of the overview that list the first of many.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::calendar::{AHEAD, AheadChange};
use crate::domain::filter::{Bound, Since, Test};
use crate::domain::journal::{Action, EntityKind, Outcome};
use crate::domain::overview::{ENDING, RECENT};
use crate::domain::session::{ENDS_SOON, RowStatus, Session, SessionOrigin};
use crate::domain::text::{clip, count, grouped, pad, visible_name, width};
use crate::domain::time::{date, span};
use crate::domain::user::{Status, User, Who};
use crate::service::contract::{OthersAction, Overview, SinceLastVisit};
use crate::tui::context::Context;
use crate::tui::route::ScreenId;
use crate::tui::theme::Theme;

use super::panel::{Door, Panel, PanelId, PanelRoom, PanelRow, filtered};

/// The blanks after the column of names.
const NAME_GAP: usize = 2;
/// The width of a panel from which a name is followed by more about it.
const WITH_MORE: u16 = 44;

fn note(theme: Theme, words: &str) -> PanelRow {
    PanelRow::Note(Line::styled(words.to_owned(), theme.quiet()))
}

/// Returns the width of the column of names, with the gap after it.
fn name_column<'n>(room: PanelRoom, names: impl Iterator<Item = &'n str>) -> usize {
    let widest = names.map(|name| width(&visible_name(name))).max().unwrap_or_default();
    (widest + NAME_GAP).min(usize::from(room.width) / 2)
}

/// Returns a name in a column of its own and what follows it, if there is room.
fn named(room: PanelRoom, column: usize, name: &str, after: &str, theme: Theme) -> Vec<Span<'static>> {
    let name = visible_name(name);
    if room.width < WITH_MORE {
        return vec![Span::raw(name.into_owned())];
    }
    let name = clip(&name, column.saturating_sub(NAME_GAP)).into_owned();
    vec![Span::raw(pad(&name, column)), Span::styled(visible_name(after).into_owned(), theme.quiet())]
}

/// Returns the row for those that are not listed.
fn more(theme: Theme, number: u64, door: Door) -> PanelRow {
    let words = format!("{}{} more", theme.sign("…", "..."), grouped(number));
    PanelRow::Doors(vec![Door { left: vec![Span::styled(words, theme.quiet())], ..door }])
}

/// Returns the pending accounts, each to be confirmed where it is.
pub(super) fn waiting(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let pending = overview.figures.accounts.pending;
    let all = filtered(ScreenId::USERS, [Test::Status(Status::Pending)]);
    let listed = || overview.figures.waiting.iter().take(room.rows);
    let column = name_column(room, listed().map(User::label));
    let row = |user: &User| {
        let left = named(room, column, user.label(), &user.full_name(), theme);
        let door = Door::new(left, filtered(ScreenId::USERS, [Test::User(Who::Id(user.id))]));
        let since = context.moment(user.created_at);
        PanelRow::Doors(vec![Door { pending: Some(user.id), ..door.right(since, theme.quiet()) }])
    };
    let mut rows: Vec<_> = listed().map(row).collect();
    let others = pending.saturating_sub(rows.len() as u64);
    if others > 0 {
        rows.push(more(theme, others, Door::new(Vec::new(), all.clone())));
    }
    if rows.is_empty() {
        rows.push(note(theme, "Nobody is waiting."));
    }
    let figure = Some(Door::of_heading(grouped(pending), all));
    Panel { id: PanelId::Waiting, heading: "Waiting for confirmation".into(), figure, rows }
}

/// Returns the accounts and the addresses with the most failed log-ins. Names that no account has are one line.
pub(super) fn failures(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let failures = &overview.figures.failures;
    let route = |test: Option<Test>| {
        let tests = [
            Test::Action(Action::LoggedIn),
            Test::Outcome(Outcome::Refused),
            Test::Since(Since::Ago(RECENT)),
        ];
        filtered(ScreenId::JOURNAL, test.into_iter().chain(tests))
    };
    let door = |left, test: Option<Test>, number: u64| {
        PanelRow::Doors(vec![Door::new(left, route(test)).right(grouped(number), theme.plain())])
    };
    let account = |name: &str, id| {
        let left = vec![Span::raw(visible_name(name).into_owned())];
        (left, Some(Test::User(Who::Id(id))))
    };
    let mut rows = Vec::new();
    for one in failures.accounts.iter().take(room.rows) {
        let (left, test) = account(&one.label, one.id);
        rows.push(door(left, test, one.failures));
    }
    if failures.unknown_names > 0 {
        let left = vec![Span::styled("unknown names", theme.quiet())];
        rows.push(door(left, Some(Test::UnknownAccount), failures.unknown_names));
    }
    for one in failures.places.iter().take(room.rows) {
        let left =
            vec![Span::styled("from ", theme.quiet()), Span::raw(visible_name(&one.place).into_owned())];
        rows.push(door(left, Some(Test::From(one.place.clone())), one.failures));
    }
    if rows.is_empty() {
        rows.push(note(theme, "None."));
    }
    let figure = (failures.total > 0).then(|| Door::of_heading(grouped(failures.total), route(None)));
    Panel { id: PanelId::Failures, heading: "Failed log-ins, 24 hours".into(), figure, rows }
}

/// Returns the sessions that end within a day.
pub(super) fn ending(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let ending = &overview.figures.ending;
    let tests = [Test::State(RowStatus::Active), Test::Expires(Bound::Under(ENDING))];
    let column = name_column(room, ending.iter().take(room.rows).map(|session| session.user.as_str()));
    let row = |session: &Session| {
        let (words, style) = time_left(context, session);
        let left = named(room, column, &session.user, token(session), theme);
        let route = filtered(ScreenId::SESSIONS, [Test::Id(session.id)]);
        PanelRow::Doors(vec![Door::new(left, route).right(words, style)])
    };
    let mut rows: Vec<_> = ending.iter().take(room.rows).map(row).collect();
    if ending.len() > room.rows {
        let left = vec![Span::styled(format!("{}more", theme.sign("…", "...")), theme.quiet())];
        rows.push(PanelRow::Doors(vec![Door::new(left, filtered(ScreenId::SESSIONS, tests))]));
    }
    if rows.is_empty() {
        rows.push(note(theme, "No token ends within a day."));
    }
    Panel { id: PanelId::Ending, heading: "Ending soon".into(), figure: None, rows }
}

/// Returns what the coming days change by themselves; `None` if that is nothing.
pub(super) fn ahead(context: &Context, overview: &Overview, room: PanelRoom) -> Option<Panel> {
    let theme = context.theme;
    let calendar = &overview.figures.ahead;
    let listed = || calendar.changes.iter().take(room.rows);
    listed().next()?;
    let column = name_column(room, listed().map(|change| change.user.as_str()));
    let row = |change: &AheadChange| {
        let left = named(room, column, &change.user, change.kind.words_before_day(), theme);
        let route = filtered(ScreenId::USERS, [Test::User(Who::Id(change.user_id))]);
        PanelRow::Doors(vec![Door::new(left, route).right(date(change.told_at()), theme.quiet())])
    };
    let mut rows: Vec<_> = listed().map(row).collect();
    if calendar.changes.len() > room.rows || calendar.is_cut {
        let left = vec![Span::styled(format!("{}more", theme.sign("…", "...")), theme.quiet())];
        let route = filtered(ScreenId::USERS, [Test::Expires(Bound::Under(AHEAD))]);
        rows.push(PanelRow::Doors(vec![Door::new(left, route)]));
    }
    Some(Panel { id: PanelId::Ahead, heading: "Next 30 days".into(), figure: None, rows })
}

/// Returns the name for a session of this origin.
const fn token(session: &Session) -> &'static str {
    match session.origin {
        SessionOrigin::Service => "token",
        SessionOrigin::Console | SessionOrigin::Elsewhere => "session",
    }
}

/// Returns the time left, to the minute: the words change no more often.
fn time_left(context: &Context, session: &Session) -> (String, Style) {
    let theme = context.theme;
    let left = session.left(context.now);
    if left <= ENDS_SOON {
        let minutes = left.num_minutes();
        let words = if minutes == 0 { "less than a minute".into() } else { format!("{minutes} min") };
        return (format!("{}{words}", theme.sign("▲", "^")), theme.care());
    }
    (span(left), theme.plain())
}

/// Returns what others did since the operator was here before, and the failed log-ins on the operator's account.
pub(super) fn since(context: &Context, since: &SinceLastVisit, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let heading = "Since you were here".to_owned();
    let Some(last) = since.last_log_in else {
        let rows = vec![note(theme, "This is your first log-in.")];
        return Panel { id: PanelId::Since, heading, figure: None, rows };
    };
    // The door leads to the same entries for as long as the figures are shown.
    let age = Test::Since(Since::At(last));
    let mut rows = Vec::new();
    if since.own_failures > 0 {
        let words = count(since.own_failures, "failed log-in", "failed log-ins");
        let from = since.failed_from.as_deref().map(|place| format!(", {}", visible_name(place)));
        let words = format!("{}{words} on your account{}", theme.sign("×", "x"), from.unwrap_or_default());
        let own = context.viewer.map(|viewer| Test::User(Who::Id(viewer.id)));
        let tests = [Test::Action(Action::LoggedIn), Test::Outcome(Outcome::Refused), age.clone()];
        let route = filtered(ScreenId::JOURNAL, own.into_iter().chain(tests));
        rows.push(PanelRow::Doors(vec![Door::new(vec![Span::styled(words, theme.bad())], route)]));
    }
    for one in since.others.iter().take(room.rows) {
        let tests = [Test::By(one.actor.clone()), Test::Action(one.action), age.clone()];
        let left = vec![Span::raw(visible_name(&by(one)).into_owned()), Span::raw(format!(" {}", did(one)))];
        let when = one.at.map_or(String::new(), |at| context.moment(Some(at)));
        rows.push(PanelRow::Doors(vec![
            Door::new(left, filtered(ScreenId::JOURNAL, tests)).right(when, theme.quiet()),
        ]));
    }
    let others = since.others.len().saturating_sub(room.rows);
    if others > 0 || since.is_cut {
        let number =
            if since.is_cut { "more".to_owned() } else { format!("{} more", grouped(others as u64)) };
        let words = format!("{}{number}", theme.sign("…", "..."));
        let route = filtered(ScreenId::JOURNAL, [age.clone()]);
        rows.push(PanelRow::Doors(vec![Door::new(vec![Span::styled(words, theme.quiet())], route)]));
    }
    if rows.is_empty() {
        rows.push(note(theme, "Nobody else changed anything."));
    }
    let figure = Some(Door::of_heading(context.moment(Some(last)), filtered(ScreenId::JOURNAL, [age])));
    Panel { id: PanelId::Since, heading, figure, rows }
}

/// Returns the actor. An OS user is not taken for an account of the same name, which cannot hold a colon.
fn by(one: &OthersAction) -> String {
    if one.is_command { format!("os:{}", one.actor) } else { one.actor.clone() }
}

/// Returns the words for an action: `confirmed 3 accounts`.
fn did(one: &OthersAction) -> String {
    let past = one.action.row().past.to_lowercase();
    let object = match (one.action, one.kind, one.entries) {
        (Action::Undone | Action::Redone, _, entries) => count(entries, "change", "changes"),
        (_, EntityKind::Store, _) | (_, _, 1) => visible_name(&one.label).into_owned(),
        (_, EntityKind::Account, entries) => count(entries, "account", "accounts"),
        (_, EntityKind::Session, entries) => count(entries, "session", "sessions"),
        (_, EntityKind::Directory, entries) => count(entries, "directory", "directories"),
    };
    format!("{past} {object}")
}
