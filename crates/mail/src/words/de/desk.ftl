# Was der Kundendienst des Anbieters im Labor schreibt (`postamt lab --scenario request`). Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

desk-greeting = Guten Tag,
desk-received = vielen Dank für Ihre Nachricht. Ihr Anliegen hat bei uns die Nummer { $ticket }; bitte lassen Sie die Nummer bei Antworten im Betreff stehen.
desk-missing = Port 25 ist in unserem Netz ausgehend gesperrt. Bevor wir ihn freischalten, benötigen wir noch:
desk-missing-addresses = die IP-Adressen Ihres Servers
desk-missing-name = den Namen Ihres Servers, und zu jeder seiner Adressen einen PTR-Eintrag, der zu diesem Namen führt und von dort zurück zur Adresse
desk-missing-name-of = den Namen Ihres Servers, und zu jeder seiner Adressen einen PTR-Eintrag, der zu diesem Namen führt und von dort zurück zur Adresse; das fehlt für { $addresses }
desk-missing-kind = die Art der E-Mails: wer sie versendet und wofür
desk-missing-volume = den Umfang: wie viele Nachrichten es am Tag sind
desk-missing-evidence = einen Beleg für die Sperre: wann und zu welchen Mailservern die Verbindungen gescheitert sind
desk-missing-abuse = eine Adresse, unter der Sie Missbrauchsmeldungen annehmen
desk-missing-promise = Ihre Zusage, keine unverlangte Werbung zu versenden
desk-granted = Port 25 (ausgehend) ist ab sofort für { $addresses } freigeschaltet. Bei Beschwerden behalten wir uns vor, ihn wieder zu sperren.
desk-refused = Port 25 (ausgehend) schalten wir an diesem Anschluss grundsätzlich nicht frei, auch nicht auf Antrag. Bitte versenden Sie über ein Relay auf Port 587 oder 465.
desk-regards =
    Mit freundlichen Grüßen
    Ihr Kundendienst
