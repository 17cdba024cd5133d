//! Clues to the provider: plain values, so that a test can write them down, and a report can show them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Everything that was found out about a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clues {
    /// What the machine itself shows.
    pub machine: MachineClues,
    /// What is said of each of its public addresses.
    pub addresses: Vec<AddressClues>,
}

/// What the machine itself shows: no network is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineClues {
    /// Strings of the firmware, as far as they may be read.
    pub dmi: BTreeMap<DmiField, String>,
    /// What cloud-init calls the cloud.
    pub cloud_init: Option<String>,
    /// Files that a provider leaves, without the root.
    pub files: Vec<String>,
    /// Variables of the environment that a platform sets; their names only.
    pub environment: Vec<String>,
}

/// A file of `/sys/class/dmi/id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DmiField {
    /// The maker.
    SysVendor,
    /// The product.
    ProductName,
    /// The serial number; only root may read it.
    ProductSerial,
    /// The machine's UUID; only root may read it.
    ProductUuid,
    /// The label of the chassis.
    ChassisAssetTag,
}

impl DmiField {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::SysVendor, Self::ProductName, Self::ProductSerial, Self::ProductUuid, Self::ChassisAssetTag];

    /// The file's name.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::SysVendor => "sys_vendor",
            Self::ProductName => "product_name",
            Self::ProductSerial => "product_serial",
            Self::ProductUuid => "product_uuid",
            Self::ChassisAssetTag => "chassis_asset_tag",
        }
    }
}

/// What is said of a public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressClues {
    /// Which.
    pub address: IpAddr,
    /// Who announces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Whom the registry names, by RDAP or else WHOIS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Pointer>,
}

impl AddressClues {
    /// An address of which nothing is known.
    #[must_use]
    pub const fn new(address: IpAddr) -> Self {
        Self { address, origin: None, network: None, pointer: None }
    }
}

/// The network that announces an address to the Internet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// Autonomous systems, mostly one.
    pub asns: Vec<u32>,
    /// The prefix that is announced.
    pub prefix: String,
    /// What the first of them is called: its handle, and perhaps its organisation.
    pub name: Option<String>,
}

/// A network as the registry knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Its name, as `CLOUD-FSN1`.
    pub name: Option<String>,
    /// Organisations that hold or run it.
    pub organisations: Vec<String>,
    /// The country, two letters.
    pub country: Option<String>,
    /// Where abuse is reported.
    pub abuse: Option<String>,
}

impl Network {
    /// Nothing was said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.organisations.is_empty()
    }
}

/// The name of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    /// The PTR name.
    pub name: String,
    /// It leads back to the address: otherwise anybody's name could stand there.
    pub is_confirmed: bool,
}
