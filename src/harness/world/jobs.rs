//! Requisitions and the packages on them.

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::page::Visitor;
use crate::harness::portal;

/// Which package a requisition carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::harness) enum Package {
    /// None.
    None,
    /// The one of the vacancy with this name.
    Of(String),
    /// The one that this scenario has loaded.
    Loaded,
}

impl World {
    /// Tomas creates an open requisition.
    pub(in crate::harness) async fn create_job(&mut self, title: &str, package: &Package) -> Result<()> {
        let label = self.label_of(package).await?;
        let requisition = self.company()?.create_job(title, label.as_deref()).await?;
        self.company_mut()?.jobs.insert(title.to_owned(), requisition);
        Ok(())
    }

    /// Tomas selects another package on a requisition.
    pub(in crate::harness) async fn select_package(&mut self, title: &str, package: &Package) -> Result<()> {
        let label = self.label_of(package).await?.context("a package to select")?;
        let company = self.company()?;
        company.may_change(title)?;
        company.select_package(&company.job(title).await?, &label).await
    }

    /// Tomas selects a further package on a requisition.
    pub(in crate::harness) async fn add_package(&mut self, title: &str, vacancy: &str) -> Result<()> {
        let company = self.company()?;
        let label = company.package_of(vacancy).await?;
        company.recruiter()?.add_package(&company.job(title).await?, &label).await
    }

    /// The package of a vacancy is loaded into the lists in iCIMS, written with this dash.
    pub(in crate::harness) async fn load_package(&mut self, vacancy: &str, dash: char) -> Result<()> {
        let written = self.company()?.package_of(vacancy).await?;
        let id = written.rsplit(' ').next().context("a package ends with the vacancy's id")?.to_owned();
        self.load_label(&format!("Harver {vacancy} {dash} {id}")).await
    }

    /// A package with this label is loaded into the lists in iCIMS.
    pub(in crate::harness) async fn load_label(&mut self, label: &str) -> Result<()> {
        let company = self.company_mut()?;
        if !company.recruiter()?.packages().await?.iter().any(|known| known == label) {
            company.recruiter()?.load_package(label).await?;
        }
        company.loaded = Some(label.to_owned());
        Ok(())
    }

    pub(in crate::harness) async fn is_open(&self, title: &str) -> Result<()> {
        let company = self.company()?;
        let (folder, _) = company.requisition(&company.job(title).await?).await?;
        ensure!(folder == "Approved", "the requisition is in the folder {folder}");
        Ok(())
    }

    /// The requisition shows this package and no other.
    pub(in crate::harness) async fn shows_package(&self, title: &str, package: &Package) -> Result<()> {
        let wanted = self.label_of(package).await?.context("a package to look for")?;
        let company = self.company()?;
        let (_, packages) = company.requisition(&company.job(title).await?).await?;
        ensure!(packages == [wanted], "the packages on the requisition are {packages:?}");
        Ok(())
    }

    pub(in crate::harness) async fn is_on_the_portal(&self, title: &str) -> Result<()> {
        let company = self.company()?;
        let page = portal::find(&Visitor::new(self.client()?), company.portal()?, company.title(title)).await?;
        ensure!(page.has("#apply"), "nobody can apply: {}", page.words());
        Ok(())
    }

    async fn label_of(&self, package: &Package) -> Result<Option<String>> {
        Ok(match package {
            Package::None => None,
            Package::Of(vacancy) => Some(self.company()?.package_of(vacancy).await?),
            Package::Loaded => Some(self.company()?.loaded.clone().context("no package has been loaded")?),
        })
    }
}
