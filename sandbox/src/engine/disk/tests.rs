use std::fs;

use rusqlite::Connection;

use super::*;

fn put(key: &str, body: &str) -> Change {
    Change { table: "people", key: key.into(), body: Some(body.as_bytes().to_vec()) }
}

#[tokio::test]
async fn a_settled_change_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, rows) = Disk::open(&path).expect("a new file");
    assert!(rows.is_empty());
    disk.store(put_in("icims/4021", vec![put("1", "\"Ana\""), put("2", "\"Ben\"")])).await.expect("stored");
    disk.store(put_in("icims/4021", vec![Change { table: "people", key: "2".into(), body: None }])).await.expect("stored");
    let (_, rows) = Disk::open(&path).expect("the same file");
    assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1"]);
}

#[tokio::test]
async fn forgetting_a_scope_leaves_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    disk.store(put_in("icims/4021", vec![put("1", "1")])).await.expect("stored");
    disk.store(put_in("icims/4022", vec![put("1", "1")])).await.expect("stored");
    disk.store(vec![Step::Forget("icims/4021".into())]).await.expect("stored");
    let (_, rows) = Disk::open(&path).expect("the same file");
    assert_eq!(rows.iter().map(|row| row.scope.as_str()).collect::<Vec<_>>(), ["icims/4022"]);
}

#[test]
fn a_file_of_another_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    for other in [VERSION - 1, VERSION + 1] {
        let version = format!("PRAGMA user_version={other}");
        Connection::open(&path).expect("a file").execute_batch(&version).expect("a version");
        let before = fs::read(&path).expect("the file");
        let error = Disk::open(&path).expect_err("another version");
        assert!(matches!(error, DiskError::OtherVersion { found, .. } if found == other), "{error}");
        assert!(error.to_string().contains(&format!("holds version {other}")), "{error}");
        assert_eq!(fs::read(&path).expect("the file"), before);
    }
}

fn put_in(scope: &str, changes: Vec<Change>) -> Vec<Step> {
    vec![Step::Rows { scope: scope.into(), changes }]
}

#[tokio::test]
async fn a_change_that_is_refused_on_purpose_takes_no_other_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    disk.refuse(2);
    let stored = |key: &'static str| disk.store(put_in("icims/4021", vec![put(key, "1")]));
    let outcomes = tokio::join!(stored("1"), stored("2"), stored("3"));
    assert!(outcomes.0.is_ok() && outcomes.1.is_err() && outcomes.2.is_ok(), "{outcomes:?}");
    let (_, rows) = Disk::open(&path).expect("the same file");
    assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1", "3"]);
}

/// A file with two rows, and nothing of it left open.
async fn written(path: &Path) {
    let (disk, _) = Disk::open(path).expect("a new file");
    disk.store(put_in("icims/4021", vec![put("1", "\"Ana\""), put("2", "\"Ben\"")])).await.expect("stored");
    drop(disk);
    // The writer ends by itself; whoever closes the file last writes the log back.
    let connection = Connection::open(path).expect("the file");
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("written back");
}

#[tokio::test]
async fn steps_are_stored_together_and_copies_are_made_without_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    disk.store(put_in("icims/4021", vec![put("1", "\"Ana\"")])).await.expect("stored");
    let copy = |from: &str, to: &str| Step::Copy { from: from.into(), to: to.into() };
    disk.store(vec![copy("icims/4021", "snapshot/calm/icims/4021")]).await.expect("stored");
    disk.store(put_in("icims/4021", vec![put("1", "\"Ben\""), put("2", "\"Eva\"")])).await.expect("stored");
    let kept = disk.read_below("snapshot/calm/").await.expect("rows");
    assert_eq!(kept.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), [b"\"Ana\""]);
    let back = vec![
        Step::Forget("icims/4021".into()),
        copy("snapshot/calm/icims/4021", "icims/4021"),
        Step::ForgetBelow("snapshot/calm/".into()),
    ];
    disk.store(back).await.expect("stored");
    assert!(disk.read_below("snapshot/calm/").await.expect("rows").is_empty());
    let (_, rows) = Disk::open(&path).expect("the same file");
    assert_eq!(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), [b"\"Ana\""]);
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_what_to_do_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let sound = folder.path().join("sound.db");
    written(&sound).await;
    let bytes = fs::read(&sound).expect("the file");
    let mut scribbled = bytes.clone();
    // Where the rows are.
    let row = bytes.windows(5).position(|found| found == b"\"Ana\"").expect("a row");
    let page = row / 4096 * 4096;
    scribbled[page..page + 2048].fill(0xAA);
    for (name, damaged) in [
        ("scribbled", scribbled),
        ("cut", bytes[..bytes.len() - 3000].to_vec()),
        ("cut by half", bytes[..bytes.len() / 2].to_vec()),
        ("empty", Vec::new()),
        ("foreign", b"{\"this\": \"is JSON\"}".repeat(300)),
    ] {
        let path = folder.path().join(format!("{name}.db"));
        fs::write(&path, &damaged).expect("a file");
        let error = Disk::open(&path).expect_err(name).to_string();
        assert!(error.contains("damaged") && error.contains("another folder"), "{name}: {error}");
        assert_eq!(fs::read(&path).expect("the file"), damaged, "{name}");
    }
    Disk::open(&sound).expect("the sound one opens");
}

#[tokio::test]
async fn a_start_that_was_killed_while_it_made_the_file_does_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    fs::write(folder.path().join("sandbox.new"), b"half a file").expect("a file");
    written(&path).await;
    assert_eq!(Disk::open(&path).expect("the file").1.len(), 2);
}
