//! Lists: pages, orders, limits, and the printed rows.

use crate::domain::directory::DirectoryColumn;
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::user::{Status, User, UserColumn, Who};
use crate::service::contract::{Accounts, Directories, Failure, FailureKind, Reply, Request};

use super::super::testing::{Ran, World, directory, session, user};

/// Runs a list over a store of `total` accounts with ids from 1, in which every sort order is id order.
fn users(args: &[&str], total: i64) -> Ran {
    World::default().run(&[&["user", "list"], args].concat(), &mut |request, _| {
        let Request::Accounts(Accounts::List { span, .. }) = request else { panic!("{request:?}") };
        let first = match span.anchor {
            Anchor::After(id) => id.max(0),
            Anchor::Position(position) => (position as i64).min(total - 1),
            Anchor::Row { .. } => panic!("{span:?}"),
        };
        let rows: Vec<User> =
            (first + 1..=total).take(span.len as usize).map(|id| user(id, &format!("u{id}"))).collect();
        Ok(Reply::Users(Window { rows, first: first as u64, ..Window::default() }))
    })
}

fn spans(ran: &Ran) -> Vec<(Sort<UserColumn>, RowRange)> {
    let wanted = |request: &Request| match request {
        Request::Accounts(Accounts::List { sort, span, .. }) => (*sort, *span),
        other => panic!("{other:?}"),
    };
    ran.asked.iter().map(|(request, _)| wanted(request)).collect()
}

fn json_ids(ran: &Ran) -> Vec<i64> {
    let list: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn all_rows_are_streamed_by_id() {
    for total in [0, 1, 499, 500, 501, 1_000, 1_234] {
        let ran = users(&["--format", "json"], total);
        assert_eq!(json_ids(&ran), (1..=total).collect::<Vec<_>>());
        assert!(spans(&ran).iter().all(|(_, span)| matches!(span.anchor, Anchor::After(_))));
    }
    assert_eq!(spans(&users(&[], 1_234)).len(), 3);
}

#[test]
fn another_order_goes_by_position_and_ends_with_the_last_row() {
    for total in [1, 500, 1_000, 1_234] {
        let ran = users(&["--format", "json", "--sort", "lastname:desc"], total);
        assert_eq!(json_ids(&ran), (1..=total).collect::<Vec<_>>());
        let wanted = Sort { column: UserColumn::Name, descending: true };
        assert!(spans(&ran).iter().all(|(sort, _)| *sort == wanted));
    }
}

#[test]
fn columns_are_chosen_by_key_heading_or_alias_in_every_format() {
    let first = |args: &[&str]| {
        let ran = users(&[&["--limit", "1"], args].concat(), 1);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    assert_eq!(first(&["--columns", "username,id", "--format", "csv"]), "username,id\r\nu1,1\r\n");
    assert_eq!(
        first(&["--columns", "id", "--columns", "email", "--format", "jsonl"]),
        "{\"id\":1,\"email\":\"u1@nexus.example\"}\n"
    );
    assert_eq!(
        first(&["--columns", "Name,phone", "--format", "csv"]),
        "firstname,lastname,contact_number\r\nAlan,Turing,'+44 555 1912\r\n"
    );
    assert_eq!(first(&["--columns", "status,seen"]), "Status       Last seen\n● confirmed  2 min ago\n");
    assert_eq!(first(&["--columns", "firstname"]), "firstname\nAlan\n");
    for wrong in ["", "id,", "password", "session_token", "nothing"] {
        let ran = users(&["--columns", wrong], 1);
        assert_eq!((ran.code, ran.asked.len()), (2, 0), "{wrong}: {}", ran.err);
        assert!(ran.err.contains("use one of id, firstname"), "{}", ran.err);
    }
}

#[test]
fn a_narrow_terminal_says_which_columns_have_no_room() {
    let mut world = World::terminal();
    world.environment.terminal.columns = Some(40);
    let rows = vec![user(1, "alan"), user(2, &"x".repeat(60))];
    let ran = world.run(&["user", "list", "--color", "never"], &mut |_, _| {
        Ok(Reply::Users(Window { rows: rows.clone(), ..Window::default() }))
    });
    for line in ran.out.lines() {
        assert!(crate::domain::text::width(line) <= 40, "{line}");
    }
    assert!(ran.out.contains("alan") && ran.out.contains('…'), "{}", ran.out);
    assert_eq!(ran.err, "No room for Name, Email, Sessions, Last seen; --columns chooses.\n");
}

#[test]
fn limit_and_after_cut_the_list() {
    let ran = users(&["--format", "json", "--limit", "3", "--after", "7"], 100);
    assert_eq!(json_ids(&ran), [8, 9, 10]);
    assert_eq!(spans(&ran).len(), 1);
    assert_eq!(json_ids(&users(&["--format", "json", "--limit", "600"], 1_000)).len(), 600);
    assert_eq!(json_ids(&users(&["--format", "json", "--sort", "id", "--after", "98"], 100)), [99, 100]);
}

#[test]
fn an_empty_list_says_so_to_people_only() {
    let ran = users(&[], 0);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", "No accounts.\n"));
    let ran = users(&["--format", "json"], 0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("[]\n", ""));
    assert_eq!(users(&["--format", "csv"], 0).out.lines().count(), 1);
}

#[test]
fn a_list_that_fails_prints_no_half_of_it() {
    let ran = World::default().run(&["user", "list", "--format", "json"], &mut |_, _| {
        Err(Failure::new(FailureKind::Unavailable, "the store is busy."))
    });
    assert_eq!((ran.code, ran.out.as_str()), (7, ""));
}

/// Prints these rows as the reply to any list of accounts.
fn shown(args: &[&str], rows: &[User]) -> String {
    let args = [&["user", "list", "--color", "never"], args].concat();
    let window = Window { rows: rows.to_vec(), ..Window::default() };
    World::terminal().run(&args, &mut |_, _| Ok(Reply::Users(window.clone()))).out
}

#[test]
fn accounts_in_every_format() {
    let rows = [
        user(3, "alan"),
        User {
            status: Status::Pending,
            username: None,
            first_name: "李".into(),
            last_name: "Müller".into(),
            last_seen: None,
            ..user(1_204, "=evil\x1b[2J")
        },
        User { status: Status::Suspended, ..user(5, "x") },
    ];
    for format in ["table", "json", "csv"] {
        insta::assert_snapshot!(format!("users_{format}"), shown(&["--format", format], &rows));
    }
}

#[test]
fn secrets_are_not_even_keys() {
    let json = shown(&["--format", "json"], &[user(3, "alan")]);
    for key in ["password", "session_token", "access_code"] {
        assert!(!json.contains(key), "{json}");
    }
}

#[test]
fn sessions_in_every_format() {
    let rows = vec![
        session(7, "2026-11-23 19:58:00"),
        session(8, "2026-11-23 12:09:00"),
        session(9, "2024-03-02 13:18:11"),
        session(10, "never"),
    ];
    let window = Window { rows, ..Window::default() };
    for format in ["table", "json", "csv"] {
        let ran = World::default()
            .run(&["session", "list", "--format", format], &mut |_, _| Ok(Reply::Sessions(window.clone())));
        insta::assert_snapshot!(format!("sessions_{format}"), ran.out);
    }
}

#[test]
fn directories_in_every_format() {
    let rows = vec![directory(1, "00003_ALAN"), directory(2, "00003_ALAN/Trip; \"North\"\n")];
    let window = Window { rows, ..Window::default() };
    for format in ["table", "json", "csv"] {
        let args = ["directory", "list", "alan", "--sort", "directory_path", "--format", format];
        let ran = World::default().run(&args, &mut |_, _| Ok(Reply::Directories(window.clone())));
        let Request::Directories(Directories::List { of, sort, .. }) = &ran.asked[0].0 else { panic!() };
        assert_eq!(of, &Some(Who::Username("alan".into())));
        assert_eq!(sort.column, DirectoryColumn::Name);
        insta::assert_snapshot!(format!("directories_{format}"), ran.out);
    }
}

#[test]
fn a_tree_is_drawn() {
    let rows = [
        "00003_ALAN",
        "00003_ALAN/Audios",
        "00003_ALAN/Photos",
        "00003_ALAN/Photos/2024",
        "00003_ALAN/Photos/2024/a\x1b[2J",
        "00003_ALAN/Photos/2025",
        "00003_ALAN/Videos",
        "00004_EDSGER",
        "00004_EDSGER/Photos",
        "00004_EDSGER/Photos/Deep",
    ];
    let rows = rows.iter().zip(1..).map(|(path, id)| directory(id, path)).collect();
    let window = Window { rows, ..Window::default() };
    let mut answer = |_: &Request, _| Ok(Reply::Directories(window.clone()));
    insta::assert_snapshot!("tree", World::default().run(&["directory", "tree"], &mut answer).out);
    let json = World::default().run(&["directory", "tree", "--format", "json"], &mut answer).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json.as_array().unwrap().len(), json[4]["depth"].as_u64()), (10, Some(3)));
}
