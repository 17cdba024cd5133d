# Was `doctor` über Ablehnungen der letzten Tage berichtet.

doctor-refusals-none = In den letzten { $days } Tagen hat kein Empfänger Post aus einem Grund abgelehnt, der hier liegt.
doctor-refusals-none-lately = Unter den letzten { $count } Nachrichten, seit { $since }, hat kein Empfänger Post aus einem Grund abgelehnt, der hier liegt.
doctor-refusals-not-known = Ob Empfänger in den letzten Tagen Post abgelehnt haben, lässt sich nicht sagen: Der Verlauf ist nicht zu lesen.
doctor-refusals-not-known-now = Sehen Sie nach, ob der Datenträger voll ist und die Datei des Verlaufs dem Benutzer des Servers gehört; das Protokoll sagt mehr: `journalctl -u postamt`.
doctor-refusals-ours = { $reason } In den letzten { $days } Tagen betraf das { $count ->
        [one] eine Zustellung
       *[other] { $count } Zustellungen
    }, zuletzt am { $last }.
doctor-refusals-ours-expected = { $about } nimmt unsere Post an.
doctor-refusals-ours-now = { $fault } { $remedy }
doctor-refusals-relay-possible = Allein die Post für { $about } könnte über das Relay { $relay } gehen, bis der Anbieter sie wieder direkt annimmt.
doctor-refusals-relay-possible-now = Jede Woche versuchen dann einige Nachrichten den direkten Weg. Wenn Sie das wünschen, ordnen Sie es an:
doctor-refusals-messages = { $reason } In den letzten { $days } Tagen betraf das { $count ->
        [one] eine Zustellung
       *[other] { $count } Zustellungen
    }, zuletzt am { $last }.
doctor-refusals-messages-now = { $fault } { $remedy }
doctor-refusals-recipients = Von { $all } Zustellungen der letzten { $days } Tage { $count ->
        [one] wurde eine abgelehnt, weil es das Postfach nicht gibt.
       *[other] wurden { $count } abgelehnt, weil es die Postfächer nicht gibt.
    }
doctor-refusals-recipients-now = Nichts, solange es die Ausnahme bleibt. Wer an Listen sendet, sollte solche Adressen nach der ersten Ablehnung streichen.
doctor-refusals-many-recipients = Von { $all } Zustellungen der letzten { $days } Tage wurden { $count } abgelehnt, weil es die Postfächer nicht gibt. Daran erkennen Empfänger Absender, die Adressen raten oder alte Listen verwenden.
doctor-refusals-many-recipients-expected = Kaum unbekannte Empfänger; schon bei wenigen von hundert verlieren Empfänger die Geduld.
doctor-refusals-many-recipients-now = Stellen Sie fest, wer an diese Adressen sendet (`postamt queue list`, Protokoll), streichen Sie unbekannte Adressen sofort aus allen Listen und schreiben Sie alte Listen nur in kleinen Teilen an.
doctor-refusals-not-understood = { $count ->
        [one] Eine Ablehnung der letzten { $days } Tage sagt nichts, was Postamt versteht.
       *[other] { $count } Ablehnungen der letzten { $days } Tage sagen nichts, was Postamt versteht.
    }
doctor-refusals-not-understood-now = Lesen Sie, was die Server sagen. Wenn Sie wissen, was es bedeutet, teilen Sie es bitte dem Projekt mit, damit es anderen erklärt werden kann.
