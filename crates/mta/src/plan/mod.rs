//! From a recipient to the hosts that may take its mail: rules first ([`routes`]), then DNS ([`exchangers`]).

pub mod exchangers;
pub mod routes;
