# Sentences of `relay`. The same ids and variables stand in the other language's file.

relay-added = The relay "{ $name }" is in { $file }. Try it with `postamt relay test { $name }`, then run `systemctl reload postamt`.
relay-route-missing = No route leads to it yet. Add one to the configuration: [[route]] with to = "relay:{ $name }", or use `--default-route`.
relay-exists = There is a relay "{ $name }" already. Change it in { $file }.
relay-file-exists = { $file } exists already and is left as it is. Remove it, or choose another name.
relay-bad-name = "{ $name }" cannot be the name of a relay: use letters, digits and hyphens.
relay-write = { $file } cannot be written: { $error }
relay-none = There are no relays. `postamt relay add NAME --host HOST` makes one.
relay-line = { $name }  { $host }:{ $port }  { $tls }  login { $login }
relay-unknown = There is no relay "{ $name }". `postamt relay list` shows those there are.
relay-password-prompt = Password of { $login } at { $host }:
relay-clear-text = CAUTION: with `tls = "none"` mail and password go over the network in plain text. Use it only on the same machine or network.
relay-bad-address = "{ $text }" is not a mail address such as "name@example.org".
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
