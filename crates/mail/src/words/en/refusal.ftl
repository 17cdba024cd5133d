# What a refusal means.

refusal-kind-reputation = { $provider } refuses the address that this server sends from; the message itself is not the reason.
refusal-kind-authentication = { $provider } misses the proof that the mail is really from its sender domain (SPF, DKIM, DMARC).
refusal-kind-content = { $provider } objects to what the message contains.
refusal-kind-rate = { $provider } gets more from this server than it wants at a time.
refusal-kind-recipient = { $provider } does not know this mailbox, or cannot take mail for it.
refusal-kind-policy = { $provider } has a rule that this server does not meet.
refusal-fault-address = Neither sender nor recipient can change that: it is a matter of this server's address or of the network around it. A fresh address has no reputation yet; an older one may have inherited a bad one.
refusal-fault-setup = It is a matter of this server's setup: its records in DNS or its settings.
refusal-fault-message = It is a matter of this message; others may go through.
refusal-fault-volume = It is a matter of how much this server sends.
refusal-fault-recipient = It is a matter of the recipient's address.
refusal-remedy-contact = What helps: ask the provider to lift the block, and name the address: { $link }
refusal-remedy-ask = What helps: ask the provider's postmaster to lift the block, and name the address.
refusal-remedy-delist = What helps: the blocklist that the answer names says why the address is listed and how it is taken off. Remove the cause first.
refusal-remedy-records = What helps: publish SPF, DKIM and DMARC for the sender domain so that they match this server.
refusal-remedy-reverse-name = What helps: give the address a reverse name (PTR) at its provider that leads back to the same address, and use it in EHLO.
refusal-remedy-slow-down = What helps: send less at a time and stop whatever recipients complain about; the block then ends by itself.
refusal-remedy-tls = What helps: the connection must be encrypted. Something on the way may be removing STARTTLS.
refusal-remedy-content = What helps: look at links, attachments and wording of the message, and at the lists that its domains may be on.
refusal-remedy-recipient = What helps: correct the recipient's address.
refusal-remedy-wait = What helps: time and clean mail; there is nobody to ask.
refusal-more = What the provider wants: { $link }
refusal-unverified = (This reading rests on general experience, not on the provider's own words.)
