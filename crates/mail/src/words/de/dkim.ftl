# Sentences of `dkim`. The same ids and variables stand in the other language's file.

dkim-made = Der Schlüssel für { $domain } liegt in { $file }. Diesen Eintrag im DNS veröffentlichen:
dkim-publish = Sobald `{ $name }` ihn zeigt, `systemctl reload postamt` aufrufen: Ab dann wird damit signiert.
dkim-not-our-domain = HINWEIS: { $domain } steht nicht in `server.domains`; kein Konto sendet unter dieser Domain.
dkim-bad-domain = „{ $domain }“ ist keine Domain wie „example.org“.
dkim-failed = Der Schlüssel lässt sich nicht verwenden: { $error }
dkim-none = Es gibt keine Schlüssel. `postamt dkim new DOMAIN` legt einen an.
dkim-line = { $domain }  { $selector }  { $algorithm } { $bits } Bit  { $file }
