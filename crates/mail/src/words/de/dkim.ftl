# Sentences of `dkim`. The same ids and variables stand in the other language's file.

dkim-made = Der Schlüssel für { $domain } liegt in { $file }. Diesen Eintrag im DNS veröffentlichen:
dkim-publish = Sobald die Nameserver der Domain `{ $name }` führen, signiert der Server damit von selbst.
dkim-not-our-domain = HINWEIS: { $domain } steht nicht in `server.domains`; kein Konto sendet unter dieser Domain.
dkim-bad-domain = „{ $domain }“ ist keine Domain wie „example.org“.
dkim-failed = Der Schlüssel lässt sich nicht verwenden: { $error }
dkim-none = Es gibt keine Schlüssel. `postamt dkim new DOMAIN` legt einen an.
dkim-line = { $domain }  { $selector }  { $algorithm } { $bits } Bit  { $state }  { $file }
dkim-state-waiting = wartet auf das DNS
dkim-state-active = in Gebrauch
dkim-state-retired = nicht mehr in Gebrauch; seine Mail ist noch unterwegs
dkim-state-revoked = widerrufen
dkim-already-waiting = { $name } wartet schon darauf, dass das DNS ihn führt.
dkim-nothing-to-rotate = Es gibt keinen Schlüssel in Gebrauch, den ein anderer ablösen könnte.
dkim-not-published = Der Eintrag ließ sich von hier aus nicht veröffentlichen: { $error }
