# Was die eingebauten Regeln für ausgehende Mail über eine Nachricht sagen (crates/mail/src/rules). Ein Satz je Regel,
# mit dem, was zu tun ist.

rules-executables = Der Anhang „{$what}“ ist ein Programm oder enthält eines; Programme werden hier nicht per Mail verschickt. Geben Sie die Datei stattdessen über einen Link weiter.
rules-macros = Der Anhang „{$what}“ ist ein Dokument mit Makros. Schicken Sie es ohne Makros, zum Beispiel als PDF oder im Format ohne Makros.
rules-repeated-fields = Das Kopffeld {$what} steht mehrmals in der Nachricht, obwohl es nur einmal vorkommen darf (RFC 5322, Abschnitt 3.6). Das Programm, das die Nachricht schreibt, muss berichtigt werden.
rules-missing-from = Der Nachricht fehlt das Feld From, doch jede Mail muss ihren Verfasser nennen (RFC 5322, Abschnitt 3.6). Das Programm, das die Nachricht schreibt, muss berichtigt werden.
rules-non-ascii-header = Das Kopffeld {$what} enthält uncodierte Zeichen außerhalb von ASCII (siehe RFC 2047), und SMTPUTF8 wurde nicht verlangt. Das Programm, das die Nachricht schreibt, muss berichtigt werden.
rules-entangled = Die Nachricht hat mehr Teile oder Ebenen, als sich durchsehen lassen. Schicken Sie die Anhänge einzeln oder als Archiv.
