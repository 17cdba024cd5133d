//! The ISP does what its modes say, seen with plain sockets from the host: timeouts, RST, ICMP and who sent it,
//! masked STARTTLS, lies about names; its operators have their moods, its relay services their quirks, and its support
//! desk a character.
//!
//! Needs network namespaces and the program `nft`, so its name begins with `peers`; it runs as root, or as an
//! ordinary user where user namespaces are allowed. The program starts itself again, since a namespace must be
//! entered before there are threads.

#![allow(clippy::unwrap_used, reason = "a test")]

mod control;
mod eyes;
mod modes;
mod operators;
mod path;
mod relays;
mod support;

use std::process::{Command, ExitCode};
use std::sync::Arc;

use postamt_lab::isp::{Isp, IspSettings, OPERATOR_LIMIT, OperatorPlan};
use postamt_lab::namespace;
use postamt_lab::receiver::Character;
use postamt_lab::world::{Place, WorldSettings};

const INSIDE: &str = "--inside";

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == INSIDE) {
        let program = std::env::current_exe().unwrap();
        let status = Command::new(program).arg(INSIDE).status().unwrap();
        assert!(status.success(), "the process inside ended with {status}");
        return ExitCode::SUCCESS;
    }
    namespace::enter(&[]).expect("a network namespace of our own");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(inside());
    ExitCode::SUCCESS
}

async fn inside() {
    let settings = IspSettings {
        world: WorldSettings { place: Place::Internet, ..WorldSettings::test() },
        ..IspSettings::rehearsal()
    };
    let isp = Arc::new(step("the ISP stands", Isp::build(settings)).await.unwrap());
    step("every mode, both families", modes::all(&isp)).await;
    step("rules for one family, one source, some ports", modes::parts(&isp)).await;
    step("connections under way are cut and come back", modes::under_way(&isp)).await;
    step("names are lied about", modes::names(&isp)).await;
    step("hops", path::all(&isp)).await;
    step("moods of operators", operators::moods(&isp)).await;
    step("what operators have", operators::belongings(&isp)).await;
    let customer = relays::Customer::new(&isp);
    step("relays take what they should", relays::quirks(&isp, &customer)).await;
    step("relays pass on and report", relays::forwarding(&isp, &customer)).await;
    step("the support desk", support::all(&isp)).await;
    step("the switchboard", control::all(&isp)).await;

    drop(Arc::into_inner(isp).expect("nobody else has it"));
    let operators = OperatorPlan { operators: OPERATOR_LIMIT, domains_each: 8, character: Character::Sink };
    let settings = IspSettings { operators, ..IspSettings::rehearsal() };
    let again = step("another one in its place, with many operators", Isp::build(settings)).await.unwrap();
    step("a message to each of 200 domains", operators::crowd(&again)).await;
    let second = Isp::build(IspSettings::rehearsal()).await.unwrap_err();
    assert!(second.to_string().contains("uplink"), "a network in use must be left alone: {second}");
}

async fn step<T>(name: &str, work: impl Future<Output = T>) -> T {
    let start = std::time::Instant::now();
    let result = work.await;
    println!("test {name} ... ok ({} ms)", start.elapsed().as_millis());
    result
}
