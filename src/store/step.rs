//! What a lane is asked to do, and how whoever has asked hears what came of it.

use tokio::sync::oneshot;

use super::{StoreError, Tx};

/// How long a closure is wanted that has not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// As long as somebody waits for what comes of it. Whoever has given up has told so, and nothing of it is to happen.
    WhileWaitedFor,
    /// Whatever becomes of whoever has asked.
    InAnyCase,
}

/// A closure that somebody has asked for, on its way through a lane.
pub(super) trait Step: Send {
    /// Whether it is still wanted.
    fn is_wanted(&self) -> bool;

    /// Runs it inside a transaction and keeps what came of it. Says whether its changes are to stay.
    fn run(&mut self, tx: &Tx<'_>) -> bool;

    /// Tells the caller what came of it, now that it is known whether the commit succeeded.
    fn tell(self: Box<Self>, committed: Result<(), String>);
}

/// A closure, the one who waits for it, and what came of it.
struct Asked<F, T, E> {
    run: F,
    wanted: Wanted,
    reply: oneshot::Sender<Result<T, E>>,
    outcome: Option<Result<T, E>>,
}

impl<F, T, E> Step for Asked<F, T, E>
where
    F: FnMut(&Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn is_wanted(&self) -> bool {
        self.wanted == Wanted::InAnyCase || !self.reply.is_closed()
    }

    fn run(&mut self, tx: &Tx<'_>) -> bool {
        self.outcome.insert((self.run)(tx)).is_ok()
    }

    fn tell(self: Box<Self>, committed: Result<(), String>) {
        let told = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Closed.into()),
            (Err(reason), _) => Err(StoreError::NotCommitted(reason).into()),
        };
        // Whoever asked may have gone away; the change stands all the same.
        let _ = self.reply.send(told);
    }
}

/// What a lane takes its steps from.
pub(super) type Queue = std::sync::mpsc::Sender<Box<dyn Step>>;

/// Hands a closure to a lane and waits until it is told what came of it.
pub(super) async fn ask<T, E>(
    queue: &Queue,
    wanted: Wanted,
    run: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, outcome) = oneshot::channel();
    queue.send(Box::new(Asked { run, wanted, reply, outcome: None })).map_err(|_| StoreError::Closed)?;
    outcome.await.map_err(|_| StoreError::Closed)?
}
