//! From where `up` and `sandbox` can be reached, and what that means.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};

use clap::Args;
use icims_sandbox::control::Addresses;
use icims_sandbox::{ControlToken, HostName, Part, PublicUrl};
use url::Url;

/// Options about addresses and names.
#[derive(Clone, Debug, Args)]
pub struct ReachArgs {
    /// Address to listen on beside this machine's own: 0.0.0.0 for all, in a container for example
    #[arg(long, env = "HARVER_ICIMS_LISTEN_ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    pub listen: IpAddr,
    /// What control asks for beyond this machine [default: drawn at the start, part of the ready line]
    #[arg(long, env = "HARVER_ICIMS_CONTROL_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub control_token: Option<ControlToken>,
    /// What browsers call overview, icims, integration or platform, behind another name or a reverse proxy; give it once for each part
    #[arg(long = "public-url", env = "HARVER_ICIMS_PUBLIC_URLS", value_name = "PART=URL", value_delimiter = ',')]
    pub public_urls: Vec<PublicUrl>,
    /// A name that the sandbox may be called by, beside addresses, localhost and public URLs; give it once for each name
    #[arg(long = "allow-host", env = "HARVER_ICIMS_ALLOW_HOST", value_name = "NAME", value_delimiter = ',')]
    pub allowed_hosts: Vec<HostName>,
}

impl Default for ReachArgs {
    fn default() -> Self {
        let (public_urls, allowed_hosts) = (Vec::new(), Vec::new());
        Self { listen: Ipv4Addr::LOCALHOST.into(), control_token: None, public_urls, allowed_hosts }
    }
}

impl ReachArgs {
    /// What browsers call the integration, if that is not where it listens.
    pub(super) fn integration(&self) -> Option<Url> {
        self.public_urls.iter().find(|public| public.part == Part::Integration).map(|public| public.url.clone())
    }

    /// Says what is open to whom, if anything is.
    pub(super) fn warn(&self, out: &mut impl Write, listening: &Addresses, integration: Option<&str>) -> std::io::Result<()> {
        if self.listen.is_loopback() {
            return Ok(());
        }
        let port = |address: &str| address.rsplit_once(':').map_or_else(String::new, |(_, port)| port.to_owned());
        writeln!(out, "harver-icims: warning: whoever reaches {} reaches all of this:", self.listen)?;
        writeln!(out, "  port {:<5}  overview, control, mailbox: with the token", port(&listening.control))?;
        writeln!(out, "  port {:<5}  iCIMS: recruiter and administrator screens without a password", port(&listening.icims))?;
        if let Some(integration) = integration {
            writeln!(out, "  port {:<5}  integration: with passwords", port(integration))?;
        }
        writeln!(out, "  port {:<5}  Harver platform: with passwords, and personal links", port(&listening.platform))?;
        writeln!(out, "  port {:<5}  mail: without a password", port(&listening.smtp))?;
        if self.listen.is_unspecified() && self.public_urls.is_empty() {
            writeln!(
                out,
                "Links on the pages name {}: --public-url gives the parts the addresses that others use.",
                listening.control
            )?;
        }
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(listen: &str, public_urls: &[&str]) -> String {
        let listening = Addresses {
            control: "http://127.0.0.1:9400".into(),
            icims: "http://127.0.0.1:9401".into(),
            platform: "http://127.0.0.1:9403".into(),
            smtp: "127.0.0.1:9425".into(),
        };
        let args = ReachArgs {
            listen: listen.parse().expect("an address"),
            public_urls: public_urls.iter().map(|text| text.parse().expect("a URL")).collect(),
            ..ReachArgs::default()
        };
        let mut said = Vec::new();
        args.warn(&mut said, &listening, Some("http://127.0.0.1:9402")).expect("memory takes it");
        String::from_utf8(said).expect("text")
    }

    #[test]
    fn every_open_port_is_named_once_it_can_be_reached_from_elsewhere() {
        for here in ["127.0.0.1", "::1", "127.0.0.7"] {
            assert_eq!(warned(here, &[]), "", "{here}");
        }
        for elsewhere in ["0.0.0.0", "::", "192.168.1.7"] {
            let said = warned(elsewhere, &[]);
            for port in ["9400", "9401", "9402", "9403", "9425", elsewhere] {
                assert!(said.contains(port), "{port} is not in {said}");
            }
            assert_eq!(said.contains("--public-url"), elsewhere != "192.168.1.7", "{said}");
        }
        assert!(!warned("0.0.0.0", &["icims=http://icims.test"]).contains("--public-url"));
    }
}
