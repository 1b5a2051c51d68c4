//! The composition root of the integration: store, clients, router and workers, put together and run.
//!
//! Nothing else starts tasks. [`App::run`] returns when `shutdown` ends and everything that had begun is finished.

mod counted;
mod elsewhere;
mod housekeeping;
mod often;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use bounded_listener::Answers;
use tokio::sync::watch;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use counted::count_answers;
use often::{Gate, hold_off};

use crate::api::Api;
use crate::ats_to_harver::{self, AtsToHarver};
use crate::checks::Checker;
use crate::clock::Clock;
use crate::config::Settings;
use crate::console::{self, Console, SignIns};
use crate::delivery::{BoxFuture, Finish, JobError, Pause, Worker};
use crate::domain::{Job, JobKind};
use crate::harver_platform::HarverClient;
use crate::harver_to_ats::{self, HarverToAts};
use crate::icims::IcimsClient;
use crate::invitation::Mailer;
use crate::meter::Meter;
use crate::ops::Ops;
use crate::settings::Rules;
use crate::store::Store;
use crate::web::{Peer, Rates, identify, introduce};
use crate::{api, http, ops, reference};

/// How many jobs are worked on at once. Each waits for neighbours most of the time.
const WORKERS: usize = 8;

/// The integration, ready to run.
#[derive(Clone)]
pub struct App {
    settings: Settings,
    store: Store,
    clock: Clock,
    to_harver: AtsToHarver,
    to_ats: HarverToAts,
    console: Console,
    pause: Pause,
    rates: Rates,
    meter: Meter,
}

impl App {
    /// Puts the integration together on a store that is open already.
    ///
    /// # Errors
    /// When an outgoing client cannot be built from the settings.
    pub fn new(settings: Settings, store: Store, clock: Clock) -> anyhow::Result<Self> {
        let agent = settings.user_agent.as_deref().unwrap_or(http::USER_AGENT);
        let http = http::Clients::introduced(http::Timeouts::default(), agent, settings.reach)?;
        let rates = Rates::new(settings.rates);
        let meter = Meter::default();
        let icims = IcimsClient::new(http.clone(), clock.clone()).measured_by(meter.clone());
        let harver = HarverClient::new(http.clone(), clock.clone()).measured_by(meter.clone());
        let to_harver = AtsToHarver {
            store: store.clone(),
            clock: clock.clone(),
            icims: icims.clone(),
            harver: harver.clone(),
            mailer: Mailer::new(&settings.mail)?.measured_by(meter.clone()),
            rates: rates.clone(),
            deadline: settings.event_deadline,
            link_life: settings.link_life,
            public_url: settings.public_url.clone(),
            support_contact: settings.support_contact.clone(),
            instance: settings.instance,
            other_instance_url: settings.other_instance_url.clone(),
        };
        let console = Console {
            store: store.clone(),
            clock: clock.clone(),
            checker: Checker {
                icims: icims.clone(),
                harver: harver.clone(),
                http,
                clock: clock.clone(),
                deadline: Checker::DEADLINE,
            },
            rules: Rules::at(&settings.public_url, settings.reach),
            public_url: settings.public_url.clone(),
            start_path: ats_to_harver::START_PATH,
            token_path: ats_to_harver::TOKEN_PATH,
            instance: settings.instance,
            other_start_url: settings.other_instance_url.clone(),
            support_contact: settings.support_contact.clone(),
            rates: rates.clone(),
            sign_ins: SignIns::counted_in(store.clone()),
        };
        let to_ats = HarverToAts {
            store: store.clone(),
            clock: clock.clone(),
            icims,
            harver,
            public_url: settings.public_url.clone(),
            deadline: settings.event_deadline,
            rates: rates.clone(),
            support_contact: settings.support_contact.clone(),
        };
        Ok(Self { settings, store, clock, to_harver, to_ats, console, pause: Pause::default(), rates, meter })
    }

    /// The store, for composition roots that set customers up.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What keeps requests and work from beginning, for composition roots that replace the data.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub fn pause(&self) -> &Pause {
        &self.pause
    }

    /// Everything that is served.
    pub fn router(&self) -> Router {
        let known = Router::new()
            .merge(ats_to_harver::routes(self.to_harver.clone()))
            .merge(harver_to_ats::routes(self.to_ats.clone()))
            .merge(console::routes(self.console.clone()))
            .merge(api::routes(self.api()))
            .layer(from_fn_with_state(self.pause.clone(), hold_back))
            .merge(ops::routes(self.ops()))
            .merge(reference::routes());
        let trusted: Arc<[_]> = self.settings.trusted_proxies.clone().into();
        elsewhere::answered_everywhere(known, &self.settings.support_contact)
            .layer(from_fn_with_state(
                Gate { rates: self.rates.clone(), support_contact: self.settings.support_contact.clone() },
                hold_off,
            ))
            .layer(from_fn_with_state(trusted, introduce))
            .layer(from_fn_with_state(self.meter.clone(), count_answers))
            .layer(CatchPanicLayer::new())
            .layer(from_fn(identify))
    }

    fn ops(&self) -> Ops {
        Ops { store: self.store.clone(), clock: self.clock.clone(), meter: self.meter.clone() }
    }

    fn api(&self) -> Api {
        let Console { store, clock, checker, rules, rates, .. } = self.console.clone();
        Api { store, clock, checker, rules, rates }
    }

    /// The worker that runs the jobs. Tests step it by hand.
    pub fn worker(&self) -> Worker {
        let app = self.clone();
        let run = move |job| -> BoxFuture<'static, Result<Finish, JobError>> { app.clone().run_job(job) };
        let ladder = self.settings.ladder.clone();
        Worker::new(self.store.clone(), self.clock.clone(), ladder, Arc::new(run), harver_to_ats::give_up)
            .within(self.settings.step_limit)
            .pausing(self.pause.clone())
            .measured_by(self.meter.clone())
    }

    /// Serves and works until `shutdown` ends, then finishes what has begun.
    pub async fn run(self, listener: impl Listener<Addr = SocketAddr>, shutdown: impl Future<Output = ()> + Send + 'static) {
        let (stop, stopping) = watch::channel(false);
        let worker = self.worker();
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let (worker, stopping) = (worker.clone(), stopping.clone());
                tokio::spawn(async move { worker.run(stopped(stopping)).await })
            })
            .collect();
        let forgetting =
            housekeeping::keep_house(self.store.clone(), self.clock.clone(), self.pause.clone(), self.settings.retention);
        let forgetting = tokio::spawn(forgetting);
        let serving = bounded_listener::serve(listener, self.settings.http, Served(self.router()), async move {
            shutdown.await;
            // Nobody waits for it only when every worker is gone already.
            let _ = stop.send(true);
        });
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            () = &mut serving => {}
            // Every event that had arrived is answered within the deadline. Whoever is still connected after it sends nothing or reads
            // nothing, and must not keep the process alive.
            () = stopped(stopping) => {
                if tokio::time::timeout(self.settings.event_deadline, serving).await.is_err() {
                    tracing::warn!("Some requests did not end in time and were cut off.");
                }
            }
        }
        forgetting.abort();
        for worker in workers {
            if let Err(error) = worker.await {
                tracing::error!(%error, "A worker ended by a panic.");
            }
        }
    }

    fn run_job(self, job: Job) -> BoxFuture<'static, Result<Finish, JobError>> {
        Box::pin(async move {
            match job.kind {
                JobKind::StartAssessment => ats_to_harver::start_assessment(&self.to_harver, job.order).await,
                JobKind::SendInvitation => ats_to_harver::send_invitation(&self.to_harver, job.order).await,
                JobKind::Remind(reminder) => ats_to_harver::remind(&self.to_harver, job.order, reminder).await,
                JobKind::CloseInvitation => ats_to_harver::close_invitation(&self.to_harver, job.order).await,
                JobKind::ReportSent => harver_to_ats::report_sent(&self.to_ats, job.order).await,
                JobKind::LookAtApplication => harver_to_ats::look_at_application(&self.to_ats, job.order).await,
                JobKind::Sweep => harver_to_ats::sweep(&self.to_ats, job.order).await,
                JobKind::ReportProgress => harver_to_ats::report_progress(&self.to_ats, job.order).await,
                JobKind::ReportResult => harver_to_ats::report_result(&self.to_ats, job.order).await,
                JobKind::AddReportLink => harver_to_ats::add_report_link(&self.to_ats, job.order).await,
                JobKind::ReportFailure => harver_to_ats::report_failure(&self.to_ats, job.order).await,
                JobKind::ReportInvited => harver_to_ats::report_invited(&self.to_ats, job.order).await,
            }
        })
    }
}

/// The routes as they answer on a listener.
#[derive(Clone)]
struct Served(Router);

impl Answers<SocketAddr> for Served {
    async fn answer(&self, peer: SocketAddr, mut request: Request) -> Response {
        request.extensions_mut().insert(ConnectInfo(Peer(peer.ip())));
        let Ok(answer) = self.0.clone().oneshot(request).await;
        answer
    }
}

/// Lets a request wait while the data are being replaced. What belongs to the old ones is told so.
async fn hold_back(State(pause): State<Pause>, request: Request, next: Next) -> Response {
    let replaced = || (StatusCode::SERVICE_UNAVAILABLE, "All data have been replaced since this was sent.").into_response();
    let Some(under_way) = pause.enter().await else { return replaced() };
    tokio::select! {
        answer = next.run(request) => answer,
        () = under_way.cut_off() => replaced(),
    }
}

/// Ends when the server is asked to stop, or has failed and dropped its end.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
