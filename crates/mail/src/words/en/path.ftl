# Sentences about the ways out on port 25. The same ids and variables stand in the other language's file.

path-none = The server has not sent anything directly yet: nothing is known of the ways out.
path-direct = { $path }: mail goes directly, since { $since }.
path-relay = { $path }: port 25 is taken to be blocked since { $since }. Direct mail goes by the relay of [port25], or waits if there is none.
path-trial = { $path }: on trial since { $since }. A few messages go directly, the others still by the relay.
path-reason =     Why: { $reason }
path-evidence =     Seen: { $evidence }
path-next-probe =     The next probe is due { $next }.
path-why-relay = Port 25 is taken to be blocked ({ $path }, since { $since }): { $reason }.
path-why-trial = Port 25 is on trial ({ $path }, since { $since }): { $reason }.
