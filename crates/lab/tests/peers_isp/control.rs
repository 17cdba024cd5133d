//! The switchboard, as another process would use it.

use std::sync::Arc;

use postamt_lab::isp::control::{self, ControlError, Request};
use postamt_lab::isp::{Attitude, Isp, Mode};

use super::eyes::{Attempt, Seen, expect_greeting, target};

pub async fn all(isp: &Arc<Isp>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("isp.sock");
    let control = control::serve(&path, Arc::clone(isp)).unwrap();
    let ask = async |line: &str| control::ask(&path, &line.parse::<Request>().unwrap()).await;

    assert_eq!(ask("show").await.unwrap(), "open");
    assert_eq!(ask("set reject-rst family=6").await.unwrap(), "reject-rst family=6");
    assert_eq!(isp.rules().mode, Mode::RejectReset);
    assert_eq!(Attempt::at(target(isp, 1), 25).is_open().await, Seen::Reset);
    expect_greeting(isp, 0).await;
    assert_eq!(ask("operator merkur closed").await.unwrap(), "merkur closed");
    assert_eq!(Attempt::at(target(isp, 0), 25).is_open().await, Seen::Reset);
    assert_eq!(ask("operator merkur serving").await.unwrap(), "merkur serving");
    assert_eq!(ask("set open").await.unwrap(), "open");
    expect_greeting(isp, 1).await;
    assert_eq!(ask("support never").await.unwrap(), "support never");
    assert_eq!(isp.support(), Attitude::Never);
    let refused = ask("operator niemand busy").await.unwrap_err();
    assert!(matches!(&refused, ControlError::Refused(words) if words.contains("niemand")), "{refused}");

    drop(control);
    assert!(matches!(ask("show").await, Err(ControlError::Socket { .. })));
    // Its sessions, which hold the ISP, end with it.
    while Arc::strong_count(isp) > 1 {
        tokio::task::yield_now().await;
    }
}
