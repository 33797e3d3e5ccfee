use crate::domain::time::Duration;
use crate::service::contract::{
    AccountAction, AccountChange, Action, Bin, CountedRows, Directories, DirectorySelector, InBin, Sessions,
    Undo,
};

use super::*;
use requests::{accounts_named, alan, counted, edit, import, secret, sessions, shown, uncounted};

mod requests;

/// The table "Asking" of the interface, but for the rows that hold for any action: several rows, and the operator's own.
#[test]
fn the_table_of_actions_asks_as_the_interface_says() {
    let name = || Confirmation::TypeName("alan".into());
    let (at_once, ask) = (|| Confirmation::AtOnce, || Confirmation::Ask);
    let table: [(&[Action], Confirmation, Confirmation); 5] = [
        (&[Action::Swept, Action::Undone, Action::Redone, Action::Imported], at_once(), at_once()),
        (&[Action::Purged, Action::Erased], name(), name()),
        (
            &[
                Action::Promoted,
                Action::Demoted,
                Action::PasswordSet,
                Action::CodeRevoked,
                Action::InvitationRevoked,
                Action::Rejected,
                Action::FactorReset,
                Action::Recovered,
                Action::Revoked,
                Action::Repaired,
                Action::StoreRestored,
            ],
            ask(),
            ask(),
        ),
        (&[Action::Deleted, Action::Trashed, Action::Suspended], at_once(), ask()),
        (
            &[
                Action::Added,
                Action::Confirmed,
                Action::Edited,
                Action::CodeMade,
                Action::FactorEnrolled,
                Action::Unlocked,
                Action::Issued,
                Action::Renewed,
                Action::Provisioned,
                Action::Restored,
                Action::Renamed,
                Action::Moved,
                Action::Invited,
                // Whether they overwrite a file is not told by a count of rows.
                Action::BackedUp,
                Action::Exported,
            ],
            at_once(),
            at_once(),
        ),
    ];
    let mut told = Vec::new();
    for (actions, console, command) in table {
        for action in actions {
            let counted = ActionSummary { cuts_off: true, ..one(*action) };
            let asked = |front_end| Confirmation::needed(action.row().asking, &counted, front_end);
            assert_eq!(
                (asked(FrontEnd::Console), asked(FrontEnd::Command)),
                (console.clone(), command.clone()),
                "{action:?}"
            );
            told.push(*action);
        }
    }
    told.sort();
    let other = [
        Action::SetUp,
        Action::LoggedIn,
        Action::LoggedOut,
        Action::Opened,
        Action::ClockSet,
        Action::Rechained,
        Action::Registered,
        Action::TokenUsed,
    ];
    let acts = Action::ALL.into_iter().filter(|action| !other.contains(action)).collect::<Vec<_>>();
    assert_eq!(told, acts, "the interface tells of every action");
}

/// The rows of the table that depend on what the action does to the rows, and on their number.
#[test]
fn what_was_counted_decides_as_the_interface_says() {
    let nothing = one(Action::Suspended);
    for (action, counted, rule) in [
        (Action::Suspended, ActionSummary { ended: 1, cuts_off: true, ..nothing.clone() }, Asking::Always),
        (Action::Suspended, ActionSummary { changes_level: true, ..nothing.clone() }, Asking::Always),
        (Action::CodeMade, ActionSummary { replaces_code: true, ..nothing.clone() }, Asking::Always),
        (Action::Deleted, ActionSummary { others: Some(Box::default()), ..nothing.clone() }, Asking::Always),
        (Action::Deleted, ActionSummary { ended: 7, ..nothing }, Asking::Undoable),
    ] {
        assert_eq!(action.row().asking.counted(&counted), rule, "{action:?}");
    }
    for action in Action::ALL {
        let asking = action.row().asking;
        let of =
            |rows| [FrontEnd::Console, FrontEnd::Command].map(|front_end| asking.answer(rows, front_end));
        let expected = match asking {
            Asking::Never | Asking::UnlessOwn | Asking::ReplacesFile => [ExpectedAnswer::Nothing; 2],
            Asking::Purge => [ExpectedAnswer::Number; 2],
            Asking::Always
            | Asking::MakesAdmins
            | Asking::Undoable
            | Asking::CutsOff
            | Asking::MayCutOff
            | Asking::ReplacesCode
            | Asking::OneRow => [ExpectedAnswer::Yes; 2],
        };
        assert_eq!((of(2), of(10)), (expected, expected), "{action:?}");
        let many =
            if expected == [ExpectedAnswer::Nothing; 2] { expected } else { [ExpectedAnswer::Number; 2] };
        assert_eq!((of(11), of(1_000_000)), (many, many), "{action:?}");
    }
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

fn one(action: Action) -> ActionSummary {
    ActionSummary { accounts: 1, label: Some("alan".into()), id: Some(3), ..ActionSummary::new(action) }
}

fn several(action: Action, accounts: u64) -> ActionSummary {
    ActionSummary { accounts, sessions: 40, directories: 80, ..ActionSummary::new(action) }
}

/// Returns the confirmations of the console and of a command.
fn both(request: &Request, counted: &ActionSummary) -> [Confirmation; 2] {
    [FrontEnd::Console, FrontEnd::Command].map(|from| Confirmation::of(request, counted, from))
}

fn suspend(n: i64) -> Request {
    Request::Accounts(AccountAction::Suspend.on(accounts_named(n)))
}

fn on_one(action: AccountAction) -> Request {
    Request::Accounts(action.on(accounts_named(1)))
}

fn purge() -> Request {
    Request::Bin(Bin::Purge(InBin::Account(alan())))
}

#[test]
fn sweep_undo_redo_and_a_plain_import_are_done_at_once_whatever_their_size() {
    let many =
        ActionSummary { accounts: 600, sessions: 1_200, ended: 1_200, ..ActionSummary::new(Action::Undone) };
    let requests = [
        Request::Sessions(Sessions::Sweep),
        Request::Undo(Undo::Last),
        Request::Undo(Undo::Redo),
        Request::Undo(Undo::Entry(7)),
        import(false),
    ];
    for request in requests {
        assert_eq!(both(&request, &many), [Confirmation::AtOnce, Confirmation::AtOnce], "{request:?}");
        assert!(!request.always_asks() && !request.must_be_counted(FrontEnd::Command), "{request:?}");
    }
    assert!(import(true).always_asks());
}

#[test]
fn a_purge_is_accepted_by_name_and_several_by_their_number() {
    let name = || Confirmation::TypeName("alan".into());
    assert_eq!(both(&purge(), &one(Action::Purged)), [name(), name()]);
    let number = || Confirmation::TypeNumber(2);
    assert_eq!(both(&purge(), &several(Action::Purged, 2)), [number(), number()]);
}

#[test]
fn several_rows_are_asked_about_and_more_than_ten_by_their_number() {
    let life = Duration::hours(8);
    for (request, action) in [
        (Request::Accounts(AccountAction::Delete.on(shown())), Action::Deleted),
        (Request::Accounts(AccountAction::Confirm.on(shown())), Action::Confirmed),
        (Request::Accounts(AccountAction::Promote.on(shown())), Action::Promoted),
        (suspend(20), Action::Suspended),
        (Request::Directories(Directories::Provision(shown())), Action::Provisioned),
    ] {
        let asks = [Confirmation::Ask, Confirmation::Ask];
        assert_eq!(both(&request, &several(action, 2)), asks, "{request:?}");
        assert_eq!(both(&request, &several(action, 10)), asks, "what goes along is not counted");
        let number = || Confirmation::TypeNumber(11);
        assert_eq!(both(&request, &several(action, 11)), [number(), number()], "{request:?}");
    }
    let renewed = ActionSummary { sessions: 12, ..ActionSummary::new(Action::Renewed) };
    let renew = Request::Sessions(Sessions::Renew { which: sessions(&[1, 2]), life });
    assert_eq!(both(&renew, &renewed), [Confirmation::TypeNumber(12), Confirmation::TypeNumber(12)]);
    let trashed = ActionSummary { directories: 42, ..ActionSummary::new(Action::Trashed) };
    let trash =
        Request::Directories(Directories::Trash(vec![DirectorySelector::Id(5), DirectorySelector::Id(6)]));
    assert_eq!(both(&trash, &trashed), [Confirmation::TypeNumber(42), Confirmation::TypeNumber(42)]);
}

#[test]
fn what_gives_or_takes_rights_is_asked_about_for_one_row_already() {
    let admin = Fields { level: Some(AccessLevel::Admin), ..Fields::default() };
    let add = |fields| Request::Accounts(Accounts::Add { fields, password: None, must_change: false });
    let changes = |action| ActionSummary { changes_level: true, ..one(action) };
    let password = AccountChange::SetPassword { password: secret(), must_change: true }.of(alan());
    for (request, counted) in [
        (add(admin.clone()), changes(Action::Added)),
        (edit(admin), changes(Action::Edited)),
        (on_one(AccountAction::Promote), changes(Action::Promoted)),
        (on_one(AccountAction::Demote), changes(Action::Demoted)),
        (Request::Accounts(password), one(Action::PasswordSet)),
        (Request::Accounts(AccountChange::RevokeCode.of(alan())), one(Action::CodeRevoked)),
        (
            Request::Sessions(Sessions::Revoke(sessions(&[7]))),
            ActionSummary {
                sessions: 1,
                label: Some("3fa9c1e0".into()),
                ..ActionSummary::new(Action::Revoked)
            },
        ),
        (suspend(1), ActionSummary { sessions: 2, ended: 2, cuts_off: true, ..one(Action::Suspended) }),
    ] {
        assert_eq!(both(&request, &counted), [Confirmation::Ask, Confirmation::Ask], "{request:?}");
        assert!(request.always_asks() && request.must_be_counted(FrontEnd::Console), "{request:?}");
    }
    assert!(!add(Fields::default()).must_be_counted(FrontEnd::Console));
}

#[test]
fn a_first_access_code_replaces_nothing() {
    let make = Request::Accounts(AccountChange::MakeCode { life: Duration::hours(1) }.of(alan()));
    assert_eq!(both(&make, &one(Action::CodeMade)), [Confirmation::AtOnce, Confirmation::AtOnce]);
    let replaced = ActionSummary { replaces_code: true, ..one(Action::CodeMade) };
    assert_eq!(both(&make, &replaced), [Confirmation::Ask, Confirmation::Ask]);
    assert!(!make.always_asks());
}

#[test]
fn one_row_that_undo_brings_back_whole_is_done_at_once_in_the_console() {
    let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
    let trashed =
        ActionSummary { directories: 42, label: Some("a/b".into()), ..ActionSummary::new(Action::Trashed) };
    for (request, counted) in [
        (
            Request::Accounts(AccountAction::Delete.on(accounts_named(1))),
            ActionSummary { sessions: 5_000, directories: 9, ..one(Action::Deleted) },
        ),
        (Request::Directories(Directories::Trash(vec![DirectorySelector::Id(5)])), trashed),
        (suspend(1), ActionSummary { cuts_off: true, ..one(Action::Suspended) }),
        (edit(fields), ActionSummary { cuts_off: true, ..one(Action::Edited) }),
    ] {
        assert_eq!(both(&request, &counted), [Confirmation::AtOnce, Confirmation::Ask], "{request:?}");
        assert!(request.always_asks(), "{request:?}");
    }
}

#[test]
fn everything_else_for_one_row_is_done_at_once() {
    let restored = ActionSummary { sessions: 7, directories: 90, left_out: 2, ..one(Action::Restored) };
    let restore =
        Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None, with_sessions: false });
    assert_eq!(both(&restore, &restored), [Confirmation::AtOnce, Confirmation::AtOnce]);
    let confirm = Request::Accounts(AccountAction::Confirm.on(shown()));
    let confirmed = ActionSummary { directories: 8, ..one(Action::Confirmed) };
    assert_eq!(
        both(&confirm, &confirmed),
        [Confirmation::AtOnce, Confirmation::AtOnce],
        "a filter that shows one"
    );
}

#[test]
fn nothing_is_asked_about_what_is_so_already() {
    let unchanged = |action| ActionSummary { unchanged: 20, ..ActionSummary::new(action) };
    for request in [suspend(20), on_one(AccountAction::Promote), purge()] {
        assert_eq!(
            both(&request, &unchanged(Action::Suspended)),
            [Confirmation::AtOnce, Confirmation::AtOnce]
        );
    }
}

#[test]
fn what_is_the_operators_own_is_asked_about_and_said() {
    let delete = Request::Accounts(AccountAction::Delete.on(accounts_named(1)));
    let own = ActionSummary { own: Own::Account, ..one(Action::Deleted) };
    assert_eq!(Confirmation::of(&delete, &own, FrontEnd::Console), Confirmation::Ask);
    let lines = ["This is your own account. You are logged out and cannot log in again."];
    assert_eq!(consequences(&delete, &own), lines, "u undoes nothing for whoever is out");
    assert_eq!(hint(&own), None);
    let undo = Request::Undo(Undo::Last);
    let own = ActionSummary { own: Own::Level, ended: 3, ..one(Action::Undone) };
    assert_eq!(Confirmation::of(&undo, &own, FrontEnd::Console), Confirmation::Ask, "an undo, too");
    let revoke = Request::Sessions(Sessions::Revoke(sessions(&[7])));
    let own = ActionSummary { sessions: 1, own: Own::Session, ..ActionSummary::new(Action::Revoked) };
    assert_eq!(consequences(&revoke, &own), ["This ends your own session.", "This cannot be undone."]);
    let left_out = ActionSummary { own: Own::LeftOut, ..several(Action::Deleted, 3) };
    assert_eq!(Confirmation::of(&delete, &left_out, FrontEnd::Console), Confirmation::Ask);
    let lines = [
        "40 sessions and 80 directories go to the bin with them.",
        "Your own account is left out.",
        "u undoes.",
    ];
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
    let summary = ActionSummary { sessions: 2, ended: 2, ..one(Action::Suspended) };
    assert_eq!(consequences(&suspend(1), &summary), ["Ends 2 sessions for good.", "u undoes the rest."]);
    let fields =
        Fields { status: Some(Status::Pending), level: Some(AccessLevel::Admin), ..Fields::default() };
    let summary = ActionSummary { sessions: 1, ended: 1, ..one(Action::Edited) };
    let lines = [
        "Status becomes pending.",
        "Access level becomes admin.",
        "Ends 1 session for good.",
        "u undoes the rest.",
    ];
    assert_eq!(consequences(&edit(fields.clone()), &summary), lines);
    let asked = "Change alan, end 1 session: status becomes pending, access level becomes admin?";
    assert_eq!(question(&edit(fields), &summary), asked);
}

#[test]
fn what_cannot_come_back_from_the_bin_is_told_first() {
    let partly = ActionSummary { sessions: 7, directories: 9, left_out: 2, ..one(Action::Restored) };
    let request =
        Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None, with_sessions: false });
    let lines = [
        "7 sessions and 9 directories come back with it.",
        "2 exist already and are not restored.",
        "u undoes.",
    ];
    assert_eq!(consequences(&request, &partly), lines);
}

#[test]
fn a_notice_names_the_way_back_where_there_is_one() {
    assert_eq!(hint(&one(Action::Confirmed)), Some("u undoes"));
    assert_eq!(hint(&one(Action::Suspended)), Some("u undoes"));
    assert_eq!(
        hint(&ActionSummary { sessions: 2, ended: 2, ..one(Action::Suspended) }),
        Some("u undoes the rest")
    );
    assert_eq!(hint(&one(Action::Undone)), Some("Ctrl-r redoes it"));
    assert_eq!(hint(&one(Action::PasswordSet)), None);
}
