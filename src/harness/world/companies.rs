//! Companies: customers of iCIMS with an account at Harver, each fresh and alone with its records.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::World;
use crate::harness::harver::HarverApi;
use crate::harness::icims::IcimsApi;
use crate::harness::keys::TenantKeys;
use crate::harness::recruiter::Recruiter;

/// A customer and the clients of those who work there.
pub(super) struct Company {
    pub(super) name: String,
    pub(super) keys: TenantKeys,
    pub(super) recruiter: Recruiter,
    pub(super) icims: IcimsApi,
    pub(super) harver: HarverApi,
    /// Ids of jobs by title.
    pub(super) jobs: BTreeMap<String, String>,
    /// The label of the package that this scenario has loaded.
    pub(super) loaded: Option<String>,
}

impl Company {
    /// The customer id.
    pub(super) fn id(&self) -> &str {
        &self.keys.icims.customer_id
    }

    /// The id of the job with this title.
    pub(super) async fn job(&self, title: &str) -> Result<String> {
        match self.jobs.get(title) {
            Some(id) => Ok(id.clone()),
            None => self.recruiter.find_job(title).await.with_context(|| format!("looking for the job {title:?}")),
        }
    }
}

impl World {
    /// Opens a company, connected and ready. It is the one that the scenario goes on with.
    pub(in crate::harness) async fn connect(&mut self, name: &str) -> Result<()> {
        let keys = self.control()?.open_customer(name).await?;
        self.enter_company(name, keys)
    }

    /// Opens a company that has both systems and nothing between them.
    pub(in crate::harness) async fn found(&mut self, name: &str) -> Result<()> {
        let keys = self.control()?.open_unconnected(name).await?;
        self.enter_company(name, keys)
    }

    fn enter_company(&mut self, name: &str, keys: TenantKeys) -> Result<()> {
        let client = self.client()?.clone();
        self.api.know(&keys.told);
        self.companies.push(Company {
            name: name.to_owned(),
            recruiter: Recruiter::new(&keys.icims.recruiter_url, &client),
            icims: IcimsApi::new(keys.icims.clone(), client.clone()),
            harver: HarverApi::new(keys.platform.clone(), client),
            keys,
            jobs: BTreeMap::new(),
            loaded: None,
        });
        Ok(())
    }

    /// The company that was connected last.
    pub(super) fn company(&self) -> Result<&Company> {
        self.companies.last().context("begin with a company that has connected iCIMS to Harver")
    }

    pub(super) fn company_mut(&mut self) -> Result<&mut Company> {
        self.companies.last_mut().context("begin with a company that has connected iCIMS to Harver")
    }

    /// The company with this name.
    pub(super) fn company_named(&self, name: &str) -> Result<&Company> {
        let found = self.companies.iter().find(|company| company.name == name);
        found.with_context(|| format!("{name} is no company of this scenario"))
    }
}
