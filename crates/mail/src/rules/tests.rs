//! Each rule with what it is about and with what resembles that and is not; and octets without end or sense.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

fn found(message: &str) -> Vec<(Rule, String)> {
    let pieces = [Bytes::from(message.replace('\n', "\r\n"))];
    let findings = inspect(&pieces, HeaderCharacters::Ascii, &Rule::ALL);
    findings.into_iter().map(|finding| (finding.rule, finding.what)).collect()
}

/// A message with a text and one attachment with this header section.
fn with_attachment(header: &str, content: &[u8]) -> String {
    let encoded = STANDARD.encode(content).into_bytes();
    let lines: Vec<&str> = encoded.chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!(
        "From: anna@own.test\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_x\"\n\n\
         --=_x\nContent-Type: text/plain\n\nHello\n--=_x\n{header}\nContent-Transfer-Encoding: base64\n\n{}\n--=_x--\n",
        lines.join("\n")
    )
}

fn named(name: &str) -> Vec<(Rule, String)> {
    found(&with_attachment(&format!("Content-Disposition: attachment; filename=\"{name}\""), b"text"))
}

/// A ZIP archive of stored, empty files, as `zip -0` makes it.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut files, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let length = u16::try_from(name.len()).expect("short").to_le_bytes();
        let offset = u32::try_from(files.len()).expect("short").to_le_bytes();
        files.extend(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0");
        files.extend([0; 12]);
        files.extend(length);
        files.extend([0, 0]);
        files.extend(name.as_bytes());
        directory.extend(b"PK\x01\x02\x14\0\x0a\0\0\0\0\0\0\0\0\0");
        directory.extend([0; 12]);
        directory.extend(length);
        directory.extend([0; 12]);
        directory.extend(offset);
        directory.extend(name.as_bytes());
    }
    files.extend(directory);
    files.extend(b"PK\x05\x06");
    files.extend([0; 18]);
    files
}

#[test]
fn programs_are_known_by_their_names() {
    for name in
        ["setup.exe", "Rechnung.pdf.EXE", "x.scr", "link.lnk", "a.js", "x.exe. ", "disk.iso", "x.\u{202e}exe"]
    {
        assert_eq!(named(name).first().map(|(rule, _)| *rule), Some(Rule::Executable), "{name}");
    }
    for name in
        ["report.pdf", "example.com", "exe", "a.exe.txt", "photo.jpg", "program.exe.zip", ".exe/readme.md"]
    {
        assert_eq!(named(name), [], "{name}");
    }
}

#[test]
fn names_are_read_however_they_are_written() {
    for header in [
        "Content-Disposition: attachment; filename=setup.exe",
        "Content-Disposition: attachment (x); filename = \"set\\up.exe\" ; size=1",
        "Content-Type: application/octet-stream; name=\"setup.exe\"",
        "Content-Disposition: attachment;\n filename*0=\"set\";\n filename*1=\"up.exe\"",
        "Content-Disposition: attachment; filename*=utf-8''setup%2Eexe",
        "Content-Disposition: attachment; filename=\"a.txt\"; filename*0*=UTF-8'en'set; filename*1*=up%2eexe",
        "Content-Type: text/plain; name=\"=?utf-8?B?c2V0dXAuZXhl?=\"",
        "Content-Type: text/plain; name=\"=?iso-8859-1?Q?set=75p?= =?utf-8?q?=2Eexe?=\"",
        "Content-Disposition: attachment; filename*=utf-16''%00s%00.%00e%00x%00e",
        "Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain; name=b.exe",
    ] {
        let found = found(&with_attachment(header, b"text"));
        assert_eq!(found.first().map(|(rule, _)| *rule), Some(Rule::Executable), "{header}");
    }
}

#[test]
fn programs_are_known_by_their_octets() {
    let mut program = b"MZ".to_vec();
    program.resize(0x3C, 0);
    program.extend(0x80_u32.to_le_bytes());
    program.resize(0x80, 0);
    program.extend(b"PE\0\0");
    let header = "Content-Disposition: attachment; filename=holiday.jpg";
    assert_eq!(found(&with_attachment(header, &program)), [(Rule::Executable, "holiday.jpg".to_owned())]);
    program[0x80] = b'Q';
    assert_eq!(found(&with_attachment(header, &program)), []);
    assert_eq!(found(&with_attachment(header, b"MZ is how the text begins")), []);
    let shortcut = [0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0, 0, 0];
    assert_eq!(found(&with_attachment(header, &shortcut)), [(Rule::Executable, "holiday.jpg".to_owned())]);
}

#[test]
fn archives_are_looked_into_by_name() {
    let header = "Content-Disposition: attachment; filename=files.zip";
    let archive = zip(&["readme.txt", "in/setup.exe"]);
    assert_eq!(
        found(&with_attachment(header, &archive)),
        [(Rule::Executable, "files.zip: setup.exe".to_owned())]
    );
    // Sources of software, and names that only resemble.
    let sources = zip(&["src/main.js", "build.bat", "lib/x.dll", "exe/notes.txt", "site/example.com"]);
    assert_eq!(found(&with_attachment(header, &sources)), []);
    // An archive within an archive, and more than one window in front of its directory.
    let mut large = b"PK\x03\x04".to_vec();
    large.resize(300_000, 7);
    large.extend(zip(&["inner/x.scr"]));
    assert_eq!(found(&with_attachment(header, &large)), [(Rule::Executable, "files.zip: x.scr".to_owned())]);
    // Quoted-printable, which nobody uses for it and everybody reads.
    let escaped: String = archive
        .iter()
        .map(|octet| format!("={octet:02X}"))
        .collect::<Vec<_>>()
        .chunks(20)
        .fold(String::new(), |text, line| text + &line.concat() + "=\n");
    let message = format!(
        "From: a@own.test\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: Quoted-Printable\n\n{escaped}\n"
    );
    assert_eq!(found(&message), [(Rule::Executable, "a.zip: setup.exe".to_owned())]);
}

#[test]
fn macros_are_known_by_the_document() {
    assert_eq!(named("budget.xlsm"), [(Rule::Macros, "budget.xlsm".to_owned())]);
    let header = "Content-Disposition: attachment; filename=letter.docx";
    let document = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
    assert_eq!(found(&with_attachment(header, &document)), [(Rule::Macros, "letter.docx".to_owned())]);
    let plain = zip(&["[Content_Types].xml", "word/document.xml"]);
    assert_eq!(found(&with_attachment(header, &plain)), []);
    let mut old = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    old.resize(200_000, 0);
    assert_eq!(found(&with_attachment(header, &old)), []);
    old.extend("_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(found(&with_attachment(header, &old)), [(Rule::Macros, "letter.docx".to_owned())]);
}

#[test]
fn a_forwarded_message_hides_nothing() {
    let inner = with_attachment("Content-Disposition: attachment; filename=x.exe", b"text");
    let outer = format!(
        "From: a@own.test\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: message/rfc822\n\n{inner}\n--outer--\n"
    );
    assert_eq!(found(&outer), [(Rule::Executable, "x.exe".to_owned())]);
    // The last part without its end, and white space behind the boundary.
    let cut = "From: a@own.test\nContent-Type: multipart/mixed; boundary=b\n\n--b \t\nContent-Type: x/y; name=y.exe\n\ntext\n";
    assert_eq!(found(cut), [(Rule::Executable, "y.exe".to_owned())]);
    // Text that only quotes such a message.
    let quoted = "From: a@own.test\nContent-Type: text/plain\n\n--b\nContent-Type: x/y; name=y.exe\n\ntext\n";
    assert_eq!(found(quoted), []);
}

#[test]
fn header_sections_are_judged() {
    let message = "From: a@own.test\nSubject: one\nSubject: two\nTo: x@y.test\nTo: z@y.test\n\nx\n";
    assert_eq!(found(message), [(Rule::RepeatedField, "Subject".to_owned())]);
    assert_eq!(found("Subject: one\n\nx\n"), [(Rule::MissingFrom, String::new())]);
    let bare = "From: a@own.test\nSubject: Grüße\n\nx\n";
    assert_eq!(found(bare), [(Rule::BareHeader, "Subject".to_owned())]);
    let pieces = [Bytes::from(bare.replace('\n', "\r\n"))];
    assert_eq!(inspect(&pieces, HeaderCharacters::Utf8, &Rule::ALL), []);
    assert_eq!(inspect(&pieces, HeaderCharacters::Ascii, &[Rule::MissingFrom]), []);
}

#[test]
fn what_is_too_deep_or_too_many_is_said() {
    let deep = |levels: usize| -> String {
        let mut message = "From: a@own.test\n".to_owned();
        for level in 0..levels {
            message += &format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n");
        }
        message + "Content-Type: x/y; name=y.exe\n\ntext\n"
    };
    assert_eq!(found(&deep(20)), [(Rule::Executable, "y.exe".to_owned())]);
    assert_eq!(found(&deep(60)), [(Rule::Entangled, String::new())]);
    let many = "From: a@own.test\nContent-Type: multipart/mixed; boundary=b\n\n".to_owned()
        + &"--b\n\nx\n".repeat(3_000);
    assert_eq!(found(&many), [(Rule::Entangled, String::new())]);
}

#[test]
fn names_are_made_harmless() {
    assert_eq!(names::harmless("a\r\n\"b\u{202e}<c>.exe"), "a_b_c_.exe");
    let long = names::harmless(&"ä".repeat(500));
    assert_eq!((long.chars().count(), long.ends_with('…')), (80, true));
    for rule in Rule::ALL {
        let finding = Finding { rule, what: "x".to_owned() };
        for language in Language::ALL {
            assert!(!finding.words(language).contains('\n'), "{rule}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(octets in prop::collection::vec(any::<u8>(), 0..2_000), cut in 0_usize..2_000) {
        let mut message = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip; name*0*=u'".to_vec();
        message.extend(&octets);
        message.extend(b"\r\n--b\r\nContent-Transfer-Encoding: base64\r\nContent-Type: x; name==?utf-8?Q?=?=\r\n\r\n");
        message.extend(STANDARD.encode([b"PK\x03\x04PK\x01\x02", octets.as_slice()].concat()).into_bytes());
        let whole = Bytes::from(message);
        let cut = cut.min(whole.len());
        let pieces = [whole.slice(..cut), whole.slice(cut..)];
        let parted = inspect(&pieces, HeaderCharacters::Ascii, &Rule::ALL);
        prop_assert_eq!(parted, inspect(&[whole], HeaderCharacters::Ascii, &Rule::ALL));
    }

    #[test]
    fn base64_is_read_as_written(octets in prop::collection::vec(any::<u8>(), 0..200_000), width in 1_usize..200) {
        let text = STANDARD.encode(&octets);
        let body = text.as_bytes().chunks(width).collect::<Vec<_>>().join(&b"\r\n"[..]);
        let mut seen = Vec::new();
        decode::windows(decode::Encoding::Base64, &body, |window| {
            // What two windows share is there twice.
            let shared = if seen.is_empty() { 0 } else { 2 * 1024 };
            seen.extend_from_slice(&window[shared..]);
            std::ops::ControlFlow::Continue(())
        });
        prop_assert_eq!(seen, octets);
    }
}
