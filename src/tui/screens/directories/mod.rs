//! The directories: a tree for each account, and the actions on it.

mod shape;
mod view;

use std::collections::BTreeSet;

use crate::domain::directory::{DirectoryColumn, TreeRow, split};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::EntityKind;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::user::Who;
use crate::service::contract::{
    AccountSelection, Directories as DirectoryRequest, DirectorySelector, Failure, FailureKind, Reply,
    Request,
};
use crate::tui::context::Context;
use crate::tui::dialog::FormDialog;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};
use shape::Shape;

/// The tree of directories, or a flat list while a filter is set.
#[derive(Debug, Default)]
pub(crate) struct DirectoryTree {
    /// The ids of the expanded directories.
    open: BTreeSet<i64>,
}

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    Open,
    Close,
    Add,
    Delete,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Rename,
    Move,
    MakeHome,
    Sessions,
    TreeOfOwner,
    Copy,
}

type Msg = KeyMsg<ListMsg, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "open",
        group: Group::Move,
        msg: List(ListMsg::Open),
        hint: "open",
        help: "open the directory",
    },
    Key {
        on: &["h", "left"],
        name: "close",
        group: Group::Move,
        msg: List(ListMsg::Close),
        hint: "close",
        help: "close the directory, or go to the one above",
    },
    Key {
        on: &["a"],
        name: "add",
        group: Group::Row,
        msg: List(ListMsg::Add),
        hint: "add",
        help: "add a directory below this one",
    },
    Key {
        on: &["r"],
        name: "rename",
        group: Group::Row,
        msg: Row(RowMsg::Rename),
        hint: "rename",
        help: "rename the directory",
    },
    Key {
        on: &["m"],
        name: "move",
        group: Group::Row,
        msg: Row(RowMsg::Move),
        hint: "move",
        help: "move the directory below another",
    },
    Key {
        on: &["d"],
        name: "trash",
        group: Group::Row,
        msg: List(ListMsg::Delete),
        hint: "trash",
        help: "move the directory and all below it to the bin",
    },
    Key {
        on: &["i"],
        name: "provision",
        group: Group::Row,
        msg: Row(RowMsg::MakeHome),
        hint: "",
        help: "make the owner's home and its libraries",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        group: Group::Row,
        msg: Row(RowMsg::Sessions),
        hint: "",
        help: "the owner's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        group: Group::Row,
        msg: Row(RowMsg::TreeOfOwner),
        hint: "",
        help: "the owner's directories only",
    },
    Key {
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy the path",
    },
];

impl ListSpec for DirectoryTree {
    type Row = TreeRow;
    type Column = DirectoryColumn;
    type Detail = ();
    type ListMsg = ListMsg;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::DIRECTORIES;
    const TAB: Option<Tab> =
        Some(Tab { command: "directories [WHO]", help: "directories", argument: TabArgument::Account });
    const SUBJECT: ListKind = ListKind::Directories;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const SORTS: &'static [SortKey<DirectoryColumn>] = &[
        SortKey {
            on: &[", n", ", N"],
            column: DirectoryColumn::Name,
            name: "sort-name",
            help: "sort by name (capital: descending)",
        },
        SortKey {
            on: &[", c", ", C"],
            column: DirectoryColumn::Added,
            name: "sort-created",
            help: "sort by creation date",
        },
        SortKey {
            on: &[", m", ", M"],
            column: DirectoryColumn::Modified,
            name: "sort-modified",
            help: "sort by modification date",
        },
        SortKey { on: &[", i", ", I"], column: DirectoryColumn::Id, name: "sort-id", help: "sort by id" },
        SortKey {
            on: &[", o", ", O"],
            column: DirectoryColumn::Owner,
            name: "sort-owner",
            help: "sort by owner",
        },
        SortKey {
            on: &[", b", ", B"],
            column: DirectoryColumn::Below,
            name: "sort-below",
            help: "sort by number of directories below",
        },
    ];

    fn id(row: &TreeRow) -> i64 {
        row.directory.id
    }

    fn request(&self, filter: &Filter, sort: Sort<DirectoryColumn>, span: RowRange) -> Request {
        Request::Directories(match Shape::of(filter) {
            Shape::Tree(of) => DirectoryRequest::Tree { of, open: self.open.clone(), sort, span },
            Shape::Flat => DirectoryRequest::List { of: None, filter: filter.clone(), sort, span },
        })
    }

    fn rows(&self, reply: Reply) -> Option<Window<TreeRow>> {
        match reply {
            Reply::Tree(window) => Some(window),
            Reply::Directories(window) => {
                Some(window.map(|directory| TreeRow { directory, depth: 0, children: 0, open: false }))
            }
            _ => None,
        }
    }

    /// Leaves out the number of children in a flat list: only a tree counts what is below a directory.
    fn has_key(request: &Request, key: &str) -> bool {
        key != "children" || matches!(request, Request::Directories(DirectoryRequest::Tree { .. }))
    }

    fn history(row: &TreeRow) -> Option<Route> {
        Route::history(EntityKind::Directory, Some(row.directory.id))
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Add | ListMsg::Delete) | Row(RowMsg::Rename | RowMsg::Move | RowMsg::MakeHome) => {
                true
            }
            List(ListMsg::Open | ListMsg::Close)
            | Row(RowMsg::Sessions | RowMsg::TreeOfOwner | RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            Row(RowMsg::MakeHome) => true,
            List(ListMsg::Add | ListMsg::Delete | ListMsg::Open | ListMsg::Close)
            | Row(RowMsg::Rename | RowMsg::Move | RowMsg::Sessions | RowMsg::TreeOfOwner | RowMsg::Copy) => {
                false
            }
        }
    }

    fn on_list(list: &mut Listing<Self>, pane: &mut DetailPane, msg: ListMsg) -> Vec<Ask> {
        match msg {
            ListMsg::Open => open_current(list, pane),
            ListMsg::Close => close_current(list, pane),
            ListMsg::Add => {
                let parent = list.current().map(|row| row.directory.path.clone());
                vec![Ask::Open(FormDialog::AddDirectory { parent }.into())]
            }
            ListMsg::Delete => trash(list),
        }
    }

    fn on_row(_: &Context, row: &TreeRow, msg: RowMsg) -> Vec<Ask> {
        let directory = &row.directory;
        let (id, name) = (directory.id, directory.name.clone());
        let go = |screen| vec![Ask::Go(Route::of_account(screen, Who::Id(directory.user_id)))];
        let open = |form: FormDialog| vec![Ask::Open(form.into())];
        match msg {
            RowMsg::Rename => open(FormDialog::RenameDirectory { id, name }),
            RowMsg::Move => {
                let parent = split(&directory.path).0.unwrap_or_default().to_owned();
                open(FormDialog::MoveDirectory { id, name, parent, owner: directory.user_id })
            }
            RowMsg::MakeHome => {
                let owner = AccountSelection::one(directory.user_id);
                vec![Ask::Submit(Request::Directories(DirectoryRequest::Provision(owner)))]
            }
            RowMsg::Sessions => go(ScreenId::SESSIONS),
            RowMsg::TreeOfOwner => go(ScreenId::DIRECTORIES),
            RowMsg::Copy => vec![Ask::Copy(directory.path.clone())],
        }
    }
}

/// Expands the directory under the cursor; one with nothing below it shows its details instead.
fn open_current(list: &mut Listing<DirectoryTree>, pane: &mut DetailPane) -> Vec<Ask> {
    let Some(row) = list.current() else { return Vec::new() };
    let id = row.directory.id;
    let opened = Ask::Perform(Slot::Detail, Request::Directories(DirectoryRequest::Opened(id)));
    if !Shape::of(list.filter()).is_tree() || row.children == 0 {
        pane.open();
        return vec![opened];
    }
    if !list.source.open.insert(id) {
        return Vec::new();
    }
    let mut asks = list.refresh();
    asks.push(opened);
    asks
}

/// Leaves the details, or else collapses the directory, or else goes up to its parent.
fn close_current(list: &mut Listing<DirectoryTree>, pane: &mut DetailPane) -> Vec<Ask> {
    if pane.is_open() {
        pane.close();
        return Vec::new();
    }
    let Some((id, depth)) = list.current().map(|row| (row.directory.id, row.depth)) else {
        return Vec::new();
    };
    if list.source.open.remove(&id) {
        return list.refresh();
    }
    let above = list.scroll().before_cursor(|row| row.depth < depth);
    above.map(|at| list.go_to(at)).unwrap_or_default()
}

fn trash(list: &mut Listing<DirectoryTree>) -> Vec<Ask> {
    match list.target() {
        Ok(Selection::Ids(ids)) => {
            let directories = ids.into_iter().map(DirectorySelector::Id).collect();
            vec![Ask::Submit(Request::Directories(DirectoryRequest::Trash(directories)))]
        }
        Ok(Selection::Shown { .. }) => {
            let words = "Mark the directories one by one to trash them.";
            vec![Ask::ShowError(Failure::new(FailureKind::Invalid, words))]
        }
        Err(asks) => asks,
    }
}

#[cfg(test)]
mod tests;
