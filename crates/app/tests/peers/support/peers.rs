//! Configuration of the other programs: name server, certificate, Postfix, OpenDKIM, Exim.
//!
//! Receiving hosts hand every message on to the test by LMTP, with what they found out about it in its header.

use std::fmt::Write as _;
use std::fs;

use super::host::{Host, Running};
use super::{SERVER, place, run, until};

/// Postfix's daemons, none of them in a chroot of its own.
const MASTER: &str = "\
smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// The zones of all tests: the sender's, with the DKIM records given as (name, value), and the receivers'.
pub fn start_dns(host: &Host, dkim: &[(String, String)]) -> Running {
    let mut text = format!(
        "no-resolv
no-hosts
log-queries
log-facility=-
user=root
listen-address={SERVER}
bind-interfaces
local=/test/
host-record=mail.sender.test,{SERVER}
mx-host=sender.test,mail.sender.test,10
txt-record=sender.test,\"v=spf1 a:mail.sender.test -all\"
txt-record=_dmarc.sender.test,\"v=DMARC1; p=reject\"
host-record=mx.postfix.test,192.0.2.3
mx-host=postfix.test,mx.postfix.test,10
host-record=mx.exim.test,192.0.2.4
mx-host=exim.test,mx.exim.test,10
host-record=mx.recorder.test,{recorder}
mx-host=recorder.test,mx.recorder.test,10
host-record=client.test,192.0.2.10
host-record=ca.sender.test,192.0.2.20
host-record=mta-sts.sender.test,{SERVER}
host-record=autoconfig.sender.test,192.0.2.99
",
        recorder = super::RECORDER,
    );
    for (name, value) in dkim {
        // A TXT record is made of strings of at most 255 octets (RFC 1035 §3.3.14).
        let strings: Vec<String> = value
            .as_bytes()
            .chunks(250)
            .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)))
            .collect();
        writeln!(text, "txt-record={name},{}", strings.join(",")).expect("a String takes everything");
    }
    let path = place("dnsmasq.conf");
    fs::write(&path, &text).expect("configuration");
    host.write("etc/dnsmasq.conf", &text);
    // The name server is on the bridge itself, in the test's own namespace, but runs from a host's files.
    let log = fs::File::create(place("dnsmasq.log")).expect("log");
    let mut command = std::process::Command::new("chroot");
    command.arg(host.root()).args(["dnsmasq", "--keep-in-foreground", "--conf-file=/etc/dnsmasq.conf"]);
    let child = command.stdout(log.try_clone().expect("log")).stderr(log).spawn().expect("dnsmasq starts");
    until("dnsmasq", || fs::read_to_string(place("dnsmasq.log")).is_ok_and(|log| log.contains("started")));
    Running(child)
}

/// A certificate authority and a certificate of it for each name, as files `NAME.pem` and `NAME.key` in the world;
/// the authority's is `ca.pem`.
pub fn make_certificates(names: &[&str]) {
    let (ca, ca_key) = (place("ca.pem"), place("ca.key"));
    let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    let authority =
        ["req", "-x509", "-days", "30", "-subj", "/CN=Test authority", "-keyout", &ca_key, "-out", &ca];
    run("openssl", &[&authority[..], &new_key].concat());
    for name in names {
        let (certificate, key) = (place(&format!("{name}.pem")), place(&format!("{name}.key")));
        let (subject, alternative) = (format!("/CN={name}"), format!("subjectAltName=DNS:{name}"));
        let leaf = ["req", "-x509", "-days", "30", "-subj", &subject, "-keyout", &key, "-out", &certificate];
        let signed = [
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-addext",
            &alternative,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ];
        run("openssl", &[&leaf[..], &new_key, &signed].concat());
    }
}

/// Copies a file of the world to a host.
pub fn give(host: &Host, name: &str, path: &str) {
    host.write(path, &fs::read_to_string(place(name)).unwrap_or_else(|error| panic!("{name}: {error}")));
}

/// A receiving Postfix for postfix.test with OpenDKIM; `lmtp` is where it hands mail on.
pub fn start_postfix_receiver(host: &Host, lmtp: &str) -> Running {
    let milter = start_opendkim(host);
    give(host, "mx.postfix.test.pem", "etc/postfix/tls.pem");
    give(host, "mx.postfix.test.key", "etc/postfix/tls.key");
    let (address, port) = lmtp.rsplit_once(':').expect("address:port");
    start_postfix(
        host,
        &format!(
            "myhostname = mx.postfix.test
virtual_mailbox_domains = postfix.test
virtual_transport = lmtp:inet:[{address}]:{port}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_cert_file = /etc/postfix/tls.pem
smtpd_tls_key_file = /etc/postfix/tls.key
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtputf8_enable = yes
smtpd_milters = inet:127.0.0.1:8891
milter_default_action = tempfail
"
        ),
    );
    milter
}

/// A Postfix; it is stopped with the world.
pub fn start_postfix(host: &Host, settings: &str) {
    let common = "compatibility_level = 3.6
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = all
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = /var/log/postfix.log
";
    host.write("etc/postfix/main.cf", &format!("{common}{settings}"));
    host.write("etc/postfix/master.cf", MASTER);
    host.run(&["postfix", "start"]);
}

fn start_opendkim(host: &Host) -> Running {
    // libunbound knows by itself that `test` does not exist (RFC 6761 §6.2), unless it is told otherwise.
    host.write(
        "etc/unbound.conf",
        &format!("server:\n local-zone: \"test.\" nodefault\nforward-zone:\n name: \".\"\n forward-addr: {SERVER}\n"),
    );
    host.write(
        "etc/opendkim.conf",
        "Mode v
Socket inet:8891@127.0.0.1
UserID root
AlwaysAddARHeader yes
AuthservID mx.postfix.test
ResolverConfiguration /etc/unbound.conf
On-SignatureError accept
Syslog no
",
    );
    let running = host.start(&["opendkim", "-f", "-x", "/etc/opendkim.conf"]);
    until("opendkim", || host.listens(8891));
    running
}

/// A receiving Exim for exim.test, which verifies DKIM itself; `lmtp` is where it hands mail on.
pub fn start_exim_receiver(host: &Host, lmtp: &str) -> Running {
    give(host, "mx.exim.test.pem", "etc/exim4/tls.pem");
    give(host, "mx.exim.test.key", "etc/exim4/tls.key");
    let (address, port) = lmtp.rsplit_once(':').expect("address:port");
    host.write(
        "etc/exim4/exim4.conf",
        &format!(
            "primary_hostname = mx.exim.test
domainlist local_domains = exim.test
exim_user = Debian-exim
exim_group = Debian-exim
never_users = root
exim_path = /opt/exim/usr/sbin/exim4
keep_environment =
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
daemon_smtp_ports = 25
disable_ipv6 = true
tls_advertise_hosts = *
tls_certificate = /etc/exim4/tls.pem
tls_privatekey = /etc/exim4/tls.key
smtputf8_advertise_hosts = *
chunking_advertise_hosts = *
acl_smtp_rcpt = check_recipient
acl_smtp_dkim = check_dkim
acl_smtp_data = check_data
begin acl
check_recipient:
  accept domains = +local_domains
  deny message = relay not permitted
check_dkim:
  accept set acl_m_dkim = $acl_m_dkim [$dkim_verify_status $dkim_algo $dkim_cur_signer]
check_data:
  accept add_header = X-Exim-Dkim:$acl_m_dkim
         add_header = X-Exim-Tls: $tls_in_ver $sender_helo_name
begin routers
everything:
  driver = manualroute
  domains = +local_domains
  transport = hand_on
  route_list = * {address} byname
  self = send
begin transports
hand_on:
  driver = smtp
  protocol = lmtp
  port = {port}
begin retry
* * F,2h,5s
"
        ),
    );
    host.run(&["sh", "-ec", "mkdir -p /var/spool/exim4 /var/log/exim4; chown -R Debian-exim: /var/spool/exim4 /var/log/exim4 /etc/exim4; chmod 600 /etc/exim4/tls.key; chown root: /etc/exim4/exim4.conf"]);
    let running = host.start(&["/opt/exim/usr/sbin/exim4", "-C", "/etc/exim4/exim4.conf", "-bdf", "-q5s"]);
    until("exim", || host.listens(25));
    running
}
