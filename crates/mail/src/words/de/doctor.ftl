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
