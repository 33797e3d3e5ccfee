use std::fs;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{EntityKind, Entry, JournalColumn, Outcome};
use crate::domain::page::{Selection, Sort};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector,
    InBin, Request, Sessions, SignIn, Undo,
};
use crate::service::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, fields, secret, who};

use super::*;

/// Returns the whole journal, oldest entry first.
fn journal(bench: &mut Bench) -> Vec<Entry> {
    shown(bench, Caller::Owner, None)
}

fn shown(bench: &mut Bench, caller: Caller, filter: Option<&str>) -> Vec<Entry> {
    let filter = filter.map_or_else(Filter::default, |text| Filter::parse(ListKind::Journal, text).unwrap());
    let sort = Sort { column: JournalColumn::Seq, descending: false };
    match bench.ask(caller, Request::Journal(Journal::List { filter, sort, span: ALL })).unwrap() {
        Reply::Entries(window) => window.rows,
        other => panic!("{other:?}"),
    }
}

/// Returns an entry as one line.
fn line(entry: &Entry) -> String {
    let outcome = if entry.outcome == Outcome::Done { "" } else { " refused" };
    format!("{}{outcome} {} {} -> {}", entry.action, entry.object.label, entry.before, entry.after)
}

/// Returns the lines of the entries that follow the first `from`.
fn lines(bench: &mut Bench, from: usize) -> Vec<String> {
    journal(bench).iter().skip(from).map(line).collect()
}

fn verify(bench: &mut Bench, expect: Option<Head>) -> Checked {
    match bench.ask(Caller::Owner, Request::Journal(Journal::Verify { expect })).unwrap() {
        Reply::Checked(checked) => checked,
        other => panic!("{other:?}"),
    }
}

fn head(bench: &mut Bench) -> Head {
    bench.read(|rows| rows.journal_head())
}

#[test]
fn an_act_on_accounts_is_an_entry_for_each() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Suspended);
    bench.account("eve", AccessLevel::User, Status::Suspended);
    bench.done(Caller::Owner, Directories::Provision(accounts_named(&["bob", "eve"])));
    let from = journal(&mut bench).len();
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob", "eve", "ada"])));
    let entries = journal(&mut bench);
    assert_eq!(
        entries.iter().skip(from).map(line).collect::<Vec<_>>(),
        [
            r#"confirm bob {"status":"suspended"} -> {"status":"confirmed"}"#,
            r#"confirm eve {"status":"suspended"} -> {"status":"confirmed"}"#,
        ]
    );
    assert_eq!(entries[from + 1].act, entries[from].seq, "one act");
}

#[test]
fn an_entry_says_who_and_where_from() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let session = bench.session(ada).id;
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["bob"])));
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let entries = journal(&mut bench);
    let [.., console, command] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((console.actor.account.map(|id| id.0), console.actor.name.as_str()), (Some(1), "ada"));
    assert_eq!((console.origin.session, console.origin.place.as_str()), (Some(session), "pts/3"));
    assert_eq!((command.actor.account, command.actor.name.as_str()), (None, "root"));
    assert_eq!((command.actor.sudo_user.as_deref(), command.origin.session), (Some("ada"), None));
}

#[test]
fn what_is_refused_is_an_entry_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    let from = journal(&mut bench).len();
    bench.refused(bob, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.refused(Caller::Owner, AccountAction::Demote.on(accounts_named(&["ada"])));
    assert_eq!(
        lines(&mut bench, from),
        [
            r#"delete refused bob {} -> {"refused":"Only an admin may delete accounts."}"#,
            r#"demote refused ada {} -> {"refused":"That would leave no usable admin."}"#,
        ]
    );
}

#[test]
fn a_failed_log_in_names_only_accounts_that_are_there() {
    let mut bench = Bench::new();
    bench.log_in("ada", OTHER).unwrap_err();
    bench.log_in("my-secret-typed-as-a-name", PASSWORD).unwrap_err();
    let entries = journal(&mut bench);
    assert_eq!(
        entries.iter().map(line).collect::<Vec<_>>(),
        [
            r#"log-in refused ada {} -> {"refused":"Wrong username or password."}"#,
            r#"log-in refused unknown {} -> {"refused":"Wrong username or password."}"#,
        ]
    );
    assert_eq!((entries[0].actor.account, entries[0].actor.name.as_str()), (None, "root"));
}

#[test]
fn coming_and_going_are_entries_of_the_session() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let session = bench.session(ada).id;
    bench.ask(ada, SignIn::LogOut.into()).unwrap();
    let entries = journal(&mut bench);
    let told: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.object.kind)).collect();
    assert_eq!(told, [("log-in", EntityKind::Session), ("log-out", EntityKind::Session)]);
    for entry in &entries {
        assert_eq!((entry.object.id, entry.origin.session), (Some(session), Some(session)));
        assert_eq!((entry.actor.name.as_str(), entry.origin.place.as_str()), ("ada", "pts/3"));
    }
}

#[test]
fn a_rehearsal_leaves_no_entry() {
    let mut bench = Bench::new();
    let before = head(&mut bench);
    bench.rehearse(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"])).into()).unwrap_err();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.rehearse(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])).into()).unwrap();
    let add = Accounts::Add { fields: fields("eve"), password: None, must_change: false };
    bench.rehearse(Caller::Owner, add.into()).unwrap();
    assert_eq!(head(&mut bench), before);
}

#[test]
fn directories_tell_where_they_were() {
    let mut bench = Bench::new();
    bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada"])));
    let from = journal(&mut bench).len();
    let place = |path: &str| DirectorySelector::Path(path.into());
    let path = "00001_ADA/Photos/2024".to_owned();
    bench.done(Caller::Owner, Directories::Add { path, owner: None });
    let rename = Directories::Rename { place: place("00001_ADA/Photos/2024"), name: "2025".into() };
    bench.done(Caller::Owner, rename);
    let to = place("00001_ADA/Videos");
    bench.done(Caller::Owner, Directories::Move { place: place("00001_ADA/Photos/2025"), to });
    bench.done(Caller::Owner, Directories::Trash(vec![place("00001_ADA/Videos")]));
    assert_eq!(
        lines(&mut bench, from),
        [
            r#"add 00001_ADA/Photos/2024 {} -> {"directory_path":"00001_ADA/Photos/2024"}"#,
            r#"rename 00001_ADA/Photos/2024 {"directory_path":"00001_ADA/Photos/2024"} -> {"directory_path":"00001_ADA/Photos/2025","directories":1}"#,
            r#"move 00001_ADA/Photos/2025 {"directory_path":"00001_ADA/Photos/2025"} -> {"directory_path":"00001_ADA/Videos/2025","directories":1}"#,
            r#"trash 00001_ADA/Videos {"directory_path":"00001_ADA/Videos","directories":2} -> {"bin":1}"#,
        ]
    );
}

#[test]
fn no_secret_is_in_the_file() {
    let mut bench = Bench::new();
    let add = Accounts::Add { fields: fields("bob"), password: None, must_change: false };
    let Ok(Reply::Secret { secret: code, .. }) = bench.ask(Caller::Owner, add.into()) else { panic!() };
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    let issue = Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None };
    let Ok(Reply::Secret { secret: token, .. }) = bench.ask(Caller::Owner, issue.into()) else { panic!() };
    let set = AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob"));
    bench.done(Caller::Owner, set);
    bench.log_in(PASSWORD, OTHER).unwrap_err();
    bench.operator("ada");
    let wrong = SignIn::LogIn { name: "ada".into(), secret: secret("wrong but nearly right"), code: None };
    bench.ask(Caller::Nobody, wrong.into()).unwrap_err();

    let mut bytes = Vec::new();
    for file in fs::read_dir(bench.folder()).unwrap() {
        bytes.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("nexus_journal") && holds("sessions_ended"), "the search finds what is there");
    for secret in [code.expose(), token.expose(), PASSWORD, OTHER, "wrong but nearly right"] {
        assert!(!holds(secret), "{secret}");
    }
}

#[test]
fn a_whole_journal_is_verified_and_its_head_is_found_again() {
    let mut bench = Bench::new();
    assert_eq!(verify(&mut bench, Some(Head::empty())), Checked { head: Head::empty(), broken: None });
    bench.operator("ada");
    let noted = head(&mut bench);
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    let now = head(&mut bench);
    assert_eq!(now.seq, 2);
    for expect in [None, Some(noted.clone()), Some(now.clone())] {
        assert_eq!(verify(&mut bench, expect), Checked { head: now.clone(), broken: None });
    }
    let longer = Head { seq: 3, ..now.clone() };
    assert_eq!(verify(&mut bench, Some(longer)).broken.unwrap().seq, 3, "its end was cut off");
    let other = Head { hash: now.hash, ..noted };
    assert_eq!(verify(&mut bench, Some(other)).broken.unwrap().seq, 1, "it was written anew");
}

#[test]
fn an_account_is_shown_as_it_was() {
    let mut bench = Bench::new();
    bench.now += Duration::hours(1);
    let add = Accounts::Add { fields: fields("bob"), password: None, must_change: false };
    bench.ask(Caller::Owner, add.into()).unwrap();
    let made = bench.now;
    bench.now += Duration::hours(1);
    let rename = Fields { username: Some("rob".into()), ..Fields::default() };
    bench.done(Caller::Owner, AccountChange::Edit { fields: rename, was: None }.of(who("bob")));
    bench.now += Duration::hours(1);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["rob"])));
    bench.now += Duration::hours(1);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["rob"])));
    let mut told = |after: Duration| {
        let ask = Journal::AsItWas { who: who("bob"), at: made + after };
        let Reply::AsItWas(was) = bench.ask(Caller::Owner, Request::Journal(ask))? else { panic!() };
        let text = |field| was.fields.get(field).unwrap().as_str().unwrap().to_owned();
        Ok::<_, Failure>(format!("{} {}", text("username"), text("status")))
    };
    assert_eq!(told(Duration::zero()).unwrap(), "bob pending");
    assert_eq!(told(Duration::minutes(90)).unwrap(), "rob pending");
    assert_eq!(told(Duration::minutes(150)).unwrap(), "rob confirmed");
    assert_eq!(told(-Duration::minutes(1)).unwrap_err().kind, FailureKind::NotFound);
    assert_eq!(told(Duration::hours(4)).unwrap_err().kind, FailureKind::NotFound);
}

#[test]
fn a_former_name_finds_an_account_that_is_called_otherwise_by_now() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.now += Duration::hours(1);
    let rename = Fields { username: Some("rob".into()), ..Fields::default() };
    bench.done(Caller::Owner, AccountChange::Edit { fields: rename, was: None }.of(who("bob")));
    let ask = Journal::AsItWas { who: who("bob"), at: bench.now - Duration::minutes(1) };
    let Reply::AsItWas(was) = bench.ask(Caller::Owner, Request::Journal(ask)).unwrap() else { panic!() };
    assert_eq!(was.fields.text("username"), Some("bob"));
}

#[test]
fn filters_find_entries() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["bob"])));
    let rename = Fields { username: Some("rob".into()), ..Fields::default() };
    bench.done(Caller::Owner, AccountChange::Edit { fields: rename, was: None }.of(who("bob")));
    bench.later(Duration::days(3));
    bench.refused(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"])));
    let mut verbs = |filter: &str| -> Vec<String> {
        shown(&mut bench, Caller::Owner, Some(filter)).into_iter().map(|entry| entry.action).collect()
    };
    assert_eq!(verbs("by:ADA"), ["log-in", "confirm"]);
    assert_eq!(verbs("by:root !result:refused"), ["edit"]);
    assert_eq!(verbs("verb:confirm by:ada"), ["confirm"]);
    assert_eq!(verbs("user:rob"), ["confirm", "edit"]);
    assert_eq!(verbs("user:bob"), ["confirm", "edit"], "it was called that once");
    assert_eq!(verbs("user:2"), ["confirm", "edit"]);
    assert_eq!(verbs("account:2"), ["confirm", "edit"]);
    assert_eq!(verbs("since:2d"), ["suspend"]);
    assert_eq!(verbs("since:2026-11-26 result:refused"), ["suspend"]);
    assert_eq!(verbs("bob"), ["confirm", "edit"]);
    assert_eq!(verbs("user:nobody"), [""; 0]);
}

#[test]
fn a_plain_user_sees_what_concerns_him() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.operator("ada");
    let bob = bench.operator("bob");
    let told: Vec<_> = shown(&mut bench, bob, None).iter().map(line).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let kind = |bench: &mut Bench, request| bench.ask(bob, Request::Journal(request)).unwrap_err().kind;
    assert_eq!(kind(&mut bench, Journal::Head), FailureKind::Refused);
    assert_eq!(kind(&mut bench, Journal::Verify { expect: None }), FailureKind::Refused);
    let at = bench.now;
    assert_eq!(kind(&mut bench, Journal::AsItWas { who: who("ada"), at }), FailureKind::NotFound);
}

#[test]
fn sessions_are_told_one_by_one_and_swept_by_number() {
    let mut bench = Bench::new();
    let issue = |bench: &mut Bench| {
        let issue = Sessions::Issue { who: who("ada"), life: Duration::hours(1), label: None };
        bench.ask(Caller::Owner, issue.into()).unwrap();
    };
    issue(&mut bench);
    issue(&mut bench);
    let renew = Sessions::Renew { which: Selection::one(1), life: Duration::hours(2) };
    bench.done(Caller::Owner, renew);
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(1)));
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(1)));
    bench.later(Duration::hours(3));
    bench.done(Caller::Owner, Sessions::Sweep);
    let told = lines(&mut bench, 0);
    assert!(told[0].starts_with("issue ada "), "{told:?}");
    assert!(
        told[2].contains(r#"{"expiration":"2026-11-23 13:00:00"} -> {"expiration":"2026-11-23 14:00:00"}"#)
    );
    assert!(told[3].ends_with(r#"{"status":"active"} -> {"status":"expired"}"#));
    assert_eq!(told[4], r#"sweep sessions {} -> {"sessions_ended":1}"#, "what was over is not told again");
    assert_eq!(told.len(), 5);
}

#[test]
fn an_act_that_cannot_be_written_down_is_not_done() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    // Behind the last number that there is, no entry can be written.
    bench.spoil(
        "DROP TRIGGER nexus_journal_gapless;
         INSERT INTO nexus_journal (seq, at, actor, place, verb, outcome, kind, label, before, after, act, hash)
         VALUES (9223372036854775807, '', '', '', '', 'done', 'store', '', '{}', '{}', 1, '');
         CREATE TRIGGER nexus_journal_gapless BEFORE INSERT ON nexus_journal
         WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM nexus_journal)
         BEGIN
           SELECT raise(FAIL, 'the journal has no gaps');
         END;",
    );
    assert!(bench.log_in("ada", PASSWORD).is_err());
    assert!(bench.ask(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])).into()).is_err());
    assert_eq!(bench.user("bob").status, Status::Pending);
    let everyone = AccountSelection::Named(vec![who("bob")]);
    assert!(bench.ask(Caller::Owner, AccountAction::Delete.on(everyone).into()).is_err());
    assert_eq!(bench.user("bob").status, Status::Pending);
}

#[test]
fn a_reason_stands_in_every_entry_of_an_act_and_changes_nothing_else() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    let suspend = AccountAction::Suspend.on(accounts_named(&["bob", "eve"]));
    bench.because("payment failed", Caller::Owner, suspend).unwrap();
    let head = bench.read(|rows| rows.journal_head()).seq;
    for seq in [head - 1, head] {
        let entry = bench.read(|rows| rows.entry(seq)).unwrap();
        assert_eq!(entry.reason.as_deref(), Some("payment failed"));
        assert_eq!(entry.after.get("reason"), None);
    }
    bench.because("a mistake", Caller::Owner, Undo::Last).unwrap();
    let entry = bench.read(|rows| rows.entry(head + 1)).unwrap();
    assert_eq!((entry.action.as_str(), entry.reason.as_deref()), ("undo", Some("a mistake")));
    assert_eq!(bench.user("eve").status, Status::Confirmed);
    // What is gone for good stays so, whatever was said about it.
    bench.because("gone", Caller::Owner, AccountAction::Delete.on(accounts_named(&["eve"]))).unwrap();
    bench.because("for ever", Caller::Owner, Bin::Purge(InBin::Account(who("eve")))).unwrap();
    assert_eq!(bench.kind(Caller::Owner, Undo::Last), FailureKind::Refused);
    let head = bench.read(|rows| rows.journal_head()).seq;
    let refused =
        bench.because("try", Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"]))).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    let entry = bench.read(|rows| rows.entry(head + 1)).unwrap();
    assert_eq!((entry.outcome, entry.reason.as_deref()), (Outcome::Refused, Some("try")));
    let verify = Request::Journal(Journal::Verify { expect: None });
    let checked = bench.ask(Caller::Owner, verify).unwrap();
    assert!(matches!(checked, Reply::Checked(checked) if checked.broken.is_none()));
}
