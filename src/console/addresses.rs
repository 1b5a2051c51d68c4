//! The addresses from which Harver calls iCIMS.

/// What the customer's iCIMS admin allows under IP Address Restrictions (setup guide, "List of IP Addresses to Whitelist"; promise G06).
pub(super) const OUTGOING: [&str; 13] = [
    "80.113.26.114",
    "35.158.208.210",
    "54.229.248.124",
    "52.51.44.10",
    "124.43.10.11",
    "52.29.23.29",
    "34.241.38.163",
    "34.247.200.75",
    "54.171.191.142",
    "52.48.58.158",
    "3.19.247.132",
    "18.217.100.151",
    "3.139.115.195",
];
