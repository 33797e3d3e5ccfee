//! `session`.

use super::fixture::Fixture;

fn id_of(fixture: &Fixture, filter: &str) -> String {
    fixture.json(&["session", "list", "--filter", filter])[0]["id"].to_string()
}

#[test]
fn a_token_is_issued_once_and_verified_on_standard_input() {
    let fixture = Fixture::with_admin();
    let token = fixture.ok(&["session", "issue", "root", "--for", "2h"]);
    assert!(token.starts_with("nxs_") && token.lines().count() == 1, "{token}");
    let who = fixture.ok_with(&["session", "verify", "--format", "json"], &token);
    assert!(who.contains("\"username\":\"root\""), "{who}");
    let table = fixture.ok_with(&["session", "verify"], &token);
    assert!(table.contains("Session id  1") && table.contains("Ends (UTC)  20"), "{table}");
    let list = fixture.ok(&["session", "list", "--format", "json"]);
    assert!(!list.contains(token.trim()) && list.contains("\"status\":\"active\""), "{list}");
    for bad in ["", "\n", "nxs_wrong\n", "nxs_"] {
        assert_eq!(fixture.run_with(&["session", "verify"], bad).code, 5, "{bad:?}");
    }
}

#[test]
fn a_token_is_verified_where_nothing_can_be_written_and_in_a_dry_run_and_leaves_no_trace() {
    let fixture = Fixture::with_admin();
    let token = fixture.ok(&["session", "issue", "root"]);
    let seen = || fixture.json(&["session", "list"])[0]["last_seen"].clone();
    let before = seen();
    for flag in ["--readonly", "--dry-run"] {
        fixture.ok_with(&["session", "verify", flag], &token);
        assert_eq!(fixture.run_with(&["session", "verify", flag], "nxs_wrong").code, 5, "{flag}");
        assert_eq!(seen(), before, "{flag}");
    }
    std::fs::hard_link(fixture.store(), fixture.path("second.db")).unwrap();
    let whose = fixture.ok_with(&["session", "verify", "--format", "json"], &token);
    assert!(whose.contains("\"username\":\"root\""), "{whose}");
    assert_eq!(fixture.run_with(&["session", "verify"], "nxs_wrong").code, 5);
    assert_eq!(seen(), before);
    fixture.fails(7, &["session", "issue", "root"]);
}

#[test]
fn only_confirmed_accounts_get_a_token_and_only_for_a_year() {
    let fixture = Fixture::with_admin();
    fixture.ok(&[
        "user",
        "add",
        "--username",
        "bob",
        "--email",
        "b@c.d",
        "--firstname",
        "B",
        "--lastname",
        "B",
    ]);
    fixture.fails(5, &["session", "issue", "bob"]);
    fixture.fails(6, &["session", "issue", "root", "--for", "366d"]);
    fixture.fails(6, &["session", "issue", "root", "--for", "soon"]);
    fixture.fails(3, &["session", "issue", "nobody"]);
}

#[test]
fn a_session_is_renewed_and_revoked() {
    let fixture = Fixture::with_admin();
    let token = fixture.ok(&["session", "issue", "root"]);
    let id = id_of(&fixture, "user:root");
    fixture.ok(&["session", "renew", &id, "--for", "30d"]);
    fixture.ok(&["session", "revoke", &id, "--yes"]);
    let refused = fixture.run_with(&["session", "verify"], &token);
    assert_eq!(refused.code, 5);
    assert!(
        refused.err.contains("Invalid token: revoked by ") && !refused.err.contains("nxs_"),
        "{}",
        refused.err
    );
    let listed = fixture.json(&["session", "list"]);
    assert_eq!((&listed[0]["end_reason"], listed[0]["ended_at"].is_string()), (&"revoked".into(), true));
    assert_ne!(fixture.run(&["session", "renew", &id]).code, 0);
    fixture.fails(3, &["session", "renew", "999"]);
}

#[test]
fn a_label_is_listed_found_and_checked() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["session", "issue", "root", "--label", " living room TV "]);
    fixture.ok(&["session", "issue", "root"]);
    let found = fixture.json(&["session", "list", "--filter", "label:ROOM"]);
    assert_eq!((found.as_array().map(Vec::len), &found[0]["label"]), (Some(1), &"living room TV".into()));
    for label in ["", "  ", "a\nb", &"x".repeat(101)] {
        fixture.fails(6, &["session", "issue", "root", "--label", label]);
    }
    fixture.ok(&["session", "issue", "root", "--label=-x-"]);
}

#[test]
fn the_limits_of_the_config_file_hold() {
    let fixture = Fixture::with_admin();
    let config = fixture.path("config.toml");
    let config = config.to_str().unwrap();
    let with = |args: &[&'static str]| [args, &["--config"][..]].concat();
    std::fs::write(config, "[sessions]\nmax_tokens = 2\n").unwrap();
    let issue = with(&["session", "issue", "root"]);
    let issue: Vec<&str> = issue.iter().copied().chain([config]).collect();
    let first = fixture.ok(&issue);
    fixture.ok(&issue);
    let err = fixture.fails(4, &issue);
    assert!(err.contains("root has 2 tokens already") && err.contains("sessions.max_tokens"), "{err}");
    assert_eq!(fixture.run_with(&["session", "verify"], &first).code, 0, "no token ended for another");
    for wrong in
        ["max_tokens = 0", "max_tokens = 10001", "max = 101", "max = \"5\"", "at_cap = \"end\"", "maxx = 1"]
    {
        std::fs::write(config, format!("[sessions]\n{wrong}\n")).unwrap();
        fixture.fails(6, &issue);
    }
}

#[test]
fn a_restored_account_gets_its_sessions_back_only_if_asked() {
    let fixture = Fixture::with_admin();
    fixture.ok(&[
        "user",
        "add",
        "--username",
        "alan",
        "--email",
        "a@x.example",
        "--firstname",
        "A",
        "--lastname",
        "B",
    ]);
    fixture.ok(&["user", "confirm", "alan"]);
    let token = fixture.ok(&["session", "issue", "alan"]);
    let verified = || fixture.run_with(&["session", "verify"], &token).code;
    let delete = || fixture.ok(&["user", "delete", "alan", "--yes"]);
    delete();
    assert_eq!(verified(), 5);
    fixture.ok(&["undo"]);
    assert_eq!(verified(), 0);
    delete();
    fixture.ok(&["user", "restore", "alan", "--with-sessions"]);
    assert_eq!(verified(), 0);
    delete();
    let restored = fixture.run(&["user", "restore", "alan"]);
    let words = "1 session that the deletion ended stays ended: only --with-sessions brings it back";
    assert!(restored.code == 0 && restored.err.contains(words), "{}", restored.err);
    assert_eq!(verified(), 5);
    let uses = fixture.json(&["journal", "list", "--filter", "verb:use-token result:refused"]);
    assert_eq!(uses.as_array().map(Vec::len), Some(2), "one while it was deleted, one after: {uses}");
}

#[test]
fn revoking_several_asks() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["session", "issue", "root"]);
    let revoke = ["session", "revoke", "--user", "root"];
    fixture.ok(&["session", "issue", "root"]);
    fixture.fails(2, &revoke);
    fixture.fails(2, &["session", "revoke", "1", "2"]);
    assert_eq!(fixture.count(&["session", "list", "--filter", "status:active"]), 2);
    fixture.ok(&[&revoke[..], &["--yes"]].concat());
    assert_eq!(fixture.count(&["session", "list", "--filter", "status:active"]), 0);
    fixture.fails(3, &["session", "revoke", "--user", "nobody", "--yes"]);
    fixture.fails(6, &["session", "revoke", "--filter", "", "--yes"]);
}

#[test]
fn imported_sessions_have_ended() {
    let fixture = Fixture::legacy();
    assert_eq!(fixture.count(&["session", "list", "--filter", "status:active"]), 0);
    assert!(fixture.count(&["session", "list", "--filter", "user:ada"]) > 0);
    fixture.ok(&["session", "sweep"]);
}

#[test]
fn a_clock_behind_the_journal_is_said_and_no_token_is_judged_by_it() {
    let fixture = Fixture::with_admin();
    let token = fixture.ok(&["session", "issue", "root"]);
    fixture.write(
        "INSERT INTO nexus_journal SELECT seq + 1, '2099-01-01 00:00:00', actor_id, actor, sudo_user, session_id, place, \
         verb, outcome, kind, object_id, label, account_id, before, after, seq + 1, undoes, hash, NULL, NULL \
         FROM nexus_journal ORDER BY seq DESC LIMIT 1",
    );
    let refused = fixture.run_with(&["session", "verify"], &token);
    assert_eq!(refused.code, 7);
    assert!(
        refused.err.contains("2099-01-01T00:00:00Z") && refused.err.contains("doctor --fix"),
        "{}",
        refused.err
    );
    assert_eq!(refused.err.matches("behind the journal").count(), 1, "{}", refused.err);
    let listed = fixture.run(&["user", "list"]);
    assert!(listed.err.contains("warning: The clock is behind the journal"), "{}", listed.err);
    assert_eq!(listed.code, 0);
}

#[test]
fn what_the_environment_says_of_an_origin_is_claimed_and_a_password_in_it_is_never_read() {
    let fixture = Fixture::with_admin();
    let ran = fixture.run_in(
        &[("SUDO_USER", "mallory"), ("SSH_CONNECTION", "192.0.2.77 1 192.0.2.1 22"), ("NEXUS_PASSWORD", "x")],
        &["session", "issue", "root"],
        "",
    );
    assert!(ran.err.contains("NEXUS_PASSWORD is set") && ran.code == 0, "{}", ran.err);
    let entry = &fixture.json(&["journal", "list", "--limit", "1"])[0];
    assert_eq!(entry["sudo_user"], "mallory (claimed)");
    assert_eq!(entry["place"], "192.0.2.77 (claimed)");
}

#[test]
fn an_end_that_is_no_time_is_told_as_it_stands() {
    let fixture = Fixture::with_admin();
    let token = fixture.ok(&["session", "issue", "root"]);
    fixture.write("UPDATE de_torres_vincent_session_tokens SET expiration = 'ne\u{1b}ver'");
    let listed = fixture.ok(&["session", "list"]);
    assert!(
        listed.contains("unreadable date “ne␛ver”") || listed.contains("unreadable date “ne␛v"),
        "{listed}"
    );
    let json = fixture.json(&["session", "list"]);
    assert_eq!((&json[0]["expiration"], &json[0]["status"]), (&().into(), &"expired".into()));
    assert_eq!(json[0]["unreadable_expiration"], "ne\u{1b}ver");
    let refused = fixture.run_with(&["session", "verify"], &token);
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("unreadable date “ne␛ver”"), "{}", refused.err);
}
