//! Questions side by side: who is silent costs its time only once.
//!
//! `together(futures).await` lets any number of futures run within one task, so that they may borrow; their results come in
//! their order. Cannot fail; what a future brings is its caller's matter.

use std::future::{Future, poll_fn};
use std::task::Poll;

/// Lets futures run side by side, and gives their results in order.
pub fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> impl Future<Output = Vec<F::Output>> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    async move {
        poll_fn(|task| {
            let mut all_done = true;
            for (future, result) in running.iter_mut().filter(|(_, result)| result.is_none()) {
                match future.as_mut().poll(task) {
                    Poll::Ready(output) => *result = Some(output),
                    Poll::Pending => all_done = false,
                }
            }
            if all_done { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        running.into_iter().filter_map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Barrier;

    use super::*;

    #[tokio::test]
    async fn all_run_at_one_time_and_come_in_order() {
        let all_here = &Barrier::new(3);
        let meet = |number: u8| async move {
            all_here.wait().await;
            number
        };
        assert_eq!(together((1..=3).map(meet)).await, [1, 2, 3]);
        assert!(together(std::iter::empty::<std::future::Ready<u8>>()).await.is_empty());
    }
}
