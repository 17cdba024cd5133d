//! The whole way from files, DNS, RDAP and WHOIS to clues, with zones, documents and a WHOIS server of the test's own.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use postamt_lab::zones::{Record, StaticResolver, Zones};
use postamt_net::PortFuture;
use postamt_net::dial::DialError;
use postamt_net::dns::record::reverse_name;
use postamt_net::documents::{Bounds, Document, DocumentError};
use postamt_net::fetch::FetchError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::unblock::clues::DmiField;

/// Documents by address; all others are not there.
#[derive(Default)]
pub struct Shelf(pub BTreeMap<String, String>);

impl Documents for Shelf {
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        _: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>> {
        let text = self.0.get(&address.to_string());
        let document = Document {
            address: address.clone(),
            status: if text.is_some() { 200 } else { 404 },
            media: "application/rdap+json".to_owned(),
            body: text.cloned().unwrap_or_default().into(),
        };
        Box::pin(std::future::ready(Ok(document)))
    }
}

/// Nobody answers.
struct Dead;

impl Documents for Dead {
    fn get<'a>(&'a self, _: &'a WebAddress, _: Bounds) -> PortFuture<'a, Result<Document, DocumentError>> {
        Box::pin(std::future::ready(Err(FetchError::TimedOut.into())))
    }
}

impl Dialer for Dead {
    fn connect(
        &self,
        _: SocketAddr,
        _: Option<IpAddr>,
        _: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        Box::pin(std::future::ready(Err(DialError::Refused)))
    }
}

/// Every target is the test's own server.
struct To(SocketAddr);

impl Dialer for To {
    fn connect(
        &self,
        _: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        Box::pin(async move { postamt_net::dial::SystemDialer.connect(self.0, source, timeout).await })
    }
}

fn services() -> Services {
    Services {
        origin: "origin.asn.test".to_owned(),
        origin6: "origin6.asn.test".to_owned(),
        systems: "asn.test".to_owned(),
        bootstrap: "https://bootstrap.test/rdap/".parse().ok(),
        whois: Domain::new("whois.test").ok().map(|host| (host, 43)),
    }
}

fn eyes(zones: Zones, documents: Arc<dyn Documents>, dialer: Arc<dyn Dialer>) -> Eyes {
    Eyes { resolver: Arc::new(StaticResolver::new(zones)), documents, dialer, services: services() }
}

fn zones() -> Zones {
    let zones = Zones::new(Duration::from_secs(60));
    let text = |name: &str, text: &str| zones.add(name, Record::Text(text.to_owned()));
    text("25.2.0.192.origin.asn.test", "64500 | 192.0.0.0/16 | DE | registry | 2011-01-01");
    text("25.2.0.192.origin.asn.test", "64501 64502 | 192.0.2.0/24 | DE | registry | 2011-01-01");
    text("AS64501.asn.test", "64501 | DE | registry | 2002-06-03 | HOSTER-AS Hoster GmbH, DE");
    zones.add("25.2.0.192.in-addr.arpa", Record::Pointer("static.hoster.test".to_owned()));
    zones.add("static.hoster.test", Record::Address("192.0.2.25".parse().unwrap()));
    zones.add("whois.test", Record::Address("192.0.2.43".parse().unwrap()));
    zones.add("whois.registry.test", Record::Address("192.0.2.44".parse().unwrap()));
    zones
}

#[tokio::test]
async fn origin_name_and_network_of_an_address() {
    let shelf = Shelf(BTreeMap::from([
        (
            "https://bootstrap.test/rdap/ipv4.json".to_owned(),
            r#"{"services":[[["192.0.0.0/8"],["http://a.test/"]],[["192.0.2.0/24"],["http://b.test/","https://b.test/rdap/"]]]}"#
                .to_owned(),
        ),
        (
            "https://b.test/rdap/ip/192.0.2.25".to_owned(),
            r#"{"name":"NET-2","country":"DE","entities":[]}"#.to_owned(),
        ),
    ]));
    let eyes = eyes(zones(), Arc::new(shelf), Arc::new(Dead));
    let clues = gather(&eyes, MachineClues::default(), &["192.0.2.25".parse().unwrap()]).await;
    let [address] = &clues.addresses[..] else { panic!("{clues:?}") };
    let origin = address.origin.as_ref().unwrap();
    assert_eq!(origin.asns, [64501, 64502], "the longest prefix");
    assert_eq!(origin.name.as_deref(), Some("HOSTER-AS Hoster GmbH"));
    assert_eq!(address.pointer, Some(Pointer { name: "static.hoster.test".to_owned(), is_confirmed: true }));
    assert_eq!(address.network.as_ref().unwrap().name.as_deref(), Some("NET-2"));
}

/// RFC 3912, over a real socket: the first server refers to the second, which is told by the question's order.
#[tokio::test]
async fn whois_is_the_last_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let mut questions = Vec::new();
        for answer in [
            "% first\r\nrefer:        whois.registry.test\r\norganisation: Registry\r\n",
            "% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@hoster.test'\r\n\
             netname:  HOSTER-NET\r\ncountry: de\r\norg-name: Hoster GmbH\r\norg-name: Hoster GmbH\r\n",
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = vec![0; 64];
            let length = stream.read(&mut question).await.unwrap();
            questions.push(String::from_utf8_lossy(&question[..length]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        questions
    });
    let eyes = eyes(zones(), Arc::new(Dead), Arc::new(To(place)));
    let clues = gather(&eyes, MachineClues::default(), &["192.0.2.25".parse().unwrap()]).await;
    let network = clues.addresses[0].network.clone().unwrap();
    assert_eq!(asked.await.unwrap(), ["192.0.2.25\r\n", "192.0.2.25\r\n"]);
    assert_eq!(network.organisations, ["Hoster GmbH"]);
    assert_eq!((network.name.as_deref(), network.country.as_deref()), (Some("HOSTER-NET"), Some("DE")));
    assert_eq!(network.abuse.as_deref(), Some("abuse@hoster.test"));
}

#[tokio::test]
async fn where_nobody_answers_nothing_is_known() {
    let nobody = Zones::new(Duration::from_secs(60));
    let eyes = eyes(nobody, Arc::new(Dead), Arc::new(Dead));
    let six: IpAddr = "2001:db8::25".parse().unwrap();
    let clues = gather(&eyes, MachineClues::default(), &[six]).await;
    assert_eq!(clues.addresses, [AddressClues::new(six)]);
}

#[test]
fn the_machine_is_read() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("sys/class/dmi/id/sys_vendor", "Vultr\n");
    write("sys/class/dmi/id/product_name", "\n");
    write("run/cloud-init/cloud-id", "vultr\n");
    write("etc/vultr", "");
    let base = crate::unblock::Base::embedded().unwrap();
    let environment = ["PATH".to_owned(), "FLY_APP_NAME".to_owned()];
    let clues = machine(root.path(), &base, &environment);
    assert_eq!(clues.dmi, BTreeMap::from([(DmiField::SysVendor, "Vultr".to_owned())]));
    assert_eq!(clues.cloud_init.as_deref(), Some("vultr"));
    assert_eq!(clues.files, ["etc/vultr"]);
    assert_eq!(clues.environment, ["FLY_APP_NAME"]);
}

/// Clues as they are gathered where this is recorded of the host: TXT answers, a document of RDAP, a PTR name that leads
/// back, and files.
pub async fn recorded(base: &crate::unblock::Base, host: &crate::unblock::recognise::tests::Host) -> Clues {
    let zones = Zones::new(Duration::from_secs(60));
    let reverse = reverse_name(host.address);
    let reversed = reverse.strip_suffix(".in-addr.arpa").expect("IPv4 is recorded");
    if let Some(origin) = &host.origin {
        zones.add(&format!("{reversed}.origin.asn.test"), Record::Text(origin.clone()));
        let number = origin.split(' ').next().unwrap();
        if let Some(system) = &host.system {
            zones.add(&format!("AS{number}.asn.test"), Record::Text(system.clone()));
        }
    }
    if let Some(name) = &host.ptr {
        zones.add(&reverse, Record::Pointer(name.clone()));
        zones.add(name, Record::Address(host.address));
    }
    let card = |name: &String| serde_json::json!([{"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", name]]]}]);
    let network = serde_json::json!({
        "name": host.network, "country": host.country, "entities": host.organisation.as_ref().map(card),
    });
    let documents = [
        (
            "https://bootstrap.test/rdap/ipv4.json".to_owned(),
            r#"{"services":[[["0.0.0.0/0"],["https://registry.test/"]]]}"#.to_owned(),
        ),
        (format!("https://registry.test/ip/{}", host.address), network.to_string()),
    ];
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("sys/class/dmi/id");
    std::fs::create_dir_all(&folder).unwrap();
    for (field, text) in &host.dmi {
        std::fs::write(folder.join(field.file()), format!("{text}\n")).unwrap();
    }
    if let Some(cloud) = &host.cloud_init {
        std::fs::create_dir_all(root.path().join("run/cloud-init")).unwrap();
        std::fs::write(root.path().join("run/cloud-init/cloud-id"), cloud).unwrap();
    }
    let machine = machine(root.path(), base, &host.environment);
    let has_network = host.origin.is_some() || host.organisation.is_some() || host.ptr.is_some();
    let addresses: Vec<IpAddr> = has_network.then_some(host.address).into_iter().collect();
    let eyes = eyes(zones, Arc::new(Shelf(BTreeMap::from(documents))), Arc::new(Dead));
    gather(&eyes, machine, &addresses).await
}
