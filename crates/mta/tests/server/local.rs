//! Mail of this host's users: over the UNIX socket, known by the kernel's word, and from the drop directory.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use postamt_mta::accept::drop_directory::DroppedEnvelope;
use postamt_mta::events::Event;
use postamt_mta::settings::Settings;

use crate::support::House;
use crate::support::talk::Talk;

const MAIL: &str =
    "From: Cron <cron@absender.test>\r\nTo: da@streng.test\r\nSubject: Bericht\r\n\r\nFertig\r\n";

/// The user that runs the tests.
fn own_uid() -> u32 {
    fs::metadata("/proc/self").expect("proc").uid()
}

fn trust_me(settings: &mut Settings) {
    settings.local_submission.trusted_users = vec![own_uid()];
}

async fn talk(house: &House) -> Talk {
    let mut talk = Talk::open_local(&house.settings.local_submission.socket).await;
    let offers = talk.say("EHLO localhost").await;
    assert!(!offers.contains("AUTH") && !offers.contains("STARTTLS"), "{offers}");
    talk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_this_host_needs_no_login_and_is_named() {
    let house = House::build().await;
    let mut talk = talk(&house).await;
    talk.say_all(&["MAIL FROM:<cron@absender.test>", "RCPT TO:<da@streng.test>", "DATA"]).await;
    let reply = talk.say(&format!("{MAIL}.")).await;
    assert!(reply.starts_with("250 2.0.0 queued as "), "{reply}");
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    let accepted = house.events.wait_for(1, |event| matches!(event, Event::Accepted { .. })).await;
    let Event::Accepted { account, channel, peer, .. } = &accepted[0] else { panic!("{accepted:?}") };
    assert_eq!(account.as_deref(), Some(format!("uid:{}", own_uid()).as_str()));
    assert_eq!((channel.as_str(), *peer), ("sendmail", None));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_write_as_own_domains_and_trusted_ones_as_anything() {
    let house = House::build().await;
    let mut user = talk(&house).await;
    let reply = user.say("MAIL FROM:<cron@streng.test>").await;
    assert!(reply.starts_with("550 5.7.1 uid:"), "{reply}");
    user.say_all(&["MAIL FROM:<cron@absender.test>", "RCPT TO:<da@streng.test>", "DATA"]).await;
    let reply = user.say("From: chef@streng.test\r\n\r\nx\r\n.").await;
    assert!(reply.starts_with("550 5.7.1 ") && reply.contains("From field"), "{reply}");
    house.running.shutdown().await;

    let house = House::build_with(|settings, _| trust_me(settings)).await;
    let mut trusted = talk(&house).await;
    trusted.say_all(&["MAIL FROM:<cron@anders.test>", "RCPT TO:<da@klartext.test>", "DATA"]).await;
    let reply = trusted.say("From: chef@anders.test\r\n\r\nx\r\n.").await;
    assert!(reply.starts_with("250 "), "{reply}");
    house.receipt(|receipt| receipt.server.as_str() == "mx.klartext.test").await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn local_submission_can_be_switched_off() {
    let house = House::build_with(|settings, _| settings.local_submission.enabled = false).await;
    assert!(!house.settings.local_submission.socket.exists());
    assert!(!house.settings.local_submission.drop_directory.exists());
    house.running.shutdown().await;
}

/// A drop directory as `sendmail` leaves it while the server is down.
fn drop_directory(directory: &Path) -> PathBuf {
    let drop = directory.join("drop");
    fs::create_dir_all(&drop).expect("made");
    drop
}

fn dropped(sender: &str, recipients: &[&str]) -> String {
    let envelope = DroppedEnvelope {
        sender: sender.to_owned(),
        recipients: recipients.iter().map(|text| (*text).to_owned()).collect(),
        eight_bit: false,
        return_full: None,
        envelope_id: None,
        notify: None,
    };
    serde_json::to_string(&envelope).expect("JSON") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_mail_is_picked_up_and_what_is_refused_is_set_aside() {
    let victim = tempfile::NamedTempFile::new().expect("a file");
    fs::write(victim.path(), "unberührt").expect("written");
    let house = House::build_with(|_, directory| {
        let drop = drop_directory(directory);
        let write = |name: &str, content: String| fs::write(drop.join(name), content).expect("written");
        let own = dropped("cron@absender.test", &["da@streng.test"]);
        // With bare line feeds, as programs write them.
        write("gut.mail", own.clone() + &MAIL.replace("\r\n", "\n"));
        write("fremd.mail", dropped("cron@streng.test", &["da@streng.test"]) + MAIL);
        write("fremder-autor.mail", own.clone() + "From: chef@streng.test\n\nx\n");
        write("kein-umschlag.mail", "Hallo\n".to_owned());
        write("niemand.mail", dropped("cron@absender.test", &[]) + MAIL);
        let many: Vec<String> = (0..1001).map(|number| format!("nr{number}@streng.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        write("viele.mail", dropped("cron@absender.test", &many) + MAIL);
        write("unfertig.tmp", own.clone() + MAIL);
        // Tricks of other users: a link to somebody's file, a second name of one, a reason that leads elsewhere.
        write("geheim", own + MAIL);
        symlink(drop.join("geheim"), drop.join("link.mail")).expect("linked");
        fs::hard_link(drop.join("geheim"), drop.join("zweiter.mail")).expect("linked");
        symlink(victim.path(), drop.join("fremd.reason")).expect("linked");
    })
    .await;
    let drop = house.directory.path().join("drop");
    let refused = ["fremd", "fremder-autor", "kein-umschlag", "niemand", "viele", "link", "zweiter"];
    house
        .events
        .wait_for(
            refused.len(),
            |event| matches!(event, Event::Warning { what } if what.contains("was refused")),
        )
        .await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    house.events.wait_for(1, |event| matches!(event, Event::Finished { .. })).await;
    house.running.shutdown().await;
    for name in refused {
        let path = drop.join(name);
        assert!(path.with_extension("refused").symlink_metadata().is_ok(), "{name} is kept");
        assert!(!path.with_extension("mail").exists(), "{name} is not tried again");
        let reason = path.with_extension("reason");
        assert!(reason.symlink_metadata().is_ok_and(|metadata| metadata.is_file()), "{name} has a reason");
    }
    assert!(!drop.join("gut.mail").exists() && drop.join("unfertig.tmp").exists());
    assert_eq!(fs::read_to_string(victim.path()).expect("read"), "unberührt");
    let reason = fs::read_to_string(drop.join("viele.reason")).expect("read");
    assert_eq!(reason, "more than 1000 recipients");
    assert_eq!(house.world.receipts().all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_from_a_file_cannot_speak_smtp() {
    let house = House::build_with(|_, directory| {
        let drop = drop_directory(directory);
        let envelope = "{\"sender\":\"cron@absender.test\",\"recipients\":[\"da@streng.test\"],\
                        \"envelope_id\":\"x\\r\\nRSET\",\"notify\":[]}\n";
        fs::write(drop.join("a.mail"), envelope.to_owned() + MAIL).expect("written");
        let envelope = "{\"sender\":\"cron@absender.test\",\"recipients\":[\"da@streng.test>\\r\\nRSET\"]}\n";
        fs::write(drop.join("b.mail"), envelope.to_owned() + MAIL).expect("written");
    })
    .await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    assert_eq!(receipt.envelope.envelope_id, None);
    assert!(receipt.envelope.recipients[0].explicit_notify, "NOTIFY=NEVER is passed on");
    house
        .events
        .wait_for(1, |event| matches!(event, Event::Warning { what } if what.contains("b.mail was refused")))
        .await;
    house.running.shutdown().await;
}
