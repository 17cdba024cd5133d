//! What is written from the sections' descriptions: the annotated example, the reference page, and the settings
//! that are in force.

use std::fmt::Write as _;

use super::section::{Description, Presence, Section, Setting};
use super::{
    AccountLimits, Accounts, ClamAv, Config, ContentRules, Dkim, Dns, Guard, History, Limits, Listener,
    LocalDomain, Log, Milter, Notices, Outgoing, Pacing, Port25, Postmaster, Relay, Retry, Route, Rspamd,
    Sendmail, Server, Source, Tls, Web,
};

/// All sections, in the order of the example.
pub const DESCRIPTIONS: [Description; 28] = [
    Server::DESCRIPTION,
    Listener::DESCRIPTION,
    Tls::DESCRIPTION,
    Web::DESCRIPTION,
    Limits::DESCRIPTION,
    AccountLimits::DESCRIPTION,
    Accounts::DESCRIPTION,
    Guard::DESCRIPTION,
    ContentRules::DESCRIPTION,
    Milter::DESCRIPTION,
    ClamAv::DESCRIPTION,
    Rspamd::DESCRIPTION,
    Sendmail::DESCRIPTION,
    LocalDomain::DESCRIPTION,
    Postmaster::DESCRIPTION,
    Relay::DESCRIPTION,
    Route::DESCRIPTION,
    Outgoing::DESCRIPTION,
    Source::DESCRIPTION,
    Pacing::DESCRIPTION,
    Retry::DESCRIPTION,
    Notices::DESCRIPTION,
    Dkim::DESCRIPTION,
    Dns::DESCRIPTION,
    Port25::DESCRIPTION,
    super::fields::Updates::DESCRIPTION,
    Log::DESCRIPTION,
    History::DESCRIPTION,
];

/// The annotated example: it can be used as it is once hostname and domains are changed, because everything else
/// stands behind `#` with its default.
#[must_use]
pub fn example() -> String {
    written(&Chosen::default())
}

/// What a configuration says beside the defaults; values are TOML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Section, key and value.
    pub fields: Vec<(&'static str, &'static str, String)>,
    /// Sections that may stand several times, with their keys and values.
    pub blocks: Vec<(&'static str, Vec<(&'static str, String)>)>,
}

impl Chosen {
    /// Sets a field.
    pub fn set(&mut self, section: &'static str, key: &'static str, value: impl Setting) {
        self.fields.extend(value.write().map(|value| (section, key, value)));
    }

    fn value(&self, section: &str, key: &str) -> Option<&str> {
        let chosen = self.fields.iter().find(|(name, field, _)| *name == section && *field == key);
        chosen.map(|(.., value)| value.as_str())
    }

    fn has(&self, section: &str) -> bool {
        self.fields.iter().any(|(name, ..)| *name == section)
    }
}

/// The annotated example with choices made.
#[must_use]
pub fn written(chosen: &Chosen) -> String {
    let mut text = String::from(
        "# Configuration of Postamt. Only hostname and domains must be set; what stands behind a # is\n\
         # the default, or an example where there is none. Check it with `postamt config check`.\n",
    );
    for description in DESCRIPTIONS {
        text.push('\n');
        described(&mut text, &description, chosen);
        for (_, fields) in chosen.blocks.iter().filter(|(name, _)| *name == description.name) {
            line(&mut text, &format!("\n[[{}]]", description.name));
            fields.iter().for_each(|(key, value)| line(&mut text, &format!("{key} = {value}")));
        }
    }
    text
}

fn described(text: &mut String, description: &Description, chosen: &Chosen) {
    comment(text, description.doc);
    let is_required = |presence| matches!(presence, Presence::Required(_));
    let required =
        !description.repeated && description.fields.iter().any(|field| is_required(field.presence));
    let mark = if required || chosen.has(description.name) { "" } else { "# " };
    let (open, close) = if description.repeated { ("[[", "]]") } else { ("[", "]") };
    line(text, &format!("{mark}{open}{}{close}", description.name));
    for field in description.fields {
        comment(text, field.doc);
        let value = chosen.value(description.name, field.name);
        let mark = if value.is_some() || (required && is_required(field.presence)) { "" } else { "# " };
        line(text, &format!("{mark}{} = {}", field.name, value.unwrap_or(field.presence.text())));
    }
}

fn comment(text: &mut String, doc: &[&str]) {
    for part in doc {
        line(text, &format!("#{part}"));
    }
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}

/// The reference page in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration reference\n\nWritten by `postamt config example --reference`; \
         the same texts are the comments of `postamt config example`.\n",
    );
    for description in DESCRIPTIONS {
        let (open, close) = if description.repeated { ("[[", "]]") } else { ("[", "]") };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## `{open}{}{close}`\n\n{}\n\n", description.name, joined(description.doc));
        text.push_str("| key | value | meaning |\n| --- | --- | --- |\n");
        for field in description.fields {
            let value = match field.presence {
                Presence::Required(example) => format!("required, e.g. `{example}`"),
                Presence::Default(value) => format!("default `{value}`"),
                Presence::Optional(example) => format!("optional, e.g. `{example}`"),
            };
            let _ = writeln!(text, "| `{}` | {value} | {} |", field.name, joined(field.doc));
        }
    }
    text
}

fn joined(doc: &[&str]) -> String {
    doc.iter().map(|part| part.trim()).collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The settings in force, defaults included, as TOML.
#[must_use]
pub fn effective(config: &Config) -> String {
    let mut text = String::new();
    section(&mut text, &config.server);
    config.listeners.iter().for_each(|listener| section(&mut text, listener));
    section(&mut text, &config.tls);
    section(&mut text, &config.web);
    section(&mut text, &config.limits);
    section(&mut text, &config.account_limits);
    section(&mut text, &config.accounts);
    section(&mut text, &config.guard);
    section(&mut text, &config.content_rules);
    config.milters.iter().for_each(|milter| section(&mut text, milter));
    section(&mut text, &config.clamav);
    section(&mut text, &config.rspamd);
    section(&mut text, &config.sendmail);
    config.local_domains.iter().for_each(|local| section(&mut text, local));
    section(&mut text, &config.postmaster);
    config.relays.iter().for_each(|(_, relay)| section(&mut text, relay));
    config.routes.iter().for_each(|route| section(&mut text, route));
    section(&mut text, &config.outgoing);
    config.sources.iter().for_each(|source| section(&mut text, source));
    section(&mut text, &config.pacing);
    section(&mut text, &config.retry);
    section(&mut text, &config.notices);
    section(&mut text, &config.dkim);
    section(&mut text, &config.dns);
    section(&mut text, &config.port25);
    section(&mut text, &config.updates);
    section(&mut text, &config.log);
    section(&mut text, &config.history);
    text
}

fn section<S: Section>(text: &mut String, section: &S) {
    let values = section.values();
    if values.iter().all(|(_, value)| value.is_none()) {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let (open, close) = if S::DESCRIPTION.repeated { ("[[", "]]") } else { ("[", "]") };
    line(text, &format!("{open}{}{close}", S::DESCRIPTION.name));
    for (name, value) in values {
        if let Some(value) = value {
            line(text, &format!("{name} = {value}"));
        }
    }
}
