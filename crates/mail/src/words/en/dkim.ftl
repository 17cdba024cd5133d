# Sentences of `dkim`. The same ids and variables stand in the other language's file.

dkim-made = The key for { $domain } is in { $file }. Publish this record in DNS:
dkim-publish = Once `{ $name }` shows it, run `systemctl reload postamt`: from then on mail is signed with it.
dkim-not-our-domain = NOTE: { $domain } is not in `server.domains`, so no account sends as it.
dkim-bad-domain = "{ $domain }" is not a domain such as "example.org".
dkim-failed = The key cannot be used: { $error }
dkim-none = There are no keys. `postamt dkim new DOMAIN` makes one.
dkim-line = { $domain }  { $selector }  { $algorithm } { $bits } bits  { $file }
