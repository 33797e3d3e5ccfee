//! The journal, five entries for each account and ten million at most: written, listed, asked, verified.

use std::path::Path;
use std::process::Command;

use chrono::TimeDelta;
use nexus::domain::journal::{
    Action, Actor, EntityKind, EntityRef, FieldValues, NewEntry, Origin, Outcome as Result,
};
use nexus::domain::time::Timestamp;
use nexus::domain::user::UserId;

use crate::data::Sizes;
use crate::fixture;
use crate::outcome::{Effort, Outcome, Sample, Unit, failed};
use crate::random::Random;
use crate::table::{Table, Target};
use crate::verbs::{Library, Place, grouped};

/// The number of entries that one transaction writes.
const STEP: u64 = 10_000;
/// The number of entries that an action on many rows writes in one transaction, and the number of such transactions.
const SMALL_STEP: u64 = 150;
/// See [`SMALL_STEP`].
const SMALL_STEPS: u64 = 200;
/// The number of operators, who share the work evenly.
const OPERATORS: u64 = 20;
/// The time that the figures of an overview may take, in microseconds.
const OVERVIEW: f64 = 30_000.0;
/// The days that the journal covers.
const DAYS: u64 = 1_000;
/// The actions, each as often as it stands here.
const VERBS: [Action; 10] = [
    Action::LoggedIn,
    Action::LoggedOut,
    Action::Edited,
    Action::Edited,
    Action::Edited,
    Action::Confirmed,
    Action::Suspended,
    Action::Issued,
    Action::Revoked,
    Action::Deleted,
];

/// Filters, and what stands for them.
const FILTERS: [(&str, &str); 7] = [
    ("the example of the console", "by:operator7 verb:delete since:20d"),
    ("one account's", "account:17"),
    ("one operator's, all", "by:operator7"),
    ("one verb, all", "verb:delete"),
    ("the last days, all", "since:20d"),
    ("what was refused", "result:refused"),
    ("nothing is like that", "by:nobody verb:import"),
];
/// The time that a filter may take after another write once it was found, in milliseconds.
const AGAIN: f64 = 20.0;

/// All of it; the journal is filled first.
pub(crate) fn measure(library: &mut Library, store: &Path, sizes: Sizes, table: &mut Table) -> Outcome<()> {
    let entries = sizes.entries();
    table.part(&format!("journal of {} entries", grouped(entries)));
    eprintln!("[writing {} entries]", grouped(entries));
    let (rate, deletes) = fill(library, sizes)?;
    table.row("written, in transactions of 10,000", Target::None, Ok(rate));
    let act = act(library, sizes);
    table.row("written by an act, in steps of 150", Target::AtLeast(20_000.0, Unit::RowsPerSecond), act);
    let entries = entries + SMALL_STEP * SMALL_STEPS;
    let figures = Effort::USUAL.time(|| library.stir(), |()| library.overview());
    table.row("overview: all its figures", Target::AtMost(OVERVIEW, Unit::Micros), figures);
    let mut random = Random::new(5);
    for (name, place) in [("newest first", Place::First), ("the oldest", Place::Last)] {
        let page = Effort::USUAL.time(|| library.stir(), |()| library.entries("", &place));
        table.row(&format!("page: {name}"), Target::Pages(6.0), page);
    }
    let jumps =
        Effort::USUAL.time(|| Ok(Place::At(random.below(entries))), |place| library.entries("", &place));
    table.row("jump to any entry", Target::Lookups(sizes.limit(40.0, 60.0)), jumps);
    for (name, filter) in FILTERS {
        let find =
            |effort: Effort| effort.time(|| library.stir(), |()| library.entries(filter, &Place::First));
        let once = find(Effort { runs: 1, ..Effort::SOME });
        table.row(&format!("filter {filter} ({name})"), Target::None, once);
        table.row("  with exact total after a change", Target::millis(AGAIN), find(Effort::SOME));
    }
    let found = library.entries("by:operator7 verb:delete", &Place::First)?.total;
    table.row("check of what a filter finds: right", Target::None, right(found, deletes));
    table.row("nexus journal verify", Target::None, verify(store, entries));
    Ok(())
}

fn right(found: u64, expected: u64) -> Outcome<Sample> {
    if found == expected {
        Ok(Sample::one(Unit::Count, found as f64))
    } else {
        failed(format!("it finds {found}, not {expected}"))
    }
}

/// Writes the entries. How fast, and how many of them `by:operator7 verb:delete` finds.
fn fill(library: &mut Library, sizes: Sizes) -> Outcome<(Sample, u64)> {
    let mut random = Random::new(4);
    let entries = sizes.entries();
    let now = library.now();
    let start = std::time::Instant::now();
    let mut deletes = 0;
    for first in (0..entries).step_by(STEP as usize) {
        let step: Vec<_> = (first..entries.min(first + STEP))
            .map(|number| entry(at(now, number, entries), sizes.users, &mut random))
            .collect();
        let is_one = |entry: &&NewEntry| entry.actor.name == "operator7" && entry.action == Action::Deleted;
        deletes += step.iter().filter(is_one).count() as u64;
        library.record(&step)?;
    }
    let rate = entries as f64 / start.elapsed().as_secs_f64();
    Ok((Sample::one(Unit::RowsPerSecond, rate), deletes))
}

/// Writes what one act on many accounts in no order notes. Entries a second.
fn act(library: &mut Library, sizes: Sizes) -> Outcome<Sample> {
    let mut random = Random::new(6);
    let now = library.now();
    let origin = Origin { session: Some(sizes.sessions() as i64 + 1), place: "10.0.4.7".into() };
    let steps: Vec<Vec<_>> = (0..SMALL_STEPS)
        .map(|_| {
            let entry = |_| NewEntry {
                action: Action::Confirmed,
                actor: Actor { account: Some(UserId(1)), name: "operator1".into(), sudo_user: None },
                origin: origin.clone(),
                ..entry(now, sizes.users, &mut random)
            };
            (0..SMALL_STEP).map(entry).collect()
        })
        .collect();
    let start = std::time::Instant::now();
    for step in &steps {
        library.record(step)?;
    }
    let rate = (SMALL_STEP * SMALL_STEPS) as f64 / start.elapsed().as_secs_f64();
    Ok(Sample::one(Unit::RowsPerSecond, rate))
}

/// When an entry was written: all of them evenly over the days.
fn at(now: Timestamp, number: u64, entries: u64) -> Timestamp {
    let seconds = (entries - number) as f64 / entries as f64 * (DAYS * 86_400) as f64;
    now - TimeDelta::seconds(seconds as i64)
}

fn entry(at: Timestamp, users: u64, random: &mut Random) -> NewEntry {
    let operator = random.below(OPERATORS) as i64 + 1;
    let account = UserId(random.below(users) as i64 + 1);
    let action = VERBS.get(random.below(VERBS.len() as u64) as usize).copied().unwrap_or(Action::Edited);
    NewEntry {
        at,
        actor: Actor {
            account: Some(UserId(operator)),
            name: format!("operator{operator}"),
            sudo_user: None,
        },
        origin: Origin { session: Some(random.below(users) as i64), place: "10.0.4.7".into() },
        action,
        outcome: Result::Done,
        object: EntityRef {
            kind: EntityKind::Account,
            id: Some(account.0),
            label: format!("user{account}"),
            account: Some(account),
        },
        before: FieldValues::new().with("status", "pending").with("address", "12 Long Street, Old Town"),
        after: FieldValues::new().with("status", "confirmed").with("address", "7 Short Lane, New Town"),
        act: None,
        undoes: None,
    }
}

/// The whole chain, by the command. Entries a second.
fn verify(store: &Path, entries: u64) -> Outcome<Sample> {
    let mut command = Command::new(crate::PROGRAM);
    command.args(["journal", "verify", "--store"]).arg(store);
    let run = fixture::run(command)?;
    Ok(Sample::one(Unit::RowsPerSecond, entries as f64 / run.took.as_secs_f64()))
}
