# Sätze über Anbieter und darüber, wie sie es mit Port 25 halten. Dieselben Namen und Variablen stehen in der Datei der anderen
# Sprache.

provider-is = Ihr Anbieter ist { $name }:
provider-is-likely = Ihr Anbieter ist sehr wahrscheinlich { $name }:
provider-may-be = Ihr Anbieter ist vielleicht { $name } (eine Vermutung; `--provider` nennt den richtigen):
provider-is-one-of = Die Hinweise unterscheiden diese Anbieter nicht: { $names }. Nennen Sie Ihren mit `--provider`. Sie beruhen auf:
provider-chosen = Sie haben { $name } als Ihren Anbieter genannt.
provider-unknown = Ihr Anbieter ist hier nicht bekannt. Steht er in `postamt port25 providers`, nennen Sie ihn mit `--provider`.
provider-faintly = kaum: { $name }
provider-abuse = Kontakt bei Missbrauch: { $address }
provider-none-such = Einen Anbieter „{ $name }“ gibt es in der Liste nicht. `postamt port25 providers` zeigt sie.
provider-base-broken = Die Anbieterliste { $file } ist nicht brauchbar; es gilt die eingebaute: { $error }

provider-clue-dmi = die Firmware dieses Rechners sagt es ({ $seen })
provider-clue-no-cloud = die Firmware nennt keine Cloud ({ $seen }), wie bei einem ganzen Rechner
provider-clue-other-firmware = dagegen spricht: Die Firmware sagt etwas anderes ({ $seen })
provider-clue-cloud-init = cloud-init nennt die Cloud „{ $seen }“
provider-clue-file = die Datei { $seen } ist da
provider-clue-environment = die Variable { $seen } ist gesetzt
provider-clue-asn = { $address } wird von { $seen } angekündigt, einem Netz dieses Anbieters
provider-clue-organisation = die Registratur nennt „{ $seen }“ für { $address }
provider-clue-pointer = der PTR-Name von { $address } ist { $seen }

provider-kind-cloud = Cloud
provider-kind-vps = virtuelle Server
provider-kind-hoster = Server
provider-kind-paas = Plattform für Anwendungen
provider-kind-isp = Internetzugang

provider-policy-open = offen
provider-policy-open-limited = offen, gedrosselt
provider-policy-switch = gesperrt, Schalter im Kundenbereich
provider-policy-request = gesperrt, auf Anfrage
provider-policy-request-new-accounts = für neuere Konten gesperrt, auf Anfrage
provider-policy-never = dauerhaft gesperrt
provider-policy-upgrade = mit höherem Tarif
provider-policy-open-until-abuse = offen bis zu Beschwerden
provider-policy-mixed = je nach Produkt
provider-policy-unknown = unbekannt

provider-says-open = { $name }: Port 25 ist offen; ist er trotzdem zu, fragen Sie den Support nach dem Grund.
provider-says-open-limited = { $name }: Port 25 ist offen, aber gedrosselt.
provider-says-switch = { $name }: Port 25 ist gesperrt, bis Sie ihn im Kundenbereich selbst öffnen.
provider-says-request = { $name }: Port 25 ist gesperrt und wird auf Anfrage geöffnet.
provider-says-request-new-accounts = { $name }: Port 25 ist bei neueren Konten gesperrt und wird auf Anfrage geöffnet.
provider-says-never = { $name }: Port 25 ist gesperrt, und ein Weg, ihn zu öffnen, wird nicht genannt: Nehmen Sie ein Relay (`postamt relay add`), oder wechseln Sie zu einem Anbieter, der ihn öffnet (`postamt port25 providers`).
provider-says-upgrade = { $name }: Port 25 wird nur mit einem höheren Tarif oder einem Geschäftsanschluss geöffnet.
provider-says-open-until-abuse = { $name }: Port 25 ist offen, wird aber nach Beschwerden oder erkanntem Spam gesperrt: Finden und beheben Sie die Ursache, bevor Sie anfragen.
provider-says-mixed = { $name }: Ob Port 25 offen ist, hängt vom Produkt ab.
provider-says-unknown = { $name }: Was dort mit Port 25 geschieht, ist hier nicht bekannt; fragen Sie den Support in allgemeiner Form.

provider-detail = { $text }
provider-how = Der Weg: { $text }.
provider-page = Siehe { $text }.
provider-needs = Vor der Anfrage: { $text }.
provider-contents = In die Anfrage gehört: { $text }.
provider-helpful = Nützlich außerdem: { $text }.
provider-fee = Es kostet { $text }.
provider-answer = Antwort: { $text }.
provider-afterwards = Danach: { $text }.
provider-relay = Bis dahin oder stattdessen: { $text }.
provider-reverse-dns = Reverse DNS (PTR): { $place }.
provider-other-ports = Andere Ports ausgehend: 465 { $port465 ->
    [open] offen
    [blocked] gesperrt
   *[unknown] unbekannt
}, 587 { $port587 ->
    [open] offen
    [blocked] gesperrt
   *[unknown] unbekannt
}.
provider-follow-up = { $days ->
    [one] Ohne Antwort nach einem Tag nachfragen.
   *[other] Ohne Antwort nach { $days } Tagen nachfragen.
}
provider-seen = Stand { $date }, nach:
provider-seen-nowhere = Eine Quelle zum Nachlesen ist nicht bekannt.
provider-seen-undated = Ohne Datum, nach:
provider-confidence-high = Das sagt der Anbieter selbst, oder mehrere datierte Berichte stimmen überein.
provider-confidence-medium = Das sagt nicht der Anbieter selbst, oder es ist schon älter; prüfen Sie es bei ihm.
provider-confidence-low = Das ist Hörensagen; prüfen Sie es beim Anbieter, bevor Sie sich darauf verlassen.

provider-method-form = ein Webformular
provider-method-limit-request = eine Anfrage, ein Limit zu ändern
provider-method-panel-request = eine Funktion im Kundenbereich
provider-method-ticket = ein Ticket an den Support
provider-method-phone = ein Anruf beim Support
provider-method-abuse-team = eine Nachricht an das Missbrauchsteam
provider-method-switch = ein Schalter im Kundenbereich
provider-method-upgrade = ein anderer Tarif

provider-item-abuse-answer = die Zusage, Missbrauchsmeldungen binnen 24 Stunden zu beantworten
provider-item-account-owner = vom Konto des Inhabers absenden
provider-item-address-kind = die Art der Adresse
provider-item-addresses = die IP-Adressen
provider-item-alerts-traced = die in der Warnung genannten Nachrichten sind im Log gefunden
provider-item-authentication = der Stand von SPF und DKIM
provider-item-billing-history = einige bezahlte Rechnungen
provider-item-business-line = ein Geschäftsanschluss
provider-item-category = welche der erlaubten Nutzungsarten es ist
provider-item-cause = die gefundene Ursache des Spams
provider-item-cause-removed = die Ursache ist beseitigt
provider-item-contract = ein eigener Vertrag
provider-item-contract-number = die Server- oder Vertragsnummer
provider-item-customer-one-month = seit einem Monat Kunde
provider-item-dns-proof = ein Nachweis der DNS-Einträge
provider-item-domains = die Domains
provider-item-filter-removal = die Bitte, den Filter für Port 25 ausgehend zu entfernen
provider-item-first-invoice = die erste Rechnung ist bezahlt
provider-item-fix = was dagegen getan wurde
provider-item-fixed-address = eine feste Adresse
provider-item-forward-record = die A- und AAAA-Einträge des Mailservers
provider-item-helo-matches = der Name in HELO ist der des PTR-Eintrags
provider-item-higher-plan = ein bezahlter Tarif
provider-item-mail-host = der Name des Mailservers
provider-item-mail-kind = die Art der Mail
provider-item-no-bulk = keine Massenmail
provider-item-no-open-relay = kein offenes Relay
provider-item-not-listed = die Adresse steht auf keiner Sperrliste
provider-item-paid-account = ein bezahltes Konto
provider-item-panel-permission = die Berechtigung dazu im Kundenbereich
provider-item-prescribed-sentence = der vorgeschriebene Satz gegen Spam, Wort für Wort
provider-item-prevention = wie unerwünschte Mail verhindert wird
provider-item-proof-of-identity = ein Nachweis der Identität oder der Zahlung
provider-item-queue-checked = die Warteschlange ist geprüft
provider-item-redeploy = ein neues Ausrollen
provider-item-region = die Region
provider-item-reverse-names = die gewünschten PTR-Namen
provider-item-reverse-record = die PTR-Einträge, für IPv4 und IPv6
provider-item-right-product = ein Produkt, bei dem es möglich ist
provider-item-right-subscription = ein Abonnement, bei dem es möglich ist
provider-item-sample-message = eine Beispielnachricht mit Abmeldemöglichkeit
provider-item-sending-stopped = der Versand ist angehalten
provider-item-server = der Name des Servers
provider-item-software = die Software des Mailservers
provider-item-spf-dkim-dmarc = die Einträge für SPF, DKIM und DMARC
provider-item-subject-line = der Betreff „Unblock port 25 for my server with“ und die Kennung des Servers
provider-item-terms = dass Sie die Bedingungen annehmen und keine unverlangte Mail versenden
provider-item-three-months-left = noch drei Monate Vertragslaufzeit
provider-item-use-case = wofür es gebraucht wird
provider-item-users = die Zahl der Nutzer
provider-item-verified-account = ein bestätigtes Konto
provider-item-verified-identity = eine bestätigte Identität
provider-item-volume = wie viel Mail zu erwarten ist
provider-item-website = eine Website oder die Person hinter der Domain
provider-item-who-you-are = wer Sie sind
provider-item-why-not587 = warum 587, 465 oder ein Maildienst nicht genügen
provider-item-why-port25 = warum Port 25 ausgehend gebraucht wird
