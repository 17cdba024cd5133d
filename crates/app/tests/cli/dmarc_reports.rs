//! Reports of a receiver by SMTP into the whole server, as gzip and as zip, and what `postamt dmarc reports` and the
//! doctor make of them, together with those of the week before, which the server has kept already.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use postamt_lab::zones::{Record, Zones};
use postamt_mail::dmarc_reports::Action;
use postamt_store::embedded::SqliteReports;
use postamt_store::reports::{Kept, ReportFact, ReportSum, Reports as _};
use serde_json::{Value, json};

use super::support::{Server, Site, name_server};

const DAY: u64 = 86_400;
const OWN: &str = "192.0.2.25";
const FORGER: &str = "203.0.113.9";

fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() / DAY
}

/// A site that watches, and a receiver whose SPF record names this machine.
fn site() -> Site {
    let zones = Zones::new(Duration::from_secs(60));
    let text = |name: &str, text: &str| zones.add(name, Record::Text(text.to_owned()));
    text("_dmarc.own.test", "v=DMARC1; p=none; rua=mailto:postmaster@own.test");
    text("own.test", "v=spf1 ip4:192.0.2.25 -all");
    text("receiver.test", "v=spf1 ip4:127.0.0.0/8 -all");
    let site = Site::new(
        "[[listener]]\naddress = \"127.0.0.1:0\"\npurpose = \"exchange\"\n\
         [outgoing]\nown_addresses = [\"192.0.2.25\"]\nipv6 = false\n",
    );
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    site
}

/// The report of a day: own mail that is aligned, own mail that is not, and forged mail.
fn report(days_ago: u64, failed: u64) -> String {
    let begin = (today() - days_ago) * DAY;
    let record = |source: &str, count: u64, dkim: &str| {
        format!(
            "<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>none\
            </disposition><dkim>{dkim}</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>own.test\
            </header_from></identifiers></record>"
        )
    };
    let own_failed = if failed > 0 { record(OWN, failed, "fail") } else { String::new() };
    format!(
        "<feedback><report_metadata><org_name>Empfänger &amp; Söhne</org_name><report_id>{begin}-{failed}</report_id>\
        <date_range><begin>{begin}</begin><end>{}</end></date_range></report_metadata><policy_published><domain>own.test\
        </domain><p>none</p></policy_published>{}{own_failed}{}</feedback>",
        begin + DAY - 1,
        record(OWN, 10, "pass"),
        record(FORGER, 3, "fail")
    )
}

/// What a server has that was there then: reports of two receivers, the second of which has got nothing.
fn keep_the_week_before(site: &Site) {
    let store = SqliteReports::open(site.directory.path().join("state/reports.sqlite")).expect("opened");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for (days_ago, reporter) in (8..15).flat_map(|ago| [(ago, "receiver.test"), (ago, "recipient.test")]) {
        let day = today() - days_ago;
        let sum = |source: &str, dkim_aligned, messages| ReportSum {
            domain: "own.test".to_owned(),
            day,
            source: source.parse().ok(),
            disposition: Action::None,
            dkim_aligned,
            spf_aligned: false,
            messages,
        };
        let sums = match reporter {
            "receiver.test" => vec![sum(OWN, true, 10), sum(FORGER, false, 3)],
            _ => Vec::new(),
        };
        let of = |sums: &[ReportSum]| sums.iter().map(|sum| sum.messages).sum();
        let fact = ReportFact {
            reporter: reporter.to_owned(),
            organisation: "Empfänger & Söhne".to_owned(),
            id: day.to_string(),
            domain: "own.test".to_owned(),
            received_at: (day + 1) * DAY,
            begin: day * DAY,
            end: day * DAY + DAY - 1,
            policy: Some(Action::None),
            messages: of(&sums),
            aligned: of(&sums[..sums.len().min(1)]),
        };
        assert_eq!(runtime.block_on(store.keep(fact, sums)).expect("kept"), Kept::New);
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("packed");
    encoder.finish().expect("packed")
}

/// An archive with one file.
fn zip(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("packed");
    let packed = encoder.finish().expect("packed");
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let size = |octets: &[u8]| u32::try_from(octets.len()).expect("small").to_le_bytes();
    let sizes = [crc.sum().to_le_bytes(), size(&packed), size(content)].concat();
    let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..], &sizes, &[5, 0, 0, 0]].concat();
    let mut archive = [&b"PK\x03\x04"[..], &common, b"a.xml", &packed].concat();
    let start = size(&archive);
    archive.extend([&b"PK\x01\x02\x14\x00"[..], &common, &[0; 14], b"a.xml"].concat());
    archive.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0"[..], &start, &[0, 0]].concat());
    archive
}

/// As the large receivers send it: the mail is the attachment.
fn mail(kind: &str, content: &[u8]) -> String {
    let text = STANDARD.encode(content);
    let lines = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("text"));
    format!(
        "From: noreply-dmarc@receiver.test\r\nTo: postmaster@own.test\r\nSubject: Report Domain: own.test\r\n\
        MIME-Version: 1.0\r\nContent-Type: {kind}; name=\"receiver.test!own.test!1!2.{kind}\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n{}\r\n.",
        lines.collect::<Vec<_>>().join("\r\n")
    )
}

/// Hands them in on port 25; each must be taken.
fn hand_in(address: &str, mails: &[String]) {
    let mut stream = TcpStream::connect(address).expect("connected");
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut say = |line: &str| {
        if !line.is_empty() {
            stream.write_all(format!("{line}\r\n").as_bytes()).expect("written");
        }
        let mut reply = String::new();
        loop {
            let from = reply.len();
            assert!(reader.read_line(&mut reply).expect("read") > 0, "closed after {reply}");
            if reply.as_bytes().get(from + 3) != Some(&b'-') {
                assert!(reply[from..].starts_with(['2', '3']), "{line}: {reply}");
                return;
            }
        }
    };
    say("");
    say("EHLO mx.receiver.test");
    for mail in mails {
        say("MAIL FROM:<noreply-dmarc@receiver.test>");
        say("RCPT TO:<postmaster@own.test>");
        say("DATA");
        say(mail);
    }
    say("QUIT");
}

fn exchange(server: &Server) -> String {
    let line = server.wait_for("listening + exchange");
    let address = line.split("address=").nth(1).and_then(|rest| rest.split(' ').next());
    address.unwrap_or_else(|| panic!("no address in {line}")).trim_matches('"').to_owned()
}

fn found(site: &Site, id: &str) -> Value {
    let report = site.run(&["doctor", "--only", "dmarc", "--json"]).json();
    let findings = report["findings"].as_array().expect("a list").clone();
    findings.into_iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("no {id}: {report:#}"))
}

#[test]
fn reports_by_mail_lead_to_the_next_policy_and_faults_to_a_warning() {
    let site = site();
    let server = site.start();
    let address = exchange(&server);
    assert!(site.good(&["dmarc", "reports"]).out.contains("No report has come"), "nothing yet");
    keep_the_week_before(&site);

    let packed = |days_ago: u64| {
        let report = report(days_ago, 0);
        if days_ago.is_multiple_of(2) {
            mail("zip", &zip(report.as_bytes()))
        } else {
            mail("gzip", &gzip(report.as_bytes()))
        }
    };
    let mut mails: Vec<String> = (1..7).map(packed).collect();
    mails.push(packed(1));
    hand_in(&address, &mails);
    server.wait_for("dmarc_report + known=true");
    assert_eq!(found(&site, "dmarc.few-reports")["values"]["days"], 13);
    found(&site, "dmarc.only-watches");
    // Nobody fills days long past.
    hand_in(&address, &[packed(20)]);
    server.wait_for("dmarc_report_not_read + long ago");
    assert_eq!(found(&site, "dmarc.few-reports")["values"]["days"], 13);

    hand_in(&address, &[packed(7)]);
    let step = found(&site, "dmarc.step-up");
    assert_eq!((&step["severity"], &step["certainty"]), (&json!("note"), &json!("likely")));
    assert_eq!(step["values"]["reporters"], "receiver.test, recipient.test");
    let numbers = ["days", "aligned", "all", "share", "strangers"].map(|name| step["values"][name].clone());
    assert_eq!(numbers, [14, 140, 140, 100, 42].map(|number: u64| json!(number)));
    let record = "\"v=DMARC1; p=quarantine; rua=mailto:postmaster@own.test\"";
    assert_eq!(step["remedies"][0]["value"], record);

    let told = site.good(&["dmarc", "reports", "own.test", "--json"]).json();
    assert_eq!(told["reports"].as_array().map(Vec::len), Some(21));
    assert_eq!(told["reports"][0]["organisation"], "Empfänger & Söhne");
    let text = site.good(&["dmarc", "reports", "--lang", "de"]).out;
    for part in [
        "own.test: 140 von 182",
        "21 Berichten: receiver.test (14), recipient.test (7)",
        "203.0.113.9  0 von 42",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(site.good(&["dmarc", "reports", "other.test"]).out.contains("No report has come"));

    hand_in(&address, &[mail("gzip", &gzip(report(2, 4).as_bytes()))]);
    let fails = found(&site, "dmarc.own-mail-fails");
    assert_eq!(fails["severity"], "warning");
    assert!(fails["seen"][0].as_str().is_some_and(|line| line.starts_with("192.0.2.25: 154, ")), "{fails}");
    assert_eq!(server.stop(), 0);
}
