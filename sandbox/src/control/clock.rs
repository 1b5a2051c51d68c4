//! The clock of all actors as a tester moves it: forward, to a moment, standing still or running.
//!
//! A frozen clock makes moments in answers reproducible: what two runs do at the same virtual moment has the same bytes.

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::duration;
use super::error::ControlError;
use super::world::World;
use crate::engine::{Clock, ClockSetting};

/// Where the virtual clock may not be moved beyond: dates in documents have four digits for the year.
const LAST_MOMENT: &str = "9000-01-01T00:00:00Z";
/// Where it may not be set before. Nothing that is simulated is older.
const FIRST_MOMENT: &str = "2000-01-01T00:00:00Z";

/// What to do with the clock. What is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockMove {
    /// The new present.
    pub set: Option<Timestamp>,
    /// How far to move on, from `set` if that is given, too.
    pub advance: Option<SignedDuration>,
    /// Whether the clock stands still from then on.
    pub frozen: Option<bool>,
}

impl World {
    /// Moves the clock of all actors forward and returns the new present.
    ///
    /// # Errors
    /// When that would leave the years of four digits, or the change could not be stored.
    pub async fn advance_clock(&self, by: SignedDuration) -> Result<Timestamp, ControlError> {
        self.move_clock(ClockMove { advance: Some(by), ..ClockMove::default() }).await
    }

    /// The same by a time as people write it, such as `2h` or `1 day 2h`.
    ///
    /// # Errors
    /// As [`World::advance_clock`], and when the text cannot be read, is not positive or is longer than ten years.
    pub async fn advance_clock_by(&self, by: &str) -> Result<Timestamp, ControlError> {
        self.advance_clock(duration::parse(by, self.clock().now()).map_err(ControlError::BadInput)?).await
    }

    /// Sets, advances, freezes or thaws the clock of all actors, all at once or not at all, and returns the new present.
    ///
    /// Setting it back is allowed: what exists keeps its moments, so it is meant for a world whose customers are opened afterwards.
    ///
    /// # Errors
    /// When that would leave the years 2000 to 8999, or the change could not be stored.
    pub async fn move_clock(&self, wanted: ClockMove) -> Result<Timestamp, ControlError> {
        // A reset or restore must not come between the clock and what is remembered of it.
        let _building = self.permits(1).await;
        let first = self.0.parts.first_clock;
        self.progress()
            .write(|state| {
                // Where others have moved it to whose change is still on its way to the disk.
                let clock = Clock::new();
                clock.apply(if state.clock() == ClockSetting::REAL { first } else { state.clock() });
                check(wanted, clock.now())?;
                match wanted.frozen {
                    Some(true) => drop(clock.freeze()),
                    Some(false) => drop(clock.thaw()),
                    None => {}
                }
                wanted.set.map(|moment| clock.set(moment));
                wanted.advance.map(|by| clock.advance(by));
                state.remember_clock(clock.setting());
                Ok::<(), ControlError>(())
            })
            .await?;
        self.clock().apply(self.remembered_clock());
        Ok(self.clock().now())
    }
}

fn check(wanted: ClockMove, now: Timestamp) -> Result<(), ControlError> {
    let moment = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
    if wanted.set.is_some_and(|set| set < moment(FIRST_MOMENT) || set >= moment(LAST_MOMENT)) {
        return Err(ControlError::BadInput(format!("the clock can be set to moments from {FIRST_MOMENT} to {LAST_MOMENT}")));
    }
    let target = wanted.set.unwrap_or(now).checked_add(wanted.advance.unwrap_or_default());
    if target.is_ok_and(|target| target < moment(LAST_MOMENT)) {
        return Ok(());
    }
    Err(ControlError::BadInput(format!("the clock cannot be moved beyond {LAST_MOMENT}: POST /__sandbox/reset")))
}

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(clock, move_clock))
}

/// The clock as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clock)]
struct Shown {
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// How far it is from real time.
    offset_seconds: i64,
    frozen: bool,
}

impl Shown {
    fn of(clock: &Clock) -> Self {
        Self { now: clock.now(), offset_seconds: clock.offset().as_secs(), frozen: clock.is_frozen() }
    }
}

/// Reads the virtual clock of all actors.
#[utoipa::path(
    get, path = "/__sandbox/clock", operation_id = "readClock", tag = "clock",
    responses((status = 200, body = Shown)),
)]
async fn clock(State(world): State<World>) -> Json<Shown> {
    Json(Shown::of(world.clock()))
}

/// How to move the clock; several may be given, and are done in this order: `frozen`, `set`, `advance`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ClockMove, example = json!({"advance": "2h"}))]
struct Wanted {
    /// How far to move on, such as `2h`, `1 day 30m` or `P1DT2H`.
    advance: Option<String>,
    /// The new present, such as `2031-03-04T09:00:00Z`.
    set: Option<String>,
    /// Whether it stands still from then on.
    frozen: Option<bool>,
}

/// Moves the clock of all actors: forward, to a moment, standing still or running.
#[utoipa::path(
    post, path = "/__sandbox/clock", operation_id = "moveClock", tag = "clock",
    request_body = Wanted, responses((status = 200, body = Shown)),
)]
async fn move_clock(State(world): State<World>, ApiBody(wanted): ApiBody<Wanted>) -> Result<Json<Shown>, ControlError> {
    let (wanted, moved) = (wanted.read(world.clock().now())?, world.clone());
    // In full, as a clock that is remembered and not applied would move at the next start.
    in_full(async move { moved.move_clock(wanted).await }).await?;
    Ok(Json(Shown::of(world.clock())))
}

impl Wanted {
    fn read(self, now: Timestamp) -> Result<ClockMove, ControlError> {
        let Self { advance, set, frozen } = self;
        if advance.is_none() && set.is_none() && frozen.is_none() {
            let message = r#"say how to move the clock: {"advance": "2h"}, {"set": "2031-03-04T09:00:00Z"} or {"frozen": true}"#;
            return Err(ControlError::BadInput(message.into()));
        }
        let set = set.map(|text| moment(&text)).transpose()?;
        let advance =
            advance.map(|text| duration::parse(&text, set.unwrap_or(now)).map_err(ControlError::BadInput)).transpose()?;
        Ok(ClockMove { set, advance, frozen })
    }
}

fn moment(text: &str) -> Result<Timestamp, ControlError> {
    let wrong = || ControlError::BadInput(format!("{text:?} is no moment: write it like 2031-03-04T09:00:00Z"));
    text.trim().parse().map_err(|_| wrong())
}
