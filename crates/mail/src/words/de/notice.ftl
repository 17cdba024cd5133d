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
notice-fit-subject = { $host }: Das Relay { $relay } ist wieder zu gebrauchen
notice-fit-intro = Das Relay { $relay } hat die Prüfung vom { $time } bestanden. Es übernimmt die Post des Mailservers { $host }, sobald Port 25 gesperrt ist. Zu tun ist nichts.
