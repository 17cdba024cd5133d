# Sentences of `relay`. The same ids and variables stand in the other language's file.

relay-added = Das Relay „{ $name }“ steht in { $file }. Bitte mit `postamt relay test { $name }` ausprobieren, dann `systemctl reload postamt` aufrufen.
relay-route-missing = Noch führt keine Route dorthin. In die Konfiguration gehört: [[route]] mit to = "relay:{ $name }"; oder `--default-route` verwenden.
relay-exists = Ein Relay „{ $name }“ gibt es schon. Es steht in { $file }.
relay-file-exists = { $file } gibt es schon und bleibt, wie es ist. Bitte löschen oder einen anderen Namen wählen.
relay-bad-name = „{ $name }“ taugt nicht als Name eines Relays: Buchstaben, Ziffern und Bindestriche sind möglich.
relay-write = { $file } lässt sich nicht schreiben: { $error }
relay-none = Es gibt keine Relays. `postamt relay add NAME --host RECHNER` legt eines an.
relay-line = { $name }  { $host }:{ $port }  { $tls }  Anmeldung { $login }
relay-unknown = Ein Relay „{ $name }“ gibt es nicht. `postamt relay list` zeigt die vorhandenen.
relay-password-prompt = Passwort von { $login } bei { $host }:
relay-clear-text = VORSICHT: Mit `tls = "none"` gehen Mail und Passwort im Klartext über das Netz. Nur auf demselben Rechner oder im selben Netz verwenden.
relay-bad-address = „{ $text }“ ist keine Mailadresse wie „name@example.org“.
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
