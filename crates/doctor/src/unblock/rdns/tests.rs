//! Every standing of an address with every way of setting it, and letters in both languages.

use std::net::IpAddr;
use std::sync::Arc;

use postamt_lab::zones::{Record, StaticResolver, Zones};
use postamt_mail::words::{Language, words};

use super::*;
use crate::unblock::base::Base;
use crate::unblock::letter::render::for_the_user;
use crate::unblock::letter::{Form, Purpose, render};

/// 2026-11-24 15:02 UTC.
const AT: u64 = 1_795_532_520;

fn here() -> IpAddr {
    "192.0.2.25".parse().unwrap()
}

fn pointer(names: &[&str], forward: &[&str]) -> Pointer {
    Pointer {
        address: here(),
        wanted: "mail.own.test".to_owned(),
        names: Seen::Found(names.iter().map(|name| (*name).to_owned()).collect()),
        forward: Seen::Found(forward.iter().map(|address| address.parse().unwrap()).collect()),
        at: AT,
    }
}

fn failed(pointer: &Pointer, forward: bool) -> Pointer {
    let mut pointer = pointer.clone();
    match forward {
        true => pointer.forward = Seen::Failed("no answer".to_owned()),
        false => pointer.names = Seen::Failed("no answer".to_owned()),
    }
    pointer
}

fn sender() -> Sender {
    Sender {
        host: "mail.own.test".to_owned(),
        addresses: vec![here()],
        domains: vec!["own.test".to_owned()],
        purpose: Purpose::OwnMta,
        description: None,
        volume: None,
        name: Some("Kim Muster".to_owned()),
        customer: None,
        software: None,
    }
}

#[test]
fn every_standing() {
    let good = pointer(&["mail.own.test"], &["192.0.2.25"]);
    for (name, pointer, expected) in [
        ("as it should be", good.clone(), Standing::Confirmed),
        ("with capitals", pointer(&["Mail.Own.Test"], &["192.0.2.25"]), Standing::Confirmed),
        ("none", pointer(&[], &["192.0.2.25"]), Standing::ToBeSet),
        ("another", pointer(&["static.25.hoster.test"], &["192.0.2.25"]), Standing::ToBeSet),
        ("right, and does not lead back", pointer(&["mail.own.test"], &[]), Standing::ForwardFirst),
        ("none, and the name leads elsewhere", pointer(&[], &["192.0.2.9"]), Standing::ForwardFirst),
        ("the name cannot be asked", failed(&good, true), Standing::NotKnown),
        ("the address cannot be asked", failed(&good, false), Standing::NotKnown),
    ] {
        assert_eq!(pointer.standing(), expected, "{name}");
    }
}

#[test]
fn the_provider_decides_what_to_do() {
    let base = Base::embedded().unwrap();
    let (missing, early) = (pointer(&[], &["192.0.2.25"]), pointer(&[], &[]));
    let good = pointer(&["mail.own.test"], &["192.0.2.25"]);
    let advice = |id: &str, pointer: &Pointer| Advice::new(base.find(id), std::slice::from_ref(pointer));
    for (id, expected) in [
        ("hetzner-cloud", Advice::Panel),
        ("plusnet", Advice::Ask),
        ("aws-lightsail", Advice::Ask),
        ("njalla", Advice::NotOffered),
        ("not-known", Advice::Ask),
    ] {
        assert_eq!(advice(id, &missing), expected, "{id}");
        assert_eq!(advice(id, &early), Advice::ForwardFirst, "{id}");
        assert_eq!(advice(id, &good), Advice::Nothing, "{id}");
        assert_eq!(advice(id, &failed(&good, true)), Advice::NotKnown, "{id}");
    }
    assert_eq!(Advice::new(None, &[]), Advice::NoAddress);
    // Whoever has a place has a way there, and its words are the base's own.
    for provider in base.providers.iter().filter(|it| it.reverse_dns.is_some()) {
        let reverse = provider.reverse_dns.as_ref().unwrap();
        assert!(reverse.by.is_some(), "{}", provider.id);
        for language in Language::ALL {
            let words = words(language);
            let text = advice(&provider.id, &missing).text(Some(provider), words);
            assert!(text.contains(reverse.place.get(language)), "{text}");
        }
    }
}

#[test]
fn letters_in_both_languages() {
    let base = Base::embedded().unwrap();
    let six = Pointer {
        address: "2001:db8::25".parse().unwrap(),
        ..pointer(&["static.25.hoster.test"], &["2001:db8::25"])
    };
    let early = Pointer { address: "192.0.2.26".parse().unwrap(), ..pointer(&[], &["192.0.2.25"]) };
    let pointers = [pointer(&[], &["192.0.2.25"]), six, early];
    for (id, form) in
        [("plusnet", Form::Ticket), ("aws-lightsail", Form::Form), ("hetzner-cloud", Form::Text)]
    {
        for language in Language::ALL {
            let words = words(language);
            let sender = sender();
            let wish = Wish { provider: base.find(id), sender: &sender, pointers: &pointers, anyway: false };
            let letter = compose(&wish, words);
            let advice = Advice::new(wish.provider, wish.pointers).text(wish.provider, words);
            let text =
                [advice, state(&pointers, words), render(&letter, form, words), for_the_user(&letter, words)];
            insta::assert_snapshot!(format!("ptr_{id}_{language}"), text.join("\n\n"));
        }
    }
}

#[test]
fn no_letter_says_what_was_not_seen() {
    let sender = sender();
    let good = pointer(&[], &["192.0.2.25"]);
    for language in Language::ALL {
        let words = words(language);
        let compose = |pointer: &Pointer, anyway| {
            let pointers = std::slice::from_ref(pointer);
            compose(&Wish { provider: None, sender: &sender, pointers, anyway }, words)
        };
        let whole = compose(&good, false);
        let said: Vec<&str> = whole.claims.iter().map(|claim| claim.id).collect();
        assert_eq!(said, ["forward", "none"]);
        for (spoilt, missing, remedy) in [
            (pointer(&[], &["192.0.2.9"]), "forward", "mail.own.test. IN A 192.0.2.25"),
            (failed(&good, true), "forward", "no answer"),
            (failed(&good, false), "none", "no answer"),
        ] {
            // Not asked for at all, unless the user insists; and even then nothing is said that was not seen.
            assert!(compose(&spoilt, false).claims.is_empty(), "{spoilt:?}");
            let letter = compose(&spoilt, true);
            assert!(letter.claims.iter().all(|claim| claim.id != missing), "{letter:?}");
            let sentence = &whole.claims.iter().find(|claim| claim.id == missing).unwrap().text;
            assert!(!render(&letter, Form::Ticket, words).contains(sentence), "{sentence}");
            assert!(for_the_user(&letter, words).contains(remedy), "{letter:?}");
        }
    }
}

#[tokio::test]
async fn dns_is_asked_in_both_directions() {
    let zones = Zones::new(std::time::Duration::from_secs(60));
    let resolver = Arc::new(StaticResolver::new(zones.clone()));
    let wanted = "mail.own.test".parse().unwrap();
    assert_eq!(look(&*resolver, here(), &wanted, AT).await.standing(), Standing::ForwardFirst);
    zones.add("mail.own.test", Record::Address(here()));
    assert_eq!(look(&*resolver, here(), &wanted, AT).await.standing(), Standing::ToBeSet);
    zones.add("25.2.0.192.in-addr.arpa", Record::Pointer("mail.own.test".to_owned()));
    assert_eq!(look(&*resolver, here(), &wanted, AT).await.standing(), Standing::Confirmed);
}
