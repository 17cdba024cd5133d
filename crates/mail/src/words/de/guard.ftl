# Briefe des Wächters: an den Betreiber und an die Inhaber von Konten. Jeder enthält beide Sprachen.

guard-more = … und { $count } weitere.
guard-hourly = Was auch geschieht: Briefe dieser Art gibt es höchstens einen in der Stunde. Das Log enthält jedes einzelne Ereignis.
guard-spared-subject = { $host }: Einer Ihrer eigenen Rechner benimmt sich wie ein Angreifer
guard-spared-intro = Aus Netzen, die Sie als Ihre eigenen angegeben haben, kam etwas, wofür der Mailserver { $host } einen Fremden ausgesperrt hätte:
guard-spared-next = Niemand wurde ausgesperrt, denn diese Netze gehören Ihnen (own_networks unter [guard], relay_networks eines Listeners oder dieser Rechner selbst). Was Sie tun können: Sehen Sie sich diese Rechner an. Meist steckt ein Programm mit einem alten Passwort dahinter, schlimmstenfalls Schadsoftware, die Passwörter rät.
guard-siege-subject = { $host }: Viele Fremde raten am Passwort eines Kontos
guard-siege-intro = Viele fremde Rechner versuchen, sich an Konten des Mailservers { $host } anzumelden, innerhalb einer Stunde:
guard-siege-account = { $account }: bisher { $hosts } Rechner
guard-siege-next = Kein Konto wurde gesperrt, und wer weiter rät, wird früher ausgesperrt als sonst. Sind die Passwörter gut, ist nichts zu tun; `postamt account password` setzt ein neues. `postamt ban list` zeigt, wer ausgesperrt ist.
guard-wave-subject = { $host }: eine Welle von Angriffen, { $count } Sperren
guard-wave-intro = Seit { $since } hat der Mailserver { $host } { $count } Rechner und Netze ausgesperrt, mehr als sonst.
guard-wave-sum = Was sie alle zusammen getan haben: { $reason }. Die letzten:
guard-wave-next = Zu tun ist nichts: Sperren enden von selbst. `postamt ban list` zeigt alle mit ihren Gründen. Ist einer der Ihren darunter, lässt `postamt ban remove` ihn wieder zu, und own_networks unter [guard] bewahrt ihn vor der nächsten Sperre.
guard-arrival-subject = { $account }: Anmeldung von einem neuen Ort
guard-arrival-intro = Am Konto { $account } des Mailservers { $host } hat sich jemand von dort angemeldet, wo sich noch nie jemand an diesem Konto angemeldet hat:
guard-arrival-line = { $time }: { $peer } (Netz { $network }{ $country })
guard-arrival-country = , Land { $country }
guard-arrival-new-country = , Land { $country }, zum ersten Mal
guard-arrival-fine = Waren Sie das selbst, auf Reisen oder mit einem neuen Anschluss, ist nichts zu tun.
guard-arrival-next = Waren Sie es nicht, kennt jemand Ihr Passwort: Bitten Sie postmaster@{ $host } sofort um ein neues, und ändern Sie es überall, wo Sie es sonst noch verwenden. Der Betreiber setzt es mit `postamt account password { $account }`.
