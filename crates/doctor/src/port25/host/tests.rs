use super::*;

fn texts(rules: Vec<LocalRule>) -> Vec<String> {
    rules.into_iter().map(|rule| rule.text).collect()
}

const NFT: &str = r#"{"nftables": [
 {"metainfo": {"version": "1.0.6"}},
 {"table": {"family": "inet", "name": "filter", "handle": 1}},
 {"chain": {"family": "inet", "table": "filter", "name": "in", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
 {"chain": {"family": "inet", "table": "filter", "name": "out", "handle": 2, "type": "filter", "hook": "output", "prio": 0, "policy": "accept"}},
 {"chain": {"family": "inet", "table": "filter", "name": "mail", "handle": 3}},
 {"rule": {"family": "inet", "table": "filter", "chain": "in", "handle": 4, "expr": [
   {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 25}}, {"drop": null}]}},
 {"rule": {"family": "inet", "table": "filter", "chain": "out", "handle": 5, "expr": [{"jump": {"target": "mail"}}]}},
 {"rule": {"family": "inet", "table": "filter", "chain": "mail", "handle": 6, "expr": [
   {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [24, {"range": [25, 26]}]}}},
   {"counter": {"packets": 1, "bytes": 2}}, {"reject": {"type": "tcp reset"}}]}},
 {"rule": {"family": "inet", "table": "filter", "chain": "out", "handle": 7, "expr": [
   {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 465}}, {"drop": null}]}}
]}"#;

#[test]
fn nftables_rules_on_the_way_out_are_named() {
    assert_eq!(
        texts(nftables::rules(NFT, 25)),
        ["nftables: inet filter mail: tcp dport 25 reject (handle 6)"]
    );
    assert!(nftables::rules(NFT, 587).is_empty());
    assert!(nftables::rules("no listing", 25).is_empty());
}

#[test]
fn a_closed_chain_is_a_rule_unless_it_lets_the_port_pass() {
    let chain = r#"{"chain": {"family": "ip", "table": "f", "name": "out", "handle": 2, "type": "filter", "hook": "output", "prio": 0, "policy": "drop"}}"#;
    let pass = |right: &str| {
        format!(
            r#"{{"rule": {{"family": "ip", "table": "f", "chain": "out", "handle": 5, "expr": [
            {{"match": {{"op": "==", "left": {{"payload": {{"protocol": "tcp", "field": "dport"}}}}, "right": {right}}}}}, {{"accept": null}}]}}}}"#
        )
    };
    let listing = |rule: &str| format!(r#"{{"nftables": [{chain}, {rule}]}}"#);
    let closed = nftables::rules(&listing(&pass("443")), 25);
    assert_eq!(texts(closed.clone()), ["nftables: ip f out: policy drop"]);
    assert!(closed[0].covers(Family::Ipv4) && !closed[0].covers(Family::Ipv6));
    assert!(nftables::rules(&listing(&pass("25")), 25).is_empty());
}

#[test]
fn iptables_rules_on_the_way_out_are_named() {
    let listing = "*filter\n:OUTPUT ACCEPT [0:0]\n:mail - [0:0]\n\
        -A INPUT -p tcp -m tcp --dport 25 -j DROP\n\
        -A OUTPUT -p tcp -m tcp ! --dport 25 -j DROP\n\
        -A OUTPUT -p tcp -j mail\n\
        -A mail -p tcp -m multiport --dports 24,25:26 -j REJECT --reject-with tcp-reset\n\
        -A OUTPUT -p tcp -m tcp --dport 465 -j DROP\nCOMMIT\n";
    let found = iptables::rules(listing, Family::Ipv6, 25);
    assert_eq!(
        texts(found),
        ["ip6tables: -A mail -p tcp -m multiport --dports 24,25:26 -j REJECT --reject-with tcp-reset"]
    );
    assert_eq!(iptables::rules(listing, Family::Ipv4, 465).len(), 1);
    assert!(iptables::rules(listing, Family::Ipv4, 443).is_empty());
}

#[test]
fn the_units_settings_are_read() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("proc/self/cgroup", "0::/system.slice/postamt.service\n");
    write("etc/systemd/system/postamt.service", "[Service]\nExecStart=/usr/bin/postamt serve\n");
    assert!(service::rules(root.path()).is_empty());
    write("etc/systemd/system/postamt.service.d/net.conf", "[Service]\nIPAddressDeny=any\n");
    assert_eq!(
        texts(service::rules(root.path())),
        ["systemd: /etc/systemd/system/postamt.service.d/net.conf: IPAddressDeny=any"]
    );
    write("etc/systemd/system/postamt.service.d/net.conf", "[Service]\nIPAddressDeny=any\nIPAddressDeny=\n");
    assert!(service::rules(root.path()).is_empty());
}

#[test]
fn the_kernels_counter_is_found_by_name() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("proc/thread-self/net");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("netstat"), "TcpExt: A TCPRetransFail B\nTcpExt: 1 7 3\nIpExt: C\nIpExt: 9\n")
        .unwrap();
    assert_eq!(failed_retransmissions(root.path()), Some(7));
    assert_eq!(failed_retransmissions(&root.path().join("nowhere")), None);
}
