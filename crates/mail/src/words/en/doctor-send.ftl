# The steps of `doctor send-test`, a delivery that is rehearsed and ends before the message.

doctor-send-demand-dane = TLS must be vouched for by DANE
doctor-send-demand-sts = TLS must fit the MTA-STS policy
doctor-send-demand-none = TLS where it is offered
doctor-send-route = Mail to { $about } goes by the route: { $kind ->
    [direct] direct to { $name }
    [relay] relay { $name }
    [local] local { $name }
    [postmaster] postmaster
    [discard] discarded
    [hold] held
   *[other] { $route }
} ({ $rule ->
        [0] no rule says otherwise
       *[other] rule { $rule } of the configuration
    }).
doctor-send-port25-closed = Port 25 is closed for this server: { $relays ->
        [0] no relay takes direct mail meanwhile.
       *[other] direct mail takes the detour by the relay { $relay }.
    }
doctor-send-port25-closed-expected = Port 25 is open, and mail goes to the recipients' servers itself.
doctor-send-port25-closed-now = The test goes the way that mail goes. What closes the port, and who opens it:
doctor-send-port25-limited = Not every way out is open; this test takes one that is.
doctor-send-port25-limited-now = Look at the ways out:
doctor-send-provider-by-relay = The operator has decided that mail for { $about } goes by the relay { $relay }.
doctor-send-provider-by-relay-now = Nothing; `postamt relay only` shows and ends it.
doctor-send-hosts = { $count ->
        [one] One mail host takes mail for { $about }.
       *[other] { $count } mail hosts take mail for { $about }, the preferred ones first.
    }
doctor-send-no-host = Mail to { $about } has nowhere to go; it would come back at once.
doctor-send-no-host-expected = A domain that names its mail hosts (MX), or has an address.
doctor-send-no-host-now = Check the spelling behind the @. If it is right, the domain takes no mail.
doctor-send-dns-failed = Where mail to { $about } goes could not be found out: DNS did not answer.
doctor-send-dns-failed-now = Try again; `postamt doctor --only dns` looks at the name servers.
doctor-send-dnssec = The names of the mail hosts are proven by DNSSEC, so that their TLSA records count (DANE).
doctor-send-no-dnssec = The names of the mail hosts are not proven by DNSSEC; DANE does not apply.
doctor-send-policy = The domain has an MTA-STS policy: { $mode }.
doctor-send-no-policy = The domain has no MTA-STS policy.
doctor-send-host-not-permitted = The MTA-STS policy of the domain does not name its mail host { $about }.
doctor-send-host-not-permitted-expected = Every MX host stands in the policy.
doctor-send-host-not-permitted-now = Only the recipient's domain can mend that. Under `enforce` this host is not used.
doctor-send-way = It takes this way: { $way }
doctor-send-connected = { $about } takes the connection ({ $demand }; we call ourselves { $name }).
doctor-send-not-connected = { $about } was of no use: { $reason }
doctor-send-not-connected-expected = Every mail host takes connections.
doctor-send-not-connected-now = If another host takes the mail, nothing need be done. If none does, `postamt port25 check` tells whether it lies here.
doctor-send-greeting = { $about } greets; we come from { $source }.
doctor-send-offers = { $about } offers:
doctor-send-tls-verified = The connection is encrypted, and the certificate is good ({ $by }).
doctor-send-tls-not-verified = The connection is encrypted, but the certificate proves nothing: { $problem }
doctor-send-tls-not-verified-now = Nothing: nobody demands more of this domain, and encryption without proof is better than none.
doctor-send-no-tls = The connection is not encrypted.
doctor-send-no-tls-now = Nothing can be done here; the receiving server does not offer it, or its TLS failed.
doctor-send-tls-downgraded = { $about } offers no TLS, although the domain has always had it. Somebody on the way may be taking it out; mail would wait.
doctor-send-tls-downgraded-expected = TLS, as before.
doctor-send-tls-downgraded-now = Ask the recipient's side by another way. If it has really given up TLS: `postamt tls forget DOMAIN`.
doctor-send-mail = The sender { $about } is taken.
doctor-send-mail-refused = The sender { $about } is refused.
doctor-send-mail-refused-expected = 250
doctor-send-mail-refused-now = Read the answer; what it means is below where Postamt knows it.
doctor-send-recipient = The recipient { $about } is taken.
doctor-send-recipient-refused = The recipient { $about } is refused.
doctor-send-recipient-refused-expected = 250
doctor-send-recipient-refused-now = Read the answer; what it means is below where Postamt knows it.
doctor-send-refusal-explained = { $reason }
doctor-send-refusal-explained-now = { $fault } { $remedy }
doctor-send-done = The rehearsal ended before the message, with RSET and QUIT: nothing was sent. What the server says to a message itself is not known.
doctor-send-held = A rule holds such mail until it is released.
doctor-send-held-now = `postamt queue release ID` lets it go on.
doctor-send-discarded = A rule drops such mail.
doctor-send-discarded-now = Change the rule if that is not meant.
doctor-send-mailbox = Such mail ends in a mailbox of this host; nobody is asked for it.
doctor-send-unknown-way = What the route names is not configured: { $route }
doctor-send-unknown-way-expected = A relay or mailbox of that name.
doctor-send-unknown-way-now = Mend the configuration: `postamt config check`.
doctor-send-waits = This mail may not go directly now, and no relay takes it: it would wait.
doctor-send-waits-expected = An open port 25, or a relay that takes the mail: that of [port25], or the one that you have named for this provider.
doctor-send-waits-now = Have the port opened (`postamt port25 request` writes the letter), set up a relay, or mend the one that there is (`postamt relay test`). How things stand:
doctor-send-no-connection = No mail host took the connection; mail to { $about } would wait and be tried again.
doctor-send-no-connection-expected = A mail host that speaks to us.
doctor-send-no-connection-now = See above why each one was of no use. `postamt port25 check` tells whether it lies at this host.
doctor-send-broken = The conversation broke off.
doctor-send-broken-expected = Answers to MAIL and RCPT.
doctor-send-broken-now = Try again. If it happens with every host, something on the way interferes: `postamt port25 check`.
