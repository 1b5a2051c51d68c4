//! Faults on purpose, by their names in the sandbox's catalogue.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use super::{OTHERS, World};

/// How long an integration waits before it tries again, by and by: the pattern that vendors on iCIMS publish.
const WAITS: [&str; 3] = ["1m", "5m", "15m"];

impl World {
    /// Switches a fault on for every company of this scenario.
    pub(in crate::harness) async fn fault_is_on(&self, name: &str) -> Result<()> {
        ensure!(!self.companies.is_empty(), "a fault disturbs a company, so there must be one before");
        for company in &self.companies {
            self.control()?.switch_on_fault(company.id(), name).await?;
        }
        Ok(())
    }

    /// Waits until a fault has disturbed something: otherwise the scenario would show nothing.
    pub(in crate::harness) async fn fault_has_struck(&self) -> Result<()> {
        let company = self.companies.first().context("a company")?;
        let control = self.control()?;
        let struck = async || {
            let hits = control.fault_hits(company.id()).await?;
            Ok(if hits == 0 { Err("nothing has been disturbed".to_owned()) } else { Ok(()) })
        };
        control.wait_until(company.id(), "the fault has struck", struck).await
    }

    /// Switches every fault of this scenario off.
    pub(in crate::harness) async fn faults_are_over(&self) -> Result<()> {
        for company in &self.companies {
            self.control()?.end_faults(company.id()).await?;
        }
        Ok(())
    }

    /// Time goes by in the steps in which work is tried again, once nobody else is in the middle of something that would expire.
    pub(in crate::harness) async fn time_goes_by(&mut self) -> Result<()> {
        self.present = None;
        let present = Arc::clone(&self.setting()?.present);
        let alone = tokio::time::timeout(OTHERS, present.write()).await;
        let _alone = alone.context("the other scenarios do not end, so the clock cannot be moved")?;
        for wait in WAITS {
            // What failed is put off before the clock is moved, so that it is due then.
            self.settle().await?;
            self.control()?.advance_clock(wait).await?;
        }
        self.settle().await
    }
}
