# Sentences of `sendmail`. The same ids and variables stand in the other language's file.

sendmail-usage = das Argument „{ $argument }“ ist unverständlich. Die üblichen stehen in `man sendmail`.
sendmail-disabled = Mail von diesem Rechner ist abgeschaltet (`sendmail.enabled` in der Konfiguration).
sendmail-daemon = der Server wird mit `postamt serve` gestartet, nicht mit -bd.
sendmail-verify = Adressen lassen sich nicht prüfen; senden Sie eine Nachricht mit `postamt send` und sehen Sie mit `postamt queue find` nach.
sendmail-stdin = die Nachricht lässt sich nicht von stdin lesen: { $error }
sendmail-no-recipients = es gibt keine Empfänger.{ $text } Bitte Empfänger nennen, oder -t mit To, Cc oder Bcc im Kopf verwenden.
sendmail-bad-recipient = „{ $text }“ ist keine Mailadresse. Nichts wurde gesendet.
sendmail-bad-sender = der Absender „{ $text }“ ist keine Mailadresse. Nichts wurde gesendet.
sendmail-bad-header = das Kopffeld enthält einen Eintrag, der keine Mailadresse ist: { $text }. Nichts wurde gesendet.
sendmail-recipient-refused = der Server weist den Empfänger { $recipient } ab: { $reply }. Nichts wurde gesendet.
sendmail-refused = der Server weist die Nachricht ab: { $reply }. Nichts wurde gesendet.
sendmail-socket-denied = dieser Benutzer darf nicht senden: { $socket } lässt sich nicht öffnen.
sendmail-drop-failed = der Server läuft nicht, und die Nachricht lässt sich auch nicht in { $directory } ablegen: { $error }. Nichts wurde gesendet; bitte später noch einmal versuchen.
sendmail-smtp-unavailable = der Server ist auf { $socket } nicht zu erreichen: { $error }. Starten mit `postamt serve`.
sendmail-taken = Der Server hat die Nachricht angenommen: { $reply }
sendmail-dropped = Der Server läuft nicht. Die Nachricht wartet auf ihn in { $path }.
