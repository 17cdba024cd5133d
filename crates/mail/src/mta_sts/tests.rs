//! Records and policies: those of RFC 8461 and those that break its grammar.

use super::*;

const GOOD: &str =
    "version: STSv1\r\nmode: enforce\r\nmx: mail.example.test\r\nmx: *.example.test\r\nmax_age: 604800\r\n";

fn read(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(text.as_bytes())
}

#[test]
fn a_policy_is_read() {
    let policy = read(GOOD).expect("valid");
    assert_eq!((policy.mode, policy.max_age), (Mode::Enforce, 604_800));
    assert_eq!(policy.mx, ["mail.example.test", "*.example.test"]);
    // LF alone, blanks, upper case in names, keys of later versions.
    let odd = "version: STSv1 \n mode:testing\nmx:\tMAIL.Example.test\nfuture: x\nmax_age:1\n";
    let policy = read(odd).expect("valid");
    assert_eq!(
        (policy.mode, policy.max_age, policy.mx.as_slice()),
        (Mode::Testing, 1, &["mail.example.test".to_owned()][..])
    );
}

#[test]
fn a_policy_without_effect_needs_no_hosts() {
    assert_eq!(
        read("version: STSv1\nmode: none\nmax_age: 86400\n").map(|policy| policy.mode),
        Ok(Mode::None)
    );
}

#[test]
fn every_fault_has_its_error() {
    let bad = |key, value: &str| PolicyError::BadValue { key, value: value.to_owned() };
    for (text, error) in [
        ("", PolicyError::BadVersion),
        ("version: STSv2\nmode: none\nmax_age: 1", PolicyError::BadVersion),
        ("version: STSv1\nmode: none", PolicyError::Missing("max_age")),
        ("version: STSv1\nmax_age: 1", PolicyError::Missing("mode")),
        ("version: STSv1\nmode: enforce\nmax_age: 1", PolicyError::Missing("mx")),
        ("version: STSv1\nmode: strict\nmax_age: 1", bad("mode", "strict")),
        ("version: STSv1\nmode: none\nmax_age: -1", bad("max_age", "-1")),
        ("version: STSv1\nmode: none\nmax_age: 12345678901", bad("max_age", "12345678901")),
        ("version: STSv1\nmode: none\nmode: enforce\nmax_age: 1", PolicyError::Repeated("mode")),
        ("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1", bad("mx", "*")),
        ("version: STSv1\nmode: enforce\nmx: a.*.test\nmax_age: 1", bad("mx", "a.*.test")),
        ("version: STSv1\n<html>\n", PolicyError::NoColon(2)),
    ] {
        assert_eq!(read(text), Err(error), "{text:?}");
    }
    assert_eq!(Policy::parse(&[0xff, 0xfe]), Err(PolicyError::NotText));
}

#[test]
fn a_life_ends_after_a_year() {
    let policy = read("version: STSv1\nmode: none\nmax_age: 9999999999").expect("valid");
    assert_eq!(policy.max_age, MAX_AGE_LIMIT);
}

#[test]
fn a_star_is_one_label() {
    let policy = read(GOOD.replace("mx: mail.example.test\r\n", "").as_str()).expect("valid");
    let permits = |host: &str| policy.permits(&Domain::new(host).expect("a name"));
    assert!(permits("mx1.example.test"));
    assert!(!permits("example.test") && !permits("a.b.example.test") && !permits("mx.example2.test"));
}

#[test]
fn records_have_one_id() {
    let id =
        |records: &[&str]| record_id(&records.iter().map(|record| (*record).to_owned()).collect::<Vec<_>>());
    assert_eq!(id(&[]), Ok(None));
    assert_eq!(id(&["v=spf1 -all", "v=STSv11; id=1"]), Ok(None));
    assert_eq!(id(&["v=STSv1; id=20160831085700Z;"]), Ok(Some("20160831085700Z".to_owned())));
    assert_eq!(id(&["v=STSv1;id=a", "google-site-verification=x"]), Ok(Some("a".to_owned())));
    assert_eq!(id(&["v=STSv1; id=a", "v=STSv1; id=b"]), Err(PolicyError::SeveralRecords(2)));
    for record in
        ["v=STSv1", "v=STSv1; id=", "v=STSv1; id=2016-08", "v=STSv1; id=123456789012345678901234567890123"]
    {
        assert_eq!(id(&[record]), Err(PolicyError::BadId), "{record}");
    }
}
