//! The address grammar against the suite of isemail (see data/isemail/README.md). The suite judges addresses by
//! the mail *format* too; what SMTP's `Mailbox` (RFC 5321 §4.1.2) takes follows from the category, and the few
//! cases that we judge otherwise stand below with their reason.

use postamt_mail::address::Address;

struct Case {
    id: u32,
    address: String,
    category: String,
}

const SUITE: &str = include_str!("data/isemail/isemail-tests.xml");

/// Cases that we judge otherwise than their category says, and why.
const OTHERWISE: &[(u32, &str)] = &[
    (23, "refused: a top-level domain of digits does not exist (RFC 3696 §2)"),
    (24, "refused: an IP address must be written as a literal (RFC 5321 §4.1.3)"),
    (71, "taken: `::` for one group is only discouraged (RFC 5952 §4.2.2), and what it means is clear"),
];

#[test]
fn every_case_is_judged_as_smtp_demands() {
    let cases = cases();
    assert_eq!(cases.len(), 164, "the whole suite was read");
    let mut wrong = Vec::new();
    for case in &cases {
        // VALID and DNSWARN are well-formed; RFC5321 holds what is well-formed in SMTP but unusual. CFWS, DEPREC
        // and RFC5322 are header syntax.
        let allowed = matches!(
            case.category.as_str(),
            "ISEMAIL_VALID_CATEGORY" | "ISEMAIL_DNSWARN" | "ISEMAIL_RFC5321"
        );
        let otherwise = OTHERWISE.iter().any(|(id, _)| *id == case.id);
        let result = Address::new(&case.address);
        if result.is_ok() != (allowed ^ otherwise) {
            wrong.push(format!("#{} {:?} {} {result:?}", case.id, case.address, case.category));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

fn cases() -> Vec<Case> {
    SUITE
        .split("<test id=\"")
        .skip(1)
        .map(|block| {
            let id = block.split('"').next().and_then(|id| id.parse().ok()).expect("an id");
            Case {
                id,
                address: unescape(element(block, "address").unwrap_or_default()),
                category: element(block, "category").expect("a category").to_owned(),
            }
        })
        .collect()
}

fn element<'a>(block: &'a str, name: &str) -> Option<&'a str> {
    let start = block.find(&format!("<{name}>"))? + name.len() + 2;
    let end = start + block[start..].find(&format!("</{name}>"))?;
    Some(&block[start..end])
}

/// Entities; and the suite's own rule that U+2400 to U+241F stand for control characters.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let end = start + rest[start..].find(';').expect("an entity ends");
        let entity = &rest[start + 1..end];
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            _ => {
                let digits = entity.strip_prefix("#x").expect("a hexadecimal entity");
                char::from_u32(u32::from_str_radix(digits, 16).expect("a number")).expect("a character")
            }
        });
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out.chars()
        .map(|c| match u32::from(c) {
            code @ 0x2400..=0x241F => char::from_u32(code - 0x2400).expect("a control character"),
            _ => c,
        })
        .collect()
}
