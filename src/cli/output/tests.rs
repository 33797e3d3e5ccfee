//! Hostile rows in every format.

use proptest::prelude::*;

use crate::domain::text::without_marks;

use super::*;

struct Row {
    id: i64,
    name: String,
    at: Option<Timestamp>,
}

impl Record for Row {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("id", |row: &Self, _| Value::Number(row.id)),
            Key::new("name", |row: &Self, _| (&row.name).into()),
            Key::new("at", |row: &Self, _| Value::of(row.at)),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |row: &Self, _| Cell::id(row.id)),
            Column::new(Heading::words("State").rank(1), |_, _| Cell::state("● active", Tone::Good)),
            Column::new(Heading::of("Full name", &["name", "at"]), |row: &Self, _| Cell::text(&row.name)),
        ]
    }
}

fn rows() -> Vec<Row> {
    vec![
        Row {
            id: 1, name: "李 Müller".into(), at: crate::domain::time::from_stored("2026-11-23 07:40:57")
        },
        Row { id: 120, name: "=1+1".into(), at: None },
        Row { id: 3, name: "a\x1b[31m\u{202e}\u{9b}\x7f\"\r\nb\u{e0041}".into(), at: None },
        Row { id: 4, name: String::new(), at: None },
    ]
}

fn printed(rows: &[Row], style: Style) -> String {
    let mut out = Vec::new();
    let mut sheet = Sheet::new(style, Timestamp::UNIX_EPOCH);
    for window in rows.chunks(2) {
        sheet.write(window, &mut out).unwrap();
    }
    sheet.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn style(format: Format) -> Style {
    Style { format, colour: false, terminal: false, width: None, ascii: false }
}

#[test]
fn a_table_is_aligned_by_cells() {
    insta::assert_snapshot!(printed(&rows(), style(Format::Table)), @"
     Id  State     Full name
      1  ● active  李 Müller
    120  ● active  =1+1
      3  ● active  a␛[31m<U+202E><U+009B>␡\"␍␊b<U+E0041>
      4  ● active  –
    ");
}

#[test]
fn without_a_terminal_a_value_of_any_length_is_printed_whole_and_pushes_nothing_away() {
    let headings = [Heading::words("A"), Heading::words("B")];
    let long = "x".repeat(70_000);
    let rows = [[long.as_str(), "b"], ["a", "b"]].map(|row| row.map(Cell::text).to_vec());
    let shown = Layout::new(&headings, None, false).widen(&rows);
    let lines = rows.each_ref().map(|row| {
        let mut out = Vec::new();
        table::row(&headings, &shown, row, style(Format::Table).looks(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    });
    assert_eq!(lines, [format!("{long}  b\n"), format!("a{}b\n", " ".repeat(121))]);
}

fn on_terminal(width: u16) -> Style {
    Style { terminal: true, width: Some(width), ..style(Format::Table) }
}

#[test]
fn on_a_terminal_values_are_cut_and_columns_leave_that_have_no_room() {
    insta::assert_snapshot!(printed(&rows(), on_terminal(30)), @"
     Id  State     Full name
      1  ● active  李 Müller
    120  ● active  =1+1
      3  ● active  a␛[31m<U+202E>…
      4  ● active  –
    ");
    insta::assert_snapshot!(printed(&rows(), Style { ascii: true, ..on_terminal(22) }), @"
     Id  Full name
      1  <U+674E> M<U+00F~
    120  =1+1
      3  a<U+241B>[31m<U+~
      4  -
    ");
    let mut sheet = Sheet::new(on_terminal(16), Timestamp::UNIX_EPOCH);
    let mut out = Vec::new();
    sheet.write(&rows(), &mut out).unwrap();
    assert_eq!(sheet.left_out(), ["State"]);
    let mut roomy = Sheet::new(on_terminal(80), Timestamp::UNIX_EPOCH);
    roomy.write(&rows(), &mut out).unwrap();
    assert!(roomy.left_out().is_empty());
}

#[test]
fn one_thing_is_wrapped_on_a_terminal() {
    let row = Row { id: 1, name: "Augusta Ada King, Countess of Lovelace".into(), at: None };
    let mut out = Vec::new();
    one(&row, on_terminal(30), Timestamp::UNIX_EPOCH, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"
    Id         1
    State      ● active
    Full name  Augusta Ada King,
               Countess of
               Lovelace
    ");
}

fn chosen(names: &[&str], style: Style) -> String {
    let mut out = Vec::new();
    let mut sheet = Sheet::<Row>::with_columns(style, Timestamp::UNIX_EPOCH, names);
    sheet.write(&rows()[..1], &mut out).unwrap();
    sheet.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn chosen_columns_stand_in_their_order_in_every_format() {
    assert_eq!(chosen(&["at", "id"], style(Format::Csv)), "at,id\r\n2026-11-23T07:40:57Z,1\r\n");
    assert_eq!(chosen(&["at", "id"], style(Format::Jsonl)), "{\"at\":\"2026-11-23T07:40:57Z\",\"id\":1}\n");
    // A column of the table stands for its keys, and a key without one has one of its own.
    assert_eq!(
        chosen(&["full_name", "id", "name"], style(Format::Csv)),
        "name,at,id\r\n李 Müller,2026-11-23T07:40:57Z,1\r\n"
    );
    insta::assert_snapshot!(chosen(&["at", "full_name", "id", "id"], style(Format::Table)), @"
    at UTC             Full name  Id
    23 Nov 2026 07:40  李 Müller   1
    ");
}

#[test]
fn columns_are_found_by_key_and_by_heading() {
    assert_eq!(column_names::<Row>(), ["id", "name", "at", "full_name"]);
    assert_eq!(find_column::<Row>("Full name").as_deref(), Some("full_name"));
    assert_eq!(find_column::<Row>("ID").as_deref(), Some("id"));
    // It shows what no key holds.
    assert_eq!(find_column::<Row>("state"), None);
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let coloured = printed(&rows(), Style { colour: true, ..style(Format::Table) });
    assert!(coloured.contains("\x1b[32m● active\x1b[m"));
    assert!(!printed(&rows(), style(Format::Table)).contains('\x1b'));
}

#[test]
fn json_keeps_the_data_and_nothing_raw() {
    let text = printed(&rows(), style(Format::Json));
    insta::assert_snapshot!(text, @r#"
    [
    {"id":1,"name":"李 Müller","at":"2026-11-23T07:40:57Z"},
    {"id":120,"name":"=1+1","at":null},
    {"id":3,"name":"a\u001b[31m\u202e\u009b\u007f\"\r\nb\udb40\udc41","at":null},
    {"id":4,"name":"","at":null}
    ]
    "#);
    let back: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(back[2]["name"], rows()[2].name);
}

#[test]
fn an_empty_list_is_an_empty_array() {
    assert_eq!(printed(&[], style(Format::Json)), "[]\n");
    assert_eq!(printed(&[], style(Format::Table)), "");
}

#[test]
fn csv_defuses_formulas() {
    let text = printed(&rows(), style(Format::Csv));
    insta::assert_debug_snapshot!(text, @r#""id,name,at\r\n1,李 Müller,2026-11-23T07:40:57Z\r\n120,'=1+1,\r\n3,\"a\u{1b}[31m\u{202e}\u{9b}\u{7f}\"\"\r\nb\u{e0041}\",\r\n4,,\r\n""#);
    for start in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
        let row = Row { id: 1, name: format!("{start}x"), at: None };
        assert!(printed(&[row], style(Format::Csv)).contains(&format!("'{start}x")), "{start:?}");
    }
}

#[test]
fn an_empty_csv_has_its_header() {
    let mut out = Vec::new();
    Sheet::<Row>::new(style(Format::Csv), Timestamp::UNIX_EPOCH).write(&[], &mut out).unwrap();
    assert_eq!(out, b"id,name,at\r\n");
}

#[test]
fn one_thing_is_an_object_or_a_line_per_field() {
    let print = |format| {
        let mut out = Vec::new();
        one(&rows()[0], style(format), Timestamp::UNIX_EPOCH, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    insta::assert_snapshot!(print(Format::Table), @"
    Id         1
    State      ● active
    Full name  李 Müller
    ");
    assert_eq!(print(Format::Json), "{\"id\":1,\"name\":\"李 Müller\",\"at\":\"2026-11-23T07:40:57Z\"}\n");
    assert_eq!(print(Format::Csv), "id,name,at\r\n1,李 Müller,2026-11-23T07:40:57Z\r\n");
}

proptest! {
    #[test]
    fn a_table_fits_the_terminal(
        names in prop::collection::vec("[a-zé李\u{301} =\u{1b}]{0,60}", 1..6),
        width in 12_u16..120,
        ascii in any::<bool>(),
        colour in any::<bool>(),
    ) {
        let rows: Vec<_> =
            names.iter().map(|name| Row { id: 7, name: name.clone(), at: None }).collect();
        let text = printed(&rows, Style { colour, ascii, ..on_terminal(width) });
        let plain = text.replace("\u{1b}[2m", "").replace("\u{1b}[32m", "").replace("\u{1b}[m", "");
        for line in plain.lines() {
            prop_assert!(crate::domain::text::width(line) <= width.into(), "{line:?} in {width}");
            prop_assert!(!ascii || line.is_ascii(), "{line:?}");
        }
    }
    #[test]
    fn no_format_gives_a_terminal_anything_raw(name in any::<String>()) {
        for format in [Format::Table, Format::Json, Format::Jsonl, Format::Csv] {
            let rows = [Row { id: 1, name: name.clone(), at: None }];
            let text = printed(&rows, Style { terminal: true, ..style(format) });
            let raw = text.chars().find(|c| c.is_control() && !"\r\n".contains(*c));
            prop_assert_eq!(raw, None);
            prop_assert!(text.lines().count() <= 3);
        }
    }

    #[test]
    fn json_and_csv_give_the_text_back(name in "['=+ -]?.*") {
        let rows = [Row { id: 1, name: name.clone(), at: None }];
        let json: serde_json::Value = serde_json::from_str(&printed(&rows, style(Format::Json))).unwrap();
        prop_assert_eq!(json[0]["name"].as_str(), Some(name.as_str()));
        let text = printed(&rows, style(Format::Csv));
        let line = ::csv::Reader::from_reader(text.as_bytes()).into_records().next().unwrap().unwrap();
        let read = line.get(1).map(|cell| without_marks(cell).into_owned());
        prop_assert_eq!(read.as_ref(), Some(&name));
    }
}

#[test]
fn jsonl_is_an_object_a_line_and_nothing_for_no_rows() {
    let text = printed(&rows(), style(Format::Jsonl));
    assert_eq!(text.lines().count(), rows().len());
    for (line, array) in text.lines().zip(printed(&rows(), style(Format::Json)).lines().skip(1)) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value.is_object());
        assert_eq!(line, array.trim_end_matches(','));
    }
    assert_eq!(printed(&[], style(Format::Jsonl)), "");
}

#[test]
fn a_table_for_a_locale_without_utf_8_is_ascii_and_still_aligned() {
    let text = printed(&rows(), Style { ascii: true, ..style(Format::Table) });
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("<U+674E>"), "{text}");
    let id = |line: &str| line.find(|c: char| c.is_ascii_digit());
    assert!(text.lines().count() > 1 && text.lines().skip(1).all(|line| id(line).is_some()), "{text}");
}

#[test]
fn a_paragraph_is_wrapped_at_words_where_there_is_a_terminal() {
    let told = |width, ascii| {
        let mut out = Vec::new();
        let style = Style { width, ascii, ..style(Format::Table) };
        paragraph("warning (mode): the file “a” can be read by others", ["", "  "], style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(told(None, false), "warning (mode): the file “a” can be read by others\n");
    assert_eq!(told(Some(30), false), "warning (mode): the file “a”\n  can be read by others\n");
    assert!(told(Some(5), true).lines().all(|line| line.is_ascii() && line.len() <= 22));
}
