//! Worlds where mail is not protected on its way as it is promised to be: MTA-STS, TLSRPT, DANE, CAA, and the people
//! whom one writes to about it.

use postamt_doctor::checks::context::{Listening, Service};
use postamt_lab::certificates::CertificateKind;
use postamt_net::dns::DnssecStatus;

use super::support::{Cure, State, World, judge, parsed, uncured};

/// This host serves the policy.
fn serves_policy(state: &mut State) {
    state.host.listeners.push(Listening { address: parsed("0.0.0.0:443"), service: Service::Web });
}

fn signed(state: &mut State) {
    state.dnssec = DnssecStatus::Secure;
}

const TLSA: &str = "_25._tcp.mail.example.test TLSA {tlsa}";
const TESTING: &str = "version: STSv1\nmode: testing\nmx: mail.example.test\nmax_age: 604800\n";

static MTA_STS: &[World] = &[
    World {
        name: "another id than that of the policy",
        zone: "- _mta-sts.example.test TXT\n_mta-sts.example.test TXT \"v=STSv1; id=20200101\"",
        state: serves_policy,
        finds: &["mta_sts.other-id"],
        cure: Cure::Printed,
    },
    World {
        name: "two MTA-STS records",
        zone: "_mta-sts.example.test TXT \"v=STSv1; id=2\"",
        state: serves_policy,
        finds: &["mta_sts.record-broken"],
        cure: Cure::Printed,
    },
    World {
        name: "an MTA-STS record without id",
        zone: "- _mta-sts.example.test TXT\n_mta-sts.example.test TXT \"v=STSv1; mode=enforce\"",
        state: serves_policy,
        finds: &["mta_sts.record-broken"],
        cure: Cure::Printed,
    },
    World {
        name: "a policy and no record",
        zone: "- _mta-sts.example.test TXT",
        state: serves_policy,
        finds: &["mta_sts.none"],
        cure: Cure::Printed,
    },
    World {
        name: "a record and no policy",
        zone: "",
        state: |state| state.serving.answer = (404, "text/plain"),
        finds: &["mta_sts.not-served"],
        cure: Cure::Done(|state| state.serving.answer = (200, "text/plain")),
    },
    World {
        name: "the policy is somewhere else",
        zone: "",
        state: |state| state.serving.answer = (301, "text/plain"),
        finds: &["mta_sts.not-served"],
        cure: Cure::Done(|state| state.serving.answer = (200, "text/plain")),
    },
    World {
        name: "no web server",
        zone: "",
        state: |state| state.serving.closed = &[443],
        finds: &["mta_sts.not-served"],
        cure: Cure::Done(|state| state.serving.closed = &[]),
    },
    World {
        name: "the policy's host has no address",
        zone: "- mta-sts.example.test",
        state: serves_policy,
        finds: &["mta_sts.not-served"],
        cure: Cure::Printed,
    },
    World {
        name: "the policy's host has a certificate for another name",
        zone: "",
        state: |state| state.serving.policy_certificate = CertificateKind::WrongName,
        finds: &["mta_sts.policy-certificate"],
        cure: Cure::Done(|state| state.serving.policy_certificate = CertificateKind::Good),
    },
    World {
        name: "the policy's host has an expired certificate",
        zone: "",
        state: |state| state.serving.policy_certificate = CertificateKind::Expired,
        finds: &["mta_sts.policy-certificate"],
        cure: Cure::Done(|state| state.serving.policy_certificate = CertificateKind::Good),
    },
    World {
        name: "the policy is a web page",
        zone: "",
        state: |state| state.serving.answer = (200, "text/html"),
        finds: &["mta_sts.policy-type"],
        cure: Cure::Done(|state| state.serving.answer = (200, "text/plain; charset=utf-8")),
    },
    World {
        name: "the policy has no mode",
        zone: "",
        state: |state| state.serving.policy = "version: STSv1\nmx: mail.example.test\nmax_age: 604800\n",
        finds: &["mta_sts.policy-broken"],
        cure: Cure::Done(|state| state.serving.policy = TESTING),
    },
    World {
        name: "the policy names an old mail host",
        zone: "",
        state: |state| {
            state.serving.policy = "version: STSv1\nmode: enforce\nmx: old.example.test\nmax_age: 604800\n";
        },
        finds: &["mta_sts.not-permitted"],
        cure: Cure::Done(|state| {
            state.serving.policy = "version: STSv1\nmode: enforce\nmx: *.example.test\nmax_age: 604800\n";
        }),
    },
    World {
        name: "enforced, and the mail host's certificate is self-made",
        zone: "",
        state: |state| state.serving.certificate = CertificateKind::SelfSigned,
        finds: &["mta_sts.host-certificate"],
        cure: Cure::Done(|state| state.serving.certificate = CertificateKind::Good),
    },
    World {
        name: "on trial, and the mail host offers no STARTTLS",
        zone: "",
        state: |state| {
            state.serving.policy = TESTING;
            state.serving.without_starttls = &[25];
        },
        finds: &["mta_sts.host-certificate"],
        cure: Cure::Done(|state| state.serving.without_starttls = &[]),
    },
    World {
        name: "a policy that is taken back",
        zone: "",
        state: |state| state.serving.policy = "version: STSv1\nmode: none\nmax_age: 86400\n",
        finds: &["mta_sts.mode-none"],
        cure: Cure::Done(|state| state.serving.policy = TESTING),
    },
    World {
        name: "a policy for an hour",
        zone: "",
        state: |state| {
            state.serving.policy = "version: STSv1\nmode: testing\nmx: mail.example.test\nmax_age: 3600\n";
        },
        finds: &["mta_sts.short"],
        cure: Cure::Done(|state| state.serving.policy = TESTING),
    },
    World {
        name: "DNS fails for the MTA-STS record",
        zone: "! _mta-sts.example.test servfail",
        state: |_| {},
        finds: &["mta_sts.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "the policy's host does not answer",
        zone: "",
        state: |state| state.serving.silent = &[443],
        finds: &["mta_sts.not-asked"],
        cure: Cure::None,
    },
];

static TLSRPT: &[World] = &[
    World {
        name: "no TLSRPT record",
        zone: "- _smtp._tls.example.test TXT",
        state: |_| {},
        finds: &["tlsrpt.none"],
        cure: Cure::Printed,
    },
    World {
        name: "two TLSRPT records",
        zone: "_smtp._tls.example.test TXT \"v=TLSRPTv1; rua=mailto:tls@example.test\"",
        state: |_| {},
        finds: &["tlsrpt.several"],
        cure: Cure::Printed,
    },
    World {
        name: "TLS reports to an address without mailto:",
        zone: "- _smtp._tls.example.test TXT\n\
               _smtp._tls.example.test TXT \"v=TLSRPTv1; rua=tls@example.test\"",
        state: |_| {},
        finds: &["tlsrpt.broken"],
        cure: Cure::Printed,
    },
    World {
        name: "TLSRPT in the wrong letters",
        zone: "- _smtp._tls.example.test TXT\n\
               _smtp._tls.example.test TXT \"v=TLSRPTV1; rua=mailto:tls@example.test\"",
        state: |_| {},
        finds: &["tlsrpt.broken"],
        cure: Cure::Printed,
    },
    World {
        name: "DNS fails for the TLSRPT record",
        zone: "! _smtp._tls.example.test refused",
        state: |_| {},
        finds: &["tlsrpt.not-asked"],
        cure: Cure::None,
    },
];

/// The record of what is shown, and that of another key.
const TWO_TLSA: &str = "_25._tcp.mail.example.test TLSA {tlsa}\n_25._tcp.mail.example.test TLSA 3 1 1 \
                        5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

static DANE: &[World] = &[
    World { name: "the TLSA record is right", zone: TLSA, state: signed, finds: &[], cure: Cure::None },
    World {
        name: "the TLSA record stands behind an alias",
        zone: "_25._tcp.mail.example.test CNAME tlsa.example.test.\ntlsa.example.test TLSA {tlsa}",
        state: signed,
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "the key was changed and the TLSA record was not",
        zone: TLSA,
        state: |state| {
            signed(state);
            state.serving.new_key = true;
        },
        finds: &["dane.mismatch"],
        cure: Cure::Printed,
    },
    World {
        name: "a TLSA record without DNSSEC",
        zone: TLSA,
        state: |_| {},
        finds: &["dane.insecure"],
        cure: Cure::Done(signed),
    },
    World {
        name: "a TLSA record of the web beside one of mail",
        zone: "_25._tcp.mail.example.test TLSA {tlsa}\n_25._tcp.mail.example.test TLSA 1 1 1 \
               00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        state: signed,
        finds: &["dane.unusable"],
        cure: Cure::Printed,
    },
    World {
        name: "a TLSA record with half of the digest",
        zone: "_25._tcp.mail.example.test TLSA {tlsa}\n\
               _25._tcp.mail.example.test TLSA 3 1 1 00112233445566778899aabbccddeeff",
        state: signed,
        finds: &["dane.unusable"],
        cure: Cure::Printed,
    },
    World {
        name: "the TLSA record of a former key",
        zone: TWO_TLSA,
        state: signed,
        finds: &["dane.left-over"],
        cure: Cure::Printed,
    },
    World {
        name: "the TLSA record of a key that is to come",
        zone: TWO_TLSA,
        state: |state| {
            signed(state);
            state.host.key_beside = Some([0x5a; 32].to_vec());
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a signed zone without TLSA record",
        zone: "",
        state: signed,
        finds: &["dane.none"],
        cure: Cure::Printed,
    },
    World {
        name: "a TLSA record and no STARTTLS",
        zone: "_25._tcp.mail.example.test TLSA {tlsa}",
        state: |state| {
            signed(state);
            state.serving.without_starttls = &[25];
            state.serving.policy = "version: STSv1\nmode: none\nmax_age: 86400\n";
        },
        finds: &["dane.no-tls", "mta_sts.mode-none"],
        cure: Cure::Done(|state| {
            state.serving.without_starttls = &[];
            state.serving.policy = TESTING;
        }),
    },
    World {
        name: "a TLSA record and name servers that do not validate",
        zone: TLSA,
        state: |state| state.dnssec = DnssecStatus::Unknown,
        finds: &["dns.not-validating"],
        cure: Cure::Done(signed),
    },
    World {
        name: "DNS fails for the TLSA records",
        zone: "! _25._tcp.mail.example.test servfail",
        state: signed,
        finds: &["dane.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "DNS fails for the TLSA records, and name servers do not validate",
        zone: "! _25._tcp.mail.example.test servfail",
        state: |state| state.dnssec = DnssecStatus::Unknown,
        finds: &["dane.not-asked", "dns.not-validating"],
        cure: Cure::None,
    },
    uncured("the same, and nothing is signed", "! _25._tcp.mail.example.test servfail", &[]),
    World {
        name: "a TLSA record, and nobody can be met",
        zone: TLSA,
        state: |state| {
            signed(state);
            state.serving.silent = &[25];
        },
        finds: &["dane.not-met", "mta_sts.not-met", "postmaster.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "a TLSA record, and a server that cannot do TLS just now",
        zone: TLSA,
        state: |state| {
            signed(state);
            state.serving.to_starttls = "454 4.7.0 TLS not available now";
        },
        finds: &["dane.not-met", "mta_sts.not-met"],
        cure: Cure::None,
    },
    World {
        name: "a TLSA record that matches nothing, without DNSSEC",
        zone: TLSA,
        state: |state| state.serving.new_key = true,
        finds: &["dane.insecure"],
        cure: Cure::Done(|state| {
            signed(state);
            state.serving.new_key = false;
        }),
    },
];

static CAA: &[World] = &[
    World {
        name: "CAA names our authority",
        zone: "example.test CAA 0 issue \"letsencrypt.org; validationmethods=dns-01\"",
        state: |_| {},
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "CAA without issue",
        zone: "example.test CAA 0 iodef \"mailto:ca@example.test\"",
        state: |_| {},
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "CAA names another authority",
        zone: "example.test CAA 0 issue \"ca.other.test\"",
        state: |_| {},
        finds: &["caa.forbids"],
        cure: Cure::Printed,
    },
    World {
        name: "CAA forbids all at the host's own name",
        zone: "example.test CAA 0 issue \"letsencrypt.org\"\nmail.example.test CAA 0 issue \";\"",
        state: |_| {},
        finds: &["caa.forbids"],
        cure: Cure::Printed,
    },
    World {
        name: "CAA with a critical tag that nobody knows",
        zone: "example.test CAA 128 tbs \"unknown\"",
        state: |_| {},
        finds: &["caa.critical"],
        cure: Cure::Printed,
    },
];

static PEOPLE: &[World] = &[
    World {
        name: "postmaster is refused",
        zone: "",
        state: |state| state.serving.to_recipients = &[("postmaster", "550 5.1.1 no such user")],
        finds: &["postmaster.refused"],
        cure: Cure::Done(|state| state.serving.to_recipients = &[]),
    },
    World {
        name: "abuse is refused, without a code",
        zone: "",
        state: |state| state.serving.to_recipients = &[("abuse", "550 unknown user")],
        finds: &["postmaster.abuse-refused"],
        cure: Cure::Done(|state| state.serving.to_recipients = &[]),
    },
    World {
        name: "we are refused, not postmaster",
        zone: "",
        state: |state| state.serving.to_recipients = &[("postmaster", "550 5.7.1 your address is listed")],
        finds: &["postmaster.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "we are refused without a code",
        zone: "",
        state: |state| {
            const REPLY: &str = "550 Client host [192.0.2.25] blocked using zen.spamhaus.org";
            state.serving.to_recipients = &[("postmaster", REPLY)];
        },
        finds: &["postmaster.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "the sender is refused",
        zone: "",
        state: |state| state.serving.to_recipients = &[("abuse", "553 5.1.8 sender domain not found")],
        finds: &["postmaster.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "all senders are deferred",
        zone: "",
        state: |state| state.serving.to_mail = "451 4.7.1 greylisted",
        finds: &["postmaster.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "the mail host cannot be reached",
        zone: "",
        state: |state| state.serving.silent = &[25],
        finds: &["mta_sts.not-met", "postmaster.not-asked"],
        cure: Cure::None,
    },
];

static STRANGERS: &[World] = &[
    World {
        name: "a stranger without fault",
        zone: "",
        state: |state| state.stranger = Some("example.test"),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a stranger with all of it wrong",
        zone: "- _smtp._tls.example.test TXT\n_smtp._tls.example.test TXT \"v=TLSRPTv1\"\n\
               _25._tcp.mail.example.test TLSA {tlsa}\nexample.test CAA 0 issue \";\"",
        state: |state| {
            signed(state);
            state.stranger = Some("example.test");
            state.serving.new_key = true;
            state.serving.answer = (404, "text/plain");
            state.serving.to_recipients = &[("postmaster", "550 5.1.1 no such user")];
        },
        finds: &["caa.forbids", "dane.mismatch", "mta_sts.not-served", "postmaster.refused", "tlsrpt.broken"],
        cure: Cure::None,
    },
    World {
        name: "a stranger seen through name servers that do not validate",
        zone: TLSA,
        state: |state| {
            state.dnssec = DnssecStatus::Unknown;
            state.stranger = Some("example.test");
        },
        finds: &["dane.not-validated"],
        cure: Cure::None,
    },
];

#[tokio::test]
async fn mta_sts() {
    judge(MTA_STS).await;
}

#[tokio::test]
async fn tlsrpt() {
    judge(TLSRPT).await;
}

#[tokio::test]
async fn dane() {
    judge(DANE).await;
}

#[tokio::test]
async fn caa() {
    judge(CAA).await;
}

#[tokio::test]
async fn people() {
    judge(PEOPLE).await;
}

#[tokio::test]
async fn strangers() {
    judge(STRANGERS).await;
}
