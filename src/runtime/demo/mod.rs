//! The rows of `nexus --demo`: 2,000 accounts with sessions of every kind and trees up to five levels deep,
//! always the same except for the dates.
//!
//! Nothing here can be used: only the account on the log-in screen has a password, and no session has a token.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::domain::directory::{LIBRARIES, home_name, join};
use crate::domain::secret::Secret;
use crate::domain::session::SessionOrigin;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::service::contract::{Caller, Failure, Request, SignIn};
use crate::service::{self, RequestContext, Service};
use crate::store::{
    self, NewDirectory, NewSession, NewUser, SessionStart, Store, StoreError, TransactionEnd, Write, change,
};
use crate::tui::startup::DemoAccount;
use names::PEOPLES;

mod names;

/// Number of accounts, besides the one to log in with.
const ACCOUNTS: u32 = 1_999;
/// The seed of the random numbers; another one gives other rows.
const SEED: u64 = 1985;
/// A hash that no password matches.
const NO_PASSWORD: &str = "*";
/// The year of the oldest albums.
const FIRST_ALBUMS: u32 = 2019;

/// The labels of issued tokens.
const LABELS: [&str; 4] = ["living room TV", "phone app", "web player", "nightly sync"];

const ALBUMS: [&str; 12] = [
    "Summer at the lake",
    "Grandmother's 80th",
    "Été à la mer",
    "京都の紅葉",
    "Зимняя сказка",
    "Ταξίδι στην Κρήτη",
    "רמת הגולן",
    "رحلة إلى البتراء",
    "제주도 여행",
    "Moving house",
    "Concert, \"North\" tour",
    "Old slides",
];
const DOMAINS: [&str; 4] = ["nexus.example", "mail.example", "exämple.example", "studio.example"];
const STREETS: [&str; 6] =
    ["Königsallee", "Rue de la Paix", "Harbour Road", "ул. Пушкина", "中山路", "Calle Mayor"];

/// Fills the service's new store and creates the account to log in with.
///
/// # Errors
/// The store could not be filled.
pub(super) fn populate(service: &mut Service, now: Timestamp) -> Result<DemoAccount, Failure> {
    let account = DemoAccount { username: "ada".into(), password: "a walk through the house".into() };
    let set_up = SignIn::SetUp {
        fields: Fields {
            first_name: Some("Ada".into()),
            last_name: Some("Lovelace".into()),
            username: Some(account.username.clone()),
            email: Some("ada@nexus.example".into()),
            ..Fields::default()
        },
        password: Secret::from_text(&account.password).unwrap_or_default(),
    };
    let call = RequestContext {
        caller: Caller::Owner,
        now,
        boot: None,
        dry_run: false,
        reason: None,
        counted: None,
        progress: &mut |_| ControlFlow::Continue(()),
    };
    service::perform(service, call, Request::SignIn(set_up))?;
    fill(&mut *service.store, now)?;
    Ok(account)
}

/// Fills a store that holds only the account to log in with.
///
/// # Errors
/// The store could not be filled; it is unchanged then.
fn fill(store: &mut dyn Store, now: Timestamp) -> store::Result<()> {
    change(store, TransactionEnd::Commit, |rows| {
        let mut demo = Demo { rows, now, random: Random(SEED), taken: BTreeSet::new() };
        (0..ACCOUNTS).try_for_each(|_| demo.account())
    })
}

/// Uniform numbers in a fixed order: `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
struct Random(u64);

impl Random {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number below `sides`.
    fn below(&mut self, sides: u32) -> u32 {
        (self.roll() % u64::from(sides.max(1))) as u32
    }

    fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// Returns one of `things`, which must not be empty.
    fn pick<T: Copy + Default>(&mut self, things: &[T]) -> T {
        let at = self.below(things.len() as u32) as usize;
        things.get(at).copied().unwrap_or_default()
    }

    fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.roll(), self.roll())
    }

    fn span(&mut self, least: Duration, most: Duration) -> Duration {
        let seconds = (most - least).num_seconds().max(1) as u64;
        least + Duration::seconds((self.roll() % seconds) as i64)
    }
}

struct Demo<'a> {
    rows: &'a mut dyn Write,
    now: Timestamp,
    random: Random,
    taken: BTreeSet<String>,
}

impl Demo<'_> {
    fn account(&mut self) -> Result<(), StoreError> {
        let random = &mut self.random;
        let people = random.pick(&PEOPLES);
        let (first, last) = (random.pick(people.first), random.pick(people.last));
        let status = match random.below(100) {
            0..9 => Status::Pending,
            9..13 => Status::Suspended,
            _ => Status::Confirmed,
        };
        // Accounts that wait for long are forgotten; most pending ones are recent.
        let longest = if status == Status::Pending { Duration::days(20) } else { Duration::days(1_400) };
        let created_at = self.now - random.span(Duration::minutes(20), longest);
        let username = unused(&mut self.taken, &format!("{}.{}", first.1, last.1));
        let email = format!("{username}@{}", random.pick(&DOMAINS));
        let phone = random.percent(70).then(|| format!("+31 555 {:04}", random.below(10_000)));
        let address =
            random.percent(50).then(|| format!("{} {}", 1 + random.below(180), random.pick(&STREETS)));
        let level = if random.percent(1) { AccessLevel::Admin } else { AccessLevel::User };
        // A few accounts have only an email.
        let username = (!random.percent(2)).then_some(username);
        let names = Fields {
            first_name: Some(first.0.into()),
            last_name: Some(last.0.into()),
            username: username.clone(),
            email: Some(email),
            ..Fields::default()
        };
        let id = self.rows.insert_user(&NewUser {
            id: None,
            fields: Fields {
                contact_number: phone,
                address,
                level: Some(level),
                status: Some(status),
                ..names
            },
            password_hash: NO_PASSWORD.into(),
            created_at,
            updated_at: None,
        })?;
        if status == Status::Pending {
            return Ok(());
        }
        self.sessions(id, created_at, status)?;
        self.home(id, username.as_deref(), created_at)
    }

    /// Adds sessions: fresh, ending soon, expired, or revoked. A suspension ended those of its account.
    fn sessions(&mut self, user_id: UserId, since: Timestamp, status: Status) -> Result<(), StoreError> {
        for _ in 0..self.random.below(5) {
            let random = &mut self.random;
            let life = random.pick(&[8, 8, 8, 24, 720]);
            let life = Duration::hours(life);
            let age = match random.below(10) {
                0..4 => random.span(Duration::minutes(1), life - Duration::minutes(31)),
                4 => random.span(life - Duration::minutes(29), life - Duration::minutes(1)),
                _ => random.span(life, life * 20),
            };
            let at = (self.now - age).max(since);
            let (origin, detail) = match random.below(3) {
                0 => (SessionOrigin::Console, format!("pts/{}", random.below(9))),
                1 => (SessionOrigin::Console, format!("10.0.{}.{}", random.below(8), 1 + random.below(250))),
                _ => (SessionOrigin::Service, String::new()),
            };
            // No random number: the other rows stay as they are.
            let label = LABELS.get(user_id.0.rem_euclid(LABELS.len() as i64) as usize);
            let label = label.filter(|_| origin == SessionOrigin::Service).map(|label| (*label).to_owned());
            let is_untouched = random.percent(if age < life { 90 } else { 40 });
            let id = self.rows.insert_session(&NewSession {
                id: None,
                user_id,
                digest: format!("sha256:{}{}", random.hex(), random.hex()),
                expiration: Some(at + life),
                active: is_untouched && status != Status::Suspended,
                start: Some(SessionStart { origin, detail, label, at, process: None, boot: None }),
            })?;
            let seen = at + self.random.span(Duration::zero(), age.min(life));
            self.rows.saw_session(seen.min(self.now), id)?;
        }
        Ok(())
    }

    /// Adds a home with its libraries, in some albums by year, and in a few of those folders below.
    fn home(&mut self, user_id: UserId, username: Option<&str>, since: Timestamp) -> Result<(), StoreError> {
        let home = home_name(user_id, username);
        self.directory(user_id, &home, username, since)?;
        for library in LIBRARIES {
            let library = join(Some(&home), library);
            self.directory(user_id, &library, username, since)?;
            if !self.random.percent(4) {
                continue;
            }
            for back in 0..=self.random.below(3) {
                let year = join(Some(&library), &(FIRST_ALBUMS + back).to_string());
                self.directory(user_id, &year, username, since)?;
                let album = join(Some(&year), self.random.pick(&ALBUMS));
                self.directory(user_id, &album, username, since)?;
                if self.random.percent(30) {
                    self.directory(user_id, &join(Some(&album), "Originals"), username, since)?;
                }
            }
        }
        Ok(())
    }

    fn directory(
        &mut self,
        user_id: UserId,
        path: &str,
        username: Option<&str>,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let age = (self.now - since).max(Duration::minutes(1));
        let last_modified = Some(since + self.random.span(Duration::zero(), age));
        let last_accessed = self.random.percent(40).then(|| since + self.random.span(Duration::zero(), age));
        self.rows.insert_directory(&NewDirectory {
            id: None,
            user_id,
            directory_id: self.random.hex(),
            path: path.into(),
            name: None,
            date_added: since,
            last_modified,
            last_accessed,
            username: username.map(str::to_owned),
        })?;
        Ok(())
    }
}

/// Returns `name`, or `name` with the first number that makes it unused.
fn unused(taken: &mut BTreeSet<String>, name: &str) -> String {
    let numbered = (2..).map(|n: u32| format!("{name}{n}"));
    let mut free = std::iter::once(name.to_owned()).chain(numbered).filter(|name| !taken.contains(name));
    let found = free.next().unwrap_or_default();
    drop(free);
    taken.insert(found.clone());
    found
}

#[cfg(test)]
mod tests;
