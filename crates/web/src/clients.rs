//! Settings of mail programs, each in the form of its maker: Thunderbird's autoconfig, Outlook's autodiscover, Apple's
//! profile. Names and addresses from outside are escaped; nothing else of a request is repeated.

use std::fmt::Write as _;

use postamt_mail::address::Domain;

use super::site::Site;

/// The port of IMAP with TLS from the start.
const MAILBOX_PORT: u16 = 993;

/// Text as XML has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Thunderbird and others (`config-v1.1.xml`).
pub fn autoconfig(site: &Site, domain: &Domain) -> String {
    let mut servers = String::new();
    let server = |kind: &str, name: &str, host: &Domain, port: u16, socket: &str| {
        format!(
            "    <{name} type=\"{kind}\">\n      <hostname>{host}</hostname>\n      <port>{port}</port>\n      \
             <socketType>{socket}</socketType>\n      <authentication>password-cleartext</authentication>\n      \
             <username>%EMAILADDRESS%</username>\n    </{name}>\n"
        )
    };
    if let Some(mailbox) = &site.mailbox {
        servers.push_str(&server("imap", "incomingServer", mailbox, MAILBOX_PORT, "SSL"));
    }
    for (port, socket) in [(site.submissions, "SSL"), (site.submission, "STARTTLS")] {
        if let Some(port) = port {
            servers.push_str(&server("smtp", "outgoingServer", &site.hostname, port, socket));
        }
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  \
         <emailProvider id=\"{domain}\">\n    <domain>{domain}</domain>\n    \
         <displayName>{domain}</displayName>\n{servers}  </emailProvider>\n</clientConfig>\n"
    )
}

/// The address in Outlook's question.
pub fn asked_address(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("<EMailAddress>")?;
    Some(rest.split_once("</EMailAddress>")?.0.trim())
}

/// Outlook's answer.
pub fn autodiscover(site: &Site, address: &str) -> String {
    let login = escaped(address);
    let mut protocols = String::new();
    let mut protocol = |kind: &str, host: &Domain, port: u16, encryption: &str| {
        // Writing to a String cannot fail.
        let _ = write!(
            protocols,
            "      <Protocol>\n        <Type>{kind}</Type>\n        <Server>{host}</Server>\n        \
             <Port>{port}</Port>\n        <LoginName>{login}</LoginName>\n        <SSL>on</SSL>\n        \
             <Encryption>{encryption}</Encryption>\n        <SPA>off</SPA>\n        \
             <AuthRequired>on</AuthRequired>\n      </Protocol>\n"
        );
    };
    if let Some(mailbox) = &site.mailbox {
        protocol("IMAP", mailbox, MAILBOX_PORT, "SSL");
    }
    match (site.submissions, site.submission) {
        (Some(port), _) => protocol("SMTP", &site.hostname, port, "SSL"),
        (None, Some(port)) => protocol("SMTP", &site.hostname, port, "TLS"),
        (None, None) => {}
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">\n  \
         <Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">\n    \
         <Account>\n      <AccountType>email</AccountType>\n      <Action>settings</Action>\n{protocols}    \
         </Account>\n  </Response>\n</Autodiscover>\n"
    )
}

/// Apple's profile; it must name a mailbox server.
pub fn profile(site: &Site, domain: &Domain, address: &str) -> Option<String> {
    let mailbox = site.mailbox.as_ref()?;
    let port = site.submissions.or(site.submission)?;
    let login = escaped(address);
    let text = |key: &str, value: &str| format!("<key>{key}</key><string>{value}</string>\n");
    let account = [
        text("PayloadType", "com.apple.mail.managed"),
        text("PayloadIdentifier", &format!("mail.{domain}")),
        text("PayloadUUID", &unique(&format!("mail {domain} {address}"))),
        "<key>PayloadVersion</key><integer>1</integer>\n".to_owned(),
        text("EmailAccountType", "EmailTypeIMAP"),
        text("EmailAddress", &login),
        text("IncomingMailServerAuthentication", "EmailAuthPassword"),
        text("IncomingMailServerHostName", mailbox.as_str()),
        format!("<key>IncomingMailServerPortNumber</key><integer>{MAILBOX_PORT}</integer>\n"),
        "<key>IncomingMailServerUseSSL</key><true/>\n".to_owned(),
        text("IncomingMailServerUsername", &login),
        text("OutgoingMailServerAuthentication", "EmailAuthPassword"),
        text("OutgoingMailServerHostName", site.hostname.as_str()),
        format!("<key>OutgoingMailServerPortNumber</key><integer>{port}</integer>\n"),
        "<key>OutgoingMailServerUseSSL</key><true/>\n".to_owned(),
        text("OutgoingMailServerUsername", &login),
    ];
    let whole = [
        text("PayloadType", "Configuration"),
        text("PayloadIdentifier", domain.as_str()),
        text("PayloadDisplayName", domain.as_str()),
        text("PayloadUUID", &unique(&format!("profile {domain} {address}"))),
        "<key>PayloadVersion</key><integer>1</integer>\n".to_owned(),
    ];
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\
         <key>PayloadContent</key>\n<array>\n<dict>\n{}</dict>\n</array>\n{}</dict>\n</plist>\n",
        account.concat(),
        whole.concat()
    ))
}

/// An identifier that is the same for the same text, so that a profile that is fetched again replaces itself: two
/// hashes (FNV-1a) in the form of RFC 9562 §5.8.
fn unique(text: &str) -> String {
    let hash = |start: u64| {
        text.bytes().fold(start, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3))
    };
    let bits = (u128::from(hash(0xcbf2_9ce4_8422_2325)) << 64) | u128::from(hash(0x9e37_79b9_7f4a_7c15));
    let marked = bits & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{marked:032X}");
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}
