mod bad_rows;
mod cases;
mod exports;
mod row_reports;
mod sqlite;

use std::ops::ControlFlow;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::auth::token::digest;
use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, FIELDS, FieldSpec, Status, User, Who};
use crate::service::contract::{AccountAction, Caller, LaterStatements, Progress, Request, TableCounts};
use crate::service::testing::{Bench, PASSWORD, accounts_named, fields};
use crate::service::{RequestContext, perform as perform_any};
use crate::store::NewUser;

use super::*;

const LEGACY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/legacy-nexus.sql");
/// A bcrypt hash of an unknown password.
const HASH: &str = "$2y$10$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O";
const TIMES: &str = "'2024-01-08 16:08:22','2024-03-03 13:18:11'";

/// A dump file that is removed when it is dropped.
struct Dump {
    _folder: TempDir,
    path: PathBuf,
}

fn dump(text: &str) -> Dump {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("dump.sql");
    std::fs::write(&path, text).unwrap();
    Dump { _folder: folder, path }
}

fn request(file: impl Into<PathBuf>) -> Import {
    Import {
        file: file.into(),
        skip_bad_rows: false,
        replace: false,
        keep_sessions: false,
        strip_prefixes: vec![],
        database: None,
        time_zone: None,
        later_statements: LaterStatements::Refuse,
        agreed_admins: None,
        report: None,
    }
}

fn import(bench: &mut Bench, request: Import) -> Result<ImportReport, Failure> {
    match bench.ask(Caller::Owner, Request::Import(request))? {
        Reply::Imported(report) => Ok(*report),
        other => panic!("{other:?}"),
    }
}

fn taken(bench: &mut Bench, text: &str) -> ImportReport {
    let file = dump(text);
    import(bench, request(&file.path)).unwrap()
}

fn refused(bench: &mut Bench, text: &str) -> Failure {
    let file = dump(text);
    import(bench, request(&file.path)).unwrap_err()
}

fn line(place: RowPlace) -> u64 {
    match place {
        RowPlace::Line(at) | RowPlace::Row(at) => at,
    }
}

/// Returns the reasons for refused rows, with their lines.
fn reasons(text: &str) -> Vec<(u64, String)> {
    let failure = refused(&mut Bench::empty(), text);
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure:?}");
    failure.report.unwrap().refused.into_iter().map(|row| (line(row.place), row.reason)).collect()
}

fn users(rows: &[String]) -> String {
    format!("INSERT INTO `{USERS}` VALUES\n{};\n", rows.join(",\n"))
}

fn user(id: i64, name: &str) -> String {
    format!(
        "({id},'First','Last','{name}','{name}@old.example','{HASH}',NULL,NULL,'user','confirmed','a9jKXu',{TIMES},NULL)"
    )
}

fn sessions(rows: &str) -> String {
    format!("INSERT INTO `{SESSIONS}` VALUES {rows};\n")
}

fn directories(rows: &str) -> String {
    format!("INSERT INTO `{DIRECTORIES}` VALUES {rows};\n")
}

fn directory(id: i64, user: i64, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    format!("({id},{user},'dir{id}','{name}',{TIMES},NULL,'{path}',NULL)")
}

#[test]
fn the_legacy_dump_is_taken_whole() {
    let mut bench = Bench::empty();
    let report =
        import(&mut bench, Import { strip_prefixes: vec!["MEDIA".into()], ..request(LEGACY) }).unwrap();
    let all = TableCounts { users: 300, sessions: 688, directories: 2_292 };
    assert_eq!((report.read, report.taken), (all, all));
    assert_eq!(report.unknown_tables, [("de_torres_vincent_user_files".to_owned(), 249)]);
    assert_eq!((report.refused.len(), report.tokens_digested, report.unusable_passwords), (0, 688, 0));
    let ada = bench.user("ada");
    assert_eq!((ada.id, ada.level, ada.active_sessions), (UserId(1), AccessLevel::Admin, 0));
    let kept = bench.read(|rows| rows.credentials(bench.now, &Who::Username("ada".into()))).unwrap();
    assert_eq!(kept.password_hash, "$2y$10$zjNN5csvO1b10ScZg28hu.SI/sh86i1mHjFSiN/kDIg6Ly3H4Itha");
    assert_eq!(kept.code, None);
    let digest = digest("BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V");
    assert_eq!(bench.read(|rows| rows.session_by_digest(&digest)).unwrap().id, 1);
    assert_eq!(bench.read(|rows| rows.home(UserId(1))).unwrap().path, "00001_ADA");
    assert_eq!(bench.read(|rows| rows.hash_costs()).bcrypt.as_deref(), Some("10"));
}

#[test]
fn the_same_again_conflicts_and_changes_nothing_unless_it_replaces() {
    let mut bench = Bench::empty();
    import(&mut bench, request(LEGACY)).unwrap();
    let before = bench.everything();
    assert_eq!(import(&mut bench, request(LEGACY)).unwrap_err().kind, FailureKind::Conflict);
    assert_eq!(bench.everything(), before);
    let report = import(&mut bench, Import { replace: true, ..request(LEGACY) }).unwrap();
    assert_eq!((report.replaced, report.taken.users, report.renumbered), (300, 300, 0));
    assert_eq!(bench.everything(), before);
    let now = bench.now;
    let binned =
        crate::store::read(&*bench.service.store, |rows| rows.bin_item_ids(now, &Filter::default())).unwrap();
    assert_eq!(binned.len(), 300, "the replaced accounts lie in the bin");
}

#[test]
fn names_that_are_held_are_not_taken_either_way() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let file = dump(&users(&[user(7, "BOB")]));
    let request = request(&file.path);
    assert_eq!(import(&mut bench, request.clone()).unwrap_err().kind, FailureKind::Conflict);
    let failure = import(&mut bench, Import { replace: true, ..request }).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Invalid);
}

#[test]
fn sessions_still_in_time_are_kept_when_asked() {
    let rows = "(1,1,'old','2026-11-23 11:00:00','active'),(2,1,'new','2026-11-23 13:00:00','active'),
                (3,1,'out','2026-11-23 13:00:00','expired'),(4,1,'none',NULL,'active')";
    let text = users(&[user(1, "ada")]) + &sessions(rows);
    let file = dump(&text);
    let mut bench = Bench::empty();
    let report = import(&mut bench, Import { keep_sessions: true, ..request(&file.path) }).unwrap();
    assert_eq!((report.taken.sessions, report.sessions_expired), (4, 2));
    assert_eq!(bench.user("ada").active_sessions, 1);
    assert_eq!(taken(&mut Bench::empty(), &text).sessions_expired, 3);
}

#[test]
fn a_digest_is_kept_as_it_is() {
    let digest = digest("x");
    let text = users(&[user(1, "ada")]) + &sessions(&format!("(1,1,'{digest}',NULL,'active')"));
    let mut bench = Bench::empty();
    assert_eq!(taken(&mut bench, &text).tokens_digested, 0);
    assert!(bench.read(|rows| rows.session_by_digest(&digest)).is_some());
}

#[test]
fn an_id_that_is_held_is_replaced_and_what_belongs_to_it_follows() {
    // `ada` of the store holds 1; the source has 2 as well, so the new id must be neither.
    let mut bench = Bench::new();
    let text = sessions("(7,1,'tok',NULL,'active')")
        + &directories(&directory(9, 1, "00001_GRACE"))
        + &users(&[user(1, "grace"), user(2, "alan")]);
    let report = taken(&mut bench, &text);
    assert_eq!((report.renumbered, report.taken), (1, TableCounts { users: 2, sessions: 1, directories: 1 }));
    let grace = bench.user("grace").id;
    assert_eq!((grace, bench.user("alan").id), (UserId(3), UserId(2)));
    assert_eq!(bench.read(|rows| rows.session(7)).unwrap().user_id, grace);
    assert_eq!(bench.read(|rows| rows.home(grace)).unwrap().path, "00001_GRACE");
}

#[test]
fn an_account_without_a_password_gets_one_that_never_matches() {
    let mut bench = Bench::empty();
    let report = taken(&mut bench, &users(&[user(1, "ada").replace(&format!("'{HASH}'"), "''")]));
    assert_eq!(report.unusable_passwords, 1);
    assert!(bench.log_in("ada", PASSWORD).is_err());
}

#[test]
fn control_characters_are_kept_as_data() {
    let mut bench = Bench::empty();
    taken(&mut bench, &users(&[user(1, "ada").replace("First", "F\u{1b}[2J\\0x")]));
    assert_eq!(bench.user("ada").first_name, "F\u{1b}[2J\0x");
}

#[test]
fn a_rehearsal_says_what_would_be_taken_and_takes_nothing() {
    let mut bench = Bench::empty();
    let before = bench.everything();
    let Reply::Imported(report) = bench.rehearse(Caller::Owner, Request::Import(request(LEGACY))).unwrap()
    else {
        panic!("no report")
    };
    assert_eq!(report.taken.users, 300);
    assert_eq!(bench.everything(), before);
}

#[test]
fn it_can_be_stopped_at_any_time_and_then_nothing_is_taken() {
    let mut bench = Bench::empty();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let before = bench.everything();
    // In each part of the reading, and while indexes are built.
    for percent in [1, 20, 40, 60, 80, 99] {
        let mut seen = 0;
        let mut stop = |progress: Progress| {
            assert!(progress.done >= seen && progress.done <= progress.total, "{progress:?} after {seen}");
            seen = progress.done;
            let far = progress.done * 100 >= progress.total * percent;
            if far { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let context = bench.context(Caller::Owner, &mut stop);
        let outcome = perform_any(&mut bench.service, context, Request::Import(request(LEGACY)));
        assert_eq!(outcome.unwrap_err().kind, FailureKind::Stopped);
        assert_eq!(bench.everything(), before);
    }
    assert_eq!(import(&mut bench, request(LEGACY)).unwrap().taken.users, 300);
}

#[test]
fn a_name_that_the_store_holds_is_no_repetition_because_its_id_is_wanted_too() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    // The source's 2 is another account; the store's 2 is bob.
    let file = dump(&users(&[user(2, "grace"), user(3, "bob")]));
    assert_eq!(import(&mut bench, request(&file.path)).unwrap_err().kind, FailureKind::Conflict);
    let report = import(&mut bench, Import { replace: true, ..request(&file.path) }).unwrap();
    assert_eq!((report.taken.users, report.replaced, report.refused.len()), (2, 1, 0));
    assert_eq!((bench.user("bob").id, bench.user("grace").id), (UserId(3), UserId(4)));
}

#[test]
fn the_last_usable_admin_is_not_replaced_away() {
    let mut bench = Bench::new();
    let file = dump(&users(&[user(9, "ada")]));
    let refused = import(&mut bench, Import { replace: true, ..request(&file.path) }).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    assert_eq!(bench.user("ada").level, AccessLevel::Admin);
}

#[test]
fn only_an_admin_may_import() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    assert_eq!(bench.ask(bob, Request::Import(request(LEGACY))).unwrap_err().kind, FailureKind::Refused);
}

/// Returns an account as a dump program writes it.
fn written(new: &NewUser) -> String {
    let text = |text: &Option<String>| match text {
        Some(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n")),
        None => "NULL".into(),
    };
    let fields = &new.fields;
    format!(
        "({},{},{},{},{},'{HASH}',{},{},'{}','{}',NULL,{TIMES},NULL)",
        new.id.map_or(0, |id| id.0),
        text(&fields.first_name),
        text(&fields.last_name),
        text(&fields.username),
        text(&fields.email),
        text(&fields.contact_number),
        text(&fields.address),
        fields.level.map_or("user", AccessLevel::word),
        fields.status.map_or("pending", Status::word),
    )
}

fn any_account() -> impl Strategy<Value = NewUser> {
    let text = "[a-zé日'\"\\\\;,()\n-]{1,8}";
    let optional = prop::option::of("[a-zé日'\"\\\\;,()\n-]{1,8}");
    let level = prop::sample::select(AccessLevel::ALL.to_vec());
    let status = prop::sample::select(Status::ALL.to_vec());
    (text, text, optional, level, status).prop_map(|(first, last, address, level, status)| NewUser {
        id: None,
        fields: crate::domain::user::Fields {
            first_name: Some(first),
            last_name: Some(last),
            address,
            level: Some(level),
            status: Some(status),
            ..fields("x")
        },
        password_hash: HASH.into(),
        created_at: crate::domain::time::from_stored("2024-01-08 16:08:22").unwrap(),
        updated_at: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_was_dumped_is_in_the_store_afterwards(accounts in prop::collection::vec(any_account(), 1..8)) {
        let mut accounts = accounts;
        for (n, account) in (1..).zip(&mut accounts) {
            account.id = Some(UserId(n * 3));
            account.fields.username = (n % 3 != 0).then(|| format!("u{n}"));
            account.fields.email = Some(format!("u{n}@old.example"));
        }
        let mut bench = Bench::empty();
        taken(&mut bench, &users(&accounts.iter().map(written).collect::<Vec<_>>()));
        for account in &accounts {
            let id = account.id.unwrap();
            let kept: User = bench.read(|rows| rows.user(bench.now, &Who::Id(id))).unwrap();
            let value = |spec: &FieldSpec| spec.value(&account.fields).unwrap_or_default().to_owned();
            let expected = FIELDS.iter().map(|spec| (spec, value(spec))).collect();
            prop_assert_eq!(kept.fields(), expected);
        }
    }
}
