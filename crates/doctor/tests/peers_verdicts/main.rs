//! The whole probe behind a real ISP: every mode of its firewall in both families, the verdict and the router.
//!
//! Needs network namespaces and the program `nft`, so its name begins with `peers`. The program starts itself again,
//! since a namespace must be entered before there are threads.

#![allow(clippy::unwrap_used, reason = "a test")]

mod eyes;
mod modes;
mod traps;

use std::process::{Command, ExitCode};

use postamt_lab::isp::{Isp, IspSettings};
use postamt_lab::namespace;
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
    let isp = Isp::build(settings).await.unwrap();
    modes::all(&isp).await;
    traps::one_target_is_down(&isp).await;
    traps::everybody_refuses(&isp).await;
    traps::sources_and_families(&isp).await;
    traps::a_firewall_that_cannot_be_read(&isp).await;
}
