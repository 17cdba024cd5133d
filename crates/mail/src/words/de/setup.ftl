# Sentences of `setup`. The same ids and variables stand in the other language's file.

setup-seen-address = Dieser Rechner hat die öffentliche Adresse { $address }; ihr Name ist { $names }.
setup-seen-address-unconfirmed = Dieser Rechner hat die öffentliche Adresse { $address }. Ihr Name { $names } führt nicht zu ihr zurück.
setup-seen-address-nameless = Dieser Rechner hat die öffentliche Adresse { $address }; sie hat noch keinen Namen (PTR).
setup-seen-address-unknown = Dieser Rechner hat die öffentliche Adresse { $address }. DNS hat nicht gesagt, wie sie heißt.
setup-seen-nat = Dieser Rechner hat nur private IPv4-Adressen ({ $addresses }): Er steht hinter NAT. Bitte die öffentlichen mit --address angeben.
setup-seen-other = Hier läuft schon ein anderer Mailserver: { $program } auf Port { $ports }.
setup-ask-hostname = Der volle Name des Servers; er sollte der Name (PTR) seiner Adresse sein{ $guess }:
setup-ask-domains = Domains, die hier Mail senden, durch Kommas getrennt{ $guess }:
setup-ask-account = Erstes Konto: eine Mailadresse in einer dieser Domains, oder nichts für später{ $guess }:
setup-ask-postmaster = Ihre eigene Adresse: Mail an postmaster@ und abuse@ geht dorthin; ohne Angabe bleibt sie hier in einem Maildir{ $guess }:
setup-ask-relay = Ein Relay, das Mail befördert, solange Port 25 gesperrt ist (ses, sendgrid, mailgun, ein Rechnername …), oder nichts{ $guess }:
setup-ask-neighbour = Wie soll Postamt mit dem anderen Mailserver auskommen? 1: daneben, auf den freien Ports. 2: dahinter, er gibt alle Mail an Postamt. 3: an seiner Stelle{ $guess }:
setup-not-understood = „{ $text }“ passt hier nicht. Bitte noch einmal.
setup-hostname-missing = Der Name des Servers ist nicht bekannt: Keine Adresse dieses Rechners hat einen. Bitte mit --hostname mail.example.org angeben.
setup-bad-name = „{ $text }“ ist kein voller Name. Er sieht aus wie mail.example.org.
setup-bad-account = „{ $text }“ ist keine Adresse in einer der Domains. Sie sieht aus wie anna@example.org; weitere Domains nennt --domain.
setup-bad-address = „{ $text }“ ist keine Mailadresse. Sie sieht aus wie admin@example.net.
setup-unwritable = { $file } lässt sich nicht schreiben: { $error }. Bitte als root aufrufen oder einen anderen Ort wählen.
setup-no-user = Der Benutzer { $user } ließ sich nicht anlegen. Bitte mit `useradd --system { $user }` anlegen und server.user setzen; bis dahin liefe der Server als der, der ihn startet.
setup-written = Geschrieben: { $file }
setup-kept = Schon da, unverändert gelassen: { $file }
setup-not-done = NICHT ERLEDIGT: { $what }
setup-records = Was im DNS stehen muss:
setup-ptr = PTR: Bitte lassen Sie Ihren Provider den Namen von { $address } auf { $hostname } setzen. Meist geht das in der Verwaltung unter „Reverse DNS“.
setup-firewall = Falls dieser Rechner eine Firewall hat, lassen Sie Mail herein:
setup-beside = { $program } behält seine Ports. Postamt benutzt die freien; siehe [[listener]] in der Konfiguration.
setup-replace = Halten Sie { $program } an, bevor Sie Postamt starten: Es hat Ports, die Postamt braucht.
setup-behind-postfix = Lassen Sie Postfix seine Mail an Postamt geben: postconf -e 'relayhost = [127.0.0.1]:2525' && postfix reload. Jedes Programm auf diesem Rechner kann dann über Port 2525 senden, wie es das schon über Postfix kann.
setup-behind-exim = Lassen Sie Exim seine Mail an Postamt geben: ein Router mit driver = manualroute, transport = remote_smtp_smarthost und route_list = * 127.0.0.1::2525 (unter Debian: dpkg-reconfigure exim4-config, Smarthost 127.0.0.1::2525). Jedes Programm auf diesem Rechner kann dann über Port 2525 senden, wie es das schon über Exim kann.
setup-behind-sendmail = Lassen Sie Sendmail seine Mail an Postamt geben: define(`SMART_HOST', `relay:[127.0.0.1]') und define(`RELAY_MAILER_ARGS', `TCP $h 2525') in sendmail.mc, dann make -C /etc/mail. Jedes Programm auf diesem Rechner kann dann über Port 2525 senden, wie es das schon über Sendmail kann.
setup-behind-unknown = Lassen Sie { $program } seine Mail an Postamt geben: Der Smarthost ist 127.0.0.1, Port 2525, ohne Anmeldung und ohne TLS.
setup-password = Das Konto { $account } ist angelegt. Sein Passwort, nur dieses eine Mal:
setup-next = Als Nächstes:
setup-step-ptr = Lassen Sie den PTR-Namen Ihrer Adressen auf { $hostname } setzen: Große Anbieter nehmen ohne ihn keine Mail an.
setup-step-records = Tragen Sie die Einträge ins DNS ein; `postamt dns verify` sagt, ob sie stimmen.
setup-step-start = Starten Sie den Server: { $command }
setup-step-check = Lassen Sie alles prüfen: postamt doctor
