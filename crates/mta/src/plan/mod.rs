//! From a recipient to the hosts that may take its mail: rules first ([`routes`]), then DNS ([`exchangers`])
//! and, beside it, the domain's MTA-STS policy ([`policies`]).

pub mod exchangers;
pub mod policies;
pub mod routes;
