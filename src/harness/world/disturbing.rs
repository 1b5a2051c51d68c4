//! Faults on purpose, by their names in the sandbox's catalogue.

use anyhow::{Result, ensure};

use super::World;
use crate::harness::console::HarverAdmin;

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
        let control = self.control()?;
        for company in &self.companies {
            let struck = async || {
                let hits = control.fault_hits(company.id()).await?;
                Ok(if hits == 0 { Err(format!("nothing of {} has been disturbed", company.name)) } else { Ok(()) })
            };
            control.wait_until(company.id(), "the fault has struck", struck).await?;
        }
        Ok(())
    }

    /// Switches every fault of this scenario off.
    pub(in crate::harness) async fn faults_are_over(&self) -> Result<()> {
        for company in &self.companies {
            self.control()?.end_faults(company.id()).await?;
        }
        Ok(())
    }

    /// A Harver Admin replays everything that was given up.
    pub(in crate::harness) async fn replay_what_was_given_up(&self) -> Result<()> {
        self.settle().await?;
        HarverAdmin::sign_in(&self.company()?.keys()?.integration, self.client()?).await?.replay_all().await
    }
}
