# Sentences of `port25`. The same ids and variables stand in the other language's file.

port25-heading-auto = { $family }, source address chosen by the system
port25-heading-source = { $family } from { $source }
port25-when = Probed on { $time }, in { $seconds } s.

port25-verdict-open = Port 25 is open: mail can leave directly.
port25-verdict-dropped = Port 25 is blocked: connection attempts vanish without an answer.
port25-verdict-refused = Port 25 is blocked: something on the way refuses the connections.
port25-verdict-prohibited = Port 25 is blocked: a router says that it is not allowed.
port25-verdict-local-firewall = Port 25 is blocked by this machine itself.
port25-verdict-intercepted = Port 25 is intercepted: somebody in between answers, or changes what is said.
port25-verdict-throttled = Port 25 is throttled: a few connections pass, others do not.
port25-verdict-no-network = There is no network here: other ports cannot be reached either.
port25-verdict-dns-broken = Names cannot be resolved properly, so port 25 cannot be judged.
port25-verdict-inconclusive = It cannot be said whether port 25 is open.

port25-confidence-high = This is certain: several independent witnesses agree.
port25-confidence-medium = This is likely.
port25-confidence-low = This is a guess; another probe later may say more.

port25-meaning-open = Mail servers of other companies answer this machine. If mail does not arrive all the same, the reason is something else: reputation, DNS records, or a single receiver.
port25-meaning-dropped = Your provider, or a firewall on the way, lets nothing pass to port 25 and says nothing about it. Many hosting and access providers do so until you ask them. The rest of the Internet can be reached.
port25-meaning-refused = Your provider, or a firewall on the way, answers in the name of the other mail servers and turns you away. The rest of the Internet can be reached.
port25-meaning-prohibited = A filter on the way turns mail away, and says so. Mostly it belongs to your provider. The rest of the Internet can be reached.
port25-meaning-local-firewall = It is not your provider: a firewall rule, or a restriction of the service, on this machine keeps mail from leaving it.
port25-meaning-intercepted = What seems to be other companies' mail servers is a machine in between, mostly your provider's or a firewall's. It can read your mail, keep it, or take away the encryption. Mail should not go this way.
port25-meaning-throttled = Something on the way lets only a few connections to port 25 pass in a given time. Mail trickles, and the queue grows.
port25-meaning-no-network = This is not about port 25. On this path nothing leaves this machine: the line, the route or the address is missing.
port25-meaning-dns-broken = This is not about port 25 as long as the name servers do not answer, or answer with the same address for everybody: no mail server can be found.
port25-meaning-inconclusive = Too few mail servers could be asked, or what they show contradicts itself. One server that is down proves nothing.

port25-next-heading = What to do next:
port25-next-open = Nothing. If single receivers refuse your mail, see what they say below.
port25-next-dropped =
    1. Look in your provider's control panel for a firewall or a switch for outgoing mail (port 25).
    2. If there is none, ask your provider to open outgoing port 25; the routers and times below belong into that message.
    3. Until then, set up a relay: `postamt relay add`. Mail takes the detour and comes back by itself.
port25-next-refused =
    1. Look in your provider's control panel, and in your own router, for a filter of outgoing mail (port 25).
    2. If there is none, ask your provider to open outgoing port 25; the routers and times below belong into that message.
    3. Until then, set up a relay: `postamt relay add`. Mail takes the detour and comes back by itself.
port25-next-prohibited =
    1. The router named below refuses. If it is your own, allow outgoing port 25 there.
    2. If it is your provider's, ask for port 25 to be opened and name that router.
    3. Until then, set up a relay: `postamt relay add`. Mail takes the detour and comes back by itself.
port25-next-local-firewall =
    1. Look at the rule named below; otherwise search the output of `nft list ruleset` and `iptables-save` for port 25.
    2. Remove it, or allow the user that Postamt runs as. With systemd, check IPAddressDeny= of the service.
    3. Probe again: `postamt port25 check`.
port25-next-intercepted =
    1. Ask your provider, or whoever runs the firewall, to take outgoing mail out of the inspection (often called "SMTP inspection", "fixup" or "SMTP proxy").
    2. Until then, set up a relay on port 465 or 587: `postamt relay add`. The interception mostly ends there.
port25-next-throttled =
    1. Ask your provider for the limit on outgoing port 25, and whether it can be lifted.
    2. Until then, a relay carries what does not get through: `postamt relay add`.
port25-next-no-network =
    1. Check address, route and line of this machine: `ip address`, `ip route`, `ip -6 route`.
    2. If only IPv6 is missing, mail goes out over IPv4; nothing needs to be done.
port25-next-dns-broken =
    1. Check the name servers in /etc/resolv.conf, and whether they answer: `getent hosts gmail.com`.
    2. If they give the same address for everybody, your provider redirects DNS: enter other name servers, or run your own, such as unbound.
    3. Probe again: `postamt port25 check`.
port25-next-inconclusive = Probe again in a few minutes: `postamt port25 check`.

port25-seen-heading = What was seen:
port25-evidence-greeted = Mail servers that greeted: { $operators }.
port25-evidence-rejected = Mail servers that do not want this address, although port 25 is open: { $operators }. Their words: { $text }
port25-evidence-unanswered = No answer on port 25: { $operators }.
port25-evidence-reset = Connection refused on port 25: { $operators }.
port25-evidence-icmp = { $icmp }, instead of an answer on port 25: { $operators }.
port25-evidence-silent = Connected on port 25, and then not a word: { $operators }.
port25-evidence-broken = Connected on port 25, and then broken off: { $operators } ({ $problem }).
port25-evidence-local-refusal = This machine refused the connections at once (error { $code }).
port25-evidence-local-rule = A rule of this machine: { $rule }
port25-evidence-local-drops = { $count ->
    [one] One packet was sent and did not leave this machine, as the kernel counts.
   *[other] { $count } packets were sent and did not leave this machine, as the kernel counts.
}
port25-evidence-control-reached = Port { $port } can be reached: { $operators }.
port25-evidence-control-failed = Port { $port } cannot be reached: { $operators }.
port25-evidence-dns-failed = { $problem }: { $names }.
port25-evidence-same-address = The names of unrelated operators lead to one address, { $address }: { $operators }.
port25-evidence-same-greeting = Mail servers of unrelated operators greet with one name, { $name }: { $operators }.
port25-evidence-foreign-name = Greetings with a name that is not the operator's ({ $name }): { $operators }.
port25-evidence-foreign-certificate = Certificates that are not the operator's ({ $names }): { $operators }.
port25-evidence-untrusted-certificates = Certificates for the right names, but from an unknown authority: { $operators } ({ $problem }).
port25-evidence-tls-broken = Encryption is offered and fails: { $operators } ({ $problem }).
port25-evidence-starttls-missing = Encryption (STARTTLS) is not offered, although it is known to be there: { $operators }.
port25-evidence-masked = Offers are written over ("{ $text }"), as some firewalls do: { $operators }.
port25-evidence-canary-answered = A mail server answers at { $address }, where none can be.
port25-evidence-slow = Connected only after the first attempts were lost: { $operators }.
port25-evidence-no-route = There is no route to the Internet for this address family.
port25-evidence-source-unavailable = The source address is not on this machine.
port25-evidence-too-few = { $count ->
    [0] No operator's mail server could be asked.
    [one] Only one operator's mail server could be asked.
   *[other] Only { $count } operators' mail servers could be asked.
}

port25-icmp-prohibited = "Administratively prohibited" from { $router } (ICMP { $type }/{ $code })
port25-icmp-port = "Port unreachable" from { $router } (ICMP { $type }/{ $code })
port25-icmp-unreachable = "Unreachable" from { $router } (ICMP { $type }/{ $code })
port25-icmp-other = An ICMP error from { $router } (ICMP { $type }/{ $code })
port25-icmp-unknown-router = an unknown router
port25-icmp-this-host = this machine

port25-dns-timeout = The name servers did not answer
port25-dns-server-failure = The DNS lookup failed
port25-dns-bogus = The signatures of the answers (DNSSEC) are wrong
port25-dns-no-such-name = The name servers say that these names do not exist, although they must
port25-dns-no-records = The name servers know no addresses for these names, although there must be some

port25-where-heading = Where:
port25-where-nobody = The way looks the same on port 25 and on port { $port }; it does not show who filters.
port25-where-between = Port 25 is answered up to { $last }, and no further. On port { $port } the next is { $next }. One of the two filters.
port25-where-after = Port 25 is answered up to { $last }, and no further. It filters, or what comes right behind it does.
port25-where-first = Port 25 is silent already before the first router; on port { $port } the first is { $next }. That router filters, or this machine does.
port25-where-router = { $router } says that it does not let port 25 pass.
port25-where-impostor = Port 25 is answered at { $router }, which is only a router on the way for port { $port }.
port25-where-this-host = This machine itself.
port25-where-hop-named = { $address } ({ $name }, hop { $hop })
port25-where-hop = { $address } (hop { $hop })
port25-where-hop-unknown = a router that does not say its address (hop { $hop })
port25-hops-heading = The route to { $target }:
port25-hops-hop = hop
port25-hops-port = port { $port }
port25-hops-silent = Hops { $first } to { $last }: silence.
port25-hop-connected = connected
port25-hop-reset = refused
port25-hop-silence = silence
port25-hop-failed = not sent
port25-hop-router = a router without address

port25-targets-heading = The servers that were asked:
port25-outcome-connected = reached
port25-outcome-greeted-tls = greets as { $name }, { $tls }
port25-outcome-greeted-clear = greets as { $name }, no encryption
port25-outcome-tls-failed = greets as { $name }, encryption fails: { $problem }
port25-outcome-rejected = does not want us: { $code } { $text }
port25-outcome-silent = connected, then silent
port25-outcome-broken = connected, then broken off: { $problem }
port25-outcome-unanswered = no answer
port25-outcome-reset = refused
port25-outcome-icmp = { $icmp }
port25-outcome-local-refusal = refused by this machine (error { $code })
port25-outcome-no-route = no route
port25-outcome-source-unavailable = the source address is not on this machine
port25-outcome-dns = { $problem }
port25-outcome-failed = failed: { $problem }
port25-outcome-canary-quiet = nobody there, as it must be
port25-target-canary = (nobody)
port25-progress-resolved = { $count ->
    [one] One server will be asked.
   *[other] { $count } servers will be asked.
}
port25-progress-searching = { $path }: searching the routers on the way …

port25-advise-needed-own-mta = You need port 25: mail that this machine delivers itself goes to the port 25 of every receiver.
port25-advise-needed-application = You need port 25: an application here delivers mail by itself, without a relay.
port25-advise-not-needed-relay = You do not need port 25: everything here goes to a relay ({ $relay }), which delivers it.
port25-advise-not-needed-clients = You do not need port 25: mail programs hand their mail to their provider on port 587 or 465.
port25-advise-not-needed-relay-unnamed = You do not need port 25: everything here goes to a relay, which delivers it.
port25-advise-unsure = It cannot be said whether you need port 25: nothing was found here that sends mail, and nothing was said about what is planned.
port25-advise-reason-heading = Why:
port25-advise-reason-wants-own = you want to run a mail server of your own
port25-advise-reason-wants-relay = you want mail to go through a relay
port25-advise-reason-clients = only mail programs are used here
port25-advise-reason-application = an application delivers directly
port25-advise-reason-mta = { $program } is set up on this machine ({ $place })
port25-advise-reason-mta-relay = { $program } is set up on this machine and hands everything to { $relay } ({ $place })
port25-advise-reason-forwarder = { $program } hands mail to { $relay } ({ $place })
port25-advise-reason-connection = { $program } has a connection to port 25 of { $remote }
port25-advise-reason-listener = { $program } listens on port { $port }
port25-advise-way-heading = The way:
port25-advise-way-needed =
    1. Probe it: `postamt port25 check`.
    2. If it is blocked, have it opened by your provider, and use a relay until then: `postamt relay add`.
    3. Mind the address: a name of its own (PTR) and SPF, DKIM and DMARC, or the mail is not wanted.
port25-advise-way-not-needed =
    1. Enter your provider's server for outgoing mail, with login: port 465 with TLS, or port 587 with STARTTLS.
    2. Leave port 25 closed; that also keeps malware on this machine from sending spam.
port25-advise-way-unsure = Say what is planned: `postamt port25 advise --plan own-server`, `application`, `relay` or `clients`.
port25-advise-question =
    What shall send mail here?
      1  a mail server of my own that delivers to everybody
      2  an application that delivers by itself
      3  everything goes through a relay
      4  only mail programs (Outlook, Thunderbird, a phone)
    Number:
port25-targets-unreadable = The list of targets { $file } cannot be used: { $error }
