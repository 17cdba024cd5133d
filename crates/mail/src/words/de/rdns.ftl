# Der Antrag auf PTR-Einträge: `postamt port25 request --about ptr`. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

rdns-subject = { $count ->
    [one] PTR-Eintrag für { $addresses }
   *[other] PTR-Einträge für { $addresses }
}
rdns-request = { $count ->
    [one] Ich bitte Sie, den PTR-Eintrag (Reverse-DNS) dieser Adresse zu setzen:
   *[other] Ich bitte Sie, die PTR-Einträge (Reverse-DNS) dieser Adressen zu setzen:
}
rdns-wish = { $address }: { $wanted }
rdns-field = PTR-Name für { $address }
rdns-why = Empfangende Mailserver vergleichen den PTR-Namen mit dem Namen, unter dem sich ein Server meldet, und weisen E-Mails ab, wenn beide nicht übereinstimmen.
rdns-state-heading = Das sagt das DNS:
rdns-claim-forward = Der Name { $wanted } führt bereits zu { $address } (geprüft am { $time }).
rdns-claim-none = { $address } hat derzeit keinen PTR-Eintrag (geprüft am { $time }).
rdns-claim-other = Der PTR-Eintrag von { $address } lautet derzeit { $names } (geprüft am { $time }).

rdns-topic = der PTR-Eintrag von { $address }
rdns-left-forward = { $wanted } führt nicht zu { $address }. Viele Anbieter lehnen einen PTR-Eintrag auf einen Namen ab, der nicht zurückführt.
rdns-left-forward-not-asked = Ob { $wanted } zu { $address } führt, ließ sich nicht feststellen.
rdns-left-not-asked = Der PTR-Eintrag von { $address } ließ sich nicht abfragen.
rdns-remedy-forward = Veröffentlichen Sie zuerst diesen Eintrag, und fragen Sie an, sobald er zu sehen ist:

rdns-state-none = { $address } hat keinen PTR-Eintrag.
rdns-state-names = { $address } hat den PTR-Eintrag { $names }.
rdns-state-not-asked = Der PTR-Eintrag von { $address } ließ sich nicht abfragen: { $names }
rdns-state-confirmed = Das ist richtig, und { $wanted } führt zurück: Es ist nichts zu tun.
rdns-state-to-be-set = { $wanted } führt schon zur Adresse. Dieser Eintrag ist zu setzen:
rdns-state-forward-first = { $wanted } führt nicht zur Adresse. Veröffentlichen Sie zuerst diesen Eintrag:
rdns-state-forward-not-asked = Ob { $wanted } zur Adresse führt, ließ sich nicht feststellen: { $error }

rdns-advice-nothing = Jede Adresse hat ihren PTR-Eintrag: Es gibt nichts zu beantragen.
rdns-advice-no-address = Dieser Rechner hat keine Adresse, die andere sehen. Nennen Sie eine mit `--address` oder in der Konfiguration als `[outgoing] own_addresses`.
rdns-advice-forward-first = Lassen Sie zuerst den Namen zur Adresse führen, mit dem oben genannten Eintrag; rufen Sie dies dann noch einmal auf. Viele Anbieter lehnen einen PTR-Eintrag auf einen Namen ab, der nicht zurückführt. `--anyway` schreibt den Brief trotzdem.
rdns-advice-not-known = Das DNS hat nicht geantwortet, also lässt sich nichts sagen. Rufen Sie dies später noch einmal auf. `--anyway` schreibt den Brief trotzdem.
rdns-advice-panel = { $name }: Den PTR-Eintrag setzen Sie dort selbst. `--anyway` schreibt den Brief trotzdem.
rdns-advice-ask = { $name }: Der PTR-Eintrag wird auf Anfrage gesetzt. Der Brief steht unten.
rdns-advice-ask-in-general = Den PTR-Eintrag setzt, wer die Adresse vergibt; in Ihrer eigenen Zone steht er nicht. Fragen Sie mit dem Brief unten an, wenn das Kundenpanel kein Feld dafür hat.
rdns-advice-not-offered = { $name }: PTR-Einträge werden nicht angeboten. Senden Sie über ein Relay (`postamt relay add`), oder wechseln Sie den Anbieter. `--anyway` schreibt den Brief trotzdem.
rdns-not-a-name = „{ $name }“ kann nicht in einem PTR-Eintrag stehen. Setzen Sie `[server] hostname` auf einen vollständigen Namen wie mail.example.org.
