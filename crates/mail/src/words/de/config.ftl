# Sentences of `config`. The same ids and variables stand in the other language's file.

config-file-missing = diese Datei gibt es nicht. `postamt config example` gibt eine Vorlage aus; `--config DATEI` nennt eine andere.
config-file-unreadable = die Datei lässt sich nicht lesen: { $error }
config-syntax = das ist kein TOML: { $error }
config-set-twice = `{ $key }` steht schon in { $first }. Bitte nur an einer Stelle setzen.
config-unknown-key = die Einstellung `{ $key }` gibt es nicht. `postamt config example` zeigt alle.
config-unknown-key-nearest = die Einstellung `{ $key }` gibt es nicht. Ist `{ $nearest }` gemeint?
config-missing-key = `{ $key }` muss gesetzt sein, zum Beispiel `{ $example }`.
config-wrong-value = `{ $key }` ist { $seen }, erwartet wird { $expected }.
config-problems = { $count ->
    [one] Ein Fehler in der Konfiguration. Bitte beheben und `postamt config check` erneut aufrufen.
   *[other] { $count } Fehler in der Konfiguration. Bitte beheben und `postamt config check` erneut aufrufen.
}
config-good = Die Konfiguration ist in Ordnung ({ $files }).

config-expected-section = ein Abschnitt, geschrieben `[name]`
config-expected-sections = ein Abschnitt, der mehrmals stehen darf, geschrieben `[[name]]`
config-expected-list = eine Liste, geschrieben `["…", "…"]`
config-expected-text = ein nicht leerer Text in Anführungszeichen
config-expected-boolean = true oder false
config-expected-number = eine ganze Zahl ab 0
config-expected-hour-and-day = zwei ganze Zahlen ab 0, für eine Stunde und für 24 Stunden, etwa [200, 1000]
config-expected-count = eine ganze Zahl ab 1
config-expected-port = eine Portnummer von 1 bis 65535
config-expected-domain = ein vollständiger Rechnername wie "mail.example.org"
config-expected-domain-pattern = eine Domain wie "example.org", oder "*.example.org" für alle darunter
config-expected-address = eine Mailadresse wie "name@example.org"
config-expected-ip = eine IP-Adresse wie "192.0.2.25"
config-expected-ip-port = eine IP-Adresse mit Port wie "192.0.2.25:587" oder "[2001:db8::25]:587"
config-expected-path = ein Pfad von der Wurzel an, der mit / beginnt
config-expected-network = ein Netz wie "192.0.2.0/24", ohne gesetzte Bits hinter der Präfixlänge
config-expected-host-port = ein Rechner mit Port wie "127.0.0.1:24"
config-expected-web-address = eine Adresse im Web wie "https://rdap.example.org/"
config-expected-null-sender = true, false oder eine Mailadresse wie "bounces@example.org"
config-expected-leaks = eine Adresse wie "https://api.pwnedpasswords.com/range/", mit einem Schrägstrich am Ende
config-expected-acme = "letsencrypt", "letsencrypt-staging" oder die Adresse eines ACME-Verzeichnisses wie "https://ca.example.org/acme/directory"
config-expected-https = eine https-Adresse wie "https://example.org/datei"
config-expected-notice-key = einen öffentlichen Ed25519-Schlüssel: 32 Oktette in Base64, 44 Zeichen
config-expected-route = "direct", "relay:NAME", "discard" oder "hold"
config-expected-route-detour = false oder "relay:NAME"
config-expected-service = der Ort eines Dienstes: "unix:/PFAD" oder "RECHNER:PORT", etwa "unix:/run/clamav/clamd.ctl" oder "127.0.0.1:3310"
config-expected-rspamd = die Adresse eines Rspamd wie "http://127.0.0.1:11333"
config-expected-rspamd-action = eine Aktion von Rspamd und was sie bewirkt, etwa "reject = hold"; Aktionen sind reject, soft reject, add header, rewrite subject und greylist, und jede bewirkt accept, mark, hold, defer oder reject
config-expected-milter = der Ort eines Milters: "unix:/PFAD" oder "inet:PORT@RECHNER", etwa "unix:/run/opendkim/opendkim.sock" oder "inet:8891@localhost"
config-expected-one-of = eines von { $choices }

config-wide-network = `{ $key }` enthält { $seen }, ein Netz mit Abermillionen fremder Rechner, die in Ihrem Namen Mail versenden könnten. Erlaubt sind Netze ab /8 (IPv6: ab /16); bitte nur die eigenen nennen.
config-whole-internet = `{ $key }` enthält { $seen }, also das ganze Internet: Jeder könnte in Ihrem Namen Mail versenden. Bitte nur die eigenen Netze nennen.
config-local-domain-target = die lokale Domain { $domain } braucht genau eines von `maildir`, `lmtp` und `host`.
config-route-relay = die Route führt zum Relay „{ $name }“, aber es gibt kein [[relay]] dieses Namens. `postamt relay add` legt eines an.
config-route-detour = `detour` gilt nur bei `to = "direct"`: Jede andere Route geht nicht über Port 25.
config-port25-relay = `port25.relay` nennt das Relay „{ $name }“, aber es gibt kein [[relay]] dieses Namens. `postamt relay add` legt eines an.
config-relay-twice = ein Relay „{ $name }“ gibt es schon, in { $first }. Jedes braucht einen eigenen Namen.
config-relay-login = beim Relay „{ $name }“ ist nur eines von `login` und `password_file` gesetzt. Bitte beide setzen oder keines.
config-no-domains = `server.domains` ist leer. Bitte mindestens die Domain nennen, von der Sie senden.
config-certificate-pair = `tls.certificate` und `tls.key` gehören zusammen. Bitte beide setzen, oder keines für ein selbstsigniertes Paar.
config-dns-provider-pair = `dns.provider` und `dns.provider_token_file` gehören zusammen. Bitte beide setzen, oder keines.
config-updates-pair = `updates.url` und `updates.key` gehören zusammen: Die Datei gilt nur, soweit der Schlüssel sie unterschrieben hat. Bitte beide setzen, oder keines.
config-dns-publisher = Zonen werden entweder mit `dns.update_key` oder über `dns.provider` geändert. Bitte nur eines setzen.
config-acme-or-files = `tls.acme` und `tls.certificate` schließen einander aus: Das Zertifikat kommt von selbst von der Zertifizierungsstelle oder aus Dateien. Bitte nur eines von beiden setzen.
config-postmaster-target = `postmaster.maildir` und `postmaster.forward` schließen einander aus. Bitte nur eines setzen.
config-no-waits = `retry.waits_secs` ist leer. Bitte mindestens eine Wartezeit nennen.
config-no-family = `outgoing.ipv4` und `outgoing.ipv6` sind beide false: Keine Mail käme hinaus. Bitte eines auf true setzen.
config-password-unreadable = die Passwortdatei { $file } lässt sich nicht lesen: { $detail }. Sie muss dem Benutzer des Servers gehören.
config-password-open = die Passwortdatei { $file } ist für andere lesbar (Modus { $detail }). Bitte `chmod 600` darauf anwenden.
config-password-empty = die erste Zeile der Passwortdatei { $file } ist leer; dort muss das Passwort stehen.{ $detail }
config-acme-binding = In der Datei { $file } von `tls.acme_binding` muss eine Zeile ID:SCHLÜSSEL stehen, wie die Zertifizierungsstelle sie ausgegeben hat, der Schlüssel in Base64.
config-roots-unreadable = die Vertrauensanker in { $file } lassen sich nicht verwenden: { $detail }. Die Datei muss PEM-Zertifikate enthalten.
