# Delivery status notices (dsn/human.rs): the part for people. Both languages stand in every notice.

dsn-from = Mail Delivery
dsn-subject-failed = { $others ->
    [0] Not delivered: your message to { $recipient }
    [one] Not delivered: your message to { $recipient } and one more recipient
   *[other] Not delivered: your message to { $recipient } and { $others } more recipients
}
dsn-subject-delayed = { $others ->
    [0] Delayed: your message to { $recipient } still waits
    [one] Delayed: your message to { $recipient } and one more recipient still waits
   *[other] Delayed: your message to { $recipient } and { $others } more recipients still waits
}
dsn-subject-delivered = { $others ->
    [0] Delivered: your message to { $recipient }
    [one] Delivered: your message to { $recipient } and one more recipient
   *[other] Delivered: your message to { $recipient } and { $others } more recipients
}
dsn-subject-relayed = { $others ->
    [0] Passed on: your message to { $recipient }
    [one] Passed on: your message to { $recipient } and one more recipient
   *[other] Passed on: your message to { $recipient } and { $others } more recipients
}

dsn-other-language-below = (Deutsch: siehe unten.)
dsn-intro-failed = This is the mail server { $host }. Your message of { $arrival } could not be delivered to the recipients below. No further attempt will be made.
dsn-intro-expired = This is the mail server { $host }. It has tried since { $arrival } to deliver your message and now gives up for the recipients below.
dsn-intro-delayed = This is the mail server { $host }. Your message of { $arrival } has not reached the recipients below yet. You need do nothing: further attempts follow by themselves.
dsn-intro-delivered = This is the mail server { $host }. As you asked, it confirms: your message of { $arrival } has been delivered to the recipients below.
dsn-intro-relayed = This is the mail server { $host }. Your message of { $arrival } has been passed on for the recipients below. The next server does not send confirmations, so none may follow.

dsn-server-said = The server { $remote } answered:
dsn-this-server-said = This server noted:
dsn-no-reply = The server { $remote } gave no answer.
dsn-meaning = Meaning: { $text }
dsn-next = What to do: { $text }
dsn-operator = For the operator of this server. { $text }
dsn-retry-until = Further attempts until: { $date }
dsn-queue-id = For questions to the operator, this message has the queue number { $id }.
dsn-returned-headers = The header lines of your message are attached.
dsn-returned-full = Your message is attached.
