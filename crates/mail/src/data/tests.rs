use proptest::prelude::*;

use super::*;

const RULES: ContentRules =
    ContentRules { size_limit: 10_000, header_limit: 10_000, long_lines: LongLines::Keep };

/// Feeds the octets in pieces of `size`; returns what came of it and how many octets belonged to the message.
fn decode(input: &[u8], size: usize) -> Option<(Result<FinishedContent, ContentFault>, usize)> {
    let mut decoder = DataDecoder::new(RULES, None);
    let mut used = 0;
    for piece in input.chunks(size) {
        used += decoder.feed(piece);
        if decoder.is_complete() {
            return Some((decoder.finish(), used));
        }
    }
    None
}

/// The same, slowly and by the letter: lines end with CRLF, the one that is a dot ends the message, a dot before
/// anything else is dropped.
fn reference(input: &[u8]) -> Option<(Result<Vec<u8>, ContentFault>, usize)> {
    let mut content = Vec::new();
    let mut start = 0;
    loop {
        let end = start + memchr::memmem::find(&input[start..], b"\r\n")?;
        let line = &input[start..end];
        start = end + 2;
        if line == b"." {
            break;
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        content.extend_from_slice(b"\r\n");
    }
    let text = content.as_slice();
    let pairs = memchr::memmem::find_iter(text, b"\r\n").count();
    let count = |octet: u8| text.iter().filter(|other| **other == octet).count();
    let result = if count(b'\r') != pairs || count(b'\n') != pairs {
        Err(ContentFault::BareLineEnding)
    } else if count(0) > 0 {
        Err(ContentFault::Nul)
    } else {
        Ok(content)
    };
    Some((result, start))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn the_decoder_agrees_with_the_reference(
        pieces in proptest::collection::vec(proptest::sample::select(
            &[".", "\r", "\n", "\r\n", "\r\n.", "\r\n.\r\n", "..", "text", "\0", "é"][..]), 0..30),
        size in 1_usize..20,
    ) {
        let input = pieces.concat() + "\r\n.\r\nMAIL FROM:<hidden@example.test>\r\n";
        let expected = reference(input.as_bytes()).expect("an end is there");
        let (result, used) = decode(input.as_bytes(), size).expect("an end is there");
        prop_assert_eq!(used, expected.1);
        prop_assert_eq!(result.map(|content| content.octets.to_vec()), expected.0);
    }

    #[test]
    fn short_lines_stay_and_long_ones_become_short(
        lines in proptest::collection::vec((0_usize..3_000, 1_usize..1_500), 1..6),
    ) {
        let body: String = lines.iter().map(|(length, gap)| {
            let line: String = (0..*length).map(|at| if at % gap == gap - 1 { ' ' } else { 'ü' }).collect();
            line + "\r\n"
        }).collect();
        let content = format!("Subject: x\r\n\r\n{body}");
        let broken = shorten_lines(content.as_bytes(), LongLines::Break).expect("a body can be broken");
        let text = String::from_utf8(broken).expect("no character is torn");
        prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE_LIMIT));
        prop_assert_eq!(text.replace("\r\n", ""), content.replace("\r\n", ""));
        let is_long = content.split("\r\n").any(|line| line.len() > LINE_LIMIT);
        prop_assert_eq!(shorten_lines(content.as_bytes(), LongLines::Refuse).is_none(), is_long);
    }
}

#[test]
fn the_end_is_found_and_nothing_behind_it_is_touched() {
    let cases: &[(&str, &str, &str)] = &[
        (".\r\nRSET\r\n", "", "RSET\r\n"),
        ("a\r\n.\r\n", "a\r\n", ""),
        ("..\r\n.\r\nx", ".\r\n", "x"),
        (".a\r\n..b\r\n...\r\n.\r\n.\r\n", "a\r\n.b\r\n..\r\n", ".\r\n"),
        ("\r\n\r\n.\r\n", "\r\n\r\n", ""),
    ];
    for (input, content, rest) in cases {
        for size in 1..=input.len() {
            let (result, used) = decode(input.as_bytes(), size).unwrap();
            assert_eq!(result.unwrap().octets, content.as_bytes(), "{input:?} by {size}");
            assert_eq!(&input[used..], *rest, "{input:?} by {size}");
        }
    }
}

#[test]
fn no_octet_is_kept_above_the_limit() {
    let mut content = Content::new(ContentRules { size_limit: 10, ..RULES }, Some(u64::MAX));
    content.push(b"12345678\r\n");
    assert_eq!((content.fault(), content.len()), (None, 10));
    content.push(b"9");
    assert_eq!(content.fault(), Some(ContentFault::TooLarge));
    content.push(&[b'x'; 100_000]);
    assert_eq!(content.finish(), Err(ContentFault::TooLarge));
}

#[test]
fn lengths_of_lines_are_known() {
    let input = format!("{}\r\n{}\r\n.\r\n", "x".repeat(700), "y".repeat(1_400));
    for size in [1, 7, 700, 701, 702, 5_000] {
        let (result, _) = decode(input.as_bytes(), size).unwrap();
        assert_eq!(result.unwrap().longest_line, 1_400, "by {size}");
    }
}

#[test]
fn header_lines_are_folded_where_that_changes_nothing() {
    let shorten = |content: &str| {
        shorten_lines(content.as_bytes(), LongLines::Refuse)
            .map(|content| String::from_utf8(content).unwrap())
    };
    let addresses = (0..60).map(|n| format!("person-{n:04}@example.test")).collect::<Vec<_>>().join(", ");
    let content = format!("To: {addresses}\r\nSubject: x\r\n\r\nbody\r\n");
    let folded = shorten(&content).unwrap();
    assert!(folded.split("\r\n").all(|line| line.len() <= LINE_LIMIT));
    assert_eq!(folded.replace("\r\n ", " "), content);
    // One word that cannot be folded.
    assert_eq!(shorten(&format!("X-Data: {}\r\n\r\n", "x".repeat(1_200))), None);
    // White space at the end of a long line: nothing of it is worth a line.
    let trailing = shorten(&format!("X: {}{}\r\n\r\n", "y".repeat(900), " ".repeat(300))).unwrap();
    assert!(trailing.split("\r\n").all(|line| line.is_empty() || !line.trim().is_empty()), "{trailing:?}");
    // Without a header section, everything is body.
    assert_eq!(shorten(&format!("no field\r\n{} {}\r\n", "x".repeat(900), "x".repeat(900))), None);
}
