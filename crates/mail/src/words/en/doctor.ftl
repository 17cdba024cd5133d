# Sentences of `doctor`. The same ids and variables stand in the other language's file.
# A finding `ptr.missing` is told by doctor-ptr-missing, doctor-ptr-missing-expected and doctor-ptr-missing-now.

doctor-language = English
doctor-heading = Examination of { $subject }, { $time }
doctor-summary =
    { $errors ->
        [0] No errors
        [one] One error
       *[other] { $errors } errors
    }, { $warnings ->
        [0] no warnings
        [one] one warning
       *[other] { $warnings } warnings
    }{ $unknown ->
        [0] .
        [one] ; one thing could not be found out.
       *[other] ; { $unknown } things could not be found out.
    }
doctor-severity-ok = fine
doctor-severity-note = NOTE
doctor-severity-unknown = UNKNOWN
doctor-severity-warning = WARNING
doctor-severity-error = ERROR
doctor-certainty-likely = This is likely, not certain.
doctor-certainty-guess = This is a guess.
doctor-label-seen = Seen:
doctor-label-expected = Expected:
doctor-label-now = Now:
doctor-label-certainty = How sure:
doctor-good-heading = In order:
doctor-not-judged-heading = Not judged:
doctor-not-judged = { $check }, because of { $because }
doctor-written = The report is in { $file }.
doctor-unknown-check = There is no check `{ $check }`. There are: { $checks }
doctor-not-written = { $file } cannot be written: { $error }
doctor-blocklists-broken = The list of blocklists cannot be used: { $error }
doctor-not-a-domain = `{ $text }` is no domain name.

doctor-run-timeout = The check { $check } did not end within { $seconds } seconds.
doctor-run-timeout-now = Run it alone: `postamt doctor --only { $check }`.
doctor-run-broken = The check { $check } broke: { $reason }
doctor-run-broken-now = Please report this as a bug, with this line.

doctor-dns-answers = The name servers answer.
doctor-dns-silent = No name server answers. Without DNS no mail can be sent, and most checks are not possible.
doctor-dns-silent-expected = A name server that answers every question within a few seconds.
doctor-dns-silent-now = Check the network and the name servers of this host (/etc/resolv.conf, or [dns] in the configuration); best is a resolver of your own on this machine.
doctor-dns-validates = The answers of DNS are checked by DNSSEC.
doctor-dns-not-validating = The answers of DNS are not checked by DNSSEC. Mail is sent all the same, but DANE cannot protect it.
doctor-dns-not-validating-expected = A validating resolver on this machine.
doctor-dns-not-validating-now = If you want DANE, install a validating resolver and ask it: [dns] servers.
doctor-dns-public-resolver = Names are looked up at { $about } ({ $operator }), a resolver for everybody. Most blocklists refuse it, so that a listing would go unnoticed.
doctor-dns-public-resolver-expected = A recursive resolver of your own.
doctor-dns-public-resolver-now = Install a resolver on this machine and ask it.

doctor-hostname-good = { $about } is a complete name that leads to an address.
doctor-hostname-not-complete = The server calls itself { $about }. On the Internet that is not a name.
doctor-hostname-not-complete-expected = A complete name in a domain of yours, as mail.example.org.
doctor-hostname-not-complete-now = Choose a name, give it an address in DNS, set it as the PTR name of this server, and enter it in the configuration:
doctor-hostname-not-in-dns = The server calls itself { $about }, but DNS knows no such name.
doctor-hostname-not-in-dns-expected = The name said in EHLO can be resolved.
doctor-hostname-not-in-dns-now = Add the name in the zone of its domain:
doctor-hostname-no-address = The server calls itself { $about }, but that name has no address.
doctor-hostname-no-address-expected = The name said in EHLO has the address that mail leaves from.
doctor-hostname-no-address-now = Add the address in the zone of its domain:
doctor-hostname-generic = { $about } looks like a name that a provider gives to every machine ({ $address }). Some receivers refuse such names.
doctor-hostname-generic-expected = A name in a domain of your own, by which a person can be found who answers for it.
doctor-hostname-generic-now = Choose a name in your domain, give it this address in DNS, set it as PTR at your provider, and enter it in the configuration:
doctor-hostname-not-asked = Whether { $about } is in order cannot be said: DNS failed.
doctor-hostname-not-asked-now = Try again later; if it stays so, the zone's name servers are at fault.

doctor-addresses-public = Mail leaves from { $about }, which is public.
doctor-addresses-translated = This host has no public IPv4 address of its own ({ $inner }); others see it as { $about }.
doctor-addresses-translated-expected = The public address is known to the configuration.
doctor-addresses-translated-now = Nothing, if { $about } is right and belongs to you alone; otherwise enter the right one as [outgoing] own_addresses.
doctor-addresses-shared = { $about } is an address behind your access provider's translator: many customers share one public address. Mail sent from it will not be accepted.
doctor-addresses-shared-expected = A public, fixed address of your own.
doctor-addresses-shared-now = Ask the provider for a public fixed IPv4 address, or send through a relay: `postamt relay add`.
doctor-addresses-not-known = The public address of { $about } is not known.
doctor-addresses-not-known-now = Enter it in the configuration as [outgoing] own_addresses, or give the hostname an address in DNS.
doctor-addresses-source-missing = Mail is to leave from { $about }, but no interface of this host has that address.
doctor-addresses-source-missing-expected = Every [[source]] is an address of this host.
doctor-addresses-source-missing-now = Add the address to an interface, or take the [[source]] out of the configuration. The addresses that are there:
doctor-addresses-name-elsewhere = { $about } leads to { $addresses }, but mail leaves from { $own }.
doctor-addresses-name-elsewhere-expected = The name that the server says in EHLO leads to the address that mail comes from.
doctor-addresses-name-elsewhere-now = Correct the address in DNS:

doctor-ptr-confirmed = { $about } leads to { $name } and back.
doctor-ptr-missing = { $about } has no PTR record. Most large receivers refuse its mail.
doctor-ptr-missing-expected = Every address that sends mail has a PTR record, whose name leads back to it.
doctor-ptr-missing-now = Set the PTR record at the provider of the address (in its panel often “reverse DNS” or “rDNS”), not in your own zone:
doctor-ptr-missing-ipv6 = { $about } has no PTR record. Receivers are stricter with IPv6 than with IPv4: nearly all refuse its mail.
doctor-ptr-missing-ipv6-expected = Every IPv6 address that sends mail has a PTR record, whose name leads back to it.
doctor-ptr-missing-ipv6-now = Set the PTR record at the provider of the address. Until it is there, send over IPv4 only: [outgoing] ipv6 = false.
doctor-ptr-not-confirmed = { $about } leads to { $name }, but { $name } does not lead back to { $about }.
doctor-ptr-not-confirmed-expected = The name of the PTR record has the address (forward-confirmed reverse DNS).
doctor-ptr-not-confirmed-now = Make both agree:
doctor-ptr-other-name = { $about } leads to { $name }, but the server calls itself { $ehlo }.
doctor-ptr-other-name-expected = The name said in EHLO is that of the PTR record.
doctor-ptr-other-name-now = Set the PTR record at the provider of the address, or make { $name } the [server] hostname:
doctor-ptr-several = { $about } has { $count } PTR records.
doctor-ptr-several-now = That is allowed, but some receivers look at only one of them: better leave just the one that the server says in EHLO.
doctor-ptr-generic = { $about } leads to { $name }, a name as providers give it to every machine. Some receivers, as Telekom, refuse it.
doctor-ptr-generic-expected = A PTR name in a domain of your own.
doctor-ptr-generic-now = Set the PTR record at the provider of the address:
doctor-ptr-not-asked = Whether { $about } has a PTR record cannot be said: DNS failed.
doctor-ptr-not-asked-now = Try again later; if it stays so, tell the provider of the address that the reverse zone is broken.

doctor-mx-good = Mail to { $about } finds its way back here or to its mail server.
doctor-mx-implicit = { $about } has no MX record; only its own address takes its mail.
doctor-mx-implicit-expected = An MX record that names the server which takes the domain's mail.
doctor-mx-implicit-now = Enter it. If another server takes this domain's mail, name that one instead:
doctor-mx-nothing = { $about } has neither an MX record nor an address: bounces and answers cannot arrive, and many receivers refuse such senders.
doctor-mx-nothing-expected = A domain that sends mail can also receive it.
doctor-mx-nothing-now = Enter an MX record. If another server takes this domain's mail, name that one instead:
doctor-mx-null = { $about } says in DNS that it takes no mail at all (null MX).
doctor-mx-null-expected = A domain that sends mail has no null MX: receivers refuse senders that cannot be answered.
doctor-mx-null-now = If mail is to be sent from this domain, replace the record; otherwise there is nothing to do:
doctor-mx-no-address = { $about } sends its mail to { $host }, but that name has no address.
doctor-mx-no-address-expected = Every mail exchanger has an A or AAAA record.
doctor-mx-no-address-now = Correct the MX record, or give { $host } an address:
doctor-mx-not-asked = The MX records of { $about } cannot be judged: DNS failed.
doctor-mx-not-asked-now = Try again later; if it stays so, the domain's name servers are at fault.

doctor-submission-good = Port { $about } is as clients expect it.
doctor-submission-not-reached = This server is to listen on port { $about }, but the connection is refused.
doctor-submission-not-reached-expected = Every port of the configuration takes connections.
doctor-submission-not-reached-now = See who listens there, and whether this host's firewall refuses the connection:
doctor-submission-outside = Port { $about } is open on this host, but by the name { $host } the connection is refused.
doctor-submission-outside-expected = Mail clients reach the port by the server's name.
doctor-submission-outside-now = Open the port in the firewall; behind a router, forward it. Also check that the name leads to the right address:
doctor-submission-no-starttls = Port { $about } does not offer STARTTLS. Nobody can log in there safely with a password.
doctor-submission-no-starttls-expected = A port for mail clients offers STARTTLS, or begins with TLS.
doctor-submission-no-starttls-now = Is it really Postamt that answers here? It always offers STARTTLS; a proxy or virus scanner in front of it sometimes takes it out.
doctor-submission-no-tls = TLS does not come about on port { $about }.
doctor-submission-no-tls-expected = TLS 1.2 or newer.
doctor-submission-no-tls-now = See in the log (`journalctl -u postamt`) whether certificate and key belong together, and whether another program stands in front.
doctor-submission-auth-in-clear = Port { $about } offers a login without encryption: passwords can be read on the way.
doctor-submission-auth-in-clear-expected = AUTH is offered under TLS only.
doctor-submission-auth-in-clear-now = Postamt never offers AUTH in clear: find the program that answers here and take it away; then change the passwords that went through it.
doctor-submission-auth-on-25 = Port { $about } offers a login. There a server takes mail from other servers; a login only invites people to guess passwords.
doctor-submission-auth-on-25-expected = Login on 465 and 587 only.
doctor-submission-auth-on-25-now = Postamt does not offer it on port 25: find the program that answers here.
doctor-submission-no-auth = Port { $about } offers no login even under TLS. Nobody can send mail through it.
doctor-submission-no-auth-expected = AUTH under TLS.
doctor-submission-no-auth-now = Make an account (`postamt account add`), and see whether another program answers here.
doctor-submission-not-known = What is the matter with port { $about } cannot be said.
doctor-submission-not-known-now = Try again later; if it stays so, the log says more: `journalctl -u postamt`.

doctor-certificate-good = The certificate on port { $about } is in order until { $end }.
doctor-certificate-expired = The certificate on port { $about } expired at { $end }. Mail clients refuse to connect.
doctor-certificate-expired-expected = A certificate that is still valid.
doctor-certificate-expired-now = If Postamt fetches it by itself ([tls] acme), `postamt tls certificate` says what is wrong, and `postamt tls certificate --renew` fetches a new one at once. Otherwise renew it, and see why that did not happen by itself (as by `systemctl list-timers`).
doctor-certificate-not-yet = The certificate on port { $about } is not valid yet.
doctor-certificate-not-yet-expected = A certificate that is valid already.
doctor-certificate-not-yet-now = Set the clock; if it is right, take another certificate.
doctor-certificate-soon = The certificate on port { $about } expires in { $days ->
        [0] less than a day
        [one] one day
       *[other] { $days } days
    } ({ $end }).
doctor-certificate-soon-expected = It is renewed two weeks before its end.
doctor-certificate-soon-now = If Postamt fetches it by itself ([tls] acme), `postamt tls certificate` says what is wrong, and `postamt tls certificate --renew` fetches a new one at once. Otherwise renew it, and see why that did not happen by itself (as by `systemctl list-timers`).
doctor-certificate-old = Port { $about } shows an older certificate (until { $end }) than the one in the file.
doctor-certificate-old-expected = The certificate of the file is shown.
doctor-certificate-old-now = Let the server read it again; if another program stands in front, that one:
doctor-certificate-wrong-name = The certificate on port { $about } is for { $names }, not for { $host }.
doctor-certificate-wrong-name-expected = A certificate for the server's name.
doctor-certificate-wrong-name-now = Have one issued for { $host }, and enter its files under [tls]. If Postamt fetches it by itself ([tls] acme), `postamt tls certificate` says what is wrong; `postamt tls certificate --renew` fetches a new one at once.
doctor-certificate-self-made = Nobody has vouched for the certificate on port { $about }. Other mail servers rarely mind; mail clients warn or refuse to connect.
doctor-certificate-self-made-expected = A certificate of a recognised authority for { $host }.
doctor-certificate-self-made-now = Set `acme = "letsencrypt"` under [tls] and restart the server: it fetches one. Or enter the files of another under [tls]. Where acme is set already, `postamt tls certificate` says what is missing.
doctor-certificate-not-trusted = The certificate on port { $about } leads to no authority that this host trusts; it was issued by { $issuer }.
doctor-certificate-not-trusted-expected = The whole chain is shown: the certificate itself and behind it those of the intermediate authorities.
doctor-certificate-not-trusted-now = Under [tls], name the file with the whole chain; certbot calls it fullchain.pem.
doctor-certificate-weak = The certificate on port { $about } has a weak key.
doctor-certificate-weak-expected = ECDSA with P-256, or RSA with at least 2048 bits.
doctor-certificate-weak-now = Have a new certificate issued with a new key.

doctor-relay-test-refuses = Strangers cannot relay (port { $about }): all { $count } attempts were refused.
doctor-relay-test-open = Port { $about } relays mail from strangers to strangers: an open relay. Within hours the address will be on blocklists.
doctor-relay-test-open-expected = Without a login only mail for own domains is taken.
doctor-relay-test-open-now = Take the server off the network at once; then check relay_networks in the configuration, and which program answers on the port:
doctor-relay-test-not-known = Whether port { $about } relays for strangers cannot be said.
doctor-relay-test-not-known-now = Try again later; if it stays so, the log says more: `journalctl -u postamt`.

doctor-postmaster-accepted = postmaster@ and abuse@ of { $about } are accepted by { $host }.
doctor-postmaster-refused = { $host } takes no mail for postmaster@{ $about }. Who wants to report a fault or to lift a block cannot reach you.
doctor-postmaster-refused-expected = Every domain that receives mail takes mail to postmaster.
doctor-postmaster-refused-now = Make the mailbox or an alias postmaster@{ $about } on { $host }, then check again:
doctor-postmaster-abuse-refused = { $host } takes no mail for abuse@{ $about }. Complaints about unwanted mail then go straight to your provider or to a blocklist.
doctor-postmaster-abuse-refused-expected = Every domain that sends mail takes mail to abuse.
doctor-postmaster-abuse-refused-now = Make the mailbox or an alias abuse@{ $about } on { $host }, then check again:
doctor-postmaster-not-asked = Whether postmaster@ and abuse@ of { $about } are accepted cannot be said.
doctor-postmaster-not-asked-now = If port 25 is blocked from here, there is nothing to do; otherwise try again later. A message from outside to both addresses makes sure.

doctor-mta-sts-good = The MTA-STS policy of { $about } ({ $mode }) is in order.
doctor-mta-sts-none = { $about } has no MTA-STS policy: on the way to it encryption can be switched off unnoticed.
doctor-mta-sts-none-now = If you want to prevent that: let Postamt serve the policy ([web] https) and enter the record; all that belongs to it is shown by `postamt dns records`.
doctor-mta-sts-record-broken = The MTA-STS record of { $about } is broken. Senders act as if there were none.
doctor-mta-sts-record-broken-expected = Exactly one TXT record “v=STSv1; id=…”, the id of 1 to 32 letters and digits.
doctor-mta-sts-record-broken-now = Replace it:
doctor-mta-sts-not-served = The record of { $about } promises an MTA-STS policy, but { $host } does not serve any.
doctor-mta-sts-not-served-expected = The policy can be had at this address over HTTPS, without a redirect.
doctor-mta-sts-not-served-now = Serve it ([web] https in the configuration of Postamt, and a name { $host } that leads to it), or take the record _mta-sts.{ $about } away.
doctor-mta-sts-policy-certificate = The certificate of { $host } is not valid for that name, or is not trusted. No sender reads the MTA-STS policy of { $about }.
doctor-mta-sts-policy-certificate-expected = A valid certificate of a recognised authority for { $host }.
doctor-mta-sts-policy-certificate-now = Have a certificate issued that is valid for { $host }, too.
doctor-mta-sts-policy-type = { $host } does not serve the MTA-STS policy as text/plain. Many senders refuse it for that.
doctor-mta-sts-policy-type-expected = The content type is text/plain.
doctor-mta-sts-policy-type-now = Configure the web server so, or let Postamt serve the policy: [web] https.
doctor-mta-sts-policy-broken = The MTA-STS policy of { $about } is broken. Senders act as if there were none.
doctor-mta-sts-policy-broken-expected = The lines version: STSv1, mode, at least one mx, and max_age.
doctor-mta-sts-policy-broken-now = Correct it, or let Postamt serve the policy: [web] https.
doctor-mta-sts-other-id = The MTA-STS record of { $about } does not belong to the policy that is served. Senders that know an older one do not notice the new one.
doctor-mta-sts-other-id-expected = The id of the record changes whenever the policy does.
doctor-mta-sts-other-id-now = Replace the record, or let `postamt dns publish` do so:
doctor-mta-sts-not-permitted = The MTA-STS policy of { $about } ({ $mode }) does not name the mail host { $host }, to which the MX record leads.
doctor-mta-sts-not-permitted-expected = Every mail host of the MX record is in the policy. With “enforce”, nobody who knows the policy delivers to it otherwise.
doctor-mta-sts-not-permitted-now = Add { $host } to the policy (and change the id of the record), or take the MX record away.
doctor-mta-sts-host-certificate = The MTA-STS policy of { $about } ({ $mode }) promises good TLS, but { $host } does not keep that.
doctor-mta-sts-host-certificate-expected = STARTTLS on port 25, and a valid certificate of a recognised authority for { $host }. With “enforce”, nobody who knows the policy delivers otherwise.
doctor-mta-sts-host-certificate-now = Give { $host } a valid certificate. Until then, set the policy to “testing” ([web] mta_sts) and change the id of the record.
doctor-mta-sts-mode-none = The MTA-STS policy of { $about } says “none”: it protects nothing.
doctor-mta-sts-mode-none-now = Nothing, if you are just taking it back; otherwise set it to “testing” and later to “enforce”: [web] mta_sts.
doctor-mta-sts-short = The MTA-STS policy of { $about } holds for { $seconds } seconds only. Who writes less often is not protected.
doctor-mta-sts-short-now = Set max_age to at least a week (604800) once all is right.
doctor-mta-sts-not-asked = The MTA-STS policy of { $about } cannot be judged: somebody did not answer.
doctor-mta-sts-not-met = Whether { $host } keeps what the MTA-STS policy of { $about } promises cannot be said: the mail host did not answer to the end.
doctor-mta-sts-not-met-now = If port 25 is blocked from here, there is nothing to do; otherwise try again later.
doctor-mta-sts-not-asked-now = Try again later; if it stays so, the domain's name servers or the way to mta-sts.{ $about } are at fault.

doctor-tlsrpt-good = Reports about TLS on the way to { $about } go to { $targets }.
doctor-tlsrpt-none = { $about } does not say where reports about TLS are to go. If encryption fails for others, you do not hear of it.
doctor-tlsrpt-none-now = If you want to hear of it, enter:
doctor-tlsrpt-several = { $about } has { $count } TLSRPT records. Senders act as if there were none.
doctor-tlsrpt-several-expected = Exactly one record that begins with “v=TLSRPTv1;”.
doctor-tlsrpt-several-now = Leave one:
doctor-tlsrpt-broken = The TLSRPT record of { $about } is broken: { $problem } No reports come.
doctor-tlsrpt-broken-expected = “v=TLSRPTv1; rua=” and behind it targets with mailto: or https:, separated by commas.
doctor-tlsrpt-broken-now = Replace it:
doctor-tlsrpt-no-version = It does not begin with exactly “v=TLSRPTv1;”.
doctor-tlsrpt-no-target = It names no target (rua).
doctor-tlsrpt-bad-target = A target is neither mailto: with an address nor https:.
doctor-tlsrpt-bad-field = A field has no equals sign.
doctor-tlsrpt-not-asked = The TLSRPT record of { $about } cannot be judged: DNS failed.
doctor-tlsrpt-not-asked-now = Try again later; if it stays so, the domain's name servers are at fault.

doctor-dane-matches = The TLSA records of { $about } match its certificate.
doctor-dane-unsigned = { $about } does not use DANE: its zone is not signed with DNSSEC.
doctor-dane-none = The zone of { $about } is signed with DNSSEC but has no TLSA record: DANE would be possible.
doctor-dane-none-now = If senders are to demand and check encryption on the way to { $about }, enter the key:
doctor-dane-left-over = At { $name } there is a TLSA record that matches nothing that { $about } shows, and no change of keys is under way.
doctor-dane-left-over-expected = Records that match what is shown, and during a change of keys that of the other key.
doctor-dane-left-over-now = If it is for a key that you have lying ready, leave it; else take it away (`postamt dns publish` does so by itself):
doctor-dane-mismatch = No TLSA record at { $name } matches the certificate that { $about } shows. Who heeds DANE does not deliver.
doctor-dane-mismatch-expected = At least one TLSA record matches the certificate that is shown; when the key changes, the new record is there before the new key is shown.
doctor-dane-mismatch-now = Replace the records (`postamt dns publish` does so by itself), or go back to the old key until the new record is known everywhere:
doctor-dane-no-tls = { $about } has TLSA records, but no usable TLS on port 25. Who heeds DANE does not deliver.
doctor-dane-no-tls-expected = STARTTLS on port 25.
doctor-dane-no-tls-now = Switch STARTTLS on at { $about }, or take the TLSA records at { $name } away.
doctor-dane-unusable = At { $name } there are TLSA records that no mail server can use.
doctor-dane-unusable-expected = For mail only the usages 2 and 3 count (best: 3 1 1), with data of the right length.
doctor-dane-unusable-now = Take these records away:
doctor-dane-insecure = { $about } has TLSA records, but not everything on the way there is signed with DNSSEC (MX record, addresses, TLSA). They do nothing.
doctor-dane-insecure-expected = The zones of the domain and of its mail host are signed with DNSSEC.
doctor-dane-insecure-now = Switch DNSSEC on, at your name server and with the DS record at the registrar, or take the TLSA records away.
doctor-dane-bogus = The signatures at { $name } are wrong. Who heeds DANE does not deliver to { $about }.
doctor-dane-bogus-expected = Valid DNSSEC signatures.
doctor-dane-bogus-now = Have the zone signed anew, and compare the DS record at the registrar with the key of the zone.
doctor-dane-not-validated = { $about } has TLSA records, and they match; whether they are signed with DNSSEC cannot be said here.
doctor-dane-not-validated-now = Ask name servers that pass DNSSEC signatures on.
doctor-dane-not-met = Whether the TLSA records of { $about } match its certificate cannot be said: port 25 cannot be reached from here.
doctor-dane-not-met-now = If port 25 is blocked from here, there is nothing to do; otherwise try again later.
doctor-dane-not-asked = The TLSA records of { $about } cannot be had: DNS failed. If that lasts, who heeds DANE does not deliver.
doctor-dane-not-asked-now = Try again later; if it stays so, the zone's name servers are at fault.

doctor-caa-open = DNS permits every authority to issue certificates for { $about }.
doctor-caa-permits = DNS permits { $issuer } to issue certificates for { $about }.
doctor-caa-forbids = DNS forbids { $issuer } to issue certificates for { $about }, but the present one is from there. Its renewal will fail.
doctor-caa-forbids-expected = The CAA records name the authority that the certificate comes from.
doctor-caa-forbids-now = Add it, or get the next certificate from one of the authorities that are named:
doctor-caa-critical = The CAA records for { $about } demand something that no authority knows. None may issue a certificate.
doctor-caa-critical-expected = Only records that every authority understands are marked as critical (128).
doctor-caa-critical-now = Take these records away:
doctor-caa-not-known = Whether DNS permits { $issuer } to issue certificates for { $about } cannot be said: by which name this authority goes is not known here.
doctor-caa-not-known-now = The authority says so in its practice statement (CPS); that name must be in one of the records.
doctor-caa-not-asked = The CAA records for { $about } cannot be had: DNS failed. The authority will refuse then, too.
doctor-caa-not-asked-now = Try again later; if it stays so, the zone's name servers are at fault.
doctor-spf-passes = Mail of { $about } from { $addresses } passes SPF ({ $lookups } of { $limit } look-ups).
doctor-spf-published = { $about } has an SPF record that receivers can use ({ $lookups } of { $limit } look-ups).
doctor-spf-missing = { $about } has no SPF record. Anybody may pass for it, and large receivers refuse or suspect its mail.
doctor-spf-missing-expected = One TXT record that begins with v=spf1 and names whoever sends mail of the domain.
doctor-spf-missing-now = Enter the record. If others send for the domain too (a newsletter service, a shop), add them in front of its end:
doctor-spf-missing-helo = { $about }, the name said in EHLO, has no SPF record. Receivers judge bounces and other notices by that name.
doctor-spf-missing-helo-expected = The name said in EHLO has an SPF record of its own.
doctor-spf-missing-helo-now = Enter the record:
doctor-spf-not-recognised = { $about } has a text that is meant as an SPF record, but receivers do not take it for one.
doctor-spf-not-recognised-expected = The record begins with exactly v=spf1 and a space, without quotation marks of its own.
doctor-spf-not-recognised-now = Replace it:
doctor-spf-obsolete-type = { $about } has its SPF record in the type SPF only, which receivers no longer look at.
doctor-spf-obsolete-type-expected = The record is of the type TXT.
doctor-spf-obsolete-type-now = Enter it as TXT; the old one can go:
doctor-spf-soft-fail = The SPF record of { $about } ends in ~all: receivers are asked only to suspect mail from elsewhere. That is right while it is not yet certain that every sender is named.
doctor-spf-soft-fail-now = Nothing at once. When the record names every sender, -all is firmer: { $strict }
doctor-spf-not-covered = SPF of { $name } does not let { $about } send: receivers see “{ $result }”.
doctor-spf-not-covered-expected = Every address that mail leaves from passes by the record of the sender's domain, and by that of the name said in EHLO.
doctor-spf-not-covered-now = Change the record so that it names the address:
doctor-spf-relay-not-covered = SPF of { $about } does not let the relay { $relay } ({ $host }) send: include:{ $include } is missing.
doctor-spf-relay-not-covered-expected = The record includes what the relay's provider asks for.
doctor-spf-relay-not-covered-now = Change the record:
doctor-spf-relay-not-known = Whether { $about } lets the relay { $relay } send cannot be said: its record does not name { $host }, and the addresses from which that relay delivers are not known.
doctor-spf-relay-not-known-now = Ask the relay's operator what belongs into the SPF record.
doctor-spf-several = { $about } has { $count } SPF records. Receivers then use none of them.
doctor-spf-several-expected = Exactly one SPF record.
doctor-spf-several-now = Put them together into one, and delete the others:
doctor-spf-split = The SPF record of { $about } was put together wrongly at “{ $term }”: two parts without a space between them, or a part in a record of its own.
doctor-spf-split-expected = One record; its strings of up to 255 characters are joined without a space, so that the space belongs at the end of one.
doctor-spf-split-now = Replace it:
doctor-spf-syntax = In the SPF record of { $place }, “{ $term }” is an error: { $reason } Receivers then do not use the record at all.
doctor-spf-syntax-expected = A record without errors.
doctor-spf-syntax-now = Correct “{ $term }”, or leave it out as here. If the record is not yours, tell its owner:
doctor-spf-fault-version = it does not begin with v=spf1.
doctor-spf-fault-mechanism = there is no such mechanism.
doctor-spf-fault-missing-value = the name or address is missing.
doctor-spf-fault-unexpected-value = nothing may stand there.
doctor-spf-fault-domain = that is no domain name.
doctor-spf-fault-macro = that is no macro.
doctor-spf-fault-address = that is no address of this kind.
doctor-spf-fault-prefix = that is no prefix length.
doctor-spf-fault-repeated = it may stand there only once.
doctor-spf-fault-character = a character in it is not allowed.
doctor-spf-dead-include = The SPF record of { $place } refers to { $name } (“{ $term }”), which has no SPF record. Receivers then do not use the record at all.
doctor-spf-dead-include-expected = Every include and redirect leads to an SPF record.
doctor-spf-dead-include-now = Take the term out, or correct its name:
doctor-spf-circle = The SPF record of { $place } leads back to { $name } (“{ $term }”). Receivers turn round in it until they give up.
doctor-spf-circle-expected = No record includes itself, or leads to itself.
doctor-spf-circle-now = Take the term out:
doctor-spf-too-many-lookups = The SPF record of { $about } needs { $count } look-ups; receivers give up after { $limit }, and then do not use the record at all.
doctor-spf-too-many-lookups-expected = At most { $limit } terms that look something up, those of included records counted in.
doctor-spf-too-many-lookups-now = Take out who no longer sends for the domain. For others, a sender of its own below the domain helps (news.{ $about } with its own record). Own names are better given as addresses:
doctor-spf-too-many-void = { $count } names in the SPF record of { $about } lead to nothing; after { $limit } receivers give up, and then do not use the record at all.
doctor-spf-too-many-void-expected = At most { $limit } names without an address.
doctor-spf-too-many-void-now = Take them out:
doctor-spf-too-many-exchanges = “{ $term }” in the SPF record of { $place } leads to { $count } mail servers; more than ten are an error.
doctor-spf-too-many-exchanges-expected = A mechanism mx with at most ten servers.
doctor-spf-too-many-exchanges-now = Name the addresses instead:
doctor-spf-everybody = By the SPF record of { $place } everybody may send as { $about } (“{ $term }”). It protects nothing, and filters take it for a sign of abuse.
doctor-spf-everybody-expected = A record that lets only your own senders pass, and ends in ~all or -all.
doctor-spf-everybody-now = Change the record:
doctor-spf-neutral = The SPF record of { $about } says nothing of other senders (it ends in “{ $end }”). Receivers treat it as if there were none.
doctor-spf-neutral-expected = A record that ends in ~all or -all.
doctor-spf-neutral-now = Change the end:
doctor-spf-ptr = The SPF record of { $place } uses “{ $term }”. It is slow and unsafe, and some receivers ignore it.
doctor-spf-ptr-expected = No mechanism ptr.
doctor-spf-ptr-now = Name the addresses instead:
doctor-spf-leads-nowhere = “{ $term }” in the SPF record of { $place } leads to { $name }, where nothing is. It lets nobody send; more than two such names make the record useless.
doctor-spf-leads-nowhere-expected = Every name in the record has an address.
doctor-spf-leads-nowhere-now = Take the term out:
doctor-spf-impossible-name = “{ $term }” in the SPF record of { $place } gives a name that DNS cannot have: { $name }
doctor-spf-impossible-name-expected = Names with labels of 63 characters at the most.
doctor-spf-impossible-name-now = Correct or remove it:
doctor-spf-behind-all = “{ $term }” in the SPF record of { $place } is never read: it stands behind or beside “all”.
doctor-spf-behind-all-now = Take it out, or move it to the front if it is to count:
doctor-spf-not-asked = The SPF record of { $about } cannot be judged: DNS failed for { $name }.
doctor-spf-not-asked-now = Try again later; if it stays so, the name servers of { $name } are at fault.

doctor-dkim-published = { $about } is published (a key of { $bits } bits).
doctor-dkim-some-keys = Below _domainkey.{ $about } there is something: the domain seems to sign its mail. Which keys cannot be seen without a selector (option --selector).
doctor-dkim-no-keys-at-all = Below _domainkey.{ $about } there is nothing: the domain does not sign its mail with a key of its own.
doctor-dkim-no-keys-at-all-now = If mail is sent from the domain, it should be signed: large receivers ask for it.
doctor-dkim-no-key = There is no DKIM key for { $about }: its mail is not signed. Large receivers ask for a signature.
doctor-dkim-no-key-expected = A key for every domain that mail is sent from.
doctor-dkim-no-key-now = Make one, and enter the record that is printed:
doctor-dkim-keys-not-read = The DKIM keys could not be read, so that their records are not judged.
doctor-dkim-keys-not-read-now = Run the doctor as a user who may read them:
doctor-dkim-keys-unusable = A DKIM key cannot be used. The server does not start with it.
doctor-dkim-keys-unusable-expected = RSA keys of at least 2048 bits, or Ed25519, that only the server can read.
doctor-dkim-keys-unusable-now = Do as the message says: mend the file, or move it away and make a new key with `postamt dkim new`.
doctor-dkim-waiting = { $about } is not published yet. The key waits; mail is signed with it as soon as the record is seen.
doctor-dkim-waiting-now = Enter the record:
doctor-dkim-missing = { $about } is not there: receivers cannot verify what is signed with this key.
doctor-dkim-missing-expected = The public key at the selector that signatures name.
doctor-dkim-missing-now = Enter the record:
doctor-dkim-mismatched = { $about } holds another key ({ $bits } bits) than the one that this server signs with: every signature fails.
doctor-dkim-mismatched-expected = The public half of the key that signs.
doctor-dkim-mismatched-now = Replace the record. If another server signs with that key, give the two different selectors instead:
doctor-dkim-revoked = { $about } says that the key is revoked (an empty p=): its signatures count for nothing.
doctor-dkim-revoked-expected = A key in use has its public half in p=.
doctor-dkim-revoked-now = If the key is still to sign, replace the record; otherwise make a new one with `postamt dkim rotate`:
doctor-dkim-not-revoked = { $about } is still published, although the key is revoked here. Whoever gets hold of the old key could sign with it.
doctor-dkim-not-revoked-now = Replace the record, or delete it:
doctor-dkim-several = There are { $count } records at { $about }. Receivers take any of them, or none.
doctor-dkim-several-expected = One record at a selector.
doctor-dkim-several-now = Leave only this one:
doctor-dkim-split = The record { $about } was entered wrongly: it has quotation marks in its text, or ends after the first string, so that the key is cut.
doctor-dkim-split-expected = One text without quotation marks of its own; DNS joins its strings of up to 255 characters by itself.
doctor-dkim-split-now = Enter it as one value without quotation marks; most panels part it themselves. As a zone file has it:
doctor-dkim-unusable = Receivers cannot use the record { $about }: { $reason }
doctor-dkim-unusable-expected = A record of the form v=DKIM1; k=rsa; p=…
doctor-dkim-unusable-now = Replace it:
doctor-dkim-fault-version = v=DKIM1 is not what it begins with.
doctor-dkim-fault-repeated = a tag stands in it twice.
doctor-dkim-fault-algorithm = k= names an algorithm that nobody knows.
doctor-dkim-fault-other-algorithm = k= names another algorithm than that of the key.
doctor-dkim-fault-no-key = there is no p=.
doctor-dkim-fault-broken-key = what stands in p= is no key.
doctor-dkim-fault-hash = h= does not allow SHA-256.
doctor-dkim-fault-service = s= does not allow e-mail.
doctor-dkim-too-short = The key at { $about } has only { $bits } bits. Receivers must not accept its signatures.
doctor-dkim-too-short-expected = At least 2048 bits.
doctor-dkim-too-short-now = Make a new key at another selector, and take this one out of use.
doctor-dkim-short = The key at { $about } has { $bits } bits. Receivers still accept it, but it is no longer safe.
doctor-dkim-short-expected = At least 2048 bits.
doctor-dkim-short-now = Make a new key of 2048 bits at another selector, and take this one out of use.
doctor-dkim-long = The key at { $about } has { $bits } bits. Not every receiver verifies keys of more than 2048.
doctor-dkim-long-now = Nothing, as long as no receiver complains; the next key is better one of 2048 bits.
doctor-dkim-testing = { $about } says that the domain only tests (t=y): receivers treat its mail as if it were not signed.
doctor-dkim-testing-expected = No t=y once the key is in use.
doctor-dkim-testing-now = Replace the record:
doctor-dkim-only-same-domain = { $about } says that the key is for the domain itself alone (t=s), and not for names below it.
doctor-dkim-only-same-domain-now = Nothing, as long as signatures name no user below the domain (i=); Postamt's name none.
doctor-dkim-unknown-tag = { $about } holds “{ $tag }”, which means nothing. Receivers pass over it.
doctor-dkim-unknown-tag-now = Take it out when you next change the record.
doctor-dkim-not-asked = Whether { $about } is in order cannot be said: DNS failed.
doctor-dkim-not-asked-now = Try again later; if it stays so, the domain's name servers are at fault.

doctor-dmarc-published = { $about } has a DMARC record (p={ $policy }).
doctor-dmarc-inherited = For { $about } the DMARC record of { $at } holds ({ $policy }).
doctor-dmarc-missing = { $about } has no DMARC record. Large receivers ask for one, and nobody tells you of forgeries.
doctor-dmarc-missing-expected = A TXT record at _dmarc.{ $about } that begins with v=DMARC1.
doctor-dmarc-missing-now = Enter it. It changes nothing at first, and brings reports of who sends as { $about }:
doctor-dmarc-not-recognised = The record at _dmarc.{ $about } is meant as a DMARC record, but receivers do not take it for one.
doctor-dmarc-not-recognised-expected = The record begins with v=DMARC1 and a semicolon, in capitals as here.
doctor-dmarc-not-recognised-now = Replace it:
doctor-dmarc-ignored = Receivers must ignore the DMARC record of { $about }: it has neither a policy that is one nor somebody to report to.
doctor-dmarc-ignored-expected = p=none, p=quarantine or p=reject.
doctor-dmarc-ignored-now = Replace it, with the policy that is meant:
doctor-dmarc-several = There are { $count } DMARC records at _dmarc.{ $about }. Receivers then use none of them.
doctor-dmarc-several-expected = Exactly one record.
doctor-dmarc-several-now = Leave only this one:
doctor-dmarc-methods-differ = For { $about } receivers by RFC 9989 find the record of { $at }, receivers by the older RFC 7489 that of { $other }.
doctor-dmarc-methods-differ-now = Give { $about } a record of its own at _dmarc.{ $about }; then all find the same.
doctor-dmarc-only-watches = The DMARC policy of { $about } only watches (p=none): forged mail is delivered all the same.
doctor-dmarc-only-watches-now = Collect reports for some weeks. Once all of your own senders pass in them, go on: { $next } — and some weeks later, if nothing is missed, p=reject. If people of the domain write to mailing lists, p=quarantine is better left.
doctor-dmarc-dkim-not-aligned = Mail from { $about } is signed by { $signer }, but its DMARC record wants the signature of exactly the domain of the sender (adkim=s): forwarded mail fails.
doctor-dmarc-dkim-not-aligned-expected = A signature whose d= is the domain of From, or adkim=r.
doctor-dmarc-dkim-not-aligned-now = Make a key for the domain, or leave adkim=s out of the record:
doctor-dmarc-spf-not-aligned = The relay { $relay } puts a return path below { $about } in place of the sender's, but the DMARC record wants exactly the same domain (aspf=s): SPF does not count for it.
doctor-dmarc-spf-not-aligned-expected = aspf=r, which is the default.
doctor-dmarc-spf-not-aligned-now = Change the record:
doctor-dmarc-bad-policy = The DMARC record of { $about } has no policy that is one (p={ $value }). Receivers only watch.
doctor-dmarc-bad-policy-expected = p=none, p=quarantine or p=reject.
doctor-dmarc-bad-policy-now = Correct it to the policy that is meant; the gentlest is:
doctor-dmarc-no-policy = The DMARC record of { $about } has no p=. By RFC 9989 that means none, by RFC 7489 the record is none.
doctor-dmarc-no-policy-expected = p= directly behind v=DMARC1.
doctor-dmarc-no-policy-now = Change the record:
doctor-dmarc-syntax = In the DMARC record of { $about }, “{ $tag }” is an error: { $reason }
doctor-dmarc-syntax-expected = Tags of the form name=value, parted by semicolons.
doctor-dmarc-syntax-now = Correct it, or leave it out as here:
doctor-dmarc-fault-value = it cannot have this value. Receivers take the default.
doctor-dmarc-fault-no-tag = there is no “=”.
doctor-dmarc-fault-repeated = it stands there twice, and receivers differ in which they take.
doctor-dmarc-fault-uri = reports need an address of the form mailto:reports@example.org.
doctor-dmarc-unknown-tag = The DMARC record of { $about } holds the tag “{ $tag }”, which nobody knows. Receivers pass over it.
doctor-dmarc-unknown-tag-now = Leave it out, or correct it if another tag was meant:
doctor-dmarc-historic = “{ $tag }” in the DMARC record of { $about } no longer counts (RFC 9989 and RFC 9990 have taken it away).
doctor-dmarc-historic-now = Leave it out. Instead of pct=0 there is t=y:
doctor-dmarc-wrong-order = In the DMARC record of { $about } p= is not the second tag, where older receivers look for it.
doctor-dmarc-wrong-order-now = Put it directly behind v=DMARC1:
doctor-dmarc-no-reports = The DMARC record of { $about } names nobody who gets reports (rua): nobody notices when own mail fails or others forge it.
doctor-dmarc-no-reports-expected = An address in rua.
doctor-dmarc-no-reports-now = Add an address that somebody reads, or a program:
doctor-dmarc-reports-unauthorised = Reports about { $about } are to go to { $uri }, but { $receiver } does not say that it wants them. Receivers send none there.
doctor-dmarc-reports-unauthorised-expected = A record { $name } in the zone of { $receiver }.
doctor-dmarc-reports-unauthorised-now = Enter it there, or ask { $receiver } for it; or have the reports sent to an address of your own:
doctor-dmarc-reports-nowhere = Reports about { $about } are to go to { $uri }, but { $receiver } takes no mail.
doctor-dmarc-reports-nowhere-expected = An address that takes mail.
doctor-dmarc-reports-nowhere-now = Correct the address in rua or ruf.
doctor-dmarc-weaker-below = The DMARC record of { $about } protects names below it less (sp={ $below }) than itself (p={ $policy }): forgers use those names.
doctor-dmarc-weaker-below-expected = sp no weaker than p, or no sp at all.
doctor-dmarc-weaker-below-now = If no names below need the weaker policy, change the record:
doctor-dmarc-weaker-missing = The DMARC record of { $about } protects names that do not exist less (np={ $missing }) than those that do ({ $policy }): nobody sends from them but forgers.
doctor-dmarc-weaker-missing-expected = np no weaker than sp and p; best is np=reject.
doctor-dmarc-weaker-missing-now = Change the record:
doctor-dmarc-testing = The DMARC record of { $about } says that it only tests (t=y): p={ $policy } works as { $while }.
doctor-dmarc-testing-now = If the reports show that all of your own mail passes, leave t=y out.
doctor-dmarc-few-reports = Reports of receivers about { $about } cover { $days ->
    [one] one day
   *[other] { $days } days
} under the policy of today; { $needed } are needed to judge by them whether a stricter one would do harm.
doctor-dmarc-few-reporters = The reports about { $about } cover { $days } days under the policy of today, but { $reporters ->
    [0] no receiver has told of { $each } days or more.
    [one] only one receiver has told of { $each } days or more.
   *[other] only { $reporters } receivers have told of { $each } days or more.
} Anybody can send a report; the doctor advises a stricter policy only when { $needed } receivers that have nothing to do with each other see the same.
doctor-dmarc-none-of-ours = The reports about { $about } ({ $days ->
    [one] of one day
   *[other] of { $days } days
}) show mail of others, and none of yours.
doctor-dmarc-all-aligned = By the reports of { $days } days the mail of { $about } is aligned: { $aligned } of { $all } messages ({ $share } %). { $strangers ->
    [0] Nobody else was seen.
    [one] One message from elsewhere failed.
   *[other] { $strangers } messages from elsewhere failed.
}
doctor-dmarc-step-up = By the reports of { $days } days ({ $reporters }) the mail of { $about } is aligned: { $aligned } of { $all } messages ({ $share } %). Its policy can go from p={ $policy } to p={ $next }. { $strangers ->
    [0] Nobody else was seen.
    [one] One message from elsewhere failed, and would be stopped then.
   *[other] { $strangers } messages from elsewhere failed, and would be stopped then.
}
doctor-dmarc-step-up-now = { $next ->
    [reject] If people of the domain write to mailing lists, leave it at quarantine (RFC 9989 advises so). Else, and if none of the addresses above that failed belongs to a service of yours, replace the record:
   *[other] If none of the addresses above that failed belongs to a service of yours, replace the record:
}
doctor-dmarc-own-mail-fails = By the reports of the last { $span } days own mail of { $about } fails: { $failed } of { $all } messages from { $sources ->
    [one] one address
   *[other] { $sources } addresses
} of this host or named in the SPF record had neither an aligned signature nor an aligned return path. Under quarantine or reject such messages do not reach the inbox.
doctor-dmarc-own-mail-fails-expected = What own addresses send is signed by a key of the domain, or has a return path in it.
doctor-dmarc-own-mail-fails-now = Find what sends from these addresses past this server, and let it log in here, or sign with a key of the domain. This shows all addresses:
doctor-dmarc-reports-not-known = What receivers have reported of { $about } cannot be read.
doctor-dmarc-reports-not-known-now = Look at the file system that holds the state directory, and try again.
doctor-dmarc-not-asked = The DMARC record of { $about } cannot be judged: DNS failed.
doctor-dmarc-not-asked-now = Try again later; if it stays so, the domain's name servers are at fault.

doctor-port25-open = Port 25 is open: { $about }.
doctor-port25-blocked = Port 25 is blocked: { $about }.
doctor-port25-blocked-expected = A server that delivers mail itself can connect to port 25 of others.
doctor-port25-blocked-now = The evidence, and whom to ask, are shown by:
doctor-port25-throttled = Port 25 is throttled: { $about }. Only a few connections pass.
doctor-port25-throttled-expected = As many connections as there is mail.
doctor-port25-throttled-now = Ask the provider what the limit is; the evidence is shown by:
doctor-port25-no-network = There is no network: { $about }.
doctor-port25-no-network-expected = Other hosts can be reached.
doctor-port25-no-network-now = Check address, route and line of this host. The evidence is shown by:
doctor-port25-no-ipv6 = This host has no way out over IPv6 ({ $about }). Mail leaves over IPv4.
doctor-port25-no-ipv6-now = Nothing; or switch IPv6 off so that nothing is tried: [outgoing] ipv6 = false.
doctor-port25-not-known = Whether port 25 is open cannot be said: { $about }.
doctor-port25-not-known-now = Probe it again later: `postamt port25 check`.

doctor-firewall-blocks = A rule of this host's own firewall stops mail that leaves on port 25 ({ $about }).
doctor-firewall-blocks-expected = The server may open connections to port 25 of others.
doctor-firewall-blocks-now = Remove the rule, or exempt the user that Postamt runs as. All rules are shown by:

doctor-programs-ours = No other mail server is on the ports of this one.
doctor-programs-in-the-way = Port { $about } is held by { $program }.
doctor-programs-in-the-way-expected = Postamt itself listens on its ports.
doctor-programs-in-the-way-now = If { $program } is no longer needed, stop it:
doctor-programs-not-running = Nobody listens on port { $about }: Postamt is not running.
doctor-programs-not-running-expected = The server runs and takes mail.
doctor-programs-not-running-now = Start it; if it does not stay up, `journalctl -u postamt` says why.

doctor-blocklists-clean = { $about } is on none of { $lists } blocklists.
doctor-blocklists-listed = { $about } is listed by { $list }.
doctor-blocklists-listed-expected = No blocklist that receivers ask knows the address or the domain.
doctor-blocklists-listed-now = { $advice }
doctor-blocklists-refused = These blocklists do not answer this host's name servers: { $about }. That is no listing.
doctor-blocklists-refused-now = Most of them refuse public resolvers: ask a resolver of your own. Some want the resolver to be registered.
doctor-blocklists-dead = These blocklists list everything, or no longer exist: { $about }. What they say counts for nothing.
doctor-blocklists-dead-now = Nothing. If one of them is entered in another program of yours, take it out.
doctor-blocklists-advice-self-service = Find the cause first and end it; then take the entry off yourself on this page:
doctor-blocklists-advice-expires = Find the cause and end it. The entry expires by itself some time after the last incident.
doctor-blocklists-advice-form = Find the cause and end it, then ask for removal with the form on this page:
doctor-blocklists-advice-account = Find the cause and end it. Removal needs an account with the list:
doctor-blocklists-advice-provider = Only the owner of the network can have this removed: write to your provider and name the list and the address.
doctor-blocklists-advice-policy = The list does not accuse you of anything: it holds ranges from which no mail is expected, such as access lines. With a fixed address and a PTR of your own, take it out on this page; otherwise send through a relay.
doctor-blocklists-advice-exploited = A machine behind this address is or was taken over. Find it and clean it before anything else (accounts that send too much, open proxies, malware); then take the entry off on this page:
doctor-blocklists-advice-backscatter = Bounces went to senders that were forged. Refuse unknown recipients during the session; the entry then expires.
doctor-blocklists-advice-move = The whole network is listed, and a single customer is not taken out. Move to another provider; until then send through a relay.
doctor-blocklists-advice-nothing = Nothing. Hardly any receiver asks this list, and nobody can remove a single address. Do not pay for it.

doctor-filters-reached = { $about } answers ({ $address }).
doctor-filters-not-reached = The content filter { $about } at { $address } cannot be asked: mail is refused for now, held or goes on unseen, as `when_down` says.
doctor-filters-not-reached-expected = It answers where the configuration says that it listens.
doctor-filters-not-reached-now = Start it, and look into its log; where it listens elsewhere, change the address, and where another user owns its socket, add the server's user to that group:
doctor-filters-signatures-old = The signatures of { $about } are { $days } days old: newer viruses are not found.
doctor-filters-signatures-old-expected = Signatures of the last days; ClamAV makes new ones every day.
doctor-filters-signatures-old-now = Let freshclam fetch them, and look into its log:
doctor-filters-signatures-none = { $about } has none of ClamAV's daily signatures: hardly any virus is found.
doctor-filters-signatures-none-expected = The daily signatures, which come with freshclam.
doctor-filters-signatures-none-now = Let freshclam fetch them; where you use others on purpose, nothing is to be done:

doctor-clock-right = The clock is right.
doctor-clock-wrong = The clock is wrong by { $seconds ->
        [one] one second
       *[other] { $seconds } seconds
    } (compared with { $about }).
doctor-clock-wrong-expected = A clock that is right to the second: signatures and certificates are valid by time.
doctor-clock-wrong-now = Let a time service keep it:
doctor-clock-not-asked = Whether the clock is right cannot be said: { $about } does not answer.
doctor-clock-not-asked-now = Perhaps a firewall keeps port 123 (UDP) closed; then `timedatectl` tells whether the clock is kept.

doctor-room-enough = There is room enough in { $about }.
doctor-room-short = In { $about } only { $free } MiB are free. When they are used up, mail is refused until there is room.
doctor-room-short-expected = At least 1 GiB, or a tenth of the file system.
doctor-room-short-now = Make room. What takes most:
doctor-room-files-short = In { $about } only { $free } more files can be made. After that mail is refused.
doctor-room-files-short-expected = At least two percent of the inodes are free.
doctor-room-files-short-now = Look for folders with very many small files:

doctor-secrets-closed = Keys, passwords and accounts ({ $about } files) are closed to others.
doctor-secrets-open = { $about } can be read or changed by others (mode { $mode }).
doctor-secrets-open-expected = Only the server's user, and to read also its group, may use the file.
doctor-secrets-open-now = Close it. If others may have read it, make a new key or password:
doctor-secrets-foreign = { $about } belongs to the user with the number { $owner }, who is neither the server's nor root.
doctor-secrets-foreign-expected = The server's secrets belong to its own user or to root.
doctor-secrets-foreign-now = Give the file to the server's user. If its owner should not know the secret, make a new one:
doctor-secrets-folder-open = Others may write to the folder { $about }, in or below which secrets lie (mode { $mode }).
doctor-secrets-folder-open-expected = Only the server's user and root write to the folders around keys and passwords: whoever else may can put another file in the place of one.
doctor-secrets-folder-open-now = If others may have changed something already, make new keys and passwords. First take the right away from them:
doctor-secrets-folder-foreign = The folder { $about }, in or below which secrets lie, belongs to the user with the number { $owner }, who is neither the server's nor root.
doctor-secrets-folder-foreign-expected = The folders around keys and passwords belong to the server's user or to root: their owner can exchange files in them.
doctor-secrets-folder-foreign-now = Put the secrets into a folder of root's, such as /etc/postamt, and name it in the configuration. If the folder lies in the state directory, give it to the server's user.
doctor-secrets-weak = The password or key in { $about } is short or monotonous.
doctor-secrets-weak-expected = At least twelve characters, chosen by chance.
doctor-secrets-weak-now = Set a longer one where it is valid (at the relay, at the name server), and write it into the file.

doctor-domain-age-settled = { $about } has been registered since { $registered }.
doctor-domain-age-young = { $about } was registered on { $registered }, { $days ->
        [0] today
        [one] one day ago
       *[other] { $days } days ago
    }: receivers distrust new domains.
doctor-domain-age-young-expected = A domain that is at least 30 days old before much mail is sent from it.
doctor-domain-age-young-now = Send little at first, to people who expect it, and more from week to week. This notice ends by itself in { $left ->
        [one] one day
       *[other] { $left } days
    }.
doctor-domain-age-expires = { $about } expires on { $expires }, { $days ->
        [0] today or earlier
        [one] in one day
       *[other] in { $days } days
    }. Without a renewal no mail of this domain arrives after that.
doctor-domain-age-expires-expected = A domain that is registered for at least 30 more days.
doctor-domain-age-expires-now = Renew it at your registrar; if it renews by itself, check that the payment works.
doctor-domain-age-not-known = How old { $about } is cannot be said: its registry does not tell by RDAP.
doctor-domain-age-not-known-now = Nothing. If the domain is younger than 30 days, send little at first.

doctor-imprint-found = The site of { $about } says who runs it ({ $page }).
doctor-imprint-missing = The site of { $about } does not link to an imprint or a contact.
doctor-imprint-missing-now = To write to t-online.de, put a page there with name, postal address and a way to reach you, and link to it; call the link "Impressum" or "Kontakt".
doctor-imprint-not-reached = The site of { $about } cannot be reached from here. Telekom (t-online.de) wants to see there who sends the mail.
doctor-imprint-not-reached-now = If you write to t-online.de, put up a page under this name or its domain with name, postal address and a way to reach you.

doctor-process-protected = The server writes only where it keeps mail (Landlock, version { $version }), runs no programs, is refused { $count } system calls that it never needs (seccomp), and has no rights of root but to low ports.
doctor-process-files-open = The server may write wherever its user may: this kernel does not have Landlock, or not from version 2 on (Linux 5.19).
doctor-process-files-open-now = Nothing is urgent. A kernel with Landlock, and a container that permits it, limits what a fault in the server can do.
doctor-process-calls-open = The server may ask the kernel for everything that its user may: system calls cannot be filtered here (seccomp).
doctor-process-calls-open-now = Nothing is urgent. A kernel with CONFIG_SECCOMP_FILTER limits what a fault in the server can do.
doctor-process-dumps = If the server crashes, its memory may be written to a file, with passwords and mail in it.
doctor-process-dumps-now = Start the server by the unit of `postamt setup`, which forbids it (LimitCORE=0).
doctor-process-root = The server runs with rights of root: { $rights }.
doctor-process-root-now = Set `user` under `[server]`, give the state directory to that user, and start the server again; the unit of `postamt setup` does it as well.

doctor-updates-current = No security updates wait to be installed.
doctor-updates-waiting = { $count ->
        [one] One security update waits
       *[other] { $count } security updates wait
    } to be installed: { $about }.
doctor-updates-waiting-expected = Security updates are installed within days: a server that is taken over sends other people's spam.
doctor-updates-waiting-now = Install them:
doctor-updates-not-automatic = Security updates are not installed by themselves on this host.
doctor-updates-not-automatic-now = The package { $about } does it every day:
doctor-updates-not-known = Whether security updates wait cannot be said: the lists in { $about } are missing, compressed or older than a week.
doctor-updates-not-known-now = Fetch them:
doctor-updates-postamt-current = Postamt { $about } is the newest release, and no weakness of it is known (as of { $fetched }).
doctor-updates-postamt-newer = Postamt { $running } runs; the newest release is { $about }.
doctor-updates-postamt-newer-now = Nothing is urgent. What has changed stands here:
doctor-updates-postamt-weak = Postamt { $running } has a known weakness, { $about } ({ $gravity }): { $title }
doctor-updates-postamt-weak-expected = The version that runs has no known weakness.
doctor-updates-postamt-weak-now = Install a release without it and restart the server. More about it:
doctor-updates-postamt-not-known = Whether the running version of Postamt is the newest and has known weaknesses cannot be said: { $why } The notice comes from { $about }.
doctor-updates-postamt-not-known-now = See that the server runs and reaches that address, and that `key` under `[updates]` is the key by which the notice is signed; it is asked for once a day. The log says under `release_notice` what came of it.
doctor-updates-postamt-not-asked = the server has not asked for the notice of new releases yet.
doctor-updates-postamt-no-notice = no notice has come that is signed by the key of the settings.
doctor-updates-postamt-over = the last notice is over, and no newer one has come.
doctor-updates-postamt-stale = no notice has come for more than a week.
