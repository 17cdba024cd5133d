# Sentences of `queue`. The same ids and variables stand in the other language's file.

queue-total = { $count ->
    [0] Nothing waits.
    [one] One message waits ({ $size }).
   *[other] { $count } messages wait ({ $size }).
}
queue-recipient = { $address }  { $route }  { $attempts ->
    [0] no attempt yet
    [one] 1 attempt
   *[other] { $attempts } attempts
}, next { $next }
queue-recipient-held = { $address }  { $route }  { $attempts ->
    [0] no attempt yet
    [one] 1 attempt
   *[other] { $attempts } attempts
}, when released { $next }
queue-route-direct = direct to { $name }
queue-route-relay = relay { $name }
queue-route-directly = direct
queue-route-detour = relay { $name }, since port 25 is blocked
queue-route-relay-only = relay { $name }, only for { $provider }
queue-route-local = local { $name }
queue-route-postmaster = postmaster
queue-route-discard = discarded
queue-route-hold = held
queue-route-filter = content filter { $name }
queue-held-by = Held by the content filter { $reason }
queue-shown = { $id }, taken in { $received } by { $channel } from account { $account }; from { $sender } to { $recipients }:
queue-found-none = Nothing was found. Finished messages are remembered for as long as `history.days` says.
queue-not-an-id = "{ $id }" is not a queue id: those have 13 letters and digits, as `postamt queue list` shows them.
queue-not-a-domain = "{ $domain }" is not a domain such as "example.org".
queue-unknown = No message { $id } is known: it has left the queue, and the history does not have it (any more).
queue-acted-none = None of these messages waits in the queue. `postamt queue why ID` tells what became of one.
queue-retried = { $count ->
    [one] One message is tried now.
   *[other] { $count } messages are tried now.
}
queue-held = { $count ->
    [one] One message is held until `postamt queue release`.
   *[other] { $count } messages are held until `postamt queue release`.
}
queue-released = { $count ->
    [one] One message goes on.
   *[other] { $count } messages go on.
}
queue-cancelled = { $count ->
    [one] One message was dropped; its sender is not told.
   *[other] { $count } messages were dropped; their senders are not told.
}

queue-state-active = active
queue-state-waiting = waiting
queue-state-held = held
queue-outcome-delivered = delivered
queue-outcome-deferred = deferred
queue-outcome-failed = failed
queue-outcome-held = held
queue-outcome-cancelled = dropped by an operator
queue-outcome-expired = given up, its time is over
queue-word-finished = finished
queue-word-waiting = waiting

queue-when-now = now
queue-when = { $time } (in { $span })
queue-span-seconds = { $count } s
queue-span-minutes = { $count } min
queue-span-hours = { $count } h
queue-span-days = { $count } d

queue-why-nothing = Nothing is known of this message.
queue-why-message = Message { $id } from { $sender }, taken in { $received }, { $size }.
queue-why-account = It was handed in by { $account }.
queue-why-attempt = { $at }: { $recipients } ({ $route }): { $outcome }
queue-why-step = { $at }: { $recipients }: { $outcome }
queue-why-remote = the other server: { $remote }
queue-why-source = from our address: { $source }
queue-why-tls = encryption: { $tls }
queue-why-reply = the answer: { $reply }
queue-why-recipient = { $address } still waits. Route: { $route }. { $attempts ->
    [0] There was no attempt yet.
    [one] There was one attempt.
   *[other] There were { $attempts } attempts.
} Next: { $next }.
queue-why-held-recipient = { $address } still waits. Route: { $route }. { $attempts ->
    [0] There was no attempt yet.
    [one] There was one attempt.
   *[other] There were { $attempts } attempts.
} When it is released: { $next }.
queue-why-held = The message is held, by an operator, a rule or a content filter. Nothing happens until `postamt queue release { $id }`.
queue-why-active = It is being delivered right now, or stands next in line.
queue-why-waiting = It is tried again by itself at the time named; `postamt queue retry { $id }` tries at once.
queue-why-finished = Nothing of it waits any more, since { $at }.
queue-why-gone = Nothing of it waits any more.
queue-why-site = The receiving side { $name }: { $connections } of { $limit } connections are in use, messages that stand ready for it: { $ready }.
queue-why-quota-month = The relay { $relay } has taken { $used } of { $limit } messages in the last 30 days (`messages_per_month`): its quota is used up. This message waits, and no attempt counts; the next place comes free: { $until }.
queue-why-quota = The relay { $relay } has taken { $used } of { $limit } messages in the last 24 hours (`messages_per_day`): its quota is used up. This message waits, and no attempt counts; the next place comes free: { $until }.
queue-why-site-paused = Nothing is sent to { $name } until { $until }: { $reason }

queue-status-now = In the queue: { $messages } messages, { $waiting } deliveries wait for their time, held: { $held }; { $disk } on disk.
queue-status-since = Since the start: { $accepted } messages accepted in { $sessions } sessions; recipients: { $delivered } delivered, { $deferred } deferred, { $failed } given up.
queue-status-full = NEW MAIL IS REFUSED: the spool has no room or cannot be written. Make room; the log says more.
