//! `serve`: the integration alone, for production.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use jiff::SignedDuration;
use tokio::net::TcpListener;

use super::database::DatabaseArgs;
use super::settings_args::SettingsArgs;
use super::stop::asked_to_stop;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{AdminSection, MailSection, Retention, ServeFile, Settings};
use crate::console;
use crate::delivery::Ladder;
use crate::domain::{Customer, CustomerId, EmailAddress};
use crate::http;
use crate::invitation::{SmtpCredentials, SmtpSecurity, SmtpSettings};
use crate::settings::{self, By, Document, Rules, SaveError, Way};
use crate::store::{self, Store, StoreError, admins};
use crate::web::RateLimits;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Configuration file; examples/serve.toml documents every setting
    #[arg(long, env = "HARVER_ICIMS_CONFIG", value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let file = ServeFile::read(&args.config, args.settings.given()?)?;
    let listen = file.listen.as_deref().unwrap_or("127.0.0.1:8702");
    let database = args.database.chosen(&file)?;
    let settings = settings(&file)?;
    // Neighbours in production are called over TLS: that this will not work is better known now than at the first event.
    http::direct(http::Timeouts::default()).context("looking for trusted root certificates: install ca-certificates")?;

    let (store, clock) = database.open()?;
    // So is that the passphrase is another one.
    let readable: Result<_, StoreError> = store.read(store::customers).await;
    readable.context("reading the customers")?;
    let rules = Rules::at(&settings.public_url, settings.reach);
    for document in &file.customers {
        create_or_compare(&store, document, &file.admins, rules).await?;
    }
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen}: choose another address with --listen"))?;
    tracing::info!(address = %listener.local_addr()?, "The integration is ready.");
    App::new(settings, store, clock)?
        .run(listener, async {
            if let Err(error) = asked_to_stop().await {
                tracing::error!(%error, "Signals cannot be received; the integration stops.");
            }
        })
        .await;
    Ok(())
}

fn settings(file: &ServeFile) -> anyhow::Result<Settings> {
    let public_url = file.public_url.clone().context("no public address: give --public-url or public_url in the file")?;
    let mail = smtp(file.mail.as_ref().context("no [mail] section in the file: invitations could not be sent")?)?;
    let mut settings = Settings::new(public_url, mail);
    settings.event_deadline = std::time::Duration::from_secs(file.event_deadline_seconds.get().into());
    settings.link_life = file.link_life_hours;
    settings.step_limit = file.step_seconds;
    settings.retention = Retention { steps: file.keep_steps_days, orders: file.keep_orders_days };
    if let Some(minutes) = &file.retry_minutes {
        let waits = minutes.iter().map(|wait| SignedDuration::from_mins(wait.get().into())).collect();
        settings.ladder = Ladder::new(waits).context("retry_minutes")?;
    }
    if let Some(contact) = &file.support_contact {
        settings.support_contact.clone_from(contact);
    }
    if let Some(instance) = &file.instance {
        settings.instance = instance.parse().context("instance")?;
    }
    settings.reach = file.reach();
    let (of_a_customer, of_strangers) = (file.customer_requests_per_minute, file.stranger_requests_per_minute);
    settings.rates = Some(RateLimits { of_a_customer, of_strangers });
    settings.other_instance_url.clone_from(&file.other_instance_url);
    for proxy in &file.trusted_proxies {
        settings.trusted_proxies.push(proxy.parse().with_context(|| format!("trusted_proxies: {proxy:?}"))?);
    }
    Ok(settings)
}

fn smtp(section: &MailSection) -> anyhow::Result<SmtpSettings> {
    let security = match section.security.as_str() {
        "none" => SmtpSecurity::None,
        "starttls" => SmtpSecurity::StartTls,
        "tls" => SmtpSecurity::Tls,
        other => bail!("mail.security is {other:?}: give \"none\", \"starttls\" or \"tls\""),
    };
    let credentials = match (&section.username, &section.password) {
        (Some(username), Some(password)) => Some(SmtpCredentials { username: username.clone(), password: password.clone() }),
        (None, None) => None,
        _ => bail!("mail: give both username and password, or neither"),
    };
    let sender_address = EmailAddress::parse(&section.sender_address).context("mail.sender_address is not an e-mail address")?;
    Ok(SmtpSettings {
        host: section.host.clone(),
        port: u16::try_from(section.port.get()).context("mail.port")?,
        sender_address,
        security,
        credentials,
    })
}

/// Creates a customer of the file with those who may sign in, unless it is there: what was changed since then stays, and the log says
/// in what file and store differ. All or nothing, so that a start that fails can be repeated.
async fn create_or_compare(store: &Store, document: &Document, admins: &[AdminSection], rules: Rules) -> anyhow::Result<()> {
    let written = document.id.as_ref().map(settings::Typed::text).unwrap_or_default();
    let id: CustomerId = written.parse().with_context(|| format!("a customer of the file: id {written:?}"))?;
    let by = By { who: "configuration file".into(), way: Way::File, now: Clock::real().now() };
    let known: Result<_, StoreError> = store.read(move |tx| store::customer(tx, id)).await;
    if let Some(known) = known.with_context(|| format!("looking for customer {id}"))? {
        say_what_differs(&known, document, rules, &by);
        return Ok(());
    }
    let mut people = Vec::new();
    for section in admins.iter().filter(|section| section.customer == id.get()) {
        let role = section.role().with_context(|| format!("admins: {}", section.email))?;
        let person = console::new_admin(&section.email, id, role, section.password.clone());
        people.push(person.await.with_context(|| format!("creating an admin of customer {id}"))?);
    }
    let document = document.clone();
    let created: Result<bool, SaveError> = store
        .write(move |tx| {
            // Another replica that starts at the same moment may have been quicker.
            if store::customer(tx, id)?.is_some() {
                return Ok(false);
            }
            settings::create(tx, &document, rules, &by)?;
            people.iter().try_for_each(|person| admins::put(tx, person))?;
            Ok(true)
        })
        .await;
    if created.with_context(|| format!("creating customer {id} and its admins"))? {
        tracing::info!(customer.id = %id, "A customer of the configuration file was created.");
    }
    Ok(())
}

fn say_what_differs(known: &Customer, document: &Document, rules: Rules, by: &By) {
    match rules.drift(document, known, by.now) {
        Ok(differing) if differing.is_empty() => {}
        Ok(differing) => {
            let names: Vec<_> = differing.iter().map(|difference| difference.setting).collect();
            tracing::warn!(customer.id = %known.id, settings = names.join(", "), "Stored settings differ from the configuration file; the stored ones count. See harver-icims config diff.");
        }
        Err(problems) => {
            tracing::warn!(customer.id = %known.id, %problems, "Settings of the configuration file could not be used; the stored ones count.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reach;
    use crate::store::SealingKey;

    const FILE: &str = include_str!("../../examples/serve.toml");

    #[tokio::test]
    async fn a_start_that_failed_on_the_admin_can_be_repeated() {
        let mut file: ServeFile = toml::from_str(FILE).expect("the example can be used");
        let store = Store::in_memory(SealingKey::for_this_process()).expect("memory");
        let rules = Rules { plain_http: false, reach: Reach::Public };
        let document = file.customers.remove(0);
        file.admins[0].password = "correct horse".into();
        let email = std::mem::replace(&mut file.admins[0].email, "nobody".into());
        assert!(create_or_compare(&store, &document, &file.admins, rules).await.is_err());
        file.admins[0].email = email.clone();
        create_or_compare(&store, &document, &file.admins, rules).await.expect("the address is good now");
        create_or_compare(&store, &document, &file.admins, rules).await.expect("a later start changes nothing");
        let admin: Result<_, StoreError> = store.read(move |tx| admins::find(tx, &email)).await;
        assert!(admin.expect("the store answers").is_some());
    }
}
