# Der Antrag beim Anbieter, bis zu seinem Ende verfolgt: `postamt port25 case`. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

case-none = Es gibt noch keinen Vorgang. `postamt port25 request` schreibt den Brief an den Anbieter und eröffnet einen; `postamt port25 case new --letter DATEI` bewahrt einen eigenen Brief auf.
case-none-open = Kein Vorgang ist offen. `postamt port25 case list --all` zeigt auch die erledigten.
case-unknown = Einen Vorgang { $id } gibt es nicht. `postamt port25 case list --all` zeigt, welche es gibt.
case-not-an-id = „{ $id }“ ist kein Vorgang: Sie heißen c1, c2, … `postamt port25 case list --all` zeigt sie.
case-moved = Jemand anders hat den Vorgang { $id } inzwischen fortgeführt. Sehen Sie ihn mit `postamt port25 case show { $id }` an, und entscheiden Sie dann neu.
case-store = Die Vorgänge lassen sich nicht lesen oder schreiben: { $error }
case-letter-unreadable = Der Brief { $file } lässt sich nicht lesen: { $error }
case-letter-empty = Der Brief ist leer. `postamt port25 case new --letter DATEI` bewahrt den Text von DATEI auf, bei `-` den der Standardeingabe.

case-heading = Vorgang { $id }
case-line = { $id }: { $stage } ({ $since }).
case-line-ticket = Nummer beim Anbieter: { $ticket }.
case-line-follow-up = Nachfragen ab { $at }.
case-provider = Anbieter: { $text }
case-host = Server: { $text }
case-addresses = Adressen: { $text }
case-ways = Wege nach draußen, die gesperrt waren: { $text }
case-follows = Folgt auf Vorgang { $text }

case-stage-drafted = der Brief ist geschrieben, aber noch nicht abgeschickt
case-stage-sent = abgeschickt; die Antwort des Anbieters steht aus
case-stage-follow-up-due = keine Antwort in der üblichen Zeit: nachfragen
case-stage-more-asked = der Anbieter hat Fragen
case-stage-granted = bewilligt; offen gesehen wurde der Port noch nicht
case-stage-escalated = abgelehnt: ein anderer Weg ist zu wählen
case-stage-confirmed = Port 25 wurde offen gesehen
case-stage-closed = abgeschlossen

case-next-drafted = Als Nächstes: den Brief lesen (mit ihm geben Sie die Zusagen, die er enthält), ihn abschicken und das mit `postamt port25 case sent { $id } --ticket NUMMER` festhalten.
case-next-sent = Als Nächstes: Antwortet der Anbieter, halten Sie es mit `postamt port25 case answered { $id } granted`, `refused` oder `more` fest. Antwortet er nicht, erinnert der Server Sie.
case-next-follow-up-due = Als Nächstes: die Nachfrage abschicken (sie steht in `postamt port25 case show { $id }`) und das mit `postamt port25 case sent { $id }` festhalten.
case-next-more-asked = Als Nächstes: jeden Satz der Antwort prüfen und sie vervollständigen (der Entwurf steht in `postamt port25 case show { $id }`), sie abschicken und das mit `postamt port25 case sent { $id }` festhalten.
case-next-granted = Als Nächstes: nichts. Der Server prüft von selbst und bestätigt den Vorgang; `postamt port25 check` sieht sofort nach.
case-next-escalated = Als Nächstes: einen der Wege wählen, die `postamt port25 case show { $id }` nennt. Fragen Sie noch einmal an, halten Sie das mit `postamt port25 case sent { $id }` fest; `postamt port25 case close { $id }` schließt ab.
case-next-confirmed = Als Nächstes: nichts. Wird der Port wieder gesperrt, entwirft der Server den nächsten Antrag. `postamt port25 case close { $id }` beendet diese Wache.
case-next-closed = Der Vorgang ist abgeschlossen.

case-brief-provider = den Anbieter
case-brief-drafted = Port 25: Der Antrag an { $provider } ist entworfen ({ $since }), aber noch nicht abgeschickt. Er steht in `postamt port25 case show { $id }`.
case-brief-sent = Port 25: Antrag an { $provider } abgeschickt am { $sent }, Antwort fällig bis { $due } (Vorgang { $id }).
case-brief-follow-up-due = Port 25: Antrag an { $provider } abgeschickt am { $sent }, bis { $due } kam keine Antwort: Fragen Sie nach. Die Nachfrage steht in `postamt port25 case show { $id }`.
case-brief-more-asked = Port 25: Rückfragen zum Antrag an { $provider } seit { $since }. Ein Entwurf der Antwort steht in `postamt port25 case show { $id }`.
case-brief-granted = Port 25: Antrag an { $provider } am { $since } bewilligt; offen gesehen wurde der Port noch nicht (Vorgang { $id }).
case-brief-escalated = Port 25: Antrag an { $provider } am { $since } abgelehnt. Andere Wege nennt `postamt port25 case show { $id }`.
case-brief-confirmed = Port 25: Antrag an { $provider } bewilligt; offen gesehen wurde der Port am { $since } (Vorgang { $id }).
case-brief-closed = Port 25: Der Vorgang { $id } (Antrag an { $provider }) wurde am { $since } abgeschlossen.

case-kept-opened = Der Vorgang { $id } ist eröffnet und bewahrt diesen Brief auf. Sobald er abgeschickt ist: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMMER` (ohne `--ticket`, wenn es keine Nummer gibt).
case-kept-updated = Der Entwurf im Vorgang { $id } ist durch diesen Brief ersetzt. Sobald er abgeschickt ist: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMMER` (ohne `--ticket`, wenn es keine Nummer gibt).
case-kept-added = Der Vorgang { $id } war schon abgeschickt und bewahrt nun auch diesen Brief auf. Sobald er abgeschickt ist: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMMER` (ohne `--ticket`, wenn es keine Nummer gibt).
case-kept-on-its-way = Hierzu ist der Vorgang { $id } schon offen: { $stage } ({ $since }). Er bleibt, wie er ist; der Brief oben wird nur ausgegeben.
case-not-opened = Ein Vorgang wurde nicht eröffnet, der Brief wird nur ausgegeben: { $why }
case-not-opened-unconfigured = Auf diesem Rechner ist noch nichts eingerichtet, also fehlt der Ort zum Aufbewahren. `postamt setup` richtet Postamt ein; danach eröffnet `postamt port25 request` den Vorgang.

case-event-drafted = { $at }: Der Brief wurde geschrieben.
case-event-sent = { $at }: abgeschickt { $by }.
case-event-follow-up-due = { $at }: Die Antwort blieb aus; eine Nachfrage wurde geschrieben.
case-event-granted = { $at }: Der Anbieter hat den Antrag bewilligt.
case-event-refused = { $at }: Der Anbieter hat abgelehnt.
case-event-more-asked = { $at }: Der Anbieter hat zurückgefragt; eine Antwort wurde entworfen.
case-event-opened = { $at }: Port 25 wurde offen gesehen.
case-event-lost = { $at }: Port 25 ist wieder gesperrt; damit geht es in Vorgang { $id } weiter.
case-event-noted = { $at }: Bemerkung.
case-event-closed = { $at }: abgeschlossen.
case-channel-ticket = als Ticket
case-channel-form = über ein Formular
case-channel-email = per E-Mail
case-channel-phone = am Telefon
case-channel-other = auf anderem Weg

case-impossible-already-drafted = Der Brief des Vorgangs { $id } ist schon abgeschickt. `postamt port25 case new` eröffnet einen weiteren Vorgang.
case-impossible-not-sent-yet = Der Vorgang { $id } wurde noch nicht abgeschickt, also kann niemand geantwortet haben. Halten Sie zuerst fest: `postamt port25 case sent { $id }`.
case-impossible-already-sent = Der Vorgang { $id } wurde schon abgeschickt und wartet auf Antwort. Was kam, hält `postamt port25 case answered { $id }` fest, eine Bemerkung `postamt port25 case note { $id } TEXT`.
case-impossible-not-waiting = Der Vorgang { $id } wartet auf keine Antwort. Was als Nächstes kommt, sagt `postamt port25 case show { $id }`.
case-impossible-already-answered = Diese Antwort steht im Vorgang { $id } schon. Eine Bemerkung fügt `postamt port25 case note { $id } TEXT` hinzu.
case-impossible-already-open = Im Vorgang { $id } wurde Port 25 offen gesehen: Es gibt nichts mehr zu beantragen. `postamt port25 case close { $id }` schließt ihn ab.
case-impossible-not-confirmed = Im Vorgang { $id } wurde Port 25 noch nicht offen gesehen. Was als Nächstes kommt, sagt `postamt port25 case show { $id }`.
case-impossible-over = Der Vorgang { $id } ist abgeschlossen. Nur Bemerkungen lassen sich noch hinzufügen; `postamt port25 case new` eröffnet einen weiteren.

case-subject = Betreff: Ausgehende Verbindungen zu Port 25 für { $addresses }
case-subject-ticket = Betreff: Ausgehende Verbindungen zu Port 25 für { $addresses } [{ $ticket }]
case-reminder-asked = am { $sent } habe ich Sie gebeten, ausgehende Verbindungen zu Port 25 für { $addresses } freizuschalten. Eine Antwort habe ich bisher nicht erhalten.
case-reminder-wish = Könnten Sie mir bitte mitteilen, wie es um den Antrag steht und ob Sie noch etwas von mir benötigen? Sollte eine Freischaltung nicht möglich sein, wäre ich Ihnen für einen kurzen Hinweis auf den Grund und auf Ihre Bedingungen dankbar.
case-reminder-thanks = Vielen Dank für Ihre Mühe.
case-answer-greeting = vielen Dank für Ihre Rückmeldung. Ihre Fragen beantworte ich gern:
case-answer-open = [Ihre Antwort auf die Frage]
case-answer-content = Art der E-Mails: Der Server { $host } versendet E-Mails mit Absendern der folgenden Domains: { $domains }. [Welche Art von E-Mails es ist, etwa die Korrespondenz der Nutzer oder Benachrichtigungen einer Anwendung, und an wen sie gehen.] Unverlangte Werbung versende ich nicht, und an gekaufte oder gesammelte Adressen schreibe ich nicht.
case-answer-content-unknown = Art der E-Mails: [welche Art von E-Mails der Server { $host } versendet, für welche Domains und an wen]. Unverlangte Werbung versende ich nicht, und an gekaufte oder gesammelte Adressen schreibe ich nicht.
case-answer-volume = Umfang: { $messages ->
    [one] eine Nachricht
   *[other] { $messages } Nachrichten
} in den vergangenen { $days } Tagen, also im Durchschnitt { $a_day ->
    [0] weniger als eine
    [one] etwa eine
   *[other] etwa { $a_day }
} am Tag.
case-answer-volume-unknown = Umfang: [wie viele Nachrichten am Tag].
case-answer-prevention = Maßnahmen gegen Spam: { $measures }
case-answer-prevention-login = Von außen nimmt der Server E-Mails an fremde Empfänger nur von angemeldeten Konten über verschlüsselte Verbindungen an, und jedes Konto darf nur die ihm zugewiesenen Absenderadressen verwenden.
case-answer-prevention-login-unknown = [Wer über den Server versenden darf und wie er sich ausweist.]
case-answer-prevention-dkim = Ausgehende E-Mails werden mit DKIM signiert.
case-answer-prevention-abuse = [Wer liest, was an postmaster@ und abuse@ geht, und wie schnell er antwortet.]
case-answer-blocklists = Sperrlisten: [Ergebnis der Prüfung von { $addresses } mit `postamt doctor`, mit Datum].
case-answer-relay = Warum nicht Port 587 oder ein Relay: Die Ports 587 und 465 dienen dazu, E-Mails beim eigenen Anbieter einzuliefern. Die Mailserver anderer sind über ihre MX-Einträge nur auf Port 25 zu erreichen (RFC 5321). Über ein Relay hinge die Zustellung von dessen Reputation ab, und sein Betreiber würde alle Nachrichten verarbeiten. [Was hier sonst noch gegen ein Relay spricht.]
case-answer-end = Sollten Sie weitere Angaben benötigen, reiche ich sie gern nach.
case-again = ausgehende Verbindungen zu Port 25 sind für { $addresses } wieder gesperrt. Nach meinem früheren Antrag waren sie möglich. Bitte schalten Sie sie erneut frei, oder teilen Sie mir den Grund der Sperre mit.
case-again-ptr = { $count ->
    [one] der PTR-Eintrag aus meinem früheren Antrag war gesetzt und besteht so nicht mehr ({ $records }). Bitte setzen Sie ihn wieder
   *[other] die PTR-Einträge aus meinem früheren Antrag waren gesetzt und bestehen so nicht mehr ({ $records }). Bitte setzen Sie sie wieder
}, oder teilen Sie mir den Grund der Änderung mit.
case-again-list = { $count ->
    [one] { $addresses } steht wieder auf der Liste { $whom }, nachdem der Eintrag nach meiner früheren Anfrage gelöscht worden war. Bitte veranlassen Sie seine Löschung erneut
   *[other] { $addresses } stehen wieder auf der Liste { $whom }, nachdem die Einträge nach meiner früheren Anfrage gelöscht worden waren. Bitte veranlassen Sie ihre Löschung erneut
}, oder teilen Sie mir mit, was dazu geführt hat.
case-again-mailbox = Ihre Server weisen E-Mails von { $addresses } wieder ab, nachdem sie nach meiner früheren Anfrage angenommen worden waren. Bitte lassen Sie sie wieder zu, oder teilen Sie mir den Grund der Sperre mit.
case-again-below = Der frühere Antrag steht unten; seine Angaben gelten für den Zeitpunkt, der dort genannt ist.
case-again-heading = Früherer Antrag

case-ways-intro = Was sich sonst tun lässt, in dieser Reihenfolge:
case-way-relay-there = Über ein Relay senden; von dort aus geht es mit: { $text }. `postamt relay add` richtet eines ein, und mit `[port25] relay` übernimmt es, solange Port 25 gesperrt ist.
case-way-relay = Über ein Relay senden: `postamt relay add` richtet eines ein, und mit `[port25] relay` übernimmt es, solange Port 25 gesperrt ist.
case-way-plan = Ein anderer Tarif bei { $name }. { $text }
case-way-move = Ein anderer Anbieter: `postamt port25 providers` zeigt, wie es jeder mit Port 25 hält.
case-way-move-to = Ein anderer Anbieter, der Port 25 offen lässt oder per Schalter oder auf Anfrage öffnet: { $names }. `postamt port25 providers` zeigt alle.
case-way-ask-again = Noch einmal anfragen, wenn der Grund der Ablehnung behoben ist.

case-notice-opened-subject = { $host }: Port 25 ist offen, der Vorgang { $id } ist bestätigt
case-notice-opened-intro = Port 25 ist für { $addresses } frei: Der Server hat ihn offen gesehen. Der Vorgang { $id }, in dem das beantragt wurde, ist damit bestätigt.
case-notice-follow-up-subject = { $host }: Der Anbieter hat nicht geantwortet, Vorgang { $id }
case-notice-follow-up-intro = Auf den Antrag, Port 25 für { $addresses } freizuschalten, hat der Anbieter in der üblichen Zeit nicht geantwortet (Vorgang { $id }). Eine Nachfrage ist geschrieben.
case-notice-lost-subject = { $host }: Port 25 ist wieder gesperrt, der Vorgang { $id } ist entworfen
case-notice-lost-intro = Port 25 ist für { $addresses } wieder gesperrt, nachdem er im Vorgang { $follows } offen gewesen war. Ein neuer Antrag ist als Vorgang { $id } entworfen.
case-notice-text = Der Text:

case-wanted = Gewünschte PTR-Namen: { $text }
case-lister = Angefragt bei: { $text }
case-listed = Gelistet oder abgewiesen: { $text }

case-stage-granted-ptr = bewilligt; gesehen wurde der PTR-Eintrag noch nicht
case-stage-granted-delisting = bewilligt; das Ende des Eintrags wurde noch nicht gesehen
case-stage-confirmed-ptr = der PTR-Eintrag wurde gesehen
case-stage-confirmed-delisting = bei { $whom } erledigt, wie der Server gesehen hat
case-stage-sent-delisting = abgeschickt; die Antwort von { $whom } steht aus
case-stage-more-asked-delisting = { $whom } hat Fragen
case-next-granted-ptr = Als Nächstes: nichts. Der Server sieht täglich von selbst nach dem PTR-Eintrag und bestätigt den Vorgang.
case-next-granted-delisting = Als Nächstes: nichts. Der Server sieht täglich von selbst nach und bestätigt den Vorgang.
case-next-sent-delisting = Als Nächstes: Kommt eine Antwort, halten Sie sie mit `postamt port25 case answered { $id } granted`, `refused` oder `more` fest. Kommt keine, erinnert der Server Sie; ob der Eintrag verschwunden ist, sieht er täglich nach.
case-next-confirmed-ptr = Als Nächstes: nichts. Der Server sieht weiter täglich nach; geht der Eintrag verloren, entwirft er den nächsten Antrag. `postamt port25 case close { $id }` beendet diese Wache.
case-next-confirmed-delisting = Als Nächstes: nichts. Der Server sieht weiter täglich nach; kommt der Eintrag wieder, entwirft er die nächste Anfrage. `postamt port25 case close { $id }` beendet diese Wache.
case-event-granted-delisting = { $at }: { $whom } hat zugestimmt.
case-event-refused-delisting = { $at }: { $whom } hat abgelehnt.
case-event-more-asked-delisting = { $at }: { $whom } hat zurückgefragt; eine Antwort wurde entworfen.
case-event-opened-ptr = { $at }: Der PTR-Eintrag wurde gesehen, und sein Name führt zurück.
case-event-lost-ptr = { $at }: Der PTR-Eintrag ist nicht mehr so, wie er war; damit geht es in Vorgang { $id } weiter.
case-event-lost-delisting = { $at }: Bei { $whom } kam der Eintrag oder die Sperre wieder; damit geht es in Vorgang { $id } weiter.
case-event-opened-delisting = { $at }: bei { $whom } erledigt, wie der Server gesehen hat.
case-impossible-already-open-ptr = Im Vorgang { $id } wurde der PTR-Eintrag gesehen: Es gibt nichts mehr zu beantragen. `postamt port25 case close { $id }` schließt ihn ab.
case-impossible-already-open-delisting = Im Vorgang { $id } ist der Eintrag verschwunden: Es gibt nichts mehr zu beantragen. `postamt port25 case close { $id }` schließt ihn ab.
case-impossible-not-confirmed-ptr = Im Vorgang { $id } wurde der PTR-Eintrag noch nicht gesehen. Was als Nächstes kommt, sagt `postamt port25 case show { $id }`.
case-impossible-not-confirmed-delisting = Im Vorgang { $id } ist der Eintrag noch nicht verschwunden. Was als Nächstes kommt, sagt `postamt port25 case show { $id }`.
case-subject-ptr = Betreff: PTR-Eintrag für { $addresses }
case-subject-ticket-ptr = Betreff: PTR-Eintrag für { $addresses } [{ $ticket }]
case-subject-delisting = Betreff: Anfrage zu { $addresses } ({ $whom })
case-subject-ticket-delisting = Betreff: Anfrage zu { $addresses } ({ $whom }) [{ $ticket }]
case-reminder-asked-ptr = am { $sent } habe ich Sie gebeten, den PTR-Eintrag für { $addresses } zu setzen. Eine Antwort habe ich bisher nicht erhalten.
case-reminder-asked-delisting = am { $sent } habe ich Sie um die Löschung oder erneute Zulassung von { $addresses } bei { $whom } gebeten. Eine Antwort habe ich bisher nicht erhalten.
case-way-relay-meanwhile = Bis dahin über ein Relay senden: `postamt relay add` richtet eines ein; mit `postamt relay only` übernimmt es die Post an einen Anbieter.
case-way-move-ptr = Ein anderer Anbieter oder ein anderes Produkt, bei dem sich PTR-Einträge setzen lassen: `postamt port25 providers NAME` sagt, wo.
case-way-other-address = Eine andere Quelladresse (`[[source]]`) mit eigenem PTR-Eintrag.
case-notice-opened-subject-ptr = { $host }: Der PTR-Eintrag ist da, der Vorgang { $id } ist bestätigt
case-notice-opened-intro-ptr = Der PTR-Eintrag für { $addresses } ist so, wie er beantragt war, und sein Name führt zurück. Der Vorgang { $id } ist damit bestätigt.
case-notice-opened-subject-delisting = { $host }: bei { $whom } erledigt, der Vorgang { $id } ist bestätigt
case-notice-opened-intro-delisting = { $whom } führt { $addresses } nicht mehr oder nimmt von dort wieder Post an: Der Server hat es gesehen. Der Vorgang { $id } ist damit bestätigt.
case-notice-lost-subject-ptr = { $host }: Der PTR-Eintrag ist nicht mehr richtig, der Vorgang { $id } ist entworfen
case-notice-lost-intro-ptr = Der PTR-Eintrag für { $addresses } fehlt oder lautet auf einen anderen Namen, nachdem er im Vorgang { $follows } richtig gewesen war. Ein neuer Antrag ist als Vorgang { $id } entworfen. Können Sie den Eintrag im Kundenbereich des Anbieters selbst setzen, genügt das.
case-notice-lost-subject-delisting = { $host }: wieder gesperrt bei { $whom }, der Vorgang { $id } ist entworfen
case-notice-lost-intro-delisting = { $whom } führt { $addresses } wieder oder weist Post von dort wieder ab, nachdem das im Vorgang { $follows } erledigt gewesen war. Suchen Sie zuerst die Ursache: Bleibt sie, hilft auch eine neue Anfrage nicht. Diese ist als Vorgang { $id } entworfen; wie es jetzt steht, zeigt `postamt port25 request --about delisting`.
case-notice-follow-up-subject-delisting = { $host }: keine Antwort zu { $whom }, Vorgang { $id }
case-notice-follow-up-intro-ptr = Auf den Antrag, den PTR-Eintrag für { $addresses } zu setzen, hat der Anbieter in der üblichen Zeit nicht geantwortet (Vorgang { $id }). Eine Nachfrage ist geschrieben.
case-notice-follow-up-intro-delisting = Auf die Anfrage zu { $addresses } bei { $whom } kam in der üblichen Zeit keine Antwort (Vorgang { $id }). Eine Nachfrage ist geschrieben.
