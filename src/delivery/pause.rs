//! Standing still: nothing begins, and what has begun comes to an end.
//!
//! The sandbox replaces the integration's data together with that of its neighbours. Work that began on the old data must not reach
//! the new: neither in the store nor as a mail or a call to a neighbour. A service without a sandbox has `unpaused` instead.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Counts what is under way and keeps everything else waiting while it is closed. Clones are the same.
#[derive(Clone, Debug)]
pub struct Pause(Arc<watch::Sender<Traffic>>);

#[derive(Debug, Default)]
struct Traffic {
    closed: bool,
    under_way: usize,
    /// How often what was under way has been cut off.
    cut_off: u64,
    /// How often all data have been replaced.
    replaced: u64,
}

/// Whose data are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's: whoever waits belongs to the old ones.
    Everybodys,
    /// One customer's: whoever waits is probably somebody else's, and finds whatever is there then.
    OneCustomers,
}

impl Default for Pause {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Traffic::default())))
    }
}

impl Pause {
    /// Waits until things may begin. `None` when all data were replaced meanwhile: whoever waited belongs to the old ones.
    pub async fn enter(&self) -> Option<UnderWay> {
        let mut traffic = self.0.subscribe();
        let asked = traffic.borrow_and_update().replaced;
        loop {
            let mut begun = None;
            self.0.send_if_modified(|traffic| {
                if traffic.closed {
                    return false;
                }
                traffic.under_way += 1;
                begun = Some((traffic.cut_off, traffic.replaced));
                true
            });
            if let Some((begun, replaced)) = begun {
                let under_way = UnderWay { pause: self.clone(), begun };
                return (replaced == asked).then_some(under_way);
            }
            // The sender lives in `self`, so waiting never fails.
            traffic.changed().await.ok()?;
        }
    }

    /// Lets nothing begin any more and waits for what is under way, for no longer than `patience` of real time. Says whether all of it
    /// has ended.
    pub async fn close(&self, patience: Duration) -> bool {
        self.0.send_modify(|traffic| traffic.closed = true);
        self.ended(patience).await
    }

    /// Cuts off what is under way, as its data are about to be replaced. Says whether all of it has ended within `patience`.
    pub async fn cut_off(&self, whose: Whose, patience: Duration) -> bool {
        self.0.send_modify(|traffic| {
            traffic.cut_off += 1;
            traffic.replaced += u64::from(whose == Whose::Everybodys);
        });
        self.ended(patience).await
    }

    /// Lets things begin again.
    pub fn open(&self) {
        self.0.send_modify(|traffic| traffic.closed = false);
    }

    async fn ended(&self, patience: Duration) -> bool {
        let mut traffic = self.0.subscribe();
        tokio::time::timeout(patience, traffic.wait_for(|traffic| traffic.under_way == 0)).await.is_ok()
    }
}

/// Something that has begun; it has ended when this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    pause: Pause,
    begun: u64,
}

impl UnderWay {
    /// Ends when the data have been replaced since this began.
    pub async fn cut_off(&self) {
        let mut traffic = self.pause.0.subscribe();
        // The sender lives in `self`, so waiting never fails.
        let _ = traffic.wait_for(|traffic| traffic.cut_off != self.begun).await;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.pause.0.send_modify(|traffic| traffic.under_way -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn what_is_under_way_is_waited_for_and_what_comes_later_waits() {
        let pause = Pause::default();
        let first = pause.enter().await.expect("it is open");
        assert!(!pause.close(Duration::from_millis(5)).await, "the first is still under way");
        let second = tokio::spawn({
            let pause = pause.clone();
            async move { pause.enter().await.is_some() }
        });
        drop(first);
        assert!(pause.close(LONG).await);
        assert!(!second.is_finished());
        pause.open();
        assert!(second.await.expect("no panic"), "nothing was replaced");
    }

    /// Replaces data while one works and one waits; whether the one who waits begins afterwards.
    async fn waiter_begins(whose: Whose) -> bool {
        let pause = Pause::default();
        let first = pause.enter().await.expect("it is open");
        let working = tokio::spawn(async move { first.cut_off().await });
        assert!(!pause.close(Duration::from_millis(5)).await);
        let mut second = tokio::spawn({
            let pause = pause.clone();
            async move { pause.enter().await.is_some() }
        });
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut second).await.is_err(), "it waits");
        assert!(pause.cut_off(whose, LONG).await);
        working.await.expect("no panic");
        pause.open();
        let begins = second.await.expect("no panic");
        assert!(pause.enter().await.is_some(), "the next one begins");
        begins
    }

    #[tokio::test]
    async fn whoever_waits_while_all_data_are_replaced_does_not_begin_and_whoever_has_begun_is_cut_off() {
        assert!(!waiter_begins(Whose::Everybodys).await);
    }

    #[tokio::test]
    async fn whoever_waits_while_one_customer_is_replaced_begins_afterwards() {
        assert!(waiter_begins(Whose::OneCustomers).await);
    }
}
