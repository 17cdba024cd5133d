# Sentences of `relay`. The same ids and variables stand in the other language's file.

relay-added = The relay "{ $name }" is in { $file }. Try it with `postamt relay test { $name }`, then run `systemctl reload postamt`.
relay-route-missing = No route leads to it yet. Add one to the configuration: [[route]] with to = "relay:{ $name }", or use `--default-route`.
relay-exists = There is a relay "{ $name }" already. Change it in { $file }.
relay-file-exists = { $file } exists already and is left as it is. Remove it, or choose another name.
relay-bad-name = "{ $name }" cannot be the name of a relay: use letters, digits and hyphens.
relay-write = { $file } cannot be written: { $error }
relay-none = There are no relays. `postamt relay add PROVIDER` or `postamt relay add HOST` makes one.
relay-line = { $name }  { $host }:{ $port }  { $tls }  login { $login }
relay-quota-used = Quota: { $used } of { $limit } messages in the last 24 hours.
relay-quota-full = Quota used up: { $used } of { $limit } messages in the last 24 hours. Others wait, until { $until } at least.
relay-quota-none = Messages handed over in the last 24 hours: { $used }; no quota is set.
relay-quota-limit = Quota: { $limit } messages in 24 hours; how many there were, only the running server knows.
relay-unknown = There is no relay "{ $name }". `postamt relay list` shows those there are.
relay-password-prompt = Password of { $login } at { $host }:
relay-clear-text = CAUTION: with `tls = "none"` mail and password go over the network in plain text. Use it only on the same machine or network.
relay-bad-address = "{ $text }" is not a mail address such as "name@example.org".
relay-test-sent = A test message was handed over; the relay says: { $reply }
relay-test-not-sent = The test message was not taken: { $reply }
relay-test-host = Relay: { $host }, reached at { $address }
relay-test-greeting = It greets: { $reply }
relay-test-tls = Encryption: { $tls }
relay-test-certificate-good = Its certificate is good.
relay-test-certificate-bad = Its certificate is not good: { $problem }
relay-test-login = Logged in by { $mechanism }.
relay-test-offers = It offers: { $offers }
relay-test-mail = Sender { $sender }: { $reply }
relay-test-recipient = Recipient { $recipient }: { $reply }
relay-test-good = The relay "{ $name }" would take this mail. Nothing was sent.
relay-test-failed = The relay does not take this mail: { $failure }. Check host, port, `tls`, login and password; ask the provider if all of them are right.

# What is known of the provider.
relay-unknown-provider = "{ $what }" is neither a known provider nor a host name. Known are: { $known }. Otherwise name the host, as in `postamt relay add smtp.example.org`.
relay-region-missing = { $provider } has a host of its own for each region ({ $host }). Name the region: `postamt relay add { $id } --region REGION`.
relay-login-missing = { $provider } wants a login. Give its name with `--login NAME`; the password is asked for.
relay-password-without-login = `--password-stdin` needs `--login NAME` as well.
relay-login-api-key = The password is an API key with the right to send, from the console of { $provider }.
relay-login-token = Name and password are the same server token, from the console of { $provider }.
relay-login-key-pair = The name is the public and the password the secret API key of { $provider }.
relay-login-credential = Name and password are SMTP credentials made in the console of { $provider }; the password of the account does not count.
relay-login-account = Name and password are those of the mail account at { $provider }.
relay-spf-add = SPF of { $domain }: its TXT record needs "{ $mechanism }" in front of `all`. Where there is no record yet:
relay-spf-return-path = SPF: { $provider } puts an envelope sender of its own on. "{ $mechanism }" belongs to the subdomain that the provider shows for it, not to the domain itself.
relay-spf-nothing = SPF: { $provider } needs no record.
relay-spf-unknown = SPF: what { $provider } needs is not known here. The provider's console shows it.
relay-provider-key = DKIM: { $provider } signs with your domain as well, once the records that its console shows are published.
relay-key-publish = DKIM of { $domain }: the record of the key that signs on this way must be published:
relay-key-none = DKIM of { $domain }: no key signs on this way. `postamt dkim new { $domain }` makes one.
relay-verified-senders = The provider takes only senders that are verified there: register each domain.
relay-facts-undated = What is known of { $provider } has no date; source: { $source }
relay-facts = What is known of { $provider } is of { $seen }; source: { $source }

# What the test finds.
relay-found-reached = The relay lets us in, at { $address }.
relay-found-other-port = Port { $before } does not answer, port { $port } does. With port = { $port } in the configuration it is tried first.
relay-found-unresolved = The name of the relay cannot be looked up: { $problem }. Check `host` and the name servers.
relay-found-unreached = No port of the relay can be reached: { $problem }. Where the hoster closes 587 and 465, a relay with port 2525 or 443 helps.
relay-found-unwilling = The relay ends the conversation: { $problem }
relay-found-insecure = Encryption fails: { $problem }. Check `port` and `tls`; if the certificate does not fit, somebody may be listening.
relay-found-login-refused = The login fails: { $problem }. Check `login` and the password.
relay-found-sender-good = It takes mail of { $domain }.
relay-found-sender-later = It does not take mail of { $domain } now: { $reply }. Try again later.
relay-found-sender-refused = It refuses mail of { $domain }: { $reply }. The domain must be registered and verified with the provider.
relay-found-null-taken = It takes the empty sender of failure notices.
relay-found-null-replaced = It does not take the empty sender of failure notices ({ $reply }); they go out with an address of our own.
relay-found-null-refused = It does not take the empty sender of failure notices ({ $reply }). With null_sender = false they go out with postmaster@ our domain.
relay-found-spf-good = SPF of { $domain } lets the relay send: { $term }
relay-found-spf-not-needed = SPF of { $domain } is not asked on this way: the relay puts an envelope sender of its own on.
relay-found-spf-missing = SPF of { $domain } does not let the relay send. This would be right:
relay-found-spf-none = { $domain } has no SPF record.
relay-found-spf-unclear = Whether SPF of { $domain } lets the relay send cannot be said from here. The provider names the record that is needed.
relay-found-spf-several = { $domain } has several SPF records; receivers then ignore all of them. Join them into one.
relay-found-spf-lookups = SPF of { $domain } needs more than 10 look-ups; receivers ignore the record. Take out what is not needed any more.
relay-found-spf-void = SPF of { $domain } points to { $name }, which has no record; receivers then ignore all of it.
relay-found-spf-syntax = SPF of { $domain } contains "{ $term }", which is no valid term; receivers ignore the record.
relay-found-key-good = The DKIM record { $name } is published.
relay-found-key-missing = The DKIM record { $name } is missing. To be published:
relay-found-key-different = At { $name } there is another DKIM key. This would be right:
relay-found-dmarc-good = DMARC of { $domain } passes on this way, by { $proof }.
relay-found-dmarc-likely = DMARC of { $domain } should pass on this way, by { $proof }; whether the relay changes signed fields is not known.
relay-found-dmarc-setup = DMARC of { $domain } passes on this way only once everything is set up with the provider, by { $proof }.
relay-found-dmarc-unknown = Whether DMARC of { $domain } passes on this way cannot be said from here; { $policy }.
relay-found-dmarc-fails = DMARC of { $domain } fails on this way; { $policy }. A DKIM key with a published record helps.
relay-proof-ours = our own DKIM signature
relay-proof-theirs = the provider's DKIM signature with your domain
relay-proof-spf = SPF
relay-policy-none-published = no policy was found
relay-policy-none = the policy demands nothing
relay-policy-quarantine = the policy sends such mail to spam
relay-policy-reject = the policy has such mail refused
relay-found-dns = DNS gave no answer about { $domain }: { $problem }
relay-found-size = It takes mail of up to { $theirs } MB, this server of up to { $ours } MB; larger mail would come back.
relay-found-quota = Quota ({ $plan }): { $day } messages a day, { $month } a month.
relay-found-quota-day = Quota ({ $plan }): { $day } messages a day.
relay-found-quota-month = Quota ({ $plan }): { $month } messages a month.
relay-found-quota-set = Quota by the configuration: { $day } messages in 24 hours.
relay-found-quota-unknown = Its quota is not known here; the provider names it.
relay-plan-free = in the free plan
relay-plan-sandbox = in the sandbox, to verified recipients only
relay-plan-default = at the beginning
relay-test-not-usable = The relay "{ $name }" would take mail, but it would not arrive well: first mend what is marked [!!]. Until then no mail is moved to this relay.

relay-only-none = No provider's mail goes by a relay of its own.
relay-only-line = { $provider }: mail goes by the relay { $relay }, since { $since }. The direct way is tried again on { $next }. `postamt relay only { $word } --end` ends it.
relay-only-trial = { $provider }: a few messages try the direct way, since { $since }; the others go by the relay { $relay }. It was due { $next }. `postamt relay only { $word } --end` ends it.
relay-only-refused = The last trial was refused: { $reply }
relay-only-decided = Mail for { $provider } ({ $word }) goes by the relay { $relay } from now on, since { $since }. On { $next } a few messages try the direct way; if they are taken, all goes directly again.
relay-only-ended = Mail for { $provider } ({ $word }) goes directly again, since { $since }. It went by the relay { $relay }; the next trial would have been on { $next }.
relay-only-offer = If you wish, only the mail for { $provider } goes by the relay { $relay } until the provider takes it again: postamt relay only { $word } --relay { $relay }
relay-only-not-a-provider = "{ $provider }" is neither a provider that is known (microsoft, google, yahoo, …) nor a domain.
relay-only-no-relay = The running server knows no relay "{ $relay }". `postamt relay list` shows those in the configuration; the server reads it anew on SIGHUP.
relay-only-unfit = The relay { $relay } does not take it, since it failed its preflight: { $finding } `postamt relay test { $relay }` says more.
relay-only-not-decided = The mail for { $provider } does not go by a relay.
relay-only-none-set-up = There is no relay yet. `postamt relay add` sets one up.
relay-only-which = There are several relays. Please name one with --relay.
