# Sentences of `account`. The same ids and variables stand in the other language's file.

account-added = Das Konto { $name } ist angelegt.
account-password-set = Das Konto { $name } hat ein neues Passwort.
account-enabled = Das Konto { $name } darf sich wieder anmelden.
account-disabled = Das Konto { $name } darf sich nicht mehr anmelden. Offene Sitzungen bleiben, bis sie enden.
account-removed = Das Konto { $name } ist gelöscht.
account-none = Es gibt keine Konten. `postamt account add NAME` legt eines an.
account-line = { $name }  { $state }  sendet als { $send_as }  seit { $created }
account-state-enabled = aktiv
account-state-disabled = gesperrt
account-anything = alles
account-any = VORSICHT: Das Konto { $name } darf unter jedem Namen senden. Wer sein Passwort bekommt, darf es auch.
account-exists = Ein Konto { $name } gibt es schon. `postamt account passwd { $name }` gibt ihm ein neues Passwort.
account-unknown = Ein Konto { $name } gibt es nicht. `postamt account list` zeigt die vorhandenen.
account-store = Die Konten lassen sich nicht benutzen: { $error }. Das dürfen nur root und der Benutzer des Servers.
account-needs-send-as = „{ $name }“ ist keine Mailadresse; es muss also gesagt werden, als wer das Konto senden darf: `--send-as ADRESSE`, `--send-as DOMAIN` oder `--send-as any`.
account-not-our-domain = „{ $text }“ gehört zu keiner Domain dieses Servers. Bitte die Domain in `server.domains` aufnehmen, oder `--send-as any` angeben.
account-password-prompt = Neues Passwort:
account-password-again = Noch einmal dasselbe:
account-passwords-differ = Die beiden Passwörter sind verschieden. Nichts wurde geändert; bitte noch einmal versuchen.
account-password-empty = Das Passwort ist leer. Nichts wurde geändert; `--generate` erzeugt eines.
account-no-terminal = Es gibt kein Terminal, um nach dem Passwort zu fragen. Bitte `--password-stdin` oder `--generate` verwenden.
account-weak-short = Das Passwort ist zu kurz: Es braucht mindestens { $least } Zeichen. `--generate` erzeugt ein starkes.
account-weak-name = Das Passwort enthält den Namen des Kontos, der zuerst geraten wird. `--generate` erzeugt ein starkes.
account-weak-leaked = Das Passwort steht in Listen geleakter Passwörter, die Angreifer zuerst durchprobieren. Bitte ein anderes wählen; `--generate` erzeugt ein starkes.
account-weak-leaked-elsewhere = Das Passwort kommt in geleakten Daten vor ({ $times }-mal). Bitte ein anderes wählen; `--generate` erzeugt ein starkes.
account-weak-guessable = Das Passwort wäre nach etwa { $guesses } Versuchen erraten; nötig sind mindestens 10^8. { $why } `--generate` erzeugt ein starkes.
account-leaks-unknown = Ob das Passwort geleakt ist, ließ sich nicht erfragen: { $host } hat nicht geantwortet ({ $error }). Es wird trotzdem gesetzt.
account-guess-row = Reihen nebeneinanderliegender Tasten sind leicht zu erraten.
account-guess-keyboard = Kurze Muster auf der Tastatur sind leicht zu erraten.
account-guess-repeat = Wiederholungen wie „aaa“ sind leicht zu erraten.
account-guess-repeats = Wiederholungen wie „abcabcabc“ sind kaum schwerer zu erraten als „abc“.
account-guess-top-ten = Es ist eines der zehn häufigsten Passwörter.
account-guess-top-hundred = Es ist eines der hundert häufigsten Passwörter.
account-guess-common = Es ist ein sehr häufiges Passwort.
account-guess-similar = Es ähnelt einem häufigen Passwort.
account-guess-sequence = Folgen wie „abc“ oder „6543“ sind leicht zu erraten.
account-guess-year = Jahreszahlen der letzten Zeit sind leicht zu erraten.
account-guess-word = Ein einzelnes Wort ist leicht zu erraten.
account-guess-date = Ein Datum ist oft leicht zu erraten.
account-guess-name = Vor- und Nachnamen allein sind leicht zu erraten.
account-guess-names = Häufige Vor- und Nachnamen sind leicht zu erraten.
account-help-words = Besser sind mehrere Wörter, die keine geläufige Redewendung bilden.
account-help-no-symbols = Sonderzeichen, Ziffern und Großbuchstaben sind nicht nötig.
account-help-another = Ein oder zwei weitere Wörter helfen, am besten seltene.
account-help-capital = Großbuchstaben helfen kaum.
account-help-upper = Alles großzuschreiben ist fast so leicht zu erraten wie alles kleinzuschreiben.
account-help-reversed = Rückwärts geschriebene Wörter sind kaum schwerer zu erraten.
account-help-substitution = Naheliegende Ersetzungen wie „@“ für „a“ helfen kaum.
account-help-pattern = Ein Tastaturmuster müsste länger sein und öfter die Richtung wechseln.
account-help-repeats = Wörter und Zeichen sollten sich nicht wiederholen.
account-help-sequences = Folgen sollten nicht vorkommen.
account-help-years = Jahreszahlen der letzten Zeit sollten nicht vorkommen.
account-help-own-years = Jahreszahlen, die mit der Person zu tun haben, sollten nicht vorkommen.
account-help-own-dates = Daten und Jahreszahlen, die mit der Person zu tun haben, sollten nicht vorkommen.
account-password-characters = Das Passwort enthält Zeichen, die Mailprogramme nicht senden können. Bitte ein anderes wählen.
account-password-hash = Das Passwort ließ sich nicht speichern: { $error }
account-limits-set = Was { $name } senden darf, ist geändert. Es gilt binnen fünf Sekunden, auch für offene Sitzungen.
account-limits-own = Einige dieser Zahlen gelten nur für { $name }; `postamt account limits { $name } --default` nimmt sie zurück.
account-limits-not-running = Der Server läuft nicht; was gesendet wurde, ist daher nicht bekannt.
account-limit-full = {"  "}VOLL: bis { $until } wird nichts mehr angenommen
account-limit-messages-hour = Nachrichten in einer Stunde: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-limit-messages-day = Nachrichten in 24 Stunden: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-limit-recipients-hour = Empfänger in einer Stunde: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-limit-recipients-day = Empfänger in 24 Stunden: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-limit-first-time-hour = Erstmalige Empfänger in einer Stunde: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-limit-first-time-day = Erstmalige Empfänger in 24 Stunden: { $limit ->
    [none] { $used ->
        [unknown] keine Grenze
       *[other] { $used }, keine Grenze
    }
   *[other] { $used ->
        [unknown] höchstens { $limit }
       *[other] { $used } von { $limit }
    }
}
account-device-added = Das App-Passwort { $device } für { $name } ist angelegt ({ $may }). Es wird nur dieses eine Mal gezeigt. Als Benutzername dient { $login }, bei den Verfahren PLAIN und LOGIN auch { $name }.
account-device-none = Das Konto { $name } hat keine App-Passwörter. `postamt account app-password add { $name } GERÄT` legt eines an.
account-device-line = { $device }  { $may }  angelegt { $created }  { $used }
account-device-unused = noch nie benutzt
account-device-used = zuletzt benutzt { $when } von { $from }
account-device-here = diesem Rechner
account-device-all = sendet als alles, was das Konto darf
account-device-sends = sendet nur als { $send_as }
account-device-from = nur von { $networks }
account-device-until = bis { $until }
account-device-over = abgelaufen am { $until }
account-device-removed = Das App-Passwort { $device } von { $name } gilt nicht mehr.
account-device-exists = Das Konto { $name } hat schon ein App-Passwort { $device }. Bitte einen anderen Namen wählen, oder das alte entfernen: `postamt account app-password remove { $name } { $device }`
account-device-unknown = Das Konto { $name } hat kein App-Passwort { $device }. `postamt account app-password list { $name }` zeigt die vorhandenen.
account-device-name = „{ $device }“ kann kein Gerät heißen. Der Name hat 1 bis 32 Zeichen: Buchstaben von a bis z, Ziffern, `-`, `_` und `.`.
account-device-more = Das Konto { $name } darf selbst nicht als { $text } senden, also auch keines seiner Geräte. `postamt account list` zeigt, was es darf.
account-device-past = Der { $date } ist schon vorbei. Bitte einen späteren Tag angeben.

account-braked = { $brake ->
    [slowed] GEBREMST: { $name } darf alle zehn Sekunden eine Nachricht senden,
    [held] ZURÜCKGEHALTEN: Post von { $name } wird angenommen und wartet auf Sie,
   *[frozen] GESPERRT: { $name } darf nichts senden,
} seit { $since }, { $until ->
    [never] bis Sie das Konto wieder freigeben.
   *[other] bis { $until }, wenn nichts weiter geschieht.
} Die Post sieht aus, als käme sie von jemand anderem:
account-braked-next = Ist alles in Ordnung, lässt `postamt account release { $name }` das Konto wieder senden und lernt daraus. Wurde es gestohlen, geben Sie ihm ein neues Passwort (`postamt account passwd { $name }`), verwerfen Sie, was zurückgehalten ist (`postamt queue list`, `queue cancel`), und dann: `postamt account unfreeze { $name }`.
account-released = { $name } sendet wieder; was es getan hat, gilt als üblich. { $count ->
    [0] Zurückgehalten war nichts.
    [one] Eine zurückgehaltene Nachricht geht hinaus.
   *[other] { $count } zurückgehaltene Nachrichten gehen hinaus.
}
account-unfrozen = { $name } sendet wieder. Gelernt wurde nichts, und was zurückgehalten ist, bleibt es: `postamt queue list` zeigt es, `postamt queue cancel` verwirft es.
account-sign-volume = { $recipients } Empfänger in einer Stunde; um diese Zeit üblich sind { $usual }
account-sign-strangers = { $recipients } Empfänger an einem Tag, denen es noch nie geschrieben hatte; üblich sind { $usual }
account-sign-bounces = { $failed } von { $of } Empfängern eines Tages gibt es nicht
account-sign-network = es sendet aus dem Netz { $network }, das neu ist
account-sign-alike = ein und derselbe neue Text an { $recipients } Empfänger, denen es noch nie geschrieben hatte
account-letter-subject = { $account }: { $brake ->
    [slowed] der Versand ist gebremst
    [held] Post wird zur Prüfung zurückgehalten
   *[frozen] der Versand ist angehalten
}
account-letter-intro = Das Konto { $account } sendet ungewöhnliche Post, so wie jemand, der an sein Passwort gekommen ist. { $brake ->
    [slowed] Es darf vorerst alle zehn Sekunden eine Nachricht senden; was schneller kommt, wird für den Augenblick abgelehnt.
    [held] Seine Post wird noch angenommen, aber nichts davon geht hinaus, bevor es geprüft ist.
   *[frozen] Von ihm wird nichts mehr angenommen, und was noch wartet, geht nicht hinaus.
}
account-letter-seen = Beobachtet seit { $since }:
account-letter-operator = Was Sie tun können: `postamt account show { $account }` zeigt, wie es steht, `postamt queue list`, was zurückgehalten ist. Ist die Post in Ordnung, lässt `postamt account release { $account }` das Konto wieder senden und lernt daraus. Wenn nicht: `postamt account passwd { $account }`, Zurückgehaltenes mit `postamt queue cancel` verwerfen, dann `postamt account unfreeze { $account }`. Regelmäßige Post an viele meldet `postamt account limits { $account }` an.
account-letter-owner = Haben Sie diese Post gesendet, sagen Sie es dem Postmaster, der sie freigibt. Haben Sie es nicht getan, ändern Sie sofort Ihr Passwort, auch überall sonst, wo Sie es benutzen, und suchen Sie auf Ihren Geräten nach Schadprogrammen.
