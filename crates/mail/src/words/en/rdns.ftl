# The request for PTR records: `postamt port25 request --about ptr`. The same ids and variables stand in the other language's file.

rdns-subject = { $count ->
    [one] PTR record for { $addresses }
   *[other] PTR records for { $addresses }
}
rdns-request = { $count ->
    [one] I would like to ask you to set the PTR record (reverse DNS) of this address:
   *[other] I would like to ask you to set the PTR records (reverse DNS) of these addresses:
}
rdns-wish = { $address }: { $wanted }
rdns-field = PTR name for { $address }
rdns-why = Receiving mail servers compare the PTR name with the name under which a server announces itself, and refuse email when the two differ.
rdns-state-heading = What DNS says:
rdns-claim-forward = The name { $wanted } already leads to { $address } (checked on { $time }).
rdns-claim-none = { $address } has no PTR record at present (checked on { $time }).
rdns-claim-other = The PTR record of { $address } is at present { $names } (checked on { $time }).

rdns-topic = the PTR record of { $address }
rdns-left-forward = { $wanted } does not lead to { $address }. Many providers refuse a PTR record to a name that does not lead back.
rdns-left-forward-not-asked = Whether { $wanted } leads to { $address } could not be found out.
rdns-left-not-asked = The PTR record of { $address } could not be looked up.
rdns-remedy-forward = Publish this record first, and ask when it can be seen:

rdns-state-none = { $address } has no PTR record.
rdns-state-names = { $address } has the PTR record { $names }.
rdns-state-not-asked = The PTR record of { $address } could not be looked up: { $names }
rdns-state-confirmed = That is right, and { $wanted } leads back: nothing has to be done.
rdns-state-to-be-set = { $wanted } leads to the address already. This is the record to set:
rdns-state-forward-first = { $wanted } does not lead to the address. Publish this record first:
rdns-state-forward-not-asked = Whether { $wanted } leads to the address could not be found out: { $error }

rdns-advice-nothing = Every address has its PTR record: there is nothing to ask for.
rdns-advice-no-address = This host has no address that others see. Name one with `--address`, or in the configuration as `[outgoing] own_addresses`.
rdns-advice-forward-first = First let the name lead to the address, with the record named above; then run this again. Many providers refuse a PTR record to a name that does not lead back. `--anyway` writes the letter all the same.
rdns-advice-not-known = DNS gave no answer, so nothing can be said. Run this again later. `--anyway` writes the letter all the same.
rdns-advice-panel = { $name }: you set the PTR record yourself. `--anyway` writes the letter all the same.
rdns-advice-ask = { $name }: the PTR record is set on request. The letter is below.
rdns-advice-ask-in-general = The PTR record is set by whoever the address comes from, not in your own zone. Ask with the letter below, unless the customer panel has a field for it.
rdns-advice-not-offered = { $name }: PTR records are not offered. Send through a relay (`postamt relay add`), or move to another provider. `--anyway` writes the letter all the same.
rdns-not-a-name = `{ $name }` cannot stand in a PTR record. Set `[server] hostname` to a full name, as mail.example.org.
