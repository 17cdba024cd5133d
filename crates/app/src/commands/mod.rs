//! The operator's commands, one file per noun. Each takes the configuration and a terminal, and either says what
//! it did or stops with a sentence and an exit code.

pub mod account;
mod account_conduct;
mod app_password;
pub mod ban;
mod case_desk;
pub mod config;
pub mod dkim;
pub mod dmarc;
pub mod dns;
pub mod doctor;
mod doctor_message;
mod doctor_subject;
pub mod password;
pub mod port25;
mod port25_advise;
mod port25_case;
pub mod port25_check;
pub mod port25_request;
pub mod provider;
pub mod queue;
mod received;
pub mod relay;
mod refusal;
mod rehearsal;
mod relay_findings;
pub mod relay_only;
mod relay_records;
mod relay_test;
mod routes;
pub mod send;
mod send_test;
pub mod tls;
mod weakness;
mod why;

/// Runs a future of a port to its end: commands do one thing and wait for it.
///
/// # Errors
/// No runtime can be made.
pub fn wait<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future))
}
