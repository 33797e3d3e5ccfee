//! Commands that are typed after `:`, by name and with an argument.

use super::keys::{Global, KEYS};
use super::{Model, TABS};
use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::text::{clip, visible};
use crate::domain::user::Who;
use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::{Ask, Effect};
use crate::tui::overlays::palette::Palette;
use crate::tui::screens::{Route, ScreenId};

/// The most cells of an argument that a message quotes.
const QUOTED: usize = 60;

impl Model {
    /// Returns the palette for the screen in front.
    pub(super) fn palette(&self) -> Palette {
        let here = self.help();
        let mut elsewhere = Vec::new();
        for screen in TABS.iter().chain([&ScreenId::Bin]).map(|place| self.screen_of(*place)) {
            let names = self.help_of(screen).into_iter().map(|help| (help.command(), screen.name()));
            elsewhere.extend(names.filter(|(name, _)| !here.iter().any(|help| help.command() == *name)));
        }
        Palette::new(here, elsewhere).refusing(self.withheld())
    }

    /// Runs a command with its argument. One that is not understood is an error.
    pub(super) fn command(&mut self, name: &str, argument: &str) -> Vec<Effect> {
        let command = KEYS.iter().find(|key| key.help().command() == name);
        let route = match command.map(|key| key.msg) {
            Some(Global::To(ScreenId::Users)) => {
                filter(ListKind::Users, argument).map(Some).map(Route::Users)
            }
            Some(Global::To(ScreenId::Journal)) => {
                filter(ListKind::Journal, argument).map(Some).map(Route::Journal)
            }
            Some(Global::To(ScreenId::Sessions)) => {
                account(ListKind::Sessions, argument).map(Some).map(Route::Sessions)
            }
            Some(Global::To(ScreenId::Directories)) => {
                account(ListKind::Directories, argument).map(Some).map(Route::Directories)
            }
            _ => Err(format!("{name} takes no argument.")),
        };
        self.fulfil_one(match route {
            Ok(route) => Ask::Go(route),
            Err(words) => Ask::ShowError(Failure::new(FailureKind::Invalid, words)),
        })
    }
}

/// A filter expression, if it is one.
fn filter(subject: ListKind, argument: &str) -> Result<String, String> {
    match Filter::parse(subject, argument) {
        Ok(_) => Ok(argument.to_owned()),
        Err(error) => Err(not_understood(argument, &error.to_string())),
    }
}

/// The filter for what belongs to an account, or any other filter with a key.
fn account(subject: ListKind, argument: &str) -> Result<String, String> {
    if argument.contains([':', ' ', '!']) {
        return filter(subject, argument);
    }
    let who = Who::parse(argument).map_err(|why| not_understood(argument, why))?;
    Ok(Filter::default().and(Test::User(who)).to_string())
}

fn not_understood(argument: &str, why: &str) -> String {
    format!("\"{}\" is not understood: {why}.", clip(&visible(argument), QUOTED))
}
