//! A polite look at a mail server: greeting, EHLO, STARTTLS where it is offered, EHLO again, QUIT. Never MAIL. Where TLS
//! comes first (RFC 8314 §3.3), [`survey_implicit`].
//!
//! Unlike [`super::Connection::open`] it forgets nothing on the way and stays on its one connection: whatever
//! was learnt before a failure is part of the [`Survey`]. It never fails itself.

use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::client::{Capabilities, Problem, Stage, TransportError};
use postamt_mail::reply::Reply;
use postamt_mail::reply_parser;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::hop::Timeouts;
use super::stream::Stream;
use super::wire::{Wire, within};
use crate::tls::{self, Leniency, TlsContext, TlsFacts, TlsFailure};

/// How to look.
#[derive(Debug, Clone)]
pub struct SurveySettings {
    /// What we call ourselves.
    pub ehlo_name: String,
    /// The server's name, for SNI and for the certificate.
    pub host: Option<Domain>,
    /// Time limits of each step.
    pub timeouts: Timeouts,
    /// Time limit of everything.
    pub whole: Duration,
}

/// What a server showed.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The greeting, 220.
    pub greeting: Option<Reply>,
    /// What it offered before TLS.
    pub offers: Option<Capabilities>,
    /// What TLS showed, or how it failed; `None` where it was not offered.
    pub tls: Option<Result<TlsFacts, TlsFailure>>,
    /// The certificates that it showed, its own first.
    pub chain: Vec<CertificateDer<'static>>,
    /// What it offered under TLS.
    pub offers_under_tls: Option<Capabilities>,
    /// A refusal instead of a greeting or to EHLO: 4yz or 5yz.
    pub refusal: Option<Reply>,
    /// How the session broke, if it did.
    pub broken: Option<TransportError>,
}

/// Looks at the server at the other end of `stream`.
pub async fn survey(stream: TcpStream, context: &TlsContext, settings: &SurveySettings) -> Survey {
    let mut survey = Survey::default();
    let surveyor = Surveyor { context, settings };
    let look = surveyor.look(Wire::new(Stream::Plain(stream)), &mut survey);
    let ended = tokio::time::timeout(settings.whole, look).await;
    note_end(&mut survey, ended);
    survey
}

/// The same at a port that begins with TLS; [`Survey::offers`] stays empty.
pub async fn survey_implicit(stream: TcpStream, context: &TlsContext, settings: &SurveySettings) -> Survey {
    let mut survey = Survey::default();
    let surveyor = Surveyor { context, settings };
    let look = surveyor.look_under_tls(stream, &mut survey);
    let ended = tokio::time::timeout(settings.whole, look).await;
    note_end(&mut survey, ended);
    survey
}

fn note_end(survey: &mut Survey, ended: Result<Result<(), TransportError>, tokio::time::error::Elapsed>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => survey.broken = Some(error),
        Err(_) => {
            let stage = match (&survey.greeting, &survey.offers) {
                (None, _) => Stage::Greeting,
                (Some(_), None) => Stage::Ehlo,
                (Some(_), Some(_)) => Stage::StartTls,
            };
            survey.broken = Some(Problem::TimedOut.at(stage));
        }
    }
}

struct Surveyor<'a> {
    context: &'a TlsContext,
    settings: &'a SurveySettings,
}

impl Surveyor<'_> {
    async fn look(&self, mut wire: Wire, survey: &mut Survey) -> Result<(), TransportError> {
        let greeting = self.read(&mut wire, Stage::Greeting).await?;
        if !greeting.code.is_success() {
            survey.refusal = Some(greeting);
            self.quit(wire).await;
            return Ok(());
        }
        survey.greeting = Some(greeting);
        let answer = self.ehlo(&mut wire).await?;
        if !answer.code.is_success() {
            survey.refusal = Some(answer);
            self.quit(wire).await;
            return Ok(());
        }
        let offers = Capabilities::from_ehlo(answer);
        let starttls = offers.starttls;
        survey.offers = Some(offers);
        if !starttls {
            self.quit(wire).await;
            return Ok(());
        }
        self.secure(wire, survey).await
    }

    async fn secure(&self, mut wire: Wire, survey: &mut Survey) -> Result<(), TransportError> {
        wire.outbox.extend_from_slice(b"STARTTLS\r\n");
        let answer = self.read(&mut wire, Stage::StartTls).await?;
        if !answer.code.is_success() {
            survey.tls = Some(Err(TlsFailure::Refused(answer)));
            self.quit(wire).await;
            return Ok(());
        }
        // RFC 3207 §6: what came behind the 220 came unprotected.
        let is_clean = wire.has_no_reply();
        let stream = match wire.stream {
            Stream::Plain(stream) if is_clean => stream,
            _ => return Err(Problem::Unsolicited.at(Stage::StartTls)),
        };
        let Some(mut wire) = self.handshake(stream, survey).await? else { return Ok(()) };
        let answer = self.ehlo(&mut wire).await?;
        if answer.code.is_success() {
            survey.offers_under_tls = Some(Capabilities::from_ehlo(answer));
        }
        self.quit(wire).await;
        Ok(())
    }

    /// TLS, and only then the greeting.
    async fn look_under_tls(&self, stream: TcpStream, survey: &mut Survey) -> Result<(), TransportError> {
        let Some(mut wire) = self.handshake(stream, survey).await? else { return Ok(()) };
        let greeting = self.read(&mut wire, Stage::Greeting).await?;
        if !greeting.code.is_success() {
            survey.refusal = Some(greeting);
            self.quit(wire).await;
            return Ok(());
        }
        survey.greeting = Some(greeting);
        let answer = self.ehlo(&mut wire).await?;
        match answer.code.is_success() {
            true => survey.offers_under_tls = Some(Capabilities::from_ehlo(answer)),
            false => survey.refusal = Some(answer),
        }
        self.quit(wire).await;
        Ok(())
    }

    /// The handshake and the judgement of the certificate; `None` where it failed, which is noted.
    async fn handshake(
        &self,
        stream: TcpStream,
        survey: &mut Survey,
    ) -> Result<Option<Wire>, TransportError> {
        let address = stream.peer_addr().map_err(|error| Problem::from_io(&error).at(Stage::StartTls))?;
        let host = self.settings.host.as_ref().map(ToString::to_string);
        let name = host.clone().and_then(|host| ServerName::try_from(host).ok());
        let name = name.unwrap_or_else(|| ServerName::IpAddress(address.ip().into()));
        let limit = self.settings.timeouts.tls;
        let stream = match self.context.connect(stream, name, Leniency::Strict, limit).await {
            Ok(stream) => stream,
            Err(failure) => {
                survey.tls = Some(Err(failure));
                return Ok(None);
            }
        };
        let mut facts = tls::facts(&stream);
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let expected = host.unwrap_or_else(|| address.ip().to_string());
        match self.context.judge(chain, &[expected], None) {
            Ok(()) => facts.verified = true,
            Err(problem) => facts.problem = Some(problem),
        }
        survey.tls = Some(Ok(facts));
        survey.chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
        Ok(Some(Wire::new(Stream::Tls(Box::new(stream)))))
    }

    async fn ehlo(&self, wire: &mut Wire) -> Result<Reply, TransportError> {
        for part in ["EHLO ", &self.settings.ehlo_name, "\r\n"] {
            wire.outbox.extend_from_slice(part.as_bytes());
        }
        self.read(wire, Stage::Ehlo).await
    }

    /// Writes what waits and reads one reply.
    async fn read(&self, wire: &mut Wire, stage: Stage) -> Result<Reply, TransportError> {
        let limit = self.settings.timeouts.reply(stage);
        let frame = wire.exchange(limit).await.map_err(|problem| problem.at(stage))?;
        let octets = wire.octets(frame);
        let reply = match frame.code.is_success() {
            true => reply_parser::read_plain(frame.code, octets),
            false => reply_parser::read(frame.code, octets),
        };
        wire.consume(frame);
        Ok(reply)
    }

    /// Nothing depends on the reply any more (RFC 5321 §4.1.1.10).
    async fn quit(&self, mut wire: Wire) {
        let limit = self.settings.timeouts.quit;
        wire.outbox.extend_from_slice(b"QUIT\r\n");
        let _ = wire.exchange(limit).await;
        let _ = within(limit, wire.stream.shutdown()).await;
    }
}
