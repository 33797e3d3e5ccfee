//! Names that other programs wrote: found, told apart, and reported.

use crate::domain::filter::Test;
use crate::domain::finding::Severity;
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::contract_tests::deletion_info;

use super::*;

/// Accounts as another program writes them: each with its username and its email.
fn written(folder: &TempDir, accounts: &[(&str, &str)]) {
    for (username, email) in accounts {
        another_program(folder)
            .execute(
                "INSERT INTO de_torres_vincent_users (firstname, lastname, username, email, password, status)
                 VALUES ('A', 'B', ?, ?, '!', 'confirmed')",
                [username, email],
            )
            .unwrap();
    }
}

fn found(store: &SqliteStore, name: &str) -> Option<i64> {
    look(store, |rows| rows.user(now(), &Who::parse(name).unwrap())).map(|user| user.id.0)
}

fn keys(store: &SqliteStore) -> Vec<(i64, Option<String>, Option<String>, bool)> {
    let mut statement = store
        .connection
        .prepare("SELECT user_id, username, email, folded FROM nexus_name_keys ORDER BY user_id")
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    statement.query_map([], row).unwrap().map(std::result::Result::unwrap).collect()
}

#[test]
fn names_of_another_program_are_found_before_their_keys_are_worked_out_and_after() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    written(&folder, &[("müller", "m@x"), ("ada", "zoë@x"), ("MÜLLER", "m2@x"), ("JOSÉ", "j@x")]);
    assert!(keys(&store).iter().all(|(_, _, _, folded)| !folded));
    for _ in 0..2 {
        for (name, id) in [
            ("müller", Some(1)),
            ("MÜLLER", Some(3)),
            // Which of the two is meant, nobody can tell.
            ("mu\u{308}ller", None),
            ("josé", Some(4)),
            ("jose\u{301}", Some(4)),
            ("ZOË@X", Some(2)),
        ] {
            assert_eq!(found(&store, name), id, "{name}");
        }
        // Any writing works some out.
        keep(&mut store, |_| Ok(()));
    }
    let key = |text: &str| Some(text.to_owned());
    assert_eq!(
        keys(&store),
        [
            (1, key("müller"), None, true),
            (2, None, key("zoë@x"), true),
            (3, key("müller"), None, true),
            (4, key("josé"), None, true)
        ]
    );
}

#[test]
fn keys_follow_what_another_program_changes_and_deletes() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    written(&folder, &[("müller", "m@x"), ("ada", "a@x"), ("zoë", "z@x")]);
    keep(&mut store, |_| Ok(()));
    another_program(&folder)
        .execute_batch(
            "UPDATE de_torres_vincent_users SET username = 'plain' WHERE id = 1;
             UPDATE de_torres_vincent_users SET email = 'ü@x' WHERE id = 2;
             DELETE FROM de_torres_vincent_users WHERE id = 3;",
        )
        .unwrap();
    keep(&mut store, |_| Ok(()));
    assert_eq!(keys(&store), [(2, None, Some("ü@x".into()), true)]);
    assert_eq!((found(&store, "MÜLLER"), found(&store, "Ü@x")), (None, Some(2)));
}

#[test]
fn names_that_cannot_be_told_apart_stay_and_are_findings() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    written(
        &folder,
        &[
            ("müller", "m@x.example"),
            ("MÜLLER", "ｍ@x.example"),
            ("pat@x.example", "one@x.example"),
            ("pat", "PAT@x.example"),
            ("free", "free@x.example"),
        ],
    );
    for _ in 0..2 {
        let findings = look(&store, |rows| rows.name_findings());
        let told: Vec<_> =
            findings.iter().map(|found| (found.object.as_str(), found.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (
                    "account 1",
                    "The username müller differs from that of account 2 only in letter case or form."
                ),
                (
                    "account 2",
                    "The email ｍ@x.example differs from that of account 1 only in letter case or form."
                ),
                ("account 3", "The username pat@x.example is the email of account 4, which alone it names."),
            ]
        );
        assert!(findings.iter().all(|found| found.severity == Severity::Warning && !found.fixable));
        keep(&mut store, |_| Ok(()));
    }
    // What is there already stays as long as it is not changed.
    let phone = Fields { contact_number: Some("1".into()), ..Fields::default() };
    keep(&mut store, |rows| rows.update_user(now(), UserId(1), &phone));
    let taken = Fields { username: Some("Müller".into()), ..Fields::default() };
    let refused =
        change(&mut store, TransactionEnd::Commit, |rows| rows.update_user(now(), UserId(5), &taken));
    assert_eq!(refused, Err(StoreError::Taken(Field::Username)));
}

#[test]
fn a_store_of_an_earlier_schema_gets_its_keys() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nexus.db");
    let old = Connection::open(&file).unwrap();
    for step in &super::super::schema::STEPS[..5] {
        old.execute_batch(step).unwrap();
    }
    old.execute_batch(
        "INSERT INTO de_torres_vincent_users (firstname, lastname, username, email, password)
         VALUES ('A', 'B', 'ada', 'a@x', '!'), ('A', 'B', 'zoë', 'z@x', '!');
         PRAGMA application_id = 0x4e585553;
         PRAGMA user_version = 5;",
    )
    .unwrap();
    drop(old);
    let mut store = fresh(&folder);
    keep(&mut store, |_| Ok(()));
    assert_eq!(keys(&store), [(2, Some("zoë".into()), None, true)]);
    assert_eq!(found(&store, "ZOË"), Some(2));
}

#[test]
fn names_of_the_bin_are_held_in_every_form() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    written(&folder, &[("zoë", "zo\u{eb}@x.example"), ("old@x.example", "o@x.example")]);
    for id in [1, 2] {
        let info = deletion_info();
        keep(&mut store, |rows| rows.bin_user(UserId(id), &info));
    }
    let held = |username: &str, email: &str| {
        let fields =
            Fields { username: Some(username.into()), email: Some(email.into()), ..Fields::default() };
        look(&store, |rows| rows.reserved_by(now(), &fields)).map(|(field, item)| (field, item.object_id))
    };
    assert_eq!(held("ZOË", "free@x"), Some((Field::Username, 1)));
    assert_eq!(held("free", "ZOE\u{308}@X.example"), Some((Field::Email, 1)));
    assert_eq!(held("free", "OLD@x.example"), Some((Field::Email, 2)));
    assert_eq!(held("ｏ@x.example", "free@x"), Some((Field::Username, 2)));
    assert_eq!(held("zoe", "zoe@x.example"), None);
    let binned = |name: &str| {
        let found = look(&store, |rows| rows.binned_accounts(&Who::parse(name).unwrap()));
        found.iter().map(|item| item.object_id).collect::<Vec<_>>()
    };
    assert_eq!(
        (binned("ZOË"), binned("OLD@x.example"), binned("1"), binned("zoe")),
        (vec![1], vec![2], vec![1], vec![])
    );
    let listed = |name: &str| {
        let filter = Filter::default().and(Test::User(Who::parse(name).unwrap()));
        look(&store, |rows| rows.bin_item_ids(now(), &filter)).len()
    };
    assert_eq!(
        (listed("ZOË"), listed("old@x.example"), listed("o@x.example"), listed("none@x")),
        (1, 1, 1, 0)
    );
    let kept = look(&store, |rows| rows.reserved_names(now()));
    assert!(kept.holds("ZOË") && kept.holds("ｏｌｄ@x.example") && !kept.holds("zoe"));
}
