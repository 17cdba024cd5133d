# Sentences of `lab`. The same ids and variables stand in the other language's file.

lab-forbidden = Dieses System erlaubt diesem Benutzer kein eigenes Netz: { $error }. Bitte als root ausführen: `sudo postamt lab`. Oder Benutzer-Namensräume erlauben, etwa mit `sysctl kernel.unprivileged_userns_clone=1` oder `sysctl kernel.apparmor_restrict_unprivileged_userns=0`.
lab-namespace-failed = Das Netz des Labors lässt sich nicht einrichten: { $error }
lab-opening = Ein Internet im Kleinen auf diesem Rechner. Nichts verlässt ihn. Seine Bewohner:
lab-configuration = Geprobt wird mit Postamt selbst; seine Konfiguration: { $path }
lab-resident-absender-test = das Postfach des Absenders, wo Unzustellbarkeitsmeldungen ankommen
lab-resident-streng-test = streng: PTR, SPF, DKIM und DMARC müssen stimmen
lab-resident-grau-test = Greylisting: sagt zuerst „später“
lab-resident-langsam-test = langsam
lab-resident-nein-test = weist den Empfänger ab
lab-resident-spam-test = weist den Inhalt ab
lab-resident-altzert-test = alt: TLS 1.2 und ein abgelaufenes Zertifikat
lab-resident-klartext-test = kann kein TLS
lab-resident-umweg-test = der erste Server ist ein schwarzes Loch, der zweite geht
lab-resident-ohnemx-test = hat keinen MX-Eintrag, nur eine Adresse
lab-resident-schwarzesloch-test = ein schwarzes Loch: niemand antwortet
lab-resident-keinepost-test = nimmt keine Post (Null-MX)
lab-resident-gibtesnicht-test = gibt es nicht
lab-resident-sechs-test = streng, und nur mit IPv6 zu erreichen
lab-accepted = angenommen von { $sender } für { $recipients } ({ $channel }, { $account }, { $tls })
lab-delivered = zugestellt an { $recipients } bei { $remote }: { $reply }
lab-deferred = { $recipients } muss warten: { $reply }
lab-failed = { $recipients } gescheitert: { $reply }
lab-notice = { $recipient } erfährt es durch die Meldung { $notice }
lab-receipt-taken = nimmt Post von { $peer } für { $recipients }
lab-receipt-refused = sagt zu { $peer } über { $recipients }: { $reply }
lab-not-submitted = Die Nachricht „{ $message }“ wurde nicht angenommen: { $error }
lab-arrived = angekommen bei { $server }{ $refusals ->
    [0] {""}
    [one] {" "}nach einer Abweisung
   *[other] {" "}nach { $refusals } Abweisungen
}: { $proofs }
lab-bounced = wie erwartet gescheitert, der Absender wurde benachrichtigt: { $status } ({ $diagnostic })
lab-open = davon war in der Zeit nichts zu sehen.
lab-stranger = NO  { $server } bekam Post, die niemand gesendet hat.
lab-deviates-arrived = angekommen, hätte aber scheitern sollen.
lab-deviates-bounced = gescheitert, hätte aber ankommen sollen.
lab-deviates-repeated = mehr als einmal angekommen.
lab-deviates-host = beim falschen Server angekommen.
lab-deviates-tls = nicht so verschlüsselt, wie es sein sollte.
lab-deviates-proofs = SPF, DKIM oder DMARC hat nicht bestanden.
lab-deviates-content = verändert angekommen.
lab-deviates-early = angekommen ohne die Abweisungen, die vorher kommen sollten.
lab-deviates-status = gescheitert, aber die Meldung nennt einen anderen Grund.
lab-good = Alle { $all } Ergebnisse von { $messages } Nachrichten sind wie erwartet, nach { $seconds } s.
lab-bad = Nur { $good } von { $all } Ergebnissen von { $messages } Nachrichten sind wie erwartet, nach { $seconds } s. Die Zeilen mit NO sagen, welche nicht.
lab-how = Das Labor bleibt offen. So wird von einem anderen Terminal aus hinein gesendet:
lab-stop = Was geschieht, ist hier zu sehen. Strg-C beendet das Labor.
lab-path-relay = Port 25 ist auf diesem Weg zu, Post meidet ihn ({ $reason })
lab-path-trial = dieser Weg wird erprobt ({ $reason })
lab-path-direct = dieser Weg ist wieder frei ({ $reason })
lab-blocked-opening = Ein Internet im Kleinen auf diesem Rechner, hinter einem Anbieter mit zwei Routern: { $routers }. Nichts verlässt den Rechner. Dahinter diese Maildienste:
lab-blocked-relay = Der Umweg, wenn Port 25 zu ist: der Smarthost { $relay }.
lab-blocked-step-direct = Der Anbieter lässt Port 25 offen: Ein Brief an alle fünf Maildienste geht direkt hinaus.
lab-blocked-step-blocked = Jetzt verwirft der Anbieter Port 25. Der nächste Brief findet niemanden, und der Server merkt, woran das liegt.
lab-blocked-step-verdict = Was ist zu, und wo? Die Diagnose:
lab-blocked-step-detour = Der wartende Brief und ein neuer nehmen den Umweg über den Smarthost und kommen an.
lab-blocked-step-open = Der Anbieter öffnet Port 25. Eine Probe sieht es.
lab-blocked-step-trial = Ein paar Nachrichten erproben den direkten Weg.
lab-blocked-step-again = Alles geht wieder direkt.
lab-blocked-good = Alle { $all } Schritte sind geschehen wie erwartet, nach { $seconds } s.
lab-blocked-bad = Nur { $good } von { $all } Schritten sind geschehen wie erwartet; der nächste nicht, nach { $seconds } s.
lab-isp-no-firewall = Der Anbieter des Labors braucht das Programm nft; auf Debian: `sudo apt install nftables`.
lab-isp-how = Dem Anbieter des Labors wird von einem anderen Terminal aus gesagt, was er tun soll:
lab-isp-failed = Das geht nicht: { $error }
lab-isp-none = Es läuft kein Labor mit einem Anbieter. Gestartet wird eines mit `postamt lab --scenario blocked`.
