//! How often somebody may call.
//!
//! Whoever shows to belong to a customer is counted for that customer, at each entrance by itself: what one customer's programs do takes
//! nothing from another's, and nothing from the customer's own console. Everybody else is counted for the place they call from. The two are
//! kept apart because iCIMS and the Harver platform call for all customers from a few addresses: one customer with a wrong password must
//! not cost the others their events.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::domain::{CustomerId, CustomerRate, StrangerRate, place_of};

/// Where a customer's callers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entrance {
    /// The start endpoint, its page of packages and its tokens.
    Events,
    /// The webhook endpoint.
    Webhooks,
    /// The console.
    Console,
    /// The API of the settings.
    Api,
}

/// How many requests a minute are let in; as many may come at once after a quiet minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Of a customer, at each entrance.
    pub of_a_customer: CustomerRate,
    /// Of all strangers from one place.
    pub of_strangers: StrangerRate,
}

/// Too many have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    /// How long it takes until the next one is let in, in whole seconds.
    pub seconds: u64,
}

/// Counts requests in the memory of this process: each replica counts for itself. Clones share it.
#[derive(Clone, Default)]
pub struct Rates(Option<Arc<Counts>>);

struct Counts {
    customers: DefaultKeyedRateLimiter<(Entrance, CustomerId)>,
    /// By lines of a fixed number, so that whoever has many addresses fills no memory. Nobody can choose with whom to share a line.
    places: DefaultKeyedRateLimiter<u16>,
    lines: RandomState,
}

impl Rates {
    /// Lets in as many as are allowed; everybody where nothing is said.
    #[must_use]
    pub fn new(limits: Option<RateLimits>) -> Self {
        Self(limits.map(|limits| {
            let quota = |number: u32| Quota::per_minute(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
            Arc::new(Counts {
                customers: DefaultKeyedRateLimiter::keyed(quota(limits.of_a_customer.get())),
                places: DefaultKeyedRateLimiter::keyed(quota(limits.of_strangers.get())),
                lines: RandomState::new(),
            })
        }))
    }

    /// Counts a request of a customer's.
    ///
    /// # Errors
    /// When there were too many.
    pub fn of_customer(&self, entrance: Entrance, customer: CustomerId) -> Result<(), TooOften> {
        self.0.as_ref().map_or(Ok(()), |counts| counted(&counts.customers, &(entrance, customer)))
    }

    /// Counts a request of somebody who belongs to no customer, as far as was shown.
    ///
    /// # Errors
    /// When there were too many from the same place.
    pub fn of_stranger(&self, from: Option<IpAddr>) -> Result<(), TooOften> {
        let Some(counts) = &self.0 else { return Ok(()) };
        let [low, high, ..] = counts.lines.hash_one(from.map(place_of)).to_le_bytes();
        counted(&counts.places, &u16::from_le_bytes([low, high]))
    }
}

fn counted<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), TooOften> {
    limiter.check_key(key).map_err(|not_until| {
        let wait: Duration = not_until.wait_time_from(limiter.clock().now());
        TooOften { seconds: wait.as_secs() + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As few as there can be.
    fn rates() -> Rates {
        let (of_a_customer, of_strangers) = (60.try_into().expect("in range"), 60.try_into().expect("in range"));
        Rates::new(Some(RateLimits { of_a_customer, of_strangers }))
    }

    fn id(number: u64) -> CustomerId {
        number.try_into().expect("a number")
    }

    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().expect("an address"))
    }

    #[test]
    fn a_customer_that_calls_too_often_waits_at_that_entrance_and_nobody_else_does() {
        let rates = rates();
        for _ in 0..60 {
            assert_eq!(rates.of_customer(Entrance::Events, id(4021)), Ok(()));
        }
        let refused = rates.of_customer(Entrance::Events, id(4021)).expect_err("a minute's worth is spent");
        assert!((1..=2).contains(&refused.seconds), "{refused:?}");
        assert_eq!(rates.of_customer(Entrance::Console, id(4021)), Ok(()), "another entrance");
        assert_eq!(rates.of_customer(Entrance::Events, id(4022)), Ok(()), "another customer");
        assert_eq!(rates.of_stranger(from("192.0.2.7")), Ok(()));
    }

    #[test]
    fn a_place_is_an_address_or_the_network_that_somebody_has_of_ipv6() {
        let rates = rates();
        for number in 0..60 {
            assert_eq!(rates.of_stranger(from(&format!("2001:db8::{number}"))), Ok(()));
        }
        assert!(rates.of_stranger(from("2001:db8::ffff")).is_err());
        assert_eq!(rates.of_stranger(from("2001:db8:0:1::1")), Ok(()), "another network");
        assert_eq!(rates.of_stranger(from("192.0.2.7")), Ok(()));
        assert_eq!(rates.of_stranger(None), Ok(()), "those of whom nobody knows where they are");
    }

    #[test]
    fn many_places_take_no_more_room_than_there_are_lines() {
        let rates = rates();
        for number in 0..100_000_u32 {
            let _ = rates.of_stranger(Some(IpAddr::V4(number.into())));
        }
        assert!(rates.0.expect("limits").places.len() <= 1 << 16);
    }

    #[test]
    fn where_nothing_is_said_everybody_is_let_in() {
        let rates = Rates::new(None);
        assert!((0..100_000).all(|_| rates.of_customer(Entrance::Events, id(1)).is_ok() && rates.of_stranger(None).is_ok()));
    }
}
