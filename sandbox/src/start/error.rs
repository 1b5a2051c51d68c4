//! Why the sandbox did not start, or ended by itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::control::ControlError;
use crate::engine::DiskError;
use crate::mailbox::CertificateError;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody listens there already.
    #[error("port {port} is taken ({part}): stop what listens there, or choose another block with --port (0 takes free ports)")]
    PortTaken {
        /// The port.
        port: u16,
        /// What was to listen there.
        part: &'static str,
    },
    /// The block does not fit.
    #[error("ports {port} to {port}+25 do not fit below 65536: choose a lower --port")]
    PortTooHigh {
        /// The first port of the block.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({part})")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What was to listen there.
        part: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Two public addresses for one part.
    #[error("two public addresses are given for {part}: a part has one")]
    PublicUrlTwice {
        /// The part.
        part: &'static str,
    },
    /// The system does not say where a part listens.
    #[error("cannot tell where {part} listens")]
    Untold {
        /// What listens there.
        part: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: check that it is a writable folder, or name another one with --data", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another process uses the data folder.
    #[error("another process uses the data folder {}: stop it, or name another one with --data", .0.display())]
    FolderInUse(PathBuf),
    /// The mail server has no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The stored state cannot be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The tenants could not be made or connected.
    #[error("the tenants could not be made ready")]
    Tenants(#[from] ControlError),
}

/// A server ended although nobody told it to. The process should end, too.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server of {0} has ended unexpectedly; the log says why")]
pub struct ServerFailed(pub String);
