# Sentences of `port25`. The same ids and variables stand in the other language's file.

port25-heading-auto = { $family }, Absenderadresse vom System gewählt
port25-heading-source = { $family } von { $source }
port25-when = Geprüft am { $time }, in { $seconds } s.

port25-verdict-open = Port 25 ist offen: Mail kommt auf direktem Weg hinaus.
port25-verdict-dropped = Port 25 ist gesperrt: Verbindungsversuche verschwinden ohne Antwort.
port25-verdict-refused = Port 25 ist gesperrt: Unterwegs weist etwas die Verbindungen ab.
port25-verdict-prohibited = Port 25 ist gesperrt: Ein Router sagt, dass es nicht erlaubt ist.
port25-verdict-local-firewall = Port 25 ist von diesem Rechner selbst gesperrt.
port25-verdict-intercepted = Port 25 wird abgefangen: Unterwegs antwortet jemand anders oder verändert, was gesagt wird.
port25-verdict-throttled = Port 25 ist gedrosselt: Wenige Verbindungen kommen durch, andere nicht.
port25-verdict-no-network = Hier gibt es kein Netz: Auch andere Ports sind nicht zu erreichen.
port25-verdict-dns-broken = Namen lassen sich nicht richtig auflösen; über Port 25 ist deshalb kein Urteil möglich.
port25-verdict-inconclusive = Ob Port 25 offen ist, lässt sich nicht sagen.

port25-confidence-high = Das ist sicher: Mehrere unabhängige Zeugen stimmen überein.
port25-confidence-medium = Das ist wahrscheinlich.
port25-confidence-low = Das ist eine Vermutung; eine spätere Prüfung sagt vielleicht mehr.

port25-meaning-open = Mailserver anderer Unternehmen antworten diesem Rechner. Kommt Mail trotzdem nicht an, liegt es an etwas anderem: am Ruf der Adresse, an DNS-Einträgen oder an einem einzelnen Empfänger.
port25-meaning-dropped = Ihr Anbieter oder eine Firewall unterwegs lässt nichts zu Port 25 durch und sagt nichts dazu. Viele Hoster und Zugangsanbieter halten es so, bis man sie fragt. Das übrige Internet ist erreichbar.
port25-meaning-refused = Ihr Anbieter oder eine Firewall unterwegs antwortet im Namen der anderen Mailserver und weist Sie ab. Das übrige Internet ist erreichbar.
port25-meaning-prohibited = Ein Filter unterwegs weist Mail ab und sagt das auch. Meist gehört er Ihrem Anbieter. Das übrige Internet ist erreichbar.
port25-meaning-local-firewall = Ihr Anbieter ist es nicht: Eine Firewall-Regel oder eine Beschränkung des Dienstes auf diesem Rechner hält die Mail fest.
port25-meaning-intercepted = Was aussieht wie die Mailserver anderer Unternehmen, ist ein Rechner dazwischen, meist beim Anbieter oder in einer Firewall. Er kann Ihre Mail lesen, behalten oder die Verschlüsselung wegnehmen. Auf diesem Weg sollte keine Mail gehen.
port25-meaning-throttled = Unterwegs lässt etwas nur wenige Verbindungen zu Port 25 je Zeitspanne durch. Mail tröpfelt, und die Warteschlange wächst.
port25-meaning-no-network = Mit Port 25 hat das nichts zu tun. Auf diesem Weg verlässt nichts den Rechner: Es fehlt die Leitung, die Route oder die Adresse.
port25-meaning-dns-broken = Mit Port 25 hat das nichts zu tun, solange die Nameserver nicht antworten oder für alle dieselbe Adresse nennen: Kein Mailserver ist zu finden.
port25-meaning-inconclusive = Es ließen sich zu wenige Mailserver fragen, oder was sie zeigen, widerspricht sich. Ein einzelner Server, der ausgefallen ist, beweist nichts.

port25-next-heading = Was jetzt zu tun ist:
port25-next-open = Nichts. Weisen einzelne Empfänger Ihre Mail ab, steht unten, was sie sagen.
port25-next-dropped =
    1. In der Verwaltungsoberfläche des Anbieters nach einer Firewall oder einem Schalter für ausgehende Mail (Port 25) suchen.
    2. Gibt es keinen, den Anbieter bitten, Port 25 ausgehend zu öffnen; die Router und Zeiten unten gehören in die Nachricht.
    3. Bis dahin ein Relay einrichten: `postamt relay add`. Mail nimmt den Umweg und kehrt von selbst zurück.
port25-next-refused =
    1. In der Verwaltungsoberfläche des Anbieters und im eigenen Router nach einem Filter für ausgehende Mail (Port 25) suchen.
    2. Gibt es keinen, den Anbieter bitten, Port 25 ausgehend zu öffnen; die Router und Zeiten unten gehören in die Nachricht.
    3. Bis dahin ein Relay einrichten: `postamt relay add`. Mail nimmt den Umweg und kehrt von selbst zurück.
port25-next-prohibited =
    1. Der unten genannte Router weist ab. Ist es der eigene, dort Port 25 ausgehend erlauben.
    2. Gehört er dem Anbieter, um die Öffnung von Port 25 bitten und diesen Router nennen.
    3. Bis dahin ein Relay einrichten: `postamt relay add`. Mail nimmt den Umweg und kehrt von selbst zurück.
port25-next-local-firewall =
    1. Die unten genannte Regel ansehen; sonst in der Ausgabe von `nft list ruleset` und `iptables-save` nach Port 25 suchen.
    2. Sie entfernen oder dem Benutzer, unter dem Postamt läuft, den Weg erlauben. Bei systemd IPAddressDeny= des Dienstes prüfen.
    3. Noch einmal prüfen: `postamt port25 check`.
port25-next-intercepted =
    1. Den Anbieter oder den Betreiber der Firewall bitten, ausgehende Mail von der Kontrolle auszunehmen (oft „SMTP inspection“, „fixup“ oder „SMTP proxy“ genannt).
    2. Bis dahin ein Relay auf Port 465 oder 587 einrichten: `postamt relay add`. Dort endet das Abfangen meist.
port25-next-throttled =
    1. Den Anbieter nach der Grenze für Port 25 ausgehend fragen, und ob sie sich aufheben lässt.
    2. Bis dahin trägt ein Relay, was nicht durchkommt: `postamt relay add`.
port25-next-no-network =
    1. Adresse, Route und Leitung dieses Rechners prüfen: `ip address`, `ip route`, `ip -6 route`.
    2. Fehlt nur IPv6, geht Mail über IPv4 hinaus; dann ist nichts zu tun.
port25-next-dns-broken =
    1. Die Nameserver in /etc/resolv.conf prüfen, und ob sie antworten: `getent hosts gmail.com`.
    2. Nennen sie für alle dieselbe Adresse, lenkt der Anbieter DNS um: andere Nameserver eintragen oder einen eigenen betreiben, etwa unbound.
    3. Noch einmal prüfen: `postamt port25 check`.
port25-next-inconclusive = In einigen Minuten noch einmal prüfen: `postamt port25 check`.

port25-seen-heading = Was zu sehen war:
port25-evidence-greeted = Mailserver, die sich gemeldet haben: { $operators }.
port25-evidence-rejected = Mailserver, die diese Adresse nicht wollen, obwohl Port 25 offen ist: { $operators }. Ihre Worte: { $text }
port25-evidence-unanswered = Keine Antwort auf Port 25: { $operators }.
port25-evidence-reset = Verbindung auf Port 25 abgewiesen: { $operators }.
port25-evidence-icmp = { $icmp } statt einer Antwort auf Port 25: { $operators }.
port25-evidence-silent = Auf Port 25 verbunden, danach kein Wort: { $operators }.
port25-evidence-broken = Auf Port 25 verbunden, danach abgebrochen: { $operators } ({ $problem }).
port25-evidence-local-refusal = Dieser Rechner hat die Verbindungen sofort abgewiesen (Fehler { $code }).
port25-evidence-local-rule = Eine Regel dieses Rechners: { $rule }
port25-evidence-local-drops = { $count ->
    [one] Ein Paket wurde gesendet und hat diesen Rechner nicht verlassen; so zählt es der Kernel.
   *[other] { $count } Pakete wurden gesendet und haben diesen Rechner nicht verlassen; so zählt es der Kernel.
}
port25-evidence-control-reached = Port { $port } ist erreichbar: { $operators }.
port25-evidence-control-failed = Port { $port } ist nicht erreichbar: { $operators }.
port25-evidence-dns-failed = { $problem }: { $names }.
port25-evidence-same-address = Die Namen voneinander unabhängiger Betreiber führen zu einer einzigen Adresse, { $address }: { $operators }.
port25-evidence-same-greeting = Mailserver voneinander unabhängiger Betreiber melden sich mit einem einzigen Namen, { $name }: { $operators }.
port25-evidence-foreign-name = Begrüßungen mit einem Namen, der nicht der des Betreibers ist ({ $name }): { $operators }.
port25-evidence-foreign-certificate = Zertifikate, die nicht die des Betreibers sind ({ $names }): { $operators }.
port25-evidence-untrusted-certificates = Zertifikate auf die richtigen Namen, aber von einer unbekannten Stelle: { $operators } ({ $problem }).
port25-evidence-tls-broken = Verschlüsselung wird angeboten und scheitert: { $operators } ({ $problem }).
port25-evidence-starttls-missing = Verschlüsselung (STARTTLS) wird nicht angeboten, obwohl es sie dort bekanntlich gibt: { $operators }.
port25-evidence-masked = Angebote sind überschrieben („{ $text }“), wie manche Firewalls es tun: { $operators }.
port25-evidence-canary-answered = Unter { $address } antwortet ein Mailserver, obwohl dort keiner sein kann.
port25-evidence-slow = Erst verbunden, nachdem die ersten Versuche verloren gingen: { $operators }.
port25-evidence-no-route = Für diese Adressfamilie gibt es keine Route ins Internet.
port25-evidence-source-unavailable = Die Absenderadresse gibt es auf diesem Rechner nicht.
port25-evidence-too-few = { $count ->
    [0] Es ließ sich kein Mailserver irgendeines Betreibers fragen.
    [one] Es ließ sich nur der Mailserver eines einzigen Betreibers fragen.
   *[other] Es ließen sich nur die Mailserver von { $count } Betreibern fragen.
}

port25-icmp-prohibited = „Vom Betreiber verboten“ von { $router } (ICMP { $type }/{ $code })
port25-icmp-port = „Port nicht erreichbar“ von { $router } (ICMP { $type }/{ $code })
port25-icmp-unreachable = „Nicht erreichbar“ von { $router } (ICMP { $type }/{ $code })
port25-icmp-other = Ein ICMP-Fehler von { $router } (ICMP { $type }/{ $code })
port25-icmp-unknown-router = einem unbekannten Router
port25-icmp-this-host = diesem Rechner

port25-dns-timeout = Die Nameserver haben nicht geantwortet
port25-dns-server-failure = Die DNS-Abfrage ist fehlgeschlagen
port25-dns-bogus = Die Signaturen der Antworten (DNSSEC) sind falsch
port25-dns-no-such-name = Die Nameserver sagen, dass es diese Namen nicht gibt, obwohl es sie geben muss
port25-dns-no-records = Die Nameserver kennen zu diesen Namen keine Adressen, obwohl es welche geben muss

port25-where-heading = Wo:
port25-where-nobody = Der Weg sieht auf Port 25 und auf Port { $port } gleich aus; wer filtert, zeigt er nicht.
port25-where-between = Port 25 wird bis { $last } beantwortet und nicht weiter. Auf Port { $port } folgt { $next }. Einer von beiden filtert.
port25-where-after = Port 25 wird bis { $last } beantwortet und nicht weiter. Dort wird gefiltert oder gleich dahinter.
port25-where-first = Schon vor dem ersten Router schweigt Port 25; auf Port { $port } ist der erste { $next }. Dieser Router filtert oder dieser Rechner.
port25-where-router = { $router } sagt, dass Port 25 dort nicht durchgelassen wird.
port25-where-impostor = Port 25 wird bei { $router } beantwortet; für Port { $port } ist das nur ein Router unterwegs.
port25-where-this-host = Dieser Rechner selbst.
port25-where-hop-named = { $address } ({ $name }, Station { $hop })
port25-where-hop = { $address } (Station { $hop })
port25-where-hop-unknown = ein Router, der seine Adresse nicht nennt (Station { $hop })
port25-hops-heading = Die Route zu { $target }:
port25-hops-hop = Station
port25-hops-port = Port { $port }
port25-hops-silent = Stationen { $first } bis { $last }: keine Antwort.
port25-hop-connected = verbunden
port25-hop-reset = abgewiesen
port25-hop-silence = keine Antwort
port25-hop-failed = nicht gesendet
port25-hop-router = ein Router ohne Adresse

port25-targets-heading = Die befragten Server:
port25-outcome-connected = erreicht
port25-outcome-greeted-tls = meldet sich als { $name }, { $tls }
port25-outcome-greeted-clear = meldet sich als { $name }, keine Verschlüsselung
port25-outcome-tls-failed = meldet sich als { $name }, Verschlüsselung scheitert: { $problem }
port25-outcome-rejected = will uns nicht: { $code } { $text }
port25-outcome-silent = verbunden, dann Schweigen
port25-outcome-broken = verbunden, dann abgebrochen: { $problem }
port25-outcome-unanswered = keine Antwort
port25-outcome-reset = abgewiesen
port25-outcome-icmp = { $icmp }
port25-outcome-local-refusal = von diesem Rechner abgewiesen (Fehler { $code })
port25-outcome-no-route = keine Route
port25-outcome-source-unavailable = die Absenderadresse gibt es auf diesem Rechner nicht
port25-outcome-dns = { $problem }
port25-outcome-failed = gescheitert: { $problem }
port25-outcome-canary-quiet = niemand da, wie es sein soll
port25-target-canary = (niemand)
port25-progress-resolved = { $count ->
    [one] Ein Server wird befragt.
   *[other] { $count } Server werden befragt.
}
port25-progress-searching = { $path }: Die Router auf dem Weg werden gesucht …

port25-advise-needed-own-mta = Sie brauchen Port 25: Mail, die dieser Rechner selbst zustellt, geht an Port 25 jedes Empfängers.
port25-advise-needed-application = Sie brauchen Port 25: Eine Anwendung hier stellt Mail selbst zu, ohne Relay.
port25-advise-not-needed-relay = Sie brauchen Port 25 nicht: Alles hier geht an ein Relay ({ $relay }), das die Zustellung übernimmt.
port25-advise-not-needed-clients = Sie brauchen Port 25 nicht: Mailprogramme geben ihre Mail auf Port 587 oder 465 beim Anbieter ab.
port25-advise-not-needed-relay-unnamed = Sie brauchen Port 25 nicht: Alles hier geht an ein Relay, das die Zustellung übernimmt.
port25-advise-unsure = Ob Sie Port 25 brauchen, lässt sich nicht sagen: Hier fand sich nichts, was Mail sendet, und was geplant ist, wurde nicht gesagt.
port25-advise-reason-heading = Warum:
port25-advise-reason-wants-own = Sie wollen einen eigenen Mailserver betreiben
port25-advise-reason-wants-relay = Mail soll über ein Relay gehen
port25-advise-reason-clients = hier werden nur Mailprogramme benutzt
port25-advise-reason-application = eine Anwendung stellt direkt zu
port25-advise-reason-mta = { $program } ist auf diesem Rechner eingerichtet ({ $place })
port25-advise-reason-mta-relay = { $program } ist auf diesem Rechner eingerichtet und gibt alles an { $relay } ab ({ $place })
port25-advise-reason-forwarder = { $program } gibt Mail an { $relay } ab ({ $place })
port25-advise-reason-connection = { $program } hat eine Verbindung zu Port 25 von { $remote }
port25-advise-reason-listener = { $program } lauscht auf Port { $port }
port25-advise-way-heading = Der Weg:
port25-advise-way-needed =
    1. Prüfen: `postamt port25 check`.
    2. Ist er gesperrt, vom Anbieter öffnen lassen und bis dahin ein Relay benutzen: `postamt relay add`.
    3. Auf die Adresse achten: Ohne eigenen Namen (PTR) und SPF, DKIM und DMARC ist die Mail nicht willkommen.
port25-advise-way-not-needed =
    1. Den Server Ihres Anbieters für ausgehende Mail eintragen, mit Anmeldung: Port 465 mit TLS oder Port 587 mit STARTTLS.
    2. Port 25 geschlossen lassen; das hindert auch Schadprogramme auf diesem Rechner am Versand von Spam.
port25-advise-way-unsure = Sagen Sie, was geplant ist: `postamt port25 advise --plan own-server` (eigener Mailserver), `application` (Anwendung), `relay` oder `clients` (nur Mailprogramme).
port25-advise-question =
    Was soll hier Mail senden?
      1  ein eigener Mailserver, der an alle zustellt
      2  eine Anwendung, die selbst zustellt
      3  alles geht über ein Relay
      4  nur Mailprogramme (Outlook, Thunderbird, ein Telefon)
    Nummer:
port25-targets-unreadable = Die Liste der Ziele { $file } ist nicht zu gebrauchen: { $error }
