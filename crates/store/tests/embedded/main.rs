//! The embedded store: the suites of the ports, power cuts and failures on a simulated disk, kills on a real one.

mod damage;
mod faults;
mod kills;
mod ports;
mod power_cut;
mod space;
#[path = "../suite/mod.rs"]
mod suite;
mod support;
