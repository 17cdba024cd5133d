//! All settings, in the order of the annotated example. The doc comments are what the operator reads there.
//!
//! A new setting says why it cannot be derived. Values that depend on others (paths below the state directory)
//! are optional here and get their default in [`super::Config`].

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use postamt_mail::address::{Address, Domain};
use postamt_mail::release_notice::NoticeKey;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mail::words::Language;
use postamt_mta::settings::{Network, NullSender, Purpose, Reaction, RelayTls, RuleAction, Unfiltered};
use postamt_net::documents::WebAddress;
use postamt_net::service::ServiceAddress;

use super::allowance::HourAndDay;
use super::authority::AcmeDirectory;
use super::filters::{MilterAddress, RspamdAction, RspamdUrl};
use super::leaks::LeakService;
use super::notice::HttpsAddress;
use super::section::section;
use super::values::{
    DnsProvider, DomainPattern, HostPort, LogFormat, RelayProfile, RouteDetour, RouteTo, Seconds,
};

section! {
    /// Who this server is.
    once Server = "server" {
        /// The name this server says in greetings, EHLO and Received. It should be the PTR name of the address
        /// that mail leaves from.
        hostname: Domain = Required("\"mail.example.org\""),
        /// Domains that are ours: accounts send as them; postmaster@ and abuse@ of them always work.
        domains: Vec<Domain> = Required("[\"example.org\"]"),
        /// Queue, accounts, history, keys.
        state_directory: PathBuf = Default("\"/var/lib/postamt\""),
        /// Sockets of the running server.
        runtime_directory: PathBuf = Default("\"/run/postamt\""),
        /// Started by root, the server becomes this user and keeps nothing but the right to bind low ports.
        user: Option<String> = Optional("\"postamt\""),
        /// Language of failure notices and of what the server itself writes: "de" or "en". A notice has both,
        /// this one first.
        language: Language = Default("\"en\""),
    }
}

section! {
    /// A port. Without any, 25 (exchange), 587 (submission) and 465 (submissions) are opened on all addresses.
    many Listener = "listener" {
        /// Address and port.
        address: SocketAddr = Required("\"0.0.0.0:587\""),
        /// "exchange" takes mail from other servers for our own domains; "submission" wants STARTTLS and a
        /// login; "submissions" is the same under TLS from the first octet.
        purpose: Purpose = Required("\"submission\""),
        /// Networks whose hosts may send to anywhere without login. Every host in them can send mail as you:
        /// name as few as possible.
        relay_networks: Vec<Network> = Default("[]"),
    }
}

section! {
    /// The certificate that the ports show: from an authority by itself (`acme`), or from files. Without either a
    /// self-signed pair is made at the first start, which other servers accept but mail clients complain about.
    once Tls = "tls" {
        /// A certificate authority that certificates are asked from and renewed with by itself (ACME):
        /// "letsencrypt", "letsencrypt-staging" for trials, or the address of another's directory. Setting it accepts
        /// its terms. The names are the hostname and, with `[web] https`, mta-sts, autoconfig and autodiscover of our
        /// domains, as far as they point here. They are proven by DNS where `[dns]` says how to change the zones, else on port 80,
        /// which is opened for it where it is free, else on port 443 of `[web] https`. Read at the start, not by a
        /// reload. Whose terms you accept, only you know.
        acme: Option<AcmeDirectory> = Optional("\"letsencrypt\""),
        /// Further trust anchors (PEM) for the directory of a private authority. Whom you trust cannot be derived.
        acme_roots: Option<PathBuf> = Optional("\"/etc/postamt/acme-ca.pem\""),
        /// File with ID:KEY of an account that the authority wants to be named (external account binding), readable
        /// by the server's user only. The authority gives it out to its customers.
        acme_binding: Option<PathBuf> = Optional("\"/etc/postamt/acme.binding\""),
        /// PEM file, own certificate first. Read again on SIGHUP and when it changes.
        certificate: Option<PathBuf> = Optional("\"/etc/letsencrypt/live/mail.example.org/fullchain.pem\""),
        /// PEM file with its key.
        key: Option<PathBuf> = Optional("\"/etc/letsencrypt/live/mail.example.org/privkey.pem\""),
    }
}

section! {
    /// What is served over HTTP: the MTA-STS policies of our domains, and the settings that mail programs ask for.
    /// Without any address nothing is. Read at the start, not by a reload.
    once Web = "web" {
        /// Addresses and ports for HTTPS, with the certificate of `[tls]`. It must hold the names mta-sts.DOMAIN,
        /// autoconfig.DOMAIN and autodiscover.DOMAIN as well.
        https: Vec<SocketAddr> = Default("[]"),
        /// Addresses and ports for plain HTTP, which leads to HTTPS.
        http: Vec<SocketAddr> = Default("[]"),
        /// What senders do when TLS towards this server fails: "testing" reports it, "enforce" does not deliver,
        /// "none" takes the policy back.
        mta_sts: PolicyMode = Default("\"testing\""),
        /// The IMAP server (TLS on 993) that our users read their mail on. Mail programs ask for it together with the
        /// server for sending; some take no settings without it.
        mailbox: Option<Domain> = Optional("\"imap.example.net\""),
    }
}

section! {
    /// Limits on what comes in.
    once Limits = "limits" {
        /// Octets of a message.
        message_bytes: NonZeroU32 = Default("52_428_800"),
        /// Recipients of a message.
        recipients: NonZeroU32 = Default("1_000"),
        /// Sessions at a time.
        sessions: NonZeroU32 = Default("2_000"),
        /// Sessions of one address at a time.
        sessions_per_peer: NonZeroU32 = Default("50"),
        /// How long a client may stay silent. RFC 5321 asks for 300.
        command_timeout_secs: Seconds = Default("300"),
        /// How long a shutdown waits for open transactions.
        shutdown_grace_secs: Seconds = Default("30"),
    }
}

section! {
    /// Passwords of accounts. Short, easily guessed and commonly leaked ones are refused in any case.
    once Accounts = "accounts" {
        /// A service of leaked passwords that is asked about each new one (HTTPS, the form of "Pwned Passwords"). It
        /// learns the first five digits of a hash, which many passwords share. When it does not answer, this is told
        /// and the password is set. Whether others may be asked is for you to say.
        leaked_passwords_url: Option<LeakService> = Optional("\"https://api.pwnedpasswords.com/range/\""),
    }
}

section! {
    /// What one account may send within an hour and within 24 hours, so that a stolen password cannot ruin the name of
    /// this server: what is over it is refused at once, with a reply that says until when. 0 is no limit.
    /// `postamt account limits` changes it for one account. How much your users send, only you know; these figures lie
    /// between those of free mailboxes (500 recipients a day) and those of business mail (2,000 to 10,000).
    once AccountLimits = "account_limits" {
        /// Messages.
        messages: HourAndDay = Default("[200, 1_000]"),
        /// Recipients.
        recipients: HourAndDay = Default("[500, 2_000]"),
        /// Recipients outside our own domains that the account has never written to before. What sends to customers
        /// that are new each time, as a shop does, needs more.
        first_time: HourAndDay = Default("[100, 200]"),
    }
}

section! {
    /// Hosts that guess passwords, talk out of turn or do not speak SMTP are delayed, then banned for a time, each time
    /// longer (`postamt ban list`). Hosts that try to relay or write to unknown recipients are slowed down.
    once Guard = "guard" {
        /// Networks that are never banned, such as your office's: the log tells what came from there (`ban_spared`).
        /// This host and networks that may relay are never banned either.
        own_networks: Vec<Network> = Default("[]"),
        /// A table of countries: lines NETWORK,COUNTRY or FIRST,LAST,COUNTRY, as in DB-IP's lite tables. With it the letter to
        /// the owner of an account about a login from a new network names the country. Read again on SIGHUP. There is
        /// no such table that may be shipped with the program.
        countries: Option<PathBuf> = Optional("\"/etc/postamt/countries.csv\""),
        /// true has the kernel drop what comes from banned networks to our ports: bans are written to the sets banned4 and
        /// banned6 of a table `inet postamt`, which is ours alone. Needs `nft` and, unless root starts the server,
        /// CAP_NET_ADMIN. Read at the start, not by a reload. Whether we may change the firewall, only you know.
        nftables: bool = Default("false"),
        /// A file for fail2ban with a line for each wrong login and each ban, as its filter `postfix` understands them
        /// (mode=auth, mode=errors). Read at the start, not by a reload. Where fail2ban looks, only you know.
        fail2ban_log: Option<PathBuf> = Optional("\"/var/log/postamt/fail2ban.log\""),
    }
}

section! {
    /// Rules for what is handed in here to be sent, which need no other program: "reject" refuses what they are about by
    /// name, "hold" keeps it until `postamt queue release` or `cancel`, "accept" lets it go. Mail from outside for
    /// `[[local_domain]]` is none of their business. What your people send each other for good reasons, only you know.
    once ContentRules = "content_rules" {
        /// Attachments that run when they are opened, by their names or their octets, and archives with one in them.
        /// Large receivers refuse them in any case, days of waiting later or without a word.
        executables: RuleAction = Default("\"reject\""),
        /// Documents with macros. Many offices send them every day, and receivers differ.
        macros: RuleAction = Default("\"accept\""),
        /// More than one From, Sender, Date, Subject or Message-ID, of which large receivers refuse the whole message.
        repeated_fields: RuleAction = Default("\"reject\""),
        /// No From, without which large receivers refuse a message. Logins must have one that is theirs in any case.
        missing_from: RuleAction = Default("\"reject\""),
        /// Header fields with characters beyond ASCII from programs that do not ask for SMTPUTF8: wrong, but often read.
        non_ascii_header: RuleAction = Default("\"accept\""),
    }
}

section! {
    /// A milter: a program that looks at mail and may change it, such as OpenDKIM. Several are asked in the order of
    /// their sections, after all other filters. The whole conversation is held when a message is complete: recipients that
    /// a milter refuses get no mail, and their sender gets a notice.
    many Milter = "milter" {
        /// Its name in the log and in `postamt queue why`.
        name: String = Required("\"opendkim\""),
        /// Where it listens, as its own configuration has it: "unix:/PATH" or "inet:PORT@HOST".
        address: MilterAddress = Required("\"unix:/run/opendkim/opendkim.sock\""),
        /// What becomes of mail while it cannot be asked; the words of `[clamav] when_down`. What is worse, mail that
        /// waits or mail that it has not seen, only you know.
        when_down: Unfiltered = Default("\"defer\""),
        /// How long it may take for one message. What it does in that time, only you know.
        time_limit_secs: Seconds = Default("60"),
    }
}

section! {
    /// ClamAV, which looks for viruses in all mail that is handed in, before it is taken; and in mail from outside for
    /// `[[local_domain]]`. Without an address it is not asked.
    once ClamAv = "clamav" {
        /// Where its daemon clamd listens: "unix:/PATH" or "HOST:PORT". Whether mail is scanned, and by whose daemon,
        /// only you know.
        address: Option<ServiceAddress> = Optional("\"unix:/run/clamav/clamd.ctl\""),
        /// What becomes of infected mail: "reject" refuses it, "hold" keeps it until `postamt queue release` or
        /// `cancel`, "mark" adds X-Virus, "defer" asks the sender to come again.
        infected: Reaction = Default("\"reject\""),
        /// What becomes of mail while clamd cannot be asked: "defer" asks the sender to try again later, "accept" lets
        /// it go on unscanned, "hold" keeps it until `postamt queue release`, "reject" refuses it. What is worse, mail
        /// that waits or mail that nobody has scanned, only you know.
        when_down: Unfiltered = Default("\"defer\""),
        /// Octets of a message that clamd takes: as StreamMaxLength in its clamd.conf, which it does not tell. Larger mail
        /// goes on unscanned; where none may, let `message_bytes` under `[limits]` be no larger.
        message_bytes: NonZeroU32 = Default("26_214_400"),
        /// How long it may take for one message. How large your archives are, and how fast the machine, only you know.
        time_limit_secs: Seconds = Default("60"),
    }
}

section! {
    /// Rspamd, which looks for spam in the same mail. Its advice is obeyed as `actions` says, and the header fields that it
    /// adds or removes are. Without a URL it is not asked.
    once Rspamd = "rspamd" {
        /// Where its worker `normal` listens. Whether mail is judged, and by whose Rspamd, only you know.
        url: Option<RspamdUrl> = Optional("\"http://127.0.0.1:11333\""),
        /// File with its password, readable by the server's user only, where Rspamd wants one of us.
        password_file: Option<PathBuf> = Optional("\"/etc/postamt/rspamd.password\""),
        /// What its actions do, where that is not "reject = reject", "soft reject = defer", "add header = mark",
        /// "rewrite subject = mark" and "greylist = accept". Each may be "accept", "mark" (X-Spam or the new subject),
        /// "hold" (until `postamt queue release`), "defer" or "reject". How far you trust its rules, only you know.
        actions: Vec<RspamdAction> = Default("[]"),
        /// What becomes of mail while Rspamd cannot be asked; the words are those of `[clamav]`, and so is the choice.
        when_down: Unfiltered = Default("\"defer\""),
        /// How long it may take for one message. It asks DNS, and how slow that is, only you know.
        time_limit_secs: Seconds = Default("30"),
    }
}

section! {
    /// Mail from programs on this machine, through the `sendmail` command.
    once Sendmail = "sendmail" {
        /// false refuses it.
        enabled: bool = Default("true"),
        /// Users (numeric ids) that may send as anything. All others may send as any address of our domains.
        trusted_users: Vec<u32> = Default("[0]"),
    }
}

section! {
    /// A domain that this server receives mail for on port 25, and where that mail goes: exactly one of
    /// maildir, lmtp and host.
    many LocalDomain = "local_domain" {
        /// The domain.
        domain: Domain = Required("\"example.org\""),
        /// A Maildir; {local} and {domain} are replaced by the recipient's.
        maildir: Option<PathBuf> = Optional("\"/var/mail/{domain}/{local}\""),
        /// An LMTP server.
        lmtp: Option<HostPort> = Optional("\"127.0.0.1:24\""),
        /// Another mail server.
        host: Option<HostPort> = Optional("\"mailbox.example.org:25\""),
    }
}

section! {
    /// Mail to postmaster@ and abuse@ of our domains. Without either, a Maildir `postmaster` in the state directory.
    once Postmaster = "postmaster" {
        /// A Maildir.
        maildir: Option<PathBuf> = Optional("\"/var/mail/postmaster\""),
        /// Another address.
        forward: Option<Address> = Optional("\"admin@example.net\""),
    }
}

section! {
    /// A relay (smarthost) that routes can name.
    many Relay = "relay" {
        /// The name for routes and commands.
        name: String = Required("\"provider\""),
        /// What is known of its provider: ports, DKIM, null sender, SPF. `postamt relay add` writes it.
        profile: Option<RelayProfile> = Optional("\"ses\""),
        /// Its host.
        host: String = Required("\"smtp.provider.example\""),
        /// Its port. Without it, the first of the profile, or else 587, or 465 where `tls` is implicit.
        port: Option<u16> = Optional("587"),
        /// Ports that are tried in order when that one does not let us in. Without any, the others of the profile.
        ports: Vec<u16> = Default("[]"),
        /// "starttls" and "implicit" check the certificate; "starttls-unverified" and "implicit-unverified" take
        /// any; "none" is plain text and only for the same machine or network. Without it, implicit on 465, 2465,
        /// 8465 and 443, and STARTTLS on all others; `ports` are secured so in any case, unless it is "none".
        tls: Option<RelayTls> = Optional("\"starttls\""),
        /// Further trust anchors (PEM), for a private relay.
        extra_roots: Option<PathBuf> = Optional("\"/etc/postamt/relay-ca.pem\""),
        /// Login name.
        login: Option<String> = Optional("\"user@example.org\""),
        /// File with the password, readable by the server's user only.
        password_file: Option<PathBuf> = Optional("\"/etc/postamt/provider.password\""),
        /// Connections at a time.
        connections: NonZeroU32 = Default("10"),
        /// Messages on one connection.
        messages_per_connection: NonZeroU32 = Default("100"),
        /// Messages that it takes within 24 hours, each recipient counted as one. Then nothing more is handed over
        /// until there is room, and mail waits. Which plan you have bought, only you know.
        messages_per_day: Option<NonZeroU32> = Optional("50000"),
        /// Likewise within 30 days: many plans count by the month. Where both stand here, both hold.
        messages_per_month: Option<NonZeroU32> = Optional("1000000"),
        /// DKIM signatures that a message may carry there; 0 does not sign. Without it, those of the profile (one
        /// where nobody knows), or else one per key.
        dkim_signatures: Option<u32> = Optional("1"),
        /// Header fields that the relay rewrites, which must therefore not be signed, beside those of the profile.
        dkim_skip_headers: Vec<String> = Default("[]"),
        /// Whether it takes the empty sender of failure notices. Where it does not, notices go with postmaster@ our
        /// domain, or with the address that stands here. Without it, what the profile says, or else it is tried.
        null_sender: Option<NullSender> = Optional("\"bounces@example.org\""),
    }
}

section! {
    /// A rule of routing. The first that matches counts; what none matches goes directly to the recipient's
    /// server. An empty list matches everything.
    many Route = "route" {
        /// Recipient domains; "*.example.org" takes in the subdomains.
        recipient_domains: Vec<DomainPattern> = Default("[]"),
        /// Domains of the envelope sender, likewise.
        sender_domains: Vec<DomainPattern> = Default("[]"),
        /// Accounts.
        accounts: Vec<String> = Default("[]"),
        /// "direct", "relay:NAME", "discard" or "hold" (until `postamt queue release`).
        to: RouteTo = Required("\"relay:provider\""),
        /// With "direct": which relay takes it while port 25 is blocked. false is none: it waits. "relay:NAME" is this
        /// one. Without it, that of [port25]. Only the operator knows whose mail no relay may see.
        detour: Option<RouteDetour> = Optional("false"),
    }
}

section! {
    /// Outgoing connections.
    once Outgoing = "outgoing" {
        /// The port of direct delivery. It is 25; another only for tests.
        port: u16 = Default("25"),
        /// Whether IPv4 is used.
        ipv4: bool = Default("true"),
        /// Whether IPv6 is used. It needs a PTR record as IPv4 does.
        ipv6: bool = Default("true"),
        /// Wait for a connection.
        connect_timeout_secs: Seconds = Default("30"),
        /// Wait for a reply to a command. RFC 5321 asks for 300.
        reply_timeout_secs: Seconds = Default("300"),
        /// Public addresses of this server that it does not see itself (behind NAT), so that loops are known.
        own_addresses: Vec<IpAddr> = Default("[]"),
    }
}

section! {
    /// A source address of outgoing connections. Without any, the system chooses; several are used by turns.
    many Source = "source" {
        /// The address.
        address: IpAddr = Required("\"192.0.2.25\""),
        /// The name said in EHLO from it: its PTR name. Without it, the server's hostname.
        ehlo_name: Option<Domain> = Optional("\"mail.example.org\""),
    }
}

section! {
    /// How fast one receiving provider is sent to.
    once Pacing = "pacing" {
        /// Connections at a time to one provider, at the most.
        connections: NonZeroU32 = Default("20"),
        /// Connections at the beginning; one more for each message that was taken.
        initial_connections: NonZeroU32 = Default("3"),
        /// Messages on one connection.
        messages_per_connection: NonZeroU32 = Default("100"),
        /// Messages a minute to one provider. Without it, no limit.
        messages_per_minute: Option<NonZeroU32> = Optional("600"),
        /// How long an idle connection waits for the next message.
        idle_secs: Seconds = Default("5"),
        /// The first pause after a provider asks to slow down or takes no connection; it doubles up to 30 minutes.
        first_pause_secs: Seconds = Default("30"),
        /// Connections to all providers together.
        total_connections: NonZeroU32 = Default("1_000"),
    }
}

section! {
    /// When delivery is tried again.
    once Retry = "retry" {
        /// Waits between attempts; the last one repeats.
        waits_secs: Vec<Seconds> =
            Default("[60, 300, 900, 1_800, 3_600, 7_200, 14_400]"),
        /// When a message is given up and its sender told. RFC 5321 asks for 4 to 5 days.
        lifetime_secs: Seconds = Default("432_000"),
        /// When its sender is told of the delay; 0 is never.
        delay_notice_secs: u32 = Default("14_400"),
    }
}

section! {
    /// Failure notices.
    once Notices = "notices" {
        /// Whether the postmaster gets a copy of each.
        postmaster_copy: bool = Default("false"),
    }
}

section! {
    /// DKIM keys, made by `postamt dkim new`.
    once Dkim = "dkim" {
        /// Their directory. Without it, `dkim` in the state directory.
        directory: Option<PathBuf> = Optional("\"/var/lib/postamt/dkim\""),
        /// Days for which a key is used; 0 is for ever. Then a new one takes its place, or, where the zones cannot be
        /// changed from here (`update_key` or `provider` under `[dns]`), the log reminds of `postamt dkim rotate`.
        rotate_days: u32 = Default("180"),
    }
}

section! {
    /// Name servers.
    once Dns = "dns" {
        /// Servers to ask. Without any, those of /etc/resolv.conf. A validating resolver on this machine is best.
        servers: Vec<SocketAddr> = Default("[]"),
        /// File with the TSIG key that may change our zones (RFC 2136), as `tsig-keygen` writes it or as
        /// hmac-sha256:NAME:BASE64, readable by the server's user only. With it `postamt dns publish` works.
        update_key: Option<PathBuf> = Optional("\"/etc/postamt/dns.key\""),
        /// Where the changes go. Without it, to the primary server that the zone's SOA record names.
        update_server: Option<SocketAddr> = Optional("\"192.0.2.53:53\""),
        /// The provider that serves our zones, where they are changed through its programming interface instead. Known
        /// are arvancloud, autodns, bunny, cloudflare, constellix, cpanel, desec, digitalocean, dnsimple, dnsmadeeasy,
        /// domeneshop, dreamhost, dynu, easydns, exoscale, gandi, gcore, glesys, godaddy, hetzner, hostingde, hostinger,
        /// infomaniak, inwx, ionos, linode, luadns, mythicbeasts, namedotcom, namesilo, netcup, netlify, ns1, ovh, plesk,
        /// porkbun, powerdns, route53, safedns, scaleway, simplycom, spaceship, vercel, vultr, websupport and zoneeu.
        provider: Option<DnsProvider> = Optional("\"cloudflare\""),
        /// File with what the provider knows us by, readable by the server's user only: the token alone, or lines
        /// `name=value` where it wants several, such as `user=…` and `password=…`; `postamt dns publish` says which.
        provider_token_file: Option<PathBuf> = Optional("\"/etc/postamt/dns.token\""),
    }
}

section! {
    /// What happens while port 25 is blocked, for this server or on the way.
    once Port25 = "port25" {
        /// The relay that carries direct mail until the port is open again. Without it such mail waits.
        relay: Option<String> = Optional("\"provider\""),
        /// Whether the server asks by itself if a blocked port is open again. It then connects to the mail servers of
        /// some large operators and sends no mail. With false, mail itself tries the way from time to time. Whether
        /// others may be asked is for you to say.
        probe: bool = Default("true"),
        /// Whom it asks, in the form of the list that comes with Postamt. Without it, that list. `postamt port25
        /// check` asks the same ones. A network that reaches only some hosts cannot be guessed.
        targets: Option<PathBuf> = Optional("\"/etc/postamt/targets.toml\""),
        /// The zone that tells the network of an address and who runs it, in the manner of Team Cymru's: origin and origin6
        /// lie below it. Without it, theirs. Whom this server asks who its provider is, is for you to say.
        asn_zone: Option<Domain> = Optional("\"asn.example.org\""),
        /// The folder of RDAP's bootstrap files (RFC 9224). Without it, IANA's. A mirror cannot be guessed.
        rdap: Option<WebAddress> = Optional("\"https://rdap.example.org/\""),
        /// The WHOIS server that is asked where RDAP does not answer. Without it, IANA's. A mirror cannot be guessed.
        whois: Option<Domain> = Optional("\"whois.example.org\""),
    }
}

section! {
    /// Where the server learns of newer releases of Postamt and of weaknesses that have become known: a small signed
    /// file, asked for once a day; `postamt doctor` says what it says, and the operator gets a letter. Without `url` nobody
    /// is asked. Packages that a distribution keeps up to date leave it out. docs/release-notice.md has the form. Read at the
    /// start, not by a reload.
    once Updates = "updates" {
        /// The file, by HTTPS. Whom to ask cannot be derived: no address is built in.
        url: Option<HttpsAddress> = Optional("\"https://postamt.example/release-notice\""),
        /// The Ed25519 public key (32 octets in base64) that signs it. No key is built in: whoever publishes the file gives
        /// it out, by another way than the file.
        key: Option<NoticeKey> = Optional("\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""),
    }
}

section! {
    /// The log of what happens to each message.
    once Log = "log" {
        /// "text" or "json".
        format: LogFormat = Default("\"text\""),
        /// A file, opened again on SIGHUP. Without it, the log goes to stderr.
        file: Option<PathBuf> = Optional("\"/var/log/postamt.log\""),
    }
}

section! {
    /// What is remembered of finished messages.
    once History = "history" {
        /// Days for which `postamt queue find` and `why` know them.
        days: NonZeroU32 = Default("30"),
    }
}
