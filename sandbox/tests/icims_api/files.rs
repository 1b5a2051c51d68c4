//! Files: résumés, custom file fields, files in collections, extracted text.

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::engine::Disk;
use serde_json::json;

use crate::icims_api::support::{API, Reply, World, restarted, surroundings};

pub(crate) async fn send(world: &World, method: &str, path: &str, parts: &[(Option<&str>, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let file = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"part\"{file}\r\n\r\n").into_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--limit--\r\n");
    let request = Request::builder().method(method).uri(format!("/customers/4021{path}"));
    let request = request.header("authorization", &world.authorization);
    let request = request.header("content-type", "multipart/form-data; boundary=limit");
    world.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_resume_is_uploaded_read_replaced_and_kept() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let path = format!("{person}/fields/resume/binary");
    world.get(&path).await.is_error(404, 2, "resume: File not found.");
    let reply = send(&world, "PATCH", &path, &[(None, b"note"), (Some("C:\\cv.txt"), b"Ines Okafor")]).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""));
    assert_eq!(reply.header("location"), format!("{API}/customers/4021{path}"));
    let reply = world.get(&path).await;
    assert_eq!((reply.header("content-type"), reply.text.as_str()), ("text/plain", "Ines Okafor"));
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"cv.txt\"");
    let shown = world.get(&format!("{person}?fields=resume")).await.json()["resume"].clone();
    assert_eq!(shown["file"], format!("{API}/customers/4021{path}"));
    assert_eq!((&shown["filename"], &shown["size"]), (&json!("cv.txt"), &json!(11)));
    assert_eq!(send(&world, "PATCH", &path, &[(Some("cv.pdf"), b"%PDF")]).await.status, 204);
    assert_eq!(world.get(&path).await.header("content-type"), "application/pdf");
    world.call("DELETE", &path, None).await.is_error(400, 5, "resume: This file cannot be deleted.");
    world.call("POST", &path, None).await.is_error(405, 8, "POST is not supported here.");
}

#[tokio::test]
async fn text_is_extracted_as_one_part_and_404_where_there_is_none() {
    let world = World::new().await;
    let field = format!("/people/{}/fields/field24317", world.ines);
    world.get(&format!("{field}/text")).await.is_error(404, 2, "field24317: File not found.");
    send(&world, "PATCH", &format!("{field}/binary"), &[(Some("note.html"), "<p>Café</p>".as_bytes())]).await;
    let reply = world.get(&format!("{field}/text")).await;
    let kind = reply.header("content-type").to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let part = "Content-Disposition: form-data; name=\"field24317\"; filename=\"note.html.txt\"\r\nContent-Type: text/plain; charset=UTF-8";
    assert_eq!(reply.text, format!("--{boundary}\r\n{part}\r\n\r\nCafé\r\n--{boundary}--\r\n"));
    send(&world, "PATCH", &format!("{field}/binary"), &[(Some("face.png"), b"\x89PNG")]).await;
    world.get(&format!("{field}/text")).await.is_error(404, 2, "field24317: Text not found.");
    assert_eq!(world.call("DELETE", &format!("{field}/binary"), None).await.status, 204);
    world.get(&format!("{field}/binary")).await.is_error(404, 2, "field24317: File not found.");
    assert!(world.get(&format!("/people/{}?fields=field24317", world.ines)).await.json().get("field24317").is_none());
}

#[tokio::test]
async fn a_missing_file_is_json_without_a_parameter_and_other_errors_have_one() {
    let world = World::new().await;
    let field = format!("/people/{}/fields/field24317", world.ines);
    let collection = format!("/applicantworkflows/{}/fields/field24716", world.workflow);
    let entry = world.post(&collection, json!({"field24731": "Report"})).await.new_id();
    let child = format!("{collection}/{entry}/fields/field24738");
    let kind = async |method: &str, path: String| {
        let reply = world.call(method, &path, None).await;
        assert_eq!(reply.status, 404, "{method} {path}");
        reply.header("content-type").to_owned()
    };
    for (method, path) in [
        ("GET", format!("{field}/binary")),
        ("GET", format!("{field}/text")),
        ("DELETE", format!("{field}/binary")),
        ("GET", format!("{child}/binary")),
        ("GET", format!("{child}/text")),
    ] {
        assert_eq!(kind(method, path.clone()).await, "application/json", "{method} {path}");
    }
    for path in ["/people/1/fields/field24317/binary".to_owned(), format!("{collection}/1/fields/field24738/binary")] {
        assert_eq!(kind("GET", path.clone()).await, "application/json;charset=UTF-8", "{path}");
    }
}

#[tokio::test]
async fn no_text_has_the_boundary_of_its_own_answer_in_it() {
    let world = World::new().await;
    let field = format!("/people/{}/fields/field24317", world.ines);
    let mut text = "----icims-text-".to_owned();
    for _ in 0..3 {
        send(&world, "PATCH", &format!("{field}/binary"), &[(Some("note.txt"), text.as_bytes())]).await;
        let reply = world.get(&format!("{field}/text")).await;
        let boundary =
            reply.header("content-type").strip_prefix("multipart/form-data; boundary=").expect("a boundary").to_owned();
        assert!(boundary.len() <= 70 && !text.contains(&boundary), "{boundary}");
        assert_eq!(reply.text.matches(&boundary).count(), 2);
        text = format!("{text}{boundary}");
    }
}

#[tokio::test]
async fn files_belong_to_entries_of_collections_too() {
    let world = World::new().await;
    let collection = format!("/applicantworkflows/{}/fields/field24716", world.workflow);
    let made =
        send(&world, "POST", &format!("{collection}/fields/field24738/binary"), &[(Some("report.txt"), b"Great Fit")]).await;
    let entry = made.new_id();
    let child = format!("{collection}/{entry}/fields/field24738");
    assert_eq!(world.get(&format!("{child}/binary")).await.text, "Great Fit");
    assert!(world.get(&format!("{child}/text")).await.text.contains("Great Fit"));
    assert_eq!(world.patch(&format!("{collection}/{entry}"), json!({"field24731": "Report"})).await.status, 204);
    let shown = world.get(&format!("{collection}/{entry}")).await.json();
    assert_eq!(shown["field24738"]["file"], format!("{API}/customers/4021{child}/binary"), "a change of the text keeps the file");
    assert_eq!(send(&world, "PATCH", &format!("{child}/binary"), &[(Some("b.txt"), b"Good Fit")]).await.status, 204);
    assert_eq!(world.get(&format!("{child}/binary")).await.text, "Good Fit");
    assert_eq!(world.call("DELETE", &format!("{child}/binary"), None).await.status, 204);
    world.get(&format!("{child}/binary")).await.is_error(404, 2, "field24738: File not found.");
    world.get(&format!("{collection}/1/fields/field24738/binary")).await.is_error(404, 2, "field24716: Entry not found.");
    send(&world, "PATCH", &format!("{collection}/{entry}/fields/field24731/binary"), &[(Some("a"), b"x")]).await.is_error(
        400,
        5,
        "field24731: Field is not a file.",
    );
}

#[tokio::test]
async fn what_is_no_upload_is_refused_and_says_why() {
    let world = World::new().await;
    let path = format!("/people/{}/fields/resume/binary", world.ines);
    let file = (Some("cv.txt"), b"x".as_slice());
    send(&world, "PATCH", &path, &[]).await.is_error(
        400,
        11,
        "The request body holds no file: name one with filename=\"cv.pdf\".",
    );
    send(&world, "PATCH", &path, &[file, file]).await.is_error(400, 11, "The request body must hold one file, not several.");
    send(&world, "PATCH", &path, &[(Some("cv.txt"), b"")]).await.is_error(400, 5, "resume: Invalid value.");
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    send(&world, "PATCH", &path, &[(Some("cv.txt"), &large)]).await.is_error(
        413,
        11,
        "resume: The file is larger than 10485760 bytes.",
    );
    let huge = vec![b'x'; 11 * 1024 * 1024];
    send(&world, "PATCH", &path, &[(Some("cv.txt"), &huge)]).await.is_error(413, 11, "The file is larger than 10485760 bytes.");
    let email = format!("/people/{}/fields/email/binary", world.ines);
    send(&world, "PATCH", &email, &[file]).await.is_error(400, 5, "email: Field is not a file.");
    world.get(&email).await.is_error(400, 5, "email: Field is not a file.");
    world.patch(&path, json!({})).await.is_error(
        415,
        11,
        "The Content-Type of the request must be multipart/form-data with a boundary.",
    );
    send(&world, "PATCH", "/people/1/fields/resume/binary", &[file]).await.is_error(404, 2, "Person not found.");
    world.get(&path).await.is_error(404, 2, "resume: File not found.");
    world.change(|state| state.hide_field("people.resume", true)).await;
    world.get(&path).await.is_error(404, 3, "resume: Access denied.");
}

#[tokio::test]
async fn files_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&store).expect("a new file");
    let mut world = World::around(surroundings(disk)).await;
    let path = format!("/people/{}/fields/resume/binary", world.ines);
    send(&world, "PATCH", &path, &[(Some("cv.txt"), b"Ines Okafor")]).await;
    world.icims = restarted(&store);
    assert_eq!(world.get(&path).await.text, "Ines Okafor");
}
