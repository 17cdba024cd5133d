use super::*;

fn written(reply: &Reply) -> String {
    let mut out = Vec::new();
    reply.write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn one_line_and_several_lines() {
    assert_eq!(written(&Reply::new(250, (2, 1, 5), "Ok")), "250 2.1.5 Ok\r\n");
    assert_eq!(written(&Reply::new(550, (5, 17, 105), "No")), "550 5.17.105 No\r\n");
    let mut reply = Reply::new(550, (5, 7, 1), "First");
    reply.lines.push("Second".to_owned());
    assert_eq!(written(&reply), "550-5.7.1 First\r\n550 5.7.1 Second\r\n");
    assert_eq!(written(&Reply::plain(354, Vec::new())), "354 \r\n");
}

#[test]
fn no_text_can_end_a_line_or_make_it_too_long() {
    assert_eq!(written(&Reply::new(250, (2, 0, 0), "a\r\n550 b\u{0}")), "250 2.0.0 a??550 b?\r\n");
    let long = written(&Reply::new(554, (5, 999, 999), "ü".repeat(1_000)));
    assert!(long.len() <= 512 && long.ends_with("ü\r\n"), "{}", long.len());
}

#[test]
fn enhanced_codes_are_split_off() {
    let split = |text| EnhancedCode::split(text).map(|(code, rest)| (code.to_string(), rest));
    assert_eq!(split("5.7.1 no"), Some(("5.7.1".to_owned(), "no")));
    assert_eq!(split("2.0.0"), Some(("2.0.0".to_owned(), "")));
    for none in ["", "3.0.0 x", "5.7 x", "5.7.1.1 x", "5.7.1234 x", "5..1 x", "hello"] {
        assert_eq!(split(none), None, "{none:?}");
    }
}
