//! The orders of lists, along the indexes that have them.

use crate::domain::directory::DirectoryColumn;
use crate::domain::session::SessionColumn;
use crate::domain::user::UserColumn;

use super::keyset::{IndexRange, SharedKeys, SmallIndex};
use super::moments::{ADDED, CREATED, ENDS, MODIFIED, UPDATED, end_joined, ends, overdue, seconds};

const SEEN: &str = "LEFT JOIN nexus_accounts a ON a.user_id = u.id";

/// Accounts along an index of their own table.
const fn users(from: &'static str, only: &'static str, key: Option<&'static str>) -> IndexRange {
    IndexRange { from, joins: SEEN, only, key, id: "u.id", is_unique: false, counted: None }
}

/// Accounts along an index of their names.
const fn names(from: &'static str, key: &'static str) -> IndexRange {
    let joins = "CROSS JOIN de_torres_vincent_users u ON u.id = k.user_id
      LEFT JOIN nexus_accounts a ON a.user_id = u.id";
    IndexRange { from, joins, only: "1", key: Some(key), id: "k.user_id", is_unique: false, counted: None }
}

/// Accounts by status: an index that is much smaller than their table.
const ALL_IDS: SmallIndex = SmallIndex {
    along: "de_torres_vincent_users u INDEXED BY nexus_users_status",
    key: "u.status",
    without: None,
    shared: None,
};

/// Those that were never seen.
const IDS_NEVER_SEEN: SmallIndex = SmallIndex {
    without: Some((
        "nexus_accounts x CROSS JOIN de_torres_vincent_users o ON o.id = x.user_id WHERE x.last_seen IS NOT NULL",
        "x.user_id",
    )),
    ..ALL_IDS
};

/// Returns a range whose index is unique.
const fn unique(range: IndexRange) -> IndexRange {
    IndexRange { is_unique: true, ..range }
}

const BY_USERNAME: &str = "de_torres_vincent_users u INDEXED BY nexus_users_username";

const BY_EMAIL: &str = "de_torres_vincent_users u INDEXED BY nexus_users_email";
const BY_PHONE: &str = "de_torres_vincent_users u INDEXED BY nexus_users_phone";
const BY_CREATED: &str = "de_torres_vincent_users u INDEXED BY nexus_users_created";
const BY_UPDATED: &str = "de_torres_vincent_users u INDEXED BY nexus_users_updated";

/// Accounts in ascending order of a column; times that are none come first.
pub(super) const fn of_users(column: UserColumn) -> &'static [IndexRange] {
    match column {
        UserColumn::Id => {
            const { &[IndexRange { counted: Some(ALL_IDS), ..users("de_torres_vincent_users u", "1", None) }] }
        }
        UserColumn::Username => {
            const {
                &[
                    users(BY_USERNAME, "u.username IS NULL", None),
                    unique(users(BY_USERNAME, "u.username IS NOT NULL", Some("u.username COLLATE NOCASE"))),
                ]
            }
        }
        UserColumn::Email => const { &[unique(users(BY_EMAIL, "1", Some("u.email COLLATE NOCASE")))] },
        UserColumn::Status => {
            const { &[users("de_torres_vincent_users u INDEXED BY nexus_users_status", "1", Some("u.status"))] }
        }
        UserColumn::Level => {
            const {
                &[users(
                    "de_torres_vincent_users u INDEXED BY nexus_users_level",
                    "1",
                    Some("u.access_level"),
                )]
            }
        }
        UserColumn::Created => {
            const {
                &[
                    users(BY_CREATED, concat!(seconds!("u.created_at"), " IS NULL"), None),
                    users(BY_CREATED, concat!(seconds!("u.created_at"), " IS NOT NULL"), Some(CREATED)),
                ]
            }
        }
        UserColumn::Updated => {
            const {
                &[
                    users(BY_UPDATED, concat!(seconds!("u.updated_at"), " IS NULL"), None),
                    users(BY_UPDATED, concat!(seconds!("u.updated_at"), " IS NOT NULL"), Some(UPDATED)),
                ]
            }
        }
        UserColumn::Name => const { &[names("nexus_names k INDEXED BY nexus_names_name", "k.name")] },
        UserColumn::FirstName => {
            const {
                &[names(
                    "nexus_names k INDEXED BY nexus_names_first",
                    "substr(k.words, 1, instr(k.words, char(10)) - 1)",
                )]
            }
        }
        UserColumn::Phone => {
            const {
                &[
                    users(BY_PHONE, "u.contact_number IS NULL", None),
                    users(BY_PHONE, "u.contact_number IS NOT NULL", Some("u.contact_number")),
                ]
            }
        }
        // It changes with the time, so no index has it.
        UserColumn::Sessions => &[],
        UserColumn::LastSeen => {
            const {
                &[
                    IndexRange {
                        from: "de_torres_vincent_users u",
                        joins: SEEN,
                        only: "NOT EXISTS (SELECT 1 FROM nexus_accounts x WHERE x.user_id = u.id AND x.last_seen IS NOT NULL)",
                        key: None,
                        id: "u.id",
                        is_unique: false,
                        counted: Some(IDS_NEVER_SEEN),
                    },
                    IndexRange {
                        from: "nexus_accounts a INDEXED BY nexus_accounts_last_seen",
                        joins: "CROSS JOIN de_torres_vincent_users u ON u.id = a.user_id",
                        only: "a.last_seen IS NOT NULL",
                        key: Some("a.last_seen"),
                        id: "a.user_id",
                        is_unique: false,
                        counted: None,
                    },
                ]
            }
        }
    }
}

const WITH_ACCOUNT: &str = concat!(
    "CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id
  LEFT JOIN nexus_sessions n ON n.session_id = s.id ",
    end_joined!()
);

/// Sessions along an index of their own table.
const fn sessions(from: &'static str, only: &'static str, key: Option<&'static str>) -> IndexRange {
    IndexRange { from, joins: WITH_ACCOUNT, only, key, id: "s.id", is_unique: false, counted: None }
}

const BY_STATUS: &str = "de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_status";
/// The name by which a list shows an account.
pub(super) const LABEL: &str = "ifnull(u.username, u.email) COLLATE NOCASE";
/// Accounts by that name.
const BY_LABEL: SmallIndex = SmallIndex {
    along: "de_torres_vincent_users u INDEXED BY nexus_users_label",
    key: LABEL,
    without: None,
    shared: Some(SharedKeys {
        bounds: "SELECT (SELECT min(user_id) FROM de_torres_vincent_session_tokens),
                   (SELECT max(user_id) FROM de_torres_vincent_session_tokens WHERE user_id < '')",
        owners: "SELECT s.user_id FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user",
        keys: "SELECT u.id, ifnull(u.username, u.email) COLLATE NOCASE FROM de_torres_vincent_users u INDEXED BY nexus_users_label
               ORDER BY ifnull(u.username, u.email) COLLATE NOCASE, u.id",
    }),
};
/// Sessions whose rows say `active`, and the others.
const WITH_STATUS_ACTIVE: IndexRange = sessions(BY_STATUS, "(s.status <> 'active') = 0", None);
const WITH_STATUS_EXPIRED: IndexRange = sessions(BY_STATUS, "(s.status <> 'active') = 1", None);

/// Sessions in ascending order of their state, where the rows of some say `active` though they are over. What is active
/// comes last, as in the order without them.
pub(super) const BY_STATE_WITH_OVERDUE: &[IndexRange] = &[
    WITH_STATUS_EXPIRED,
    sessions(
        "de_torres_vincent_session_tokens s",
        concat!("s.status = 'active' AND s.id IN (", overdue!(), ")"),
        None,
    ),
    sessions(BY_STATUS, concat!("(s.status <> 'active') = 0 AND +s.id NOT IN (", overdue!(), ")"), None),
];

const BY_EXPIRATION: &str = "de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_expiration";

const BY_START: &str = "nexus_sessions n INDEXED BY nexus_sessions_started";
const BY_ORIGIN: &str = "nexus_sessions n INDEXED BY nexus_sessions_origin";

/// Sessions that other programs made, by id.
const MADE_ELSEWHERE: IndexRange = sessions(
    "de_torres_vincent_session_tokens s",
    "NOT EXISTS (SELECT 1 FROM nexus_sessions x WHERE x.session_id = s.id)",
    None,
);

/// Sessions that NEXUS made, along an index of what it knows about them.
const fn made_here(from: &'static str, key: &'static str) -> IndexRange {
    let joins = concat!(
        "CROSS JOIN de_torres_vincent_session_tokens s ON s.id = n.session_id
      CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id ",
        end_joined!()
    );
    IndexRange { from, joins, only: "1", key: Some(key), id: "n.session_id", is_unique: false, counted: None }
}

/// Sessions whose rows say `active` in ascending order of their ends.
pub(super) const ACTIVE_SESSIONS: &[IndexRange] = &[sessions(
    "de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active",
    concat!("s.status = 'active' AND ", ends!(), " IS NOT NULL"),
    Some(ENDS),
)];

/// Sessions in ascending order of a column.
pub(super) const fn of_sessions(column: SessionColumn) -> &'static [IndexRange] {
    match column {
        SessionColumn::Id => const { &[sessions("de_torres_vincent_session_tokens s", "1", None)] },
        SessionColumn::User => {
            const {
                &[IndexRange {
                    from: "de_torres_vincent_users u INDEXED BY nexus_users_label
                      CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user ON s.user_id = u.id",
                    joins: concat!("LEFT JOIN nexus_sessions n ON n.session_id = s.id ", end_joined!()),
                    only: "1",
                    key: Some(LABEL),
                    id: "s.id",
                    is_unique: false,
                    counted: Some(BY_LABEL),
                }]
            }
        }
        SessionColumn::Status => const { &[WITH_STATUS_ACTIVE, WITH_STATUS_EXPIRED] },
        SessionColumn::State => const { &[WITH_STATUS_EXPIRED, WITH_STATUS_ACTIVE] },
        SessionColumn::Expiration => {
            const {
                &[
                    sessions(BY_EXPIRATION, concat!("unixepoch(", ends!(), ") IS NULL"), None),
                    sessions(
                        BY_EXPIRATION,
                        concat!("unixepoch(", ends!(), ") IS NOT NULL"),
                        Some(concat!("unixepoch(", ends!(), ")")),
                    ),
                ]
            }
        }
        SessionColumn::Started => const { &[MADE_ELSEWHERE, made_here(BY_START, "n.started_at")] },
        SessionColumn::Origin => {
            const { &[MADE_ELSEWHERE, made_here(BY_ORIGIN, "n.origin || ' ' || n.detail")] }
        }
        SessionColumn::LastSeen => {
            const {
                &[
                    sessions(
                        "de_torres_vincent_session_tokens s",
                        "NOT EXISTS (SELECT 1 FROM nexus_sessions x WHERE x.session_id = s.id AND x.last_seen IS NOT NULL)",
                        None,
                    ),
                    IndexRange {
                        only: "n.last_seen IS NOT NULL",
                        ..made_here("nexus_sessions n INDEXED BY nexus_sessions_last_seen", "n.last_seen")
                    },
                ]
            }
        }
        SessionColumn::Label => {
            const {
                &[
                    sessions(
                        "de_torres_vincent_session_tokens s",
                        "NOT EXISTS (SELECT 1 FROM nexus_sessions x WHERE x.session_id = s.id AND x.label IS NOT NULL)",
                        None,
                    ),
                    IndexRange {
                        only: "n.label IS NOT NULL",
                        ..made_here(
                            "nexus_sessions n INDEXED BY nexus_sessions_label",
                            "n.label COLLATE NOCASE",
                        )
                    },
                ]
            }
        }
    }
}

/// Directories along an index of their own table.
const fn directories(from: &'static str, only: &'static str, key: Option<&'static str>) -> IndexRange {
    let joins = "CROSS JOIN de_torres_vincent_users u ON u.id = d.user_id";
    IndexRange { from, joins, only, key, id: "d.id", is_unique: false, counted: None }
}

/// The key of the order by path. Case of ASCII letters does not matter; a slash sorts before everything, so that a parent comes
/// before the directories below it, and those before the parent's next sibling. Every program can compute it, so an index has it.
pub(super) const PATH: &str = "replace(d.directory_path, '/', char(1)) COLLATE NOCASE";

const BY_PATH: &str = "de_torres_vincent_user_directories d INDEXED BY nexus_directories_order";
const BY_ADDED: &str = "de_torres_vincent_user_directories d INDEXED BY nexus_directories_date_added";
const BY_MODIFIED: &str = "de_torres_vincent_user_directories d INDEXED BY nexus_directories_last_modified";

/// Directories in ascending order of a column; dates that are none come first.
pub(super) const fn of_directories(column: DirectoryColumn) -> &'static [IndexRange] {
    match column {
        DirectoryColumn::Id => const { &[directories("de_torres_vincent_user_directories d", "1", None)] },
        DirectoryColumn::Added => {
            const {
                &[
                    directories(BY_ADDED, concat!(seconds!("d.date_added"), " IS NULL"), None),
                    directories(BY_ADDED, concat!(seconds!("d.date_added"), " IS NOT NULL"), Some(ADDED)),
                ]
            }
        }
        DirectoryColumn::Modified => {
            const {
                &[
                    directories(BY_MODIFIED, concat!(seconds!("d.last_modified"), " IS NULL"), None),
                    directories(
                        BY_MODIFIED,
                        concat!(seconds!("d.last_modified"), " IS NOT NULL"),
                        Some(MODIFIED),
                    ),
                ]
            }
        }
        DirectoryColumn::Name => const { &[directories(BY_PATH, "1", Some(PATH))] },
        // No index has these.
        DirectoryColumn::LastPart | DirectoryColumn::Owner | DirectoryColumn::Below => &[],
    }
}

/// Nodes of the tree along an index of it.
const fn nodes(from: &'static str, only: &'static str) -> IndexRange {
    let joins = "CROSS JOIN de_torres_vincent_user_directories d ON d.id = t.id
      CROSS JOIN de_torres_vincent_users u ON u.id = d.user_id";
    IndexRange { from, joins, only, key: Some("t.name"), id: "t.id", is_unique: false, counted: None }
}

/// All roots of the tree by name.
pub(super) const ROOTS: &[IndexRange] =
    &[nodes("nexus_directories t INDEXED BY nexus_directories_children", "t.parent = 0")];

/// Roots by name; of which account is a restriction.
pub(super) const ROOTS_OF_ONE: &[IndexRange] =
    &[nodes("nexus_directories t INDEXED BY nexus_directories_roots", "t.parent = 0")];

/// Nodes by name; below which one is a restriction.
pub(super) const CHILDREN: &[IndexRange] =
    &[nodes("nexus_directories t INDEXED BY nexus_directories_children", "1")];
