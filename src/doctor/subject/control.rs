//! What a running sandbox tells of a customer, where no file tells more than its control address.

use anyhow::{Result, bail};
use reqwest::Method;
use serde::Deserialize;
use toml::Table;
use url::Url;

use super::{Origin, Subject};
use crate::http::Clients;

/// Where `up` and `sandbox` have their control, and `up` and `serve` their integration, unless somebody says otherwise.
const CONTROL: &str = "http://127.0.0.1:8700";
const INTEGRATION: &str = "http://127.0.0.1:8702";

/// Nobody listens on the ports that everything has by default.
#[derive(Debug, thiserror::Error)]
#[error(
    "nothing listens on the default ports of this machine (no sandbox at {CONTROL}, no integration at {INTEGRATION}): start one with \
     `harver-icims up`, or name what is to be examined with --env FILE"
)]
pub(crate) struct NothingHere;

#[derive(Deserialize)]
struct Customers {
    customers: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    customer_id: String,
}

impl Subject {
    /// Whatever listens on the default ports of this machine.
    ///
    /// # Errors
    /// When nothing does, or the customer is not there.
    pub(crate) async fn here(clients: &Clients, customer: Option<&str>) -> Result<Self> {
        let mut subject = Self::empty(Origin::Here, None);
        subject.put("control.base_url", CONTROL);
        if subject.ask_control(clients, customer).await.is_ok() {
            return Ok(subject);
        }
        let health = clients.request(Method::GET, format!("{CONTROL}/__sandbox/health").parse()?);
        if let Ok(answer) = clients.exchange(health).await {
            let asked = customer.map_or_else(String::new, |customer| format!(" about customer {customer}"));
            bail!(
                "{CONTROL} answered {} and told nothing{asked}: what listens there is no sandbox, or has no such customer",
                answer.status.as_u16()
            );
        }
        subject.settings.remove("control.base_url");
        let ready = clients.request(Method::GET, format!("{INTEGRATION}/readyz").parse()?);
        if clients.exchange(ready).await.is_err() {
            return Err(NothingHere.into());
        }
        subject.put("integration.start_url", format!("{INTEGRATION}{}", crate::ats_to_harver::START_PATH));
        Ok(subject)
    }

    /// Asks control for what an environment does not tell but the place of a sandbox. That it tells nothing is for the checks to say.
    pub(crate) async fn complete(&mut self, clients: &Clients, customer: Option<&str>) {
        let tells_only_the_place = self.has("control") && !self.has("icims");
        if tells_only_the_place && let Err(error) = self.ask_control(clients, customer).await {
            self.untold = Some(format!("{error:#}"));
        }
    }

    async fn ask_control(&mut self, clients: &Clients, customer: Option<&str>) -> Result<()> {
        let Some(control) = self.url("control.base_url") else { bail!("control.base_url is no address") };
        let get = async |path: &str| {
            let url: Url = format!("{}/__sandbox/{path}", control.as_str().trim_end_matches('/')).parse()?;
            let mut request = clients.request(Method::GET, url);
            if let Some(token) = self.text("control.token") {
                request = request.bearer_auth(token);
            }
            anyhow::Ok(clients.exchange(request).await?)
        };
        let id = match customer {
            Some(id) => id.to_owned(),
            None => {
                let answer = get("customers").await?;
                let Ok(Customers { customers }) = answer.json() else {
                    bail!("it answered {} with no list of customers", answer.status.as_u16())
                };
                match customers.into_iter().next() {
                    Some(first) => first.customer_id,
                    None => bail!("it has no customer: open one with POST /__sandbox/customers"),
                }
            }
        };
        let answer = get(&format!("customers/{id}/keys")).await?;
        let Ok(told) = answer.json::<Table>() else { bail!("it answered {} about customer {id}", answer.status.as_u16()) };
        if !answer.status.is_success() {
            bail!("it answered {} about customer {id}", answer.status.as_u16());
        }
        let (origin, named) = (self.origin, self.settings.clone());
        self.origin = Origin::ReadyLine;
        self.take_in(&told, "", &|_| None);
        self.origin = origin;
        // What the file says of the way to control counts more than what control says.
        self.settings.extend(named);
        self.as_of_a_sandbox();
        Ok(())
    }
}
