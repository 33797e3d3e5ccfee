//! Accounts as requests name them: found, or said not to be there.

use crate::domain::filter::{Filter, Test};
use crate::domain::page::{Anchor, Span};
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId, Who};
use crate::store::{ListOf, Read, StoreError};

use super::Act;
use super::contract::{Failure, FailureKind, People, Tally, Verb};
use super::operator::Actor;

/// The account, if it is there and the actor may see it.
///
/// # Errors
/// [`FailureKind::NotFound`], in the same words for one that is not there and one that must not be seen.
pub(super) fn find(rows: &dyn Read, now: Timestamp, actor: &Actor, who: &Who) -> Result<User, Failure> {
    rows.user(now, who)?.filter(|user| actor.sees(user.id)).ok_or_else(|| missing(who))
}

/// The account with this id, which the caller knows to be there.
///
/// # Errors
/// [`StoreError::Gone`] all the same, as a failure.
pub(super) fn known(rows: &dyn Read, now: Timestamp, id: UserId) -> Result<User, Failure> {
    Ok(rows.user(now, &Who::Id(id))?.ok_or(StoreError::Gone)?)
}

fn missing(who: &Who) -> Failure {
    Failure::new(FailureKind::NotFound, format!("There is no account {who}."))
}

impl Act<'_> {
    /// [`find`] inside this act.
    pub(super) fn find(&self, who: &Who) -> Result<User, Failure> {
        find(self.rows, self.now, &self.actor, who)
    }

    /// Does `work` to each account, once, and gives what it came to the name of the account where it is only one.
    pub(super) fn each(
        &mut self,
        verb: Verb,
        people: &People,
        mut work: impl FnMut(&mut Self, &User, &mut Tally) -> Result<(), Failure>,
    ) -> Result<Tally, Failure> {
        let ids = self.ids(people)?;
        let mut tally = Tally::new(verb);
        for (done, id) in ids.iter().enumerate() {
            self.step(done, ids.len())?;
            let user = self.find(&Who::Id(UserId(*id)))?;
            work(self, &user, &mut tally)?;
            if ids.len() == 1 {
                tally = about(tally, &user);
            }
        }
        Ok(tally)
    }

    /// The accounts' ids, each once: all are found before anything is done to the first.
    fn ids(&self, people: &People) -> Result<Vec<i64>, Failure> {
        let mut ids = match people {
            People::Named(named) => {
                named.iter().map(|who| Ok(self.find(who)?.id.0)).collect::<Result<Vec<_>, Failure>>()?
            }
            People::Shown { filter, except } => {
                let mut shown = self.rows.user_ids(self.now, &self.scoped(filter))?;
                shown.retain(|id| !except.contains(id));
                shown
            }
        };
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// The filter, held to what the actor may see.
    pub(super) fn scoped(&self, filter: &Filter) -> Filter {
        match self.actor.scope() {
            None => filter.clone(),
            Some(own) => filter.clone().and(Test::User(Who::Id(own))),
        }
    }

    /// How many session rows an account has, whatever they say.
    pub(super) fn session_count(&self, user: UserId) -> Result<u64, Failure> {
        let list = ListOf { scope: Some(user), ..ListOf::default() };
        let none = Span { anchor: Anchor::Position(0), before: 0, len: 0 };
        Ok(self.rows.sessions(self.now, &list, none)?.total)
    }
}

/// The tally with the account's name and id.
pub(super) fn about(mut tally: Tally, user: &User) -> Tally {
    tally.label = Some(user.label().to_owned());
    tally.id = Some(user.id.0);
    tally
}
