//! Commands of the palette over a real store, and the daily tasks that they are for, counted in keys.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Who};
use crate::service::contract::{Directories, Reply, Request, Sessions};
use crate::tui::testing::keys;

use super::console::{Console, PASSWORD, add, command, has_directory, store_with, user};

#[test]
fn task_9_a_directory_is_moved_below_another() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("3/Photos user:ada<enter>");
    let script = "m00002<tab><enter>";
    assert!(keys(script).len() <= 14);
    console.press(script);
    assert!(has_directory(&folder, "00002_ALAN/Photos"), "{}", console.seen());
}

#[test]
fn task_10_the_filtered_list_is_saved() {
    let folder = store_with(&["alan", "grace"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("/alan<enter>");
    let script = ":exp<tab>a.csv<enter>";
    assert!(keys(script).len() <= 12);
    console.press(script);
    let file = folder.path().join("a.csv");
    console.shows("Exported 1 row to");
    let text = fs::read_to_string(&file).unwrap();
    let (header, row) = text.split_once("\r\n").unwrap();
    assert!(header.starts_with("status,username,firstname,lastname"), "{header}");
    assert!(row.starts_with("confirmed,alan,ALAN,Tester"), "{row}");
    assert_eq!(text.lines().count(), 2);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn task_11_a_token_is_verified() {
    let folder = store_with(&["alan"]);
    let issue = Sessions::Issue { who: Who::Username("alan".into()), life: Duration::hours(8), label: None };
    let Ok(Reply::Secret { secret, .. }) = command(&folder, Request::Sessions(issue)) else { panic!() };
    let mut console = Console::of(&folder, "ada", PASSWORD);
    let (before, after) = (":verify<enter>", "<enter>");
    assert!(keys(before).len() + keys(after).len() <= 9);
    console.press(before);
    console.paste(&format!("{}\n", secret.expose()));
    console.hides("nxs_");
    console.press(after);
    console.shows("The token is valid.");
    console.shows("alan · account 2");
    console.shows("23 Nov 2026 20:00");
    console.hides("nxs_");
    console.paste("nxs_unknown");
    console.press("<enter>");
    console.shows("×");
    console.hides("nxs_");
}

#[test]
fn a_file_that_is_there_is_overwritten_only_after_a_yes() {
    let folder = store_with(&[]);
    let file = folder.path().join("a.json");
    fs::write(&file, "mine").unwrap();
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":export a.json<enter>");
    console.shows("Overwrite the file?");
    console.shows("a.json");
    console.press("<enter>");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    console.press(":export a.json<enter>");
    console.now += Duration::seconds(1);
    console.press("y");
    console.shows("Exported 1 row to");
    assert!(fs::read_to_string(&file).unwrap().starts_with("[\n{\"status\":\"confirmed\""));
}

#[test]
fn an_export_holds_all_rows_of_the_filter() {
    let folder = store_with(&[]);
    for at in 0..60 {
        let path = format!("R{at:02}");
        let owner = Some(Who::Username("ada".into()));
        command(&folder, Request::Directories(Directories::Add { path, owner })).unwrap();
    }
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("3/R user:ada<enter>:export all.jsonl<enter>");
    let text = fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    let named = text.lines().filter(|line| line.contains("\"directory_path\":\"R")).count();
    assert_eq!(named, 60, "{text}");
}

#[test]
fn a_file_is_for_admins_only() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "alan", PASSWORD);
    console.press(":export a.csv<enter>");
    console.shows("There is no such command");
    assert!(!folder.path().join("a.csv").exists());
    console.press("<esc>:record<enter>");
    console.hides("record [FILE]");
}

#[test]
fn commands_print_into_a_box() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":journal verify<enter>");
    console.shows("all unchanged.");
    console.press("<esc>:user access-code --list<enter>");
    console.shows("There are no valid access codes.");
    console.press("<esc>:user suspend alan --dry-run<enter>");
    console.shows("Would suspend alan");
    assert_eq!(user(&folder, "alan").status.word(), "confirmed");
    console.press("<esc>:manual exit-codes<enter>");
    console.shows("# Exit codes");
}

#[test]
fn commands_of_the_command_line_act_and_lead() {
    let folder = store_with(&["alan", "grace"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":user suspend alan<enter>");
    console.shows("Suspended alan");
    assert_eq!(user(&folder, "alan").status.word(), "suspended");
    console.press(":undo<enter>");
    assert_eq!(user(&folder, "alan").status.word(), "confirmed");
    console.press(":user promote grace<enter>");
    assert_eq!(user(&folder, "grace").level, AccessLevel::User, "it asks");
    console.now += Duration::seconds(1);
    console.press("y");
    assert_eq!(user(&folder, "grace").level, AccessLevel::Admin);
    console.press(":user show grace<enter>");
    console.shows("/ user:3");
    console.press(":user show nobody<enter>");
    console.shows("×");
    console.press(":user delete alan<enter>");
    console.now += Duration::seconds(1);
    console.press(":bin restore 1<enter>");
    assert_eq!(user(&folder, "alan").username.as_deref(), Some("alan"));
    console.press(":directory rename 00002_ALAN/Photos 'My Photos'<enter>");
    assert!(has_directory(&folder, "00002_ALAN/My Photos"), "{}", console.seen());
    console.press(":session list --filter user:ada<enter>");
    console.shows("/ user:ada");
    console.press(":user nonsense<enter>");
    console.shows("There is no such command");
}

#[test]
fn accounts_are_completed_from_the_store() {
    let folder = store_with(&["alan", "alana"]);
    add(&folder, "zalan", AccessLevel::User);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":user show ala");
    console.shows("alan@nexus.example");
    console.press("<tab>");
    console.shows(":user show alan");
    console.press("<enter>");
    console.shows("/ user:2");
}

const DUMP: &str = "-- MySQL dump\n\
CREATE TABLE `de_torres_vincent_users` (`id` int, `firstname` text, `lastname` text, `username` text, `email` text,\n\
 `password` text, `contact_number` text, `address` text, `access_level` text, `status` text, `access_code` text,\n\
 `created_at` datetime, `updated_at` datetime, `session_token` text);\n\
INSERT INTO `de_torres_vincent_users` VALUES (7,'Eve','Tester','eve','eve@nexus.example','x',NULL,NULL,'admin',\n\
 'confirmed',NULL,'2024-01-01 00:00:00','2024-01-01 00:00:00',NULL);\n\
-- Dump completed on 2026-01-01  0:00:00\n";

#[test]
fn an_import_asks_before_it_makes_admins() {
    let folder = store_with(&[]);
    fs::write(folder.path().join("old.sql"), DUMP).unwrap();
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":import old.sql<enter>");
    console.shows("Import the file?");
    console.shows("These accounts become admins: eve.");
    console.now += Duration::seconds(1);
    console.press("<esc>");
    assert!(console.seen().contains("row 1 of 1"), "{}", console.seen());
    console.press(":import old.sql<enter>");
    console.now += Duration::seconds(1);
    console.press("y");
    console.shows("Imported 1 account");
    assert_eq!(user(&folder, "eve").level, AccessLevel::Admin);
    console.press("<esc>:import nowhere.sql<enter>");
    console.shows("×");
}

#[test]
fn a_list_of_new_accounts_asks_before_it_makes_admins() {
    let folder = store_with(&[]);
    let list = |rows: &str| {
        let text = format!("email,firstname,lastname,username,access_level\r\n{rows}");
        fs::write(folder.path().join("new.csv"), text).unwrap();
    };
    let mut console = Console::of(&folder, "ada", PASSWORD);
    list("al@b,A,B,al,user\r\n");
    console.press(":import --new-accounts new.csv --codes codes.csv<enter>");
    console.shows("Added 1 account");
    list("eve@b,A,B,eve,admin\r\nkim@b,A,B,kim,user\r\n");
    console.press(":import --new-accounts new.csv --codes more.csv<enter>");
    console.shows("Add 2 accounts?");
    console.shows("These accounts become admins: eve.");
    console.now += Duration::seconds(1);
    console.press("<esc>");
    console.hides("eve@b");
    console.press(":import --new-accounts new.csv --codes more.csv<enter>");
    console.now += Duration::seconds(1);
    console.press("y");
    console.shows("Added 2 accounts");
    assert_eq!(user(&folder, "eve").level, AccessLevel::Admin);
}

#[test]
fn a_repair_without_findings_says_so() {
    let folder = store_with(&[]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(":doctor --fix<enter>");
    console.hides("cannot tell");
    console.press("<esc>:doctor<enter>");
    console.hides("cannot tell");
}
