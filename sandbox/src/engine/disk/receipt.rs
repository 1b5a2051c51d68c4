//! Waiting for what was handed to the writer.

use tokio::sync::oneshot;

use super::{DiskError, Settle};

/// Only whoever waits is told.
pub(super) struct Told(pub(super) oneshot::Sender<Result<(), String>>);

impl Settle for Told {
    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        // Whoever submitted may have gone away.
        let _ = self.0.send(outcome);
    }
}

/// The promise that submitted changes reach the disk.
#[must_use]
#[derive(Debug)]
pub struct Receipt(Option<oneshot::Receiver<Result<(), String>>>);

impl Receipt {
    /// For what needs no disk.
    pub(in crate::engine) fn settled_already() -> Self {
        Self(None)
    }

    /// A receipt, and by what it is settled.
    pub(in crate::engine) fn pending() -> (oneshot::Sender<Result<(), String>>, Self) {
        let (done, settled) = oneshot::channel();
        (done, Self(Some(settled)))
    }

    /// Waits until the changes are on disk.
    ///
    /// # Errors
    /// When they could not be written.
    pub async fn settled(self) -> Result<(), DiskError> {
        match self.0 {
            None => Ok(()),
            Some(settled) => told(settled.await),
        }
    }

    /// The same on a thread that serves nobody.
    pub(in crate::engine) fn settled_blocking(self) -> Result<(), DiskError> {
        match self.0 {
            None => Ok(()),
            Some(settled) => told(settled.blocking_recv()),
        }
    }
}

fn told(outcome: Result<Result<(), String>, oneshot::error::RecvError>) -> Result<(), DiskError> {
    match outcome {
        Ok(outcome) => outcome.map_err(DiskError::NotStored),
        Err(_) => Err(DiskError::NotStored("the writer has stopped".into())),
    }
}
