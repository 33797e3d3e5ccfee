//! The rows of `nexus --demo`: 2,000 accounts with sessions at all stages and trees up to five deep, the same every
//! time but for the date.
//!
//! Nothing here can be used: no account but the one on the log-in screen has a password, no session has a token.

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
    self, NewDirectory, NewSession, NewUser, SessionStart, Store, StoreError, Verdict, Write, change,
};
use crate::tui::startup::DemoAccount;
use names::PEOPLES;

mod names;
#[cfg(test)]
mod tests;

/// The accounts, besides the one to log in with.
const ACCOUNTS: u32 = 1_999;
/// Any number: another one makes another demo.
const SEED: u64 = 1985;
/// What no password ever matches.
const NO_PASSWORD: &str = "*";
/// The year albums go back to.
const FIRST_ALBUMS: u32 = 2019;

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

/// Fills a desk's new store and makes the account to log in with.
///
/// # Errors
/// What kept the store from taking the rows.
pub(super) fn furnish(service: &mut Service, now: Timestamp) -> Result<DemoAccount, Failure> {
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

/// Fills a store that holds nothing but the account to log in with.
///
/// # Errors
/// What kept the store from taking the rows; it is unchanged then.
fn fill(store: &mut dyn Store, now: Timestamp) -> store::Result<()> {
    change(store, Verdict::Commit, |rows| {
        let mut demo = Demo { rows, now, dice: Dice(SEED), taken: BTreeSet::new() };
        (0..ACCOUNTS).try_for_each(|_| demo.account())
    })
}

/// Even numbers in a fixed order: `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `sides`.
    fn below(&mut self, sides: u32) -> u32 {
        (self.roll() % u64::from(sides.max(1))) as u32
    }

    fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// One of `things`, which are never none.
    fn pick<T: Copy + Default>(&mut self, things: &[T]) -> T {
        let at = self.below(things.len() as u32) as usize;
        things.get(at).copied().unwrap_or_default()
    }

    /// 32 hex digits.
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
    dice: Dice,
    taken: BTreeSet<String>,
}

impl Demo<'_> {
    fn account(&mut self) -> Result<(), StoreError> {
        let dice = &mut self.dice;
        let people = dice.pick(&PEOPLES);
        let (first, last) = (dice.pick(people.first), dice.pick(people.last));
        let status = match dice.below(100) {
            0..9 => Status::Pending,
            9..13 => Status::Suspended,
            _ => Status::Confirmed,
        };
        // Who has waited for long was forgotten; most who wait came lately.
        let longest = if status == Status::Pending { Duration::days(20) } else { Duration::days(1_400) };
        let created_at = self.now - dice.span(Duration::minutes(20), longest);
        let username = unused(&mut self.taken, &format!("{}.{}", first.1, last.1));
        let email = format!("{username}@{}", dice.pick(&DOMAINS));
        let phone = dice.percent(70).then(|| format!("+31 555 {:04}", dice.below(10_000)));
        let address = dice.percent(50).then(|| format!("{} {}", 1 + dice.below(180), dice.pick(&STREETS)));
        let level = if dice.percent(1) { AccessLevel::Admin } else { AccessLevel::User };
        // A few know nothing but their email.
        let username = (!dice.percent(2)).then_some(username);
        let id = self.rows.insert_user(&NewUser {
            id: None,
            fields: Fields {
                first_name: Some(first.0.into()),
                last_name: Some(last.0.into()),
                username: username.clone(),
                email: Some(email),
                contact_number: phone,
                address,
                level: Some(level),
                status: Some(status),
            },
            password_hash: NO_PASSWORD.into(),
            created_at,
            updated_at: None,
        })?;
        if status == Status::Pending {
            return Ok(());
        }
        self.sessions(id, created_at)?;
        self.home(id, username.as_deref(), created_at)
    }

    /// Sessions that are fresh, soon over, over by their time alone, or ended.
    fn sessions(&mut self, user_id: UserId, since: Timestamp) -> Result<(), StoreError> {
        for _ in 0..self.dice.below(5) {
            let dice = &mut self.dice;
            let life = dice.pick(&[8, 8, 8, 24, 720]);
            let life = Duration::hours(life);
            let age = match dice.below(10) {
                0..4 => dice.span(Duration::minutes(1), life - Duration::minutes(31)),
                4 => dice.span(life - Duration::minutes(29), life - Duration::minutes(1)),
                _ => dice.span(life, life * 20),
            };
            let at = (self.now - age).max(since);
            let (origin, detail) = match dice.below(3) {
                0 => (SessionOrigin::Console, format!("pts/{}", dice.below(9))),
                1 => (SessionOrigin::Console, format!("10.0.{}.{}", dice.below(8), 1 + dice.below(250))),
                _ => (SessionOrigin::Service, String::new()),
            };
            let active = dice.percent(if age < life { 90 } else { 40 });
            let id = self.rows.insert_session(&NewSession {
                id: None,
                user_id,
                digest: format!("sha256:{}{}", dice.hex(), dice.hex()),
                expiration: Some(at + life),
                active,
                start: Some(SessionStart { origin, detail, at, process: None, boot: None }),
            })?;
            let seen = at + self.dice.span(Duration::zero(), age.min(life));
            self.rows.saw_session(seen.min(self.now), id)?;
        }
        Ok(())
    }

    /// A home with its libraries, in some with albums by year, in a few of those with folders below.
    fn home(&mut self, user_id: UserId, username: Option<&str>, since: Timestamp) -> Result<(), StoreError> {
        let home = home_name(user_id, username);
        self.directory(user_id, &home, username, since)?;
        for library in LIBRARIES {
            let library = join(Some(&home), library);
            self.directory(user_id, &library, username, since)?;
            if !self.dice.percent(4) {
                continue;
            }
            for back in 0..=self.dice.below(3) {
                let year = join(Some(&library), &(FIRST_ALBUMS + back).to_string());
                self.directory(user_id, &year, username, since)?;
                let album = join(Some(&year), self.dice.pick(&ALBUMS));
                self.directory(user_id, &album, username, since)?;
                if self.dice.percent(30) {
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
        let last_modified = Some(since + self.dice.span(Duration::zero(), age));
        let last_accessed = self.dice.percent(40).then(|| since + self.dice.span(Duration::zero(), age));
        self.rows.insert_directory(&NewDirectory {
            id: None,
            user_id,
            directory_id: self.dice.hex(),
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

/// `name`, or with the first number behind it that makes it one that nobody has.
fn unused(taken: &mut BTreeSet<String>, name: &str) -> String {
    let numbered = (2..).map(|n: u32| format!("{name}{n}"));
    let mut free = std::iter::once(name.to_owned()).chain(numbered).filter(|name| !taken.contains(name));
    let found = free.next().unwrap_or_default();
    drop(free);
    taken.insert(found.clone());
    found
}
