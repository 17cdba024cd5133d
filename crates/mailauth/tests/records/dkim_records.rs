//! Key records as they stand in DNS, good and bad, and whether they are those of a private key.

use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, SigningKey, generate};
use postamt_mailauth::records::dkim::{KeyCheck, KeyProblem, Published, check, parse};

use super::zone::Zone;

/// 1024 bits, of RFC 6376 appendix C.
const SHORT: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
/// Of RFC 8463 appendix A.2.
const EDWARDS: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn signing_key(algorithm: Algorithm) -> SigningKey {
    let pem = generate(algorithm, 2048).expect("a key");
    SigningKey::from_pem(Domain::new("own.test").expect("a domain"), "s1", pem.as_bytes()).expect("read")
}

#[test]
fn every_fault_of_a_record_is_named() {
    for (text, expected) in [
        (format!("v=DKIM1; k=ed25519; p={EDWARDS}"), vec![]),
        (format!("k=ed25519;p={EDWARDS};n=a note"), vec![]),
        (format!("v=DKIM1; p={SHORT}"), vec![KeyProblem::Short(1024)]),
        (format!("v=DKIM1; k=rsa; p={} {}", &SHORT[..70], &SHORT[70..]), vec![KeyProblem::Short(1024)]),
        ("v=DKIM1; k=rsa; p=".into(), vec![KeyProblem::Revoked]),
        ("v=DKIM1; k=rsa".into(), vec![KeyProblem::NoKey]),
        (format!("k=ed25519; v=DKIM1; p={EDWARDS}"), vec![KeyProblem::Version]),
        (format!("v=DKIM2; k=ed25519; p={EDWARDS}"), vec![KeyProblem::Version]),
        (format!("v=DKIM1; k=dsa; p={EDWARDS}"), vec![KeyProblem::UnknownAlgorithm("dsa".into())]),
        (format!("v=DKIM1; k=rsa; p={EDWARDS}"), vec![KeyProblem::BrokenKey]),
        ("v=DKIM1; k=rsa; p=not base64!".into(), vec![KeyProblem::BrokenKey]),
        (format!("v=DKIM1; k=ed25519; t=y; p={EDWARDS}"), vec![KeyProblem::Testing]),
        (format!("v=DKIM1; k=ed25519; t=s; p={EDWARDS}"), vec![KeyProblem::OnlySameDomain]),
        (format!("v=DKIM1; k=ed25519; h=sha1; p={EDWARDS}"), vec![KeyProblem::HashNotAllowed("sha1".into())]),
        (format!("v=DKIM1; k=ed25519; h=sha1:sha256; s=*; p={EDWARDS}"), vec![]),
        (
            format!("v=DKIM1; k=ed25519; s=tlsrpt; p={EDWARDS}"),
            vec![KeyProblem::ServiceNotAllowed("tlsrpt".into())],
        ),
        (format!("v=DKIM1; k=ed25519; p={EDWARDS}; p="), vec![KeyProblem::Repeated("p".into())]),
        (
            format!("v=DKIM1; k=ed25519; x=1; junk; p={EDWARDS}"),
            vec![KeyProblem::UnknownTag("x".into()), KeyProblem::NotATag("junk".into())],
        ),
        (
            format!("\"v=DKIM1; k=rsa; p={}\" \"{}\"", &SHORT[..70], &SHORT[70..]),
            vec![KeyProblem::QuotesInRecord, KeyProblem::UnknownTag("\"v".into()), KeyProblem::BrokenKey],
        ),
    ] {
        assert_eq!(parse(&text).problems, expected, "{text}");
    }
}

async fn checked(key: &SigningKey, texts: &[&str]) -> KeyCheck {
    let name = key.record_name();
    let records: Vec<(&str, &str)> = texts.iter().map(|&text| (name.as_str(), text)).collect();
    check(&Zone::of_texts(&records), key).await.expect("an answer")
}

#[tokio::test]
async fn a_record_is_held_against_the_private_key() {
    for algorithm in Algorithm::ALL {
        let (key, other) = (signing_key(algorithm), signing_key(algorithm));
        let record = key.public_record();
        let good = checked(&key, &[&record]).await;
        assert!(good.is_usable() && good.problems.is_empty(), "{good:?}");
        let different = checked(&key, &[&other.public_record()]).await;
        assert_eq!((different.published, different.is_usable()), (Published::Different, false));
        let missing = checked(&key, &[]).await;
        assert_eq!((missing.published, missing.problems), (Published::Missing, vec![]));
        let both = checked(&key, &[&other.public_record(), &record]).await;
        assert_eq!((both.published, both.is_usable()), (Published::Yes, false));
        assert_eq!(both.problems, [KeyProblem::SeveralRecords(2)]);
        let testing = checked(&key, &[&format!("{record}; t=y")]).await;
        assert_eq!((testing.published, testing.is_usable()), (Published::Yes, false));
    }
}

#[tokio::test]
async fn a_key_in_both_of_its_forms_cut_off_and_of_another_kind() {
    let key = signing_key(Algorithm::Rsa);
    let record = key.public_record();
    assert!(record.len() > 255);
    // A panel that takes one string of 255 octets only.
    let cut = checked(&key, &[&record[..255]]).await;
    assert_eq!((cut.published, cut.problems), (Published::Different, vec![KeyProblem::CutOff]));
    // The 24 octets in front of the bare key say that it is RSA (32 characters of Base64).
    let (before, base64) = record.split_once("p=").expect("a key");
    let bare = format!("{before}p={}", &base64[32..]);
    assert_eq!(checked(&key, &[&bare]).await.published, Published::Yes);
    let other = checked(&key, &[&signing_key(Algorithm::Ed25519).public_record()]).await;
    assert_eq!(other.problems, [KeyProblem::OtherAlgorithm]);
}
