//! Looking at a server's certificate: whoever is there is let in, so that everything that is wrong can be told at once, and nothing is
//! sent to it.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// A certificate, and what the machine thinks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Until when it is valid.
    pub(super) until: Timestamp,
    /// For which names and addresses.
    pub(super) names: Vec<String>,
    /// Whether it has signed itself.
    pub(super) is_self_signed: bool,
    /// Why the machine does not trust it; `None` where it does.
    pub(super) distrust: Option<Distrust>,
}

/// Why a certificate is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Distrust {
    Expired,
    NotYetValid,
    /// It is for other names.
    OtherName,
    /// Nobody whom the machine trusts vouches for it.
    UnknownIssuer,
    /// The machine trusts nobody: no root certificates are installed.
    NoRoots,
    /// In the words of the library.
    Other(String),
}

/// Shakes hands with a server that speaks TLS from the first byte.
///
/// # Errors
/// A sentence.
pub(super) async fn look_at(address: SocketAddr, name: &str) -> Result<Shown, String> {
    let stream = TcpStream::connect(address).await.map_err(|error| format!("no connection: {error}"))?;
    Ok(over(stream, name).await?.1)
}

/// Shakes hands over a connection.
///
/// # Errors
/// A sentence.
pub(super) async fn over<S: AsyncRead + AsyncWrite + Unpin>(stream: S, name: &str) -> Result<(TlsStream<S>, Shown), String> {
    let server =
        ServerName::try_from(name.trim_matches(['[', ']']).to_owned()).map_err(|_| format!("{name:?} is no name of a server"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let onlooker = Arc::new(Onlooker { provider: Arc::clone(&provider), seen: Mutex::default() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&onlooker) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let stream =
        TlsConnector::from(Arc::new(config)).connect(server, stream).await.map_err(|error| format!("no TLS: {error}"))?;
    let seen = onlooker.seen.lock().take();
    Ok((stream, seen.ok_or("the server has shown no certificate that can be read")?))
}

/// Asks the machine, remembers what it says, and lets the handshake go on.
#[derive(Debug)]
struct Onlooker {
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<Shown>>,
}

/// Reading the machine's root certificates takes some milliseconds.
fn machine(provider: &Arc<CryptoProvider>) -> Option<&'static Verifier> {
    static MACHINE: OnceLock<Option<Verifier>> = OnceLock::new();
    MACHINE.get_or_init(|| Verifier::new(Arc::clone(provider)).ok()).as_ref()
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let distrust = match machine(&self.provider) {
            Some(machine) => {
                machine.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).err().map(Distrust::from)
            }
            None => Some(Distrust::NoRoots),
        };
        *self.seen.lock() = read(end_entity, distrust);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl From<Error> for Distrust {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => Self::Expired,
            Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
                Self::NotYetValid
            }
            Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
                Self::OtherName
            }
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => Self::UnknownIssuer,
            other => Self::Other(other.to_string()),
        }
    }
}

fn read(der: &CertificateDer<'_>, distrust: Option<Distrust>) -> Option<Shown> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let until = Timestamp::from_second(certificate.validity().not_after.timestamp()).unwrap_or(Timestamp::MAX);
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let names = alternatives.iter().flat_map(|names| &names.value.general_names).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress([a, b, c, d]) => Some(format!("{a}.{b}.{c}.{d}")),
        _ => None,
    });
    let is_self_signed = certificate.subject().as_raw() == certificate.issuer().as_raw();
    Some(Shown { until, names: names.collect(), is_self_signed, distrust })
}
