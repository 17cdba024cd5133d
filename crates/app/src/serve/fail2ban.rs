//! A log for fail2ban: wrong logins and bans as its filter `postfix` understands them (filter.d/postfix.conf, mode=auth and
//! mode=errors). No word of a client gets into a line.

use std::net::IpAddr;

use postamt_mta::events::Event;

/// The line of an event behind its time, without its end; `None` for all others.
pub fn line(event: &Event, process: u32) -> Option<String> {
    match event {
        Event::LoginFailed { peer: Some(peer), mechanism, is_guess: true, .. } => {
            // The filter knows no mechanism but these (and CRAM-MD5, which is none of ours).
            let mechanism = if mechanism == "LOGIN" { "LOGIN" } else { "PLAIN" };
            let peer = host(*peer);
            Some(format!(
                "postamt/smtpd[{process}]: warning: unknown[{peer}]: SASL {mechanism} authentication failed: \
                 wrong login or password"
            ))
        }
        Event::Banned { peer: Some(peer), .. } => {
            let peer = host(*peer);
            Some(format!("postamt/smtpd[{process}]: too many errors after AUTH from unknown[{peer}]"))
        }
        _ => None,
    }
}

fn host(peer: IpAddr) -> IpAddr {
    peer.to_canonical()
}
