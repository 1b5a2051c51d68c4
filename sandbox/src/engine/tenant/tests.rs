use super::*;
use crate::engine::{Kept, Persist, Registry, Replacement, Rows, Source, StoredRow, Table, restored};

/// People, and letters that wait to be sent.
#[derive(Clone, Debug)]
struct People(Table<u64, String>);

impl Persist for People {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.0]
    }
}

impl State for People {
    const KIND: &'static str = "people";

    fn has_outgoing(&self) -> bool {
        self.0.values().any(|name| name == "Letter")
    }
}

fn nobody() -> People {
    People(Table::new("people"))
}

fn names(people: &People) -> Vec<String> {
    people.0.values().cloned().collect()
}

fn put(key: u64, name: &str) -> impl FnOnce(&mut People) -> Result<(), DiskError> {
    move |people| {
        people.0.put(key, name.into());
        Ok(())
    }
}

/// Keeps the writer's thread busy until the sender is dropped, and says when it is.
struct Busy(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>);

impl Settle for Busy {
    fn settle(self: Box<Self>, _: Result<(), String>) {
        self.0.send(()).expect("the test waits");
        assert!(self.1.recv().is_err(), "nothing is ever sent");
    }
}

fn busy(disk: &Disk) -> std::sync::mpsc::Sender<()> {
    let ((free, waits), (tells, told)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
    disk.submit(Vec::new(), Box::new(Busy(tells, waits)));
    told.recv().expect("the writer comes to it");
    free
}

struct Stored {
    folder: tempfile::TempDir,
    disk: Disk,
}

impl Stored {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (disk, _) = Disk::open(&folder.path().join("sandbox.db")).expect("a new file");
        Self { folder, disk }
    }

    fn rows(&self) -> Vec<StoredRow> {
        Disk::open(&self.folder.path().join("sandbox.db")).expect("the same file").1
    }

    fn names(&self, customer: u64) -> Vec<String> {
        let states = restored(&self.rows(), |_| nobody()).expect("sound rows");
        states.get(&customer).map(names).unwrap_or_default()
    }
}

#[tokio::test]
async fn what_a_rule_did_before_it_refused_has_not_happened() {
    let tenant = Tenant::alone("people/1", nobody(), Disk::memory());
    tenant.write(put(1, "Ana")).await.expect("taken");
    let refuses = |people: &mut People| -> Result<(), DiskError> {
        people.0.put(1, "Ben".into());
        people.0.put(2, "Eva".into());
        Err(DiskError::NotStored("no".into()))
    };
    tenant.write(refuses).await.expect_err("it refuses");
    assert_eq!(tenant.read(names), ["Ana"]);
    tenant.write(put(3, "Zoe")).await.expect("taken");
    assert_eq!(tenant.read(names), ["Ana", "Zoe"]);
}

#[tokio::test]
async fn a_change_that_was_built_on_one_that_failed_fails_with_it() {
    let stored = Stored::new();
    let tenant = Tenant::alone("people/1", nobody(), stored.disk.clone());
    let free = busy(&stored.disk);
    let (first, second) = (tenant.write(put(1, "Ana")), tenant.write(put(2, "Ben")));
    let (mut first, mut second) = (std::pin::pin!(first), std::pin::pin!(second));
    // Both are on their way; then the disk refuses the first.
    assert!(ready(first.as_mut()).is_none() && ready(second.as_mut()).is_none());
    assert_eq!(tenant.read(names), [""; 0], "nothing is seen before it is stored");
    stored.disk.refuse(1);
    drop(free);
    assert!(first.await.is_err() && second.await.is_err());
    assert_eq!((tenant.read(names), stored.names(1)), (vec![], vec![]));
    tenant.write(put(3, "Eva")).await.expect("stored");
    assert_eq!((tenant.read(names), stored.names(1)), (vec!["Eva".to_owned()], vec!["Eva".to_owned()]));
}

/// Looks once whether a future is ready.
fn ready<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn when_the_caller_goes_away_the_change_is_made_and_what_it_has_to_send_is_announced() {
    let stored = Stored::new();
    let registry = Registry::begun(stored.disk.clone(), [Kept::new(1).with(nobody())]);
    let tenant = registry.tenant::<People>(1).expect("the customer");
    let free = busy(&stored.disk);
    {
        let mut write = std::pin::pin!(tenant.write(put(1, "Letter")));
        assert!(ready(write.as_mut()).is_none());
    }
    assert!(registry.board().take_outgoing().is_empty());
    drop(free);
    registry.board().woken().await;
    assert_eq!(registry.board().take_outgoing().into_iter().collect::<Vec<_>>(), [1]);
    assert_eq!(tenant.read(names), ["Letter"]);
}

fn replacement(customer: u64, with: Vec<Kept>) -> Replacement {
    let extent = crate::engine::Extent::Customer(customer);
    Replacement { extent, with, source: Source::Memory, steps: Vec::new(), then: Box::new(|| ()) }
}

#[tokio::test]
async fn what_a_replaced_tenant_still_does_reaches_neither_its_successor_nor_the_disk() {
    let stored = Stored::new();
    let registry = Registry::begun(stored.disk.clone(), [Kept::new(1).with(nobody())]);
    let before = registry.customer(1).expect("the customer");
    let old = before.tenant::<People>().expect("the people");
    old.write(put(1, "Ana")).await.expect("stored");
    registry.replace(replacement(1, vec![Kept::new(1).with(nobody())])).await.expect("replaced");
    assert!(before.is_gone());
    let new = registry.tenant::<People>(1).expect("the successor");
    new.write(put(2, "Ben")).await.expect("stored");
    old.write(put(3, "Ana again")).await.expect("for whoever still has the old one");
    assert_eq!((new.read(names), stored.names(1)), (vec!["Ben".to_owned()], vec!["Ben".to_owned()]));
    assert_eq!(old.read(names), ["Ana", "Ana again"]);
}

#[tokio::test]
async fn a_replacement_that_is_not_stored_has_not_happened() {
    let stored = Stored::new();
    let registry = Registry::begun(stored.disk.clone(), [Kept::new(1).with(nobody())]);
    registry.tenant::<People>(1).expect("the people").write(put(1, "Ana")).await.expect("stored");
    stored.disk.refuse(1);
    registry.replace(replacement(1, Vec::new())).await.expect_err("refused");
    assert_eq!(registry.tenant::<People>(1).expect("still there").read(names), ["Ana"]);
    assert_eq!(stored.names(1), ["Ana"]);
    registry.replace(replacement(1, Vec::new())).await.expect("deleted");
    assert!(registry.customer(1).is_none() && stored.rows().is_empty());
}

#[tokio::test]
async fn a_cut_is_of_one_moment_in_memory_and_on_disk() {
    let stored = Stored::new();
    let both = [Kept::new(1).with(nobody()), Kept::new(2).with(nobody())];
    let registry = Registry::begun(stored.disk.clone(), both);
    let (one, two) = (registry.tenant::<People>(1).expect("one"), registry.tenant::<People>(2).expect("two"));
    let writing = async {
        for key in 0..50 {
            one.write(put(key, "first here")).await.expect("stored");
            two.write(put(key, "then there")).await.expect("stored");
        }
    };
    let cutting = async {
        for round in 0..10 {
            let prefix = format!("snapshot/{round}/");
            let cut = registry.cut(crate::engine::Extent::World, Some(&prefix)).await.expect("stored");
            let people = |id: u64| cut[&id].state::<People>().expect("people");
            let (here, there) = (people(1).0.len(), people(2).0.len());
            assert!(here == there || here == there + 1, "{here} {there}");
            let copied = stored.disk.read_below(&prefix).await.expect("rows");
            assert_eq!(copied.len(), here + there);
        }
    };
    tokio::join!(writing, cutting);
}

#[tokio::test]
async fn what_others_change_while_a_state_grows_is_kept_in_memory_and_on_disk() {
    let stored = Stored::new();
    let tenant = Tenant::alone("people/1", nobody(), stored.disk.clone());
    tenant.write(put(1, "Ana")).await.expect("stored");
    tenant.write(put(2, "Ben")).await.expect("stored");
    let (started, wait) = std::sync::mpsc::channel();
    let (go, going) = std::sync::mpsc::channel();
    let sow = move |people: &mut People| -> Result<(), DiskError> {
        started.send(()).expect("the test waits");
        going.recv().expect("the test says go");
        (10..5_000).for_each(|key| people.0.put(key, "Seed".into()));
        Ok(())
    };
    let growth = tenant.grow(|_| (), sow, |people| people.0.put(9, "complete".into()));
    let meanwhile = async {
        tokio::task::spawn_blocking(move || wait.recv()).await.expect("a thread").expect("it has begun");
        tenant.write(put(1, "Ana Sol")).await.expect("stored");
        let removes = |people: &mut People| -> Result<(), DiskError> {
            people.0.remove(&2);
            Ok(())
        };
        tenant.write(removes).await.expect("stored");
        assert_eq!(tenant.read(|people| people.0.len()), 1, "nothing of it is seen yet");
        go.send(()).expect("the growth waits");
    };
    tokio::join!(growth, meanwhile).0.expect("grown");
    let seen = tenant.read(names);
    assert_eq!((seen[0].as_str(), seen[1].as_str(), seen.len()), ("Ana Sol", "complete", 4_992));
    assert_eq!(stored.names(1), seen);
}

#[tokio::test]
async fn a_refused_growth_leaves_the_state_with_what_others_changed() {
    for disk in [Disk::memory(), Stored::new().disk] {
        let tenant = Tenant::alone("people/1", nobody(), disk);
        let sow = |people: &mut People| -> Result<(), DiskError> {
            people.0.put(7, "Seed".into());
            Err(DiskError::NotStored("no".into()))
        };
        assert!(tenant.grow(|people| people.0.put(1, "Reserved".into()), sow, |_| ()).await.is_err());
        assert_eq!(tenant.read(names), ["Reserved"]);
    }
}

#[tokio::test]
async fn a_change_that_waits_behind_a_replacement_is_not_written_into_the_new_world() {
    let stored = Stored::new();
    let registry = Registry::begun(stored.disk.clone(), [Kept::new(1).with(nobody())]);
    let old = registry.tenant::<People>(1).expect("the people");
    let free = busy(&stored.disk);
    let replacing = tokio::spawn({
        let registry = registry.clone();
        async move { registry.replace(replacement(1, vec![Kept::new(1).with(nobody())])).await }
    });
    // The replacement makes its rows on another thread before it stands in the line.
    let mut waiting = std::pin::pin!(old.write(put(1, "Ana")));
    while stored.disk.submitted() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(ready(waiting.as_mut()).is_none());
    drop(free);
    replacing.await.expect("no panic").expect("replaced");
    waiting.await.expect("for whoever still has the old one");
    assert_eq!((registry.tenant::<People>(1).expect("the new one").read(names), stored.names(1)), (vec![], vec![]));
}

/// People, and how many there have ever been.
#[derive(Clone, Debug)]
struct Counted(Table<u64, String>, crate::engine::Single<u64>);

impl Persist for Counted {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.0, &mut self.1]
    }
}

impl State for Counted {
    const KIND: &'static str = "counted";
}

#[tokio::test]
async fn a_growth_leaves_what_there_is_only_one_of_to_others() {
    let stored = Stored::new();
    let counted = || Counted(Table::new("people"), crate::engine::Single::new("count", 0));
    let tenant = Tenant::alone("counted/1", counted(), stored.disk.clone());
    let (started, wait) = std::sync::mpsc::channel();
    let (go, going) = std::sync::mpsc::channel();
    let sow = move |people: &mut Counted| -> Result<(), DiskError> {
        *people.1.edit() = 7;
        started.send(()).expect("the test waits");
        going.recv().expect("the test says go");
        people.0.put(10, "Seed".into());
        Ok(())
    };
    let growth = tenant.grow(|people| *people.1.edit() = 100, sow, |people| people.0.put(9, "complete".into()));
    let meanwhile = async {
        tokio::task::spawn_blocking(move || wait.recv()).await.expect("a thread").expect("it has begun");
        let rule = |people: &mut Counted| {
            *people.1.edit() += 1;
            Ok::<(), DiskError>(())
        };
        tenant.write(rule).await.expect("stored");
        go.send(()).expect("the growth waits");
    };
    tokio::join!(growth, meanwhile).0.expect("grown");
    let again = restored(&stored.rows(), |_| counted()).expect("sound rows").remove(&1).expect("the people");
    assert_eq!((tenant.read(|people| *people.1.get()), *again.1.get(), again.0.len()), (101, 101, 2));
}
