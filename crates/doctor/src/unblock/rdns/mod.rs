//! The request for a PTR record: DNS in, advice and letter out.
//!
//! ```text
//! look (DNS) ─▶ Pointer per address ─▶ Advice (nothing, the forward record first, a panel, ask, not offered)
//!                                  └─▶ compose ─▶ Letter, rendered like the one about port 25
//! ```
//!
//! A PTR record that leads to a name which does not lead back is refused by many providers, and by receivers: the letter
//! asks only for addresses whose forward record was seen. What was not seen is in the letter's `left_out`, with the record to
//! publish.

mod compose;
mod look;
#[cfg(test)]
mod tests;

use postamt_mail::words::{Value, Words};
use serde::Serialize;

use super::base::{Provider, SetBy};
use super::letter::Sender;

pub use compose::compose;
pub use look::{Pointer, Seen, Standing, look};

/// Everything that the letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Who is asked; `None`: not known.
    pub provider: Option<&'a Provider>,
    /// Who asks.
    pub sender: &'a Sender,
    /// The addresses.
    pub pointers: &'a [Pointer],
    /// Ask for those as well whose name does not lead back.
    pub anyway: bool,
}

impl Wish<'_> {
    /// The addresses that the letter asks for.
    pub fn asked(&self) -> impl Iterator<Item = &Pointer> {
        let is_asked = |it: &&Pointer| match it.standing() {
            Standing::ToBeSet => true,
            Standing::Confirmed => false,
            Standing::ForwardFirst | Standing::NotKnown => self.anyway,
        };
        self.pointers.iter().filter(is_asked)
    }
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Every record is as it should be.
    Nothing,
    /// There is no address that others see.
    NoAddress,
    /// Publish the forward record first.
    ForwardFirst,
    /// DNS gave no answer.
    NotKnown,
    /// Set it in the panel.
    Panel,
    /// Ask.
    Ask,
    /// This provider sets none.
    NotOffered,
}

impl Advice {
    /// Weighs it.
    #[must_use]
    pub fn new(provider: Option<&Provider>, pointers: &[Pointer]) -> Self {
        let any = |standing| pointers.iter().any(|pointer| pointer.standing() == standing);
        let by = provider.and_then(|provider| provider.reverse_dns.as_ref()).and_then(|it| it.by);
        match by {
            _ if pointers.is_empty() => Self::NoAddress,
            Some(SetBy::Never) if any(Standing::ToBeSet) => Self::NotOffered,
            Some(SetBy::Panel) if any(Standing::ToBeSet) => Self::Panel,
            _ if any(Standing::ToBeSet) => Self::Ask,
            _ if any(Standing::ForwardFirst) => Self::ForwardFirst,
            _ if any(Standing::NotKnown) => Self::NotKnown,
            _ => Self::Nothing,
        }
    }

    /// A letter is of use.
    #[must_use]
    pub const fn is_to_ask(self) -> bool {
        matches!(self, Self::Ask)
    }

    /// In words, with where this provider sets it.
    #[must_use]
    pub fn text(self, provider: Option<&Provider>, words: &Words) -> String {
        let id = match self {
            Self::Nothing => "rdns-advice-nothing",
            Self::NoAddress => "rdns-advice-no-address",
            Self::ForwardFirst => "rdns-advice-forward-first",
            Self::NotKnown => "rdns-advice-not-known",
            Self::Panel => "rdns-advice-panel",
            Self::Ask if provider.is_none() => "rdns-advice-ask-in-general",
            Self::Ask => "rdns-advice-ask",
            Self::NotOffered => "rdns-advice-not-offered",
        };
        let name = provider.map(|it| it.name.clone()).unwrap_or_default();
        let mut lines = vec![words.get(id, &[("name", name.into())])];
        let reverse = provider.and_then(|provider| provider.reverse_dns.as_ref());
        if let Some(reverse) = reverse.filter(|_| matches!(self, Self::Panel | Self::Ask | Self::NotOffered))
        {
            let place = reverse.place.get(words.language());
            let at = reverse.url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
            lines.push(words.get("provider-reverse-dns", &[("place", format!("{place}{at}").into())]));
        }
        lines.join(" ")
    }
}

/// How every address stands, a block each, with the records to set.
#[must_use]
pub fn state(pointers: &[Pointer], words: &Words) -> String {
    pointers.iter().map(|pointer| state_of(pointer, words)).collect::<Vec<_>>().join("\n")
}

fn state_of(pointer: &Pointer, words: &Words) -> String {
    let values = || {
        let names = match &pointer.names {
            Seen::Found(names) => names.join(", "),
            Seen::Failed(error) => error.clone(),
        };
        let error = match &pointer.forward {
            Seen::Failed(error) => error.clone(),
            Seen::Found(_) => String::new(),
        };
        [
            ("address", Value::from(pointer.address.to_string())),
            ("wanted", (&pointer.wanted).into()),
            ("names", names.into()),
            ("error", error.into()),
        ]
    };
    let now = match &pointer.names {
        Seen::Failed(_) => "rdns-state-not-asked",
        Seen::Found(names) if names.is_empty() => "rdns-state-none",
        Seen::Found(_) => "rdns-state-names",
    };
    let mut lines = vec![format!("  {}", words.get(now, &values()))];
    let (id, record) = match (pointer.standing(), &pointer.forward) {
        (Standing::Confirmed, _) => ("rdns-state-confirmed", None),
        (_, Seen::Failed(_)) => ("rdns-state-forward-not-asked", None),
        (Standing::ForwardFirst, _) => ("rdns-state-forward-first", Some(pointer.forward_record())),
        _ => ("rdns-state-to-be-set", Some(pointer.pointer_record())),
    };
    lines.push(format!("    {}", words.get(id, &values())));
    lines.extend(record.map(|record| format!("      {record}")));
    lines.join("\n")
}
