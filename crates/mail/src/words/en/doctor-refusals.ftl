# What `doctor` tells of refusals of the last days.

doctor-refusals-none = In the last { $days } days no receiver has refused mail for a reason that lies here.
doctor-refusals-none-lately = Among the last { $count } messages, since { $since }, no receiver has refused mail for a reason that lies here.
doctor-refusals-not-known = Whether receivers have refused mail in the last days cannot be said: the history cannot be read.
doctor-refusals-not-known-now = See whether the disk is full and whether the history’s file belongs to the server’s user; the log says more: `journalctl -u postamt`.
doctor-refusals-ours = { $reason } In the last { $days } days that concerned { $count ->
        [one] one delivery
       *[other] { $count } deliveries
    }, last on { $last }.
doctor-refusals-ours-expected = { $about } takes our mail.
doctor-refusals-ours-now = { $fault } { $remedy }
doctor-refusals-relay-possible = Only the mail for { $about } could go by the relay { $relay }, until the provider takes it directly again.
doctor-refusals-relay-possible-now = Every week a few messages then try the direct way. If you want that, order it:
doctor-refusals-messages = { $reason } In the last { $days } days that concerned { $count ->
        [one] one delivery
       *[other] { $count } deliveries
    }, last on { $last }.
doctor-refusals-messages-now = { $fault } { $remedy }
doctor-refusals-recipients = Of { $all } deliveries of the last { $days } days { $count ->
        [one] one was refused, since its mailbox does not exist.
       *[other] { $count } were refused, since their mailboxes do not exist.
    }
doctor-refusals-recipients-now = Nothing, as long as it stays the exception. Whoever sends to lists should take such addresses off after the first refusal.
doctor-refusals-many-recipients = Of { $all } deliveries of the last { $days } days { $count } were refused, since their mailboxes do not exist. That is how receivers recognise senders who guess addresses or use old lists.
doctor-refusals-many-recipients-expected = Hardly any unknown recipients; receivers lose patience from a few in a hundred on.
doctor-refusals-many-recipients-now = Find out who sends to these addresses (`postamt queue list`, log), take unknown addresses off every list at once, and write to old lists only in small portions.
doctor-refusals-not-understood = { $count ->
        [one] One refusal of the last { $days } days says nothing that Postamt understands.
       *[other] { $count } refusals of the last { $days } days say nothing that Postamt understands.
    }
doctor-refusals-not-understood-now = Read what the servers say. If you know what it means, please tell the project, so that it can be explained to others.
