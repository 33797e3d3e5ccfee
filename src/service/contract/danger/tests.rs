use super::*;
use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::Filter;
use crate::domain::page::{Anchor, Sort, Span};
use crate::domain::secret::Secret;
use crate::domain::session::SessionColumn;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status, UserColumn, Who};
use crate::service::contract::{Import, InBin, Journal, LaterStatements, Place, SignIn, Undo};

/// Whoever asks.
const OWN: UserId = UserId(1);

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
            Directories::Trash(vec![place()]),
            Directories::Provision(people(1)),
        ]
        .map(Request::Directories),
    );
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
        Request::Sessions(Sessions::Sweep),
        Request::Directories(Directories::Trash(places)),
        Request::Directories(Directories::Trash(vec![])),
        Request::Directories(Directories::Provision(people(2))),
        Request::Directories(Directories::Provision(shown())),
        Request::Undo(Undo::Last),
        Request::Undo(Undo::Redo),
        Request::Undo(Undo::Entry(7)),
        Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None }),
        Request::Bin(Bin::Purge(InBin::Directory("a/b".into()))),
        Request::Import(Import {
            file: "legacy.sql".into(),
            skip_bad_rows: false,
            replace: false,
            keep_sessions: false,
            strip_prefixes: vec![],
            database: None,
            time_zone: None,
            later_statements: LaterStatements::Refuse,
            agreed_admins: None,
        }),
    ]
}

#[test]
fn only_reads_and_acts_on_one_row_that_comes_back_whole_go_without_a_count() {
    for request in uncounted() {
        assert!(!request.must_be_counted(), "{request:?}");
    }
    for request in counted() {
        assert!(request.must_be_counted(), "{request:?}");
    }
}

fn one(verb: Verb) -> Tally {
    Tally { accounts: 1, label: Some("alan".into()), id: Some(3), ..Tally::new(verb) }
}

#[test]
fn one_row_that_comes_back_whole_is_done_at_once() {
    for verb in [Verb::Confirmed, Verb::Suspended, Verb::Promoted, Verb::Demoted, Verb::Edited] {
        assert_eq!(care(&one(verb), OWN), Care::AtOnce, "{verb:?}");
    }
    let with_all = Tally { sessions: 5_000, directories: 9, ..one(Verb::Deleted) };
    assert_eq!(care(&with_all, OWN), Care::AtOnce, "it comes back with all that went with it");
    assert_eq!(care(&Tally { directories: 8, ..one(Verb::Confirmed) }, OWN), Care::AtOnce);
}

#[test]
fn sessions_that_end_are_asked_about() {
    for verb in [Verb::Suspended, Verb::Promoted, Verb::Demoted, Verb::Edited] {
        assert_eq!(care(&Tally { sessions: 2, ended: 2, ..one(verb) }, OWN), Care::Ask, "{verb:?}");
    }
    let revoked = |sessions| Tally { sessions, ..Tally::new(Verb::Revoked) };
    assert_eq!(care(&revoked(1), OWN), Care::Ask);
    assert_eq!(care(&revoked(10), OWN), Care::Ask);
    assert_eq!(care(&revoked(11), OWN), Care::TypeNumber(11));
}

#[test]
fn what_cannot_be_undone_is_asked_about() {
    for verb in [Verb::PasswordSet, Verb::CodeMade, Verb::CodeRevoked, Verb::Imported] {
        assert_eq!(care(&one(verb), OWN), Care::Ask, "{verb:?}");
    }
}

#[test]
fn several_rows_are_asked_about_and_more_than_ten_by_their_number() {
    let deleted = |accounts| Tally { accounts, sessions: 40, ..Tally::new(Verb::Deleted) };
    assert_eq!(care(&deleted(2), OWN), Care::Ask);
    assert_eq!(care(&deleted(10), OWN), Care::Ask, "what goes along is not counted");
    assert_eq!(care(&deleted(11), OWN), Care::TypeNumber(11));
    let trashed = Tally { directories: 42, ..Tally::new(Verb::Trashed) };
    assert_eq!(care(&trashed, OWN), Care::TypeNumber(42));
}

#[test]
fn nobody_deletes_their_own_account_by_one_key() {
    let own = Tally { id: Some(OWN.0), ..one(Verb::Deleted) };
    assert_eq!(care(&own, OWN), Care::Ask);
    let request = Request::Accounts(Accounts::Delete(people(1)));
    assert_eq!(consequences(&request, &own, OWN)[0], "this is your own account: you are logged out");
}

#[test]
fn a_box_says_what_ends_and_whether_it_comes_back() {
    let suspend = Request::Accounts(Accounts::Suspend(people(1)));
    let tally = Tally { sessions: 2, ended: 2, ..one(Verb::Suspended) };
    assert_eq!(consequences(&suspend, &tally, OWN), ["2 sessions end and stay ended", "u undoes the rest"]);
    let fields =
        Fields { status: Some(Status::Pending), level: Some(AccessLevel::Admin), ..Fields::default() };
    let tally = Tally { sessions: 1, ended: 1, ..one(Verb::Edited) };
    let lines = [
        "status becomes pending",
        "access level becomes admin",
        "1 session ends and stays ended",
        "u undoes the rest",
    ];
    assert_eq!(consequences(&edit(fields), &tally, OWN), lines);
    let revoke = Request::Sessions(Sessions::Revoke(sessions(&[7])));
    let tally = Tally { sessions: 1, ..Tally::new(Verb::Revoked) };
    assert_eq!(consequences(&revoke, &tally, OWN), ["this cannot be undone"]);
}

#[test]
fn a_purge_is_accepted_by_name_and_several_by_their_number() {
    assert_eq!(care(&one(Verb::Purged), OWN), Care::TypeName("alan".into()));
    let several = Tally { accounts: 2, sessions: 9, ..Tally::new(Verb::Purged) };
    assert_eq!(care(&several, OWN), Care::TypeNumber(2));
}

#[test]
fn undoing_is_done_at_once_where_it_can_be_done_again_whole() {
    let undone = Tally { of: Some(Verb::Confirmed), ..one(Verb::Undone) };
    assert_eq!(care(&undone, OWN), Care::AtOnce);
    let issued = Tally { sessions: 1, ended: 1, of: Some(Verb::Issued), ..Tally::new(Verb::Undone) };
    assert_eq!(care(&issued, OWN), Care::Ask, "a token that dies stays dead");
    let bulk = Tally { accounts: 600, of: Some(Verb::Suspended), ..Tally::new(Verb::Undone) };
    assert_eq!(care(&bulk, OWN), Care::TypeNumber(600));
}

#[test]
fn what_cannot_come_back_from_the_bin_is_told_first() {
    let restored = Tally { sessions: 7, directories: 9, ..one(Verb::Restored) };
    assert_eq!(care(&restored, OWN), Care::AtOnce);
    let partly = Tally { left_out: 2, ..restored };
    assert_eq!(care(&partly, OWN), Care::Ask);
    let request = Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None });
    let lines = ["with 7 sessions and 9 directories", "2 are there already and stay out", "u undoes"];
    assert_eq!(consequences(&request, &partly, OWN), lines);
}

#[test]
fn a_notice_names_the_way_back_where_there_is_one() {
    assert_eq!(hint(&one(Verb::Confirmed)), Some("u undoes"));
    assert_eq!(hint(&one(Verb::Suspended)), Some("u undoes"));
    assert_eq!(hint(&Tally { sessions: 2, ended: 2, ..one(Verb::Suspended) }), Some("u undoes the rest"));
    assert_eq!(hint(&one(Verb::Undone)), Some("Ctrl-r does it again"));
    assert_eq!(hint(&one(Verb::PasswordSet)), None);
}
