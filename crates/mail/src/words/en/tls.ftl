# Sentences about the TLS of other domains. The same ids and variables stand in the other language's file.

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
