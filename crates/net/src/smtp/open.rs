//! From an address to a session that is ready for mail: dial, TLS, greeting, EHLO, login.
//!
//! An attempt whose TLS fails is followed by another one on a new connection where the policy permits it: first,
//! where only the certificate is odd, with TLS that does not look at it; then, with opportunistic TLS alone,
//! without TLS. Nothing that demands TLS ever goes out without.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use postamt_mail::client::{
    Login, LoginError, LoginStep, Opened, Opening, OpeningStep, Problem, Stage, StartTls,
};
use postamt_mail::reply::ReplyCode;
use postamt_mail::sasl::Mechanism;
use postamt_mail::sasl::client::Credentials as SaslCredentials;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::connection::{Connection, ConnectionFacts};
use super::failure::OpenFailure;
use super::hop::{ClearLogin, Credentials, Hop, TlsPolicy, Verify};
use super::stream::Stream;
use super::wire::Wire;
use crate::dial::Dialer;
use crate::tls::{self, CertificateProblem, Leniency, TlsContext, TlsFacts, TlsFailure};

/// What an attempt does about TLS, in the order of trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Strict,
    Lenient,
    Plain,
}

impl Attempt {
    /// The attempt to make after this failure, if the policy permits one.
    fn after(self, failure: &TlsFailure, policy: &TlsPolicy) -> Option<Self> {
        let any_certificate = matches!(policy.verify(), None | Some(Verify::Encrypt));
        match (self, failure) {
            (Self::Strict, TlsFailure::Unusable(_)) if any_certificate => Some(Self::Lenient),
            (Self::Strict | Self::Lenient, _) if matches!(policy, TlsPolicy::Opportunistic) => {
                Some(Self::Plain)
            }
            _ => None,
        }
    }

    fn leniency(self) -> Leniency {
        if self == Self::Strict { Leniency::Strict } else { Leniency::Lenient }
    }
}

/// See [`Connection::open`].
pub(super) async fn open(
    dialer: &dyn Dialer,
    context: &TlsContext,
    hop: &Hop,
) -> Result<Connection, OpenFailure> {
    let (mut attempt, mut without_tls_since) = (Attempt::Strict, None);
    loop {
        let opener = Opener { context, hop, attempt };
        match opener.open(dialer).await {
            Ok(mut connection) => {
                connection.note_fallback(without_tls_since);
                return Ok(connection);
            }
            Err(OpenFailure::Tls(failure)) => match attempt.after(&failure, &hop.tls) {
                Some(next) => {
                    attempt = next;
                    without_tls_since = (next == Attempt::Plain).then(|| failure.to_string());
                }
                None => return Err(OpenFailure::Tls(failure)),
            },
            Err(failure) => return Err(failure),
        }
    }
}

/// One attempt.
struct Opener<'a> {
    context: &'a TlsContext,
    hop: &'a Hop,
    attempt: Attempt,
}

impl Opener<'_> {
    async fn open(&self, dialer: &dyn Dialer) -> Result<Connection, OpenFailure> {
        let hop = self.hop;
        let socket = dialer.connect(hop.address, hop.source, hop.timeouts.connect).await?;
        let mut tls = None;
        let stream = match hop.tls {
            TlsPolicy::Implicit(_) => {
                let (stream, facts) = self.secure(socket).await?;
                tls = Some(facts);
                Stream::Tls(Box::new(stream))
            }
            _ => Stream::Plain(socket),
        };
        let (mut wire, opened) = self.greet(Wire::new(stream), &mut tls).await?;
        let authenticated = match &hop.credentials {
            Some(credentials) => Some(self.log_in(&mut wire, &opened, credentials).await?),
            None => None,
        };
        let (local, remote) =
            wire.stream.addresses().map_err(|error| Problem::from_io(&error).at(Stage::Connect))?;
        let tls_fallback = opened.starttls_refused.map(|reply| TlsFailure::Refused(reply).to_string());
        let facts = ConnectionFacts {
            remote,
            local,
            greeting: opened.greeting,
            capabilities: opened.capabilities,
            tls,
            tls_fallback,
            authenticated,
        };
        Ok(Connection::new(wire, facts, hop))
    }

    fn starttls(&self) -> StartTls {
        match (&self.hop.tls, self.attempt) {
            (TlsPolicy::Required(_), _) => StartTls::Required,
            (TlsPolicy::Opportunistic, Attempt::Strict | Attempt::Lenient) => StartTls::IfOffered,
            _ => StartTls::Never,
        }
    }

    /// Greeting, EHLO, STARTTLS, EHLO. Takes the wire and gives it back, secured where that was agreed.
    async fn greet(
        &self,
        mut wire: Wire,
        facts: &mut Option<TlsFacts>,
    ) -> Result<(Wire, Opened), OpenFailure> {
        let mut opening = Opening::new(&self.hop.ehlo_name, self.hop.lmtp, self.starttls());
        let mut step = opening.first();
        loop {
            step = match step {
                OpeningStep::Read(stage) => {
                    let limit = self.hop.timeouts.reply(stage);
                    let frame = wire.exchange(limit).await.map_err(|problem| broken(stage, problem))?;
                    let mut commands = std::mem::take(&mut wire.outbox);
                    let next = opening.handle(frame.code, wire.octets(frame), &mut commands);
                    wire.outbox = commands;
                    wire.consume(frame);
                    next?
                }
                OpeningStep::Secure => {
                    let (secured, found) = self.secure_session(wire).await?;
                    wire = secured;
                    *facts = Some(found);
                    opening.secured(&mut wire.outbox)
                }
                OpeningStep::Ready => {
                    // `Ready` is only said once greeting and offers are there.
                    let opened = opening.finish().ok_or_else(|| Problem::Closed.at(Stage::Ehlo))?;
                    return Ok((wire, opened));
                }
            }
        }
    }

    /// The handshake after STARTTLS; the wire begins anew. What was received behind the 220 came unprotected
    /// and would be taken for an answer under TLS (RFC 3207 §6).
    async fn secure_session(&self, wire: Wire) -> Result<(Wire, TlsFacts), OpenFailure> {
        let is_clean = wire.has_no_reply();
        match wire.stream {
            Stream::Plain(socket) if is_clean => {
                let (stream, facts) = self.secure(socket).await?;
                Ok((Wire::new(Stream::Tls(Box::new(stream))), facts))
            }
            _ => Err(Problem::Unsolicited.at(Stage::StartTls).into()),
        }
    }

    /// The handshake and the judgement of the certificate.
    async fn secure(&self, socket: TcpStream) -> Result<(TlsStream<TcpStream>, TlsFacts), TlsFailure> {
        let hop = self.hop;
        let base = match hop.tls.verify() {
            Some(Verify::Dane { base, .. }) => base.as_ref(),
            _ => None,
        };
        let name =
            base.or(hop.host.as_ref()).and_then(|host| ServerName::try_from(host.as_str().to_owned()).ok());
        let name = name.unwrap_or_else(|| ServerName::IpAddress(hop.address.ip().into()));
        let leniency = self.attempt.leniency();
        let stream = self.context.connect(socket, name, leniency, hop.timeouts.tls).await?;
        let facts = self.judge(&stream)?;
        Ok((stream, facts))
    }

    fn judge(&self, stream: &TlsStream<TcpStream>) -> Result<TlsFacts, TlsFailure> {
        let mut facts = tls::facts(stream);
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        if let Some(Verify::Dane { records, base }) = self.hop.tls.verify() {
            let mut names = vec![self.host_name()];
            names.extend(base.as_ref().map(ToString::to_string));
            self.context.judge_by_dane(chain, records, &names).map_err(TlsFailure::Certificate)?;
            (facts.verified, facts.by_dane) = (true, true);
            return Ok(facts);
        }
        let (names, extra_roots) = self.demands();
        let verdict = self.context.judge(chain, &names, extra_roots);
        match (verdict, self.hop.tls.verify(), self.attempt) {
            (Err(problem), Some(Verify::WebPki { .. }), _) => return Err(TlsFailure::Certificate(problem)),
            (Err(problem), ..) => facts.problem = Some(problem),
            // Who may show any certificate proves nothing, however good it is.
            (Ok(()), _, Attempt::Lenient) => {
                let words = "the server could not prove that it is its own".to_owned();
                facts.problem = Some(CertificateProblem::Unusable(words));
            }
            (Ok(()), ..) => facts.verified = true,
        }
        Ok(facts)
    }

    /// The names and roots to judge by: those of the policy, or else the host's own name.
    fn demands(&self) -> (Vec<String>, Option<&[rustls_pki_types::CertificateDer<'static>]>) {
        match self.hop.tls.verify() {
            Some(Verify::WebPki { names, extra_roots }) => {
                (names.clone(), extra_roots.as_ref().map(|roots| roots.as_slice()))
            }
            _ => (vec![self.host_name()], None),
        }
    }

    fn host_name(&self) -> String {
        match &self.hop.host {
            Some(host) => host.to_string(),
            None => self.hop.address.ip().to_string(),
        }
    }

    async fn log_in(
        &self,
        wire: &mut Wire,
        opened: &Opened,
        credentials: &Credentials,
    ) -> Result<Mechanism, OpenFailure> {
        let binding = match &wire.stream {
            Stream::Tls(stream) => tls::channel_binding(stream),
            Stream::Plain(_) if credentials.without_tls == ClearLogin::Refuse => {
                return Err(OpenFailure::LoginNeedsTls);
            }
            Stream::Plain(_) => None,
        };
        let identity = SaslCredentials::new(&credentials.login, credentials.password.expose());
        let nonce = STANDARD_NO_PAD.encode(rand::random::<[u8; 18]>());
        let mut login = Login::start(&opened.capabilities, &identity, binding, &nonce, &mut wire.outbox)?;
        loop {
            let limit = self.hop.timeouts.reply(Stage::Auth);
            let frame = wire.exchange(limit).await.map_err(|problem| problem.at(Stage::Auth))?;
            let octets = wire.octets(frame).to_vec();
            wire.consume(frame);
            let step;
            (login, step) = answer(login, frame.code, octets, &mut wire.outbox)
                .await
                .map_err(|problem| problem.at(Stage::Auth))?;
            match step {
                Ok(LoginStep::Read) => {}
                Ok(LoginStep::Done) => return Ok(login.mechanism()),
                Err(error) => {
                    // Where we gave up, the server hears it; the connection ends either way.
                    let _ = wire.flush(self.hop.timeouts.quit).await;
                    return Err(error.into());
                }
            }
        }
    }
}

/// A session that breaks over STARTTLS is a failure of TLS, like a handshake that breaks.
fn broken(stage: Stage, problem: Problem) -> OpenFailure {
    match (stage, problem) {
        (Stage::StartTls, Problem::TimedOut) => TlsFailure::Stalled.into(),
        (Stage::StartTls, problem @ (Problem::Closed | Problem::Io { .. })) => {
            TlsFailure::Handshake(problem.to_string()).into()
        }
        (_, problem) => problem.at(stage).into(),
    }
}

/// Lets the exchange answer on a thread that may block: with SCRAM the server chooses how many thousand hashes
/// the answer costs.
async fn answer(
    mut login: Login,
    code: ReplyCode,
    octets: Vec<u8>,
    outbox: &mut Vec<u8>,
) -> Result<(Login, Result<LoginStep, LoginError>), Problem> {
    let work = move || {
        let mut commands = Vec::new();
        let step = login.handle(code, &octets, &mut commands);
        (login, step, commands)
    };
    let (login, step, commands) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::Io { kind: std::io::ErrorKind::Other, text: error.to_string() })?;
    outbox.extend_from_slice(&commands);
    Ok((login, step))
}
