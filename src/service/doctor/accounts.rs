//! Accounts with unfit password hashes, and with names that look like those of others.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

use crate::auth::password::{Fitness, fitness};
use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::name;
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::text::{count, excerpt};
use crate::service::contract::{Failure, FailureKind};
use crate::store::Read;

/// The rows between two questions whether to go on.
const STRIDE: u64 = 1_000;

/// The most findings about names of one kind that look alike.
const MOST_FINDINGS: usize = 50;

/// A callback for the number of accounts that were looked at. It returns false to stop.
pub(super) type GoOn<'g> = dyn FnMut(u64) -> bool + 'g;

/// Returns the findings about all accounts.
///
/// # Errors
/// [`FailureKind::Stopped`]; the rows cannot be read.
pub(super) fn findings(rows: &dyn Read, go_on: &mut GoOn<'_>) -> Result<Vec<Finding>, Failure> {
    let [mut weak, mut unknown, mut no_text] = std::array::from_fn(|_| FoundRows::default());
    let mut usernames = LookAlikes::of("username");
    let mut emails = LookAlikes::of("email");
    each(rows, go_on, |account| {
        match fitness(account.password) {
            Fitness::Fit | Fitness::NoPassword => {}
            Fitness::Weak => weak.add(account.id),
            Fitness::Unknown => unknown.add(account.id),
        }
        if !account.is_text {
            no_text.add(account.id);
        }
        usernames.look_at(account.username);
        emails.look_at(account.email);
    })?;
    let mut found: Vec<_> =
        text_finding(&no_text).into_iter().chain(hash_findings(&weak, &unknown)).collect();
    let are_alike = [usernames.finish(), emails.finish()].contains(&true);
    if are_alike {
        // The names themselves are kept only where two look alike.
        each(rows, go_on, |account| {
            usernames.collect(account.id, account.username);
            emails.collect(account.id, account.email);
        })?;
        found.extend(usernames.findings());
        found.extend(emails.findings());
    }
    Ok(found)
}

/// The columns that are looked at.
struct Account<'r> {
    id: &'r str,
    username: &'r str,
    email: &'r str,
    password: &'r str,
    /// All of it is UTF-8.
    is_text: bool,
}

impl<'r> Account<'r> {
    fn of(row: &'r StoredRow<'_>) -> Self {
        let value = |name| {
            let at = StoredTable::Users.columns().iter().position(|column| column.name == name);
            let value = at.and_then(|at| row.get(at)?.as_ref());
            value.map(|value| &*value.text).unwrap_or_default()
        };
        Self {
            id: value("id"),
            username: value("username"),
            email: value("email"),
            password: value("password"),
            is_text: !row.iter().flatten().any(|value| value.is_replaced),
        }
    }
}

fn each(rows: &dyn Read, go_on: &mut GoOn<'_>, mut take: impl FnMut(Account<'_>)) -> Result<(), Failure> {
    let mut done = 0;
    let mut is_stopped = false;
    rows.each_stored(StoredTable::Users, &mut |row| {
        take(Account::of(row));
        done += 1;
        is_stopped = done % STRIDE == 0 && !go_on(done);
        if is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if is_stopped { Err(Failure::new(FailureKind::Stopped, "Stopped.")) } else { Ok(()) }
}

fn text_finding(rows: &FoundRows) -> Option<Finding> {
    let have = count(rows.total(), "account has", "accounts have");
    (rows.total() > 0).then(|| Finding {
        check: "rows",
        severity: Severity::Warning,
        object: StoredTable::Users.name().to_owned(),
        message: format!(
            "{have} texts that are not UTF-8 (id {}): parts of them show as U+FFFD.",
            rows.names()
        ),
        fix: "nexus user edit WHO writes them anew.".into(),
        fixable: false,
    })
}

fn hash_findings(weak: &FoundRows, unknown: &FoundRows) -> impl Iterator<Item = Finding> + use<> {
    let finding = |rows: &FoundRows, what: &str, fix: &str| {
        let have = count(rows.total(), "account has", "accounts have");
        (rows.total() > 0).then(|| Finding {
            check: "passwords",
            severity: Severity::Warning,
            object: format!("{}.password", StoredTable::Users.name()),
            message: format!("{have} {what} (id {}).", rows.names()),
            fix: fix.into(),
            fixable: false,
        })
    };
    let unknown = finding(
        unknown,
        "a password hash that is neither argon2id nor bcrypt as NEXUS accepts them, so that no password matches",
        "nexus user password WHO sets a new one.",
    );
    let weak = finding(
        weak,
        "a password hash that makes guessing cheap: argon2id below 7 MiB and 5 passes, or bcrypt below cost 10",
        "The next log-in replaces it; nexus user password WHO sets a new one now.",
    );
    unknown.into_iter().chain(weak)
}

/// The names in one column that look alike. Only a number for the appearance of each is kept: 8 bytes.
struct LookAlikes {
    column: &'static str,
    /// The appearances; after [`finish`](Self::finish) those that several names have.
    appearances: Vec<u64>,
    /// The appearance, the account and the name of each that shares its appearance.
    names: Vec<(String, i64, String)>,
}

impl LookAlikes {
    fn of(column: &'static str) -> Self {
        Self { column, appearances: Vec::new(), names: Vec::new() }
    }

    fn look_at(&mut self, name: &str) {
        if !name.is_empty() {
            self.appearances.push(number(&name::appearance(name)));
        }
    }

    /// Keeps the appearances that several names have, and returns true if there are any.
    fn finish(&mut self) -> bool {
        self.appearances.sort_unstable();
        let pairs = self.appearances.iter().zip(self.appearances.iter().skip(1));
        let mut shared: Vec<_> = pairs.filter(|(one, next)| one == next).map(|(one, _)| *one).collect();
        shared.dedup();
        self.appearances = shared;
        !self.appearances.is_empty()
    }

    fn collect(&mut self, id: &str, name: &str) {
        let is_full = self.names.len() >= 2 * MOST_FINDINGS;
        if self.appearances.is_empty() || name.is_empty() || is_full {
            return;
        }
        let appearance = name::appearance(name);
        if self.appearances.binary_search(&number(&appearance)).is_ok() {
            self.names.push((appearance, id.parse().unwrap_or_default(), name.to_owned()));
        }
    }

    fn findings(&mut self) -> Vec<Finding> {
        self.names.sort();
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for alike in self.names.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some(((_, first, like), others)) = alike.split_first() else { continue };
            // Those that are the same but for their form have a finding of their own.
            let differ = others.iter().filter(|(_, _, text)| name::key(text) != name::key(like));
            for (_, id, text) in differ.filter(|(_, id, _)| seen.insert(*id)) {
                found.push(self.finding(*id, text, *first, like));
            }
        }
        found
    }

    fn finding(&self, id: i64, text: &str, first: i64, like: &str) -> Finding {
        let column = self.column;
        Finding {
            check: "names",
            severity: Severity::Warning,
            object: format!("account {id}"),
            message: format!(
                "The {column} {} looks like {}, which is that of account {first}.",
                excerpt(text),
                excerpt(like)
            ),
            fix: format!("nexus user edit {id} --{column} NAME"),
            fixable: false,
        }
    }
}

fn number(appearance: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    appearance.hash(&mut hasher);
    hasher.finish()
}
