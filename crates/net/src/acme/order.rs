//! One certificate: ordered, proven, requested, fetched, and checked before anybody relies on it.
//!
//! For each name the first responder that can show its challenge is taken. Whatever was shown is taken back at the
//! end, however it ends. A failure names the names that the authority did not accept, so that the caller can go on
//! without them.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use instant_acme::{
    Account, AuthorizationHandle, AuthorizationStatus, CertificateIdentifier, ChallengeType, Identifier,
    NewOrder, Order, OrderStatus, Problem, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::{AcmeClient, AcmeError, Challenge, ChallengeKind, Responder};
use crate::clock::{Clock as _, SystemClock};
use crate::tls::{CertificateFacts, describe};

/// How long the authority may take to look, and then to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(180));

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The names, the first the most important.
    pub names: &'a [String],
    /// The key, PKCS#8 in PEM.
    pub key: &'a str,
    /// The certificate whose place it takes.
    pub replaces: Option<&'a CertificateDer<'static>>,
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The chain in PEM, our own certificate first.
    pub chain: String,
    /// Our own certificate.
    pub certificate: CertificateDer<'static>,
    /// What stands in it.
    pub facts: CertificateFacts,
    /// How the names were proven; those that the authority still remembered are not there.
    pub proven_by: Vec<(String, ChallengeKind)>,
}

/// A name that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The name.
    pub name: String,
    /// Why, in the authority's words.
    pub words: String,
}

/// Why there is none.
#[derive(Debug)]
pub struct OrderFailure {
    /// The reason.
    pub error: AcmeError,
    /// The names that it is about; without any it is about all of them.
    pub refused: Vec<Refusal>,
    /// Before this time, in seconds since 1970, the authority does not want to be asked again.
    pub not_before: Option<u64>,
}

impl From<AcmeError> for OrderFailure {
    fn from(error: AcmeError) -> Self {
        Self { error, refused: Vec::new(), not_before: None }
    }
}

impl From<instant_acme::Error> for OrderFailure {
    fn from(error: instant_acme::Error) -> Self {
        let mut refused = Vec::new();
        if let instant_acme::Error::Api(problem) = &error {
            for part in &problem.subproblems {
                let Some(identifier) = &part.identifier else { continue };
                let words = part.detail.clone().unwrap_or_default();
                refused.push(Refusal { name: identifier.authorized(false).to_string(), words });
            }
        }
        Self { error: error.into(), refused, not_before: None }
    }
}

/// An order that is refused for names in it, with these names: as the authority names them (RFC 8555 §6.7.1), or in its
/// words, or else all but the first, which is the most important.
fn naming(mut failure: OrderFailure, names: &[String]) -> OrderFailure {
    let AcmeError::Problem { kind, detail } = &failure.error else { return failure };
    let is_about_names =
        ["rejectedIdentifier", "unsupportedIdentifier", "caa", "dns"].contains(&kind.as_str());
    if !is_about_names || !failure.refused.is_empty() {
        return failure;
    }
    let inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let words: Vec<&str> =
        detail.split(|letter| !inside(letter)).map(|word| word.trim_matches('.')).collect();
    let mut refused: Vec<&String> = names.iter().filter(|name| words.contains(&name.as_str())).collect();
    if refused.is_empty() {
        refused = names.iter().skip(1).collect();
    }
    let refusal = |name: &&String| Refusal { name: (*name).clone(), words: format!("{detail} ({kind})") };
    failure.refused = refused.iter().map(refusal).collect();
    failure
}

/// A new key, PKCS#8 in PEM: ECDSA with P-256, which everybody can verify.
///
/// # Errors
/// The system gives no random numbers.
pub fn new_key() -> Result<Zeroizing<String>, AcmeError> {
    let key = KeyPair::generate().map_err(|error| AcmeError::Key(error.to_string()))?;
    Ok(Zeroizing::new(key.serialize_pem()))
}

/// A challenge that is open.
type Shown = (Arc<dyn Responder>, Challenge);

impl AcmeClient {
    /// Gets a certificate.
    ///
    /// # Errors
    /// [`OrderFailure`].
    pub async fn order(
        &self,
        wish: Wish<'_>,
        responders: &[Arc<dyn Responder>],
    ) -> Result<Issued, OrderFailure> {
        let mut shown: Vec<Shown> = Vec::new();
        self.wire.take_not_before();
        let result = self.order_showing(wish, responders, &mut shown).await;
        for (responder, challenge) in &shown {
            responder.close(challenge).await;
        }
        result.map_err(|failure| OrderFailure { not_before: self.wire.take_not_before(), ..failure })
    }

    async fn order_showing(
        &self,
        wish: Wish<'_>,
        responders: &[Arc<dyn Responder>],
        shown: &mut Vec<Shown>,
    ) -> Result<Issued, OrderFailure> {
        let (key, request) = request(wish)?;
        let mut order = self.new_order(wish).await.map_err(|error| naming(error.into(), wish.names))?;
        show(&self.account, &mut order, responders, shown).await?;
        let ready = order.poll_ready(&PATIENCE).await;
        if !matches!(ready, Ok(OrderStatus::Ready)) {
            let refused = refusals(&mut order).await;
            return Err(match (ready, refused.is_empty()) {
                (_, false) => {
                    OrderFailure { error: AcmeError::NotProven(refused.clone()), refused, not_before: None }
                }
                (Err(error), true) => error.into(),
                (Ok(_), true) => AcmeError::Protocol("the order has become invalid".to_owned()).into(),
            });
        }
        order.finalize_csr(&request).await?;
        let chain = order.poll_certificate(&PATIENCE).await?;
        let mut issued = checked(chain, key, wish.names)?;
        issued.proven_by =
            shown.iter().map(|(responder, challenge)| (challenge.name.clone(), responder.kind())).collect();
        Ok(issued)
    }

    async fn new_order(&self, wish: Wish<'_>) -> Result<Order, instant_acme::Error> {
        let identifiers: Vec<_> = wish.names.iter().cloned().map(Identifier::Dns).collect();
        let replaces = wish.replaces.and_then(|old| CertificateIdentifier::try_from(old).ok());
        if let Some(replaces) = replaces {
            match self.account.new_order(&NewOrder::new(&identifiers).replaces(replaces)).await {
                // RFC 9773 §5: who has been replaced already, or is not known there, needs no successor in name.
                Err(error) if !is_limit(&error) => {}
                result => return result,
            }
        }
        self.account.new_order(&NewOrder::new(&identifiers)).await
    }
}

/// Whether it is too much for the authority (RFC 8555 §6.6): then one more question makes it worse.
fn is_limit(error: &instant_acme::Error) -> bool {
    let instant_acme::Error::Api(problem) = error else { return false };
    problem.r#type.as_deref().is_some_and(|kind| kind.ends_with(":rateLimited"))
}

/// The key, and a request (PKCS#10) for the names that it has signed.
fn request(wish: Wish<'_>) -> Result<(PrivateKeyDer<'static>, Vec<u8>), AcmeError> {
    let failed = |error: &dyn std::fmt::Display| AcmeError::Key(error.to_string());
    let key = PrivateKeyDer::from_pem_slice(wish.key.as_bytes()).map_err(|error| failed(&error))?;
    let pair = KeyPair::try_from(&key).map_err(|error| failed(&error))?;
    let mut params = CertificateParams::new(wish.names.to_vec()).map_err(|error| failed(&error))?;
    // RFC 8555 §7.4: the names as alternative names; a common name has a limit of 64 octets and no use.
    params.distinguished_name = DistinguishedName::new();
    let request = params.serialize_request(&pair).map_err(|error| failed(&error))?;
    Ok((key, request.der().to_vec()))
}

/// Shows a challenge for every name that is not proven yet, and says so to the authority.
async fn show(
    account: &Account,
    order: &mut Order,
    responders: &[Arc<dyn Responder>],
    shown: &mut Vec<Shown>,
) -> Result<(), OrderFailure> {
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next?;
        // RFC 8555 §7.5.1: what is valid needs no new proof.
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let (responder, challenge) = open_first(account, &authorization, responders).await?;
        let name = challenge.name.clone();
        let kind = responder.kind();
        shown.push((responder, challenge));
        let Some(mut handle) = authorization.challenge(kind_of(kind)) else { continue };
        if let Err(error) = handle.set_ready().await {
            let mut failure = OrderFailure::from(error);
            failure.refused.push(Refusal { name, words: failure.error.to_string() });
            return Err(failure);
        }
    }
    Ok(())
}

/// The first responder that can show what the authority asks for.
async fn open_first(
    account: &Account,
    authorization: &AuthorizationHandle<'_>,
    responders: &[Arc<dyn Responder>],
) -> Result<Shown, OrderFailure> {
    let name = authorization.identifier().to_string();
    let mut reasons = Vec::new();
    for responder in responders {
        let kind = responder.kind();
        let offered = authorization.challenges.iter().find(|offer| offer.r#type == kind_of(kind));
        let Some(offered) = offered else {
            reasons.push(format!("{}: the authority does not offer it", kind.name()));
            continue;
        };
        let challenge = challenge(&name, &offered.token, account.key_thumbprint());
        match responder.open(&challenge).await {
            Ok(()) => return Ok((responder.clone(), challenge)),
            Err(reason) => reasons.push(format!("{}: {reason}", kind.name())),
        }
    }
    let words = reasons.join("; ");
    let error = AcmeError::NoWay { name: name.clone(), reasons: words.clone() };
    Err(OrderFailure { error, refused: vec![Refusal { name, words }], not_before: None })
}

fn challenge(name: &str, token: &str, thumbprint: &str) -> Challenge {
    // RFC 8555 §8.1.
    let authorization = format!("{token}.{thumbprint}");
    let sum = digest::digest(&digest::SHA256, authorization.as_bytes());
    let mut octets = [0; 32];
    octets.copy_from_slice(sum.as_ref());
    Challenge {
        name: name.to_owned(),
        token: token.to_owned(),
        authorization,
        digest: octets,
        dns_value: URL_SAFE_NO_PAD.encode(octets),
    }
}

fn kind_of(kind: ChallengeKind) -> ChallengeType {
    match kind {
        ChallengeKind::Http => ChallengeType::Http01,
        ChallengeKind::Dns => ChallengeType::Dns01,
        ChallengeKind::TlsAlpn => ChallengeType::TlsAlpn01,
    }
}

/// The names that the authority has found wanting, and why.
async fn refusals(order: &mut Order) -> Vec<Refusal> {
    let mut refused = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let Ok(mut authorization) = next else { continue };
        let name = authorization.identifier().to_string();
        let Ok(state) = authorization.refresh().await else { continue };
        if matches!(state.status, AuthorizationStatus::Pending | AuthorizationStatus::Valid) {
            continue;
        }
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        refused.push(Refusal { name, words: words(problem) });
    }
    refused
}

fn words(problem: Option<&Problem>) -> String {
    match problem.map(AcmeError::from) {
        Some(AcmeError::Problem { kind, detail }) => format!("{detail} ({kind})"),
        _ => "it does not say why".to_owned(),
    }
}

/// What came, if it is what was asked for.
fn checked(chain: String, key: PrivateKeyDer<'static>, names: &[String]) -> Result<Issued, AcmeError> {
    let wrong = |why: String| AcmeError::Certificate(why);
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(error.to_string()))?;
    let certificate = certificates.first().cloned().ok_or_else(|| wrong("there is none in it".to_owned()))?;
    let facts = describe(&certificate).ok_or_else(|| wrong("it cannot be read".to_owned()))?;
    if let Some(missing) =
        names.iter().find(|name| !facts.names.iter().any(|it| it.eq_ignore_ascii_case(name)))
    {
        return Err(wrong(format!("{missing} is not in it")));
    }
    // One that is no good on arrival would be asked for again at once, and again.
    if facts.until() <= SystemClock.unix_seconds() {
        return Err(wrong("it has expired already".to_owned()));
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    CertifiedKey::from_der(certificates, key, &provider).map_err(|error| wrong(error.to_string()))?;
    Ok(Issued { chain, certificate, facts, proven_by: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(names: &[&str], key: &KeyPair) -> String {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        CertificateParams::new(names).unwrap().self_signed(key).unwrap().pem()
    }

    #[test]
    fn what_is_shown_follows_from_token_and_account() {
        // The example of RFC 8555 §8.1, with the thumbprint of RFC 7638 §3.1.
        let token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
        let shown = challenge("own.test", token, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(shown.authorization, format!("{token}.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        assert_eq!(URL_SAFE_NO_PAD.encode(shown.digest), shown.dns_value);
        assert_eq!(shown.dns_value.len(), 43);
    }

    #[test]
    fn only_a_certificate_of_our_key_and_for_all_names_will_do() {
        let pem = new_key().unwrap();
        let names = ["mail.own.test".to_owned(), "mta-sts.own.test".to_owned()];
        let wish = Wish { names: &names, key: &pem, replaces: None };
        let (key, request) = request(wish).unwrap();
        assert!(!request.is_empty());
        let pair = KeyPair::from_pem(&pem).unwrap();
        let chain = made(&["mail.own.test", "MTA-STS.own.test"], &pair);
        assert!(checked(chain.clone(), key.clone_key(), &names).is_ok());
        let less = made(&["mail.own.test"], &pair);
        let error = checked(less, key.clone_key(), &names).unwrap_err().to_string();
        assert!(error.contains("mta-sts.own.test is not in it"), "{error}");
        let other = made(&["mail.own.test", "mta-sts.own.test"], &KeyPair::generate().unwrap());
        assert!(matches!(checked(other, key.clone_key(), &names), Err(AcmeError::Certificate(_))));
        assert!(matches!(checked(String::new(), key.clone_key(), &names), Err(AcmeError::Certificate(_))));
        let mut old = CertificateParams::new(names.to_vec()).unwrap();
        old.not_after = rcgen::date_time_ymd(2001, 1, 1);
        let old = old.self_signed(&pair).unwrap().pem();
        let error = checked(old, key, &names).unwrap_err().to_string();
        assert!(error.contains("it has expired already"), "{error}");
    }

    #[test]
    fn names_in_subproblems_are_the_refused_ones() {
        let text = r#"{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"two names",
            "subproblems":[{"identifier":{"type":"dns","value":"a.test"},"detail":"no"}]}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        let failure = OrderFailure::from(instant_acme::Error::Api(problem));
        assert_eq!(failure.refused, [Refusal { name: "a.test".into(), words: "no".into() }]);
        let words = failure.error.to_string();
        assert!(words.contains("two names; a.test: no (rejectedIdentifier)"), "{words}");
    }
    #[test]
    fn without_subproblems_the_words_tell_the_names_or_only_the_first_is_kept() {
        let names = ["mail.own.test".to_owned(), "mta-sts.own.test".to_owned(), "own.test".to_owned()];
        let refused = |kind: &str, detail: &str| {
            let error = AcmeError::Problem { kind: kind.to_owned(), detail: detail.to_owned() };
            let failure = naming(error.into(), &names);
            failure.refused.into_iter().map(|refusal| refusal.name).collect::<Vec<_>>()
        };
        assert_eq!(refused("rejectedIdentifier", "forbidden: \"mta-sts.own.test\"."), ["mta-sts.own.test"]);
        assert_eq!(refused("caa", "CAA record for own.test prevents issuance"), ["own.test"]);
        assert_eq!(refused("rejectedIdentifier", "no"), ["mta-sts.own.test", "own.test"]);
        assert!(refused("rateLimited", "too many for own.test").is_empty());
    }
}
