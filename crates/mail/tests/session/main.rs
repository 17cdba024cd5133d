//! The server session from outside: other projects' dialogues, smuggling, every rule of its own, and any split of
//! the octets. One binary, because all of these share a driver.

mod chasquid;
mod chunks;
mod extensions;
mod james;
mod limits;
mod logins;
mod order;
mod smuggling;
mod splits;
mod support;
