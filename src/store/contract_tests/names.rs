//! Names of accounts, names that are taken, and the costs of password hashes.

use crate::domain::filter::{Filter, Test};
use crate::domain::user::{AccessLevel, Field, Fields, UserId, Who};
use crate::store::{HashCosts, NewUser, Store, StoreError, TransactionEnd, change};

use super::{account, keep, look, now};

pub(super) fn costs_of_hashes(store: &mut dyn Store) {
    let costs = |store: &dyn Store| look(store, |rows| rows.hash_costs());
    assert_eq!(costs(store), HashCosts::default());
    let bcrypt = |cost: &str| format!("$2y${cost}$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O");
    let argon2 = |cost: &str| format!("$argon2id$v=19${cost}$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO");
    let hashes = [
        bcrypt("10"),
        bcrypt("12"),
        bcrypt("15"),
        "$2y$14$cut".into(),
        argon2("m=65536,t=3,p=4"),
        argon2("m=65536,t=3,p=40"),
        argon2("m=19456,t=2,p=1"),
        argon2("m=19456,t=2,p=1"),
        "!".into(),
        String::new(),
    ];
    for (at, hash) in hashes.iter().enumerate() {
        let new = NewUser { password_hash: hash.clone(), ..account(&format!("u{at}"), AccessLevel::User) };
        keep(store, |rows| rows.insert_user(&new));
    }
    let argon2 = vec!["m=19456,t=2,p=1".to_owned(), "m=65536,t=3,p=40".to_owned()];
    assert_eq!(costs(store), HashCosts { bcrypt: Some("12".into()), argon2 });
    keep(store, |rows| rows.set_password(now(), UserId(2), "$argon2id$", false));
    assert_eq!(costs(store).bcrypt.as_deref(), Some("10"), "as long as there are such hashes");
    keep(store, |rows| rows.set_password(now(), UserId(1), "!", false));
    assert_eq!(costs(store).bcrypt, None);
}

pub(super) fn are_the_same_in_every_form(store: &mut dyn Store) {
    let named = |username: &str, email: &str| {
        let mut new = account("x", AccessLevel::User);
        new.fields.username = Some(username.to_owned());
        new.fields.email = Some(email.to_owned());
        new
    };
    let id = |store: &dyn Store, name: &str| {
        let who = Who::parse(name).unwrap();
        let found = look(store, |rows| rows.user(now(), &who)).map(|user| user.id.0);
        let credentials = look(store, |rows| rows.credentials(now(), &who)).map(|found| found.user.id.0);
        assert_eq!(found, credentials, "{name}");
        let filter = Filter::default().and(Test::User(who));
        let listed = look(store, |rows| rows.user_ids(now(), &filter));
        assert_eq!(listed, found.into_iter().collect::<Vec<_>>(), "{name}");
        found
    };
    for (at, (username, email)) in [
        ("müller", "m@film.example"),
        ("12345", "digits@film.example"),
        ("two words", "blank@film.example"),
        ("bob ", "bob-blank@film.example"),
        ("bob", "bob@film.example"),
        ("old@mail.example", "new@mail.example"),
        ("-dash", "zoë@film.example"),
        ("a\"q", "q@film.example"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(keep(store, |rows| rows.insert_user(&named(username, email))), UserId(at as i64 + 1));
    }
    for (name, found) in [
        ("MÜLLER", Some(1)),
        ("mu\u{308}ller", Some(1)),
        ("muller", None),
        ("12345", None),
        ("2", Some(2)),
        ("DIGITS@film.example", Some(2)),
        ("Two Words", Some(3)),
        ("two\u{a0}words", Some(3)),
        ("bob ", Some(4)),
        ("bob", Some(5)),
        (" bob", None),
        ("OLD@mail.example", Some(6)),
        ("new@mail.example", Some(6)),
        ("-dash", Some(7)),
        ("ZOË@FILM.EXAMPLE", Some(7)),
        ("a\"q", Some(8)),
    ] {
        assert_eq!(id(store, name), found, "{name}");
    }
    for (username, email, field) in [
        ("MÜLLER", "1@x", Field::Username),
        ("mu\u{308}ller", "1@x", Field::Username),
        ("TWO WORDS", "1@x", Field::Username),
        ("free", "ZOË@film.example", Field::Email),
        ("free", "zoe\u{308}@film.example", Field::Email),
        ("free", "ｑ＠film.example", Field::Email),
        ("free", "q@\u{200b}film.example", Field::Email),
        ("free", "old@MAIL.example", Field::Email),
        ("New@Mail.example", "1@x", Field::Username),
        ("ｎew@mail.example", "1@x", Field::Username),
    ] {
        let new = named(username, email);
        let taken = change(store, TransactionEnd::Commit, |rows| rows.insert_user(&new));
        assert_eq!(taken, Err(StoreError::Taken(field)), "{username} {email}");
        let fields = Fields { username: None, email: None, ..new.fields.clone() };
        let fields = match field {
            Field::Username => Fields { username: new.fields.username, ..fields },
            _ => Fields { email: new.fields.email, ..fields },
        };
        let taken = change(store, TransactionEnd::Commit, |rows| rows.update_user(now(), UserId(5), &fields));
        assert_eq!(taken, Err(StoreError::Taken(field)), "{username} {email}");
    }
    let own =
        Fields {
            username: Some("MÜLLER".into()), email: Some("M@film.example".into()), ..Fields::default()
        };
    keep(store, |rows| rows.update_user(now(), UserId(1), &own));
    assert_eq!(look(store, |rows| rows.name_findings()), []);
    // An email comes first where the name is one's username and another's email.
    keep(store, |rows| {
        rows.update_user(now(), UserId(6), &Fields { username: Some(String::new()), ..Fields::default() })
    });
    keep(store, |rows| rows.insert_user(&named("free", "old@mail.example")));
    assert_eq!(id(store, "old@mail.example"), Some(9));
}

pub(super) fn are_found_by_their_beginnings(store: &mut dyn Store) {
    let add = |store: &mut dyn Store, username: Option<&str>, email: &str| {
        let mut new = account("x", AccessLevel::User);
        new.fields.username = username.map(str::to_owned);
        new.fields.email = Some(email.to_owned());
        keep(store, |rows| rows.insert_user(&new))
    };
    add(store, Some("Alan"), "turing@nexus.example");
    let ada = add(store, Some("ada"), "love@nexus.example");
    add(store, None, "al@nexus.example");
    add(store, Some("grace"), "ALOHA@nexus.example");
    add(store, Some("Łukasz"), "silva@nexus.example");
    add(store, Some("a%b_c"), "odd@nexus.example");
    let begun = |store: &dyn Store, typed: &str, of: Option<UserId>, most: usize| {
        let found = look(store, |rows| rows.users_begun(now(), typed, of, most));
        (found.rows.iter().map(|user| user.label().to_owned()).collect::<Vec<_>>(), found.total)
    };
    let all = |store: &dyn Store, typed: &str| begun(store, typed, None, 10).0;
    assert_eq!(all(store, "al"), ["Alan", "al@nexus.example", "grace"], "usernames first");
    assert_eq!(all(store, "AL"), all(store, "al"));
    assert_eq!(all(store, "a"), ["a%b_c", "ada", "Alan", "al@nexus.example", "grace"]);
    assert_eq!(all(store, "łu"), ["Łukasz"]);
    assert_eq!(all(store, "ŁUK"), ["Łukasz"]);
    assert_eq!(all(store, "a%"), ["a%b_c"], "no wildcard");
    assert_eq!(all(store, "a_"), [] as [&str; 0]);
    assert_eq!(all(store, "lan"), [] as [&str; 0], "only the beginning counts");
    assert_eq!(all(store, "love@"), ["ada"]);
    assert_eq!(all(store, "").len(), 6);
    let (first, total) = begun(store, "a", None, 2);
    assert_eq!((first, total > 2), (vec!["a%b_c".to_owned(), "ada".to_owned()], true));
    assert_eq!(begun(store, "a", None, 5).1, 5, "these are all");
    // A plain user finds nobody else.
    assert_eq!(begun(store, "a", Some(ada), 10).0, ["ada"]);
    assert_eq!(begun(store, "gr", Some(ada), 10).0, [] as [&str; 0]);
    keep(store, |rows| rows.bin_user(ada, &super::deletion_info()));
    assert_eq!(all(store, "ad"), [] as [&str; 0]);
}
