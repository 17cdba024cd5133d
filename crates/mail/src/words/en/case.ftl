# The request to a provider, followed to its end: `postamt port25 case`. The same ids and variables stand in the other language's file.

case-none = There is no case yet. `postamt port25 request` writes the letter to the provider and opens one; `postamt port25 case new --letter FILE` keeps a letter of your own.
case-none-open = No case is open. `postamt port25 case list --all` shows those that are over.
case-unknown = There is no case { $id }. `postamt port25 case list --all` shows which there are.
case-not-an-id = "{ $id }" is no case: they are called c1, c2, … `postamt port25 case list --all` shows them.
case-moved = Somebody else has gone on with case { $id } meanwhile. Look at it with `postamt port25 case show { $id }`, then decide again.
case-store = The cases cannot be read or written: { $error }
case-letter-unreadable = The letter { $file } cannot be read: { $error }
case-letter-empty = The letter is empty. `postamt port25 case new --letter FILE` keeps the text of FILE, or what comes on standard input with `-`.

case-heading = Case { $id }
case-line = { $id }: { $stage } ({ $since }).
case-line-ticket = The provider's number: { $ticket }.
case-line-follow-up = Ask again from { $at }.
case-provider = Provider: { $text }
case-host = Server: { $text }
case-addresses = Addresses: { $text }
case-ways = Ways out that were closed: { $text }
case-follows = Follows case { $text }

case-stage-drafted = the letter is written and not sent yet
case-stage-sent = sent; the provider is to answer
case-stage-follow-up-due = no answer within the usual time: ask again
case-stage-more-asked = the provider has questions
case-stage-granted = granted; the port has not been seen open yet
case-stage-escalated = refused: another way is to be taken
case-stage-confirmed = port 25 was seen open
case-stage-closed = closed

case-next-drafted = Next: read the letter (by sending it you make the promises that it contains), send it, then record it with `postamt port25 case sent { $id } --ticket NUMBER`.
case-next-sent = Next: when the provider answers, `postamt port25 case answered { $id } granted`, `refused` or `more`. If it does not, the server reminds you.
case-next-follow-up-due = Next: send the reminder (`postamt port25 case show { $id }` has it), then `postamt port25 case sent { $id }`.
case-next-more-asked = Next: check each sentence of the answer and complete it (`postamt port25 case show { $id }` has the draft), send it, then `postamt port25 case sent { $id }`.
case-next-granted = Next: nothing. The server probes by itself and confirms the case; `postamt port25 check` looks at once.
case-next-escalated = Next: choose one of the ways named in `postamt port25 case show { $id }`. If you ask once more, record it with `postamt port25 case sent { $id }`; `postamt port25 case close { $id }` ends the case.
case-next-confirmed = Next: nothing. Should the port be closed again, the server drafts the next request. `postamt port25 case close { $id }` ends this watch.
case-next-closed = The case is over.

case-brief-provider = the provider
case-brief-drafted = Port 25: the request to { $provider } is drafted ({ $since }) and not sent yet. `postamt port25 case show { $id }` has it.
case-brief-sent = Port 25: request sent to { $provider } on { $sent }, answer due by { $due } (case { $id }).
case-brief-follow-up-due = Port 25: request sent to { $provider } on { $sent }, no answer by { $due }: ask again. `postamt port25 case show { $id }` has the reminder.
case-brief-more-asked = Port 25: { $provider } has questions about the request since { $since }. `postamt port25 case show { $id }` has a draft of the answer.
case-brief-granted = Port 25: { $provider } granted the request on { $since }; the port has not been seen open yet (case { $id }).
case-brief-escalated = Port 25: { $provider } refused the request on { $since }. `postamt port25 case show { $id }` names other ways.
case-brief-confirmed = Port 25: { $provider } granted the request; the port has been seen open since { $since } (case { $id }).
case-brief-closed = Port 25: the request to { $provider } was closed on { $since } (case { $id }).

case-kept-opened = Case { $id } is opened and keeps this letter. When it is sent: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMBER` (without `--ticket` where there is no number).
case-kept-updated = The draft of case { $id } is replaced by this letter. When it is sent: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMBER` (without `--ticket` where there is no number).
case-kept-added = Case { $id } had been sent already, and now keeps this letter as well. Once it is sent: `postamt port25 case sent { $id } --channel { $channel } --ticket NUMBER` (without `--ticket` where there is no number).
case-kept-on-its-way = About this, case { $id } is open already: { $stage } ({ $since }). It stays as it is; the letter above is only printed.
case-not-opened = No case was opened, the letter is only printed: { $why }
case-not-opened-unconfigured = Nothing is set up on this host yet, so there is no place to keep it. `postamt setup` sets Postamt up; `postamt port25 request` then opens the case.

case-event-drafted = { $at }: the letter was written.
case-event-sent = { $at }: sent { $by }.
case-event-follow-up-due = { $at }: no answer within the usual time; a reminder was written.
case-event-granted = { $at }: the provider granted it.
case-event-refused = { $at }: the provider refused.
case-event-more-asked = { $at }: the provider asked back; an answer was drafted.
case-event-opened = { $at }: port 25 was seen open.
case-event-lost = { $at }: port 25 is closed again; case { $id } goes on with it.
case-event-noted = { $at }: a remark.
case-event-closed = { $at }: closed.
case-channel-ticket = as a ticket
case-channel-form = by a form
case-channel-email = by mail
case-channel-phone = by telephone
case-channel-other = another way

case-impossible-already-drafted = The letter of case { $id } has been sent already. `postamt port25 case new` opens another case.
case-impossible-not-sent-yet = Case { $id } has not been sent yet, so nobody can have answered. First record that it was: `postamt port25 case sent { $id }`.
case-impossible-already-sent = Case { $id } was sent already and waits for an answer. Record what came with `postamt port25 case answered { $id }`; a remark goes with `postamt port25 case note { $id } TEXT`.
case-impossible-not-waiting = Case { $id } waits for no answer. `postamt port25 case show { $id }` says what is next.
case-impossible-already-answered = Case { $id } has this answer already. A remark goes with `postamt port25 case note { $id } TEXT`.
case-impossible-already-open = Port 25 was seen open in case { $id }: there is nothing more to ask. `postamt port25 case close { $id }` ends it.
case-impossible-not-confirmed = Port 25 has not been seen open yet in case { $id }. `postamt port25 case show { $id }` says what is next.
case-impossible-over = Case { $id } is closed. Only remarks can be added; `postamt port25 case new` opens another one.

case-subject = Subject: Outbound port 25 for { $addresses }
case-subject-ticket = Subject: Outbound port 25 for { $addresses } [{ $ticket }]
case-reminder-asked = On { $sent } I asked you to allow outbound connections to port 25 for { $addresses }. I have not received a reply yet.
case-reminder-wish = Could you please let me know the status of my request, and whether you need anything else from me? If it cannot be granted, I would be grateful for a brief note on the reason and on your terms.
case-reminder-thanks = Thank you for your help.
case-answer-greeting = Thank you for your reply. Here are the answers to your questions:
case-answer-open = [Your answer to the question]
case-answer-content = Kind of email: the server { $host } sends email from the following domains: { $domains }. [What kind of email it is, such as the correspondence of users or notifications from an application, and to whom it goes.] I do not send unsolicited advertising, and I do not write to addresses that were bought or collected.
case-answer-content-unknown = Kind of email: [what kind of email the server { $host } sends, for which domains, and to whom]. I do not send unsolicited advertising, and I do not write to addresses that were bought or collected.
case-answer-volume = Volume: { $messages ->
    [one] one message
   *[other] { $messages } messages
} over the past { $days } days, or { $a_day ->
    [0] less than one
    [one] about one
   *[other] about { $a_day }
} a day on average.
case-answer-volume-unknown = Volume: [how many messages a day].
case-answer-prevention = Measures against spam: { $measures }
case-answer-prevention-login = From outside, the server accepts email for other organisations’ recipients only from authenticated accounts over encrypted connections, and each account may use only the sender addresses assigned to it.
case-answer-prevention-login-unknown = [Who may send through the server, and how they authenticate.]
case-answer-prevention-dkim = Outgoing email is signed with DKIM.
case-answer-prevention-abuse = [Who reads what is sent to postmaster@ and abuse@, and how quickly they reply.]
case-answer-blocklists = Blocklists: [result of checking { $addresses } with `postamt doctor`, with the date].
case-answer-relay = Why not port 587 or a relay: ports 587 and 465 are meant for submitting email to one’s own provider. Other organisations’ mail servers can be reached through their MX records on port 25 only (RFC 5321). With a relay, delivery would depend on its reputation, and its operator would process every message. [What else speaks against a relay here.]
case-answer-end = If you need any further information, I will gladly provide it.
case-again = Outbound connections to port 25 are blocked again for { $addresses }. After my previous request they were possible. Please allow them again, or let me know why they are blocked.
case-again-ptr = { $count ->
    [one] The PTR record that I had requested was set and is no longer as it was ({ $records }). Please set it again
   *[other] The PTR records that I had requested were set and are no longer as they were ({ $records }). Please set them again
}, or let me know the reason for the change.
case-again-list = { $count ->
    [one] { $addresses } is on the list { $whom } again, after the entry had been removed following my previous request. Please have it removed once more
   *[other] { $addresses } are on the list { $whom } again, after the entries had been removed following my previous request. Please have them removed once more
}, or let me know what has led to this.
case-again-mailbox = Your servers refuse email from { $addresses } again, after they had accepted it following my previous request. Please admit it again, or let me know the reason for the block.
case-again-below = My previous request is included below; its details apply to the time stated there.
case-again-heading = Previous request

case-ways-intro = What else can be done, in this order:
case-way-relay-there = Send through a relay; from there it works with: { $text }. `postamt relay add` sets one up, and `[port25] relay` lets it take over while port 25 is closed.
case-way-relay = Send through a relay: `postamt relay add` sets one up, and `[port25] relay` lets it take over while port 25 is closed.
case-way-plan = Another plan at { $name }. { $text }
case-way-move = Another provider: `postamt port25 providers` shows what each does with port 25.
case-way-move-to = Another provider that leaves port 25 open, or opens it by a switch or on request: { $names }. `postamt port25 providers` shows all of them.
case-way-ask-again = Ask once more when the reason for the refusal has been mended.

case-notice-opened-subject = { $host }: port 25 is open, case { $id } is confirmed
case-notice-opened-intro = Port 25 is open for { $addresses }: the server has seen it open. Case { $id }, in which that was asked for, is confirmed by this.
case-notice-follow-up-subject = { $host }: no answer from the provider, case { $id }
case-notice-follow-up-intro = The provider has not answered the request to open port 25 for { $addresses } within the usual time (case { $id }). A reminder is written.
case-notice-lost-subject = { $host }: port 25 is closed again, case { $id } is drafted
case-notice-lost-intro = Port 25 is closed again for { $addresses }, after it had been open in case { $follows }. A new request is drafted as case { $id }.
case-notice-text = The text:

case-wanted = PTR names that are wanted: { $text }
case-lister = Asked: { $text }
case-listed = Listed or refused: { $text }

case-stage-granted-ptr = granted; the PTR record has not been seen yet
case-stage-granted-delisting = granted; the end of the entry has not been seen yet
case-stage-confirmed-ptr = the PTR record was seen
case-stage-confirmed-delisting = settled with { $whom }, as the server has seen
case-stage-sent-delisting = sent; { $whom } is to answer
case-stage-more-asked-delisting = { $whom } has questions
case-next-granted-ptr = Next: nothing. The server looks for the PTR record by itself, once a day, and confirms the case.
case-next-granted-delisting = Next: nothing. The server looks by itself, once a day, and confirms the case.
case-next-sent-delisting = Next: when the answer comes, `postamt port25 case answered { $id } granted`, `refused` or `more`. If none comes, the server reminds you; it looks once a day whether the entry is gone.
case-next-confirmed-ptr = Next: nothing. The server goes on looking every day; should the record be lost, it drafts the next request. `postamt port25 case close { $id }` ends this watch.
case-next-confirmed-delisting = Next: nothing. The server goes on looking every day; should the entry come back, it drafts the next request. `postamt port25 case close { $id }` ends this watch.
case-event-granted-delisting = { $at }: { $whom } granted it.
case-event-refused-delisting = { $at }: { $whom } refused.
case-event-more-asked-delisting = { $at }: { $whom } asked back; an answer was drafted.
case-event-opened-ptr = { $at }: the PTR record was seen, and leads back.
case-event-lost-ptr = { $at }: the PTR record is no longer as it was; case { $id } goes on with it.
case-event-lost-delisting = { $at }: the entry or block at { $whom } came back; case { $id } goes on with it.
case-event-opened-delisting = { $at }: settled with { $whom }, as the server has seen.
case-impossible-already-open-ptr = The PTR record was seen in case { $id }: there is nothing more to ask. `postamt port25 case close { $id }` ends it.
case-impossible-already-open-delisting = The entry was seen to be gone in case { $id }: there is nothing more to ask. `postamt port25 case close { $id }` ends it.
case-impossible-not-confirmed-ptr = The PTR record has not been seen yet in case { $id }. `postamt port25 case show { $id }` says what is next.
case-impossible-not-confirmed-delisting = The entry is not gone yet in case { $id }. `postamt port25 case show { $id }` says what is next.
case-subject-ptr = Subject: PTR record for { $addresses }
case-subject-ticket-ptr = Subject: PTR record for { $addresses } [{ $ticket }]
case-subject-delisting = Subject: Request about { $addresses } ({ $whom })
case-subject-ticket-delisting = Subject: Request about { $addresses } ({ $whom }) [{ $ticket }]
case-reminder-asked-ptr = On { $sent } I asked you to set the PTR record of { $addresses }. I have not received a reply yet.
case-reminder-asked-delisting = On { $sent } I asked you for the removal or renewed admission of { $addresses } ({ $whom }). I have not received a reply yet.
case-way-relay-meanwhile = Send by a relay meanwhile: `postamt relay add` sets one up; `postamt relay only` lets it take the mail of one provider.
case-way-move-ptr = Another provider, or another product, at which PTR records can be set: `postamt port25 providers NAME` says where.
case-way-other-address = Another source address (`[[source]]`), with a PTR record of its own.
case-notice-opened-subject-ptr = { $host }: the PTR record is there, case { $id } is confirmed
case-notice-opened-intro-ptr = The PTR record of { $addresses } is as it was asked for, and its name leads back. Case { $id } is confirmed.
case-notice-opened-subject-delisting = { $host }: settled with { $whom }, case { $id } is confirmed
case-notice-opened-intro-delisting = { $whom } no longer lists { $addresses }, or takes mail from there again: the server has seen it. Case { $id } is confirmed.
case-notice-lost-subject-ptr = { $host }: the PTR record is not right any more, case { $id } is drafted
case-notice-lost-intro-ptr = The PTR record for { $addresses } is missing or has another name, after it had been right in case { $follows }. A new request is drafted as case { $id }. Where you can set the record yourself in the provider’s panel, that is enough.
case-notice-lost-subject-delisting = { $host }: blocked again at { $whom }, case { $id } is drafted
case-notice-lost-intro-delisting = { $whom } lists { $addresses } again, or refuses mail from there again, after that had been settled in case { $follows }. Find the cause first: while it lasts, a new request does not help. It is drafted as case { $id }; `postamt port25 request --about delisting` shows how it stands now.
case-notice-follow-up-subject-delisting = { $host }: no answer about { $whom }, case { $id }
case-notice-follow-up-intro-ptr = The provider has not answered the request for the PTR record of { $addresses } within the usual time (case { $id }). A reminder is written.
case-notice-follow-up-intro-delisting = The request about { $addresses } ({ $whom }) was not answered within the usual time (case { $id }). A reminder is written.
