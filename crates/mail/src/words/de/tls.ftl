# Sätze über TLS: das eigene Zertifikat und andere Domains. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

tls-why-dane = Post für { $domain } wartet seit { $at }, weil { $host } seinen TLSA-Einträgen nicht entspricht: { $reason }. Sie geht hinaus, sobald das wieder stimmt.
tls-why-sts = Post für { $domain } wartet seit { $at }, weil { $host } der MTA-STS-Richtlinie der Domain nicht entspricht: { $reason }. Sie geht hinaus, sobald das wieder stimmt.
tls-why-downgrade = Post für { $domain } wartet seit { $at }: { $host } bietet keine Verschlüsselung mehr an, obwohl es sie bisher gab. Womöglich filtert sie jemand unterwegs heraus. Wenn Sie wissen, dass es seine Richtigkeit hat, gibt `postamt tls forget { $domain }` die Post frei.
tls-store = Das Gedächtnis für TLS lässt sich nicht benutzen: { $error }
tls-none = Noch hat keine Domain TLS gezeigt.
tls-memory = { $domain }: TLS seit { $since }, zuletzt gesehen { $confirmed }, { $authenticated ->
    [yes] mit einem guten Zertifikat
   *[no] mit einem Zertifikat, für das niemand bürgt
}
tls-forgotten = { $domain } ist vergessen: Bis die Domain wieder TLS anbietet, geht Post an sie auch ohne. `postamt queue retry --domain { $domain }` schickt, was wartet.
tls-unknown = Über das TLS von { $domain } ist nichts bekannt.
tls-result = { $day }  { $domain }  { $policy }  { $result }  { $host }  { $count }
tls-no-results = In diesen Tagen wurde keine Verbindung gezählt.

tls-certificate = Zertifikat: { $file }, { $source ->
    [acme] von der Zertifizierungsstelle
    [file] aus den Dateien der Konfiguration
   *[self-made] von Postamt selbst gemacht: Mailprogramme trauen ihm nicht
}
tls-certificate-facts = Für: { $names }
    Ausgestellt von: { $issuer }
    { $over ->
        [yes] ABGELAUFEN seit { $until }
       *[no] Gültig bis { $until } (noch { $days } { $days ->
            [one] Tag
           *[other] Tage
        })
    }
tls-certificate-unread = Es lässt sich nicht lesen oder ist keines. { $source ->
    [acme] Stellen Sie die Datei wieder her, oder holen Sie mit `postamt tls certificate --renew` ein neues.
   *[other] Stellen Sie die Datei wieder her.
}
tls-certificate-left-out = Nicht darin: { $name }. Grund: { $reason }
tls-certificate-renewal = Erneuert wird es am { $at } durch { $authority }{ $advised ->
    [yes] , wie die Zertifizierungsstelle es wünscht
   *[no] {""}
}.
tls-certificate-failure = Der letzte Versuch am { $at } ist misslungen: { $what }. Nächster Versuch: { $next }
tls-certificate-key = { $stage ->
    [announcing] Der Schlüssel wechselt: Den Eintrag des nächsten müssen erst alle Nameserver der Zone zeigen (wo der Server ihn nicht selbst veröffentlichen kann, tragen Sie ihn ein: { $record }).
    [spreading] Der Schlüssel wechselt: Alle Nameserver zeigen { $record }. Der nächste Schlüssel wird ab { $until } benutzt, wenn der Eintrag in keinem Zwischenspeicher mehr fehlen kann.
    [ordering] Der Schlüssel wechselt: Ein Zertifikat für den nächsten wird geholt. Sein Eintrag ist { $record }.
   *[retiring] Der Schlüssel hat gewechselt. Der Eintrag des früheren bleibt bis { $until } und verschwindet dann: { $record }
}
tls-certificate-key-changes = Ein Schlüsselwechsel ist schon im Gange; wie weit er ist, zeigt `postamt tls certificate`.
tls-certificate-none-yet = Es gibt noch kein Zertifikat von der Zertifizierungsstelle, dessen Schlüssel wechseln könnte. Warum, zeigt `postamt tls certificate`.
tls-certificate-renewed = Ein neues Zertifikat ist in Gebrauch, gültig bis { $until }.
tls-certificate-not-renewed = Es gibt kein neues Zertifikat, das alte bleibt in Gebrauch: { $what }
tls-certificate-no-authority = Es ist keine Zertifizierungsstelle konfiguriert, deshalb wird nichts von selbst erneuert. Das tut `acme = "letsencrypt"` unter `[tls]`; danach den Server neu starten.
