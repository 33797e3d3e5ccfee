//! Takes the pictures of the README from the real program, over the sample dump: `tests/pictures.sh`.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::terminal::Terminal;
use super::{PROGRAM, program, svg};

const SIZE: (u16, u16) = (120, 32);

/// The commands that are run before the pictures are taken.
const COMMANDS: &[&[&str]] = &[
    &["import", "legacy-nexus.sql", "--strip-prefix", "MEDIA"],
    &["user", "confirm", "--filter", "status:pending created:2024-01-01..2024-01-25"],
    &["session", "issue", "alan", "--for", "5h", "--label", "kitchen tv"],
    &["session", "issue", "grace", "--for", "30d"],
    &["session", "issue", "u4_cohen", "--for", "2h", "--label", "backup script"],
    &["user", "suspend", "u7_brown", "--reason", "payment failed"],
    &["user", "edit", "grace", "--contact-number", "+1 555 0100"],
    &["user", "promote", "u4_cohen"],
    &["directory", "rename", "00003_ALAN/Photos", "Pictures"],
    &["directory", "trash", "00009_U8_KESSON/Audios"],
];

#[test]
#[ignore = "writes the pictures of the README: tests/pictures.sh"]
fn take_the_pictures_of_the_readme() {
    let folder = TempDir::new().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/legacy-nexus.sql");
    fs::copy(data, folder.path().join("legacy-nexus.sql")).unwrap();
    for arguments in COMMANDS {
        let ran = Command::new(PROGRAM)
            .args(*arguments)
            .args(["--store", "nexus.db", "--yes"])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    let mut command = program();
    command.cwd(folder.path());
    // The emulator does not tell the colour of its ground: dark, as that of the pictures.
    command.env("COLORFGBG", "15;0");
    command.args(["--store", "nexus.db"]);
    let mut console = Terminal::start(command, SIZE);
    console.wait_for("Username or email");
    console.press("ada\tCorrect horse battery 1\r");
    console.wait_for("row 1 of 300");
    for (name, keys, shows) in [
        ("users", "/status:pending\rjj", "row 3 of"),
        ("overview", "0", "New accounts"),
        ("sessions", "2", "row 1 of"),
        ("directories", "3jjl", "Pictures"),
        ("journal", "4", "imported"),
    ] {
        console.press(keys);
        console.wait_for(shows);
        console.settle();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{name}.svg"));
        fs::write(file, svg::picture(console.screen())).unwrap();
    }
    console.press("q");
    assert_eq!(console.end(), 0);
}
