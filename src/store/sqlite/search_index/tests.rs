use proptest::prelude::*;

use super::*;

/// Returns words as accounts have them, and others.
fn any_words() -> impl Strategy<Value = String> {
    let run = || {
        prop::sample::select(vec![
            "a", "ana", "mar", "marana", "м", "мур", "é", "7", "07", "_", ".", "@", "-",
        ])
    };
    let line = move |most| prop::collection::vec(run(), 0..most).prop_map(|runs| runs.concat());
    let name = prop::collection::vec(line(3), 0..12).prop_map(|names| names.join(" "));
    let domain = prop::sample::select(vec!["", "@", "@mar.a", "@a", "@7mar.мур", "@ana-mar.a"]);
    prop_oneof![
        9 => (name, line(5), line(5), domain)
            .prop_map(|(name, username, local, domain)| format!("{name}\n{username}\n{local}{domain}")),
        1 => prop::collection::vec(prop::sample::select(vec!["\u{1}", "\0", "\n", "a", "ana", "@"]), 0..6)
            .prop_map(|parts| parts.concat()),
    ]
}

fn any_text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a", "an", "na", "ma", "r", "мур", "м", "7", "0", "_", ".", "@", "-", " ", "\n", "\u{1}",
    ]);
    prop::collection::vec(part, 1..5).prop_map(|parts| parts.concat())
}

fn packed(all: &[String]) -> PackedWords {
    let mut packed = PackedWords::default();
    for words in all {
        packed.push(words.as_bytes());
    }
    packed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn packed_words_are_what_they_were(all in prop::collection::vec(any_words(), 0..20)) {
        let packed = packed(&all);
        prop_assert!(packed.is_of(all.len()));
        let mut unpacked = Vec::new();
        packed.each(|at, words| unpacked.push((at, String::from_utf8(words.to_vec()).unwrap())));
        prop_assert_eq!(unpacked, all.into_iter().enumerate().collect::<Vec<_>>());
    }

    #[test]
    fn a_search_finds_in_packed_words_what_a_look_at_each_finds(
        all in prop::collection::vec(any_words(), 0..20),
        texts in prop::collection::vec(any_text(), 20),
    ) {
        let packed = packed(&all);
        for text in &texts {
            for is_in_email in [false, true] {
                let mut places = Places::none(all.len());
                packed.find(&SearchedText::new(text, is_in_email), &mut |at| places.add(at));
                let part = |words: &str| {
                    let begin = words.rfind('\n').filter(|_| is_in_email).map_or(0, |end| end + 1);
                    words[begin..].contains(text.as_str())
                };
                let found = all.iter().enumerate().filter(|(_, words)| part(words)).map(|(at, _)| at);
                prop_assert_eq!(places.iter().collect::<Vec<_>>(), found.collect::<Vec<_>>(), "{:?}", text);
            }
        }
    }

    #[test]
    fn ids_are_kept_whatever_gaps_they_have(
        first in any::<i64>(),
        gaps in prop_oneof![
            prop::collection::vec(Just(1_u64), 0..20),
            prop::collection::vec(1_u64..300, 0..20),
            prop::collection::vec(1_u64..u64::MAX >> 6, 0..20),
        ],
    ) {
        let mut ids = vec![first];
        ids.extend(gaps.iter().scan(first, |id, gap| { *id = id.checked_add_unsigned(*gap)?; Some(*id) }));
        let kept = Ids::from_bytes(&Ids::of(ids.clone()).to_bytes()).unwrap();
        prop_assert_eq!(kept.len(), ids.len());
        for (at, id) in ids.iter().enumerate() {
            prop_assert_eq!((kept.get(at), kept.place(*id)), (Some(*id), Some(at)));
        }
        for id in [first.saturating_sub(1), first.saturating_add(2), i64::MIN, i64::MAX] {
            prop_assert_eq!(kept.place(id), ids.binary_search(&id).ok());
        }
    }
}

#[test]
fn names_make_words_half_as_long() {
    let all = ["maria garcia\nmaria_garcia001\nmaria.garcia100001@mail.example.com".to_owned()];
    let packed = packed(&all);
    assert_eq!(packed.words, b"maria garcia\n\x01_\x02001\n\x01.\x02100001\xff");
    assert_eq!(
        (packed.domains.as_slice(), packed.numbers.as_slice()),
        (&b"mail.example.com\n"[..], &[1][..])
    );
}
