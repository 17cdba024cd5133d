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
