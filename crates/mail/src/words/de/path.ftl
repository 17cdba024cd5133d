# Sätze über die Wege nach draußen auf Port 25. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

path-none = Der Server hat noch nichts direkt verschickt: Über die Wege nach draußen ist nichts bekannt.
path-direct = { $path }: Die Post geht direkt hinaus, seit { $since }.
path-relay = { $path }: Port 25 gilt seit { $since } als gesperrt. Direkte Post nimmt das Relay aus [port25] oder wartet, wenn es keines gibt.
path-trial = { $path }: auf Probe seit { $since }. Einige Nachrichten gehen direkt, die übrigen noch über das Relay.
path-provider-unknown = An diesem Rechner ist nicht zu erkennen, wer sein Anbieter ist. `postamt port25 providers --here` fragt DNS und die Register, wer Ihr Anbieter ist, und sagt, wie der Port dort geöffnet wird.
path-reason =     Grund: { $reason }
path-evidence =     Gesehen: { $evidence }
path-next-probe =     Die nächste Prüfung ist fällig: { $next }.
path-last-probe =     Letzte Prüfung { $at }: { $verdict ->
    [open] offen
    [dropped] Verbindungsversuche verschwinden ohne Antwort
    [refused] unterwegs wird Port 25 abgewiesen
    [prohibited] ein Router verbietet Port 25
    [local_firewall] dieser Rechner selbst sperrt Port 25
    [intercepted] Port 25 wird unterwegs abgefangen
    [throttled] offen, aber gebremst
    [no_network] kein Netz
    [dns_broken] DNS funktioniert nicht
   *[other] kein klares Ergebnis
}.
path-why-relay = Port 25 gilt als gesperrt ({ $path }, seit { $since }): { $reason }.
path-why-trial = Port 25 ist auf Probe offen ({ $path }, seit { $since }): { $reason }.

path-reason-nothing-against = nichts spricht gegen ihn
path-reason-silent-operators = { $count } Betreiber, die nichts miteinander zu tun haben, waren auf Port 25 nicht zu erreichen, und kein anderer hat geantwortet
path-reason-probed-closed = eine Prüfung hat ergeben: { $verdict ->
    [dropped] Verbindungsversuche zu Port 25 verschwinden ohne Antwort
    [refused] unterwegs wird Port 25 abgewiesen
    [prohibited] ein Router verbietet Port 25
    [local_firewall] dieser Rechner selbst sperrt Port 25
    [intercepted] Port 25 wird unterwegs abgefangen
   *[other] Port 25 lässt sich nicht benutzen ({ $verdict })
}
path-reason-trial-failed = der Versuch ist misslungen: Die ersten Nachrichten fanden wieder keine Antwort
path-reason-probed-open = eine Prüfung hat Port 25 offen gefunden: Einige Nachrichten versuchen es
path-reason-time-to-look = es ist Zeit, wieder nachzusehen: Einige Nachrichten versuchen es
path-reason-trial-passed = eine Prüfung hat Port 25 offen gefunden, und die ersten Zustellungen sind gelungen
path-reason-probed-open-again = zwei Prüfungen nacheinander haben Port 25 offen gefunden
path-reason-trial-quiet = im Probebetrieb ist einen Tag lang nichts fehlgeschlagen
path-seen-unanswered = { $operator }: seit { $seconds } s keine Antwort auf den Verbindungsversuch
path-seen-timed-out = { $operator }: bis zuletzt keine Antwort auf den Verbindungsversuch
path-seen-refused = { $operator }: die Verbindung wurde abgewiesen
path-seen-unreachable = { $operator }: nicht zu erreichen, sagt ein Router (Fehler { $code })
path-seen-prohibited = { $operator }: ein Filter auf diesem Rechner oder ein Router unterwegs verbietet die Verbindung (Fehler { $code })
path-seen-no-route = { $operator }: keine Route in dieses Netz

path-detour-by = Solange Port 25 gesperrt ist, nimmt das Relay { $relay } die Post, die sonst direkt ginge.
path-detour-none = Ein Relay für solche Zeiten ist nicht eingerichtet ([port25] relay): Die Post wartet.
path-detour-unfit = Das Relay { $relay } hat seine Prüfung nicht bestanden und übernimmt nicht: Die Post wartet. { $finding }
path-detour-forbidden = Eine Regel ([[route]] mit `detour = false`) will für diese Post kein Relay: Sie wartet, bis Port 25 wieder offen ist.

path-told-server = Der laufende Server kennt dieses Ergebnis jetzt und richtet sich danach.
path-not-told-server = Dem laufenden Server ließ sich dieses Ergebnis nicht mitteilen: { $error }
