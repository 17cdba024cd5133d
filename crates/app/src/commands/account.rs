//! `postamt account …`: works on the account file itself, whether the server runs or not.

use postamt_mail::address::{Address, Domain};
use postamt_mta::passwords::{Host, make_account};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::accounts::{Account, AccountError, Accounts, SendAs};
use postamt_store::embedded::SqliteAccounts;
use serde::Serialize;

use super::{account_conduct, password, wait};
use crate::cli::{self, PasswordFrom};
use crate::config::Config;
use crate::terminal::{Stop, Terminal};
use crate::{privileges, times};

/// Does what is asked.
///
/// # Errors
/// With a sentence that names the account.
pub fn run(command: cli::Account, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let desk = Desk::open(config, terminal)?;
    match command {
        cli::Account::Add { name, send_as, password } => desk.add(&name, &send_as, password),
        cli::Account::List => desk.list(),
        cli::Account::Show { name } => account_conduct::show(&desk, &name),
        cli::Account::Limits { name, limits } => account_conduct::set_limits(&desk, &name, limits),
        cli::Account::Release { name } => account_conduct::let_go(&desk, &name, true),
        cli::Account::Unfreeze { name } => account_conduct::let_go(&desk, &name, false),
        cli::Account::Passwd { name, password } => desk.set_password(&name, password),
        cli::Account::Disable { name } => desk.enable(&name, false),
        cli::Account::Enable { name } => desk.enable(&name, true),
        cli::Account::Remove { name } => desk.remove(&name),
        cli::Account::AppPassword { command } => desk.app_password(command),
    }
}

/// Makes an account that sends as its own name, and tells nobody but the caller.
///
/// # Errors
/// There is one of this name, or its password or the account file is no good.
pub fn make(
    name: &str,
    from: PasswordFrom,
    config: &Config,
    terminal: Terminal,
) -> Result<password::NewPassword, Stop> {
    Desk::open(config, terminal)?.create(name, &[], from).map(|(_, new)| new)
}

/// The accounts, and what a command needs beside them.
pub(super) struct Desk<'a> {
    pub(super) accounts: SqliteAccounts,
    pub(super) config: &'a Config,
    pub(super) terminal: Terminal,
}

/// An account as `--json` shows it: no hashes.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    send_as: &'a [SendAs],
    enabled: bool,
    created_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

impl<'a> Desk<'a> {
    fn open(config: &'a Config, terminal: Terminal) -> Result<Self, Stop> {
        // What root makes here must belong to the server's user.
        privileges::act_for(config, terminal)?;
        let accounts = SqliteAccounts::open(config.accounts_file())
            .map_err(|error| terminal.stop("account-store", &[("error", error.to_string().into())]))?;
        Ok(Self { accounts, config, terminal })
    }

    fn add(&self, name: &str, send_as: &[String], from: PasswordFrom) -> Result<(), Stop> {
        let (account, new) = self.create(name, send_as, from)?;
        self.made("account-added", &account, &new)?;
        if account.send_as.contains(&SendAs::Any) {
            self.terminal.note("account-any", &[("name", (&account.name).into())]);
        }
        Ok(())
    }

    fn create(
        &self,
        name: &str,
        send_as: &[String],
        from: PasswordFrom,
    ) -> Result<(Account, password::NewPassword), Stop> {
        let name = name.to_lowercase();
        let send_as = self.identities(&name, send_as)?;
        // Asked before the password is: nobody types one in vain.
        if wait(self.accounts.find(&name))?.map_err(|error| self.failed(&name, &error))?.is_some() {
            return Err(self.failed(&name, &AccountError::Exists));
        }
        let new = password::new(from, &name, self.config, self.terminal)?;
        let account = make_account(&name, &new.text, send_as, self.now(), Host::this().cost())
            .map_err(|error| password::unusable(&error, self.terminal))?;
        wait(self.accounts.add(account.clone()))?.map_err(|error| self.failed(&name, &error))?;
        Ok((account, new))
    }

    /// As whom it may send: its own name when nothing is said. What is not ours is a mistake or needs `any`.
    fn identities(&self, name: &str, send_as: &[String]) -> Result<Vec<SendAs>, Stop> {
        let own_name = [name.to_owned()];
        let texts = if send_as.is_empty() { &own_name } else { send_as };
        texts.iter().map(|text| self.identity(text, name)).collect()
    }

    pub(super) fn identity(&self, text: &str, name: &str) -> Result<SendAs, Stop> {
        if text == "any" {
            return Ok(SendAs::Any);
        }
        let ours = |domain: &Domain| {
            self.config.server.domains.contains(domain) || self.config.server.hostname == *domain
        };
        let (identity, domain) = match Address::new(text) {
            Ok(address) => (SendAs::Address(address.to_string()), address.domain().cloned()),
            Err(_) if text.contains('@') || text == name => {
                return Err(self.terminal.stop("account-needs-send-as", &[("name", text.into())]));
            }
            Err(_) => {
                let domain = Domain::new(text).ok();
                (SendAs::Domain(domain.as_ref().map_or_else(|| text.to_owned(), ToString::to_string)), domain)
            }
        };
        match domain {
            Some(domain) if ours(&domain) => Ok(identity),
            _ => Err(self.terminal.stop("account-not-our-domain", &[("text", text.into())])),
        }
    }

    fn set_password(&self, name: &str, from: PasswordFrom) -> Result<(), Stop> {
        let old = self.find(name)?;
        let new = password::new(from, &old.name, self.config, self.terminal)?;
        let cost = Host::this().cost();
        let mut account = make_account(&old.name, &new.text, old.send_as, old.created_at, cost)
            .map_err(|error| password::unusable(&error, self.terminal))?;
        account.enabled = old.enabled;
        account.limits = old.limits;
        self.update(&account)?;
        self.made("account-password-set", &account, &new)
    }

    fn enable(&self, name: &str, enabled: bool) -> Result<(), Stop> {
        let account = Account { enabled, ..self.find(name)? };
        self.update(&account)?;
        self.done(if enabled { "account-enabled" } else { "account-disabled" }, &account)
    }

    fn remove(&self, name: &str) -> Result<(), Stop> {
        let account = self.find(name)?;
        wait(self.accounts.remove(&account.name))?.map_err(|error| self.failed(name, &error))?;
        self.done("account-removed", &account)
    }

    fn list(&self) -> Result<(), Stop> {
        let accounts = wait(self.accounts.list())?.map_err(|error| self.failed("", &error))?;
        if self.terminal.json {
            return self
                .terminal
                .data(&accounts.iter().map(|account| shown(account, None)).collect::<Vec<_>>());
        }
        if accounts.is_empty() {
            self.terminal.say("account-none", &[]);
        }
        for account in &accounts {
            account_line(account, self.terminal);
        }
        Ok(())
    }

    pub(super) fn now(&self) -> u64 {
        SystemClock.unix_seconds()
    }

    pub(super) fn find(&self, name: &str) -> Result<Account, Stop> {
        let found = wait(self.accounts.find(name))?.map_err(|error| self.failed(name, &error))?;
        found.ok_or_else(|| self.failed(name, &AccountError::Unknown))
    }

    pub(super) fn update(&self, account: &Account) -> Result<(), Stop> {
        wait(self.accounts.update(account.clone()))?.map_err(|error| self.failed(&account.name, &error))
    }

    pub(super) fn failed(&self, name: &str, error: &AccountError) -> Stop {
        match error {
            AccountError::Exists => self.terminal.stop("account-exists", &[("name", name.into())]),
            AccountError::Unknown => self.terminal.stop("account-unknown", &[("name", name.into())]),
            AccountError::DeviceExists | AccountError::DeviceUnknown | AccountError::Database(_) => {
                self.terminal.stop("account-store", &[("error", error.to_string().into())])
            }
        }
    }

    /// Says that it is done, and shows a password that nobody knows yet. It is the only line on stdout then.
    fn made(&self, id: &str, account: &Account, new: &password::NewPassword) -> Result<(), Stop> {
        let password = new.generated.then_some(new.text.as_str());
        if self.terminal.json {
            return self.terminal.data(&shown(account, password));
        }
        self.terminal.note(id, &[("name", (&account.name).into())]);
        if let Some(password) = password {
            self.terminal.print(password);
        }
        Ok(())
    }

    fn done(&self, id: &str, account: &Account) -> Result<(), Stop> {
        if self.terminal.json {
            return self.terminal.data(&shown(account, None));
        }
        self.terminal.say(id, &[("name", (&account.name).into())]);
        Ok(())
    }
}

/// One line about an account.
pub(super) fn account_line(account: &Account, terminal: Terminal) {
    let state = if account.enabled { "account-state-enabled" } else { "account-state-disabled" };
    let values = [
        ("name", (&account.name).into()),
        ("state", terminal.sentence(state, &[]).into()),
        ("send_as", rights_text(&account.send_as, terminal).into()),
        ("created", times::date_and_time(account.created_at).into()),
    ];
    terminal.say("account-line", &values);
}

fn shown<'a>(account: &'a Account, password: Option<&'a str>) -> Shown<'a> {
    Shown {
        name: &account.name,
        send_as: &account.send_as,
        enabled: account.enabled,
        created_at: account.created_at,
        password,
    }
}

/// As whom, in words.
pub(super) fn rights_text(rights: &[SendAs], terminal: Terminal) -> String {
    let text = |identity: &SendAs| match identity {
        SendAs::Address(address) => address.clone(),
        SendAs::Domain(domain) => format!("*@{domain}"),
        SendAs::Any => terminal.sentence("account-anything", &[]),
    };
    rights.iter().map(text).collect::<Vec<_>>().join(", ")
}
