# Briefe an den Betreiber (Mail an postmaster): was der Server an sich selbst bemerkt. Jeder enthält beide Sprachen.

notice-from = Postamt
notice-closed-subject-relay = { $host }: Port 25 ist gesperrt, die Post geht über das Relay { $relay }
notice-closed-subject-waits = { $host }: Port 25 ist gesperrt, die Post wartet
notice-closed-intro = Der Mailserver { $host } kann nichts mehr direkt zustellen, seit { $since }. Was zu sehen war:
notice-closed-way = { $path }: { $reason }.
notice-closed-seen = - { $evidence }
notice-closed-intake = Neue Post wird weiter angenommen.
notice-closed-intake-waits = Neue Post wird weiter angenommen. Was wartet, bleibt bis zu { $days ->
    [one] einen Tag
   *[other] { $days } Tage
} in der Warteschlange; danach bekommt der Absender es zurück.
notice-closed-next = Was Sie tun können: `postamt port25 check` sagt, was die Post aufhält und wo, und was zu tun ist. `postamt port25 status` zeigt, wann der Server selbst wieder nachsieht.
notice-closed-end = Sobald Port 25 wieder offen ist, geht die Post von selbst wieder direkt hinaus. Dann folgt ein zweiter Brief.
notice-opened-subject = { $host }: Port 25 ist wieder offen, die Post geht direkt
notice-opened-intro = Der Mailserver { $host } stellt wieder direkt zu ({ $path }): { $reason }.
notice-opened-since = Gesperrt war der direkte Weg seit { $since }. Zu tun ist nichts; was gewartet hat, geht jetzt hinaus.
notice-unfit-subject = { $host }: Das Relay { $relay } ist nicht zu gebrauchen
notice-unfit-intro = Das Relay { $relay } soll die Post des Mailservers { $host } übernehmen, wenn Port 25 gesperrt ist. Die Prüfung vom { $time } hat es nicht bestanden: { $finding }
notice-unfit-meaning = So lange übernimmt es nichts. Ist der direkte Weg gesperrt, wartet die Post.
notice-unfit-next = Was Sie tun können: `postamt relay test { $relay }` zeigt alles, was das Relay und DNS dazu sagen. Der Server prüft selbst alle Viertelstunde wieder; besteht das Relay, folgt ein zweiter Brief.
notice-unfit-intro-providers = Über das Relay { $relay } geht auf Ihren Wunsch die Post des Mailservers { $host } an { $providers }. Die Prüfung vom { $time } hat es nicht bestanden: { $finding }
notice-unfit-meaning-providers = So lange wartet die Post an { $providers }. Alle andere geht ihren gewohnten Weg.
notice-unfit-meaning-too = Die Post an { $providers }, die auf Ihren Wunsch immer über dieses Relay geht, wartet schon jetzt.
notice-unfit-next-providers = Soll die Post nicht länger warten, schickt `postamt relay only ANBIETER --end` sie wieder direkt hinaus und `postamt relay only ANBIETER --relay NAME` über ein anderes Relay. `postamt relay only` zählt die Anbieter auf.
notice-missing-subject = { $host }: Das Relay { $relay } fehlt
notice-missing-intro = Über das Relay { $relay } soll auf Ihren Wunsch die Post des Mailservers { $host } an { $providers } gehen. In der Konfiguration steht aber kein Relay dieses Namens.
notice-missing-next = Was Sie tun können: Tragen Sie das Relay { $relay } wieder ein, etwa mit `postamt relay add`; besteht es dann die Prüfung, folgt ein zweiter Brief. `postamt relay list` zeigt, welche Relays es gibt.
notice-fit-subject = { $host }: Das Relay { $relay } ist wieder zu gebrauchen
notice-fit-intro = Das Relay { $relay } hat die Prüfung vom { $time } bestanden. Es übernimmt die Post des Mailservers { $host }, sobald Port 25 gesperrt ist. Zu tun ist nichts.
notice-fit-intro-providers = Das Relay { $relay } hat die Prüfung vom { $time } bestanden. Die Post des Mailservers { $host } an { $providers } geht wieder darüber. Zu tun ist nichts.

notice-release-subject-advisory = { $host }: Postamt { $running } hat { $count ->
        [one] eine bekannte Schwachstelle
       *[other] { $count } bekannte Schwachstellen
    }
notice-release-subject-newer = { $host }: Postamt { $version } ist da
notice-release-intro-advisory = Auf { $host } läuft Postamt { $running }. Für diese Version { $count ->
        [one] ist eine Schwachstelle bekannt geworden
       *[other] sind { $count } Schwachstellen bekannt geworden
    }:
notice-release-intro-newer = Auf { $host } läuft Postamt { $running }. Es gibt eine neuere Version.
notice-release-advisory = { $id } ({ $gravity }): { $title } { $url }
notice-release-newer = Die neueste Version ist { $version }: { $url }
notice-release-next = Spielen Sie die neue Version so ein, wie Sie Postamt installiert haben, und starten Sie den Server neu. Was über die laufende Version bekannt ist, sagt `postamt doctor --only updates`. Dieser Brief kommt nur einmal; woher der Server von neuen Versionen erfährt, steht in der Konfiguration unter `[updates]`.

notice-release-gravity-low = geringfügig
notice-release-gravity-moderate = mittelschwer
notice-release-gravity-high = schwerwiegend
notice-release-gravity-critical = kritisch
