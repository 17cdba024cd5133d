//! Reports of others, bombs, and what no reporter would send.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::unpack::{LARGEST_DOCUMENT, unpack};
use super::*;

const RFC9990: &[u8] = include_bytes!("../../tests/data/dmarc-reports/rfc9990-sample.xml");
const OLD: &[u8] = include_bytes!("../../tests/data/dmarc-reports/example.net.xml");
const FASTMAIL: &[u8] = include_bytes!("../../tests/data/dmarc-reports/fastmail.xml.gz");
const DEFLATED: &[u8] = include_bytes!("../../tests/data/dmarc-reports/deflated.zip");
const STORED: &[u8] = include_bytes!("../../tests/data/dmarc-reports/stored.zip");
const STREAMED: &[u8] = include_bytes!("../../tests/data/dmarc-reports/streamed.zip");
const FAILURE: &[u8] = include_bytes!("../../tests/data/dmarc-reports/failure-report.eml");

fn domain(name: &str) -> Domain {
    Domain::new(name).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn lines(content: &[u8]) -> String {
    let text = STANDARD.encode(content);
    text.as_bytes().chunks(76).map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap())).collect()
}

/// As most reporters send it.
fn mail(content_type: &str, content: &[u8]) -> Vec<u8> {
    format!(
        "From: reports@receiver.test\r\nSubject: Report Domain: example.com\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed;\r\n boundary=\"grenze\"\r\n\r\nThis is MIME.\r\n--grenze\r\n\
        Content-Type: text/plain\r\n\r\nA report is attached.\r\n--grenze\r\nContent-Type: {content_type}\r\n\
        Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n{}--grenze--\r\n",
        lines(content)
    )
    .into_bytes()
}

/// The shortest report with these records.
fn document(records: &str) -> String {
    format!(
        "<feedback><report_metadata><org_name>R</org_name><report_id>1</report_id><date_range><begin>86400</begin>\
        <end>172799</end></date_range></report_metadata><policy_published><domain>own.test</domain><p>none</p>\
        </policy_published>{records}</feedback>"
    )
}

fn record(source: &str, count: &str) -> String {
    format!("<record><row><source_ip>{source}</source_ip><count>{count}</count></row></record>")
}

fn only(report: &AggregateReport) -> &ReportRecord {
    let [record] = report.records.as_slice() else { panic!("{report:?}") };
    record
}

#[test]
fn both_schemas_are_read() {
    let report = xml::read(RFC9990).unwrap();
    assert_eq!((report.organisation.as_str(), &*report.id), ("Sample Reporter", "3v98abbp8ya9n3va8yr8oa3ya"));
    assert_eq!((report.begin, report.end), (302_832_000, 302_918_399));
    assert_eq!((report.domain.as_str(), report.policy), ("example.com", Some(Action::Quarantine)));
    let expected = ReportRecord {
        source: "192.0.2.123".parse().unwrap(),
        messages: 123,
        disposition: Action::None,
        dkim_aligned: true,
        spf_aligned: false,
        header_from: domain("example.com"),
    };
    assert_eq!(only(&report), &expected);

    let report = xml::read(OLD).unwrap();
    assert_eq!(
        (report.organisation.as_str(), report.policy, report.unreadable),
        ("example.net", Some(Action::None), 0)
    );
    let row = only(&report);
    assert_eq!((row.source.to_string().as_str(), row.messages), ("199.230.200.36", 1));
    assert!(!row.dkim_aligned && !row.spf_aligned);

    let report = xml::read(&unpack(FASTMAIL).unwrap()).unwrap();
    assert_eq!((report.organisation.as_str(), report.domain.as_str()), ("FastMail Pty Ltd", "indemed.com"));
    assert_eq!(only(&report).header_from, domain("example.com"));
}

#[test]
fn reports_are_found_in_mails_however_they_are_packed() {
    let expected = xml::read(RFC9990).unwrap();
    for (content_type, content) in [
        ("application/gzip; name=\"a!b!1!2.xml.gz\"", gzip(RFC9990)),
        ("application/octet-stream", gzip(RFC9990)),
        ("application/zip", DEFLATED.to_vec()),
        ("application/x-zip-compressed", STORED.to_vec()),
        ("text/plain", STREAMED.to_vec()),
        ("application/gzip", gzip(DEFLATED)),
        ("text/xml", RFC9990.to_vec()),
    ] {
        let mail = mail(content_type, &content);
        assert!(may_hold_one(&mail), "{content_type}");
        assert_eq!(read(&mail).as_ref(), Ok(&expected), "{content_type}");
    }
    // The mail is the attachment, as Google sends it.
    let bare = |encoding: &str, body: &str| {
        let headers = "Content-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: ";
        format!("{headers}{encoding}\r\n\r\n{body}").into_bytes()
    };
    assert_eq!(read(&bare("BASE64", &lines(DEFLATED))).as_ref(), Ok(&expected));
    let quoted = std::str::from_utf8(RFC9990).unwrap().replace('=', "=3D").replace("<row>", "=\r\n<row>");
    assert_eq!(read(&bare("quoted-printable", &quoted)).as_ref(), Ok(&expected));
    assert_eq!(read(&bare("8bit", std::str::from_utf8(RFC9990).unwrap())).as_ref(), Ok(&expected));
    // One multipart in another, with a boundary that begins like the outer one.
    let inner = String::from_utf8(mail("application/gzip", &gzip(RFC9990))).unwrap();
    let inner = &inner[inner.find("Content-Type").unwrap()..];
    let outer =
        format!("Content-Type: multipart/mixed; boundary=gren\r\n\r\n--gren\r\n{inner}\r\n--gren--\r\n");
    assert_eq!(read(outer.as_bytes()).as_ref(), Ok(&expected));
    // Cut off behind the attachment.
    let whole = String::from_utf8(mail("application/gzip", &gzip(RFC9990))).unwrap();
    assert_eq!(read(whole.trim_end().trim_end_matches("--grenze--").as_bytes()).as_ref(), Ok(&expected));
}

#[test]
fn other_mail_is_none() {
    assert!(!may_hold_one(b"Subject: Frage\r\n\r\nGuten Tag") && !may_hold_one(FAILURE));
    assert!(!may_hold_one(&mail("application/pdf", b"%PDF-1.7")));
    let begins_with = |name: &str| {
        let archive = archive(RFC9990, name, 1, u32::try_from(RFC9990.len()).unwrap());
        may_hold_one(&mail("application/octet-stream", &archive))
    };
    // What Word, LibreOffice, Google Docs, openpyxl, OpenDocument and Java begin with.
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/numbering.xml",
        "docProps/app.xml",
        "mimetype",
        "META-INF/",
    ] {
        assert!(!begins_with(name), "{name}");
    }
    for name in ["receiver.test!own.test!1!2.xml", "A.XML", "tmp/a.xml"] {
        assert!(begins_with(name), "{name}");
    }
    assert!(!may_hold_one(&mail("application/zip", &DEFLATED[..20])), "cut off within its header");
    for other in [
        b"".to_vec(),
        b"Subject: Frage\r\n\r\nGuten Tag".to_vec(),
        FAILURE.to_vec(),
        mail("application/zip", b"PK\x03\x04"),
        mail("text/xml", b"<?xml version=\"1.0\"?><rss/>"),
        mail("message/rfc822", &mail("text/xml", RFC9990)),
    ] {
        let result = read(&other);
        assert!(matches!(result, Err(ReadError::NoReport)), "{result:?}");
    }
}

#[test]
fn records_are_read_as_reporters_write_them() {
    let report = xml::read(
        document(
            "<record><row><source_ip> ::ffff:192.0.2.1 </source_ip><count>2</count><policy_evaluated>\
            <disposition>Reject</disposition><dkim>PASS</dkim><spf>fail</spf><reason><type>forwarded</type>\
            <comment>a &lt; b &#x41;</comment></reason></policy_evaluated></row><identifiers><header_from>News.Own.TEST.\
            </header_from></identifiers><auth_results><dkim><domain>x.test</domain><result>pass</result></dkim>\
            <spf><domain>own.test</domain><result>fail</result></spf></auth_results></record>",
        )
        .as_bytes(),
    )
    .unwrap();
    let row = only(&report);
    assert_eq!(row.source.to_string(), "192.0.2.1");
    assert_eq!((row.disposition, row.dkim_aligned, row.spf_aligned), (Action::Reject, true, false));
    assert_eq!(row.header_from, domain("news.own.test"));
    // A prefix, a name with entities, a mark in front, and a record that says nothing.
    let text = document(&(record("2001:db8::1", "7") + &record("-", "1") + &record("192.0.2.1", "0")))
        .replace("<feedback>", "<d:feedback xmlns:d=\"urn:ietf:params:xml:ns:dmarc-2.0\">")
        .replace("</feedback>", "</d:feedback>")
        .replace(">R<", ">M&amp;S <![CDATA[<x>]]>\x1b[31m<");
    let report = xml::read(format!("\u{feff}<?xml version='1.0' encoding='ISO-8859-1'?>\n{text}").as_bytes());
    let report = report.unwrap();
    assert_eq!((only(&report).messages, report.unreadable), (7, 2));
    assert_eq!(report.organisation, "M&S <x> [31m");
    assert_eq!(only(&report).header_from, domain("own.test"));
}

#[test]
fn what_breaks_a_limit_is_refused() {
    let refused = |text: &str| xml::read(text.as_bytes()).unwrap_err();
    assert_eq!(refused("<rss><feedback/></rss>"), XmlError::NotAReport);
    assert_eq!(refused("<feedback>"), XmlError::Malformed("it is cut off".to_owned()));
    assert!(matches!(refused("<feedback></other>"), XmlError::Malformed(_)));
    let laughs = "<!DOCTYPE feedback [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><feedback>&b;</feedback>";
    assert_eq!(refused(laughs), XmlError::DocumentType);
    assert_eq!(refused(&format!("<feedback>{}", "<a>".repeat(1_000_000))), XmlError::TooDeep);
    let records = record("192.0.2.1", "1").repeat(xml::MOST_RECORDS);
    assert_eq!(xml::read(document(&records).as_bytes()).unwrap().records.len(), xml::MOST_RECORDS);
    assert_eq!(refused(&document(&(records + "<record/>"))), XmlError::TooManyRecords);
    assert_eq!(refused(&document("")), XmlError::Missing("record"));
    assert_eq!(refused(&document(&record("192.0.2.1", "99999999999"))), XmlError::Missing("record"));
    let good = document(&record("192.0.2.1", "1"));
    assert!(xml::read(good.as_bytes()).is_ok());
    for (there, instead, missing) in [
        ("<begin>86400</begin>", "<begin>x</begin>", "time"),
        ("172799", "86399", "time"),
        ("172799", "99999999", "time"),
        (">1</report_id>", "></report_id>", "report_id"),
        ("own.test", "own test", "domain"),
    ] {
        let bad = good.replace(there, instead);
        assert!(
            matches!(refused(&bad), XmlError::Missing(what) if what == missing || what == "record"),
            "{bad}"
        );
    }
    let long = "x".repeat(1 << 20);
    let report = xml::read(good.replace(">R<", &format!(">{long}<")).as_bytes()).unwrap();
    assert_eq!(report.organisation.len(), 200);
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; LARGEST_DOCUMENT + 1];
    assert_eq!(unpack(&gzip(&zeros)).unwrap_err(), UnpackError::TooLarge);
    assert_eq!(read(&mail("application/gzip", &gzip(&zeros))), Err(UnpackError::TooLarge.into()));
    let bomb = archive(&zeros, "a.xml", 1, 1000);
    assert!(bomb.len() < 200_000);
    // What it says of its size is no true word.
    assert_eq!(unpack(&bomb).unwrap_err(), UnpackError::TooLarge);
    // Many entries with the same octets: one is looked at.
    let many = archive(&vec![b' '; 1 << 20], "a.xml", 50_000, 1 << 20);
    assert_eq!(read(&mail("application/zip", &many)), Err(ReadError::NoReport), "nothing but spaces");
    assert_eq!(read(&vec![b'a'; LARGEST_MAIL + 1]), Err(ReadError::TooLarge(LARGEST_MAIL + 1)));
}

#[test]
fn damaged_archives_are_refused() {
    let spoilt = |at: usize, octet: u8| {
        let mut archive = DEFLATED.to_vec();
        archive[at] = octet;
        unpack(&archive).map(|_| ()).unwrap_err()
    };
    let directory = DEFLATED.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    assert_eq!(spoilt(directory + 8, 1), UnpackError::Zip("it is encrypted"));
    assert_eq!(spoilt(directory + 10, 99), UnpackError::Zip("it is packed by an unusual method"));
    assert_eq!(spoilt(directory + 16, 0), UnpackError::Zip("its content is damaged"));
    assert_eq!(spoilt(directory + 24, 0), UnpackError::Zip("its content is damaged"));
    assert_eq!(spoilt(directory + 43, 0x70), UnpackError::Zip("its directory leads nowhere"));
    // The last two octets say that no comment follows.
    for end in 4..DEFLATED.len() - 2 {
        assert!(unpack(&DEFLATED[..end]).is_err(), "cut at {end}");
    }
}

/// An archive whose entries all name the same octets, and the size of those that it claims.
fn archive(content: &[u8], name: &str, entries: u16, claimed: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    let packed = encoder.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let size = u32::try_from(packed.len()).unwrap();
    let sizes = [crc.sum().to_le_bytes(), size.to_le_bytes(), claimed.to_le_bytes()].concat();
    let length = u8::try_from(name.len()).unwrap();
    let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..], &sizes, &[length, 0, 0, 0]].concat();
    let mut archive = [&b"PK\x03\x04"[..], &common, name.as_bytes(), &packed].concat();
    let start = u32::try_from(archive.len()).unwrap();
    for _ in 0..entries {
        archive.extend_from_slice(b"PK\x01\x02\x14\x00");
        archive.extend_from_slice(&common);
        archive.extend_from_slice(&[0; 14]);
        archive.extend_from_slice(name.as_bytes());
    }
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    archive.extend_from_slice(&entries.to_le_bytes());
    archive.extend_from_slice(&entries.to_le_bytes());
    archive.extend_from_slice(&[0; 4]);
    archive.extend_from_slice(&start.to_le_bytes());
    archive.extend_from_slice(&[0; 2]);
    archive
}

proptest! {
    #[test]
    fn nothing_makes_the_reader_stumble(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&octets);
        let _ = xml::read(&octets);
        let _ = unpack(&[b"PK\x03\x04", &octets[..]].concat());
        let _ = unpack(&[&[0x1f, 0x8b, 8], &octets[..]].concat());
    }

    #[test]
    fn nor_does_a_report_that_was_tampered_with(
        which in 0usize..5,
        changes in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..8),
    ) {
        let mut octets = match which {
            0 => mail("application/zip", DEFLATED),
            1 => mail("application/gzip", FASTMAIL),
            2 => STREAMED.to_vec(),
            3 => FASTMAIL.to_vec(),
            _ => RFC9990.to_vec(),
        };
        for (at, octet) in changes {
            let at = at as usize % octets.len();
            octets[at] = octet;
        }
        let _ = read(&octets);
        let _ = unpack(&octets);
        let _ = xml::read(&octets);
    }
}
