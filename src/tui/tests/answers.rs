//! The usual replies of the service: those of a store in good order.

use crate::domain::config::Registration;

use super::*;

/// Returns the requested span of a list of [`ROWS`] rows; row ids count from 1.
fn range<R>(span: RowRange, row: impl FnMut(i64) -> R) -> Window<R> {
    let at = match span.anchor {
        Anchor::Position(at) => at,
        Anchor::Row { id, .. } => id as u64 - 1,
        Anchor::After(id) => id.max(0) as u64,
    };
    let at = at.min(ROWS - 1);
    let first = at.saturating_sub(span.before.into());
    let end = (first + u64::from(span.len)).min(ROWS);
    let rows = (first as i64 + 1..=end as i64).map(row).collect();
    Window { rows, first, anchor: Some(at), total: ROWS, unfiltered: ROWS }
}

fn tree_row(id: i64) -> TreeRow {
    let path = if id == 1 { "00003_ALAN".into() } else { format!("00003_ALAN/{id:03}") };
    TreeRow { directory: directory(id, &path), depth: u32::from(id > 1), children: 2, open: id == 1 }
}

/// Returns the number of selected rows.
fn chosen(people: &AccountSelection) -> u64 {
    match people {
        AccountSelection::Named(named) => named.len() as u64,
        AccountSelection::Shown { .. } => ROWS,
    }
}

impl Service {
    /// Answers that there are no rows.
    pub(super) fn answer_with_no_rows(&mut self) {
        for asked in std::mem::take(&mut self.open) {
            let result = match asked.request {
                Request::Accounts(Accounts::List { .. }) => Reply::Users(Window::default()),
                Request::Sessions(Sessions::List { .. }) => Reply::Sessions(Window::default()),
                Request::Directories(Directories::Tree { .. }) => Reply::Tree(Window::default()),
                Request::Directories(Directories::List { .. }) => Reply::Directories(Window::default()),
                other => usual(&other, asked.dry_run),
            };
            self.tell(Msg::Done(asked.request_id, Ok(result)));
        }
    }
}

/// Returns the summary of an action in a store where every account has two sessions and eight directories.
pub(super) fn summary(request: &Request) -> ActionSummary {
    let accounts = |action, accounts| ActionSummary {
        accounts,
        id: (accounts == 1).then_some(2),
        label: (accounts == 1).then(|| "user1".into()),
        ..ActionSummary::new(action)
    };
    let with = |summary: ActionSummary| ActionSummary { sessions: summary.accounts * 2, ..summary };
    let ending = |summary: ActionSummary| ActionSummary { ended: summary.accounts * 2, ..with(summary) };
    let sessions = |action, which: &Selection| match which {
        Selection::Ids(ids) => ActionSummary { sessions: ids.len() as u64, ..ActionSummary::new(action) },
        Selection::Shown { .. } => ActionSummary { sessions: ROWS, ..ActionSummary::new(action) },
    };
    match request.uncounted() {
        Request::Accounts(request) => match request {
            Accounts::Act { action, accounts: people } => {
                let counted = accounts(action.action(), chosen(people));
                match action {
                    AccountAction::Confirm | AccountAction::Unlock => counted,
                    AccountAction::Suspend | AccountAction::Promote | AccountAction::Demote => {
                        ending(counted)
                    }
                    AccountAction::Delete | AccountAction::Reject => {
                        ActionSummary { directories: counted.accounts * 8, ..with(counted) }
                    }
                }
            }
            Accounts::Change { change: AccountChange::Edit { fields, .. }, .. }
                if fields.status.is_some() =>
            {
                ending(accounts(Action::Edited, 1))
            }
            Accounts::Change { change: AccountChange::Edit { .. }, .. } => accounts(Action::Edited, 1),
            Accounts::Change { change: AccountChange::SetPassword { .. }, .. } => {
                ending(accounts(Action::PasswordSet, 1))
            }
            Accounts::Change { change: AccountChange::Recover { .. }, .. } => {
                ending(accounts(Action::Recovered, 1))
            }
            Accounts::Change { change: AccountChange::RevokeCode, .. } => accounts(Action::CodeRevoked, 1),
            _ => accounts(Action::CodeMade, 1),
        },
        Request::Sessions(Sessions::Issue { .. }) => {
            ActionSummary { sessions: 1, ..ActionSummary::new(Action::Issued) }
        }
        Request::Sessions(Sessions::Renew { which, .. }) => sessions(Action::Renewed, which),
        Request::Sessions(Sessions::Revoke(which)) => sessions(Action::Revoked, which),
        Request::Sessions(_) => ActionSummary { sessions: 40, ..ActionSummary::new(Action::Swept) },
        Request::Directories(Directories::Provision(people)) => {
            let summary = accounts(Action::Provisioned, chosen(people));
            ActionSummary { directories: summary.accounts * 8, ..summary }
        }
        Request::Directories(Directories::Trash(places)) => {
            let label = (places.len() == 1).then(|| "00003_ALAN".into());
            let directories = places.len() as u64 * 3;
            ActionSummary { label, directories, ..ActionSummary::new(Action::Trashed) }
        }
        Request::Bin(request) => {
            let (action, which) = match request {
                Bin::Restore { which, .. } => (Action::Restored, which),
                Bin::Purge(which) => (Action::Purged, which),
                Bin::Erase(_) => return accounts(Action::Erased, 1),
                Bin::List { .. } => panic!("{request:?}"),
            };
            let summary = with(accounts(action, items(which)));
            ActionSummary { directories: summary.accounts * 8, ..summary }
        }
        Request::Undo(undo) => {
            let action = if *undo == Undo::Redo { Action::Redone } else { Action::Undone };
            ActionSummary { of: Some(Action::Confirmed), entry: Some(7), ..accounts(action, 1) }
        }
        _ => ActionSummary { directories: 1, ..ActionSummary::new(Action::Moved) },
    }
}

/// Returns the number of selected items of the bin.
fn items(which: &InBin) -> u64 {
    match which {
        InBin::Items(Selection::Ids(ids)) => ids.len() as u64,
        InBin::Items(Selection::Shown { .. }) => ROWS,
        InBin::Account(_) | InBin::Directory(_) => 1,
    }
}

/// Returns the rows that a count of this action finds.
pub(super) fn rows(request: &Request) -> CountedRows {
    let ids = match request {
        Request::Undo(_) => vec![7],
        request => (1..=i64::try_from(summary(request).rows()).unwrap()).collect(),
    };
    CountedRows { ids: ids.into(), left_out: None, all_or_nothing: false }
}

/// Returns the reply of a store in good order.
pub(crate) fn usual(request: &Request, dry_run: bool) -> Reply {
    if dry_run {
        return Reply::Counted { summary: summary(request), rows: rows(request) };
    }
    let request = request.uncounted();
    let secret = || {
        let secret = Secret::from_text("nxs_secret").unwrap();
        let summary = ActionSummary { label: Some("user1".into()), ..summary(request) };
        Reply::Secret { summary, secret, expires_at: now() + Duration::hours(8) }
    };
    match request {
        Request::Accounts(Accounts::TabCounts) => {
            Reply::TabCounts(TabCounts { pending: 51, active_sessions: 312, next_end: None })
        }
        Request::SignIn(SignIn::Look) => Reply::StoreStatus(StoreStatus {
            store: "/srv/nexus.db".into(),
            admins: Admins::Usable,
            sound_at: None,
            registration: Registration::Closed,
        }),
        Request::SignIn(SignIn::LogOut) => Reply::SignedOut,
        Request::SignIn(SignIn::SeeAs(_)) => Reply::SignedIn(Operator {
            id: UserId(3),
            label: "alan".into(),
            level: AccessLevel::User,
            session: None,
            seen_by: Some(1),
            ..operator(1)
        }),
        Request::SignIn(_) => Reply::SignedIn(operator(1)),
        Request::Accounts(Accounts::List { span, .. }) => {
            Reply::Users(range(*span, |id| user(id, &format!("user{id}"))))
        }
        Request::Accounts(Accounts::Begun(text)) => {
            let rows = (1..=3).map(|id| user(id, &format!("{text}{id}"))).collect();
            Reply::Users(Window { rows, total: 3, ..Window::default() })
        }
        Request::Accounts(Accounts::Show(who)) => Reply::User(Box::new(UserDetail {
            user: match who {
                Who::Id(UserId(id)) => user(*id, &format!("user{id}")),
                Who::Username(_) | Who::Email(_) => user(1, "user1"),
            },
            home: Some("00001_USER1".into()),
            directories: 8,
            status_set: None,
            code: None,
            must_change: false,
            second_factor: crate::service::contract::FactorState::None,
            waits: Vec::new(),
        })),
        Request::Sessions(Sessions::List { span, .. }) => {
            Reply::Sessions(range(*span, |id| session(id, id, &format!("user{id}"))))
        }
        Request::Directories(Directories::Tree { span, .. }) => Reply::Tree(range(*span, tree_row)),
        Request::Directories(Directories::List { span, .. }) => {
            Reply::Directories(range(*span, |id| tree_row(id).directory))
        }
        Request::Journal(Journal::List { span, .. }) => Reply::Entries(range(*span, entry)),
        Request::Journal(Journal::Lines { span, .. }) => {
            Reply::Lines(range(*span, |seq| Line { entry: entry(seq), fold: Fold::Single }))
        }
        Request::Bin(Bin::List { span, .. }) => Reply::Items(range(*span, item)),
        Request::Overview => Reply::Overview(Box::new(overview())),
        // Somebody else has just done it.
        Request::Check(_) => Reply::Check(CheckStep::NotDue(now() + Duration::days(1))),
        Request::Accounts(
            Accounts::Add { .. } | Accounts::Change { change: AccountChange::MakeCode { .. }, .. },
        )
        | Request::Sessions(Sessions::Issue { .. }) => secret(),
        _ => Reply::Done(summary(request)),
    }
}
