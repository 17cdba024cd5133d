# Was eine Ablehnung bedeutet.

refusal-kind-reputation = { $provider } lehnt die Adresse ab, von der dieser Server sendet; an der Nachricht selbst liegt es nicht.
refusal-kind-authentication = { $provider } vermisst den Nachweis, dass die Post wirklich von ihrer Absenderdomain stammt (SPF, DKIM, DMARC).
refusal-kind-content = { $provider } nimmt Anstoß am Inhalt der Nachricht.
refusal-kind-rate = { $provider } erhält von diesem Server mehr auf einmal, als es annehmen will.
refusal-kind-recipient = { $provider } kennt dieses Postfach nicht oder kann nichts dafür annehmen.
refusal-kind-policy = { $provider } hat eine Regel, die dieser Server nicht erfüllt.
refusal-fault-address = Weder Absender noch Empfänger können daran etwas ändern: Es liegt an der Adresse dieses Servers oder an dem Netz um sie herum. Eine neue Adresse hat noch keinen Ruf, eine ältere hat vielleicht einen schlechten geerbt.
refusal-fault-setup = Es liegt an der Einrichtung dieses Servers: an seinen Einträgen im DNS oder an seinen Einstellungen.
refusal-fault-message = Es liegt an dieser Nachricht; andere kommen vielleicht durch.
refusal-fault-volume = Es liegt daran, wie viel dieser Server sendet.
refusal-fault-recipient = Es liegt an der Adresse des Empfängers.
refusal-remedy-contact = Was hilft: den Anbieter bitten, die Sperre aufzuheben, und dabei die Adresse nennen: { $link }
refusal-remedy-ask = Was hilft: den Postmaster des Anbieters bitten, die Sperre aufzuheben, und dabei die Adresse nennen.
refusal-remedy-delist = Was hilft: Die Sperrliste, die in der Antwort steht, nennt den Grund des Eintrags und den Weg hinaus. Zuerst gehört die Ursache behoben.
refusal-remedy-records = Was hilft: SPF, DKIM und DMARC der Absenderdomain so veröffentlichen, dass sie zu diesem Server passen.
refusal-remedy-reverse-name = Was hilft: der Adresse bei ihrem Anbieter einen Rückwärtsnamen (PTR) geben, der wieder zu ihr führt, und ihn im EHLO verwenden.
refusal-remedy-slow-down = Was hilft: weniger auf einmal senden und abstellen, worüber sich Empfänger beschweren; die Sperre endet dann von selbst.
refusal-remedy-tls = Was hilft: Die Verbindung muss verschlüsselt sein. Vielleicht entfernt etwas unterwegs STARTTLS.
refusal-remedy-content = Was hilft: Links, Anhänge und Wortlaut der Nachricht prüfen, ebenso die Listen, auf denen ihre Domains stehen könnten.
refusal-remedy-recipient = Was hilft: die Adresse des Empfängers berichtigen.
refusal-remedy-wait = Was hilft: Zeit und saubere Post; es gibt niemanden, den man fragen könnte.
refusal-more = Was der Anbieter verlangt: { $link }
refusal-unverified = (Diese Deutung beruht auf allgemeiner Erfahrung, nicht auf Angaben des Anbieters.)
