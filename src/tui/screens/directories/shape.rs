//! The two shapes of the list: a tree, or the flat result of a filter.

use crate::domain::filter::{Filter, Term, Test};
use crate::domain::user::Who;

/// The shape in which the directories are shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// The tree of all accounts, or of one.
    Tree(Option<Who>),
    /// The directories that a filter matches, without their place in the tree.
    Flat,
}

impl Shape {
    /// Returns the shape for a filter. One that only names an account shows that account's tree.
    pub(super) fn of(filter: &Filter) -> Self {
        match filter.terms.as_slice() {
            [] => Self::Tree(None),
            [Term { negated: false, test: Test::User(who) }] => Self::Tree(Some(who.clone())),
            _ => Self::Flat,
        }
    }

    pub(super) fn is_tree(&self) -> bool {
        match self {
            Self::Tree(_) => true,
            Self::Flat => false,
        }
    }
}
