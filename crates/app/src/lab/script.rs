//! Submits the scripted messages as a mail client would: by turns on 587 with STARTTLS and on 465 under TLS, with a
//! login, the certificate checked.

use std::sync::Arc;

use bytes::Bytes;
use postamt_lab::scenario::ScriptedMessage;
use postamt_lab::world::{Parameters, World};
use postamt_mail::envelope::{BodyType, Recipient};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    Connection, Credentials, Hop, RecipientOutcome, Secret, TlsPolicy, Transaction, Verify,
};
use postamt_net::tls::TlsContext;

use super::stage::{LOGIN, Stage};

/// A message that the server did not take.
#[derive(Debug)]
pub struct NotSubmitted {
    /// The message's name.
    pub message: &'static str,
    /// What went wrong.
    pub error: String,
}

/// Submits all messages, one after another; returns those that were not taken.
pub async fn submit(
    messages: &[ScriptedMessage],
    world: &World,
    stage: &Stage,
    parameters: &Parameters,
) -> Vec<NotSubmitted> {
    let roots = Arc::new(vec![world.authority().root().clone()]);
    let tls = TlsContext::with_roots(roots.iter().cloned());
    let verify = Verify::WebPki { names: vec![parameters.hostname.to_string()], extra_roots: None };
    let mut failures = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        let (address, policy) = if number % 2 == 0 {
            (parameters.submission, TlsPolicy::Required(verify.clone()))
        } else {
            (parameters.submissions, TlsPolicy::Implicit(verify.clone()))
        };
        let hop = Hop {
            host: Some(parameters.hostname.clone()),
            tls: policy,
            credentials: Some(Credentials::new(LOGIN, Secret::new(stage.password.as_str()))),
            ..Hop::new(address, "notebook.absender.test")
        };
        if let Err(error) = submit_one(message, &hop, &tls).await {
            failures.push(NotSubmitted { message: message.name, error });
        }
    }
    failures
}

async fn submit_one(message: &ScriptedMessage, hop: &Hop, tls: &TlsContext) -> Result<(), String> {
    let mut connection =
        Connection::open(&SystemDialer, tls, hop).await.map_err(|error| error.to_string())?;
    let recipients = message.recipients.iter().map(|(address, _)| Recipient::new(address.clone()));
    let transaction = Transaction {
        sender: Some(message.sender.clone()),
        recipients: recipients.collect(),
        body: if message.content.is_ascii() { BodyType::SevenBit } else { BodyType::EightBitMime },
        smtputf8: false,
        require_tls: false,
        return_content: None,
        envelope_id: None,
        content: vec![Bytes::copy_from_slice(&message.content)],
    };
    let outcome = connection.deliver(&transaction).await;
    connection.quit().await;
    let refused = outcome.recipients.into_iter().find(|one| !one.is_delivered());
    match refused {
        None => Ok(()),
        Some(RecipientOutcome::Refused { reply, .. }) => Err(reply.to_string()),
        Some(other) => Err(format!("{other:?}")),
    }
}
