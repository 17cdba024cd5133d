"""ask.py PORT DOMAIN: what checkdmarc says of a domain, by the name server on that port of 127.0.0.1, as JSON.

Called by `cargo test -p postamt-doctor --test beside_checkdmarc`, once for each broken world, in a process of its own,
since checkdmarc keeps what it has looked up.
"""

import importlib.metadata
import json
import sys

import dns.nameserver
import dns.resolver
from checkdmarc.dmarc import check_dmarc
from checkdmarc.spf import check_spf

port, domain = int(sys.argv[1]), sys.argv[2]
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", port)]

said = []
for record, check in (("SPF", check_spf), ("DMARC", check_dmarc)):
    result = check(domain, resolver=resolver)
    if result.get("error"):
        said.append(f"{record} error: {result['error']}")
    said.extend(f"{record} warning: {warning}" for warning in result.get("warnings", []))
print(json.dumps({"version": importlib.metadata.version("checkdmarc"), "said": said}))
