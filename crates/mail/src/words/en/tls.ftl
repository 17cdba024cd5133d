# Sentences about TLS: the own certificate, and other domains. The same ids and variables stand in the other language's file.

tls-why-dane = Mail for { $domain } waits since { $at }, because the TLSA records of { $host } are not met: { $reason }. It goes as soon as they are.
tls-why-sts = Mail for { $domain } waits since { $at }, because its MTA-STS policy is not met by { $host }: { $reason }. It goes as soon as it is.
tls-why-downgrade = Mail for { $domain } waits since { $at }: { $host } offers no encryption any more, although it had it. Somebody on the way may be taking it out. If you know that it is true, `postamt tls forget { $domain }` lets the mail go.
tls-store = The memory of TLS cannot be used: { $error }
tls-none = No domain has shown TLS yet.
tls-memory = { $domain }: TLS since { $since }, last seen { $confirmed }, { $authenticated ->
    [yes] with a good certificate
   *[no] with a certificate that nobody vouches for
}
tls-forgotten = { $domain } is forgotten: mail goes to it without TLS, too, until it offers it again. `postamt queue retry --domain { $domain }` sends what waits.
tls-unknown = Nothing is known of the TLS of { $domain }.
tls-result = { $day }  { $domain }  { $policy }  { $result }  { $host }  { $count }
tls-no-results = No session was counted in these days.

tls-certificate = Certificate: { $file }, { $source ->
    [acme] from the certificate authority
    [file] from the files of the configuration
   *[self-made] made by Postamt itself: mail programs will not trust it
}
tls-certificate-facts = For: { $names }
    Issued by: { $issuer }
    { $over ->
        [yes] EXPIRED since { $until }
       *[no] Good until { $until } ({ $days } { $days ->
            [one] day
           *[other] days
        } left)
    }
tls-certificate-unread = It cannot be read, or is none. { $source ->
    [acme] Restore the file, or let `postamt tls certificate --renew` get a new one.
   *[other] Restore the file.
}
tls-certificate-left-out = Not in it: { $name }, because { $reason }
tls-certificate-renewal = It is renewed on { $at } by { $authority }{ $advised ->
    [yes] , as the authority advises
   *[no] {""}
}.
tls-certificate-failure = The last attempt, on { $at }, failed: { $what }. Next attempt: { $next }
tls-certificate-key = { $stage ->
    [announcing] The key changes: the record of the next one is to be shown by all name servers of the zone (where the server cannot publish it, do it: { $record }).
    [spreading] The key changes: all name servers show { $record }; the next key is used from { $until } on, when no cache can lack that record any more.
    [ordering] The key changes: a certificate for the next key is being got. Its record is { $record }.
   *[retiring] The key has changed. The record of the former one stays until { $until }, then it goes: { $record }
}
tls-certificate-key-changes = A change of keys is under way already; `postamt tls certificate` shows how far it is.
tls-certificate-none-yet = There is no certificate from the authority yet, so there is nothing whose key could change. `postamt tls certificate` shows why.
tls-certificate-renewed = A new certificate is in use, good until { $until }.
tls-certificate-not-renewed = There is no new certificate, the old one stays in use: { $what }
tls-certificate-no-authority = No certificate authority is configured, so nothing is renewed by itself. `acme = "letsencrypt"` under `[tls]` does it; then restart the server.
