# Sentences of `doctor`. The same ids and variables stand in the other language's file.
# A finding `ptr.missing` is told by doctor-ptr-missing, doctor-ptr-missing-expected and doctor-ptr-missing-now.

doctor-language = Deutsch
doctor-heading = Untersuchung von { $subject }, { $time }
doctor-summary =
    { $errors ->
        [0] Keine Fehler
        [one] Ein Fehler
       *[other] { $errors } Fehler
    }, { $warnings ->
        [0] keine Warnungen
        [one] eine Warnung
       *[other] { $warnings } Warnungen
    }{ $unknown ->
        [0] .
        [one] ; eines ließ sich nicht feststellen.
       *[other] ; { $unknown } Dinge ließen sich nicht feststellen.
    }
doctor-severity-ok = in Ordnung
doctor-severity-note = HINWEIS
doctor-severity-unknown = UNBEKANNT
doctor-severity-warning = WARNUNG
doctor-severity-error = FEHLER
doctor-certainty-likely = Das ist wahrscheinlich, aber nicht sicher.
doctor-certainty-guess = Das ist eine Vermutung.
doctor-label-seen = Gesehen:
doctor-label-expected = Erwartet:
doctor-label-now = Jetzt:
doctor-label-certainty = Wie sicher:
doctor-good-heading = In Ordnung:
doctor-not-judged-heading = Nicht beurteilt:
doctor-not-judged = { $check }, wegen { $because }
doctor-written = Der Bericht steht in { $file }.
doctor-unknown-check = Eine Prüfung „{ $check }“ gibt es nicht. Es gibt: { $checks }
doctor-not-written = { $file } lässt sich nicht schreiben: { $error }
doctor-blocklists-broken = Die Liste der Sperrlisten ist nicht zu gebrauchen: { $error }
doctor-not-a-domain = „{ $text }“ ist kein Domainname.

doctor-run-timeout = Die Prüfung { $check } war nach { $seconds } Sekunden noch nicht fertig.
doctor-run-timeout-now = Rufen Sie sie einzeln auf: `postamt doctor --only { $check }`.
doctor-run-broken = Die Prüfung { $check } ist abgebrochen: { $reason }
doctor-run-broken-now = Bitte melden Sie das als Fehler in Postamt, mit dieser Zeile.

doctor-dns-answers = Die Nameserver antworten.
doctor-dns-silent = Kein Nameserver antwortet. Ohne DNS geht keine Mail hinaus, und die meisten Prüfungen sind nicht möglich.
doctor-dns-silent-expected = Ein Nameserver, der jede Frage binnen weniger Sekunden beantwortet.
doctor-dns-silent-now = Prüfen Sie das Netz und die Nameserver dieses Rechners (/etc/resolv.conf oder [dns] in der Konfiguration); am besten ist ein eigener Resolver auf diesem Rechner.
doctor-dns-validates = Die Antworten des DNS werden mit DNSSEC geprüft.
doctor-dns-not-validating = Die Antworten des DNS werden nicht mit DNSSEC geprüft. Mail geht trotzdem hinaus, aber DANE kann sie nicht schützen.
doctor-dns-not-validating-expected = Ein validierender Resolver auf diesem Rechner.
doctor-dns-not-validating-now = Wenn Sie DANE wollen, installieren Sie einen validierenden Resolver und tragen Sie ihn ein: [dns] servers.
doctor-dns-public-resolver = Namen werden bei { $about } ({ $operator }) aufgelöst, einem Resolver für alle. Die meisten Sperrlisten weisen ihn ab; ein Eintrag bliebe unbemerkt.
doctor-dns-public-resolver-expected = Ein eigener rekursiver Resolver.
doctor-dns-public-resolver-now = Installieren Sie einen Resolver auf diesem Rechner und tragen Sie ihn ein.

doctor-hostname-good = { $about } ist ein vollständiger Name und führt zu einer Adresse.
doctor-hostname-not-complete = Der Server nennt sich { $about }. Im Internet ist das kein Name.
doctor-hostname-not-complete-expected = Ein vollständiger Name in einer Ihrer Domains, etwa mail.example.org.
doctor-hostname-not-complete-now = Wählen Sie einen Namen, geben Sie ihm im DNS eine Adresse, setzen Sie ihn als PTR-Namen dieses Servers und tragen Sie ihn in die Konfiguration ein:
doctor-hostname-not-in-dns = Der Server nennt sich { $about }, aber das DNS kennt diesen Namen nicht.
doctor-hostname-not-in-dns-expected = Der im EHLO genannte Name lässt sich auflösen.
doctor-hostname-not-in-dns-now = Legen Sie den Namen in der Zone seiner Domain an:
doctor-hostname-no-address = Der Server nennt sich { $about }, aber dieser Name hat keine Adresse.
doctor-hostname-no-address-expected = Der im EHLO genannte Name hat die Adresse, von der Mail abgeht.
doctor-hostname-no-address-now = Tragen Sie die Adresse in der Zone seiner Domain ein:
doctor-hostname-generic = { $about } sieht aus wie ein Name, den ein Anbieter jedem Rechner gibt ({ $address }). Manche Empfänger weisen solche Namen ab.
doctor-hostname-generic-expected = Ein Name in einer eigenen Domain, über die sich ein Verantwortlicher finden lässt.
doctor-hostname-generic-now = Wählen Sie einen Namen in Ihrer Domain, geben Sie ihm im DNS diese Adresse, setzen Sie ihn beim Anbieter als PTR und tragen Sie ihn in die Konfiguration ein:
doctor-hostname-not-asked = Ob { $about } in Ordnung ist, lässt sich nicht sagen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-hostname-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Zone.

doctor-addresses-public = Mail geht von { $about } ab, einer öffentlichen Adresse.
doctor-addresses-translated = Dieser Rechner hat keine eigene öffentliche IPv4-Adresse ({ $inner }); andere sehen ihn als { $about }.
doctor-addresses-translated-expected = Die Konfiguration kennt die öffentliche Adresse.
doctor-addresses-translated-now = Nichts, wenn { $about } stimmt und Ihnen allein gehört; sonst tragen Sie die richtige als [outgoing] own_addresses ein.
doctor-addresses-shared = { $about } ist eine Adresse hinter dem Übersetzer (NAT) Ihres Zugangsanbieters: Viele Kunden teilen sich eine öffentliche Adresse. Mail von dort wird nicht angenommen.
doctor-addresses-shared-expected = Eine eigene, feste öffentliche Adresse.
doctor-addresses-shared-now = Bitten Sie den Anbieter um eine feste öffentliche IPv4-Adresse, oder versenden Sie über ein Relay: `postamt relay add`.
doctor-addresses-not-known = Die öffentliche Adresse von { $about } ist nicht bekannt.
doctor-addresses-not-known-now = Tragen Sie sie in der Konfiguration als [outgoing] own_addresses ein, oder geben Sie dem Hostnamen im DNS eine Adresse.
doctor-addresses-source-missing = Mail soll von { $about } abgehen, aber keine Schnittstelle dieses Rechners hat diese Adresse.
doctor-addresses-source-missing-expected = Jede [[source]] ist eine Adresse dieses Rechners.
doctor-addresses-source-missing-now = Geben Sie einer Schnittstelle diese Adresse, oder nehmen Sie die [[source]] aus der Konfiguration. Vorhanden sind:
doctor-addresses-name-elsewhere = { $about } führt zu { $addresses }, aber Mail geht von { $own } ab.
doctor-addresses-name-elsewhere-expected = Der Name, den der Server im EHLO nennt, führt zu der Adresse, von der die Mail kommt.
doctor-addresses-name-elsewhere-now = Berichtigen Sie die Adresse im DNS:

doctor-ptr-confirmed = { $about } führt zu { $name } und zurück.
doctor-ptr-missing = { $about } hat keinen PTR-Eintrag. Die meisten großen Empfänger weisen Mail von dort ab.
doctor-ptr-missing-expected = Jede Adresse, die Mail versendet, hat einen PTR-Eintrag, dessen Name zu ihr zurückführt.
doctor-ptr-missing-now = Setzen Sie den PTR-Eintrag beim Anbieter der Adresse (in dessen Verwaltung oft „Reverse DNS“ oder „rDNS“), nicht in der eigenen Zone:
doctor-ptr-missing-ipv6 = { $about } hat keinen PTR-Eintrag. Empfänger sind bei IPv6 strenger als bei IPv4: Fast alle weisen Mail von dort ab.
doctor-ptr-missing-ipv6-expected = Jede IPv6-Adresse, die Mail versendet, hat einen PTR-Eintrag, dessen Name zu ihr zurückführt.
doctor-ptr-missing-ipv6-now = Setzen Sie den PTR-Eintrag beim Anbieter der Adresse. Bis er da ist, versenden Sie nur über IPv4: [outgoing] ipv6 = false.
doctor-ptr-not-confirmed = { $about } führt zu { $name }, aber { $name } führt nicht zurück zu { $about }.
doctor-ptr-not-confirmed-expected = Der Name des PTR-Eintrags hat die Adresse (vorwärts bestätigtes Reverse DNS).
doctor-ptr-not-confirmed-now = Bringen Sie beides in Übereinstimmung:
doctor-ptr-other-name = { $about } führt zu { $name }, aber der Server nennt sich { $ehlo }.
doctor-ptr-other-name-expected = Der im EHLO genannte Name ist der des PTR-Eintrags.
doctor-ptr-other-name-now = Setzen Sie den PTR-Eintrag beim Anbieter der Adresse, oder machen Sie { $name } zum [server] hostname:
doctor-ptr-several = { $about } hat { $count } PTR-Einträge.
doctor-ptr-several-now = Das ist erlaubt, aber manche Empfänger sehen nur einen davon an: Lassen Sie besser nur den stehen, den der Server im EHLO nennt.
doctor-ptr-generic = { $about } führt zu { $name }, einem Namen, wie Anbieter ihn jedem Rechner geben. Manche Empfänger, etwa die Telekom, weisen ihn ab.
doctor-ptr-generic-expected = Ein PTR-Name in einer eigenen Domain.
doctor-ptr-generic-now = Setzen Sie den PTR-Eintrag beim Anbieter der Adresse:
doctor-ptr-not-asked = Ob { $about } einen PTR-Eintrag hat, lässt sich nicht sagen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-ptr-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, sagen Sie dem Anbieter der Adresse, dass die Rückwärtszone gestört ist.

doctor-mx-good = Mail an { $about } findet ihren Mailserver.
doctor-mx-implicit = { $about } hat keinen MX-Eintrag; ihre Mail nimmt nur die eigene Adresse an.
doctor-mx-implicit-expected = Ein MX-Eintrag, der den Server nennt, der die Mail der Domain annimmt.
doctor-mx-implicit-now = Tragen Sie ihn ein. Nimmt ein anderer Server die Mail dieser Domain an, nennen Sie diesen:
doctor-mx-nothing = { $about } hat weder einen MX-Eintrag noch eine Adresse: Rückläufer und Antworten können nicht ankommen, und viele Empfänger weisen solche Absender ab.
doctor-mx-nothing-expected = Eine Domain, die Mail versendet, kann auch welche empfangen.
doctor-mx-nothing-now = Tragen Sie einen MX-Eintrag ein. Nimmt ein anderer Server die Mail dieser Domain an, nennen Sie diesen:
doctor-mx-null = { $about } sagt im DNS, dass sie gar keine Mail annimmt (Null-MX).
doctor-mx-null-expected = Eine Domain, die Mail versendet, hat keinen Null-MX: Empfänger weisen Absender ab, denen man nicht antworten kann.
doctor-mx-null-now = Soll Mail von dieser Domain ausgehen, ersetzen Sie den Eintrag; sonst ist nichts zu tun:
doctor-mx-no-address = { $about } lässt ihre Mail an { $host } gehen, aber dieser Name hat keine Adresse.
doctor-mx-no-address-expected = Jeder Mailserver eines MX-Eintrags hat einen A- oder AAAA-Eintrag.
doctor-mx-no-address-now = Berichtigen Sie den MX-Eintrag, oder geben Sie { $host } eine Adresse:
doctor-mx-not-asked = Die MX-Einträge von { $about } lassen sich nicht beurteilen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-mx-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-submission-good = Port { $about } ist so eingerichtet, wie andere Programme es erwarten.
doctor-submission-not-reached = Auf Port { $about } soll dieser Server lauschen, aber die Verbindung wird abgewiesen.
doctor-submission-not-reached-expected = Jeder Port der Konfiguration nimmt Verbindungen an.
doctor-submission-not-reached-now = Sehen Sie nach, wer dort lauscht und ob die Firewall dieses Rechners die Verbindung abweist:
doctor-submission-outside = Port { $about } ist auf diesem Rechner offen, aber unter dem Namen { $host } wird die Verbindung abgewiesen.
doctor-submission-outside-expected = Mailprogramme erreichen den Port unter dem Namen des Servers.
doctor-submission-outside-now = Geben Sie den Port in der Firewall frei; hinter einem Router leiten Sie ihn weiter. Prüfen Sie auch, ob der Name zur richtigen Adresse führt:
doctor-submission-no-starttls = Port { $about } bietet kein STARTTLS an. Mit Passwort kann sich dort niemand sicher anmelden.
doctor-submission-no-starttls-expected = Ein Port für Mailprogramme bietet STARTTLS an, oder er beginnt mit TLS.
doctor-submission-no-starttls-now = Antwortet hier wirklich Postamt? Es bietet STARTTLS immer an; ein Proxy oder Virenscanner davor nimmt es manchmal heraus.
doctor-submission-no-tls = Auf Port { $about } kommt kein TLS zustande.
doctor-submission-no-tls-expected = TLS 1.2 oder neuer.
doctor-submission-no-tls-now = Sehen Sie im Protokoll nach (`journalctl -u postamt`), ob Zertifikat und Schlüssel zusammenpassen, und ob ein anderes Programm davor steht.
doctor-submission-auth-in-clear = Port { $about } bietet eine Anmeldung ohne Verschlüsselung an: Passwörter können mitgelesen werden.
doctor-submission-auth-in-clear-expected = AUTH wird erst unter TLS angeboten.
doctor-submission-auth-in-clear-now = Postamt bietet AUTH nie im Klartext an: Suchen Sie das Programm, das hier antwortet, und nehmen Sie es weg; ändern Sie danach die Passwörter, die darüber gegangen sind.
doctor-submission-auth-on-25 = Port { $about } bietet eine Anmeldung an. Dort nimmt ein Server Mail von anderen Servern an; eine Anmeldung lädt nur zum Erraten von Passwörtern ein.
doctor-submission-auth-on-25-expected = Anmeldung nur auf 465 und 587.
doctor-submission-auth-on-25-now = Postamt bietet sie auf Port 25 nicht an: Suchen Sie das Programm, das hier antwortet.
doctor-submission-no-auth = Port { $about } bietet auch unter TLS keine Anmeldung an. Niemand kann darüber Mail versenden.
doctor-submission-no-auth-expected = AUTH unter TLS.
doctor-submission-no-auth-now = Legen Sie ein Konto an (`postamt account add`), und sehen Sie nach, ob ein anderes Programm hier antwortet.
doctor-submission-not-known = Wie es um Port { $about } steht, lässt sich nicht sagen.
doctor-submission-not-known-now = Versuchen Sie es später noch einmal; bleibt es dabei, sagt das Protokoll mehr: `journalctl -u postamt`.

doctor-certificate-good = Das Zertifikat auf Port { $about } ist in Ordnung, bis { $end }.
doctor-certificate-expired = Das Zertifikat auf Port { $about } ist seit { $end } abgelaufen. Mailprogramme verweigern die Verbindung.
doctor-certificate-expired-expected = Ein Zertifikat, das noch gilt.
doctor-certificate-expired-now = Holt Postamt es selbst ([tls] acme), sagt `postamt tls certificate`, woran es liegt, und `postamt tls certificate --renew` holt sofort ein neues. Sonst erneuern Sie es, und sehen Sie nach, warum das nicht von selbst geschehen ist (etwa `systemctl list-timers`).
doctor-certificate-not-yet = Das Zertifikat auf Port { $about } gilt noch nicht.
doctor-certificate-not-yet-expected = Ein Zertifikat, das schon gilt.
doctor-certificate-not-yet-now = Stellen Sie die Uhr; geht sie richtig, nehmen Sie ein anderes Zertifikat.
doctor-certificate-soon = Das Zertifikat auf Port { $about } läuft in { $days ->
        [0] weniger als einem Tag
        [one] einem Tag
       *[other] { $days } Tagen
    } ab ({ $end }).
doctor-certificate-soon-expected = Zwei Wochen vor dem Ende ist es erneuert.
doctor-certificate-soon-now = Holt Postamt es selbst ([tls] acme), sagt `postamt tls certificate`, woran es liegt, und `postamt tls certificate --renew` holt sofort ein neues. Sonst erneuern Sie es, und sehen Sie nach, warum das nicht von selbst geschehen ist (etwa `systemctl list-timers`).
doctor-certificate-old = Auf Port { $about } wird ein älteres Zertifikat gezeigt (bis { $end }) als das in der Datei.
doctor-certificate-old-expected = Gezeigt wird das Zertifikat aus der Datei.
doctor-certificate-old-now = Lassen Sie den Server es neu lesen; steht ein anderes Programm davor, dann jenes:
doctor-certificate-wrong-name = Das Zertifikat auf Port { $about } gilt für { $names }, nicht für { $host }.
doctor-certificate-wrong-name-expected = Ein Zertifikat für den Namen des Servers.
doctor-certificate-wrong-name-now = Lassen Sie eines für { $host } ausstellen, und tragen Sie die Dateien unter [tls] ein. Holt Postamt es selbst ([tls] acme), sagt `postamt tls certificate`, woran es liegt; `postamt tls certificate --renew` holt sofort ein neues.
doctor-certificate-self-made = Das Zertifikat auf Port { $about } hat niemand beglaubigt. Andere Mailserver stört das selten; Mailprogramme warnen oder verweigern die Verbindung.
doctor-certificate-self-made-expected = Ein Zertifikat einer anerkannten Stelle für { $host }.
doctor-certificate-self-made-now = Setzen Sie unter [tls] `acme = "letsencrypt"` und starten Sie den Server neu: Er holt eines. Oder tragen Sie dort die Dateien eines anderen ein. Steht acme schon da, sagt `postamt tls certificate`, woran es liegt.
doctor-certificate-not-trusted = Das Zertifikat auf Port { $about } führt zu keiner Stelle, der dieser Rechner vertraut; ausgestellt ist es von { $issuer }.
doctor-certificate-not-trusted-expected = Gezeigt wird die ganze Kette: das eigene Zertifikat und dahinter die der Zwischenstellen.
doctor-certificate-not-trusted-now = Geben Sie unter [tls] die Datei mit der ganzen Kette an; bei certbot heißt sie fullchain.pem.
doctor-certificate-weak = Das Zertifikat auf Port { $about } hat einen schwachen Schlüssel.
doctor-certificate-weak-expected = ECDSA mit P-256, oder RSA mit mindestens 2048 Bit.
doctor-certificate-weak-now = Lassen Sie ein neues Zertifikat mit einem neuen Schlüssel ausstellen.

doctor-relay-test-refuses = Fremde können nichts weiterleiten (Port { $about }): Alle { $count } Versuche wurden abgewiesen.
doctor-relay-test-open = Port { $about } leitet Mail von Fremden an Fremde weiter: ein offenes Relay. In wenigen Stunden steht die Adresse auf Sperrlisten.
doctor-relay-test-open-expected = Ohne Anmeldung wird nur Mail für eigene Domains angenommen.
doctor-relay-test-open-now = Nehmen Sie den Server sofort vom Netz; prüfen Sie dann relay_networks in der Konfiguration, und welches Programm auf dem Port antwortet:
doctor-relay-test-not-known = Ob Port { $about } für Fremde weiterleitet, lässt sich nicht sagen.
doctor-relay-test-not-known-now = Versuchen Sie es später noch einmal; bleibt es dabei, sagt das Protokoll mehr: `journalctl -u postamt`.

doctor-postmaster-accepted = postmaster@ und abuse@ von { $about } nimmt { $host } an.
doctor-postmaster-refused = { $host } nimmt keine Mail für postmaster@{ $about } an. Wer Ihnen eine Störung melden oder eine Sperre aufheben will, erreicht Sie nicht.
doctor-postmaster-refused-expected = Jede Domain, die Mail empfängt, nimmt Mail an postmaster an.
doctor-postmaster-refused-now = Legen Sie auf { $host } das Postfach oder einen Alias postmaster@{ $about } an; dann prüfen Sie es noch einmal:
doctor-postmaster-abuse-refused = { $host } nimmt keine Mail für abuse@{ $about } an. Beschwerden über unerwünschte Mail gehen dann gleich an Ihren Anbieter oder an eine Sperrliste.
doctor-postmaster-abuse-refused-expected = Jede Domain, die Mail versendet, nimmt Mail an abuse an.
doctor-postmaster-abuse-refused-now = Legen Sie auf { $host } das Postfach oder einen Alias abuse@{ $about } an; dann prüfen Sie es noch einmal:
doctor-postmaster-not-asked = Ob postmaster@ und abuse@ von { $about } angenommen werden, lässt sich nicht sagen.
doctor-postmaster-not-asked-now = Ist Port 25 von hier aus gesperrt, ist nichts zu tun; sonst versuchen Sie es später noch einmal. Eine Mail von außen an beide Adressen gibt Gewissheit.

doctor-mta-sts-good = Die MTA-STS-Richtlinie von { $about } ({ $mode }) ist in Ordnung.
doctor-mta-sts-none = { $about } hat keine MTA-STS-Richtlinie: Auf dem Weg zu ihr lässt sich die Verschlüsselung unbemerkt abschalten.
doctor-mta-sts-none-now = Wenn Sie das verhindern wollen: Lassen Sie Postamt die Richtlinie ausliefern ([web] https) und tragen Sie den Eintrag ein; was dazugehört, zeigt `postamt dns records`.
doctor-mta-sts-record-broken = Der MTA-STS-Eintrag von { $about } ist fehlerhaft. Absender tun, als gäbe es ihn nicht.
doctor-mta-sts-record-broken-expected = Genau ein TXT-Eintrag „v=STSv1; id=…“, die id aus 1 bis 32 Buchstaben und Ziffern.
doctor-mta-sts-record-broken-now = Ersetzen Sie ihn:
doctor-mta-sts-not-served = Der Eintrag von { $about } verspricht eine MTA-STS-Richtlinie, aber { $host } liefert keine aus.
doctor-mta-sts-not-served-expected = Die Richtlinie ist unter dieser Adresse über HTTPS zu haben, ohne Umleitung.
doctor-mta-sts-not-served-now = Liefern Sie sie aus ([web] https in der Konfiguration von Postamt, und ein Name { $host }, der zu ihm führt), oder nehmen Sie den Eintrag _mta-sts.{ $about } weg.
doctor-mta-sts-policy-certificate = Das Zertifikat von { $host } gilt nicht für diesen Namen oder ist nicht vertrauenswürdig. Kein Absender liest die MTA-STS-Richtlinie von { $about }.
doctor-mta-sts-policy-certificate-expected = Ein gültiges Zertifikat einer anerkannten Stelle für { $host }.
doctor-mta-sts-policy-certificate-now = Lassen Sie ein Zertifikat ausstellen, das auch für { $host } gilt.
doctor-mta-sts-policy-type = { $host } liefert die MTA-STS-Richtlinie nicht als text/plain aus. Viele Absender lehnen sie deshalb ab.
doctor-mta-sts-policy-type-expected = Der Inhaltstyp (Content-Type) ist text/plain.
doctor-mta-sts-policy-type-now = Stellen Sie den Webserver so ein, oder lassen Sie Postamt die Richtlinie ausliefern: [web] https.
doctor-mta-sts-policy-broken = Die MTA-STS-Richtlinie von { $about } ist fehlerhaft. Absender tun, als gäbe es sie nicht.
doctor-mta-sts-policy-broken-expected = Die Zeilen version: STSv1, mode, mindestens ein mx und max_age.
doctor-mta-sts-policy-broken-now = Berichtigen Sie sie, oder lassen Sie Postamt die Richtlinie ausliefern: [web] https.
doctor-mta-sts-other-id = Der MTA-STS-Eintrag von { $about } gehört nicht zu der Richtlinie, die ausgeliefert wird. Absender, die eine ältere kennen, bemerken die neue nicht.
doctor-mta-sts-other-id-expected = Mit jeder Änderung der Richtlinie ändert sich die id des Eintrags.
doctor-mta-sts-other-id-now = Ersetzen Sie den Eintrag, oder lassen Sie das `postamt dns publish` tun:
doctor-mta-sts-not-permitted = Die MTA-STS-Richtlinie von { $about } ({ $mode }) nennt den Mailserver { $host } nicht, zu dem der MX-Eintrag führt.
doctor-mta-sts-not-permitted-expected = Jeder Mailserver des MX-Eintrags steht in der Richtlinie. Steht sie auf „enforce“, stellt ihm sonst niemand zu, der sie kennt.
doctor-mta-sts-not-permitted-now = Nehmen Sie { $host } in die Richtlinie auf (und ändern Sie die id des Eintrags), oder nehmen Sie den MX-Eintrag weg.
doctor-mta-sts-host-certificate = Die MTA-STS-Richtlinie von { $about } ({ $mode }) verspricht gutes TLS, aber { $host } hält das nicht.
doctor-mta-sts-host-certificate-expected = STARTTLS auf Port 25 und ein gültiges Zertifikat einer anerkannten Stelle für { $host }. Steht die Richtlinie auf „enforce“, stellt sonst niemand zu, der sie kennt.
doctor-mta-sts-host-certificate-now = Geben Sie { $host } ein gültiges Zertifikat. Bis dahin setzen Sie die Richtlinie auf „testing“ ([web] mta_sts) und ändern die id des Eintrags.
doctor-mta-sts-mode-none = Die MTA-STS-Richtlinie von { $about } steht auf „none“: Sie schützt nichts.
doctor-mta-sts-mode-none-now = Nichts, wenn Sie sie gerade zurücknehmen; sonst setzen Sie sie auf „testing“ und später auf „enforce“: [web] mta_sts.
doctor-mta-sts-short = Die MTA-STS-Richtlinie von { $about } gilt nur { $seconds } Sekunden. Wer seltener schreibt, ist nicht geschützt.
doctor-mta-sts-short-now = Setzen Sie max_age auf mindestens eine Woche (604800), sobald alles stimmt.
doctor-mta-sts-not-asked = Die MTA-STS-Richtlinie von { $about } lässt sich nicht beurteilen: Jemand hat nicht geantwortet.
doctor-mta-sts-not-met = Ob { $host } hält, was die MTA-STS-Richtlinie von { $about } verspricht, lässt sich nicht sagen: Der Mailserver hat nicht bis zum Ende geantwortet.
doctor-mta-sts-not-met-now = Ist Port 25 von hier aus gesperrt, ist nichts zu tun; sonst versuchen Sie es später noch einmal.
doctor-mta-sts-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain oder am Weg zu mta-sts.{ $about }.

doctor-tlsrpt-good = Berichte über TLS auf dem Weg zu { $about } gehen an { $targets }.
doctor-tlsrpt-none = { $about } sagt nicht, wohin Berichte über TLS gehen sollen. Scheitert die Verschlüsselung bei anderen, erfahren Sie es nicht.
doctor-tlsrpt-none-now = Wenn Sie es erfahren wollen, tragen Sie ein:
doctor-tlsrpt-several = { $about } hat { $count } TLSRPT-Einträge. Absender tun, als gäbe es keinen.
doctor-tlsrpt-several-expected = Genau ein Eintrag, der mit „v=TLSRPTv1;“ beginnt.
doctor-tlsrpt-several-now = Lassen Sie einen stehen:
doctor-tlsrpt-broken = Der TLSRPT-Eintrag von { $about } ist fehlerhaft: { $problem } Berichte kommen keine.
doctor-tlsrpt-broken-expected = „v=TLSRPTv1; rua=“ und dahinter Ziele mit mailto: oder https:, durch Kommas getrennt.
doctor-tlsrpt-broken-now = Ersetzen Sie ihn:
doctor-tlsrpt-no-version = Er beginnt nicht genau mit „v=TLSRPTv1;“.
doctor-tlsrpt-no-target = Er nennt kein Ziel (rua).
doctor-tlsrpt-bad-target = Ein Ziel ist weder mailto: mit einer Adresse noch https:.
doctor-tlsrpt-bad-field = Ein Feld hat kein Gleichheitszeichen.
doctor-tlsrpt-not-asked = Der TLSRPT-Eintrag von { $about } lässt sich nicht beurteilen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-tlsrpt-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-dane-matches = Die TLSA-Einträge von { $about } passen zu seinem Zertifikat.
doctor-dane-unsigned = { $about } nutzt DANE nicht: Seine Zone ist nicht mit DNSSEC signiert.
doctor-dane-none = Die Zone von { $about } ist mit DNSSEC signiert, hat aber keinen TLSA-Eintrag: DANE wäre möglich.
doctor-dane-none-now = Wenn Absender die Verschlüsselung zu { $about } verlangen und prüfen sollen, tragen Sie den Schlüssel ein:
doctor-dane-left-over = Unter { $name } steht ein TLSA-Eintrag, der zu nichts passt, was { $about } zeigt, und ein Schlüsselwechsel ist nicht im Gange.
doctor-dane-left-over-expected = Einträge, die zum Gezeigten passen, und während eines Schlüsselwechsels der des anderen Schlüssels.
doctor-dane-left-over-now = Gehört er zu einem Schlüssel, den Sie bereithalten, lassen Sie ihn stehen; sonst nehmen Sie ihn weg (`postamt dns publish` tut das von selbst):
doctor-dane-mismatch = Kein TLSA-Eintrag unter { $name } passt zu dem Zertifikat, das { $about } zeigt. Wer DANE beachtet, stellt nicht zu.
doctor-dane-mismatch-expected = Mindestens ein TLSA-Eintrag passt zum gezeigten Zertifikat; beim Schlüsselwechsel steht der neue Eintrag schon da, bevor der neue Schlüssel gezeigt wird.
doctor-dane-mismatch-now = Ersetzen Sie die Einträge (`postamt dns publish` tut das von selbst), oder nehmen Sie wieder den alten Schlüssel, bis der neue Eintrag überall bekannt ist:
doctor-dane-no-tls = { $about } hat TLSA-Einträge, aber auf Port 25 kein brauchbares TLS. Wer DANE beachtet, stellt nicht zu.
doctor-dane-no-tls-expected = STARTTLS auf Port 25.
doctor-dane-no-tls-now = Schalten Sie auf { $about } STARTTLS ein, oder nehmen Sie die TLSA-Einträge unter { $name } weg.
doctor-dane-unusable = Unter { $name } stehen TLSA-Einträge, mit denen kein Mailserver etwas anfängt.
doctor-dane-unusable-expected = Für Mail zählen nur die Verwendungen 2 und 3 (am besten 3 1 1), mit Daten der richtigen Länge.
doctor-dane-unusable-now = Nehmen Sie diese Einträge weg:
doctor-dane-insecure = { $about } hat TLSA-Einträge, aber nicht alles auf dem Weg dorthin ist mit DNSSEC signiert (MX-Eintrag, Adressen, TLSA). Sie bewirken nichts.
doctor-dane-insecure-expected = Die Zonen der Domain und ihres Mailservers sind mit DNSSEC signiert.
doctor-dane-insecure-now = Schalten Sie DNSSEC ein, bei Ihrem Nameserver und mit dem DS-Eintrag beim Registrar, oder nehmen Sie die TLSA-Einträge weg.
doctor-dane-bogus = Die Signaturen unter { $name } stimmen nicht. Wer DANE beachtet, stellt { $about } nicht zu.
doctor-dane-bogus-expected = Gültige DNSSEC-Signaturen.
doctor-dane-bogus-now = Lassen Sie die Zone neu signieren, und vergleichen Sie den DS-Eintrag beim Registrar mit dem Schlüssel der Zone.
doctor-dane-not-validated = { $about } hat TLSA-Einträge, und sie passen; ob sie mit DNSSEC signiert sind, lässt sich hier nicht sagen.
doctor-dane-not-validated-now = Fragen Sie über Nameserver, die DNSSEC-Signaturen durchreichen.
doctor-dane-not-met = Ob die TLSA-Einträge von { $about } zu seinem Zertifikat passen, lässt sich nicht sagen: Port 25 ist von hier aus nicht zu erreichen.
doctor-dane-not-met-now = Ist Port 25 von hier aus gesperrt, ist nichts zu tun; sonst versuchen Sie es später noch einmal.
doctor-dane-not-asked = Die TLSA-Einträge von { $about } sind nicht zu bekommen: Die DNS-Abfrage ist fehlgeschlagen. Hält das an, stellt nicht zu, wer DANE beachtet.
doctor-dane-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Zone.

doctor-caa-open = DNS erlaubt jeder Stelle, Zertifikate für { $about } auszustellen.
doctor-caa-permits = DNS erlaubt { $issuer }, Zertifikate für { $about } auszustellen.
doctor-caa-forbids = DNS verbietet { $issuer }, Zertifikate für { $about } auszustellen; von dort ist aber das jetzige. Die Erneuerung wird scheitern.
doctor-caa-forbids-expected = Die CAA-Einträge nennen die Stelle, von der das Zertifikat kommt.
doctor-caa-forbids-now = Tragen Sie sie dazu ein, oder beziehen Sie das nächste Zertifikat von einer der genannten Stellen:
doctor-caa-critical = Die CAA-Einträge für { $about } verlangen etwas, das keine Stelle kennt. Keine darf ein Zertifikat ausstellen.
doctor-caa-critical-expected = Als kritisch (128) sind nur Einträge gekennzeichnet, die jede Stelle versteht.
doctor-caa-critical-now = Nehmen Sie diese Einträge weg:
doctor-caa-not-known = Ob DNS { $issuer } erlaubt, Zertifikate für { $about } auszustellen, lässt sich nicht sagen: Auf welchen Namen diese Stelle hört, ist hier nicht bekannt.
doctor-caa-not-known-now = Die Stelle nennt ihn in ihren Bedingungen (CPS); er muss in einem der Einträge stehen.
doctor-caa-not-asked = Die CAA-Einträge für { $about } sind nicht zu bekommen: Die DNS-Abfrage ist fehlgeschlagen. Auch die ausstellende Stelle lehnt dann ab.
doctor-caa-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Zone.
doctor-spf-passes = Mail von { $about }, die von { $addresses } kommt, besteht die SPF-Prüfung ({ $lookups } von { $limit } Abfragen).
doctor-spf-published = { $about } hat einen SPF-Eintrag, mit dem Empfänger etwas anfangen können ({ $lookups } von { $limit } Abfragen).
doctor-spf-missing = { $about } hat keinen SPF-Eintrag. Jeder kann sich für die Domain ausgeben, und große Empfänger weisen ihre Mail ab oder misstrauen ihr.
doctor-spf-missing-expected = Ein TXT-Eintrag, der mit v=spf1 beginnt und jeden nennt, der Mail der Domain versendet.
doctor-spf-missing-now = Tragen Sie ihn ein. Versenden auch andere für die Domain (ein Newsletter-Dienst, ein Shop), fügen Sie diese vor seinem Ende hinzu:
doctor-spf-missing-helo = { $about }, der im EHLO genannte Name, hat keinen SPF-Eintrag. Nach diesem Namen beurteilen Empfänger Rückläufer und andere Benachrichtigungen.
doctor-spf-missing-helo-expected = Der im EHLO genannte Name hat einen eigenen SPF-Eintrag.
doctor-spf-missing-helo-now = Tragen Sie ihn ein:
doctor-spf-not-recognised = { $about } hat einen Text, der ein SPF-Eintrag sein soll, den Empfänger aber nicht als solchen erkennen.
doctor-spf-not-recognised-expected = Der Eintrag beginnt genau mit v=spf1 und einem Leerzeichen, ohne eigene Anführungszeichen.
doctor-spf-not-recognised-now = Ersetzen Sie ihn:
doctor-spf-obsolete-type = { $about } hat den SPF-Eintrag nur im Typ SPF, den Empfänger nicht mehr ansehen.
doctor-spf-obsolete-type-expected = Der Eintrag hat den Typ TXT.
doctor-spf-obsolete-type-now = Tragen Sie ihn als TXT ein; der alte kann weg:
doctor-spf-soft-fail = Der SPF-Eintrag von { $about } endet auf ~all: Empfänger sollen Mail von anderswo nur misstrauen. Das ist richtig, solange nicht sicher ist, dass alle Absender genannt sind.
doctor-spf-soft-fail-now = Nichts sofort. Nennt der Eintrag alle Absender, ist -all entschiedener: { $strict }
doctor-spf-not-covered = SPF von { $name } erlaubt { $about } das Versenden nicht: Empfänger sehen „{ $result }“.
doctor-spf-not-covered-expected = Jede Adresse, von der Mail abgeht, besteht nach dem Eintrag der Absenderdomain und nach dem des im EHLO genannten Namens.
doctor-spf-not-covered-now = Ändern Sie den Eintrag so, dass er die Adresse nennt:
doctor-spf-relay-not-covered = SPF von { $about } erlaubt dem Relay { $relay } ({ $host }) das Versenden nicht: include:{ $include } fehlt.
doctor-spf-relay-not-covered-expected = Der Eintrag bindet ein, was der Anbieter des Relays verlangt.
doctor-spf-relay-not-covered-now = Ändern Sie den Eintrag:
doctor-spf-relay-not-known = Ob { $about } dem Relay { $relay } das Versenden erlaubt, lässt sich nicht sagen: Der Eintrag nennt { $host } nicht, und die Adressen, von denen dieses Relay zustellt, sind nicht bekannt.
doctor-spf-relay-not-known-now = Fragen Sie den Betreiber des Relays, was in den SPF-Eintrag gehört.
doctor-spf-several = { $about } hat { $count } SPF-Einträge. Dann verwenden Empfänger keinen davon.
doctor-spf-several-expected = Genau ein SPF-Eintrag.
doctor-spf-several-now = Fassen Sie sie zu einem zusammen und löschen Sie die übrigen:
doctor-spf-split = Der SPF-Eintrag von { $about } ist bei „{ $term }“ falsch zusammengesetzt: zwei Teile ohne Leerzeichen dazwischen, oder ein Teil in einem eigenen Eintrag.
doctor-spf-split-expected = Ein Eintrag; seine Zeichenketten von bis zu 255 Zeichen werden ohne Leerzeichen aneinandergefügt, das Leerzeichen gehört also ans Ende einer von ihnen.
doctor-spf-split-now = Ersetzen Sie ihn:
doctor-spf-syntax = Im SPF-Eintrag von { $place } ist „{ $term }“ ein Fehler: { $reason } Dann verwenden Empfänger den ganzen Eintrag nicht.
doctor-spf-syntax-expected = Ein Eintrag ohne Fehler.
doctor-spf-syntax-now = Berichtigen Sie „{ $term }“, oder lassen Sie es weg wie hier. Gehört der Eintrag nicht Ihnen, sagen Sie es seinem Inhaber:
doctor-spf-fault-version = Er beginnt nicht mit v=spf1.
doctor-spf-fault-mechanism = Einen solchen Mechanismus gibt es nicht.
doctor-spf-fault-missing-value = Der Name oder die Adresse fehlt.
doctor-spf-fault-unexpected-value = Dort darf nichts stehen.
doctor-spf-fault-domain = Das ist kein Domainname.
doctor-spf-fault-macro = Das ist kein Makro.
doctor-spf-fault-address = Das ist keine Adresse dieser Art.
doctor-spf-fault-prefix = Das ist keine Präfixlänge.
doctor-spf-fault-repeated = Das darf nur einmal dastehen.
doctor-spf-fault-character = Ein Zeichen darin ist nicht erlaubt.
doctor-spf-dead-include = Der SPF-Eintrag von { $place } verweist auf { $name } („{ $term }“); dort gibt es keinen SPF-Eintrag. Dann verwenden Empfänger den ganzen Eintrag nicht.
doctor-spf-dead-include-expected = Jedes include und redirect führt zu einem SPF-Eintrag.
doctor-spf-dead-include-now = Nehmen Sie den Teil heraus, oder berichtigen Sie den Namen:
doctor-spf-circle = Der SPF-Eintrag von { $place } führt zurück zu { $name } („{ $term }“). Empfänger drehen sich darin im Kreis, bis sie aufgeben.
doctor-spf-circle-expected = Kein Eintrag bindet sich selbst ein oder führt zu sich selbst.
doctor-spf-circle-now = Nehmen Sie den Teil heraus:
doctor-spf-too-many-lookups = Der SPF-Eintrag von { $about } braucht { $count } Abfragen; nach { $limit } geben Empfänger auf und verwenden den ganzen Eintrag nicht.
doctor-spf-too-many-lookups-expected = Höchstens { $limit } Teile, die etwas abfragen, die der eingebundenen Einträge mitgezählt.
doctor-spf-too-many-lookups-now = Nehmen Sie heraus, wer nicht mehr für die Domain versendet. Für andere hilft ein eigener Absender unterhalb der Domain (news.{ $about } mit eigenem Eintrag). Eigene Namen gibt man besser als Adressen an:
doctor-spf-too-many-void = { $count } Namen im SPF-Eintrag von { $about } führen ins Leere; nach { $limit } geben Empfänger auf und verwenden den ganzen Eintrag nicht.
doctor-spf-too-many-void-expected = Höchstens { $limit } Namen ohne Adresse.
doctor-spf-too-many-void-now = Nehmen Sie sie heraus:
doctor-spf-too-many-exchanges = „{ $term }“ im SPF-Eintrag von { $place } führt zu { $count } Mailservern; mehr als zehn sind ein Fehler.
doctor-spf-too-many-exchanges-expected = Ein Mechanismus mx mit höchstens zehn Servern.
doctor-spf-too-many-exchanges-now = Nennen Sie stattdessen die Adressen:
doctor-spf-everybody = Nach dem SPF-Eintrag von { $place } darf jeder als { $about } versenden („{ $term }“). Er schützt vor nichts, und Filter halten ihn für ein Zeichen von Missbrauch.
doctor-spf-everybody-expected = Ein Eintrag, nach dem nur die eigenen Absender bestehen und der auf ~all oder -all endet.
doctor-spf-everybody-now = Ändern Sie den Eintrag:
doctor-spf-neutral = Der SPF-Eintrag von { $about } sagt nichts über andere Absender (er endet auf „{ $end }“). Empfänger behandeln ihn, als gäbe es ihn nicht.
doctor-spf-neutral-expected = Ein Eintrag, der auf ~all oder -all endet.
doctor-spf-neutral-now = Ändern Sie das Ende:
doctor-spf-ptr = Der SPF-Eintrag von { $place } verwendet „{ $term }“. Das ist langsam und unsicher, und manche Empfänger übergehen es.
doctor-spf-ptr-expected = Kein Mechanismus ptr.
doctor-spf-ptr-now = Nennen Sie stattdessen die Adressen:
doctor-spf-leads-nowhere = „{ $term }“ im SPF-Eintrag von { $place } führt zu { $name }, und dort ist nichts. Es lässt niemanden versenden; mehr als zwei solche Namen machen den Eintrag unbrauchbar.
doctor-spf-leads-nowhere-expected = Jeder Name im Eintrag hat eine Adresse.
doctor-spf-leads-nowhere-now = Nehmen Sie den Teil heraus:
doctor-spf-impossible-name = „{ $term }“ im SPF-Eintrag von { $place } ergibt einen Namen, den es im DNS nicht geben kann: { $name }
doctor-spf-impossible-name-expected = Namen, deren Teile höchstens 63 Zeichen lang sind.
doctor-spf-impossible-name-now = Berichtigen oder entfernen Sie ihn:
doctor-spf-behind-all = „{ $term }“ im SPF-Eintrag von { $place } liest niemand: Es steht hinter oder neben „all“.
doctor-spf-behind-all-now = Nehmen Sie es heraus, oder stellen Sie es nach vorn, wenn es gelten soll:
doctor-spf-not-asked = Der SPF-Eintrag von { $about } lässt sich nicht beurteilen: Die DNS-Abfrage nach { $name } ist fehlgeschlagen.
doctor-spf-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern von { $name }.

doctor-dkim-published = { $about } ist veröffentlicht (ein Schlüssel von { $bits } Bit).
doctor-dkim-some-keys = Unter _domainkey.{ $about } gibt es etwas: Die Domain signiert ihre Mail wohl. Welche Schlüssel das sind, ist ohne Selektor nicht zu sehen (Option --selector).
doctor-dkim-no-keys-at-all = Unter _domainkey.{ $about } gibt es nichts: Die Domain signiert ihre Mail nicht mit einem eigenen Schlüssel.
doctor-dkim-no-keys-at-all-now = Geht von der Domain Mail aus, sollte sie signiert sein: Große Empfänger verlangen es.
doctor-dkim-no-key = Für { $about } gibt es keinen DKIM-Schlüssel: Mail der Domain wird nicht signiert. Große Empfänger verlangen eine Signatur.
doctor-dkim-no-key-expected = Ein Schlüssel für jede Domain, von der Mail ausgeht.
doctor-dkim-no-key-now = Erzeugen Sie einen, und tragen Sie den ausgegebenen Eintrag ein:
doctor-dkim-keys-not-read = Die DKIM-Schlüssel ließen sich nicht lesen; ihre Einträge sind deshalb nicht beurteilt.
doctor-dkim-keys-not-read-now = Rufen Sie den Doktor als jemand auf, der sie lesen darf:
doctor-dkim-keys-unusable = Ein DKIM-Schlüssel ist nicht zu gebrauchen. Mit ihm startet der Server nicht.
doctor-dkim-keys-unusable-expected = RSA-Schlüssel von mindestens 2048 Bit oder Ed25519, die nur der Server lesen kann.
doctor-dkim-keys-unusable-now = Tun Sie, was die Meldung sagt: Bringen Sie die Datei in Ordnung, oder legen Sie sie beiseite und erzeugen Sie mit `postamt dkim new` einen neuen Schlüssel.
doctor-dkim-waiting = { $about } ist noch nicht veröffentlicht. Der Schlüssel wartet; sobald der Eintrag zu sehen ist, wird mit ihm signiert.
doctor-dkim-waiting-now = Tragen Sie ihn ein:
doctor-dkim-missing = { $about } fehlt: Was mit diesem Schlüssel signiert ist, können Empfänger nicht prüfen.
doctor-dkim-missing-expected = Der öffentliche Schlüssel bei dem Selektor, den die Signaturen nennen.
doctor-dkim-missing-now = Tragen Sie ihn ein:
doctor-dkim-mismatched = Bei { $about } steht ein anderer Schlüssel ({ $bits } Bit) als der, mit dem dieser Server signiert: Jede Signatur schlägt fehl.
doctor-dkim-mismatched-expected = Die öffentliche Hälfte des Schlüssels, der signiert.
doctor-dkim-mismatched-now = Ersetzen Sie den Eintrag. Signiert ein anderer Server mit jenem Schlüssel, geben Sie stattdessen beiden verschiedene Selektoren:
doctor-dkim-revoked = { $about } sagt, dass der Schlüssel widerrufen ist (leeres p=): Seine Signaturen zählen nicht.
doctor-dkim-revoked-expected = Bei einem Schlüssel in Gebrauch steht seine öffentliche Hälfte in p=.
doctor-dkim-revoked-now = Soll der Schlüssel weiter signieren, ersetzen Sie den Eintrag; sonst erzeugen Sie mit `postamt dkim rotate` einen neuen:
doctor-dkim-not-revoked = { $about } ist noch veröffentlicht, obwohl der Schlüssel hier widerrufen ist. Wer an den alten Schlüssel kommt, könnte damit signieren.
doctor-dkim-not-revoked-now = Ersetzen Sie den Eintrag, oder löschen Sie ihn:
doctor-dkim-several = Bei { $about } stehen { $count } Einträge. Empfänger nehmen irgendeinen davon oder keinen.
doctor-dkim-several-expected = Ein Eintrag je Selektor.
doctor-dkim-several-now = Lassen Sie nur diesen stehen:
doctor-dkim-split = Der Eintrag { $about } ist falsch eingetragen: Er hat Anführungszeichen im Text, oder er endet nach der ersten Zeichenkette, und der Schlüssel ist abgeschnitten.
doctor-dkim-split-expected = Ein Text ohne eigene Anführungszeichen; seine Zeichenketten von bis zu 255 Zeichen fügt das DNS von selbst zusammen.
doctor-dkim-split-now = Tragen Sie ihn als einen Wert ohne Anführungszeichen ein; die meisten Verwaltungen teilen ihn selbst. In einer Zonendatei sieht er so aus:
doctor-dkim-unusable = Empfänger können mit dem Eintrag { $about } nichts anfangen: { $reason }
doctor-dkim-unusable-expected = Ein Eintrag der Form v=DKIM1; k=rsa; p=…
doctor-dkim-unusable-now = Ersetzen Sie ihn:
doctor-dkim-fault-version = Er beginnt nicht mit v=DKIM1.
doctor-dkim-fault-repeated = Eine Angabe steht zweimal darin.
doctor-dkim-fault-algorithm = k= nennt ein Verfahren, das niemand kennt.
doctor-dkim-fault-other-algorithm = k= nennt ein anderes Verfahren als das des Schlüssels.
doctor-dkim-fault-no-key = Es gibt kein p=.
doctor-dkim-fault-broken-key = Was in p= steht, ist kein Schlüssel.
doctor-dkim-fault-hash = h= lässt SHA-256 nicht zu.
doctor-dkim-fault-service = s= lässt E-Mail nicht zu.
doctor-dkim-too-short = Der Schlüssel bei { $about } hat nur { $bits } Bit. Empfänger dürfen seine Signaturen nicht anerkennen.
doctor-dkim-too-short-expected = Mindestens 2048 Bit.
doctor-dkim-too-short-now = Erzeugen Sie einen neuen Schlüssel bei einem anderen Selektor, und nehmen Sie diesen außer Gebrauch.
doctor-dkim-short = Der Schlüssel bei { $about } hat { $bits } Bit. Empfänger erkennen ihn noch an, sicher ist er nicht mehr.
doctor-dkim-short-expected = Mindestens 2048 Bit.
doctor-dkim-short-now = Erzeugen Sie einen neuen Schlüssel von 2048 Bit bei einem anderen Selektor, und nehmen Sie diesen außer Gebrauch.
doctor-dkim-long = Der Schlüssel bei { $about } hat { $bits } Bit. Nicht jeder Empfänger prüft Schlüssel von mehr als 2048.
doctor-dkim-long-now = Nichts, solange sich kein Empfänger beschwert; der nächste Schlüssel hat besser 2048 Bit.
doctor-dkim-testing = { $about } sagt, dass die Domain nur probiert (t=y): Empfänger behandeln ihre Mail, als wäre sie nicht signiert.
doctor-dkim-testing-expected = Kein t=y, sobald der Schlüssel in Gebrauch ist.
doctor-dkim-testing-now = Ersetzen Sie den Eintrag:
doctor-dkim-only-same-domain = { $about } sagt, dass der Schlüssel nur für die Domain selbst gilt (t=s) und nicht für Namen darunter.
doctor-dkim-only-same-domain-now = Nichts, solange die Signaturen keinen Benutzer unterhalb der Domain nennen (i=); die von Postamt nennen keinen.
doctor-dkim-unknown-tag = In { $about } steht „{ $tag }“, was nichts bedeutet. Empfänger übergehen es.
doctor-dkim-unknown-tag-now = Nehmen Sie es heraus, wenn Sie den Eintrag das nächste Mal ändern.
doctor-dkim-not-asked = Ob { $about } in Ordnung ist, lässt sich nicht sagen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-dkim-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-dmarc-published = { $about } hat einen DMARC-Eintrag (p={ $policy }).
doctor-dmarc-inherited = Für { $about } gilt der DMARC-Eintrag von { $at } ({ $policy }).
doctor-dmarc-missing = { $about } hat keinen DMARC-Eintrag. Große Empfänger verlangen einen, und von Fälschungen erfahren Sie nichts.
doctor-dmarc-missing-expected = Ein TXT-Eintrag bei _dmarc.{ $about }, der mit v=DMARC1 beginnt.
doctor-dmarc-missing-now = Tragen Sie ihn ein. Er ändert zunächst nichts und bringt Berichte darüber, wer als { $about } versendet:
doctor-dmarc-not-recognised = Der Eintrag bei _dmarc.{ $about } soll ein DMARC-Eintrag sein, Empfänger erkennen ihn aber nicht als solchen.
doctor-dmarc-not-recognised-expected = Der Eintrag beginnt mit v=DMARC1 und einem Semikolon, groß geschrieben wie hier.
doctor-dmarc-not-recognised-now = Ersetzen Sie ihn:
doctor-dmarc-ignored = Empfänger müssen den DMARC-Eintrag von { $about } übergehen: Er hat weder eine gültige Regel noch jemanden, dem zu berichten wäre.
doctor-dmarc-ignored-expected = p=none, p=quarantine oder p=reject.
doctor-dmarc-ignored-now = Ersetzen Sie ihn, mit der Regel, die gemeint ist:
doctor-dmarc-several = Bei _dmarc.{ $about } stehen { $count } DMARC-Einträge. Dann verwenden Empfänger keinen davon.
doctor-dmarc-several-expected = Genau ein Eintrag.
doctor-dmarc-several-now = Lassen Sie nur diesen stehen:
doctor-dmarc-methods-differ = Für { $about } finden Empfänger nach RFC 9989 den Eintrag von { $at }, Empfänger nach dem älteren RFC 7489 den von { $other }.
doctor-dmarc-methods-differ-now = Geben Sie { $about } einen eigenen Eintrag bei _dmarc.{ $about }; dann finden alle denselben.
doctor-dmarc-only-watches = Die DMARC-Regel von { $about } sieht nur zu (p=none): Gefälschte Mail wird trotzdem zugestellt.
doctor-dmarc-only-watches-now = Sammeln Sie einige Wochen lang Berichte. Bestehen darin alle eigenen Absender, gehen Sie weiter: { $next } – und wieder einige Wochen später, wenn nichts vermisst wird, zu p=reject. Schreiben Leute der Domain an Mailinglisten, bleiben Sie besser bei p=quarantine.
doctor-dmarc-dkim-not-aligned = Mail von { $about } signiert { $signer }; der DMARC-Eintrag will aber die Signatur genau der Absenderdomain (adkim=s): Weitergeleitete Mail besteht nicht.
doctor-dmarc-dkim-not-aligned-expected = Eine Signatur, deren d= die Domain in From ist, oder adkim=r.
doctor-dmarc-dkim-not-aligned-now = Erzeugen Sie einen Schlüssel für die Domain, oder lassen Sie adkim=s im Eintrag weg:
doctor-dmarc-spf-not-aligned = Das Relay { $relay } setzt einen Rückweg unterhalb von { $about } an die Stelle des Absenders; der DMARC-Eintrag will aber genau dieselbe Domain (aspf=s): SPF zählt dann nicht.
doctor-dmarc-spf-not-aligned-expected = aspf=r; das ist die Voreinstellung.
doctor-dmarc-spf-not-aligned-now = Ändern Sie den Eintrag:
doctor-dmarc-bad-policy = Der DMARC-Eintrag von { $about } hat keine gültige Regel (p={ $value }). Empfänger sehen nur zu.
doctor-dmarc-bad-policy-expected = p=none, p=quarantine oder p=reject.
doctor-dmarc-bad-policy-now = Berichtigen Sie sie zu der, die gemeint ist; die mildeste ist:
doctor-dmarc-no-policy = Dem DMARC-Eintrag von { $about } fehlt p=. Nach RFC 9989 bedeutet das none, nach RFC 7489 ist es dann kein Eintrag.
doctor-dmarc-no-policy-expected = p= gleich hinter v=DMARC1.
doctor-dmarc-no-policy-now = Ändern Sie den Eintrag:
doctor-dmarc-syntax = Im DMARC-Eintrag von { $about } ist „{ $tag }“ ein Fehler: { $reason }
doctor-dmarc-syntax-expected = Angaben der Form name=wert, durch Semikolons getrennt.
doctor-dmarc-syntax-now = Berichtigen Sie es, oder lassen Sie es weg wie hier:
doctor-dmarc-fault-value = Diesen Wert kann es nicht haben. Empfänger nehmen die Voreinstellung.
doctor-dmarc-fault-no-tag = Es fehlt das „=“.
doctor-dmarc-fault-repeated = Es steht zweimal da, und Empfänger sind sich nicht einig, was gilt.
doctor-dmarc-fault-uri = Berichte brauchen eine Adresse der Form mailto:berichte@example.org.
doctor-dmarc-unknown-tag = Im DMARC-Eintrag von { $about } steht „{ $tag }“, was niemand kennt. Empfänger übergehen es.
doctor-dmarc-unknown-tag-now = Lassen Sie es weg, oder berichtigen Sie es, wenn etwas anderes gemeint war:
doctor-dmarc-historic = „{ $tag }“ im DMARC-Eintrag von { $about } zählt nicht mehr (RFC 9989 und RFC 9990 haben es abgeschafft).
doctor-dmarc-historic-now = Lassen Sie es weg. Statt pct=0 gibt es t=y:
doctor-dmarc-wrong-order = Im DMARC-Eintrag von { $about } steht p= nicht an zweiter Stelle, wo ältere Empfänger es suchen.
doctor-dmarc-wrong-order-now = Setzen Sie es gleich hinter v=DMARC1:
doctor-dmarc-no-reports = Der DMARC-Eintrag von { $about } nennt niemanden, der Berichte bekommt (rua): Schlägt eigene Mail fehl oder fälscht sie jemand, merkt es niemand.
doctor-dmarc-no-reports-expected = Eine Adresse in rua.
doctor-dmarc-no-reports-now = Fügen Sie eine Adresse hinzu, die jemand oder ein Programm liest:
doctor-dmarc-reports-unauthorised = Berichte über { $about } sollen an { $uri } gehen, aber { $receiver } sagt nicht, dass man sie dort haben will. Empfänger schicken dann keine.
doctor-dmarc-reports-unauthorised-expected = Ein Eintrag { $name } in der Zone von { $receiver }.
doctor-dmarc-reports-unauthorised-now = Tragen Sie ihn dort ein, oder bitten Sie { $receiver } darum; oder lassen Sie sich die Berichte an eine eigene Adresse schicken:
doctor-dmarc-reports-nowhere = Berichte über { $about } sollen an { $uri } gehen, aber { $receiver } nimmt keine Mail an.
doctor-dmarc-reports-nowhere-expected = Eine Adresse, die Mail annimmt.
doctor-dmarc-reports-nowhere-now = Berichtigen Sie die Adresse in rua oder ruf.
doctor-dmarc-weaker-below = Der DMARC-Eintrag von { $about } schützt Namen darunter schwächer (sp={ $below }) als sich selbst (p={ $policy }): Fälscher verwenden dann diese Namen.
doctor-dmarc-weaker-below-expected = sp nicht schwächer als p, oder gar kein sp.
doctor-dmarc-weaker-below-now = Brauchen keine Namen darunter die schwächere Regel, ändern Sie den Eintrag:
doctor-dmarc-weaker-missing = Der DMARC-Eintrag von { $about } schützt Namen, die es nicht gibt, schwächer (np={ $missing }) als vorhandene ({ $policy }): Von dort versenden nur Fälscher.
doctor-dmarc-weaker-missing-expected = np nicht schwächer als sp und p; am besten np=reject.
doctor-dmarc-weaker-missing-now = Ändern Sie den Eintrag:
doctor-dmarc-testing = Der DMARC-Eintrag von { $about } sagt, dass er nur probiert (t=y): p={ $policy } wirkt wie { $while }.
doctor-dmarc-testing-now = Zeigen die Berichte, dass alle eigene Mail besteht, lassen Sie t=y weg.
doctor-dmarc-few-reports = Die Berichte der Empfänger über { $about } decken { $days ->
    [one] einen Tag
   *[other] { $days } Tage
} unter der heutigen Richtlinie ab; { $needed } braucht es, um danach zu beurteilen, ob eine strengere schaden würde.
doctor-dmarc-few-reporters = Die Berichte über { $about } decken { $days } Tage unter der heutigen Richtlinie ab, aber { $reporters ->
    [0] kein Empfänger hat von wenigstens { $each } Tagen berichtet.
    [one] nur ein Empfänger hat von wenigstens { $each } Tagen berichtet.
   *[other] nur { $reporters } Empfänger haben von wenigstens { $each } Tagen berichtet.
} Einen Bericht kann jeder schicken; zu einer strengeren Richtlinie rät der Doktor erst, wenn { $needed } Empfänger dasselbe sehen, die nichts miteinander zu tun haben.
doctor-dmarc-none-of-ours = Die Berichte über { $about } ({ $days ->
    [one] von einem Tag
   *[other] von { $days } Tagen
}) zeigen nur Post von anderen, keine von Ihnen.
doctor-dmarc-all-aligned = Nach den Berichten von { $days } Tagen besteht die Post von { $about } die DMARC-Prüfung: { $aligned } von { $all } Nachrichten ({ $share } %). { $strangers ->
    [0] Von anderswo wurde nichts gesehen.
    [one] Eine Nachricht von anderswo fiel durch.
   *[other] { $strangers } Nachrichten von anderswo fielen durch.
}
doctor-dmarc-step-up = Nach den Berichten von { $days } Tagen ({ $reporters }) besteht die Post von { $about } die DMARC-Prüfung: { $aligned } von { $all } Nachrichten ({ $share } %). Die Richtlinie kann von p={ $policy } auf p={ $next } gehen. { $strangers ->
    [0] Von anderswo wurde nichts gesehen.
    [one] Eine Nachricht von anderswo fiel durch und würde dann aufgehalten.
   *[other] { $strangers } Nachrichten von anderswo fielen durch und würden dann aufgehalten.
}
doctor-dmarc-step-up-now = { $next ->
    [reject] Wenn Leute der Domain an Mailinglisten schreiben, lassen Sie es bei quarantine (so rät es RFC 9989). Sonst, und wenn keine der obigen Adressen, die durchfielen, zu einem Ihrer Dienste gehört, ersetzen Sie den Eintrag:
   *[other] Wenn keine der obigen Adressen, die durchfielen, zu einem Ihrer Dienste gehört, ersetzen Sie den Eintrag:
}
doctor-dmarc-own-mail-fails = Nach den Berichten der letzten { $span } Tage fällt eigene Post von { $about } durch: { $failed } von { $all } Nachrichten von { $sources ->
    [one] einer Adresse, die diesem Rechner gehört oder im SPF-Eintrag steht,
   *[other] { $sources } Adressen, die diesem Rechner gehören oder im SPF-Eintrag stehen,
} hatten weder eine Signatur noch einen Rückweg der Domain, die in From steht. Unter quarantine oder reject kommen solche Nachrichten nicht im Posteingang an.
doctor-dmarc-own-mail-fails-expected = Was eigene Adressen senden, ist mit einem Schlüssel der Domain signiert oder hat einen Rückweg in ihr.
doctor-dmarc-own-mail-fails-now = Suchen Sie, was von diesen Adressen an diesem Server vorbei sendet, und lassen Sie es sich hier anmelden oder mit einem Schlüssel der Domain signieren. Alle Adressen zeigt:
doctor-dmarc-reports-not-known = Was Empfänger über { $about } berichtet haben, lässt sich nicht lesen.
doctor-dmarc-reports-not-known-now = Sehen Sie nach dem Dateisystem, auf dem das Zustandsverzeichnis liegt, und versuchen Sie es noch einmal.
doctor-dmarc-not-asked = Der DMARC-Eintrag von { $about } lässt sich nicht beurteilen: Die DNS-Abfrage ist fehlgeschlagen.
doctor-dmarc-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-port25-open = Port 25 ist offen: { $about }.
doctor-port25-blocked = Port 25 ist gesperrt: { $about }.
doctor-port25-blocked-expected = Ein Server, der Mail selbst zustellt, erreicht Port 25 anderer Server.
doctor-port25-blocked-now = Die Belege, und an wen Sie sich wenden, zeigt:
doctor-port25-throttled = Port 25 ist gedrosselt: { $about }. Nur wenige Verbindungen kommen durch.
doctor-port25-throttled-expected = So viele Verbindungen, wie Mail da ist.
doctor-port25-throttled-now = Fragen Sie den Anbieter nach der Grenze; die Belege zeigt:
doctor-port25-no-network = Hier gibt es kein Netz: { $about }.
doctor-port25-no-network-expected = Andere Rechner sind erreichbar.
doctor-port25-no-network-now = Prüfen Sie Adresse, Route und Leitung dieses Rechners. Die Belege zeigt:
doctor-port25-no-ipv6 = Dieser Rechner hat keinen Weg über IPv6 hinaus ({ $about }). Mail geht über IPv4.
doctor-port25-no-ipv6-now = Nichts; oder schalten Sie IPv6 ab, damit es gar nicht erst versucht wird: [outgoing] ipv6 = false.
doctor-port25-not-known = Ob Port 25 offen ist, lässt sich nicht sagen: { $about }.
doctor-port25-not-known-now = Prüfen Sie es später noch einmal: `postamt port25 check`.

doctor-firewall-blocks = Eine Regel der eigenen Firewall hält Mail auf, die über Port 25 hinausgeht ({ $about }).
doctor-firewall-blocks-expected = Der Server darf Verbindungen zu Port 25 anderer Server öffnen.
doctor-firewall-blocks-now = Entfernen Sie die Regel, oder nehmen Sie den Benutzer aus, unter dem Postamt läuft. Alle Regeln zeigt:

doctor-programs-ours = Kein anderer Mailserver belegt die Ports dieses Servers.
doctor-programs-in-the-way = Port { $about } belegt { $program }.
doctor-programs-in-the-way-expected = Auf seinen Ports lauscht Postamt selbst.
doctor-programs-in-the-way-now = Wird { $program } nicht mehr gebraucht, halten Sie es an:
doctor-programs-not-running = Auf Port { $about } lauscht niemand: Postamt läuft nicht.
doctor-programs-not-running-expected = Der Server läuft und nimmt Mail an.
doctor-programs-not-running-now = Starten Sie ihn; bleibt er nicht am Laufen, sagt `journalctl -u postamt`, warum.

doctor-blocklists-clean = { $about } steht auf keiner von { $lists } Sperrlisten.
doctor-blocklists-listed = { $about } steht auf der Sperrliste { $list }.
doctor-blocklists-listed-expected = Keine Sperrliste, die Empfänger befragen, kennt die Adresse oder die Domain.
doctor-blocklists-listed-now = { $advice }
doctor-blocklists-refused = Diese Sperrlisten antworten den Nameservern dieses Rechners nicht: { $about }. Das ist kein Eintrag.
doctor-blocklists-refused-now = Die meisten weisen öffentliche Resolver ab: Fragen Sie über einen eigenen Resolver. Manche verlangen, dass er angemeldet ist.
doctor-blocklists-dead = Diese Sperrlisten führen alles auf oder gibt es nicht mehr: { $about }. Was sie sagen, zählt nicht.
doctor-blocklists-dead-now = Nichts. Ist eine davon in einem anderen Ihrer Programme eingetragen, nehmen Sie sie heraus.
doctor-blocklists-advice-self-service = Suchen Sie zuerst die Ursache und stellen Sie sie ab; dann nehmen Sie den Eintrag auf dieser Seite selbst heraus:
doctor-blocklists-advice-expires = Suchen Sie die Ursache und stellen Sie sie ab. Der Eintrag läuft einige Zeit nach dem letzten Vorfall von selbst ab.
doctor-blocklists-advice-form = Suchen Sie die Ursache und stellen Sie sie ab, dann bitten Sie mit dem Formular auf dieser Seite um Löschung:
doctor-blocklists-advice-account = Suchen Sie die Ursache und stellen Sie sie ab. Für die Löschung braucht es ein Konto beim Betreiber der Liste:
doctor-blocklists-advice-provider = Das kann nur der Inhaber des Netzes löschen lassen: Schreiben Sie Ihrem Anbieter und nennen Sie Liste und Adresse.
doctor-blocklists-advice-policy = Die Liste wirft Ihnen nichts vor: Sie führt Bereiche, aus denen keine Mail erwartet wird, etwa Internetanschlüsse. Mit fester Adresse und eigenem PTR nehmen Sie sie auf dieser Seite heraus; sonst versenden Sie über ein Relay.
doctor-blocklists-advice-exploited = Ein Rechner hinter dieser Adresse ist oder war in fremder Hand. Suchen und säubern Sie ihn zuallererst (Konten, die zu viel versenden, offene Proxys, Schadsoftware); dann nehmen Sie den Eintrag auf dieser Seite heraus:
doctor-blocklists-advice-backscatter = Rückläufer gingen an gefälschte Absender. Weisen Sie unbekannte Empfänger schon während der Sitzung ab; dann läuft der Eintrag ab.
doctor-blocklists-advice-move = Gelistet ist das ganze Netz, und ein einzelner Kunde wird nicht herausgenommen. Wechseln Sie den Anbieter; bis dahin versenden Sie über ein Relay.
doctor-blocklists-advice-nothing = Nichts. Kaum ein Empfänger befragt diese Liste, und niemand kann eine einzelne Adresse löschen. Zahlen Sie nichts dafür.

doctor-filters-reached = { $about } antwortet ({ $address }).
doctor-filters-not-reached = Der Inhaltsfilter { $about } unter { $address } lässt sich nicht fragen: Mail wird vorläufig abgewiesen, angehalten oder geht ungeprüft weiter, wie `when_down` es sagt.
doctor-filters-not-reached-expected = Er antwortet dort, wo er laut Konfiguration lauscht.
doctor-filters-not-reached-now = Starten Sie ihn und sehen Sie in sein Protokoll; lauscht er anderswo, ändern Sie die Adresse, und gehört sein Socket einem anderen Benutzer, nehmen Sie den Benutzer des Servers in dessen Gruppe auf:
doctor-filters-signatures-old = Die Signaturen von { $about } sind { $days } Tage alt: Neuere Viren werden nicht gefunden.
doctor-filters-signatures-old-expected = Signaturen der letzten Tage; ClamAV gibt täglich neue heraus.
doctor-filters-signatures-old-now = Lassen Sie freshclam sie holen und sehen Sie in dessen Protokoll:
doctor-filters-signatures-none = { $about } hat keine der täglichen Signaturen von ClamAV: Kaum ein Virus wird gefunden.
doctor-filters-signatures-none-expected = Die täglichen Signaturen, die freshclam holt.
doctor-filters-signatures-none-now = Lassen Sie freshclam sie holen; verwenden Sie mit Absicht andere, ist nichts zu tun:

doctor-clock-right = Die Uhr geht richtig.
doctor-clock-wrong = Die Uhr geht um { $seconds ->
        [one] eine Sekunde
       *[other] { $seconds } Sekunden
    } falsch (verglichen mit { $about }).
doctor-clock-wrong-expected = Eine Uhr, die auf die Sekunde stimmt: Signaturen und Zertifikate gelten nach der Zeit.
doctor-clock-wrong-now = Lassen Sie sie von einem Zeitdienst stellen:
doctor-clock-not-asked = Ob die Uhr richtig geht, lässt sich nicht sagen: { $about } antwortet nicht.
doctor-clock-not-asked-now = Vielleicht ist Port 123 (UDP) durch eine Firewall gesperrt; dann sagt `timedatectl`, ob die Uhr gestellt wird.

doctor-room-enough = In { $about } ist genug Platz.
doctor-room-short = In { $about } sind nur noch { $free } MiB frei. Sind sie verbraucht, wird Mail abgewiesen, bis wieder Platz ist.
doctor-room-short-expected = Mindestens 1 GiB oder ein Zehntel des Dateisystems.
doctor-room-short-now = Schaffen Sie Platz. Am meisten braucht:
doctor-room-files-short = In { $about } lassen sich nur noch { $free } Dateien anlegen. Danach wird Mail abgewiesen.
doctor-room-files-short-expected = Mindestens zwei Prozent der Inodes sind frei.
doctor-room-files-short-now = Suchen Sie nach Verzeichnissen mit sehr vielen kleinen Dateien:

doctor-secrets-closed = Schlüssel, Passwörter und Konten ({ $about } Dateien) sind für andere verschlossen.
doctor-secrets-open = { $about } lässt sich von anderen lesen oder ändern (Rechte { $mode }).
doctor-secrets-open-expected = Nur der Benutzer des Servers, zum Lesen auch dessen Gruppe, darf an die Datei.
doctor-secrets-open-now = Verschließen Sie sie. Haben andere sie vielleicht gelesen, erzeugen Sie einen neuen Schlüssel oder ein neues Passwort:
doctor-secrets-foreign = { $about } gehört dem Benutzer mit der Nummer { $owner }; das ist weder der des Servers noch root.
doctor-secrets-foreign-expected = Die Geheimnisse des Servers gehören dessen Benutzer oder root.
doctor-secrets-foreign-now = Übergeben Sie die Datei dem Benutzer des Servers. Darf ihr Besitzer das Geheimnis nicht kennen, erzeugen Sie ein neues:
doctor-secrets-folder-open = In den Ordner { $about }, in dem oder unter dem Geheimnisse liegen, dürfen andere schreiben (Rechte { $mode }).
doctor-secrets-folder-open-expected = In die Ordner um Schlüssel und Passwörter schreiben nur der Benutzer des Servers und root: Wer es sonst darf, kann einer Datei eine andere unterschieben.
doctor-secrets-folder-open-now = Könnten andere schon etwas ausgetauscht haben, erzeugen Sie neue Schlüssel und Passwörter. Zuerst nehmen Sie ihnen das Recht:
doctor-secrets-folder-foreign = Der Ordner { $about }, in dem oder unter dem Geheimnisse liegen, gehört dem Benutzer mit der Nummer { $owner }; das ist weder der des Servers noch root.
doctor-secrets-folder-foreign-expected = Die Ordner um Schlüssel und Passwörter gehören dem Benutzer des Servers oder root: Ihr Besitzer kann Dateien darin austauschen.
doctor-secrets-folder-foreign-now = Legen Sie die Geheimnisse in einen Ordner, der root gehört, etwa /etc/postamt, und nennen Sie ihn in der Konfiguration. Liegt der Ordner im Zustandsverzeichnis, geben Sie ihn dem Benutzer des Servers.
doctor-secrets-weak = Das Passwort oder der Schlüssel in { $about } ist kurz oder eintönig.
doctor-secrets-weak-expected = Mindestens zwölf Zeichen, vom Zufall gewählt.
doctor-secrets-weak-now = Setzen Sie dort, wo es gilt (beim Relay, beim Nameserver), ein längeres, und schreiben Sie es in die Datei.

doctor-domain-age-settled = { $about } ist seit { $registered } registriert.
doctor-domain-age-young = { $about } wurde am { $registered } registriert, { $days ->
        [0] heute
        [one] vor einem Tag
       *[other] vor { $days } Tagen
    }: Neuen Domains misstrauen Empfänger.
doctor-domain-age-young-expected = Eine Domain, die mindestens 30 Tage alt ist, bevor viel Mail von ihr ausgeht.
doctor-domain-age-young-now = Versenden Sie anfangs wenig, an Menschen, die darauf warten, und von Woche zu Woche mehr. Dieser Hinweis endet von selbst in { $left ->
        [one] einem Tag
       *[other] { $left } Tagen
    }.
doctor-domain-age-expires = { $about } läuft am { $expires } ab, { $days ->
        [0] heute oder schon früher
        [one] in einem Tag
       *[other] in { $days } Tagen
    }. Ohne Verlängerung kommt danach keine Mail dieser Domain mehr an.
doctor-domain-age-expires-expected = Eine Domain, die noch mindestens 30 Tage registriert ist.
doctor-domain-age-expires-now = Verlängern Sie sie bei Ihrem Registrar; verlängert sie sich von selbst, prüfen Sie, ob die Zahlung gelingt.
doctor-domain-age-not-known = Wie alt { $about } ist, lässt sich nicht sagen: Die Registratur gibt per RDAP keine Auskunft.
doctor-domain-age-not-known-now = Nichts. Ist die Domain jünger als 30 Tage, versenden Sie anfangs wenig.

doctor-imprint-found = Die Website zu { $about } nennt ihren Betreiber ({ $page }).
doctor-imprint-missing = Die Website zu { $about } verweist weder auf ein Impressum noch auf einen Kontakt.
doctor-imprint-missing-now = Wollen Sie an t-online.de schreiben, legen Sie dort eine Seite mit Name, Anschrift und Kontakt an und verweisen Sie darauf; nennen Sie den Link „Impressum“ oder „Kontakt“.
doctor-imprint-not-reached = Die Website zu { $about } ist von hier aus nicht zu erreichen. Die Telekom (t-online.de) will dort sehen, wer die Mail versendet.
doctor-imprint-not-reached-now = Schreiben Sie an t-online.de, legen Sie unter diesem Namen oder seiner Domain eine Seite mit Name, Anschrift und Kontakt an.

doctor-process-protected = Der Server schreibt nur dorthin, wo er Mail aufbewahrt (Landlock, Version { $version }), führt keine Programme aus, { $count } Systemaufrufe, die er nie braucht, sind ihm gesperrt (seccomp), und von root hat er höchstens das Recht auf niedrige Ports.
doctor-process-files-open = Der Server darf überall schreiben, wo sein Benutzer es darf: Dieser Kernel hat kein Landlock, oder nicht ab Version 2 (Linux 5.19).
doctor-process-files-open-now = Eilig ist nichts. Ein Kernel mit Landlock, und ein Container, der es zulässt, begrenzt, was ein Fehler im Server anrichten kann.
doctor-process-calls-open = Der Server darf vom Kernel alles verlangen, was sein Benutzer darf: Systemaufrufe lassen sich hier nicht filtern (seccomp).
doctor-process-calls-open-now = Eilig ist nichts. Ein Kernel mit CONFIG_SECCOMP_FILTER begrenzt, was ein Fehler im Server anrichten kann.
doctor-process-dumps = Stürzt der Server ab, kann sein Speicher in eine Datei geschrieben werden, mit Passwörtern und Mail darin.
doctor-process-dumps-now = Starten Sie den Server mit der Unit von `postamt setup`; sie verbietet es (LimitCORE=0).
doctor-process-root = Der Server läuft mit Rechten von root: { $rights }.
doctor-process-root-now = Setzen Sie `user` unter `[server]`, geben Sie diesem Benutzer das Zustandsverzeichnis, und starten Sie den Server neu; die Unit von `postamt setup` erledigt das ebenfalls.

doctor-updates-current = Keine Sicherheitsaktualisierung wartet auf die Installation.
doctor-updates-waiting = { $count ->
        [one] Eine Sicherheitsaktualisierung wartet
       *[other] { $count } Sicherheitsaktualisierungen warten
    } auf die Installation: { $about }.
doctor-updates-waiting-expected = Sicherheitsaktualisierungen sind binnen Tagen installiert: Ein gekaperter Server versendet den Spam anderer.
doctor-updates-waiting-now = Installieren Sie sie:
doctor-updates-not-automatic = Sicherheitsaktualisierungen werden auf diesem Rechner nicht von selbst installiert.
doctor-updates-not-automatic-now = Das Paket { $about } erledigt das täglich:
doctor-updates-not-known = Ob Sicherheitsaktualisierungen warten, lässt sich nicht sagen: Die Listen in { $about } fehlen, sind komprimiert oder älter als eine Woche.
doctor-updates-not-known-now = Holen Sie sie:
doctor-updates-postamt-current = Postamt { $about } ist die neueste Version, und keine Schwachstelle von ihr ist bekannt (Stand: { $fetched }).
doctor-updates-postamt-newer = Es läuft Postamt { $running }; die neueste Version ist { $about }.
doctor-updates-postamt-newer-now = Eilig ist nichts. Was sich geändert hat, steht hier:
doctor-updates-postamt-weak = Postamt { $running } hat eine bekannte Schwachstelle, { $about } ({ $gravity }): { $title }
doctor-updates-postamt-weak-expected = Die laufende Version hat keine bekannte Schwachstelle.
doctor-updates-postamt-weak-now = Spielen Sie eine Version ohne sie ein und starten Sie den Server neu. Näheres:
doctor-updates-postamt-not-known = Ob die laufende Version von Postamt die neueste ist und bekannte Schwachstellen hat, lässt sich nicht sagen: { $why } Die Mitteilung kommt von { $about }.
doctor-updates-postamt-not-known-now = Sehen Sie nach, ob der Server läuft und diese Adresse erreicht und ob `key` unter `[updates]` der Schlüssel ist, mit dem die Mitteilung unterschrieben ist; sie wird einmal am Tag abgeholt. Was dabei herauskam, steht im Log unter `release_notice`.
doctor-updates-postamt-not-asked = Der Server hat noch nicht nach neuen Versionen gefragt.
doctor-updates-postamt-no-notice = Es ist noch keine Mitteilung gekommen, die mit dem Schlüssel aus den Einstellungen unterschrieben ist.
doctor-updates-postamt-over = Die letzte Mitteilung ist abgelaufen, und eine neuere ist nicht gekommen.
doctor-updates-postamt-stale = Seit mehr als einer Woche ist keine Mitteilung gekommen.
