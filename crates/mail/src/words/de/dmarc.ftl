# Sätze von `postamt dmarc`. Dieselben Namen und Variablen stehen in der Datei der anderen Sprache.

dmarc-store = Die Berichte der Empfänger lassen sich nicht benutzen: { $error }
dmarc-none = Für { $days ->
    [one] den letzten Tag
   *[other] die letzten { $days } Tage
} ist kein Bericht gekommen. Empfänger schicken sie einmal am Tag an die Adresse, die im DMARC-Eintrag unter rua steht, wenn sie Post von der Domain bekommen haben. Dieser Server liest sie, wenn er für diese Adresse Post annimmt (einen solchen Eintrag zeigt `postamt dns records`).
dmarc-domain = { $domain }: { $aligned } von { $all } Nachrichten bestehen DMARC, laut { $reports ->
    [0] Berichten über eine Domain darüber
    [one] einem Bericht: { $reporters }
   *[other] { $reports } Berichten: { $reporters }
}
dmarc-source = {"  "}{ $address }  { $aligned } von { $all } bestehen (DKIM { $dkim }, SPF { $spf }), { $quarantined } als Spam beiseitegelegt, { $refused } abgewiesen
