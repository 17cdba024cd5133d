//! The server's side of the lab: a directory with its configuration, certificate, DKIM keys and one account, and
//! the words that tell how to send into it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use postamt_doctor::blocklists;
use postamt_lab::certificates::CertificateKind;
use postamt_lab::namespace::Namespace;
use postamt_lab::world::{Parameters, SENDER_DOMAIN, World};
use postamt_lab::zones::Zones;
use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, KeyStore, MINIMUM_RSA_BITS, generate};
use postamt_mta::events::{Event, EventSink};
use postamt_mta::passwords::{self, Host, make_account};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::accounts::{Accounts as _, SendAs};
use postamt_store::embedded::SqliteAccounts;
use tokio::sync::mpsc::UnboundedSender;
use zeroize::Zeroizing;

use crate::config::{self, Config, LogFormat, quoted};
use crate::serve::log::{EventLog, Opened};
use crate::terminal::{Exit, Stop, Terminal};

/// The account that the lab's messages are sent with.
pub const LOGIN: &str = "anna@absender.test";
/// How the names of temporary directories begin.
pub const DIRECTORY_PREFIX: &str = "postamt-lab-";

/// Where the rehearsed server keeps its files. A temporary directory goes away with this value.
pub struct Stage {
    directory: PathBuf,
    temporary: bool,
    /// The account's password.
    pub password: Zeroizing<String>,
    terminal: Terminal,
}

/// The beginning of a command that shall run in the lab's network.
#[must_use]
pub fn enter(namespace: &Namespace) -> String {
    let process = std::process::id();
    match namespace.own_user {
        true => format!("nsenter --target {process} --user --net --preserve-credentials"),
        false => format!("nsenter --target {process} --net"),
    }
}

/// What a scenario adds to the configuration.
#[derive(Debug)]
pub struct Further {
    /// Lines of `[pacing]`.
    pub pacing: String,
    /// Sections at the end.
    pub sections: String,
}

impl Further {
    /// Nothing but that the server asks nobody about port 25: the well-known services are not in the lab.
    pub fn quiet() -> Self {
        Self { pacing: String::new(), sections: "\n[port25]\nprobe = false\n".to_owned() }
    }
}

impl Stage {
    /// Makes the directory.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(directory: Option<&Path>, terminal: Terminal) -> Result<Self, Stop> {
        let path = match directory {
            Some(directory) => std::path::absolute(directory).map_err(anyhow::Error::from)?,
            None => std::env::temp_dir().join(format!("{DIRECTORY_PREFIX}{:08x}", rand::random::<u32>())),
        };
        std::fs::create_dir_all(&path)
            .and_then(|()| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)))
            .map_err(|error| {
                let values =
                    [("path", path.display().to_string().into()), ("error", error.to_string().into())];
                terminal.stop("serve-directory", &values)
            })?;
        let password = Zeroizing::new(passwords::generate());
        Ok(Self { directory: path, temporary: directory.is_none(), password, terminal })
    }

    /// The configuration file.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.file("postamt.toml")
    }

    /// A file in its directory.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Writes certificate, keys, account and configuration, publishes the keys, and reads the configuration as
    /// the server does.
    ///
    /// # Errors
    /// A file that cannot be written; anything else is a fault of the lab.
    pub async fn prepare(
        &self,
        world: &World,
        parameters: &Parameters,
        further: &Further,
    ) -> Result<Config, Stop> {
        let kind = CertificateKind::Good;
        let issued = world.authority().issue_pem(parameters.hostname.as_str(), kind);
        let (chain, key) = issued.map_err(anyhow::Error::from)?;
        self.write("certificate.pem", &chain)?;
        self.write("certificate.key", &key)?;
        self.write("lab-root.pem", &world.authority().root_pem())?;
        self.write("postamt.toml", &self.configuration(parameters, further))?;
        let config = config::load(&self.config_path()).map_err(|problems| Stop {
            exit: Exit::Configuration,
            text: problems.text(self.terminal.words),
        })?;
        crate::serve::directories::make(&config, self.terminal)?;
        self.make_keys(&config, world)?;
        publish_blocklists(world.zones())?;
        self.make_account(&config).await?;
        Ok(config)
    }

    /// Writes a file into its directory.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Stop> {
        std::fs::write(self.directory.join(name), text).map_err(|error| anyhow::Error::from(error).into())
    }

    fn configuration(&self, parameters: &Parameters, further: &Further) -> String {
        let path = |name: &str| quoted(&self.directory.join(name).display().to_string());
        let seconds = |duration: std::time::Duration| duration.as_secs().max(1);
        let waits: Vec<String> = parameters.retry.iter().map(|wait| seconds(*wait).to_string()).collect();
        let servers: Vec<String> =
            parameters.dns_servers.iter().map(|server| quoted(&server.to_string())).collect();
        let mut text = format!(
            "# Written by `postamt lab`.\n[server]\nhostname = {}\ndomains = [{}]\nstate_directory = {}\n\
             runtime_directory = {}\nlanguage = \"{}\"\n\n[tls]\ncertificate = {}\nkey = {}\n\n\
             [dns]\nservers = [{}]\n\n[outgoing]\nport = {}\nconnect_timeout_secs = {}\n\n\
             [pacing]\nfirst_pause_secs = 1\n{}\n\
             [retry]\nwaits_secs = [{}]\nlifetime_secs = {}\ndelay_notice_secs = 0\n",
            quoted(parameters.hostname.as_str()),
            quoted(parameters.domain.as_str()),
            path("state"),
            path("run"),
            self.terminal.words.language(),
            path("certificate.pem"),
            path("certificate.key"),
            servers.join(", "),
            parameters.remote_port,
            seconds(parameters.connect_timeout),
            further.pacing,
            waits.join(", "),
            seconds(parameters.lifetime),
        );
        let listeners = [
            ("exchange", parameters.exchange),
            ("submission", parameters.submission),
            ("submissions", parameters.submissions),
        ];
        for (purpose, address) in listeners {
            text.push_str(&format!("\n[[listener]]\naddress = \"{address}\"\npurpose = \"{purpose}\"\n"));
        }
        for source in &parameters.source_addresses {
            text.push_str(&format!("\n[[source]]\naddress = \"{source}\"\n"));
        }
        text.push_str(&further.sections);
        text
    }

    fn make_keys(&self, config: &Config, world: &World) -> Result<(), Stop> {
        let store = KeyStore::open(config.dkim_directory()).map_err(anyhow::Error::from)?;
        let domain = Domain::new(SENDER_DOMAIN).map_err(anyhow::Error::from)?;
        // A directory that was kept has its keys already.
        if store.keys_for(&domain).is_empty() {
            for algorithm in Algorithm::ALL {
                let pem = generate(algorithm, MINIMUM_RSA_BITS).map_err(anyhow::Error::from)?;
                let selector = format!("lab-{}", algorithm.name());
                store.create(domain.clone(), &selector, &pem).map_err(anyhow::Error::from)?;
            }
        }
        for stored in store.list() {
            world.publish_dkim(stored.key.selector(), &stored.key.public_record());
        }
        Ok(())
    }

    async fn make_account(&self, config: &Config) -> Result<(), Stop> {
        let accounts = SqliteAccounts::open(config.accounts_file()).map_err(anyhow::Error::from)?;
        let send_as = vec![SendAs::Domain(SENDER_DOMAIN.to_owned())];
        let now = SystemClock.unix_seconds();
        let account = make_account(LOGIN, &self.password, send_as, now, Host::this().cost())
            .map_err(anyhow::Error::from)?;
        let known = accounts.find(LOGIN).await.map_err(anyhow::Error::from)?.is_some();
        let stored = if known { accounts.update(account).await } else { accounts.add(account).await };
        stored.map_err(|error| anyhow::Error::from(error).into())
    }

    /// The log beside the view: the directory keeps it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn log(&self) -> Result<EventLog, Stop> {
        let path = self.directory.join("events.log");
        let opened = Opened::new(LogFormat::Text, Some(&path)).and_then(Opened::start);
        opened.map_err(|error| anyhow::Error::from(error).into())
    }

    /// Says how to send into the lab from other terminals.
    pub fn explain(&self, namespace: &Namespace, terminal: Terminal) {
        let config = self.config_path().display().to_string();
        let program = std::env::current_exe()
            .map_or_else(|_| "postamt".to_owned(), |program| program.display().to_string());
        let enter = enter(namespace);
        terminal.say("lab-how", &[]);
        terminal.print(&format!(
            "  {program} --config {config} send --from {LOGIN} --to post@grau.test --subject Test --body Hallo"
        ));
        terminal.print(&format!(
            "  printf 'Subject: Test\\n\\nHallo\\n' | {program} --config {config} sendmail -f {LOGIN} empfang@streng.test"
        ));
        terminal.print(&format!(
            "  {enter} swaks --server 192.0.2.25:587 --tls --auth-user {LOGIN} --auth-password {} \
             --from {LOGIN} --to empfang@streng.test",
            self.password.as_str(),
        ));
        terminal.print(&format!("  {program} --config {config} queue list"));
        terminal.print(&format!("  {program} --config {config} queue find --recipient grau.test"));
        terminal.say("lab-stop", &[]);
    }
}

/// The lists that the doctor asks are there, and hold nobody.
fn publish_blocklists(zones: &Zones) -> Result<(), Stop> {
    for list in blocklists::embedded().map_err(anyhow::Error::from)? {
        let Some(zone) = &list.zone else { continue };
        let point = list.test_listed.as_deref().map(|point| list.test_label(point));
        let code = list.codes.keys().next().copied();
        zones.add_blocklist(zone.as_str(), point.as_deref().zip(code));
    }
    Ok(())
}

impl Drop for Stage {
    fn drop(&mut self) {
        if self.temporary {
            // Nothing depends on it any more; the system clears the rest of a temporary directory.
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

/// Events go to the log, as in production, and to the view.
pub struct Sink {
    log: EventLog,
    view: UnboundedSender<Event>,
}

impl Sink {
    /// For a log and a view.
    #[must_use]
    pub fn new(log: EventLog, view: UnboundedSender<Event>) -> Self {
        Self { log, view }
    }
}

impl EventSink for Sink {
    fn event(&self, event: Event) {
        self.log.event(event.clone());
        // The view may have ended before the server has.
        let _ = self.view.send(event);
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.log.close();
    }
}
