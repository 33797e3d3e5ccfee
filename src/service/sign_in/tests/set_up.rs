//! Set-up: the first admin, and the way back in.

use super::*;

#[test]
fn the_set_up_makes_an_admin_with_a_home_and_lets_them_in() {
    let mut bench = Bench::empty();
    let operator = signed_in(bench.ask(Caller::Nobody, set_up("grace").into()).unwrap());
    assert_eq!((operator.label.as_str(), operator.level), ("grace", AccessLevel::Admin));
    assert_eq!(operator.expires_at, bench.now + DEFAULT_LIFE);
    assert_eq!(bench.user("grace").status, Status::Confirmed);
    assert_eq!(bench.paths().len(), 8);
    assert!(bench.is_in(operator.caller()));
    assert!(bench.log_in("grace", PASSWORD).is_ok());
}

#[test]
fn a_set_up_by_the_owner_opens_no_session() {
    let mut bench = Bench::empty();
    let summary = bench.done(Caller::Owner, set_up("grace"));
    assert_eq!((summary.action, summary.accounts, summary.directories), (Action::SetUp, 1, 8));
    assert_eq!(bench.user("grace").active_sessions, 0);
}

#[test]
fn of_two_set_ups_the_second_is_refused() {
    let mut first = Bench::empty();
    let mut second = first.second();
    first.ask(Caller::Nobody, set_up("grace").into()).unwrap();
    let failure = second.refused(Caller::Nobody, set_up("mallory"));
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Conflict, "There is an admin already.")
    );
}

#[test]
fn an_admin_who_cannot_log_in_does_not_stop_a_set_up() {
    let mut bench = Bench::empty();
    bench.account("pia", AccessLevel::Admin, Status::Pending);
    let hashless = bench.account("ulf", AccessLevel::Admin, Status::Confirmed);
    bench.store_hash(hashless, UNUSABLE);
    for (same, field) in [
        (Fields { email: fields("grace").email, ..fields("ulf") }, Field::Username),
        (Fields { email: fields("ulf").email, ..fields("grace") }, Field::Email),
    ] {
        let taken = bench.refused(Caller::Nobody, SignIn::SetUp { fields: same, password: secret(PASSWORD) });
        assert_eq!((taken.kind, taken.field), (FailureKind::Conflict, Some(field)));
    }
    signed_in(bench.ask(Caller::Nobody, set_up("grace").into()).unwrap());
}

/// Returns the status that the console reads before anyone logs in.
fn admins(bench: &mut Bench) -> Admins {
    match bench.ask(Caller::Nobody, SignIn::Look.into()) {
        Ok(Reply::StoreStatus(status)) => status.admins,
        other => panic!("{other:?}"),
    }
}

#[test]
fn once_there_was_an_admin_only_the_owner_of_the_file_sets_up_again() {
    let mut bench = Bench::empty();
    signed_in(bench.ask(Caller::Nobody, set_up("grace").into()).unwrap());
    bench.spoil("UPDATE de_torres_vincent_users SET status = 'suspended'");
    assert_eq!(admins(&mut bench), Admins::NoneNow);
    let refused = bench.refused(Caller::Nobody, set_up("mallory"));
    assert_eq!(refused.kind, FailureKind::Conflict);
    assert!(refused.hint.unwrap().contains("nexus recover WHO"));
    bench.done(Caller::Owner, set_up("ada"));
    assert_eq!(admins(&mut bench), Admins::Usable);
}

#[test]
fn an_admin_that_another_program_made_is_noted_once_anything_is_done() {
    let mut bench = Bench::empty();
    bench.account("pia", AccessLevel::Admin, Status::Confirmed);
    bench.account("ulf", AccessLevel::User, Status::Confirmed);
    signed_in(bench.log_in("ulf", PASSWORD).unwrap());
    bench.spoil("DELETE FROM de_torres_vincent_users");
    assert_eq!(admins(&mut bench), Admins::NoneLeft);
}

#[test]
fn accounts_of_which_none_was_ever_a_usable_admin_still_leave_the_set_up_open() {
    let mut bench = Bench::empty();
    bench.account("pia", AccessLevel::Admin, Status::Pending);
    let hashless = bench.account("ulf", AccessLevel::Admin, Status::Confirmed);
    bench.store_hash(hashless, UNUSABLE);
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    signed_in(bench.log_in("eve", PASSWORD).unwrap());
    assert_eq!(admins(&mut bench), Admins::Never);
}

#[test]
fn a_set_up_names_the_field_that_is_wrong() {
    let mut bench = Bench::empty();
    for (broken, field) in [
        (Fields { first_name: None, ..fields("grace") }, Field::FirstName),
        (Fields { username: Some(String::new()), ..fields("grace") }, Field::Username),
        (Fields { email: Some("grace".into()), ..fields("grace") }, Field::Email),
    ] {
        let failure =
            bench.refused(Caller::Nobody, SignIn::SetUp { fields: broken, password: secret(PASSWORD) });
        assert_eq!((failure.kind, failure.field), (FailureKind::Invalid, Some(field)));
    }
    let weak = SignIn::SetUp { fields: fields("grace"), password: secret("grace") };
    assert_eq!(bench.refused(Caller::Nobody, weak).field, Some(Field::Password));
}

#[test]
fn a_set_up_that_comes_second_by_a_moment_is_refused() {
    let mut bench = Bench::empty();
    let hash = bench.service.hasher.hash(&secret(OTHER)).unwrap();
    let confirmed =
        Fields { level: Some(AccessLevel::Admin), status: Some(Status::Confirmed), ..fields("ada") };
    let created_at = bench.now;
    bench.meddle(move |rows| {
        let ada = NewUser { id: None, fields: confirmed, password_hash: hash, created_at, updated_at: None };
        rows.insert_user(&ada).unwrap();
    });
    assert_eq!(bench.kind(Caller::Nobody, set_up("grace")), FailureKind::Conflict);
    assert_eq!(bench.kind(Caller::Owner, Accounts::Show(who("grace"))), FailureKind::NotFound);
}
