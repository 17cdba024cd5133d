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
account-weak-uniform = The password has too few different characters. `--generate` makes a strong one.
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
