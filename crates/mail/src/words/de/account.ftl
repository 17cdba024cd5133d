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
account-weak-uniform = Das Passwort hat zu wenige verschiedene Zeichen. `--generate` erzeugt ein starkes.
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
