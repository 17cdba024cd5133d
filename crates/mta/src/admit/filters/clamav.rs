//! ClamAV: infected mail is refused by the name of what was found, or kept for the operator.

use postamt_mail::filters::clamd::Scan;
use postamt_mail::header::edit::{Edit, NewField};
use postamt_mail::reply::Reply;
use postamt_net::PortFuture;
use postamt_net::clamd::{self, ClamdError};
use postamt_net::service::{ServiceAddress, Way};

use super::answer::{Answer, Candidate, Down, Filter, Verdict};
use crate::settings::Reaction;

/// See the head of this file.
pub struct ClamAv {
    /// Where clamd listens.
    pub address: ServiceAddress,
    /// What becomes of infected mail.
    pub infected: Reaction,
}

impl Filter for ClamAv {
    fn judge<'a>(&'a self, way: &'a Way, message: &'a Candidate<'a>) -> PortFuture<'a, Result<Answer, Down>> {
        Box::pin(async move {
            match clamd::scan(way, &self.address, &message.content).await {
                Ok(Scan::Clean) => Ok(Verdict::Accept.into()),
                Ok(Scan::Found(name)) => Ok(found(self.infected, &name)),
                Ok(Scan::TooLong) => Ok(Verdict::TooLarge.into()),
                Ok(Scan::Failed(words)) => Err(Down::Broken(format!("clamd says: {words}"))),
                Err(ClamdError::Unreachable(error)) => Err(Down::Unreachable(error.to_string())),
                Err(error) => Err(Down::Broken(error.to_string())),
            }
        })
    }

    fn is_there<'a>(&'a self, way: &'a Way) -> PortFuture<'a, bool> {
        Box::pin(async { clamd::version(way, &self.address).await.is_ok() })
    }
}

fn found(reaction: Reaction, name: &str) -> Answer {
    let verdict = match reaction {
        Reaction::Accept | Reaction::Mark => Verdict::Accept,
        Reaction::Hold => Verdict::Hold(format!("virus found: {name}")),
        Reaction::Defer => {
            Verdict::Defer(Reply::new(451, (4, 7, 1), format!("the message contains a virus: {name}")))
        }
        Reaction::Reject => {
            Verdict::Reject(Reply::new(550, (5, 7, 1), format!("the message contains a virus: {name}")))
        }
    };
    let mark = (reaction == Reaction::Mark).then(|| NewField::new("X-Virus", name)).flatten();
    Answer { edits: mark.into_iter().map(Edit::Append).collect(), details: name.to_owned(), ..verdict.into() }
}
