//! `nexus config set`: one setting of the config file is changed, and the rest of it stays.

use crate::domain::config::Config;
use crate::service::contract::FailureKind;

use super::config::{Files, USUAL, config, contents, files};

#[test]
fn a_setting_is_changed_and_the_rest_of_the_file_stays() {
    let old = "# mine\nstart=\"users\" # first\n[bin]\n# long\nkeep_days  =  7  # a week\n";
    for (args, new) in [
        (["bin.keep_days", "10"], old.replace("7  # a week", "10  # a week")),
        (["start", "overview"], old.replace("\"users\"", "\"overview\"")),
        (["start", "\"overview\""], old.replace("\"users\"", "\"overview\"")),
        (["store.label", "12"], format!("{old}\n[store]\nlabel = \"12\"\n")),
        (["keys.users.pending", "[\"z p\"]"], format!("{old}\n[keys.users]\npending = [\"z p\"]\n")),
    ] {
        let files = files(old);
        config(&[&["set"][..], &args].concat(), &files).unwrap();
        let text = contents(&files);
        assert_eq!(toml::from_str::<Config>(&text), toml::from_str(&new), "{args:?}");
        assert_eq!(text.replace("\n\n", "\n").replace("[keys]\n", ""), new.replace("\n\n", "\n"), "{args:?}");
    }
}

#[test]
fn a_commented_out_setting_gives_way_to_the_new_value() {
    let made = Files::default();
    let (out, _) = config(&["set", "bin.keep_days", "10", "--format", "json"], &made).unwrap();
    assert_eq!(out, format!("{{\"action\":\"config set\",\"changed\":1,\"file\":\"{USUAL}\"}}\n"));
    let fresh = Files::default();
    config(&["init"], &fresh).unwrap();
    assert_eq!(contents(&made), contents(&fresh).replace("# keep_days = 30", "keep_days = 10"));
    // What only looks like a comment is left alone.
    let text = "[store]\nlabel = \"\"\"\\\n# color = 1\\\n\"\"\"\n";
    let tricky = files(text);
    config(&["set", "store.color", "red"], &tricky).unwrap();
    assert_eq!(contents(&tricky), format!("{text}color = \"red\"\n"));
}

#[test]
fn what_cannot_be_set_leaves_the_file_alone() {
    let old = "[bin]\nkeep_days = 7\n";
    for (args, words) in [
        (["bin.keepdays", "7"], "There is no setting “bin.keepdays”."),
        (["bin", "7"], "There is no setting “bin”."),
        (
            ["bin.keep_days", "0"],
            "bin.keep_days was not set: invalid value: integer `0`, expected a whole number",
        ),
        (["bin.keep_days", "many"], "bin.keep_days was not set: invalid type: string \"many\""),
        (["start", "nowhere"], "unknown variant `nowhere`, expected `users` or `overview`."),
        (["keys.undo", "U"], "Undo has its key."),
        (["store.label", "\u{1b}[2J"], "store.label was not set: "),
    ] {
        let files = files(old);
        let failure = config(&[&["set"][..], &args].concat(), &files).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Invalid, "{args:?}");
        assert!(failure.message.contains(words), "{}", failure.message);
        assert_eq!(contents(&files), old);
    }
    let tables = "[keys]\n[keys.users]\nsuspend = \"f5\"\n";
    let kept = files(tables);
    let failure = config(&["set", "keys.users", "f3"], &kept).unwrap_err();
    assert!(failure.message.contains("“keys.users” is a table in the file."), "{}", failure.message);
    assert_eq!(contents(&kept), tables);
    let hint = config(&["set", "bin.keepdays", "7"], &files(old)).unwrap_err().hint.unwrap();
    assert!(hint.starts_with("did you mean `bin.keep_days`?"), "{hint}");
    let broken = files("[bin]\nkeep_weeks = 7\n");
    assert!(
        config(&["set", "theme", "dark"], &broken).unwrap_err().message.contains("line 2: unknown field")
    );
}

#[test]
fn new_tables_come_after_the_comments_of_those_above() {
    let fresh = Files::default();
    config(&["init"], &fresh).unwrap();
    config(&["set", "keys.users.suspend", "ctrl-x"], &fresh).unwrap();
    let text = contents(&fresh);
    assert_eq!(text, format!("{}\n[keys.users]\nsuspend = \"ctrl-x\"\n", template()));
    config(&["set", "keys.users.pending", "f6"], &fresh).unwrap();
    assert_eq!(contents(&fresh), format!("{text}pending = \"f6\"\n"));
    // A table that others follow, too.
    let middle = files("[keys]\n# undo = \"U\"\n\n[bin]\nkeep_days = 7\n# the end\n");
    config(&["set", "keys.users.suspend", "ctrl-x"], &middle).unwrap();
    let expected =
        "[keys]\n# undo = \"U\"\n\n[bin]\nkeep_days = 7\n# the end\n\n[keys.users]\nsuspend = \"ctrl-x\"\n";
    assert_eq!(contents(&middle), expected);
}

/// Returns the text of a new file.
fn template() -> String {
    let fresh = Files::default();
    config(&["init"], &fresh).unwrap();
    contents(&fresh)
}

#[test]
fn line_endings_and_the_byte_order_mark_stay() {
    for (old, new) in [
        (
            "\u{feff}# mine\r\n[bin]\r\nkeep_days = 7\r\n",
            "\u{feff}# mine\r\n[bin]\r\nkeep_days = 9\r\n\r\n[lock]\r\nafter = 3\r\n",
        ),
        (
            "# one\n[bin]\r\nkeep_days = 7 # a\n# end\n",
            "# one\n[bin]\r\nkeep_days = 9 # a\r\n# end\n\r\n[lock]\r\nafter = 3\r\n",
        ),
        ("[bin]\nkeep_days = 7", "[bin]\nkeep_days = 9\n\n[lock]\nafter = 3\n"),
    ] {
        let files = files(old);
        config(&["set", "bin.keep_days", "9"], &files).unwrap();
        config(&["set", "lock.after", "3"], &files).unwrap();
        assert_eq!(contents(&files), new);
    }
}
