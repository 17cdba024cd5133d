# Sentences of `sendmail`. The same ids and variables stand in the other language's file.

sendmail-usage = the argument "{ $argument }" is not understood. See `man sendmail` for the usual ones.
sendmail-disabled = mail from this machine is switched off (`sendmail.enabled` in the configuration).
sendmail-daemon = the server is started with `postamt serve`, not with -bd.
sendmail-verify = addresses cannot be verified; send a message with `postamt send` and look at `postamt queue find`.
sendmail-stdin = the message cannot be read from stdin: { $error }
sendmail-no-recipients = there is nobody to send to.{ $text } Name recipients, or use -t with To, Cc or Bcc in the header.
sendmail-bad-recipient = "{ $text }" is not a mail address. Nothing was sent.
sendmail-bad-sender = the sender "{ $text }" is not a mail address. Nothing was sent.
sendmail-bad-header = the header field has an entry that is not a mail address: { $text }. Nothing was sent.
sendmail-recipient-refused = the server refuses the recipient { $recipient }: { $reply }. Nothing was sent.
sendmail-refused = the server refuses the message: { $reply }. Nothing was sent.
sendmail-socket-denied = this user may not send: { $socket } cannot be opened.
sendmail-drop-failed = the server is not running, and the message cannot be left in { $directory } either: { $error }. Nothing was sent; try again later.
sendmail-smtp-unavailable = the server cannot be reached on { $socket }: { $error }. Start it with `postamt serve`.
sendmail-taken = The server has taken the message: { $reply }
sendmail-dropped = The server is not running. The message waits for it in { $path }.
