//! The main job: handed in on 587, made safe, signed, delivered to the recipient's server, which finds everything
//! in order.

use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_receiver_finds_everything_in_order() {
    let house = House::build().await;
    let id = house.submit(&["empfang@streng.test"]).await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    assert_eq!(receipt.judgement.as_ref().expect("judged").to_string(), "spf=pass dkim=pass dmarc=pass");
    assert_eq!(receipt.header("Bcc"), None);
    assert!(receipt.header("Message-ID").is_some());
    let received = receipt.header("Received").expect("a trace field");
    assert!(!received.contains("127."), "the client's address is nobody's business: {received}");
    house.finished(&id).await;
    house.running.shutdown().await;
}
