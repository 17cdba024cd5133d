# Off a blocklist, or admitted again by a mailbox provider: `postamt port25 request --about delisting`. The same ids and variables stand in
# the other language's file.

delist-subject-list = Removal of { $abouts } from the blocklist { $name }
delist-subject-provider = Entry for { $abouts } in the blocklist { $name }
delist-subject-mailbox = Refused email from { $abouts } ({ $host })
delist-claim-listing = On { $time }, the blocklist { $name } answered { $code } for { $about }{ $meaning }.
delist-meaning = { " " }(“{ $text }”)
delist-claim-refusal = On { $time }, your server { $server } refused email from { $abouts }: “{ $reply }”
delist-claim-refusal-provider = On { $time }, the server { $server } ({ $name }) refused email from { $abouts }: “{ $reply }”
delist-refusal = The refusal: { $text }
delist-cause = Cause: { $cause }. Measures taken: { $done }.
delist-fixed = The entry accuses nobody of sending spam. About the address: { $fixed }.
delist-done = What I have checked or changed since: { $done }.
delist-blank-cause = the cause that you found
delist-blank-done = what you have done about it, and when
delist-blank-fixed = that it is fixed, and assigned to you alone
delist-blank-refusal = the refusal, verbatim, with its code
delist-request-list = I would like to ask you to remove { $abouts } from the blocklist { $name }.
delist-request-provider = Such an entry can only be ended by whoever holds the network. I would therefore like to ask you to have { $abouts } removed from the blocklist { $name }, or to let me know what you need from me for it.
delist-request-mailbox = I would like to ask you to review { $abouts } and to accept email from there again. If something is still missing, please tell me what.
delist-request-mailbox-provider = { $name } answers only the provider that is responsible for the address. I would therefore like to ask you to have { $abouts } admitted there again.
delist-claim-imprint = Provider identification (imprint): { $pages }.
delist-topic-listing = the entry in the list
delist-topic-refusal = the refusal
delist-topic-imprint = the imprint
delist-field-abouts = Address or domain
delist-field-seen = What was seen
delist-field-reason = Reason

delist-seen-listed = { $about } is listed (asked on { $time }):
delist-seen-not-listed = { $about } is not listed (asked on { $time }).
delist-seen-unknown = Whether { $about } is listed could not be found out: { $why }. Many lists refuse public name servers: ask with one of your own (`[dns] servers`).
delist-seen-not-asked = Whether { $about } is listed cannot be found out from here: the list is closed or needs a key.
delist-seen-refusal = Email from here was last refused on { $time }:
delist-seen-no-refusal = The history of this server knows no refusal by it within the last 28 days.
delist-nothing-to-do = There is nothing to ask for.

delist-mend-self-service = To mend first: find what the list has noticed (an account that sends too much, forwarded spam, old or bought addresses) and end it. Otherwise the entry comes back.
delist-mend-expires = To mend first: find what the list has noticed and end it. As long as it goes on, the entry is renewed.
delist-mend-form = To mend first: find what the list has noticed and end it, and be able to say what it was.
delist-mend-account = To mend first: find what the list has noticed and end it, and be able to say what it was.
delist-mend-provider = To mend first: find what the list has noticed and end it; the provider will ask about it.
delist-mend-policy = To mend first: you are accused of nothing. The list holds ranges from which no email is expected. The address must be a fixed one, with a PTR record of your own.
delist-mend-exploited = To mend first: a machine behind this address is, or was, in foreign hands. Find and clean it before anything else (accounts that send too much, open proxies, malware).
delist-mend-backscatter = To mend first: refuse unknown recipients during the session, and send no bounces, sender verification callouts or automatic replies to senders that may be forged.
delist-mend-move = To mend first: nothing that you could mend. The whole network is listed.
delist-mend-nothing = To mend first: nothing that you could mend.
delist-way-self-service = Way off: take the entry off yourself on { $page }; the letter is for the field that asks for the reason.
delist-way-expires = Way off: the entry ends by itself. Do not ask for its removal.
delist-way-form = Way off: the form on { $page }.
delist-way-account = Way off: an account with the operator of the list, { $page }.
delist-way-provider = Way off: only whoever holds the network can end the entry. The letter is for your provider; how the entry stands is shown on { $page }.
delist-way-policy = Way off: take the address out on { $page }. Without a fixed address, send through a relay (`postamt relay add`).
delist-way-exploited = Way off, once the machine is clean: { $page }.
delist-way-backscatter = Way off: the entry ends by itself. Do not ask for its removal.
delist-way-move = Way off: another provider. Until then, send through a relay (`postamt relay add`).
delist-way-nothing = Way off: none. { $name } takes out no single address, and there is nobody to ask.
delist-fields = What is asked for: { $text }.
delist-ends = It ends { $text }.
delist-do-not-pay = A quick removal for money is offered: do not pay for it.
delist-hardly-asked = Few receivers ask this list.
delist-not-sure = Not all of this is confirmed by the operator’s own pages.

delist-looks-at = What it looks at, and what to mend first: { $text }
delist-by-form = Way: the form { $to }. { $when }
delist-by-email = Way: mail to { $to }. { $when }
delist-by-page = Way: the page { $to }. { $when }
delist-by-page-of-refusal = Way: the page that the refusal names. { $when }
delist-by-provider = Way: through your provider ({ $to }). { $when }
delist-by-wait = Way: wait, and do not ask. { $when }

delist-none-such-list = There is no blocklist “{ $name }”. These are known: { $names }
delist-none-such-mailbox = There is no mailbox provider “{ $name }”. These are known: { $names }
delist-nothing-there = This host has no address that others see, and no domain: there is nothing to look up. Name an address with `--address`.
delist-no-listing = None of the { $count } lists that answered lists { $abouts }.
delist-how-to-ask = The letter for one of them: `postamt port25 request --list { $id }`
delist-unasked = { $count ->
    [one] One list gave no usable answer: { $names }
   *[other] { $count } lists gave no usable answer: { $names }
}
delist-anyway = Nothing was seen that would have to be ended. `--anyway` writes the letter all the same.
delist-no-letter = There is no letter: nobody is to be asked.
delist-does-not-fit = `--list` and `--mailbox` belong to `--about delisting`.
