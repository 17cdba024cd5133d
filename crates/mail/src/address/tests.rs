use super::*;

#[test]
fn a_domain_is_kept_as_dns_compares_it() {
    let domain = |text: &str| Domain::new(text).map(|domain| domain.to_string());
    assert_eq!(domain("Example.TEST."), Ok("example.test".to_owned()));
    assert_eq!(domain("bücher.test"), Ok("xn--bcher-kva.test".to_owned()));
    assert_eq!(domain("BÜCHER.test"), Ok("xn--bcher-kva.test".to_owned()));
    assert_eq!(
        Domain::new("xn--bcher-kva.test").map(|domain| domain.to_unicode()),
        Ok("bücher.test".to_owned())
    );
    for bad in
        ["", ".", "a..b", "-a.test", "a-.test", "a_b.test", "192.0.2.1", "a.1", "a b.test", "a.test..", "a@b"]
    {
        assert!(Domain::new(bad).is_err(), "{bad:?}");
    }
    assert_eq!(Domain::new(&format!("{}.test", "a".repeat(64))), Err(AddressError::Domain));
    assert_eq!(Domain::new(&"a.".repeat(200)), Err(AddressError::TooLong));
}

#[test]
fn a_domain_is_within_itself_and_its_parents() {
    let domain = |text: &str| Domain::new(text).unwrap();
    assert!(domain("mail.example.test").is_within(&domain("example.test")));
    assert!(domain("example.test").is_within(&domain("example.test")));
    assert!(!domain("badexample.test").is_within(&domain("example.test")));
    assert!(!domain("test").is_within(&domain("example.test")));
}

#[test]
fn the_local_part_is_kept_as_written() {
    for text in
        ["Jo.Doe+tag@example.test", "\"a b\"@example.test", "\"a\\\"b@c\"@example.test", "a%b!c@example.test"]
    {
        assert_eq!(Address::new(text).unwrap().to_string(), text);
    }
    let address = Address::new("Jo@EXAMPLE.test").unwrap();
    assert_eq!((address.local(), address.to_string().as_str()), ("Jo", "Jo@example.test"));
    assert_ne!(address, Address::new("jo@example.test").unwrap());
}

#[test]
fn literals_are_parsed_and_written_in_one_form() {
    let written = |text: &str| Address::new(text).map(|address| address.to_string());
    assert_eq!(written("a@[192.0.2.1]"), Ok("a@[192.0.2.1]".to_owned()));
    assert_eq!(written("a@[ipv6:2001:DB8:0::1]"), Ok("a@[IPv6:2001:db8::1]".to_owned()));
    for bad in [
        "a@[192.0.2]",
        "a@[192.0.2.01]",
        "a@[2001:db8::1]",
        "a@[IPv6:]",
        "a@[IPv6:fe80::1%1]",
        "a@[",
        "a@[]",
        "a@[]]",
    ] {
        assert!(Address::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn tricks_are_refused() {
    let error = |text: &str| Address::new(text).unwrap_err();
    assert_eq!(error("@relay.test:a@example.test"), AddressError::SourceRoute);
    assert_eq!(error("@a.test,@b.test:a@example.test"), AddressError::SourceRoute);
    assert_eq!(error("a@example.test@relay.test"), AddressError::Domain);
    assert_eq!(error("relay.test!a"), AddressError::NoAt);
    assert_eq!(error("a@example.test."), AddressError::Domain);
    for bad in [
        "a b@c.test",
        "a\u{0}@c.test",
        "\"a\nb\"@c.test",
        "a@c.test\r\nRCPT",
        "a@@c.test",
        "\"a\"b@c.test",
        "\"a@c.test",
    ] {
        assert!(Address::new(bad).is_err(), "{bad:?}");
    }
    for invisible in ['\u{202E}', '\u{200B}', '\u{2066}', '\u{3000}', '\u{85}', '\u{FEFF}'] {
        assert_eq!(error(&format!("pay{invisible}pal@c.test")), AddressError::LocalPart);
        assert!(Address::new(&format!("\"pay{invisible}pal\"@c.test")).is_err() || invisible == '\u{3000}');
    }
}

#[test]
fn lengths_are_bounded() {
    let at = |local: usize| Address::new(&format!("{}@example.test", "a".repeat(local)));
    assert!(at(64).is_ok());
    assert_eq!(at(65), Err(AddressError::TooLong));
    let long =
        |labels: usize| Address::new(&format!("{}@{}test", "a".repeat(64), "bbbbbbbbb.".repeat(labels)));
    assert!(long(18).is_ok());
    assert_eq!(long(19), Err(AddressError::TooLong));
    // 240 octets as typed, more as A-labels.
    let grows = format!("{}@{}test", "a".repeat(64), "ü.".repeat(30));
    assert_eq!(Address::new(&grows), Err(AddressError::TooLong));
}

#[test]
fn utf8_is_for_local_parts_and_domains() {
    let address = Address::new("jörg@bücher.test").unwrap();
    assert!(address.needs_smtputf8());
    assert_eq!(address.to_string(), "jörg@xn--bcher-kva.test");
    assert!(!Address::new("joerg@bücher.test").unwrap().needs_smtputf8());
}
