# Was `doctor message` über eine Nachricht sagt.

doctor-message-not-read = { $file } lässt sich nicht lesen: { $error }
doctor-message-too-large = { $file } ist größer als { $megabytes } MiB.
doctor-message-empty = { $file } ist leer. Speichern Sie die Nachricht mit ihrem Kopf (Quelltext, .eml).
doctor-message-rspamd-url = `{ $url }` ist keine Adresse eines Rspamd wie http://127.0.0.1:11333.
doctor-message-address-named = von Ihnen genannt
doctor-message-address-received = aus dem obersten Received-Feld
doctor-message-address-own = die Adresse dieses Rechners

doctor-message-dkim-good = Eine Signatur von { $about } ist gültig (DKIM).
doctor-message-dkim-bad = Eine Signatur von { $about } ist ungültig (DKIM): { $reason }
doctor-message-dkim-bad-expected = Eine Signatur, die zur Nachricht und zum Schlüssel im DNS passt.
doctor-message-dkim-bad-now = Ist das die Nachricht, wie sie angekommen ist, dann sehen Sie sich den Schlüssel im DNS an ({ $record }) und alles, was die Nachricht unterwegs verändert haben kann: eine Mailingliste, ein Filter, ein Relay, das Felder umschreibt. Ein Entwurf, der nach dem Signieren bearbeitet wurde, kann nicht mehr gültig sein.
doctor-message-dkim-not-known = Ob die Signatur von { $about } gültig ist, ließ sich nicht feststellen: { $reason }
doctor-message-dkim-not-known-now = Das DNS lieferte den Schlüssel { $record } nicht. Versuchen Sie es später noch einmal.
doctor-message-unsigned = Die Nachricht trägt keine Signatur (DKIM). Große Empfänger lehnen solche Post ab oder misstrauen ihr.
doctor-message-unsigned-expected = Eine Signatur der Absenderdomain.
doctor-message-unsigned-now = Soll Postamt die Nachricht senden, so signiert es sie: `postamt dkim list` zeigt die Schlüssel. Um zu beurteilen, was wirklich hinausgeht, speichern Sie die Nachricht so, wie sie beim Empfänger angekommen ist.
doctor-message-spf-good = { $about } erlaubt { $address } ({ $origin }), für die Domain zu senden (SPF).
doctor-message-spf-bad = { $about } erlaubt { $address } ({ $origin }) nicht, für die Domain zu senden, oder der Eintrag ist fehlerhaft (SPF: { $result }).
doctor-message-spf-bad-expected = spf=pass
doctor-message-spf-bad-now = Nehmen Sie diese Adresse in den SPF-Eintrag der Domain auf (`postamt dns records` zeigt ihn) oder senden Sie über die Server, die dort stehen. Den Eintrag selbst untersucht `postamt doctor { $about }`.
doctor-message-spf-weak = { $about } sagt nicht, dass { $address } ({ $origin }) für die Domain senden darf (SPF: { $result }).
doctor-message-spf-weak-expected = spf=pass
doctor-message-spf-weak-now = Nehmen Sie diese Adresse in den SPF-Eintrag der Domain auf; `postamt dns records` zeigt ihn.
doctor-message-spf-not-known = Ob { $about } es { $address } erlaubt, für die Domain zu senden, ließ sich nicht feststellen (SPF): Das DNS antwortete nicht.
doctor-message-spf-not-known-now = Versuchen Sie es später noch einmal.
doctor-message-no-address = Niemand sagt, von welcher Adresse diese Nachricht käme; SPF wurde nicht beurteilt.
doctor-message-no-address-now = Nennen Sie die Adresse: `--from-address`.
doctor-message-dmarc-good = SPF oder DKIM steht für { $about } ein, die Domain in From (DMARC).
doctor-message-dmarc-bad = Weder SPF noch DKIM steht für { $about } ein, die Domain in From; ihre Vorgabe für solche Post ist { $policy } (DMARC).
doctor-message-dmarc-bad-expected = Eine Signatur der Domain in From oder ein Umschlagabsender in ihr, der SPF besteht.
doctor-message-dmarc-bad-now = Signieren Sie mit einem Schlüssel von { $about } oder verwenden Sie einen Umschlagabsender dieser Domain. Eine fremde Domain in From, etwa die eines Freemail-Anbieters, geht nicht.
doctor-message-dmarc-none = { $about } hat keinen brauchbaren DMARC-Eintrag. Große Empfänger verlangen ihn von allen, die viel senden.
doctor-message-dmarc-none-expected = Ein DMARC-Eintrag; für den Anfang genügt p=none.
doctor-message-dmarc-none-now = Veröffentlichen Sie einen: `postamt dns records` zeigt ihn.
doctor-message-dmarc-not-known = Ob SPF oder DKIM für { $about } einsteht, ließ sich nicht feststellen (DMARC).
doctor-message-dmarc-not-known-now = Lassen Sie die Nachricht so beurteilen, wie sie angekommen ist, und nennen Sie die Adresse, von der sie kam: `--from-address`.

doctor-message-headers-good = Der Kopf ist so aufgebaut, wie RFC 5322 es verlangt.
doctor-message-header-broken = Eine Zeile im Kopf ist kein Feld. Der Rest des Kopfes wird dadurch als Text gelesen.
doctor-message-header-broken-expected = Zeilen der Form `Name: Wert`, danach eine leere Zeile.
doctor-message-header-broken-now = Lassen Sie das Programm berichtigen, das die Nachricht geschrieben hat.
doctor-message-date-missing = Das Feld Date fehlt.
doctor-message-date-missing-expected = Ein Date-Feld.
doctor-message-date-missing-now = Das Programm, das die Nachricht schreibt, soll es ergänzen. (Postamt ergänzt es bei Post, die es auf 587 und 465 annimmt.)
doctor-message-date-wrong = Das Datum ist unlesbar, liegt mehr als einen Tag in der Zukunft oder ist älter als eine Woche: { $about }
doctor-message-date-wrong-expected = Die Zeit, zu der die Nachricht geschrieben wurde.
doctor-message-date-wrong-now = Stellen Sie Uhr und Zeitzone des Rechners, der die Nachricht schreibt. Eine lange aufbewahrte Nachricht ist zu Recht alt.
doctor-message-from-missing = Das Feld From fehlt.
doctor-message-from-missing-expected = Ein From-Feld mit einer Adresse.
doctor-message-from-missing-now = Das Programm, das die Nachricht schreibt, soll es ergänzen.
doctor-message-from-broken = Das Feld From ist nicht eindeutig zu verstehen.
doctor-message-from-broken-expected = `Name <adresse@domain>`; ein Name mit Sonderzeichen steht in Anführungszeichen.
doctor-message-from-broken-now = Setzen Sie den Namen in Anführungszeichen; er darf keine Adresse enthalten.
doctor-message-from-several = In From stehen { $count } Adressen. Google und andere lehnen solche Post ab.
doctor-message-from-several-expected = Eine Adresse.
doctor-message-from-several-now = Nennen Sie in From einen Verfasser und die übrigen in Reply-To oder Cc.
doctor-message-sender-missing = From enthält mehrere Adressen, aber kein Sender-Feld sagt, wer sendet.
doctor-message-sender-missing-expected = Ein Sender-Feld mit einer Adresse.
doctor-message-sender-missing-now = Ergänzen Sie es oder nennen Sie nur einen Verfasser.
doctor-message-duplicate = Das Feld { $about } kommt { $count } Mal vor. Google und andere lehnen solche Post ab, und keine Signatur schützt davor, dass das falsche angezeigt wird.
doctor-message-duplicate-expected = Jedes dieser Felder einmal.
doctor-message-duplicate-now = Lassen Sie das Programm berichtigen, das das zweite hinzufügt; oft ergänzen zwei Systeme je ihr eigenes.
doctor-message-id-missing = Das Feld Message-ID fehlt.
doctor-message-id-missing-expected = Eine Message-ID, die keine andere Nachricht hat.
doctor-message-id-missing-now = Das Programm, das die Nachricht schreibt, soll sie ergänzen. (Postamt ergänzt sie bei Post, die es auf 587 und 465 annimmt.)
doctor-message-id-broken = Die Message-ID hat nicht die Form <links@rechts>.
doctor-message-id-broken-expected = Eine Kennung in spitzen Klammern, mit @ und ohne Leerzeichen.
doctor-message-id-broken-now = Lassen Sie das Programm berichtigen, das die Nachricht schreibt.
doctor-message-line-too-long = { $count ->
        [one] Eine Zeile ist länger als 998 Oktette ({ $longest }).
       *[other] { $count } Zeilen sind länger als 998 Oktette (bis zu { $longest }).
    } Server lehnen solche Zeilen ab oder brechen sie um, und ein Umbruch macht die Signatur ungültig.
doctor-message-line-too-long-expected = Zeilen von höchstens 998 Oktetten.
doctor-message-line-too-long-now = Senden Sie HTML und Texte mit langen Zeilen als quoted-printable oder base64.
doctor-message-bare-line-end = { $count ->
        [one] Eine Zeile enthält
       *[other] { $count } Zeilen enthalten
    } ein einzelnes CR oder LF, zuerst Zeile { $line }. Server lehnen das ab, weil sich damit Mail einschmuggeln lässt.
doctor-message-bare-line-end-expected = CRLF am Ende jeder Zeile und sonst weder CR noch LF.
doctor-message-bare-line-end-now = Das Programm, das die Nachricht schreibt, soll durchweg dieselben Zeilenenden verwenden.
doctor-message-eight-bit-header = In { $about } stehen Zeichen jenseits von ASCII, nicht kodiert. Server ohne SMTPUTF8 lehnen das ab.
doctor-message-eight-bit-header-expected = Kodierte Wörter (RFC 2047) wie =?utf-8?Q?Gr=C3=BC=C3=9Fe?=.
doctor-message-eight-bit-header-now = Das Programm, das die Nachricht schreibt, soll sie kodieren.
doctor-message-eight-bit-body = Der Text enthält Zeichen jenseits von ASCII, gibt das aber nicht an. Leseprogramme raten die Zeichen, und Server verändern sie womöglich.
doctor-message-eight-bit-body-expected = MIME-Version, Content-Type mit charset und Content-Transfer-Encoding.
doctor-message-eight-bit-body-now = Das Programm, das die Nachricht schreibt, soll 8bit angeben oder den Text kodieren.

doctor-message-unsubscribe-good = Empfänger können sich mit einem Klick abmelden.
doctor-message-unsubscribe-missing = Das Feld List-Unsubscribe fehlt. Eine persönliche Nachricht braucht es nicht; bei Post an viele verlangen es große Empfänger.
doctor-message-unsubscribe-missing-expected = Bei Post an viele: List-Unsubscribe mit einer https-Adresse und List-Unsubscribe-Post.
doctor-message-unsubscribe-missing-now = Ergänzen Sie bei Newslettern und Werbung beide Felder. `--bulk` beurteilt die Nachricht als solche.
doctor-message-unsubscribe-not-one-click = Es gibt List-Unsubscribe, aber nicht den einen Klick, den große Empfänger bei Post an viele verlangen.
doctor-message-unsubscribe-not-one-click-expected = Eine https-Adresse in List-Unsubscribe und `List-Unsubscribe-Post: List-Unsubscribe=One-Click`.
doctor-message-unsubscribe-not-one-click-now = Ergänzen Sie, was fehlt; die Adresse muss auf POST hin ohne Rückfrage abmelden.
doctor-message-unsubscribe-not-signed = Keine Signatur schließt List-Unsubscribe und List-Unsubscribe-Post ein; Empfänger bieten den einen Klick deshalb nicht an.
doctor-message-unsubscribe-not-signed-expected = Beide Felder in h= einer DKIM-Signatur.
doctor-message-unsubscribe-not-signed-now = Setzen Sie die Felder vor dem Signieren; Postamt signiert sie mit, wenn sie da sind.

doctor-message-large = Die Nachricht hat { $megabytes } MB. Viele Empfänger nehmen nicht mehr als 20 oder 25 an.
doctor-message-large-expected = Weniger als 20 MB.
doctor-message-large-now = Stellen Sie große Dateien über einen Link bereit.
doctor-message-html-alone = Neben dem HTML steht kein Text. Filter rechnen das der Nachricht an, und nicht jeder kann sie lesen.
doctor-message-html-alone-expected = multipart/alternative mit text/plain und text/html.
doctor-message-html-alone-now = Das Programm, das die Nachricht schreibt, soll denselben Inhalt auch als Text beifügen.
doctor-message-attachment-refused = Große Empfänger lehnen Anhänge vom Typ .{ $ending } ab: { $about }
doctor-message-attachment-refused-expected = Anhänge, die sich nicht ausführen lassen.
doctor-message-attachment-refused-now = Stellen Sie die Datei über einen Link bereit. Packen hilft wenig: Archive werden durchsucht.
doctor-message-not-taken-apart = Die Nachricht wurde nicht zerlegt: Sie ist größer als { $megabytes } MiB oder keine Nachricht.
doctor-message-not-taken-apart-now = Lassen Sie eine kleinere derselben Art beurteilen.
doctor-message-body-good = Größe, Fassungen und Anhänge sind so, wie Empfänger sie annehmen.

doctor-message-links-good = { $domains ->
        [one] Die Domain der Nachricht steht
       *[other] Die { $domains } Domains der Nachricht (Links, Verfasser) stehen
    } auf { $lists ->
        [one] der einen befragten Liste nicht.
       *[other] keiner von { $lists } Listen.
    }
doctor-message-link-listed = Die Domain { $about } in der Nachricht steht auf der Liste { $list }.
doctor-message-link-listed-expected = Keine gelistete Domain in Links oder Absender.
doctor-message-link-listed-now = Nehmen Sie den Link heraus oder lassen Sie die Domain löschen, sobald die Ursache behoben ist. Achten Sie auf gekürzte Links und auf fremde Bilder.
doctor-message-links-not-asked = Keine der Domainlisten gab Auskunft über { $about }.
doctor-message-links-not-asked-now = Fragen Sie über einen eigenen Resolver auf diesem Rechner; öffentliche weisen die Listen ab.

doctor-message-rspamd-good = Rspamd gibt der Nachricht { $score } von { $limit } Punkten: { $action }.
doctor-message-rspamd-bad = Rspamd gibt der Nachricht { $score } von { $limit } Punkten: { $action }.
doctor-message-rspamd-bad-expected = `no action`
doctor-message-rspamd-bad-now = Sehen Sie sich an, was am meisten zählt, und beheben Sie das zuerst.
doctor-message-rspamd-silent = Rspamd unter { $about } gab keine Antwort: { $reason }
doctor-message-rspamd-silent-now = Prüfen Sie, ob es läuft und dort lauscht; sein Worker `normal` tut das meist auf Port 11333.
