//! Names that do not resolve, or resolve to somebody else.

use postamt_doctor::port25::Kind;
use postamt_doctor::port25::outcome::{DnsProblem, Outcome};
use postamt_doctor::port25::verdict::Evidence;
use postamt_lab::zones::{Misbehaviour, Record};

use crate::support::{OPERATORS, Street, exchanges, good};

async fn street() -> Street {
    Street::build(|authority, _, name| good(authority, name)).await
}

#[tokio::test]
async fn failures_of_dns_are_told_apart() {
    for (fault, problem) in [
        (Misbehaviour::ServerFailure, DnsProblem::ServerFailure),
        (Misbehaviour::Silence, DnsProblem::Timeout),
    ] {
        let street = street().await;
        street.zones.misbehave("test", Some(fault));
        let path = street.verdict(Kind::DnsBroken).await;
        for exchange in exchanges(&path) {
            assert!(matches!(exchange.outcome, Outcome::Dns { problem: found, .. } if found == problem));
        }
    }
}

#[tokio::test]
async fn names_that_must_exist_and_do_not() {
    let street = street().await;
    for name in OPERATORS {
        for host in [name.to_owned(), format!("mx.{name}"), format!("www.{name}"), format!("smtp.{name}")] {
            street.zones.remove(&format!("{host}.test"));
        }
    }
    let path = street.verdict(Kind::DnsBroken).await;
    assert!(path.verdict.evidence.iter().any(
        |it| matches!(it, Evidence::DnsFailed { problem: DnsProblem::NoSuchName, names } if names.len() >= 5)
    ));
}

#[tokio::test]
async fn one_address_for_all_names() {
    let street = street().await;
    for name in OPERATORS {
        let host = format!("mx.{name}.test");
        street.zones.remove(&host);
        street.zones.add(&host, Record::Address(street.address(0)));
    }
    let path = street.verdict(Kind::DnsBroken).await;
    assert!(
        matches!(&path.verdict.evidence[0], Evidence::SameAddress { operators, .. } if operators.len() == 5)
    );
}

#[tokio::test]
async fn the_next_domain_of_an_operator_and_the_next_exchanger_help_out() {
    let mut street = street().await;
    // The first exchanger has no the first domain of another operator is gone.
    street.zones.add("alpha.test", Record::Mx { preference: 1, exchange: "gone.alpha.test".to_owned() });
    let gone = postamt_mail::address::Domain::new("gone.test").unwrap();
    street.settings.operators[1].domains.insert(0, gone);
    let path = street.verdict(Kind::Open).await;
    assert!(exchanges(&path).iter().all(|it| it.outcome.is_answer()), "{path:#?}");
}
