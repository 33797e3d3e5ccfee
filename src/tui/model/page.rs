//! The console as a page of text.

use crate::domain::text::visible;
use crate::tui::keys::{Help, shown};
use crate::tui::overlays::Overlay;
use crate::tui::plain::page::PlainPage;
use crate::tui::plain::{Prompt, ScreenText};
use crate::tui::screens::screen::Screen;
use crate::tui::widgets::form::Form;

use super::{Model, Notice};

impl Model {
    /// Returns what the console says now.
    pub fn page(&self) -> PlainPage {
        let context = self.context();
        let screen = self.screen();
        let hints = self.hints();
        let keys: Vec<_> = hints.iter().filter_map(hint).collect();
        let name = screen.map(Screen::name).unwrap_or_default();
        PlainPage {
            name: format!("NEXUS {name}"),
            about: self.about(),
            screen: screen.map_or_else(ScreenText::default, |screen| screen.text(&context)),
            dialog: self.dialog_text(),
            fault: self.asked_form().filter(|_| self.asking.is_none()).and_then(Form::fault_text),
            // A form and a question say in their prompts what they take.
            keys: if self.asking.is_some() || self.asked_form().is_some() || keys.is_empty() {
                String::new()
            } else {
                format!("Keys: {}", keys.join(", "))
            },
            prompt: self.prompt(name),
        }
    }

    /// Takes the notice out and returns its words: each is printed once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take().map(|notice| visible(&notice.words()).into_owned())
    }

    /// Returns true if nothing is awaited that the page depends on.
    pub fn is_settled(&self) -> bool {
        let is_loading = self.operator.is_some() && !self.are_preferences_loaded;
        self.pending.is_settled() && !is_loading
    }

    /// Returns the marks of the store, the operator and the time left.
    fn about(&self) -> String {
        // The log-in itself names the store.
        let store =
            self.login.is_none().then(|| visible(&self.start.store.path().to_string_lossy()).into_owned());
        let rest = self.title_right().into_iter().next();
        let parts = [store, rest, self.mark()].into_iter().flatten().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    }

    fn dialog_text(&self) -> Vec<String> {
        let context = self.context();
        if let Some(asking) = &self.asking {
            return asking.text();
        }
        let overlay = self.open_dialog().map(|overlay| overlay.text(&context)).unwrap_or_default();
        let prefix = self.prefix.as_ref().filter(|_| self.login.is_none());
        overlay.into_iter().chain(prefix.into_iter().flat_map(|prefix| self.prefix_text(prefix))).collect()
    }

    /// Returns the words that ask for the next line.
    fn prompt(&self, name: &str) -> Prompt {
        let open = |words: String| Prompt { words, is_secret: false };
        if let Some(asking) = &self.asking {
            return Prompt { words: asking.prompt(), is_secret: asking.takes_secret() };
        }
        if let Some((words, is_secret)) = self.asked_form().and_then(Form::question) {
            return Prompt { words, is_secret };
        }
        match self.open_dialog() {
            Some(Overlay::Verify(verify)) if verify.takes_token() => {
                Prompt { words: "Token:".into(), is_secret: true }
            }
            Some(Overlay::Palette(_)) => open("Command:".into()),
            Some(Overlay::Menu(_)) => open("Letter:".into()),
            None if self.prefix.is_some() => open("Key:".into()),
            Some(
                Overlay::Edit(_)
                | Overlay::Help(_)
                | Overlay::Columns(_)
                | Overlay::SecretDialog(_)
                | Overlay::SecondFactor(_)
                | Overlay::FactorSlip(_)
                | Overlay::TextBox(_)
                | Overlay::ViewList(_)
                | Overlay::Verify(_),
            )
            | None => open(format!("{name}>")),
        }
    }
}

impl Notice {
    /// Returns the words without a shape: the kind, the text, the keys to press about it.
    fn words(&self) -> String {
        match self {
            Self::Info { text, hint, also, .. } => {
                let parts = [Some(text), hint.as_ref(), also.as_ref()].into_iter().flatten();
                parts.map(String::as_str).collect::<Vec<_>>().join(" · ")
            }
            Self::Warning(failure) => explained("Warning", failure),
            Self::Failed(failure) => explained("Error", failure),
        }
    }
}

fn explained(kind: &str, failure: &crate::service::contract::Failure) -> String {
    let hint = failure.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{kind}: {}{hint}", failure.message)
}

/// Returns a key of the footer: `c confirm`.
fn hint(help: &Help) -> Option<String> {
    let on = help.on.first()?;
    Some(format!("{} {}", shown(on), help.hint))
}
