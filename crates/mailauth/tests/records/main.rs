//! Records as they stand in DNS, judged as a receiver judges them: suites of others, and our own cases.

mod dkim_records;
mod dmarc_records;
mod dmarc_suite;
mod spf_suite;
mod spf_trace;
mod zone;
