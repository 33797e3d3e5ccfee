//! Small dumps of many styles (`tests/data/cases`), and properties of some sources: several databases, zones,
//! compression.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::domain::time::to_stored;
use crate::domain::zone::Zone;

use super::*;

fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases").join(name)
}

fn failed(request: Import) -> Failure {
    let mut bench = Bench::empty();
    let failure = import(&mut bench, request).unwrap_err();
    assert!(bench.read(|rows| rows.user_ids(bench.now, &Filter::default())).is_empty());
    failure
}

fn counts(users: u64, sessions: u64, directories: u64) -> TableCounts {
    TableCounts { users, sessions, directories }
}

#[test]
fn whole_dumps_of_many_tools_are_taken_whole() {
    for (name, end_unmarked) in [
        ("phpmyadmin-es.sql", false),
        ("navicat.sql", false),
        ("heidisql.sql", false),
        ("mydumper.sql", true),
        ("mariadb11.sql", false),
        ("sqlite-dump.sql", false),
    ] {
        let mut bench = Bench::empty();
        let report = import(&mut bench, request(case(name))).unwrap();
        assert_eq!((report.read, report.taken), (counts(3, 2, 2), counts(3, 2, 2)), "{name}");
        assert_eq!(
            (report.end_unmarked, report.admins.as_slice()),
            (end_unmarked, &["zoe".to_owned()][..]),
            "{name}"
        );
        let zoe = bench.user("zoe");
        assert_eq!(
            (zoe.last_name.as_str(), zoe.address.as_deref()),
            ("O'Hara", Some("1 High St\nFlat \"2\"")),
            "{name}"
        );
        assert_eq!(bench.user("bs.user").first_name, "Back\\slash", "{name}");
    }
    assert_eq!(import(&mut Bench::empty(), request(case("hashes.sql"))).unwrap().taken.users, 14);
}

#[test]
fn dumps_without_their_end_are_refused() {
    for name in ["trunc-navicat.sql", "trunc-mysqldump-php.sql", "trunc-heidisql.sql"] {
        let failure = failed(request(case(name)));
        assert_eq!(failure.kind, FailureKind::Invalid, "{name}");
        assert!(failure.message.contains("cut off"), "{name}: {}", failure.message);
    }
}

#[test]
fn one_of_several_databases_is_picked() {
    let failure = failed(request(case("two-databases.sql")));
    assert!(failure.message.contains("2 databases: cine, cine_test;"), "{}", failure.message);
    let mut bench = Bench::empty();
    let picked = Import { database: Some("cine".into()), ..request(case("two-databases.sql")) };
    assert_eq!(import(&mut bench, picked).unwrap().taken, counts(1, 0, 0));
    assert_eq!(bench.user("ann").email, "ann@film.example");
    let failure = failed(Import { database: Some("other".into()), ..request(case("two-databases.sql")) });
    assert!(failure.message.contains("it holds them in cine, cine_test"), "{}", failure.message);
}

#[test]
fn two_prefixes_put_the_predecessors_paths_into_one_tree() {
    let mut bench = Bench::empty();
    let prefixes = vec!["../MEDIA".to_owned(), "/includes/MEDIA".to_owned()];
    let report =
        import(&mut bench, Import { strip_prefixes: prefixes, ..request(case("predecessor-paths.sql")) })
            .unwrap();
    assert_eq!(report.taken, counts(3, 0, 4));
    assert_eq!(report.unknown_columns, [format!("{DIRECTORIES}.parent_directory_id")]);
    assert_eq!(bench.read(|rows| rows.home(UserId(1))).unwrap().path, "00001_ZOE");
}

#[test]
fn a_table_whose_columns_nobody_names_is_refused_in_one_line() {
    let text = std::fs::read_to_string(case("predecessor-paths.sql")).unwrap();
    let (_, rows) = text.split_once(");\n").unwrap();
    let file = dump(rows);
    let prefixes = vec!["../MEDIA".to_owned(), "/includes/MEDIA".to_owned()];
    let refused = failed(Import { strip_prefixes: prefixes, ..request(&file.path) }).report.unwrap();
    let [row] = <[RefusedRow; 1]>::try_from(refused.refused.clone()).unwrap();
    assert_eq!((row.table, row.rows, refused.refused_rows()), (DIRECTORIES, 4, 4));
    assert!(row.reason.contains("has more values than columns (10, not 9)"), "{}", row.reason);
}

#[test]
fn a_username_that_is_the_email_of_another_account_is_refused() {
    let failure = failed(request(case("username-is-anothers-email.sql")));
    let refused = failure.report.unwrap().refused;
    assert_eq!((refused.len(), refused[0].place), (1, RowPlace::Line(2)));
    assert_eq!(refused[0].reason, "has a username that is the email of another account");
    let mut bench = Bench::empty();
    let skip = Import { skip_bad_rows: true, ..request(case("username-is-anothers-email.sql")) };
    assert_eq!(import(&mut bench, skip).unwrap().taken.users, 1);
    // One's own is one's own; one in the store counts as well; two of each other are both refused.
    let named = |id, name: &str, email: &str| {
        user(id, "x").replace("'x','x@old.example'", &format!("'{name}','{email}'"))
    };
    assert_eq!(taken(&mut Bench::empty(), &users(&[named(1, "A@b.c", "a@B.c")])).taken.users, 1);
    let text = users(&[named(7, "ADA@nexus.example", "x@b.c")]);
    assert_eq!(refused_rows(&mut Bench::new(), &text), 1);
    let text = users(&[named(7, "a@b.c", "b@b.c"), named(8, "B@b.c", "a@b.c"), named(9, "c@b.c", "d@b.c")]);
    assert_eq!(refused_rows(&mut Bench::empty(), &text), 2);
}

fn refused_rows(bench: &mut Bench, text: &str) -> u64 {
    refused(bench, text).report.unwrap().refused_rows()
}

#[test]
fn usernames_of_all_kinds_are_taken_but_the_bad_ones() {
    let failure = failed(request(case("names.sql")));
    let lines: Vec<_> = failure.report.unwrap().refused.iter().map(|row| line(row.place)).collect();
    for bad in [4, 6, 15] {
        assert!(lines.contains(&bad), "line {bad}: {lines:?}");
    }
    let mut bench = Bench::empty();
    let report = import(&mut bench, Import { skip_bad_rows: true, ..request(case("names.sql")) }).unwrap();
    assert_eq!(report.taken.users, 18 - report.refused_rows());
}

#[test]
fn emails_without_an_at_and_names_with_a_nul_are_bad_rows() {
    let empty = |id| user(id, &format!("u{id}")).replace(&format!("u{id}@old.example"), "");
    let text = users(&[
        user(1, "ada"),
        empty(2),
        empty(3),
        user(4, "b\\0x").replace("b\\0x@", "b@"),
        user(5, "c").replace("c@old", "c\\0@old"),
        user(6, "d").replace("d@old.example", &"d".repeat(500)),
    ]);
    let found = reasons(&text);
    let words: Vec<_> = found.iter().map(|(line, reason)| format!("{line} {reason}")).collect();
    let long = format!("7 email has no @: {}…", "d".repeat(199));
    assert_eq!(
        words,
        [
            "3 email has no @: ",
            "4 email has no @: ",
            "5 username holds a NUL character",
            "6 email holds a NUL character",
            &long
        ]
    );
}

#[test]
fn directories_pass_the_checks_of_typed_ones() {
    let named =
        |id, name: &str, path: &str| format!("({id},1,'dir{id}','{name}',{TIMES},NULL,'{path}',NULL)");
    let text = users(&[user(1, "ada")])
        + &directories(
            &[
                named(1, "/etc/passwd", "a"),
                named(2, "..", "b"),
                named(3, "c\\0d", "c"),
                named(4, "d", "d//e"),
                named(5, "e", "./e"),
                named(6, "f", "f/../g"),
                named(7, "g", "g\\0"),
                named(8, "h", "h"),
            ]
            .join(",\n"),
        );
    let words: Vec<_> = reasons(&text).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        words,
        [
            "directory_name must not contain a /: /etc/passwd",
            "directory_name must not be . or ..: ..",
            "directory_name breaks a rule (no control characters): c\0d",
            "directory_path must not be empty: d//e",
            "directory_path must not be . or ..: ./e",
            "directory_path leaves the media root: f/../g",
            "directory_path breaks a rule (no control characters): g\0",
        ]
    );
}

#[test]
fn timestamps_follow_the_zone_of_the_file_or_of_the_operator() {
    let created = |request| {
        let mut bench = Bench::empty();
        let report = import(&mut bench, request).unwrap();
        (to_stored(bench.user("ann").created_at.unwrap()), report.zones, report.zone_assumed)
    };
    let file = || request(case("time-zone.sql"));
    assert_eq!(created(file()), ("2024-07-08 14:08:22".into(), vec!["+02:00".into()], false));
    let berlin = Import { time_zone: Zone::parse("America/New_York"), ..file() };
    assert_eq!(created(berlin), ("2024-07-08 20:08:22".into(), vec!["America/New_York".into()], false));
    let text = users(&[user(1, "ann")]);
    let none = dump(&text);
    assert_eq!(created(request(&none.path)), ("2024-01-08 16:08:22".into(), vec![], true));
}

#[test]
fn a_datetime_does_not_follow_the_zone() {
    let text = "SET time_zone = '+02:00';\n".to_owned()
        + &users(&[user(1, "ann")])
        + &sessions("(1,1,'t','2026-11-23 13:30:00','active')");
    let file = dump(&text);
    let mut bench = Bench::empty();
    let report = import(&mut bench, Import { keep_sessions: true, ..request(&file.path) }).unwrap();
    assert_eq!((report.sessions_expired, bench.user("ann").active_sessions), (0, 1));
}

#[test]
fn garbage_in_optional_dates_is_listed_and_taken_as_none() {
    let text = users(&[user(1, "ada")])
        + &sessions(
            "(1,1,'a','soon','active'),\n(2,1,'b','0000-00-00 00:00:00','active'),\n(3,1,'c',NULL,'active')",
        )
        + &directories("(1,1,'d','x','2024-01-08','2024-01-08T16:08:22Z','2024-02-30 01:01:01','x',NULL)");
    let report = taken(&mut Bench::empty(), &text);
    let dates: Vec<_> = report.unread_dates.iter().map(|date| (date.column, date.text.as_str())).collect();
    assert_eq!(
        dates,
        [
            ("expiration", "soon"),
            ("expiration", "0000-00-00 00:00:00"),
            ("last_accessed", "2024-02-30 01:01:01")
        ]
    );
    assert_eq!(report.taken, counts(1, 3, 1));
}

#[test]
fn statements_that_change_rows_before_them_refuse_the_import_unless_ignored() {
    let file = dump(&format!("{}UPDATE {USERS} SET status = 'pending';\n", users(&[user(1, "ada")])));
    let failure = failed(request(&file.path));
    let report = failure.report.unwrap();
    let [later] = <[_; 1]>::try_from(report.later_statements).unwrap();
    assert_eq!(
        (failure.kind, later.line, later.action.as_str(), later.table.as_deref()),
        (FailureKind::Invalid, 3, "UPDATE", Some(USERS))
    );
    assert_eq!(report.taken, TableCounts::default());
    let ignore = Import { later_statements: LaterStatements::Ignore, ..request(&file.path) };
    let report = import(&mut Bench::empty(), ignore).unwrap();
    assert_eq!((report.taken.users, report.later_statements.len()), (1, 1));
}

#[test]
fn the_report_counts_what_was_taken() {
    let bad = user(2, "bob").replace("'First'", "NULL").replace("'user'", "'admin'");
    let text = users(&[
        user(1, "ada").replace("'user'", "'admin'"),
        bad,
        user(1, "twice").replace("'user'", "'admin'"),
    ]);
    let file = dump(&text);
    let report = import(&mut Bench::empty(), Import { skip_bad_rows: true, ..request(&file.path) }).unwrap();
    assert_eq!((report.codes_dropped, report.admins.as_slice()), (1, &["ada".to_owned()][..]));
    let report = failed(request(&file.path)).report.unwrap();
    assert_eq!((report.codes_dropped, report.taken.users, report.admins.len()), (0, 0, 0));
    assert_eq!((report.read.users, report.refused_rows()), (3, 2));
}

#[test]
fn no_other_accounts_become_admins_than_those_agreed_to() {
    let file = dump(&users(&[user(1, "ada").replace("'user'", "'admin'"), user(2, "bob")]));
    let with = |agreed: &[&str]| {
        let agreed = agreed.iter().map(|name| (*name).to_owned()).collect();
        Import { agreed_admins: Some(agreed), ..request(&file.path) }
    };
    let failure = failed(with(&[]));
    assert_eq!(
        (failure.kind, failure.report.unwrap().admins),
        (FailureKind::Conflict, vec!["ada".to_owned()])
    );
    assert_eq!(import(&mut Bench::empty(), with(&["ada"])).unwrap().taken.users, 2);
    failed(with(&["ada", "bob"]));
}

/// Returns the same file, compressed.
fn packed(name: &str, bytes: &[u8]) -> [Dump; 2] {
    let write = |suffix: &str, bytes: &[u8]| {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(format!("{name}.{suffix}"));
        std::fs::write(&path, bytes).unwrap();
        Dump { _folder: folder, path }
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    [write("gz", &gzip.finish().unwrap()), write("zst", &zstd::stream::encode_all(bytes, 1).unwrap())]
}

#[test]
fn packed_files_are_taken_like_plain_ones() {
    let whole = counts(300, 688, 2_292);
    for file in packed("legacy.sql", &std::fs::read(LEGACY).unwrap()) {
        let before = std::fs::read(&file.path).unwrap();
        assert_eq!(import(&mut Bench::empty(), request(&file.path)).unwrap().taken, whole);
        std::fs::write(&file.path, &before[..before.len() - 9]).unwrap();
        let failure = failed(request(&file.path));
        assert!(failure.message.contains("packed data is cut off"), "{}", failure.message);
    }
}

#[test]
fn packed_sqlite_files_are_taken_and_leave_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.db");
    let tables = "CREATE TABLE de_torres_vincent_users (id INTEGER PRIMARY KEY, firstname, lastname, email);
        INSERT INTO de_torres_vincent_users VALUES (7, 'A', 'B', 'a@b.c');";
    rusqlite::Connection::open(&path).unwrap().execute_batch(tables).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for file in packed("old.db", &bytes) {
        assert_eq!(import(&mut Bench::empty(), request(&file.path)).unwrap().taken.users, 1);
    }
    // More than the file says of itself is not a SQLite file, and could fill the disk.
    for file in packed("old.db", &[bytes, vec![0; 100_000]].concat()) {
        assert_eq!(failed(request(&file.path)).kind, FailureKind::Invalid);
    }
}

#[test]
fn an_import_waits_only_for_what_is_under_way_with_an_account_that_it_replaces() {
    let mut bench = Bench::new();
    let [bob, eve] = ["bob", "eve"].map(|name| bench.account(name, AccessLevel::User, Status::Pending));
    bench.service.host.is_alive = |_| true;
    bench.spoil(&format!(
        "INSERT INTO nexus_operations (kind, process, label, account_id, directory_id, from_path, total, done)
         VALUES ('trash', 'other 1', 'a/b', {}, 7, 'a/b', 9, 1)",
        bob.0
    ));
    taken(&mut bench, &users(&[user(70, "new")]));
    let file = dump(&users(&[user(71, "eve"), user(72, "bob")]));
    let replacing = || Import { replace: true, ..request(&file.path) };
    let before = bench.dump();
    let failure = import(&mut bench, replacing()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict, "{failure:?}");
    assert!(failure.message.contains("trash of a/b is under way"), "{failure:?}");
    assert_eq!((bench.dump(), bench.user("eve").id), (before, eve));
    let file = dump(&users(&[user(71, "eve")]));
    assert_eq!(import(&mut bench, Import { replace: true, ..request(&file.path) }).unwrap().replaced, 1);
}
