# Sentences of `account`. The same ids and variables stand in the other language's file.

account-added = The account { $name } is made.
account-password-set = The account { $name } has a new password.
account-enabled = The account { $name } may log in again.
account-disabled = The account { $name } may not log in any more. Sessions that are open stay open until they end.
account-removed = The account { $name } is removed.
account-none = There are no accounts. `postamt account add NAME` makes one.
account-line = { $name }  { $state }  sends as { $send_as }  since { $created }
account-state-enabled = enabled
account-state-disabled = disabled
account-anything = anything
account-any = CAUTION: the account { $name } may send as anybody. Whoever gets its password can, too.
account-exists = There is an account { $name } already. `postamt account passwd { $name }` gives it a new password.
account-unknown = There is no account { $name }. `postamt account list` shows those there are.
account-store = The accounts cannot be used: { $error }. Only root and the server's user may use them.
account-needs-send-as = "{ $name }" is not a mail address, so it must be said what the account may send as: `--send-as ADDRESS`, `--send-as DOMAIN` or `--send-as any`.
account-not-our-domain = "{ $text }" is not in a domain of this server. Add the domain to `server.domains`, or say `--send-as any`.
account-password-prompt = New password:
account-password-again = The same again:
account-passwords-differ = The two passwords differ. Nothing was changed; please try again.
account-password-empty = The password is empty. Nothing was changed; `--generate` makes one.
account-no-terminal = There is no terminal to ask for a password. Use `--password-stdin` or `--generate`.
account-weak-short = The password is too short: it needs at least { $least } characters. `--generate` makes a strong one.
account-weak-name = The password contains the account's name, which is guessed first. `--generate` makes a strong one.
account-weak-leaked = The password is in lists of leaked passwords, which are tried first. Please choose another; `--generate` makes a strong one.
account-weak-leaked-elsewhere = The password is found in leaked data ({ $times } times). Please choose another; `--generate` makes a strong one.
account-weak-guessable = The password would be found after about { $guesses } guesses; at least 10^8 are wanted. { $why } `--generate` makes a strong one.
account-leaks-unknown = Whether the password has been leaked could not be asked: { $host } did not answer ({ $error }). It is set all the same.
account-guess-row = Straight rows of keys are easy to guess.
account-guess-keyboard = Short keyboard patterns are easy to guess.
account-guess-repeat = Repeats like "aaa" are easy to guess.
account-guess-repeats = Repeats like "abcabcabc" are only slightly harder to guess than "abc".
account-guess-top-ten = It is one of the ten most common passwords.
account-guess-top-hundred = It is one of the hundred most common passwords.
account-guess-common = It is a very common password.
account-guess-similar = It is similar to a common password.
account-guess-sequence = Sequences like "abc" or "6543" are easy to guess.
account-guess-year = Recent years are easy to guess.
account-guess-word = A word by itself is easy to guess.
account-guess-date = Dates are often easy to guess.
account-guess-name = Names and surnames by themselves are easy to guess.
account-guess-names = Common names and surnames are easy to guess.
account-help-words = Several words that are no common phrase are better.
account-help-no-symbols = Symbols, digits and capital letters are not needed.
account-help-another = Another word or two helps, uncommon ones best.
account-help-capital = Capital letters hardly help.
account-help-upper = All capitals are almost as easy to guess as none.
account-help-reversed = Reversed words are hardly harder to guess.
account-help-substitution = Predictable substitutions like "@" for "a" hardly help.
account-help-pattern = A keyboard pattern would have to be longer, with more turns.
account-help-repeats = Words and characters should not be repeated.
account-help-sequences = Sequences should be avoided.
account-help-years = Recent years should be avoided.
account-help-own-years = Years that have to do with the person should be avoided.
account-help-own-dates = Dates and years that have to do with the person should be avoided.
account-password-characters = The password has characters that mail clients cannot send. Please choose another.
account-password-hash = The password could not be stored: { $error }
account-limits-set = What { $name } may send is changed. It holds within five seconds, for open sessions as well.
account-limits-own = Some of these figures were set for { $name } alone; `postamt account limits { $name } --default` takes them back.
account-limits-not-running = The server is not running, so what was sent is not known.
account-limit-full = {"  "}FULL: nothing more is taken until { $until }
account-limit-messages-hour = Messages in an hour: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-limit-messages-day = Messages in 24 hours: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-limit-recipients-hour = Recipients in an hour: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-limit-recipients-day = Recipients in 24 hours: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-limit-first-time-hour = First-time recipients in an hour: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-limit-first-time-day = First-time recipients in 24 hours: { $limit ->
    [none] { $used ->
        [unknown] no limit
       *[other] { $used }, no limit
    }
   *[other] { $used ->
        [unknown] at most { $limit }
       *[other] { $used } of { $limit }
    }
}
account-device-added = The app password { $device } of { $name } is made ({ $may }). It is shown this once only. The user name is { $login }; with PLAIN and LOGIN { $name } works as well.
account-device-none = The account { $name } has no app passwords. `postamt account app-password add { $name } DEVICE` makes one.
account-device-line = { $device }  { $may }  made { $created }  { $used }
account-device-unused = never used
account-device-used = last used { $when } from { $from }
account-device-here = this host
account-device-all = sends as all that the account may
account-device-sends = sends only as { $send_as }
account-device-from = only from { $networks }
account-device-until = until { $until }
account-device-over = expired { $until }
account-device-removed = The app password { $device } of { $name } is no good any more.
account-device-exists = The account { $name } has an app password { $device } already. Please choose another name, or remove the old one: `postamt account app-password remove { $name } { $device }`
account-device-unknown = The account { $name } has no app password { $device }. `postamt account app-password list { $name }` shows those there are.
account-device-name = "{ $device }" cannot be the name of a device. It has 1 to 32 characters: letters from a to z, digits, `-`, `_` and `.`.
account-device-more = The account { $name } may not send as { $text } itself, so none of its devices may. `postamt account list` shows what it may.
account-device-past = { $date } is over already. Please name a later day.

account-braked = { $brake ->
    [slowed] SLOWED DOWN: { $name } may send one message in ten seconds,
    [held] HELD: mail of { $name } is taken and waits for you,
   *[frozen] FROZEN: { $name } may not send anything,
} since { $since }, { $until ->
    [never] until you let it send again.
   *[other] until { $until } if nothing more happens.
} Its mail looks as if somebody else sent it:
account-braked-next = If that was right, `postamt account release { $name }` lets it send and learns from it. If it was stolen, set a new password (`postamt account passwd { $name }`), drop what is held (`postamt queue list`, `queue cancel`), and then `postamt account unfreeze { $name }`.
account-released = { $name } sends again, and what it did counts as usual. { $count ->
    [0] Nothing of it was held.
    [one] One message that was held goes on.
   *[other] { $count } messages that were held go on.
}
account-unfrozen = { $name } sends again. Nothing was learned, and what is held stays: `postamt queue list` shows it, `postamt queue cancel` drops it.
account-sign-volume = { $recipients } recipients within an hour; { $usual } are usual at this time
account-sign-strangers = { $recipients } recipients within a day that it had never written to; { $usual } are usual
account-sign-bounces = { $failed } of { $of } recipients within a day do not exist
account-sign-network = it sends from the network { $network }, which is new
account-sign-alike = one and the same new text to { $recipients } recipients that it had never written to
account-letter-subject = { $account }: { $brake ->
    [slowed] sending is slowed down
    [held] mail is held for review
   *[frozen] sending is stopped
}
account-letter-intro = The account { $account } sends unusual mail, as somebody would who has got hold of its password. { $brake ->
    [slowed] It may send one message in ten seconds for now; what comes faster is refused for the moment.
    [held] Its mail is still taken, but nothing of it leaves until it has been reviewed.
   *[frozen] Nothing more is taken from it, and nothing of it that waits leaves.
}
account-letter-seen = What was seen since { $since }:
account-letter-operator = What you can do: `postamt account show { $account }` shows how it stands, `postamt queue list` what is held. If the mail is right, `postamt account release { $account }` lets it send again and learns from it. If not: `postamt account passwd { $account }`, drop what is held with `postamt queue cancel`, and then `postamt account unfreeze { $account }`. For regular mail to many, `postamt account limits { $account }` declares it.
account-letter-owner = If you have sent this mail, tell the postmaster, who lets it go. If you have not, change your password at once, and everywhere else where you use it, and look for malicious programs on your devices.
