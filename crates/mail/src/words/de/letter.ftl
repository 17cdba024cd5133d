# Der Brief, der einen Anbieter bittet, Port 25 zu öffnen, und was daneben gesagt wird. Dieselben Namen und Variablen stehen
# in der Datei der anderen Sprache.

letter-list = { $first } und { $last }
letter-pair = { $address } ({ $name })
letter-blank = [{ $what }]
letter-blank-name = Ihr Name
letter-blank-customer = Kunden- oder Vertragsnummer
letter-blank-server = Kennung des Servers
letter-blank-field = bitte ergänzen

letter-subject = Bitte um Freischaltung von Port 25 (ausgehend) für { $host }
letter-subject-prescribed = Unblock port 25 for my server with { $server }
letter-subject-line = Betreff: { $subject }
letter-form-subject = Betreff
letter-form-text = Nachricht
letter-greeting = Sehr geehrte Damen und Herren,
letter-opening-own-mta = { $count ->
    [0] auf meinem Server { $host } betreibe ich einen eigenen Mailserver.
    [one] auf meinem Server { $host } betreibe ich einen eigenen Mailserver für die Domain { $domains }.
   *[other] auf meinem Server { $host } betreibe ich einen eigenen Mailserver für die Domains { $domains }.
}
letter-opening-application = { $count ->
    [0] auf meinem Server { $host } läuft eine Anwendung, die ihre E-Mails selbst an die Mailserver der Empfänger zustellt.
    [one] auf meinem Server { $host } läuft eine Anwendung, die ihre E-Mails mit Absendern der Domain { $domains } selbst an die Mailserver der Empfänger zustellt.
   *[other] auf meinem Server { $host } läuft eine Anwendung, die ihre E-Mails mit Absendern der Domains { $domains } selbst an die Mailserver der Empfänger zustellt.
}
letter-addresses = { $number ->
    [one] Versendet wird von der Adresse { $addresses }.
   *[other] Versendet wird von den Adressen { $addresses }.
}
letter-description = Verwendungszweck: { $text }.
letter-request = { $number ->
    [0] Ich bitte Sie, ausgehende Verbindungen zu Port 25 (TCP) für meinen Server freizuschalten.
    [one] Ich bitte Sie, ausgehende Verbindungen zu Port 25 (TCP) für diese Adresse freizuschalten.
   *[other] Ich bitte Sie, ausgehende Verbindungen zu Port 25 (TCP) für diese Adressen freizuschalten.
}
letter-terms = Bitte teilen Sie mir auch mit, unter welchen Bedingungen das möglich ist und ob Sie dafür weitere Angaben benötigen.
letter-why-own-mta = Der Server stellt E-Mails direkt an die Mailserver der Empfänger zu. Diese nehmen E-Mails von anderen Servern nur über Port 25 an.
letter-why-application = Die Anwendung stellt ihre E-Mails direkt an die Mailserver der Empfänger zu. Diese nehmen E-Mails von anderen Servern nur über Port 25 an.
letter-not-relay-own-mta = Die Ports 587 und 465 sind dafür vorgesehen, dass angemeldete Nutzer E-Mails bei ihrem eigenen Anbieter einliefern; für die Zustellung an fremde Mailserver sind sie nicht bestimmt. Ein Relay käme technisch infrage, doch dann würde ein Dritter alle Nachrichten verarbeiten, und die Zustellung hinge von dessen Grenzwerten und dessen Reputation ab. Deshalb möchte ich direkt zustellen.
letter-not-relay-application = Die Ports 587 und 465 sind dafür vorgesehen, dass angemeldete Nutzer E-Mails bei ihrem eigenen Anbieter einliefern; für die Zustellung an fremde Mailserver sind sie nicht bestimmt. Ein Relay käme technisch infrage, doch dann würde ein Dritter alle Nachrichten der Anwendung verarbeiten, und die Zustellung hinge von dessen Grenzwerten und dessen Reputation ab. Deshalb möchte ich direkt zustellen.
letter-use-own-mta = { $count ->
    [0] Eigener Mailserver auf { $host }
    [one] Eigener Mailserver auf { $host } für die Domain { $domains }
   *[other] Eigener Mailserver auf { $host } für die Domains { $domains }
}
letter-use-application = { $count ->
    [0] E-Mails einer Anwendung auf { $host }
    [one] E-Mails einer Anwendung auf { $host } mit Absendern der Domain { $domains }
   *[other] E-Mails einer Anwendung auf { $host } mit Absendern der Domains { $domains }
}
letter-kind-own-mta = { $count ->
    [0] E-Mails eines eigenen Mailservers auf { $host }
    [one] E-Mails eines eigenen Mailservers auf { $host } mit Absendern der Domain { $domains }
   *[other] E-Mails eines eigenen Mailservers auf { $host } mit Absendern der Domains { $domains }
}
letter-volume-measured = In den vergangenen { $days } Tagen hat der Server täglich zwischen { $low } und { $high } Nachrichten zum Versand angenommen; Tage ohne Nachrichten sind nicht mitgezählt.
letter-volume-even = { $high ->
    [one] In den vergangenen { $days } Tagen hat der Server täglich eine Nachricht zum Versand angenommen; Tage ohne Nachrichten sind nicht mitgezählt.
   *[other] In den vergangenen { $days } Tagen hat der Server täglich { $high } Nachrichten zum Versand angenommen; Tage ohne Nachrichten sind nicht mitgezählt.
}
letter-volume-one-day = { $high ->
    [one] In den vergangenen { $days } Tagen hat der Server eine Nachricht zum Versand angenommen.
   *[other] In den vergangenen { $days } Tagen hat der Server { $high } Nachrichten zum Versand angenommen, alle am selben Tag.
}
letter-volume-stated = Erwarteter Umfang: { $text }.

letter-fields-heading = Angaben für Ihre Prüfung:
letter-field-abuse-answer = Missbrauchsmeldungen
letter-field-address-kind = Art der Adresse
letter-field-addresses = IP-Adressen
letter-field-authentication = SPF und DKIM
letter-field-category = Art der Nutzung
letter-field-cause = Ursache
letter-field-contract-number = Server- oder Vertragsnummer
letter-field-dns-proof = DNS-Einträge
letter-field-domains = Domains
letter-field-fix = Ergriffene Maßnahmen
letter-field-forward-record = A- und AAAA-Einträge
letter-field-mail-host = Name des Mailservers
letter-field-mail-kind = Art der E-Mails
letter-field-no-bulk = Kein Massenversand
letter-field-no-open-relay = Kein offenes Relay
letter-field-not-listed = Sperrlisten
letter-field-prescribed-sentence = Erklärung gegen Spam
letter-field-prevention = Maßnahmen gegen unerwünschte E-Mails
letter-field-proof-of-identity = Nachweis der Identität
letter-field-region = Region
letter-field-reverse-names = Gewünschte PTR-Namen
letter-field-reverse-record = Reverse DNS
letter-field-sample-message = Beispielnachricht
letter-field-server = Name des Servers
letter-field-software = Software
letter-field-spf-dkim-dmarc = SPF, DKIM und DMARC
letter-field-terms = Nutzungsbedingungen
letter-field-use-case = Verwendungszweck
letter-field-users = Zahl der Nutzer
letter-field-volume = Umfang
letter-field-who-you-are = Name
letter-field-why-not587 = Warum Port 587 und 465 nicht genügen
letter-field-why-port25 = Warum Port 25 ausgehend benötigt wird

letter-state-heading = Stand des Servers, geprüft am { $time }:
letter-claim-block = Wie eine Messung am { $time } gezeigt hat, erreichen ausgehende Verbindungen zu Port 25 (TCP) die Mailserver der Empfänger nicht.
letter-claim-control = { $number ->
    [one] Verbindungen zu anderen Ports derselben Betreiber kommen dagegen zustande (Port { $ports }); an der Netzanbindung allgemein liegt es also nicht.
   *[other] Verbindungen zu anderen Ports derselben Betreiber kommen dagegen zustande (Ports { $ports }); an der Netzanbindung allgemein liegt es also nicht.
}
letter-claim-reverse = { $count ->
    [one] PTR-Eintrag, zugehöriger A- oder AAAA-Eintrag und HELO-Name stimmen überein: { $pairs }.
   *[other] PTR-Einträge, zugehörige A- oder AAAA-Einträge und HELO-Name stimmen überein: { $pairs }.
}
letter-claim-spf = { $count ->
    [one] Für { $names } ist ein SPF-Eintrag veröffentlicht, der diesen Server zum Versand berechtigt.
   *[other] Für { $names } sind SPF-Einträge veröffentlicht, die diesen Server zum Versand berechtigen.
}
letter-claim-dkim = { $count ->
    [one] Ausgehende E-Mails werden mit DKIM signiert; der öffentliche Schlüssel steht im DNS.
   *[other] Ausgehende E-Mails werden mit DKIM signiert; die öffentlichen Schlüssel stehen im DNS.
}
letter-claim-dkim-application = { $count ->
    [one] Der öffentliche DKIM-Schlüssel steht im DNS.
   *[other] Die öffentlichen DKIM-Schlüssel stehen im DNS.
}
letter-claim-dmarc = { $count ->
    [one] Für { $names } ist eine DMARC-Richtlinie veröffentlicht.
   *[other] Für { $names } sind DMARC-Richtlinien veröffentlicht.
}
letter-claim-listed = Der Server steht auf keiner der abgefragten Sperrlisten.
letter-claim-relay = { $number ->
    [0] Der Server ist kein offenes Relay; das hat ein Selbsttest bestätigt.
    [one] Der Server ist kein offenes Relay: Im Selbsttest wurde der Versuch einer Weiterleitung ohne Anmeldung abgewiesen.
   *[other] Der Server ist kein offenes Relay: Im Selbsttest wurden alle { $number } Versuche einer Weiterleitung ohne Anmeldung abgewiesen.
}
letter-claim-login = Von außen kann über den Server nur E-Mails versenden, wer sich über eine verschlüsselte Verbindung anmeldet.
letter-claim-tls = Das TLS-Zertifikat des Servers ist gültig.
letter-claim-pacing = { $number ->
    [one] Zu den Mailservern eines Anbieters besteht höchstens eine Verbindung gleichzeitig; verlangt ein Anbieter weniger, drosselt der Server den Versand selbsttätig.
   *[other] Zu den Mailservern eines Anbieters bestehen höchstens { $number } Verbindungen gleichzeitig; verlangt ein Anbieter weniger, drosselt der Server den Versand selbsttätig.
}
letter-claim-rate = { $number ->
    [one] An die Mailserver eines Anbieters geht höchstens eine Nachricht pro Minute.
   *[other] An die Mailserver eines Anbieters gehen höchstens { $number } Nachrichten pro Minute.
}
letter-claim-bounces = Bei endgültig abgewiesenen Nachrichten unternimmt der Server keinen weiteren Zustellversuch; der Absender erhält eine Unzustellbarkeitsnachricht.
letter-claim-abuse = Die Adressen postmaster@ und abuse@ von { $names } nehmen E-Mails an.
letter-claim-updates = Alle verfügbaren Sicherheitsupdates sind eingespielt.

letter-promises-heading = Darüber hinaus sage ich Ihnen zu:
letter-promise-consent = Ich versende keine unverlangte Werbung. E-Mails an Verteiler erhalten nur Empfänger, die zugestimmt haben; sie können sich jederzeit abmelden.
letter-promise-complaints = Beschwerden gehe ich unverzüglich nach. An Adressen, die dauerhaft nicht erreichbar sind, sende ich nichts mehr.
letter-promise-abuse-answer = Missbrauchsmeldungen beantworte ich innerhalb von 24 Stunden.
letter-promise-updates = Betriebssystem und Mailsoftware halte ich aktuell.
letter-promise-terms = Ihre Nutzungsbedingungen halte ich ein.
letter-closing = Für Rückfragen und weitere Nachweise stehe ich Ihnen gern zur Verfügung. Vielen Dank für Ihre Unterstützung.
letter-regards = Mit freundlichen Grüßen
letter-customer = Kundennummer: { $number }

letter-annex-heading = Technischer Anhang
letter-annex-probe = Messung von Port 25, { $path }, { $time }:
letter-annex-last-router = Letzter Router, der auf dem Weg zu Port 25 antwortet: { $router }.
letter-annex-next-router = Nächster Router, der nur auf dem Weg zu Port { $port } antwortet: { $router }.
letter-annex-proofs = Belege zum Stand des Servers, { $time }:

letter-topic-block = die Sperre von Port 25
letter-topic-control = dass andere Ports erreichbar sind
letter-topic-reverse = PTR-Eintrag und HELO-Name
letter-topic-spf = SPF
letter-topic-dkim = DKIM
letter-topic-dmarc = DMARC
letter-topic-listed = Sperrlisten
letter-topic-relay = dass der Server kein offenes Relay ist
letter-topic-login = dass nur angemeldete Nutzer senden
letter-topic-tls = das TLS-Zertifikat
letter-topic-pacing = wie der Server die Empfänger schont
letter-topic-rate = die Obergrenze je Minute
letter-topic-bounces = was mit abgewiesenen Nachrichten geschieht
letter-topic-abuse = postmaster@ und abuse@
letter-topic-updates = Sicherheitsupdates

letter-remedy-ground = Beheben Sie zuerst { $finding }: `postamt doctor` sagt, wie.
letter-remedy-source = Nach der Konfiguration sendet dieser Server nicht direkt, oder seine Adresse ist nicht bekannt: Prüfen Sie `[[route]]` und `[[source]]`.
letter-remedy-login = Verlangen Sie auch von diesen Netzen eine Anmeldung: Nehmen Sie `relay_networks` aus der Konfiguration.
letter-login-networks = Ohne Anmeldung dürfen senden: { $networks }.
letter-control-unknown = Ob andere Ports erreichbar sind, ist nicht bekannt.

letter-score-heading = Worauf Anbieter achten:
letter-score-reverse = PTR-Eintrag für jede Adresse
letter-score-forward = PTR-Name, der zurückführt und der HELO-Name ist
letter-score-spf = SPF
letter-score-dkim = DKIM
letter-score-dmarc = DMARC
letter-score-listed = Sperrlisten
letter-score-relay = Schutz gegen Weiterleiten ohne Anmeldung
letter-score-abuse = postmaster@ und abuse@
letter-state-ok = in Ordnung
letter-state-missing = zu beheben
letter-state-unknown = unbekannt
letter-state-yours = selbst zu prüfen
letter-needs-heading = Was { $name } vor der Anfrage verlangt:
letter-score-mend = Bringen Sie zuerst in Ordnung, woran die Anfrage scheitern kann: { $what }. Wie, steht unten.
letter-score-find-out = Gefunden wurde nichts, was gegen die Anfrage spricht; offen geblieben ist: { $what }. Mehr dazu steht unten.
letter-score-ready = Gefunden wurde nichts, was gegen die Anfrage spricht.
letter-promised-heading = Wenn Sie den Brief abschicken, sagen Sie zu:
letter-promised-check = Streichen Sie im Brief, was Sie nicht einhalten können oder wollen.

letter-left-out-heading = Das sagt der Brief nicht, weil es nicht belegt ist:
letter-not-looked-at = { $count ->
    [one] Es wurde nicht geprüft. `postamt doctor` prüft es, sobald Postamt eingerichtet ist und läuft.
   *[other] All das wurde nicht geprüft. `postamt doctor` prüft es, sobald Postamt eingerichtet ist und läuft.
}
letter-to-fill-in-heading = Das wissen nur Sie; ergänzen Sie es im Brief, wo eckige Klammern stehen:

letter-advice-ask = { $name }: Port 25 wird auf Anfrage geöffnet. Der Brief steht unten.
letter-advice-ask-in-general = Wie Ihr Anbieter es mit Port 25 hält, ist nicht bekannt. Fragen Sie ihn mit dem allgemeinen Brief unten; kennt ihn `postamt port25 providers`, nennen Sie ihn mit `--provider`.
letter-advice-by-product = { $name }: Ob Port 25 geöffnet wird, hängt vom Produkt ab. Fragen Sie mit dem Brief unten.
letter-advice-mend-then-ask = { $name }: Port 25 wird nach Beschwerden oder erkanntem Spam gesperrt. Finden und beheben Sie zuerst die Ursache; schreiben Sie dann in den Brief unten, was es war und was Sie getan haben.
letter-advice-not-blocked = Port 25 ist nach der Messung von eben offen: Es gibt nichts zu beantragen. `--anyway` schreibt den Brief trotzdem.
letter-advice-own-filter = Nicht der Anbieter sperrt Port 25, sondern dieser Rechner selbst: `postamt port25 check` nennt die Regel. `--anyway` schreibt den Brief trotzdem.
letter-advice-open = { $name }: Port 25 ist offen; es gibt nichts zu beantragen. `--anyway` schreibt den Brief trotzdem.
letter-advice-open-yet-blocked = { $name }: Port 25 ist dort gewöhnlich offen, nach der Messung aber gesperrt. Fragen Sie mit dem Brief unten nach.
letter-advice-switch = { $name }: Port 25 öffnen Sie dort selbst, eine Anfrage ist nicht nötig. `--anyway` schreibt den Brief trotzdem.
letter-advice-plan = { $name }: Port 25 wird nur mit einem anderen Tarif geöffnet; eine Anfrage allein hilft nicht. `--anyway` schreibt den Brief trotzdem.
letter-advice-never = { $name }: Port 25 wird nicht geöffnet; eine Anfrage ist aussichtslos. Richten Sie ein Relay ein (`postamt relay add`), oder wechseln Sie den Anbieter. Diese Anbieter öffnen Port 25 auf Anfrage oder per Schalter: { $others }. `--anyway` schreibt den Brief trotzdem.
