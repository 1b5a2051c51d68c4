//! What a lane is asked to do, and how whoever has asked hears what came of it.

use tokio::sync::oneshot;
use tracing::Span;

use super::moments::Moment;
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
    /// What has happened to orders with it.
    moments: Vec<Moment>,
    /// What the one who waits was doing: what is logged of it stands under that, also on the thread of a lane.
    span: Span,
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
        let outcome = self.span.in_scope(|| (self.run)(tx));
        let stays = self.outcome.insert(outcome).is_ok();
        // A change that is run again begins anew.
        self.moments = if stays { tx.take_moments() } else { Vec::new() };
        stays
    }

    fn tell(self: Box<Self>, committed: Result<(), String>) {
        if committed.is_ok() {
            self.span.in_scope(|| self.moments.iter().for_each(Moment::tell));
        }
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
    queue
        .send(Box::new(Asked { run, wanted, reply, outcome: None, moments: Vec::new(), span: Span::current() }))
        .map_err(|_| StoreError::Closed)?;
    outcome.await.map_err(|_| StoreError::Closed)?
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use rusqlite::Connection;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;
    use crate::domain::OrderEvent;
    use crate::store::SealingKey;
    use crate::store::moments::What;
    use crate::store::tx::Database;

    /// What is logged on this thread.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic elsewhere").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Log {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn ending() -> Moment {
        let (customer, workflow) = ("4021".parse().expect("digits"), "88431".parse().expect("digits"));
        Moment { customer, order: 7.try_into().expect("a number"), workflow, what: What::Changed(OrderEvent::RanOut) }
    }

    /// What the log says of a change that runs so many times, ends like this, and is committed or not.
    fn logged(runs: usize, outcome: Result<(), ()>, committed: Result<(), String>) -> String {
        let request = || tracing::error_span!("request", request.id = "an-id");
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            // Whether a line is wanted at all is decided by whichever thread comes to it first, which may be another test's, where nobody
            // listens. Once both are known, it is decided again here.
            request().in_scope(|| ending().tell());
            tracing::callsite::rebuild_interest_cache();
            log.0.lock().expect("no panic elsewhere").clear();
            let (reply, _heard) = oneshot::channel();
            let run = move |tx: &Tx<'_>| -> Result<(), StoreError> {
                tx.happens(ending());
                outcome.map_err(|()| StoreError::Closed)
            };
            let (wanted, span) = (Wanted::InAnyCase, request());
            let mut asked = Box::new(Asked { run, wanted, reply, outcome: None, moments: Vec::new(), span });
            let (connection, key) = (Connection::open_in_memory().expect("memory"), SealingKey::for_this_process());
            for _ in 0..runs {
                asked.run(&Tx::new(Database::Sqlite(&connection), &key));
            }
            asked.tell(committed);
        });
        let bytes = log.0.lock().expect("no panic elsewhere").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn what_happens_to_an_order_is_told_once_with_the_request_that_brought_it_about() {
        for runs in [1, 3] {
            let log = logged(runs, Ok(()), Ok(()));
            assert_eq!(log.lines().count(), 1, "{log}");
            for part in [
                "INFO request{request.id=\"an-id\"}",
                "An order was closed: its invitation ran out.",
                "customer.id=4021 order.id=7 workflow.id=88431 order.event=\"closed\"",
            ] {
                assert!(log.contains(part), "{part}: {log}");
            }
        }
    }

    #[test]
    fn what_was_undone_has_not_happened() {
        assert_eq!(logged(1, Err(()), Ok(())), "", "the change refused");
        assert_eq!(logged(1, Ok(()), Err("the disk is full".into())), "", "the commit failed");
    }
}
