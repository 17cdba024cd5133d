//! What a login costs and answers, whether the name exists or not: counted, not timed.

use std::sync::Mutex;

use postamt_mail::sasl::client::{ClientMechanism, Credentials};
use postamt_mail::sasl::scram::ClientBinding;
use postamt_store::accounts::SendAs;
use postamt_store::embedded::SqliteAccounts;

use super::*;
use crate::passwords::{generate, make_account};

const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
const ANNA: &str = "anna@own.test";
const PASSWORD: &str = "korrekt-pferd";

#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl EventSink for Heard {
    fn event(&self, event: Event) {
        self.0.lock().expect("not poisoned").push(event);
    }
}

struct House {
    accounts: Arc<SqliteAccounts>,
    phone: String,
    _directory: tempfile::TempDir,
}

/// An account with the app password `phone`.
async fn house() -> House {
    let directory = tempfile::tempdir().expect("a directory");
    let accounts = Arc::new(SqliteAccounts::open(directory.path().join("accounts")).expect("accounts"));
    let anna = make_account(ANNA, PASSWORD, vec![SendAs::Any], 0, CHEAP).expect("an account");
    accounts.add(anna).await.expect("added");
    let phone = generate();
    let device = devices::make(ANNA, "phone", &phone, 0, CHEAP).expect("an app password");
    accounts.add_app_password(device).await.expect("added");
    House { accounts, phone, _directory: directory }
}

impl House {
    async fn logins(&self, cost: PasswordCost) -> Logins {
        Logins::open(self.accounts.clone(), Arc::new(Heard::default()), 2, cost).await.expect("logins")
    }
}

async fn plain(logins: &Logins, name: &str, password: &str) -> Result<LoggedIn, Refusal> {
    let message = format!("\0{name}\0{password}").into_bytes();
    match logins.begin(Mechanism::Plain, Some(message), &Channel::default()).await {
        Ok(Progress::Done(login)) => Ok(*login),
        Ok(_) => panic!("PLAIN is one step"),
        Err(Failed { error: LoginError::Refused(refusal), .. }) => Err(refusal),
        Err(failed) => panic!("{failed:?}"),
    }
}

/// The challenge, and how it ends.
async fn scram(logins: &Logins, name: &str, password: &str) -> (String, Result<LoggedIn, Refusal>) {
    let credentials = Credentials::new(name, password);
    let binding = ClientBinding::Unsupported;
    let mut client = ClientMechanism::new(Mechanism::ScramSha256, &credentials, binding, "abcdefghijkl")
        .expect("a client");
    let first = client.initial().expect("a first message").to_vec();
    let channel = Channel::default();
    let begun = logins.begin(Mechanism::ScramSha256, Some(first), &channel).await.expect("a challenge");
    let Progress::Challenge(challenge, exchange) = begun else { panic!("no challenge") };
    let text = String::from_utf8(challenge.clone()).expect("text");
    // Without the nonce, which is new each time.
    let shown = text.split_once(",s=").expect("a salt").1.to_owned();
    let proof = client.respond(&challenge).expect("a proof").to_vec();
    let end = match logins.respond(exchange, &proof, &channel).await {
        Ok(Progress::Final(_, login)) => Ok(*login),
        Ok(_) => panic!("the proof is the last word"),
        Err(Failed { error: LoginError::Refused(refusal), .. }) => Err(refusal),
        Err(failed) => panic!("{failed:?}"),
    };
    (shown, end)
}

#[tokio::test]
async fn a_name_that_does_not_exist_costs_as_much_as_one_that_does() {
    let house = house().await;
    // The host has grown since Anna's hash was made.
    for cost in [CHEAP, PasswordCost { memory_kib: 256, passes: 2, ..CHEAP }] {
        let logins = house.logins(cost).await;
        let mut works = Vec::new();
        for (name, refusal) in [
            (ANNA, Refusal::WrongPassword),
            ("nobody@own.test", Refusal::UnknownAccount),
            ("anna@own.test/phone", Refusal::WrongPassword),
            ("anna@own.test/laptop", Refusal::WrongPassword),
            ("nobody@own.test/phone", Refusal::UnknownAccount),
        ] {
            for password in ["falsch-falsch", PASSWORD] {
                if (name, password) == (ANNA, PASSWORD) {
                    continue;
                }
                let before = logins.work();
                assert_eq!(plain(&logins, name, password).await, Err(refusal.clone()), "{name} {password}");
                works.push((name, logins.work() - before));
            }
        }
        assert!(works.iter().all(|(_, work)| *work == 64), "{works:?}");
    }
}

#[tokio::test]
async fn a_device_logs_in_under_the_names_that_its_client_can_say() {
    let house = house().await;
    let logins = house.logins(CHEAP).await;
    let device = |login: LoggedIn| login.device.map(|device| device.name);
    assert_eq!(plain(&logins, ANNA, &house.phone).await.map(device), Ok(Some("phone".into())));
    assert_eq!(
        plain(&logins, "Anna@own.test/phone", &house.phone).await.map(device),
        Ok(Some("phone".into()))
    );
    assert_eq!(plain(&logins, ANNA, PASSWORD).await.map(device), Ok(None));
    assert_eq!(logins.work(), 64, "only the account's own password is hashed by Argon2id");
    // The main password is not the device's, and the device's not that of another.
    assert_eq!(plain(&logins, "anna@own.test/phone", PASSWORD).await, Err(Refusal::WrongPassword));
    assert_eq!(plain(&logins, "anna@own.test/laptop", &house.phone).await, Err(Refusal::WrongPassword));

    assert_eq!(
        scram(&logins, "anna@own.test/phone", &house.phone).await.1.map(device),
        Ok(Some("phone".into()))
    );
    assert_eq!(scram(&logins, ANNA, PASSWORD).await.1.map(device), Ok(None));
    assert_eq!(scram(&logins, ANNA, &house.phone).await.1, Err(Refusal::WrongPassword));
    assert_eq!(scram(&logins, "anna@own.test/laptop", &house.phone).await.1, Err(Refusal::WrongPassword));
    assert_eq!(scram(&logins, "nobody@own.test/phone", &house.phone).await.1, Err(Refusal::UnknownAccount));

    let anna = house.accounts.find(ANNA).await.expect("read").expect("there");
    house.accounts.update(accounts::Account { enabled: false, ..anna }).await.expect("disabled");
    assert_eq!(plain(&logins, ANNA, &house.phone).await, Err(Refusal::Disabled));
    assert_eq!(scram(&logins, "anna@own.test/phone", &house.phone).await.1, Err(Refusal::Disabled));
}

#[tokio::test]
async fn salts_of_names_that_do_not_exist_outlive_a_restart_and_look_like_the_others() {
    let house = house().await;
    let (first, second) = (house.logins(CHEAP).await, house.logins(CHEAP).await);
    let shape = |shown: &str| {
        let (salt, rounds) = shown.split_once(",i=").expect("rounds");
        (salt.len(), rounds.to_owned())
    };
    let real = scram(&first, ANNA, "falsch").await.0;
    assert_eq!(scram(&second, ANNA, "falsch").await.0, real);
    let mut seen = vec![real.clone()];
    for name in ["nobody@own.test", "anna@own.test/phone", "anna@own.test/laptop", "nobody@own.test/phone"] {
        let shown = scram(&first, name, "falsch").await.0;
        assert_eq!(scram(&second, name, "falsch").await.0, shown, "{name}");
        assert_eq!(scram(&second, &name.to_uppercase(), "falsch").await.0, shown, "{name}");
        assert_eq!(shape(&shown), shape(&real), "{name}");
        assert!(!seen.contains(&shown), "{name}");
        seen.push(shown);
    }
}

#[tokio::test]
async fn a_login_makes_a_cheap_hash_anew_and_nothing_else_changes() {
    let house = house().await;
    let dear = PasswordCost { memory_kib: 256, passes: 2, ..CHEAP };
    let logins = house.logins(dear).await;
    let before = house.accounts.find(ANNA).await.expect("read").expect("there");
    assert_eq!(plain(&logins, ANNA, "falsch-falsch").await, Err(Refusal::WrongPassword));
    assert_eq!(house.accounts.find(ANNA).await.expect("read"), Some(before.clone()));
    plain(&logins, ANNA, PASSWORD).await.expect("logged in");
    let after = house.accounts.find(ANNA).await.expect("read").expect("there");
    assert_eq!(passwords::cost_of(&after.password_hash), Some((256, 2)));
    assert_eq!(accounts::Account { password_hash: before.password_hash.clone(), ..after.clone() }, before);
    // Known again without being hashed, and once is enough.
    let work = logins.work();
    plain(&logins, ANNA, PASSWORD).await.expect("logged in");
    assert_eq!(logins.work(), work);
    assert!(passwords::verify(PASSWORD, &after.password_hash));
    let cheaper = house.logins(CHEAP).await;
    plain(&cheaper, ANNA, PASSWORD).await.expect("logged in");
    assert_eq!(house.accounts.find(ANNA).await.expect("read"), Some(after), "never made cheaper");
}

#[tokio::test]
async fn no_more_checks_run_at_a_time_than_there_are_places() {
    let house = house().await;
    let logins = Arc::new(house.logins(CHEAP).await);
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    // As many as there are places: each ends when the way to it is closed.
    for _ in 0..2 {
        let (logins, gate) = (logins.clone(), gate.clone());
        tokio::spawn(async move {
            logins.checkers.run(move || gate.lock().is_ok_and(|gate| gate.recv().is_ok())).await
        });
    }
    tokio::task::yield_now().await;
    let login = logins.clone();
    let waiting = tokio::spawn(async move { plain(&login, ANNA, PASSWORD).await });
    // Devices need none.
    plain(&logins, ANNA, &house.phone).await.expect("logged in");
    assert_eq!(logins.work(), 0);
    assert!(!waiting.is_finished());
    drop(go);
    waiting.await.expect("no panic").expect("logged in");
    assert_eq!(logins.work(), 64);
}
