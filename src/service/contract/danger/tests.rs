use super::*;
use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::Filter;
use crate::domain::page::{Anchor, Sort, Span};
use crate::domain::secret::Secret;
use crate::domain::session::SessionColumn;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status, UserColumn, UserId, Who};
use crate::service::contract::{CountedRows, Import, Journal, LaterStatements, Place, Undo};

fn alan() -> Who {
    Who::Id(UserId(3))
}

fn people(n: i64) -> People {
    People::Named((1..=n).map(|id| Who::Id(UserId(id))).collect())
}

fn shown() -> People {
    People::Shown { filter: Filter::default(), except: vec![] }
}

fn sessions(ids: &[i64]) -> Selection {
    Selection::Ids(ids.to_vec())
}

fn secret() -> Secret {
    Secret::from_text("sesame").unwrap()
}

fn edit(fields: Fields) -> Request {
    Request::Accounts(Accounts::Edit { who: alan(), fields, was: None })
}

/// Reads, and acts that need no count.
fn uncounted() -> Vec<Request> {
    let span = Span { anchor: Anchor::Position(0), before: 0, len: 1 };
    let filter = Filter::default();
    let life = Duration::hours(8);
    let place = || Place::Id(5);
    let mut all = vec![
        Request::SignIn(SignIn::Look),
        Request::SignIn(SignIn::SetUp { fields: Fields::default(), password: secret() }),
        Request::SignIn(SignIn::LogIn { name: "ada".into(), secret: secret() }),
        Request::SignIn(SignIn::Choose { name: "ada".into(), proof: secret(), password: secret() }),
        Request::SignIn(SignIn::Unlock(secret())),
        Request::SignIn(SignIn::StillIn),
        Request::SignIn(SignIn::LogOut),
        Request::Journal(Journal::Head),
        Request::Journal(Journal::Verify { expect: None }),
        edit(Fields::default()),
        edit(Fields {
            address: Some("12 Königsallee".into()),
            username: Some("al".into()),
            ..Fields::default()
        }),
    ];
    let sort = Sort { column: UserColumn::default(), descending: false };
    all.extend(
        [
            Accounts::List { filter: filter.clone(), sort, span },
            Accounts::Prepare,
            Accounts::Show(alan()),
            Accounts::ListCodes,
            Accounts::Add { fields: Fields::default(), password: None, must_change: false },
            Accounts::ChangeOwnPassword { current: secret(), password: secret() },
            Accounts::Confirm(people(1)),
        ]
        .map(Request::Accounts),
    );
    let sort = Sort { column: BinColumn::default(), descending: false };
    all.push(Request::Bin(Bin::List { filter: filter.clone(), sort, span }));
    let sort = Sort { column: SessionColumn::default(), descending: false };
    all.extend(
        [
            Sessions::List { filter: filter.clone(), sort, span },
            Sessions::Show(7),
            Sessions::Verify(secret()),
            Sessions::Issue { who: alan(), life },
            Sessions::Renew { which: sessions(&[7]), life },
        ]
        .map(Request::Sessions),
    );
    let sort = Sort { column: DirectoryColumn::default(), descending: false };
    all.extend(
        [
            Directories::List { of: None, filter, sort, span },
            Directories::Tree { of: None, open: std::collections::BTreeSet::new(), sort, span },
            Directories::Show(place()),
            Directories::Opened(5),
            Directories::Add { path: "a/b".into(), owner: None },
            Directories::Rename { place: place(), name: "c".into() },
            Directories::Move { place: place(), to: place() },
            Directories::Provision(people(1)),
        ]
        .map(Request::Directories),
    );
    all.push(Request::Sessions(Sessions::Sweep));
    all.push(Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None }));
    all.push(import(false));
    all
}

/// All other acts.
fn counted() -> Vec<Request> {
    let life = Duration::hours(8);
    let which = Selection::Shown { filter: Filter::default(), except: vec![] };
    let places = vec![Place::Id(5), Place::Id(6)];
    vec![
        edit(Fields { status: Some(Status::Suspended), ..Fields::default() }),
        edit(Fields { level: Some(AccessLevel::Admin), address: Some(String::new()), ..Fields::default() }),
        Request::Accounts(Accounts::Confirm(people(2))),
        Request::Accounts(Accounts::Confirm(shown())),
        Request::Accounts(Accounts::Suspend(people(1))),
        Request::Accounts(Accounts::SetLevel(people(1), AccessLevel::User)),
        Request::Accounts(Accounts::SetPassword { who: alan(), password: secret(), must_change: true }),
        Request::Accounts(Accounts::MakeCode { who: alan(), life }),
        Request::Accounts(Accounts::RevokeCode(alan())),
        Request::Accounts(Accounts::Delete(people(1))),
        Request::Accounts(Accounts::Delete(shown())),
        Request::Sessions(Sessions::Renew { which: sessions(&[7, 8]), life }),
        Request::Sessions(Sessions::Renew { which, life }),
        Request::Sessions(Sessions::Revoke(sessions(&[7]))),
        Request::Directories(Directories::Trash(vec![Place::Id(5)])),
        Request::Directories(Directories::Trash(places)),
        Request::Directories(Directories::Trash(vec![])),
        Request::Directories(Directories::Provision(people(2))),
        Request::Directories(Directories::Provision(shown())),
        Request::Undo(Undo::Last),
        Request::Undo(Undo::Redo),
        Request::Undo(Undo::Entry(7)),
        Request::Bin(Bin::Restore { which: InBin::Bundles(sessions(&[7, 8])), to: None }),
        Request::Bin(Bin::Purge(InBin::Directory("a/b".into()))),
        import(true),
    ]
}

#[test]
fn only_reads_and_what_is_done_at_once_whatever_it_is_like_go_without_a_count() {
    for request in uncounted() {
        assert!(!request.must_be_counted(FrontEnd::Console), "{request:?}");
    }
    for request in counted() {
        assert!(request.must_be_counted(FrontEnd::Console), "{request:?}");
    }
}

fn one(verb: Verb) -> Tally {
    Tally { accounts: 1, label: Some("alan".into()), id: Some(3), ..Tally::new(verb) }
}

fn several(verb: Verb, accounts: u64) -> Tally {
    Tally { accounts, sessions: 40, directories: 80, ..Tally::new(verb) }
}

/// What the console asks, and what a command asks.
fn both(request: &Request, counted: &Tally) -> [Care; 2] {
    [FrontEnd::Console, FrontEnd::Command].map(|from| care(request, counted, from))
}

fn suspend(n: i64) -> Request {
    Request::Accounts(Accounts::Suspend(people(n)))
}

fn level(level: AccessLevel) -> Request {
    Request::Accounts(Accounts::SetLevel(people(1), level))
}

fn import(replace: bool) -> Request {
    Request::Import(Import {
        file: "legacy.sql".into(),
        skip_bad_rows: false,
        replace,
        keep_sessions: false,
        strip_prefixes: vec![],
        database: None,
        time_zone: None,
        later_statements: LaterStatements::Refuse,
        agreed_admins: None,
    })
}

fn purge() -> Request {
    Request::Bin(Bin::Purge(InBin::Account(alan())))
}

#[test]
fn sweep_undo_redo_and_a_plain_import_are_done_at_once_whatever_their_size() {
    let many = Tally { accounts: 600, sessions: 1_200, ended: 1_200, ..Tally::new(Verb::Undone) };
    let requests = [
        Request::Sessions(Sessions::Sweep),
        Request::Undo(Undo::Last),
        Request::Undo(Undo::Redo),
        Request::Undo(Undo::Entry(7)),
        import(false),
    ];
    for request in requests {
        assert_eq!(both(&request, &many), [Care::AtOnce, Care::AtOnce], "{request:?}");
        assert!(!request.always_asks() && !request.must_be_counted(FrontEnd::Command), "{request:?}");
    }
    assert!(import(true).always_asks());
}

#[test]
fn a_purge_is_accepted_by_name_and_several_by_their_number() {
    let name = || Care::TypeName("alan".into());
    assert_eq!(both(&purge(), &one(Verb::Purged)), [name(), name()]);
    let number = || Care::TypeNumber(2);
    assert_eq!(both(&purge(), &several(Verb::Purged, 2)), [number(), number()]);
}

#[test]
fn several_rows_are_asked_about_and_more_than_ten_by_their_number() {
    let life = Duration::hours(8);
    for (request, verb) in [
        (Request::Accounts(Accounts::Delete(shown())), Verb::Deleted),
        (Request::Accounts(Accounts::Confirm(shown())), Verb::Confirmed),
        (Request::Accounts(Accounts::SetLevel(shown(), AccessLevel::Admin)), Verb::Promoted),
        (suspend(20), Verb::Suspended),
        (Request::Directories(Directories::Provision(shown())), Verb::Provisioned),
    ] {
        let asks = [Care::Ask, Care::Ask];
        assert_eq!(both(&request, &several(verb, 2)), asks, "{request:?}");
        assert_eq!(both(&request, &several(verb, 10)), asks, "what goes along is not counted");
        let number = || Care::TypeNumber(11);
        assert_eq!(both(&request, &several(verb, 11)), [number(), number()], "{request:?}");
    }
    let renewed = Tally { sessions: 12, ..Tally::new(Verb::Renewed) };
    let renew = Request::Sessions(Sessions::Renew { which: sessions(&[1, 2]), life });
    assert_eq!(both(&renew, &renewed), [Care::TypeNumber(12), Care::TypeNumber(12)]);
    let trashed = Tally { directories: 42, ..Tally::new(Verb::Trashed) };
    let trash = Request::Directories(Directories::Trash(vec![Place::Id(5), Place::Id(6)]));
    assert_eq!(both(&trash, &trashed), [Care::TypeNumber(42), Care::TypeNumber(42)]);
}

#[test]
fn what_gives_or_takes_rights_is_asked_about_for_one_row_already() {
    let admin = Fields { level: Some(AccessLevel::Admin), ..Fields::default() };
    let add = |fields| Request::Accounts(Accounts::Add { fields, password: None, must_change: false });
    let changes = |verb| Tally { changes_level: true, ..one(verb) };
    let password = Accounts::SetPassword { who: alan(), password: secret(), must_change: true };
    for (request, counted) in [
        (add(admin.clone()), changes(Verb::Added)),
        (edit(admin), changes(Verb::Edited)),
        (level(AccessLevel::Admin), changes(Verb::Promoted)),
        (level(AccessLevel::User), changes(Verb::Demoted)),
        (Request::Accounts(password), one(Verb::PasswordSet)),
        (Request::Accounts(Accounts::RevokeCode(alan())), one(Verb::CodeRevoked)),
        (
            Request::Sessions(Sessions::Revoke(sessions(&[7]))),
            Tally { sessions: 1, label: Some("3fa9c1e0".into()), ..Tally::new(Verb::Revoked) },
        ),
        (suspend(1), Tally { sessions: 2, ended: 2, cuts_off: true, ..one(Verb::Suspended) }),
    ] {
        assert_eq!(both(&request, &counted), [Care::Ask, Care::Ask], "{request:?}");
        assert!(request.always_asks() && request.must_be_counted(FrontEnd::Console), "{request:?}");
    }
    assert!(!add(Fields::default()).must_be_counted(FrontEnd::Console));
}

#[test]
fn a_first_access_code_replaces_nothing() {
    let make = Request::Accounts(Accounts::MakeCode { who: alan(), life: Duration::hours(1) });
    assert_eq!(both(&make, &one(Verb::CodeMade)), [Care::AtOnce, Care::AtOnce]);
    let replaced = Tally { replaces_code: true, ..one(Verb::CodeMade) };
    assert_eq!(both(&make, &replaced), [Care::Ask, Care::Ask]);
    assert!(!make.always_asks());
}

#[test]
fn one_row_that_undo_brings_back_whole_is_done_at_once_in_the_console() {
    let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
    let trashed = Tally { directories: 42, label: Some("a/b".into()), ..Tally::new(Verb::Trashed) };
    for (request, counted) in [
        (
            Request::Accounts(Accounts::Delete(people(1))),
            Tally { sessions: 5_000, directories: 9, ..one(Verb::Deleted) },
        ),
        (Request::Directories(Directories::Trash(vec![Place::Id(5)])), trashed),
        (suspend(1), Tally { cuts_off: true, ..one(Verb::Suspended) }),
        (edit(fields), Tally { cuts_off: true, ..one(Verb::Edited) }),
    ] {
        assert_eq!(both(&request, &counted), [Care::AtOnce, Care::Ask], "{request:?}");
        assert!(request.always_asks(), "{request:?}");
    }
}

#[test]
fn everything_else_for_one_row_is_done_at_once() {
    let restored = Tally { sessions: 7, directories: 90, left_out: 2, ..one(Verb::Restored) };
    let restore = Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None });
    assert_eq!(both(&restore, &restored), [Care::AtOnce, Care::AtOnce]);
    let confirm = Request::Accounts(Accounts::Confirm(shown()));
    let confirmed = Tally { directories: 8, ..one(Verb::Confirmed) };
    assert_eq!(both(&confirm, &confirmed), [Care::AtOnce, Care::AtOnce], "a filter that shows one");
}

#[test]
fn nothing_is_asked_about_what_is_so_already() {
    let unchanged = |verb| Tally { unchanged: 20, ..Tally::new(verb) };
    for request in [suspend(20), level(AccessLevel::Admin), purge()] {
        assert_eq!(both(&request, &unchanged(Verb::Suspended)), [Care::AtOnce, Care::AtOnce]);
    }
}

#[test]
fn what_is_the_operators_own_is_asked_about_and_said() {
    let delete = Request::Accounts(Accounts::Delete(people(1)));
    let own = Tally { own: Own::Account, ..one(Verb::Deleted) };
    assert_eq!(care(&delete, &own, FrontEnd::Console), Care::Ask);
    let lines = ["This is your own account: you are logged out and cannot log in again."];
    assert_eq!(consequences(&delete, &own), lines, "u undoes nothing for whoever is out");
    assert_eq!(hint(&own), None);
    let undo = Request::Undo(Undo::Last);
    let own = Tally { own: Own::Level, ended: 3, ..one(Verb::Undone) };
    assert_eq!(care(&undo, &own, FrontEnd::Console), Care::Ask, "an undo, too");
    let revoke = Request::Sessions(Sessions::Revoke(sessions(&[7])));
    let own = Tally { sessions: 1, own: Own::Session, ..Tally::new(Verb::Revoked) };
    assert_eq!(consequences(&revoke, &own), ["This ends your own session.", "this cannot be undone"]);
    let left_out = Tally { own: Own::LeftOut, ..several(Verb::Deleted, 3) };
    assert_eq!(care(&delete, &left_out, FrontEnd::Console), Care::Ask);
    let lines = ["with 40 sessions and 80 directories", "your own account is left out", "u undoes"];
    assert_eq!(consequences(&delete, &left_out), lines);
}

#[test]
fn the_rows_that_were_counted_change_nothing_about_asking() {
    for request in counted() {
        let bound = request.clone().for_rows(CountedRows::one(Some(3)));
        assert_eq!(
            bound.must_be_counted(FrontEnd::Console),
            request.must_be_counted(FrontEnd::Console),
            "{request:?}"
        );
        assert_eq!(bound.always_asks(), request.always_asks(), "{request:?}");
    }
}

#[test]
fn a_box_says_what_ends_and_whether_it_comes_back() {
    let tally = Tally { sessions: 2, ended: 2, ..one(Verb::Suspended) };
    assert_eq!(consequences(&suspend(1), &tally), ["2 sessions end and stay ended", "u undoes the rest"]);
    let fields =
        Fields { status: Some(Status::Pending), level: Some(AccessLevel::Admin), ..Fields::default() };
    let tally = Tally { sessions: 1, ended: 1, ..one(Verb::Edited) };
    let lines = [
        "status becomes pending",
        "access level becomes admin",
        "1 session ends and stays ended",
        "u undoes the rest",
    ];
    assert_eq!(consequences(&edit(fields.clone()), &tally), lines);
    let asked = "Change alan, end 1 session: status becomes pending, access level becomes admin?";
    assert_eq!(question(&edit(fields), &tally), asked);
}

#[test]
fn what_cannot_come_back_from_the_bin_is_told_first() {
    let partly = Tally { sessions: 7, directories: 9, left_out: 2, ..one(Verb::Restored) };
    let request = Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None });
    let lines = ["with 7 sessions and 9 directories", "2 are there already and stay out", "u undoes"];
    assert_eq!(consequences(&request, &partly), lines);
}

#[test]
fn a_notice_names_the_way_back_where_there_is_one() {
    assert_eq!(hint(&one(Verb::Confirmed)), Some("u undoes"));
    assert_eq!(hint(&one(Verb::Suspended)), Some("u undoes"));
    assert_eq!(hint(&Tally { sessions: 2, ended: 2, ..one(Verb::Suspended) }), Some("u undoes the rest"));
    assert_eq!(hint(&one(Verb::Undone)), Some("Ctrl-r does it again"));
    assert_eq!(hint(&one(Verb::PasswordSet)), None);
}
