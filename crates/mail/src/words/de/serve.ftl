# Sentences of `serve`. The same ids and variables stand in the other language's file.

serve-not-running = Der Server läuft nicht: Auf { $socket } antwortet niemand. Starten mit `postamt serve` oder `systemctl start postamt`.
serve-control-denied = { $socket } dürfen Sie nicht benutzen. Bitte den Befehl als root oder als Benutzer des Servers ausführen.
serve-control-broken = Der Server hat nicht geantwortet: { $error }. Das Protokoll sagt vielleicht, warum; bitte noch einmal versuchen.
serve-refused = Das konnte der Server nicht tun: { $error }
serve-unknown-user = `server.user` ist „{ $user }“, aber diesen Benutzer gibt es hier nicht. Anlegen mit `useradd --system { $user }`.
serve-directory = Das Verzeichnis { $path } lässt sich nicht anlegen: { $error }. Bitte von Hand anlegen oder den Befehl als root ausführen.
serve-already-running = Es läuft schon ein Server: Er antwortet auf { $socket }. Bitte zuerst anhalten.
serve-log = Die Protokolldatei { $path } lässt sich nicht öffnen: { $error }. Bitte `log.file` und den Eigentümer des Verzeichnisses prüfen.
serve-store = Der Speicher in { $path } lässt sich nicht öffnen: { $error }
serve-dns = DNS lässt sich nicht einrichten: { $error }. Bitte Server in `[dns] servers` nennen.
serve-dkim = Die DKIM-Schlüssel in { $path } lassen sich nicht lesen: { $error }
serve-control-socket = Die Steuerverbindung { $path } lässt sich nicht öffnen: { $error }
serve-start = Der Server kann nicht starten: { $error }
serve-low-ports = Ports unter 1024 brauchen ein Recht, das dieser Benutzer nicht hat. Bitte als root mit `server.user` starten, oder über die systemd-Unit des Projekts.
serve-relay-gateway = VORSICHT: Das Netz { $network } in `relay_networks` enthält { $gateway }, das Standardgateway dieses Rechners. Reicht es Verbindungen unter seiner eigenen Adresse weiter (NAT, Containerbrücke), darf jeder dahinter ohne Anmeldung Mail versenden. Bitte nur die Rechner nennen, die das wirklich brauchen.
serve-ready = { $hostname } ist bereit: { $listeners }. { $waiting ->
    [0] In der Warteschlange ist nichts.
    [one] In der Warteschlange ist eine Nachricht.
   *[other] In der Warteschlange sind { $waiting } Nachrichten.
}
serve-self-signed = HINWEIS: Das Zertifikat { $path } ist selbst signiert. Andere Server nehmen das hin, Mailprogramme werden warnen. Setzen Sie unter [tls] `acme = "letsencrypt"`, oder nennen Sie mit `certificate` und `key` die Dateien eines anderen.
serve-acme-pending = HINWEIS: Das Zertifikat ist noch selbstsigniert. Ein richtiges wird gerade bei { $directory } geholt und benutzt, sobald es da ist; wie es darum steht, zeigt `postamt tls certificate`.
serve-no-keys = HINWEIS: Es gibt keinen DKIM-Schlüssel; die Mail geht ohne Signatur hinaus, und große Anbieter misstrauen ihr. Bitte `postamt dkim new { $domain }` aufrufen.
serve-protected = Geschützt: { $holds }.
serve-not-protected = Nicht geschützt, weil dieser Kernel oder Container es nicht kann: { $lacks }. Der Server läuft ohne das; ein neuerer Kernel kann es.
serve-protection-no-rights = keine Rechte von root
serve-protection-few-rights = von den Rechten von root nur { $rights }
serve-protection-privileges = kein Programm verschafft ihm mehr Rechte (no_new_privs)
serve-protection-dumps = keine Speicherabbilder
serve-protection-files = er schreibt nur nach { $places } und führt keine Programme aus (Landlock, Version { $version })
serve-protection-calls = { $count } Systemaufrufe, die er nie braucht, sind gesperrt (seccomp)
serve-places-shut = Die Konfiguration nennt Orte, an denen der laufende Server nicht schreiben darf: { $places }. Mail dorthin wartet; `systemctl restart postamt` gibt sie frei.
serve-socket-unknown = Der Dienstverwalter übergibt einen Socket ({ $name }) auf { $address }, für den die Konfiguration keinen Listener hat. Ergänzen Sie einen `[[listener]]` mit diesem Port, oder nehmen Sie den Socket aus der `.socket`-Unit.
serve-socket-broken = Ein Socket, den der Dienstverwalter übergibt, ist nicht zu gebrauchen: { $error }. Sehen Sie in die `.socket`-Unit: Jeder muss `ListenStream=` mit einem Port sein.
serve-stopping = Der Server hält an: Offene Übertragungen werden noch beendet.
serve-stopped = Angehalten. Was noch wartet, liegt sicher auf der Platte.
serve-reloaded = Konfiguration, Zertifikat und Schlüssel wurden neu gelesen.
serve-reload-failed = Das Neuladen ist gescheitert, alles bleibt, wie es war: { $error }
serve-firewall = Die Sperren lassen sich nicht in nftables eintragen und gelten ohne es: { $error }. Startet nicht root den Server, braucht er dafür das Recht CAP_NET_ADMIN (AmbientCapabilities und CapabilityBoundingSet der systemd-Unit). Mit `nftables = false` unter [guard] geht es ohne.
serve-firewall-no-nft = Die Sperren lassen sich nicht in nftables eintragen und gelten ohne es: Es gibt kein Programm `nft`. Installieren Sie das Paket nftables, oder setzen Sie `nftables = false` unter [guard].
