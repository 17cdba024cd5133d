# What a refusal means, and what to do next: a pair of sentences for each cause (dsn/explain.rs).
# They are read by senders in notices and by operators in `postamt queue why`.

explain-unknown-mailbox = The receiving server does not know this address.
explain-unknown-mailbox-next = Check the spelling of the part before the @, or ask the recipient for the right address some other way.

explain-bad-address = The receiving server does not accept the address in this form.
explain-bad-address-next = Check the address for typing mistakes, stray characters and missing parts.

explain-moved = The recipient has moved and this address is no longer served.
explain-moved-next = Ask the recipient for the new address; the server's answer may name it.

explain-mailbox-disabled = The mailbox exists, but it takes no mail at present.
explain-mailbox-disabled-next = Ask the recipient some other way whether the mailbox is still in use.

explain-mailbox-full = The recipient's mailbox is full.
explain-mailbox-full-next = Tell the recipient some other way and send the message again once there is room.

explain-too-big = The message is larger than the receiving server accepts.
explain-too-big-next = Send it without large attachments, split it, or share the files by a link.

explain-mailing-list = The receiving server could not hand the message on to the members of a list.
explain-mailing-list-next = Tell the person who runs the list.

explain-system-full = The receiving server has no room or no capacity left.
explain-system-full-next = Nothing is wrong with the message. If this notice is final, send it again later.

explain-busy = The receiving server takes no mail at the moment.
explain-busy-next = Nothing is wrong with the message. If this notice is final, send it again later.

explain-no-answer = No mail server of the recipient's domain could be reached.
explain-no-answer-next = The recipient's server may be out of order, or the way to it is closed. If this notice is final, send the message again later; the operator of this server can check the connection with `postamt port25 check`.

explain-connection-lost = The connection to the receiving server broke before it had confirmed the message.
explain-connection-lost-next = If this notice is final, send the message again later. If it happens again, tell the operator of this server.

explain-no-such-domain = The domain behind the @ does not exist or has no mail server.
explain-no-such-domain-next = Check the spelling of the part behind the @.

explain-no-mail-domain = The domain behind the @ declares that it takes no mail.
explain-no-mail-domain-next = Ask the recipient for an address at another domain.

explain-dns-failure = The name servers of the recipient's domain gave no usable answer.
explain-dns-failure-next = The fault lies with the recipient's domain or with name resolution here. If this notice is final, send the message again later.

explain-loop = The message was passed round in a circle.
explain-loop-next = A forwarding rule points back to where the message came from. Tell the operator of the receiving server.

explain-expired = The message could not be delivered in the time that it may wait.
explain-expired-next = Send it again if it still matters, or reach the recipient some other way.

explain-protocol = The two servers did not understand each other.
explain-protocol-next = The message itself need not be the cause. Pass this notice on to the operator of this server.

explain-too-many-recipients = The message has more recipients than the receiving server accepts at a time.
explain-too-many-recipients-next = Send it to fewer recipients at a time.

explain-content = The receiving server does not accept the content of the message or one of its attachments.
explain-content-next = Send it without attachments, above all without programs, archives and unusual formats.

explain-spam = The receiving server takes the message for unwanted advertising or for dangerous.
explain-spam-next = Change subject and text, leave out links and attachments, and try again. If it stays so, pass this notice on to the operator of this server.

explain-policy = A rule of the receiving server forbids this message.
explain-policy-next = The server's own words say more. If they are no help, ask the recipient to have the message allowed.

explain-blocklist = The receiving server refuses mail from this server because its address or domain is on a blocklist.
explain-blocklist-next = This is not about your message. Pass this notice on to the operator of this server, who can have the entry removed.

explain-sender-rejected = The receiving server does not accept the sender's address.
explain-sender-rejected-next = Check whether your own address is right and can receive mail.

explain-relay-denied = The server that was asked does not take mail for this recipient.
explain-relay-denied-next = The recipient's domain points to a server that does not serve it. Tell the recipient some other way, or the operator of this server if it sends through a relay.

explain-credentials = The relay did not accept the login of this server.
explain-credentials-next = Pass this notice on to the operator of this server: the relay's user name or password is wrong or has been locked.

explain-encryption-required = The receiving server demands an encrypted connection that did not come about.
explain-encryption-required-next = Pass this notice on to the operator of this server.

explain-tls-failure = No connection could be made that is as secure as the recipient's domain or your message demands.
explain-tls-failure-next = The certificate or the encryption of the receiving server does not fit. Tell the recipient some other way; the operator of this server finds details with `postamt queue why`.

explain-require-tls = You asked for encryption on the whole way, and the receiving server does not promise it.
explain-require-tls-next = Send the message without that demand if its content permits.

explain-dkim = The receiving server finds no valid DKIM signature of the sender's domain.
explain-dkim-next = Pass this notice on to the operator of this server: the key in DNS and the signing key must fit (`postamt dkim list`).

explain-spf = The sender's domain does not name this server as one that may send for it (SPF).
explain-spf-next = Pass this notice on to whoever looks after the domain's DNS: this server belongs in the SPF record.

explain-authentication = The receiving server cannot tell that the message really comes from the sender's domain (SPF, DKIM, DMARC).
explain-authentication-next = Pass this notice on to the operator of this server, who can check the domain's records.

explain-reverse-dns = The address of this server has no matching name in DNS.
explain-reverse-dns-next = Pass this notice on to the operator of this server, who has to have the reverse name (PTR) set.

explain-rate-limit = The receiving server limits how much mail it takes in a given time.
explain-rate-limit-next = Nothing is wrong with the message. If this notice is final, send it again later.

explain-greylisted = The receiving server puts off mail from senders that it does not know yet.
explain-greylisted-next = That is usual and passes by itself with the next attempts.

explain-smtputf8 = The receiving server cannot handle addresses or header lines with letters beyond plain ASCII.
explain-smtputf8-next = Use an address of the recipient, and of your own, that has only plain letters.

explain-eight-bit = The receiving server cannot take the message in its present encoding.
explain-eight-bit-next = Set your mail program to send quoted-printable or base64.

explain-cancelled = The operator of this server has taken the message out of the queue.
explain-cancelled-next = Ask the operator for the reason before you send it again.

explain-temporary = The receiving server reports a difficulty that may pass.
explain-temporary-next = If this notice is final, send the message again later.

explain-permanent = The receiving server has refused the message for good.
explain-permanent-next = The server's own words say more. If they are no help, reach the recipient some other way.
