//! The DNS providers whose interfaces can be spoken to, and what each of them wants to know of us.
//!
//! Taken in are those that manage whole zones and ask for a few strings. Those for dynamic addresses only, and those
//! that want key files or projects set up, are left out. What an interface cannot set (TLSA at some of them) is said
//! when it is tried.

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name in the configuration.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The names of what must be known, as the file with the credentials has them.
    pub credentials: &'static [&'static str],
    /// What may be known beside it.
    pub optional: &'static [&'static str],
}

const TOKEN: &[&str] = &["token"];
const KEY: &[&str] = &["key"];
const KEY_SECRET: &[&str] = &["key", "secret"];
const USER_KEY: &[&str] = &["user", "key"];
const USER_TOKEN: &[&str] = &["user", "token"];
const USER_PASSWORD: &[&str] = &["user", "password"];

const fn known(id: &'static str, name: &'static str, credentials: &'static [&'static str]) -> Known {
    Known { id, name, credentials, optional: &[] }
}

/// All of them, by id.
pub const KNOWN: &[Known] = &[
    known("arvancloud", "ArvanCloud", TOKEN),
    Known { optional: &["context"], ..known("autodns", "InterNetX AutoDNS", USER_PASSWORD) },
    known("bunny", "bunny.net", KEY),
    known("cloudflare", "Cloudflare", TOKEN),
    known("constellix", "Constellix", KEY_SECRET),
    known("cpanel", "cPanel", &["url", "user", "token"]),
    known("desec", "deSEC", TOKEN),
    known("digitalocean", "DigitalOcean", TOKEN),
    known("dnsimple", "DNSimple", &["token", "account"]),
    known("dnsmadeeasy", "DNS Made Easy", KEY_SECRET),
    known("domeneshop", "Domeneshop", &["token", "secret"]),
    known("dreamhost", "DreamHost", KEY),
    known("dynu", "Dynu", KEY),
    known("easydns", "easyDNS", &["token", "key"]),
    known("exoscale", "Exoscale", KEY_SECRET),
    known("gandi", "Gandi", TOKEN),
    known("gcore", "Gcore", TOKEN),
    known("glesys", "GleSYS", USER_KEY),
    known("godaddy", "GoDaddy", KEY_SECRET),
    known("hetzner", "Hetzner", TOKEN),
    known("hostingde", "hosting.de", KEY),
    known("hostinger", "Hostinger", TOKEN),
    known("infomaniak", "Infomaniak", TOKEN),
    known("inwx", "INWX", USER_PASSWORD),
    known("ionos", "IONOS", KEY),
    known("linode", "Linode", TOKEN),
    known("luadns", "LuaDNS", USER_TOKEN),
    known("mythicbeasts", "Mythic Beasts", USER_PASSWORD),
    known("namedotcom", "Name.com", USER_TOKEN),
    known("namesilo", "NameSilo", KEY),
    known("netcup", "netcup", &["customer", "key", "password"]),
    known("netlify", "Netlify", TOKEN),
    known("ns1", "NS1", KEY),
    Known {
        optional: &["endpoint"],
        ..known("ovh", "OVH", &["application_key", "application_secret", "consumer_key"])
    },
    known("plesk", "Plesk", &["url", "key"]),
    known("porkbun", "Porkbun", KEY_SECRET),
    Known { optional: &["url", "server"], ..known("powerdns", "PowerDNS", KEY) },
    Known { optional: &["zone"], ..known("route53", "Amazon Route 53", KEY_SECRET) },
    known("safedns", "ANS SafeDNS", TOKEN),
    known("scaleway", "Scaleway", TOKEN),
    known("simplycom", "Simply.com", USER_KEY),
    known("spaceship", "Spaceship", KEY_SECRET),
    Known { optional: &["team"], ..known("vercel", "Vercel", TOKEN) },
    known("vultr", "Vultr", KEY),
    known("websupport", "Websupport", KEY_SECRET),
    known("zoneeu", "Zone.eu", USER_KEY),
];

/// The provider of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.id == id)
}
