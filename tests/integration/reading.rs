//! What has been written and acknowledged is seen by whoever looks next.

use std::sync::mpsc;

use harver_icims::store::{self, SealingKey, Store, StoreError};

use crate::support::{customer, nowhere};

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_sees_what_was_acknowledged_before_it_even_while_an_older_one_is_under_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("integration.db"), SealingKey::for_this_process()).expect("a new file");
    let (begun, beginning) = mpsc::channel();
    let (go_on, going_on) = mpsc::channel();
    let older = tokio::spawn({
        let store = store.clone();
        async move {
            let look = move |tx: &store::Tx<'_>| {
                let before = store::customers(tx)?.len();
                begun.send(()).expect("the test waits");
                going_on.recv().expect("the test says when");
                Ok::<_, StoreError>(before)
            };
            store.read(look).await
        }
    });
    tokio::task::spawn_blocking(move || beginning.recv()).await.expect("no panic").expect("the older look-up has begun");

    let new = customer(&nowhere(), &nowhere());
    store.write(move |tx| store::insert_customer(tx, &new)).await.expect("a customer");
    let later = store.read(store::customers);
    let (seen, _) = tokio::join!(later, async { go_on.send(()).expect("the older look-up waits") });

    assert_eq!(older.await.expect("no panic").expect("the store answers"), 0);
    assert_eq!(seen.expect("the store answers").len(), 1, "the later look-up must not share the older one's view");
}
