//! Accounts: names in many scripts, 12 of 100 pending, 5 of 1,000 admins, a few needles.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};
use unicode_normalization::UnicodeNormalization as _;

use super::names::{CITIES, DOMAINS, FIRST, FIRST_NATIVE, LAST, LAST_NATIVE, STREETS, all};
use super::{HEAVY, HEAVY_ID, HISTORY, History, NEEDLE, NEEDLES, Sizes};
use crate::outcome::Outcome;
use crate::random::Random;

/// The same for all, and of a good form: nobody logs in with it.
const PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3mXlaN2yN8pL7aGq7m2s0m7W8vY1q1g3iV1d3s2m5kE";
const SHARE_PENDING: f64 = 0.12;
const SHARE_ADMIN: f64 = 0.005;
/// A Latin name is this many times as frequent as one in another script.
const LATIN: usize = 3;

/// A name, and how it is spelled in a username.
#[derive(Debug, Clone, Default)]
struct Name {
    written: &'static str,
    plain: String,
}

/// The usernames, by id less one.
pub(super) fn fill(
    connection: &Connection,
    sizes: Sizes,
    history: &History,
    random: &mut Random,
) -> Outcome<Vec<String>> {
    let (first_names, last_names) = (names(FIRST, FIRST_NATIVE), names(LAST, LAST_NATIVE));
    let (domains, streets, cities) = (all(DOMAINS), all(STREETS), all(CITIES));
    let needle = Name { written: NEEDLE, plain: NEEDLE.into() };
    let needles = needle_ids(sizes.users);
    let created = History::moments(sizes.users, random);
    let mut usernames = Usernames::default();
    let mut insert = connection.prepare(
        "INSERT INTO de_torres_vincent_users (id, firstname, lastname, username, email, password, contact_number, address,
           access_level, status, access_code, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (id, created) in (1..=sizes.users).zip(created) {
        let (first, last) = if id == HEAVY_ID {
            (Name { written: "John", plain: "John".into() }, Name { written: "Doe", plain: "Doe".into() })
        } else {
            let last = if needles.contains(&id) { needle.clone() } else { one_of(&last_names, random) };
            (one_of(&first_names, random), last)
        };
        let username = usernames.next(&first, &last, id);
        let mail = format!("{}.{}{id}@{}", first.plain, last.plain, random.of(&domains)).to_lowercase();
        let share = random.unit();
        let pending = share < SHARE_PENDING;
        let updated = created + (90.0 * 86_400.0 * random.unit().powi(3)) as u64;
        insert.execute(params![
            id as i64,
            first.written,
            last.written,
            username,
            mail,
            PASSWORD,
            (random.below(8) > 0).then(|| format!(
                "+{} {:08}",
                1 + random.below(64),
                random.below(99_999_999)
            )),
            (random.below(8) > 0).then(|| {
                let (street, city) = (random.of(&streets), random.of(&cities));
                format!("{} {street} St, {city}", 1 + random.below(512))
            }),
            if share > 1.0 - SHARE_ADMIN { "admin" } else { "user" },
            if pending { "pending" } else { "confirmed" },
            pending.then(|| format!("{:06X}", random.below(1 << 24))),
            history.at(created),
            history.at(updated.min(HISTORY)),
        ])?;
        usernames.all.push(username);
    }
    Ok(usernames.all)
}

/// Spread evenly, the last one near the end.
fn needle_ids(users: u64) -> HashSet<u64> {
    let mut ids: HashSet<_> = (1..NEEDLES).map(|n| (n * users / (NEEDLES + 1)).max(1)).collect();
    ids.insert((users - users / 80).max(1));
    ids
}

fn names(latin: &'static str, native: &'static str) -> Vec<Name> {
    let latin = all(latin).into_iter().flat_map(|name| std::iter::repeat_n(name, LATIN));
    let latin = latin.map(|written| Name { written, plain: plain(written) });
    let native = all(native).into_iter().filter_map(|both| both.split_once(' '));
    let native = native.map(|(written, spelled)| Name { written, plain: spelled.into() });
    latin.chain(native).collect()
}

fn one_of(names: &[Name], random: &mut Random) -> Name {
    names.get(random.below(names.len() as u64) as usize).cloned().unwrap_or_default()
}

/// ASCII letters and digits alone.
fn plain(name: &str) -> String {
    name.chars()
        .flat_map(|letter| match letter {
            'ß' => "ss".chars().collect(),
            'ł' => vec!['l'],
            'Ł' => vec!['L'],
            'ø' => vec!['o'],
            'Ø' => vec!['O'],
            'đ' | 'ð' => vec!['d'],
            'Đ' => vec!['D'],
            'þ' => vec!['t', 'h'],
            'Þ' => vec!['T', 'h'],
            'ı' => vec!['i'],
            other => std::iter::once(other).nfkd().collect::<Vec<_>>(),
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// Usernames that were given: `FIRST_LAST001` and so on.
#[derive(Default)]
struct Usernames {
    all: Vec<String>,
    last_number: HashMap<String, u64>,
}

impl Usernames {
    /// The counters make them unique: the letters before a number tell which counter it is from.
    fn next(&mut self, first: &Name, last: &Name, id: u64) -> String {
        if id == HEAVY_ID {
            return HEAVY.into();
        }
        let letters = format!("{}_{}", first.plain, last.plain).to_uppercase();
        // The heavy account has the first number of its name.
        let taken = u64::from(HEAVY.starts_with(&letters) && HEAVY.len() == letters.len() + 3);
        let number = self.last_number.entry(letters.clone()).or_insert(taken);
        *number += 1;
        format!("{letters}{number:03}")
    }
}
