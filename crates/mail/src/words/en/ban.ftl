# Sentences about who is kept out. The same ids and variables stand in the other language's file.

ban-none = Nobody is kept out.
ban-line = { $network }  { $until ->
    [never] until the ban is removed
   *[other] until { $until }
}{ $times ->
    [1] {""}
   *[other] , ban number { $times }
}:
ban-line-over = { $network }  over since { $until }{ $times ->
    [1] {""}
   *[other] , banned { $times } times so far
}:
ban-offence = { $offence ->
    [wrong_password] wrong passwords
    [unknown_account] logins with names that no account has
    [login_not_offered] logins where none is offered
    [unknown_recipient] recipients that have no mailbox here
    [relay_attempt] attempts to send mail elsewhere without a login
    [impatience] talking out of turn
    [smuggling] smuggled commands or line endings
    [scan] looking for logins without trying one
   *[foreign_protocol] something that is not SMTP
}: { $count }
ban-names = {" "}(under { $count } account names)
ban-knocks = ; came again { $count ->
    [one] once
   *[other] { $count } times
}, last { $last }
ban-neighbours = several of its hosts are kept out: { $hosts }
ban-operator = by the operator
ban-operator-note = by the operator: { $note }
ban-added = { $network } is kept out { $until ->
    [never] until you remove the ban.
   *[other] until { $until }.
}
ban-removed = { $network } is let in again.
ban-none-of = No ban concerns { $network }. `postamt ban list` shows all of them.
ban-not = { $address } is not kept out.
ban-why-remove = `postamt ban remove { $network }` lets it in again. If it is one of your own, name it in own_networks under [guard], so that it is never kept out.
ban-not-a-network = `{ $network }` is neither an address nor a network. Write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48.
ban-own = { $network } is this host or one of your own networks (own_networks under [guard], relay_networks of a listener), which are never kept out.
ban-no-time = This is no length of time for a ban. Write it as 30m, 2h or 7d.
