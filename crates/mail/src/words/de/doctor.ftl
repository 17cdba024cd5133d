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
doctor-unknown-check = Eine Prüfung `{ $check }` gibt es nicht. Es gibt: { $checks }
doctor-not-written = { $file } lässt sich nicht schreiben: { $error }
doctor-blocklists-broken = Die Liste der Sperrlisten ist nicht zu gebrauchen: { $error }
doctor-not-a-domain = `{ $text }` ist kein Domainname.

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
doctor-hostname-not-asked = Ob { $about } in Ordnung ist, lässt sich nicht sagen: DNS hat versagt.
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
doctor-ptr-not-asked = Ob { $about } einen PTR-Eintrag hat, lässt sich nicht sagen: DNS hat versagt.
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
doctor-mx-not-asked = Die MX-Einträge von { $about } lassen sich nicht beurteilen: DNS hat versagt.
doctor-mx-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-submission-good = Port { $about } ist so, wie Programme ihn erwarten.
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
doctor-certificate-expired-now = Erneuern Sie es, und sehen Sie nach, warum das nicht von selbst geschehen ist (etwa `systemctl list-timers`).
doctor-certificate-not-yet = Das Zertifikat auf Port { $about } gilt noch nicht.
doctor-certificate-not-yet-expected = Ein Zertifikat, das schon gilt.
doctor-certificate-not-yet-now = Stellen Sie die Uhr; geht sie richtig, nehmen Sie ein anderes Zertifikat.
doctor-certificate-soon = Das Zertifikat auf Port { $about } läuft in { $days ->
        [0] weniger als einem Tag
        [one] einem Tag
       *[other] { $days } Tagen
    } ab ({ $end }).
doctor-certificate-soon-expected = Zwei Wochen vor dem Ende ist es erneuert.
doctor-certificate-soon-now = Erneuern Sie es, und sehen Sie nach, warum das nicht von selbst geschehen ist (etwa `systemctl list-timers`).
doctor-certificate-old = Auf Port { $about } wird ein älteres Zertifikat gezeigt (bis { $end }) als das in der Datei.
doctor-certificate-old-expected = Gezeigt wird das Zertifikat aus der Datei.
doctor-certificate-old-now = Lassen Sie den Server es neu lesen; steht ein anderes Programm davor, dann jenes:
doctor-certificate-wrong-name = Das Zertifikat auf Port { $about } gilt für { $names }, nicht für { $host }.
doctor-certificate-wrong-name-expected = Ein Zertifikat für den Namen des Servers.
doctor-certificate-wrong-name-now = Lassen Sie eines für { $host } ausstellen, und tragen Sie die Dateien unter [tls] ein.
doctor-certificate-self-made = Das Zertifikat auf Port { $about } hat niemand beglaubigt. Andere Mailserver stört das selten; Mailprogramme warnen oder verweigern die Verbindung.
doctor-certificate-self-made-expected = Ein Zertifikat einer anerkannten Stelle für { $host }.
doctor-certificate-self-made-now = Lassen Sie eines ausstellen (etwa kostenlos von Let’s Encrypt), und tragen Sie die Dateien unter [tls] ein.
doctor-certificate-not-trusted = Das Zertifikat auf Port { $about } führt zu keiner Stelle, der dieser Rechner vertraut; ausgestellt ist es von { $issuer }.
doctor-certificate-not-trusted-expected = Gezeigt wird die ganze Kette: das eigene Zertifikat und dahinter die der Zwischenstellen.
doctor-certificate-not-trusted-now = Geben Sie unter [tls] die Datei mit der ganzen Kette an; bei certbot heißt sie fullchain.pem.
doctor-certificate-weak = Das Zertifikat auf Port { $about } hat einen schwachen Schlüssel.
doctor-certificate-weak-expected = ECDSA mit P-256, oder RSA mit mindestens 2048 Bit.
doctor-certificate-weak-now = Lassen Sie ein neues Zertifikat mit einem neuen Schlüssel ausstellen.

doctor-relay-test-refuses = Fremde können über Port { $about } nichts weiterleiten: Alle { $count } Versuche wurden abgewiesen.
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
doctor-tlsrpt-not-asked = Der TLSRPT-Eintrag von { $about } lässt sich nicht beurteilen: DNS hat versagt.
doctor-tlsrpt-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Domain.

doctor-dane-matches = Die TLSA-Einträge von { $about } passen zu seinem Zertifikat.
doctor-dane-unsigned = { $about } nutzt DANE nicht: Seine Zone ist nicht mit DNSSEC unterschrieben.
doctor-dane-none = Die Zone von { $about } ist mit DNSSEC unterschrieben, hat aber keinen TLSA-Eintrag: DANE wäre möglich.
doctor-dane-none-now = Wenn Absender die Verschlüsselung zu { $about } verlangen und prüfen sollen, tragen Sie den Schlüssel ein:
doctor-dane-mismatch = Kein TLSA-Eintrag unter { $name } passt zu dem Zertifikat, das { $about } zeigt. Wer DANE beachtet, stellt nicht zu.
doctor-dane-mismatch-expected = Mindestens ein TLSA-Eintrag passt zum gezeigten Zertifikat; beim Schlüsselwechsel steht der neue Eintrag schon da, bevor der neue Schlüssel gezeigt wird.
doctor-dane-mismatch-now = Ersetzen Sie die Einträge (`postamt dns publish` tut das von selbst), oder nehmen Sie wieder den alten Schlüssel, bis der neue Eintrag überall bekannt ist:
doctor-dane-no-tls = { $about } hat TLSA-Einträge, aber auf Port 25 kein brauchbares TLS. Wer DANE beachtet, stellt nicht zu.
doctor-dane-no-tls-expected = STARTTLS auf Port 25.
doctor-dane-no-tls-now = Schalten Sie auf { $about } STARTTLS ein, oder nehmen Sie die TLSA-Einträge unter { $name } weg.
doctor-dane-unusable = Unter { $name } stehen TLSA-Einträge, mit denen kein Mailserver etwas anfängt.
doctor-dane-unusable-expected = Für Mail zählen nur die Verwendungen 2 und 3 (am besten 3 1 1), mit Daten der richtigen Länge.
doctor-dane-unusable-now = Nehmen Sie diese Einträge weg:
doctor-dane-insecure = { $about } hat TLSA-Einträge, aber nicht alles auf dem Weg dorthin ist mit DNSSEC unterschrieben (MX-Eintrag, Adressen, TLSA). Sie bewirken nichts.
doctor-dane-insecure-expected = Die Zonen der Domain und ihres Mailservers sind mit DNSSEC unterschrieben.
doctor-dane-insecure-now = Schalten Sie DNSSEC ein, bei Ihrem Nameserver und mit dem DS-Eintrag beim Registrar, oder nehmen Sie die TLSA-Einträge weg.
doctor-dane-bogus = Die Unterschriften unter { $name } stimmen nicht. Wer DANE beachtet, stellt { $about } nicht zu.
doctor-dane-bogus-expected = Gültige DNSSEC-Unterschriften.
doctor-dane-bogus-now = Lassen Sie die Zone neu unterschreiben, und vergleichen Sie den DS-Eintrag beim Registrar mit dem Schlüssel der Zone.
doctor-dane-not-validated = { $about } hat TLSA-Einträge, und sie passen; ob sie mit DNSSEC unterschrieben sind, lässt sich hier nicht sagen.
doctor-dane-not-validated-now = Fragen Sie über Nameserver, die DNSSEC-Unterschriften durchreichen.
doctor-dane-not-met = Ob die TLSA-Einträge von { $about } zu seinem Zertifikat passen, lässt sich nicht sagen: Port 25 ist von hier aus nicht zu erreichen.
doctor-dane-not-met-now = Ist Port 25 von hier aus gesperrt, ist nichts zu tun; sonst versuchen Sie es später noch einmal.
doctor-dane-not-asked = Die TLSA-Einträge von { $about } sind nicht zu bekommen: DNS hat versagt. Hält das an, stellt nicht zu, wer DANE beachtet.
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
doctor-caa-not-asked = Die CAA-Einträge für { $about } sind nicht zu bekommen: DNS hat versagt. Auch die ausstellende Stelle lehnt dann ab.
doctor-caa-not-asked-now = Versuchen Sie es später noch einmal; bleibt es dabei, liegt es an den Nameservern der Zone.

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
doctor-blocklists-advice-nothing = Nichts. Kaum ein Empfänger befragt diese Liste, und niemand kann eine einzelne Adresse löschen. Zahlen Sie nichts dafür.

doctor-clock-right = Die Uhr geht richtig.
doctor-clock-wrong = Die Uhr geht um { $seconds ->
        [one] eine Sekunde
       *[other] { $seconds } Sekunden
    } falsch (verglichen mit { $about }).
doctor-clock-wrong-expected = Eine Uhr, die auf die Sekunde stimmt: Unterschriften und Zertifikate gelten nach der Zeit.
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
