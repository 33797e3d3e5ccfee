//! Imports of SQLite files.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::*;

/// The tables as a program without constraints may keep them: without types, so that any value stays as it is.
const TABLES: &str = "
    CREATE TABLE de_torres_vincent_users (id INTEGER PRIMARY KEY, firstname, lastname, username, email, password,
      contact_number, address, access_level, status, access_code, created_at, updated_at, session_token);
    CREATE TABLE de_torres_vincent_session_tokens (id INTEGER PRIMARY KEY, user_id, session_token, expiration, status);
    CREATE TABLE de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, date_added,
      last_modified, last_accessed, directory_path, username);";

/// Makes a SQLite file with these statements, over the three tables or others.
fn file(tables: &str, text: &str) -> Dump {
    let made = dump("");
    fs::remove_file(&made.path).unwrap();
    Connection::open(&made.path).unwrap().execute_batch(&format!("{tables}{text}")).unwrap();
    made
}

fn taken_from(bench: &mut Bench, text: &str) -> ImportReport {
    import(bench, request(&file(TABLES, text).path)).unwrap()
}

/// Returns the reasons for refused rows, by their place.
fn refusals(text: &str) -> Vec<String> {
    let failure = import(&mut Bench::empty(), request(&file(TABLES, text).path)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure:?}");
    failure.report.unwrap().refused.into_iter().map(|row| format!("{}: {}", row.place, row.reason)).collect()
}

/// Returns everything that can be seen of a file from outside, and the files beside it.
fn seen(path: &Path) -> impl PartialEq + std::fmt::Debug {
    let beside: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    (fs::read(path).unwrap(), fs::metadata(path).unwrap().modified().unwrap(), beside)
}

#[test]
fn its_rows_are_taken_like_those_of_a_dump() {
    let mut bench = Bench::empty();
    let text = users(&[user(1, "ada"), user(2, "alan")])
        + &sessions("(1,1,'old','2026-11-23 11:00:00','active'),(2,2,'new','2026-11-23 13:00:00','active')")
        + &directories(&directory(1, 1, "MEDIA/00001_ADA"));
    let file = file(TABLES, &text);
    let request = Import { keep_sessions: true, strip_prefixes: vec!["MEDIA".into()], ..request(&file.path) };
    let report = import(&mut bench, request).unwrap();
    let all = TableCounts { users: 2, sessions: 2, directories: 1 };
    assert_eq!((report.read, report.taken), (all, all));
    assert_eq!((report.tokens_digested, report.sessions_expired, report.codes_dropped), (2, 1, 2));
    assert!(bench.read(|rows| rows.session_by_digest(&digest("new"))).is_some());
    assert_eq!(bench.read(|rows| rows.home(UserId(1))).unwrap().path, "00001_ADA");
    assert_eq!(bench.read(|rows| rows.hash_costs()).bcrypt.as_deref(), Some("10"));
}

#[test]
fn columns_may_come_in_any_order_and_others_with_them() {
    let tables = "CREATE TABLE de_torres_vincent_users (shoe_size, EMAIL, lastname, firstname, id INTEGER PRIMARY KEY);
        CREATE TABLE \"a \"\" table\" (x); INSERT INTO \"a \"\" table\" VALUES (1), (2);
        CREATE VIEW de_torres_vincent_session_tokens AS SELECT 1;
        INSERT INTO de_torres_vincent_users VALUES (44, 'ada@old.example', 'L', 'F', 7);";
    let mut bench = Bench::empty();
    let report = import(&mut bench, request(&file(tables, "").path)).unwrap();
    assert_eq!(report.unknown_columns, ["de_torres_vincent_users.shoe_size"]);
    assert_eq!(report.unknown_tables, [("a \" table".to_owned(), 2)]);
    assert_eq!((report.taken.users, report.unusable_passwords), (1, 1));
    let ada = bench.read(|rows| rows.user(bench.now, &Who::Id(UserId(7)))).unwrap();
    assert_eq!((ada.last_name.as_str(), ada.status), ("L", Status::Pending));
}

#[test]
fn bad_rows_are_refused_with_row_and_reason() {
    let bad = |id: i64, change: (&str, &str)| user(id, &format!("u{id}")).replace(change.0, change.1);
    let text = users(&[
        user(1, "ada"),
        bad(2, ("'First'", "NULL")),
        bad(3, ("'user'", "12")),
        bad(4, ("'First'", "x'c328'")),
        bad(5, ("'2024-01-08 16:08:22'", "1704730102")),
        bad(6, ("u6@old.example", "ADA@old.example")),
    ]) + &sessions(
        "(1,1,'a',NULL,'active'),(2,1,'a',NULL,'active'),(3,1.5,'b',NULL,'active'),(4,9,x'00ff',NULL,'x')",
    ) + &directories(
        &[directory(1, 1, "/etc"), directory(2, 1, "ok"), directory(2, 1, "twice")].join(","),
    );
    assert_eq!(
        refusals(&text),
        [
            "row 2: firstname is missing",
            "row 3: access_level cannot be “12”",
            "row 4: firstname is not UTF-8 text",
            "row 5: created_at is not a possible date: 1704730102",
            "row 6: repeats the email of another row",
            "row 2: repeats the token of another row",
            "row 3: user_id is not an id: 1.5",
            "row 4: session_token is not UTF-8 text",
            "row 1: directory_path is absolute: /etc",
            "row 3: repeats the directory_id of another row",
        ]
    );
}

#[test]
fn values_of_any_type_become_the_text_that_they_hold() {
    let mut bench = Bench::empty();
    let row = user(1, "ada")
        .replace("'First','Last'", "x'4164c3a1', 3.5")
        .replace("NULL,NULL", "42, 'a' || char(0, 27)");
    taken_from(&mut bench, &users(&[row]));
    let ada = bench.user("ada");
    assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Adá", "3.5"));
    assert_eq!((ada.contact_number.as_deref(), ada.address.as_deref()), (Some("42"), Some("a\0\u{1b}")));
}

#[test]
fn accounts_of_the_store_conflict_unless_they_are_replaced() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let file = file(TABLES, &users(&[user(9, "BOB")]));
    let failure = import(&mut bench, request(&file.path)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.message.contains("BOB (row 1)"), "{}", failure.message);
    let report = import(&mut bench, Import { replace: true, ..request(&file.path) }).unwrap();
    assert_eq!((report.replaced, bench.user("bob").id), (1, UserId(9)));
}

#[test]
fn the_source_stays_as_it_is_in_either_journal_mode() {
    for mode in ["DELETE", "TRUNCATE", "PERSIST", "WAL"] {
        let file = file(&format!("PRAGMA journal_mode = {mode};{TABLES}"), &users(&[user(1, "ada")]));
        let before = seen(&file.path);
        import(&mut Bench::empty(), request(&file.path)).unwrap();
        import(&mut Bench::new(), request(&file.path)).unwrap_err();
        assert_eq!(seen(&file.path), before, "{mode}");
    }
}

#[test]
fn a_file_that_somebody_is_writing_to_is_not_taken() {
    let wal = file(&format!("PRAGMA journal_mode = WAL;{TABLES}"), "");
    let writer = Connection::open(&wal.path).unwrap();
    writer.execute_batch(&users(&[user(1, "ada")])).unwrap();
    let refused = import(&mut Bench::empty(), request(&wal.path)).unwrap_err();
    assert!(refused.message.contains("not finished") && refused.hint.is_some(), "{refused:?}");
    drop(writer);
    import(&mut Bench::empty(), request(&wal.path)).unwrap();
}

#[test]
fn a_file_whose_last_change_was_cut_short_is_not_taken() {
    let made = file(TABLES, &users(&[user(1, "ada")]));
    // A writer dies with pages of its transaction in the file already: the journal that it leaves is hot.
    let writer = Connection::open(&made.path).unwrap();
    let change = "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE de_torres_vincent_users SET firstname = 'x';
        CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO t SELECT hex(randomblob(100)) FROM n;";
    writer.execute_batch(change).unwrap();
    let journal = made.path.with_file_name("dump.sql-journal");
    let (left, hot) = (fs::read(&made.path).unwrap(), fs::read(&journal).unwrap());
    drop(writer);
    fs::write(&made.path, left).unwrap();
    fs::write(&journal, hot).unwrap();
    let before = seen(&made.path);
    let refused = import(&mut Bench::empty(), request(&made.path)).unwrap_err();
    assert!(refused.message.contains("not finished"), "{refused:?}");
    assert_eq!(seen(&made.path), before);
}

#[test]
fn the_store_itself_is_not_taken_and_keeps_its_locks() {
    let mut bench = Bench::new();
    let store = bench.service.store.location();
    let link = dump("");
    fs::remove_file(&link.path).unwrap();
    std::os::unix::fs::symlink(&store, &link.path).unwrap();
    let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(&store).unwrap());
    let locks = || {
        let all = fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|lock| lock.contains(&format!(":{inode} "))).count()
    };
    let held = locks();
    for path in [Path::new(&store), &link.path, &Path::new(&store).with_file_name("nexus.db-wal")] {
        let refused = import(&mut bench, request(path)).unwrap_err();
        assert!(refused.message.contains("is the store itself"), "{refused:?}");
    }
    assert_eq!(locks(), held);
    bench.user("ada");
}

#[test]
fn damaged_and_foreign_files_are_said_plainly() {
    let good = file(TABLES, &users(&[user(1, "ada")]));
    let bytes = fs::read(&good.path).unwrap();
    for (name, content) in
        [("cut", &bytes[..bytes.len() / 2]), ("short", b"SQLite format 3\0"), ("header", &bytes[..100])]
    {
        let path = good.path.with_file_name(name);
        fs::write(&path, content).unwrap();
        let refused = import(&mut Bench::empty(), request(&path)).unwrap_err();
        assert_eq!(refused.kind, FailureKind::Invalid, "{name}: {refused:?}");
    }
    let other = file("CREATE TABLE t (x);", "");
    let refused = import(&mut Bench::empty(), request(&other.path)).unwrap_err();
    assert!(refused.message.contains("none of NEXUS's tables"), "{refused:?}");
}

#[test]
fn a_value_without_end_is_not_taken() {
    let long = user(1, "ada").replace("'First'", "zeroblob(17000000)");
    let refused = import(&mut Bench::empty(), request(&file(TABLES, &users(&[long])).path)).unwrap_err();
    assert!(refused.message.contains("row 1 of de_torres_vincent_users is too long"), "{refused:?}");
}

/// Generates rows of all three tables that often repeat each other's values and are often bad.
fn any_rows() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["ada", "ADA", "Zoë", "ZOË", "bob", "eve"]);
    let word = || prop::sample::select(vec!["'user'", "'admin'", "'ADMIN'", "'root'", "NULL", "7"]);
    let user = (1_i64..9, name(), name(), word(), prop::option::of("[a-zé日'\"é;,()\n-]{0,6}")).prop_map(
        |(id, name, email, level, address)| {
            let address = address.map_or("NULL".into(), |text| format!("'{}'", text.replace('\'', "''")));
            format!("({id},'F','L','{name}','{email}@x.example','{HASH}',NULL,{address},{level},'pending',NULL,{TIMES},NULL)")
        },
    );
    let session =
        (1_i64..9, 1_i64..9, "[a-c]{0,2}", prop::sample::select(vec!["'active'", "'expired'", "''"]))
            .prop_map(|(id, user, token, status)| {
                format!("({id},{user},'{token}','2026-11-23 13:00:00',{status})")
            });
    let folder = (1_i64..9, 1_i64..9, prop::sample::select(vec!["/a", "a", "a/b", "../c", "00001_ADA"]))
        .prop_map(|(id, user, path)| directory(id, user, path));
    let some = |rows: Vec<String>, write: fn(&str) -> String| {
        if rows.is_empty() { String::new() } else { write(&rows.join(",\n")) }
    };
    let rows = (
        prop::collection::vec(user, 1..8),
        prop::collection::vec(session, 0..6),
        prop::collection::vec(folder, 0..6),
    );
    rows.prop_map(move |(accounts, tokens, folders)| {
        users(&accounts) + &some(tokens, sessions) + &some(folders, directories)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_rows_come_to_the_same_from_either_source(
        text in any_rows(), skip_bad_rows in any::<bool>(), replace in any::<bool>(), keep_sessions in any::<bool>(),
    ) {
        // Without a primary key, so that a row may repeat an id.
        let tables = TABLES.replace("id INTEGER PRIMARY KEY", "id");
        let sources = [dump(&text), file(&tables, &text)];
        let outcomes = sources.map(|source| {
            let mut bench = Bench::empty();
            let held = NewUser {
                id: None,
                fields: fields("ada"),
                password_hash: HASH.into(),
                created_at: bench.now,
                updated_at: None,
            };
            bench.write(|rows| rows.insert_user(&held).unwrap());
            let request = Import { skip_bad_rows, replace, keep_sessions, ..request(&source.path) };
            let reported = match import(&mut bench, request) {
                Ok(report) => (None, Some(report)),
                Err(failure) => (Some(failure.kind), failure.report.map(|report| *report)),
            };
            let report = reported.1.map(|mut report| {
                report.refused.iter_mut().for_each(|row| row.place = RowPlace::Row(0));
                // What only a text can lack.
                ImportReport { end_unmarked: false, zone_assumed: false, ..report }
            });
            (reported.0, report, bench.everything())
        });
        prop_assert_eq!(&outcomes[0], &outcomes[1]);
    }
}
