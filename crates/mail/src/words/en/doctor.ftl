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
doctor-certificate-expired-now = Renew it, and see why that did not happen by itself (as by `systemctl list-timers`).
doctor-certificate-not-yet = The certificate on port { $about } is not valid yet.
doctor-certificate-not-yet-expected = A certificate that is valid already.
doctor-certificate-not-yet-now = Set the clock; if it is right, take another certificate.
doctor-certificate-soon = The certificate on port { $about } expires in { $days ->
        [0] less than a day
        [one] one day
       *[other] { $days } days
    } ({ $end }).
doctor-certificate-soon-expected = It is renewed two weeks before its end.
doctor-certificate-soon-now = Renew it, and see why that did not happen by itself (as by `systemctl list-timers`).
doctor-certificate-old = Port { $about } shows an older certificate (until { $end }) than the one in the file.
doctor-certificate-old-expected = The certificate of the file is shown.
doctor-certificate-old-now = Let the server read it again; if another program stands in front, that one:
doctor-certificate-wrong-name = The certificate on port { $about } is for { $names }, not for { $host }.
doctor-certificate-wrong-name-expected = A certificate for the server's name.
doctor-certificate-wrong-name-now = Have one issued for { $host }, and enter its files under [tls].
doctor-certificate-self-made = Nobody has vouched for the certificate on port { $about }. Other mail servers rarely mind; mail clients warn or refuse to connect.
doctor-certificate-self-made-expected = A certificate of a recognised authority for { $host }.
doctor-certificate-self-made-now = Have one issued (free of charge by Let’s Encrypt, for one), and enter its files under [tls].
doctor-certificate-not-trusted = The certificate on port { $about } leads to no authority that this host trusts; it was issued by { $issuer }.
doctor-certificate-not-trusted-expected = The whole chain is shown: the certificate itself and behind it those of the intermediate authorities.
doctor-certificate-not-trusted-now = Under [tls], name the file with the whole chain; certbot calls it fullchain.pem.
doctor-certificate-weak = The certificate on port { $about } has a weak key.
doctor-certificate-weak-expected = ECDSA with P-256, or RSA with at least 2048 bits.
doctor-certificate-weak-now = Have a new certificate issued with a new key.

doctor-relay-test-refuses = Strangers cannot relay through port { $about }: all { $count } attempts were refused.
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
doctor-blocklists-advice-nothing = Nothing. Hardly any receiver asks this list, and nobody can remove a single address. Do not pay for it.

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
