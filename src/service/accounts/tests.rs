use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::Outcome;
use crate::domain::page::{Anchor, RowRange};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Field, Fields, Status};
use crate::store::{ListOf, StoreError, read};

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Action, Caller, Directories, DirectorySelector,
    FailureKind, Reply, Sessions, SignIn, UserDetail,
};
use super::super::testing::{Bench, OTHER, PASSWORD, accounts_named, fields, secret, who};
use super::read_ahead;

fn shown(filter: &str) -> AccountSelection {
    AccountSelection::Shown { filter: Filter::parse(ListKind::Users, filter).unwrap(), except: Vec::new() }
}

fn add(fields: Fields, password: Option<&str>) -> Accounts {
    Accounts::Add { fields, password: password.map(secret), must_change: false }
}

fn edit(name: &str, fields: Fields) -> Accounts {
    AccountChange::Edit { fields, was: None }.of(who(name))
}

impl Bench {
    pub(crate) fn detail(&mut self, name: &str) -> UserDetail {
        match self.ask(Caller::Owner, Accounts::Show(who(name)).into()).unwrap() {
            Reply::User(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_new_account_waits_as_a_plain_user() {
    let mut bench = Bench::new();
    let summary = bench.done(Caller::Owner, add(fields("bob"), Some(PASSWORD)));
    let bob = bench.detail("bob");
    assert_eq!((bob.user.level, bob.user.status), (AccessLevel::User, Status::Pending));
    assert_eq!((bob.home, bob.must_change, bob.code), (None, false, None));
    assert_eq!(
        (summary.label.as_deref(), summary.id, summary.accounts),
        (Some("bob"), Some(bob.user.id.0), 1)
    );
}

#[test]
fn an_account_added_as_confirmed_has_its_home() {
    let mut bench = Bench::new();
    let confirmed = Fields { status: Some(Status::Confirmed), ..fields("bob") };
    let summary = bench.done(Caller::Owner, add(confirmed, Some(PASSWORD)));
    assert_eq!(summary.directories, 8);
    assert_eq!(bench.detail("bob").home.as_deref(), Some("00002_BOB"));
}

#[test]
fn without_a_password_a_code_is_handed_over() {
    let mut bench = Bench::new();
    let Ok(Reply::Secret { summary, secret, expires_at }) =
        bench.ask(Caller::Owner, add(fields("bob"), None).into())
    else {
        panic!()
    };
    assert_eq!((summary.action, secret.chars()), (Action::Added, 9));
    assert_eq!(expires_at, bench.now + Duration::hours(24));
    assert_eq!(bench.detail("bob").code.map(|code| code.terms.expires_at), Some(expires_at));
}

#[test]
fn a_password_from_the_console_must_be_changed() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    bench.done(ada, add(fields("bob"), Some(PASSWORD)));
    assert!(bench.detail("bob").must_change);
}

#[test]
fn a_new_account_with_a_bad_field_names_it() {
    let mut bench = Bench::new();
    for (broken, kind, field) in [
        (Fields { first_name: None, ..fields("bob") }, FailureKind::Invalid, Field::FirstName),
        (Fields { last_name: Some("  ".into()), ..fields("bob") }, FailureKind::Invalid, Field::LastName),
        (Fields { email: None, ..fields("bob") }, FailureKind::Invalid, Field::Email),
        (Fields { username: Some("12".into()), ..fields("bob") }, FailureKind::Invalid, Field::Username),
        (Fields { username: Some("ADA".into()), ..fields("bob") }, FailureKind::Conflict, Field::Username),
        (
            Fields { email: Some("ADA@nexus.example".into()), ..fields("bob") },
            FailureKind::Conflict,
            Field::Email,
        ),
    ] {
        let failure = bench.refused(Caller::Owner, add(broken, Some(PASSWORD)));
        assert_eq!((failure.kind, failure.field), (kind, Some(field)), "{}", failure.message);
    }
    let weak = bench.refused(Caller::Owner, add(fields("bob"), Some("bob@nexus.example")));
    assert_eq!((weak.kind, weak.field), (FailureKind::Invalid, Some(Field::Password)));
}

#[test]
fn an_edit_sets_what_differs() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    let renamed =
        Fields { username: Some("rob".into()), address: Some("1 Street".into()), ..Fields::default() };
    let summary = bench.done(Caller::Owner, edit("bob", renamed.clone()));
    assert_eq!((summary.label.as_deref(), summary.accounts, summary.unchanged), (Some("rob"), 1, 0));
    let summary = bench.done(Caller::Owner, edit("rob", renamed));
    assert_eq!((summary.accounts, summary.unchanged), (0, 1));
    bench.done(Caller::Owner, edit("rob", Fields { address: Some(String::new()), ..Fields::default() }));
    assert_eq!(bench.user("rob").address, None);
}

#[test]
fn a_new_username_leaves_the_home_where_it_is() {
    let mut bench = Bench::new();
    bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada"])));
    bench.done(Caller::Owner, edit("ada", Fields { username: Some("countess".into()), ..Fields::default() }));
    assert_eq!(bench.detail("countess").home.as_deref(), Some("00001_ADA"));
}

#[test]
fn what_was_changed_meanwhile_is_not_overwritten() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    let was = bench.user("bob").fields();
    let colleague = Fields { email: Some("bob@new.example".into()), ..Fields::default() };
    bench.done(Caller::Owner, edit("bob", colleague));
    let fields = Fields { first_name: Some("Robert".into()), ..Fields::default() };
    let late = AccountChange::Edit { fields: fields.clone(), was: Some(Box::new(was)) }.of(who("bob"));
    let failure = bench.refused(Caller::Owner, late);
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Email)));
    assert_eq!(failure.message, "bob was changed meanwhile: Email.");

    let other_field = Fields { first_name: Some("First".into()), ..Fields::default() };
    bench
        .done(Caller::Owner, AccountChange::Edit { fields, was: Some(Box::new(other_field)) }.of(who("bob")));
}

#[test]
fn an_edit_of_status_or_level_does_all_that_goes_with_it() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    let status = |status| Fields { status: Some(status), ..Fields::default() };
    assert_eq!(bench.done(Caller::Owner, edit("bob", status(Status::Confirmed))).directories, 8);
    let bob = bench.operator("bob");
    let admin = Fields { level: Some(AccessLevel::Admin), ..Fields::default() };
    assert_eq!(bench.done(Caller::Owner, edit("bob", admin)).sessions, 1);
    assert!(!bench.is_in(bob));
    let bob = bench.operator("bob");
    assert_eq!(bench.done(Caller::Owner, edit("bob", status(Status::Pending))).sessions, 1);
    assert!(!bench.is_in(bob));
}

#[test]
fn confirming_makes_the_home_once() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("sue", AccessLevel::User, Status::Suspended);
    let summary =
        bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["pia", "sue", "ada", "PIA"])));
    assert_eq!((summary.accounts, summary.directories, summary.unchanged, summary.label), (2, 16, 1, None));
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["pia"])));
    let summary = bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["pia"])));
    assert_eq!((summary.accounts, summary.directories, summary.label.as_deref()), (1, 0, Some("pia")));
}

#[test]
fn suspending_ends_the_sessions() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    let summary = bench.done(Caller::Owner, AccountAction::Suspend.on(shown("bob")));
    assert_eq!((summary.accounts, summary.sessions), (1, 1));
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert!(!bench.is_in(bob));
}

#[test]
fn one_missing_account_stops_the_whole_act() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    let failure = bench.refused(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["pia", "nobody"])));
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.message, "There is no account nobody.");
    assert_eq!(bench.user("pia").status, Status::Pending);
}

#[test]
fn what_a_filter_shows_is_found_at_the_moment_of_the_act() {
    let mut bench = Bench::new();
    let pia = bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("per", AccessLevel::User, Status::Pending);
    let AccountSelection::Shown { filter, .. } = shown("status:pending") else { panic!() };
    let all_but_pia = AccountSelection::Shown { filter, except: vec![pia.0] };
    let summary = bench.done(Caller::Owner, AccountAction::Promote.on(all_but_pia));
    assert_eq!((summary.action, summary.label.as_deref()), (Action::Promoted, Some("per")));
    let summary = bench.done(Caller::Owner, AccountAction::Confirm.on(shown("nobody-at-all")));
    assert_eq!((summary.accounts, summary.unchanged), (0, 0));
}

#[test]
fn deleting_counts_all_that_goes() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, Directories::Provision(accounts_named(&["bob"])));
    let bob = bench.operator("bob");
    bench.ask(bob, super::super::contract::SignIn::LogOut.into()).unwrap();
    bench.operator("bob");
    let summary = bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    assert_eq!((summary.accounts, summary.sessions, summary.directories), (1, 2, 8));
    assert_eq!(summary.label.as_deref(), Some("bob"));
    assert_eq!(bench.kind(Caller::Owner, Accounts::Show(who("bob"))), FailureKind::NotFound);
    let home = Directories::Show(DirectorySelector::Path("00002_BOB".into()));
    assert_eq!(bench.kind(Caller::Owner, home), FailureKind::NotFound);
}

#[test]
fn a_new_password_ends_sessions_and_codes() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    bench
        .ask(Caller::Owner, AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob")).into())
        .unwrap();
    let set = |password| {
        AccountChange::SetPassword { password: secret(password), must_change: false }.of(who("bob"))
    };
    let summary = bench.done(Caller::Owner, set(OTHER));
    assert_eq!((summary.accounts, summary.sessions, summary.label.as_deref()), (1, 1, Some("bob")));
    assert!(!bench.is_in(bob));
    let detail = bench.detail("bob");
    assert_eq!((detail.must_change, detail.code), (false, None));
    assert!(bench.log_in("bob", OTHER).is_ok());
    assert_eq!(bench.refused(Caller::Owner, set("bob bob bob bob")).field, Some(Field::Password));
}

#[test]
fn ones_own_password_needs_the_current_one() {
    let mut bench = Bench::new();
    let (host, elsewhere) = (bench.operator("ada"), bench.operator("ada"));
    let change = |current, password| Accounts::ChangeOwnPassword {
        current: secret(current),
        password: secret(password),
    };
    assert_eq!(bench.refused(host, change(OTHER, OTHER)).message, "The current password is wrong.");
    assert_eq!(bench.kind(host, change(PASSWORD, PASSWORD)), FailureKind::Invalid);
    assert_eq!(bench.kind(host, change(PASSWORD, "short")), FailureKind::Invalid);
    assert_eq!(bench.kind(Caller::Owner, change(PASSWORD, OTHER)), FailureKind::Refused);
    let set = AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("ada"));
    assert_eq!(bench.kind(host, set), FailureKind::Refused);

    assert_eq!(bench.done(host, change(PASSWORD, OTHER)).sessions, 1);
    assert!(bench.is_in(host));
    assert!(!bench.is_in(elsewhere));
    assert!(bench.log_in("ada", OTHER).is_ok());
}

#[test]
fn a_code_lives_a_minute_to_a_day() {
    let mut bench = Bench::new();
    let make = |life| AccountChange::MakeCode { life }.of(who("ada"));
    for life in [Duration::seconds(59), Duration::hours(24) + Duration::seconds(1), -Duration::hours(1)] {
        let failure = bench.refused(Caller::Owner, make(life));
        assert_eq!((failure.kind, failure.field), (FailureKind::Invalid, Some(Field::Span)));
    }
    bench.ask(Caller::Owner, make(Duration::minutes(1)).into()).unwrap();
}

#[test]
fn codes_are_listed_and_revoked() {
    let mut bench = Bench::new();
    let make = AccountChange::MakeCode { life: Duration::hours(2) }.of(who("ada"));
    bench.ask(Caller::Owner, make.into()).unwrap();
    let Ok(Reply::Codes(codes)) = bench.ask(Caller::Owner, Accounts::ListCodes.into()) else { panic!() };
    assert_eq!((codes[0].user.as_str(), codes[0].terms.tries_left), ("ada", 5));
    assert_eq!(codes[0].terms.expires_at, bench.now + Duration::hours(2));
    assert_eq!(
        bench.done(Caller::Owner, AccountChange::RevokeCode.of(who("ada"))).action,
        Action::CodeRevoked
    );
    let failure = bench.refused(Caller::Owner, AccountChange::RevokeCode.of(who("ada")));
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NotFound, "ada has no access code."));
}

#[test]
fn a_token_is_only_issued_for_a_confirmed_account() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    let issue = Sessions::Issue { who: who("pia"), life: Duration::hours(1), label: None };
    assert_eq!(bench.kind(Caller::Owner, issue), FailureKind::Refused);
}

#[test]
fn the_owner_of_the_file_gets_anybody_back_in_as_an_admin() {
    let mut bench = Bench::new();
    bench.is_throttled = true;
    let eve = bench.account("eve", AccessLevel::User, Status::Suspended);
    bench.log_in("eve", OTHER).unwrap_err();
    let ada = bench.operator("ada");
    let recover = |password| AccountChange::Recover { password }.of(who("eve"));
    let refused = bench.refused(ada, recover(None));
    assert_eq!(refused.message, "Only whoever may write the store's file can recover an account.");
    bench.spoil("UPDATE de_torres_vincent_users SET status = 'suspended'");
    assert!(!bench.has_usable_admin());

    let Reply::Secret { secret: code, summary, .. } = bench.ask(Caller::Owner, recover(None).into()).unwrap()
    else {
        panic!()
    };
    assert_eq!(summary.done(), "Recovered eve, made 8 directories");
    let detail = bench.detail("eve");
    assert_eq!((detail.user.level, detail.user.status), (AccessLevel::Admin, Status::Confirmed));
    assert!(detail.waits.is_empty() && detail.code.is_some());
    assert!(bench.has_usable_admin());
    // The old password has not changed, and the code leads to another one.
    assert!(matches!(bench.log_in("eve", code.expose()), Ok(Reply::ChoosePassword(_))));
    let session = bench.operator("eve");

    let password = Some(secret("eight silver lanterns hum"));
    let summary = bench.done(Caller::Owner, recover(password));
    assert_eq!((summary.done().as_str(), summary.ended), ("Recovered eve, ended 1 session", 1));
    assert_eq!(bench.kind(session, SignIn::StillIn), FailureKind::SignedOut);
    assert!(bench.detail("eve").code.is_none());
    assert!(matches!(bench.log_in("eve", "eight silver lanterns hum"), Ok(Reply::SignedIn(_))));
    let entries = bench.read(|rows| rows.entries_about(eve, bench.now - Duration::hours(1)));
    let recovered = || entries.iter().filter(|entry| entry.action == "recover");
    assert_eq!(recovered().filter(|entry| entry.outcome == Outcome::Done).count(), 2);
    assert!(recovered().all(|entry| !format!("{entry:?}").contains(code.expose())));
    assert_eq!(
        bench.kind(Caller::Owner, AccountChange::Recover { password: None }.of(who("nobody"))),
        FailureKind::NotFound
    );
}

/// Returns what the first screen shows, as far as it can be read once nothing but zeros are left of the store's files. The
/// connection is new, and has read ahead as long as `go_on` said so.
fn shown_without_files(go_on: &mut dyn FnMut() -> bool) -> Result<(u64, u64), StoreError> {
    let mut bench = Bench::new();
    for name in ["bob", "cyd"] {
        bench.account(name, AccessLevel::User, Status::Pending);
    }
    let second = bench.second();
    read_ahead(&second.service, second.now, go_on);
    for file in ["nexus.db", "nexus.db-wal"].map(|name| bench.folder().join(name)) {
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::write(&file, vec![0; usize::try_from(length).unwrap()]).unwrap();
    }
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 10 };
    read(&*second.service.store, |rows| {
        let users = rows.users(second.now, &ListOf::default(), span)?;
        Ok((users.total, rows.tab_counts(second.now, None)?.pending))
    })
}

#[test]
fn what_was_read_ahead_is_not_read_from_the_disk_again() {
    assert_eq!(shown_without_files(&mut || true), Ok((3, 2)));
    assert!(shown_without_files(&mut || false).is_err(), "nothing was read");
}
