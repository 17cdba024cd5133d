# Sentences of the letter that asks a provider to open port 25, and of what is said beside it. The same ids and variables
# stand in the other language's file.

letter-list = { $first } and { $last }
letter-pair = { $address } ({ $name })
letter-blank = [{ $what }]
letter-blank-name = your name
letter-blank-customer = customer or contract number
letter-blank-server = server ID
letter-blank-field = please fill in

letter-subject = Request to open outbound port 25 for { $host }
letter-subject-prescribed = Unblock port 25 for my server with { $server }
letter-subject-line = Subject: { $subject }
letter-form-subject = Subject
letter-form-text = Message
letter-greeting = Dear Sir or Madam,
letter-opening-own-mta = { $count ->
    [0] I run my own mail server on { $host }.
    [one] I run my own mail server on { $host } for the domain { $domains }.
   *[other] I run my own mail server on { $host } for the domains { $domains }.
}
letter-opening-application = { $count ->
    [0] My server { $host } runs an application that delivers its own email directly to the recipients’ mail servers.
    [one] My server { $host } runs an application that sends email from the domain { $domains } and delivers it directly to the recipients’ mail servers.
   *[other] My server { $host } runs an application that sends email from the domains { $domains } and delivers it directly to the recipients’ mail servers.
}
letter-addresses = { $number ->
    [one] Email is sent from the address { $addresses }.
   *[other] Email is sent from the addresses { $addresses }.
}
letter-description = Purpose: { $text }.
letter-request = { $number ->
    [0] I would like to ask you to allow outbound connections to TCP port 25 for my server.
    [one] I would like to ask you to allow outbound connections to TCP port 25 for this address.
   *[other] I would like to ask you to allow outbound connections to TCP port 25 for these addresses.
}
letter-terms = Please also let me know on what terms this is possible and whether you need any further information.
letter-why-own-mta = The server delivers email directly to the recipients’ mail servers, which accept email from other servers on port 25 only.
letter-why-application = The application delivers its email directly to the recipients’ mail servers, which accept email from other servers on port 25 only.
letter-not-relay-own-mta = Ports 587 and 465 are meant for authenticated users who submit email to their own provider; they are not intended for delivery to other organisations’ mail servers. A relay would be technically possible, but a third party would then process every message, and delivery would depend on that party’s limits and reputation. I would therefore like to deliver directly.
letter-not-relay-application = Ports 587 and 465 are meant for authenticated users who submit email to their own provider; they are not intended for delivery to other organisations’ mail servers. A relay would be technically possible, but a third party would then process every message that the application sends, and delivery would depend on that party’s limits and reputation. I would therefore like to deliver directly.
letter-use-own-mta = { $count ->
    [0] My own mail server on { $host }
    [one] My own mail server on { $host } for the domain { $domains }
   *[other] My own mail server on { $host } for the domains { $domains }
}
letter-use-application = { $count ->
    [0] Email from an application on { $host }
    [one] Email from an application on { $host }, sent from the domain { $domains }
   *[other] Email from an application on { $host }, sent from the domains { $domains }
}
letter-kind-own-mta = { $count ->
    [0] Email from my own mail server on { $host }
    [one] Email from my own mail server on { $host }, sent from the domain { $domains }
   *[other] Email from my own mail server on { $host }, sent from the domains { $domains }
}
letter-volume-measured = Over the past { $days } days, the server accepted between { $low } and { $high } messages per day for delivery, not counting days without any.
letter-volume-even = { $high ->
    [one] Over the past { $days } days, the server accepted one message per day for delivery, not counting days without any.
   *[other] Over the past { $days } days, the server accepted { $high } messages per day for delivery, not counting days without any.
}
letter-volume-one-day = { $high ->
    [one] Over the past { $days } days, the server accepted one message for delivery.
   *[other] Over the past { $days } days, the server accepted { $high } messages for delivery, all on the same day.
}
letter-volume-stated = Expected volume: { $text }.

letter-fields-heading = Details for your review:
letter-field-abuse-answer = Abuse reports
letter-field-address-kind = Kind of address
letter-field-addresses = IP addresses
letter-field-authentication = SPF and DKIM
letter-field-category = Category of use
letter-field-cause = Cause
letter-field-contract-number = Server or contract number
letter-field-dns-proof = DNS records
letter-field-domains = Domains
letter-field-fix = Measures taken
letter-field-forward-record = A and AAAA records
letter-field-mail-host = Mail server name
letter-field-mail-kind = Kind of email
letter-field-no-bulk = No bulk email
letter-field-no-open-relay = No open relay
letter-field-not-listed = Blocklists
letter-field-prescribed-sentence = Anti-spam statement
letter-field-prevention = Measures against unwanted email
letter-field-proof-of-identity = Proof of identity
letter-field-region = Region
letter-field-reverse-names = Requested PTR names
letter-field-reverse-record = Reverse DNS
letter-field-sample-message = Sample message
letter-field-server = Server name
letter-field-software = Software
letter-field-spf-dkim-dmarc = SPF, DKIM and DMARC
letter-field-terms = Terms of service
letter-field-use-case = Use case
letter-field-users = Number of users
letter-field-volume = Volume
letter-field-who-you-are = Name
letter-field-why-not587 = Why ports 587 and 465 are not sufficient
letter-field-why-port25 = Why outbound port 25 is needed

letter-state-heading = Status of the server, checked on { $time }:
letter-claim-block = As measured on { $time }, outbound connections to TCP port 25 do not reach the recipients’ mail servers.
letter-claim-control = { $number ->
    [one] Connections to other ports of the same operators succeed (port { $ports }), so the network connection in general is not the cause.
   *[other] Connections to other ports of the same operators succeed (ports { $ports }), so the network connection in general is not the cause.
}
letter-claim-reverse = { $count ->
    [one] The PTR record, the corresponding A or AAAA record and the HELO name match: { $pairs }.
   *[other] The PTR records, the corresponding A or AAAA records and the HELO name match: { $pairs }.
}
letter-claim-spf = { $count ->
    [one] An SPF record that authorises this server to send is published for { $names }.
   *[other] SPF records that authorise this server to send are published for { $names }.
}
letter-claim-dkim = { $count ->
    [one] Outgoing email is signed with DKIM, and the public key is published in DNS.
   *[other] Outgoing email is signed with DKIM, and the public keys are published in DNS.
}
letter-claim-dkim-application = { $count ->
    [one] The public DKIM key is published in DNS.
   *[other] The public DKIM keys are published in DNS.
}
letter-claim-dmarc = { $count ->
    [one] A DMARC policy is published for { $names }.
   *[other] DMARC policies are published for { $names }.
}
letter-claim-listed = The server is on none of the blocklists that were queried.
letter-claim-relay = { $number ->
    [0] The server is not an open relay, as a self-test has confirmed.
    [one] The server is not an open relay: in a self-test, the attempt to relay without authentication was rejected.
   *[other] The server is not an open relay: in a self-test, all { $number } attempts to relay without authentication were rejected.
}
letter-claim-login = From outside, only users who authenticate over an encrypted connection can send email through the server.
letter-claim-tls = The server’s TLS certificate is valid.
letter-claim-pacing = { $number ->
    [one] The server opens no more than one connection at a time to the mail servers of any one provider, and slows down automatically when a provider asks it to.
   *[other] The server opens no more than { $number } connections at a time to the mail servers of any one provider, and slows down automatically when a provider asks it to.
}
letter-claim-rate = { $number ->
    [one] No more than one message per minute is sent to the mail servers of any one provider.
   *[other] No more than { $number } messages per minute are sent to the mail servers of any one provider.
}
letter-claim-bounces = Messages that are permanently rejected are not retried; the sender receives a non-delivery notice.
letter-claim-abuse = The postmaster@ and abuse@ addresses of { $names } accept email.
letter-claim-updates = All available security updates are installed.

letter-promises-heading = In addition, I can assure you of the following:
letter-promise-consent = I do not send unsolicited advertising. Mailing lists go only to recipients who have opted in, and they can unsubscribe at any time.
letter-promise-complaints = I follow up on complaints without delay and stop sending to addresses that fail permanently.
letter-promise-abuse-answer = I answer abuse reports within 24 hours.
letter-promise-updates = I keep the operating system and the mail software up to date.
letter-promise-terms = I comply with your terms of service.
letter-closing = I will gladly answer any questions and provide further evidence. Thank you for your help.
letter-regards = Kind regards,
letter-customer = Customer number: { $number }

letter-annex-heading = Technical annex
letter-annex-probe = Measurement of port 25, { $path }, { $time }:
letter-annex-last-router = Last router that answers on the way to port 25: { $router }.
letter-annex-next-router = Next router, which answers only on the way to port { $port }: { $router }.
letter-annex-proofs = Evidence for the state of the server, { $time }:

letter-topic-block = the block of port 25
letter-topic-control = that other ports can be reached
letter-topic-reverse = PTR record and HELO name
letter-topic-spf = SPF
letter-topic-dkim = DKIM
letter-topic-dmarc = DMARC
letter-topic-listed = blocklists
letter-topic-relay = that the server is no open relay
letter-topic-login = that only authenticated users send
letter-topic-tls = the TLS certificate
letter-topic-pacing = how the server spares the receivers
letter-topic-rate = the limit per minute
letter-topic-bounces = what becomes of rejected messages
letter-topic-abuse = postmaster@ and abuse@
letter-topic-updates = security updates

letter-remedy-ground = Mend { $finding } first: `postamt doctor` says how.
letter-remedy-source = According to the configuration, this server does not send directly, or its address is not known: check `[[route]]` and `[[source]]`.
letter-remedy-login = Ask for a login from these networks as well: take `relay_networks` out of the configuration.
letter-login-networks = These may send without a login: { $networks }.
letter-control-unknown = It is not known whether other ports can be reached.

letter-score-heading = What providers look at:
letter-score-reverse = PTR record for each address
letter-score-forward = PTR name that leads back and is the HELO name
letter-score-spf = SPF
letter-score-dkim = DKIM
letter-score-dmarc = DMARC
letter-score-listed = Blocklists
letter-score-relay = Protection against relaying without a login
letter-score-abuse = postmaster@ and abuse@
letter-state-ok = ok
letter-state-missing = to mend
letter-state-unknown = unknown
letter-state-yours = for you to check
letter-needs-heading = What { $name } wants before it is asked:
letter-score-mend = First mend what could make the provider refuse: { $what }. The remedies are listed below.
letter-score-find-out = Nothing was found that would speak against asking; still unknown: { $what }. More on this is listed below.
letter-score-ready = Nothing was found that would speak against asking.
letter-promised-heading = By sending the letter you promise:
letter-promised-check = Strike out anything in the letter that you cannot or do not wish to keep.

letter-left-out-heading = The letter leaves this out because it is not proven:
letter-not-looked-at = { $count ->
    [one] It was not checked. `postamt doctor` checks it once Postamt is set up and running.
   *[other] None of these was checked. `postamt doctor` checks them once Postamt is set up and running.
}
letter-to-fill-in-heading = Only you know this; fill it in where the letter has square brackets:

letter-advice-ask = { $name }: port 25 is opened on request. The letter is below.
letter-advice-ask-in-general = It is not known what your provider does with port 25. Ask with the general letter below; if `postamt port25 providers` knows your provider, name it with `--provider`.
letter-advice-by-product = { $name }: whether port 25 is opened depends on the product. Ask with the letter below.
letter-advice-mend-then-ask = { $name }: port 25 is closed after complaints or detected spam. Find and mend the cause first; then say in the letter below what it was and what you have done.
letter-advice-not-blocked = By the measurement just made, port 25 is open: there is nothing to ask for. `--anyway` writes the letter all the same.
letter-advice-own-filter = It is not the provider that blocks port 25 but this host itself: `postamt port25 check` names the rule. `--anyway` writes the letter all the same.
letter-advice-open = { $name }: port 25 is open; there is nothing to ask for. `--anyway` writes the letter all the same.
letter-advice-open-yet-blocked = { $name }: port 25 is usually open there, but by the measurement it is blocked. Ask about it with the letter below.
letter-advice-switch = { $name }: you open port 25 yourself, and no request is needed. `--anyway` writes the letter all the same.
letter-advice-plan = { $name }: port 25 is opened only with another plan; a request alone does not help. `--anyway` writes the letter all the same.
letter-advice-never = { $name }: port 25 is not opened; a request has no prospect of success. Set up a relay (`postamt relay add`), or move to another provider. These open port 25 on request or by a switch: { $others }. `--anyway` writes the letter all the same.
