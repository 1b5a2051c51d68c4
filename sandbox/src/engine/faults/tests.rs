use jiff::SignedDuration;

use super::*;
use crate::engine::Clock;

fn fault(customer: Option<&str>, effect: Effect) -> Fault {
    Fault {
        name: None,
        customer: customer.map(str::to_owned),
        matching: Matching { actor: Actor::Integration, from: None, method: None, path: None },
        effect,
        times: None,
        probability: None,
        seed: None,
    }
}

fn call(customer: Option<&str>) -> Call<'_> {
    Call { actor: Actor::Integration, from: Actor::Icims, method: "POST", paths: &["/start"], customer }
}

fn kinds(faults: &Faults, customer: &str) -> Vec<&'static str> {
    faults.strike(&call(Some(customer)), Timestamp::UNIX_EPOCH).iter().map(|struck| struck.effect.kind()).collect()
}

#[test]
fn a_rule_of_one_customer_never_touches_another() {
    let faults = Faults::new();
    faults.add(vec![fault(Some("4021"), Effect::Drop)]).expect("room");
    assert_eq!(kinds(&faults, "4021"), ["drop"]);
    assert!(kinds(&faults, "4022").is_empty());
    assert!(faults.strike(&call(None), Timestamp::UNIX_EPOCH).is_empty());
}

#[test]
fn a_rule_is_used_up_for_each_customer_apart() {
    let faults = Faults::new();
    faults.add(vec![Fault { times: Some(2), ..fault(None, Effect::Drop) }]).expect("room");
    for customer in ["4021", "4022"] {
        assert_eq!([kinds(&faults, customer).len(), kinds(&faults, customer).len(), kinds(&faults, customer).len()], [1, 1, 0]);
    }
    assert_eq!(faults.list(None)[0].hits, 4);
}

#[test]
fn latencies_add_up_and_only_the_first_other_effect_counts() {
    let faults = Faults::new();
    let slow = Effect::Latency { by: SignedDuration::from_secs(1) };
    let rules = [slow.clone(), Effect::Drop, Effect::Garble, slow].map(|effect| fault(None, effect));
    faults.add(rules.to_vec()).expect("room");
    assert_eq!(kinds(&faults, "4021"), ["latency", "drop", "latency"]);
    assert_eq!(faults.list(None).iter().map(|listed| listed.hits).collect::<Vec<_>>(), [1, 1, 0, 1]);
}

#[test]
fn drawing_depends_on_seed_customer_and_position_alone() {
    let sequence = |seed: u64, customers: &[&str]| -> Vec<bool> {
        let faults = Faults::new();
        faults.add(vec![Fault { probability: Some(0.5), seed: Some(seed), ..fault(None, Effect::Drop) }]).expect("room");
        customers
            .iter()
            .map(|customer| (*customer, !kinds(&faults, customer).is_empty()))
            .filter(|(customer, _)| *customer == "4021")
            .map(|(_, hit)| hit)
            .collect()
    };
    let alone = sequence(7, &["4021"; 64]);
    let mixed: Vec<&str> = (0..128).map(|at| if at % 2 == 0 { "4021" } else { "4022" }).collect();
    assert_eq!(alone, sequence(7, &mixed), "another customer's calls change nothing");
    assert_ne!(alone, sequence(8, &["4021"; 64]));
    let hits = alone.iter().filter(|hit| **hit).count();
    assert!((16..=48).contains(&hits), "about half: {hits}");
}

#[test]
fn there_is_room_for_so_many_rules_and_never_for_half_of_several() {
    let faults = Faults::new();
    faults.add(vec![fault(Some("4021"), Effect::Drop); RULE_LIMIT - 1]).expect("room");
    assert_eq!(faults.add(vec![fault(Some("4021"), Effect::Drop); 2]), Err(TooManyFaults));
    assert_eq!(faults.list(None).len(), RULE_LIMIT - 1);
    faults.add(vec![fault(Some("4022"), Effect::Drop)]).expect("another customer has room of its own");
    assert_eq!(faults.remove(|_, fault| fault.customer.as_deref() == Some("4021")), RULE_LIMIT - 1);
    assert_eq!(faults.list(None).len(), 1);
}

#[test]
fn made_up_customers_do_not_fill_the_memory() {
    let faults = Faults::new();
    faults.add(vec![Fault { times: Some(1), ..fault(None, Effect::Drop) }]).expect("room");
    for customer in 0..COUNTED_CUSTOMERS + 50 {
        let _ = kinds(&faults, &customer.to_string());
    }
    assert!(faults.lock().rules[&1].tallies.len() <= COUNTED_CUSTOMERS + 1);
}

fn strike_one(faults: &Faults) -> Struck {
    faults.strike(&call(Some("4021")), Timestamp::UNIX_EPOCH).remove(0)
}

#[tokio::test]
async fn a_delayed_request_goes_when_the_clock_has_moved_on() {
    let (faults, clock) = (Faults::new(), Clock::new());
    faults.add(vec![fault(None, Effect::Delay { by: SignedDuration::from_mins(10) })]).expect("room");
    let struck = strike_one(&faults);
    let held = faults.hold(&struck, Some("4021"), &clock);
    tokio::pin!(held);
    assert!(still_pending(held.as_mut()).await);
    clock.advance(SignedDuration::from_mins(9));
    assert!(still_pending(held.as_mut()).await, "too early");
    clock.advance(SignedDuration::from_mins(1));
    assert_eq!(held.await, Ok(()));
}

#[tokio::test]
async fn a_held_request_goes_when_the_rule_is_removed_and_is_given_up_by_a_reset() {
    let (faults, clock) = (Faults::new(), Clock::new());
    let delay = || vec![fault(None, Effect::Delay { by: SignedDuration::from_mins(10) })];
    faults.add(delay()).expect("room");
    let struck = strike_one(&faults);
    let held = faults.hold(&struck, Some("4021"), &clock);
    tokio::pin!(held);
    assert!(still_pending(held.as_mut()).await);
    faults.remove(|_, _| true);
    assert_eq!(held.await, Ok(()));

    faults.add(delay()).expect("room");
    let struck = strike_one(&faults);
    let held = faults.hold(&struck, Some("4021"), &clock);
    tokio::pin!(held);
    assert!(still_pending(held.as_mut()).await);
    faults.reset();
    assert_eq!(held.await, Err(Withdrawn));
}

#[tokio::test]
async fn whoever_is_slowed_down_goes_on_when_the_rule_is_removed_and_learns_when_the_customer_goes() {
    let faults = Faults::new();
    let latency = |customer| fault(Some(customer), Effect::Latency { by: SignedDuration::from_mins(5) });
    faults.add(vec![latency("4021"), latency("4022")]).expect("room");
    let [own, others] = ["4021", "4022"].map(|customer| faults.strike(&call(Some(customer)), Timestamp::UNIX_EPOCH));
    let (own, others) = (faults.slow_down(&own), faults.slow_down(&others));
    tokio::pin!(own, others);
    assert!(still_pending(own.as_mut()).await && still_pending(others.as_mut()).await);
    assert_eq!(faults.withdraw(|customer| customer == "4021"), [latency("4021")]);
    assert_eq!(own.await, Err(Withdrawn));
    assert!(still_pending(others.as_mut()).await, "another customer's rule stays");
    faults.remove(|_, _| true);
    assert_eq!(others.await, Ok(()));
}

#[tokio::test]
async fn one_request_of_a_customer_at_a_time_lets_the_next_one_past() {
    let (faults, clock) = (Faults::new(), Clock::new());
    faults.add(vec![fault(None, Effect::Reorder)]).expect("room");
    let struck = strike_one(&faults);
    assert!(kinds(&faults, "4021").is_empty(), "the second one is not held, too");
    let held = faults.hold(&struck, Some("4021"), &clock);
    tokio::pin!(held);
    faults.gone(Some("4022"));
    assert!(still_pending(held.as_mut()).await, "another customer's does not count");
    faults.gone(Some("4021"));
    assert_eq!(held.await, Ok(()));
    assert_eq!(kinds(&faults, "4021"), ["reorder"]);
}

/// Looks once whether a future is still pending, letting everything else have its turn before.
async fn still_pending<F: Future + Unpin>(mut future: F) -> bool {
    tokio::task::yield_now().await;
    std::future::poll_fn(|cx| std::task::Poll::Ready(std::pin::Pin::new(&mut future).poll(cx).is_pending())).await
}
