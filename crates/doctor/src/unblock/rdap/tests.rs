//! Bootstrap, networks and dates, from documents in the form of RFC 9083.

use std::collections::BTreeMap;
use std::sync::Mutex;

use postamt_net::PortFuture;

use super::super::gather::tests::Shelf;
use super::*;

const NETWORK: &str = r#"{
  "objectClassName": "ip network", "handle": "192.0.2.0 - 192.0.2.255", "name": "CLOUD-TEST", "country": "DE",
  "entities": [
    {"roles": ["registrant"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"],
      ["fn", {}, "text", "Hoster Online GmbH"], ["kind", {}, "text", "org"]]],
     "entities": [{"roles": ["abuse"], "vcardArray": ["vcard", [["fn", {}, "text", "Abuse"],
      ["email", {}, "text", "abuse@hoster.test"]]]}]},
    {"roles": ["administrative"], "vcardArray": ["vcard", [["fn", {}, "text", "Erika Muster"],
      ["kind", {}, "text", "individual"]]]},
    {"roles": ["technical"], "vcardArray": ["vcard", [["fn", {}, "text", "Guest Contact Role"]]]}
  ]}"#;

fn shelf() -> Shelf {
    let documents = [
        (
            "https://boot.test/ipv6.json",
            r#"{"services":[[["2001::/16"],["https://wide.test/"]],[["2001:db8::/32"],["https://six.test/rdap"]]]}"#,
        ),
        ("https://six.test/rdap/ip/2001:db8::25", NETWORK),
        ("https://boot.test/dns.json", r#"{"services":[[["test","co.test"],["https://names.test/"]]]}"#),
        (
            "https://names.test/domain/a.test",
            r#"{"events":[{"eventAction":"registration","eventDate":"2026-09-21T14:13:20Z"},
                {"eventAction":"expiration","eventDate":"2027-09-21T16:13:20.5+02:00"}]}"#,
        ),
        ("https://names.test/domain/b.test", "not JSON"),
    ];
    Shelf(
        documents
            .map(|(address, text)| (address.to_owned(), text.to_owned()))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    )
}

fn registries() -> Registries {
    Registries::new("https://boot.test/".parse().unwrap())
}

/// Counts what is asked for.
struct Counted(Shelf, Mutex<Vec<String>>);

impl Documents for Counted {
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        bounds: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>> {
        self.1.lock().unwrap().push(address.to_string());
        self.0.get(address, bounds)
    }
}

/// RFC 9224 §8: these files change seldom, and everybody asks the same server for them.
#[tokio::test]
async fn the_file_of_registries_is_fetched_once_whether_it_comes_or_not() {
    let counted = Counted(shelf(), Mutex::default());
    let registries = registries();
    let [first, second] = ["a.test", "b.test"].map(|name| Domain::new(name).unwrap());
    let same = registries.clone();
    let both =
        tokio::join!(registration(&counted, &registries, &first), registration(&counted, &same, &second));
    assert!(both.0.is_ok() && both.1.is_err(), "{both:?}");
    for address in ["192.0.2.1", "192.0.2.2"] {
        let none = network(&counted, &registries, address.parse().unwrap()).await;
        assert!(matches!(none, Err(RdapError::Registries(_))), "{none:?}");
    }
    let mut asked = counted.1.into_inner().unwrap();
    asked.retain(|address| address.starts_with("https://boot.test/"));
    assert_eq!(asked, ["https://boot.test/dns.json", "https://boot.test/ipv4.json"]);
}

#[tokio::test]
async fn a_network_is_read() {
    let network = network(&shelf(), &registries(), "2001:db8::25".parse().unwrap()).await.unwrap();
    assert_eq!(network.name.as_deref(), Some("CLOUD-TEST"));
    assert_eq!(network.organisations, ["Hoster Online GmbH"], "no people, no departments");
    assert_eq!(network.country.as_deref(), Some("DE"));
    assert_eq!(network.abuse.as_deref(), Some("abuse@hoster.test"));
    let elsewhere = super::network(&shelf(), &registries(), "2002::1".parse().unwrap()).await;
    assert!(matches!(elsewhere, Err(RdapError::NoServer(_))), "{elsewhere:?}");
    let none = super::network(&shelf(), &registries(), "192.0.2.1".parse().unwrap()).await;
    let Err(RdapError::Registries(why)) = none else { panic!("{none:?}") };
    assert!(matches!(*why, RdapError::Status { status: 404, .. }), "{why:?}");
}

#[tokio::test]
async fn the_dates_of_a_domain() {
    let ask = async |name: &str| registration(&shelf(), &registries(), &Domain::new(name).unwrap()).await;
    let found = ask("a.test").await.unwrap();
    assert_eq!(found.registered, Some(1_790_000_000));
    assert_eq!(found.expires, Some(1_790_000_000 + 365 * 86_400));
    assert!(matches!(ask("b.test").await, Err(RdapError::Form { .. })));
    assert!(matches!(ask("c.test").await, Err(RdapError::Status { .. })));
    assert!(matches!(ask("a.example").await, Err(RdapError::NoServer(_))));
}

#[test]
fn dates() {
    for (text, at) in [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2000-03-01", Some(951_868_800)),
        ("2026-09-21T14:13:20.123Z", Some(1_790_000_000)),
        ("2026-09-21T12:13:20-02:00", Some(1_790_000_000)),
        ("1969-12-31T00:00:00Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_eq!(seconds(text), at, "{text}");
    }
}
