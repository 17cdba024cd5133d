use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::client::{ClientMechanism, Credentials};
use super::scram::{BindingKind, ChannelBinding, Client, ClientBinding, ScramKeys, ServerStart, derive};
use super::*;

/// The example of RFC 7677 §3.
const CLIENT_NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                            p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn keys() -> ScramKeys {
    derive("pencil", &STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap(), 4_096).unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("user", "pencil")
}

fn exporter(data: &[u8]) -> ChannelBinding {
    ChannelBinding { kind: BindingKind::TlsExporter, data: data.to_vec() }
}

fn end_point(data: &[u8]) -> ChannelBinding {
    ChannelBinding { kind: BindingKind::TlsServerEndPoint, data: data.to_vec() }
}

#[test]
fn the_example_of_rfc_7677_as_server() {
    let start = ServerStart::parse(CLIENT_FIRST.as_bytes(), Mechanism::ScramSha256, false, &[]).unwrap();
    assert_eq!(start.user(), "user");
    let (last, first) = start.challenge(keys(), SERVER_NONCE).unwrap();
    assert_eq!(String::from_utf8(first).unwrap(), SERVER_FIRST);
    assert_eq!(last.finish(CLIENT_FINAL.as_bytes()).unwrap(), SERVER_FINAL.as_bytes());
}

#[test]
fn the_example_of_rfc_7677_as_client() {
    let client = Client::new(&credentials(), ClientBinding::Unsupported, CLIENT_NONCE).unwrap();
    assert_eq!(client.first(), CLIENT_FIRST.as_bytes());
    let (last, message) = client.respond(SERVER_FIRST.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(message).unwrap(), CLIENT_FINAL);
    assert_eq!(last.verify(SERVER_FINAL.as_bytes()), Ok(()));
    assert_eq!(last.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="), Err(SaslError::Malformed));
    assert_eq!(last.verify(b"v=AAAA"), Err(SaslError::Proof));
    assert_eq!(last.verify(b"e=invalid-proof"), Err(SaslError::Refused));
}

/// Runs a whole exchange between our two sides.
fn exchange(
    password: &str,
    binding: ClientBinding,
    mechanism: Mechanism,
    plus_offered: bool,
    server_bindings: &[ChannelBinding],
) -> Result<(), SaslError> {
    let credentials = Credentials::new("user", password);
    let mut client = ClientMechanism::new(mechanism, &credentials, binding, CLIENT_NONCE)?;
    let first = client.initial().unwrap();
    let start = ServerStart::parse(&first, mechanism, plus_offered, server_bindings)?;
    let (server, challenge) = start.challenge(keys(), SERVER_NONCE)?;
    let response = client.respond(&challenge)?;
    let last_words = server.finish(&response)?;
    assert_eq!(client.finish(), Err(SaslError::Proof), "235 before the proof is no login");
    assert!(client.respond(&last_words)?.is_empty());
    client.finish()
}

#[test]
fn both_sides_agree() {
    let plus = Mechanism::ScramSha256Plus;
    let bindings = [exporter(b"0123"), end_point(b"4567")];
    assert_eq!(
        exchange("pencil", ClientBinding::Unsupported, Mechanism::ScramSha256, true, &bindings),
        Ok(())
    );
    assert_eq!(exchange("pencil", ClientBinding::NotOffered, Mechanism::ScramSha256, false, &[]), Ok(()));
    for binding in bindings.clone() {
        assert_eq!(exchange("pencil", ClientBinding::Bound(binding), plus, true, &bindings), Ok(()));
    }
}

#[test]
fn what_must_fail_fails() {
    let plus = Mechanism::ScramSha256Plus;
    let plain = Mechanism::ScramSha256;
    let bindings = [exporter(b"0123")];
    let bound = |binding| ClientBinding::Bound(binding);
    assert_eq!(exchange("pencil2", ClientBinding::Unsupported, plain, false, &[]), Err(SaslError::Proof));
    // Somebody terminates TLS in between: both ends see another channel.
    assert_eq!(
        exchange("pencil", bound(exporter(b"9999")), plus, true, &bindings),
        Err(SaslError::ChannelBinding)
    );
    assert_eq!(
        exchange("pencil", bound(end_point(b"0123")), plus, true, &bindings),
        Err(SaslError::Unsupported)
    );
    // Somebody took -PLUS out of our EHLO reply.
    assert_eq!(
        exchange("pencil", ClientBinding::NotOffered, plain, true, &bindings),
        Err(SaslError::Downgrade)
    );
    // The wrong flag for the mechanism.
    assert_eq!(
        exchange("pencil", bound(exporter(b"0123")), plain, true, &bindings),
        Err(SaslError::ChannelBinding)
    );
    for first in ["n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "y,,n=user,r=rOprNGfwEbeRWgbNEkqO"] {
        let parsed = ServerStart::parse(first.as_bytes(), plus, true, &bindings);
        assert_eq!(parsed.map(|_| ()), Err(SaslError::ChannelBinding));
    }
}

#[test]
fn first_messages_that_are_none() {
    let parse =
        |text: &str| ServerStart::parse(text.as_bytes(), Mechanism::ScramSha256, false, &[]).map(|_| ());
    for bad in [
        "",
        "n",
        "n,,",
        "n,,n=user",
        "x,,n=user,r=abcdefgh",
        "n,,n=,r=abcdefgh",
        "n,,n=a=b,r=abcdefgh",
        "n,,n=a=2,r=abcdefgh",
        "n,,r=abcdefgh,n=user",
    ] {
        assert_eq!(parse(bad), Err(SaslError::Malformed), "{bad:?}");
    }
    assert_eq!(parse("n,,m=x,n=user,r=abcdefgh"), Err(SaslError::Unsupported));
    assert_eq!(parse("n,,n=user,r=short"), Err(SaslError::Nonce));
    assert_eq!(parse("n,a=other,n=user,r=abcdefgh"), Err(SaslError::Authorization));
    assert_eq!(parse("n,a=user,n=user,r=abcdefgh"), Ok(()));
    assert_eq!(parse("n,,n=us\u{7}er,r=abcdefgh"), Err(SaslError::Forbidden));
    let start = ServerStart::parse(b"n,,n=a=2Cb=3Dc,r=abcdefgh,ext=1", Mechanism::ScramSha256, false, &[]);
    assert_eq!(start.unwrap().user(), "a,b=c");
}

#[test]
fn last_messages_that_are_none() {
    let finish = |text: &str| {
        let start = ServerStart::parse(CLIENT_FIRST.as_bytes(), Mechanism::ScramSha256, false, &[]).unwrap();
        start.challenge(keys(), SERVER_NONCE).unwrap().0.finish(text.as_bytes()).map(|_| ())
    };
    assert_eq!(finish(CLIENT_FINAL), Ok(()));
    assert_eq!(finish(&CLIENT_FINAL.replace("c=biws", "c=eSws")), Err(SaslError::ChannelBinding));
    assert_eq!(finish(&CLIENT_FINAL.replace("hNlF$k0", "hNlF$k1")), Err(SaslError::Nonce));
    assert_eq!(finish(&CLIENT_FINAL.replace("p=dHzb", "p=eHzb")), Err(SaslError::Proof));
    assert_eq!(finish(&format!("{}p=AAAA", CLIENT_FINAL.split("p=").next().unwrap())), Err(SaslError::Proof));
    // An extension between nonce and proof is signed with the rest, so this proof does not cover it.
    assert_eq!(finish(&CLIENT_FINAL.replace(",p=", ",x=1,p=")), Err(SaslError::Proof));
    assert_eq!(finish("c=biws"), Err(SaslError::Malformed));
}

#[test]
fn a_client_trusts_no_odd_server() {
    let respond = |text: &str| {
        let client = Client::new(&credentials(), ClientBinding::Unsupported, CLIENT_NONCE).unwrap();
        client.respond(text.as_bytes()).map(|_| ())
    };
    assert_eq!(respond(SERVER_FIRST), Ok(()));
    assert_eq!(respond(&format!("{SERVER_FIRST},x=ignored")), Ok(()));
    assert_eq!(respond("r=rOprNGfwEbeRWgbNEkqO,s=QUJD,i=4096"), Err(SaslError::Nonce));
    assert_eq!(respond("r=somebodyelse,s=QUJD,i=4096"), Err(SaslError::Nonce));
    assert_eq!(respond(&SERVER_FIRST.replace("i=4096", "i=4095")), Err(SaslError::Iterations));
    assert_eq!(respond(&SERVER_FIRST.replace("i=4096", "i=99999999")), Err(SaslError::Iterations));
    assert_eq!(respond(&SERVER_FIRST.replace("i=4096", "i=many")), Err(SaslError::Malformed));
    assert_eq!(respond(&format!("m=1,{SERVER_FIRST}")), Err(SaslError::Unsupported));
    assert_eq!(respond("e=other-error"), Err(SaslError::Refused));
    for nonce in ["", "short", "with,comma", "with space", "ümlaut00"] {
        let client = Client::new(&credentials(), ClientBinding::Unsupported, nonce);
        assert_eq!(client.err(), Some(SaslError::Nonce), "{nonce:?}");
    }
}

#[test]
fn a_decoy_is_constant_and_looks_real() {
    let decoy = |user| ScramKeys::decoy(b"secret of this server", user, 4_096);
    assert_eq!(decoy("nobody"), decoy("nobody"));
    assert_ne!(decoy("nobody").salt, decoy("nobody2").salt);
    assert_eq!(decoy("nobody").salt.len(), 16);
    assert_eq!(derive("pencil", b"salt", 4_095).err(), Some(SaslError::Iterations));
    assert_eq!(derive("pen\u{0}cil", b"salt", 4_096).err(), Some(SaslError::Forbidden));
}

#[test]
fn plain_messages() {
    let parse = |text: &str| {
        PlainMessage::parse(text.as_bytes())
            .map(|message| (message.user.clone(), message.password.to_string()))
    };
    let good = |user: &str, password: &str| Ok((user.to_owned(), password.to_owned()));
    assert_eq!(parse("\0tim\0tanstaaftanstaaf"), good("tim", "tanstaaftanstaaf"));
    assert_eq!(parse("tim\0tim\0x"), good("tim", "x"));
    assert_eq!(parse("Ursel\0Kurt\0xipj3plmq"), Err(SaslError::Authorization));
    for bad in ["", "\0", "\0a", "\0\0b", "\0a\0", "\0a\0b\0c"] {
        assert_eq!(parse(bad), Err(SaslError::Malformed), "{bad:?}");
    }
    assert_eq!(parse("\0a\0b\nc"), Err(SaslError::Forbidden));
    assert_eq!(parse(&format!("\0a\0{}", "x".repeat(2_000))), Err(SaslError::Malformed));
    assert_eq!(PlainMessage::parse(&PlainMessage::encode("a", "b c")).unwrap().password.as_str(), "b c");
    assert!(!format!("{:?}", PlainMessage::parse(b"\0a\0secret").unwrap()).contains("secret"));
}

#[test]
fn the_examples_of_rfc_4013() {
    let prepare = prepare::prepare;
    assert_eq!(prepare("I\u{AD}X"), Ok("IX".to_owned()));
    assert_eq!(prepare("user"), Ok("user".to_owned()));
    assert_eq!(prepare("USER"), Ok("USER".to_owned()));
    assert_eq!(prepare("\u{AA}"), Ok("a".to_owned()));
    assert_eq!(prepare("\u{2168}"), Ok("IX".to_owned()));
    assert_eq!(prepare("\u{7}"), Err(SaslError::Forbidden));
    assert_eq!(prepare("\u{627}1"), Err(SaslError::Forbidden));
    assert_eq!(prepare("u\u{308}"), Ok("ü".to_owned()));
    assert_eq!(prepare("\u{AD}"), Err(SaslError::Forbidden));
}

#[test]
fn simple_mechanisms_of_the_client() {
    let mut plain =
        ClientMechanism::new(Mechanism::Plain, &credentials(), ClientBinding::Unsupported, "").unwrap();
    assert_eq!(plain.initial().unwrap().as_slice(), b"\0user\0pencil");
    assert_eq!(plain.finish(), Ok(()));
    assert_eq!(plain.respond(b"").err(), Some(SaslError::Refused));
    let mut login =
        ClientMechanism::new(Mechanism::Login, &credentials(), ClientBinding::Unsupported, "").unwrap();
    assert!(login.initial().is_none());
    assert_eq!(login.respond(b"Username:").unwrap().as_slice(), b"user");
    assert_eq!(login.finish(), Err(SaslError::Proof));
    assert_eq!(login.respond(b"Password:").unwrap().as_slice(), b"pencil");
    assert_eq!(login.finish(), Ok(()));
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha256Plus] {
        let wrong = match mechanism {
            Mechanism::ScramSha256 => ClientBinding::Bound(exporter(b"x")),
            _ => ClientBinding::NotOffered,
        };
        let refused = ClientMechanism::new(mechanism, &credentials(), wrong, CLIENT_NONCE);
        assert_eq!(refused.err(), Some(SaslError::ChannelBinding));
    }
    assert!(!format!("{:?} {login:?}", credentials()).contains("pencil"));
}
