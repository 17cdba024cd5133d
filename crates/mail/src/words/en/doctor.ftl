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
