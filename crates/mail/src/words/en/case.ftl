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
case-stage-follow-up-due = no answer in time: ask again
case-stage-more-asked = the provider has questions
case-stage-granted = granted; the port has not been seen open yet
case-stage-escalated = refused: another way is to be taken
case-stage-confirmed = port 25 was seen open
case-stage-closed = closed

case-next-drafted = Next: send the letter, then tell with `postamt port25 case sent { $id } --ticket NUMBER`.
case-next-sent = Next: when the provider answers, `postamt port25 case answered { $id } granted`, `refused` or `more`. If it does not, the server reminds you.
case-next-follow-up-due = Next: send the reminder (`postamt port25 case show { $id }` has it), then `postamt port25 case sent { $id }`.
case-next-more-asked = Next: complete the answer (`postamt port25 case show { $id }` has the draft), send it, then `postamt port25 case sent { $id }`.
case-next-granted = Next: nothing. The server probes by itself and confirms the case; `postamt port25 check` looks at once.
case-next-escalated = Next: choose one of the ways named in `postamt port25 case show { $id }`. Whoever asks once more tells it with `postamt port25 case sent { $id }`; whoever is done, with `postamt port25 case close { $id }`.
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
case-kept-on-its-way = About this, case { $id } is open already: { $stage } ({ $since }). It stays as it is; the letter above is only printed.
case-not-opened = No case was opened, the letter is only printed: { $why }
case-not-opened-unconfigured = Nothing is set up on this host yet, so there is no place to keep it. `postamt setup` sets Postamt up; `postamt port25 request` then opens the case.

case-event-drafted = { $at }: the letter was written.
case-event-sent = { $at }: sent { $by }.
case-event-follow-up-due = { $at }: no answer in time; a reminder was written.
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
case-impossible-not-sent-yet = Case { $id } was not sent yet, so nobody can have answered. Tell first: `postamt port25 case sent { $id }`.
case-impossible-already-sent = Case { $id } was sent already and waits for an answer. Tell what came with `postamt port25 case answered { $id }`; a remark goes with `postamt port25 case note { $id } TEXT`.
case-impossible-not-waiting = Case { $id } waits for no answer.
case-impossible-already-answered = Case { $id } has this answer already. A remark goes with `postamt port25 case note { $id } TEXT`.
case-impossible-already-open = Port 25 was seen open in case { $id }: there is nothing more to ask. `postamt port25 case close { $id }` ends it.
case-impossible-not-confirmed = Port 25 was not seen open yet in case { $id }.
case-impossible-over = Case { $id } is closed. Only remarks can be added; `postamt port25 case new` opens another one.

case-subject = Subject: Outbound port 25 for { $addresses }
case-subject-ticket = Subject: Outbound port 25 for { $addresses } [{ $ticket }]
case-reminder-greeting = Dear support team,
case-reminder-asked = On { $sent } I asked you to open outbound port 25 for { $addresses }. I have not had an answer yet.
case-reminder-wish = Could you tell me how the request stands, and whether you need anything more from me? If it cannot be granted, a short word on the reason and on the terms would help me.
case-reminder-thanks =
    Thank you for your trouble.

    Kind regards
case-answer-greeting =
    Dear support team,

    thank you for your reply. Here are the answers:
case-answer-open = [Your answer to the question]
case-answer-content = What we send: the mail of the server { $host } for our own domains { $domains }: correspondence of our users and messages that our own systems send to people who expect them. No mail is sent for others, and none to addresses that were bought or collected.
case-answer-content-unknown = What we send: [what kind of mail the server { $host } sends, for which domains, to whom]. No mail is sent for others, and none to addresses that were bought or collected.
case-answer-volume = How much: within the last { $days } days { $messages } messages, about { $a_day } a day.
case-answer-volume-unknown = How much: [how many messages a day]
case-answer-prevention = What we do against spam: the server takes mail to other places only from accounts with a password, over TLS; it is no open relay. Each account may only use its own sender addresses. Mail is signed with DKIM. Messages to postmaster@ and abuse@ of our domains are read; [who reads them, and within what time].
case-answer-blocklists = Blocklists: the addresses { $addresses } [were looked up with `postamt doctor` on DATE: result].
case-answer-relay = Why not port 587 or a relay: ports 587 and 465 are for handing mail to one's own provider. Other mail servers are reached by the addresses in DNS (MX records) on port 25 alone (RFC 5321). Mail over a relay bears that relay's reputation, and its operator would see all of it; [what else speaks against a relay here].
case-answer-end =
    If anything is missing, I shall be glad to add it.

    Kind regards
case-again = Outbound port 25 for { $addresses } is closed again. You had opened it before (your number { $ticket }). Please open it once more for the addresses named here. The former request follows.

case-ways-intro = What else can be done, in this order:
case-way-relay-there = Send by a relay; from there it works with: { $text }. `postamt relay add` sets one up, `[port25] relay` lets it take over while port 25 is closed.
case-way-relay = Send by a relay: `postamt relay add` sets one up, `[port25] relay` lets it take over while port 25 is closed.
case-way-plan = Another plan at { $name }. { $text }
case-way-move = Another provider: `postamt port25 providers` shows what each does with port 25.
case-way-move-to = Another provider, at which port 25 is open or can be switched on: { $names }. `postamt port25 providers` shows all.
case-way-ask-again = Ask once more, with the reason for the refusal mended.

case-notice-opened-subject = { $host }: port 25 is open, case { $id } is confirmed
case-notice-opened-intro = The request to open port 25 for { $addresses } has been granted: the server has seen the port open. Case { $id } is confirmed.
case-notice-follow-up-subject = { $host }: no answer from the provider, case { $id }
case-notice-follow-up-intro = The provider has not answered the request to open port 25 for { $addresses } in time (case { $id }). A reminder is written.
case-notice-lost-subject = { $host }: port 25 is closed again, case { $id } is drafted
case-notice-lost-intro = Port 25 is closed again for { $addresses }, after it had been open in case { $follows }. A new request is drafted as case { $id }.
case-notice-text = The text:
