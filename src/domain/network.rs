//! Where callers come from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// An address, or a range of them: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

/// What is neither an address nor a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an IP address nor a range of them")]
pub struct NotANetwork;

impl Network {
    /// Whether an address is in it. One of IPv4 is the same when it is written as one of IPv6.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let mapped = match address {
            IpAddr::V4(address) => IpAddr::V6(address.to_ipv6_mapped()),
            IpAddr::V6(_) => address,
        };
        self.0.contains(&address) || self.0.contains(&mapped)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let address = || text.parse().map(|address: IpAddr| IpNet::from(address));
        text.parse().or_else(|_| address()).map(|net: IpNet| Self(canonical(net.trunc()))).map_err(|_| NotANetwork)
    }
}

/// A range of addresses of IPv4 that are written as those of IPv6 is one of IPv4.
fn canonical(net: IpNet) -> IpNet {
    let length = net.prefix_len().checked_sub(96);
    match (net, length) {
        (IpNet::V6(net), Some(length)) => {
            let mapped = net.addr().to_ipv4_mapped().and_then(|address| Ipv4Net::new(address, length).ok());
            mapped.map_or(IpNet::V6(net), IpNet::V4)
        }
        _ => net,
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

/// Where somebody calls from, for whoever counts: whoever has one address of IPv6 has a network of them, and 64 bits are the least that is
/// given away.
#[must_use]
pub fn place_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().expect(network).contains(address.parse().expect(address))
    }

    #[test]
    fn an_address_is_itself_and_a_range_is_what_is_in_it() {
        assert!(contains("203.0.113.7", "203.0.113.7") && !contains("203.0.113.7", "203.0.113.8"));
        assert!(contains("203.0.113.0/24", "203.0.113.255") && !contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("2001:db8::/32", "2001:db8::1") && !contains("2001:db8::/32", "203.0.113.7"));
        assert!(contains("203.0.113.7", "::ffff:203.0.113.7") && contains("::ffff:203.0.113.7", "203.0.113.7"));
    }

    #[test]
    fn a_range_is_written_as_it_is_understood() {
        for (typed, shown) in [("203.0.113.7/32", "203.0.113.7"), ("203.0.113.9/24", "203.0.113.0/24"), ("::1", "::1")] {
            assert_eq!(typed.parse::<Network>().expect(typed).to_string(), shown);
        }
        for wrong in ["", "203.0.113", "203.0.113.7/33", "example.org", "203.0.113.7:80"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }

    /// Also those of IPv4 that are written as IPv6, which chance alone does not find.
    fn any_address() -> impl Strategy<Value = IpAddr> {
        let mapped = any::<std::net::Ipv4Addr>().prop_map(|address| IpAddr::V6(address.to_ipv6_mapped()));
        prop_oneof![any::<IpAddr>(), mapped]
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same(address in any_address(), length in 0_u8..=128) {
            let length = if address.is_ipv4() { length.min(32) } else { length };
        let network: Network = format!("{address}/{length}").parse().expect("a range");
            prop_assert_eq!(network.to_string().parse(), Ok(network));
            prop_assert!(network.contains(address));
        }
    }
}
