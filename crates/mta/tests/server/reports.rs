//! DMARC aggregate reports by port 25: read where they are proven and about us, delivered in any case.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use postamt_lab::zones::Record;
use postamt_mail::dmarc_reports::Action;
use postamt_mta::events::Event;
use postamt_mta::settings::Purpose;
use postamt_store::embedded::SqliteReports;
use postamt_store::reports::{ReportFact, ReportSum, Reports as _};

use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD, mails_in};

const DAY: u64 = 86_400;
const SPF: &str = "v=spf1 ip4:127.0.0.0/8 -all";
/// A report of 2018 about a domain of others, as FastMail sent it.
const FASTMAIL: &[u8] = include_bytes!("../../../mail/tests/data/dmarc-reports/fastmail.xml.gz");

fn yesterday() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() / DAY - 1
}

/// A report about the server's domain: two sources, one of which is no friend, and somebody else's mail.
fn report(id: &str, domain: &str) -> String {
    report_of(id, domain, yesterday() * DAY, DAY)
}

fn report_of(id: &str, domain: &str, begin: u64, seconds: u64) -> String {
    let record = |source: &str, count: u32, dkim: &str, disposition: &str, from: &str| {
        format!(
            "<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>\
            {disposition}</disposition><dkim>{dkim}</dkim><spf>fail</spf></policy_evaluated></row><identifiers>\
            <header_from>{from}</header_from></identifiers><auth_results/></record>"
        )
    };
    let below = format!("news.{domain}");
    let records = [
        record("192.0.2.25", 40, "pass", "none", domain),
        record("192.0.2.25", 2, "pass", "none", &below),
        record("203.0.113.9", 5, "fail", "quarantine", domain),
        record("203.0.113.9", 900, "fail", "none", "fremd.test"),
    ];
    format!(
        "<?xml version=\"1.0\"?><feedback><version>1.0</version><report_metadata><org_name>Berichte GmbH</org_name>\
        <email>dmarc@berichte.test</email><report_id>{id}</report_id><date_range><begin>{begin}</begin><end>{}</end>\
        </date_range></report_metadata><policy_published><domain>{domain}</domain><p>quarantine</p></policy_published>\
        {}</feedback>",
        begin + seconds - 1,
        records.concat()
    )
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("packed");
    encoder.finish().expect("packed")
}

/// A zip with one file, stored.
fn zip(content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let size = u32::try_from(content.len()).expect("small").to_le_bytes();
    let common =
        [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size, &[5, 0, 0, 0]];
    let common = common.concat();
    let mut archive = [&b"PK\x03\x04"[..], &common, b"a.xml", content].concat();
    let directory = u32::try_from(archive.len()).expect("small").to_le_bytes();
    archive.extend([&b"PK\x01\x02\x14\x00"[..], &common, &[0; 14], b"a.xml"].concat());
    let length = [51, 0, 0, 0];
    archive.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &length, &directory, &[0, 0]].concat());
    archive
}

fn mail(author: &str, kind: &str, content: &[u8]) -> String {
    let text = STANDARD.encode(content);
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("text")).collect();
    format!(
        "From: {author}\r\nTo: postmaster@absender.test\r\nSubject: Report Domain: absender.test\r\n\
        MIME-Version: 1.0\r\nContent-Type: {kind}; name=\"report\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n.",
        lines.join("\r\n")
    )
}

/// Hands it in on port 25 for the postmaster; it must be taken.
async fn hand_in(house: &House, sender: &str, mail: &str) {
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say_all(&[
        "EHLO mail.berichte.test",
        &format!("MAIL FROM:<{sender}>"),
        "RCPT TO:<postmaster@absender.test>",
        "DATA",
    ])
    .await;
    let reply = talk.say(mail).await;
    let id = reply.strip_prefix("250 2.0.0 queued as ").unwrap_or_else(|| panic!("not taken: {reply}"));
    house.finished(id).await;
}

async fn house() -> House {
    let house = House::build().await;
    for name in ["berichte.test", "mail.berichte.test"] {
        house.world.zones().add(name, Record::Text(SPF.to_owned()));
    }
    house
}

fn stored(house: &House) -> SqliteReports {
    SqliteReports::open(house.directory.path().join("reports.db")).expect("opened")
}

async fn read(house: &House, count: usize) -> Vec<(String, bool)> {
    let events = house.events.wait_for(count, |event| matches!(event, Event::DmarcReport { .. })).await;
    let told = events.into_iter().filter_map(|event| match event {
        Event::DmarcReport { id, known, .. } => Some((id, known)),
        _ => None,
    });
    told.collect()
}

async fn not_read(house: &House, count: usize) -> Vec<String> {
    let events =
        house.events.wait_for(count, |event| matches!(event, Event::DmarcReportNotRead { .. })).await;
    let told = events.into_iter().filter_map(|event| match event {
        Event::DmarcReportNotRead { reason, .. } => Some(reason),
        _ => None,
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_kept_once_and_delivered_each_time() {
    let house = house().await;
    let packed = gzip(report("a", "absender.test").as_bytes());
    let author = "Berichte <dmarc@berichte.test>";
    hand_in(&house, "dmarc@berichte.test", &mail(author, "application/gzip", &packed)).await;
    hand_in(&house, "", &mail(author, "application/gzip", &packed)).await;
    let packed = zip(report("b", "absender.test").as_bytes());
    hand_in(&house, "bounces@berichte.test", &mail(author, "application/zip", &packed)).await;
    let told = [("a", false), ("a", true), ("b", false)].map(|(id, known)| (id.to_owned(), known));
    assert_eq!(read(&house, 3).await, told);
    assert_eq!(mails_in(&house.directory.path().join("postmaster")).len(), 3);

    let reports = stored(&house);
    let facts = reports.reports(0).await.expect("read");
    let [fact, _] = facts.as_slice() else { panic!("{facts:?}") };
    let begin = yesterday() * DAY;
    let expected = ReportFact {
        reporter: "berichte.test".to_owned(),
        organisation: "Berichte GmbH".to_owned(),
        id: "a".to_owned(),
        domain: "absender.test".to_owned(),
        received_at: fact.received_at,
        begin,
        end: begin + DAY - 1,
        policy: Some(Action::Quarantine),
        messages: 47,
        aligned: 42,
    };
    assert_eq!(*fact, expected);
    let sum = |source: &str, dkim_aligned, disposition, messages| ReportSum {
        domain: "absender.test".to_owned(),
        day: yesterday(),
        source: source.parse().ok(),
        disposition,
        dkim_aligned,
        spf_aligned: false,
        messages,
    };
    let sums = [sum("192.0.2.25", true, Action::None, 84), sum("203.0.113.9", false, Action::Quarantine, 10)];
    assert_eq!(reports.sums(0).await.expect("read"), sums, "two reports, and only what is from our domain");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_count_is_noted_and_delivered_all_the_same() {
    let house = house().await;
    let good = gzip(report("a", "absender.test").as_bytes());
    let author = "dmarc@berichte.test";
    let bomb = gzip(&vec![b' '; (16 << 20) + 1]);
    let foreign = gzip(report("a", "fremd.test").as_bytes());
    let torn = &good[..good.len() - 20];
    let of = |begin: u64, seconds: u64| gzip(report_of("t", "absender.test", begin, seconds).as_bytes());
    let (late, long) = (of((yesterday() - 7) * DAY, DAY), of((yesterday() - 2) * DAY, 3 * DAY));
    let early = of((yesterday() + 1) * DAY, 2 * DAY);
    for (sender, author, content, reason) in [
        // From claims a domain that did not send it; nor does a sender without SPF prove anything.
        (author, "dmarc@grosser-anbieter.test", &good[..], "neither SPF nor a signature"),
        ("x@unbekannt.test", "x@unbekannt.test", &good[..], "neither SPF nor a signature"),
        (author, "dmarc@berichte.test, x@absender.test", &good[..], "neither SPF nor a signature"),
        (author, author, &foreign[..], "none of our domains"),
        (author, author, FASTMAIL, "long ago or to come"),
        (author, author, &late[..], "long ago or to come"),
        (author, author, &long[..], "too long a time"),
        (author, author, &early[..], "long ago or to come"),
        (author, author, &bomb[..], "octets unpacked"),
        (author, author, torn, "gzip"),
        (author, author, b"<feedback><report_metadata>", "well-formed"),
    ] {
        let before = house.events.all().len();
        hand_in(&house, sender, &mail(author, "application/gzip", content)).await;
        let events = house.events.all().split_off(before);
        let told = events.iter().any(|event| match event {
            Event::DmarcReportNotRead { reason: told, .. } => told.contains(reason),
            _ => false,
        });
        assert!(told, "{reason}: {events:?}");
    }
    assert_eq!(not_read(&house, 11).await.len(), 11);
    assert_eq!(mails_in(&house.directory.path().join("postmaster")).len(), 11);
    let reports = stored(&house);
    assert_eq!(reports.reports(0).await.expect("read"), []);
    assert_eq!(reports.sums(0).await.expect("read"), []);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_mail_and_that_of_our_own_users_is_not_looked_into() {
    let house = house().await;
    hand_in(&house, "dmarc@berichte.test", "From: dmarc@berichte.test\r\n\r\nGuten Tag\r\n.").await;
    let (mut talk, _) = Talk::open_starttls(house.address(Purpose::Submission), house.certificate()).await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    let sender = format!("MAIL FROM:<{LOGIN}>");
    talk.say_all(&[&sender, "RCPT TO:<postmaster@mail.absender.test>", "DATA"]).await;
    let packed = gzip(report("a", "absender.test").as_bytes());
    let reply = talk.say(&mail(LOGIN, "application/gzip", &packed)).await;
    house.finished(reply.strip_prefix("250 2.0.0 queued as ").expect("taken")).await;
    let heard = house.events.all();
    let is_about_one =
        |event: &Event| matches!(event, Event::DmarcReport { .. } | Event::DmarcReportNotRead { .. });
    assert!(!heard.iter().any(is_about_one), "{heard:?}");
    assert_eq!(stored(&house).reports(0).await.expect("read"), []);
    house.running.shutdown().await;
}
