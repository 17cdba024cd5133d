//! Logins: what a client or a server says in PLAIN, LOGIN and SCRAM (RFC 4616, RFC 5802).
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::sasl::client::Credentials;
use postamt_mail::sasl::login::{Login, LoginStep};
use postamt_mail::sasl::scram::{Client, ClientBinding, ScramKeys, ServerStart};
use postamt_mail::sasl::{Mechanism, PlainMessage};

const NONCE: &str = "fyko+d2lbbFgONRv9qkxdawL";

fuzz_target!(|data: &[u8]| {
    let split = data.iter().position(|octet| *octet == b'\n').unwrap_or(data.len());
    let (first, second) = (&data[..split], data.get(split + 1..).unwrap_or_default());
    if let Ok(message) = PlainMessage::parse(first) {
        assert!(message.user.len() <= PlainMessage::PART_LIMIT && !message.user.contains('\0'));
    }
    if let Ok((mut login, LoginStep::Challenge(_))) = Login::start(Some(first)) {
        let _ = login.response(second);
    }
    if let Ok(start) = ServerStart::parse(first, Mechanism::ScramSha256, false, &[]) {
        let keys = ScramKeys::decoy(b"secret", start.user(), 4_096);
        if let Ok((end, challenge)) = start.challenge(keys, NONCE) {
            assert!(challenge.starts_with(b"r="));
            // No proof that can be found fits a decoy.
            assert!(end.finish(second).is_err());
        }
    }
    // What a server says; five rounds would do it as well as five million, so that many are not tried.
    if !first.windows(5).any(|word| word.starts_with(b"i=") && word[2..].iter().all(u8::is_ascii_digit))
        && let Ok(client) =
            Client::new(&Credentials::new("user", "secret"), ClientBinding::Unsupported, NONCE)
        && let Ok((end, _)) = client.respond(first)
    {
        assert!(end.verify(second).is_err());
    }
});
