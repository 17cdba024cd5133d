# What `doctor message` says of a message.

doctor-message-not-read = { $file } cannot be read: { $error }
doctor-message-too-large = { $file } is larger than { $megabytes } MiB.
doctor-message-empty = { $file } is empty. Save the message with its header (source view, .eml).
doctor-message-rspamd-url = `{ $url }` is no address of an Rspamd, such as http://127.0.0.1:11333.
doctor-message-address-named = named by you
doctor-message-address-received = from the uppermost Received field
doctor-message-address-own = the address of this host

doctor-message-dkim-good = A signature of { $about } holds (DKIM).
doctor-message-dkim-bad = A signature of { $about } does not hold (DKIM): { $reason }
doctor-message-dkim-bad-expected = A signature that fits the message and the key in DNS.
doctor-message-dkim-bad-now = If this is the message as it was received, look at the key in DNS ({ $record }), and at what may have changed the message on its way: a mailing list, a filter, a relay that rewrites fields. A draft that was edited after it was signed cannot hold.
doctor-message-dkim-not-known = Whether the signature of { $about } holds could not be found out: { $reason }
doctor-message-dkim-not-known-now = DNS did not give the key { $record }. Try again later.
doctor-message-unsigned = The message bears no signature (DKIM). Large receivers refuse or mistrust such mail.
doctor-message-unsigned-expected = A signature of the sender's domain.
doctor-message-unsigned-now = If Postamt is to send this message, it will sign it: `postamt dkim list` shows the keys. To judge what really leaves, save the message as it was received.
doctor-message-spf-good = { $about } permits { $address } ({ $origin }) to send for it (SPF).
doctor-message-spf-bad = { $about } does not permit { $address } ({ $origin }) to send for it, or its record is broken (SPF: { $result }).
doctor-message-spf-bad-expected = spf=pass
doctor-message-spf-bad-now = Name this address in the domain's SPF record (`postamt dns records` prints it), or send through the servers that it names. `postamt doctor { $about }` looks at the record itself.
doctor-message-spf-weak = { $about } does not say that { $address } ({ $origin }) may send for it (SPF: { $result }).
doctor-message-spf-weak-expected = spf=pass
doctor-message-spf-weak-now = Name this address in the domain's SPF record; `postamt dns records` prints it.
doctor-message-spf-not-known = Whether { $about } permits { $address } to send for it could not be found out (SPF): DNS did not answer.
doctor-message-spf-not-known-now = Try again later.
doctor-message-no-address = Nobody says which address this message would come from; SPF was not judged.
doctor-message-no-address-now = Name it: `--from-address`.
doctor-message-dmarc-good = SPF or DKIM stands for { $about }, the domain in From (DMARC).
doctor-message-dmarc-bad = Neither SPF nor DKIM stands for { $about }, the domain in From; its policy for such mail is { $policy } (DMARC).
doctor-message-dmarc-bad-expected = A signature of the domain in From, or an envelope sender in it that passes SPF.
doctor-message-dmarc-bad-now = Sign with a key of { $about }, or use an envelope sender of that domain. A foreign domain in From, as that of a mailbox provider, must not be used.
doctor-message-dmarc-none = { $about } has no DMARC record that could be used. Large receivers demand one of those who send much.
doctor-message-dmarc-none-expected = A DMARC record; p=none is enough to begin with.
doctor-message-dmarc-none-now = Publish one: `postamt dns records` prints it.
doctor-message-dmarc-not-known = Whether SPF or DKIM stands for { $about } could not be found out (DMARC).
doctor-message-dmarc-not-known-now = Judge the message as it was received, with the address that it came from: `--from-address`.

doctor-message-headers-good = The header is built as RFC 5322 wants it.
doctor-message-header-broken = A line in the header is no field. Readers take the rest of the header for text.
doctor-message-header-broken-expected = Lines of the form `Name: value`, then one empty line.
doctor-message-header-broken-now = Have the program that wrote the message mended.
doctor-message-date-missing = There is no Date.
doctor-message-date-missing-expected = One Date field.
doctor-message-date-missing-now = Let the program that writes the message add it. (Postamt adds it to what it takes on 587 and 465.)
doctor-message-date-wrong = The Date cannot be read, or it is more than a day ahead or a week old: { $about }
doctor-message-date-wrong-expected = The time at which the message was written.
doctor-message-date-wrong-now = Set the clock and the time zone of the machine that writes the message. A message that was kept for long is rightly old.
doctor-message-from-missing = There is no From.
doctor-message-from-missing-expected = One From field with one address.
doctor-message-from-missing-now = Let the program that writes the message add it.
doctor-message-from-broken = The From field cannot be understood for certain.
doctor-message-from-broken-expected = `Name <address@domain>`; a name with special characters stands in quotes.
doctor-message-from-broken-now = Put the name in quotes, and let it hold no address.
doctor-message-from-several = There are { $count } addresses in From. Google and others refuse such mail.
doctor-message-from-several-expected = One address.
doctor-message-from-several-now = Name one author in From, and the others in Reply-To or Cc.
doctor-message-sender-missing = From has several addresses, but there is no Sender to say who sends.
doctor-message-sender-missing-expected = A Sender field with one address.
doctor-message-sender-missing-now = Add it, or name one author only.
doctor-message-duplicate = The field { $about } is there { $count } times. Google and others refuse such mail, and signatures do not protect which one is shown.
doctor-message-duplicate-expected = Each of these fields once.
doctor-message-duplicate-now = Have the program that adds the second one mended; often two systems each add their own.
doctor-message-id-missing = There is no Message-ID.
doctor-message-id-missing-expected = A Message-ID that no other message has.
doctor-message-id-missing-now = Let the program that writes the message add it. (Postamt adds it to what it takes on 587 and 465.)
doctor-message-id-broken = The Message-ID is not of the form <left@right>.
doctor-message-id-broken-expected = One identifier in angle brackets, with an @ and without spaces.
doctor-message-id-broken-now = Have the program that writes the message mended.
doctor-message-line-too-long = { $count ->
        [one] One line is longer than 998 octets ({ $longest }).
       *[other] { $count } lines are longer than 998 octets (up to { $longest }).
    } Servers refuse or break such lines, and a broken line breaks the signature.
doctor-message-line-too-long-expected = Lines of 998 octets at most.
doctor-message-line-too-long-now = Send HTML and texts with long lines as quoted-printable or base64.
doctor-message-bare-line-end = { $count ->
        [one] One line has
       *[other] { $count } lines have
    } a lone CR or LF, the first one in line { $line }. Servers refuse that, since it is how mail is smuggled in.
doctor-message-bare-line-end-expected = CRLF at the end of each line, and neither CR nor LF elsewhere.
doctor-message-bare-line-end-now = Have the program that writes the message use one kind of line end throughout.
doctor-message-eight-bit-header = There are letters beyond ASCII in { $about }, not encoded. Servers without SMTPUTF8 refuse that.
doctor-message-eight-bit-header-expected = Encoded words (RFC 2047), as =?utf-8?Q?Gr=C3=BC=C3=9Fe?=.
doctor-message-eight-bit-header-now = Have the program that writes the message encode them.
doctor-message-eight-bit-body = The text has letters beyond ASCII, but does not say so. Readers guess the letters, and servers may change them.
doctor-message-eight-bit-body-expected = MIME-Version, Content-Type with charset, and Content-Transfer-Encoding.
doctor-message-eight-bit-body-now = Have the program that writes the message declare 8bit, or encode the text.

doctor-message-unsubscribe-good = Recipients can take themselves off by one click.
doctor-message-unsubscribe-missing = There is no List-Unsubscribe. A personal message needs none; of mail to many, large receivers demand it.
doctor-message-unsubscribe-missing-expected = For mail to many: List-Unsubscribe with an https address, and List-Unsubscribe-Post.
doctor-message-unsubscribe-missing-now = For newsletters and advertising, add both fields. `--bulk` judges the message as such.
doctor-message-unsubscribe-not-one-click = There is List-Unsubscribe, but not the one click that large receivers demand of mail to many.
doctor-message-unsubscribe-not-one-click-expected = An https address in List-Unsubscribe, and `List-Unsubscribe-Post: List-Unsubscribe=One-Click`.
doctor-message-unsubscribe-not-one-click-now = Add what is missing; the address must act upon POST without any question.
doctor-message-unsubscribe-not-signed = List-Unsubscribe and List-Unsubscribe-Post are not covered by a signature, so receivers do not offer the one click.
doctor-message-unsubscribe-not-signed-expected = Both fields in h= of a DKIM signature.
doctor-message-unsubscribe-not-signed-now = Add the fields before the message is signed; Postamt signs them when they are there.

doctor-message-large = The message has { $megabytes } MB. Many receivers take no more than 20 or 25.
doctor-message-large-expected = Less than 20 MB.
doctor-message-large-now = Share large files by a link.
doctor-message-html-alone = There is HTML without a text beside it. Filters count that against the message, and not everybody can read it.
doctor-message-html-alone-expected = multipart/alternative with text/plain and text/html.
doctor-message-html-alone-now = Have the program that writes the message add the same as a text.
doctor-message-attachment-refused = Large receivers refuse attachments of the type .{ $ending }: { $about }
doctor-message-attachment-refused-expected = Attachments that cannot be executed.
doctor-message-attachment-refused-now = Share the file by a link. Packing it helps little: archives are looked into.
doctor-message-not-taken-apart = The message was not taken apart: it is larger than { $megabytes } MiB, or no message.
doctor-message-not-taken-apart-now = Judge a smaller one of the same kind.
doctor-message-body-good = Size, alternatives and attachments are such as receivers take.

doctor-message-links-good = { $domains ->
        [one] Its domain is
       *[other] Its { $domains } domains (links, author) are
    } on none of { $lists ->
        [one] one list.
       *[other] { $lists } lists.
    }
doctor-message-link-listed = The domain { $about } in the message is on the list { $list }.
doctor-message-link-listed-expected = No listed domain in links or sender.
doctor-message-link-listed-now = Take the link out, or have the domain taken off once the cause is gone. Mind shortened links and pictures from elsewhere.
doctor-message-links-not-asked = None of the lists of domains answered about { $about }.
doctor-message-links-not-asked-now = Ask through a resolver of your own on this machine; the lists refuse public ones.

doctor-message-rspamd-good = Rspamd gives the message { $score } of { $limit } points: { $action }.
doctor-message-rspamd-bad = Rspamd gives the message { $score } of { $limit } points: { $action }.
doctor-message-rspamd-bad-expected = `no action`
doctor-message-rspamd-bad-now = Look at what counts most, and mend that first.
doctor-message-rspamd-silent = Rspamd at { $about } gave no answer: { $reason }
doctor-message-rspamd-silent-now = Look whether it runs and listens there; its worker `normal` usually does on port 11333.
