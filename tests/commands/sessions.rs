//! `session`.

use super::house::House;

fn id_of(house: &House, filter: &str) -> String {
    house.json(&["session", "list", "--filter", filter])[0]["id"].to_string()
}

#[test]
fn a_token_is_issued_once_and_verified_on_standard_input() {
    let house = House::with_admin();
    let token = house.ok(&["session", "issue", "root", "--for", "2h"]);
    assert!(token.starts_with("nxs_") && token.lines().count() == 1, "{token}");
    let who = house.ok_with(&["session", "verify", "--format", "json"], &token);
    assert!(who.contains("\"username\":\"root\""), "{who}");
    let list = house.ok(&["session", "list", "--format", "json"]);
    assert!(!list.contains(token.trim()) && list.contains("\"status\":\"active\""), "{list}");
    for bad in ["", "\n", "nxs_wrong\n", "nxs_"] {
        assert_eq!(house.run_with(&["session", "verify"], bad).code, 5, "{bad:?}");
    }
}

#[test]
fn a_token_is_verified_where_nothing_can_be_written_and_in_a_dry_run_and_leaves_no_trace() {
    let house = House::with_admin();
    let token = house.ok(&["session", "issue", "root"]);
    let seen = || house.json(&["session", "list"])[0]["last_seen"].clone();
    let before = seen();
    for flag in ["--readonly", "--dry-run"] {
        house.ok_with(&["session", "verify", flag], &token);
        assert_eq!(house.run_with(&["session", "verify", flag], "nxs_wrong").code, 5, "{flag}");
        assert_eq!(seen(), before, "{flag}");
    }
    std::fs::hard_link(house.store(), house.path("second.db")).unwrap();
    let whose = house.ok_with(&["session", "verify", "--format", "json"], &token);
    assert!(whose.contains("\"username\":\"root\""), "{whose}");
    assert_eq!(house.run_with(&["session", "verify"], "nxs_wrong").code, 5);
    assert_eq!(seen(), before);
    house.fails(7, &["session", "issue", "root"]);
}

#[test]
fn only_confirmed_accounts_get_a_token_and_only_for_a_year() {
    let house = House::with_admin();
    house.ok(&[
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
    house.fails(5, &["session", "issue", "bob"]);
    house.fails(6, &["session", "issue", "root", "--for", "366d"]);
    house.fails(6, &["session", "issue", "root", "--for", "soon"]);
    house.fails(3, &["session", "issue", "nobody"]);
}

#[test]
fn a_session_is_renewed_and_revoked() {
    let house = House::with_admin();
    let token = house.ok(&["session", "issue", "root"]);
    let id = id_of(&house, "user:root");
    house.ok(&["session", "renew", &id, "--for", "30d"]);
    house.ok(&["session", "revoke", &id]);
    assert_eq!(house.run_with(&["session", "verify"], &token).code, 5);
    assert_ne!(house.run(&["session", "renew", &id]).code, 0);
    house.fails(3, &["session", "renew", "999"]);
}

#[test]
fn revoking_several_asks() {
    let house = House::with_admin();
    house.ok(&["session", "issue", "root"]);
    let revoke = ["session", "revoke", "--user", "root"];
    house.ok(&["session", "issue", "root"]);
    house.fails(2, &revoke);
    house.fails(2, &["session", "revoke", "1", "2"]);
    assert_eq!(house.count(&["session", "list", "--filter", "status:active"]), 2);
    house.ok(&[&revoke[..], &["--yes"]].concat());
    assert_eq!(house.count(&["session", "list", "--filter", "status:active"]), 0);
    house.fails(3, &["session", "revoke", "--user", "nobody", "--yes"]);
    house.fails(6, &["session", "revoke", "--filter", "", "--yes"]);
}

#[test]
fn imported_sessions_have_ended() {
    let house = House::legacy();
    assert_eq!(house.count(&["session", "list", "--filter", "status:active"]), 0);
    assert!(house.count(&["session", "list", "--filter", "user:ada"]) > 0);
    house.ok(&["session", "sweep"]);
}
