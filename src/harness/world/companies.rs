//! Companies: customers of iCIMS with an account at Harver. In a sandbox each is fresh and alone with its records; elsewhere it is the one
//! that the environment tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::harver::HarverApi;
use crate::harness::icims::IcimsApi;
use crate::harness::keys::TenantKeys;
use crate::harness::place::Place;
use crate::harness::recruiter::Recruiter;
use crate::harness::tenant::Tenant;

/// A customer and the clients of those who work there.
pub(super) struct Company {
    pub(super) name: String,
    pub(super) icims: IcimsApi,
    /// Requisitions of this scenario by the titles in its sentences.
    pub(super) jobs: BTreeMap<String, Requisition>,
    /// The label of the package that this scenario has loaded.
    pub(super) loaded: Option<String>,
    /// The recruiter on the screens, where a program can work them.
    screens: Option<Recruiter>,
    origin: Origin,
}

/// A requisition of a scenario.
pub(super) struct Requisition {
    pub(super) id: String,
    /// As everybody reads it.
    pub(super) title: String,
}

/// Where a company comes from.
enum Origin {
    /// It was opened for the scenario.
    Opened { keys: Box<TenantKeys>, harver: Box<HarverApi> },
    /// It was there.
    There(Arc<Tenant>),
}

/// What is said where a step has more than one asks of its file in `needs.rs`.
const OWN: &str = "this step needs a customer of its own, and says not so in needs.rs";

impl Company {
    /// The customer id.
    pub(super) fn id(&self) -> &str {
        match &self.origin {
            Origin::Opened { keys, .. } => &keys.icims.customer_id,
            Origin::There(tenant) => &tenant.customer,
        }
    }

    /// Addresses and credentials of everything that was opened.
    pub(super) fn keys(&self) -> Result<&TenantKeys> {
        match &self.origin {
            Origin::Opened { keys, .. } => Ok(keys),
            Origin::There(_) => Err(anyhow::anyhow!(OWN)),
        }
    }

    /// The platform's API.
    pub(super) fn harver(&self) -> Result<&HarverApi> {
        match &self.origin {
            Origin::Opened { harver, .. } => Ok(harver),
            Origin::There(_) => Err(anyhow::anyhow!(OWN)),
        }
    }

    /// The customer that was there, if it is one.
    pub(super) fn tenant(&self) -> Option<&Arc<Tenant>> {
        match &self.origin {
            Origin::Opened { .. } => None,
            Origin::There(tenant) => Some(tenant),
        }
    }

    /// The recruiter on the screens.
    pub(super) fn recruiter(&self) -> Result<&Recruiter> {
        self.screens.as_ref().context("this step needs the recruiter's screens, and says not so in needs.rs")
    }

    /// The same, where there are screens.
    pub(super) fn screens(&self) -> Option<&Recruiter> {
        self.screens.as_ref()
    }

    /// The first page of the career portal.
    pub(super) fn portal(&self) -> Result<&str> {
        match &self.origin {
            Origin::Opened { keys, .. } => Ok(&keys.icims.portal_url),
            Origin::There(tenant) => tenant.portal_url.as_ref().map(url::Url::as_str).context("the environment has no portal"),
        }
    }

    /// The first page of the recruiter.
    pub(super) fn recruiter_url(&self) -> Result<&str> {
        match &self.origin {
            Origin::Opened { keys, .. } => Ok(&keys.icims.recruiter_url),
            Origin::There(tenant) => {
                tenant.recruiter_url.as_ref().map(url::Url::as_str).context("the environment has no screens")
            }
        }
    }

    /// Whether an address in a mail leads to the assessment.
    pub(super) fn leads_to_assessment(&self, link: &str) -> bool {
        match &self.origin {
            Origin::Opened { keys, .. } => link.starts_with(keys.platform.base_url.as_str()),
            Origin::There(tenant) => tenant.link_url.as_ref().is_none_or(|start| link.starts_with(start.as_str())),
        }
    }

    /// The id of the job with this title.
    pub(super) async fn job(&self, title: &str) -> Result<String> {
        if let Some(requisition) = self.jobs.get(title) {
            return Ok(requisition.id.clone());
        }
        if let Some(id) = self.tenant().and_then(|tenant| tenant.jobs.get(title)) {
            return Ok(id.clone());
        }
        let screens = self
            .screens
            .as_ref()
            .with_context(|| format!("the environment does not tell the id of the job {title:?}: add it to [icims.jobs]"))?;
        screens.find_job(title).await.with_context(|| format!("looking for the job {title:?}"))
    }

    /// How a requisition of the sentences is called where people read it.
    pub(super) fn title<'a>(&'a self, title: &'a str) -> &'a str {
        self.jobs.get(title).map_or(title, |requisition| &requisition.title)
    }
}

impl World {
    /// Opens a company, connected and ready, or takes the one that is there. It is the one that the scenario goes on with.
    pub(in crate::harness) async fn connect(&mut self, name: &str) -> Result<()> {
        if let Place::Tenant(tenant) = &self.place {
            let tenant = Arc::clone(tenant);
            return self.enter_tenant(name, tenant);
        }
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
            screens: Some(Recruiter::new(&keys.icims.recruiter_url, &client)),
            icims: IcimsApi::new(&keys.icims, client.clone()),
            jobs: BTreeMap::new(),
            loaded: None,
            origin: Origin::Opened { harver: Box::new(HarverApi::new(keys.platform.clone(), client)), keys: Box::new(keys) },
        });
        Ok(())
    }

    fn enter_tenant(&mut self, name: &str, tenant: Arc<Tenant>) -> Result<()> {
        ensure!(self.companies.is_empty(), "a second company needs a customer of its own, which only a sandbox's control opens");
        let client = self.client()?;
        self.companies.push(Company {
            name: name.to_owned(),
            screens: tenant.recruiter_url.as_ref().map(|home| Recruiter::new(home.as_str(), client)),
            icims: tenant.icims.clone(),
            jobs: BTreeMap::new(),
            loaded: None,
            origin: Origin::There(tenant),
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
