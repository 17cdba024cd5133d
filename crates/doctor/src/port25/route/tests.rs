use super::super::outcome::Icmp;
use super::*;

/// Hops in one line: `1` is router 192.0.2.1, `C` connected, `R` reset, `.` silence, `P1` prohibited by router 1.
fn hops(port: u16, text: &str) -> PathTrace {
    let hop = |(place, word): (usize, &str)| {
        let router = |digits: &str| Some(format!("192.0.2.{digits}").parse().unwrap());
        let icmp = |icmp_type, code, router| {
            Some(Icmp {
                icmp_type,
                code,
                router,
                from_this_host: router == Some("192.0.2.0".parse().unwrap()),
            })
        };
        let (answer, router) = match word {
            "C" => (HopAnswer::Connected, None),
            "R" => (HopAnswer::Reset, None),
            "." => (HopAnswer::Silence, None),
            word if word.starts_with('P') => (HopAnswer::Stopped, router(&word[1..])),
            digits => (HopAnswer::Router, router(digits)),
        };
        let icmp = match answer {
            HopAnswer::Router => icmp(11, 0, router),
            HopAnswer::Stopped => icmp(3, 13, router),
            _ => None,
        };
        let ttl = u8::try_from(place + 1).unwrap();
        Hop { ttl, router, name: None, icmp, answer, milliseconds: 1 }
    };
    PathTrace { port, hops: text.split(' ').enumerate().map(hop).collect() }
}

#[test]
fn the_hops_name_who_blocks() {
    for (what, mail, control, suspect, routers) in [
        ("dropped between 2 and 3", "1 2 . . .", "1 2 3 4 C", "between", &["2", "3"][..]),
        ("dropped, the target has no web server", "1 2 . . .", "1 2 3 . .", "between", &["2", "3"]),
        ("a router that never answers", "1 . . . .", "1 . 3 4 C", "between", &["1", "3"]),
        ("dropped before the target", "1 2 . .", "1 2 C", "between", &["2"]),
        ("reset between 2 and 3", "1 2 R", "1 2 3 C", "between", &["2", "3"]),
        ("reset next to the target", "1 2 R", "1 2 C", "between", &["2"]),
        ("reset on both ports at one place", "1 2 R", "1 2 R", "nobody", &[]),
        ("prohibited by router 2", "1 2 P2", "1 2 3 C", "router", &["2"]),
        ("prohibited by router 1 at once", "P1", "1 2 3 C", "router", &["1"]),
        ("this host says so", "P0", "1 2 C", "this host", &[]),
        ("redirected at router 2", "1 C", "1 2 3 C", "impostor", &["2"]),
        ("the same way on both", "1 2 C", "1 2 C", "nobody", &[]),
        ("nothing behind this host on 25", ". . .", "1 2 C", "between", &["1"]),
        ("reset before the first router", "R", "1 2 C", "between", &["1"]),
        ("nobody answers at all", ". . .", ". . .", "nobody", &[]),
    ] {
        let route = compare("198.51.100.1".parse().unwrap(), hops(25, mail), hops(443, control));
        let found = match &route.suspect {
            Suspect::Nobody => "nobody",
            Suspect::Between { .. } => "between",
            Suspect::Router(_) => "router",
            Suspect::Impostor(_) => "impostor",
            Suspect::ThisHost => "this host",
        };
        assert_eq!(found, suspect, "{what}");
        let named: Vec<String> =
            route.routers().iter().filter_map(|it| Some(it.router?.to_string())).collect();
        let expected: Vec<String> = routers.iter().map(|digit| format!("192.0.2.{digit}")).collect();
        assert_eq!(named, expected, "{what}");
    }
}

#[test]
fn the_first_hop_of_the_other_port_alone_is_told() {
    let route = compare("198.51.100.1".parse().unwrap(), hops(25, "1 2 . ."), hops(443, "1 2 . 4 C"));
    assert_eq!(route.last_on_mail.map(|hop| hop.ttl), Some(2));
    assert_eq!(route.first_on_control_only.map(|hop| hop.ttl), Some(4));
}
