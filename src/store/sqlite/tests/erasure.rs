//! The journal of an earlier schema that is chained anew, and the erasure of parts of its entries.

use rusqlite::types::Value;

use crate::domain::erasure::Erasable;
use crate::domain::journal::{Action, Break, Head};
use crate::store::journal_chain::{FIELDS, earlier_link};
use crate::store::sqlite::journal_verify::{CHAINED, field, fields, verify};
use crate::store::{BackupSource, JournalCheck, Opening, ReportedWork, verify_backup};

use super::*;

/// The last schema in which entries could not be erased.
const BEFORE: usize = 12;

/// Makes a store as an earlier version did, with these accounts in the entries of its journal, by the operator 1.
fn with_entries(folder: &TempDir, version: usize, accounts: &[i64]) -> Head {
    earlier(folder, version);
    let file = another_program(folder);
    let mut head = Head::empty();
    for (account, seq) in accounts.iter().zip(1..) {
        let text = |text: String| Value::Text(text);
        let columns: [Value; FIELDS] = [
            Value::Integer(seq),
            text("2026-11-20 08:00:00".into()),
            Value::Integer(1),
            text("qxann".into()),
            Value::Null,
            Value::Null,
            text("192.0.2.7".into()),
            text("edit".into()),
            text("done".into()),
            text("account".into()),
            Value::Integer(*account),
            text(format!("user{account}")),
            Value::Integer(*account),
            text(format!(r#"{{"email":"old{account}@x"}}"#)),
            text(format!(r#"{{"email":"new{account}@x"}}"#)),
            Value::Integer(seq),
            Value::Null,
        ];
        let hash = earlier_link(&head.hash, &columns.each_ref().map(|column| field(column.into())));
        head = Head { seq, hash };
        let values = columns.into_iter().chain([Value::Text(head.hash.clone())]);
        let sql = format!("INSERT INTO nexus_journal VALUES ({})", ["?"; FIELDS + 1].join(", "));
        file.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
    }
    head
}

fn check(store: &SqliteStore) -> JournalCheck {
    look(store, |rows| rows.verify_journal(&Head::empty(), 100))
}

/// Runs statements past the triggers of the journal.
fn forge(folder: &TempDir, sql: &str) {
    let file = another_program(folder);
    let triggers: Vec<(String, String)> = file
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'nexus_journal%'",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(rusqlite::Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        file.execute(&format!("DROP TRIGGER {name}"), []).unwrap();
    }
    file.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        file.execute(sql, []).unwrap();
    }
}

/// Returns what an erasure of the account removes, after it was erased.
fn erased(store: &mut SqliteStore, account: i64) -> Erasable {
    keep(store, |rows| {
        let found = rows.erasable(UserId(account), None)?;
        rows.erase(UserId(account), &found)?;
        let mut entry = crate::store::contract_tests::entry();
        entry.action = Action::Erased;
        entry.object.account = Some(UserId(account));
        rows.record(&entry)?;
        Ok(found)
    })
}

#[test]
fn a_whole_chain_is_written_anew_once_and_both_heads_are_entered() {
    for version in 4..=BEFORE {
        let folder = TempDir::new().unwrap();
        let earlier_head = with_entries(&folder, version, &[7, 8, 7]);
        let store = fresh(&folder);
        let checked = check(&store);
        assert_eq!((checked.broken, checked.head.seq, checked.is_last), (None, 4, true), "version {version}");
        let head = look(&store, |rows| rows.journal_head());
        assert_eq!((checked.head, checked.earlier), (head, None));
        let part = look(&store, |rows| rows.verify_journal(&Head::empty(), 3));
        assert_eq!(part.earlier, Some(earlier_head.hash.clone()), "a head that was noted before counts");
        let entry = look(&store, |rows| rows.entry(4)).unwrap();
        assert_eq!((entry.action.as_str(), entry.actor.name.as_str()), ("rechain", "nexus"));
        assert_eq!(entry.before.text("head"), Some(earlier_head.to_string().as_str()));
        assert_eq!(entry.after.text("head"), Some(part.head.to_string().as_str()));
        assert_eq!(entry.at, look(&store, |rows| rows.entry(3)).unwrap().at);
        drop(store);
        assert_eq!(check(&fresh(&folder)).head.seq, 4, "nothing is added when it is opened again");
    }
}

#[test]
fn an_empty_journal_gets_no_entry() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, BEFORE);
    assert_eq!(look(&fresh(&folder), |rows| rows.journal_head()), Head::empty());
}

#[test]
fn a_broken_chain_is_left_as_it_is_goes_on_and_erases_nothing() {
    for sql in [
        "UPDATE nexus_journal SET actor = 'x' WHERE seq = 2",
        "DELETE FROM nexus_journal WHERE seq = 2",
        "UPDATE nexus_journal SET hash = 'x' WHERE seq = 2",
    ] {
        let folder = TempDir::new().unwrap();
        let head = with_entries(&folder, BEFORE, &[7, 8, 7]);
        forge(&folder, sql);
        let mut store = fresh(&folder);
        assert_eq!(look(&store, |rows| rows.journal_head()), head, "{sql}");
        let broken = check(&store).broken.unwrap();
        assert_eq!(broken.seq, 2, "{sql}");
        assert_eq!(keep(&mut store, |rows| rows.record(&crate::store::contract_tests::entry())), 4);
        let found = look(&store, |rows| rows.erasable(UserId(7), None));
        assert_eq!(found.broken, Some(broken), "{sql}");
        let rest = look(&store, |rows| rows.verify_journal(&head, 100));
        assert_eq!((rest.broken, rest.head.seq), (None, 4), "what is written after it is chained to it");
    }
}

#[test]
fn a_migration_that_is_stopped_leaves_no_new_chain() {
    let folder = TempDir::new().unwrap();
    with_entries(&folder, BEFORE, &[7; 40]);
    let stopped = |_: &str, work: &mut ReportedWork<'_>| {
        let mut reports = 0;
        work(&mut |_| {
            reports += 1;
            reports < 2
        });
    };
    let opening = Opening { reported: stopped, ..Access::Existing.into() };
    // It may be through before it is asked a second time.
    let _ = SqliteStore::open(&folder.path().join("nexus.db"), opening);
    let checked = check(&fresh(&folder));
    assert_eq!((checked.broken, checked.head.seq), (None, 41));
}

#[test]
fn entries_of_both_forms_lose_the_parts_that_tell_of_an_account() {
    let folder = TempDir::new().unwrap();
    let head = with_entries(&folder, BEFORE, &[7, 8, 1]);
    let mut store = fresh(&folder);
    let mut entry = crate::store::contract_tests::entry();
    entry.actor.account = Some(UserId(7));
    entry.actor.name = "qxuser7".into();
    entry.object.account = Some(UserId(9));
    entry.object.label = "user9".into();
    keep(&mut store, |rows| rows.record(&entry));
    let found = erased(&mut store, 7);
    assert_eq!((found.entries, found.mentions, found.broken), (vec![1, 5], vec![], None));
    assert_eq!(check(&store).broken, None);
    let read = |seq| look(&store, |rows| rows.entry(seq)).unwrap();
    let first = read(1);
    assert_eq!((first.actor.name.as_str(), first.origin.place.as_str()), ("qxann", "192.0.2.7"));
    assert_eq!(
        (first.object.label.as_str(), first.before.is_empty(), first.after.is_empty()),
        ("", true, true)
    );
    assert_eq!((first.erased.actor, first.erased.object), (false, true));
    let last = read(5);
    assert_eq!((last.actor.name.as_str(), last.object.label.as_str()), ("account 7 (erased)", "user9"));
    erased(&mut store, 1);
    assert_eq!(check(&store).broken, None);
    let part = look(&store, |rows| rows.verify_journal(&Head::empty(), 3));
    assert_eq!(part.earlier, Some(head.hash), "a head that was noted before counts");
    let entry = look(&store, |rows| rows.entry(1)).unwrap();
    assert_eq!((entry.actor.name.as_str(), entry.erased.actor), ("account 1 (erased)", true));
    let salts = "SELECT count(actor_salt), count(object_salt) FROM nexus_journal_rechained";
    let left = another_program(&folder).query_row(salts, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(left, Ok((0, 1)), "with its salt, a digest could be guessed");
    let names = "SELECT count(*) FROM nexus_journal_labels WHERE account_id IN (1, 7)";
    assert_eq!(another_program(&folder).query_row(names, [], |row| row.get(0)), Ok(0));
    assert_eq!(another_program(&folder).query_row(salts, [], |row| row.get::<_, i64>(0)), Ok(0));
}

#[test]
fn what_was_removed_without_an_entry_about_it_is_found() {
    let removed =
        "UPDATE nexus_journal SET label = '', before = '{}', after = '{}', object_seal = randomblob(32)";
    let folder = TempDir::new().unwrap();
    with_entries(&folder, BEFORE, &[7, 8]);
    let store = fresh(&folder);
    // With the digest that belongs there, as whoever knows the salts can work it out.
    let sql = format!(
        "SELECT {CHAINED}, NULL, r.object_salt FROM nexus_journal j
       JOIN nexus_journal_rechained r ON r.seq = j.seq WHERE j.seq = 2"
    );
    let file = another_program(&folder);
    let digest = file
        .query_row(&sql, [], |row| {
            let salt: Vec<u8> = row.get(FIELDS + 1)?;
            Ok(crate::store::journal_chain::ErasablePart::Object.digest(&fields(row)?, &salt))
        })
        .unwrap();
    drop(file);
    let hidden = removed.replace("randomblob(32)", &format!("x'{}'", crate::domain::text::hex(&digest)));
    another_program(&folder).execute_batch(&format!("{hidden} WHERE seq = 2")).unwrap();
    let what = "what it said was removed, and no entry says that it was erased";
    assert_eq!(check(&store).broken, Some(Break { seq: 2, what }));
    // With any other digest it is not even as it was written.
    another_program(&folder).execute_batch(&format!("{removed} WHERE seq = 1")).unwrap();
    assert_eq!(check(&store).broken.map(|broken| broken.seq), Some(1));
}

#[test]
fn entries_that_were_written_anew_behind_the_hashes_that_they_had_first_are_found() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    with_entries(&folder, BEFORE, &[7, 8, 7]);
    with_entries(&other, BEFORE, &[7, 9, 7]);
    let (store, forged) = (fresh(&folder), fresh(&other));
    assert_eq!(check(&forged).broken, None);
    drop(forged);
    // All of it, so that every hash of the new chain fits, but for the hashes that were noted elsewhere.
    let hashes: Vec<String> = (1..=3).map(|seq| look(&store, |rows| rows.entry(seq)).unwrap().hash).collect();
    let rewritten = hashes.iter().zip(1..);
    let sql: Vec<_> = rewritten
        .map(|(hash, seq)| format!("UPDATE nexus_journal SET hash = '{hash}' WHERE seq = {seq};"))
        .collect();
    forge(&other, &sql.concat());
    let found = verify(&another_program(&other), &Head::empty(), 100).unwrap();
    assert_eq!(found.broken.map(|broken| broken.seq), Some(2));
}

#[test]
fn an_erasure_looks_for_mentions_only_behind_what_was_seen() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let of = |account: i64, label: &str, reason: &str| {
        let mut entry = crate::store::contract_tests::entry();
        entry.object.kind = crate::domain::journal::EntityKind::Account;
        entry.object.account = Some(UserId(account));
        entry.object.label = label.into();
        entry.after = crate::domain::journal::FieldValues::new().with("reason", reason);
        entry
    };
    for entry in
        [of(7, "qxalan", ""), of(8, "bob", "for qxalan"), of(8, "bob", "for qxalana"), of(8, "bob", "so")]
    {
        keep(&mut store, |rows| rows.record(&entry));
    }
    let seen = look(&store, |rows| rows.erasable(UserId(7), None));
    assert_eq!((seen.entries.clone(), seen.mentions.clone(), seen.up_to), (vec![1], vec![2], 4));
    keep(&mut store, |rows| rows.record(&of(8, "bob", "again for QXALAN!")));
    let found = look(&store, |rows| rows.erasable(UserId(7), Some(&seen)));
    assert_eq!((found.mentions, found.up_to), (vec![2, 5], 5));
}

#[test]
fn an_erased_part_that_says_something_again_is_found() {
    for says in
        ["label = 'mallory'", r#"after = '{"status":"suspended"}'"#, "before = ''", "actor = 'mallory'"]
    {
        let folder = TempDir::new().unwrap();
        with_entries(&folder, BEFORE, &[7, 8, 7]);
        let mut store = fresh(&folder);
        erased(&mut store, 7);
        erased(&mut store, 1);
        assert_eq!(check(&store).broken, None);
        forge(&folder, &format!("UPDATE nexus_journal SET {says} WHERE seq = 3"));
        assert_eq!(check(&store).broken.map(|broken| broken.seq), Some(3), "{says}");
    }
}

#[test]
fn what_is_like_a_name_of_the_person_but_is_another_one_s_stays() {
    use crate::domain::journal::{EntityKind, FieldValues};
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let of = |account: Option<i64>, kind, label: &str, before: FieldValues, after: FieldValues| {
        let mut entry = crate::store::contract_tests::entry();
        (entry.object.kind, entry.object.account) = (kind, account.map(UserId));
        (entry.object.label, entry.before, entry.after) = (label.into(), before, after);
        entry
    };
    let values = |field: &str, value: &str| FieldValues::new().with(field, value);
    let none = FieldValues::new;
    for entry in [
        of(Some(7), EntityKind::Account, "an", none(), values("email", "an@x.org").with("username", "an")),
        // Their own email ends like it, or was once the same.
        of(Some(8), EntityKind::Account, "alan", none(), values("email", "alan@x.org")),
        of(Some(9), EntityKind::Account, "an@x.org", values("email", "an@x.org"), values("email", "b@x.org")),
        of(Some(100_007), EntityKind::Directory, "100007_AN/Photos", none(), none()),
        // These mean the person.
        of(Some(8), EntityKind::Account, "alan", none(), values("reason", "as\nan@x.org asked")),
        of(Some(8), EntityKind::Directory, "00007_AN/Photos", none(), none()),
        of(None, EntityKind::Store, "/srv/an.json", none(), values("filter", "user:an")),
        of(Some(8), EntityKind::Account, "alan", none(), values("address", "c/o AN@x.org")),
    ] {
        keep(&mut store, |rows| rows.record(&entry));
    }
    let found = look(&store, |rows| rows.erasable(UserId(7), None));
    assert_eq!((found.entries, found.mentions), (vec![1], vec![5, 6, 7, 8]));
}

#[test]
fn a_backup_of_an_earlier_schema_is_shown_with_the_journal_that_it_holds() {
    let folder = TempDir::new().unwrap();
    let head = with_entries(&folder, BEFORE, &[7, 8, 7]);
    let path = folder.path().join("nexus.db");
    // The copy in which it is verified is chained anew, with other salts each time.
    for _ in 0..2 {
        let checked = verify_backup(BackupSource::File(&path), &mut |_| true).unwrap();
        assert_eq!(checked.findings, []);
        let content = checked.content.unwrap();
        assert_eq!((content.schema, content.head), (BEFORE as i64, head.clone()));
    }
}
