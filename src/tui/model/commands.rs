//! Commands that are typed after `:`, by name and with an argument.

use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::text::{clip, visible};
use crate::domain::user::Who;
use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::{Ask, Effect};
use crate::tui::overlays::palette::{self, Palette};
use crate::tui::route::{Route, TabArgument};
use crate::tui::screens::screen::Screen;
use crate::tui::screens::{SCREENS, ScreenDef};

use super::Model;
use super::views::{SAVE, UNSAVE};

/// The most cells of an argument that a message quotes.
const QUOTED: usize = 60;

impl Model {
    /// Returns the palette for the screen in front.
    pub(super) fn palette(&self) -> Palette {
        let here = self.help();
        let mut elsewhere = Vec::new();
        for screen in self.screens.iter() {
            let names = self.help_of(screen).into_iter().map(|help| (help.command(), screen.name()));
            elsewhere.extend(names.filter(|(name, _)| !here.iter().any(|help| help.command() == *name)));
        }
        let views: Vec<_> = self.preferences.view_names().map(str::to_owned).collect();
        let of_tab = |screen: &ScreenDef| Some((screen.tab?.command.split(' ').next()?, screen.subject?));
        let lists: Vec<_> = SCREENS.iter().filter_map(of_tab).collect();
        Palette::new(here, elsewhere)
            .pressing(&self.screen().map(Screen::by_name).unwrap_or_default())
            .with_commands(self.command_specs())
            .with_views(views)
            .with_lists(&lists)
            .with_history(self.preferences.commands.texts().to_vec())
            .with_themes(self.start.appearance.theme_names().map(str::to_owned).collect())
            .refusing(self.withheld())
    }

    /// Remembers the line that was run from the palette, which has closed then. Numbers of rows are not worth it.
    pub(super) fn remember_command(&mut self, line: Option<String>) -> Vec<Effect> {
        let is_open = self.overlay.as_ref().is_some_and(|overlay| overlay.command_line().is_some());
        let line = line.filter(|line| !is_open && !line.trim().bytes().all(|byte| byte.is_ascii_digit()));
        line.map_or_else(Vec::new, |line| self.remember(|preferences| preferences.commands.add(&line)))
    }

    /// Runs a command with its argument. One that is not understood is an error.
    pub(super) fn command(&mut self, name: &str, argument: &str) -> Vec<Effect> {
        match name {
            name if name == palette::THEME.0 => self.theme_command(argument),
            name if name == palette::VIEW_AS.0 => self.view_as_command(argument),
            SAVE => self.save_view(argument),
            name if name == palette::VIEW.0 => self.open_view(argument),
            UNSAVE => self.remove_view(argument),
            screen => self.go_by_command(screen, argument),
        }
    }

    /// Goes to the screen of this name, filtered by the argument.
    fn go_by_command(&mut self, name: &str, argument: &str) -> Vec<Effect> {
        let screen = SCREENS.iter().find_map(|screen| {
            let tab = screen.tab.filter(|tab| tab.command.split(' ').next() == Some(name))?;
            Some((screen.id, screen.subject?, tab.argument))
        });
        let route = match screen {
            Some((id, subject, TabArgument::Filter)) => {
                filter(subject, argument).map(|filter| Route::filtered(id, filter))
            }
            Some((id, subject, TabArgument::Account)) => {
                account(subject, argument).map(|filter| Route::filtered(id, filter))
            }
            Some((_, _, TabArgument::Nothing)) | None => Err(format!("{name} takes no argument.")),
        };
        self.fulfil_one(match route {
            Ok(route) => Ask::Go(route),
            Err(words) => Ask::ShowError(Failure::new(FailureKind::Invalid, words)),
        })
    }
}

impl Model {
    /// Uses the theme with this name; without one, says which there are.
    fn theme_command(&mut self, name: &str) -> Vec<Effect> {
        let looks = &mut self.start.appearance;
        if name.is_empty() {
            let names = looks.theme_names().collect::<Vec<_>>().join(", ");
            let words = format!("The theme is {}. There are {names}.", looks.theme_name());
            return self.fulfil_one(Ask::Notice(words));
        }
        match looks.use_theme(name) {
            Ok(()) => {
                self.use_theme();
                Vec::new()
            }
            Err(failure) => self.fulfil_one(Ask::ShowError(failure)),
        }
    }
}

/// Checks that an argument is a filter expression.
fn filter(subject: ListKind, argument: &str) -> Result<String, String> {
    match Filter::parse(subject, argument) {
        Ok(_) => Ok(argument.to_owned()),
        Err(error) => Err(not_understood(argument, &error.to_string())),
    }
}

/// Returns the filter for the rows of an account, or the argument itself if it is a filter with a key.
fn account(subject: ListKind, argument: &str) -> Result<String, String> {
    if argument.contains([':', ' ', '!']) {
        return filter(subject, argument);
    }
    let who = Who::parse(argument).map_err(|why| not_understood(argument, why))?;
    Ok(Filter::default().and(Test::User(who)).to_string())
}

pub(super) fn not_understood(argument: &str, why: &str) -> String {
    format!("\"{}\" is not understood: {why}.", clip(&visible(argument), QUOTED))
}
