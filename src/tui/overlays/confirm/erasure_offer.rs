//! The offer, in the box before the purge of an account, to erase what the journal says of it too.

use crate::domain::user::{UserId, Who};
use crate::service::contract::confirmation;
use crate::service::contract::{Action, ActionSummary, Bin, CountedRows, Request};
use crate::tui::keys::Help;

use super::Asked;
use super::question::Question;

/// The line of the purge that tells of the offer, and the one of the erasure.
pub(super) const OFFER: &str = "Tab: erase what the journal says of it too.";
const TAKE_BACK: &str = "Tab: keep what the journal says of it.";
const ERASES: &str = "Erases what the journal says of it.";

/// The request that is offered in place of the one that the box asks about, with the words for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ErasureOffer {
    request: Request,
    rows: CountedRows,
    headline: String,
    lines: Vec<String>,
    /// The headline and the lines of the plain purge, which the next Tab brings back.
    purge: (String, Vec<String>),
}

impl ErasureOffer {
    /// Returns the offer for the purge of one account; for anything else there is none.
    pub(super) fn of(request: &Request, summary: &ActionSummary, counted: &CountedRows) -> Option<Self> {
        let Request::Bin(Bin::Purge(_)) = request else { return None };
        let account = summary.id.filter(|_| summary.accounts == 1 && counted.ids.len() == 1)?;
        let erasure = Request::Bin(Bin::Erase(Who::Id(UserId(account))));
        let told = ActionSummary { action: Action::Erased, ..summary.clone() };
        let mut lines = confirmation::consequences(&erasure, &told);
        lines.insert(0, ERASES.into());
        lines.push(TAKE_BACK.into());
        let mut purge = confirmation::consequences(request, summary);
        purge.push(OFFER.into());
        Some(Self {
            request: erasure,
            rows: CountedRows::one(Some(account)),
            headline: told.headline(),
            lines,
            purge: (summary.headline(), purge),
        })
    }

    /// Asks about what was offered, and offers what was asked about.
    pub(super) fn swap(&mut self, asked: &mut Asked, question: &mut Question) {
        let Asked::Action { request, rows: Some(rows) } = asked else { return };
        std::mem::swap(request, &mut self.request);
        std::mem::swap(rows, &mut self.rows);
        let (headline, lines) =
            if self.is_taken() { (self.headline.clone(), self.lines.clone()) } else { self.purge.clone() };
        let word = if self.is_taken() { "erase" } else { "purge" };
        question.reword(headline, lines, word);
    }

    /// Returns true if the box asks about the erasure.
    const fn is_taken(&self) -> bool {
        matches!(self.request, Request::Bin(Bin::Purge(_)))
    }

    /// Returns the key for the footer.
    pub(super) const fn hint(&self) -> Help {
        Help::of_dialog(&["tab"], if self.is_taken() { "keep journal" } else { "erase journal too" })
    }
}
