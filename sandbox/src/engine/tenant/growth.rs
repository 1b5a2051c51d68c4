//! Adding many rows at once, up to millions. They are made aside, on a clone, while everybody goes on; they are stored a batch at a time,
//! so that others get their turn, and count only when the last one is there.

use std::sync::Arc;

use super::{Part as _, Tenant};
use crate::engine::aside::aside;
use crate::engine::disk::DiskError;
use crate::engine::persist::State;

/// How many rows are stored at a time: what others wait for.
const BATCH: usize = 250;

impl<S: State> Tenant<S> {
    /// Adds rows. They appear all at once, when all of them are stored.
    ///
    /// `reserve` sets aside what others must not use meanwhile, such as ids, and notes what rows of it on disk do not count yet; `sow`
    /// may only add rows, and only under those ids; `complete` says that they count.
    ///
    /// # Errors
    /// What `sow` refuses with, or that the disk did not take it: the state is then as it was, and the reserved ids are lost.
    pub async fn grow<E>(
        self: &Arc<Self>,
        reserve: impl FnOnce(&mut S),
        sow: impl FnOnce(&mut S) -> Result<(), E> + Send + 'static,
        complete: impl FnOnce(&mut S),
    ) -> Result<(), E>
    where
        E: From<DiskError> + Send + 'static,
    {
        self.write(|state| {
            reserve(state);
            Ok::<(), DiskError>(())
        })
        .await?;
        let base = self.state();
        let mut growing = S::clone(&base);
        let tenant = Arc::clone(self);
        let work = move || -> Result<S, E> {
            sow(&mut growing)?;
            tenant.store_in_batches(&mut growing)?;
            Ok(growing)
        };
        let mut grown = aside(self.scope(), work).await?;
        let receipt = {
            let mut tip = self.tip();
            grown.catch_up(&mut S::clone(&base), &mut S::clone(&tip));
            complete(&mut grown);
            self.submit(&mut tip, grown, Vec::new())?
        };
        receipt.settled().await?;
        Ok(())
    }

    /// Stores what has been added, on a thread that serves nobody.
    fn store_in_batches(self: &Arc<Self>, state: &mut S) -> Result<(), DiskError> {
        if !self.is_stored() {
            state.settle();
            return Ok(());
        }
        // What there is only one of is others' to change meanwhile.
        for table in state.tables().into_iter().filter(|table| table.is_dirty() && !table.is_single()) {
            loop {
                let changes = table.drain(BATCH)?;
                if changes.is_empty() {
                    break;
                }
                self.store_aside(changes)?;
            }
        }
        Ok(())
    }
}
