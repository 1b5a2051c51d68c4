//! What is done from time to time with everything that is kept: it is sealed with the present key, and forgotten once it ended long ago.

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::config::Retention;
use crate::delivery::Pause;
use crate::store::{Store, StoreError, Tx, failed_sign_ins, refused_events, retention, sealing};

/// How often it looks.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Looks until it is dropped.
pub(super) async fn keep_house(store: Store, clock: Clock, pause: Pause, keep: Retention) {
    let mut rotation = Rotation::default();
    loop {
        let now = clock.now();
        // Data that are being replaced are looked at afterwards.
        if let Some(_under_way) = pause.enter().await {
            if let Err(error) = rotation.seal_anew(&store).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "What the former passphrase has sealed could not be sealed anew; in an hour again."
                );
            }
            if let Err(error) = forget(&store, keep, now).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "What ended long ago could not be forgotten; in an hour again."
                );
            }
        }
        clock.wait_until(now.saturating_add(EVERY).unwrap_or(Timestamp::MAX)).await;
    }
}

/// Whether the key is being exchanged, and how far that has come.
#[derive(Default)]
struct Rotation {
    /// Whether nothing was found when everything was looked at last. Another replica that still has the former key may have added
    /// something behind the look since then; and for an hour that key is needed for what it has signed.
    found_nothing: bool,
}

impl Rotation {
    async fn seal_anew(&mut self, store: &Store) -> Result<(), StoreError> {
        if !store.read(|tx| Ok::<_, StoreError>(sealing::has_former_key(tx))).await? {
            return Ok(());
        }
        let (mut next, mut sealed, mut unreadable) = (Some(sealing::Look::default()), 0, 0);
        while let Some(look) = next {
            let looked = store.write(move |tx| sealing::seal_anew(tx, &look)).await?;
            (next, sealed, unreadable) = (looked.next, sealed + looked.sealed, unreadable + looked.unreadable);
        }
        let found_nothing = sealed + unreadable == 0;
        match (sealed, unreadable) {
            (0, 0) if self.found_nothing => {
                tracing::info!("Nothing is sealed with the former passphrase any more: take it out of the configuration.");
            }
            (0, 0) => tracing::info!("Nothing was found that the former passphrase has sealed; in an hour again."),
            (_, 0) => tracing::info!(sealed, "What the former passphrase had sealed was sealed with the present one."),
            (..) => tracing::warn!(sealed, unreadable, "Values of the former passphrase cannot be opened where they stand."),
        }
        self.found_nothing = found_nothing;
        Ok(())
    }
}

async fn forget(store: &Store, keep: Retention, now: Timestamp) -> Result<(), StoreError> {
    let (steps, orders) = (keep.steps.before(now), keep.orders.before(now));
    let steps = in_parts(store, move |tx| retention::forget_steps(tx, steps)).await?;
    let selections = in_parts(store, move |tx| retention::forget_selections(tx, orders)).await?;
    // Whose address somebody else has is told by marks of one key, and other replicas have the next one already.
    let one_key = !store.read(|tx| Ok::<_, StoreError>(sealing::has_next_key(tx))).await?;
    let orders = if one_key { in_parts(store, move |tx| retention::forget_orders(tx, orders, now)).await? } else { 0 };
    let refused_events = in_parts(store, move |tx| refused_events::forget(tx, now)).await?;
    in_parts(store, move |tx| failed_sign_ins::forget(tx, now)).await?;
    if steps + orders + selections + refused_events > 0 {
        tracing::info!(steps, orders, selections, refused_events, "What ended long ago was forgotten.");
    }
    Ok(())
}

/// Repeats a change until there is nothing more to do; others who write have their turn in between.
async fn in_parts(
    store: &Store,
    part: impl Fn(&Tx<'_>) -> Result<u64, StoreError> + Copy + Send + 'static,
) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        match store.write(part).await? {
            0 => return Ok(all),
            some => all += some,
        }
    }
}
