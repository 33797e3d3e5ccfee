//! The pages of the manual.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::manual::{PAGES, index};
use super::super::testing::World;

fn ran(args: &[&str]) -> (u8, String, String) {
    let ran = World::default().run(args, &mut |_, _| panic!("the manual asks the service for nothing"));
    (ran.code, ran.out, ran.err)
}

#[test]
fn every_file_is_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/manual");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> =
        files.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md")).collect();
    let pages: BTreeSet<_> = PAGES.iter().map(|page| format!("{}.md", page.name)).collect();
    assert_eq!((&pages, pages.len()), (&files, PAGES.len()));
}

#[test]
fn without_a_page_it_lists_them_all() {
    let (code, out, err) = ran(&["manual"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, index().as_str(), ""));
    for page in PAGES {
        assert!(out.contains(&format!("\n  {:10}  {}\n", page.name, page.title)), "{out}");
    }
}

#[test]
fn a_page_is_printed_as_it_is() {
    for page in PAGES {
        assert!(page.text.starts_with("# ") && page.text.ends_with('\n'), "{}", page.name);
        assert_eq!(ran(&["manual", page.name]), (0, page.text.to_owned(), String::new()));
    }
}

#[test]
fn an_unknown_page_is_wrong_usage_and_the_pages_are_named() {
    let (code, out, err) = ran(&["manual", "nowhere"]);
    assert_eq!((code, out.as_str()), (2, ""));
    for page in PAGES {
        assert!(err.contains(page.name), "{err}");
    }
    assert_eq!(ran(&["manual", "json", "--format", "json"]).0, 2, "it is no data");
}

#[test]
fn every_command_has_a_man_page() {
    let page = |args: &[&str]| {
        let (code, out, _) = ran(&[&["manual", "--roff"][..], args].concat());
        (code == 0).then_some(out)
    };
    let keys =
        "# Keys\n\n## Users\n\n| key | command | |\n|---|---|---|\n| `\\|` | `confirm` | confirm it |\n";
    let program = crate::cli::man_page(keys).text;
    assert!(program.contains(".TH nexus 1") && program.contains("nexus\\-user(1)"), "{program}");
    assert!(program.contains(".SS \"Users\"\n.TP\n\\fB|\\fR\nconfirm it (:confirm)\n"), "{program}");
    assert!(program.contains(".SH \"NOTES\"\nExit codes: 0 done"), "{program}");
    for spec in crate::cli::CONSOLE_COMMANDS.specs() {
        let words: Vec<_> = spec.name.split(' ').collect();
        let text = page(&words).unwrap_or_else(|| panic!("{} has no page", spec.name));
        assert!(text.contains(&format!(".TH nexus-{} 1", words.join("-"))), "{text}");
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("\\-\\-store"), "{}: the global options are missing", spec.name);
    }
    let list = page(&["user", "list"]).unwrap();
    assert!(
        list.contains(".SH \"EXAMPLES\"\n.PP\n.nf\nnexus user list \\-\\-filter status:pending\n"),
        "{list}"
    );
    assert!(list.contains(".TP\n\\fBlast_seen\\fR\nWhen the account last logged in"), "{list}");
    assert!(!list.contains("short_id"), "that is a key of sessions: {list}");
    let act = page(&["user", "suspend"]).unwrap();
    assert!(act.contains("\\fBsessions_ended\\fR"), "{act}");
    assert_eq!(page(&["nowhere"]), None);
}
