//! Résumés download as documents that say what the profile says.

use flate2::Crc;
use icims_sandbox::Sandbox;
use reqwest::Method;
use serde_json::Value as Json;

use super::everybody;
use super::lives::FIELDS;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    bytes[at..at + width].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The files of a zip archive, each read by the directory and checked against what stands before it, its size and its checksum.
fn unzipped(archive: &[u8]) -> Vec<(String, String)> {
    let end = archive.len() - 22;
    assert_eq!(&archive[end..end + 4], b"PK\x05\x06", "no end of the directory");
    let (mut at, mut files) = (number(archive, end + 16, 4), Vec::new());
    assert_eq!(at + number(archive, end + 12, 4), end, "the directory ends where its end begins");
    for _ in 0..number(archive, end + 10, 2) {
        assert_eq!(&archive[at..at + 4], b"PK\x01\x02", "no entry of the directory");
        let (sum, size, name) = (number(archive, at + 16, 4), number(archive, at + 24, 4), number(archive, at + 28, 2));
        let local = number(archive, at + 42, 4);
        assert_eq!(&archive[local..local + 4], b"PK\x03\x04", "no file where the directory says");
        assert_eq!(archive[local + 4..local + 28], archive[at + 6..at + 30], "file and directory differ");
        assert_eq!(archive[local + 30..local + 30 + name], archive[at + 46..at + 46 + name]);
        let content = &archive[local + 30 + name..local + 30 + name + size];
        let mut crc = Crc::new();
        crc.update(content);
        assert_eq!(crc.sum() as usize, sum, "the content is damaged");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        files.push((text(&archive[at + 46..at + 46 + name]), text(content)));
        at += 46 + name;
    }
    files
}

#[tokio::test]
async fn a_resume_is_a_document_that_agrees_with_the_profile() {
    let sandbox = Sandbox::builder().seed(3).start().await;
    for (whose, read) in everybody(&sandbox).await {
        for id in read.candidates().await {
            let person = read.customer.get(&format!("/people/{id}?fields={FIELDS}")).await;
            let path = format!("/people/{id}/fields/resume");
            let (status, kind, bytes) = read.call(Method::GET, &format!("{path}/binary"), None).await;
            assert_eq!((status, kind.as_str()), (200, WORD), "{whose}");
            let about = &person["resume"];
            assert_eq!((about["contenttype"].as_str(), about["size"].as_u64()), (Some(WORD), Some(bytes.len() as u64)));
            assert!(about["filename"].as_str().expect("a name").ends_with("Resume.docx"), "{about}");
            let names: Vec<String> = unzipped(&bytes).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);

            let (status, _, text) = read.call(Method::GET, &format!("{path}/text"), None).await;
            let text = String::from_utf8(text).expect("text");
            assert_eq!(status, 200, "{text}");
            let said = |json: &Json| {
                let said = json.as_str().unwrap_or_else(|| panic!("no text in {person}"));
                assert!(text.contains(said), "{whose}: {said} is not in {text}");
            };
            ["firstname", "lastname", "email"].iter().for_each(|key| said(&person[key]));
            said(&person["phones"][0]["phonenumber"]);
            let home = &person["addresses"][0];
            [&home["addressstreet1"], &home["addresscity"], &home["addresszip"], &home["addressstate"]["abbrev"]]
                .into_iter()
                .for_each(said);
            let posts = person["workexperience"].as_array().expect("posts");
            posts
                .iter()
                .for_each(|post| ["worktitle", "workemployer", "workdescription"].iter().for_each(|key| said(&post[key])));
            assert_eq!(text.matches(" - ").count(), posts.len(), "a stretch of time for each post: {text}");
            [&person["education"][0]["school"]["value"], &person["education"][0]["degree"]["value"]].into_iter().for_each(said);
        }
    }
}
