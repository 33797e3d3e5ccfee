//! `nexus overview`: the state of the service at a glance.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::domain::calendar::AheadChange;
use crate::domain::overview::{Failures, LogInDay};
use crate::domain::session::Session;
use crate::domain::text::{byte_count, count, grouped};
use crate::domain::time::{Timestamp, ago, date, date_time, span, to_rfc3339};
use crate::domain::user::User;
use crate::service::contract::{Failure, Overview, Reply, Request, StoreOverview};

use super::output::{Cell, Column, Heading, Key, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;

/// The most names that a line lists.
const NAMED: usize = 3;

/// Show the state of the service at a glance
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct OverviewArguments;

impl StoreCommand for OverviewArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(None)
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let Reply::Overview(overview) = runner.read(Request::Overview)? else {
            return Err(unexpected().into());
        };
        Ok(runner.print(&*overview)?)
    }
}

impl Record for Overview {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("at", |overview: &Self, _| overview.at.into()),
            Key::new("accounts", |overview: &Self, _| {
                let accounts = overview.figures.accounts;
                Value::Json(json!({
                    "confirmed": accounts.confirmed,
                    "pending": accounts.pending,
                    "suspended": accounts.suspended,
                }))
            }),
            Key::new("sessions", |overview: &Self, _| Value::Json(sessions(overview))),
            Key::new("log_ins", |overview: &Self, _| {
                list(
                    &overview.figures.log_ins,
                    |day| json!({ "day": day.day.to_string(), "done": day.done, "failed": day.failed }),
                )
            }),
            Key::new("new_accounts", |overview: &Self, _| {
                list(
                    &overview.figures.new_accounts,
                    |week| json!({ "week": week.from.to_string(), "accounts": week.accounts }),
                )
            }),
            Key::new("waiting", |overview: &Self, _| list(&overview.figures.waiting, waiting)),
            Key::new("ending", |overview: &Self, _| list(&overview.figures.ending, ending)),
            Key::new("ahead", |overview: &Self, _| list(&overview.figures.ahead.changes, ahead)),
            Key::new("failed_log_ins", |overview: &Self, _| Value::Json(failed(&overview.figures.failures))),
            Key::new("store", |overview: &Self, _| Value::of(overview.store.as_ref().map(store))),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::words("As of"), |overview: &Self, _| {
                Cell::text(&format!("{} UTC", date_time(overview.at)))
            }),
            Column::new(Heading::words("Accounts"), |overview: &Self, _| {
                Cell::text(&accounts_words(overview))
            }),
            Column::new(Heading::words("Sessions"), |overview: &Self, _| {
                Cell::text(&sessions_words(overview))
            }),
            Column::new(Heading::words("Log-ins"), |overview: &Self, _| {
                Cell::text(&log_in_words(overview, |day| day.done))
            }),
            Column::new(Heading::words("Failed log-ins"), |overview: &Self, _| {
                Cell::text(&log_in_words(overview, |day| day.failed))
            }),
            Column::new(Heading::words("Failed by name"), |overview: &Self, _| {
                Cell::optional(by_account(&overview.figures.failures).as_deref())
            }),
            Column::new(Heading::words("Failed from"), |overview: &Self, _| {
                Cell::optional(by_place(&overview.figures.failures).as_deref())
            }),
            Column::new(Heading::words("New accounts"), |overview: &Self, _| {
                Cell::text(&new_words(overview))
            }),
            Column::new(Heading::words("Waiting"), |overview: &Self, _| waiting_cell(overview)),
            Column::new(Heading::words("Ending soon"), |overview: &Self, _| ending_cell(overview)),
            Column::new(Heading::words("Next 30 days"), |overview: &Self, _| ahead_cell(overview)),
            Column::new(Heading::words("Store"), |overview: &Self, _| {
                Cell::optional(overview.store.as_ref().map(store_words).as_deref())
            }),
            Column::new(Heading::words("Last backup"), |overview: &Self, _| backup_cell(overview)),
            Column::new(Heading::words("Last check"), |overview: &Self, _| check_cell(overview)),
        ]
    }
}

fn list<T>(rows: &[T], one: impl Fn(&T) -> Json) -> Value {
    Value::Json(rows.iter().map(one).collect())
}

fn time(time: Option<Timestamp>) -> Json {
    time.map(to_rfc3339).into()
}

fn sessions(overview: &Overview) -> Json {
    let sessions = &overview.figures.sessions;
    let peak = sessions.peak();
    let point = |at, active| json!({ "at": to_rfc3339(at), "active": active });
    json!({
        "active": sessions.active(),
        "peak": peak.map(|peak| point(peak.at, peak.active)),
        "day": sessions.points.iter().map(|one| point(one.at, one.active)).collect::<Json>(),
    })
}

fn waiting(user: &User) -> Json {
    json!({
        "id": user.id.0,
        "username": user.username,
        "email": user.email,
        "firstname": user.first_name,
        "lastname": user.last_name,
        "created_at": time(user.created_at),
    })
}

fn ending(session: &Session) -> Json {
    json!({
        "id": session.id,
        "user_id": session.user_id.0,
        "user": session.user,
        "origin": session.origin.word(),
        "origin_detail": session.origin_detail,
        "expiration": time(session.expiration),
    })
}

fn ahead(change: &AheadChange) -> Json {
    json!({
        "at": to_rfc3339(change.at),
        "change": change.kind.word(),
        "user_id": change.user_id.0,
        "user": change.user,
    })
}

fn failed(failures: &Failures) -> Json {
    let accounts = failures.accounts.iter();
    let places = failures.places.iter();
    json!({
        "total": failures.total,
        "unknown_names": failures.unknown_names,
        "accounts": accounts.map(|one| json!({ "user_id": one.id.0, "user": one.label, "failures": one.failures }))
            .collect::<Json>(),
        "places": places.map(|one| json!({ "place": one.place, "failures": one.failures })).collect::<Json>(),
    })
}

fn store(store: &StoreOverview) -> Value {
    Value::Json(json!({
        "path": store.location,
        "bytes": store.facts.bytes,
        "schema": store.facts.schema,
        "entries": store.facts.entries,
        "bin_items": store.facts.bin_items,
        "last_backup": time(store.facts.last_backup),
        "sound_at": time(store.sound_at),
        "damaged": store.is_damaged,
    }))
}

fn accounts_words(overview: &Overview) -> String {
    let accounts = overview.figures.accounts;
    let [confirmed, pending, suspended] =
        [accounts.confirmed, accounts.pending, accounts.suspended].map(grouped);
    format!("{}: {confirmed} confirmed, {pending} pending, {suspended} suspended", grouped(accounts.total()))
}

fn sessions_words(overview: &Overview) -> String {
    let sessions = &overview.figures.sessions;
    let active = grouped(sessions.active());
    match sessions.peak() {
        Some(peak) => {
            let (most, at) = (grouped(peak.active), date_time(peak.at));
            format!("{active} active now; at most {most} in 24 hours, at {at}")
        }
        None => format!("{active} active now"),
    }
}

/// Returns the words about log-ins: `118 today, 2,310 in 30 days`.
fn log_in_words(overview: &Overview, of: fn(&LogInDay) -> u64) -> String {
    let days = &overview.figures.log_ins;
    let today = days.last().map_or(0, of);
    let span = count(days.len() as u64, "day", "days");
    format!("{} today, {} in {span}", grouped(today), grouped(days.iter().map(of).sum()))
}

fn new_words(overview: &Overview) -> String {
    let weeks = &overview.figures.new_accounts;
    let this = weeks.last().map_or(0, |week| week.accounts);
    let all = weeks.iter().map(|week| week.accounts).sum();
    format!("{} this week, {} in {}", grouped(this), grouped(all), count(weeks.len() as u64, "week", "weeks"))
}

fn by_account(failures: &Failures) -> Option<String> {
    let accounts = failures.accounts.iter().take(NAMED);
    let mut parts: Vec<_> = accounts.map(|one| format!("{} {}", one.label, grouped(one.failures))).collect();
    if failures.unknown_names > 0 {
        parts.push(format!("unknown names {}", grouped(failures.unknown_names)));
    }
    (!parts.is_empty()).then(|| parts.join(", ") + " (24 hours)")
}

fn by_place(failures: &Failures) -> Option<String> {
    let places = failures.places.iter().take(NAMED);
    let parts: Vec<_> = places.map(|one| format!("{} {}", one.place, grouped(one.failures))).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn waiting_cell(overview: &Overview) -> Cell {
    let pending = overview.figures.accounts.pending;
    let names: Vec<_> = overview.figures.waiting.iter().take(NAMED).map(User::label).collect();
    match pending.saturating_sub(names.len() as u64) {
        _ if names.is_empty() => Cell::optional(None),
        0 => Cell::state(&names.join(", "), Tone::Confirmation),
        more => Cell::state(&format!("{} and {} more", names.join(", "), grouped(more)), Tone::Confirmation),
    }
}

fn ending_cell(overview: &Overview) -> Cell {
    let ending = overview.figures.ending.iter().take(NAMED);
    let left = |session: &Session| {
        format!("session {} of {} in {}", session.id, session.user, span(session.left(overview.at)))
    };
    let words: Vec<_> = ending.map(left).collect();
    if words.is_empty() { Cell::optional(None) } else { Cell::state(&words.join(", "), Tone::Confirmation) }
}

fn ahead_cell(overview: &Overview) -> Cell {
    let changes = &overview.figures.ahead.changes;
    let words = |change: &AheadChange| format!("{} {} {}", change.user, change.kind.words(), date(change.at));
    let mut words: Vec<_> = changes.iter().take(NAMED).map(words).collect();
    if changes.len() > NAMED {
        words.push("more with nexus calendar".into());
    }
    Cell::optional((!words.is_empty()).then(|| words.join(", ")).as_deref())
}

fn store_words(store: &StoreOverview) -> String {
    let facts = store.facts;
    let entries = count(facts.entries, "journal entry", "journal entries");
    let (size, items) = (byte_count(facts.bytes), count(facts.bin_items, "item", "items"));
    format!("{}, {size}, schema {}, {entries}, {items} in the bin", store.location, facts.schema)
}

fn backup_cell(overview: &Overview) -> Cell {
    let last = overview.store.as_ref().map(|store| store.facts.last_backup);
    match last {
        None => Cell::optional(None),
        Some(Some(at)) => Cell::text(&format!("{}, {}", date_time(at), ago(overview.at, at))),
        Some(None) => Cell::state("none yet; nexus backup FILE makes one", Tone::Confirmation),
    }
}

fn check_cell(overview: &Overview) -> Cell {
    match &overview.store {
        None => Cell::optional(None),
        Some(store) if store.is_damaged => Cell::state("× damaged; run nexus doctor", Tone::Bad),
        Some(store) => match store.sound_at {
            Some(at) => Cell::state(&format!("{}: sound", date_time(at)), Tone::Good),
            None => Cell::text("not checked yet"),
        },
    }
}
