//! The contract that every backend must fulfil, method by method. `run_all` needs nothing but a function that opens
//! an empty store.

use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::session::{Ended, SessionColumn, SessionOrigin};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Field, Fields, Status, UserColumn, UserId, Who};
use crate::store::{
    AccessCode, AdminTerm, ListOf, NewDirectory, NewUser, Store, StoreError, TransactionEnd, change,
};

mod filters;
mod fixtures;
mod isolation;
pub(crate) mod journal;
mod names;
mod overview;

pub(crate) use fixtures::{account, deletion_info, folder, keep, look, now, revoked, token};
pub(crate) use journal::entry;

const ALL: RowRange = RowRange { anchor: Anchor::Position(0), before: 0, len: 1_000 };

/// Runs all tests of the contract. `open` opens a new, empty store each time.
pub(crate) fn run_all(open: impl Fn() -> Box<dyn Store>) {
    accounts(&mut *open());
    names_are_unique(&mut *open());
    lists(&mut *open());
    filters::of_accounts(&mut *open());
    filters::of_sessions_and_directories(&mut *open());
    filters::of_the_journal(&mut *open());
    passwords_and_codes(&mut *open());
    names::costs_of_hashes(&mut *open());
    names::are_the_same_in_every_form(&mut *open());
    names::are_found_by_their_beginnings(&mut *open());
    admins(&mut *open());
    sessions(&mut *open());
    consoles(&mut *open());
    directories(&mut *open());
    directories_with_one_path(&mut *open());
    what_is_gone(&mut *open());
    undone(&mut *open());
    journal::is_a_chain_without_gaps(&mut *open());
    overview::accounts_by_status_and_week(&mut *open());
    overview::sessions_now_and_before(&mut *open());
    overview::log_ins_by_day_and_failures(&mut *open());
    isolation::a_transaction_is_all_or_nothing(&mut *open());
}

fn accounts(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    let user = look(store, |rows| rows.user(now(), &Who::Username("ADA".into()))).unwrap();
    assert_eq!((user.id, user.level, user.status), (ada, AccessLevel::Admin, Status::Confirmed));
    assert_eq!(user.created_at, Some(now()));
    assert_eq!(
        look(store, |rows| rows.user(now(), &Who::Email("Ada@nexus.example".into()))).unwrap().id,
        ada
    );

    let later = now() + Duration::minutes(5);
    let fields =
        Fields { address: Some("1 Street\nCity".into()), username: Some(String::new()), ..Fields::default() };
    keep(store, |rows| rows.update_user(later, ada, &fields));
    let user = look(store, |rows| rows.user(now(), &Who::Id(ada))).unwrap();
    assert_eq!((user.username, user.address.as_deref()), (None, Some("1 Street\nCity")));
    assert_eq!((user.created_at, user.updated_at), (Some(now()), Some(later)));

    keep(store, |rows| rows.insert_session(&token(ada, "sha256:a")));
    keep(store, |rows| rows.insert_directory(&folder(ada, "00001_ADA")));
    let item = keep(store, |rows| rows.bin_user(ada, &deletion_info()));
    assert_eq!(look(store, |rows| rows.user(now(), &Who::Id(ada))), None);
    assert!(look(store, |rows| rows.session_ids(now(), &Filter::default())).is_empty());
    assert_eq!(look(store, |rows| rows.directory_count(ada)), 0);
    assert_eq!(
        change(store, TransactionEnd::Commit, |rows| rows.bin_user(ada, &deletion_info())),
        Err(StoreError::Gone)
    );
    let next = keep(store, |rows| rows.insert_user(&account("eve", AccessLevel::User)));
    assert!(next > ada, "an id is never used again");
    keep(store, |rows| rows.restore(item, None, None));
    assert_eq!(look(store, |rows| rows.user(now(), &Who::Id(ada))).unwrap().updated_at, Some(later));
    assert_eq!(look(store, |rows| rows.session_ids(now(), &Filter::default())).len(), 1);
    assert_eq!(look(store, |rows| rows.directory_count(ada)), 1);
    assert_eq!(
        change(store, TransactionEnd::Commit, |rows| rows.restore(item, None, None)),
        Err(StoreError::Gone)
    );
}

fn names_are_unique(store: &mut dyn Store) {
    let insert = |store: &mut dyn Store, name: &str, email: &str| {
        let mut new = account(name, AccessLevel::User);
        new.fields.email = Some(email.into());
        change(store, TransactionEnd::Commit, |rows| rows.insert_user(&new))
    };
    insert(store, "ada", "ada@x").unwrap();
    assert_eq!(insert(store, "ADA", "other@x"), Err(StoreError::Taken(Field::Username)));
    assert_eq!(insert(store, "bob", "ADA@X"), Err(StoreError::Taken(Field::Email)));
    let elise = insert(store, "élise", "élise@x").unwrap();
    assert_eq!(insert(store, "ÉLISE", "e@x"), Err(StoreError::Taken(Field::Username)));
    let same = Fields { username: Some("Élise".into()), ..Fields::default() };
    keep(store, |rows| rows.update_user(now(), elise, &same));
    let taken = Fields { email: Some("Ada@x".into()), ..Fields::default() };
    let refused = change(store, TransactionEnd::Commit, |rows| rows.update_user(now(), elise, &taken));
    assert_eq!(refused, Err(StoreError::Taken(Field::Email)));
}

fn lists(store: &mut dyn Store) {
    let names = ["müller", "anna", "Łukasz", "zoe", "李"];
    for (days, name) in (0..).zip(names) {
        let mut new = account(&format!("u{days}"), AccessLevel::User);
        new.fields.last_name = Some(name.into());
        new.fields.status = Some(if days % 2 == 0 { Status::Pending } else { Status::Confirmed });
        new.created_at = now() - Duration::days(10 * days);
        keep(store, |rows| rows.insert_user(&new));
    }
    let listed = |store: &dyn Store, expression: &str, column, descending| {
        let filter = if expression.is_empty() {
            Ok(Filter::default())
        } else {
            Filter::parse(ListKind::Users, expression)
        };
        let list = ListOf { filter: filter.unwrap(), scope: None, sort: Sort { column, descending } };
        let window = look(store, |rows| rows.users(now(), &list, ALL));
        assert_eq!(window.total, window.rows.len() as u64);
        assert_eq!(window.unfiltered, 5);
        window.rows.iter().map(|user| user.id.0).collect::<Vec<_>>()
    };
    let by_id = |store: &dyn Store, expression: &str| listed(store, expression, UserColumn::Id, false);
    assert_eq!(by_id(store, ""), [1, 2, 3, 4, 5]);
    assert_eq!(listed(store, "", UserColumn::Name, false), [2, 3, 1, 4, 5]);
    assert_eq!(listed(store, "", UserColumn::Created, false), [5, 4, 3, 2, 1]);
    assert_eq!(listed(store, "", UserColumn::Username, true), [5, 4, 3, 2, 1]);
    assert_eq!(by_id(store, "MULLER"), [1]);
    assert_eq!(by_id(store, "luk"), [3]);
    assert_eq!(by_id(store, "李"), [5]);
    assert_eq!(by_id(store, "u1@"), [2]);
    assert_eq!(by_id(store, "status:pending"), [1, 3, 5]);
    assert_eq!(by_id(store, "!status:pending"), [2, 4]);
    assert_eq!(by_id(store, "status:pending !muller"), [3, 5]);
    assert_eq!(by_id(store, "created:<15d"), [1, 2]);
    assert_eq!(by_id(store, "created:>15d"), [3, 4, 5]);
    assert_eq!(by_id(store, "user:U2"), [3]);
    assert_eq!(by_id(store, "id:3"), [3]);
    assert_eq!(by_id(store, "id:3 u2"), [3]);
    assert_eq!(by_id(store, "id:3 status:confirmed"), [] as [i64; 0]);
    assert_eq!(by_id(store, "!id:3"), [1, 2, 4, 5]);
    assert_eq!(by_id(store, "id:99"), [] as [i64; 0]);
    assert_eq!(by_id(store, "level:admin"), [] as [i64; 0]);
    assert_eq!(by_id(store, "seen:>30d"), [1, 2, 3, 4, 5]);
    assert_eq!(by_id(store, "seen:<30d"), [] as [i64; 0]);
    assert_eq!(by_id(store, "%"), [] as [i64; 0]);
    keep(store, |rows| rows.insert_session(&token(UserId(2), "sha256:x")));
    assert_eq!(by_id(store, "has:sessions"), [2]);
    assert_eq!(by_id(store, "!has:sessions"), [1, 3, 4, 5]);
    let pending = Filter::parse(ListKind::Users, "status:pending").unwrap();
    assert_eq!(look(store, |rows| rows.user_ids(now(), &pending)), [1, 3, 5]);
    keep(store, |rows| rows.saw_user(now(), UserId(3)));
    assert_eq!(by_id(store, "seen:<1h"), [3]);
    assert_eq!(listed(store, "", UserColumn::LastSeen, true), [3, 5, 4, 2, 1]);
}

fn passwords_and_codes(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    keep(store, |rows| rows.set_password(now(), ada, "$hash", true));
    let code = AccessCode {
        hash: "$code".into(),
        expires_at: now() + Duration::hours(1),
        tries_left: 5,
        entry: None,
    };
    keep(store, |rows| rows.set_access_code(now(), ada, Some(&code)));
    for name in ["ada", "ADA@NEXUS.EXAMPLE", "1"] {
        let found = look(store, |rows| rows.credentials(now(), &Who::parse(name).unwrap())).unwrap();
        assert_eq!((found.user.id, found.password_hash.as_str(), found.must_change), (ada, "$hash", true));
        assert_eq!(found.code, Some(code.clone()));
    }
    assert_eq!(look(store, |rows| rows.credentials(now(), &Who::Username("1".into()))), None);
    assert_eq!(look(store, |rows| rows.access_codes(now())).len(), 1);
    let over = now() + Duration::hours(1);
    assert!(look(store, |rows| rows.access_codes(over)).is_empty());
    assert_eq!(look(store, |rows| rows.credentials(over, &Who::Id(ada))).unwrap().code, None);
    keep(store, |rows| rows.set_access_code(now(), ada, Some(&AccessCode { tries_left: 0, ..code.clone() })));
    assert_eq!(look(store, |rows| rows.credentials(now(), &Who::Id(ada))).unwrap().code, None);
    keep(store, |rows| rows.set_access_code(now(), ada, None));
    assert!(look(store, |rows| rows.access_codes(now())).is_empty());
    assert!(!look(store, |rows| rows.had_usable_admin()));
    for _ in 0..2 {
        keep(store, |rows| rows.note_usable_admin());
        assert!(look(store, |rows| rows.had_usable_admin()));
    }
}

fn admins(store: &mut dyn Store) {
    let usable = |_: UserId, hash: &str| hash == "good";
    assert!(!look(store, |rows| rows.has_usable_admin(now(), AdminTerm::Now, &usable)));
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    assert!(!look(store, |rows| rows.has_usable_admin(now(), AdminTerm::Now, &usable)));
    keep(store, |rows| rows.set_password(now(), ada, "good", false));
    assert!(look(store, |rows| rows.has_usable_admin(now(), AdminTerm::Now, &usable)));
    assert!(!look(store, |rows| rows.has_usable_admin(now(), AdminTerm::Now, &|id, _| id != ada)));
    let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
    keep(store, |rows| rows.update_user(now(), ada, &suspended));
    assert!(!look(store, |rows| rows.has_usable_admin(now(), AdminTerm::Now, &usable)));
}

fn sessions(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let bob = keep(store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    let first = keep(store, |rows| rows.insert_session(&token(ada, "sha256:0123456789")));
    let second = keep(store, |rows| rows.insert_session(&token(ada, "sha256:b")));
    keep(store, |rows| rows.insert_session(&token(bob, "sha256:c")));
    let again = change(store, TransactionEnd::Commit, |rows| rows.insert_session(&token(bob, "sha256:c")));
    assert!(matches!(again, Err(StoreError::Duplicate(_))));

    let found = look(store, |rows| rows.session_by_digest("sha256:0123456789")).unwrap();
    assert_eq!((found.id, found.user.as_str(), found.short_id.as_str()), (first, "ada", "01234567"));
    assert_eq!((found.ended(now()), found.origin), (None, SessionOrigin::Service));
    assert_eq!(look(store, |rows| rows.user(now(), &Who::Id(ada))).unwrap().active_sessions, 2);

    let listed = |store: &dyn Store, expression: &str, column, at| {
        let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
        let list = ListOf { filter, scope: None, sort: Sort { column, descending: false } };
        let window = look(store, |rows| rows.sessions(at, &list, ALL));
        window.rows.iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(store, "user:ada", SessionColumn::Id, now()), [1, 2]);
    assert_eq!(listed(store, "id:2", SessionColumn::User, now()), [2]);
    assert_eq!(listed(store, "status:active", SessionColumn::User, now()), [1, 2, 3]);
    assert_eq!(listed(store, "expires:<2h", SessionColumn::Expiration, now()), [1, 2, 3]);
    assert_eq!(listed(store, "expires:>2h", SessionColumn::Id, now()), [] as [i64; 0]);
    // Beyond the year 9999.
    assert_eq!(listed(store, "expires:<999999w", SessionColumn::Id, now()), [1, 2, 3]);
    assert_eq!(listed(store, "expires:>999999w", SessionColumn::Id, now()), [] as [i64; 0]);
    assert_eq!(listed(store, "status:expired", SessionColumn::Id, now() + Duration::hours(2)), [1, 2, 3]);

    assert!(keep(store, |rows| rows.end_session(second, &revoked())));
    assert!(!keep(store, |rows| rows.end_session(second, &revoked())));
    let ended = look(store, |rows| rows.session(second)).unwrap();
    assert_eq!((ended.ended(now()), ended.end), (Some(Ended::Marked), Some(revoked())));
    keep(store, |rows| rows.extend_session(now(), None, first, now() + Duration::hours(9)));
    let over = now() + Duration::hours(2);
    assert_eq!(look(store, |rows| rows.overdue(over)).len(), 1);
    assert_eq!(keep(store, |rows| rows.sweep(over, 100)).len(), 1);
    assert!(keep(store, |rows| rows.sweep(over, 100)).is_empty());
    assert!(look(store, |rows| rows.overdue(over)).is_empty());
    assert_ne!(look(store, |rows| rows.session(second)).unwrap().why_ended(over), None);
    assert_eq!(look(store, |rows| rows.active_sessions(now(), ada)), 1);
    assert_eq!(keep(store, |rows| rows.end_sessions_of(ada, None, &revoked())), 1);
    keep(store, |rows| rows.saw_session(over, first));
    assert_eq!(look(store, |rows| rows.session(first)).unwrap().last_seen, Some(over));
    assert_eq!(look(store, |rows| rows.user(now(), &Who::Id(ada))).unwrap().last_seen, Some(over));
    let third = keep(store, |rows| rows.insert_session(&token(ada, "sha256:last")));
    keep(store, |rows| rows.end_all_sessions(&revoked()));
    assert_eq!(look(store, |rows| rows.active_sessions(now(), ada)), 0);
    assert_eq!(look(store, |rows| rows.session(third)).unwrap().end, Some(revoked()));
}

fn consoles(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    let mut console = token(ada, "sha256:a");
    if let Some(start) = &mut console.start {
        start.origin = SessionOrigin::Console;
        start.process = Some("boot:1:2".into());
    }
    let id = keep(store, |rows| rows.insert_session(&console));
    keep(store, |rows| rows.insert_session(&token(ada, "sha256:b")));
    let alive = look(store, |rows| rows.console_sessions(Some(ada)));
    assert_eq!(
        alive.iter().map(|one| (one.id, one.process.as_str())).collect::<Vec<_>>(),
        [(id, "boot:1:2")]
    );
    assert!(look(store, |rows| rows.console_sessions(Some(UserId(99)))).is_empty());
    keep(store, |rows| rows.end_sessions_of(ada, Some(id), &revoked()));
    assert_eq!(look(store, |rows| rows.console_sessions(None)).len(), 1);
    keep(store, |rows| rows.end_session(id, &revoked()));
    assert!(look(store, |rows| rows.console_sessions(None)).is_empty());
}

fn directories(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let paths =
        ["00001_ADA", "00001_ADA/Photos", "00001_ADA/Photos/2024", "00001_ADA/Photos-old", "00001_ADA/Été"];
    let ids: Vec<_> =
        paths.iter().map(|path| keep(store, |rows| rows.insert_directory(&folder(ada, path)))).collect();
    assert_eq!(look(store, |rows| rows.home(ada)).unwrap().path, "00001_ADA");
    assert_eq!(look(store, |rows| rows.below(ids[0])), 4);
    assert_eq!(look(store, |rows| rows.below(ids[1])), 1);
    let by_name =
        ListOf { sort: Sort { column: DirectoryColumn::Name, descending: false }, ..ListOf::default() };
    let flat = look(store, |rows| rows.directories(now(), &by_name, ALL));
    let listed: Vec<_> = flat.rows.iter().map(|directory| directory.path.as_str()).collect();
    assert_eq!(listed, paths);

    assert_eq!(keep(store, |rows| rows.relocate(now(), ids[1], "00001_ADA/Bilder")), 2);
    assert_eq!(look(store, |rows| rows.directory(ids[2])).unwrap().path, "00001_ADA/Bilder/2024");
    let renamed = look(store, |rows| rows.directories_at("00001_ADA/Bilder"));
    assert_eq!(
        renamed.iter().map(|one| (one.id, one.name.as_str())).collect::<Vec<_>>(),
        [(ids[1], "Bilder")]
    );
    keep(store, |rows| rows.opened_directory(now(), ids[2]));
    assert_eq!(look(store, |rows| rows.directory(ids[2])).unwrap().last_accessed, Some(now()));
    let item = keep(store, |rows| rows.bin_directory(ids[1], None, &deletion_info()));
    assert_eq!(look(store, |rows| rows.directory_count(ada)), 3);
    keep(store, |rows| rows.restore(item, Some("00001_ADA/Fotos"), None));
    assert_eq!(look(store, |rows| rows.directory(ids[2])).unwrap().path, "00001_ADA/Fotos/2024");
    assert_eq!(look(store, |rows| rows.directory(ids[1])).unwrap().name, "Fotos");
    assert_eq!(look(store, |rows| rows.below(ids[0])), 4);
}

fn directories_with_one_path(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let [old, young, below] = [("a", "old"), ("a", "young"), ("a/b", "below")].map(|(path, directory_id)| {
        let new = NewDirectory { directory_id: directory_id.into(), ..folder(ada, path) };
        keep(store, |rows| rows.insert_directory(&new))
    });
    assert_eq!(look(store, |rows| rows.below(old)), 1);
    assert_eq!(look(store, |rows| rows.below(young)), 0, "what lies below belongs to the oldest");
    assert_eq!(keep(store, |rows| rows.relocate(now(), young, "c")), 1);
    assert_eq!(look(store, |rows| rows.directory(below)).unwrap().path, "a/b");
    keep(store, |rows| rows.relocate(now(), young, "a"));
    let rows_in = |store: &mut dyn Store, item| look(store, |rows| rows.item(item)).unwrap().directories;
    let one = keep(store, |rows| rows.bin_directory(young, None, &deletion_info()));
    let two = keep(store, |rows| rows.bin_directory(old, None, &deletion_info()));
    assert_eq!((rows_in(store, one), rows_in(store, two)), (1, 2));
    keep(store, |rows| rows.restore(two, None, None));
    assert_eq!(look(store, |rows| rows.below(old)), 1);
}

fn what_is_gone(store: &mut dyn Store) {
    let nobody = UserId(99);
    let gone = |result: Result<(), _>| assert_eq!(result, Err(StoreError::Gone));
    gone(change(store, TransactionEnd::Commit, |rows| rows.update_user(now(), nobody, &Fields::default())));
    gone(change(store, TransactionEnd::Commit, |rows| rows.set_password(now(), nobody, "!", false)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.set_access_code(now(), nobody, None)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.saw_user(now(), nobody)));
    gone(change(store, TransactionEnd::Commit, |rows| {
        rows.insert_session(&token(nobody, "sha256:a")).map(drop)
    }));
    gone(change(store, TransactionEnd::Commit, |rows| rows.extend_session(now(), None, 99, now())));
    gone(change(store, TransactionEnd::Commit, |rows| rows.saw_session(now(), 99)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.insert_directory(&folder(nobody, "a")).map(drop)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.relocate(now(), 99, "a").map(drop)));
    gone(change(store, TransactionEnd::Commit, |rows| {
        rows.bin_directory(99, None, &deletion_info()).map(drop)
    }));
    gone(change(store, TransactionEnd::Commit, |rows| rows.restore(99, None, None).map(drop)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.purge(99)));
    gone(change(store, TransactionEnd::Commit, |rows| rows.opened_directory(now(), 99)));
    let twice = NewUser { id: Some(UserId(1)), ..account("ada", AccessLevel::User) };
    keep(store, |rows| rows.insert_user(&twice));
    let twice = NewUser { id: Some(UserId(1)), ..account("bob", AccessLevel::User) };
    let refused = change(store, TransactionEnd::Commit, |rows| rows.insert_user(&twice));
    assert_eq!(refused, Err(StoreError::Duplicate("this id")));
}

fn undone(store: &mut dyn Store) {
    let dry_run =
        change(store, TransactionEnd::RollBack, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    assert!(dry_run.is_ok());
    let failed: Result<(), _> = change(store, TransactionEnd::Commit, |rows| {
        rows.insert_user(&account("bob", AccessLevel::User))?;
        Err(StoreError::Gone)
    });
    assert_eq!(failed, Err(StoreError::Gone));
    assert!(look(store, |rows| rows.user_ids(now(), &Filter::default())).is_empty());
}
