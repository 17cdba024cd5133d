use super::*;
use crate::envelope::{BodyType, Notify, ReturnContent};

fn mail(line: &str) -> Result<(Option<String>, MailParameters), &'static str> {
    match Command::parse(line) {
        Ok(Command::Mail(sender, parameters)) => Ok((sender.map(|sender| sender.to_string()), parameters)),
        Ok(other) => panic!("{other:?}"),
        Err(SyntaxError::Reply(reply)) => Err(&reply[..9]),
        Err(SyntaxError::UnframedChunk) => Err("unframed"),
    }
}

#[test]
fn verbs_in_any_case() {
    assert_eq!(Command::parse("ehlo Client.TEST"), Ok(Command::Hello(HelloKind::Ehlo, "Client.TEST")));
    assert_eq!(Command::parse("StartTLS"), Ok(Command::StartTls));
    assert_eq!(Command::parse("bdat 10 last"), Ok(Command::Chunk { size: 10, last: true }));
    assert_eq!(
        Command::parse("AUTH PLAIN ="),
        Ok(Command::Authenticate { mechanism: "PLAIN", initial: Some("=") })
    );
    assert_eq!(Command::parse("DATAX"), Ok(Command::Unknown));
    assert_eq!(Command::parse(""), Ok(Command::Unknown));
    assert_eq!(Command::parse(" DATA"), Ok(Command::Unknown));
    assert_eq!(Command::parse(":"), Ok(Command::Unknown));
    assert_eq!(Command::parse("Ünknown"), Ok(Command::Unknown));
    assert_eq!(Command::parse("get /"), Ok(Command::Foreign));
    assert_eq!(Command::parse("User-Agent: x"), Ok(Command::Foreign));
}

#[test]
fn names_are_believed_but_not_everything() {
    for name in ["localhost", "[192.0.2.1]", "[IPv6:::1]", "DESKTOP_1"] {
        assert_eq!(Command::parse(&format!("EHLO {name}")), Ok(Command::Hello(HelloKind::Ehlo, name)));
    }
    for bad in ["EHLO", "HELO  ", "EHLO bücher.test"] {
        assert!(Command::parse(bad).is_err(), "{bad:?}");
    }
    assert!(Command::parse(&format!("EHLO {}", "x".repeat(256))).is_err());
}

#[test]
fn paths_in_and_out_of_brackets() {
    let sender = |line| mail(line).map(|(sender, _)| sender);
    let good = |text: &str| Ok(Some(text.to_owned()));
    assert_eq!(sender("MAIL FROM:<>"), Ok(None));
    assert_eq!(sender("MAIL FROM: <>"), Ok(None));
    assert_eq!(sender("MAIL FROM:<a@b.test>"), good("a@b.test"));
    assert_eq!(sender("MAIL FROM: a@b.test"), good("a@b.test"));
    assert_eq!(sender("mail from:<\"x>y z\"@b.test> SIZE=1"), good("\"x>y z\"@b.test"));
    assert_eq!(sender("MAIL FROM:\"x y\"@b.test SIZE=1"), good("\"x y\"@b.test"));
    for bad in [
        "MAIL FROM:",
        "MAIL FROM:<",
        "MAIL FROM:<a@b.test",
        "MAIL FROM:a@b.test>",
        "MAIL FROM:<<a@b.test>>",
        "MAIL FROM:<a@b.test>x",
        "MAIL FROM:<a>",
        "MAIL FROM:<\"x>@b.test>",
        "MAIL FROM:<a@b.test><c@d.test>",
    ] {
        assert_eq!(sender(bad), Err("501 5.1.7"), "{bad:?}");
    }
    assert_eq!(sender("MAIL FROM:<a@b..test>"), Err("501 5.1.8"));
    assert_eq!(sender("MAIL TO:<a@b.test>"), Err("501 5.5.4"));
    assert_eq!(sender("MAIL"), Err("501 5.5.4"));
}

#[test]
fn parameters_of_mail() {
    let (_, parameters) =
        mail("MAIL FROM:<> size=12  body=8bitmime SMTPUTF8 REQUIRETLS RET=full ENVID=a+20b AUTH=<>").unwrap();
    assert_eq!(
        parameters,
        MailParameters {
            size: Some(12),
            body: BodyType::EightBitMime,
            smtputf8: true,
            require_tls: true,
            return_content: Some(ReturnContent::Full),
            envelope_id: Some("a+20b".to_owned()),
            auth: Some("<>".to_owned()),
        }
    );
    assert_eq!(mail("MAIL FROM:<> SIZE=99999999999999999999").unwrap().1.size, Some(u64::MAX));
    assert_eq!(mail("MAIL FROM:<> SIZE=999999999999999999999").err(), Some("501 5.5.4"));
    assert_eq!(mail("MAIL FROM:<> ENVID=a+2b").err(), Some("501 5.5.4"));
    assert_eq!(mail(&format!("MAIL FROM:<> ENVID={}", "a".repeat(101))).err(), Some("501 5.5.4"));
    assert_eq!(mail("MAIL FROM:<> =x").err(), Some("501 5.5.4"));
    assert_eq!(mail("MAIL FROM:<> S_ZE=1").err(), Some("501 5.5.4"));
    assert_eq!(mail("MAIL FROM:<> RET=FULL RET=HDRS").err(), Some("555 5.5.4"));
}

#[test]
fn parameters_of_rcpt() {
    let parse = |text: &str| match Command::parse(&format!("RCPT TO:<a@b.test> {text}")) {
        Ok(Command::Recipient(_, parameters)) => Some(parameters),
        _ => None,
    };
    let notify = |text: &str| parse(text).and_then(|parameters| parameters.notify);
    assert_eq!(notify("NOTIFY=never"), Some(Notify::NEVER));
    assert_eq!(notify("NOTIFY=DELAY,success"), Some(Notify { success: true, failure: false, delay: true }));
    for bad in ["NEVER,FAILURE", "FAILURE,", ",", "ALWAYS", "FAILURE;DELAY"] {
        assert_eq!(notify(&format!("NOTIFY={bad}")), None, "{bad:?}");
    }
    let original = |text: &str| parse(&format!("ORCPT={text}")).and_then(|parameters| parameters.original);
    for good in ["rfc822;a+2Bb@c.test", "X-400;anything", "utf-8;ü@c.test"] {
        assert_eq!(original(good).as_deref(), Some(good));
    }
    for bad in ["a@c.test", ";a", "rfc822;", "rfc822;ü@c.test", "rfc822;a+zz", "rf c;a"] {
        assert_eq!(original(bad), None, "{bad:?}");
    }
    assert_eq!(original(&format!("rfc822;{}", "a".repeat(494))), None);
}

#[test]
fn xtext_there_and_back() {
    for text in ["plain@example.test", "a+b=c d", "ü", "+", ""] {
        let encoded = encode_xtext(text);
        assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(decode_xtext(&encoded), (!text.is_empty()).then(|| text.to_owned()));
    }
    assert_eq!(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
    for bad in ["a=b", "a+", "a+2", "a+2b", "a+é1", "a b"] {
        assert!(!is_xtext(bad), "{bad:?}");
    }
    assert_eq!(decode_xtext("+FF"), None);
}
