//! Whether changes can be committed, told without one.

use std::time::Duration;

use super::{Store, StoreError};

/// How long an answer may take. Whoever asks asks often, and gives up soon.
const AT_THE_LATEST: Duration = Duration::from_secs(2);

impl Store {
    /// Whether the writer can commit. It is handed a change that changes nothing, so that it shows that it lives and gets the lock of the
    /// file, and nothing is written; and it tells whether the last real change failed. No row is read.
    ///
    /// # Errors
    /// Why it cannot, or that it does not answer.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.ready_within(AT_THE_LATEST).await
    }

    async fn ready_within(&self, patience: Duration) -> Result<(), StoreError> {
        let asked = async {
            // One question at a time: a writer that hangs does not collect them.
            let _turn = self.asking.lock().await;
            self.write(|_| Ok::<_, StoreError>(())).await
        };
        let in_vain = |_| StoreError::NotCommitted(format!("the writer did not come to it within {} ms", patience.as_millis()));
        tokio::time::timeout(patience, asked).await.map_err(in_vain)??;
        self.trouble.present().map_or(Ok(()), |reason| Err(StoreError::NotCommitted(reason)))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::SealingKey;

    const SOON: Duration = Duration::from_millis(200);

    fn on_disk() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SealingKey::for_this_process();
        (Store::open(&folder.path().join("integration.db"), key).expect("a new file"), folder)
    }

    /// What SQLite has written into the folder, by file.
    fn written(folder: &tempfile::TempDir) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .map(|file| file.expect("a file"))
            // What readers and writers tell one another is in memory, and only looks like a file.
            .filter(|file| !file.file_name().to_string_lossy().ends_with("-shm"))
            .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("readable")))
            .collect();
        files.sort();
        files
    }

    #[tokio::test]
    async fn to_be_ready_writes_nothing() {
        let (store, folder) = on_disk();
        let before = written(&folder);
        for _ in 0..20 {
            store.ready().await.expect("it is");
        }
        assert!(before == written(&folder), "something was written");
    }

    #[tokio::test]
    async fn a_writer_that_does_not_get_the_lock_is_not_ready_and_is_again_afterwards() {
        let (store, folder) = on_disk();
        let other = Connection::open(folder.path().join("integration.db")).expect("the same file");
        other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
        for _ in 0..2 {
            assert!(matches!(store.ready_within(SOON).await, Err(StoreError::NotCommitted(_))));
        }
        other.execute_batch("ROLLBACK").expect("it is given back");
        store.ready().await.expect("it is ready again");
    }

    #[tokio::test]
    async fn whoever_could_not_commit_the_last_change_is_not_ready_until_one_is_committed() {
        let (store, _folder) = on_disk();
        // What a full disk makes SQLite do.
        let undone: Result<_, StoreError> = store.write(|tx| tx.execute("ROLLBACK", &[])).await;
        assert!(undone.is_err());
        assert_eq!(store.failed_commits(), 1, "it is counted");
        assert!(store.ready().await.is_err(), "an empty change shows nothing of the disk");
        let token = "INSERT INTO announcements (application, customer, started, finished) SELECT 'a', 1, 0, 0 WHERE 0";
        let _: Result<_, StoreError> = store.write(move |tx| tx.execute(token, &[])).await;
        assert!(store.ready().await.is_err(), "nor does one that changes nothing");
        let change = "CREATE TABLE IF NOT EXISTS proof (it_works INTEGER) STRICT";
        let _: Result<_, StoreError> = store.write(move |tx| tx.execute(change, &[])).await;
        let committed: Result<_, StoreError> = store.write(|tx| tx.execute("INSERT INTO proof VALUES (1)", &[])).await;
        committed.expect("it can");
        store.ready().await.expect("it is ready again");
        assert_eq!(store.failed_commits(), 1, "what is committed is none of them");
    }

    #[tokio::test]
    async fn whoever_has_no_space_is_not_ready_until_a_change_is_taken() {
        let (store, _folder) = on_disk();
        let pages = |sql: &'static str| store.write::<_, StoreError>(move |tx| tx.number(sql, &[]));
        let run = |sql: &'static str| store.write::<_, StoreError>(move |tx| tx.execute(sql, &[]));
        run("CREATE TABLE proof (it_works BLOB) STRICT").await.expect("a table");
        pages("PRAGMA max_page_count = 1").await.expect("no more than there are");
        let refused = run("INSERT INTO proof VALUES (zeroblob(100000))").await;
        assert!(matches!(refused, Err(StoreError::NotCommitted(_))), "{refused:?}");
        assert!(store.ready().await.is_err());
        assert_eq!(store.failed_commits(), 1, "it is counted");
        pages("PRAGMA max_page_count = 100000").await.expect("more again");
        run("INSERT INTO proof VALUES (zeroblob(100000))").await.expect("it is taken");
        store.ready().await.expect("it is ready again");
    }

    #[tokio::test]
    async fn whoever_was_refused_for_what_was_wanted_is_ready() {
        let (store, _folder) = on_disk();
        let wrong = store.write(|tx| tx.execute("INSERT INTO nowhere VALUES (1)", &[])).await;
        assert!(matches!(wrong, Err(StoreError::Unusable(_))), "{wrong:?}");
        store.ready().await.expect("the file is well");
    }
}
