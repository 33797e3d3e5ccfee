use crate::domain::sort_names::NamedColumn as _;
use crate::service::contract::{ExportFormat, ListExport};
use crate::tui::keys::{Group, Help};
use crate::tui::testing::{context, now};

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

#[test]
fn commands_know_every_order_of_the_lists_by_the_same_name() {
    fn check<S: ListSpec>() {
        for key in S::SORTS {
            assert!(
                S::Column::named(key.column_name()) == Some(key.column),
                "{}: {}",
                S::STYLE.name,
                key.name
            );
        }
    }
    check::<users::AccountList>();
    check::<sessions::SessionList>();
    check::<directories::DirectoryTree>();
    check::<journal::EntryList>();
    check::<bin::BinItemList>();
}

#[test]
fn every_column_of_every_list_can_be_exported() {
    for size in [(40, 12), (60, 18), (80, 24), (120, 36), (200, 50), (300, 50)] {
        for screen in SCREENS {
            let screen = (screen.new)();
            let Some((list, columns)) = screen.exported(&context(size.0, size.1)) else { continue };
            assert!(!columns.is_empty(), "{}", screen.name());
            let export = ListExport { list, columns: columns.clone(), format: ExportFormat::Csv };
            let mut out = Vec::new();
            let rows = crate::cli::CONSOLE_COMMANDS.export(
                &export,
                now(),
                &mut |request, _, _| Ok(crate::tui::tests::usual(&request, false)),
                &mut |_| std::ops::ControlFlow::Continue(()),
                &mut out,
            );
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.lines().next().unwrap(), columns.join(","));
            assert_eq!(rows.unwrap() + 1, text.lines().count() as u64, "{}", screen.name());
        }
    }
}
