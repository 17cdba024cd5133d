# Herunter von einer Sperrliste, oder wieder angenommen von einem Mailanbieter: `postamt port25 request --about delisting`. Dieselben Namen
# und Variablen stehen in der Datei der anderen Sprache.

delist-subject-list = Löschung von { $abouts } aus der Sperrliste { $name }
delist-subject-provider = Eintrag von { $abouts } in der Sperrliste { $name }
delist-subject-mailbox = Abgewiesene E-Mails von { $abouts } ({ $host })
delist-claim-listing = Am { $time } antwortete die Sperrliste { $name } für { $about } mit { $code }{ $meaning }.
delist-meaning = { " " }(„{ $text }“)
delist-claim-refusal = Am { $time } hat Ihr Server { $server } E-Mails von { $abouts } abgewiesen: „{ $reply }“
delist-claim-refusal-provider = Am { $time } hat der Server { $server } ({ $name }) E-Mails von { $abouts } abgewiesen: „{ $reply }“
delist-refusal = Die Ablehnung: { $text }
delist-cause = Ursache: { $cause }. Was dagegen getan wurde: { $done }.
delist-fixed = Der Eintrag wirft niemandem Spam vor. Zur Adresse: { $fixed }.
delist-done = Was ich seither geprüft oder geändert habe: { $done }.
delist-blank-cause = die Ursache, die Sie gefunden haben
delist-blank-done = was Sie wann dagegen getan haben
delist-blank-fixed = dass sie fest ist und allein Ihnen zugeteilt
delist-blank-refusal = die Ablehnung im Wortlaut, mit ihrem Code
delist-request-list = Ich bitte Sie, { $abouts } aus der Sperrliste { $name } zu löschen.
delist-request-provider = Einen solchen Eintrag kann nur der Inhaber des Netzes beenden. Ich bitte Sie daher, die Löschung von { $abouts } aus der Sperrliste { $name } zu veranlassen oder mir mitzuteilen, was Sie dafür von mir benötigen.
delist-request-mailbox = Ich bitte Sie, { $abouts } zu prüfen und wieder zuzulassen. Sollte noch etwas fehlen, sagen Sie mir bitte, was.
delist-request-mailbox-provider = { $name } antwortet nur dem Anbieter, der für die Adresse zuständig ist. Ich bitte Sie daher, dort die erneute Zulassung von { $abouts } zu veranlassen.
delist-claim-imprint = Anbieterkennzeichnung (Impressum): { $pages }.
delist-topic-listing = der Eintrag auf der Liste
delist-topic-refusal = die Ablehnung
delist-topic-imprint = das Impressum
delist-field-abouts = Adresse oder Domain
delist-field-seen = Beobachtung
delist-field-reason = Begründung

delist-seen-listed = { $about } steht auf der Liste (abgefragt am { $time }):
delist-seen-not-listed = { $about } steht nicht auf der Liste (abgefragt am { $time }).
delist-seen-unknown = Ob { $about } auf der Liste steht, ließ sich nicht feststellen: { $why }. Viele Listen verweigern sich öffentlichen Nameservern: Fragen Sie mit einem eigenen (`[dns] servers`).
delist-seen-not-asked = Ob { $about } auf der Liste steht, lässt sich von hier aus nicht feststellen: Die Liste ist geschlossen oder verlangt einen Schlüssel.
delist-seen-refusal = Zuletzt wurden E-Mails von hier am { $time } abgewiesen:
delist-seen-no-refusal = Die Geschichte dieses Servers kennt aus den letzten 28 Tagen keine Ablehnung von dort.
delist-nothing-to-do = Es gibt nichts zu beantragen.

delist-mend-self-service = Zuerst zu beheben: Suchen Sie, was der Liste aufgefallen ist (ein Konto, das zu viel versendet, weitergeleiteter Spam, alte oder gekaufte Adressen), und stellen Sie es ab. Sonst kommt der Eintrag wieder.
delist-mend-expires = Zuerst zu beheben: Suchen Sie, was der Liste aufgefallen ist, und stellen Sie es ab. Solange es andauert, wird der Eintrag erneuert.
delist-mend-form = Zuerst zu beheben: Suchen Sie, was der Liste aufgefallen ist, stellen Sie es ab, und seien Sie darauf vorbereitet, es zu benennen.
delist-mend-account = Zuerst zu beheben: Suchen Sie, was der Liste aufgefallen ist, stellen Sie es ab, und seien Sie darauf vorbereitet, es zu benennen.
delist-mend-provider = Zuerst zu beheben: Suchen Sie, was der Liste aufgefallen ist, und stellen Sie es ab; der Anbieter wird danach fragen.
delist-mend-policy = Zuerst zu beheben: Vorgeworfen wird Ihnen nichts. Die Liste führt Bereiche, aus denen keine E-Mails erwartet werden. Die Adresse muss fest sein und einen eigenen PTR-Eintrag haben.
delist-mend-exploited = Zuerst zu beheben: Ein Rechner hinter dieser Adresse ist oder war in fremder Hand. Suchen und säubern Sie ihn zuallererst (Konten, die zu viel versenden, offene Proxys, Schadsoftware).
delist-mend-backscatter = Zuerst zu beheben: Weisen Sie unbekannte Empfänger schon während der Sitzung ab, und schicken Sie an Absender, die gefälscht sein können, weder Rückläufer noch automatische Antworten noch Prüfanfragen (Callouts).
delist-mend-move = Zuerst zu beheben: nichts, was in Ihrer Hand läge. Gelistet ist das ganze Netz.
delist-mend-nothing = Zuerst zu beheben: nichts, was in Ihrer Hand läge.
delist-way-self-service = Ausweg: Nehmen Sie den Eintrag auf { $page } selbst heraus; der Brief ist für das Feld, das nach dem Grund fragt.
delist-way-expires = Ausweg: Der Eintrag endet von selbst. Bitten Sie nicht um Löschung.
delist-way-form = Ausweg: das Formular auf { $page }.
delist-way-account = Ausweg: ein Konto beim Betreiber der Liste, { $page }.
delist-way-provider = Ausweg: Nur der Inhaber des Netzes kann den Eintrag beenden. Der Brief ist für Ihren Anbieter; wie es um den Eintrag steht, zeigt { $page }.
delist-way-policy = Ausweg: Nehmen Sie die Adresse auf { $page } heraus. Ohne feste Adresse senden Sie über ein Relay (`postamt relay add`).
delist-way-exploited = Ausweg, sobald der Rechner sauber ist: { $page }.
delist-way-backscatter = Ausweg: Der Eintrag endet von selbst. Bitten Sie nicht um Löschung.
delist-way-move = Ausweg: ein anderer Anbieter. Bis dahin senden Sie über ein Relay (`postamt relay add`).
delist-way-nothing = Ausweg: keiner. { $name } nimmt keine einzelne Adresse heraus, und niemand ist da, den man fragen könnte.
delist-fields = Anzugeben: { $text }.
delist-ends = Ende: { $text }.
delist-do-not-pay = Eine schnelle Löschung gegen Geld wird angeboten: Zahlen Sie nichts dafür.
delist-hardly-asked = Nur wenige Empfänger befragen diese Liste.
delist-not-sure = Nicht alles hiervon ist durch Seiten des Betreibers belegt.

delist-looks-at = Darauf wird geachtet; bringen Sie es zuerst in Ordnung: { $text }
delist-by-form = Weg: das Formular { $to }. { $when }
delist-by-email = Weg: E-Mail an { $to }. { $when }
delist-by-page = Weg: die Seite { $to }. { $when }
delist-by-page-of-refusal = Weg: die Seite, die in der Ablehnung steht. { $when }
delist-by-provider = Weg: über Ihren Anbieter ({ $to }). { $when }
delist-by-wait = Weg: warten, nicht anfragen. { $when }

delist-none-such-list = Eine Sperrliste „{ $name }“ ist nicht bekannt. Bekannt sind: { $names }
delist-none-such-mailbox = Ein Mailanbieter „{ $name }“ ist nicht bekannt. Bekannt sind: { $names }
delist-nothing-there = Dieser Rechner hat keine Adresse, die andere sehen, und keine Domain: Es gibt nichts nachzuschlagen. Nennen Sie eine Adresse mit `--address`.
delist-no-listing = Keine der { $count } Listen, die geantwortet haben, führt { $abouts }.
delist-how-to-ask = Den Brief zu einer davon schreibt `postamt port25 request --list { $id }`.
delist-unasked = { $count ->
    [one] Eine Liste gab keine brauchbare Antwort: { $names }
   *[other] { $count } Listen gaben keine brauchbare Antwort: { $names }
}
delist-anyway = Es wurde nichts gesehen, was zu beenden wäre. `--anyway` schreibt den Brief trotzdem.
delist-no-letter = Es gibt keinen Brief: Niemand ist zu fragen.
delist-does-not-fit = `--list` und `--mailbox` gehören zu `--about delisting`.
