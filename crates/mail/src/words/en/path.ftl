# Sentences about the ways out on port 25. The same ids and variables stand in the other language's file.

path-none = The server has not sent anything directly yet: nothing is known of the ways out.
path-direct = { $path }: mail goes directly, since { $since }.
path-relay = { $path }: port 25 is taken to be blocked since { $since }. Direct mail goes by the relay of [port25], or waits if there is none.
path-trial = { $path }: on trial since { $since }. A few messages go directly, the others still by the relay.
path-provider-unknown = This machine does not show who its provider is. `postamt port25 providers --here` asks DNS and the registries who your provider is, and says how the port is opened there.
path-reason =     Why: { $reason }
path-evidence =     Seen: { $evidence }
path-next-probe =     The next probe is due { $next }.
path-last-probe =     Last probe { $at }: { $verdict ->
    [open] open
    [dropped] attempts to connect vanish without an answer
    [refused] something on the way turns port 25 away
    [prohibited] a router forbids port 25
    [local_firewall] this machine itself blocks port 25
    [intercepted] port 25 is intercepted on the way
    [throttled] open, but slowed down
    [no_network] no network
    [dns_broken] DNS does not work
   *[other] no clear result
}.
path-why-relay = Port 25 is taken to be blocked ({ $path }, since { $since }): { $reason }.
path-why-trial = Port 25 is on trial ({ $path }, since { $since }): { $reason }.

path-reason-nothing-against = nothing speaks against it
path-reason-silent-operators = { $count } operators that have nothing to do with each other could not be reached on port 25, and no other answered
path-reason-probed-closed = a probe found: { $verdict ->
    [dropped] attempts to connect to port 25 vanish without an answer
    [refused] something on the way turns port 25 away
    [prohibited] a router forbids port 25
    [local_firewall] this machine itself blocks port 25
    [intercepted] port 25 is intercepted on the way
   *[other] port 25 cannot be used ({ $verdict })
}
path-reason-trial-failed = the trial failed: the first messages found no answer again
path-reason-probed-open = a probe found port 25 open: a few messages try it
path-reason-time-to-look = it is time to look again: a few messages try it
path-reason-trial-passed = a probe found port 25 open, and the first deliveries succeeded
path-reason-probed-open-again = two probes, one after the other, found port 25 open
path-reason-trial-quiet = nothing failed on trial for a day
path-seen-unanswered = { $operator }: no answer to the connection attempt for { $seconds } s
path-seen-timed-out = { $operator }: no answer to the connection attempt to the end
path-seen-refused = { $operator }: the connection was refused
path-seen-unreachable = { $operator }: cannot be reached, says a router (error { $code })
path-seen-prohibited = { $operator }: a filter on this machine or a router on the way forbids the connection (error { $code })
path-seen-no-route = { $operator }: no route to that network

path-detour-by = While port 25 is blocked, the relay { $relay } takes the mail that would go directly.
path-detour-none = No relay is set up for such times ([port25] relay): mail waits.
path-detour-unfit = The relay { $relay } failed its preflight and does not take over: mail waits. { $finding }
path-detour-forbidden = A rule ([[route]] with `detour = false`) wants no relay for this mail: it waits until port 25 is open again.

path-told-server = The running server knows of this result now and acts on it.
path-not-told-server = The running server could not be told of this result: { $error }
