# Sentences of `serve`. The same ids and variables stand in the other language's file.

serve-not-running = The server is not running: nobody answers on { $socket }. Start it with `postamt serve` or `systemctl start postamt`.
serve-control-denied = You may not use { $socket }. Run the command as root or as the server's user.
serve-control-broken = The server did not answer: { $error }. Its log may say why; try again.
serve-refused = The server could not do that: { $error }
serve-unknown-user = `server.user` is "{ $user }", but this host has no such user. Make it with `useradd --system { $user }`.
serve-directory = The directory { $path } cannot be made: { $error }. Make it by hand, or run this as root.
serve-already-running = A server is already running: it answers on { $socket }. Stop it first.
serve-log = The log file { $path } cannot be opened: { $error }. Check `log.file` and its directory's owner.
serve-store = The store in { $path } cannot be opened: { $error }
serve-dns = DNS cannot be set up: { $error }. Name servers in `[dns] servers`.
serve-dkim = The DKIM keys in { $path } cannot be read: { $error }
serve-control-socket = The control socket { $path } cannot be opened: { $error }
serve-start = The server cannot start: { $error }
serve-low-ports = Ports below 1024 need a right that this user lacks. Start as root with `server.user`, or by the systemd unit of the project.
serve-relay-gateway = CAUTION: the network { $network } in `relay_networks` holds { $gateway }, the default gateway of this host. If it passes connections on under its own address (NAT, the bridge of a container), everybody behind it may send without a login. Name only the hosts that need it.
serve-ready = { $hostname } is ready: { $listeners }. { $waiting ->
    [0] Nothing waits in the queue.
    [one] One message waits in the queue.
   *[other] { $waiting } messages wait in the queue.
}
serve-self-signed = NOTE: the certificate { $path } is self-signed. Other servers accept that; mail clients will complain. Set `acme = "letsencrypt"` under [tls], or name the files of another one with `certificate` and `key`.
serve-acme-pending = NOTE: the certificate is still self-signed. A real one is being asked from { $directory } and is used as soon as it is there; `postamt tls certificate` shows how that stands.
serve-no-keys = NOTE: there is no DKIM key, so mail leaves unsigned and large providers will distrust it. Run `postamt dkim new { $domain }`.
serve-protected = Protected: { $holds }.
serve-not-protected = Not protected, since this kernel or container does not have it: { $lacks }. The server runs without; a newer kernel has it.
serve-protection-no-rights = no rights of root
serve-protection-few-rights = of root's rights only { $rights }
serve-protection-privileges = no program gives it more rights (no_new_privs)
serve-protection-dumps = no core dumps
serve-protection-files = it writes to { $places } only and runs no programs (Landlock, version { $version })
serve-protection-calls = { $count } system calls that it never needs are refused (seccomp)
serve-places-shut = The configuration names places that the running server may not write to: { $places }. Mail for them waits; `systemctl restart postamt` opens them.
serve-socket-unknown = The service manager passes a socket ({ $name }) on { $address }, and the configuration has no listener for it. Add a `[[listener]]` with that port, or take the socket out of the `.socket` unit.
serve-socket-broken = A socket that the service manager passes cannot be used: { $error }. Look at the `.socket` unit: each must be `ListenStream=` with a port.
serve-stopping = Stopping: open transactions are finished first.
serve-stopped = Stopped. What waits is safe on disk.
serve-reloaded = Configuration, certificate and keys have been read again.
serve-reload-failed = The reload failed, everything stays as it was: { $error }
serve-firewall = The bans cannot be written to nftables, and hold without it: { $error }. Unless root starts the server, it needs the right CAP_NET_ADMIN for this (AmbientCapabilities and CapabilityBoundingSet of the systemd unit). `nftables = false` under [guard] does without.
serve-firewall-no-nft = The bans cannot be written to nftables, and hold without it: there is no program `nft`. Install the package nftables, or set `nftables = false` under [guard].
