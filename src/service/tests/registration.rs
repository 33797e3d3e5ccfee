//! Registration: what it makes, what it tells, and what limits it.

use std::sync::Barrier;

use crate::domain::config::Registration;
use crate::domain::secret::Secret;
use crate::domain::time::Duration;
use crate::domain::user::Field;
use crate::service::contract::{
    AccountAction, Failure, FailureKind, InvitationInForce, Journal, SignIn, StoreStatus,
};
use crate::service::testing::{PASSWORD, accounts_named, fields};

use super::*;

const OWNER: Caller = Caller::Owner;

fn open() -> Bench {
    let mut bench = Bench::new();
    bench.service.registration = Registration::Open;
    bench
}

fn with_codes() -> Bench {
    let mut bench = Bench::new();
    bench.service.registration = Registration::Code;
    bench
}

fn register(fields: Fields, code: &str) -> Request {
    SignIn::Register { fields, password: secret(OTHER), code: secret(code) }.into()
}

impl Bench {
    fn register(&mut self, name: &str) -> Result<Reply, Failure> {
        self.ask(Caller::Nobody, register(fields(name), ""))
    }

    fn register_with(&mut self, name: &str, code: &str) -> Result<Reply, Failure> {
        self.ask(Caller::Nobody, register(fields(name), code))
    }

    fn invite(&mut self) -> String {
        match self.ask(OWNER, Accounts::Invite { life: Duration::hours(1) }.into()).unwrap() {
            Reply::Secret { secret, .. } => secret.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn invitations(&mut self) -> Vec<InvitationInForce> {
        match self.ask(OWNER, Accounts::ListInvitations.into()).unwrap() {
            Reply::Invitations(found) => found,
            other => panic!("{other:?}"),
        }
    }

    fn told(&mut self) -> StoreStatus {
        match self.ask(Caller::Nobody, SignIn::Look.into()).unwrap() {
            Reply::StoreStatus(status) => status,
            other => panic!("{other:?}"),
        }
    }

    /// Returns the entries about registrations: actor, outcome and label.
    fn registrations(&mut self) -> Vec<(String, String, String)> {
        let filter = Filter::parse(crate::domain::filter::ListKind::Journal, "verb:register").unwrap();
        match self
            .ask(OWNER, Request::Journal(Journal::List { filter, sort: in_order(), span: ALL }))
            .unwrap()
        {
            Reply::Entries(window) => {
                let row = |entry: crate::domain::journal::Entry| {
                    (entry.actor.name, entry.outcome.word().to_owned(), entry.object.label)
                };
                window.rows.into_iter().map(row).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn entry(outcome: &str, label: &str) -> (String, String, String) {
    ("root".into(), outcome.into(), label.into())
}

#[test]
fn a_registered_account_is_pending_whatever_was_asked_for() {
    let mut bench = open();
    let asked = Fields {
        level: Some(AccessLevel::Admin),
        status: Some(Status::Confirmed),
        address: Some("1 Lane".into()),
        ..fields("pia")
    };
    assert_eq!(bench.ask(Caller::Nobody, register(asked, "")), Ok(Reply::Registered));
    let pia = bench.user("pia");
    assert_eq!((pia.level, pia.status, pia.address), (AccessLevel::User, Status::Pending, None));
    assert_eq!(bench.registrations(), [entry("done", "pia")]);
    let words = bench.log_in("pia", OTHER).unwrap_err().message;
    assert_eq!(words, "This account is waiting for confirmation.");
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["pia"])));
    assert!(matches!(bench.log_in("pia", OTHER), Ok(Reply::SignedIn(_))));
}

#[test]
fn a_taken_username_is_told_and_a_taken_email_is_not() {
    let mut bench = open();
    let before = bench.dump();
    let taken = Fields { username: Some("ADA".into()), ..fields("pia") };
    let failure = bench.ask(Caller::Nobody, register(taken, "")).unwrap_err();
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Username)));
    let taken = Fields { email: Some("ADA@nexus.example".into()), ..fields("pia") };
    assert_eq!(bench.ask(Caller::Nobody, register(taken, "")), Ok(Reply::Registered));
    assert_eq!(bench.dump(), before);
    assert_eq!(bench.registrations(), [entry("refused", "ada"), entry("refused", "ada")]);
}

#[test]
fn a_name_of_an_account_in_the_bin_is_taken() {
    let mut bench = open();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    let failure = bench.register("bob").unwrap_err();
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Username)));
    assert!(!failure.message.contains("bin"), "{}", failure.message);
}

#[test]
fn fields_and_password_keep_their_rules() {
    let mut bench = open();
    for (broken, field) in [
        (Fields { username: None, ..fields("pia") }, Field::Username),
        (Fields { username: Some("12".into()), ..fields("pia") }, Field::Username),
        (Fields { first_name: Some(" ".into()), ..fields("pia") }, Field::FirstName),
        (Fields { email: Some("pia".into()), ..fields("pia") }, Field::Email),
    ] {
        let failure = bench.ask(Caller::Nobody, register(broken, "")).unwrap_err();
        assert_eq!((failure.kind, failure.field), (FailureKind::Invalid, Some(field)));
    }
    let weak = SignIn::Register { fields: fields("pia"), password: secret("short"), code: Secret::new() };
    assert_eq!(bench.refused(Caller::Nobody, weak).field, Some(Field::Password));
    assert_eq!(bench.registrations(), []);
}

#[test]
fn nobody_registers_where_it_is_closed_or_nobody_could_confirm() {
    let mut bench = Bench::new();
    assert_eq!(bench.told().registration, Registration::Closed);
    assert_eq!(bench.register("pia").unwrap_err().kind, FailureKind::Refused);
    let mut empty = Bench::empty();
    empty.service.registration = Registration::Open;
    assert_eq!(empty.told().registration, Registration::Closed);
    assert_eq!(empty.register("pia").unwrap_err().kind, FailureKind::Refused);
    let mut bench = open();
    assert_eq!(bench.told().registration, Registration::Open);
    // The console's reads, this one among them, are answered by a service that cannot write.
    bench.read_only();
    assert_eq!(bench.told().registration, Registration::Open);
    assert_eq!(bench.register("pia").unwrap_err().kind, FailureKind::Unavailable);
}

#[test]
fn an_origin_has_ten_tries_within_an_hour() {
    let mut bench = open();
    for n in 0..9 {
        assert_eq!(bench.register(&format!("p{n}")), Ok(Reply::Registered));
    }
    bench.register("p1").unwrap_err();
    let failure = bench.register("pia").unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{}", failure.message);
    assert_eq!(bench.registrations().len(), 10, "what is too much is not recorded");
    let mut elsewhere = bench.second();
    elsewhere.service.registration = Registration::Open;
    elsewhere.service.host.terminal = "203.0.113.9".into();
    assert_eq!(elsewhere.register("pia"), Ok(Reply::Registered));
    bench.later(Duration::hours(1));
    assert_eq!(bench.register("una"), Ok(Reply::Registered));
}

#[test]
fn an_invitation_is_good_for_one_registration() {
    let mut bench = with_codes();
    let code = bench.invite();
    assert_eq!(bench.invitations().len(), 1);
    assert_eq!(bench.register_with("pia", &code.to_lowercase()), Ok(Reply::Registered));
    assert_eq!(bench.invitations(), []);
    let failure = bench.register_with("una", &code).unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Refused, "This invitation code is not valid.")
    );
    let code = bench.invite();
    assert!(code.starts_with("2-"), "numbers are never used again: {code}");
    // Otherwise the code would tell whether the email was taken.
    let taken = Fields { email: Some("pia@nexus.example".into()), ..fields("una") };
    assert_eq!(bench.ask(Caller::Nobody, register(taken, &code)), Ok(Reply::Registered));
    assert_eq!(bench.invitations(), []);
}

#[test]
fn an_invitation_dies_of_five_wrong_codes_in_time_and_by_revocation() {
    let mut bench = with_codes();
    let code = bench.invite();
    let ada = bench.now;
    let [found] = &bench.invitations()[..] else { panic!() };
    let made = found.terms.made.clone().unwrap();
    assert_eq!((made.by.as_str(), made.at, found.terms.tries_left), ("root", Some(ada), 5));
    for wrong in
        ["", "1-0000-0000", "1-0000-0000", "1-0000-0000", "1-0000-0000", "1-0000-0000", "7-0000-0000"]
    {
        let failure = bench.register_with("pia", wrong).unwrap_err();
        assert_eq!(failure.message, "This invitation code is not valid.");
    }
    assert_eq!(bench.invitations(), []);
    bench.later(Duration::hours(2));
    bench.register_with("pia", &code).unwrap_err();
    let code = bench.invite();
    bench.later(Duration::hours(1));
    bench.register_with("pia", &code).unwrap_err();
    let code = bench.invite();
    let id = bench.invitations()[0].id;
    bench.done(OWNER, Accounts::RevokeInvitation(id));
    bench.register_with("pia", &code).unwrap_err();
    assert_eq!(bench.kind(OWNER, Accounts::RevokeInvitation(id)), FailureKind::NotFound);
    for life in [Duration::seconds(59), Duration::days(7) + Duration::seconds(1)] {
        assert_eq!(bench.kind(OWNER, Accounts::Invite { life }), FailureKind::Invalid);
    }
}

#[test]
fn only_an_admin_invites() {
    let mut bench = with_codes();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    for request in [
        Accounts::Invite { life: Duration::hours(1) },
        Accounts::RevokeInvitation(1),
        Accounts::ListInvitations,
    ] {
        assert_eq!(bench.kind(bob, request), FailureKind::Refused);
    }
}

/// Runs `work` in eight services over one store at once, and returns the results.
fn at_once<T: Send>(bench: &Bench, work: impl Fn(&mut Bench, usize) -> T + Sync) -> Vec<T> {
    let benches: Vec<_> = (0..8).map(|_| bench.second()).collect();
    let barrier = Barrier::new(benches.len());
    std::thread::scope(|scope| {
        let (barrier, work) = (&barrier, &work);
        let begin = |(n, mut other): (usize, Bench)| {
            scope.spawn(move || {
                barrier.wait();
                work(&mut other, n)
            })
        };
        let threads: Vec<_> = benches.into_iter().enumerate().map(begin).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_those_who_use_an_access_code_at_once_one_gets_in() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    let code = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("pia"));
    let Ok(Reply::Secret { secret: code, .. }) = bench.ask(OWNER, code.into()) else { panic!() };
    let results = at_once(&bench, |other, n| {
        let password = secret(&format!("{PASSWORD} {n}"));
        let choose = SignIn::Choose { name: "pia".into(), proof: code.clone(), password };
        other.ask(Caller::Nobody, choose.into())
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let winner = results.iter().position(Result::is_ok).unwrap();
    // Those who came too late failed from the same place, which waits for it.
    bench.later(Duration::minutes(2));
    let entered = bench.log_in("pia", &format!("{PASSWORD} {winner}"));
    assert!(matches!(entered, Ok(Reply::SignedIn(_))), "{entered:?}");
}

#[test]
fn of_those_who_use_an_invitation_at_once_one_registers() {
    let mut bench = with_codes();
    let code = bench.invite();
    let results = at_once(&bench, |other, n| {
        other.service.registration = Registration::Code;
        other.register_with(&format!("p{n}"), &code)
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(names(&mut bench).len(), 2);
}

#[test]
fn ten_thousand_guesses_at_codes_from_one_origin_are_nearly_all_refused_unseen() {
    let mut bench = with_codes();
    let code = bench.invite();
    let number = code.split('-').next().unwrap().to_owned();
    let mut looked_at = 0_u64;
    for guess in 0..10_000_u64 {
        // Codes of an invitation that there is, and of others.
        let guessed = format!("{}-0000-{:04}", if guess % 2 == 0 { &number } else { "77" }, guess % 10_000);
        let failure = bench.register_with("eve", &guessed).unwrap_err();
        looked_at += u64::from(failure.kind == FailureKind::Refused);
        bench.later(Duration::seconds(1));
    }
    // Ten within each hour.
    assert_eq!(looked_at, 10 * 10_000_u64.div_ceil(3_600));
    assert!(bench.invitations().is_empty(), "its tries are over");
    let failure = bench.register_with("eve", &code).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "from here the right one waits, too");
}
