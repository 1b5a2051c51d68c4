//! What runs in the background: started one by one, watched, stopped together.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::HttpLimits;
use super::hosts::Hosts;
use super::http::{self, Port};
use crate::engine::{Clock, Sockets};
use crate::ui::PublicOrigin;

/// How long requests under way may take to end when the sandbox stops.
const DRAIN: Duration = Duration::from_secs(5);

/// Everything that runs in the background.
#[derive(Debug)]
pub(super) struct Servers {
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
    failure: Arc<watch::Sender<Option<&'static str>>>,
    limits: HttpLimits,
    hosts: Hosts,
    clock: Clock,
}

impl Servers {
    /// Servers that keep to these limits, answer for these hosts and date their answers by this clock.
    pub(super) fn new(limits: HttpLimits, hosts: Hosts, clock: Clock) -> Self {
        let (stopping, failure) = (watch::Sender::new(false), Arc::new(watch::Sender::new(None)));
        Self { tasks: JoinSet::new(), stopping, failure, limits, hosts, clock }
    }

    /// Answers on `listener` for what others call `address`.
    pub(super) fn serve(&mut self, part: &'static str, listener: Sockets, address: &str, router: Router) {
        self.open(part, listener, Port { router, packs: false, origin: PublicOrigin::of(address) });
    }

    /// The same, packed for clients that ask for it.
    pub(super) fn serve_packed(&mut self, part: &'static str, listener: Sockets, address: &str, router: Router) {
        self.open(part, listener, Port { router, packs: true, origin: PublicOrigin::of(address) });
    }

    fn open(&mut self, part: &'static str, listener: Sockets, port: Port) {
        let (limits, hosts, clock) = (self.limits, self.hosts.clone(), self.clock.clone());
        self.run(part, move |shutdown| http::serve(listener, port, limits, hosts, clock, shutdown));
    }

    /// Runs a part until it is told to end.
    pub(super) fn run<F: Future<Output = ()> + Send + 'static>(&mut self, part: &'static str, task: impl FnOnce(Shutdown) -> F) {
        let mut stopping = self.stopping.subscribe();
        let ended = Ended { part, stopping: self.stopping.subscribe(), failure: Arc::clone(&self.failure) };
        let shutdown: Shutdown = Box::pin(async move {
            // A sender that is gone has stopped, too.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        });
        let task = task(shutdown);
        self.tasks.spawn(async move {
            let _ended = ended;
            task.await;
        });
    }

    /// Where the news that everything stops arrives.
    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Ends when a part has ended although nobody told it to, with its name.
    pub(super) async fn failed(&self) -> &'static str {
        let mut failure = self.failure.subscribe();
        // The sender lives as long as these servers, so there is an end only with a name.
        failure.wait_for(Option::is_some).await.ok().and_then(|part| *part).unwrap_or("the sandbox")
    }

    /// Tells everything to end and waits for it, for a while.
    pub(super) async fn stop(mut self) {
        self.stopping.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, ended).await.is_err() {
            tracing::warn!("Some requests did not end in time and were cut off.");
            self.tasks.shutdown().await;
        }
    }
}

/// Ends when a part has to.
pub(super) type Shutdown = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Notices the end of a task, also by a panic.
struct Ended {
    part: &'static str,
    stopping: watch::Receiver<bool>,
    failure: Arc<watch::Sender<Option<&'static str>>>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let stopped = *self.stopping.borrow() || self.stopping.has_changed().is_err();
        if !stopped {
            self.failure.send_replace(Some(self.part));
        }
    }
}
