# Sentences of `queue`. The same ids and variables stand in the other language's file.

queue-total = { $count ->
    [0] Nichts wartet.
    [one] Eine Nachricht wartet ({ $size }).
   *[other] { $count } Nachrichten warten ({ $size }).
}
queue-recipient = { $address }  { $route }  { $attempts ->
    [0] noch kein Versuch
    [one] 1 Versuch
   *[other] { $attempts } Versuche
}, nächster { $next }
queue-recipient-held = { $address }  { $route }  { $attempts ->
    [0] noch kein Versuch
    [one] 1 Versuch
   *[other] { $attempts } Versuche
}, nach der Freigabe { $next }
queue-route-direct = direkt zu { $name }
queue-route-relay = Relay { $name }
queue-route-directly = direkt
queue-route-detour = Relay { $name }, weil Port 25 gesperrt ist
queue-route-relay-only = Relay { $name }, nur für { $provider }
queue-route-local = hier, { $name }
queue-route-postmaster = Postmaster
queue-route-discard = wird verworfen
queue-route-hold = wird angehalten
queue-route-filter = Inhaltsfilter { $name }
queue-held-by = Angehalten vom Inhaltsfilter { $reason }
queue-shown = { $id }, angenommen { $received } über { $channel } von Konto { $account }; von { $sender } an { $recipients }:
queue-found-none = Nichts gefunden. Erledigte Nachrichten bleiben so lange bekannt, wie `history.days` sagt.
queue-not-an-id = „{ $id }“ ist keine Kennung: Sie hat 13 Buchstaben und Ziffern, wie `postamt queue list` sie zeigt.
queue-not-a-domain = „{ $domain }“ ist keine Domain wie „example.org“.
queue-unknown = Eine Nachricht { $id } ist nicht bekannt: Sie hat die Warteschlange verlassen, und die Geschichte kennt sie nicht (mehr).
queue-acted-none = Keine dieser Nachrichten wartet. `postamt queue why KENNUNG` sagt, was aus einer geworden ist.
queue-retried = { $count ->
    [one] Eine Nachricht wird jetzt versucht.
   *[other] { $count } Nachrichten werden jetzt versucht.
}
queue-held = { $count ->
    [one] Eine Nachricht ist angehalten bis `postamt queue release`.
   *[other] { $count } Nachrichten sind angehalten bis `postamt queue release`.
}
queue-released = { $count ->
    [one] Eine Nachricht geht weiter.
   *[other] { $count } Nachrichten gehen weiter.
}
queue-cancelled = { $count ->
    [one] Eine Nachricht wurde verworfen; ihr Absender erfährt nichts davon.
   *[other] { $count } Nachrichten wurden verworfen; ihre Absender erfahren nichts davon.
}

queue-state-active = läuft
queue-state-waiting = wartet
queue-state-held = steht
queue-outcome-delivered = zugestellt
queue-outcome-deferred = aufgeschoben
queue-outcome-failed = gescheitert
queue-outcome-held = angehalten
queue-outcome-cancelled = von Hand verworfen
queue-outcome-expired = aufgegeben, die Zeit ist um
queue-word-finished = erledigt
queue-word-waiting = wartet

queue-when-now = jetzt
queue-when = { $time } (in { $span })
queue-span-seconds = { $count } s
queue-span-minutes = { $count } min
queue-span-hours = { $count } h
queue-span-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tagen
}

queue-why-nothing = Von dieser Nachricht ist nichts bekannt.
queue-why-message = Nachricht { $id } von { $sender }, angenommen { $received }, { $size }.
queue-why-account = Eingeliefert hat sie { $account }.
queue-why-attempt = { $at }: { $recipients } ({ $route }): { $outcome }
queue-why-step = { $at }: { $recipients }: { $outcome }
queue-why-remote = der andere Server: { $remote }
queue-why-source = von unserer Adresse: { $source }
queue-why-tls = Verschlüsselung: { $tls }
queue-why-reply = die Antwort: { $reply }
queue-why-recipient = { $address } wartet noch. Weg: { $route }. { $attempts ->
    [0] Bisher kein Versuch.
    [one] Bisher ein Versuch.
   *[other] Bisher { $attempts } Versuche.
} Nächster: { $next }.
queue-why-held-recipient = { $address } wartet noch. Weg: { $route }. { $attempts ->
    [0] Bisher kein Versuch.
    [one] Bisher ein Versuch.
   *[other] Bisher { $attempts } Versuche.
} Nach der Freigabe: { $next }.
queue-why-held = Die Nachricht ist angehalten, von Hand, durch eine Regel oder durch einen Inhaltsfilter. Bis `postamt queue release { $id }` geschieht nichts.
queue-why-active = Sie wird gerade zugestellt oder ist als Nächste an der Reihe.
queue-why-waiting = Zur genannten Zeit wird sie von selbst wieder versucht; `postamt queue retry { $id }` versucht es sofort.
queue-why-finished = Seit { $at } wartet nichts mehr davon.
queue-why-gone = Nichts davon wartet mehr.
queue-why-site = Die Empfangsseite { $name }: { $connections } von { $limit } Verbindungen sind belegt; Nachrichten, die dafür bereitstehen: { $ready }.
queue-why-quota-month = Das Relay { $relay } hat in den letzten 30 Tagen { $used } von { $limit } Mails übernommen (`messages_per_month`), sein Kontingent ist erschöpft. Diese Nachricht wartet, ohne dass ein Versuch zählt; der nächste Platz wird frei: { $until }.
queue-why-quota = Das Relay { $relay } hat in den letzten 24 Stunden { $used } von { $limit } Mails übernommen (`messages_per_day`), sein Kontingent ist erschöpft. Diese Nachricht wartet, ohne dass ein Versuch zählt; der nächste Platz wird frei: { $until }.
queue-why-site-paused = An { $name } wird bis { $until } nichts gesendet: { $reason }

queue-status-now = In der Warteschlange: { $messages } Nachrichten, { $waiting } Zustellungen warten auf ihre Zeit, angehalten: { $held }; { $disk } auf der Platte.
queue-status-since = Seit dem Start: { $accepted } Nachrichten in { $sessions } Sitzungen angenommen; Empfänger: { $delivered } zugestellt, { $deferred } aufgeschoben, { $failed } aufgegeben.
queue-status-full = NEUE MAIL WIRD ABGEWIESEN: Die Warteschlange hat keinen Platz oder lässt sich nicht schreiben. Bitte Platz schaffen; mehr steht im Protokoll.
