# Sentences of `relay`. The same ids and variables stand in the other language's file.

relay-added = Das Relay „{ $name }“ steht in { $file }. Bitte mit `postamt relay test { $name }` ausprobieren, dann `systemctl reload postamt` aufrufen.
relay-route-missing = Noch führt keine Route dorthin. In die Konfiguration gehört: [[route]] mit to = "relay:{ $name }"; oder `--default-route` verwenden.
relay-exists = Ein Relay „{ $name }“ gibt es schon. Es steht in { $file }.
relay-file-exists = { $file } gibt es schon und bleibt, wie es ist. Bitte löschen oder einen anderen Namen wählen.
relay-bad-name = „{ $name }“ taugt nicht als Name eines Relays: Buchstaben, Ziffern und Bindestriche sind möglich.
relay-write = { $file } lässt sich nicht schreiben: { $error }
relay-none = Es gibt keine Relays. `postamt relay add ANBIETER` oder `postamt relay add RECHNER` legt eines an.
relay-line = { $name }  { $host }:{ $port }  { $tls }  Anmeldung { $login }
relay-quota-used = Kontingent: { $used } von { $limit } Mails in den letzten 24 Stunden.
relay-quota-full = Kontingent erschöpft: { $used } von { $limit } Mails in den letzten 24 Stunden. Weitere warten, mindestens bis { $until }.
relay-quota-none = In den letzten 24 Stunden übergebene Mails: { $used }; ein Kontingent ist nicht eingetragen.
relay-quota-limit = Kontingent: { $limit } Mails in 24 Stunden; wie viele es schon sind, weiß nur der laufende Server.
relay-unknown = Ein Relay „{ $name }“ gibt es nicht. `postamt relay list` zeigt die vorhandenen.
relay-password-prompt = Passwort von { $login } bei { $host }:
relay-clear-text = VORSICHT: Mit `tls = "none"` gehen Mail und Passwort im Klartext über das Netz. Nur auf demselben Rechner oder im selben Netz verwenden.
relay-bad-address = „{ $text }“ ist keine Mailadresse wie „name@example.org“.
relay-test-sent = Eine Testnachricht wurde übergeben; das Relay antwortet: { $reply }
relay-test-not-sent = Die Testnachricht wurde nicht angenommen: { $reply }
relay-test-host = Relay: { $host }, erreicht unter { $address }
relay-test-greeting = Es meldet sich: { $reply }
relay-test-tls = Verschlüsselung: { $tls }
relay-test-certificate-good = Sein Zertifikat ist gut.
relay-test-certificate-bad = Sein Zertifikat ist nicht gut: { $problem }
relay-test-login = Angemeldet mit { $mechanism }.
relay-test-offers = Es bietet an: { $offers }
relay-test-mail = Absender { $sender }: { $reply }
relay-test-recipient = Empfänger { $recipient }: { $reply }
relay-test-good = Das Relay „{ $name }“ würde diese Mail annehmen. Gesendet wurde nichts.
relay-test-failed = Das Relay nimmt diese Mail nicht an: { $failure }. Bitte Rechner, Port, `tls`, Anmeldung und Passwort prüfen; stimmt alles, weiß der Anbieter mehr.

# Was über den Anbieter bekannt ist.
relay-unknown-provider = „{ $what }“ ist weder ein bekannter Anbieter noch ein Rechnername. Bekannt sind: { $known }. Sonst bitte den Rechner nennen, etwa `postamt relay add smtp.example.org`.
relay-region-missing = { $provider } hat je Region einen eigenen Rechner ({ $host }). Bitte die Region nennen: `postamt relay add { $id } --region REGION`.
relay-login-missing = { $provider } verlangt eine Anmeldung. Bitte den Namen mit `--login NAME` angeben; nach dem Passwort wird gefragt.
relay-password-without-login = `--password-stdin` braucht auch `--login NAME`.
relay-login-api-key = Das Passwort ist ein API-Schlüssel mit Senderecht aus der Oberfläche von { $provider }.
relay-login-token = Name und Passwort sind dasselbe Server-Token aus der Oberfläche von { $provider }.
relay-login-key-pair = Der Name ist der öffentliche, das Passwort der geheime API-Schlüssel von { $provider }.
relay-login-credential = Name und Passwort sind SMTP-Zugangsdaten, die in der Oberfläche von { $provider } angelegt werden; das Passwort des Kontos gilt nicht.
relay-login-account = Name und Passwort sind die des Mailkontos bei { $provider }.
relay-spf-add = SPF von { $domain }: In den TXT-Eintrag gehört „{ $mechanism }“, vor das `all`. Gibt es noch keinen Eintrag:
relay-spf-return-path = SPF: { $provider } setzt einen eigenen Absender in den Umschlag. „{ $mechanism }“ gehört zu der Subdomain, die der Anbieter dafür anzeigt, nicht zur Domain selbst.
relay-spf-nothing = SPF: { $provider } braucht keinen Eintrag.
relay-spf-unknown = SPF: Was { $provider } braucht, ist hier nicht bekannt. Der Anbieter zeigt es in seiner Oberfläche.
relay-provider-key = DKIM: { $provider } unterschreibt auch selbst mit Ihrer Domain, sobald die Einträge veröffentlicht sind, die er in seiner Oberfläche anzeigt.
relay-key-publish = DKIM von { $domain }: Veröffentlicht sein muss der Eintrag des Schlüssels, der auf diesem Weg unterschreibt:
relay-key-none = DKIM von { $domain }: Kein Schlüssel unterschreibt auf diesem Weg. `postamt dkim new { $domain }` legt einen an.
relay-verified-senders = Der Anbieter nimmt nur Absender an, die bei ihm bestätigt sind: Bitte jede Domain dort anmelden.
relay-facts-undated = Was über { $provider } bekannt ist, trägt kein Datum; Quelle: { $source }
relay-facts = Die Angaben zu { $provider } sind vom Stand { $seen }; Quelle: { $source }

# Was der Test findet.
relay-found-reached = Das Relay lässt uns ein, unter { $address }.
relay-found-other-port = Port { $before } antwortet nicht, Port { $port } schon. Mit port = { $port } in der Konfiguration geht es gleich dorthin.
relay-found-unresolved = Der Name des Relays lässt sich nicht auflösen: { $problem }. Bitte `host` und die Nameserver prüfen.
relay-found-unreached = Kein Port des Relays ist zu erreichen: { $problem }. Sperrt der Hoster 587 und 465, hilft ein Relay mit Port 2525 oder 443.
relay-found-unwilling = Das Relay bricht das Gespräch ab: { $problem }
relay-found-insecure = Die Verschlüsselung kommt nicht zustande: { $problem }. Bitte `port` und `tls` prüfen; passt das Zertifikat nicht, liest vielleicht jemand mit.
relay-found-login-refused = Die Anmeldung misslingt: { $problem }. Bitte `login` und das Passwort prüfen.
relay-found-sender-good = Mail von { $domain } nimmt es an.
relay-found-sender-later = Mail von { $domain } nimmt es jetzt nicht an: { $reply }. Später noch einmal versuchen.
relay-found-sender-refused = Mail von { $domain } weist es ab: { $reply }. Die Domain muss beim Anbieter angemeldet und bestätigt sein.
relay-found-null-taken = Den leeren Absender der Unzustellbarkeitsmeldungen nimmt es an.
relay-found-null-replaced = Den leeren Absender der Unzustellbarkeitsmeldungen nimmt es nicht an ({ $reply }); sie gehen mit einer eigenen Adresse hinaus.
relay-found-null-refused = Den leeren Absender der Unzustellbarkeitsmeldungen nimmt es nicht an ({ $reply }). Mit null_sender = false gehen sie mit postmaster@ der eigenen Domain hinaus.
relay-found-spf-good = SPF von { $domain } lässt das Relay zu: { $term }
relay-found-spf-not-needed = SPF von { $domain } wird auf diesem Weg nicht gefragt: Das Relay setzt einen eigenen Absender in den Umschlag.
relay-found-spf-missing = SPF von { $domain } lässt das Relay nicht zu. So wäre der Eintrag richtig:
relay-found-spf-none = { $domain } hat keinen SPF-Eintrag.
relay-found-spf-unclear = Ob SPF von { $domain } das Relay zulässt, lässt sich von hier nicht sagen. Der Anbieter nennt den nötigen Eintrag.
relay-found-spf-several = { $domain } hat mehrere SPF-Einträge; Empfänger verwerfen dann alle. Bitte zu einem zusammenfassen.
relay-found-spf-lookups = SPF von { $domain } braucht mehr als 10 Abfragen; Empfänger verwerfen den Eintrag. Bitte Einträge streichen, die nicht mehr gebraucht werden.
relay-found-spf-void = SPF von { $domain } verweist auf { $name }, wo es keinen Eintrag gibt; Empfänger verwerfen ihn dann ganz.
relay-found-spf-syntax = SPF von { $domain } enthält „{ $term }“, was kein gültiger Ausdruck ist; Empfänger verwerfen den Eintrag.
relay-found-key-good = Der DKIM-Eintrag { $name } ist veröffentlicht.
relay-found-key-missing = Der DKIM-Eintrag { $name } fehlt. Zu veröffentlichen:
relay-found-key-different = Unter { $name } steht ein anderer DKIM-Schlüssel. Richtig wäre:
relay-found-dmarc-good = DMARC von { $domain } ist auf diesem Weg erfüllt, durch { $proof }.
relay-found-dmarc-likely = DMARC von { $domain } ist auf diesem Weg wohl erfüllt, durch { $proof }; ob das Relay unterschriebene Felder ändert, ist nicht bekannt.
relay-found-dmarc-setup = DMARC von { $domain } ist auf diesem Weg erst erfüllt, wenn beim Anbieter alles eingerichtet ist, durch { $proof }.
relay-found-dmarc-unknown = Ob DMARC von { $domain } auf diesem Weg erfüllt ist, lässt sich von hier nicht sagen; { $policy }.
relay-found-dmarc-fails = DMARC von { $domain } ist auf diesem Weg nicht erfüllt; { $policy }. Ein DKIM-Schlüssel mit veröffentlichtem Eintrag hilft.
relay-proof-ours = die eigene DKIM-Unterschrift
relay-proof-theirs = die DKIM-Unterschrift des Anbieters mit Ihrer Domain
relay-proof-spf = SPF
relay-policy-none-published = eine Richtlinie war nicht zu finden
relay-policy-none = die Richtlinie verlangt nichts
relay-policy-quarantine = die Richtlinie schickt solche Mail in den Spam
relay-policy-reject = die Richtlinie lässt solche Mail abweisen
relay-found-dns = DNS gab zu { $domain } keine Auskunft: { $problem }
relay-found-size = Es nimmt Mail bis { $theirs } MB an, dieser Server bis { $ours } MB; größere käme zurück.
relay-found-quota = Kontingent ({ $plan }): { $day } Mails am Tag, { $month } im Monat.
relay-found-quota-day = Kontingent ({ $plan }): { $day } Mails am Tag.
relay-found-quota-month = Kontingent ({ $plan }): { $month } Mails im Monat.
relay-found-quota-set = Kontingent laut Konfiguration: { $day } Mails in 24 Stunden.
relay-found-quota-unknown = Das Kontingent ist hier nicht bekannt; der Anbieter nennt es.
relay-plan-free = im kostenlosen Tarif
relay-plan-sandbox = in der Sandbox, nur an bestätigte Empfänger
relay-plan-default = zu Beginn
relay-test-not-usable = Das Relay „{ $name }“ würde Mail annehmen, aber sie käme nicht gut an: Bitte zuerst beheben, was mit [!!] markiert ist. Solange weicht kein Versand auf dieses Relay aus.

relay-only-none = Für keinen Anbieter nimmt die Post einen Umweg über ein Relay.
relay-only-line = { $provider }: Die Post geht seit { $since } über das Relay { $relay }. Der direkte Weg wird wieder versucht: { $next }. `postamt relay only { $word } --end` beendet das.
relay-only-trial = { $provider }: Seit { $since } versuchen einige Nachrichten den direkten Weg, die übrigen gehen über das Relay { $relay }. Fällig war das: { $next }. `postamt relay only { $word } --end` beendet den Umweg.
relay-only-refused = Der letzte Versuch wurde abgelehnt: { $reply }
relay-only-decided = Die Post an { $provider } ({ $word }) geht seit { $since } über das Relay { $relay }. Einige Nachrichten versuchen am { $next } den direkten Weg; werden sie angenommen, geht wieder alles direkt.
relay-only-ended = Die Post an { $provider } ({ $word }) geht seit { $since } wieder direkt. Sie ging über das Relay { $relay }; der nächste Versuch wäre am { $next } gewesen.
relay-only-offer = Wenn Sie möchten, geht nur die Post an { $provider } über das Relay { $relay }, bis der Anbieter sie wieder annimmt: postamt relay only { $word } --relay { $relay }
relay-only-not-a-provider = „{ $provider }“ ist weder ein bekannter Anbieter (microsoft, google, yahoo …) noch eine Domain.
relay-only-no-relay = Der laufende Server kennt kein Relay „{ $relay }“. `postamt relay list` zeigt die aus der Konfiguration; bei SIGHUP liest der Server sie neu.
relay-only-unfit = Das Relay { $relay } übernimmt das nicht, denn es hat die Vorprüfung nicht bestanden: { $finding } Mehr sagt `postamt relay test { $relay }`.
relay-only-not-decided = Die Post an { $provider } geht nicht über ein Relay.
relay-only-none-set-up = Es gibt noch kein Relay. `postamt relay add` richtet eines ein.
relay-only-which = Es gibt mehrere Relays. Bitte nennen Sie eines mit --relay.
