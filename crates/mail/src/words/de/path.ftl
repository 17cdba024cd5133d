# Sätze über die Wege nach draußen auf Port 25. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

path-none = Der Server hat noch nichts direkt verschickt: Über die Wege nach draußen ist nichts bekannt.
path-direct = { $path }: Die Post geht direkt hinaus, seit { $since }.
path-relay = { $path }: Port 25 gilt seit { $since } als gesperrt. Direkte Post nimmt das Relay aus [port25] oder wartet, wenn es keines gibt.
path-trial = { $path }: auf Probe seit { $since }. Einige Nachrichten gehen direkt, die übrigen noch über das Relay.
path-reason =     Grund: { $reason }
path-evidence =     Gesehen: { $evidence }
path-next-probe =     Die nächste Prüfung ist fällig: { $next }.
path-why-relay = Port 25 gilt als gesperrt ({ $path }, seit { $since }): { $reason }.
path-why-trial = Port 25 ist auf Probe offen ({ $path }, seit { $since }): { $reason }.
