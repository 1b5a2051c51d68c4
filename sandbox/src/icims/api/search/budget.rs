//! What one search may cost.

use std::cell::Cell;

/// How many steps a search may still take: profiles, values and look-up entries that it looks at, and each 64 bytes of long texts.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn new(steps: usize) -> Self {
        Self(Cell::new(steps))
    }

    /// Takes steps; false once there are none left. Whatever is found then is incomplete and must not be used.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.0.set(self.0.get().saturating_sub(steps));
        !self.is_spent()
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.0.get()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}
