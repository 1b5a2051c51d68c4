use parking_lot::Mutex;

use super::*;
use crate::engine::{Disk, DiskError, Kept, Persist, Rows, State, Table};

/// What is to be sent: by number, in which line. What has been sent is gone.
#[derive(Clone, Debug)]
struct Letters(Table<u64, String>);

impl Persist for Letters {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.0]
    }
}

impl State for Letters {
    const KIND: &'static str = "letters";

    fn has_outgoing(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Customers below 100 hang for ever; of the others, everything is written down when it has left.
#[derive(Debug, Default)]
struct Post {
    sent: Arc<Mutex<Vec<(u64, u64)>>>,
    began: Arc<Mutex<Vec<(u64, u64)>>>,
}

impl Sends for Post {
    fn due(&self, customer: &Customer, wanted: &Wanted<'_>) -> Turn {
        let letters = customer.tenant::<Letters>().expect("letters").state();
        for (number, line) in letters.0.iter() {
            if !(wanted.is_under_way)(*number) && !(wanted.is_busy)(line) {
                return Turn::Now { number: *number, line: line.clone() };
            }
        }
        Turn::Nothing
    }

    fn carry(&self, customer: Arc<Customer>, number: u64, ticket: Ticket) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (sent, began) = (Arc::clone(&self.sent), Arc::clone(&self.began));
        Box::pin(async move {
            began.lock().push((customer.id(), number));
            if customer.id() < 100 {
                return std::future::pending().await;
            }
            if number == 666 {
                ticket.step_aside();
                return std::future::pending().await;
            }
            // Whoever is in the same line must not have left meanwhile.
            tokio::task::yield_now().await;
            sent.lock().push((customer.id(), number));
            let letters = customer.tenant::<Letters>().expect("letters");
            let gone = letters.write(|letters| Ok::<_, DiskError>(letters.0.remove(&number))).await;
            assert!(gone.expect("memory takes it").is_some());
        })
    }
}

fn letters(customer: u64, lines: &[(u64, &str)]) -> Kept {
    let mut letters = Letters(Table::new("letters"));
    lines.iter().for_each(|(number, line)| letters.0.put(*number, (*line).to_owned()));
    Kept::new(customer).with(letters)
}

/// Sends until a condition holds, which is looked at after every publication.
async fn run(registry: &Registry, post: Post, until: impl Fn(&Registry) -> bool) {
    let outbox = Outbox::new(registry.clone(), Clock::new(), vec![Arc::new(post)]);
    let mut changes = registry.board().changes();
    let stop = async {
        while !until(registry) {
            changes.changed().await.expect("the registry lives");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), outbox.run(stop)).await.expect("the condition comes true");
}

fn waiting(registry: &Registry, customer: u64) -> usize {
    registry.tenant::<Letters>(customer).expect("letters").read(|letters| letters.0.len())
}

#[tokio::test]
async fn customers_whose_vendors_hang_take_nothing_from_another_one() {
    let many: Vec<(u64, String)> = (1..=200).map(|number| (number, number.to_string())).collect();
    let many: Vec<(u64, &str)> = many.iter().map(|(number, line)| (*number, line.as_str())).collect();
    let hanging = (1..=60).map(|customer| letters(customer, &many));
    let registry = Registry::begun(Disk::memory(), hanging.chain([letters(100, &[(1, "a"), (2, "b"), (3, "c")])]));
    let post = Post::default();
    let began = Arc::clone(&post.began);
    run(&registry, post, |registry| waiting(registry, 100) == 0).await;
    let began = began.lock();
    let of = |customer: u64| began.iter().filter(|(whose, _)| *whose == customer).count();
    assert!((1..=60).all(|customer| of(customer) <= UNDER_WAY_PER_CUSTOMER));
    // By turns: before the last of the quiet one leaves, nobody else has had more turns than it had, give or take one.
    let last = began.iter().rposition(|(whose, _)| *whose == 100).expect("it was sent");
    let before = |customer: u64| began[..last].iter().filter(|(whose, _)| *whose == customer).count();
    assert!((1..=60).all(|customer| before(customer) <= 4), "{:?}", (1..=60).map(before).max());
}

#[tokio::test]
async fn what_is_in_one_line_leaves_in_order_and_nothing_else_waits_for_it() {
    let registry = Registry::begun(Disk::memory(), [letters(100, &[(1, "a"), (2, "a"), (3, "b"), (4, "a")])]);
    let post = Post::default();
    let sent = Arc::clone(&post.sent);
    run(&registry, post, |registry| waiting(registry, 100) == 0).await;
    let sent: Vec<u64> = sent.lock().iter().map(|(_, number)| *number).collect();
    let position = |number: u64| sent.iter().position(|sent| *sent == number).expect("it left");
    assert_eq!(sent.len(), 4, "each once");
    assert!(position(1) < position(2) && position(2) < position(4), "{sent:?}");
    assert!(position(3) < position(2), "it does not wait for the other line: {sent:?}");
}

#[tokio::test]
async fn what_is_held_back_on_purpose_is_overtaken() {
    let registry = Registry::begun(Disk::memory(), [letters(100, &[(666, "a"), (667, "a")])]);
    run(&registry, Post::default(), |registry| waiting(registry, 100) == 1).await;
    assert_eq!(registry.tenant::<Letters>(100).expect("letters").read(|letters| letters.0.last_key().copied()), Some(666));
}

#[tokio::test]
async fn nothing_is_sent_of_a_paused_customer_until_it_may_again() {
    let registry = Registry::begun(Disk::memory(), [letters(100, &[(1, "a")]), letters(101, &[(1, "a")])]);
    let post = Post::default();
    let outbox = Outbox::new(registry.clone(), Clock::new(), vec![Arc::new(post)]);
    let quiet = outbox.traffic().quiet(crate::engine::Extent::Customer(100), Duration::from_secs(1)).await;
    let mut changes = registry.board().changes();
    let stop = async {
        while waiting(&registry, 101) > 0 {
            changes.changed().await.expect("the registry lives");
        }
        assert_eq!(waiting(&registry, 100), 1);
        drop(quiet);
        while waiting(&registry, 100) > 0 {
            changes.changed().await.expect("the registry lives");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), outbox.run(stop)).await.expect("it goes on");
}

#[tokio::test]
async fn however_many_hang_there_is_room_for_the_first_thing_of_whoever_comes_later() {
    let many: Vec<(u64, String)> = (1..=UNDER_WAY_PER_CUSTOMER as u64).map(|number| (number, number.to_string())).collect();
    let many: Vec<(u64, &str)> = many.iter().map(|(number, line)| (*number, line.as_str())).collect();
    let hanging = (1..=80).map(|customer| letters(customer, &many));
    let registry = Registry::begun(Disk::memory(), hanging.chain([letters(100, &[])]));
    let post = Post::default();
    let began = Arc::clone(&post.began);
    let outbox = Outbox::new(registry.clone(), Clock::new(), vec![Arc::new(post)]);
    let late = registry.tenant::<Letters>(100).expect("letters");
    let mut changes = registry.board().changes();
    let stop = async {
        while began.lock().len() < UNDER_WAY {
            tokio::task::yield_now().await;
        }
        let rule = |letters: &mut Letters| {
            (1..=3).for_each(|number| letters.0.put(number, "a".into()));
            Ok::<(), DiskError>(())
        };
        late.write(rule).await.expect("memory takes it");
        while waiting(&registry, 100) > 0 {
            changes.changed().await.expect("the registry lives");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), outbox.run(stop)).await.expect("nobody keeps it waiting");
}

#[tokio::test]
async fn a_customer_that_is_deleted_while_it_waits_leaves_nothing_behind() {
    let registry = Registry::begun(Disk::memory(), [letters(1, &[(1, "a")]), letters(100, &[(1, "a")])]);
    let post = Post::default();
    let began = Arc::clone(&post.began);
    let outbox = Outbox::new(registry.clone(), Clock::new(), vec![Arc::new(post)]);
    let hanging = Arc::downgrade(&registry.customer(1).expect("the customer"));
    let stop = async {
        while began.lock().len() < 2 {
            tokio::task::yield_now().await;
        }
        registry.put(1, None).await.expect("memory takes it");
        while hanging.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), outbox.run(stop)).await.expect("it is let go of");
}

#[test]
fn what_has_become_due_meanwhile_is_not_waited_for() {
    let now: Timestamp = "2025-03-04T12:00:00Z".parse().expect("a moment");
    let after = |milliseconds| until(now, now + jiff::SignedDuration::from_millis(milliseconds));
    let shortest = Duration::from_millis(1);
    assert_eq!([-5_000, -1, 0, 1].map(after), [shortest; 4]);
    assert_eq!([after(250), after(9_000_000)], [Duration::from_millis(250), IDLE]);
}
