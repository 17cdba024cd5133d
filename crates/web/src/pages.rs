//! Which page answers a request. Pure: a request in, a page out.

use postamt_mail::sts_policy;

use super::clients;
use super::site::Site;

/// A request, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The host, without port, in lower case.
    pub host: &'a str,
    /// The path.
    pub path: &'a str,
    /// What stands behind `?`.
    pub query: &'a str,
    /// The body, if it is text.
    pub body: &'a str,
    /// Whether it came over TLS.
    pub is_encrypted: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// The type of the content.
    pub content_type: &'static str,
    /// The content.
    pub body: String,
    /// Where to go instead.
    pub location: Option<String>,
}

const TEXT: &str = "text/plain; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";
const PROFILE: &str = "application/x-apple-aspen-config; charset=utf-8";

impl Page {
    fn new(content_type: &'static str, body: String) -> Self {
        Self { status: 200, content_type, body, location: None }
    }

    /// A status with its name.
    #[must_use]
    pub fn status(status: u16, name: &str) -> Self {
        Self { status, content_type: TEXT, body: format!("{status} {name}\n"), location: None }
    }
}

/// The answer.
#[must_use]
pub fn answer(site: &Site, asked: Asked<'_>) -> Page {
    let page = match (asked.method, asked.path.to_ascii_lowercase().as_str()) {
        // Outlook writes the path in any case.
        ("POST", "/autodiscover/autodiscover.xml") => autodiscover(site, asked.body),
        ("GET" | "HEAD", path) => get(site, asked, path),
        _ => return Page::status(405, "Method Not Allowed"),
    };
    page.unwrap_or_else(|| Page::status(404, "Not Found"))
}

fn get(site: &Site, asked: Asked<'_>, path: &str) -> Option<Page> {
    // RFC 8555 §8.3: over plain HTTP; tokens are case-sensitive.
    if let Some(token) = asked.path.strip_prefix("/.well-known/acme-challenge/") {
        let answer = site.challenges.answer(token)?;
        return Some(Page::new("application/octet-stream", answer));
    }
    match path {
        "/.well-known/mta-sts.txt" if asked.is_encrypted => {
            // RFC 8461 §3.3: under this name and no other.
            site.domain_of(asked.host.strip_prefix("mta-sts.")?, "")?;
            let policy = sts_policy::policy(site.sts, &[site.hostname.as_str()]);
            Some(Page::new("text/plain", policy))
        }
        "/mail/config-v1.1.xml" | "/.well-known/autoconfig/mail/config-v1.1.xml" => {
            let address = parameter(asked.query, "emailaddress");
            let domain = match &address {
                Some(address) => site.domain_of_address(address)?,
                None => site.domain_of(asked.host, "autoconfig.")?,
            };
            Some(Page::new(XML, clients::autoconfig(site, domain)))
        }
        "/apple.mobileconfig" if asked.is_encrypted => {
            let address = parameter(asked.query, "email")?;
            let domain = site.domain_of_address(&address)?;
            Some(Page::new(PROFILE, clients::profile(site, domain, &address)?))
        }
        _ if !asked.is_encrypted && is_ours(site, asked.host) => {
            let location = format!("https://{}{}", asked.host, asked.path);
            Some(Page { location: Some(location), ..Page::status(301, "Moved Permanently") })
        }
        _ => None,
    }
}

/// Only to names of ours is anybody led.
fn is_ours(site: &Site, host: &str) -> bool {
    let below = |prefix: &&str| site.domain_of(host, prefix).is_some();
    host == site.hostname.as_str() || ["mta-sts.", "autoconfig.", "autodiscover."].iter().any(below)
}

fn autodiscover(site: &Site, body: &str) -> Option<Page> {
    let address = clients::asked_address(body)?;
    site.domain_of_address(address)?;
    Some(Page::new(XML, clients::autodiscover(site, address)))
}

/// A value of a query, its percent signs resolved.
fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&octet, behind)) = rest.split_first() {
        match octet {
            b'%' => {
                let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
                octets.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &behind[2..];
            }
            other => {
                octets.push(other);
                rest = behind;
            }
        }
    }
    String::from_utf8(octets).ok()
}
