use crate::tui::keys::{Group, Help};

use super::*;

#[test]
fn every_screen_has_an_id_of_its_own() {
    for (at, screen) in SCREENS.iter().enumerate() {
        assert_ne!(screen.id, ScreenId::LOGIN);
        assert!(SCREENS[..at].iter().all(|other| other.id != screen.id), "{}", screen.name);
    }
}

#[test]
fn every_tab_has_a_digit_and_a_command_of_its_own() {
    let tabs: Vec<_> = SCREENS.iter().filter_map(|screen| screen.tab).collect();
    assert!((1..=10).contains(&tabs.len()));
    let command =
        |tab: &Tab| Help { on: &[], name: tab.command, group: Group::Go, hint: "", help: "" }.command();
    for (at, tab) in tabs.iter().enumerate() {
        assert!(tabs[..at].iter().all(|other| command(other) != command(tab)), "{tab:?}");
    }
}

#[test]
fn a_screen_is_made_with_the_name_of_its_definition() {
    for screen in SCREENS {
        assert_eq!((screen.new)().name(), screen.name);
    }
}
