# Sentences of `postamt dmarc`. The same ids and variables stand in the other language's file.

dmarc-store = The reports of receivers cannot be used: { $error }
dmarc-none = No report has come for the last { $days ->
    [one] day
   *[other] { $days } days
}. Receivers send them to the address in rua of the DMARC record once a day, if they got mail from the domain; this server reads them when that address is one that it takes mail for (`postamt dns records` prints such a record).
dmarc-domain = { $domain }: { $aligned } of { $all } messages aligned, by { $reports ->
    [0] reports about a domain above
    [one] one report: { $reporters }
   *[other] { $reports } reports: { $reporters }
}
dmarc-source = {"  "}{ $address }  { $aligned } of { $all } aligned (DKIM { $dkim }, SPF { $spf }), { $quarantined } put aside as spam, { $refused } refused
