//! The certificate of the SMTP server: its own, as nobody vouches for a sandbox.

use std::fmt;
use std::sync::Arc;

use rcgen::CertifiedKey;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A certificate that was made for this process and signed by itself, with its key.
#[derive(Clone)]
pub struct SmtpCertificate {
    pem: Arc<str>,
    acceptor: TlsAcceptor,
}

/// Why a certificate cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("no certificate for the mail server could be made for the names {names}. Check the names that are allowed")]
pub struct CertificateError {
    names: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl SmtpCertificate {
    /// A new certificate for these names and addresses.
    ///
    /// # Errors
    /// When one of them is neither the name of a host nor an address.
    pub fn for_names(names: Vec<String>) -> Result<Self, CertificateError> {
        let failed = |source| CertificateError { names: names.join(", "), source };
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(names.clone()).map_err(|error| failed(Box::new(error)))?;
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key))
            .map_err(|error| failed(Box::new(error)))?;
        Ok(Self { pem: cert.pem().into(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// The certificate without its key, for clients to trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

impl fmt::Debug for SmtpCertificate {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpCertificate").finish_non_exhaustive()
    }
}
