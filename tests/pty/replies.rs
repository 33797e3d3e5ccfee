//! Replies of the terminal, which are no keys, leave no trace in lists and fields.

use super::*;

/// Replies and reports. Many hold letters that would leave, undo, mark or open something.
const REPLIES: [&str; 17] = [
    "\x1bP>|quit dd(390)\x1b\\",
    "\x1bP1$r0;1q\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1b]52;c;cXVpdCBkZGRk\x07",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b^quit\x1b\\",
    "\x1bXquit\x1b\\",
    "\x1b[?62;1;2;4;6;9;15;22;29c",
    "\x1b[>41;354;0c",
    "\x1b[24;80R",
    "\x1b[?2026;2$y",
    "\x1b[48;24;80;600;800t",
    "\x1b[<0;10;10M",
    "\x1b[Mqqq",
];

/// Every reply, whole and in two writes, with what is typed between them.
fn type_among_replies(console: &mut Terminal, text: &str) {
    let mut letters = text.chars();
    for at in 1.. {
        for reply in REPLIES {
            let (one, other) = reply.split_at(at % reply.len());
            console.press(one);
            console.press(other);
            let Some(letter) = letters.next() else { return };
            console.press(&letter.to_string());
        }
    }
}

#[test]
fn replies_leave_no_trace_at_log_in_in_a_list_and_in_a_field() {
    let fixture = Fixture::new();
    let mut console = fixture.console();
    console.wait_for("Username or email");
    type_among_replies(&mut console, "ada\t");
    type_among_replies(&mut console, PASSWORD);
    console.press("\r");
    console.wait_for("row 1 of 1");
    type_among_replies(&mut console, "");
    for reply in REPLIES {
        console.press(reply);
    }
    console.press("/");
    type_among_replies(&mut console, "zebra crossing");
    console.wait_for("/ zebra crossing");
    assert_eq!(fixture.sessions(), (1, 1));
    console.press("\x1b");
    console.wait_until_gone("zebra");
    console.press("q");
    assert_eq!(console.end(), 0);
}

#[test]
fn a_paste_without_its_end_keeps_no_key_from_working() {
    let fixture = Fixture::new();
    let mut console = fixture.logged_in();
    console.press("/\x1b[200~zeb\x1b[20");
    console.wait_for("/ zeb");
    console.press("\x03");
    assert_eq!(console.end(), 0);
}
