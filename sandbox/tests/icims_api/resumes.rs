//! A résumé that is uploaded on a screen, as the API has it.

use axum::body::Body;
use axum::http::Request;

use crate::icims_api::support::{Reply, World};

/// A form with a file as browsers pack it; without a name and bytes it is one that nobody has chosen.
async fn upload(world: &World, path: &str, cookie: &str, fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> Reply {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    let head = format!("--edge\r\nContent-Disposition: form-data; name=\"resumefile\"; filename=\"{name}\"\r\n");
    body.extend(format!("{head}Content-Type: application/octet-stream\r\n\r\n").into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--edge--\r\n");
    let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge").header("cookie", cookie);
    world.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_resume_that_a_recruiter_uploads_is_shown_and_is_the_binary_field() {
    let world = World::new().await;
    let profile = format!("/icims2/4021/people/{}", world.ines);
    let binary = format!("/people/{}/fields/resume/binary", world.ines);
    let wrong: [(&str, &[u8], &str); 3] =
        [("", b"", "Choose a file first."), ("macro.xlsm", b"x", "A resume is a PDF"), ("empty.pdf", b"", "The file is empty.")];
    for (name, bytes, error) in wrong {
        let page = upload(&world, &format!("{profile}/resume"), "", &[], (name, bytes)).await;
        assert_eq!(page.status, 422, "{name}");
        assert!(page.text.contains("id=\"resumefile-error\"") && page.text.contains(error), "{name}: {}", page.text);
        assert_eq!(world.get(&binary).await.status, 404, "{name}");
    }
    let done = upload(&world, &format!("{profile}/resume"), "", &[], ("Ines – Lebenslauf.PDF", b"%PDF-1.7 \xff\x00 one")).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, format!("{profile}?done=resume").as_str()));
    let page = world.send(Request::get(&profile).body(Body::empty()).expect("a request")).await;
    assert!(page.text.contains("Ines – Lebenslauf.PDF") && page.text.contains("15 bytes"), "{}", page.text);
    upload(&world, &format!("{profile}/resume"), "", &[], ("cv.txt", b"Ines Okafor")).await;
    let read = world.get(&binary).await;
    assert_eq!((read.header("content-type"), read.text.as_str()), ("text/plain", "Ines Okafor"));
    let nobody = upload(&world, "/icims2/4021/people/1/resume", "", &[], ("cv.txt", b"x")).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn a_resume_that_a_candidate_brings_along_is_on_the_profile() {
    let world = World::new().await;
    let portal = format!("/careers/4021/jobs/{}/call-centre-advisor", world.job);
    let cookie = world.submit(&format!("{portal}/login"), "", &[("email", "mara.lind@example.org")]).await;
    let (session, profile) = (cookie.split(';').next().unwrap_or_default(), format!("{portal}/profile"));
    let names = [("firstname", "Mara"), ("lastname", "Lind")];
    let wrong = upload(&world, &profile, session, &names, ("cv.exe", b"MZ")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("id=\"resumefile-error\"") && wrong.text.contains("value=\"Mara\""), "{}", wrong.text);
    let person =
        || world.icims.customer(4021)?.read(|state| state.person_by_email("mara.lind@example.org").map(|person| person.id));
    assert!(person().is_none(), "nothing is saved in part");

    assert_eq!(upload(&world, &profile, session, &names, ("cv.rtf", b"{\\rtf1 Mara}")).await.status, 303);
    let mara = person().expect("Mara has a profile");
    let binary = format!("/people/{mara}/fields/resume/binary");
    assert_eq!(world.get(&binary).await.text, "{\\rtf1 Mara}");
    assert_eq!(upload(&world, &profile, session, &names, ("", b"")).await.status, 303, "a resume is not required");
    assert_eq!(world.get(&binary).await.header("content-type"), "application/rtf", "and stays when none is brought");
}

#[tokio::test]
async fn a_resume_on_a_screen_has_the_limit_of_files_and_its_form_one_of_its_own() {
    let world = World::new().await;
    let path = format!("/icims2/4021/people/{}/resume", world.ines);
    let ten = 10 * 1024 * 1024;
    assert_eq!(upload(&world, &path, "", &[], ("cv.pdf", &vec![b'x'; ten])).await.status, 303);
    let page = upload(&world, &path, "", &[], ("cv.pdf", &vec![b'x'; ten + 1])).await;
    assert!(page.status == 422 && page.text.contains("larger than 10 MiB"), "{}", page.status);
    let page = upload(&world, &path, "", &[], ("cv.pdf", &vec![b'x'; 2 * ten + 256 * 1024])).await;
    assert!(page.status == 413 && page.text.contains("at most 10 MiB"), "{}", page.status);
    world
        .change(|state| {
            state.limits.file_bytes = ten as u64 + 3;
            Ok(())
        })
        .await;
    let full = upload(&world, &format!("/icims2/4021/people/{}/resume", world.contact), "", &[], ("cv.pdf", b"four")).await;
    assert!(full.status == 422 && full.text.contains("delete some first"), "{}", full.text);
}
