# Was eine Ablehnung bedeutet und was jetzt hilft: zu jeder Ursache zwei Sätze (dsn/explain.rs).
# Absender lesen sie in Benachrichtigungen, Betreiber bei `postamt queue why`.

explain-unknown-mailbox = Der empfangende Server kennt diese Adresse nicht.
explain-unknown-mailbox-next = Prüfen Sie die Schreibweise vor dem @ oder fragen Sie den Empfänger auf anderem Weg nach der richtigen Adresse.

explain-bad-address = Der empfangende Server nimmt die Adresse in dieser Form nicht an.
explain-bad-address-next = Prüfen Sie die Adresse auf Tippfehler, überzählige Zeichen und fehlende Teile.

explain-moved = Der Empfänger ist umgezogen, diese Adresse wird nicht mehr bedient.
explain-moved-next = Fragen Sie den Empfänger nach der neuen Adresse; vielleicht nennt sie die Antwort des Servers.

explain-mailbox-disabled = Das Postfach gibt es, es nimmt aber zurzeit keine Post an.
explain-mailbox-disabled-next = Fragen Sie den Empfänger auf anderem Weg, ob das Postfach noch benutzt wird.

explain-mailbox-full = Das Postfach des Empfängers ist voll.
explain-mailbox-full-next = Sagen Sie dem Empfänger auf anderem Weg Bescheid und senden Sie die Nachricht erneut, sobald wieder Platz ist.

explain-too-big = Die Nachricht ist größer, als der empfangende Server erlaubt.
explain-too-big-next = Senden Sie sie ohne große Anhänge, teilen Sie sie auf oder geben Sie die Dateien über einen Link weiter.

explain-mailing-list = Der empfangende Server konnte die Nachricht nicht an die Mitglieder einer Liste weitergeben.
explain-mailing-list-next = Sagen Sie der Person Bescheid, die die Liste betreut.

explain-system-full = Der empfangende Server hat keinen Platz oder keine Kapazität mehr.
explain-system-full-next = An der Nachricht liegt es nicht. Ist diese Benachrichtigung endgültig, senden Sie sie später erneut.

explain-busy = Der empfangende Server nimmt im Augenblick keine Post an.
explain-busy-next = An der Nachricht liegt es nicht. Ist diese Benachrichtigung endgültig, senden Sie sie später erneut.

explain-no-answer = Kein Mailserver der Empfängerdomain war erreichbar.
explain-no-answer-next = Der Server des Empfängers ist vielleicht ausgefallen, oder der Weg zu ihm ist gesperrt. Ist diese Benachrichtigung endgültig, senden Sie die Nachricht später erneut; der Betreiber dieses Servers kann die Verbindung mit `postamt port25 check` prüfen.

explain-connection-lost = Die Verbindung zum empfangenden Server brach ab, bevor er die Nachricht bestätigt hatte.
explain-connection-lost-next = Ist diese Benachrichtigung endgültig, senden Sie die Nachricht später erneut. Geschieht es wieder, sagen Sie dem Betreiber dieses Servers Bescheid.

explain-no-such-domain = Die Domain hinter dem @ gibt es nicht, oder sie hat keinen Mailserver.
explain-no-such-domain-next = Prüfen Sie die Schreibweise hinter dem @.

explain-no-mail-domain = Die Domain hinter dem @ erklärt, dass sie keine Post annimmt.
explain-no-mail-domain-next = Fragen Sie den Empfänger nach einer Adresse bei einer anderen Domain.

explain-dns-failure = Die Nameserver der Empfängerdomain gaben keine brauchbare Antwort.
explain-dns-failure-next = Der Fehler liegt bei der Domain des Empfängers oder bei der hiesigen Namensauflösung. Ist diese Benachrichtigung endgültig, senden Sie die Nachricht später erneut.

explain-loop = Die Nachricht wurde im Kreis weitergereicht.
explain-loop-next = Eine Weiterleitung führt dorthin zurück, woher die Nachricht kam. Sagen Sie dem Betreiber des empfangenden Servers Bescheid.

explain-expired = Die Nachricht konnte in der Zeit, die sie warten darf, nicht zugestellt werden.
explain-expired-next = Senden Sie sie erneut, wenn sie noch wichtig ist, oder erreichen Sie den Empfänger auf anderem Weg.

explain-protocol = Die beiden Server haben einander nicht verstanden.
explain-protocol-next = An der Nachricht muss es nicht liegen. Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter.

explain-too-many-recipients = Die Nachricht hat mehr Empfänger, als der empfangende Server auf einmal annimmt.
explain-too-many-recipients-next = Senden Sie sie an weniger Empfänger auf einmal.

explain-content = Der empfangende Server nimmt den Inhalt der Nachricht oder einen ihrer Anhänge nicht an.
explain-content-next = Senden Sie sie ohne Anhänge, vor allem ohne Programme, Archive und ungewöhnliche Formate.

explain-spam = Der empfangende Server hält die Nachricht für unerwünschte Werbung oder für gefährlich.
explain-spam-next = Ändern Sie Betreff und Text, lassen Sie Links und Anhänge weg und versuchen Sie es noch einmal. Bleibt es dabei, leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter.

explain-policy = Eine Regel des empfangenden Servers verbietet diese Nachricht.
explain-policy-next = Mehr sagt die Antwort des Servers im Wortlaut. Hilft sie nicht weiter, bitten Sie den Empfänger, die Nachricht zulassen zu lassen.

explain-blocklist = Der empfangende Server weist Post von diesem Server ab, weil dessen Adresse oder Domain auf einer Sperrliste steht.
explain-blocklist-next = Das liegt nicht an Ihrer Nachricht. Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter; er kann den Eintrag löschen lassen.

explain-sender-rejected = Der empfangende Server nimmt die Absenderadresse nicht an.
explain-sender-rejected-next = Prüfen Sie, ob Ihre eigene Adresse stimmt und Post empfangen kann.

explain-relay-denied = Der gefragte Server nimmt für diesen Empfänger keine Post an.
explain-relay-denied-next = Die Domain des Empfängers zeigt auf einen Server, der sie nicht bedient. Sagen Sie dem Empfänger auf anderem Weg Bescheid oder, falls über ein Relay gesendet wird, dem Betreiber dieses Servers.

explain-credentials = Das Relay hat die Anmeldung dieses Servers nicht angenommen.
explain-credentials-next = Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter: Benutzername oder Passwort des Relays sind falsch oder gesperrt.

explain-encryption-required = Der empfangende Server verlangt eine verschlüsselte Verbindung, die nicht zustande kam.
explain-encryption-required-next = Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter.

explain-tls-failure = Es kam keine Verbindung zustande, die so sicher ist, wie die Domain des Empfängers oder Ihre Nachricht es verlangt.
explain-tls-failure-next = Zertifikat oder Verschlüsselung des empfangenden Servers passen nicht. Sagen Sie dem Empfänger auf anderem Weg Bescheid; der Betreiber dieses Servers findet Einzelheiten mit `postamt queue why`.

explain-require-tls = Sie haben Verschlüsselung auf dem ganzen Weg verlangt, und der empfangende Server sagt sie nicht zu.
explain-require-tls-next = Senden Sie die Nachricht ohne diese Forderung, wenn ihr Inhalt es erlaubt.

explain-dkim = Der empfangende Server findet keine gültige DKIM-Signatur der Absenderdomain.
explain-dkim-next = Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter: Der Schlüssel im DNS und der Signaturschlüssel müssen zusammenpassen (`postamt dkim list`).

explain-spf = Die Absenderdomain nennt diesen Server nicht unter denen, die für sie senden dürfen (SPF).
explain-spf-next = Leiten Sie diese Benachrichtigung an die Stelle weiter, die das DNS der Domain pflegt: Dieser Server gehört in den SPF-Eintrag.

explain-authentication = Der empfangende Server erkennt nicht, dass die Nachricht wirklich von der Absenderdomain kommt (SPF, DKIM, DMARC).
explain-authentication-next = Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter; er kann die Einträge der Domain prüfen.

explain-reverse-dns = Die Adresse dieses Servers hat im DNS keinen passenden Namen.
explain-reverse-dns-next = Leiten Sie diese Benachrichtigung an den Betreiber dieses Servers weiter; er muss den Rückwärtseintrag (PTR) setzen lassen.

explain-rate-limit = Der empfangende Server begrenzt, wie viel Post er in einer bestimmten Zeit annimmt.
explain-rate-limit-next = An der Nachricht liegt es nicht. Ist diese Benachrichtigung endgültig, senden Sie sie später erneut.

explain-greylisted = Der empfangende Server stellt Post von Absendern zurück, die er noch nicht kennt.
explain-greylisted-next = Das ist üblich und erledigt sich mit den nächsten Versuchen von selbst.

explain-smtputf8 = Der empfangende Server kann nicht mit Adressen oder Kopfzeilen umgehen, die andere Buchstaben als ASCII enthalten.
explain-smtputf8-next = Verwenden Sie eine Adresse des Empfängers, und eine eigene, die nur einfache Buchstaben enthält.

explain-eight-bit = Der empfangende Server kann die Nachricht in ihrer jetzigen Kodierung nicht annehmen.
explain-eight-bit-next = Stellen Sie Ihr Mailprogramm so ein, dass es quoted-printable oder base64 sendet.

explain-cancelled = Der Betreiber dieses Servers hat die Nachricht aus der Warteschlange genommen.
explain-cancelled-next = Fragen Sie den Betreiber nach dem Grund, bevor Sie sie erneut senden.

explain-temporary = Der empfangende Server meldet eine Schwierigkeit, die vorübergehen kann.
explain-temporary-next = Ist diese Benachrichtigung endgültig, senden Sie die Nachricht später erneut.

explain-permanent = Der empfangende Server hat die Nachricht endgültig abgelehnt.
explain-permanent-next = Mehr sagt die Antwort des Servers im Wortlaut. Hilft sie nicht weiter, erreichen Sie den Empfänger auf anderem Weg.
