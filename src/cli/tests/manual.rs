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
