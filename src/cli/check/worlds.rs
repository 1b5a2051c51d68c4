//! Worlds for scenarios, in this process and on free ports.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use parking_lot::Mutex;

use crate::cli::up::{UpArgs, World};
use crate::harness::{OpenWorld, OpenedWorld};

/// The worlds that are open. Whoever was to close one may have been stopped before.
#[derive(Clone, Default)]
pub(super) struct Worlds(Arc<Mutex<BTreeMap<u64, World>>>);

impl Worlds {
    /// What opens one more.
    pub(super) fn opener(&self) -> OpenWorld {
        let worlds = self.clone();
        Box::new(move || {
            let worlds = worlds.clone();
            Box::pin(async move { worlds.open().await })
        })
    }

    async fn open(self) -> Result<OpenedWorld> {
        let world = World::start(&UpArgs::aside()).await?;
        let control = world.ready().tenant.control.base_url.clone();
        let number = {
            let mut open = self.0.lock();
            let number = open.last_key_value().map_or(0, |(last, _)| last + 1);
            open.insert(number, world);
            number
        };
        let close = Box::pin(async move {
            let world = self.0.lock().remove(&number);
            match world {
                Some(world) => world.stop().await,
                None => Ok(()),
            }
        });
        Ok(OpenedWorld { control, close })
    }

    /// Stops those that nobody has closed.
    pub(super) async fn stop(&self) -> Result<()> {
        let left = std::mem::take(&mut *self.0.lock());
        for world in left.into_values() {
            world.stop().await.context("stopping a world")?;
        }
        Ok(())
    }
}
