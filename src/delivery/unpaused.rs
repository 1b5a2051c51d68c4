//! What a service is built with that has no sandbox beside it: nobody replaces its data, so that nothing stands still.

use std::future::{Pending, Ready, pending, ready};

/// It is never closed.
#[derive(Clone, Debug, Default)]
pub struct Pause(());

/// Something that has begun, and is not cut off.
#[derive(Debug)]
pub struct UnderWay;

impl Pause {
    /// Things may begin.
    pub fn enter(&self) -> Ready<Option<UnderWay>> {
        ready(Some(UnderWay))
    }
}

impl UnderWay {
    /// Never ends.
    pub fn cut_off(&self) -> Pending<()> {
        pending()
    }
}
