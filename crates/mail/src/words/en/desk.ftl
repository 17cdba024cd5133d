# What the support desk of the lab's provider writes (`postamt lab --scenario request`). The same ids and variables stand in the other language's file.

desk-greeting = Hello,
desk-received = Thank you for your message. Your request has the number { $ticket }; please keep it in the subject when you reply.
desk-missing = Outbound port 25 is blocked in our network. Before we open it, we still need:
desk-missing-addresses = the IP addresses of your server
desk-missing-name = the name of your server, and for each of its addresses a PTR record that leads to that name and from there back to the address
desk-missing-name-of = the name of your server, and for each of its addresses a PTR record that leads to that name and from there back to the address; this is missing for { $addresses }
desk-missing-kind = the kind of email: who sends it, and what for
desk-missing-volume = the volume: how many messages there are per day
desk-missing-evidence = proof of the block: when connections failed, and to which mail servers
desk-missing-abuse = an address at which you take abuse reports
desk-missing-promise = your promise not to send unsolicited advertising
desk-granted = Outbound port 25 is now open for { $addresses }. We reserve the right to block it again if there are complaints.
desk-refused = We do not open outbound port 25 on this line, not even on request. Please send by a relay on port 587 or 465.
desk-regards =
    Kind regards
    Customer support
