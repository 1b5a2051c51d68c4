//! The configuration of `serve` as what is examined.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use secrecy::ExposeSecret;

use super::{Origin, Subject};
use crate::ats_to_harver::START_PATH;
use crate::clock::Clock;
use crate::config::ServeFile;
use crate::domain::{AtsAuthentication, Customer};
use crate::env_file::harmless;
use crate::settings::{Document, Rules, Typed};

impl Subject {
    pub(super) fn of_serve(text: &str, file: &Path, customer: Option<&str>) -> Result<Self> {
        // The parser's full message would print the line, and the line may hold a secret.
        let serve: ServeFile =
            toml::from_str(text).map_err(|error| anyhow!("it is no configuration of serve: {}", harmless(error.message())))?;
        let id = |document: &Document| document.id.as_ref().map(Typed::text).unwrap_or_default();
        let ids: Vec<String> = serve.customers.iter().map(id).collect();
        let chosen = match (customer, serve.customers.as_slice()) {
            (None, [only]) => only,
            (Some(wanted), all) => all
                .iter()
                .find(|one| id(one) == wanted)
                .with_context(|| format!("it has no customer {wanted}: --customer takes one of {}", ids.join(", ")))?,
            (None, []) => bail!("it has no [[customers]], so that there is nobody to examine"),
            (None, _) => bail!("it has several customers: choose one with --customer, {}", ids.join(" or ")),
        };
        let mut subject = Self::empty(Origin::Serve, Some(file.to_owned()));
        subject.put_service(&serve);
        let plain_http = serve.public_url.as_ref().is_none_or(|url| url.scheme() == "http");
        match (Rules { plain_http, reach: serve.reach() }).create(chosen, Clock::real().now()) {
            Ok(customer) => {
                subject.put_customer(&customer);
                subject.configured = Some(Ok(Box::new(customer)));
            }
            Err(problems) => subject.configured = Some(Err(problems.to_string())),
        }
        subject.put("icims.customer_id", id(chosen));
        Ok(subject)
    }

    fn put_service(&mut self, serve: &ServeFile) {
        if let Some(url) = &serve.public_url {
            let base = url.as_str().trim_end_matches('/').to_owned();
            self.put("integration.start_url", format!("{base}{START_PATH}"));
            self.put("integration.console_url", format!("{base}/console"));
        }
        let passphrases = [
            ("sealing_passphrase", &serve.sealing_passphrase),
            ("former_sealing_passphrase", &serve.former_sealing_passphrase),
            ("next_sealing_passphrase", &serve.next_sealing_passphrase),
        ];
        for (name, passphrase) in passphrases {
            if let Some(passphrase) = passphrase {
                self.put(name, passphrase.expose_secret());
                self.literal.push(name.into());
            }
        }
        if let Some(instance) = &serve.instance {
            self.put("instance", instance);
        }
        if let Some(mail) = &serve.mail {
            self.put("smtp.host", &mail.host);
            self.put("smtp.port", mail.port.to_string());
            self.put("smtp.security", &mail.security);
            if let Some(username) = &mail.username {
                self.put("smtp.username", username);
            }
            if let Some(password) = &mail.password {
                self.put("smtp.password", password.expose_secret());
            }
        }
    }

    fn put_customer(&mut self, customer: &Customer) {
        self.put("name", &customer.name);
        self.put("integration.username", &customer.events.username);
        self.put("integration.password", customer.events.password.expose_secret());
        self.put("webhooks.password", customer.webhooks.password.expose_secret());
        self.put("platform.base_url", customer.harver.base_url.as_str());
        self.put("platform.account_id", customer.harver.account.as_str());
        self.put("platform.client_id", &customer.harver.client_id);
        self.put("platform.client_secret", customer.harver.client_secret.expose_secret());
        let Some(ats) = customer.ats.at(Clock::real().now()) else { return };
        self.put("icims.base_url", ats.base_url.as_str());
        match &ats.authentication {
            AtsAuthentication::Basic { username, password } => {
                self.put("icims.username", username);
                self.put("icims.password", password.expose_secret());
            }
            AtsAuthentication::OAuth2 { token_url, client_id, client_secret } => {
                self.put("icims.token_url", token_url.as_str());
                self.put("icims.client_id", client_id);
                self.put("icims.client_secret", client_secret.expose_secret());
            }
        }
    }
}
