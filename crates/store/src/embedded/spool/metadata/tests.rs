//! Whatever is written is read back, and no octets make the reader panic.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::queue_id::QueueId;

fn address() -> impl Strategy<Value = Address> {
    let domain = prop_oneof![
        "[a-z][a-z0-9-]{0,20}[a-z]\\.example",
        Just("[192.0.2.1]".to_owned()),
        Just("[IPv6:2001:db8::7]".to_owned()),
    ];
    let local = prop_oneof!["[a-z0-9+=_]{1,64}", "\"[a-z @.]{1,30}\"", "[äöüßé]{1,9}"];
    (local, domain)
        .prop_map(|(local, domain)| Address::new(&format!("{local}@{domain}")).expect("a good address"))
}

fn recipient() -> impl Strategy<Value = Recipient> {
    let notify =
        any::<(bool, bool, bool)>().prop_map(|(success, failure, delay)| Notify { success, failure, delay });
    (address(), notify, any::<bool>(), option::of("[ -~]{0,40}")).prop_map(
        |(address, notify, explicit_notify, original)| Recipient {
            address,
            notify,
            explicit_notify,
            original,
        },
    )
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let body =
        prop_oneof![Just(BodyType::SevenBit), Just(BodyType::EightBitMime), Just(BodyType::BinaryMime),];
    let returned =
        prop_oneof![Just(None), Just(Some(ReturnContent::Headers)), Just(Some(ReturnContent::Full)),];
    let flags = any::<(bool, bool)>();
    (option::of(address()), vec(recipient(), 1..20), body, flags, returned, option::of("[!-~]{0,100}"))
        .prop_map(|(sender, recipients, body, (smtputf8, require_tls), return_content, envelope_id)| {
            Envelope { sender, recipients, body, smtputf8, require_tls, return_content, envelope_id }
        })
}

proptest! {
    #[test]
    fn a_letter_comes_back(
        envelope in envelope(), account in option::of(".{0,30}"), channel in "[a-z]{0,12}", received_at: u64, held: bool,
    ) {
        let origin = Origin { account, channel };
        let octets = write_letter(&envelope, &origin, received_at, held);
        let recipients = envelope.recipients.len() as u16;
        prop_assert_eq!(read_outline(&octets), Some(Outline { recipients, held }));
        prop_assert_eq!(read_letter(&octets), Some(Letter { received_at, envelope, origin }));
        for end in 0..octets.len() {
            prop_assert_eq!(read_letter(&octets[..end]), None, "cut at {}", end);
        }
    }

    #[test]
    fn changes_come_back(recipients in vec(any::<u16>(), 0..50), attempts: u16, next: u64, delay_notified: bool) {
        let id = QueueId(1);
        let mut octets = Vec::new();
        write_change(&Change::Done { id, recipients: recipients.clone() }, &mut octets);
        prop_assert_eq!(read_done(&octets), Some(recipients.clone()));
        octets.clear();
        write_change(&Change::Deferred { id, recipients: recipients.clone(), attempts, next, delay_notified }, &mut octets);
        prop_assert_eq!(read_deferred(&octets), Some((recipients, (attempts, next, delay_notified))));
    }

    #[test]
    fn openings_come_back(previous: u32, previous_end: u32, last_id: u64) {
        let opening = Opening { previous, previous_end, last_id };
        prop_assert_eq!(read_opening(&write_opening(&opening)), Some(opening));
    }

    #[test]
    fn no_octets_make_the_reader_panic(octets in vec(any::<u8>(), 0..200)) {
        let _ = (read_outline(&octets), read_letter(&octets), split_moved(&octets), read_done(&octets));
        let _ = (read_deferred(&octets), read_opening(&octets), State::read(&octets));
    }
}

#[test]
fn the_form_on_disk_stays() {
    let envelope = Envelope {
        sender: Some(Address::new("a@a.example").expect("good")),
        recipients: vec![Recipient::new(Address::new("b@b.example").expect("good"))],
        ..Envelope::default()
    };
    let origin = Origin { account: Some("a".into()), channel: "smtp".into() };
    let octets = write_letter(&envelope, &origin, 300, true);
    let expected = b"\x01\x81\x01\xac\x02\x8b\x00a@a.example\x02a\x04smtp\x00\x06\x8b\x00b@b.example\x00";
    assert_eq!(octets, expected, "spools that exist were written like this");
}
