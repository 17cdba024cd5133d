//! The namespace, entered for real in a process of its own: this program starts itself again, because a
//! namespace cannot be entered once there are threads, nor left again.
//!
//! Where the kernel forbids user namespaces the test says so and passes only if that is what `enter` reported.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, ExitCode};

use postamt_lab::namespace::{self, NamespaceError};
use postamt_lab::world::{Place, RESIDENTS, SIXTH, World, WorldSettings, namespace_addresses};
use postamt_mail::address::Domain;
use postamt_net::dns::{HickoryResolver, Resolver, ResolverSettings};
use postamt_net::interfaces;
use postamt_net::network_watch::NetworkWatch;

const INSIDE: &str = "--inside";
const OUTSIDE_NETWORK: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
const OUTSIDE_SIXTH: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7));
const LATER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 8));
const FORBIDDEN: u8 = 77;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == INSIDE) {
        return inside();
    }
    assert!(refuses_with_threads(), "a second thread must be noticed");
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program).arg(INSIDE).status().unwrap();
    match status.code() {
        Some(0) => println!("test namespace ... ok"),
        Some(code) if code == i32::from(FORBIDDEN) => println!("test namespace ... forbidden on this system"),
        other => panic!("the process inside ended with {other:?}"),
    }
    ExitCode::SUCCESS
}

fn inside() -> ExitCode {
    let addresses = [namespace_addresses(), vec![OUTSIDE_NETWORK, OUTSIDE_SIXTH]].concat();
    let entered = match namespace::enter(&addresses) {
        Ok(entered) => entered,
        Err(NamespaceError::Forbidden { step, source }) => {
            println!("{step:?}: {source}");
            return ExitCode::from(FORBIDDEN);
        }
        Err(error) => panic!("{error:?}"),
    };
    assert!(entered.addresses.contains(&OUTSIDE_NETWORK));
    for address in [IpAddr::V4(Ipv4Addr::LOCALHOST)].iter().chain(&entered.addresses) {
        let listener = TcpListener::bind((*address, 25)).expect("port 25 is ours in here");
        let dns = UdpSocket::bind((*address, 53)).expect("and so is port 53");
        let client = TcpStream::connect((*address, 25)).unwrap_or_else(|error| panic!("{address}: {error}"));
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(client.local_addr().unwrap(), peer);
        drop(dns);
    }
    let beyond = TcpStream::connect((Ipv4Addr::new(192, 0, 2, 99), 25)).unwrap_err();
    assert_eq!(beyond.kind(), std::io::ErrorKind::NetworkUnreachable, "there must be no way out");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(a_world_stands_on_real_ports());
    runtime.block_on(a_new_address_is_noticed());
    ExitCode::SUCCESS
}

async fn a_new_address_is_noticed() {
    let mut watch = NetworkWatch::open().await.unwrap();
    namespace::add_address(LATER).unwrap();
    watch.changed().await.unwrap();
    assert!(interfaces::addresses().unwrap().contains(&LATER));
}

async fn a_world_stands_on_real_ports() {
    let world = World::build(WorldSettings::rehearsal(Place::Namespace)).await.unwrap();
    let parameters = world.parameters().unwrap();
    assert_eq!((parameters.remote_port, parameters.dns_servers[0].port()), (25, 53));
    let settings =
        ResolverSettings { servers: Some(parameters.dns_servers.clone()), ..ResolverSettings::default() };
    let resolver = HickoryResolver::new(&settings).unwrap();
    for source in &parameters.source_addresses {
        let names = resolver.ptr(*source).await.unwrap().records;
        assert_eq!(names, [parameters.hostname.as_str()], "{source}");
        let socket = match source {
            IpAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
            IpAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
        };
        socket.unwrap().bind((*source, 0).into()).expect("an address that the server can send from");
    }
    let strict = RESIDENTS.iter().find(|resident| resident.domain == "streng.test").unwrap();
    let greeted = tokio::net::TcpStream::connect(world.address_of(strict)).await.unwrap();
    greeted.readable().await.unwrap();
    if world.residents().any(|resident| *resident == SIXTH) {
        assert_eq!(parameters.source_addresses.len(), 2);
        assert_eq!(world.scenario().unwrap().messages.last().unwrap().name, "sechs");
        let answer = resolver.aaaa(&Domain::new(&SIXTH.host()).unwrap()).await.unwrap();
        assert_eq!(answer.records, [world.address_of(&SIXTH).ip()]);
        tokio::net::TcpStream::connect(world.address_of(&SIXTH)).await.unwrap();
    }
}

fn refuses_with_threads() -> bool {
    let (stop, wait) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || wait.recv());
    let refused = matches!(namespace::enter(&[]), Err(NamespaceError::Threads { count }) if count > 1);
    drop(stop);
    let _ = other.join();
    refused
}
