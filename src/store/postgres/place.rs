//! Where the server is, and how a connection to it is opened.

use std::sync::Arc;
use std::time::Duration;

use postgres::{Client, Config};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::session::Session;
use crate::store::StoreError;

/// The name under which those who wait for work are called.
pub(super) const CHANNEL: &str = "harver_icims_work";
/// Calls them, once the transaction is committed.
pub(super) const WORK_ADDED: &str = "NOTIFY harver_icims_work";

/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What each connection is told first. Nothing of ours takes so long: a server that hangs is given up instead, and a replica that hangs in
/// the middle of a change is put out before those who wait for it give up. Small tables are read by
/// their indexes too, because of what was read whole the server must assume that each change of it matters. Where there is no index for it,
/// that makes a question look so dear that the server would compile it first, which takes longer than any answer.
const MANNERS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '8s'; SET idle_in_transaction_session_timeout = '5s';
    SET enable_seqscan = off; SET jit = off; SET client_min_messages = warning";

/// See the module.
pub(super) struct Place {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Place {
    /// Reads `postgres://user:password@host/database?…`, or libpq's `name=value` pairs.
    pub(super) fn parse(url: &SecretString) -> Result<Self, StoreError> {
        let mut config: Config = url.expose_secret().parse().map_err(StoreError::NoPlace)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("harver-icims");
        }
        config.keepalives_idle(PATIENCE * 4).tcp_user_timeout(PATIENCE * 2);
        let tls = ClientConfig::with_platform_verifier().map_err(|source| StoreError::NoCertificates(Arc::new(source)))?;
        Ok(Self { config, tls: MakeRustlsConnect::new(tls) })
    }

    /// A new connection, for whatever is wanted.
    pub(super) fn client(&self) -> Result<Client, StoreError> {
        let mut client = self.config.connect(self.tls.clone()).map_err(StoreError::Unreachable)?;
        client.batch_execute(MANNERS)?;
        Ok(client)
    }

    /// A new connection for transactions.
    pub(super) fn connect(&self) -> Result<Session, StoreError> {
        self.client().map(Session::new)
    }
}
