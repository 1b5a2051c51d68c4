//! Where neighbours may be. Their addresses are entered by customers and called from inside our network, where much listens that trusts
//! whoever comes from there: the machine itself, other services, the metadata service of a cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Where neighbours may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet, and nowhere else.
    #[default]
    Public,
    /// Also on this machine and in the network around it: a sandbox, a test, a network of one's own.
    Anywhere,
}

/// An address that is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no public address; others are called only with --allow-private-addresses (allow_private_addresses in the file)")]
pub struct NotPublic(pub IpAddr);

/// What is no public address of IPv4: the register of special-purpose addresses (RFC 6890 and its successors), and everything for groups.
const NOT_PUBLIC: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// Of IPv6 only this is public,
const PUBLIC: Ipv6Net = v6(0x2000, 0, 0, 3);
/// but for tunnels, which lead to an address of IPv4 that others choose, and for what is set aside.
const WITHIN_PUBLIC: [Ipv6Net; 4] = [v6(0x2001, 0, 0, 23), v6(0x2001, 0xdb8, 0, 32), v6(0x2002, 0, 0, 16), v6(0x3fff, 0, 0, 20)];
/// Where a network without IPv4 shows the addresses of IPv4 (RFC 6052): the last four bytes count.
const TRANSLATED: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, third: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), length)
}

impl Reach {
    /// The address, if it may be called.
    ///
    /// # Errors
    /// When it may not.
    pub fn admits(self, address: IpAddr) -> Result<IpAddr, NotPublic> {
        let admitted = self == Self::Anywhere || is_public(address);
        if admitted { Ok(address) } else { Err(NotPublic(address)) }
    }

    /// The addresses of a name that may be called.
    ///
    /// # Errors
    /// When it has addresses, and none of them may be.
    pub fn admitted(self, found: impl IntoIterator<Item = IpAddr>) -> Result<Vec<IpAddr>, NotPublic> {
        let (mut admitted, mut refused) = (Vec::new(), None);
        for address in found {
            match self.admits(address) {
                Ok(address) => admitted.push(address),
                Err(not_public) => refused = refused.or(Some(not_public)),
            }
        }
        refused.filter(|_| admitted.is_empty()).map_or(Ok(admitted), Err)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) if TRANSLATED.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public(IpAddr::from([a, b, c, d]))
        }
        IpAddr::V6(address) => PUBLIC.contains(&address) && !WITHIN_PUBLIC.iter().any(|net| net.contains(&address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().expect(text)).collect()
    }

    #[test]
    fn nothing_of_this_machine_or_the_network_around_it_is_public() {
        for address in addresses(&[
            "127.0.0.1",
            "127.8.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.7",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::10.0.0.7",
            "64:ff9b:1::808:808",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::1",
            "3fff::1",
        ]) {
            assert_eq!(Reach::Public.admits(address), Err(NotPublic(address)));
            assert_eq!(Reach::Anywhere.admits(address), Ok(address));
        }
    }

    #[test]
    fn what_is_beside_it_is_public() {
        for address in addresses(&[
            "8.8.8.8",
            "100.128.0.1",
            "126.255.255.255",
            "172.15.255.255",
            "172.32.0.1",
            "192.167.255.255",
            "223.255.255.255",
            "2606:4700::1",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ]) {
            assert_eq!(Reach::Public.admits(address), Ok(address));
        }
    }

    #[test]
    fn of_a_name_with_several_addresses_the_public_ones_are_called() {
        let mixed = addresses(&["10.0.0.7", "8.8.8.8"]);
        assert_eq!(Reach::Public.admitted(mixed.clone()), Ok(mixed[1..].to_vec()));
        assert_eq!(Reach::Public.admitted(mixed[..1].to_vec()), Err(NotPublic(mixed[0])));
        assert_eq!(Reach::Public.admitted([]), Ok(Vec::new()), "nobody is not somebody");
        assert_eq!(Reach::Anywhere.admitted(mixed.clone()), Ok(mixed));
    }
}
