# What the built-in rules for outgoing mail say about a message (crates/mail/src/rules). The English sentences are also
# the words of SMTP replies, so they are one line each and tell the sender what to do.

rules-executables = The attachment "{$what}" is a program or contains one; programs are not sent by mail here. Share the file by a link instead.
rules-macros = The attachment "{$what}" is a document with macros. Send it without macros, for example as PDF or in the format without macros.
rules-repeated-fields = The header field {$what} stands more than once, and mail must have it only once (RFC 5322 section 3.6). Mend the program that writes the message.
rules-missing-from = The message has no From field, and every mail must name its author (RFC 5322 section 3.6). Mend the program that writes the message.
rules-non-ascii-header = The header field {$what} has characters beyond ASCII that are not encoded (RFC 2047), and SMTPUTF8 was not asked for. Mend the program that writes the message.
rules-entangled = The message has more parts or levels than can be looked through. Send its attachments one by one or as an archive.
