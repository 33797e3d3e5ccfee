//! Accounts with unfit password hashes, and with names that look like those of others.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::auth::password::{Fitness, fitness};
use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::name;
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::text::{count, excerpt};
use crate::service::contract::Failure;
use crate::store::Read;

use super::{GoOn, each_row};

/// The most findings about names of one kind that look alike.
const MOST_FINDINGS: usize = 50;

/// Returns the findings about all accounts.
///
/// # Errors
/// [`FailureKind::Stopped`](crate::service::contract::FailureKind::Stopped); the rows cannot be read.
pub(super) fn findings(rows: &dyn Read, go_on: &mut GoOn<'_>) -> Result<Vec<Finding>, Failure> {
    let [mut weak, mut unknown, mut no_text, mut like_emails] = std::array::from_fn(|_| FoundRows::default());
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
        if account.username.contains('@') && name::key(account.username) != name::key(account.email) {
            like_emails.add(account.id);
        }
        usernames.look_at(account.username);
        emails.look_at(account.email);
    })?;
    let mut found: Vec<_> =
        text_finding(&no_text).into_iter().chain(hash_findings(&weak, &unknown)).collect();
    found.extend(like_email_finding(&like_emails));
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
    each_row(rows, StoredTable::Users, go_on, |row| take(Account::of(row)))
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
        fix: "nexus user edit WHO rewrites them.".into(),
        fixable: false,
    })
}

fn like_email_finding(rows: &FoundRows) -> Option<Finding> {
    let have = count(rows.total(), "account has", "accounts have");
    (rows.total() > 0).then(|| Finding {
        check: "names",
        severity: Severity::Warning,
        object: format!("{}.username", StoredTable::Users.name()),
        message: format!(
            "{have} a username with an @ that is not the email of the account (id {}): wherever a name is given, it is \
             taken for an email first.",
            rows.names()
        ),
        fix: "nexus user edit ID --username NAME".into(),
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

/// The names in one column that look alike. Only a number of 8 bytes is kept for each.
struct LookAlikes {
    column: &'static str,
    /// Nobody outside can choose names whose numbers collide.
    hasher: RandomState,
    /// The appearances and keys; after [`finish`](Self::finish) the first appearances that names with several keys have.
    numbers: Vec<u64>,
    /// The appearance, the account and the name of each that shares its appearance.
    names: Vec<(String, i64, String)>,
    /// The appearances and keys of these names.
    collected: BTreeSet<u64>,
}

/// The bits of a name's number that its key takes; the rest are those of its appearance.
const KEY_BITS: u64 = 0x00ff_ffff;

impl LookAlikes {
    fn of(column: &'static str) -> Self {
        Self {
            column,
            hasher: RandomState::new(),
            numbers: Vec::new(),
            names: Vec::new(),
            collected: BTreeSet::new(),
        }
    }

    fn look_at(&mut self, name: &str) {
        if !name.is_empty() {
            self.numbers.push(self.number(name, &name::appearance(name)));
        }
    }

    /// Keeps appearances that names with several keys have, and returns true if there are any. Names with one key have a
    /// finding of their own.
    fn finish(&mut self) -> bool {
        self.numbers.sort_unstable();
        self.numbers.dedup();
        let pairs = self.numbers.iter().zip(self.numbers.iter().skip(1));
        let mut shared: Vec<_> = pairs
            .map(|(one, next)| (one & !KEY_BITS, next & !KEY_BITS))
            .filter(|(one, next)| one == next)
            .collect();
        shared.dedup();
        self.numbers = shared.into_iter().map(|(appearance, _)| appearance).take(MOST_FINDINGS).collect();
        !self.numbers.is_empty()
    }

    /// Keeps a name whose appearance is shared: of each key the first one, and of each appearance only so many.
    fn collect(&mut self, id: &str, name: &str) {
        if self.numbers.is_empty() || name.is_empty() {
            return;
        }
        let appearance = name::appearance(name);
        let number = self.number(name, &appearance);
        let alike = number & !KEY_BITS..=number | KEY_BITS;
        if self.numbers.binary_search(alike.start()).is_ok()
            && self.collected.range(alike).count() <= MOST_FINDINGS
            && self.collected.insert(number)
        {
            self.names.push((appearance, id.parse().unwrap_or_default(), name.to_owned()));
        }
    }

    /// Returns the number of a name, in whose order names that look alike are neighbours.
    fn number(&self, name: &str, appearance: &str) -> u64 {
        self.hasher.hash_one(appearance) & !KEY_BITS | self.hasher.hash_one(name::key(name)) & KEY_BITS
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
        found.truncate(MOST_FINDINGS);
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
