# Sentences about providers and what they do with port 25. The same ids and variables stand in the other language's file.

provider-is = Your provider is { $name }:
provider-is-likely = Your provider is most likely { $name }:
provider-may-be = Your provider may be { $name } (a guess; `--provider` says which it is):
provider-is-one-of = The clues do not tell these providers apart: { $names }. Name yours with `--provider`. They rest on:
provider-chosen = You have named { $name } as your provider.
provider-unknown = Your provider is not known here. If it is one of `postamt port25 providers`, name it with `--provider`.
provider-faintly = hardly: { $name }
provider-abuse = contact for abuse: { $address }
provider-none-such = There is no provider "{ $name }" in the list. `postamt port25 providers` shows it.
provider-base-broken = The list of providers { $file } cannot be used; the built-in one is taken: { $error }

provider-clue-dmi = the firmware of this machine says so ({ $seen })
provider-clue-no-cloud = the firmware names no cloud ({ $seen }), as on a whole machine
provider-clue-other-firmware = against it: the firmware says something else ({ $seen })
provider-clue-cloud-init = cloud-init calls the cloud "{ $seen }"
provider-clue-file = the file { $seen } is there
provider-clue-environment = the variable { $seen } is set
provider-clue-asn = { $address } is announced by { $seen }, a network of this provider
provider-clue-organisation = the registry names "{ $seen }" for { $address }
provider-clue-pointer = the PTR name of { $address } is { $seen }

provider-kind-cloud = cloud
provider-kind-vps = virtual servers
provider-kind-hoster = servers
provider-kind-paas = platform for applications
provider-kind-isp = Internet access

provider-policy-open = open
provider-policy-open-limited = open, throttled
provider-policy-switch = closed, switch in the panel
provider-policy-request = closed, on request
provider-policy-request-new-accounts = closed for newer accounts, on request
provider-policy-never = closed for good
provider-policy-upgrade = with a higher plan
provider-policy-open-until-abuse = open until complaints
provider-policy-mixed = depends on the product
provider-policy-unknown = unknown

provider-says-open = { $name }: port 25 is open; if it is closed all the same, ask support why.
provider-says-open-limited = { $name }: port 25 is open, but throttled.
provider-says-switch = { $name }: port 25 is closed until you open it yourself in the customer panel.
provider-says-request = { $name }: port 25 is closed; it is opened on request.
provider-says-request-new-accounts = { $name }: port 25 is closed for newer accounts; it is opened on request.
provider-says-never = { $name }: port 25 is closed, and no way to open it is named: take a relay (`postamt relay add`), or move to a provider that opens it (`postamt port25 providers`).
provider-says-upgrade = { $name }: port 25 is opened only with a higher plan or a business line.
provider-says-open-until-abuse = { $name }: port 25 is open, but it is closed after complaints or detected spam: find the cause and stop it before you ask.
provider-says-mixed = { $name }: whether port 25 is open depends on the product.
provider-says-unknown = { $name }: what becomes of port 25 there is not known here; ask support in a general form.

provider-detail = { $text }
provider-how = How: { $text }.
provider-page = See { $text }.
provider-needs = Before you ask: { $text }.
provider-contents = The request has to say: { $text }.
provider-helpful = Worth adding: { $text }.
provider-fee = It costs { $text }.
provider-answer = Answer: { $text }.
provider-afterwards = Afterwards: { $text }.
provider-relay = Until then, or instead: { $text }.
provider-reverse-dns = Reverse DNS (PTR): { $place }.
provider-other-ports = Other ports outbound: 465 { $port465 ->
    [open] open
    [blocked] closed
   *[unknown] unknown
}, 587 { $port587 ->
    [open] open
    [blocked] closed
   *[unknown] unknown
}.
provider-follow-up = { $days ->
    [one] Ask again after one day without an answer.
   *[other] Ask again after { $days } days without an answer.
}
provider-seen = As of { $date }, according to:
provider-seen-nowhere = No source is known in which this could be looked up.
provider-seen-undated = Without a date, according to:
provider-confidence-high = The provider says so itself, or several dated accounts agree.
provider-confidence-medium = This is not the provider's own word, or it is old; check it with the provider.
provider-confidence-low = This is hearsay; check it with the provider before you rely on it.

provider-method-form = a web form
provider-method-limit-request = a request for another limit
provider-method-panel-request = a function of the customer panel
provider-method-ticket = a ticket to support
provider-method-phone = a call to support
provider-method-abuse-team = a message to the abuse team
provider-method-switch = a switch in the customer panel
provider-method-upgrade = another plan

provider-item-abuse-answer = the promise to answer reports of abuse within 24 hours
provider-item-account-owner = send it from the owner's account
provider-item-address-kind = the kind of address
provider-item-addresses = the IP addresses
provider-item-alerts-traced = the messages named in the alert are found in the log
provider-item-authentication = the state of SPF and DKIM
provider-item-billing-history = some paid invoices
provider-item-business-line = a business line
provider-item-category = which of the kinds of use that are allowed it is
provider-item-cause = the cause of the spam, found
provider-item-cause-removed = the cause is removed
provider-item-contract = a contract of its own
provider-item-contract-number = the number of the server or contract
provider-item-customer-one-month = a customer for a month
provider-item-dns-proof = a proof of the DNS records
provider-item-domains = the domains
provider-item-filter-removal = that the filter of outbound port 25 be removed
provider-item-first-invoice = the first invoice is paid
provider-item-fix = what was done about it
provider-item-fixed-address = a fixed address
provider-item-forward-record = the A and AAAA records of the mail host
provider-item-helo-matches = the name in HELO is that of the PTR record
provider-item-higher-plan = a plan that is paid for
provider-item-mail-host = the name of the mail host
provider-item-mail-kind = the kind of mail
provider-item-no-bulk = no bulk mail
provider-item-no-open-relay = no open relay
provider-item-not-listed = the address is on no blocklist
provider-item-paid-account = a paid account
provider-item-panel-permission = the permission for it in the panel
provider-item-prescribed-sentence = the sentence against spam that the provider prescribes, word for word
provider-item-prevention = how unwanted mail is prevented
provider-item-proof-of-identity = a proof of identity or of payment
provider-item-queue-checked = the queue is checked
provider-item-redeploy = a new deployment
provider-item-region = the region
provider-item-reverse-names = the PTR names that are wanted
provider-item-reverse-record = the PTR records, for IPv4 and IPv6
provider-item-right-product = a product with which it is possible
provider-item-right-subscription = a subscription with which it is possible
provider-item-sample-message = a sample message with a way to unsubscribe
provider-item-sending-stopped = sending is stopped
provider-item-server = the name of the server
provider-item-software = the mail server's software
provider-item-spf-dkim-dmarc = the SPF, DKIM and DMARC records
provider-item-subject-line = the subject "Unblock port 25 for my server with" and the server's id
provider-item-terms = that you agree to the terms and send no unsolicited mail
provider-item-three-months-left = three more months in the contract
provider-item-use-case = what it is for
provider-item-users = the number of users
provider-item-verified-account = a verified account
provider-item-verified-identity = a verified identity
provider-item-volume = how much mail is expected
provider-item-website = a website, or the person behind the domain
provider-item-who-you-are = who you are
provider-item-why-not587 = why 587, 465 or a mail service does not do
provider-item-why-port25 = why outbound port 25 is needed
