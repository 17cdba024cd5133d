# Sentences of `setup`. The same ids and variables stand in the other language's file.

setup-seen-address = This host has the public address { $address }, whose name is { $names }.
setup-seen-address-unconfirmed = This host has the public address { $address }. Its name { $names } does not lead back to it.
setup-seen-address-nameless = This host has the public address { $address }, which has no name (PTR) yet.
setup-seen-address-unknown = This host has the public address { $address }. DNS did not say what its name is.
setup-seen-nat = This host has only private IPv4 addresses ({ $addresses }): it is behind NAT. Say its public ones with --address.
setup-seen-other = Another mail server is running here: { $program } on port { $ports }.
setup-ask-hostname = The server's full name; it should be the name (PTR) of its address{ $guess }:
setup-ask-domains = Domains that send mail here, separated by commas{ $guess }:
setup-ask-account = First account: a mail address in one of these domains, or nothing for later{ $guess }:
setup-ask-postmaster = Your own address: mail to postmaster@ and abuse@ goes there; nothing leaves it in a Maildir here{ $guess }:
setup-ask-relay = A relay that carries mail while port 25 is blocked (ses, sendgrid, mailgun, a host …), or nothing{ $guess }:
setup-ask-neighbour = How to live with the other mail server? 1: beside it, on the ports that are free. 2: behind it, it hands all its mail to Postamt. 3: in its place{ $guess }:
setup-not-understood = "{ $text }" does not fit here. Please try again.
setup-hostname-missing = The server's name is not known: no address of this host has one. Say it with --hostname mail.example.org.
setup-bad-name = "{ $text }" is not a full name. It looks like mail.example.org.
setup-bad-account = "{ $text }" is not an address in one of the domains. It looks like anna@example.org; further domains are named with --domain.
setup-bad-address = "{ $text }" is not a mail address. It looks like admin@example.net.
setup-unwritable = { $file } cannot be written: { $error }. Run this as root, or choose another place.
setup-no-user = The user { $user } could not be made. Make it with `useradd --system { $user }` and set server.user; until then, the server would run as whoever starts it.
setup-written = Written: { $file }
setup-kept = Already there, left as it is: { $file }
setup-not-done = NOT DONE: { $what }
setup-records = What DNS must say:
setup-ptr = PTR: let your provider set the name of { $address } to { $hostname }. It is usually in the panel under "reverse DNS".
setup-firewall = If this host has a firewall, let mail in:
setup-beside = { $program } keeps its ports. Postamt listens on those that are free; see [[listener]] in the configuration.
setup-replace = Stop { $program } before you start Postamt: it has ports that Postamt needs.
setup-behind-postfix = Let Postfix hand its mail to Postamt: postconf -e 'relayhost = [127.0.0.1]:2525' && postfix reload. Every program on this host can then send through port 2525, as it can through Postfix.
setup-behind-exim = Let Exim hand its mail to Postamt: a router with driver = manualroute, transport = remote_smtp_smarthost and route_list = * 127.0.0.1::2525 (on Debian: dpkg-reconfigure exim4-config, smarthost 127.0.0.1::2525). Every program on this host can then send through port 2525, as it can through Exim.
setup-behind-sendmail = Let Sendmail hand its mail to Postamt: define(`SMART_HOST', `relay:[127.0.0.1]') and define(`RELAY_MAILER_ARGS', `TCP $h 2525') in sendmail.mc, then make -C /etc/mail. Every program on this host can then send through port 2525, as it can through Sendmail.
setup-behind-unknown = Let { $program } hand its mail to Postamt: its smarthost is 127.0.0.1, port 2525, without login and without TLS.
setup-password = The account { $account } is made. Its password, shown this once:
setup-next = Next:
setup-step-ptr = Have the PTR name of your addresses set to { $hostname }: large providers refuse mail without it.
setup-step-records = Enter the records into DNS; `postamt dns verify` says whether they are right.
setup-step-start = Start the server: { $command }
setup-step-check = Let everything be checked: postamt doctor
