//! The directories: a tree of each account's, and what may be done to it.

mod view;

use std::collections::BTreeSet;

use ratatui::text::Line;

use super::list_screen::{ListScreen, ListSpec, ListStyle};
use super::listing::{ListSource, SortKey};
use super::{Context, Route};
use crate::domain::directory::{DirectoryColumn, TreeRow, split};
use crate::domain::filter::{Filter, ListKind, Term, Test};
use crate::domain::journal;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::user::Who;
use crate::service::contract::{
    AccountSelection, Directories as Wish, DirectorySelector, Failure, FailureKind, Reply, Request,
};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::Key;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// Where the rows come from: the tree, or a flat list while a filter looks for something in it.
#[derive(Debug, Default)]
pub(crate) struct FolderList {
    /// The directories that show what lies below them, by row id.
    open: BTreeSet<i64>,
}

/// The screen.
pub(crate) type Directories = ListScreen<FolderList>;

/// How the directories are shown.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// The tree of all accounts, or of one.
    Tree(Option<Who>),
    /// A flat list of what a filter found.
    Flat,
}

/// A filter that only names an account shows that account's tree.
fn shape(filter: &Filter) -> Shape {
    match filter.terms.as_slice() {
        [] => Shape::Tree(None),
        [Term { negated: false, test: Test::User(who) }] => Shape::Tree(Some(who.clone())),
        _ => Shape::Flat,
    }
}

impl ListSource for FolderList {
    type Row = TreeRow;
    type Column = DirectoryColumn;
    const SUBJECT: ListKind = ListKind::Directories;
    const SORTS: &'static [SortKey<DirectoryColumn>] = &[
        SortKey {
            on: &[", n", ", N"],
            column: DirectoryColumn::Name,
            name: "sort-name",
            help: "sort by name (capital: the other way round)",
        },
        SortKey {
            on: &[", a", ", A"],
            column: DirectoryColumn::Added,
            name: "sort-added",
            help: "sort by when added",
        },
        SortKey {
            on: &[", m", ", M"],
            column: DirectoryColumn::Modified,
            name: "sort-modified",
            help: "sort by when changed",
        },
        SortKey { on: &[", i", ", I"], column: DirectoryColumn::Id, name: "sort-id", help: "sort by id" },
    ];

    fn id(row: &TreeRow) -> i64 {
        row.directory.id
    }

    fn request(&self, filter: &Filter, sort: Sort<DirectoryColumn>, span: RowRange) -> Request {
        Request::Directories(match shape(filter) {
            Shape::Tree(of) => Wish::Tree { of, open: self.open.clone(), sort, span },
            Shape::Flat => Wish::List { of: None, filter: filter.clone(), sort, span },
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
}

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Msg {
    In,
    Out,
    Add,
    Rename,
    Move,
    Delete,
    MakeHome,
    Sessions,
    TreeOfOwner,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "open",
        msg: Msg::In,
        hint: "open",
        help: "open the directory",
    },
    Key {
        on: &["h", "left"],
        name: "close",
        msg: Msg::Out,
        hint: "close",
        help: "close the directory, or go to the one above",
    },
    Key { on: &["a"], name: "add", msg: Msg::Add, hint: "add", help: "add a directory below this one" },
    Key { on: &["r"], name: "rename", msg: Msg::Rename, hint: "rename", help: "rename the directory" },
    Key { on: &["m"], name: "move", msg: Msg::Move, hint: "move", help: "move the directory below another" },
    Key {
        on: &["d"],
        name: "trash",
        msg: Msg::Delete,
        hint: "remove",
        help: "remove the directory and all below it",
    },
    Key {
        on: &["i"],
        name: "provision",
        msg: Msg::MakeHome,
        hint: "",
        help: "make the owner's home and its libraries",
    },
    Key { on: &["s"], name: "account-sessions", msg: Msg::Sessions, hint: "", help: "the owner's sessions" },
    Key {
        on: &["f"],
        name: "account-directories",
        msg: Msg::TreeOfOwner,
        hint: "",
        help: "the owner's directories only",
    },
    Key { on: &["y"], name: "copy", msg: Msg::Copy, hint: "", help: "copy the path" },
];

impl Directories {
    fn is_tree(&self) -> bool {
        shape(self.list.filter()) != Shape::Flat
    }

    /// Shows what lies below; a directory with nothing below it shows its details instead.
    fn open_current(&mut self) -> Vec<Ask> {
        let Some(row) = self.current() else { return Vec::new() };
        let id = row.directory.id;
        if !self.is_tree() || row.children == 0 {
            self.pane.open();
            return vec![Ask::Load(Slot::Detail, Request::Directories(Wish::Opened(id)))];
        }
        if !self.list.source.open.insert(id) {
            return Vec::new();
        }
        let mut asks = self.list.refresh();
        asks.push(Ask::Load(Slot::Detail, Request::Directories(Wish::Opened(id))));
        asks
    }

    /// Leaves the details, else hides what lies below, else goes up to the parent.
    fn close_current(&mut self) -> Vec<Ask> {
        if self.pane.is_open() {
            self.pane.close();
            return Vec::new();
        }
        let Some((id, depth)) = self.current().map(|row| (row.directory.id, row.depth)) else {
            return Vec::new();
        };
        if self.list.source.open.remove(&id) {
            return self.list.refresh();
        }
        let above = self.list.scroll().before_cursor(|row| row.depth < depth);
        above.map(|at| self.list.go_to(at)).unwrap_or_default()
    }

    fn remove(&mut self) -> Vec<Ask> {
        match self.list.target() {
            Ok(Selection::Ids(ids)) => {
                let places = ids.into_iter().map(DirectorySelector::Id).collect();
                vec![Ask::Act(Request::Directories(Wish::Trash(places)))]
            }
            Ok(Selection::Shown { .. }) => {
                let words = "Mark the directories one by one to remove them.";
                vec![Ask::ShowError(Failure::new(FailureKind::Invalid, words))]
            }
            Err(asks) => asks,
        }
    }
}

/// What is done to the one directory under the cursor, or about its owner.
fn on_directory(row: &TreeRow, msg: Msg) -> Vec<Ask> {
    let directory = &row.directory;
    let filter = Some(format!("user:{}", directory.user_id));
    let open = |edit| vec![Ask::Open(Overlay::Edit(Box::new(edit)))];
    match msg {
        Msg::Rename => open(Edit::rename_directory(directory.id, &directory.name)),
        Msg::Move => {
            let parent = split(&directory.path).0.unwrap_or_default();
            open(Edit::move_directory(directory.id, &directory.name, parent))
        }
        Msg::MakeHome => {
            vec![Ask::Act(Request::Directories(Wish::Provision(AccountSelection::one(directory.user_id))))]
        }
        Msg::Sessions => vec![Ask::Go(Route::Sessions(filter))],
        Msg::TreeOfOwner => vec![Ask::Go(Route::Directories(filter))],
        Msg::Copy => vec![Ask::Copy(directory.path.clone())],
        _ => Vec::new(),
    }
}

impl ListSpec for FolderList {
    type Msg = Msg;
    const FACE: ListStyle = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const CRUMBS: Option<fn(&TreeRow) -> String> = Some(view::crumbs);

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Add | Msg::Rename | Msg::Move | Msg::Delete | Msg::MakeHome => true,
            Msg::In | Msg::Out | Msg::Sessions | Msg::TreeOfOwner | Msg::Copy => false,
        }
    }

    fn act(screen: &mut Directories, _: &Context, msg: Msg) -> Vec<Ask> {
        match msg {
            Msg::In => screen.open_current(),
            Msg::Out => screen.close_current(),
            Msg::Add => {
                let parent = screen.current().map(|row| row.directory.path.clone());
                vec![Ask::Open(Overlay::Edit(Box::new(Edit::add_directory(parent))))]
            }
            Msg::Delete => screen.remove(),
            _ => screen.current().map(|row| on_directory(row, msg)).unwrap_or_default(),
        }
    }

    fn cells(screen: &Directories, context: &Context, row: &TreeRow) -> Vec<Cell> {
        view::cells(context, row, screen.is_tree())
    }

    fn place_of(column: DirectoryColumn) -> Option<usize> {
        view::place_of(column)
    }

    fn history(row: &TreeRow) -> Option<Route> {
        Route::history(journal::EntityKind::Directory, Some(row.directory.id))
    }

    fn detail(&self, context: &Context, row: &TreeRow) -> Vec<Line<'static>> {
        view::detail(context, row)
    }
}
