//! No secret gets into a report, wherever it stood.

use super::{SECRET, files, small_run};

#[tokio::test]
async fn no_file_has_a_secret() {
    let (folder, reports) = small_run().await;
    reports.write(&[]).expect("reports");
    let files = files(folder.path());
    assert!(files.len() > 10, "{:?}", files.keys());
    // Also as it stands in addresses, in base64, and the code and the link of the mail.
    for secret in [SECRET, "kirschbaum", "a2lyc2NoYmF1b", "481516", "aaaabbbbccccdddd1111"] {
        let with: Vec<_> = files.iter().filter(|(_, content)| content.contains(secret)).map(|(name, _)| name).collect();
        assert!(with.is_empty(), "{secret} is in {with:?}");
    }
    assert!(files["report.html"].contains("asking the baker"), "the causes are told all the same");
}
