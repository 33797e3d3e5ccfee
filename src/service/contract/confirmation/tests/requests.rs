//! One request of each form, by whether it is counted before it is performed.

use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::Filter;
use crate::domain::page::{Anchor, RowRange, Selection, Sort};
use crate::domain::secret::Secret;
use crate::domain::session::SessionColumn;
use crate::domain::time::Duration;
use crate::domain::user::{UserColumn, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Bin, Directories, DirectorySelector, Import, InBin,
    Journal, LaterStatements, Sessions, SignIn, Undo,
};

use super::*;

pub(super) fn alan() -> Who {
    Who::Id(UserId(3))
}

pub(super) fn accounts_named(n: i64) -> AccountSelection {
    AccountSelection::Named((1..=n).map(|id| Who::Id(UserId(id))).collect())
}

pub(super) fn shown() -> AccountSelection {
    AccountSelection::Shown { filter: Filter::default(), except: vec![] }
}

pub(super) fn sessions(ids: &[i64]) -> Selection {
    Selection::Ids(ids.to_vec())
}

pub(super) fn secret() -> Secret {
    Secret::from_text("sesame").unwrap()
}

pub(super) fn edit(fields: Fields) -> Request {
    Request::Accounts(AccountChange::Edit { fields, was: None }.of(alan()))
}

/// Returns reads, and actions that need no count.
pub(super) fn uncounted() -> Vec<Request> {
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 1 };
    let filter = Filter::default();
    let life = Duration::hours(8);
    let place = || DirectorySelector::Id(5);
    let mut all = vec![
        Request::SignIn(SignIn::Look),
        Request::SignIn(SignIn::SetUp { fields: Fields::default(), password: secret() }),
        Request::SignIn(SignIn::LogIn { name: "ada".into(), secret: secret(), code: None }),
        Request::SignIn(SignIn::Choose { name: "ada".into(), proof: secret(), password: secret() }),
        Request::SignIn(SignIn::Unlock(secret())),
        Request::SignIn(SignIn::Prove(secret())),
        Request::SignIn(SignIn::EnrolFactor {
            name: "ada".into(),
            proof: secret(),
            factor: secret(),
            code: secret(),
        }),
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
            Accounts::Why(alan()),
            Accounts::Calendar,
            Accounts::ListCodes,
            Accounts::ListInvitations,
            Accounts::Invite { life },
            Accounts::OfferFactor,
            Accounts::EnrolFactor { factor: secret(), code: secret() },
            AccountChange::EnrolFactor.of(alan()),
            Accounts::Add { fields: Fields::default(), password: None, must_change: false },
            Accounts::ChangeOwnPassword { current: secret(), password: secret() },
            AccountAction::Confirm.on(accounts_named(1)),
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
            Sessions::Issue { who: alan(), life, label: None },
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
            Directories::Provision(accounts_named(1)),
        ]
        .map(Request::Directories),
    );
    all.push(Request::Sessions(Sessions::Sweep));
    all.push(Request::Bin(Bin::Restore { which: InBin::Account(alan()), to: None, with_sessions: false }));
    all.push(import(false));
    all
}

/// Returns the actions that must be counted.
pub(super) fn counted() -> Vec<Request> {
    let life = Duration::hours(8);
    let which = Selection::Shown { filter: Filter::default(), except: vec![] };
    let places = vec![DirectorySelector::Id(5), DirectorySelector::Id(6)];
    vec![
        edit(Fields { status: Some(Status::Suspended), ..Fields::default() }),
        edit(Fields { level: Some(AccessLevel::Admin), address: Some(String::new()), ..Fields::default() }),
        Request::Accounts(AccountAction::Confirm.on(accounts_named(2))),
        Request::Accounts(AccountAction::Confirm.on(shown())),
        Request::Accounts(AccountAction::Suspend.on(accounts_named(1))),
        Request::Accounts(AccountAction::Demote.on(accounts_named(1))),
        Request::Accounts(AccountChange::SetPassword { password: secret(), must_change: true }.of(alan())),
        Request::Accounts(AccountChange::MakeCode { life }.of(alan())),
        Request::Accounts(AccountChange::RevokeCode.of(alan())),
        Request::Accounts(AccountChange::ResetFactor.of(alan())),
        Request::Accounts(AccountAction::Delete.on(accounts_named(1))),
        Request::Accounts(AccountAction::Delete.on(shown())),
        Request::Accounts(AccountAction::Reject.on(accounts_named(1))),
        Request::Accounts(Accounts::RevokeInvitation(7)),
        Request::Sessions(Sessions::Renew { which: sessions(&[7, 8]), life }),
        Request::Sessions(Sessions::Renew { which, life }),
        Request::Sessions(Sessions::Revoke(sessions(&[7]))),
        Request::Directories(Directories::Trash(vec![DirectorySelector::Id(5)])),
        Request::Directories(Directories::Trash(places)),
        Request::Directories(Directories::Trash(vec![])),
        Request::Directories(Directories::Provision(accounts_named(2))),
        Request::Directories(Directories::Provision(shown())),
        Request::Undo(Undo::Last),
        Request::Undo(Undo::Redo),
        Request::Undo(Undo::Entry(7)),
        Request::Bin(Bin::Restore { which: InBin::Items(sessions(&[7, 8])), to: None, with_sessions: false }),
        Request::Bin(Bin::Purge(InBin::Directory("a/b".into()))),
        import(true),
    ]
}

pub(super) fn import(replace: bool) -> Request {
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
        report: None,
    })
}
