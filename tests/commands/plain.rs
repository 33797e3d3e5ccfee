//! The console in lines, through a pipe: the eleven daily tasks, and that nothing but text comes out.

use rusqlite::types::Value;

use crate::fixture::{Fixture, Ran};

const LOGIN: &str = "ada\nCorrect horse battery 1\n";

/// Runs the lines as `ada`. Every session must end well, and write text without escape sequences.
fn lines(fixture: &Fixture, script: &str) -> String {
    let ran = plain(fixture, &[], &format!("{LOGIN}{script}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.out
}

fn plain(fixture: &Fixture, variables: &[(&str, &str)], input: &str) -> Ran {
    let ran = fixture.run_in(&[&[("LANG", "C.UTF-8")], variables].concat(), &["--plain"], input);
    let is_text = |c: char| !c.is_control() || c == '\n';
    assert!(ran.out.chars().all(is_text), "{:?}", ran.out);
    ran
}

#[track_caller]
fn has(out: &str, words: &str) {
    assert!(out.contains(words), "{words:?} is not in:\n{out}");
}

fn status(fixture: &Fixture, username: &str) -> String {
    let sql = format!("SELECT status FROM de_torres_vincent_users WHERE username = '{username}'");
    format!("{:?}", fixture.rows(&sql))
}

fn number(fixture: &Fixture, sql: &str) -> i64 {
    match fixture.rows(sql).concat().as_slice() {
        [Value::Integer(number)] => *number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_ten_pending_accounts_are_confirmed() {
    let fixture = Fixture::legacy();
    let pending = "SELECT count(*) FROM de_torres_vincent_users WHERE status = 'pending'";
    let before = number(&fixture, pending);
    let out = lines(&fixture, "o p\nv\n10\nc\ny\n");
    has(&out, "Confirm 10 accounts?");
    has(&out, "Confirmed 10 accounts");
    assert_eq!(number(&fixture, pending), before - 10);
}

#[test]
fn an_account_is_found_and_suspended() {
    let fixture = Fixture::legacy();
    has(&lines(&fixture, "/alan\nx\n"), "Suspended alan");
    assert!(status(&fixture, "alan").contains("suspended"));
}

#[test]
fn all_sessions_of_an_account_are_ended() {
    let fixture = Fixture::legacy();
    let tokens = [(); 2].map(|()| fixture.ok(&["session", "issue", "alan", "--yes"]));
    has(&lines(&fixture, "/alan\nX\ny\n"), "2 sessions");
    for token in tokens {
        assert_eq!(fixture.run_with(&["session", "verify"], &token).code, 5);
    }
}

#[test]
fn the_sessions_of_a_saved_view_are_ended() {
    let fixture = Fixture::legacy();
    let [alan, grace] = ["alan", "grace"].map(|who| fixture.ok(&["session", "issue", who, "--yes"]));
    lines(&fixture, ":sessions\n/user:alan status:active\n:save old\n");
    has(&lines(&fixture, ":sessions\n:view old\n*\nx\ny\n"), "Revoked");
    assert_eq!(fixture.run_with(&["session", "verify"], &alan).code, 5);
    assert_eq!(fixture.run_with(&["session", "verify"], &grace).code, 0);
}

#[test]
fn a_code_to_choose_a_new_password_is_shown_once() {
    let fixture = Fixture::legacy();
    let out = lines(&fixture, "/alan\nP\nc\n\nk\n\n");
    has(&out, "Access code for alan");
    let code = out.lines().skip_while(|line| *line != "Access code for alan").nth(1).unwrap();
    assert_eq!(out.matches(code).count(), 1, "{out}");
    let chosen = format!("alan\n{code}\na new and long passphrase\na new and long passphrase\n");
    has(&plain(&fixture, &[], &chosen).out, "NEXUS Users");
}

#[test]
fn an_account_is_made_an_admin_and_the_history_names_who_did_it() {
    let fixture = Fixture::legacy();
    has(&lines(&fixture, "/alan\nA\ny\n"), "admin");
    let level = number(
        &fixture,
        "SELECT count(*) FROM de_torres_vincent_users WHERE username = 'alan' AND access_level = 'admin'",
    );
    assert_eq!(level, 1);
    let out = lines(&fixture, "/alan\nH\n1\nEnter\n");
    has(&out, "NEXUS Journal");
    has(&out, "ada");
}

#[test]
fn a_deleted_account_comes_back() {
    let fixture = Fixture::legacy();
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    let out = lines(&fixture, "o t\nu\n");
    has(&out, "estored alan");
    assert_eq!(number(&fixture, "SELECT count(*) FROM de_torres_vincent_users WHERE username = 'alan'"), 1);
}

#[test]
fn a_directory_is_moved_with_all_below_it() {
    let fixture = Fixture::legacy();
    let at = "SELECT count(*) FROM de_torres_vincent_user_directories WHERE directory_path LIKE '00003_ALAN/Audios/Photos%'";
    let out = lines(&fixture, ":directories\n/00003_ALAN/Photos\nm\n00003_ALAN/Audios\n");
    has(&out, "oved");
    assert!(number(&fixture, at) > 0, "{out}");
}

#[test]
fn the_filtered_list_is_saved_as_csv() {
    let fixture = Fixture::legacy();
    let file = fixture.path("a.csv");
    has(&lines(&fixture, &format!("/status:suspended\n:export {}\n", file.display())), "xported");
    let saved = std::fs::read_to_string(file).unwrap();
    let suspended =
        number(&fixture, "SELECT count(*) FROM de_torres_vincent_users WHERE status = 'suspended'");
    assert_eq!(saved.lines().count() as i64, suspended + 1, "{saved}");
}

#[test]
fn a_token_is_verified_and_never_printed() {
    let fixture = Fixture::legacy();
    let token = fixture.ok(&["session", "issue", "alan", "--yes"]);
    let out = lines(&fixture, &format!(":verify\n{token}:verify\nnxs_wrong\n"));
    has(&out, "The token is valid.");
    has(&out, "alan");
    has(&out, "Ends");
    has(&out, "Invalid token");
    assert!(!out.contains(token.trim()), "{out}");
}

#[test]
fn a_form_asks_field_by_field_and_again_where_it_must() {
    let fixture = Fixture::legacy();
    let out = lines(&fixture, "a\nTim\nBerners-Lee\ntim\nno address\ntim@nexus.example\nEnter\n");
    has(&out, "First name:");
    has(&out, "Email needs an @");
    assert_eq!(
        number(&fixture, "SELECT count(*) FROM de_torres_vincent_users WHERE username = 'tim'"),
        1,
        "{out}"
    );
    let out = lines(&fixture, "a\nTim\nEsc\ny\n");
    has(&out, "Drop what you typed?");
}

#[test]
fn lines_that_mean_nothing_say_so_and_change_nothing() {
    let fixture = Fixture::legacy();
    let before = number(&fixture, "SELECT count(*) FROM de_torres_vincent_users WHERE status = 'pending'");
    let out = lines(&fixture, "confirm\n0\n999999\n:nosuch\n/nosuch:x\no p\nv\n10\nc\nyes\nn\n");
    for words in [
        "has no meaning here",
        "There is no row 0.",
        "There is no row 999999.",
        "no such command",
        "Answer y or n.",
    ] {
        has(&out, words);
    }
    assert_eq!(out.matches("Error: ").count(), 6, "{out}");
    assert_eq!(
        number(&fixture, "SELECT count(*) FROM de_torres_vincent_users WHERE status = 'pending'"),
        before
    );
}

#[test]
fn the_end_of_the_input_ends_the_session() {
    let fixture = Fixture::legacy();
    for script in ["", "a\nTim\n", "q\n"] {
        lines(&fixture, script);
        let active = "SELECT count(*) FROM de_torres_vincent_session_tokens WHERE status = 'active' AND user_id = 1 AND expiration > datetime('now')";
        assert_eq!(number(&fixture, active), 0, "{script:?}");
    }
}

#[test]
fn a_wrong_password_is_told_and_asked_for_again() {
    let fixture = Fixture::legacy();
    let out = plain(&fixture, &[], "ada\nwrong\n").out;
    has(&out, "Wrong username or password.");
    assert!(!out.contains("NEXUS Users"), "{out}");
    assert!(!out.contains("wrong\n"), "{out}");
}

#[test]
fn an_input_that_is_cut_off_in_a_new_password_sets_none() {
    let fixture = Fixture::legacy();
    let passwords = fixture.rows("SELECT password FROM de_torres_vincent_users WHERE username = 'alan'");
    let half = format!("{LOGIN}/alan\nP\np\na new and long passphrase\na new and lo");
    let out = plain(&fixture, &[], &half).out;
    assert!(!out.contains("a new"), "{out}");
    assert_eq!(
        fixture.rows("SELECT password FROM de_torres_vincent_users WHERE username = 'alan'"),
        passwords
    );
}

#[test]
fn lines_may_end_as_on_other_systems_and_hold_hostile_bytes() {
    let fixture = Fixture::legacy();
    let script = format!("{LOGIN}/alan\nx\n").replace('\n', "\r\n");
    has(&plain(&fixture, &[], &script).out, "Suspended alan");
    assert!(status(&fixture, "alan").contains("suspended"));
    let hostile =
        "\u{1b}[31mx\u{7}\n/\u{202e}nala\n:user show \u{1b}]0;x\u{7}\na\nTim\u{1b}[2J\nTim\n\u{0}\nEsc\ny\n";
    let out = lines(&fixture, hostile);
    assert!(!out.contains('\u{202e}'), "{out}");
    has(&out, "has no meaning here");
}

#[test]
fn bytes_that_are_no_text_are_refused_and_the_next_line_follows() {
    let fixture = Fixture::legacy();
    let mut input = LOGIN.as_bytes().to_vec();
    input.extend_from_slice(b"/a\xff\xfe\n/alan\nx\n");
    let ran = fixture.run_bytes(&[("LANG", "C.UTF-8")], &["--plain"], &input);
    has(&ran.out, "The line is not valid UTF-8.");
    has(&ran.out, "Suspended alan");
}

#[test]
fn a_locale_without_utf8_prints_ascii() {
    let fixture = Fixture::legacy();
    let ran =
        plain(&fixture, &[("LC_ALL", "C")], &format!("{LOGIN}?\nEnter\n:sessions\n:directories\n:journal\n"));
    assert!(ran.out.is_ascii(), "{}", ran.out);
    has(&ran.out, "NEXUS Journal");
}

#[test]
fn an_empty_line_prints_the_page_again() {
    let fixture = Fixture::legacy();
    assert_eq!(lines(&fixture, "j\nk\n\n").matches("Columns: ").count(), 2);
}

#[test]
fn it_takes_no_command_and_a_dumb_terminal_is_told_of_it() {
    let fixture = Fixture::empty();
    assert_eq!(fixture.run(&["--plain", "user", "list"]).code, 2);
    let ran = fixture.run_in(&[("TERM", "dumb")], &[], "");
    assert_eq!(ran.code, 2);
    has(&ran.err, "--plain");
}
