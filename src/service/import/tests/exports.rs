//! Imports of what `export` writes.

use std::fs;
use std::path::Path;

use proptest::sample::select;
use rusqlite::params;

use crate::service::contract::{Export, ExportForm, ExportSyntax, ExportTarget};

use super::*;

/// An account as another program writes one, behind what keeps it unique: first and last name, the ends of username and email,
/// password hash, telephone, address, level, status, time.
type Account = (String, String, Option<String>, String, String, Option<String>, Option<String>, &'static str);

/// A session: its account, token, expiration and status.
type Token = (usize, String, Option<&'static str>, &'static str);
/// A directory: its account, id, the parts of its path, last access and username.
type Folder = (usize, String, Vec<String>, Option<&'static str>, Option<String>);

/// Returns texts that may hold anything.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "['=+@\\t\\r\\n \\\\\"\\x00-]{0,5}",
        "\\PC{0,6}",
        "[\u{1b}\u{202e}\u{200b}\u{feff}\u{85}a]{0,4}",
        select(vec!["=1+1".to_owned(), "'=1+1".into(), "''".into(), "NULL".into(), String::new()]),
    ]
}

/// Returns the ends of names by which accounts are found: everything but a NUL.
fn name_end() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.replace('\0', ""))
}

fn component() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| format!("=d{}", text.replace(|c: char| c == '/' || c.is_control(), "")))
}

fn account() -> impl Strategy<Value = Account> {
    let hash = select(vec![HASH, "", "!", "=cmd", "5f4dcc3b5aa765d61d8327deb882cf99"]);
    let text = || prop::option::of(hostile());
    (
        hostile(),
        hostile(),
        prop::option::of(name_end()),
        name_end(),
        hash.prop_map(str::to_owned),
        text(),
        text(),
        time(),
    )
}

/// Returns times as many programs write them.
fn time() -> impl Strategy<Value = &'static str> {
    select(vec![
        "2024-01-08 16:08:22",
        "2024-01-08T16:08:22.25Z",
        "2024-01-08T18:08+02:00",
        "2024-01-08",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
    ])
}

fn session() -> impl Strategy<Value = Token> {
    let expiration = select(vec![
        None,
        Some("2026-11-23 12:00:01"),
        Some("2026-11-23 12:00:00"),
        Some("9999-12-31T00:00:00Z"),
        Some("soon"),
        Some(""),
    ]);
    (any::<usize>(), hostile(), expiration, select(vec!["active", "expired"]))
}

fn folder() -> impl Strategy<Value = Folder> {
    let accessed = prop::option::of(select(vec!["2026-11-23", "never", ""]));
    let parts = prop::collection::vec(component(), 1..4);
    (any::<usize>(), "[ -~]{0,8}", parts, accessed, prop::option::of(hostile()))
}

/// Returns what the store notes about an account, and true if its address is no UTF-8.
fn note() -> impl Strategy<Value = (Option<bool>, Option<&'static str>, bool)> {
    (prop::option::of(any::<bool>()), prop::option::of(time()), any::<bool>())
}

/// Notes these things about the accounts.
fn annotate(bench: &Bench, notes: &[(Option<bool>, Option<&str>, bool)]) {
    let other = rusqlite::Connection::open(bench.folder().join("nexus.db")).unwrap();
    for (at, (must_change, last_seen, is_spoilt)) in notes.iter().enumerate() {
        let id = 3 * at as i64 + 1;
        if let Some(must_change) = must_change {
            let sql = "INSERT INTO nexus_accounts (user_id, must_change, last_seen)
                       SELECT id, ?2, ?3 FROM de_torres_vincent_users WHERE id = ?1";
            other.execute(sql, params![id, must_change, last_seen]).unwrap();
        }
        if *is_spoilt {
            let sql = "UPDATE de_torres_vincent_users SET address = CAST(X'3d61ff62' AS TEXT) WHERE id = ?";
            other.execute(sql, [id]).unwrap();
        }
    }
}

/// Fills a store as another program does.
fn fill(bench: &Bench, accounts: &[Account], sessions: &[Token], folders: &[Folder]) {
    let mut file = rusqlite::Connection::open(bench.folder().join("nexus.db")).unwrap();
    let other = file.transaction().unwrap();
    let id = |at: usize| 3 * at as i64 + 1;
    for (at, (first, last, username, email, hash, phone, address, time)) in accounts.iter().enumerate() {
        let username =
            username.as_ref().map(|name| if at == 0 { String::new() } else { format!("-{at}{name}") });
        let (level, status) = (["user", "admin"][at % 2], ["pending", "confirmed", "suspended"][at % 3]);
        let values = params![
            id(at),
            first,
            last,
            username,
            format!("+{at}@{email}"),
            hash,
            phone,
            address,
            level,
            status,
            time
        ];
        let sql = "INSERT INTO de_torres_vincent_users (id, firstname, lastname, username, email, password,
            contact_number, address, access_level, status, created_at, updated_at, access_code)
            VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?11,'code')";
        other.execute(sql, values).unwrap();
    }
    for (at, (account, token, expiration, status)) in sessions.iter().enumerate() {
        let token = if at % 2 == 0 { digest(&format!("{at}{token}")) } else { format!("{at}{token}") };
        let sql = "INSERT INTO de_torres_vincent_session_tokens VALUES (?,?,?,?,?)";
        let values = params![id(at), id(account % accounts.len()), token, expiration, status];
        other.execute(sql, values).unwrap();
    }
    for (at, (account, directory_id, parts, accessed, username)) in folders.iter().enumerate() {
        let sql = "INSERT INTO de_torres_vincent_user_directories VALUES (?,?,?,?,?,?,?,?,?)";
        let path = parts.join("/");
        let values = params![
            id(at),
            id(account % accounts.len()),
            format!("{at}{directory_id}"),
            parts.last(),
            "2024-01-08T16:08:22Z",
            "2024-01-09",
            accessed,
            path,
            username
        ];
        other.execute(sql, values).unwrap();
    }
    other.commit().unwrap();
}

/// Exports everything with password hashes and returns the path and the bytes.
fn exported(bench: &mut Bench, name: &str, syntax: Option<ExportSyntax>) -> (PathBuf, Vec<u8>) {
    let path = bench.folder().join(name);
    let form = ExportForm::of(Some(&path), syntax, false).unwrap();
    let to = ExportTarget::Named { path: path.clone(), replaces: false };
    let export =
        Export { to, form, filter: Filter::default(), only: None, with_hashes: true, with_journal: false };
    match bench.ask(Caller::Owner, Request::Export(export)).unwrap() {
        Reply::Exported(_) => {}
        other => panic!("{other:?}"),
    }
    let bytes = bytes_of(&path);
    (path, bytes)
}

/// Returns the bytes of a file, or of all files of a folder.
fn bytes_of(path: &Path) -> Vec<u8> {
    if path.is_file() {
        return fs::read(path).unwrap();
    }
    let names = ["users.csv", "sessions.csv", "directories.csv"];
    names.iter().flat_map(|name| fs::read(path.join(name)).unwrap()).collect()
}

/// Returns the number of random stores: few, unless `PROPTEST_CASES` asks for another number, such as 1,000.
fn cases() -> u32 {
    match ProptestConfig::default().cases {
        256 => 12,
        asked => asked,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn an_export_of_an_import_of_an_export_has_the_same_bytes(
        accounts in prop::collection::vec(account(), 1..8),
        sessions in prop::collection::vec(session(), 0..8),
        folders in prop::collection::vec(folder(), 0..8),
        notes in prop::collection::vec(note(), 0..8),
    ) {
        let mut first = Bench::empty();
        fill(&first, &accounts, &sessions, &folders);
        annotate(&first, &notes);
        let csv = Some(ExportSyntax::Csv);
        for (name, syntax) in [("a.json", None), ("a.zip", None), ("a", csv), ("b.json.zst", None)] {
            let (path, bytes) = exported(&mut first, name, syntax);
            let mut second = Bench::empty();
            let report = import(&mut second, Import { keep_sessions: true, ..request(&path) }).unwrap();
            prop_assert_eq!(report.taken.users, accounts.len() as u64);
            prop_assert!(report.unknown_columns.is_empty() && report.unknown_tables.is_empty());
            prop_assert_eq!(report.end_unmarked, name == "a");
            prop_assert!(exported(&mut second, name, syntax).1 == bytes, "{}", name);
        }
    }
}

/// Writes a file into a folder of its own.
fn file(name: &str, text: &[u8]) -> Dump {
    let made = dump("");
    let path = made.path.with_file_name(name);
    fs::write(&path, text).unwrap();
    Dump { path, ..made }
}

const USERS_CSV: &str = "email,First,firstname,lastname,status\r\na@b,x,'=1,L,confirmed\r\n";

#[test]
fn a_table_of_csv_is_told_by_its_first_line() {
    for (name, text) in [
        ("any.txt", USERS_CSV.as_bytes().to_vec()),
        ("users.csv.zst", zstd_of(USERS_CSV)),
        ("x", format!("\u{feff}{USERS_CSV}").into_bytes()),
    ] {
        let mut bench = Bench::empty();
        let source = file(name, &text);
        let report = import(&mut bench, request(&source.path)).unwrap();
        assert_eq!((report.taken.users, report.unusable_passwords), (1, 1), "{name}");
        assert_eq!(report.unknown_columns, [format!("{USERS}.First")]);
        assert!(report.end_unmarked);
        let who = Who::Email("a@b".into());
        let user = bench.read(|rows| rows.user(bench.now, &who)).unwrap();
        assert_eq!((user.first_name.as_str(), user.status), ("=1", Status::Confirmed));
    }
}

fn zstd_of(text: &str) -> Vec<u8> {
    let mut packed =
        crate::exchange::pack::Packed::new(Vec::new(), crate::exchange::unpack::Packing::Zstd).unwrap();
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn bad_rows_of_tables_are_refused_with_their_places() {
    let reasons = |name: &str, text: &str| {
        let source = file(name, text.as_bytes());
        let failure = import(&mut Bench::empty(), request(&source.path)).unwrap_err();
        let report = failure.report.unwrap_or_else(|| panic!("{}", failure.message));
        report.refused.iter().map(|row| format!("{}: {}", row.place, row.reason)).collect::<Vec<_>>()
    };
    assert_eq!(
        reasons("a.csv", &format!("{USERS_CSV}b,x,F,L,confirmed\r\nc@d,x,F\r\na@B,x,F,L,confirmed\r\n")),
        [
            "row 3: email has no @: b",
            "row 4: has fewer values than columns (3, not 5)",
            "row 5: repeats the email of another row"
        ]
    );
    let json = r#"{"format":"nexus-export","version":1,"users":[{"firstname":"F","lastname":["L"],"email":"a@b"},
        {"firstname":"F","lastname":"L","email":"c@d","created_at":"soon"}],"sessions":[{"user_id":9,"session_token":"x"}]}"#;
    assert_eq!(
        reasons("a.json", json),
        [
            "row 1: lastname is a list or an object",
            "row 2: created_at is not a possible date: soon",
            "row 1: points to no imported account (9)"
        ]
    );
}

#[test]
fn what_is_no_export_is_refused() {
    for (name, text, why) in [
        ("a.json", r#"{"users":[]}"#, "does not begin with the format and version of an export"),
        ("a.json", r#"{"format":"nexus-export","version":9}"#, "a newer version of NEXUS wrote it"),
        ("a.json", r#"{"format":"nexus-export","version":1,"users":[{"#, "cut off"),
        ("a.json", r#"{"format":"nexus-export","version":1}"#, "holds none of NEXUS's tables"),
        ("a.zip", "PK\u{3}\u{4}\u{0}\u{0}", "cannot be read"),
    ] {
        let source = file(name, text.as_bytes());
        let failure = import(&mut Bench::empty(), request(&source.path)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Invalid, "{text}");
        assert!(failure.message.contains(why), "{text}: {}", failure.message);
    }
    let empty = TempDir::new().unwrap();
    let failure = import(&mut Bench::empty(), request(empty.path())).unwrap_err();
    assert!(failure.message.contains("is a directory without files of CSV"), "{}", failure.message);
}

#[test]
fn sessions_arrive_expired_unless_they_are_kept() {
    let mut first = Bench::new();
    first.operator("ada");
    let (path, _) = exported(&mut first, "a.json", None);
    let report = import(&mut Bench::empty(), request(&path)).unwrap();
    assert_eq!((report.taken.sessions, report.tokens_digested, report.sessions_expired), (1, 0, 1));
    let kept = import(&mut Bench::empty(), Import { keep_sessions: true, ..request(&path) }).unwrap();
    assert_eq!(kept.sessions_expired, 0);
}
