# Zustellbenachrichtigungen (dsn/human.rs): der Teil für Menschen. Jede Benachrichtigung enthält beide Sprachen.

dsn-from = Postzustellung
dsn-subject-failed = { $others ->
    [0] Nicht zugestellt: Ihre Nachricht an { $recipient }
    [one] Nicht zugestellt: Ihre Nachricht an { $recipient } und einen weiteren Empfänger
   *[other] Nicht zugestellt: Ihre Nachricht an { $recipient } und { $others } weitere Empfänger
}
dsn-subject-delayed = { $others ->
    [0] Verzögert: Ihre Nachricht an { $recipient } wartet noch
    [one] Verzögert: Ihre Nachricht an { $recipient } und einen weiteren Empfänger wartet noch
   *[other] Verzögert: Ihre Nachricht an { $recipient } und { $others } weitere Empfänger wartet noch
}
dsn-subject-delivered = { $others ->
    [0] Zugestellt: Ihre Nachricht an { $recipient }
    [one] Zugestellt: Ihre Nachricht an { $recipient } und einen weiteren Empfänger
   *[other] Zugestellt: Ihre Nachricht an { $recipient } und { $others } weitere Empfänger
}
dsn-subject-relayed = { $others ->
    [0] Weitergegeben: Ihre Nachricht an { $recipient }
    [one] Weitergegeben: Ihre Nachricht an { $recipient } und einen weiteren Empfänger
   *[other] Weitergegeben: Ihre Nachricht an { $recipient } und { $others } weitere Empfänger
}

dsn-other-language-below = (English: see below.)
dsn-intro-failed = Hier ist der Mailserver { $host }. Ihre Nachricht vom { $arrival } konnte den unten genannten Empfängern nicht zugestellt werden. Es folgt kein weiterer Versuch.
dsn-intro-expired = Hier ist der Mailserver { $host }. Er hat seit { $arrival } versucht, Ihre Nachricht zuzustellen, und gibt für die unten genannten Empfänger nun auf.
dsn-intro-delayed = Hier ist der Mailserver { $host }. Ihre Nachricht vom { $arrival } hat die unten genannten Empfänger noch nicht erreicht. Sie müssen nichts tun: Weitere Versuche folgen von selbst.
dsn-intro-delivered = Hier ist der Mailserver { $host }. Wie gewünscht bestätigt er: Ihre Nachricht vom { $arrival } wurde den unten genannten Empfängern zugestellt.
dsn-intro-relayed = Hier ist der Mailserver { $host }. Ihre Nachricht vom { $arrival } wurde für die unten genannten Empfänger weitergegeben. Der nächste Server sendet keine Bestätigungen; es folgt also vielleicht keine mehr.

dsn-server-said = Der Server { $remote } antwortete:
dsn-this-server-said = Dieser Server stellte fest:
dsn-no-reply = Der Server { $remote } gab keine Antwort.
dsn-meaning = Bedeutung: { $text }
dsn-next = Was Sie tun können: { $text }
dsn-operator = Hinweis für den Betreiber dieses Servers: { $text }
dsn-retry-until = Weitere Versuche bis: { $date }
dsn-queue-id = Für Rückfragen beim Betreiber: Die Nachricht hat die Warteschlangennummer { $id }.
dsn-returned-headers = Die Kopfzeilen Ihrer Nachricht sind angehängt.
dsn-returned-full = Ihre Nachricht ist angehängt.
