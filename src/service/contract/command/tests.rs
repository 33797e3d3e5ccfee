//! Lines as people read them. That they make the requests they stand for is tried with the commands themselves
//! (`cli::tests::lines`).

use crate::domain::secret::Secret;
use crate::domain::time::Duration;
use crate::domain::user::Status;
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Bin, Directories, Journal, Sessions, SignIn, Undo,
};

use super::*;

const OWN: UserId = UserId(9);

fn line(request: impl Into<Request>) -> String {
    request.into().command(None).unwrap().to_string()
}

fn none(request: impl Into<Request>) -> NoCommand {
    request.into().command(None).unwrap_err()
}

fn id(id: i64) -> Who {
    Who::Id(UserId(id))
}

fn named(ids: &[i64]) -> AccountSelection {
    AccountSelection::Named(ids.iter().copied().map(id).collect())
}

fn pending() -> Filter {
    Filter::parse(ListKind::Users, "status:pending \"van dyck\"").unwrap()
}

fn secret() -> Secret {
    Secret::from_text("correct horse battery").unwrap()
}

#[test]
fn rows_go_by_their_ids() {
    assert_eq!(line(AccountAction::Suspend.on(named(&[17, 23]))), "nexus user suspend 17 23");
    assert_eq!(line(AccountAction::Demote.on(named(&[17]))), "nexus user demote 17");
    assert_eq!(line(Sessions::Revoke(Selection::Ids(vec![7, 8]))), "nexus session revoke 7 8");
    assert_eq!(
        line(Directories::Trash(vec![DirectorySelector::Id(34), DirectorySelector::Id(-5)])),
        "nexus directory trash --id -- 34 -5"
    );
    assert_eq!(line(Request::Bin(Bin::Purge(InBin::Items(Selection::one(1))))), "nexus bin purge 1");
    let rename = Directories::Rename { place: DirectorySelector::Id(34), name: "Summer '24".into() };
    assert_eq!(line(rename), "nexus directory rename --id 34 \"Summer '24\"");
}

#[test]
fn what_a_filter_shows_goes_by_the_filter() {
    let shown = |filter, except| AccountAction::Confirm.on(AccountSelection::Shown { filter, except });
    assert_eq!(
        line(shown(pending(), vec![3, -4])),
        "nexus user confirm --filter 'status:pending \"van dyck\"' --except 3 '--except=-4'"
    );
    assert_eq!(line(shown(Filter::default(), vec![3])), "nexus user confirm --all --except 3");
}

#[test]
fn what_is_shown_to_a_plain_user_is_only_their_own() {
    let all = Selection::Shown { filter: Filter::default(), except: Vec::new() };
    let request = Request::Sessions(Sessions::Revoke(all));
    assert_eq!(request.command(Some(OWN)).unwrap().to_string(), "nexus session revoke --filter user:9");
}

#[test]
fn an_edit_names_what_it_sets() {
    let fields = Fields {
        first_name: Some("Ada".into()),
        username: Some(String::new()),
        address: Some("-".into()),
        status: Some(Status::Confirmed),
        ..Fields::default()
    };
    assert_eq!(
        line(AccountChange::Edit { fields: fields.clone(), was: Some(Box::default()) }.of(id(17))),
        "nexus user edit 17 --firstname Ada --username '' '--address=-' --status confirmed"
    );
    let add = Accounts::Add { fields, password: None, must_change: false };
    assert_eq!(line(add), "nexus user add --firstname Ada '--address=-' --status confirmed");
}

#[test]
fn secrets_are_asked_for() {
    let add = |password| Accounts::Add { fields: Fields::default(), password, must_change: true };
    let set = AccountChange::SetPassword { password: secret(), must_change: true }.of(id(17));
    assert_eq!(line(add(Some(secret()))), "nexus user add --password-stdin --must-change");
    assert_eq!(line(set), "nexus user password 17 --must-change");
}

#[test]
fn spans_are_always_said() {
    assert_eq!(
        line(AccountChange::MakeCode { life: Duration::hours(24) }.of(id(17))),
        "nexus user access-code 17 --for 1d"
    );
    let renew = Sessions::Renew { which: Selection::one(7), life: Duration::hours(8) };
    assert_eq!(line(renew), "nexus session renew 7 --for 8h");
}

#[test]
fn a_store_stands_before_the_command() {
    let sweep = || Request::Sessions(Sessions::Sweep).command(None).unwrap();
    assert_eq!(
        sweep().with_store("/srv/my store.db".as_ref()).unwrap().to_string(),
        "nexus --store '/srv/my store.db' session sweep"
    );
    assert_eq!(sweep().with_store("/srv/\u{202e}".as_ref()), Err(NoCommand::Unseen));
}

#[test]
fn what_a_shell_would_act_on_is_quoted() {
    let add = |path: &str| line(Directories::Add { path: path.into(), owner: None });
    for (path, word) in [
        ("a;reboot", "'a;reboot'"),
        ("$(reboot)", "'$(reboot)'"),
        ("`reboot`", "'`reboot`'"),
        ("it's", "\"it's\""),
        ("~", "'~'"),
        ("Photos/李", "'Photos/李'"),
    ] {
        assert_eq!(add(path), format!("nexus directory add {word}"));
    }
}

#[test]
fn what_a_terminal_would_act_on_or_hides_has_no_line() {
    for path in ["a\nreboot", "\x1b[201~reboot\r", "a\0b", "\u{202e}gpj", "a\u{200b}b", "a\u{9b}31m"] {
        assert_eq!(none(Directories::Add { path: path.into(), owner: None }), NoCommand::Unseen, "{path:?}");
    }
}

#[test]
fn what_would_be_read_as_something_else_has_no_line() {
    let digits = Filter::default().and(Test::User(Who::Username("12".into())));
    let shown = AccountAction::Delete.on(AccountSelection::Shown { filter: digits, except: Vec::new() });
    assert_eq!(none(shown), NoCommand::Unseen);
    assert_eq!(none(AccountAction::Delete.on(named(&[-1]))), NoCommand::Unseen);
}

#[test]
fn not_everything_has_a_command() {
    assert_eq!(none(Request::Journal(Journal::Head)), NoCommand::Reads);
    assert_eq!(none(Request::SignIn(SignIn::LogOut)), NoCommand::OnlyConsole);
    assert_eq!(
        none(Accounts::ChangeOwnPassword { current: secret(), password: secret() }),
        NoCommand::OnlyConsole
    );
    assert_eq!(none(Request::Undo(Undo::Last)), NoCommand::ByEntry);
    assert_eq!(line(Request::Undo(Undo::Entry(4_711))), "nexus undo 4711");
}
