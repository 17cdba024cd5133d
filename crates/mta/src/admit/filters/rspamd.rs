//! Rspamd: what it advises becomes what the settings make of it. The sender hears the action alone; points and symbols go to
//! the log and into the history.

use postamt_mail::filters::rspamd::{Action, Answer as Advice};
use postamt_mail::header::edit::{Edit, NewField, Which};
use postamt_mail::reply::Reply;
use postamt_net::PortFuture;
use postamt_net::rspamd::{Question, Rspamd as Client, RspamdError};
use postamt_net::service::Way;

use super::answer::{Answer, Candidate, Down, Filter, Verdict};
use crate::flow::path_text;
use crate::settings::{Reaction, RspamdActions};

/// Octets of the header fields that name recipients. Rspamd breaks off beyond 80 KiB of header (`HTTP_MAX_HEADER_SIZE` of its
/// HTTP parser).
const RECIPIENT_OCTETS: usize = 48 * 1024;

/// See the head of this file.
pub struct Rspamd {
    /// Where it listens, and its connections.
    pub client: Client,
    /// What its advice does.
    pub actions: RspamdActions,
}

impl Filter for Rspamd {
    fn judge<'a>(&'a self, way: &'a Way, message: &'a Candidate<'a>) -> PortFuture<'a, Result<Answer, Down>> {
        Box::pin(async move {
            let (fields, left_out) = fields(message);
            let question = Question { fields, pieces: &message.content };
            match self.client.check(way, &question).await {
                Ok(advice) => Ok(with_left_out(answer(&self.actions, advice), left_out)),
                Err(RspamdError::Unreachable(error)) => Err(Down::Unreachable(error.to_string())),
                Err(error) => Err(Down::Broken(error.to_string())),
            }
        })
    }

    fn is_there<'a>(&'a self, way: &'a Way) -> PortFuture<'a, bool> {
        Box::pin(async { self.client.ping(way).await.is_ok() })
    }
}

/// What Rspamd is told of a message; see its manual under "HTTP headers". With the number of recipients that it is not told.
fn fields(message: &Candidate<'_>) -> (Vec<(&'static str, String)>, usize) {
    let mut fields = vec![
        ("Queue-Id", message.id.to_string()),
        ("MTA-Name", message.hostname.to_owned()),
        ("From", path_text(message.envelope.sender.as_ref())),
    ];
    let recipients = &message.envelope.recipients;
    let told = told(recipients.iter().map(|recipient| recipient.address.to_string()));
    let left_out = recipients.len() - told.len();
    fields.extend(told.into_iter().map(|address| ("Rcpt", address)));
    fields.extend(message.peer.map(|peer| ("IP", peer.to_canonical().to_string())));
    fields.extend(message.helo.map(|helo| ("Helo", helo.to_owned())));
    fields.extend(message.identity.account().map(|account| ("User", account)));
    if let Some((version, cipher)) = message.tls {
        fields.extend([("TLS-Version", version.clone()), ("TLS-Cipher", cipher.clone())]);
    }
    (fields, left_out)
}

/// The first recipients, as many as there is room for.
fn told(recipients: impl Iterator<Item = String>) -> Vec<String> {
    let mut room = RECIPIENT_OCTETS;
    let mut told = Vec::new();
    for address in recipients {
        // "Rcpt: " and the end of the line.
        let Some(rest) = room.checked_sub(address.len() + 8) else { break };
        room = rest;
        told.push(address);
    }
    told
}

/// The log says how many recipients Rspamd does not know of.
fn with_left_out(mut answer: Answer, left_out: usize) -> Answer {
    if left_out > 0 {
        let space = if answer.details.is_empty() { "" } else { " " };
        answer.details = format!("{}{space}(not told of {left_out} recipients)", answer.details);
    }
    answer
}

fn answer(actions: &RspamdActions, advice: Advice) -> Answer {
    let reaction = match &advice.action {
        Action::NoAction | Action::Other(_) => Reaction::Accept,
        Action::Greylist => actions.greylist,
        Action::AddHeader => actions.add_header,
        Action::RewriteSubject => actions.rewrite_subject,
        Action::SoftReject => actions.soft_reject,
        Action::Reject => actions.reject,
        Action::Quarantine => Reaction::Hold,
    };
    let is_plain = advice.action == Action::NoAction && advice.edits.is_empty();
    let details = if is_plain { String::new() } else { advice.summary() };
    let name = advice.action.name();
    let verdict = match reaction {
        Reaction::Accept | Reaction::Mark => Verdict::Accept,
        Reaction::Hold => Verdict::Hold(details.clone()),
        Reaction::Defer => {
            let words = format!("the spam filter does not take this message now ({name}), try again later");
            Verdict::Defer(Reply::new(451, (4, 7, 1), words))
        }
        Reaction::Reject => {
            let words = format!("the spam filter takes this message for spam ({name})");
            Verdict::Reject(Reply::new(550, (5, 7, 1), words))
        }
    };
    let mut edits = advice.edits;
    if reaction == Reaction::Mark {
        edits.extend(mark(&advice.action, advice.subject.as_deref()));
    }
    Answer { edits, details, ..verdict.into() }
}

/// What makes a message be known as spam: the subject that Rspamd wants, else the field that most filters write.
fn mark(action: &Action, subject: Option<&str>) -> Option<Edit> {
    match subject.filter(|_| *action == Action::RewriteSubject) {
        Some(subject) => NewField::new("Subject", subject).map(|field| Edit::Replace(Which::All, field)),
        None => NewField::new("X-Spam", "Yes").map(|field| Edit::Replace(Which::All, field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(action: &str) -> Advice {
        let json = format!(
            r#"{{"score":9,"required_score":15,"action":"{action}","symbols":{{"A":{{"score":9}}}},"subject":"*** x"}}"#
        );
        Advice::read(json.as_bytes()).expect("an answer")
    }

    #[test]
    fn each_action_does_what_the_settings_say() {
        let usual = RspamdActions::default();
        for (action, verdict) in [
            ("no action", "accept"),
            ("greylist", "accept"),
            ("add header", "accept"),
            ("rewrite subject", "accept"),
            ("soft reject", "defer"),
            ("reject", "reject"),
            ("quarantine", "hold"),
            ("something new", "accept"),
        ] {
            assert_eq!(answer(&usual, advice(action)).verdict.name(), verdict, "{action}");
        }
        let strict = RspamdActions { reject: Reaction::Hold, add_header: Reaction::Reject, ..usual };
        let held = answer(&strict, advice("reject"));
        assert_eq!(held.verdict, Verdict::Hold("reject 9.0/15.0: A(9.0)".to_owned()));
        assert_eq!(answer(&strict, advice("add header")).verdict.name(), "reject");
    }

    #[test]
    fn the_sender_hears_the_action_and_no_symbols() {
        let Verdict::Reject(reply) = answer(&RspamdActions::default(), advice("reject")).verdict else {
            panic!("not refused")
        };
        assert_eq!(reply.to_string(), "550 5.7.1 the spam filter takes this message for spam (reject)");
    }

    #[test]
    fn recipients_beyond_the_header_of_rspamd_are_left_out_and_counted() {
        let long = |number: usize| format!("{number:0>64}@{}.test", "x".repeat(60));
        let told = told((0..1_000).map(long));
        assert!(told.iter().map(|address| address.len() + 8).sum::<usize>() <= RECIPIENT_OCTETS);
        assert_eq!(told.len(), RECIPIENT_OCTETS / (64 + 1 + 65 + 8));
        assert_eq!(super::told((0..500).map(|number| format!("{number}@empfang.test"))).len(), 500);
        let answer = with_left_out(answer(&RspamdActions::default(), advice("add header")), 7);
        assert!(answer.details.ends_with(" (not told of 7 recipients)"), "{}", answer.details);
        assert_eq!(with_left_out(Verdict::Accept.into(), 0).details, "");
    }

    #[test]
    fn marks_are_set() {
        let field = |name, value| NewField::new(name, value).expect("a field");
        let usual = RspamdActions::default();
        let marked = answer(&usual, advice("add header"));
        assert_eq!(marked.edits, [Edit::Replace(Which::All, field("X-Spam", "Yes"))]);
        let renamed = answer(&usual, advice("rewrite subject"));
        assert_eq!(renamed.edits, [Edit::Replace(Which::All, field("Subject", "*** x"))]);
        assert!(answer(&usual, advice("no action")).edits.is_empty());
    }
}
