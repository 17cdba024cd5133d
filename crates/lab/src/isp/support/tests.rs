//! What the desk reads in a letter, what it decides, what it lets through, and what it answers.

use std::net::IpAddr;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::Envelope;
use postamt_mail::reply::Reply;
use postamt_mail::words::Language;

use super::letters::{self, Answer, Incoming};
use super::opened;
use super::policy::{Attitude, Decision, Point, Reading};
use crate::isp::{Families, HOST, HOST_SECOND, Mode, Rules};
use crate::receiver::Receipt;

/// What a complete letter says, each with the sentence that says it, German and English.
const SENTENCES: [(Point, &str, &str); 7] = [
    (
        Point::Addresses,
        "Versendet wird von den Adressen 192.0.2.25 und 2001:db8::25.",
        "Sent from 192.0.2.25 and 2001:db8::25.",
    ),
    (Point::Name, "Der Server heißt mail.absender.test.", "The server is called Mail.Absender.test."),
    (Point::Kind, "Dort betreibe ich einen eigenen Mailserver.", "I run my own mail server there."),
    (
        Point::Volume,
        "In den vergangenen 28 Tagen wurden täglich zwischen 3 und 9 Nachrichten verschickt.",
        "Over the past 28 days, between 3 and 9 messages were sent per day.",
    ),
    (
        Point::Evidence,
        "Am 24.11.2026, 15:02 Uhr (UTC) blieb ohne Antwort: 198.51.100.101:25, 198.51.100.102:25, [2001:db8:1::101]:25",
        "On 2026-11-24 at 15:02 UTC without an answer: 198.51.100.101:25, 198.51.100.102:25, [2001:db8:1::101]:25",
    ),
    (Point::Abuse, "Beschwerden nimmt abuse@absender.test an.", "Complaints go to abuse@absender.test."),
    (Point::Promise, "Ich versende keine unverlangte Werbung.", "I do not send unsolicited advertising."),
];

fn named() -> Vec<(IpAddr, String)> {
    HOST.map(|address| (address, "mail.absender.test".to_owned())).to_vec()
}

fn letter(without: Option<Point>, language: Language) -> Reading {
    let said = SENTENCES.iter().filter(|(point, ..)| Some(*point) != without);
    let sentences = said.map(|(_, german, english)| match language {
        Language::De => *german,
        Language::En => *english,
    });
    let greeting =
        if language == Language::De { "Sehr geehrte Damen und Herren,\n" } else { "Dear Sir or Madam,\n" };
    Reading::of(&format!("{greeting}{}", sentences.collect::<Vec<_>>().join("\n")))
}

#[test]
fn whoever_is_strict_asks_for_what_is_missing_and_for_nothing_else() {
    for language in Language::ALL {
        let complete = letter(None, language);
        assert_eq!(complete.language(), language);
        assert_eq!(complete.decide(Attitude::Strict, &named()), Decision::Granted(HOST.to_vec()));
        for (point, ..) in SENTENCES {
            let missing = match point {
                // Without addresses there is nothing that could have a name.
                Point::Addresses => vec![Point::Addresses, Point::Name],
                point => vec![point],
            };
            let decision = letter(Some(point), language).decide(Attitude::Strict, &named());
            assert_eq!(decision, Decision::Asked(missing), "{language}");
        }
    }
}

#[test]
fn a_name_is_looked_up_and_not_believed() {
    let complete = letter(None, Language::De);
    for known in [&named()[..1], &[(HOST[0], "v25.anbieter.test".to_owned()), named()[1].clone()]] {
        assert_eq!(complete.decide(Attitude::Strict, known), Decision::Asked(vec![Point::Name]));
    }
    assert_eq!(complete.nameless(&named()[1..]), [HOST[0]]);
}

#[test]
fn a_blank_or_a_single_witness_is_not_enough() {
    let text =
        "Volume: [how many messages a day]\n15:02 UTC: 198.51.100.101:25 198.51.100.101:25 198.51.100.102:25";
    let Decision::Asked(missing) = Reading::of(text).decide(Attitude::Strict, &[]) else { panic!("granted") };
    assert!(missing.contains(&Point::Volume) && missing.contains(&Point::Evidence), "{missing:?}");
}

#[test]
fn the_others_decide_by_less() {
    let address = Reading::of("Bitte öffnen: 192.0.2.25.");
    assert_eq!(address.decide(Attitude::Lenient, &[]), Decision::Granted(vec![HOST[0]]));
    let strange = Reading::of("Please open 198.51.100.7 and 192.0.2.250");
    assert_eq!(strange.decide(Attitude::Lenient, &[]), Decision::Asked(vec![Point::Addresses]));
    assert_eq!(letter(None, Language::En).decide(Attitude::Never, &named()), Decision::Refused);
    for attitude in Attitude::ALL {
        assert_eq!(attitude.to_string().parse(), Ok(attitude));
    }
    let error = "strikt".parse::<Attitude>().unwrap_err().to_string();
    assert_eq!(error, "`strikt` is none of lenient, strict, never");
}

#[test]
fn only_what_is_granted_is_opened() {
    let drop = Rules::from(Mode::Drop);
    assert_eq!(opened(&drop, &HOST), Rules::default());
    assert_eq!(opened(&drop, &HOST[..1]), drop.clone().only(Families::V6));
    assert_eq!(opened(&drop, &HOST_SECOND[1..]), drop.clone().only(Families::V4));
    assert_eq!(opened(&drop.clone().only(Families::V4), &HOST[..1]), Rules::default());
    let silent = Rules::from(Mode::NoNetwork);
    assert_eq!(opened(&silent, &HOST), silent);
}

fn receipt(sender: Option<&str>, content: &str) -> Receipt {
    Receipt {
        server: Domain::new(super::SUPPORT_HOST).unwrap(),
        peer: "198.51.100.202:4711".parse().unwrap(),
        hello: "smtp.mailgun.test".to_owned(),
        tls: None,
        envelope: Envelope { sender: sender.map(|it| Address::new(it).unwrap()), ..Envelope::default() },
        content: Bytes::from(content.replace('\n', "\r\n")),
        judgement: None,
        accepted: true,
        reply: Reply::new(250, (2, 0, 0), "accepted"),
    }
}

#[test]
fn a_letter_is_decoded_and_answered_under_its_number() {
    let content = "From: Anna <anna@absender.test>\nSubject: =?utf-8?Q?Re=3A_=5BSD-1003=5D_Port_25?=\n\
        Message-ID: <1@absender.test>\nContent-Type: text/plain; charset=utf-8\n\
        Content-Transfer-Encoding: quoted-printable\n\nSehr geehrte Damen und Herren, bitte =C3=B6ffnen: 192.0.2.25\n";
    let letter = Incoming::read(&receipt(Some("bounce@absender.test"), content)).expect("a letter");
    assert_eq!(
        (letter.from.to_string().as_str(), letter.ticket.as_deref()),
        ("anna@absender.test", Some("SD-1003"))
    );
    assert!(letter.text.contains("öffnen"), "{letter:?}");
    let reading = Reading::of(&letter.text);
    let decision = reading.decide(Attitude::Strict, &[]);
    let ticket = letters::ticket(1003);
    let answer = Answer {
        to: &letter,
        ticket: &ticket,
        decision: &decision,
        reading: &reading,
        named: &[],
        now: 1_800_000_000,
        number: 7,
    };
    let message = String::from_utf8(answer.message().to_vec()).unwrap();
    for part in [
        "To: <anna@absender.test>\r\nSubject: [SD-1003] Port 25\r\n",
        "In-Reply-To: <1@absender.test>\r\n",
        "\r\n\r\nGuten Tag,\r\n",
        "von dort zurück zur Adresse; das fehlt für 192.0.2.25\r\n* die Art der E-Mails",
        "Ihr Kundendienst\r\n",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(
        !message.contains("* die IP-Adressen") && !message.replace("\r\n", "").contains('\n'),
        "{message}"
    );
}

#[test]
fn what_nobody_wrote_is_not_answered() {
    let bounce = receipt(None, "From: mailer-daemon@absender.test\nSubject: x\n\n192.0.2.25\n");
    assert!(Incoming::read(&bounce).is_none());
    let away = "From: anna@absender.test\nAuto-Submitted: auto-replied\nSubject: x\n\n192.0.2.25\n";
    assert!(Incoming::read(&receipt(Some("anna@absender.test"), away)).is_none());
}
