//! The panels of the overview: what each tells, and where its lines lead.

use ratatui::text::{Line, Span};

use crate::domain::filter::{Bound, Since, Test};
use crate::domain::journal::{Action, Outcome};
use crate::domain::overview::{LogInDay, NewAccountWeek, SessionPoint};
use crate::domain::session::RowStatus;
use crate::domain::text::{byte_count, count, grouped, visible};
use crate::domain::time::Timestamp;
use crate::domain::user::Status;
use crate::service::contract::{Overview, StoreOverview};
use crate::tui::context::Context;
use crate::tui::route::{Route, ScreenId};
use crate::tui::theme::Theme;
use crate::tui::widgets::charts::bars_width;

use super::panel::{Chart, Door, Panel, PanelId, PanelRoom, PanelRow, filtered, side_by_side};
use super::{has_zone_line, lists};

/// Returns all panels, in the order of a single column. A plain user has none about others or the store.
pub(super) fn all(context: &Context, overview: &Overview, room: PanelRoom) -> Vec<Panel> {
    let is_admin = overview.store.is_some();
    let mut panels =
        vec![if is_admin { accounts(context.theme, overview, room) } else { own(context.theme, overview) }];
    panels.extend(is_admin.then(|| lists::waiting(context, overview, room)));
    panels.extend([sessions(context, overview, room), log_ins(context, overview, room)]);
    panels.push(lists::failures(context, overview, room));
    panels.extend(overview.since.as_ref().map(|since| lists::since(context, since, room)));
    panels.push(lists::ending(context, overview, room));
    panels.extend(lists::ahead(context, overview, room));
    panels.extend(is_admin.then(|| new_accounts(context, overview, room)));
    panels.extend(overview.store.as_ref().map(|facts| store(context, facts, room)));
    panels
}

fn accounts(theme: Theme, overview: &Overview, room: PanelRoom) -> Panel {
    let counts = overview.figures.accounts;
    let door = |status: Status| {
        let mark = theme.status(status);
        let words = vec![
            Span::styled(format!("{} ", mark.shape), mark.style),
            Span::raw(grouped(counts.of(status))),
            Span::styled(format!(" {}", mark.word), theme.quiet()),
        ];
        Door::new(words, filtered(ScreenId::USERS, [Test::Status(status)]))
    };
    let doors = [Status::Confirmed, Status::Pending, Status::Suspended].map(door);
    Panel {
        id: PanelId::Accounts,
        heading: "Accounts".into(),
        figure: Some(Door::of_heading(grouped(counts.total()), Route::filtered(ScreenId::USERS, ""))),
        rows: [vec![PanelRow::Chart(Chart::Shares(counts))], side_by_side(doors.into(), room)].concat(),
    }
}

/// Returns the account of a plain user.
fn own(theme: Theme, overview: &Overview) -> Panel {
    let counts = overview.figures.accounts;
    let statuses = [Status::Confirmed, Status::Pending, Status::Suspended];
    let status = statuses.into_iter().find(|status| counts.of(*status) > 0).unwrap_or(Status::Confirmed);
    let mark = theme.status(status);
    let words = vec![Span::styled(format!("{} ", mark.shape), mark.style), Span::raw(mark.word)];
    Panel {
        id: PanelId::Accounts,
        heading: "Your account".into(),
        figure: None,
        rows: vec![PanelRow::Doors(vec![Door::new(words, Route::filtered(ScreenId::USERS, ""))])],
    }
}

fn sessions(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let sessions = &overview.figures.sessions;
    let peak = sessions.peak().filter(|peak| peak.active > 0);
    let active = vec![
        Span::raw(grouped(sessions.active())),
        Span::styled(
            format!(
                " active now{}",
                peak.map_or(String::new(), |peak| peak_words(context, overview.at, peak))
            ),
            theme.quiet(),
        ),
    ];
    let route = filtered(ScreenId::SESSIONS, [Test::State(RowStatus::Active)]);
    let points = sessions.points.iter().map(|point| point.active).collect();
    Panel {
        id: PanelId::Sessions,
        heading: if overview.store.is_some() { "Sessions".into() } else { "Your sessions".into() },
        figure: None,
        rows: vec![
            PanelRow::Doors(vec![Door::new(active, route)]),
            PanelRow::Chart(Chart::Line(points, room.chart)),
            axis(theme, room.width.into(), &["24 h ago", "12 h ago", "now"]),
        ],
    }
}

/// Returns the words for the peak: ` · peak 418 today 09:40`, with the zone where nothing else names it.
fn peak_words(context: &Context, now: Timestamp, peak: SessionPoint) -> String {
    let [now, at] = [now, peak.at].map(|time| context.clocks(time));
    let day = if at.date_naive() == now.date_naive() { "today" } else { "yesterday" };
    let dot = context.theme.shape("·", "-");
    let zone = if has_zone_line(context) { String::new() } else { format!(" {}", context.zone_name()) };
    format!(" {dot} peak {} {day} {}{zone}", grouped(peak.active), at.format("%H:%M"))
}

/// Returns a heading of counts by days in UTC, which is said where other times are in another zone.
fn by_day(context: &Context, heading: &str) -> String {
    if context.zone.is_none() { heading.to_owned() } else { format!("{heading} (UTC)") }
}

/// Returns words at the left end, in the middle and at the right end of a chart that is so wide.
fn axis(theme: Theme, width: usize, words: &[&str]) -> PanelRow {
    let last = words.len().saturating_sub(1).max(1);
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        let length = word.chars().count();
        let begin = (width.saturating_sub(length) * at / last).max(line.chars().count());
        line = format!("{line:begin$}{word}");
    }
    PanelRow::Note(Line::styled(line, theme.quiet()))
}

fn log_ins(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let days = &overview.figures.log_ins;
    let route = |outcome: Option<Outcome>, since| {
        let of_outcome = outcome.map(Test::Outcome);
        let tests = [Test::Action(Action::LoggedIn)].into_iter().chain(of_outcome);
        filtered(ScreenId::JOURNAL, tests.chain([Test::Since(since)]))
    };
    let doors = |of: fn(&LogInDay) -> u64, word: &str, outcome| {
        let door = |day: &LogInDay, words, since| {
            let words = vec![Span::raw(grouped(of(day))), Span::styled(words, theme.quiet())];
            Door::new(words, route(Some(outcome), since))
        };
        let today = days.last().map(|day| door(day, format!(" {word}today"), Since::Day(day.day)));
        // Of equal days the latest one.
        let most = days.iter().max_by_key(|day| of(day));
        let most = most.filter(|most| days.last().is_some_and(|today| of(most) > of(today)));
        let most = most.map(|day| {
            let words = format!(" on {}", day.day.format("%-d %b"));
            let door = door(day, words, Since::Days(day.day, day.day));
            let left = [Span::styled("most ", theme.quiet())].into_iter().chain(door.left).collect();
            Door { left, ..door }
        });
        side_by_side(today.into_iter().chain(most).collect(), room)
    };
    let bars = |of: fn(&LogInDay) -> u64, height, style| {
        PanelRow::Chart(Chart::Bars(days.iter().map(of).collect(), height, style))
    };
    let first = days.first().map_or(String::new(), |day| day.day.format("%-d %b").to_string());
    let all: u64 = days.iter().map(|day| day.done + day.failed).sum();
    let figure = days.first().map(|first| {
        let words = format!("{} in {}", grouped(all), count(days.len() as u64, "day", "days"));
        Door::of_heading(words, route(None, Since::Day(first.day)))
    });
    let mut rows = doors(|day| day.done, "", Outcome::Done);
    rows.push(bars(|day| day.done, room.chart, theme.accent()));
    rows.extend(doors(|day| day.failed, "failed ", Outcome::Refused));
    rows.push(bars(|day| day.failed, room.chart.div_ceil(2), theme.bad()));
    rows.push(axis(theme, bars_width(days.len(), room.width.into()), &[&first, "today"]));
    Panel {
        id: PanelId::LogIns,
        heading: by_day(
            context,
            if overview.store.is_some() { "Log-ins a day" } else { "Your log-ins a day" },
        ),
        figure,
        rows,
    }
}

fn new_accounts(context: &Context, overview: &Overview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let weeks = &overview.figures.new_accounts;
    let today = overview.at.date_naive();
    let since = |week: &NewAccountWeek, accounts, words: String| {
        let words = vec![Span::raw(grouped(accounts)), Span::styled(words, theme.quiet())];
        let created = Test::Created(Bound::Days(week.from, today));
        Door::new(words, filtered(ScreenId::USERS, [created]))
    };
    let this = weeks.last().map(|week| since(week, week.accounts, " this week".into()));
    let in_weeks = format!(" in {}", count(weeks.len() as u64, "week", "weeks"));
    let all = weeks.first().map(|first| since(first, weeks.iter().map(|week| week.accounts).sum(), in_weeks));
    let first = weeks.first().map_or(String::new(), |week| week.from.format("%-d %b").to_string());
    let mut rows = side_by_side(this.into_iter().chain(all).collect(), room);
    rows.push(PanelRow::Chart(Chart::Bars(
        weeks.iter().map(|week| week.accounts).collect(),
        room.chart,
        theme.accent(),
    )));
    rows.push(axis(theme, bars_width(weeks.len(), room.width.into()), &[&first, "this week"]));
    Panel { id: PanelId::NewAccounts, heading: by_day(context, "New accounts a week"), figure: None, rows }
}

fn store(context: &Context, store: &StoreOverview, room: PanelRoom) -> Panel {
    let theme = context.theme;
    let facts = store.facts;
    let dot = theme.shape("·", "-");
    let (check, style) = match store.sound_at {
        _ if store.is_damaged => (format!("{}damaged: run nexus doctor", theme.sign("×", "x")), theme.bad()),
        Some(at) if context.relative => (format!("checked {}", context.moment(Some(at))), theme.quiet()),
        Some(at) => (format!("checked {}", context.date_time(at)), theme.quiet()),
        None => ("not checked yet".into(), theme.quiet()),
    };
    let backup = facts.last_backup.map(|at| {
        let when = if context.relative { context.moment(Some(at)) } else { context.date_time(at) };
        let words = Span::styled(format!("backed up {when}"), theme.quiet());
        Door::new(vec![words], filtered(ScreenId::JOURNAL, [Test::Action(Action::BackedUp)]))
    });
    let backup = match backup {
        Some(backup) => PanelRow::Doors(vec![backup]),
        None => PanelRow::Note(Line::styled("no backup yet", theme.care())),
    };
    let size = format!("{} {dot} schema {} {dot} ", byte_count(facts.bytes), facts.schema);
    let figure = |number: u64, words: &str, screen| {
        let words = vec![Span::raw(grouped(number)), Span::styled(format!(" {words}"), theme.quiet())];
        Door::new(words, Route::filtered(screen, ""))
    };
    let entries = if facts.entries == 1 { "journal entry" } else { "journal entries" };
    let doors = vec![
        figure(facts.entries, entries, ScreenId::JOURNAL),
        figure(facts.bin_items, "in the bin", ScreenId::BIN),
    ];
    Panel {
        id: PanelId::Store,
        heading: "Store".into(),
        figure: None,
        rows: vec![
            PanelRow::Note(Line::raw(visible(&store.location).into_owned())),
            PanelRow::Note(Line::from(vec![Span::styled(size, theme.quiet()), Span::styled(check, style)])),
            backup,
        ]
        .into_iter()
        .chain(side_by_side(doors, room))
        .collect(),
    }
}
