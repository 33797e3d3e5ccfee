use proptest::prelude::*;

use unicode_normalization::UnicodeNormalization as _;

use super::*;

#[test]
fn sizes_have_two_or_three_digits() {
    for (bytes, words) in [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (1_549, "1.5 kB"),
        (99_949, "99.9 kB"),
        (250_000, "250 kB"),
        (2_098_765_432, "2.1 GB"),
        (u64::MAX, "18.4 EB"),
    ] {
        assert_eq!(byte_count(bytes), words);
    }
}

#[test]
fn blanks_around_a_name_are_seen_and_those_within_it_are_not_marked() {
    for (name, shown) in [
        ("", ""),
        ("ada", "ada"),
        ("ada  king", "ada  king"),
        (" ada", "<U+0020>ada"),
        ("ada king  ", "ada king<U+0020><U+0020>"),
        ("  ", "<U+0020><U+0020>"),
        (" a\u{a0}", "<U+0020>a<U+00A0>"),
        ("<U+0020>", "<U+003C>U+0020>"),
    ] {
        assert_eq!(visible_name(name), shown, "{name:?}");
    }
    assert_eq!(excerpt(" ada"), "“ ada”");
    assert_eq!(excerpt("ada "), "“ada ”");
    assert_eq!(excerpt("ada king"), "ada king");
    assert_eq!(excerpt_bare("ada "), "ada ");
}

#[test]
fn plain_text_is_left_alone() {
    for text in ["Ada", "Zoë O'Brien", "李 Müller", "🏠", "a < b", "Łukasz"] {
        assert_eq!(visible(text), text);
    }
}

#[test]
fn what_a_terminal_would_act_on_is_shown() {
    assert_eq!(visible("ad\x1b[31mmin"), "ad␛[31mmin");
    assert_eq!(visible("a\nb\x7f"), "a␊b␡");
    assert_eq!(visible("a\u{9b}b"), "a<U+009B>b");
    assert_eq!(visible("a\u{202e}b\u{200b}"), "a<U+202E>b<U+200B>");
    assert_eq!(visible("\u{e0041}"), "<U+E0041>");
}

#[test]
fn every_blank_but_the_plain_one_is_shown() {
    let blanks = (1..=0x2_ffff).filter_map(char::from_u32).filter(|c| c.is_whitespace() && *c != ' ');
    for blank in blanks {
        let shown = visible(&format!("a{blank}b")).into_owned();
        assert!(!shown.contains(blank), "U+{:04X}", u32::from(blank));
    }
    assert_eq!(visible("john\u{a0}\u{3000}doe"), "john<U+00A0><U+3000>doe");
    assert_eq!(visible("john doe"), "john doe");
}

#[test]
fn a_stand_in_typed_by_hand_does_not_pass_for_one() {
    assert_ne!(visible("a␛"), visible("a\x1b"));
    assert_ne!(visible("<U+202E>"), visible("\u{202e}"));
}

#[test]
fn marks_are_capped_per_letter_and_never_stand_alone() {
    let tower = format!("a{}", "\u{301}".repeat(9));
    assert!(visible(&tower).ends_with("<U+0301>"));
    assert_eq!(visible("\u{301}x"), "<U+0301>x");
}

#[test]
fn folding_ignores_case_accents_and_forms() {
    for (text, folded) in [
        ("Ñíguez", "niguez"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("ΟΔΟΣ", "οδοσ"),
        ("ЙОЖ", "иож"),
        ("ガ", "カ"),
    ] {
        assert_eq!(fold(text), folded);
    }
}

#[test]
fn clipping_counts_cells_not_letters() {
    assert_eq!(clip("李小龍", 4), "李…");
    assert_eq!(clip("abc", 3), "abc");
    assert_eq!(clip("abc", 0), "");
    assert_eq!(pad("李", 4), "李  ");
}

#[test]
fn messages_quote_at_most_two_hundred_characters() {
    let at_most = "é".repeat(200);
    assert_eq!(excerpt(&at_most), at_most);
    let longer = excerpt(&"é".repeat(201)).into_owned();
    assert_eq!((longer.chars().count(), longer.ends_with("é…")), (200, true));
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(grouped(1_000_000), "1,000,000");
    assert_eq!(count(1, "account", "accounts"), "1 account");
    assert_eq!(count(12_345, "row", "rows"), "12,345 rows");
}

#[test]
fn what_takes_a_cell_does_so_by_the_tables_and_is_a_letter_of_its_own() {
    let letters: Vec<char> =
        (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| takes_one_cell(*c)).collect();
    for c in &letters {
        assert_eq!(unicode_width::UnicodeWidthChar::width(*c), Some(1), "U+{:04X}", u32::from(*c));
        assert!(!is_unsafe(*c) && !c.is_control(), "U+{:04X}", u32::from(*c));
    }
    // No two of them join: each begins a letter behind any kind of other one.
    for before in ['a', 'é', 'ж', 'ς', '─', '▶', '✓', '…'] {
        let text: String = letters.iter().flat_map(|c| [*c, before]).collect();
        let parts = unicode_segmentation::UnicodeSegmentation::graphemes(text.as_str(), true).count();
        assert_eq!(parts, text.chars().count());
        assert_eq!(unicode_width::UnicodeWidthStr::width(text.as_str()), parts);
    }
}

proptest! {
    #[test]
    fn folding_leaves_no_accent_that_normalization_would_part(text in any::<String>(), more in "[ÀéĞñǅ각ﬁ½ʰΆŌ̂]{0,8}") {
        let text = text + &more;
        let parted: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
        prop_assert_eq!(fold(&text), fold(&parted));
    }

    #[test]
    fn nothing_unsafe_is_left(text in any::<String>()) {
        let shown = visible(&text).into_owned();
        prop_assert!(shown.chars().all(|c| !c.is_control()));
        let stand_ins = '\u{2400}'..='\u{2421}';
        let unsafe_left = shown.chars().find(|c| is_unsafe(*c) && !stand_ins.contains(c));
        prop_assert_eq!(unsafe_left, None);
    }

    #[test]
    fn different_texts_look_different(a in "[\0-\u{30}<U+20E>␀-␡]{0,6}", b in "[\0-\u{30}<U+20E>␀-␡]{0,6}") {
        prop_assert_eq!(a == b, visible(&a) == visible(&b));
        prop_assert_eq!(a == b, visible_name(&a) == visible_name(&b));
    }

    #[test]
    fn plain_text_is_as_wide_as_by_the_tables(text in "[ -~]{0,40}") {
        prop_assert!(is_plain(&text));
        prop_assert_eq!(width(&text), unicode_width::UnicodeWidthStr::width(text.as_str()));
    }

    #[test]
    fn clipping_is_the_same_letter_by_letter(text in "[a-zéж─…王é\u{301}]{0,12}", cells in 0_usize..12) {
        use unicode_segmentation::UnicodeSegmentation as _;
        let fits = |letters: &[&str]| width(&letters.concat()) < cells;
        let letters: Vec<&str> = text.graphemes(true).collect();
        let most = (0..=letters.len()).rfind(|most| letters.get(..*most).is_some_and(fits));
        let by_letter = most.map_or(String::new(), |most| letters.concat()[..letters[..most].concat().len()].to_owned() + "…");
        let expected = if width(&text) <= cells { text.clone() } else { by_letter };
        prop_assert_eq!(clip(&text, cells), expected);
    }

    #[test]
    fn clipped_text_fits(text in "\\PC*", cells in 0_usize..20) {
        prop_assert!(width(&clip(&text, cells)) <= cells);
        prop_assert_eq!(width(&pad(&text, cells)), cells);
    }

    #[test]
    fn a_text_holds_a_word_if_its_folded_form_does(
        text in prop_oneof!["[a-cA-C .\0]{0,9}", "[a-cA-CÄé]{0,9}"], word in "[a-c .\0]{0,3}",
    ) {
        prop_assert_eq!(folds_to_hold(&text, &word), fold(&text).contains(&word));
    }

    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}

#[test]
fn a_sentence_begins_with_a_capital_unless_it_begins_with_a_path() {
    for (words, expected) in [
        ("the disk is full", "The disk is full."),
        ("house/a.db cannot be used", "house/a.db cannot be used."),
        ("nexus.db-wal does not fit", "nexus.db-wal does not fit."),
        ("stopped.", "Stopped."),
        ("", "."),
    ] {
        assert_eq!(sentence(words), expected);
    }
}

#[test]
fn lines_are_broken_at_blanks() {
    assert_eq!(wrap("none yet: made later", 10), ["none yet:", "made later"]);
    assert_eq!(wrap("ab cd", 2), ["ab", "cd"], "a word that just fits stays whole");
    assert_eq!(wrap("0123456789", 4), ["0123", "4567", "89"]);
    assert_eq!(wrap("王王", 1), ["王", "王"]);
    assert_eq!(wrap("李小龍", 3), ["李", "小", "龍"]);
    assert_eq!(wrap("", 4), [""]);
}

proptest! {
    #[test]
    fn wrapping_loses_nothing_but_blanks(text in "[a-z 王é\u{301}]{0,40}", cells in 2_usize..12) {
        let lines = wrap(&text, cells);
        prop_assert!(lines.iter().all(|line| width(line) <= cells || width(line.trim_start()) <= cells), "{lines:?}");
        prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
