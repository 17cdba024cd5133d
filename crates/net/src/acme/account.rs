//! An account with an authority: opened again from its credentials, or made.
//!
//! The credentials are a text that the caller keeps where nobody else reads it; they hold the account's key.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use instant_acme::{
    Account, AccountBuilder, AccountCredentials, CertificateIdentifier, Error, ExternalAccountKey, NewAccount,
};
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

use super::renewal::Window;
use super::{AcmeError, AcmeWire};

/// An account that the authority's customer has already (RFC 8555 §7.3.4).
#[derive(Clone)]
pub struct Binding {
    /// Its number, as the authority gave it.
    pub id: String,
    /// The key for it.
    pub key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Binding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binding").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Binding {
    /// Reads `ID:KEY`, the key in base 64 for URLs as authorities give it out.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.trim().split_once(':')?;
        let key = Zeroizing::new(URL_SAFE_NO_PAD.decode(key.trim().trim_end_matches('=')).ok()?);
        (!id.is_empty() && !key.is_empty()).then(|| Self { id: id.trim().to_owned(), key })
    }
}

/// A client of an authority.
pub struct AcmeClient {
    pub(super) account: Account,
    pub(super) wire: AcmeWire,
}

impl AcmeClient {
    /// Opens the account of these credentials, or makes one where there are none of this directory. What it returns
    /// beside the client are new credentials, to be kept.
    ///
    /// # Errors
    /// [`AcmeError`]. An account that the authority has forgotten is noticed only by an order.
    pub async fn open(
        wire: &AcmeWire,
        directory: &str,
        contact: &str,
        binding: Option<&Binding>,
        credentials: Option<&str>,
    ) -> Result<(Self, Option<Zeroizing<String>>), AcmeError> {
        let builder = || Account::builder_with_http(Box::new(wire.clone()));
        let client = |account| Self { account, wire: wire.clone() };
        if let Some(known) = credentials.and_then(|text| of_directory(text, directory)) {
            return Ok((client(builder().from_credentials(known).await?), None));
        }
        let contact = format!("mailto:{contact}");
        let made = match create(builder(), directory, &[contact.as_str()], binding).await {
            // RFC 8555 §7.3: the address is a convenience, not a condition.
            Err(Error::Api(problem)) if is_about_contact(problem.r#type.as_deref()) => {
                create(builder(), directory, &[], binding).await
            }
            made => made,
        };
        let (account, credentials) = made?;
        let text =
            serde_json::to_string(&credentials).map_err(|error| AcmeError::Protocol(error.to_string()))?;
        Ok((client(account), Some(Zeroizing::new(text))))
    }

    /// When the authority wants this certificate renewed, and in how many seconds to ask again (RFC 9773 §4). `None`
    /// where it does not say such things.
    ///
    /// # Errors
    /// [`AcmeError`].
    pub async fn renewal_window(
        &self,
        certificate: &CertificateDer<'_>,
    ) -> Result<Option<(Window, u64)>, AcmeError> {
        let Ok(id) = CertificateIdentifier::try_from(certificate) else { return Ok(None) };
        match self.account.renewal_info(&id).await {
            Ok((info, again)) => {
                let time = |unix: i64| u64::try_from(unix).unwrap_or_default();
                let window = info.suggested_window;
                let (start, end) = (time(window.start.unix_timestamp()), time(window.end.unix_timestamp()));
                Ok(Some((Window { start, end }, again.as_secs())))
            }
            Err(Error::Unsupported(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A name for the account with the authority of this directory, in letters for a file: another one for each.
#[must_use]
pub fn account_name(directory: &str) -> String {
    let host = directory.split_once("://").map_or(directory, |(_, rest)| rest).split(['/', ':']).next();
    let host: String =
        host.unwrap_or_default().chars().filter(|it| it.is_ascii_alphanumeric() || *it == '.').collect();
    let digest = digest::digest(&digest::SHA256, directory.as_bytes());
    let digits: String = digest.as_ref().iter().take(6).map(|octet| format!("{octet:02x}")).collect();
    format!("{host}-{digits}")
}

/// The directory of the authority that these credentials are for, if they are any.
#[must_use]
pub fn account_directory(credentials: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(credentials).ok()?;
    Some(value.get("directory")?.as_str()?.to_owned())
}

async fn create(
    builder: AccountBuilder,
    directory: &str,
    contact: &[&str],
    binding: Option<&Binding>,
) -> Result<(Account, AccountCredentials), Error> {
    let account = NewAccount { contact, terms_of_service_agreed: true, only_return_existing: false };
    let binding = binding.map(|binding| ExternalAccountKey::new(binding.id.clone(), &binding.key));
    builder.create(&account, directory.to_owned(), binding.as_ref()).await
}

fn is_about_contact(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.ends_with(":invalidContact") || kind.ends_with(":unsupportedContact"))
}

/// The credentials, if they can be read and are for this directory.
fn of_directory(text: &str, directory: &str) -> Option<AccountCredentials> {
    (account_directory(text)? == directory).then_some(())?;
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_an_id_and_a_key() {
        let binding = Binding::parse("kid-1:c2VjcmV0\n").expect("a binding");
        assert_eq!((binding.id.as_str(), &binding.key[..]), ("kid-1", &b"secret"[..]));
        assert!(!format!("{binding:?}").contains("115"), "nothing of the key shows");
        for text in ["", "kid-1", ":c2VjcmV0", "kid-1:", "kid-1:***"] {
            assert!(Binding::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn each_directory_has_a_name_of_its_own() {
        let name = account_name("https://ca.test:14000/dir");
        assert!(name.starts_with("ca.test-") && name.len() == "ca.test-".len() + 12, "{name}");
        assert_ne!(name, account_name("https://ca.test:14000/staging"));
        assert!(!account_name("../x").contains('/'));
    }

    #[test]
    fn credentials_of_another_directory_do_not_count() {
        let text = r#"{"id":"https://ca.test/a/1","key_pkcs8":"AAAA","directory":"https://ca.test/dir"}"#;
        assert!(of_directory(text, "https://ca.test/dir").is_some());
        assert!(of_directory(text, "https://other.test/dir").is_none());
        assert!(of_directory("{}", "https://ca.test/dir").is_none());
    }
}
