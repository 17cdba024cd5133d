# Sentences of `dns`. The same ids and variables stand in the other language's file.

dns-purpose-address = The server's name leads to its address.
dns-purpose-exchange = Mail for the domain finds this server. (If its mailboxes are elsewhere, keep the MX that leads there.)
dns-purpose-reverse = The address has the server's name (PTR). Set it where the address is rented, not in your own zone.
dns-purpose-spf = Who may send for the domain (SPF). There must be exactly one such record.
dns-purpose-dkim = Others verify the signatures with it (DKIM).
dns-purpose-dmarc = What becomes of forged mail, and where reports go (DMARC).
dns-purpose-sts = The domain has a policy for TLS (MTA-STS).
dns-purpose-sts-host = Where that policy is fetched from (MTA-STS).
dns-purpose-tls-reports = Where reports on failing TLS go (TLSRPT).
dns-purpose-dane = The server's key (DANE). It counts where the zone is signed with DNSSEC.
dns-purpose-submission = Mail programs find the port for sending.
dns-purpose-autoconfig = Thunderbird and others find the settings.
dns-purpose-autodiscover = Outlook finds the settings.
dns-purpose-authority = This authority may issue the server's certificate (CAA).

dns-state-good = [good]
dns-state-missing = [missing]
dns-state-different = [wrong]
dns-state-spreading = [not yet on all servers]
dns-state-unknown = [unknown]
dns-hint = [possible]
dns-replaces = { "  " }in place of: { $record }
dns-failure = { "  " }DNS did not answer: { $error }
dns-no-address = NOTE: No public address of this server is known. Name it with `--address`, or as `own_addresses` under `[outgoing]`.

dns-zone = Zone { $zone }
dns-type = Type
dns-name = Name
dns-ttl = TTL
dns-priority = Priority
dns-value = Value
dns-long-texts = NOTE: Values of more than 255 characters go into the form in one piece. Where it does not take them: `postamt dns records --format table --parted`.

dns-verified = DNS says all that it must.
dns-not-verified = { $count ->
    [one] One record is not as it must be.
   *[other] { $count } records are not as they must be.
}
dns-not-asked = { $count ->
    [one] One record could not be checked because DNS did not answer. Try again later.
   *[other] { $count } records could not be checked because DNS did not answer. Try again later.
}

dns-changes = Changes to the zone { $zone } ({ $by }):
dns-nothing-to-change = There is nothing to change.
dns-published = The zone { $zone } is changed.
dns-no-zone = NOTE: The zone of { $name } cannot be found; this record was left out.
dns-confirm = Change it? [y/N]
dns-confirm-yes = yes
dns-publish-yes = Nothing was changed: nobody can be asked here. With `--yes` it is changed without asking.
dns-not-published = Nothing was changed.
dns-publish-failed = The zone { $zone } was not changed: { $error }
dns-not-taken = The server accepted the change, but its answers do not show all of it.
dns-no-publisher = Nobody may change the zones yet: name your DNS provider as `provider` and the file with its token as `provider_token_file` under `[dns]`, or a TSIG key as `update_key`, or copy what `postamt dns records` prints.
dns-key-unreadable = The TSIG key { $path } cannot be used: { $error }
dns-key-open = { $path } has mode { $mode }: others may read the secret in it. Run `chmod 600 { $path }`.
dns-token-unusable = The credentials for the DNS provider in { $path } cannot be used: { $error }
dns-provider-unauthorized = { $provider } does not accept the credentials. Make a new token in its panel and put it into the file that `dns.provider_token_file` names.
dns-provider-forbidden = { $provider } knows the credentials, but they may not change the zone { $zone }. In its panel, give the token the right to edit the DNS records of this zone.
dns-provider-limit = { $provider } takes no more requests for now. Wait some minutes and run the same command again; what is already changed stays.
dns-provider-no-zone = { $provider } has no zone { $zone } for these credentials. Is the domain in this account, and may the token see it?
dns-provider-unsupported = { $provider } cannot set { $detail } records through its interface. All else is changed; enter these by hand, if its panel lets you (`postamt dns records --format table`).
dns-provider-silent = { $provider } did not answer in time. It may be slowing requests down: run the same command again in some minutes.
dns-provider-lost = { $provider } has taken old records out of the zone { $zone }, and then accepted neither the new ones nor the old ones again. Enter the old ones by hand in its panel, then run the same command once more. { $detail }
dns-provider-other = Mend what { $provider } names, and run the same command again. It says: { $detail }
dns-not-shown-yet = The provider has taken the changes; its name servers do not show all of them yet. That can take some minutes: `postamt dns verify` says when they do.
