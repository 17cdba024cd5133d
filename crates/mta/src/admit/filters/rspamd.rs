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
            let question = Question { fields: fields(message), pieces: &message.content };
            match self.client.check(way, &question).await {
                Ok(advice) => Ok(answer(&self.actions, advice)),
                Err(RspamdError::Unreachable(error)) => Err(Down::Unreachable(error.to_string())),
                Err(error) => Err(Down::Broken(error.to_string())),
            }
        })
    }
}

/// What Rspamd is told of a message; see its manual under "HTTP headers".
fn fields(message: &Candidate<'_>) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("Queue-Id", message.id.to_string()),
        ("MTA-Name", message.hostname.to_owned()),
        ("From", path_text(message.envelope.sender.as_ref())),
    ];
    fields
        .extend(message.envelope.recipients.iter().map(|recipient| ("Rcpt", recipient.address.to_string())));
    fields.extend(message.peer.map(|peer| ("IP", peer.to_canonical().to_string())));
    fields.extend(message.helo.map(|helo| ("Helo", helo.to_owned())));
    fields.extend(message.identity.account().map(|account| ("User", account)));
    if let Some((version, cipher)) = message.tls {
        fields.extend([("TLS-Version", version.clone()), ("TLS-Cipher", cipher.clone())]);
    }
    fields
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
