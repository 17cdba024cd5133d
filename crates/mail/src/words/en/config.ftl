# Sentences of `config`. The same ids and variables stand in the other language's file.

config-file-missing = there is no such file. `postamt config example` prints one to start from; `--config FILE` names another.
config-file-unreadable = the file cannot be read: { $error }
config-syntax = this is not TOML: { $error }
config-set-twice = `{ $key }` is already set in { $first }. Set it in one place only.
config-unknown-key = there is no setting `{ $key }`. `postamt config example` shows all of them.
config-unknown-key-nearest = there is no setting `{ $key }`. Did you mean `{ $nearest }`?
config-missing-key = `{ $key }` must be set, for example `{ $example }`.
config-wrong-value = `{ $key }` is { $seen }, but must be { $expected }.
config-problems = { $count ->
    [one] One fault in the configuration. Mend it and run `postamt config check` again.
   *[other] { $count } faults in the configuration. Mend them and run `postamt config check` again.
}
config-good = The configuration is good ({ $files }).

config-expected-section = a section, written `[name]`
config-expected-sections = a section that may stand several times, written `[[name]]`
config-expected-list = a list, written `["…", "…"]`
config-expected-text = a text in quotes that is not empty
config-expected-boolean = true or false
config-expected-number = a whole number from 0
config-expected-hour-and-day = two whole numbers from 0, for an hour and for 24 hours, such as [200, 1000]
config-expected-count = a whole number from 1
config-expected-port = a port number from 1 to 65535
config-expected-domain = a full host name such as "mail.example.org"
config-expected-domain-pattern = a domain such as "example.org", or "*.example.org" for all below it
config-expected-address = a mail address such as "name@example.org"
config-expected-ip = an IP address such as "192.0.2.25"
config-expected-ip-port = an IP address with a port such as "192.0.2.25:587" or "[2001:db8::25]:587"
config-expected-path = a path from the root, beginning with /
config-expected-network = a network such as "192.0.2.0/24", with no bit set behind the prefix
config-expected-host-port = a host with a port such as "127.0.0.1:24"
config-expected-web-address = an address on the web such as "https://rdap.example.org/"
config-expected-null-sender = true, false or a mail address such as "bounces@example.org"
config-expected-leaks = an address such as "https://api.pwnedpasswords.com/range/", with a slash at its end
config-expected-acme = "letsencrypt", "letsencrypt-staging" or the address of an ACME directory such as "https://ca.example.org/acme/directory"
config-expected-https = an https address such as "https://example.org/file"
config-expected-notice-key = an Ed25519 public key: 32 octets in base64, 44 characters
config-expected-route = "direct", "relay:NAME", "discard" or "hold"
config-expected-route-detour = false or "relay:NAME"
config-expected-service = where a service is: "unix:/PATH" or "HOST:PORT", such as "unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310"
config-expected-rspamd = the address of an Rspamd such as "http://127.0.0.1:11333"
config-expected-rspamd-action = an action of Rspamd and what it does, such as "reject = hold"; actions are reject, soft reject, add header, rewrite subject and greylist, and each does accept, mark, hold, defer or reject
config-expected-milter = where a milter listens: "unix:/PATH" or "inet:PORT@HOST", such as "unix:/run/opendkim/opendkim.sock" or "inet:8891@localhost"
config-expected-one-of = one of { $choices }

config-wide-network = `{ $key }` has { $seen }, a network of many millions of hosts of others that could send mail as you. Networks from /8 (IPv6: from /16) are allowed; name only those that are yours.
config-whole-internet = `{ $key }` has { $seen }, which is the whole Internet: anybody could send mail as you. Name the networks that are yours.
config-local-domain-target = the local domain { $domain } needs exactly one of `maildir`, `lmtp` and `host`.
config-route-relay = the route leads to the relay "{ $name }", but there is no [[relay]] of that name. `postamt relay add` makes one.
config-route-detour = `detour` counts only with `to = "direct"`: no other route uses port 25.
config-port25-relay = `port25.relay` names the relay "{ $name }", but there is no [[relay]] of that name. `postamt relay add` makes one.
config-relay-twice = there is a relay "{ $name }" already, in { $first }. Each needs a name of its own.
config-relay-login = the relay "{ $name }" has only one of `login` and `password_file`. Set both, or neither.
config-no-domains = `server.domains` is empty. Name at least the domain that you send from.
config-certificate-pair = `tls.certificate` and `tls.key` belong together. Set both, or neither for a self-signed pair.
config-dns-provider-pair = `dns.provider` and `dns.provider_token_file` belong together. Set both, or neither.
config-updates-pair = `updates.url` and `updates.key` belong together: the file counts only as far as the key has signed it. Set both, or neither.
config-dns-publisher = zones are changed either with `dns.update_key` or through `dns.provider`. Set one of them.
config-acme-or-files = `tls.acme` and `tls.certificate` exclude each other: a certificate comes from the authority by itself, or from files. Set one of them.
config-postmaster-target = `postmaster.maildir` and `postmaster.forward` exclude each other. Set one of them.
config-no-waits = `retry.waits_secs` is empty. Name at least one wait.
config-no-family = `outgoing.ipv4` and `outgoing.ipv6` are both false: no mail could leave. Set one of them to true.
config-password-unreadable = the password file { $file } cannot be read: { $detail }. It must belong to the server's user.
config-password-open = the password file { $file } can be read by others (mode { $detail }). Run `chmod 600` on it.
config-password-empty = the first line of the password file { $file } is empty; the password must stand there.{ $detail }
config-acme-binding = the file { $file } of `tls.acme_binding` must hold one line ID:KEY, as the authority gave them out, the key in base64.
config-roots-unreadable = the trust anchors in { $file } cannot be used: { $detail }. The file must hold PEM certificates.
