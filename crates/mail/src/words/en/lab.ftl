# Sentences of `lab`. The same ids and variables stand in the other language's file.

lab-forbidden = This system does not allow a network of our own to this user: { $error }. Run it as root: `sudo postamt lab`. Or allow user namespaces, for example with `sysctl kernel.unprivileged_userns_clone=1` or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`.
lab-namespace-failed = The lab's network cannot be set up: { $error }
lab-opening = A miniature Internet on this machine. Nothing leaves it. Its inhabitants:
lab-configuration = The server under rehearsal is Postamt itself; its configuration: { $path }
lab-resident-absender-test = the sender's own mailbox, where failure notices arrive
lab-resident-streng-test = strict: wants PTR, SPF, DKIM and DMARC in order
lab-resident-grau-test = greylists: says "later" at first
lab-resident-langsam-test = slow
lab-resident-nein-test = refuses the recipient
lab-resident-spam-test = refuses the message's content
lab-resident-altzert-test = old: TLS 1.2 and a certificate that has expired
lab-resident-klartext-test = knows no TLS
lab-resident-umweg-test = its first server is a black hole, its second one works
lab-resident-ohnemx-test = has no MX record, only an address
lab-resident-schwarzesloch-test = a black hole: nobody answers
lab-resident-keinepost-test = takes no mail (null MX)
lab-resident-gibtesnicht-test = does not exist
lab-resident-sechs-test = strict, and to be reached by IPv6 only
lab-accepted = taken in from { $sender } for { $recipients } ({ $channel }, { $account }, { $tls })
lab-delivered = delivered to { $recipients } at { $remote }: { $reply }
lab-deferred = { $recipients } must wait: { $reply }
lab-failed = { $recipients } failed: { $reply }
lab-notice = { $recipient } is told by the notice { $notice }
lab-receipt-taken = takes mail from { $peer } for { $recipients }
lab-receipt-refused = says to { $peer } about { $recipients }: { $reply }
lab-not-submitted = The message "{ $message }" was not taken in: { $error }
lab-arrived = arrived at { $server }{ $refusals ->
    [0] {""}
    [one] {" "}after one refusal
   *[other] {" "}after { $refusals } refusals
}: { $proofs }
lab-bounced = failed as it should, the sender was told: { $status } ({ $diagnostic })
lab-open = nothing was seen of it in time.
lab-stranger = NO  { $server } got mail that nobody sent.
lab-deviates-arrived = arrived, but should have failed.
lab-deviates-bounced = failed, but should have arrived.
lab-deviates-repeated = arrived more than once.
lab-deviates-host = arrived at the wrong server.
lab-deviates-tls = was not encrypted as it should be.
lab-deviates-proofs = SPF, DKIM or DMARC did not pass.
lab-deviates-content = arrived changed.
lab-deviates-early = arrived without the refusals that should have come first.
lab-deviates-status = failed, but the notice names another reason.
lab-good = All { $all } outcomes of { $messages } messages are as expected, after { $seconds } s.
lab-bad = Only { $good } of { $all } outcomes of { $messages } messages are as expected, after { $seconds } s. The lines marked NO say which are not.
lab-how = The lab goes on. Send into it from another terminal:
lab-stop = What happens is shown here. Ctrl-C ends the lab.
lab-path-relay = port 25 is blocked on this way, mail avoids it ({ $reason })
lab-path-trial = this way is on trial ({ $reason })
lab-path-direct = this way is open again ({ $reason })
lab-blocked-opening = A miniature Internet on this machine, behind a provider with two routers: { $routers }. Nothing leaves the machine. Behind them, these mail services:
lab-blocked-relay = The detour while port 25 is blocked: the relay { $relay }.
lab-blocked-step-direct = The provider leaves port 25 open: a letter to all five mail services goes out directly.
lab-blocked-step-blocked = Now the provider drops port 25. The next letter finds nobody, and the server notices why.
lab-blocked-step-verdict = What is blocked, and where? The diagnosis:
lab-blocked-step-detour = The letter that waits and a new one take the detour by the relay and arrive.
lab-blocked-step-open = The provider opens port 25. A probe sees it.
lab-blocked-step-trial = A few messages try the direct way.
lab-blocked-step-again = Everything goes directly again.
lab-blocked-good = All { $all } steps happened as expected, after { $seconds } s.
lab-blocked-bad = Only { $good } of { $all } steps happened as expected; the next did not, after { $seconds } s.
lab-isp-no-firewall = The lab's provider needs the program nft; on Debian: `sudo apt install nftables`.
lab-isp-how = Tell the lab's provider from another terminal what to do:
lab-isp-failed = That cannot be done: { $error }
lab-isp-none = No lab with a provider is running. `postamt lab --scenario blocked` starts one.
