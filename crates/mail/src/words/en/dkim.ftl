# Sentences of `dkim`. The same ids and variables stand in the other language's file.

dkim-made = The key for { $domain } is in { $file }. Publish this record in DNS:
dkim-publish = Once the name servers of the domain hold `{ $name }`, the server signs with it, by itself.
dkim-not-our-domain = NOTE: { $domain } is not in `server.domains`, so no account sends as it.
dkim-bad-domain = "{ $domain }" is not a domain such as "example.org".
dkim-failed = The key cannot be used: { $error }
dkim-none = There are no keys. `postamt dkim new DOMAIN` makes one.
dkim-line = { $domain }  { $selector }  { $algorithm } { $bits } bits  { $state }  { $file }
dkim-state-waiting = waits for DNS
dkim-state-active = in use
dkim-state-retired = no longer in use; its mail is still under way
dkim-state-revoked = revoked
dkim-already-waiting = { $name } already waits until DNS has it.
dkim-nothing-to-rotate = There is no key in use that another one could take the place of.
dkim-not-published = The record could not be published from here: { $error }
