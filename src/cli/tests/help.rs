//! Help, its topics, and the nearest name for one that is not known.

use super::super::examples::EXAMPLES;
use super::super::testing::World;

fn ran(args: &[&str]) -> (u8, String, String) {
    let ran = World::default().run(args, &mut |request, _| panic!("{request:?}"));
    (ran.code, ran.out, ran.err)
}

#[test]
fn help_is_that_of_a_command_by_its_words() {
    for words in [&[][..], &["user"], &["user", "list"], &["journal", "verify"], &["export"]] {
        let (code, out, err) = ran(&[&["help"], words].concat());
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(out, ran(&[words, &["--help"]].concat()).1, "{words:?}");
    }
}

#[test]
fn help_of_a_topic_is_a_page_of_the_manual_unless_a_command_has_its_name() {
    for name in ["operating", "exit-codes", "json"] {
        assert_eq!(ran(&["help", name]), ran(&["manual", name]));
    }
    assert_eq!(ran(&["help", "journal"]).1, ran(&["journal", "--help"]).1);
    let help = ran(&["--help"]).1;
    let topics = help.split_once("\nTopics: ").unwrap().1.split(';').next().unwrap();
    assert!(topics.contains("operating") && topics.ends_with("keys"), "{topics}");
    assert!(!topics.contains("journal"), "that is a command: {topics}");
}

#[test]
fn what_is_mistyped_names_the_nearest() {
    for (args, code, nearest) in [
        (&["help", "usre"][..], 2, "did you mean user?"),
        (&["help", "opperating"], 2, "did you mean operating?"),
        (&["help", "user", "lst"], 2, "did you mean list?"),
        (&["help", "zzz"], 2, "`nexus --help` lists the commands"),
        (&["usr"], 2, "'user'"),
        (&["user", "lst"], 2, "'list'"),
        (&["user", "list", "--filtr", "x"], 2, "'--filter'"),
        (&["user", "list", "--sort", "usrname"], 2, "a similar column exists: 'username'"),
        (&["user", "list", "--columns", "id,emial"], 2, "a similar column exists: 'email'"),
        (&["user", "list", "--format", "jsn"], 2, "'json'"),
        (&["user", "edit", "alan", "--access-level", "admn"], 2, "'admin'"),
        (&["user", "list", "--filter", "stauts:pending"], 6, "did you mean status?"),
        (&["user", "list", "--filter", "status:pendng"], 6, "try status:pending"),
        (&["user", "list", "--filter", "status:suspendd"], 6, "try status:suspended"),
        (&["completions", "bsh"], 2, "'bash'"),
        (&["manual", "exit-code"], 2, "'exit-codes'"),
    ] {
        let (exit, out, err) = ran(args);
        assert_eq!((exit, out.as_str()), (code, ""), "{args:?}: {err}");
        assert!(err.contains(nearest), "{args:?}: {err}");
    }
}

#[test]
fn every_example_stands_on_one_line() {
    for (command, lines) in EXAMPLES {
        for line in *lines {
            assert!(line.len() <= 98, "{command}: {line}");
        }
    }
}

#[test]
fn help_fits_a_narrow_terminal() {
    for args in [&["--help"][..], &["user", "list", "--help"], &["help", "backup"]] {
        let mut world = World::terminal();
        world.environment.terminal.columns = Some(40);
        let ran = world.run(args, &mut |request, _| panic!("{request:?}"));
        for line in ran.out.lines() {
            // A word is never torn.
            let is_word = line.trim_start().split(' ').count() == 1;
            assert!(crate::domain::text::width(line) <= 40 || is_word, "{line}");
        }
    }
}
