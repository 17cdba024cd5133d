# Sentences of `dns`. The same ids and variables stand in the other language's file.

dns-purpose-address = Der Name des Servers führt zu seiner Adresse.
dns-purpose-exchange = Mail an die Domain findet diesen Server. (Liegen ihre Postfächer anderswo, bleibt der MX, der dort hinführt.)
dns-purpose-reverse = Die Adresse trägt den Namen des Servers (PTR). Das stellen Sie dort ein, wo Sie die Adresse mieten, nicht in Ihrer eigenen Zone.
dns-purpose-spf = Wer für die Domain senden darf (SPF). Davon darf es nur einen Eintrag geben.
dns-purpose-dkim = Damit prüfen andere die Signaturen (DKIM).
dns-purpose-dmarc = Was mit gefälschter Mail geschieht und wohin Berichte gehen (DMARC).
dns-purpose-sts = Die Domain hat eine Richtlinie für TLS (MTA-STS).
dns-purpose-sts-host = Hier wird diese Richtlinie abgeholt (MTA-STS).
dns-purpose-tls-reports = Wohin Berichte über gescheitertes TLS gehen (TLSRPT).
dns-purpose-dane = Der Schlüssel des Servers (DANE). Er zählt, wenn die Zone mit DNSSEC signiert ist.
dns-purpose-submission = Mailprogramme finden den Port zum Senden.
dns-purpose-autoconfig = Thunderbird und andere finden die Einstellungen.
dns-purpose-autodiscover = Outlook findet die Einstellungen.
dns-purpose-authority = Diese Stelle darf das Zertifikat des Servers ausstellen (CAA).

dns-state-good = [gut]
dns-state-missing = [fehlt]
dns-state-different = [falsch]
dns-state-spreading = [noch nicht auf allen Servern]
dns-state-unknown = [unbekannt]
dns-hint = [möglich]
dns-replaces = { "  " }anstelle von: { $record }
dns-failure = { "  " }DNS hat nicht geantwortet: { $error }
dns-no-address = HINWEIS: Es ist keine öffentliche Adresse dieses Servers bekannt. Geben Sie sie mit `--address` an oder als `own_addresses` unter `[outgoing]`.

dns-zone = Zone { $zone }
dns-type = Typ
dns-name = Name
dns-ttl = TTL
dns-priority = Priorität
dns-value = Wert
dns-long-texts = HINWEIS: Werte von mehr als 255 Zeichen gehören in einem Stück ins Formular. Nimmt es sie so nicht an: `postamt dns records --format table --parted`.

dns-verified = Im DNS steht alles, was dort stehen muss.
dns-not-verified = { $count ->
    [one] Ein Eintrag ist nicht, wie er sein muss.
   *[other] { $count } Einträge sind nicht, wie sie sein müssen.
}
dns-not-asked = { $count ->
    [one] Ein Eintrag ließ sich nicht prüfen, weil das DNS nicht geantwortet hat. Versuchen Sie es später noch einmal.
   *[other] { $count } Einträge ließen sich nicht prüfen, weil das DNS nicht geantwortet hat. Versuchen Sie es später noch einmal.
}

dns-changes = Änderungen an der Zone { $zone } ({ $by }):
dns-nothing-to-change = Es gibt nichts zu ändern.
dns-published = Die Zone { $zone } ist geändert.
dns-no-zone = HINWEIS: Die Zone von { $name } ist nicht zu finden; dieser Eintrag wurde ausgelassen.
dns-confirm = Ändern? [j/N]
dns-confirm-yes = ja
dns-publish-yes = Es wurde nichts geändert: Hier lässt sich niemand fragen. Mit `--yes` wird ohne Rückfrage geändert.
dns-not-published = Es wurde nichts geändert.
dns-publish-failed = Die Zone { $zone } wurde nicht geändert: { $error }
dns-not-taken = Der Server hat die Änderung angenommen, zeigt sie in seinen Antworten aber nicht vollständig.
dns-no-publisher = Noch darf niemand die Zonen ändern: Tragen Sie unter `[dns]` Ihren DNS-Anbieter als `provider` und die Datei mit seinem Token als `provider_token_file` ein, oder einen TSIG-Schlüssel als `update_key`, oder übernehmen Sie, was `postamt dns records` ausgibt.
dns-key-unreadable = Der TSIG-Schlüssel { $path } ist nicht verwendbar: { $error }
dns-key-open = { $path } hat den Modus { $mode }: Andere dürfen das Geheimnis darin lesen. Abhilfe: `chmod 600 { $path }`.
dns-token-unusable = Die Zugangsdaten für den DNS-Anbieter in { $path } sind nicht verwendbar: { $error }
dns-provider-unauthorized = { $provider } erkennt die Zugangsdaten nicht an. Legen Sie in der Verwaltung des Anbieters ein neues Token an und schreiben Sie es in die Datei, die `dns.provider_token_file` nennt.
dns-provider-forbidden = { $provider } kennt die Zugangsdaten, aber die Zone { $zone } dürfen sie nicht ändern. Geben Sie dem Token in der Verwaltung des Anbieters das Recht, die DNS-Einträge dieser Zone zu bearbeiten.
dns-provider-limit = { $provider } nimmt vorerst keine Anfragen mehr an. Warten Sie einige Minuten und rufen Sie denselben Befehl noch einmal auf; was schon geändert ist, bleibt.
dns-provider-no-zone = { $provider } hat für diese Zugangsdaten keine Zone { $zone }. Liegt die Domain in diesem Konto, und darf das Token sie sehen?
dns-provider-unsupported = { $provider } kann über seine Schnittstelle keine { $detail }-Einträge setzen. Alles andere ist geändert; tragen Sie diese von Hand ein, wenn die Verwaltung es zulässt (`postamt dns records --format table`).
dns-provider-silent = { $provider } hat nicht rechtzeitig geantwortet. Vielleicht bremst der Anbieter Anfragen: Rufen Sie denselben Befehl in einigen Minuten noch einmal auf.
dns-provider-lost = { $provider } hat alte Einträge aus der Zone { $zone } entfernt und danach weder die neuen noch wieder die alten angenommen. Tragen Sie die alten in der Verwaltung des Anbieters von Hand ein und rufen Sie dann denselben Befehl noch einmal auf. { $detail }
dns-provider-other = Beheben Sie, was { $provider } nennt, und rufen Sie denselben Befehl noch einmal auf. Die Antwort lautet: { $detail }
dns-not-shown-yet = Der Anbieter hat die Änderungen angenommen; seine Nameserver zeigen noch nicht alle. Das kann einige Minuten dauern: `postamt dns verify` sagt, wann es so weit ist.
