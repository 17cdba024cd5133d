//! Makes `src/passwords/leaked.bin` from a list of leaked passwords, one a line: those that the rules for new
//! passwords would otherwise let through.
//!
//! `cargo run --release -p postamt-mta --example leaked_passwords -- LIST crates/mta/src/passwords/leaked.bin`

use std::error::Error;

use postamt_mta::passwords::{SHORTEST, leaked};

/// Longer ones are not among the common.
const LONGEST: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("wanted: the list, and the file to write".into());
    };
    let list = std::fs::read(from)?;
    let list = String::from_utf8_lossy(&list);
    let passes = |password: &&str| {
        (SHORTEST..=LONGEST).contains(&password.chars().count())
            && u8::from(zxcvbn::zxcvbn(password, &[]).score()) >= 3
    };
    let set = leaked::encode(list.lines().filter(passes));
    std::fs::write(to, set)?;
    Ok(())
}
