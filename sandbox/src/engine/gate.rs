//! A gate that can be closed: what passes is counted, and whoever closes it waits until nobody is inside.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Lets deliveries pass until it is closed. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<watch::Sender<Traffic>>);

#[derive(Debug, Default)]
struct Traffic {
    closed: usize,
    inside: usize,
    /// How often what is behind the gate has been replaced.
    replaced: u64,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Traffic::default())))
    }
}

impl Gate {
    /// Waits until the gate is open and passes. Being inside ends when the pass is dropped.
    pub async fn pass(&self) -> Pass {
        let mut traffic = self.0.subscribe();
        loop {
            traffic.borrow_and_update();
            let passes = self.0.send_if_modified(|traffic| {
                let passes = traffic.closed == 0;
                traffic.inside += usize::from(passes);
                passes
            });
            // The sender lives in `self`, so waiting never fails.
            if passes || traffic.changed().await.is_err() {
                let began = self.0.borrow().replaced;
                return Pass { gate: self.clone(), began };
            }
        }
    }

    /// Closes the gate and waits until nobody is inside, for no longer than `patience` of real time. It opens again when what is
    /// returned is dropped.
    pub async fn close(&self, patience: Duration) -> Closed {
        self.0.send_modify(|traffic| traffic.closed += 1);
        let closed = Closed(self.clone());
        let mut traffic = self.0.subscribe();
        if tokio::time::timeout(patience, traffic.wait_for(|traffic| traffic.inside == 0)).await.is_err() {
            tracing::warn!("Deliveries are still under way after {} seconds and are not waited for.", patience.as_secs());
        }
        closed
    }
}

impl Gate {
    /// Tells those who are still inside that what they carry may be gone.
    pub fn announce_replacement(&self) {
        self.0.send_modify(|traffic| traffic.replaced += 1);
    }
}

/// The right to be inside.
#[derive(Debug)]
pub struct Pass {
    gate: Gate,
    began: u64,
}

impl Pass {
    /// Carries something to its end, unless it is replaced meanwhile: then nobody may be told of it any more, and there is `None`.
    pub async fn unless_replaced<T>(&self, carry: impl Future<Output = T>, is_present: impl Fn() -> bool) -> Option<T> {
        let mut traffic = self.gate.0.subscribe();
        let mut seen = self.began;
        let mut carry = std::pin::pin!(carry);
        loop {
            if !is_present() {
                return None;
            }
            tokio::select! {
                outcome = &mut carry => return Some(outcome),
                // The sender lives in `self`, so waiting never fails.
                changed = traffic.wait_for(|traffic| traffic.replaced != seen) => {
                    seen = changed.map_or(seen, |traffic| traffic.replaced);
                }
            }
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.0.send_modify(|traffic| traffic.inside -= 1);
    }
}

/// A gate that is closed.
#[derive(Debug)]
pub struct Closed(Gate);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.0.send_modify(|traffic| traffic.closed -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn closing_waits_for_who_is_inside_and_keeps_others_out_until_it_opens() {
        let gate = Gate::default();
        let inside = gate.pass().await;
        let closing = tokio::spawn({
            let gate = gate.clone();
            async move { gate.close(LONG).await }
        });
        let mut traffic = gate.0.subscribe();
        traffic.wait_for(|traffic| traffic.closed == 1).await.expect("the gate is there");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.pass().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished() && !waiting.is_finished());
        drop(inside);
        let closed = closing.await.expect("no panic");
        assert!(!waiting.is_finished());
        drop(closed);
        drop(waiting.await.expect("no panic"));
    }

    #[tokio::test]
    async fn what_is_replaced_while_it_is_carried_is_dropped_and_the_rest_arrives() {
        let gate = Gate::default();
        let (gone, present) = (gate.pass().await, gate.pass().await);
        let (arrive, arrives) = tokio::sync::oneshot::channel::<()>();
        let lost = tokio::spawn(async move { gone.unless_replaced(std::future::pending::<()>(), || false).await });
        let carried = tokio::spawn(async move { present.unless_replaced(arrives, || true).await });
        gate.announce_replacement();
        assert_eq!(lost.await.expect("no panic"), None);
        arrive.send(()).expect("it is waited for");
        assert!(carried.await.expect("no panic").is_some());
    }

    #[tokio::test]
    async fn patience_ends() {
        let gate = Gate::default();
        let _inside = gate.pass().await;
        drop(gate.close(Duration::from_millis(5)).await);
        drop(gate.pass().await);
    }
}
