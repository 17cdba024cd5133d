# Sätze darüber, wer ausgesperrt ist. In der Datei der anderen Sprache stehen dieselben Namen und Variablen.

ban-none = Niemand ist ausgesperrt.
ban-line = { $network }  { $until ->
    [never] bis zur Aufhebung
   *[other] bis { $until }
}{ $times ->
    [1] {""}
   *[other] , zum { $times }. Mal
}:
ban-line-over = { $network }  wieder frei seit { $until }{ $times ->
    [1] {""}
   *[other] , war { $times }-mal ausgesperrt
}:
ban-offence = { $offence ->
    [wrong_password] falsche Passwörter
    [unknown_account] Anmeldungen mit Namen, die kein Konto hat
    [login_not_offered] Anmeldungen, wo keine angeboten wird
    [unknown_recipient] Empfänger, die hier kein Postfach haben
    [relay_attempt] Versuche, ohne Anmeldung Post nach anderswo zu senden
    [impatience] Reden, ohne an der Reihe zu sein
    [smuggling] eingeschmuggelte Befehle oder Zeilenenden
    [scan] Fragen nach den Anmeldeverfahren ohne eine Anmeldung
   *[foreign_protocol] etwas, das kein SMTP ist
}: { $count }
ban-names = {" "}(unter { $count } Kontonamen)
ban-knocks = ; seitdem { $count ->
    [one] einmal wiedergekommen
   *[other] { $count }-mal wiedergekommen
}, zuletzt { $last }
ban-neighbours = mehrere seiner Rechner sind ausgesperrt: { $hosts }
ban-operator = durch den Betreiber
ban-operator-note = durch den Betreiber: { $note }
ban-added = { $network } ist ausgesperrt, { $until ->
    [never] bis Sie die Sperre aufheben.
   *[other] bis { $until }.
}
ban-removed = { $network } ist wieder zugelassen.
ban-none-of = Keine Sperre betrifft { $network }. `postamt ban list` zeigt alle.
ban-not = { $address } ist nicht ausgesperrt.
ban-why-remove = `postamt ban remove { $network }` lässt es wieder zu. Ist es eines Ihrer eigenen Netze, nennen Sie es unter [guard] in own_networks; dann wird es nie ausgesperrt.
ban-not-a-network = „{ $network }“ ist weder eine Adresse noch ein Netz. Schreiben Sie es als 192.0.2.7, 192.0.2.0/24 oder 2001:db8::/48.
ban-own = { $network } ist dieser Rechner oder eines Ihrer eigenen Netze (own_networks unter [guard], relay_networks eines Listeners); die werden nie ausgesperrt.
ban-no-time = Das ist keine Dauer für eine Sperre. Schreiben Sie sie als 30m, 2h oder 7d.
