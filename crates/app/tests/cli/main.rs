//! The command line, by the real binary: every command against a server that runs on free ports of this machine,
//! with a directory of its own. Nothing is sent anywhere: routes hold or discard all mail.

mod accounts;
mod ban;
mod cases;
mod configuration;
mod dmarc_reports;
mod doctor;
mod doctor_message;
mod lifecycle;
mod port25;
mod process;
mod queue;
mod relays;
mod request;
mod request_others;
mod send_test;
mod sendmail;
mod setup;
mod support;
mod tls;
mod updates;
