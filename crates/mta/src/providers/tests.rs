use super::*;

fn host(name: &str) -> PlannedHost {
    PlannedHost { name: Some(domain(name)), preference: 10 }
}

fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a domain")
}

#[test]
fn a_name_means_a_provider_a_host_or_a_domain() {
    let outlook = [host("outlook-com.olc.protection.outlook.com")];
    let own = [host("mx1.mail.example")];
    assert!(covers("microsoft", &domain("outlook.com"), &outlook));
    assert!(covers("olc.protection.outlook.com", &domain("outlook.com"), &outlook));
    assert!(!covers("google", &domain("outlook.com"), &outlook));
    assert!(covers("mail.example", &domain("firma.example"), &own));
    assert!(covers("firma.example", &domain("firma.example"), &own));
    assert!(!covers("firma.example", &domain("andere.example"), &own));
}

#[test]
fn every_week_a_few_messages_try_the_direct_way() {
    let providers = Providers::default();
    let (to, hosts) = (domain("firma.example"), [host("mx1.mail.example")]);
    // Each message that is let through is tried at once.
    let by_relay = |now| providers.admit(&to, &hosts, now).map(|mut place| place.spend()).is_err();
    assert!(!by_relay(0), "nobody has asked for it");
    let fact = decision("mail.example", "anbieter", 0, JITTER_SECONDS);
    assert_eq!(fact.next_trial, WEEK_SECONDS);
    providers.decide(fact);
    assert!(by_relay(WEEK_SECONDS - 1));
    assert!((0..TRIAL_PLACES).all(|_| !by_relay(WEEK_SECONDS)));
    assert!(by_relay(WEEK_SECONDS), "only a few");
    assert!(!by_relay(WEEK_SECONDS + TRIAL_PATIENCE_SECONDS), "nothing was heard of them");
    let now = WEEK_SECONDS + TRIAL_PATIENCE_SECONDS;
    providers.refused("mail.example", "554 no".to_owned(), now, JITTER_SECONDS);
    assert!(by_relay(now));
    let fact = &providers.facts()[0];
    assert_eq!((fact.refused_trials, fact.next_trial), (1, now + WEEK_SECONDS));
    providers.taken("mail.example", now);
    assert!(by_relay(now), "only a trial ends it");
    assert!(!by_relay(now + WEEK_SECONDS));
    for _ in 1..TRIAL_PLACES {
        providers.taken("mail.example", now + WEEK_SECONDS);
        assert_eq!(providers.facts().len(), 1, "the next one may be refused");
    }
    providers.taken("mail.example", now + WEEK_SECONDS);
    assert!(providers.facts().is_empty() && !by_relay(now + WEEK_SECONDS));
    let told: Vec<_> = providers.take_changed().into_iter().map(|fact| fact.reason.name()).collect();
    assert_eq!(told, ["asked", "time_to_try", "refused", "time_to_try", "taken"]);
}

#[test]
fn a_message_that_is_planned_again_before_it_is_tried_gives_its_place_back() {
    let providers = Providers::default();
    let (to, hosts) = (domain("firma.example"), [host("mx1.mail.example")]);
    providers.decide(decision("mail.example", "anbieter", 0, JITTER_SECONDS));
    let admit = || providers.admit(&to, &hosts, WEEK_SECONDS);
    let mut first = admit().expect("let through");
    let (second, third) = (admit().expect("let through"), admit().expect("let through"));
    assert!(admit().is_err(), "only a few");
    // The beginning of the trial has it planned again, as all mail of the provider.
    drop(second);
    let mut second = admit().expect("let through again");
    assert!(admit().is_err());
    first.spend();
    second.spend();
    drop((first, second));
    assert!(admit().is_err(), "what was tried has had its turn");
    drop(third);
    assert!(admit().is_ok());
}
