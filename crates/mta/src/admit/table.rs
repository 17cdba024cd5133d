//! The table of `docs/relaying.md`, made from what the functions say: whoever changes who may send sees the page change.
//! `POSTAMT_WRITE_DOCS=1 cargo test -p postamt-mta --lib admit` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use super::tests::{account, address, device, login};
use super::*;
use crate::settings::tests::sample;

const BEGIN: &str = "<!-- generated from the tests of crates/mta/src/admit -->\n";
const END: &str = "<!-- end -->\n";

fn identities() -> Vec<(&'static str, Identity, Channel)> {
    let own = || SendAs::Domain("own.test".into());
    let scanner = device(vec![SendAs::Address("scan@own.test".into())]);
    vec![
        ("anybody, port 25", Identity::Anonymous, Channel::Exchange),
        ("anybody, port 587 or 465", Identity::Anonymous, Channel::Submission),
        ("a named relay network", Identity::RelayNetwork, Channel::Exchange),
        ("an account for `own.test`", account(vec![own()]), Channel::Submissions),
        ("its app password for `scan@own.test`", login(vec![own()], Some(scanner)), Channel::Submissions),
        ("an account with `any`", account(vec![SendAs::Any]), Channel::Submissions),
        ("a user of this host", Identity::LocalUser { uid: 1000, trusted: false }, Channel::Sendmail),
        ("a trusted user of this host", Identity::LocalUser { uid: 0, trusted: true }, Channel::Sendmail),
    ]
}

const RECIPIENTS: [(&str, &str); 9] = [
    ("elsewhere", "user@elsewhere.test"),
    ("postmaster@, abuse@", "postmaster@own.test"),
    ("others of an own domain", "user@own.test"),
    ("a domain received for", "user@local.test"),
    ("its subdomain", "user@sub.local.test"),
    ("`%`", "user%elsewhere.test@local.test"),
    ("`!`", "elsewhere.test!user@local.test"),
    ("quoted `@`", "\"user@elsewhere.test\"@local.test"),
    ("`[192.0.2.1]`", "user@[192.0.2.1]"),
];

const SENDERS: [(&str, &str); 6] = [
    ("empty", ""),
    ("`anna@own.test`", "anna@own.test"),
    ("`scan@own.test`", "scan@own.test"),
    ("`x@sub.own.test`", "x@sub.own.test"),
    ("elsewhere", "x@elsewhere.test"),
    ("`[192.0.2.1]`", "x@[192.0.2.1]"),
];

fn cell(said: Result<(), Reply>) -> String {
    said.map_or_else(
        |reply| reply.to_string().split(' ').take(2).collect::<Vec<_>>().join(" "),
        |()| "yes".into(),
    )
}

fn table(
    title: &str,
    columns: &[(&str, &str)],
    said: impl Fn(&Identity, Channel, &str) -> Result<(), Reply>,
) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = format!("| {title} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(columns.len()));
    for (who, identity, channel) in identities() {
        let cells = columns.iter().map(|(_, text)| cell(said(&identity, channel, text)));
        writeln!(text, "| {who} | {} |", cells.collect::<Vec<_>>().join(" | ")).expect("memory");
    }
    text
}

#[test]
fn the_page_says_what_the_functions_do() {
    let settings = sample();
    let recipients = table("to", &RECIPIENTS, |identity, channel, text| {
        recipient(&settings, identity, channel, &address(text))
    });
    let senders = table("from (envelope)", &SENDERS, |identity, _, text| {
        sender(&settings, identity, &(!text.is_empty()).then(|| address(text)))
    });
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/relaying.md");
    let text = std::fs::read_to_string(&page).expect("the page");
    let (head, rest) = text.split_once(BEGIN).expect("a beginning");
    let (_, tail) = rest.split_once(END).expect("an end");
    let expected = format!("{head}{BEGIN}{recipients}\n{senders}{END}{tail}");
    if std::env::var_os("POSTAMT_WRITE_DOCS").is_some() {
        return std::fs::write(&page, &expected).expect("written");
    }
    assert_eq!(text, expected, "write it anew: POSTAMT_WRITE_DOCS=1 cargo test -p postamt-mta --lib admit");
}
