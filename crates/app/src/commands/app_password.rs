//! `postamt account app-password …`: a password for one device, which may less than the account. Works on the account
//! file as the other commands of accounts do.

use std::net::IpAddr;

use ipnet::IpNet;
use postamt_mta::passwords::{Host, devices, generate};
use postamt_store::accounts::{Account, AccountError, Accounts as _, AppPassword, SendAs};
use serde::Serialize;
use zeroize::Zeroizing;

use super::account::{Desk, rights_text};
use super::{password, wait};
use crate::cli;
use crate::terminal::Stop;
use crate::times;

/// An app password as `--json` shows it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    account: &'a str,
    device: &'a str,
    /// The user name for SCRAM; PLAIN and LOGIN take the account's as well.
    login: String,
    send_as: &'a [SendAs],
    networks: &'a [IpNet],
    until: Option<u64>,
    created_at: u64,
    last_used_at: Option<u64>,
    last_used_from: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

fn shown<'a>(device: &'a AppPassword, password: Option<&'a str>) -> Shown<'a> {
    Shown {
        account: &device.account,
        device: &device.name,
        login: login(device),
        send_as: &device.send_as,
        networks: &device.networks,
        until: device.until,
        created_at: device.created_at,
        last_used_at: device.last_use.map(|last| last.at),
        last_used_from: device.last_use.and_then(|last| last.from),
        password,
    }
}

fn login(device: &AppPassword) -> String {
    format!("{}/{}", device.account, device.name)
}

impl Desk<'_> {
    /// Does what is asked.
    ///
    /// # Errors
    /// With a sentence that names account and device.
    pub(super) fn app_password(&self, command: cli::AppPassword) -> Result<(), Stop> {
        match command {
            cli::AppPassword::Add(wanted) => self.add_app_password(&wanted),
            cli::AppPassword::List { account } => self.list_app_passwords(&account),
            cli::AppPassword::Remove { account, device } => self.remove_app_password(&account, &device),
        }
    }

    fn add_app_password(&self, wanted: &cli::AppPasswordAdd) -> Result<(), Stop> {
        let account = self.find(&wanted.account)?;
        let name = wanted.device.to_lowercase();
        if !devices::is_name(&name) {
            return Err(self.terminal.stop("account-device-name", &[("device", (&wanted.device).into())]));
        }
        let send_as = self.part_of_rights(&account, &wanted.send_as)?;
        let until = wanted.until.map(|day| self.end_of(day)).transpose()?;
        let text = Zeroizing::new(generate());
        let device = devices::make(&account.name, &name, &text, self.now(), Host::this().cost())
            .map_err(|error| password::unusable(&error, self.terminal))?;
        let device = AppPassword { send_as, networks: wanted.from.clone(), until, ..device };
        wait(self.accounts.add_app_password(device.clone()))?
            .map_err(|error| self.device_failed(&account.name, &name, &error))?;
        if self.terminal.json {
            return self.terminal.data(&shown(&device, Some(&text)));
        }
        let (login, may) = (login(&device), self.scope(&device));
        let values = [
            ("name", (&account.name).into()),
            ("device", name.into()),
            ("login", login.into()),
            ("may", may.into()),
        ];
        self.terminal.note("account-device-added", &values);
        self.terminal.print(&text);
        Ok(())
    }

    /// What a device may send as must be its account's to give.
    fn part_of_rights(&self, account: &Account, texts: &[String]) -> Result<Vec<SendAs>, Stop> {
        let mut rights = Vec::with_capacity(texts.len());
        for text in texts {
            let right = self.identity(text, &account.name)?;
            if !account.send_as.iter().any(|own| includes(own, &right)) {
                let values = [("name", (&account.name).into()), ("text", text.into())];
                return Err(self.terminal.stop("account-device-more", &values));
            }
            rights.push(right);
        }
        Ok(rights)
    }

    fn end_of(&self, day: jiff::civil::Date) -> Result<u64, Stop> {
        let end = times::end_of_day(day).filter(|end| *end > self.now());
        end.ok_or_else(|| self.terminal.stop("account-device-past", &[("date", day.to_string().into())]))
    }

    fn list_app_passwords(&self, account: &str) -> Result<(), Stop> {
        let account = self.find(account)?;
        let devices = wait(self.accounts.app_passwords(&account.name))?
            .map_err(|error| self.device_failed(&account.name, "", &error))?;
        if self.terminal.json {
            let all: Vec<Shown<'_>> = devices.iter().map(|device| shown(device, None)).collect();
            return self.terminal.data(&all);
        }
        if devices.is_empty() {
            self.terminal.say("account-device-none", &[("name", (&account.name).into())]);
        }
        for device in &devices {
            let values = [
                ("device", (&device.name).into()),
                ("may", self.scope(device).into()),
                ("created", times::date_and_time(device.created_at).into()),
                ("used", self.last_use(device).into()),
            ];
            self.terminal.say("account-device-line", &values);
        }
        Ok(())
    }

    fn last_use(&self, device: &AppPassword) -> String {
        match device.last_use {
            None => self.terminal.sentence("account-device-unused", &[]),
            Some(last) => {
                let from = last.from.map_or_else(
                    || self.terminal.sentence("account-device-here", &[]),
                    |address| address.to_string(),
                );
                let values = [("when", times::date_and_time(last.at).into()), ("from", from.into())];
                self.terminal.sentence("account-device-used", &values)
            }
        }
    }

    /// "sends as …; only from …; until …".
    fn scope(&self, device: &AppPassword) -> String {
        let mut parts = Vec::with_capacity(3);
        let rights = rights_text(&device.send_as, self.terminal);
        parts.push(match device.send_as.is_empty() {
            true => self.terminal.sentence("account-device-all", &[]),
            false => self.terminal.sentence("account-device-sends", &[("send_as", rights.into())]),
        });
        if !device.networks.is_empty() {
            let networks = device.networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            parts.push(self.terminal.sentence("account-device-from", &[("networks", networks.into())]));
        }
        if let Some(until) = device.until {
            let is_over = until <= self.now();
            let id = if is_over { "account-device-over" } else { "account-device-until" };
            parts.push(self.terminal.sentence(id, &[("until", times::date_and_time(until).into())]));
        }
        parts.join("; ")
    }

    fn remove_app_password(&self, account: &str, device: &str) -> Result<(), Stop> {
        let account = self.find(account)?;
        let (name, device) = (&account.name, device.to_lowercase());
        wait(self.accounts.remove_app_password(name, &device))?
            .map_err(|error| self.device_failed(name, &device, &error))?;
        if self.terminal.json {
            return self.terminal.data(&serde_json::json!({ "account": name, "device": device }));
        }
        self.terminal.say("account-device-removed", &[("name", name.into()), ("device", device.into())]);
        Ok(())
    }

    fn device_failed(&self, name: &str, device: &str, error: &AccountError) -> Stop {
        let id = match error {
            AccountError::DeviceExists => "account-device-exists",
            AccountError::DeviceUnknown => "account-device-unknown",
            _ => return self.failed(name, error),
        };
        self.terminal.stop(id, &[("name", name.into()), ("device", device.into())])
    }
}

fn includes(own: &SendAs, wanted: &SendAs) -> bool {
    match (own, wanted) {
        (SendAs::Any, _) => true,
        (SendAs::Domain(domain), SendAs::Address(address)) => {
            address.rsplit_once('@').is_some_and(|(_, of)| of.eq_ignore_ascii_case(domain))
        }
        (SendAs::Domain(own), SendAs::Domain(wanted)) | (SendAs::Address(own), SendAs::Address(wanted)) => {
            own.eq_ignore_ascii_case(wanted)
        }
        _ => false,
    }
}
