//! The customer that the checks of enabling are made for, from settings that tell only part of one.

use secrecy::SecretString;

use super::Subject;
use crate::doctor::finding::{Finding, Subject as About, Whom};
use crate::domain::{
    AtsAuthentication, AtsConnection, AtsConnections, Customer, CustomerId, HarverConnection, InboundCredentials,
};

/// Why somebody cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum Wanting {
    /// Something is not told: what, and what to add.
    NotTold(&'static str, &'static str),
    /// Something is told and cannot be right: a sentence.
    Wrong(String),
}

impl Wanting {
    pub(in crate::doctor) fn finding(&self, about: About) -> Finding {
        match self {
            Self::NotTold(missing, add) => about.not_told(missing, add),
            Self::Wrong(why) => about.fail(why.clone(), Whom::You, "Correct it in the file."),
        }
    }
}

impl Subject {
    /// The customer, with its connection to iCIMS and its account as far as they are told.
    pub(in crate::doctor) fn customer(&self) -> Result<Customer, Wanting> {
        match &self.configured {
            Some(Ok(customer)) => return Ok((**customer).clone()),
            Some(Err(problems)) => return Err(Wanting::Wrong(problems.clone())),
            None => {}
        }
        // Of an account alone nobody asks whose it is in iCIMS.
        let alone = (!self.has("icims") && self.platform().is_ok()).then_some("1");
        let written =
            self.text("icims.customer_id").or(alone).ok_or(Wanting::NotTold("the customer id", "[icims] customer_id"))?;
        let id: CustomerId = written.parse().map_err(|_| {
            Wanting::Wrong(format!("The customer id {written:?} is no number; iCIMS gives each customer one, such as 4021."))
        })?;
        // Whoever wants the account asks for it first: nobody is called at this address.
        let nowhere = || HarverConnection {
            base_url: "http://platform.invalid".parse().expect("an address"),
            account: "000000000000000000000000".parse().expect("24 digits"),
            client_id: String::new(),
            client_secret: String::new().into(),
        };
        let harver = self.platform().unwrap_or_else(|_| nowhere());
        let events = InboundCredentials::new("", "");
        let name = self.text("name").unwrap_or("the customer");
        let ats = self.ats().map_or_else(|_| AtsConnections::default(), Into::into);
        Ok(Customer { added: true, ats, ..Customer::new(id, name, harver, events.clone(), events) })
    }

    /// How iCIMS is reached.
    pub(in crate::doctor) fn ats(&self) -> Result<AtsConnection, Wanting> {
        if let Some(Err(problems)) = &self.configured {
            return Err(Wanting::Wrong(problems.clone()));
        }
        let base_url = self.address("icims.base_url", "the address of iCIMS", "[icims] base_url")?;
        let text = |setting: &str| self.text(setting).map(str::to_owned);
        let secret = |setting: &str| self.text(setting).map(SecretString::from);
        let basic = text("icims.username").zip(secret("icims.password"));
        if let Some((username, password)) = basic {
            return Ok(AtsConnection { base_url, authentication: AtsAuthentication::Basic { username, password } });
        }
        let add = "[icims] username and password, or token_url, client_id and client_secret";
        let oauth2 = text("icims.client_id").zip(secret("icims.client_secret"));
        let (client_id, client_secret) = oauth2.ok_or(Wanting::NotTold("how to sign in to iCIMS", add))?;
        let token_url = self.address("icims.token_url", "the token server of iCIMS", "[icims] token_url")?;
        Ok(AtsConnection { base_url, authentication: AtsAuthentication::OAuth2 { token_url, client_id, client_secret } })
    }

    /// The account on the Harver platform.
    pub(in crate::doctor) fn platform(&self) -> Result<HarverConnection, Wanting> {
        if let Some(Err(problems)) = &self.configured {
            return Err(Wanting::Wrong(problems.clone()));
        }
        let base_url = self.address("platform.base_url", "the address of the Harver platform", "[platform] base_url")?;
        let text =
            |setting: &'static str, what: &'static str, add: &'static str| self.text(setting).ok_or(Wanting::NotTold(what, add));
        let account = text("platform.account_id", "the Harver account", "[platform] account_id")?;
        let client_id = text("platform.client_id", "the API client of the Harver account", "[platform] client_id")?;
        let client_secret = text("platform.client_secret", "the secret of the API client", "[platform] client_secret")?;
        let account = account.parse().map_err(|_| {
            Wanting::Wrong(format!("The Harver account {account:?} is none: an account id is 24 hexadecimal digits."))
        })?;
        Ok(HarverConnection { base_url, account, client_id: client_id.to_owned(), client_secret: client_secret.into() })
    }

    fn address(&self, setting: &str, what: &'static str, add: &'static str) -> Result<url::Url, Wanting> {
        self.text(setting).ok_or(Wanting::NotTold(what, add))?;
        self.url(setting).ok_or_else(|| {
            Wanting::Wrong(format!(
                "{setting} is no address of a web service: it begins with https://, or with http:// on this machine."
            ))
        })
    }
}
