# Letters of the guard: to the operator, and to the owner of an account. Each has both languages in it.

guard-more = … and { $count } more.
guard-hourly = However much happens, there is one letter of this kind in an hour at the most. The log has every single event.
guard-spared-subject = { $host }: one of your own hosts behaves like an attacker
guard-spared-intro = From networks that you have named as your own, something came for which the mail server { $host } would have banned a stranger:
guard-spared-next = Nobody was banned, since these networks are your own (own_networks under [guard], relay_networks of a listener, or this host). What you can do: look at these hosts. A program with an old password is the usual cause; malware that guesses passwords is the bad one.
guard-siege-subject = { $host }: many strangers guess at the password of an account
guard-siege-intro = Many strange hosts try to log in to accounts of the mail server { $host }, within an hour:
guard-siege-account = { $account }: { $hosts } hosts so far
guard-siege-next = No account was locked, and whoever guesses on is banned sooner than usual. There is nothing to do if the passwords are good ones; `postamt account password` sets a new one. `postamt ban list` shows who is kept out.
guard-wave-subject = { $host }: a wave of attacks, { $count } bans
guard-wave-intro = Since { $since }, the mail server { $host } has banned { $count } hosts and networks, which is more than usual.
guard-wave-sum = What they did, all together: { $reason }. The last ones:
guard-wave-next = There is nothing to do: bans end by themselves. `postamt ban list` shows all of them with their reasons. If one of your own is among them, `postamt ban remove` lets it in, and own_networks under [guard] keeps it from being banned again.
guard-arrival-subject = { $account }: a login from a new place
guard-arrival-intro = Somebody has logged in to the account { $account } of the mail server { $host } from where nobody has ever logged in to it before:
guard-arrival-line = { $time }: { $peer } (network { $network }{ $country })
guard-arrival-country = , country { $country }
guard-arrival-new-country = , country { $country }, for the first time
guard-arrival-fine = If that was you, on a journey or with a new connection, there is nothing to do.
guard-arrival-next = If it was not you, somebody has your password: ask postmaster@{ $host } for a new one at once, and change it wherever else you use it. The operator sets it with `postamt account password { $account }`.
