//! The header section of a message: nothing of it is lost, and a message made ready for the queue keeps its body.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postamt_mail::header::prepare::{Prepare, prepare};
use postamt_mail::header::{self, Message};

fuzz_target!(|data: &[u8]| {
    let section = Message::split(data);
    // A blank line between them belongs to neither; a body may also begin where a line is no field.
    let blank = data.len() - section.octets().len() - section.body().len();
    assert!(blank <= 2);
    for field in &section.fields {
        let _ = (field.text(), header::message_id(field.value_octets()));
        let _ = (header::address_list(field.value_octets()), header::mailboxes(field.value_octets()));
    }
    let content = Bytes::copy_from_slice(data);
    let options = || Prepare {
        hostname: "mail.client.test",
        queue_id: "1A2B3C",
        now: 1_800_000_000,
        add_message_id_and_date: true,
        received: "Received: by mail.client.test; Fri, 15 Jan 2027 08:00:00 +0000\r\n".to_owned(),
    };
    let prepared = prepare(&content, options());
    let written: Vec<u8> = prepared.pieces.concat();
    assert_eq!(written.len(), prepared.size);
    let again = Message::split(&written);
    assert!(again.count("Received") >= 1);
    assert!(again.body().starts_with(section.body()), "the body was changed");
});
