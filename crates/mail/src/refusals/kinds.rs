//! The words in which a refusal is classified: what it is about, whose matter it is, what helps. Each has a sentence in
//! `words/*/refusal.ftl`, under `refusal-kind-…`, `refusal-fault-…` and `refusal-remedy-…` and its name in the data.

use serde::{Deserialize, Serialize};

use crate::dsn::Cause;

macro_rules! named {
    ($(#[$about:meta])* $type:ident { $($(#[$note:meta])* $name:ident => $key:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
        pub enum $type {
            $($(#[$note])* #[serde(rename = $key)] $name,)*
        }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in the data and in the ids of sentences.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

named! {
    /// What a refusal is about.
    Kind {
        /// The address that we send from, as the receiver remembers it.
        Reputation => "reputation",
        /// The address that we send from stands on a blocklist.
        Blocklist => "blocklist",
        /// The address that we send from has no fitting reverse name.
        ReverseName => "reverse-name",
        /// SPF, DKIM, DMARC together.
        Authentication => "authentication",
        /// SPF alone.
        Spf => "spf",
        /// DKIM alone.
        Dkim => "dkim",
        /// The envelope sender, or its domain.
        Sender => "sender",
        /// What the message says.
        Content => "content",
        /// How the message is built.
        Format => "format",
        /// How large it is.
        Size => "size",
        /// How much comes from us.
        Rate => "rate",
        /// The mailbox is not there.
        Recipient => "recipient",
        /// It is full.
        MailboxFull => "mailbox-full",
        /// It takes no mail.
        MailboxClosed => "mailbox-closed",
        /// The server does not serve the recipient's domain, or wants a login.
        Relaying => "relaying",
        /// TLS is missing.
        Tls => "tls",
        /// Put off because unknown.
        Greylisting => "greylisting",
        /// The server has a difficulty of its own.
        Capacity => "capacity",
        /// A rule of the house.
        Policy => "policy",
    }
}

named! {
    /// Whose matter it is.
    Fault {
        /// This host's address, or the network around it.
        Address => "address",
        /// Our records and settings.
        Setup => "setup",
        /// This message.
        Message => "message",
        /// How much we send.
        Volume => "volume",
        /// The recipient.
        Recipient => "recipient",
        /// The receiving server.
        Receiver => "receiver",
        /// Nobody's: it is usual and passes.
        Nobody => "nobody",
    }
}

named! {
    /// What helps.
    Remedy {
        /// Ask the provider, on its page.
        Contact => "contact",
        /// Ask the blocklist that the reply names.
        Delist => "delist",
        /// Publish SPF, DKIM, DMARC.
        Records => "records",
        /// Name this server in SPF.
        Spf => "spf",
        /// Let key and record of DKIM fit.
        Dkim => "dkim",
        /// Set the reverse name of the address.
        ReverseName => "reverse-name",
        /// Send less at a time.
        SlowDown => "slow-down",
        /// Offer TLS.
        Tls => "tls",
        /// Change the message.
        Content => "content",
        /// Build it as RFC 5322 wants it.
        Headers => "headers",
        /// Make it smaller.
        Shrink => "shrink",
        /// Use a sender that exists.
        Sender => "sender",
        /// Correct the address.
        Recipient => "recipient",
        /// Reach the recipient some other way.
        OtherWay => "other-way",
        /// Send through a relay, or from another address.
        Relay => "relay",
        /// It passes by itself with the next attempts.
        Passes => "passes",
        /// Nothing but time.
        Wait => "wait",
    }
}

impl Fault {
    /// Whether the operator of this server can do something about it.
    #[must_use]
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Address | Self::Setup | Self::Volume)
    }
}

impl Kind {
    /// The same for senders: what a notice tells them to do.
    #[must_use]
    pub const fn cause(self) -> Cause {
        match self {
            Self::Policy => Cause::Policy,
            Self::Reputation | Self::Blocklist => Cause::Blocklist,
            Self::ReverseName => Cause::ReverseDns,
            Self::Authentication => Cause::Authentication,
            Self::Spf => Cause::Spf,
            Self::Dkim => Cause::Dkim,
            Self::Sender => Cause::SenderRejected,
            Self::Content => Cause::Spam,
            Self::Format => Cause::Content,
            Self::Size => Cause::TooBig,
            Self::Rate => Cause::RateLimit,
            Self::Recipient => Cause::UnknownMailbox,
            Self::MailboxFull => Cause::MailboxFull,
            Self::MailboxClosed => Cause::MailboxDisabled,
            Self::Relaying => Cause::RelayDenied,
            Self::Tls => Cause::EncryptionRequired,
            Self::Greylisting => Cause::Greylisted,
            Self::Capacity => Cause::Busy,
        }
    }
}
