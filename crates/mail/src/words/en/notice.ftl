# Letters to the operator (mail to postmaster): what the server has seen of itself. Each has both languages in it.

notice-from = Postamt
notice-closed-subject-relay = { $host }: port 25 is blocked, mail goes by the relay { $relay }
notice-closed-subject-waits = { $host }: port 25 is blocked, mail waits
notice-closed-intro = The mail server { $host } can deliver nothing directly any more, since { $since }. What was seen:
notice-closed-way = { $path }: { $reason }.
notice-closed-seen = - { $evidence }
notice-closed-intake = New mail is still accepted.
notice-closed-intake-waits = New mail is still accepted. What waits stays in the queue for up to { $days ->
    [one] one day
   *[other] { $days } days
}; then its sender gets it back.
notice-closed-next = What you can do: `postamt port25 check` says what holds the mail up and where, and what to do. `postamt port25 status` shows when the server looks again by itself.
notice-closed-end = As soon as port 25 is open again, mail goes directly again by itself. A second letter follows then.
notice-opened-subject = { $host }: port 25 is open again, mail goes directly
notice-opened-intro = The mail server { $host } delivers directly again ({ $path }): { $reason }.
notice-opened-since = The direct way had been blocked since { $since }. There is nothing to do; what was waiting goes out now.
notice-unfit-subject = { $host }: the relay { $relay } cannot be used
notice-unfit-intro = The relay { $relay } is to take the mail of the mail server { $host } over when port 25 is blocked. It failed its preflight of { $time }: { $finding }
notice-unfit-meaning = Until it passes, it takes nothing over. If the direct way is blocked, mail waits.
notice-unfit-next = What you can do: `postamt relay test { $relay }` shows everything that the relay and DNS say. The server looks again every quarter of an hour; when the relay passes, a second letter follows.
notice-unfit-intro-providers = By the relay { $relay } goes, as you decided, the mail of the mail server { $host } to { $providers }. It failed its preflight of { $time }: { $finding }
notice-unfit-meaning-providers = Until this is mended, mail to { $providers } waits. All other mail goes its usual way.
notice-unfit-meaning-too = Mail to { $providers }, which always goes by this relay as you decided, waits already.
notice-unfit-next-providers = If that mail is not to wait any longer, `postamt relay only PROVIDER --end` sends it directly again, and `postamt relay only PROVIDER --relay NAME` by another relay. `postamt relay only` lists the providers.
notice-missing-subject = { $host }: the relay { $relay } is missing
notice-missing-intro = The mail of the mail server { $host } to { $providers } is to go by the relay { $relay }, as you decided. But the configuration has no relay of this name.
notice-missing-next = What you can do: set the relay { $relay } up again, for example with `postamt relay add`; when it passes its preflight then, a second letter follows. `postamt relay list` shows which relays there are.
notice-fit-subject = { $host }: the relay { $relay } can be used again
notice-fit-intro = The relay { $relay } passed its preflight of { $time }. It takes the mail of the mail server { $host } over as soon as port 25 is blocked. There is nothing to do.
notice-fit-intro-providers = The relay { $relay } passed its preflight of { $time }. The mail of the mail server { $host } to { $providers } goes by it again. There is nothing to do.

notice-release-subject-advisory = { $host }: Postamt { $running } has { $count ->
        [one] a known weakness
       *[other] { $count } known weaknesses
    }
notice-release-subject-newer = { $host }: Postamt { $version } is out
notice-release-intro-advisory = On { $host }, Postamt { $running } runs. For this version { $count ->
        [one] a weakness has become known
       *[other] { $count } weaknesses have become known
    }:
notice-release-intro-newer = On { $host }, Postamt { $running } runs. There is a newer release.
notice-release-advisory = { $id } ({ $gravity }): { $title } { $url }
notice-release-newer = The newest release is { $version }: { $url }
notice-release-next = Install the new version in the way in which you have installed Postamt, then restart the server. `postamt doctor --only updates` says what is known of the version that runs. This letter comes once; `[updates]` in the configuration says where the server learns of new versions.

notice-release-gravity-low = low severity
notice-release-gravity-moderate = moderate severity
notice-release-gravity-high = high severity
notice-release-gravity-critical = critical
