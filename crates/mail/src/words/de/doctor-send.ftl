# Die Schritte von `doctor send-test`, einer Zustellung, die geprobt wird und vor der Nachricht endet.

doctor-send-demand-dane = TLS muss die DANE-Prüfung bestehen
doctor-send-demand-sts = TLS muss der MTA-STS-Vorgabe genügen
doctor-send-demand-none = TLS, wo es angeboten wird
doctor-send-route = Post an { $about } nimmt den Weg: { $kind ->
    [direct] direkt zu { $name }
    [relay] Relay { $name }
    [local] hier, { $name }
    [postmaster] Postmaster
    [discard] wird verworfen
    [hold] wird angehalten
   *[other] { $route }
} ({ $rule ->
        [0] keine Regel sagt etwas anderes
       *[other] Regel { $rule } der Konfiguration
    }).
doctor-send-port25-closed = Port 25 ist für diesen Server gesperrt: { $relays ->
        [0] Kein Relay nimmt in dieser Zeit die direkte Post.
       *[other] Direkte Post nimmt den Umweg über das Relay { $relay }.
    }
doctor-send-port25-closed-expected = Port 25 ist offen, und Post geht selbst zu den Servern der Empfänger.
doctor-send-port25-closed-now = Die Probe geht denselben Weg wie die Post. Was den Port sperrt und wer ihn öffnet:
doctor-send-port25-limited = Nicht jeder Weg hinaus ist offen; die Probe nimmt einen, der es ist.
doctor-send-port25-limited-now = Sehen Sie sich die Wege an:
doctor-send-provider-by-relay = Der Betreiber hat entschieden, dass Post für { $about } über das Relay { $relay } geht.
doctor-send-provider-by-relay-now = Nichts; `postamt relay only` zeigt und beendet es.
doctor-send-hosts = { $count ->
        [one] Ein Mailserver nimmt Post für { $about } an.
       *[other] { $count } Mailserver nehmen Post für { $about } an, die bevorzugten zuerst.
    }
doctor-send-no-host = Post an { $about } kann nirgendwohin; sie käme sofort zurück.
doctor-send-no-host-expected = Eine Domain, die ihre Mailserver nennt (MX) oder eine Adresse hat.
doctor-send-no-host-now = Prüfen Sie die Schreibweise hinter dem @. Stimmt sie, dann nimmt die Domain keine Post an.
doctor-send-dns-failed = Wohin Post an { $about } geht, ließ sich nicht feststellen: Das DNS antwortete nicht.
doctor-send-dns-failed-now = Versuchen Sie es noch einmal; `postamt doctor --only dns` untersucht die Nameserver.
doctor-send-dnssec = Die Namen der Mailserver sind durch DNSSEC bewiesen, ihre TLSA-Einträge zählen also (DANE).
doctor-send-no-dnssec = Die Namen der Mailserver sind nicht durch DNSSEC bewiesen; DANE entfällt.
doctor-send-policy = Die Domain hat eine MTA-STS-Vorgabe: { $mode }.
doctor-send-no-policy = Die Domain hat keine MTA-STS-Vorgabe.
doctor-send-host-not-permitted = Die MTA-STS-Vorgabe der Domain nennt ihren Mailserver { $about } nicht.
doctor-send-host-not-permitted-expected = Jeder MX-Server steht in der Vorgabe.
doctor-send-host-not-permitted-now = Das kann nur die Domain des Empfängers beheben. Unter `enforce` wird dieser Server nicht benutzt.
doctor-send-way = Sie geht so: { $way }
doctor-send-connected = { $about } nimmt die Verbindung an ({ $demand }; wir nennen uns { $name }).
doctor-send-not-connected = { $about } war nicht zu gebrauchen: { $reason }
doctor-send-not-connected-expected = Jeder Mailserver nimmt Verbindungen an.
doctor-send-not-connected-now = Nimmt ein anderer Server die Post an, ist nichts zu tun. Tut es keiner, sagt `postamt port25 check`, ob es hier liegt.
doctor-send-greeting = { $about } begrüßt uns; wir kommen von { $source }.
doctor-send-offers = { $about } bietet an:
doctor-send-tls-verified = Die Verbindung ist verschlüsselt, das Zertifikat ist gültig ({ $by }).
doctor-send-tls-not-verified = Die Verbindung ist verschlüsselt, aber das Zertifikat beweist nichts: { $problem }
doctor-send-tls-not-verified-now = Nichts: Von dieser Domain verlangt niemand mehr, und Verschlüsselung ohne Beweis ist besser als keine.
doctor-send-no-tls = Die Verbindung ist nicht verschlüsselt.
doctor-send-no-tls-now = Hier ist nichts zu tun; der empfangende Server bietet es nicht an, oder sein TLS schlug fehl.
doctor-send-tls-downgraded = { $about } bietet kein TLS an, obwohl die Domain es immer hatte. Vielleicht nimmt es jemand unterwegs heraus; Post würde warten.
doctor-send-tls-downgraded-expected = TLS wie bisher.
doctor-send-tls-downgraded-now = Fragen Sie auf anderem Weg bei den Empfängern nach. Haben sie TLS wirklich aufgegeben: `postamt tls forget DOMAIN`.
doctor-send-mail = Der Absender { $about } wird angenommen.
doctor-send-mail-refused = Der Absender { $about } wird abgelehnt.
doctor-send-mail-refused-expected = 250
doctor-send-mail-refused-now = Lesen Sie die Antwort; was sie bedeutet, steht darunter, soweit Postamt es weiß.
doctor-send-recipient = Der Empfänger { $about } wird angenommen.
doctor-send-recipient-refused = Der Empfänger { $about } wird abgelehnt.
doctor-send-recipient-refused-expected = 250
doctor-send-recipient-refused-now = Lesen Sie die Antwort; was sie bedeutet, steht darunter, soweit Postamt es weiß.
doctor-send-refusal-explained = { $reason }
doctor-send-refusal-explained-now = { $fault } { $remedy }
doctor-send-done = Die Probe endete vor der Nachricht, mit RSET und QUIT: Es wurde nichts gesendet. Was der Server zu einer Nachricht selbst sagt, ist damit nicht bekannt.
doctor-send-held = Eine Regel hält solche Post an, bis sie freigegeben wird.
doctor-send-held-now = `postamt queue release ID` lässt sie weitergehen.
doctor-send-discarded = Eine Regel verwirft solche Post.
doctor-send-discarded-now = Ändern Sie die Regel, wenn das nicht gewollt ist.
doctor-send-mailbox = Solche Post endet in einem Postfach dieses Rechners; dafür wird niemand gefragt.
doctor-send-unknown-way = Was die Regel nennt, ist nicht eingerichtet: { $route }
doctor-send-unknown-way-expected = Ein Relay oder Postfach dieses Namens.
doctor-send-unknown-way-now = Berichtigen Sie die Konfiguration: `postamt config check`.
doctor-send-waits = Diese Post darf zurzeit nicht direkt gehen, und kein Relay nimmt sie: Sie würde warten.
doctor-send-waits-expected = Ein offener Port 25 oder ein Relay, das die Post nimmt: das aus [port25] oder das, das Sie für diesen Anbieter bestimmt haben.
doctor-send-waits-now = Lassen Sie den Port öffnen (`postamt port25 request` schreibt die Anfrage), richten Sie ein Relay ein oder bringen Sie das vorhandene in Ordnung (`postamt relay test`). Wie es steht:
doctor-send-no-connection = Kein Mailserver nahm die Verbindung an: Post an { $about } würde warten und später erneut versucht.
doctor-send-no-connection-expected = Ein Mailserver, der mit uns spricht.
doctor-send-no-connection-now = Weshalb keiner zu gebrauchen war, steht oben. Ob es an diesem Rechner liegt, sagt `postamt port25 check`.
doctor-send-broken = Das Gespräch brach ab.
doctor-send-broken-expected = Antworten auf MAIL und RCPT.
doctor-send-broken-now = Versuchen Sie es noch einmal. Geschieht es bei jedem Server, greift unterwegs etwas ein: `postamt port25 check`.
